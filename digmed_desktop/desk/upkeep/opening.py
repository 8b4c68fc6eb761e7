"""Opens what the program works with, with or without a window: the vault, the records, the delivery."""

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from digmed_desktop.clinical import data_review
from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.clinical.record import Organisation
from digmed_desktop.data_files.fault import REMEDY
from digmed_desktop.desk.connections.connection import ConnectionDesk
from digmed_desktop.desk.files import brought_data, data_check
from digmed_desktop.desk.noticing import NoticingDelivery
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.errors import RecordsDoubt, RecordsMissingError, StoreError
from digmed_desktop.messaging.ports import DeliveryRounds
from digmed_desktop.messaging.story import QueueStanding
from digmed_desktop.settings.folders import Folders

if TYPE_CHECKING:
    from digmed_desktop.credentials.chain_seal import VaultChainSeal
    from digmed_desktop.credentials.databases import DatabaseVault
    from digmed_desktop.credentials.keys import DatabaseKey
    from digmed_desktop.credentials.vault import Vault
    from digmed_desktop.history.store import Store
    from digmed_desktop.outbox.policy import Policy

DATABASE_KEY = "database-key"
SEAL = ("register-key", "register-head", "chain-key", "chain-head")
"""Names in the vault of what seals these records and their register."""


def open_vault(folders: Folders) -> "DatabaseVault":
    """Return where the secrets of these records are. Raises VaultError; practice mode makes do with a file."""
    from digmed_desktop.credentials.databases import DatabaseVault
    from digmed_desktop.credentials.vault import FileVault, KeyringVault, VaultError

    if not folders.practice:
        return DatabaseVault(KeyringVault(), folders.database)
    try:
        return DatabaseVault(KeyringVault("DigMed Desktop practice"), folders.database)
    except VaultError:
        return DatabaseVault(FileVault(folders.data, practice=True), folders.database)


def open_store(
    folders: Folders, vault: "Vault", clock: Clock, *, create: bool = True, look_only: bool = False
) -> "Store":
    """Open the records, made first where there never were any and ``create`` allows it.

    Records that are gone while their key is in the vault are never replaced by empty ones, but for practice mode's
    fictional ones. ``look_only`` opens records in doubt so that nothing can be added. Raises VaultError, StoreError,
    RecordsMissingError, RecordsInDoubtError, and StoreInUseError while another program has them open.
    """
    from digmed_desktop.credentials import databases
    from digmed_desktop.credentials.keys import DatabaseKey
    from digmed_desktop.desk.upkeep import lineage

    databases.take_over(vault)
    keys = DatabaseKey(vault, DATABASE_KEY)
    finish_restore(folders.database)
    if folders.database.exists():
        store = open_database(folders.database, keys, vault, clock)
    else:
        if keys.kept() is not None:
            if not folders.practice:
                raise _missing(folders.database)
            begin_anew(vault)
        if create and not folders.practice:
            _refuse_in_clear(vault)
        store = _create(folders.database, keys, vault, clock, create=create)
    with contextlib.ExitStack() as undo:
        undo.callback(store.close)
        if look_only:
            store.chain.look_only()
        else:
            lineage.refuse_in_doubt(store, vault)
            databases.note_opened(vault, clock.now().date())
            if folders.practice:
                databases.forget_missing(vault)
        undo.pop_all()
    return store


def go_on_with(folders: Folders, vault: "Vault", clock: Clock, doubt: RecordsDoubt, by: str) -> None:
    """Take records in doubt as those of this computer, because a person says so; what waits is looked up first."""
    from digmed_desktop.credentials.keys import DatabaseKey
    from digmed_desktop.desk.upkeep import lineage

    store = open_database(folders.database, DatabaseKey(vault, DATABASE_KEY), vault, clock)
    try:
        lineage.go_on(store, vault, by, doubt)
    finally:
        store.close()


def open_database(database: Path, keys: "DatabaseKey", vault: "Vault", clock: Clock) -> "Store":
    """Open records that are there, with the key in use or the one that waits, and take what a restore brought."""
    from digmed_desktop.desk.connections.carried import take

    store = _opened(database, keys, vault, clock)
    with contextlib.ExitStack() as undo:
        undo.callback(store.close)
        taken = take(store, vault)
        undo.pop_all()
    if not taken:
        return store
    store.close()  # the chain goes on with the key that the backup brought
    return _opened(database, keys, vault, clock)


def _opened(database: Path, keys: "DatabaseKey", vault: "Vault", clock: Clock) -> "Store":
    from digmed_desktop.credentials.keys import lost
    from digmed_desktop.history import faults
    from digmed_desktop.history.store import Store

    waiting = keys.waiting()
    if waiting is not None:
        try:
            store = Store.open(database, waiting, clock, _seal(vault, waiting))
        except StoreError as error:
            if error != faults.NOT_OURS:
                raise
        else:
            keys.settle()
            return store
    kept = keys.kept()
    if kept is None:
        raise lost()
    return Store.open(database, kept, clock, _seal(vault, kept))


def _seal(vault: "Vault", key: bytes) -> "VaultChainSeal":
    from digmed_desktop.credentials.chain_seal import VaultChainSeal
    from digmed_desktop.history.sealing import chain_key

    return VaultChainSeal(vault, lambda: chain_key(key))


def is_first_start(folders: Folders, vault: "Vault") -> bool:
    """Whether there never were any records here."""
    from digmed_desktop.credentials.keys import DatabaseKey
    from digmed_desktop.history import swap

    there = folders.database.exists() or swap.is_begun(folders.database)
    return not there and DatabaseKey(vault, DATABASE_KEY).kept() is None


def finish_restore(database: Path) -> None:
    """Carry a restore to its end that was under way when the program was killed. Raises StoreInUseError, StoreError."""
    from digmed_desktop.history import faults, swap
    from digmed_desktop.history.lock import ProgramLock

    if not swap.is_begun(database):
        return
    try:
        lock = ProgramLock(database)
        try:
            swap.finish(database)
        finally:
            lock.release()
    except OSError as error:
        raise faults.cannot_write(database.parent, error) from None


def begin_anew(vault: "Vault") -> None:
    """Put the secrets of records that are gone aside, so that empty records begin with secrets of their own.

    They stay in the vault under another name: a file that turns up again can still be opened by its key.
    """
    number = 1
    while any(vault.get(f"{name}-before-{number}") is not None for name in (DATABASE_KEY, *SEAL)):
        number += 1
    for name in (*SEAL, DATABASE_KEY):  # the key last: as long as it is there, this can be done again
        value = vault.get(name)
        if value is not None:
            vault.put(f"{name}-before-{number}", value)
            vault.remove(name)


def _refuse_in_clear(vault: "Vault") -> None:
    """Raise VaultError where the keyring was seen to keep everything in clear: no patient is recorded under it."""
    from digmed_desktop.credentials.protection import Protection, no_password
    from digmed_desktop.credentials.vault import VaultError, protection_of

    if protection_of(vault) is Protection.IN_CLEAR:
        said = no_password(vault.kept_in)
        raise VaultError(f"{said.happened} No records were started.", said.remedy)


def weakness(vault: "Vault") -> tuple[str, ...]:
    """Return what people must know of a keyring under which records were begun before it was seen to be in clear."""
    from digmed_desktop.credentials.protection import Protection, no_password
    from digmed_desktop.credentials.vault import protection_of

    return (str(no_password(vault.kept_in)),) if protection_of(vault) is Protection.IN_CLEAR else ()


def _create(database: Path, keys: "DatabaseKey", vault: "Vault", clock: Clock, *, create: bool) -> "Store":
    from digmed_desktop.history.store import Store

    if not create:
        return Store.open(database, b"", clock)  # tells that it is missing
    key = keys.make()
    store = Store.create(database, key, clock, _seal(vault, key))
    try:
        keys.settle()
    except BaseException:
        store.close()
        raise
    return store


def _missing(database: Path) -> RecordsMissingError:
    return RecordsMissingError(
        f"The records of this computer are missing: {database.name} is not in {database.parent}, but its key is in "
        "the keyring. It was moved, renamed or deleted.",
        "Put the file back and start the program again, or restore the latest backup. No new records were started.",
    )


class LookOnly:
    """Delivery of records that are open only to be looked at: none."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    def run_once(self) -> QueueStanding:
        """Say that nothing is sent."""
        return replace(
            self._store.deliveries.standing(),
            connected=False,
            stopped_because="These records are open for viewing only: nothing is sent, collected or recorded.",
            remedy="Start the program again and say whether these are the right records.",
        )

    def close(self) -> None:
        """Do nothing: it opened nothing."""


def make_delivery(
    store: "Store",
    connection: ConnectionDesk,
    clock: Clock,
    *,
    mailbox: Callable[[], str],
    duty: Callable[[], Duty] = Duty,
    policy: "Policy | None" = None,
    stop: threading.Event | None = None,
    elapsed: Callable[[], float] = time.monotonic,
) -> DeliveryRounds:
    """Return the delivery over the connection that is set up; called and used on the thread that delivers.

    Nothing goes out or comes in while a data file that this stands on has a fault, or what the administrators chose
    leaves the mailbox in doubt; any other fault is said beside it.
    """
    from digmed_desktop.fhir.response_reader import response_reader
    from digmed_desktop.outbox.engine import Delivery
    from digmed_desktop.outbox.no_connection import NoConnection
    from digmed_desktop.outbox.policy import Policy

    data = data_check.standing()

    def notices() -> tuple[str, ...]:
        return (
            *brought_data.now().notices,
            *data.notices,
            *data_review.notices(clock.now().astimezone(ENGLAND).date()),
        )

    if data.stops_delivery:
        return NoConnection(store.deliveries, duty, closed=data.stops_delivery, remedy=REMEDY)
    if (fault := connection.take_policy()) is not None:
        return NoConnection(store.deliveries, duty, closed=fault.happened, remedy=fault.remedy)
    if not connection.is_set_up:
        return NoticingDelivery(NoConnection(store.deliveries, duty), notices)

    def pharmacy_ods() -> str:
        return (store.profile.pharmacy() or Organisation()).ods_code

    stop = stop or threading.Event()
    delivery = Delivery(
        store.deliveries,
        store.inbox,
        lambda: connection.open_transport(stop),
        response_reader(pharmacy_ods, mailbox(), clock),
        clock,
        policy or (Policy.through_folders() if connection.by_client else None),
        should_stop=stop.is_set,
        duty=duty,
        elapsed=elapsed,
        on_time=store.time.heard,
    )
    return NoticingDelivery(delivery, notices)
