"""How far a row of sourced data can be trusted."""

from enum import StrEnum


class Confidence(StrEnum):
    """Where a row comes from; one of general knowledge asks and never stops."""

    READ = "read"
    SECONDARY = "secondary"
    INFERRED = "inferred"
    GENERAL = "general"

    @property
    def may_stop(self) -> bool:
        """Whether a source was read, at least at second hand."""
        return self is not Confidence.GENERAL
