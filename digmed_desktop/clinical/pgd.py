"""The pharmacy's patient group directions: which are in force on a day, and what that says of a vaccination."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from digmed_desktop.clinical.dates import shown

BASIS = "pgd"
"""The legal basis that the register is about."""
LAPSES_SOON = timedelta(days=30)
REGISTER = "the register of PGDs of this pharmacy"
"""The source for a direction that lapsed, was withdrawn or was not signed."""


@dataclass(frozen=True, slots=True, repr=False)
class Authorised:
    """A person who may work under a direction, and when they signed it; None: not yet.

    ``removed`` is the first day on which they no longer work under it.
    """

    person: int
    name: str
    signed: date | None
    removed: date | None = None

    def had_signed(self, day: date) -> bool:
        """Whether this person could work under it on a day."""
        return self.signed is not None and self.signed <= day and (self.removed is None or day < self.removed)


@dataclass(frozen=True, slots=True, repr=False)
class Direction:
    """One direction. ``programme`` is the agreement of a programme, its id where it has none.

    ``withdrawn`` is the first day on which nobody works under it any more.
    """

    id: int
    name: str
    version: str
    valid_from: date
    valid_to: date
    programme: str
    people: tuple[Authorised, ...] = ()
    withdrawn: date | None = None

    @property
    def title(self) -> str:
        """Name and version in words."""
        return f"{self.name}, version {self.version}"

    def in_force(self, day: date) -> bool:
        """Whether it can be worked under on a day."""
        return self.valid_from <= day <= self.valid_to and (self.withdrawn is None or day < self.withdrawn)

    def lapses_soon(self, today: date) -> bool:
        """Whether it is in force and its last day is near."""
        return self.in_force(today) and self.valid_to - today <= LAPSES_SOON

    def signed_by(self, person: int, day: date) -> bool:
        """Whether a person had signed it by a day."""
        return any(one.person == person and one.had_signed(day) for one in self.people)

    def standing(self, today: date) -> str:
        """Return how it stands in words."""
        if self.withdrawn and self.withdrawn <= today:
            return f"Withdrawn on {shown(self.withdrawn)}"
        if today < self.valid_from:
            return f"From {shown(self.valid_from)}"
        if today > self.valid_to:
            return f"Lapsed on {shown(self.valid_to)}"
        return f"In force until {shown(self.valid_to)}"


@dataclass(frozen=True, slots=True)
class PgdRegister:
    """All directions of the pharmacy. Off, it says nothing."""

    on: bool = False
    directions: tuple[Direction, ...] = ()

    def lapsing(self, today: date) -> tuple[Direction, ...]:
        """Return those that lapse soon, the first first."""
        soon = (one for one in self.directions if self.on and one.lapses_soon(today))
        return tuple(sorted(soon, key=lambda one: (one.valid_to, one.title)))


@dataclass(frozen=True, slots=True, repr=False)
class Said:
    """The register's finding about a vaccination: a stop, or a reminder that stops nothing."""

    sentence: str
    stops: bool
    source: str = REGISTER


def judge(register: PgdRegister, programme: str, person: int | None, day: date) -> Iterator[Said]:
    """Yield what the register says of a vaccination under a direction, given by a person on that day."""
    if not register.on:
        return
    mine = [one for one in register.directions if one.programme == programme]
    if not mine:
        yield Said(
            "The register of PGDs has none for this vaccination: enter it under PGDs, or check the legal basis.",
            stops=False,
        )
        return
    in_force = [one for one in mine if one.in_force(day)]
    if not in_force:
        yield Said(_not_in_force(mine, day), stops=True)
    elif person is not None and not any(one.signed_by(person, day) for one in in_force):
        newest = max(in_force, key=lambda one: one.valid_from)
        yield Said(f"This vaccinator had not signed the PGD ({newest.title}) by {shown(day)}.", stops=True)


def _not_in_force(mine: list[Direction], day: date) -> str:
    withdrawn = [one for one in mine if one.withdrawn and one.withdrawn <= day <= one.valid_to]
    if withdrawn:
        last = max(withdrawn, key=lambda one: one.withdrawn or date.min)
        return f"The PGD ({last.title}) was withdrawn on {shown(last.withdrawn or day)}."
    over = [one for one in mine if one.valid_to < day]
    if not over:
        first = min(mine, key=lambda one: one.valid_from)
        return f"The PGD ({first.title}) is in force from {shown(first.valid_from)} only."
    last = max(over, key=lambda one: one.valid_to)
    return f"The PGD ({last.title}) lapsed on {shown(last.valid_to)}."
