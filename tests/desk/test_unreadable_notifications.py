"""A notification that cannot be read costs itself only: every list shows the others, and a row that says so."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.record import VaccinationRecord
from digmed_desktop.desk.upkeep.doctor import check_rows
from digmed_desktop.messaging.errors import DigMedError, UnreadableRowError
from digmed_desktop.messaging.progress import Progress
from digmed_desktop.messaging.searching import Search, Sort
from digmed_desktop.messaging.story import UNREADABLE_RECORD
from digmed_desktop.messaging.wording import record_word, words_of_row, words_of_unreadable
from tests.clinical.examples import NOW, complete_answers
from tests.desk.conftest import Counter

ROWS = {
    "state": ("never heard of", "", "7"),
    "kind": ("never heard of", ""),
    "contact_at": ("x", "31/12/1971", "2026-10-14T99:00:00Z"),
    "changed_at": ("x",),
    "outcome": ("never heard of",),
    "need": (77,),
    "settled_at": ("x",),
}
RECORDS = ("{}", "x", "[]", "null", '{"record": {}}', "[" * 100_000)


@contextmanager
def damaged(counter: Counter, table: str, column: str, value: object, number: int) -> Iterator[None]:
    """Write over a value behind the program's back, and put it back at the end."""
    key = "id" if table == "notification" else "notification_id"

    def write(what: object) -> object:
        with counter.store.people._database.writing() as connection:
            guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
            for (guard,) in connection.exec_driver_sql(guards, (table,)).all():
                connection.exec_driver_sql(f"DROP TRIGGER {guard}")
            old = connection.exec_driver_sql(
                f"SELECT {column} FROM {table} WHERE {key} = ?", (number,)
            ).scalar()
            connection.exec_driver_sql(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (what, number))
        return old

    before = write(value)
    try:
        yield
    finally:
        write(before)


def lists(counter: Counter, folder: Path) -> None:
    """Ask for everything that shows several records at once."""
    desk, day = counter.desk, NOW.date()
    desk.listing.today()
    desk.papers.day_list(day)
    desk.papers.day_end(day)
    assert desk.exports.csv(Search(), folder / "all.csv", Progress(), with_patients=True) == 3
    desk.preview("vaccination", FormState(complete_answers()))
    desk.listing.lists()


def tried(counter: Counter, made: list[int], column: str, value: object, sorts: Iterable[Sort]) -> None:
    """Damage the row in the middle; every order shows all rows and says which one cannot be read."""
    with damaged(counter, "notification", column, value, made[1]):
        for search in (Search(sort=sort, descending=down) for sort in sorts for down in (True, False)):
            rows = list(counter.desk.listing.first(search, 1).rows)
            while page := counter.desk.listing.page(search, rows[-1], 1):
                rows += page
            assert sorted(row.id for row in rows) == made, (column, value, search.sort)
            (strange,) = (row for row in rows if row.unreadable)
            assert (strange.id, strange.what) == (made[1], UNREADABLE_RECORD)
        assert words_of_row(strange, counter.desk.duty(), NOW) == words_of_unreadable()
        assert record_word(strange) == words_of_unreadable().word
        with pytest.raises(UnreadableRowError):
            counter.store.notifications.row(made[1])
        (check,) = check_rows(counter.store)
        assert "1 notifications" in check.sentence, column


def test_a_row_that_cannot_be_read_is_listed_as_that(counter: Counter, tmp_path: Path) -> None:
    made = [counter.record() for _n in range(3)]
    assert list(check_rows(counter.store)) == []
    for column in ("state", "contact_at"):
        tried(counter, made, column, ROWS[column][0], (Sort.RECORDED, Sort.CONTACT))
    with damaged(counter, "notification", "state", "x", made[1]):
        lists(counter, tmp_path)


@pytest.mark.slow
def test_every_column_that_cannot_be_read_is_told_in_every_order(counter: Counter, tmp_path: Path) -> None:
    made = [counter.record() for _n in range(3)]
    for column, values in ROWS.items():
        for value in values:
            tried(counter, made, column, value, Sort)
        with damaged(counter, "notification", column, values[0], made[1]):
            lists(counter, tmp_path)


def test_a_record_that_cannot_be_read_is_named_in_the_list_that_is_written(
    counter: Counter, tmp_path: Path
) -> None:
    made = [counter.record() for _n in range(3)]
    for text in RECORDS[:1]:
        with damaged(counter, "payload", "record_json", text, made[1]):
            lists(counter, tmp_path)
            with (tmp_path / "all.csv").open(encoding="utf-8-sig", newline="") as file:
                told = list(csv.reader(file))
            assert [UNREADABLE_RECORD in row for row in told].count(True) == 1
            assert all(words_of_unreadable().word in row for row in told if UNREADABLE_RECORD in row)


@pytest.mark.slow
def test_what_is_asked_of_an_unreadable_record_alone_is_answered_or_refused_in_words(
    counter: Counter,
) -> None:
    made = [counter.record() for _n in range(2)]
    damages: list[tuple[str, str, object]] = [("payload", "record_json", text) for text in RECORDS]
    damages += [("payload", "answers", text) for text in ("x", "[]", "null", '{"answers": 7}')]
    damages += [("notification", column, value) for column, values in ROWS.items() for value in values]
    for table, column, value in damages:
        with damaged(counter, table, column, value, made[0]):
            for ask in (
                lambda: counter.desk.listing.story(made[0]),
                lambda: counter.desk.acts.offered(made[0]),
                lambda: counter.desk.acts.begin_correction(made[0], "A test"),
                lambda: counter.desk.acts.record_json(made[0]),
                lambda: counter.desk.patient_file.gather(made[0]),
                lambda: counter.desk.listing.story(made[1]),
            ):
                with suppress(DigMedError):
                    ask()
            assert counter.desk.listing.story(made[1]).recorded


def test_the_doses_of_the_records_that_can_be_read_are_still_found(counter: Counter) -> None:
    made = [counter.record() for _n in range(2)]
    record = counter.store.versions.record_of(made[1])
    assert isinstance(record, VaccinationRecord)
    for text in RECORDS:
        with damaged(counter, "payload", "record_json", text, made[0]):
            found = counter.store.doses.of(record.patient.nhs_number, "", record.patient.date_of_birth)
            assert [dose.notification for dose in found] == [made[1]]
