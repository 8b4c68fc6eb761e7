"""Answer without a window: ``sync`` and ``doctor``, beside a window that is open or on their own."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digmed_desktop import __version__
from digmed_desktop.desk.commands import notification
from digmed_desktop.desk.connections import it_policy
from digmed_desktop.desk.connections.connection import ConnectionDesk
from digmed_desktop.desk.connections.sender import Sender
from digmed_desktop.desk.files import brought_data
from digmed_desktop.desk.people.people import PeopleDesk
from digmed_desktop.desk.records.registering import RegisterDesk
from digmed_desktop.desk.upkeep.backups import BackupDesk
from digmed_desktop.desk.upkeep.current_version import check_version
from digmed_desktop.desk.upkeep.front_door import knock
from digmed_desktop.desk.upkeep.head_keeper import HeadKeeper, KeepingHead
from digmed_desktop.desk.upkeep.head_keeper import check as check_of_chain
from digmed_desktop.desk.upkeep.opening import is_first_start, make_delivery, open_store, open_vault
from digmed_desktop.messaging.clock import Clock, SystemClock
from digmed_desktop.messaging.connection import Check, Health
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.errors import DigMedError, StoreInUseError
from digmed_desktop.messaging.story import QueueStanding
from digmed_desktop.messaging.wording import needing
from digmed_desktop.settings import counters, settings_file
from digmed_desktop.settings.choices import Choices
from digmed_desktop.settings.folders import Folders
from digmed_desktop.settings.settings import MeshEnvironment

if TYPE_CHECKING:
    from digmed_desktop.credentials.vault import Vault
    from digmed_desktop.history.store import Store

PATIENCE = 300.0
"""Seconds for a window to make a round or to check everything; each call to MESH in it has limits of its own."""

CLOSE_PATIENCE = 20.0  # seconds for a window to say whether it closes
OpenVault = Callable[[Folders], "Vault"]


# ---- sync


def sync(folders: Folders, clock: Clock | None = None, vault: OpenVault = open_vault) -> tuple[int, str]:
    """Send what waits and collect what came, once; return the exit status and a sentence.

    0: all that could be done was done. 1: MESH was not reached, the queue is stopped, or the records cannot be opened.
    """
    try:
        with _one_at_a_time(folders):
            return _sync(folders, clock or SystemClock(), vault)
    except StoreInUseError:
        return 0, "Another sync is under way on this computer, so this one did nothing."
    except DigMedError as error:
        return 1, str(error)


@contextlib.contextmanager
def _one_at_a_time(folders: Folders) -> Iterator[None]:
    """Hold the place of the one sync that runs; raises StoreInUseError for the next, so that none pile up."""
    from digmed_desktop.history.lock import ProgramLock

    lock = ProgramLock(folders.data / "sync")
    try:
        yield
    finally:
        lock.release()


def _sync(folders: Folders, clock: Clock, vault: OpenVault) -> tuple[int, str]:
    said = knock(folders.data, "sync", PATIENCE)
    if said is not None:
        return _of_window(said)
    try:
        opened = vault(folders)
        if is_first_start(folders, opened):
            return 0, "Nothing has been set up in this account, so there is nothing to send."
        store = open_store(folders, opened, clock, create=False)
    except StoreInUseError:
        return 0, "DigMed Desktop is open on this computer and sends and collects automatically."
    try:
        choices = chosen(folders)
        standing = _round(choices, store, opened, clock)
        is_set_up = choices.now().mesh_environment is not MeshEnvironment.NONE
        status, sentence = _told(standing, is_set_up=is_set_up)
        if late := notification.due(store, standing, clock.now()):
            notification.show(late)
        return status, f"{sentence} {_backed_up(choices, store, opened, clock)}".rstrip()
    finally:
        store.close()


def _backed_up(choices: Choices, store: "Store", vault: "Vault", clock: Clock) -> str:
    """Make the backup of today if it is due and no window does; return what to say of it."""
    named = choices.policy.backup_folder
    desk = BackupDesk(store, vault, clock, Path(named) if named else None)
    if not desk.is_due():
        return ""
    trouble = desk.daily().trouble
    return f"The daily backup failed. {trouble}" if trouble else "Today's backup was made."


def close_window(data: Path) -> tuple[int, str]:
    """Ask a window that is open to close; return the exit status and a sentence. 1: something is half typed."""
    said = knock(data, "close", CLOSE_PATIENCE)
    if said is None:
        return 0, "No window of DigMed Desktop is open in this account."
    if trouble := said.get("trouble"):
        return 1, str(trouble)
    return 0, "The window is closing."


def chosen(folders: Folders) -> Choices:
    """Return the settings of an account, under those that the administrators chose."""
    loaded = settings_file.load(folders.settings_file)
    brought_data.beside_a_window(folders.data, loaded.settings.data_folder)
    return Choices(loaded.settings, folders.settings_file, it_policy.read(), loaded.doubt)


def _round(choices: Choices, store: "Store", vault: "Vault", clock: Clock) -> QueueStanding:
    connection = ConnectionDesk(store, vault, choices, clock)
    delivery = make_delivery(
        store,
        connection,
        clock,
        mailbox=lambda: Sender("", choices.now).mailbox,
        duty=lambda: Duty.chosen(choices.now()),
    )
    rounds = KeepingHead(delivery, HeadKeeper(store))
    try:
        return rounds.run_once()
    finally:
        rounds.close()


def _of_window(said: dict[str, Any]) -> tuple[int, str]:
    if trouble := said.get("trouble"):
        return 1, str(trouble)
    standing = QueueStanding(
        waiting=int(said["waiting"]),
        needs_person=int(said["needs_person"]),
        connected=said["connected"],
        stopped_because=str(said["stopped_because"]),
        remedy=str(said["remedy"]),
    )
    status, sentence = _told(standing, is_set_up=bool(said.get("is_set_up")))
    return status, f"The open window did it. {sentence}"


def told_by_window(standing: QueueStanding, *, is_set_up: bool) -> dict[str, Any]:
    """Return how delivery stands, as the window says it through the front door."""
    return {
        "is_set_up": is_set_up,
        "waiting": standing.waiting,
        "needs_person": standing.needs_person,
        "connected": standing.connected,
        "stopped_because": standing.stopped_because,
        "remedy": standing.remedy,
    }


def _told(standing: QueueStanding, *, is_set_up: bool) -> tuple[int, str]:
    counted = f"{standing.waiting} waiting to go out, {needing(standing.needs_person)}."
    if standing.stopped_because:
        return 1, f"{standing.stopped_because} {standing.remedy} {counted}".replace("  ", " ")
    if standing.connected is None:
        why = "Nothing was due to be sent or collected." if is_set_up else "No connection to MESH is set up."
        return 0, f"{why} {counted}"
    return 0, f"Sent and collected. {counted}"


# ---- doctor


def doctor(folders: Folders, clock: Clock | None = None, vault: OpenVault = open_vault) -> Iterator[Check]:
    """Check everything, one thing after another."""
    python = ".".join(map(str, sys.version_info[:3]))
    yield Check("Program", Health.GOOD, f"DigMed Desktop {__version__} on Python {python}.")
    try:
        said = knock(folders.data, "doctor", PATIENCE)
    except DigMedError as error:
        yield Check("Window", Health.BAD, error.happened, error.remedy)
        return
    if said is not None:
        yield Check("Window", Health.GOOD, "The program is open; it was asked.")
        yield from _checks_of_window(said)
        return
    from digmed_desktop.credentials.register_seal import VaultSeal
    from digmed_desktop.desk.upkeep import doctor as checks

    yield from checks.check_folder(folders.data)
    loaded = settings_file.load(folders.settings_file)
    if loaded.sentence:
        yield Check("Settings", Health.BAD if loaded.doubt else Health.LOOK, loaded.sentence)
    policy = it_policy.read()
    yield from checks.check_policy(policy)
    choices = Choices(loaded.settings, policy=policy, doubt=loaded.doubt)
    yield from checks.check_names(choices)
    yield from check_version(policy.version_source)
    try:
        opened = vault(folders)
    except DigMedError as error:
        yield Check("Keyring", Health.BAD, error.happened, error.remedy)
        return
    yield from checks.check_keyring(opened)
    clock = clock or SystemClock()
    try:
        if is_first_start(folders, opened):
            elsewhere = counters.sentence(counters.others(counters.place()))
            yield Check(
                "Records",
                Health.LOOK,
                f"Nothing has been recorded yet. {elsewhere}".rstrip(),
                "Start the program to set it up.",
            )
            return
        store = open_store(folders, opened, clock, create=False)
    except DigMedError as error:
        yield Check("Records", Health.BAD, error.happened, error.remedy)
        return
    try:
        connection = ConnectionDesk(store, opened, choices, clock)
        yield from checks_of_records(store, connection, clock)
        yield RegisterDesk(store, PeopleDesk(store, clock), clock, VaultSeal(opened)).check()
        yield check_of_chain(store)
        yield from checks.check_databases(opened)
    finally:
        store.close()


def checks_of_records(store: "Store", connection: ConnectionDesk, clock: Clock) -> Iterator[Check]:
    """Check the records that are open and the connection that is set up in them."""
    from digmed_desktop.desk.upkeep import doctor as checks

    yield from checks.check_data()
    yield from checks.check_records(store, clock)
    yield from checks.check_rows(store)
    if connection.is_set_up:
        yield from checks.check_polled(store, clock.now())
    yield from checks.check_connection(connection, store.profile.pharmacy(), clock.now())


def told_of_checks(checks: Iterator[Check]) -> dict[str, Any]:
    """Return checks as the window says them through the front door."""
    return {"checks": [asdict(check) for check in checks]}


def _checks_of_window(said: dict[str, Any]) -> Iterator[Check]:
    if trouble := said.get("trouble"):
        yield Check("Records", Health.BAD, str(trouble), "Close the window and run this again.")
    for one in said.get("checks", ()):
        yield Check(str(one["name"]), Health(one["health"]), str(one["sentence"]), str(one["remedy"]))
