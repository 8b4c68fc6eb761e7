"""The shipped table of response codes, run through the state machine, against what is decided about each code.

What is decided stands here a second time, in :data:`DECIDED`, so that neither the table nor the machine can change
without the other.
"""

import itertools
from collections.abc import Iterator, Sequence
from functools import cache

import pytest

from digmed_desktop.fhir.response_codes import known_codes, meaning
from digmed_desktop.messaging.states import ACTS, Happening, Need, Standing, State, judge, may

H, S = Happening, State

MATCHED, GONE, HELD = (
    {"30001", "30004"},
    {"30002": S.NOT_KNOWN_THERE, "30003": S.NO_LONGER_THERE},
    {"20007", "20008"},
)
ACCEPTED = {"20013"}
UNKNOWN = ("10006", "29999", "31234", "99999", "", "abc")
REPORT, EARLIER_REPORT = "report 14", "report 14 on an earlier sending"
TOLD = (S.ON_PAPER, S.BY_TELEPHONE)


@cache
def refused(code: str) -> bool:
    """Whether a code says that the message was rejected: all of ITK3's but the successes and those on the patient."""
    known = code in known_codes() and code[0] in "12"
    return known and code not in ACCEPTED and code not in HELD


@cache
def not_for_us(code: str) -> bool:
    """Whether a code says nothing that decides: unknown, or one of another kind of message."""
    return not (
        refused(code) or code in MATCHED | ACCEPTED | HELD or code in GONE or code.startswith("report")
    )


@cache
def apply(standing: Standing, what: str) -> Standing:
    if what == REPORT:
        return judge(standing, H.UNDELIVERED, "14")
    if what == EARLIER_REPORT:
        return judge(standing, H.EARLIER_UNDELIVERED, "14")
    if what in ACT_WORDS:
        return judge(standing, Happening(what))
    said = meaning(what)
    return judge(standing, said.happening, what, asks=said.needs_person)


ACT_WORDS = tuple(sorted(act.value for act in ACTS))
CODES = (*known_codes(), *UNKNOWN)
ANSWERS = (*CODES, REPORT, EARLIER_REPORT)
CLAIMED = {
    S.MATCHED: MATCHED,
    S.ACCEPTED: ACCEPTED,
    S.ALREADY_HELD: HELD,
    S.REJECTED: set(filter(refused, CODES)),
}


@cache
def decided(codes: frozenset[str]) -> tuple[State, bool]:
    """Return the state of a message that went out, and whether a person is asked, from what was heard, in any order."""
    arrived = codes & (MATCHED | ACCEPTED)
    bad = {code for code in codes if refused(code)}
    gone = [GONE[code] for code in ("30002", "30003") if code in codes]
    odd = any(not_for_us(code) for code in codes)
    if gone:
        state = gone[0]
    elif codes & MATCHED:
        state = S.MATCHED
    elif bad:
        state = S.REJECTED
    elif codes & ACCEPTED:
        state = S.ACCEPTED
    elif codes & HELD:
        state = S.ALREADY_HELD
    else:
        state = S.NOT_DELIVERED if REPORT in codes else S.SENT
    asks = bool(gone or bad or odd or "30004" in codes)
    unproved = not arrived and (codes & HELD or REPORT in codes)
    return state, asks or bool(unproved)


def walks(alphabet: Sequence[str], depth: int, start: Standing) -> Iterator[tuple[tuple[str, ...], Standing]]:
    """Yield every sequence up to ``depth`` that a person's acts allow, and where it ends."""
    reached: list[tuple[tuple[str, ...], Standing]] = [((), start)]
    for _ in range(depth):
        reached = [
            ((*before, what), apply(standing, what))
            for before, standing in reached
            for what in alphabet
            if what not in ACT_WORDS or may(standing, Happening(what))
        ]
        yield from reached


def broken(walk: tuple[str, ...], end: Standing) -> str:
    """Return which sentence a sequence breaks, or ``""``."""
    acts = [n for n, what in enumerate(walk) if what in ACT_WORDS]
    if not acts:
        state, asks = decided(frozenset(walk))
        if (end.state, end.needs_person) != (state, asks):
            return (
                f"{walk} ends {end.state}, {end.need}; decided: {state}, {'a person' if asks else 'nobody'}"
            )
        return ""
    before, after = set(walk[: acts[-1]]), [what for what in walk[acts[-1] + 1 :] if what not in ACT_WORDS]
    fresh = {what for what in after if what not in before}
    heard = {what for what in walk if what not in ACT_WORDS}
    if end.state in CLAIMED and not CLAIMED[end.state] & heard:
        return f"{walk} claims {end.state}, and nobody said so"
    if end.state is S.MATCHED and heard & set(GONE):
        return f"{walk} claims a match that the practice denied"
    must_ask = {code for code in fresh if code in GONE or code == "30004" or not_for_us(code)}
    if must_ask and not end.needs_person:
        return f"{walk} asks nobody about {sorted(must_ask)}"
    if not after and end.needs_person and not _superseded(walk):
        return f"{walk} needs action who has just settled it"
    return ""


def _superseded(walk: tuple[str, ...]) -> bool:
    """Whether the last act took a newer version's place, which settles nothing of what an answer asked for."""
    return walk[-1] in (H.REPLACED.value, H.WITHDRAWN.value)


def kinds(codes: Sequence[str]) -> list[str]:
    """Return two codes of each meaning, or the only one: others of the same meaning behave alike."""
    by_meaning: dict[tuple[object, ...], list[str]] = {}
    for code in codes:
        said = meaning(code)
        by_meaning.setdefault((said.happening, said.needs_person, said.voids_original), []).append(code)
    return [code for same in by_meaning.values() for code in same[:2]]


START = Standing(S.SENT)


def test_every_code_alone_and_twice_ends_as_decided() -> None:
    for walk, end in walks(ANSWERS, 2, START):
        assert not broken(walk, end), broken(walk, end)


def test_answers_and_acts_of_every_kind_up_to_three_end_as_decided() -> None:
    alphabet = (*kinds(CODES), REPORT, EARLIER_REPORT, *ACT_WORDS)
    found = [why for walk, end in walks(alphabet, 3, START) if (why := broken(walk, end))]
    assert found == []


@pytest.mark.parametrize("start", [S.SENDING, S.CHECKING, S.COLLECTED, S.NO_ANSWER])
def test_from_every_state_in_transit_the_answers_end_alike(start: State) -> None:
    for walk, end in walks((*kinds(CODES), REPORT), 2, Standing(start)):
        state, asks = decided(frozenset(walk))
        if state is not S.SENT:
            assert (end.state, end.needs_person) == (state, asks), walk


def test_order_and_repetition_do_not_matter() -> None:
    for three in itertools.combinations((*kinds(CODES), REPORT), 3):
        ends = set()
        for order in itertools.permutations((*three, three[0])):
            standing = START
            for what in order:
                standing = apply(standing, what)
            ends.add((standing.state, standing.need))
        assert len(ends) == 1, (three, ends)


def test_what_was_told_stays_told() -> None:
    for told in TOLD:
        for walk, end in walks((*kinds(CODES), REPORT), 2, Standing(told)):
            assert end.state is told
            assert end.needs_person == any(
                code in GONE or code == "30004" or not_for_us(code) for code in walk
            ), walk


def test_every_code_that_is_no_success_and_no_repeat_asks_a_person() -> None:
    for code in CODES:
        said = meaning(code)
        assert said.needs_person == (code not in {"20013", "30001"} | HELD), code
        assert said.positive == (code in MATCHED | ACCEPTED), code
        assert said.stops_sending == (code in {"20003", "20012"}), code
        assert said.voids_original == (code == "20014"), code
        assert judge(START, said.happening, code, asks=said.needs_person).need in (
            Need.NOBODY,
            Need.HELD,
            Need.ANSWERED,
        )
