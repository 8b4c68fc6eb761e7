"""Opens what the program works with, with or without a window: the vault, the records, the delivery."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from digmed_desktop.clinical.record import Organisation
from digmed_desktop.desk.connection import ConnectionDesk
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.ports import DeliveryRounds
from digmed_desktop.settings.folders import Folders

if TYPE_CHECKING:
    from digmed_desktop.credentials.vault import Vault
    from digmed_desktop.history.store import Store
    from digmed_desktop.outbox.policy import Policy

DATABASE_KEY = "database-key"


def open_vault(folders: Folders) -> "Vault":
    """Return where secrets are kept. Raises VaultError; practice mode makes do with a file."""
    from digmed_desktop.credentials.vault import FileVault, KeyringVault, VaultError

    if not folders.practice:
        return KeyringVault()
    try:
        return KeyringVault("DigMed Desktop practice")
    except VaultError:
        return FileVault(folders.data, practice=True)


def open_store(folders: Folders, vault: "Vault", clock: Clock, *, create: bool = True) -> "Store":
    """Open the records, made first where there are none and ``create`` allows it.

    Raises VaultError, StoreError, and StoreInUseError while another program has them open.
    """
    from digmed_desktop.credentials.keys import database_key
    from digmed_desktop.history.store import Store

    if not create and not folders.database.exists():
        return Store.open(folders.database, b"", clock)  # tells that it is missing
    key = database_key(vault, DATABASE_KEY, database=folders.database)
    if folders.database.exists():
        return Store.open(folders.database, key, clock)
    return Store.create(folders.database, key, clock)


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
    """Return the delivery over the connection that is set up; called and used on the thread that delivers."""
    from digmed_desktop.desk.understanding import understanding
    from digmed_desktop.mesh.transport import MeshTransport
    from digmed_desktop.outbox.engine import Delivery
    from digmed_desktop.outbox.no_connection import NoConnection

    if not connection.is_set_up:
        return NoConnection(store.deliveries, duty)

    def pharmacy_ods() -> str:
        return (store.profile.pharmacy() or Organisation()).ods_code

    stop = stop or threading.Event()
    return Delivery(
        store.deliveries,
        store.inbox,
        lambda: MeshTransport(connection.account(), stop=stop),
        understanding(pharmacy_ods, mailbox(), clock),
        clock,
        policy,
        should_stop=stop.is_set,
        duty=duty,
        elapsed=elapsed,
    )
