"""A value in the records that cannot be read: a sentence says so, and the rest of the list is there."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from types import NoneType
from typing import Any

import pytest

from digmed_desktop.clinical.medicine import Medicine
from digmed_desktop.clinical.pgd import Direction
from digmed_desktop.clinical.record import Coded
from digmed_desktop.clinical.stock import BatchHold, StockBatch
from digmed_desktop.credentials.register_seal import VaultSeal
from digmed_desktop.desk.connections import mesh_client
from digmed_desktop.desk.people.people import PeopleDesk
from digmed_desktop.desk.records.registering import RegisterDesk
from digmed_desktop.desk.upkeep.doctor import check_rows
from digmed_desktop.history import backup
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.errors import AccountError, NotAllowedNowError, UnreadableRowError
from digmed_desktop.messaging.people import Access
from digmed_desktop.messaging.register import EntryKind, NewEntry
from digmed_desktop.messaging.searching import Search
from digmed_desktop.messaging.sending import InboxItem, ItemKind
from tests.history.fresh import fresh_store
from tests.history.samples import KEY, PHARMACIST, START, MovedClock
from tests.history.test_unreadable_rows import DAMAGES, SECRET

HOLD = {"since": START.isoformat(), "by": "Ada Okonkwo-Bright", "why": "The fridge was warm."}
LATER = date(2027, 5, 31)
MORE_DAMAGES = ("{}", '{"kept": 7}', '{"kept": {"day": "yesterday"}}', '["x"]', '""', '"x"')


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = fresh_store(tmp_path / "d" / "digmed.db", KEY, MovedClock())
    made.people.add(PHARMACIST, "hash")
    for number in ("B1", "B2", "B3"):
        made.stock.add(StockBatch("flu", "ativ", number, LATER), 1)
    yield made
    made.close()


def put(store: Store, key: str, text: str) -> None:
    store.profile.put(key, text)


def held(store: Store) -> list[str]:
    """Return of each batch whether it is held: no, by whom, or that it cannot be read."""
    told = [one.held for one in store.stock.all()]
    return ["no" if one is None else one.by or "unreadable" for one in told]


@pytest.mark.parametrize(
    "damaged",
    [
        {},
        7,
        None,
        [],
        "x",
        {**HOLD, "since": "yesterday"},
        {**HOLD, "since": 5},
        {**HOLD, "since": "2026-11-20T10:30:00"},
        {**HOLD, "by": None},
        {**HOLD, "why": [SECRET]},
        {key: value for key, value in HOLD.items() if key != "by"},
    ],
)
def test_a_damaged_hold_holds_all_the_same_and_the_others_stay(store: Store, damaged: Any) -> None:
    put(store, "batch-holds", json.dumps({"1": damaged, "2": HOLD}))
    assert held(store) == ["unreadable", "Ada Okonkwo-Bright", "no"]
    first = store.stock.all()[0]
    assert not first.offered(START.date())
    assert first.held is not None
    assert "cannot be read" in first.held.source
    (check,) = check_rows(store)
    assert check.sentence == "These rows cannot be read: 1 batches or holds on them."
    store.stock.hold(1, None)
    store.stock.hold(3, BatchHold(START, "Tom", "Recalled."))
    assert held(store) == ["no", "Ada Okonkwo-Bright", "Tom"]


@pytest.mark.parametrize("damaged", [*DAMAGES[:5], DAMAGES[6], '["x"]', '"x"'])
def test_where_it_cannot_be_read_which_batches_are_held_all_are(store: Store, damaged: str) -> None:
    put(store, "batch-holds", damaged)
    assert held(store) == ["unreadable"] * 3
    store.stock.hold(2, None)
    assert held(store) == ["unreadable", "no", "unreadable"], "each is released by itself"


def test_a_damaged_batch_costs_itself_only(store: Store) -> None:
    with store.people._database.writing() as connection:
        connection.exec_driver_sql("UPDATE stock_batch SET expiry = 'soon' WHERE id = 2")
    assert [one.number for one in store.stock.all()] == ["B1", "B3"]
    (check,) = check_rows(store)
    assert "1 batches or holds on them" in check.sentence


def found_or_told(read: Callable[[], object]) -> object:
    try:
        return read()
    except (UnreadableRowError, AccountError) as error:
        return error


READ: dict[str, tuple[Callable[[Store], object], type, bool]] = {
    "sent-items.saved-searches": (lambda store: store.searching.saved(), tuple, False),
    "delivery.polled": (lambda store: store.inbox.last_polled(), NoneType, False),
    "practices.imported": (lambda store: store.gp_practices.imported_on(), NoneType, False),
    "backup.restored": (lambda store: backup.restored(store.profile), tuple, False),
    "retention": (lambda store: store.retention.state(), dict, True),
    "mesh.client.owner": (mesh_client._owner, str, True),
    "mesh.client.mailboxes": (mesh_client.mailboxes, dict, True),
    "pharmacy": (lambda store: store.profile.pharmacy(), NoneType, True),
}
"""For each entry of the profile: who reads it, what kind of thing that is, and whether damage is a sentence."""


@pytest.mark.parametrize("key", READ)
def test_a_damaged_entry_of_the_profile_is_a_sentence_or_as_if_it_were_not_there(
    store: Store, key: str
) -> None:
    read, kind, tells = READ[key]
    told = 0
    for damaged in (*DAMAGES, *MORE_DAMAGES):
        put(store, key, damaged)
        found = found_or_told(lambda: read(store))
        if isinstance(found, (UnreadableRowError, AccountError)):
            told += 1
            assert "cannot be read from the records" in str(found)
            assert SECRET not in str(found)
        else:
            assert isinstance(found, kind), (damaged, found)
            assert SECRET not in str(found) or kind is dict
    assert (told > 5) is tells


@pytest.mark.parametrize("damaged", [*DAMAGES, *MORE_DAMAGES])
def test_sending_stays_stopped_where_the_reason_cannot_be_read(store: Store, damaged: str) -> None:
    put(store, "delivery.stop", damaged)
    stop = store.deliveries.stopped()
    assert stop is not None
    assert "cannot be read" in stop.sentence


@pytest.mark.parametrize("damaged", [*DAMAGES, *MORE_DAMAGES])
def test_a_damaged_search_costs_itself_and_another_can_be_saved(store: Store, damaged: str) -> None:
    store.searching.save("mine", Search(text="Quill"))
    kept = json.loads(store.profile.get("sent-items.saved-searches") or "")
    try:
        kept["bad"] = json.loads(damaged)
    except (ValueError, RecursionError):
        kept["bad"] = damaged[:20]
    put(store, "sent-items.saved-searches", json.dumps(kept))
    assert [one.name for one in store.searching.saved()] == ["mine"]
    put(store, "sent-items.saved-searches", damaged)
    store.searching.save("another", Search(text="Vance"))
    assert [one.name for one in store.searching.saved()] == ["another"]


def test_other_rows_cost_themselves_only(store: Store) -> None:
    """A medicine, what a doubted answer says, and the last day of a locum."""
    for name in ("Paracetamol", "Ibuprofen"):
        store.medicines_used.remember(Medicine(Coded(name, name), None, "tablet", "", "", ""))
    for number in (1, 2):
        store.inbox.keep(InboxItem(f"IN{number}", ItemKind.DATA, "W", "BOX", b"<x/>"))
        store.inbox.in_trouble(f"IN{number}", "It cannot be read.")
    store.people.add(PHARMACIST, "hash", Access(until=LATER))
    for damaged in (*DAMAGES, *MORE_DAMAGES):
        with store.people._database._writers.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE medicine_used SET product = ? WHERE name_key LIKE '%ibu%'", (damaged,)
            )
            connection.exec_driver_sql("UPDATE inbox SET reading = ? WHERE mesh_id = 'IN1'", (damaged,))
        assert [one.product.display for one in store.medicines_used.search("", 9)] == ["Paracetamol"]
        replies = {one.mesh_id: one.trouble for one in store.replies.open(9)}
        assert replies == {
            "IN1": "Its text cannot be read from the records.",
            "IN2": "It cannot be read.",
        }
    with store.people._database._writers.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER access_act_refuses_update")
        connection.exec_driver_sql("UPDATE access_act SET until = 'soon'")
    assert [one.id for one in store.people.all()] == [1]


def test_a_damaged_direction_is_a_sentence(store: Store) -> None:
    store.pgds.enter(Direction(0, "Flu", "1", date(2026, 9, 1), LATER, "flu"), 1)
    with store.people._database._writers.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER pgd_act_refuses_update")
        connection.exec_driver_sql("UPDATE pgd_act SET content = '{\"valid_from\": 5}'")
    with pytest.raises(UnreadableRowError, match="patient group directions cannot be read"):
        store.pgds.register()


@pytest.mark.parametrize("damaged", [*DAMAGES, *MORE_DAMAGES])
def test_records_whose_key_of_the_chain_cannot_be_read_take_nothing_new(store: Store, damaged: str) -> None:
    with store.people._database._writers.begin() as connection:
        connection.exec_driver_sql("UPDATE profile SET value = ? WHERE key = 'chain.key'", (damaged,))
        assert not store.chain._sealer.look(connection)


def test_the_day_of_a_poll_is_read(store: Store) -> None:
    store.inbox.polled()
    assert store.inbox.last_polled() == datetime.fromisoformat(START.isoformat())


ENTRY = {"patient": "O'FENNIMORE, Wilhelmina", "supplied_at": START.isoformat(), "route": "prescriber"}
DAMAGED_ENTRY: list[tuple[str, str]] = [
    *(("content", text) for text in DAMAGES),
    ("content", "[]"),
    *(
        ("content", json.dumps({**ENTRY, **one}))
        for one in (
            {"items": "x"},
            {"items": [7]},
            {"items": [{"name": 5}]},
            {"patient": [SECRET]},
            {"patient_address": "x"},
            {"patient_address": [1]},
            {"supplied_on": "yesterday"},
            {"supplied_at": "2026-11-20T10:30:00"},
            {"supplied_at": 5},
            {"route": "nobody"},
            {"text": 7},
            {"dated": "x"},
        )
    ),
    ("kind", "nothing"),
    ("entered_at", "yesterday"),
]


@pytest.mark.parametrize(("column", "damaged"), DAMAGED_ENTRY)
def test_a_damaged_entry_of_the_register_costs_itself_only(
    store: Store, memory_vault: Any, column: str, damaged: str
) -> None:
    store.register.use(VaultSeal(memory_vault))
    for number in range(3):
        new = NewEntry(EntryKind.SUPPLY, {**ENTRY, "token": f"t{number}"}, 1, "Ada")
        store.register.append(new)
    store.register.append(NewEntry(EntryKind.AMENDMENT, {"text": "Twice."}, 1, "Ada", about=3))
    with store.people._database.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER register_refuses_update")
        for number in (2, 4):
            connection.exec_driver_sql(
                f"UPDATE register SET {column} = ? WHERE number = {number}", (damaged,)
            )
    found = store.register.page()
    assert [(one.number, one.is_unreadable) for one in found] == [(3, False), (2, True), (1, False)]
    foreign = damaged.startswith('{"answers"')  # of an amendment only its seal can tell
    assert [(one.number, one.is_unreadable) for one in found[0].later] == [(4, not foreign)]
    assert SECRET not in str([(one.what, one.pairs) for one in (*found, *found[0].later)])
    assert [one.entry.number for one in store.register.outstanding(72) if not one.entry.is_unreadable] == [
        1,
        3,
    ]
    third = store.register.of_token("t2")
    assert third is not None
    assert third.number == 3
    desk = RegisterDesk(store, PeopleDesk(store, MovedClock()), MovedClock(), None)
    for paper in (desk.list_paper(), desk.entry_paper(2)):
        assert "cannot be read" in str(asdict(paper))
    for number in (2,) if foreign else (2, 3):
        with pytest.raises(NotAllowedNowError, match="cannot be read"):
            desk.label_paper(number)
    assert desk.label_paper(1).blocks == ()  # it has no items
    verified = store.register.verify()
    assert {f"Entry {number} was changed after it was made." for number in (2, 4)} <= set(verified.faults)
    store.register.append(NewEntry(EntryKind.AMENDMENT, {"text": "It was 2 packs."}, 1, "Ada", about=2))
    with pytest.raises(NotAllowedNowError, match="cannot be read"):
        store.register.append(NewEntry(EntryKind.PRESCRIPTION, {}, 1, "Ada", about=2))
