"""Every state, and every reason why a person is needed, has its words, and nothing else has."""

from datetime import timedelta

import pytest

from digmed_desktop.data_files.source import OWN
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.event_words import words_of_event
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import ANSWERS, Happening, Need, State
from digmed_desktop.messaging.story import NotificationRow
from digmed_desktop.messaging.wording import Tone, words_of, words_of_need, words_of_row
from tests.history.samples import START


def row(state: State, need: Need = Need.NOBODY, *, held: bool = False) -> NotificationRow:
    return NotificationRow(
        id=1,
        kind=Kind.VACCINATION,
        state=state,
        needs_person=need > 0,
        patient_name="",
        nhs_number="",
        what="",
        batch="",
        practice_name="",
        practice_ods="",
        by="",
        contact_at=START,
        changed_at=START,
        need=need,
        held=held,
    )


@pytest.mark.parametrize("state", State)
def test_every_state_has_all_its_words(state: State) -> None:
    words = words_of(state)
    assert words.word
    assert words.word[0].isupper()
    for sentence in (words.happened, words.do):
        assert sentence.endswith(".")
        assert len(sentence) < 160
    assert words.icon in OWN.raw("icons/line.toml")


@pytest.mark.parametrize("need", [n for n in Need if n is not Need.NOBODY])
def test_every_need_has_its_words(need: Need) -> None:
    assert all(sentence.endswith(".") for sentence in words_of_need(need))


@pytest.mark.parametrize("happening", Happening)
def test_every_happening_has_its_words(happening: Happening) -> None:
    said = words_of_event(happening.value)
    assert said[0].isupper()
    assert words_of_event(happening.value, "20013") == f"{said} (20013)"


def test_every_code_says_what_happened_and_what_to_do() -> None:
    table = dict(OWN.raw("responses/codes.toml"))
    unknown = table.pop("unknown")
    assert len(table) >= 40
    assert set(unknown) == {"1", "2", "3", "other"}
    for code, entry in (*table.items(), *unknown.items()):
        assert entry["happened"].endswith("."), code
        assert entry["do"].endswith("."), code
        assert Happening(entry["happening"]) in (*ANSWERS, Happening.UNEXPECTED), code
        if entry.get("needs_person", True):
            assert not entry["do"].startswith("Nothing"), code


def test_there_are_no_words_for_what_does_not_exist() -> None:
    assert set(OWN.raw("states/happenings.toml")) == {h.value for h in Happening}
    table = OWN.raw("states/states.toml")
    assert set(table["states"]) == {s.value for s in State}
    assert set(table["needs"]) == {n.name.lower() for n in Need if n is not Need.NOBODY}
    assert len({words_of(s).word for s in State}) == len(State)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("need", [n for n in Need if n is not Need.NOBODY])
def test_what_needs_a_person_never_looks_done(state: State, need: Need) -> None:
    words = words_of_row(row(state, need), Duty(), START)
    assert words.tone in (Tone.LOOK, Tone.STOP)
    assert not words.do.startswith("Nothing")


def test_what_was_settled_asks_for_nothing() -> None:
    assert words_of_row(row(State.NO_ANSWER), Duty(), START).tone is Tone.PLAIN


def test_noon_of_the_next_working_day_shows() -> None:
    monday_noon = START + timedelta(days=3, hours=1, minutes=30)
    assert words_of_row(row(State.SENT), Duty(), monday_noon - timedelta(minutes=1)).tone is Tone.PLAIN
    amber = words_of_row(row(State.SENT), Duty(), monday_noon)
    assert amber.tone is Tone.LOOK
    assert amber.word == "Sent"
    assert words_of_row(row(State.ACCEPTED), Duty(), monday_noon).tone is Tone.PLAIN


def test_a_correction_that_is_held_back_says_so() -> None:
    assert words_of_row(row(State.WAITING, held=True), Duty(), START).tone is Tone.LOOK
    failed = words_of_row(row(State.WAITING, Need.UNSENT, held=True), Duty(), START)
    assert (failed.word, failed.tone) == ("Held back", Tone.STOP)
