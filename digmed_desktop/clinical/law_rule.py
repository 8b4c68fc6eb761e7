"""Define a rule of law on emergency supplies."""

from dataclasses import dataclass
from enum import StrEnum

from digmed_desktop.clinical.confidence import NOT_CONFIRMED, Confidence
from digmed_desktop.clinical.emergency_supply import SupplyRoute


class Effect(StrEnum):
    """The consequence of a rule."""

    FORBIDDEN = "forbidden"
    DAYS = "days"  # at most so many days' treatment
    PACK = "pack"  # at most the smallest pack at hand
    CYCLE = "cycle"  # at most one full treatment cycle
    COURSE = "course"  # at most the smallest quantity for a full course
    AS_DIRECTED = "as-directed"
    NO_LIMIT = "no-limit"
    NOTE = "note"
    CONDITION = "condition"
    DUTY = "duty"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``route`` is None where it holds on both; ``law`` tells it, ``over`` what to do when it is broken.

    ``source`` and ``read`` say where it stands and which version was read; ``confirmed`` whether a pharmacist has
    compared it with the law in force.
    """

    id: str
    route: SupplyRoute | None
    scope: str
    effect: Effect
    law: str
    over: str
    source: str
    read: str
    confirmed: bool
    confidence: Confidence
    days: int | None = None
    hours: int | None = None
    years: int | None = None
    field: str = ""  # the question that a condition asks
    preparations: tuple[str, ...] = ()
    schedules: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    prescribers: tuple[str, ...] = ()  # the professions that it is about, () all
    exception: str = ""
    substances: bool = False
    asks: bool = (
        False  # over the limit the pharmacist is asked, not stopped: no text of the law was read for it
    )
    off: bool = False  # it holds only while it is declared to; Help shows it

    @property
    def where(self) -> str:
        """Name the source, the version read, and that nobody has confirmed it."""
        mark = "" if self.confirmed else f". {NOT_CONFIRMED.removesuffix('.')}"
        return f"{self.source}; read: {self.read}{mark}"

    def holds_on(self, route: SupplyRoute) -> bool:
        """Whether the rule applies to a supply on this route."""
        return not self.off and (self.route is None or self.route is route)


@dataclass(frozen=True, slots=True)
class PrescriberNumber:
    """The shape of the registration numbers of a profession. One of general knowledge is not confirmed."""

    profession: str
    body: str
    pattern: str
    shape: str
    confidence: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Substance:
    """A name of a substance of Schedule 18; ``of`` is the name that stands there. One of general knowledge asks."""

    name: str
    of: str
    confidence: Confidence
    source: str
