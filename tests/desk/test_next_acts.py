"""The acts that lead on from how a notification stands."""

import pytest

from digmed_desktop.desk.views.sent import Act, next_acts
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.states import Need, State
from digmed_desktop.messaging.wording import Tone, words_of
from tests.history.samples import START
from tests.messaging.test_wording import row

NEEDS = [need for need in Need if need is not Need.NOBODY]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("need", NEEDS)
def test_whatever_needs_a_person_has_a_way_on(state: State, need: Need) -> None:
    assert next_acts(row(state, need), Duty(), START)


@pytest.mark.parametrize("state", [state for state in State if words_of(state).tone is Tone.STOP])
def test_what_a_person_settled_has_no_next_step(state: State) -> None:
    assert next_acts(row(state), Duty(), START) == ()


def test_the_words_and_the_first_act_say_the_same() -> None:
    assert next_acts(row(State.TO_PAPER), Duty(), START) == (Act.PAPER,)
    assert next_acts(row(State.REJECTED, Need.ANSWERED), Duty(), START)[0] is Act.CORRECT  # as its words say
    assert next_acts(row(State.MATCHED, Need.REACTION), Duty(), START)[0] is Act.TELEPHONE
    assert next_acts(row(State.MATCHED), Duty(), START) == ()
