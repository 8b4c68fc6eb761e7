"""Describe the Today page: lists of notifications that need a person, are due, came back, and counts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import State
from digmed_desktop.messaging.story import NotificationRow, StoryEvent


@dataclass(frozen=True, slots=True)
class CameBack:
    """An answer that came in, and the notification it belongs to."""

    event: StoryEvent
    row: NotificationRow


@dataclass(frozen=True, slots=True, repr=False)
class DayCount:
    """How many notifications of a day of contact (England) are in a state."""

    day: date
    state: State
    count: int


@dataclass(frozen=True, slots=True, repr=False)
class Doses:
    """How many doses of a vaccine were given from a batch."""

    what: str
    batch: str
    count: int


WEEKS = 8
"""So many weeks of doses are shown, this one among them."""
YEAR = timedelta(weeks=52)
"""Back to the same week of the year before: weeks of whole days, Monday to Sunday, on the same weekdays."""


@dataclass(frozen=True, slots=True, repr=False)
class WeekDoses:
    """How many doses were given in a week that begins on a Monday (England), and in the same week a year before."""

    begins: date
    count: int
    before: int


SPANS = (
    ("within 15 minutes", timedelta(minutes=15)),
    ("15 minutes to 1 hour", timedelta(hours=1)),
    ("1 to 4 hours", timedelta(hours=4)),
    ("4 to 24 hours", timedelta(days=1)),
    ("more than a day", None),
)
"""How long it took from the contact until the practice's system had found the patient."""


@dataclass(frozen=True, slots=True, repr=False)
class SpanCount:
    """How many were matched to the patient within a span of time."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that Today shows; lists are cut at a number, and the count beside each says how many there are."""

    needing: tuple[NotificationRow, ...] = ()
    needing_count: int = 0
    due: tuple[
        NotificationRow, ...
    ] = ()  # on their way, with the duty's clock running, the most urgent first
    due_count: int = 0
    to_paper: tuple[NotificationRow, ...] = ()  # to be told on paper, the one due first first
    to_paper_count: int = 0
    to_sign: tuple[NotificationRow, ...] = ()  # waiting for a signature, the one due first first
    to_sign_count: int = 0
    back: tuple[CameBack, ...] = ()
    back_count: int = 0
    waiting_count: int = 0
    days: tuple[DayCount, ...] = ()
    doses: tuple[Doses, ...] = ()
    spans: tuple[SpanCount, ...] = ()
    half_within: timedelta | None = None  # half of what was matched took no longer; None where nothing was
    weeks: tuple[WeekDoses, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class DayEnd:
    """The summary of one day of contacts, in England's time."""

    day: date
    by_state: tuple[tuple[Kind, State, int], ...]
    by_what: tuple[tuple[str, str, int], ...]  # what, batch, count
    by_person: tuple[tuple[str, int], ...]
    open: tuple[NotificationRow, ...]  # what still needs a person or is on its way
    made_at: datetime | None = None
