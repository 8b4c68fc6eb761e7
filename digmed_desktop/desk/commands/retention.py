"""Decide about retention, each time as a manager with their PIN."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digmed_desktop.clinical import dates
from digmed_desktop.desk.people.prompted import AskManager, prompted_manager
from digmed_desktop.desk.records import retention_words
from digmed_desktop.desk.records.retention import RetentionDesk
from digmed_desktop.desk.upkeep import opening
from digmed_desktop.desk.upkeep.front_door import knock
from digmed_desktop.desk.views.retention import BACKUPS, WORDS
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.retention import HoldReason, held
from digmed_desktop.messaging.wording import counted
from digmed_desktop.settings.folders import Folders

if TYPE_CHECKING:
    from digmed_desktop.credentials.vault import Vault
    from digmed_desktop.history.store import Store


@dataclass(frozen=True, slots=True, repr=False)
class Wanted:
    """The decision asked for, one at a time; it does not show how retention stands."""

    confirm: bool = False
    off: bool = False
    remove: bool = False
    lift: int | None = None
    hold: str = ""
    about: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """Answers of the person at the keyboard; each is asked only when it is needed."""

    manager: AskManager
    words: Callable[[str], str]  # given what is asked
    number: Callable[[], str]  # the NHS number of a hold: an argument of a command is seen by every program


def carry_out(folders: Folders, vault: "Vault", clock: Clock, wanted: Wanted, asked: Asked) -> Iterator[str]:
    """Do what is wanted and yield it in words, then how retention stands. Raises DigMedError; then nothing changed."""
    if knock(folders.data, "show", 5.0) is not None:
        raise DigMedError("DigMed Desktop is open on this computer.", "Close its window, then do this again.")
    store = opening.open_store(folders, vault, clock, create=False)
    try:
        desk = RetentionDesk(store, clock, lambda: _manager(store, vault, clock, asked))
        yield from _done(desk, wanted, asked)
        yield from _told(desk)
        store.chain.keep_head()
        store.time.keep()
    finally:
        store.close()


def _done(desk: RetentionDesk, wanted: Wanted, asked: Asked) -> Iterator[str]:
    if wanted.confirm:
        yield from _told(desk)
        desk.confirm()
        yield "The table is confirmed."
    elif wanted.off:
        desk.switch_off()
        yield "Nothing is removed any more."
    elif wanted.lift is not None:
        desk.lift(wanted.lift, wanted.note)
        yield f"Hold {wanted.lift} is lifted."
    elif wanted.hold:
        about = f"patient {asked.number()}" if wanted.about.strip() == "patient" else wanted.about
        made = desk.hold(HoldReason(wanted.hold), wanted.note, about)
        yield f"Hold {made.id} is placed. {held(made)}"
    elif wanted.remove:
        yield from _told(desk)
        yield from _removed(desk, asked)


def _told(desk: RetentionDesk) -> Iterator[str]:
    """Yield the lines that say how retention stands."""
    for period in retention_words.periods(desk.table()):
        yield f"{period.label}: {period.said}"
        for one in period.sources:
            yield f"    {one.period}: {one.what}. {one.source} ({one.mark})"
    confirmed = desk.confirmed()
    if confirmed is None:
        yield "No manager has confirmed this table: nothing is removed."
    else:
        yield f"{confirmed.by} confirmed this table on {dates.shown_time(confirmed.at)}."
    for hold in desk.holds():
        yield retention_words.line_of(hold)
    yield from desk.preview().lines


def _removed(desk: RetentionDesk, asked: Asked) -> Iterator[str]:
    due = desk.preview().due
    if not due:
        yield "Nothing was removed."
        return
    text = f"To remove {counted(len(due), 'record', 'records')} for good, type {WORDS}: "
    records, patients = desk.remove(due, asked.words(text))
    whose = counted(patients, "patient", "patients")
    yield (
        f"Removed: {counted(records, 'record', 'records')}, and the details of {whose} without any record left. {BACKUPS}"
    )


def _manager(store: "Store", vault: "Vault", clock: Clock, asked: Asked) -> str:
    """Return the name of the manager who acts, once the PIN is right. Raises NotPermittedError, DigMedError."""
    person = prompted_manager(store, vault, clock, asked.manager, Permission.KEEP_RETENTION)
    return person.professional.name.spoken()
