"""CSV, figures, day list and earlier doses over every kind of row agree with a count made by hand."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.record import VaccinationRecord
from digmed_desktop.credentials.register_seal import VaultSeal
from digmed_desktop.messaging.answers import Meaning
from digmed_desktop.messaging.progress import Progress
from digmed_desktop.messaging.searching import Search
from digmed_desktop.messaging.states import Happening, Need, State
from digmed_desktop.messaging.wording import record_word
from digmed_desktop.paper.document import Listing, PaperDocument
from tests.clinical import supply_examples
from tests.conftest import MemoryVault
from tests.desk.conftest import Counter

REJECTED = Meaning("20009", Happening.REJECTED, needs_person=True, happened="Rejected.")
NUMBERS = ("999 012 3020", "999 000 0018", "999 400 0047", "999 000 0026", "999 000 0034", "999 000 0042")
NOT_GIVEN = {
    "vaccine__outcome": "not-given",
    "vaccine__not_given_reason": "declined",
    "vaccine__site": "",
    "vaccine__batch": "",
    "vaccine__expiry": "",
}


@dataclass
class Made:
    """A row that was made: what it must be called, and how many doses it counts for."""

    id: int
    kind: str
    doses: int


def of(number: int, **changes: str) -> dict[str, str]:
    """Return changes of the example that make it a patient of its own."""
    return {
        "patient__nhs_number": NUMBERS[number],
        "patient__family": f"Family{chr(65 + number)}",
        "vaccine__batch": f"B{number}",
        **changes,
    }


def corrected(counter: Counter, made: int, **changes: str) -> int:
    begun = counter.desk.acts.begin_correction(made, "It was wrong.")
    state = begun.state.answered({key.replace("__", "."): text for key, text in changes.items()})
    asked = [p for p in counter.desk.preview("vaccination", state).problems if p.needs_reason]
    state = FormState(
        state.answers, correction=state.correction, reasons={p.reason_key: "A test." for p in asked}
    )
    sent = counter.desk.send("vaccination", f"correction of {made}", state, counter.ada)
    assert sent.notification is not None, sent.problems
    return sent.notification


def matched(counter: Counter, made: int) -> int:
    counter.post(made)
    counter.answer(made)
    return made


def given(counter: Counter) -> list[Made]:
    return [Made(matched(counter, counter.record(**of(0))), "Given", 1)]


def not_given(counter: Counter) -> list[Made]:
    return [Made(counter.record(**of(0, **NOT_GIVEN)), "Not given", 0)]


def given_with_a_batch_that_was_not_given(counter: Counter) -> list[Made]:
    return [Made(counter.record(**of(0, **{**NOT_GIVEN, "vaccine__batch": "B9"})), "Not given", 0)]


def cancelled(counter: Counter) -> list[Made]:
    made = counter.record(**of(0))
    counter.store.notifications.cancel(made, counter.ada, "Typed twice.")
    return [Made(made, "Given", 0)]


def replaced_while_waiting(counter: Counter) -> list[Made]:
    made = counter.record(**of(0))
    newer = corrected(counter, made, vaccine__batch="B7")
    return [Made(made, "Given", 0), Made(newer, "Correction", 1)]


def correction_held_back(counter: Counter) -> list[Made]:
    made = counter.record(**of(0))
    counter.post(made)
    newer = corrected(counter, made, vaccine__batch="B7")
    return [Made(made, "Given", 0), Made(newer, "Correction", 1)]


def correction_matched(counter: Counter) -> list[Made]:
    made = matched(counter, counter.record(**of(0)))
    newer = matched(counter, corrected(counter, made, vaccine__batch="B7"))
    return [Made(made, "Given", 0), Made(newer, "Correction", 1)]


def correction_cancelled(counter: Counter) -> list[Made]:
    made = matched(counter, counter.record(**of(0)))
    newer = corrected(counter, made, vaccine__batch="B7")
    counter.store.notifications.cancel(newer, counter.ada, "It was right.")
    return [Made(made, "Given", 1), Made(newer, "Correction", 0)]


def corrected_to_not_given(counter: Counter) -> list[Made]:
    made = matched(counter, counter.record(**of(0)))
    newer = matched(counter, corrected(counter, made, **NOT_GIVEN))
    return [Made(made, "Given", 0), Made(newer, "Correction", 0)]


def withdrawn_and_matched(counter: Counter) -> list[Made]:
    made = matched(counter, counter.record(**of(0)))
    newer = matched(counter, counter.desk.acts.withdraw(made, counter.ada, "Another patient."))
    return [Made(made, "Given", 0), Made(newer, "Withdrawal", 0)]


def withdrawal_on_its_way(counter: Counter) -> list[Made]:
    made = matched(counter, counter.record(**of(0)))
    return [
        Made(made, "Given", 0),
        Made(counter.desk.acts.withdraw(made, counter.ada, "Another patient."), "Withdrawal", 0),
    ]


def correction_withdrawn(counter: Counter) -> list[Made]:
    first, second = correction_matched(counter)
    newer = matched(counter, counter.desk.acts.withdraw(second.id, counter.ada, "Another patient."))
    return [first, Made(second.id, "Correction", 0), Made(newer, "Withdrawal", 0)]


def rejected_and_sent_as_new(counter: Counter) -> list[Made]:
    made = counter.record(**of(0))
    counter.post(made)
    counter.answer(made, REJECTED)
    newer = counter.desk.acts.send_as_new(made, counter.ada, "Rejected by mistake.")
    return [Made(made, "Given", 0), Made(newer, "Correction", 1)]


def on_paper(counter: Counter) -> list[Made]:
    return [Made(counter.record(**of(0, patient__traced="not-traced")), "Given", 1)]


def on_paper_and_withdrawn(counter: Counter) -> list[Made]:
    (made,) = on_paper(counter)
    counter.store.notifications.record_paper(made.id, counter.ada, "By post.")
    newer = counter.desk.acts.withdraw(made.id, counter.ada, "Another patient.")
    return [Made(made.id, "Given", 0), Made(newer, "Withdrawal", 0)]


def not_shared(counter: Counter) -> list[Made]:
    return [Made(counter.record(**of(0, consent__to_sharing="no")), "Given", 1)]


def not_shared_and_withdrawn(counter: Counter) -> list[Made]:
    (made,) = not_shared(counter)
    newer = counter.desk.acts.withdraw(made.id, counter.ada, "Another patient.")
    return [Made(made.id, "Given", 0), Made(newer, "Withdrawal", 0)]


def supplied(counter: Counter) -> list[Made]:
    counter.store.register.use(VaultSeal(MemoryVault()))
    now = {"session.pharmacist": "1", "contact.date": "14/10/2026", "contact.time": "10:00"}
    state = FormState(supply_examples.complete_answers(now))
    asked = [p for p in counter.desk.preview("emergency-supply", state).problems if p.needs_reason]
    state = FormState(state.answers, reasons={p.reason_key: "A test." for p in asked})
    sent = counter.desk.send("emergency-supply", "supply", state, counter.ada)
    assert sent.notification is not None, sent.problems
    return [Made(sent.notification, "Supplied", 0)]


HISTORIES: tuple[Callable[[Counter], list[Made]], ...] = (
    given,
    not_given,
    given_with_a_batch_that_was_not_given,
    cancelled,
    replaced_while_waiting,
    correction_held_back,
    correction_matched,
    correction_cancelled,
    corrected_to_not_given,
    withdrawn_and_matched,
    withdrawal_on_its_way,
    correction_withdrawn,
    rejected_and_sent_as_new,
    on_paper,
    on_paper_and_withdrawn,
    not_shared,
    not_shared_and_withdrawn,
    supplied,
)


@pytest.mark.parametrize("history", HISTORIES, ids=lambda one: one.__name__)
def test_every_count_of_doses_agrees_with_one_made_by_hand(
    counter: Counter, tmp_path: Path, history: Callable[[Counter], list[Made]]
) -> None:
    counter.record(**of(1))  # somebody else, who counts for one everywhere
    made = [Made(1, "Given", 1), *history(counter)]
    doses = sum(one.doses for one in made)
    rows = {row.id: row for row in counter.desk.listing.page(Search(), None, 50)}
    assert {one.id: one.kind for one in made} == {id_: record_word(row) for id_, row in rows.items()}
    assert csv_says(counter, tmp_path) == {str(one.id): (one.kind, one.doses) for one in made}
    assert figures_say(counter) == doses
    assert day_end_says(counter) == doses
    assert day_list_says(counter) == sorted(one.kind for one in made)
    assert earlier_doses(counter, made) == doses
    kept_on_the_list(counter, made)


def test_two_days_of_a_clinic_agree_with_a_count_made_by_hand(counter: Counter, tmp_path: Path) -> None:
    """Given, corrected, withdrawn, declined, kept here, given all the same and of the day before, all in one book."""
    rows = (given, correction_matched, withdrawn_and_matched, not_given, not_shared)
    for patient, row in enumerate(rows):
        row(AnotherPatient(counter, patient))
    done = {
        "incident__done": "yes",
        "incident__reason": "Noticed afterwards.",
        "incident__report": "Told Ada.",
    }
    counter.record(**of(5, **done, consent__to_treatment="no", vaccine__batch="LATE"))
    counter.record(**of(4, contact__date="13/10/2026", vaccine__batch="BEFORE"))
    today, before = day(counter), day(counter) - timedelta(days=1)
    # By hand: eight rows make four doses of today, one of them corrected, and one row a dose of the day before.
    kinds = ["Correction", *["Given"] * 5, "Not given", "Withdrawal"]
    assert day_list_says(counter) == kinds
    assert doses_by_batch(counter, today) == {"A0": 1, "B7": 1, "A4": 1, "LATE": 1}
    assert doses_by_batch(counter, before) == {"BEFORE": 1}
    figures = counter.store.figures.today(counter.clock.now() - timedelta(days=1))
    assert {one.batch: one.count for one in figures.doses} == {
        **doses_by_batch(counter, today),
        **doses_by_batch(counter, before),
    }
    rows_of_day = {
        one: sum(count.count for count in figures.days if count.day == one) for one in (today, before)
    }
    assert rows_of_day == {today: len(kinds), before: 1}
    end = counter.store.figures.day_end(today)
    assert sum(number for _kind, _state, number in end.by_state) == len(kinds)
    assert [number for _name, number in end.by_person] == [5]  # what holds: four doses and one that declined
    said = csv_says(counter, tmp_path)
    assert sum(doses for _kind, doses in said.values()) == 5
    assert sorted(kind for kind, _doses in said.values()) == sorted([*kinds, "Given"])
    declined = next(row for row in end.open if record_word(row) == "Not given")
    assert declined.state is State.WAITING


class AnotherPatient(Counter):
    """The same pharmacy with another patient each time: the batch says whose dose it is."""

    def __init__(self, counter: Counter, number: int) -> None:
        super().__init__(counter.desk, counter.store, counter.clock, counter.ada)
        self._number = number

    def record(self, **changes: str) -> int:
        """Send the complete vaccination of this patient."""
        batch = "" if changes.get("vaccine__outcome") else f"A{self._number}"
        numbers = "999 012 3020", "999 000 0018", "999 000 0026", "999 000 0034", "999 400 0020"
        mine = {
            "patient__nhs_number": numbers[self._number],
            "patient__family": f"Kin{chr(65 + self._number)}",
        }
        return super().record(**{**changes, **mine, "vaccine__batch": batch})


def doses_by_batch(counter: Counter, on: date) -> dict[str, int]:
    rows = listing(counter.desk.papers.day_end(on), "Doses by vaccine and batch").rows
    return {row[1]: int(row[2]) for row in rows}


def csv_says(counter: Counter, folder: Path) -> dict[str, tuple[str, int]]:
    path = folder / "claim.csv"
    counter.desk.exports.csv(Search(), path, Progress(), with_patients=False)
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    for row in rows:  # whoever counts the word counts the same
        assert (row["Outcome"] == "Given") == (row["Doses"] == "1"), row
        assert row["Record"] != "Withdrawal" or row["Outcome"] == "Withdrawn"
    return {row["Number"]: (row["Record"], int(row["Doses"])) for row in rows}


def figures_say(counter: Counter) -> int:
    figures = counter.store.figures.today(counter.clock.now() - timedelta(days=1))
    return sum(one.count for one in figures.doses)


def day_end_says(counter: Counter) -> int:
    summary = counter.desk.papers.day_end(day(counter))
    return sum(int(row[-1]) for row in listing(summary, "Doses by vaccine and batch").rows)


def day_list_says(counter: Counter) -> list[str]:
    (whole,) = (one for one in counter.desk.papers.day_list(day(counter)).blocks if isinstance(one, Listing))
    return sorted(row[whole.headings.index("Record")] for row in whole.rows)


def listing(paper: PaperDocument, title: str) -> Listing:
    return next(one for one in paper.blocks if isinstance(one, Listing) and one.title == title)


def day(counter: Counter) -> date:
    return counter.clock.now().date()


def earlier_doses(counter: Counter, made: list[Made]) -> int:
    from digmed_desktop.clinical import json_record

    patients = {
        record.patient.nhs_number: record.patient
        for one in made
        if isinstance(record := json_record.read(counter.store.versions.record(one.id)), VaccinationRecord)
    }
    return sum(len(counter.desk.counter.earlier(one)) for one in patients.values())


def kept_on_the_list(counter: Counter, made: list[Made]) -> None:
    """A withdrawal asks for the call to the practice until it is recorded, whatever comes back meanwhile."""
    for one in made:
        row = counter.store.notifications.row(one.id)
        if not row.withdrawal or row.state is State.NOT_SHARED:
            continue  # where nobody was told, nobody is telephoned
        assert row.need is Need.WITHDRAWAL
        assert "deal-with" not in counter.acts(one.id)
        counter.store.notifications.note(one.id, counter.ada, "Tried; engaged.")
        assert counter.store.notifications.row(one.id).needs_person
        counter.store.notifications.record_telephone(one.id, counter.ada, "Spoke to reception.")
        assert not counter.store.notifications.row(one.id).needs_person
