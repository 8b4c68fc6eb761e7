"""A batch that is held: nothing of it is given from then on, and what was given before is recorded as any other."""

from datetime import date, timedelta

import pytest

from digmed_desktop.clinical.dates import ENGLAND, as_answer, shown_time
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.stock import HELD, HELD_ALIKE
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


def about_batch(counter: Counter, **changes: str) -> list[Problem]:
    """All that is said of the batch of a dose now; the changes go over a dose of the held batch."""
    now = counter.clock.now()
    dose = {"vaccine__batch": "COLD-1", "vaccine__expiry": EXPIRY}
    when = {"contact__date": as_answer(now), "contact__time": f"{now.astimezone(ENGLAND):%H:%M}"}
    answers = complete_answers(**dose | when | changes)
    found = counter.desk.preview("vaccination", FormState(answers)).problems
    return [one for one in found if one.field == "vaccine.batch"]


def hold(counter: Counter, batch: int) -> None:
    with acting(counter.ada):
        counter.desk.stock.hold(batch, WHY)
    counter.clock.move(minutes=5)


OTHER = next(one for one in FLU.products if one != complete_answers()["vaccine.product"])


SLIPS: tuple[dict[str, str], ...] = (
    {"vaccine__expiry": "30/7/2027"},
    {"vaccine__expiry": "1/6/2027"},
    {"vaccine__expiry": ""},
    {"vaccine__product": OTHER},
    {"vaccine__product": OTHER, "vaccine__expiry": "30/7/2027"},
    {"vaccine__batch": "cold-1", "vaccine__expiry": "30/7/2027"},
)


def test_no_slip_in_date_or_product_takes_a_batch_out_of_its_hold(counter: Counter, batch: int) -> None:
    hold(counter, batch)
    for slip in SLIPS:
        (stop,) = [one for one in about_batch(counter, **slip) if one.refuses_act]
        assert WHY in stop.sentence
        assert ("expiry 30 Jun 2027" in stop.sentence) is any(slip.values()), "which batch is held is said"


def test_a_number_nearly_that_of_a_held_batch_asks_for_a_reason(counter: Counter, batch: int) -> None:
    numbers = ("COLD1", "C0LD-1", "COLD.1", "COLD-I", "CO-LD/l")

    def asked(**changes: str) -> list[Problem]:
        return [one for one in about_batch(counter, **changes) if one.sentence.startswith(HELD_ALIKE)]

    assert [asked(vaccine__batch=one) for one in numbers] == [[]] * len(numbers)
    hold(counter, batch)
    for number in numbers:
        for changes in ({}, {"vaccine__expiry": "30/7/2027"}, {"vaccine__product": OTHER}):
            (asks,) = asked(vaccine__batch=number, **changes)
            assert (asks.severity, asks.needs_reason, asks.refuses_act) == (Severity.LOOK, True, False)
            assert "COLD-1" in asks.sentence
    assert asked(vaccine__batch="COLD-2") == []


def test_of_two_batches_with_one_number_the_held_one_is_named(counter: Counter, batch: int) -> None:
    other = add(counter, "COLD-1", "31/7/2027")
    hold(counter, other)
    (stop,) = about_batch(counter)
    assert stop.refuses_act
    assert "expiry 31 Jul 2027" in stop.sentence
    kept = {one.expiry: one.held is not None for one in counter.store.stock.all()}
    assert kept == {date(2027, 6, 30): False, date(2027, 7, 31): True}


def test_a_batch_of_another_maker_with_the_held_number_goes_only_with_a_reason(
    counter: Counter, batch: int
) -> None:
    other = add(counter, "COLD-1", "31/7/2027", product=OTHER)
    hold(counter, other)
    (asks,) = about_batch(counter)
    assert (asks.severity, asks.needs_reason) == (Severity.LOOK, True)
    assert "expiry 31 Jul 2027" in asks.sentence
    assert about_batch(counter, vaccine__expiry="30/7/2027")[0].refuses_act, "not as it stands in the stock"


def test_a_hold_placed_while_the_form_is_open_stops_until_the_dose_is_stated(
    counter: Counter, batch: int
) -> None:
    begun = counter.clock.now()
    at = {"contact__date": as_answer(begun), "contact__time": f"{begun.astimezone(ENGLAND):%H:%M}"}
    counter.clock.move(minutes=5)
    hold(counter, batch)
    (stop,) = about_batch(counter, vaccine__outcome="", **at)
    assert stop.refuses_act
    assert about_batch(counter, **at) == [], "stated to be given, before the hold"
    done = {"incident__done": "yes", "incident__reason": "Given before the list was read."}
    (told,) = about_batch(counter, **done)
    assert (told.severity, told.needs_reason) == (Severity.LOOK, True)


def test_a_hold_keeps_its_first_moment_and_a_new_one_says_from_when(counter: Counter, batch: int) -> None:
    desk, first = counter.desk.stock, counter.clock.now()
    hold(counter, batch)
    now = counter.clock.now()
    given = {"contact__date": as_answer(now), "contact__time": f"{now.astimezone(ENGLAND):%H:%M}"}
    counter.clock.move(hours=1)
    with acting(counter.ada):
        with pytest.raises(DigMedError, match=f"already held, from {shown_time(first)}"):
            desk.hold(batch, "Another reason.")
        (stop,) = about_batch(counter, **given)
        assert stop.refuses_act
        assert shown_time(first) in stop.sentence
        desk.release(batch, "To mend the reason.")
        with pytest.raises(DigMedError, match="no longer held"):
            desk.release(batch, "Once more.")
        again = counter.clock.now()
        (view,) = desk.hold(batch, "Another reason.").batches
    assert view.batch.held is not None
    assert view.batch.held.since == again
    assert [one.note for one in counter.store.audit.rows()].count("COLD-1: Another reason.") == 1
    counter.clock.move(minutes=1)
    assert f"{shown_time(again)}: Another reason." in about_batch(counter)[0].sentence


def test_a_hold_that_somebody_took_out_of_the_database_is_found(counter: Counter, batch: int) -> None:
    with acting(counter.ada):
        counter.desk.stock.hold(batch, WHY)
    assert counter.store.chain.verify().intact
    with (
        counter.store.profile._database._writers.begin() as connection
    ):  # past the sealer, as with the key known
        connection.exec_driver_sql("UPDATE profile SET value = '{}' WHERE key = 'batch-holds'")
    assert not counter.store.chain.verify().intact
