"""What people read of a reply that does not count by itself, from ``resources/states/replies.toml``."""

from dataclasses import dataclass

from digmed_desktop import resources
from digmed_desktop.messaging.replies import Doubt, Reply, ReplyAct


@dataclass(frozen=True, slots=True)
class ActWords:
    """An act on its button, what it does, and what the button says when it is pressed once."""

    label: str
    explain: str
    confirm: str


def why(doubt: Doubt) -> str:
    """Return why a reply does not count, as a sentence."""
    return str(resources.toml("states/replies.toml")["why"][doubt.value])


def short(doubt: Doubt) -> str:
    """Return why a reply does not count, in two or three words."""
    return str(resources.toml("states/replies.toml")["short"][doubt.value])


def words_of_act(act: ReplyAct) -> ActWords:
    """Return the words of an act."""
    return ActWords(**resources.toml("states/replies.toml")["acts"][act.value])


def what_it_says(reply: Reply) -> str:
    """Return what a reply says: each code with its sentence, or why it cannot be read."""
    said = [f"{one.sentence} ({one.code})" if one.code else one.sentence for one in reply.said]
    return "\n".join(said) or reply.trouble or "Nothing that can be read."
