"""The table of transitions: whatever happens, in whatever order, the state is true and no need is lost."""

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from digmed_desktop.messaging.corrections import Way, way_to_correct
from digmed_desktop.messaging.duty import Duty, Lateness
from digmed_desktop.messaging.states import (
    ACTS,
    TRANSITIONS,
    UNSENT,
    Happening,
    Need,
    Standing,
    State,
    judge,
    may,
)
from tests.messaging.claims import CLAIMS

H, S = Happening, State
CODES: dict[str, tuple[Happening, bool]] = {
    "14": (H.UNDELIVERED, False),
    "20013": (H.ACCEPTED, False),
    "30001": (H.MATCHED, False),
    "30004": (H.MATCHED, True),
    "30002": (H.NOT_KNOWN, True),
    "30003": (H.NO_LONGER, True),
    "20007": (H.DUPLICATE, False),
    "20008": (H.DUPLICATE, False),
    "20009": (H.REJECTED, True),
    "10004": (H.REJECTED, True),
    "29999": (H.UNEXPECTED, True),
}
LONG_AGO = datetime(2026, 10, 14, 10, 55, tzinfo=UTC)
ASKING = {"30002", "30003", "30004", "20009", "10004", "29999"}


def hear(standing: Standing, *codes: str) -> Standing:
    for code in codes:
        happening, asks = CODES[code]
        standing = judge(standing, happening, code, asks=asks)
    return standing


@pytest.mark.parametrize(("state", "happening"), sorted(TRANSITIONS))
def test_a_row_of_the_table_leads_to_what_its_happening_allows(state: State, happening: Happening) -> None:
    target = TRANSITIONS[state, happening]
    assert target is not state
    if target in CLAIMS:
        assert happening in CLAIMS[target]
    else:
        assert (target, happening) in {
            (S.WAITING, H.FROZEN),
            (S.WAITING, H.NOT_TAKEN),
            (S.WAITING, H.NOT_FOUND),
            (S.WAITING, H.SENT_AGAIN),
            (S.WAITING, H.SIGNED),
            (S.SENDING, H.CLAIMED),
            (S.CHECKING, H.OUTCOME_UNKNOWN),
            (S.CHECKING, H.RESTORED),
        }


def test_what_the_mesh_client_has_is_never_sent_again_or_cancelled_blindly() -> None:
    held = Standing(S.HANDED_OVER, Need.LATE)
    assert not may(held, H.CANCELLED)  # only what was really taken out of its folder is cancelled
    assert not may(held, H.SENT_AGAIN)
    assert judge(held, H.TAKEN_BACK).state is S.CANCELLED
    assert judge(judge(held, H.OUTCOME_UNKNOWN), H.PICKED_UP).state is S.COLLECTED


def test_every_state_can_be_reached() -> None:
    reached = {S.DRAFT, *TRANSITIONS.values()}
    assert reached == set(State)


@pytest.mark.parametrize(
    "start", [S.SENDING, S.HANDED_OVER, S.CHECKING, S.SENT, S.COLLECTED, S.WAITING, S.NO_ANSWER]
)
def test_three_answers_end_the_same_in_any_order(start: State) -> None:
    for codes in itertools.combinations(CODES, 3):
        ends = {
            (end.state, end.need)
            for order in itertools.permutations(codes)
            if (end := hear(Standing(start), *order))
        }
        assert len(ends) == 1, codes


@settings(deadline=None)
@given(st.lists(st.sampled_from(sorted(CODES)), max_size=8), st.randoms(use_true_random=False))
def test_answers_repeated_and_shuffled_end_the_same(codes: list[str], chance: random.Random) -> None:
    once = hear(Standing(S.SENT), *dict.fromkeys(codes))
    shuffled = codes * 2
    chance.shuffle(shuffled)
    again = hear(Standing(S.SENT), *shuffled)
    assert (again.state, again.need) == (once.state, once.need)


@pytest.mark.parametrize(
    ("codes", "state", "need"),
    [
        (("14",), S.NOT_DELIVERED, Need.UNSENT),
        (("14", "20013"), S.ACCEPTED, Need.NOBODY),
        (("14", "20013", "30001"), S.MATCHED, Need.NOBODY),
        (("20007",), S.ALREADY_HELD, Need.HELD),
        (("30001", "20007"), S.MATCHED, Need.NOBODY),
        (("20009", "20007"), S.REJECTED, Need.ANSWERED),
        (("30004",), S.MATCHED, Need.ANSWERED),
        (("30001", "30002"), S.NOT_KNOWN_THERE, Need.ANSWERED),
        (("29999",), S.SENT, Need.ANSWERED),
        (("29999", "30001"), S.MATCHED, Need.ANSWERED),
    ],
)
def test_what_answers_mean_together(codes: tuple[str, ...], state: State, need: Need) -> None:
    end = hear(Standing(S.SENT), *codes)
    assert (end.state, end.need) == (state, need)


def test_what_was_cancelled_and_arrived_all_the_same_asks_for_a_person() -> None:
    for code in ("20013", "30001", "20007", "30002", "20009"):
        end = hear(Standing(S.CANCELLED), code)
        assert end.needs_person, code
        assert end.state is not S.CANCELLED
    assert hear(Standing(S.CANCELLED), "14") == Standing(
        S.CANCELLED, Need.NOBODY, frozenset({(H.UNDELIVERED, "14")})
    )


def test_told_stays_told_but_a_wrong_practice_is_never_hidden() -> None:
    for told in (S.ON_PAPER, S.BY_TELEPHONE):
        for code in CODES:
            end = hear(Standing(told), code)
            assert end.state is told
            assert end.needs_person == (code in {"30002", "30003", "30004", "29999"})


@pytest.mark.parametrize("state", [S.WAITING, S.SENT, S.MATCHED, S.ON_PAPER, S.REJECTED])
def test_a_reaction_asks_until_the_practice_was_told_by_word_of_mouth(state: State) -> None:
    told = judge(Standing(state), H.REACTION)
    assert (told.state, told.need) == (state, Need.REACTION)
    for happening in (H.ACCEPTED, H.MATCHED, H.TOLD_ON_PAPER, H.REPLACED, H.SENT_AGAIN):
        told = judge(told, happening)
        assert told.need is Need.REACTION
    assert judge(told, H.TOLD_BY_TELEPHONE).need is Need.NOBODY
    assert judge(told, H.DEALT_WITH).need is Need.NOBODY
    assert not may(Standing(S.CANCELLED), H.REACTION)


def test_nothing_goes_out_and_nobody_is_told_before_the_signature() -> None:
    recorded = judge(Standing(S.DRAFT), H.TO_SIGN)
    refused = judge(recorded, H.NOT_THEIRS)
    assert (recorded, refused) == (Standing(S.TO_SIGN), Standing(S.NOT_THEIRS, Need.ANSWERED))
    ends = {H.SIGNED: S.WAITING, H.CANCELLED: S.CANCELLED, H.REPLACED: S.REPLACED}
    for standing in (recorded, refused):
        for happening in set(H) - {H.NOT_THEIRS}:
            after = judge(standing, happening)
            assert after.state is ends.get(happening, standing.state), happening
        assert {act for act in ACTS if may(standing, act)} == {H.CANCELLED, H.REPLACED, H.TOLD_BY_TELEPHONE}
    assert judge(refused, H.SIGNED) == Standing(S.WAITING)
    assert all(
        target not in (S.TO_SIGN, S.NOT_THEIRS) or state in (S.DRAFT, S.TO_SIGN)
        for (state, _h), target in TRANSITIONS.items()
    )


def test_what_is_not_signed_is_late_as_anything_else_and_a_signature_settles_it_until_it_is_raised_anew() -> (
    None
):
    late = judge(judge(Standing(S.DRAFT), H.TO_SIGN), H.DUTY_OVERDUE)
    assert late == Standing(S.TO_SIGN, Need.LATE)
    signed = judge(late, H.SIGNED)
    assert signed == Standing(S.WAITING)
    assert judge(signed, H.DUTY_OVERDUE).need is Need.LATE
    reacted = judge(judge(Standing(S.TO_SIGN), H.REACTION), H.NOT_THEIRS)
    assert judge(reacted, H.SIGNED).need is Need.REACTION  # it is still to be told by telephone


def test_a_pharmacist_may_send_on_behalf_from_noon_of_the_next_working_day() -> None:
    eve = datetime(2026, 12, 24, 16, tzinfo=UTC)  # a Thursday; then two bank holidays and a weekend
    assert Duty().on_behalf_from(eve) == datetime(2026, 12, 29, 12, tzinfo=UTC)
    assert Duty(amber_hour=17).on_behalf_from(eve) == datetime(2026, 12, 29, 12, tzinfo=UTC)


def test_of_what_is_not_shared_nobody_is_told_whatever_happens() -> None:
    kept = judge(Standing(S.DRAFT), H.NOT_SHARED)
    assert kept == Standing(S.NOT_SHARED)
    assert {act for act in H if may(kept, act)} == {H.NOTED, H.REPLACED, H.WRONG_PATIENT}
    assert {judge(kept, happening).state for happening in set(H) - {H.REPLACED}} == {S.NOT_SHARED}
    assert Duty().lateness(kept.state, LONG_AGO, LONG_AGO + timedelta(days=99)) is Lateness.IN_TIME
    assert way_to_correct(kept, posted=False) is Way.KEPT


def test_what_waited_in_a_backup_is_looked_up_before_it_goes_out() -> None:
    assert judge(Standing(S.WAITING), H.RESTORED).state is S.CHECKING
    assert judge(Standing(S.SENT), H.RESTORED).state is S.SENT


def test_the_ways_to_correct() -> None:
    ways = {state: way_to_correct(Standing(state), posted=True) for state in State}
    assert ways[S.WAITING] is Way.SWAP
    assert {s for s, w in ways.items() if w is Way.REPLACE} == {S.MATCHED}
    held = {
        S.SENDING,
        S.HANDED_OVER,
        S.CHECKING,
        S.SENT,
        S.COLLECTED,
        S.ACCEPTED,
        S.NO_ANSWER,
        S.ALREADY_HELD,
    }
    assert {s for s, w in ways.items() if w is Way.HOLD} == held | {S.ON_PAPER, S.BY_TELEPHONE}
    assert way_to_correct(Standing(S.ON_PAPER), posted=False) is Way.AFRESH
    matched = Standing(S.ON_PAPER, heard=frozenset({(H.MATCHED, "30001")}))
    assert way_to_correct(matched, posted=True) is Way.REPLACE


ENDS = (H.TAKEN, H.NOT_TAKEN, H.OUTCOME_UNKNOWN, H.REFUSED, H.HANDED_OVER)


class Notification(RuleBasedStateMachine):
    """One notification, to which anything happens that can."""

    @initialize()
    def begin(self) -> None:
        self.now = judge(Standing(S.DRAFT), H.FROZEN)
        self.happened: list[Happening] = [H.FROZEN]
        self.unsettled: set[str] = set()  # codes that ask, since a person last did something
        self.in_mesh = False
        self.sent_again = False

    def let(self, happening: Happening, code: str = "", *, asks: bool = False) -> None:
        self.before = self.now
        self.now = judge(self.now, happening, code, asks=asks)
        self.happened.append(happening)

    @precondition(lambda self: self.now.state is S.WAITING)
    @rule(end=st.sampled_from(ENDS), meanwhile=st.booleans())
    def send(self, end: Happening, meanwhile: bool) -> None:
        self.let(H.CLAIMED)
        if meanwhile:  # an answer overtakes the end of our own sending
            self.answer("20013")
        self.in_mesh |= end is H.TAKEN
        self.let(end)

    @precondition(lambda self: self.now.state is S.HANDED_OVER)
    @rule(end=st.sampled_from([*ENDS[:-1], H.TAKEN_BACK]))
    def the_client_goes_on(self, end: Happening) -> None:
        self.in_mesh |= end is H.TAKEN
        self.let(end)

    @precondition(lambda self: self.now.state is S.CHECKING)
    @rule(end=st.sampled_from([H.FOUND, H.NOT_FOUND, H.LOOK_UP_DOUBTED]))
    def look_up(self, end: Happening) -> None:
        self.in_mesh |= end is H.FOUND
        self.let(end)

    @rule(code=st.sampled_from(sorted(CODES)))
    def answer(self, code: str) -> None:
        happening, asks = CODES[code]
        known = happening is not H.UNDELIVERED and (happening, code) in self.now.heard
        self.let(happening, code, asks=asks)
        told_already = happening is H.REJECTED and self.before.state in (S.ON_PAPER, S.BY_TELEPHONE)
        if code in ASKING and not known and not told_already:
            self.unsettled.add(code)

    @rule(what=st.sampled_from([H.PICKED_UP, H.ANSWER_OVERDUE, H.DUTY_OVERDUE, H.EARLIER_UNDELIVERED]))
    def time_passes(self, what: Happening) -> None:
        self.let(what)

    @rule(act=st.sampled_from(sorted(ACTS - {H.REPLACED, H.WITHDRAWN}, key=str)))
    def person(self, act: Happening) -> None:
        if may(self.now, act):
            self.let(act)
            self.unsettled.clear()
            assert not self.now.needs_person
            if act is H.SENT_AGAIN:
                self.in_mesh = False

    @invariant()
    def the_state_claims_what_happened(self) -> None:
        if self.now.state in CLAIMS:
            assert CLAIMS[self.now.state] & set(self.happened)

    @invariant()
    def what_asks_is_not_lost(self) -> None:
        if self.unsettled:
            assert self.now.need is Need.ANSWERED

    @invariant()
    def what_failed_asks_until_a_person_or_an_answer_settles_it(self) -> None:
        failed = (
            S.NOT_DELIVERED,
            S.ALREADY_HELD,
            S.REJECTED,
            S.NOT_KNOWN_THERE,
            S.NO_LONGER_THERE,
            S.NO_ANSWER,
        )
        entered = getattr(self, "before", None)
        if entered is not None and entered.state is not self.now.state and self.now.state in failed:
            assert self.now.needs_person

    @invariant()
    def what_mesh_has_never_waits_to_be_sent(self) -> None:
        if self.in_mesh:
            assert self.now.state not in (*UNSENT, S.DRAFT)


TestNotification = Notification.TestCase
TestNotification.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
