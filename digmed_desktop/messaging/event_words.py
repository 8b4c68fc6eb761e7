"""Word the events in the story of a notification, from ``resources/states/happenings.toml``."""

from digmed_desktop.data_files.source import OWN
from digmed_desktop.messaging.states import Happening


def words_of_event(happening: str, code: str = "") -> str:
    """Return an event as a sentence, its code behind it; KeyError for an unknown happening."""
    name = Happening(happening).value
    text = str(OWN.at("states/happenings.toml", name) or name)
    return f"{text} ({code})" if code else text
