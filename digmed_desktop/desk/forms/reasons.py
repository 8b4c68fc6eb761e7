"""The words that are kept with an act: why it was done."""

from digmed_desktop.data_files.source import OWN
from digmed_desktop.messaging.errors import DigMedError

LONGEST_NOTE = 2000


def reason_of(text: str) -> str:
    """Return the words without the space around them. Raises DigMedError for none, and for more than are kept."""
    said = text.strip()
    if not said:
        raise DigMedError("Write a few words. The record shows them with your name and the time.")
    if len(said) > LONGEST_NOTE:
        raise DigMedError(
            f"The text has {len(said):,} characters, and there is room for {LONGEST_NOTE:,}.", "Shorten it."
        )
    return said


def states_nothing_done(why: str) -> bool:
    """Whether a listed reason states that nothing was given or supplied; words of one's own are not interpreted."""
    rows = OWN.at("counter/reasons.toml", "withdraw") or ()
    return any(one["nothing_done"] and one["reason"] == why for one in rows)
