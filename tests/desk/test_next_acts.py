"""The acts that lead on from how a notification stands."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digmed_desktop.desk.views.sent import Act, next_acts, waits_for_signature
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.states import UNSIGNED, Need, State
from digmed_desktop.messaging.wording import Tone, words_of
from tests.history.samples import START
from tests.messaging.test_wording import row

NEEDS = [need for need in Need if need is not Need.NOBODY]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("need", NEEDS)
def test_whatever_needs_a_person_has_a_way_on(state: State, need: Need) -> None:
    one = row(state, need)
    assert next_acts(one, Duty(), START) or waits_for_signature(one)


@pytest.mark.parametrize("state", [state for state in State if words_of(state).tone is Tone.STOP])
def test_what_a_person_settled_has_no_next_step(state: State) -> None:
    assert next_acts(row(state), Duty(), START) == ()


def test_the_words_and_the_first_act_say_the_same() -> None:
    assert next_acts(row(State.TO_PAPER), Duty(), START) == (Act.PAPER,)
    assert next_acts(row(State.REJECTED, Need.ANSWERED), Duty(), START)[0] is Act.CORRECT  # as its words say
    assert next_acts(row(State.MATCHED, Need.REACTION), Duty(), START)[0] is Act.TELEPHONE
    assert next_acts(row(State.MATCHED), Duty(), START) == ()


@pytest.mark.parametrize("need", [Need.NOBODY, Need.LATE])
@pytest.mark.parametrize("late", [False, True])
def test_what_waits_for_a_signature_is_signed_and_never_printed_for_the_practice(
    need: Need, *, late: bool
) -> None:
    unsigned = row(State.TO_SIGN, need)
    now = START + timedelta(days=5) if late else START
    assert next_acts(unsigned, Duty(), now) == ()
    assert waits_for_signature(unsigned)


@pytest.mark.parametrize("state", UNSIGNED)
@pytest.mark.parametrize("need", Need)
@pytest.mark.parametrize("hours", range(0, 120, 6))
def test_no_unsigned_record_leads_to_paper_for_the_practice(state: State, need: Need, hours: int) -> None:
    assert Act.PAPER not in next_acts(row(state, need), Duty(), START + timedelta(hours=hours))


def test_a_correction_held_back_leads_to_what_its_words_say() -> None:
    held = row(State.WAITING, held=True)
    assert next_acts(held, Duty(), START) == (Act.TELEPHONE,)
    for_good = row(State.WAITING, Need.UNSENT, held=True)
    assert next_acts(for_good, Duty(), START)[0] is Act.CORRECT


def test_what_cannot_be_read_leads_to_no_act() -> None:
    assert next_acts(replace(row(State.REJECTED, Need.UNSENT), unreadable=True), Duty(), START) == ()
