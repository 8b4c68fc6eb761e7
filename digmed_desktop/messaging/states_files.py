"""The models of ``resources/states``, but for what a person can do, which is the desk's."""

from collections.abc import Iterator
from typing import Annotated

from digmed_desktop.data_files.fault import Fault, shown
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.model import BY_VALUE, DataModel, Id, Table, Text
from digmed_desktop.data_files.source import DataSource
from digmed_desktop.messaging.replies import Doubt, ReplyAct
from digmed_desktop.messaging.states import Happening, Need, State
from digmed_desktop.messaging.story import RecordKind
from digmed_desktop.messaging.wording import Tone


class WordsRow(DataModel):
    """A state in words."""

    word: Text
    happened: Text
    do: Text
    tone: Annotated[Tone, BY_VALUE]
    icon: Id


class NeedRow(DataModel):
    """Why a person is needed, in words."""

    happened: Text
    do: Text


class SettledRow(DataModel):
    """The words for what a person has dealt with."""

    do: Text


class StatesFile(DataModel):
    """All states in words."""

    states: dict[str, WordsRow]
    withdrawal_matched: WordsRow
    unreadable: WordsRow
    held: WordsRow
    held_back_for_good: WordsRow
    amber: WordsRow
    amber_unsigned: WordsRow
    late_unsigned: NeedRow
    settled: SettledRow
    needs: dict[str, NeedRow]
    records: dict[str, Text]


class EventsFile(Table[Text]):
    """All events in words."""


class ReplyActRow(DataModel):
    """An act on a reply that does not count by itself, in words."""

    label: Text
    explain: Text
    confirm: Text


class RepliesFile(DataModel):
    """Why a reply does not count, and what can be done, in words."""

    why: dict[str, Text]
    short: dict[str, Text]
    acts: dict[str, ReplyActRow]


def cross_check_replies(at: At, file: RepliesFile, _source: DataSource) -> Iterator[Fault]:
    """Yield doubts and acts without words, and words of neither."""
    doubts = [one.value for one in Doubt if one is not Doubt.NONE]
    yield from at.exactly(("why",), file.why, doubts, "the warning")
    yield from at.exactly(("short",), file.short, doubts, "the warning")
    yield from at.exactly(("acts",), file.acts, [one.value for one in ReplyAct], "the act")


def cross_check_states(at: At, file: StatesFile, _source: DataSource) -> Iterator[Fault]:
    """Yield states and needs without words, and words of neither."""
    yield from at.exactly(("states",), file.states, [one.value for one in State], "the state")
    needs = [one.name.lower() for one in Need if one is not Need.NOBODY]
    yield from at.exactly(("needs",), file.needs, needs, "the need")
    yield from at.exactly(("records",), file.records, [one.value for one in RecordKind], "the kind of record")
    words = [row.word for row in file.states.values()]
    for state, row in file.states.items():
        if words.count(row.word) > 1:
            wrong = f"{shown(row.word)} is also the word for another state"
            yield at.fault(("states", state, "word"), wrong, "its own word")


def cross_check_events(at: At, file: EventsFile, _source: DataSource) -> Iterator[Fault]:
    """Yield events without words, and words of none."""
    yield from at.exactly((), file.root, [one.value for one in Happening], "the event")


KINDS = (
    FileKind("states/states.toml", StatesFile, cross_check_states, Consequence.SENDING),
    FileKind("states/replies.toml", RepliesFile, cross_check_replies, Consequence.SENDING),
    FileKind("states/happenings.toml", EventsFile, cross_check_events, Consequence.SENDING),
)
