"""Describe the desk's answers about notifications: acts, copies, lists, stories, Today, backups. Plain data for pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.record import Allergies, Patient
from digmed_desktop.data_files.source import OWN
from digmed_desktop.messaging.delivery import Stop
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.figures import Figures
from digmed_desktop.messaging.register import Outstanding
from digmed_desktop.messaging.replies import Reply, StoppedPractice
from digmed_desktop.messaging.states import UNSIGNED, Need, State
from digmed_desktop.messaging.story import NotificationRow, Story, Version
from digmed_desktop.messaging.wording import Tone, words_of, words_of_row


class Act(StrEnum):
    """Something a person can do about a notification."""

    TRY_AGAIN = "try-again"
    SEND_AS_NEW = "send-as-new"
    REOPEN = "reopen"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    CANCEL = "cancel"
    PAPER = "paper"
    TELEPHONE = "telephone"
    DEAL_WITH = "deal-with"
    REACTION = "reaction"
    NOTE = "note"


@dataclass(frozen=True, slots=True, repr=False)
class Offer:
    """An act that makes sense now, in words: its button, what it does, what is asked for."""

    act: Act
    label: str
    explain: str
    ask: str
    refused: str = ""  # why whoever is signed in may not do it, and who may


@dataclass(frozen=True, slots=True, repr=False)
class Begun:
    """A correction to be typed: the form, and how it begins."""

    form: str
    state: FormState


@dataclass(frozen=True, slots=True, repr=False)
class Corrected:
    """The subject of a correction, for the band above it. Patient data."""

    patient_name: str
    nhs_number: str
    born: date | None
    sent: str  # when, to whom and what became of it, in words
    why: str


@dataclass(frozen=True, slots=True, repr=False)
class YellowCard:
    """The place to report suspected adverse reactions."""

    name: str
    address: str
    telephone: str


def yellow_card() -> YellowCard:
    """Return where suspected adverse reactions are reported."""
    entry = OWN.at("states/acts.toml", "yellow_card") or {}
    return YellowCard(*(str(entry.get(key, "")) for key in ("name", "address", "telephone")))


def next_acts(row: NotificationRow, duty: Duty, now: datetime) -> tuple[Act, ...]:
    """Return the acts that lead on from how a notification stands, the best first; none where it asks for nothing.

    None for one that waits for a signature, which is signed on a page of its own, or whose row cannot be read.
    """
    words = words_of_row(row, duty, now)
    if row.unreadable or (words.tone is Tone.PLAIN and not row.needs_person) or waits_for_signature(row):
        return ()
    steps = OWN.at("states/acts.toml", "next_step") or {}
    if row.held and row.state is State.WAITING and row.need in (Need.NOBODY, Need.UNSENT):
        return tuple(Act(one) for one in steps.get("held_for_good" if row.needs_person else "held", ()))
    of_state = steps.get("states", {}).get(row.state.value, ())
    of_need = steps.get("needs", {}).get(row.need.name.lower(), ()) if row.needs_person else ()
    due = steps.get("due", ()) if words.tone is Tone.LOOK else ()
    says_state = words.do == words_of(row.state).do  # what is said to be done is what is offered first
    led = (*of_state, *of_need) if says_state else (*of_need, *of_state)
    acts = dict.fromkeys(Act(one) for one in led or due)
    # nothing of what is unsigned goes to the practice: its paper copy is for the patient, and no step
    return tuple(act for act in acts if not (act is Act.PAPER and row.state in UNSIGNED))


def next_act_words(row: NotificationRow, duty: Duty, now: datetime) -> str:
    """Return the words of the button that leads on from how a notification stands, "" where nothing does."""
    if waits_for_signature(row):
        return "Open To sign"
    acts = next_acts(row, duty, now)
    if not acts:
        return ""
    return (
        print_words(row) if acts[0] is Act.PAPER else str(OWN.at("states/acts.toml", acts[0].value, "label"))
    )


def print_words(row: NotificationRow | None) -> str:
    """Return the words of the button that prints the paper copy of a notification that has no other way."""
    return f"Print for the {'practice' if row is not None and row.practice_name else 'patient'}"


def waits_for_signature(row: NotificationRow) -> bool:
    """Return whether a signature is what a notification asks for first."""
    return row.state is State.TO_SIGN and row.need in (Need.NOBODY, Need.LATE) and not row.unreadable


class How(StrEnum):
    """By which way a copy leaves the pharmacy."""

    POST = "post"
    HAND = "hand"
    SECURE_EMAIL = "secure-email"
    PATIENT = "patient"

    @property
    def label(self) -> str:
        """The way in words."""
        return str(OWN.at("paper/words.toml", "how_labels", self.value) or self.value)


@dataclass(frozen=True, slots=True, repr=False)
class Printed:
    """A document for the printer; ``name`` is what the printer's queue shows: no patient in it.

    ``title`` and the ``notification`` it copies are what the audit says once it is printed.
    """

    name: str
    html: str
    running: str
    landscape: bool
    title: str = ""
    notification: int | None = None


COUNTED_TO = 1000
"""A search is counted no further: ``1,000 or more``."""


@dataclass(frozen=True, slots=True, repr=False)
class Difference:
    """One row of the document that two versions do not share; ``""`` where a version lacks it."""

    section: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Found:
    """The first page of a search."""

    rows: tuple[NotificationRow, ...]
    count: int  # COUNTED_TO: as many or more


@dataclass(frozen=True, slots=True, repr=False)
class RecordedSection:
    """One section of what was recorded, as it is read."""

    title: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version, and what it says differently from the one before."""

    version: Version
    number: int
    changes: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class IncidentLine:
    """One incident without anybody's name: its number, what it is called, when, and how it stands."""

    id: int
    title: str
    when: str
    standing: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class StoryView:
    """The story of one notification with everything its page shows."""

    story: Story
    recorded: tuple[RecordedSection, ...] = ()
    versions: tuple[VersionView, ...] = ()
    may_be_told: bool = True  # whether the patient agrees to share it with the practice
    travels: RecordedSection | None = (
        None  # what stands on the outside of the message; None while there is none
    )
    patient: Patient = field(default_factory=Patient)
    allergies: Allergies = field(default_factory=Allergies)
    incidents: tuple[IncidentLine, ...] = ()  # about any of its versions, the newest first


@dataclass(frozen=True, slots=True, repr=False)
class TodayView:
    """The content of Today, since when answers count as new, and which PGDs lapse soon, a sentence for each.

    ``replies``: how many that match nothing wait for a person.
    """

    figures: Figures
    back_since: datetime
    owed: tuple[Outstanding, ...] = ()  # prescriptions that a prescriber owes, the one due first first
    lapsing: tuple[str, ...] = ()  # PGDs, a sentence for each
    replies: int = 0
    incidents: tuple[IncidentLine, ...] = ()
    short: Mapping[str, str] = field(default_factory=dict)  # names of vaccines for a picture


@dataclass(frozen=True, slots=True, repr=False)
class BackupState:
    """How the backups stand. ``trouble`` is the sentence of a daily backup that failed."""

    folder: str = ""  # of the daily backup; "": none is made
    named_by_it: str = ""  # the folder that the administrators chose for it, begun or not
    last_at: datetime | None = None
    last_file: str = ""
    last_count: int = 0
    trouble: str = ""
    phrase_written_down: date | None = None

    @property
    def daily(self) -> bool:
        """Whether a backup is made each day."""
        return bool(self.folder)


MOST_REPLIES = 200


@dataclass(frozen=True, slots=True)
class RepliesView:
    """The content of the page. ``flood``: most of a day's answers are doubted, so one sentence stands for them."""

    replies: tuple[Reply, ...]
    for_person: int
    other_program: int
    flood: bool
    stop: Stop | None
    practices: tuple[StoppedPractice, ...]
