"""All orders and repetitions of all codes, reports and acts, through the shipped table and the state machine."""

from collections.abc import Iterator
from pathlib import Path

from digmed_desktop.messaging.states import Happening, Standing, may
from tests.fhir.test_codes_and_states import ACT_WORDS, ANSWERS, START, apply, broken
from tests.long.registry import LongCheck, Outcome, Size

ALL = (*ANSWERS, *ACT_WORDS)


def run(size: Size, _folder: Path) -> Outcome:
    """Walk every sequence up to the length ``size.count``."""
    tried = 0
    found: list[str] = []
    for walk, end in _walk((), START, size.count):
        tried += 1
        if why := broken(walk, end):
            found.append(why)
    return Outcome({"sequences": tried, "codes, reports and acts": len(ALL)}, tuple(found))


def _walk(
    before: tuple[str, ...], standing: Standing, left: int
) -> Iterator[tuple[tuple[str, ...], Standing]]:
    for what in ALL:
        if what in ACT_WORDS and not may(standing, Happening(what)):
            continue
        walk, end = (*before, what), apply(standing, what)
        yield walk, end
        if left > 1:
            yield from _walk(walk, end, left - 1)


CHECK = LongCheck(
    "every sequence of codes, reports and acts up to this length ends as is decided for each code",
    Size(4),
    run,
)
