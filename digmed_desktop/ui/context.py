"""Give every page its context: the office, the look, who is acting, and practice mode if it is on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from digmed_desktop.background.office import Office
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.one_patient import Parted
from digmed_desktop.clinical.record import Organisation
from digmed_desktop.desk.views.general import DraftView, FormLists, PersonView
from digmed_desktop.diagnostics import crash
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.errors import RecordsDoubt
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.searching import Search
from digmed_desktop.settings.choices import Choices
from digmed_desktop.settings.layout_file import WindowLayout
from digmed_desktop.ui.choices_made import ChoicesMade
from digmed_desktop.ui.theme import Appearance
from digmed_desktop.ui.wedge import Wedge


@dataclass(frozen=True, slots=True, repr=False)
class PracticePatient:
    """A fictional patient: the answers to fill in, and what will become of the notification."""

    name: str
    label: str
    shows: str
    answers: dict[str, str]


@dataclass(frozen=True, slots=True, repr=False)
class PracticeControls:
    """The acts of the practice-mode page. Each callable may block: it is run through the office."""

    patients: tuple[PracticePatient, ...]
    pins: tuple[tuple[str, str], ...]  # name, PIN of the fictional people
    first_run: dict[str, str]  # the answers of first run
    now: Callable[[], datetime]
    move_clock: Callable[[float], None]  # hours
    go_offline: Callable[[float], None]  # seconds
    lose_answer: Callable[
        [float], None
    ]  # the next message is taken, the answer lost; away for so many seconds
    use_client: Callable[[bool], None]  # whether a simulated MESH client stands in between
    stop_client: Callable[[bool], None]  # whether its service is stopped


class Acting(QObject):
    """Remember who is acting; None while locked."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.person: PersonView | None = None

    def become(self, person: PersonView | None) -> None:
        """Change who acts."""
        self.person = person
        self.changed.emit(person)

    @property
    def id(self) -> int | None:
        """The acting person's id."""
        return self.person.id if self.person else None

    def refusal(self, permission: Permission) -> str:
        """Return why the person signed in may not do something and who may, ``""`` where they may."""
        return self.person.refused.get(permission, "") if self.person else ""


class Session(QObject):
    """The values that stay from patient to patient on the vaccination form, in words: programme, vaccine, batch."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.words: tuple[str, ...] = ()

    def become(self, words: tuple[str, ...]) -> None:
        """Take what the form says now."""
        if words != self.words:
            self.words = words
            self.changed.emit()


MOST_RECENT = 5


class Recent(QObject):
    """The searches that found something, of the person signed in: in memory, and gone at the lock."""

    def __init__(self, acting: Acting) -> None:
        super().__init__()
        self.searches: tuple[Search, ...] = ()
        self._of = acting.id
        acting.changed.connect(self._follow)

    def note(self, search: Search) -> None:
        """Remember a search by words, the newest first."""
        words = " ".join(search.text.split())
        if words:
            kept = Search(text=words)
            self.searches = (kept, *(one for one in self.searches if one != kept))[:MOST_RECENT]

    def _follow(self, person: PersonView | None) -> None:
        """Forget them at the lock, and for the next person; new rights of the same one change nothing."""
        now = person.id if person is not None else None
        if now != self._of:
            self._of, self.searches = now, ()


@dataclass(frozen=True, slots=True, repr=False)
class FormStart:
    """A form to begin: with answers known beforehand, going on with a draft, or as a correction.

    ``whole`` is all that the form holds, so that nothing comes from the last patient. ``parted`` is a form on which
    another patient was typed: what was typed of that one goes onto this form.
    """

    form: str
    answers: dict[str, str] = field(default_factory=dict)
    draft: DraftView | None = None
    whole: FormState | None = None
    parted: Parted | None = None


@dataclass(frozen=True, slots=True, repr=False)
class IncidentStart:
    """An incident to open by its number; or one to record, about a notification or with answers known beforehand."""

    incident: int | None = None
    notification: int | None = None
    answers: dict[str, str] = field(default_factory=dict)


class Navigate(QObject):
    """Let a page bring another into view without knowing it."""

    to_place = Signal(str)  # the key of a place in ui/pages/registry
    to_notification = Signal(int)
    to_form = Signal(object)  # FormStart
    lists_changed = Signal(object)  # dict[str, FormLists]: what the forms offer from now on
    to_search = Signal(object)  # messaging.searching.Search: the sent items that it finds
    to_incident = Signal(object)  # IncidentStart
    to_section = Signal(str)  # the key of a section of the settings
    said = Signal(str, str)  # in passing: what was just done, and more about it


@dataclass(frozen=True, slots=True, repr=False)
class Recovery:
    """Ways to recover records that do not open. Each callable may block: call it through the office."""

    with_phrase: Callable[[str], None]
    from_backup: Callable[[Path, str], object]
    begin_with_empty_records: Callable[[], None]
    go_on: Callable[[RecordsDoubt, str], None]  # with records in doubt; the name of who says so
    look_only: Callable[[], None]  # at records in doubt, when they are opened next


@dataclass(repr=False)
class Context:
    """Hold what all pages of one window share."""

    office: Office
    appearance: Appearance
    now: Callable[[], datetime]
    save_appearance: Callable[[str, int], None]
    note_send: Callable[[str, str, int], None]  # draft, form, person: put on the disk before anything else
    practice: PracticeControls | None = None
    recovery: Recovery | None = None
    fault_reports: tuple[crash.CrashReport, ...] = ()  # of earlier runs, not shown yet
    fault_seen: Callable[[crash.CrashReport], object] = crash.seen
    elsewhere: str = ""  # which other accounts of this computer keep records, as a sentence
    acting: Acting = field(default_factory=Acting)
    navigate: Navigate = field(default_factory=Navigate)
    session: Session = field(default_factory=Session)
    pharmacy: Organisation = field(default_factory=Organisation)
    people: tuple[PersonView, ...] = ()
    lists: dict[str, FormLists] = field(default_factory=dict)  # by form; "person" among them
    kept_in: str = ""  # where the key of the records is kept, in words
    choices: Choices = field(default_factory=Choices)
    wedge: Wedge | None = None  # the scanner, where one is listened to
    layout: WindowLayout = field(default_factory=WindowLayout)  # how the window stood
    made: ChoicesMade = field(init=False)
    recent: Recent = field(init=False)

    def __post_init__(self) -> None:
        self.made = ChoicesMade(self.choices, self.office)
        self.recent = Recent(self.acting)

    def duty(self) -> Duty:
        """Return when something is late, as the pharmacy has chosen."""
        return Duty.chosen(self.choices.now())
