"""Judge who may vaccinate under a legal basis. A rule that a source forbids stops; one that no source settles asks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from digmed_desktop.clinical.confidence import NOT_CONFIRMED

UNSETTLED = "Check the legal basis: no source that was read says that this role may vaccinate under it. Say why it may."


class Verdict(StrEnum):
    """A rule's finding about a vaccination."""

    ALLOWS = "allows"
    ASKS = "asks"  # whoever goes on says why
    STOPS = "stops"


@dataclass(frozen=True, slots=True)
class BasisRule:
    """One rule. ``roles`` are role codes, ``programmes`` agreements; ``()`` is any, as no date is.

    It holds on the days from ``since`` to ``until``; ``outside``: of the programmes that are not named.
    """

    id: str
    bases: tuple[str, ...]
    verdict: Verdict
    sentence: str
    source: str
    read: str
    roles: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    outside: bool = False
    since: date | None = None
    until: date | None = None
    confirmed: bool = False

    def holds_in(self, agreement: str) -> bool:
        """Whether it is about a programme with this agreement, ``""`` for one that has none."""
        return not self.programmes or (agreement in self.programmes) is not self.outside

    def holds(self, basis: str, role: str, day: date) -> bool:
        """Whether it is about this basis and role on this day."""
        return (
            basis in self.bases
            and (not self.roles or role in self.roles)
            and (self.since is None or self.since <= day)
            and (self.until is None or day <= self.until)
        )

    @property
    def where(self) -> str:
        """Name the source, the version read, and that nobody has confirmed it."""
        mark = "" if self.confirmed else f". {NOT_CONFIRMED.removesuffix('.')}"
        return f"{self.source}; read: {self.read}{mark}"


def judge(rules: Sequence[BasisRule], basis: str, role: str, day: date) -> Iterator[tuple[Verdict, str, str]]:
    """Yield each stop and question of the rules for one vaccination, with its source; a question where none speaks."""
    found = [rule for rule in rules if rule.holds(basis, role, day)]
    stopping = [rule for rule in found if rule.verdict is Verdict.STOPS]
    for rule in stopping or found:
        if rule.verdict is not Verdict.ALLOWS:
            yield rule.verdict, rule.sentence, rule.where
    if not found:
        yield Verdict.ASKS, UNSETTLED, ""
