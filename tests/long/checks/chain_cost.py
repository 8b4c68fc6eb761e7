"""What the sealed chain costs: a notification, a start over many records, and in writes to the keyring."""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from digmed_desktop.credentials.chain_seal import VaultChainSeal
from digmed_desktop.desk.upkeep.head_keeper import HeadKeeper, KeepingHead
from digmed_desktop.history.sealing import Marks, Sealer, chain_key
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.chain import Agreement
from digmed_desktop.messaging.states import Happening, State
from digmed_desktop.outbox.engine import Delivery
from tests.conftest import MemoryVault
from tests.history.samples import KEY, PHARMACIST, START, MovedClock, facts, local_id, message, token
from tests.long.registry import LongCheck, Outcome, Size
from tests.outbox.doubles import FolderClock, FolderMesh, FolderTransport, understand

NOTIFICATIONS = 40
TURNS = 9
LONGEST_TAIL = 0.1
"""Seconds for the look at the end of the chain at a start, however long the chain is."""
_EVENTS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
    "INSERT INTO event (notification_id, at, happening, state, by_name, code, note) "
    "SELECT 1, '2026-11-20T10:30:00.000000Z', 'noted', ?, 'Ms Ada Okonkwo-Bright', '', 'a note of some length' FROM n"
)
_AT_ONCE = 50_000


class CountingVault(MemoryVault):
    """Counts what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0

    def put(self, name: str, value: str) -> None:
        self.writes += 1
        super().put(name, value)


class Unsealed(Sealer):
    """Seals nothing, to measure what sealing costs."""

    def watch(self, connection: object) -> None:
        pass

    def seal(self, connection: object, before: Marks) -> Marks:
        return before


def _store(folder: Path, vault: CountingVault, *, sealed: bool = True) -> Store:
    seal = VaultChainSeal(vault, lambda: chain_key(KEY))
    store = Store.create(folder / "digmed.db", KEY, MovedClock(), seal)
    store.people.add(PHARMACIST, "hash")
    if not sealed:
        database = store.notifications._database
        database.sealer = Unsealed(seal.key(), database.clock)
    return store


def _whole_way(store: Store) -> None:
    """Record one notification, and what becomes of it until it is matched."""
    here = local_id()
    made = store.notifications.freeze(None, "{}", facts(), message("<m/>" * 700), here, 1, token=token())
    store.deliveries.claim([here])
    for happening in (Happening.TAKEN, Happening.PICKED_UP, Happening.ACCEPTED, Happening.MATCHED):
        store.deliveries.record(here, happening)
    assert store.notifications.row(made).state is State.MATCHED


def _each(work: Callable[[], None]) -> float:
    """Return the processor's milliseconds for one of many."""
    work()
    began = time.process_time()
    for _ in range(NOTIFICATIONS):
        work()
    return (time.process_time() - began) / NOTIFICATIONS * 1000


def _cost(folder: Path) -> dict[str, float]:
    bare, sealed = (
        _store(folder / "bare", CountingVault(), sealed=False),
        _store(folder / "sealed", CountingVault()),
    )
    turns = [(_each(lambda: _whole_way(bare)), _each(lambda: _whole_way(sealed))) for _ in range(TURNS)]
    bare.close()
    sealed.close()
    without, with_chain = (min(one) for one in zip(*turns, strict=True))
    small, large = ((folder / name / "digmed.db").stat().st_size for name in ("bare", "sealed"))
    made = len(turns) * (NOTIFICATIONS + 1)
    return {
        "percent more processor with the chain, median of pairs": round(
            100 * (median(sealed / bare for bare, sealed in turns) - 1), 1
        ),
        "bytes of the file for a notification without the chain": small // made,
        "bytes of the file for a notification with the chain": large // made,
        "ms a notification without the chain": round(without, 2),
        "ms a notification with the chain": round(with_chain, 2),
        "ms the chain costs": round(with_chain - without, 2),
    }


def _keyring_writes(folder: Path, at_once: int) -> float:
    """Return the writes to the keyring for a notification, when so many are recorded between two rounds."""
    folder.mkdir()
    clock, vault = FolderClock(folder, START), CountingVault()
    mesh = FolderMesh(folder, clock)
    store = _store(folder / "data", vault)
    keeper = HeadKeeper(store)
    engine = Delivery(store.deliveries, store.inbox, lambda: FolderTransport(mesh), understand, clock)
    rounds, before = KeepingHead(engine, keeper), vault.writes
    for _ in range(NOTIFICATIONS // at_once):
        for _ in range(at_once):
            store.notifications.freeze(None, "{}", facts(), message(), local_id(), 1, token=token())
            keeper.keep()  # as after each press of Send
        rounds.run_once()
    rounds.close()
    written = vault.writes - before
    store.close()
    return written / NOTIFICATIONS


def run(size: Size, folder: Path) -> Outcome:
    """Measure; a start that grows with the records breaks the promise."""
    figures: dict[str, int | float | str] = dict(_cost(folder))
    figures["keyring writes a notification, one at a time"] = _keyring_writes(folder / "one", 1)
    figures["keyring writes a notification, ten between two rounds"] = _keyring_writes(folder / "ten", 10)
    vault = CountingVault()
    store = _store(folder / "long", vault)
    _whole_way(store)
    began = time.monotonic()
    for first in range(0, size.count, _AT_ONCE):
        with store.notifications._database.writing() as connection:
            connection.exec_driver_sql(_EVENTS, (min(_AT_ONCE, size.count - first), State.MATCHED.value))
    figures["microseconds to write and seal a row"] = round((time.monotonic() - began) / size.count * 1e6, 1)
    store.chain.keep_head()
    store.close()
    figures["bytes of the file for a row and its link"] = (
        folder / "long" / "digmed.db"
    ).stat().st_size // size.count
    began = time.monotonic()
    store = Store.open(
        folder / "long" / "digmed.db", KEY, MovedClock(), VaultChainSeal(vault, lambda: chain_key(KEY))
    )
    opened = time.monotonic()
    tail = store.chain.check_tail()
    looked = time.monotonic()
    found = store.chain.verify()
    figures |= {
        "links": found.entries,
        "ms to open the file": round((opened - began) * 1000, 1),
        "ms to check the end at a start": round((looked - opened) * 1000, 1),
        "s to check all of it behind": round(time.monotonic() - looked, 1),
    }
    store.close()
    broken = []
    if tail.agreement is not Agreement.WHOLE or not found.intact:
        broken.append(f"a whole chain: {tail.agreement}, {found.sentence}")
    if looked - opened > LONGEST_TAIL:
        broken.append(f"the look at the end: {looked - opened:.3f} s")
    return Outcome(figures, tuple(broken))


CHECK = LongCheck(
    "the end of the chain is checked at a start in the same time however many records there are",
    Size(1_000_000),
    run,
)
