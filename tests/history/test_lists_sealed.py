"""All that a list shows of a record is sealed with each change: whoever changes it with the key is found, with the place."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from digmed_desktop.credentials.chain_seal import VaultChainSeal
from digmed_desktop.history.sealed_tables import LATEST, LISTED
from digmed_desktop.history.sealing import chain_key
from digmed_desktop.history.store import Store
from digmed_desktop.history.tables import notification
from digmed_desktop.messaging.chain import Agreement
from tests.history.fresh import fresh_store
from tests.history.samples import KEY, PHARMACIST, PHARMACY, MovedClock, facts
from tests.history.test_chain import first_link_of_before, record, tamper

HOLDS = {"holds": [{"batch": "B1"}]}


@pytest.fixture
def store(database: Path, clock: MovedClock, memory_vault) -> Iterator[Store]:
    made = fresh_store(database, KEY, clock, VaultChainSeal(memory_vault, lambda: chain_key(KEY)))
    made.people.add(PHARMACIST, "hash")
    made.profile.save_pharmacy(PHARMACY)
    made.retention.keep(HOLDS, "hold 1", {"act": "placed", "by": "Ada"})
    for number in range(3):
        record(made, number)
    made.notifications.note(1, 1, "a note")
    made.chain.keep_head()
    yield made
    made.close()


def quoted(value: object) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


def other(column: str, value: object) -> object:
    if column in ("corrects", "replaces"):
        return 1
    return 1 - value if isinstance(value, int) and value in (0, 1) else "x"


def row_of(store: Store, number: int) -> dict[str, Any]:
    with store.profile._database.reading() as connection:
        found = connection.exec_driver_sql("SELECT * FROM notification WHERE id = ?", (number,))
        return dict(found.mappings().one())


def test_any_column_of_a_list_that_was_changed_is_found_with_its_place(store: Store, database: Path) -> None:
    (listed,) = (one for one in LATEST if one.kind == LISTED)
    assert set(listed.columns) == set(notification.c.keys()), "a column that comes is sealed under a new kind"
    row = row_of(store, 2)
    assert store.chain.verify().intact
    for column in sorted(set(row) - {"id"}):
        tamper(
            database, f"UPDATE notification SET {column} = {quoted(other(column, row[column]))} WHERE id = 2"
        )
        found = store.chain.verify()
        assert any("changed afterwards (listed 2, link " in one for one in found.faults), (
            column,
            found.faults,
        )
        assert found.broken_at, column
        assert store.chain.check_tail().agreement is Agreement.ALTERED, column
        tamper(database, f"UPDATE notification SET {column} = {quoted(row[column])} WHERE id = 2")
    assert store.chain.verify().intact


def test_what_was_changed_removed_or_added_is_found(store: Store, database: Path) -> None:
    left = ("id", "token", "message_id", "sender_reference")
    columns = ", ".join(column for column in row_of(store, 1) if column not in left)
    added = f"INSERT INTO notification (id, token, {columns}) SELECT 9, 'other', {columns} FROM notification"
    tamper(
        database,
        "DELETE FROM sending",
        "DELETE FROM owed",
        *(
            f"DELETE FROM {table} WHERE notification_id = 3"
            for table in ("word", "inbox", "event", "payload")
        ),
        "DELETE FROM notification WHERE id = 3",
        f"{added} WHERE id = 1",
        "UPDATE profile SET value = '{}' WHERE key = 'retention'",
        "DELETE FROM profile WHERE key = 'pharmacy'",
    )
    found = store.chain.verify()
    for words in (
        "is missing (listed 3, link ",
        "Notification 9 was added without being sealed",
        "was changed afterwards (setting retention, link ",
        "is missing (setting pharmacy, link ",
    ):
        assert any(words in one for one in found.faults), (words, found.faults)
    assert "FENNIMORE" not in " ".join(found.faults).upper()


def test_a_confirmation_that_nobody_gave_is_found(database: Path, clock: MovedClock) -> None:
    made = fresh_store(database, KEY, clock)
    assert made.chain.verify().intact
    tamper(database, "INSERT INTO profile VALUES ('retention', '{\"confirmed\": {}}')")
    assert "The setting retention was added without being sealed." in made.chain.verify().faults
    made.close()


def test_lists_of_before_are_sealed_once_as_they_are_found(database: Path, clock: MovedClock) -> None:
    fresh_store(database, KEY, clock).close()
    tamper(database, "DELETE FROM profile WHERE key = 'chain.lists'", first_link_of_before(database))
    tamper(database, "INSERT INTO profile VALUES ('retention', '{}')")
    for _ in range(2):
        opened = Store.open(database, KEY, clock)
        assert opened.chain.verify().intact
        opened.close()
    tamper(
        database,
        "DELETE FROM profile WHERE key = 'chain.lists'",
        "UPDATE profile SET value = '{\"holds\": []}' WHERE key = 'retention'",
    )
    opened = Store.open(database, KEY, clock)
    assert not opened.chain.verify().intact, "what was sealed is not sealed anew"
    opened.close()


def test_tables_that_an_earlier_program_did_not_seal_are_sealed_once_as_they_are_found(
    database: Path, clock: MovedClock
) -> None:
    """It sealed people, lists and three settings from its first link on, and named no kinds."""
    fresh_store(database, KEY, clock).close()
    tamper(
        database,
        "UPDATE profile SET value = 'true' WHERE key = 'chain.lists'",
        first_link_of_before(database, ("kinds",)),
        "INSERT INTO practice VALUES ('Y99901', 'test meadows', '{}', '2026-11-20T10:30:00.000000Z')",
        "INSERT INTO profile VALUES ('mesh.root', '\"a certificate\"')",
    )
    for _ in range(2):
        opened = Store.open(database, KEY, clock)
        assert opened.chain.verify().intact
        assert opened.chain.verify().entries > 3
        opened.close()
    tamper(
        database,
        "DELETE FROM profile WHERE key = 'chain.lists'",
        'UPDATE practice SET organisation = \'{"name": "Another"}\'',
        "INSERT INTO profile VALUES ('retention', '{}')",
    )
    opened = Store.open(database, KEY, clock)
    faults = " ".join(opened.chain.verify().faults)
    assert "was changed afterwards (practice Y99901, link " in faults, "what was sealed is not sealed anew"
    assert "The setting retention was added without being sealed." in faults
    opened.close()


def test_every_act_seals_what_the_lists_show_then(store: Store) -> None:
    """Freezing, sending, answers, notes and a correction: after each the last link is that of the row as it is."""
    made = store.notifications.freeze(None, "{}", facts(7), None, "", 1, token="p", no_route="no mailbox")
    assert store.chain.verify().intact
    store.notifications.record_paper(made, 1, "by hand")
    assert store.chain.verify().intact
    store.notifications.record_reaction(made, 1, "a rash")
    assert store.chain.verify().intact
    store.notifications.deal_with(made, 1, "telephoned")
    assert store.chain.verify().intact
