"""Find pages, patients, recent searches and the actions of the person signed in, for the palette."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from digmed_desktop.clinical import dates, identity
from digmed_desktop.desk.views.general import Fit
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.searching import Search
from digmed_desktop.ui.context import Context, IncidentStart
from digmed_desktop.ui.pages.base import Page
from digmed_desktop.ui.pages.registry import Place
from digmed_desktop.ui.pages.settings.sections import SECTIONS
from digmed_desktop.ui.pages.vaccinate import VaccinatePage
from digmed_desktop.ui.palette import HELP, HELP_WITHOUT, KEYS, Entry, Palette

if TYPE_CHECKING:
    from digmed_desktop.desk.views.general import PatientView

RECENT, PAGES, TO_DO, PATIENTS = "Recent searches", "Pages", "Actions", "Patients"
LEAST_LETTERS = 2  # of a patient: one letter finds everyone


class Frame(Protocol):
    """The part of the window that this uses."""

    context: Context
    places: dict[str, Place]

    @property
    def is_inside(self) -> bool:
        """Whether someone is signed in and has a page in view."""

    def go(self, key: str) -> None: ...
    def page(self, key: str) -> Page: ...
    def lock(self) -> None: ...
    def put_cursor(self) -> None: ...


@dataclass(frozen=True, slots=True, repr=False)
class Action:
    """Something that can be done from anywhere, by whoever may."""

    icon: str
    title: str
    act: Callable[[Frame], None]
    permission: Permission | None = None
    keys: str = ""
    more: str = ""


def _go(key: str) -> Callable[[Frame], None]:
    return lambda window: window.go(key)


def _section(key: str) -> Callable[[Frame], None]:
    return lambda window: window.context.navigate.to_section.emit(key)


def _search(search: Search) -> Callable[[Frame], None]:
    return lambda window: window.context.navigate.to_search.emit(search)


def _of_today(window: Frame) -> None:
    today = window.context.now().astimezone(dates.ENGLAND).date()
    window.context.navigate.to_search.emit(Search(since=today, until=today))


ACTIONS = (
    Action(
        "vaccinate",
        "Record a vaccination",
        _go("vaccinate"),
        Permission.RECORD_VACCINATION,
        "F2",
        "vaccine jab",
    ),
    Action("supply", "Record an emergency supply", _go("supply"), None, "F3", "medicine"),
    Action(
        "look", "Show records that need action", _search(Search(only_needing=True)), Permission.SEE_RECORDS
    ),
    Action("today", "Show today's records", _of_today, Permission.SEE_RECORDS, more="list day"),
    Action("stock", "Add a batch to the stock", _go("stock"), Permission.KEEP_STOCK, more="vaccine pack"),
    Action(
        "incidents",
        "Record an incident",
        lambda window: window.context.navigate.to_incident.emit(IncidentStart()),
        Permission.RECORD_INCIDENT,
        more="error near miss",
    ),
    Action("lock", "Make a backup", _section("backup"), Permission.MAKE_BACKUP, more="save copy"),
    Action(
        "connected", "Check the connection", _section("connection"), Permission.CHANGE_CONNECTION, more="MESH"
    ),
    Action(
        "settings", "Change the size of text or the colours", _section("appearance"), more="dark light zoom"
    ),
    Action("lock", "Lock the program", lambda window: window.lock(), None, "Ctrl+L"),
)


class FindOrDo(QObject):
    """Belongs to one window."""

    def __init__(self, window: Frame, over: QWidget) -> None:
        super().__init__(over)
        self._window, self._context = window, window.context
        self.palette = Palette(over)
        self.palette.asked.connect(self._look_for)
        self.palette.lost.connect(window.put_cursor)
        self._context.acting.changed.connect(lambda _person: self.palette.put_away())
        QShortcut(QKeySequence(KEYS), over, self.open)

    def open(self) -> None:
        """Open the palette, for the person signed in and inside: the pages before that lead nowhere else."""
        if self._window.is_inside:
            may = self._may(Permission.RECORD_VACCINATION) and self._may(Permission.SEE_RECORDS)
            self.palette.open(self._entries(), HELP if may else HELP_WITHOUT)

    def _may(self, permission: Permission | None) -> bool:
        return permission is None or not self._context.acting.refusal(permission)

    def _entries(self) -> Sequence[Entry]:
        window = self._window
        entries = [
            Entry(RECENT, "search", search.text, partial(self._context.navigate.to_search.emit, search))
            for search in self._recent()
        ]
        entries += [
            Entry(TO_DO, one.icon, one.title, partial(one.act, window), keys=one.keys, more=one.more)
            for one in ACTIONS
            if self._may(one.permission)
        ]
        entries += [
            Entry(PAGES, place.key, place.title, partial(window.go, place.key), keys=place.keys)
            for place in window.places.values()
        ]
        entries += [
            Entry(PAGES, "settings", f"Settings: {one.title}", partial(_section(one.key), window))
            for one in SECTIONS
        ]
        return [*entries, Entry(PAGES, "help", "Help", partial(window.go, "help"), keys="F1")]

    def _recent(self) -> Sequence[Search]:
        """Return what was searched for last, unless onlookers could read it."""
        hidden = self._context.made.now.privacy or not self._may(Permission.SEE_RECORDS)
        return () if hidden else self._context.recent.searches

    # ---- patients

    def _look_for(self, text: str) -> None:
        if len(text) >= LEAST_LETTERS and self._may(Permission.SEE_RECORDS):
            self._context.office.ask(
                lambda desk: desk.patients.search(text), lambda found: self._found(text, found)
            )
        else:
            self.palette.show_late(text, ())

    def _found(self, text: str, found: "Sequence[PatientView]") -> None:
        named = Counter(identity.folded(one.name) for one in found if one.fit is not Fit.SIMILAR)
        entries = [self._patient(one, alike=named[identity.folded(one.name)] > 1) for one in found]
        self.palette.show_late(text, entries)

    def _patient(self, one: "PatientView", *, alike: bool) -> Entry:
        """Return the line of a patient; of several with one name, who are ``alike``, none is marked by itself."""
        made = self._context.made
        parts = (
            dates.shown(one.born) if one.born and not made.now.privacy else "",
            made.number(one.nhs_number),
        )
        may = self._may(Permission.RECORD_VACCINATION)
        wanted = Search(text=one.nhs_number or f"{one.family} {one.given}")
        return Entry(
            PATIENTS,
            "people",
            made.name(one.given, one.family),
            partial(self._show_records, wanted),
            note=" · ".join(part for part in parts if part),
            also=partial(self._begin_for, dict(one.answers)) if may else None,
            waits=True,
            marks=one.fit is Fit.SURE and not alike,
        )

    def _show_records(self, wanted: Search) -> None:
        self._context.recent.note(wanted)
        self._context.navigate.to_search.emit(wanted)

    def _begin_for(self, answers: Mapping[str, str]) -> None:
        """Begin a vaccination for a patient; the form of another one stays a draft."""
        self._window.go("vaccinate")
        page = self._window.page("vaccinate")
        if isinstance(page, VaccinatePage):
            page.whose.take(answers)
