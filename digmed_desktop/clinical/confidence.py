"""Name the confidence in a row of sourced data."""

from enum import StrEnum

NOT_CONFIRMED = "Not confirmed by a pharmacist."
"""The words with every row without a source that was read."""


class Confidence(StrEnum):
    """The origin of a row; one of general knowledge asks and never stops."""

    READ = "read"
    SECONDARY = "secondary"
    INFERRED = "inferred"
    GENERAL = "general"

    @property
    def may_stop(self) -> bool:
        """Whether a source was read, at least at second hand."""
        return self is not Confidence.GENERAL

    @property
    def is_read(self) -> bool:
        """Whether someone read it in so many words, here or in a second-hand source."""
        return self in (Confidence.READ, Confidence.SECONDARY)
