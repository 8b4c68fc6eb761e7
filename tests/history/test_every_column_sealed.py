"""Whoever changes a column with the key is told with table and row, or a reason here says why it needs no seal."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.incident import Happened
from digmed_desktop.clinical.medicine import Medicine
from digmed_desktop.clinical.pgd import Direction
from digmed_desktop.clinical.record import Coded
from digmed_desktop.clinical.stock import BatchHold, StockBatch
from digmed_desktop.credentials.chain_seal import VaultChainSeal
from digmed_desktop.credentials.register_seal import VaultSeal
from digmed_desktop.history import refusals
from digmed_desktop.history.cipher import WRITES, engine
from digmed_desktop.history.sealed_tables import LATEST, SEALED, UNSEALED_SETTINGS, Sealed
from digmed_desktop.history.sealing import chain_key
from digmed_desktop.history.store import Store
from digmed_desktop.history.tables import UNCHANGEABLE, metadata
from digmed_desktop.messaging.audit import AuditAct, AuditEntry
from digmed_desktop.messaging.people import Access, Why
from digmed_desktop.messaging.sending import InboxItem, ItemKind
from tests.history.fresh import fresh_store
from tests.history.samples import KEY, PHARMACIST, PHARMACY, PRACTICE, START, MovedClock
from tests.history.test_chain import record
from tests.history.test_register import supply

NO_SEAL = {
    "draft": "Nobody has recorded it: a person reads all of it on the check page before it becomes a record.",
    "gp_practice": "The published list, imported anew; what a record takes from it is sealed with the record.",
    "gp_practice_detail": "As gp_practice.",
    "gp_practice_word": "As gp_practice.",
    "word": "Made from the sealed row. What no search finds still stands in the list, in Today and in each count.",
    "named": "As word.",
    "person.failed_tries": "The vault counts wrong PINs too, and the greater count holds; records that may only be "
    "looked at take no new link, and someone must be able to sign in to them.",
    "person.locked_until": "As person.failed_tries.",
    "sending.not_before": "No pause is longer than a day, whatever stands there, and the duty's clock needs action.",
    "sending.tracked_at": "It delays a question to MESH; the duty's clock and MESH's own report come all the same.",
    "register.key_id": "It names the key of the seal; with another one the entry does not verify.",
}
NO_SEAL_SETTINGS = {
    "chain.key": "The links name their key themselves; with another name here nothing can be recorded.",
    "chain.lists": "The links say what they seal; this only spares a start the question.",
    "backup.restored": "Written before the restored file is opened; it makes the program ask, and the head asks too.",
    "installation": "Compared with the keyring at each start; another one makes the program ask.",
    "delivery.polled": "When MESH was last asked; written with each round.",
    "sync.notified": "Whether the person at the screen was told today.",
    "time.known": "It only holds back: the computer's clock is never exceeded, whatever stands there.",
}
OWN_SEAL = ("register", "link")
"""Tables whose rows hold their seal themselves."""


@pytest.fixture
def store(database: Path, clock: MovedClock, memory_vault: Any) -> Iterator[Store]:
    """A store in which every sealed table has a row."""
    made = fresh_store(database, KEY, clock, VaultChainSeal(memory_vault, lambda: chain_key(KEY)))
    made.register.use(VaultSeal(memory_vault))
    ada = made.people.add(PHARMACIST, "hash", Access(manager=True), Why.FIRST_RUN)
    made.profile.save_pharmacy(PHARMACY)
    made.profile.put("mesh.root", '"a root certificate"')
    made.retention.keep({"holds": []}, "hold 1", {"act": "placed", "by": "Ada"})
    first = record(made, 1)
    record(made, 2)
    made.inbox.keep(InboxItem("IN9", ItemKind.DATA, "DIGMED_FLU_VAC_ACK", "NEWBOX", b"<answer/>"))
    made.replies.give("IN9", first, ada, "They told us of their new mailbox.")
    with made.profile._database.writing() as connection:
        refusals.note(connection, START, first, "20003")
    batch, _new = made.stock.add(
        StockBatch("flu", "ativ", "B1", date(2027, 5, 31), gtin="05011015300031"), ada
    )
    made.stock.hold(batch.id, BatchHold(START, "Ada", "The fridge was warm."))
    made.stock.map_product("05011015300031", "flu", "ativ", ada)
    made.patients.remember(
        family="O'Fennimore", given="Wilhelmina", nhs_number="9991234553", born=None, answers={}
    )
    made.practices.remember(PRACTICE)
    made.medicines_used.remember(
        Medicine(Coded("Paracetamol 500mg tablets", "322236009"), None, "tablet", "", "", "")
    )
    made.pgds.enter(Direction(0, "Flu", "1", date(2026, 9, 1), date(2027, 3, 31), "flu"), ada)
    made.incidents.record(Happened("near-miss", "Near miss", START.date(), "", "The wrong box."), first, ada)
    made.audit.add(AuditEntry(AuditAct.EXPORTED, ada, note="3 rows"))
    made.drafts.save("d", "vaccination", FormState({}), ada)
    made.register.append(supply())
    made.chain.keep_head()
    yield made
    made.close()


@dataclass(frozen=True)
class Place:
    """A sealed table with one of its rows, and how a fault names that row."""

    sealed: Sealed
    rowid: int
    key: str

    @property
    def told(self) -> str:
        return f"({self.sealed.kind} {self.key}, link "


def covered(table: str) -> set[str]:
    return {column for one in (*SEALED, *LATEST) if one.table == table for column in one.columns}


def test_each_column_is_sealed_or_has_a_reason_here() -> None:
    for table in metadata.tables.values():
        if table.name in NO_SEAL or table.name in OWN_SEAL:
            assert not covered(table.name)
            continue
        columns = set(table.c.keys())
        without = {column for column in columns if f"{table.name}.{column}" in NO_SEAL}
        assert covered(table.name) == columns - without, table.name
    assert set(NO_SEAL_SETTINGS) == set(UNSEALED_SETTINGS)


def changed(value: Any) -> Any:
    if isinstance(value, bytes):
        return b"another"
    return value + 900 if isinstance(value, int) else "another"


def places(connection: sa.Connection) -> list[Place]:
    found = []
    for sealed in (*SEALED, *LATEST):
        rows = f"SELECT rowid, {sealed.key_sql} FROM {sealed.table} {sealed.where} ORDER BY {sealed.order} LIMIT 1"
        row = connection.exec_driver_sql(rows).first()
        assert row is not None, f"no row of {sealed.kind} to change"
        found.append(Place(sealed, row[0], str(row[1])))
    return found


def test_a_change_of_any_sealed_column_is_told_with_table_and_row(store: Store, database: Path) -> None:
    """In each turn one more column of every kind of row is changed at once."""
    found = store.chain.verify()
    assert found.intact, found.faults
    with with_the_key(database) as connection:
        where = places(connection)
    for turn in range(max(len(one.sealed.columns) for one in where)):
        touched = [(one, one.sealed.columns[turn]) for one in where if turn < len(one.sealed.columns)]
        before = []
        with with_the_key(database) as connection:
            for one, column in touched:
                at = f"FROM {one.sealed.table} WHERE rowid = {one.rowid}"
                before.append(connection.exec_driver_sql(f"SELECT {column} {at}").scalar_one())
            for (one, column), value in zip(touched, before, strict=True):
                if column not in one.sealed.key.split():
                    set_to(connection, one, column, changed(value))
        faults = store.chain.verify().faults
        with with_the_key(database) as connection:
            for (one, column), value in zip(touched, before, strict=True):
                set_to(connection, one, column, value)
        for one, column in touched:
            if column not in one.sealed.key.split():
                assert any(f"was changed afterwards {one.told}" in told for told in faults), (
                    one.told,
                    column,
                )
    assert store.chain.verify().intact


@contextmanager
def with_the_key(path: Path) -> Iterator[sa.Connection]:
    """Open the file with its key, and without what keeps anybody from writing nonsense into it."""
    made = engine(path, KEY, size=1).execution_options(**{WRITES: True})
    raw = made.raw_connection()
    raw.driver_connection.execute("PRAGMA foreign_keys = OFF")
    raw.driver_connection.execute("PRAGMA ignore_check_constraints = ON")
    raw.close()
    with made.begin() as connection:
        for table in UNCHANGEABLE:
            for act in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_refuses_{act}")
        yield connection
    made.dispose()


def set_to(connection: sa.Connection, place: Place, column: str, value: Any) -> None:
    connection.exec_driver_sql(
        f"UPDATE {place.sealed.table} SET {column} = ? WHERE rowid = ?", (value, place.rowid)
    )


def test_rows_that_are_taken_out_or_put_in_are_told(store: Store, database: Path) -> None:
    """Of every kind of row that changes: one row is deleted, and another one added."""
    kinds: dict[str, Place] = {}
    with with_the_key(database) as connection:
        for place in places(connection):
            if place.sealed in LATEST and place.sealed.table not in {other.table for other in SEALED}:
                kinds[place.sealed.kind] = place
        for place in kinds.values():
            key = place.sealed.key.split()[-1]
            unique = {
                one.name: f"{one.name} || 'x'"
                for one in metadata.tables[place.sealed.table].c
                if one.unique and one.name != key
            }
            if place.sealed.kind == "stock-batch":
                unique["number"] = "'another'"
            new = {key: "7777" if key == "id" else "'mallory'", **unique}
            table = place.sealed.table
            names = metadata.tables[table].c.keys()
            if place.sealed.kind != "setting":  # any other setting is one of the profile's
                connection.exec_driver_sql(
                    f"INSERT INTO {table} ({', '.join(names)}) "
                    f"SELECT {', '.join(new.get(name, name) for name in names)} FROM {table} "
                    f"WHERE rowid = {place.rowid}"
                )
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE rowid = {place.rowid}")
    faults = store.chain.verify().faults
    for kind, place in kinds.items():
        assert any(f"is missing {place.told}" in told for told in faults), (kind, faults)
    added = [told for told in faults if "was added without being sealed" in told]
    assert len(added) == len(kinds) - 1, added


def test_what_the_program_itself_takes_away_is_no_fault(store: Store) -> None:
    store.profile.put("mesh.certificate", "{}")
    store.profile.forget("mesh.certificate")
    store.patients.forget(family="O'Fennimore", given="Wilhelmina", nhs_number="9991234553", born=None)
    found = store.chain.verify()
    assert found.intact, found.faults


def test_what_was_taken_away_and_is_put_back_with_the_key_is_told(store: Store, database: Path) -> None:
    store.profile.put("mesh.certificate", "{}")
    store.profile.forget("mesh.certificate")
    with with_the_key(database) as connection:
        connection.exec_driver_sql("INSERT INTO profile VALUES ('mesh.certificate', '{}')")
    assert any(
        "was put back (profile mesh.certificate, link " in told for told in store.chain.verify().faults
    )


def test_a_transaction_that_fails_leaves_no_link_of_what_it_changed(store: Store) -> None:
    before = store.chain.verify().entries
    with pytest.raises(ZeroDivisionError), store.profile._database.writing() as connection:
        connection.exec_driver_sql("UPDATE sending SET attempts = 9")
        raise ZeroDivisionError
    assert store.chain.verify().entries == before
    store.profile.put("mesh.root", '"another"')
    found = store.chain.verify()
    assert (found.intact, found.entries) == (True, before + 1)
