"""Word the states: the sentences of ``resources/states/states.toml`` that apply."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from digmed_desktop.data_files.source import OWN
from digmed_desktop.messaging.duty import Duty, Lateness
from digmed_desktop.messaging.states import UNSIGNED, Need, State
from digmed_desktop.messaging.story import NotificationRow

_FILE = "states/states.toml"
UNREADABLE = "The meaning cannot be shown: a file of the program has a fault."
UNREADABLE_DO = "Install the program again."


class Tone(StrEnum):
    """Look of a state: one colour each, and never a colour alone."""

    ACT = "act"
    DONE = "done"
    LOOK = "look"
    STOP = "stop"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Words:
    """A state in words: its label, what is known, and what to do."""

    word: str
    happened: str
    do: str
    tone: Tone
    icon: str


@cache
def words_of(state: State) -> Words:
    """Return the words of a state."""
    return _words(OWN.at(_FILE, "states", state.value), state.value)


@cache
def words_of_held() -> Words:
    """Return the words of a correction that is held back."""
    return _words(OWN.at(_FILE, "held"), "held back")


@cache
def words_of_held_for_good() -> Words:
    """Return the words of a correction whose first version never reached the record."""
    return _words(OWN.at(_FILE, "held_back_for_good"), "held back")


@cache
def words_of_withdrawal_matched() -> Words:
    """Return the words of a withdrawal that the practice's system has."""
    return _words(OWN.at(_FILE, "withdrawal_matched"), "withdrawal received")


@cache
def words_of_unreadable() -> Words:
    """Return the words of a notification whose row cannot be read."""
    return _words(OWN.at(_FILE, "unreadable"), "cannot be read")


def record_word(row: NotificationRow) -> str:
    """Return what a row is in words: Given, Not given, Correction, Withdrawal and the like."""
    if row.unreadable:
        return words_of_unreadable().word
    kind = row.record_kind.value
    return str(OWN.at(_FILE, "records", kind) or kind.replace("-", " ").capitalize())


@cache
def words_of_amber() -> Words:
    """Return the words of a notification whose day has come."""
    return _words(OWN.at(_FILE, "amber"), "due today")


@cache
def words_of_need(need: Need) -> tuple[str, str]:
    """Return what happened and what to do when a person is needed; KeyError for nobody."""
    if need is Need.NOBODY:
        raise KeyError(need)
    entry = OWN.at(_FILE, "needs", need.name.lower()) or {}
    return str(entry.get("happened", UNREADABLE)), str(entry.get("do", UNREADABLE_DO))


@cache
def words_of_amber_unsigned() -> Words:
    """Return the words of a record that is due today and not signed."""
    return _words(OWN.at(_FILE, "amber_unsigned"), "sign today")


@cache
def words_of_late_unsigned() -> tuple[str, str]:
    """Return what happened and what to do when a record is late and not signed."""
    entry = OWN.at(_FILE, "late_unsigned") or {}
    return str(entry.get("happened", UNREADABLE)), str(entry.get("do", UNREADABLE_DO))


def words_of_settled() -> str:
    """Return what to do about what a person has dealt with."""
    return str(OWN.at(_FILE, "settled", "do") or "")


def counted(count: int, one: str, many: str) -> str:
    """Return a count with its words, in the singular where it is one."""
    return f"{count:,} {one if count == 1 else many}"


def needing(count: int) -> str:
    """Return how many notifications need action."""
    return counted(count, "needs action", "need action")


def words_of_row(row: NotificationRow, duty: Duty, now: datetime) -> Words:
    """Return the words for a notification as it stands now: its state, and why it needs a person."""
    if row.unreadable:
        return words_of_unreadable()
    held = row.held and row.state is State.WAITING
    if held and row.need is Need.UNSENT:
        return words_of_held_for_good()
    words = _of_state(row, held=held)
    if row.needs_person and (row.need >= Need.REACTION or words.tone not in (Tone.LOOK, Tone.STOP)):
        unsigned_late = row.need is Need.LATE and row.state in UNSIGNED
        happened, do = words_of_late_unsigned() if unsigned_late else words_of_need(row.need)
        return replace(words, happened=f"{words.happened} {happened}", do=do, tone=Tone.LOOK)
    if not row.needs_person and words.tone in (Tone.LOOK, Tone.STOP) and not held:
        # a person has settled it: it stays what it is, and asks for nothing
        return replace(words, do=words_of_settled(), tone=Tone.PLAIN)
    late = duty.lateness(row.state, row.duty_from, now) is Lateness.AMBER
    if late and not row.needs_person:
        amber = words_of_amber_unsigned() if row.state in UNSIGNED else words_of_amber()
        return replace(words, happened=f"{words.happened} {amber.happened}", do=amber.do, tone=amber.tone)
    return words


def _of_state(row: NotificationRow, *, held: bool) -> Words:
    if held:
        return words_of_held()
    if row.withdrawal and row.state is State.MATCHED:
        return words_of_withdrawal_matched()
    return words_of(row.state)


def _words(entry: Any, state: str) -> Words:
    """Return the words of an entry of the file; where it has a fault, the name of the state alone.

    Records stay readable then; nothing is sent or received, which ``desk.data_check`` sees to.
    """
    try:
        return Words(entry["word"], entry["happened"], entry["do"], Tone(entry["tone"]), entry["icon"])
    except (KeyError, TypeError, ValueError):
        word = state.replace("-", " ").capitalize()
        return Words(word, UNREADABLE, UNREADABLE_DO, Tone.LOOK, Tone.LOOK.value)
