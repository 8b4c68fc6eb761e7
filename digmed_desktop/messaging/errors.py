"""Define the errors on the way; each says what a person can do.

A fault is never described with what was sent: no patient data is in any of these.
"""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(repr=False)
class DigMedError(Exception):
    """An error that a person can mend: what happened, and what to do."""

    happened: str
    remedy: str = ""

    def __str__(self) -> str:
        """Return both as one text."""
        return f"{self.happened} {self.remedy}".strip()

    def __repr__(self) -> str:
        """Return the kind of error only: a sentence may quote what somebody typed."""
        return f"<{type(self).__name__}>"


class OfflineError(DigMedError):
    """Nothing left this computer: it is safe to try again later."""


@dataclass(repr=False)
class BusyError(DigMedError):
    """MESH asks to wait; nothing was taken. ``retry_after`` is in seconds."""

    retry_after: float = 60.0


class AccountError(DigMedError):
    """The fault is the account's (certificate, password, clock, proxy ...): the whole queue stops."""


@dataclass(repr=False)
class RefusedError(DigMedError):
    """MESH understood and refused this one message; ``code`` is MESH's own."""

    code: str = ""


class OutcomeUnknownError(DigMedError):
    """The message may or may not have been stored: look it up, never send it again blindly."""


class NotThereError(DigMedError):
    """The thing asked for is not there (any more)."""


class UnusableError(DigMedError):
    """The content cannot be taken in, now or later: asking for it again is no use."""


class NotAllowedNowError(DigMedError):
    """A person asked for something that the present state does not allow (any more)."""


class NotStartedError(DigMedError):
    """A part beside the records did not start; the records are as they were."""


class StoreError(DigMedError):
    """The encrypted database cannot be used."""

    def again(self) -> "StoreError":
        """Return a fresh copy to raise: an exception that is raised twice keeps the traces of both."""
        return type(self)(self.happened, self.remedy)


class RecordsDoubt(StrEnum):
    """Why records may not be those that were last used here."""

    OLDER = "older"  # the last of what was recorded is missing
    ANOTHER = "another"  # something else stands where the last record was
    ALTERED = "altered"  # the last of what was recorded was changed
    ELSEWHERE = "elsewhere"  # another computer or account used them last
    RESTORED = "restored"  # they come from a backup
    UNKNOWN = "unknown"  # the keyring does not say how far they go


@dataclass(repr=False)
class RecordsInDoubtError(StoreError):
    """The records open, and a person has to say what is so before anything is recorded or sent."""

    doubt: RecordsDoubt = RecordsDoubt.UNKNOWN

    def again(self) -> "RecordsInDoubtError":
        """Return a fresh copy to raise."""
        return RecordsInDoubtError(self.happened, self.remedy, self.doubt)


class RecordsMissingError(StoreError):
    """The database is gone while its key is there: nothing may take its place by itself."""


class UnreadableRowError(StoreError):
    """One row of the records cannot be read; the others can."""


class StoreInUseError(StoreError):
    """Another program on this computer has the database open."""
