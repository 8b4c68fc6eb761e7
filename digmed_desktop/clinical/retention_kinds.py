"""Name the kinds of record that retention knows."""

from enum import StrEnum


class RecordKind(StrEnum):
    """A kind of record with a period of its own."""

    ADULT = "vaccination-adult"
    CHILD = "vaccination-child"
    SUPPLY = "emergency-supply"
    DRAFT = "draft"
    SAVED_SEARCH = "saved-search"
    UNMATCHED_REPLY = "unmatched-reply"
    INCIDENT = "incident"
