"""The audit: every act once and in order, found, exported, and told with its place where somebody tampered with it."""

import csv
import uuid
from pathlib import Path

import pytest

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.credentials import pins
from digmed_desktop.desk.gate import NotPermittedError, acting
from digmed_desktop.desk.people.auditing import PROGRAM, AuditDesk
from digmed_desktop.desk.views.sent import Act, How
from digmed_desktop.history.cipher import WRITES, engine
from digmed_desktop.history.migrations.append_only import triggers
from digmed_desktop.messaging.audit import AuditGroup, AuditLine, AuditSearch
from digmed_desktop.messaging.progress import Progress
from digmed_desktop.messaging.searching import Search
from tests.clinical.examples import complete_answers
from tests.desk.conftest import TECHNICIAN, Counter
from tests.history.samples import KEY

PIN, WRONG = "739204", "618350"
EVERYTHING = 1000


def lines(counter: Counter, search: AuditSearch | None = None) -> list[AuditLine]:
    """Return what was found, the oldest first."""
    return list(counter.desk.audit.page(search or AuditSearch(), None, EVERYTHING))[::-1]


def test_each_act_of_a_day_stands_there_once_and_in_order(counter: Counter, tmp_path: Path) -> None:
    desk, ada = counter.desk, counter.ada
    counter.store.people.update(ada, pin_hash=pins.hash_pin(PIN))
    before = len(lines(counter))
    with acting(None):
        assert desk.sign_in(ada, WRONG).person is None
        assert desk.sign_in(ada, PIN).person is not None
    number = counter.record()
    counter.post(number)
    counter.answer(number)
    desk.listing.first(Search(), 50)
    desk.listing.first(Search(), 50)  # the page reads its list anew
    desk.listing.story(number)
    desk.listing.story(number)
    desk.papers.let_print(desk.papers.printed(desk.papers.copy(number, How.PATIENT, "Ada"), "a copy"))
    desk.acts.do(Act.NOTE, number, ada, "The patient called.")
    desk.acts.withdraw(number, ada, "Another patient.")
    desk.exports.csv(Search(), tmp_path / "a.csv", Progress(), with_patients=False)
    desk.settings.change(privacy=True)
    desk.people.locked(ada)
    found = lines(counter)[before:]
    told = [(one.act, one.who) for one in found]
    name = "Ms Ada Okonkwo-Bright"
    assert told[:2] == [("A wrong PIN was typed", "nobody signed in"), ("Signed in", name)]
    assert [who for act, who in told if act.startswith("Sent (")] == ["the program"]
    in_order = (
        "Signed in",
        "Record saved",
        "Sent (received by MESH)",
        "The practice's system found the patient",
        "Viewed sent items",
        "Opened the record",
        "Printed",
        "Note",
        "Exported a list",
        "Changed settings",
        "Locked",
    )
    places = [[act for act, _who in told].index(act) for act in in_order]
    assert places == sorted(places)
    for once in (
        "Signed in",
        "Viewed sent items",
        "Opened the record",
        "Printed",
        "Exported a list",
        "Locked",
    ):
        assert [act for act, _who in told].count(once) == 1, once
    assert [one.row.number for one in found] == sorted({one.row.number for one in found})
    assert desk.audit.verify().broken_at is None


def test_the_same_act_after_something_else_is_another_one(counter: Counter) -> None:
    """A page that reads its records anew after an act about them is no second look."""
    desk = counter.desk

    def count(act: str) -> int:
        return [one.row.act for one in lines(counter)].count(act)

    desk.patients.search("Quill")
    desk.patients.search("Quill, R")
    number = counter.record()
    desk.patients.search("Vance")
    assert count("looked-up") == 2, "after a record was sent it is another look"
    desk.listing.story(number)
    desk.acts.do(Act.NOTE, number, counter.ada, "The patient called.")
    desk.papers.let_print(desk.papers.printed(desk.papers.copy(number, How.PATIENT, "Ada"), "a copy"))
    desk.listing.story(number)
    assert count("saw-record") == 1
    other = counter.record(**{"patient.given": "Wilma"})
    desk.listing.story(number)
    assert count("saw-record") == 1, "the page of the record is still open"
    desk.listing.story(other)
    desk.listing.story(number)
    assert count("saw-record") == 3


def test_it_is_searched_filtered_and_exported_by_managers_only(counter: Counter, tmp_path: Path) -> None:
    tom = counter.store.people.add(TECHNICIAN, "slow-hash")
    number = counter.record()
    with acting(tom):
        counter.desk.listing.story(number)
        for refused in (
            lambda: counter.desk.audit.page(AuditSearch(), None, 10),
            lambda: counter.desk.audit.export(AuditSearch(), tmp_path / "b.csv", Progress()),
            lambda: counter.desk.audit.verify(),
        ):
            with pytest.raises(NotPermittedError, match="audit"):
                refused()
    assert {one.who for one in lines(counter, AuditSearch(by=tom))} == {"Tom Abernathy"}
    assert "Tom Abernathy" not in {one.who for one in lines(counter, AuditSearch(by=PROGRAM))}
    looked = lines(counter, AuditSearch(group=AuditGroup.LOOKED))
    assert [(one.act, one.row.about) for one in looked] == [("Opened the record", number)]
    assert lines(counter, AuditSearch(text="opened tom")) == looked
    today = counter.clock.now().date()
    assert lines(counter, AuditSearch(until=today.replace(day=1))) == []
    newest = counter.desk.audit.page(AuditSearch(), None, 2)
    older = counter.desk.audit.page(AuditSearch(), newest[-1].row.number, EVERYTHING)
    assert newest[-1].row.number > older[0].row.number
    count = counter.desk.audit.export(AuditSearch(), tmp_path / "a.csv", Progress())
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == count == len(lines(counter)) - 1, "the export itself came after"
    assert lines(counter)[-1].act == "Exported the audit"


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("UPDATE audit SET by_name = 'Mallory', by_id = 2 WHERE id = {id}", "was changed afterwards"),
        ("DELETE FROM audit WHERE id = {id}", "is missing"),
        (
            "INSERT INTO audit (act, note, by_name, at) SELECT act, note, by_name, at FROM audit LIMIT 1",
            "Row {new} of audit was added without being sealed",
        ),
    ],
)
def test_whoever_knows_the_key_and_tampers_is_told_with_the_place(
    counter: Counter, how: str, told: str
) -> None:
    counter.store.people.add(TECHNICIAN, "slow-hash")
    number = counter.record()
    counter.desk.listing.story(number)
    counter.desk.exports.csv(Search(), counter.store.path.with_name("a.csv"), Progress(), with_patients=False)
    (seen,) = lines(counter, AuditSearch(text="opened"))
    made = engine(counter.store.path, KEY, size=1).execution_options(**{WRITES: True})
    with made.begin() as connection:
        for trigger in triggers("audit"):
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        row = connection.exec_driver_sql("SELECT id FROM audit WHERE act = 'saw-record'").scalar_one()
        connection.exec_driver_sql(how.format(id=row))
        last = connection.exec_driver_sql("SELECT max(id) FROM audit").scalar_one()
    made.dispose()
    found = AuditDesk(counter.store).verify()
    assert told.format(new=last) in " ".join(found.faults)
    if not told.startswith("Row"):
        assert found.broken_at == seen.row.number


def test_an_act_that_cannot_be_noted_is_not_done_in_silence(counter: Counter) -> None:
    with acting(None), pytest.raises(NotPermittedError):
        counter.desk.discard_draft(uuid.uuid4().hex)
    counter.desk.save_draft("d", "vaccination", FormState(complete_answers()), counter.ada)
    counter.desk.discard_draft("d")
    assert [one.act for one in lines(counter)].count("Discarded a draft") == 1
