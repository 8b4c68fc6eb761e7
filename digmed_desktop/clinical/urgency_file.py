"""The model of ``resources/counter/urgency.toml``."""

from digmed_desktop.data_files.kinds import Consequence, FileKind, no_cross_check
from digmed_desktop.data_files.model import DataModel, Text, Texts


class UrgencyFile(DataModel):
    """Words that make a plan or referral urgent, and what is said of it."""

    words: Texts
    sentence: Text
    source: Text


KIND = FileKind("counter/urgency.toml", UrgencyFile, no_cross_check, Consequence.MESSAGES)
