"""Says of a plan or referral with urgent words that this message is not the way for it."""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from digmed_desktop.clinical.answers import AnswerSheet
from digmed_desktop.clinical.phrases import Phrases
from digmed_desktop.data_files.source import OWN

if TYPE_CHECKING:
    from digmed_desktop.clinical.urgency_file import UrgencyFile

FILE = "counter/urgency.toml"


def say_not_urgent(sheet: AnswerSheet, questions: Iterable[str]) -> None:
    """Note at each question whose answer has an urgent word that the practice is to be telephoned."""
    for question in questions:
        if question in sheet.fields and _phrases().found_in(sheet.lines(question)):
            sheet.look(question, _file().sentence)


def _file() -> "UrgencyFile":
    from digmed_desktop.clinical.urgency_file import UrgencyFile

    return OWN.read(FILE, UrgencyFile)


@cache
def _phrases() -> Phrases[str]:
    return Phrases((word, word) for word in _file().words)
