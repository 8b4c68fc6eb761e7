"""A row that cannot be read, as an older version or a strange hand may leave it: it costs itself and no other."""

from pathlib import Path

import pytest

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.record import Address, Organisation
from digmed_desktop.desk.upkeep.doctor import check_rows
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.errors import UnreadableRowError
from tests.history.fresh import fresh_store
from tests.history.samples import KEY, PHARMACIST, MovedClock

SECRET = "Featherstone"
DAMAGES = (
    "x",
    "[]",
    "7",
    "null",
    "[" * 100_000,
    f'{{"answers": {{"patient.family": 5, "a": "{SECRET}"}}}}',
    f'{{"{SECRET}',
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = fresh_store(tmp_path / "d" / "digmed.db", KEY, MovedClock())
    for number in (1, 2):
        made.people.add(PHARMACIST, "hash")
        made.drafts.save(f"d{number}", "vaccination", FormState({"patient.family": "Quill"}), None)
        made.patients.remember(family="Quill", given=f"N{number}", nhs_number="", born=None, answers={})
        made.practices.remember(
            Organisation(f"Practice {number}", f"X9999{number}", Address(("1 Road",)), "")
        )
    return made


def damage(store: Store, table: str, column: str, text: str) -> None:
    """Write over the first row of a table behind the program's back."""
    with store.people._database.writing() as connection:
        first = f"SELECT rowid FROM {table} ORDER BY rowid LIMIT 1"
        connection.exec_driver_sql(f"UPDATE {table} SET {column} = ? WHERE rowid = ({first})", (text,))


def test_a_damaged_row_costs_itself_only_and_doctor_counts_it(store: Store) -> None:
    assert list(check_rows(store)) == []
    for text in DAMAGES:
        damage(store, "draft", "answers", text)
        damage(store, "person", "professional", text)
        damage(store, "patient", "answers", text)
        damage(store, "practice", "organisation", text)
        assert [draft.can_be_read for draft in store.drafts.all()].count(False) == 1
        assert [person.id for person in store.people.all()] == [2]
        assert [found.given for found in store.patients.of_ids((1, 2))] == ["N2"]
        assert [found.name for found in store.practices.all()] == ["Practice 2"]
        (check,) = check_rows(store)
        assert check.sentence == "These rows cannot be read: 1 drafts, 1 people, 1 patients, 1 practices."


def test_an_unreadable_row_says_which_and_nothing_of_itself(store: Store) -> None:
    store.profile.put("pharmacy", f'{{"{SECRET}')
    damage(store, "person", "professional", f'{{"{SECRET}')
    for ask in (store.profile.pharmacy, lambda: store.people.get(1)):
        with pytest.raises(UnreadableRowError) as told:
            ask()
        assert SECRET not in str(told.value)
        assert told.value.__context__ is None
