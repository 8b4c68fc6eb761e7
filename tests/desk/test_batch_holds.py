"""A batch that is held: nothing of it is given from then on, and what was given before is recorded as any other."""

from datetime import date, timedelta

import pytest

from digmed_desktop.clinical.dates import as_answer
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.clinical.stock import HELD
from digmed_desktop.desk.gate import acting
from digmed_desktop.messaging.errors import DigMedError
from tests.clinical.examples import FLU, complete_answers
from tests.desk.conftest import Counter
from tests.desk.test_stock import add

WHY = "The fridge was at 12 degrees."
EXPIRY = "30/6/2027"


def stops(counter: Counter, **changes: str) -> list[Problem]:
    """What refuses a dose of the held batch."""
    answers = complete_answers(vaccine__batch="COLD-1", vaccine__expiry=EXPIRY, **changes)
    found = counter.desk.preview("vaccination", FormState(answers)).problems
    return [one for one in found if one.refuses_act and one.field == "vaccine.batch"]


@pytest.fixture
def batch(counter: Counter) -> int:
    return add(counter, "COLD-1", EXPIRY)


def test_a_held_batch_leaves_every_choice_until_the_hold_is_lifted(counter: Counter, batch: int) -> None:
    today, product = as_answer(counter.clock.now()), complete_answers()["vaccine.product"]

    def offered(day: str = today) -> list[str]:
        return [one.batch.number for one in counter.desk.stock.for_form(FLU.id, product, day)]

    assert offered() == ["COLD-1"]
    with acting(counter.ada):
        (view,) = counter.desk.stock.hold(batch, WHY).batches
        assert view.why_not.startswith("Held since ")
        assert offered() == []
        assert offered(as_answer(counter.clock.now() - timedelta(days=1))) == ["COLD-1"], "before the hold"
        (view,) = counter.desk.stock.release(batch, "The manufacturer says that it can be used.").batches
    assert (view.why_not, view.batch.held) == ("", None)
    assert offered() == ["COLD-1"]


def test_a_dose_after_the_hold_is_stopped_with_its_reason_and_one_from_before_is_not(
    counter: Counter, batch: int
) -> None:
    counter.clock.move(hours=2)  # the contact of the example was before
    with acting(counter.ada):
        counter.desk.stock.hold(batch, WHY)
    assert stops(counter) == [], "given before the hold, on the same day"
    counter.clock.move(hours=3)
    later = counter.clock.now() - timedelta(minutes=30)
    (stop,) = stops(counter, contact__date=as_answer(later), contact__time=f"{later:%H:%M}")
    assert stop.sentence.startswith(HELD)
    assert WHY in stop.sentence
    with acting(counter.ada):
        counter.desk.stock.release(batch, "It can be used.")
    assert stops(counter, contact__date=as_answer(later), contact__time=f"{later:%H:%M}") == []


def test_both_acts_want_a_reason_and_stand_in_the_sealed_audit(counter: Counter, batch: int) -> None:
    with acting(counter.ada):
        for wrong in ("", " ", "??"):
            with pytest.raises(DigMedError, match="few words"):
                counter.desk.stock.hold(batch, wrong)
        with pytest.raises(DigMedError, match="not in the stock"):
            counter.desk.stock.hold(batch + 99, WHY)
        assert counter.desk.stock.view().batches[0].batch.held is None
        counter.desk.stock.hold(batch, WHY)
        with pytest.raises(DigMedError, match="few words"):
            counter.desk.stock.release(batch, "")
        counter.desk.stock.release(batch, "Checked.")
    rows = counter.store.audit.rows()
    noted = [(one.act, one.note) for one in rows if one.act.startswith("batch-") and ":" in one.note]
    assert sorted(noted) == [("batch-held", f"COLD-1: {WHY}"), ("batch-released", "COLD-1: Checked.")]
    assert counter.store.chain.verify().intact


def test_a_batch_of_the_same_number_and_another_product_or_date_is_not_held(
    counter: Counter, batch: int
) -> None:
    other = add(counter, "COLD-1", "31/7/2027")
    with acting(counter.ada):
        counter.desk.stock.hold(other, WHY)
    counter.clock.move(hours=3)
    assert stops(counter) == []
    kept = {one.expiry: one.held is not None for one in counter.store.stock.all()}
    assert kept == {date(2027, 6, 30): False, date(2027, 7, 31): True}


def test_a_hold_that_somebody_took_out_of_the_database_is_found(counter: Counter, batch: int) -> None:
    with acting(counter.ada):
        counter.desk.stock.hold(batch, WHY)
    assert counter.store.chain.verify().intact
    counter.store.profile.put("batch-holds", "{}")
    assert not counter.store.chain.verify().intact
