"""The register of emergency supplies: numbered, append-only, and sealed so that a change is found and told."""

import hashlib
import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from digmed_desktop.credentials.register_seal import KEY, VaultSeal
from digmed_desktop.history.cipher import WRITES, engine
from digmed_desktop.history.register import FIRST
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.errors import NotAllowedNowError, NotThereError, StoreError
from digmed_desktop.messaging.register import EntryKind, Head, NewEntry
from tests.history.samples import KEY as DATABASE_KEY
from tests.history.samples import PHARMACIST, START, MovedClock, facts, message, token


def supply(name: str = "O'FENNIMORE, Wilhelmina", **more: str) -> NewEntry:
    content = {"patient": name, "supplied_at": START.isoformat(), "route": "patient", **more}
    return NewEntry(EntryKind.SUPPLY, content, by=1, by_name="Ms Ada Okonkwo-Bright")


@pytest.fixture
def seal(memory_vault) -> VaultSeal:
    return VaultSeal(memory_vault)


@pytest.fixture
def sealed(store: Store, seal: VaultSeal) -> Store:
    store.people.add(PHARMACIST, "hash")
    store.register.use(seal)
    return store


@pytest.fixture
def three(sealed: Store) -> Store:
    for n in range(3):
        sealed.register.append(supply(f"PATIENT {n}"))
    return sealed


def tamper(path: Path, *statements: str) -> None:
    """Change the file with its key and without its triggers, as somebody who has both could."""
    made = engine(path, DATABASE_KEY, size=1).execution_options(**{WRITES: True})
    with made.begin() as connection:
        for act in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS register_refuses_{act}")
        for statement in statements:
            connection.exec_driver_sql(statement)
    made.dispose()


def test_entries_are_numbered_and_read_back(three: Store) -> None:
    entries = three.register.page()
    assert [one.number for one in entries] == [3, 2, 1]
    assert [one.content["patient"] for one in entries] == ["PATIENT 2", "PATIENT 1", "PATIENT 0"]
    assert [one.number for one in three.register.page(before=3, limit=1)] == [2]
    verified = three.register.verify()
    assert (verified.intact, verified.entries, verified.sentence) == (True, 3, "")


def test_nothing_is_changed_or_removed(three: Store, database: Path) -> None:
    for statement in ("UPDATE register SET content = '{}'", "DELETE FROM register WHERE number = 3"):
        made = engine(database, DATABASE_KEY, size=1)
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), made.begin() as connection:
            connection.exec_driver_sql(statement)
        made.dispose()
    assert three.register.verify().intact


def test_a_change_by_sql_with_all_plain_hashes_made_anew_is_found_and_told(
    three: Store, database: Path, memory_vault
) -> None:
    """The database's key is known, the triggers are gone, the chain of plain hashes is right again."""
    made = engine(database, DATABASE_KEY, size=1).execution_options(**{WRITES: True})
    with made.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER register_refuses_update")
        rows = connection.exec_driver_sql("SELECT * FROM register ORDER BY number").mappings().all()
        before = FIRST
        for row in rows:
            changed = {**row, "before": before}
            if row["number"] == 2:
                changed["content"] = json.dumps({**json.loads(row["content"]), "patient": "SOMEBODY ELSE"})
            if row["number"] >= 2:
                plain = [value for name, value in changed.items() if name != "mac"]
                changed["mac"] = hashlib.sha256(json.dumps(plain).encode()).hexdigest()
            connection.exec_driver_sql(
                "UPDATE register SET content = ?, before = ?, mac = ? WHERE number = ?",
                (changed["content"], changed["before"], changed["mac"], row["number"]),
            )
            before = changed["mac"]
    made.dispose()
    assert three.register.page()[1].content["patient"] == "SOMEBODY ELSE", "the change itself worked"
    found = three.register.verify()
    assert not found.intact
    assert found.broken_at == 2
    assert found.sentence == "Entry 2 was changed after it was made."
    assert DATABASE_KEY.hex() != memory_vault.items[KEY], "the register's key is not the database's"


@pytest.mark.parametrize(
    ("statement", "broken_at", "words"),
    [
        ("UPDATE register SET content = '{}' WHERE number = 1", 1, "Entry 1 was changed"),
        ("UPDATE register SET by_name = 'Someone' WHERE number = 3", 3, "Entry 3 was changed"),
        ("UPDATE register SET entered_at = '2020-01-01T00:00:00.000000Z' WHERE number = 2", 2, "Entry 2 was changed"),
        ("UPDATE register SET entered_at = 'long ago' WHERE number = 2", 2, "Entry 2 was changed"),
        ("UPDATE register SET kind = 'nonsense' WHERE number = 2", 2, "Entry 2 was changed"),
        ("UPDATE register SET key_id = 'another' WHERE number = 2", 2, "cannot be verified"),
        ("DELETE FROM register WHERE number = 2", 2, "Entry 2 is missing"),
        ("DELETE FROM register WHERE number = 3", 3, "Entry 3 is missing from the end"),
        ("DELETE FROM register", 1, "Entries 1 to 3 are missing from the end"),
        ("UPDATE register SET number = 9 WHERE number = 3", 3, "Entries 3 to 8 are missing"),
    ],
)  # fmt: skip
def test_it_says_what_is_broken_and_where(
    three: Store, database: Path, statement: str, broken_at: int, words: str
) -> None:
    tamper(database, statement)
    found = three.register.verify()
    assert found.broken_at == broken_at
    assert words in found.sentence


def test_an_older_copy_of_the_database_is_noticed_for_good(
    sealed: Store, database: Path, seal: VaultSeal
) -> None:
    sealed.register.append(supply("PATIENT 0"))
    sealed.register.append(supply("PATIENT 1"))
    tamper(database, "DELETE FROM register WHERE number = 2")
    assert sealed.register.verify().broken_at == 2
    for n in range(3):
        sealed.register.append(supply(f"LATER {n}"))
    found = sealed.register.verify()
    assert found.broken_at == 2
    assert "another is in its place" in found.sentence


def test_an_entry_whose_head_was_not_kept_is_kept_next_time(
    sealed: Store, seal: VaultSeal, monkeypatch
) -> None:
    sealed.register.append(supply("PATIENT 0"))
    monkeypatch.setattr(sealed.register, "keep_head", lambda: None)  # the program dies right after the commit
    sealed.register.append(supply("PATIENT 1"))
    monkeypatch.undo()
    assert seal.head() is not None
    assert seal.head().number == 1
    assert sealed.register.verify().intact
    sealed.register.keep_head()
    assert seal.head().number == 2


def test_another_key_does_not_verify(three: Store, memory_vault) -> None:
    memory_vault.put(KEY, "ab" * 32)
    three.register.use(VaultSeal(memory_vault))
    found = three.register.verify()
    assert found.broken_at == 1
    assert "a key that is not here" in found.sentence


def test_an_entry_and_its_notification_are_kept_together_or_not_at_all(sealed: Store, database: Path) -> None:
    made = sealed.notifications.freeze(
        None, "{}", facts(), message(), "X_1", 1, token=token(), alongside=sealed.register.entering(supply())
    )
    sealed.register.keep_head()
    entry = sealed.register.of_notification(made)
    assert entry is not None
    assert entry.number == 1

    def fails(_connection: object, _notification: int) -> None:
        raise RuntimeError("the register cannot be written")

    with pytest.raises(RuntimeError):
        sealed.notifications.freeze(None, "{}", facts(), message(), "X_2", 1, token=token(), alongside=fails)
    assert len(sealed.notifications.page()) == 1


def test_the_same_press_of_send_makes_one_entry(sealed: Store) -> None:
    one = token()
    for n in range(2):
        sealed.notifications.freeze(
            None, "{}", facts(), None, f"X_{n}", 1, token=one, no_route="No code",
            alongside=sealed.register.entering(supply()),
        )  # fmt: skip
    assert len(sealed.register.page()) == 1


def test_amendments_are_appended_to_their_entry(three: Store) -> None:
    amend = NewEntry(EntryKind.AMENDMENT, {"text": "The patient's address is 2 Test Way."}, 1, "Ada", about=2)
    assert three.register.append(amend) == 4
    entry = three.register.get(2)
    assert [one.content["text"] for one in entry.later] == ["The patient's address is 2 Test Way."]
    assert entry.content["patient"] == "PATIENT 1", "the entry itself is as it was"
    assert [one.number for one in three.register.page()] == [3, 2, 1]
    with pytest.raises(NotThereError):
        three.register.append(NewEntry(EntryKind.AMENDMENT, {}, 1, "Ada", about=99))
    with pytest.raises(NotAllowedNowError):
        three.register.append(NewEntry(EntryKind.AMENDMENT, {}, 1, "Ada", about=4))
    assert three.register.verify().intact


def test_prescriptions_are_outstanding_until_they_come(sealed: Store, clock: MovedClock) -> None:
    sealed.register.append(supply("BY THE PATIENT"))
    sealed.register.append(
        supply("LATER", route="prescriber", supplied_at=(START + timedelta(hours=5)).isoformat())
    )
    sealed.register.append(supply("FIRST", route="prescriber"))
    due = sealed.register.outstanding(72)
    assert [one.entry.content["patient"] for one in due] == ["FIRST", "LATER"]
    assert due[0].due_at == START + timedelta(hours=72)
    clock.move(hours=73)
    assert due[0].left(clock.now()) == -timedelta(hours=1)
    came = NewEntry(
        EntryKind.PRESCRIPTION, {"dated": "2026-11-20", "received": "2026-11-21"}, 1, "Ada", about=3
    )
    sealed.register.append(came)
    assert [one.entry.content["patient"] for one in sealed.register.outstanding(72)] == ["LATER"]
    with pytest.raises(NotAllowedNowError):
        sealed.register.append(came)


def test_without_a_seal_nothing_is_entered(store: Store) -> None:
    with pytest.raises(StoreError, match="key is not there"):
        store.register.append(supply())
    assert store.register.page() == []


def test_the_key_and_the_head_are_not_in_the_database(three: Store, database: Path, memory_vault) -> None:
    three.close()
    made = engine(database, DATABASE_KEY, size=1)
    with made.begin() as connection:
        tables = (
            connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        )
        everything = "".join(
            str(row) for name in tables for row in connection.exec_driver_sql(f"SELECT * FROM {name}").all()
        )
    made.dispose()
    assert "PATIENT 1" in everything
    assert memory_vault.items[KEY] not in everything
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(database).execute("SELECT * FROM register")


def test_a_seal_keeps_key_and_head(memory_vault) -> None:
    seal = VaultSeal(memory_vault)
    assert seal.head() is None
    assert len(seal.key()) == 32
    assert VaultSeal(memory_vault).key() == seal.key()
    seal.keep_head(Head(7, "ab"))
    assert seal.head() == Head(7, "ab")
