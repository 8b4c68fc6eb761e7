"""Describe the audit: every act of a person and of the program, in the order in which it was sealed."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class AuditAct(StrEnum):
    """An act that no other record tells."""

    SIGNED_IN = "signed-in"
    WRONG_PIN = "wrong-pin"
    PIN_WAITS = "pin-waits"  # a try during the wait
    LOCKED = "locked"
    WAIT_ENDED = "wait-ended"
    SAW_RECORD = "saw-record"
    SEARCHED = "searched"
    LOOKED_UP = "looked-up"
    SAW_TODAY = "saw-today"
    SAW_DOSES = "saw-doses"
    SAW_DRAFTS = "saw-drafts"
    SAW_REGISTER = "saw-register"
    SAW_REPLIES = "saw-replies"
    SAW_INCIDENTS = "saw-incidents"
    LISTED_BATCH = "listed-batch"
    PRINTED = "printed"
    SAVED_PDF = "saved-pdf"
    SAVED_RECORD = "saved-record"
    EXPORTED = "exported"
    DRAFT_DISCARDED = "draft-discarded"
    BATCH_ADDED = "batch-added"
    BATCH_FINISHED = "batch-finished"
    BATCH_HELD = "batch-held"
    BATCH_RELEASED = "batch-released"
    REGISTER_ENTERED = "register-entered"  # where the register alone has it
    REGISTER_AMENDED = "register-amended"
    CODE_LEARNED = "code-learned"
    PERSON_ADDED = "person-added"
    PERSON_CHANGED = "person-changed"
    PERSON_REMOVED = "person-removed"
    PIN_CHANGED = "pin-changed"
    PHARMACY_CHANGED = "pharmacy-changed"
    CONNECTION_CHANGED = "connection-changed"
    MESSAGES_CHANGED = "messages-changed"
    SETTINGS_CHANGED = "settings-changed"
    SENDING_RESUMED = "sending-resumed"
    LIST_IMPORTED = "list-imported"
    BACKED_UP = "backed-up"
    RESTORED = "restored"  # with nothing that a person had to be asked about
    DAILY_BACKUP_ENDED = "daily-backup-ended"
    PHRASE_SHOWN = "phrase-shown"
    PATIENT_FILE_SEEN = "patient-file-seen"
    PATIENT_FILE_SAVED = "patient-file-saved"
    AUDIT_EXPORTED = "audit-exported"


SOURCES = (
    "event", "reply-act", "pgd-act", "access-act", "incident-act", "begun", "found", "lost", "removed", "retention",
    "missing",
)  # fmt: skip
"""The kinds of links that tell an act beside those of the audit itself."""
_BEFORE_SIGNING_IN = {("audit", AuditAct.RESTORED)}
"""Acts of a person to whom the program was not open yet."""
MISSING = "missing"
"""The act of a link whose row is not there."""


class AuditGroup(StrEnum):
    """A kind of act to filter by."""

    RECORDS = "records"  # recorded, sent, corrected, answered
    LOOKED = "looked"
    LEFT = "left"  # printed, saved, exported, backed up
    SIGNING_IN = "signing-in"
    PEOPLE = "people"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True, repr=False)
class AuditEntry:
    """An act to note; ``by`` is None where nobody was signed in."""

    act: AuditAct
    by: int | None
    about: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class AuditRow:
    """One act; ``number`` is that of its link in the chain. ``by`` is ``""`` for the program itself."""

    number: int
    at: datetime
    source: str  # the kind of its link
    act: str
    about: int | None
    note: str
    by_id: int | None
    by: str


@dataclass(frozen=True, slots=True, repr=False)
class AuditSearch:
    """A search of the audit. ``by``: a person, 0 for the program itself, None for everybody."""

    by: int | None = None
    group: AuditGroup | None = None
    since: date | None = None
    until: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class AuditLine:
    """One act in words."""

    row: AuditRow
    act: str
    group: AuditGroup
    note: str

    @property
    def who(self) -> str:
        """Who did it, in words."""
        if self.row.by:
            return self.row.by
        by_nobody = (
            self.group is AuditGroup.SIGNING_IN or (self.row.source, self.row.act) in _BEFORE_SIGNING_IN
        )
        return "nobody signed in" if by_nobody else "the program"
