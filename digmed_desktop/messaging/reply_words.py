"""Word the replies that do not count by themselves, from ``resources/states/replies.toml``."""

from dataclasses import dataclass

from digmed_desktop.data_files.source import OWN
from digmed_desktop.messaging.replies import Doubt, Reply, ReplyAct

_FILE = "states/replies.toml"
_PARTS = ("label", "explain", "confirm")


@dataclass(frozen=True, slots=True)
class ActWords:
    """An act on its button, what it does, and what the button says when it is pressed once."""

    label: str
    explain: str
    confirm: str


def why(doubt: Doubt) -> str:
    """Return why a reply does not count, as a sentence."""
    return str(OWN.at(_FILE, "why", doubt.value) or doubt.value)


def short(doubt: Doubt) -> str:
    """Return why a reply does not count, in two or three words."""
    return str(OWN.at(_FILE, "short", doubt.value) or doubt.value)


def words_of_act(act: ReplyAct) -> ActWords:
    """Return the words of an act."""
    return ActWords(*(str(OWN.at(_FILE, "acts", act.value, part) or act.value) for part in _PARTS))


def what_it_says(reply: Reply) -> str:
    """Return what a reply says: each code with its sentence, or why it cannot be read."""
    said = [f"{one.sentence} ({one.code})" if one.code else one.sentence for one in reply.said]
    return "\n".join(said) or reply.trouble or "Nothing that can be read."
