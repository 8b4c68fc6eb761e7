"""Which rows and columns are sealed, and how a connection notes those that it changes.

What needs no seal is listed with its reason in ``tests/history/test_every_column_sealed.py``.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True, slots=True, repr=False)
class Sealed:
    """A table whose rows are sealed when they are added, or each time they change.

    ``order`` grows with each row; ``key`` names a row for good, by one column or several with a space between;
    ``columns`` are sealed. A column that is added later is sealed under a new entry with another ``kind``: digests
    that were made stay as they are.
    """

    kind: str
    table: str
    order: str
    key: str
    columns: tuple[str, ...]
    among: str = "1"  # which rows, as a condition on the columns of {row}

    def digest(self, values: Sequence[Any]) -> bytes:
        """Return the digest of a row, as the file holds it."""
        plain = [hashlib.sha256(one).hexdigest() if isinstance(one, bytes) else one for one in values]
        text = json.dumps([self.kind, *plain], ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()

    @property
    def selected(self) -> str:
        """The columns as SQL."""
        return ", ".join(f'"{column}"' for column in self.columns)

    @property
    def key_sql(self) -> str:
        """The key as SQL."""
        return self.key_of("")

    @property
    def where(self) -> str:
        """Which rows of the table, as SQL."""
        return f"WHERE {self.is_among('')}"

    def key_of(self, row: str) -> str:
        """Return the key of ``row`` (``OLD.`` or ``NEW.``) as SQL."""
        return " || ' ' || ".join(f"{row}{column}" for column in self.key.split())

    def is_among(self, row: str) -> str:
        """Return the condition that ``row`` is one of those sealed, as SQL."""
        return self.among.format(row=row)


SEALED = (
    Sealed(
        "event", "event", "id", "id",
        ("id", "notification_id", "at", "happening", "state", "by_id", "by_name", "code", "note"),
    ),
    Sealed(
        "payload", "payload", "notification_id", "notification_id",
        ("notification_id", "record_json", "answers", "edition", "body", "sha256", "subject", "bundle_id",
         "document_id", "composition_id", "made_at"),
    ),
    Sealed(
        "inbox", "inbox", "rowid", "mesh_id",
        ("mesh_id", "kind", "workflow", "sender", "body", "local_id", "linked_id", "status_code", "status_text",
         "received_at", "kept_at"),
    ),
    Sealed("owed", "owed", "id", "id", ("id", "inbox_id", "notification_id", "workflow", "body")),
    Sealed(
        "reply-act", "reply_act", "id", "id",
        ("id", "inbox_id", "act", "notification_id", "by_id", "by_name", "at", "note"),
    ),
    Sealed("pgd-act", "pgd_act", "id", "id", ("id", "act", "about", "content", "by_id", "by_name", "at")),
    Sealed(
        "access-act", "access_act", "id", "id",
        ("id", "person_id", "manager", "until", "why", "by_id", "by_name", "at"),
    ),
    Sealed("audit", "audit", "id", "id", ("id", "act", "about", "note", "by_id", "by_name", "at")),
    Sealed(
        "incident-act", "incident_act", "id", "id",
        ("id", "act", "incident_id", "notification_id", "content", "by_id", "by_name", "at"),
    ),
)  # fmt: skip
"""Rows that are sealed: acts and all other events, messages as recorded, messages that came in, and answers to them; the
register of patient group directions; as what people work here; the audit; and incidents."""

PERSON, LISTED, SETTING = "person", "listed", "setting"
_SETTINGS = "'pharmacy', 'retention', 'batch-holds'"
UNSEALED_SETTINGS = (
    "chain.key",
    "chain.lists",
    "backup.restored",
    "installation",
    "delivery.polled",
    "sync.notified",
    "time.known",
)
"""Entries of the profile without a seal, beside those that say which practice can be reached (``reach.``)."""
_UNSEALED = ", ".join(f"'{key}'" for key in UNSEALED_SETTINGS)
SEALED_FROM_THE_FIRST = (PERSON, LISTED, SETTING)
"""The kinds of ``LATEST`` that a chain sealed which does not say which."""
LATEST = (
    Sealed(PERSON, "person", "id", "id", ("id", "professional", "pin_hash", "active")),
    Sealed(
        LISTED, "notification", "id", "id",
        ("id", "token", "kind", "state", "need", "held", "corrects", "replaces", "withdrawal", "outcome", "signer_id",
         "once_signed", "on_behalf", "patient_name", "name_key", "nhs_number", "what", "batch", "practice_name",
         "practice_ods", "by_name", "contact_at", "changed_at", "sent_at", "accepted_at", "matched_at", "settled_at",
         "message_id", "sender_reference"),
    ),
    Sealed(SETTING, "profile", "key", "key", ("key", "value"), f"{{row}}key IN ({_SETTINGS})"),
    Sealed(
        "sending", "sending", "id", "id",
        ("id", "notification_id", "owed_id", "latest", "local_id", "address", "mesh_id", "attempts", "posted_at",
         "recipient"),
    ),
    Sealed(
        "inbox-state", "inbox", "rowid", "mesh_id",
        ("mesh_id", "notification_id", "matched", "acknowledged_at", "applied_at", "trouble", "doubt", "about_id",
         "reading", "settled_at"),
    ),
    Sealed("owed-state", "owed", "id", "id", ("id", "state")),
    Sealed(
        "refusal", "refusal", "id", "id",
        ("id", "practice_ods", "practice_name", "code", "said_at", "cleared_at"),
    ),
    Sealed(
        "accepted-sender", "accepted_sender", "rowid", "practice_ods mailbox",
        ("practice_ods", "mailbox", "by_id", "at"),
    ),
    Sealed(
        "stock-batch", "stock_batch", "id", "id",
        ("id", "programme", "product", "number", "expiry", "use_before", "gtin", "finished", "by_id", "at"),
    ),
    Sealed("stock-product", "stock_product", "rowid", "gtin", ("gtin", "programme", "product", "by_id", "at")),
    Sealed(
        "patient", "patient", "id", "id",
        ("id", "nhs_number", "family", "given", "name_key", "born", "answers", "seen_at"),
    ),
    Sealed("practice", "practice", "rowid", "ods_code", ("ods_code", "search_key", "organisation", "used_at")),
    Sealed("medicine-used", "medicine_used", "rowid", "name_key", ("name_key", "product", "used_at")),
    Sealed(
        "profile", "profile", "key", "key", ("key", "value"),
        f"{{row}}key NOT IN ({_SETTINGS}, {_UNSEALED}) AND {{row}}key NOT LIKE 'reach.%'",
    ),
)  # fmt: skip
"""Rows that change, each sealed anew as often: the last link of a row counts. They are who works here, under which PIN
and whether still; all that the lists show of a notification; how its messages and the answers to it stand; from which
mailboxes answers count, and which practices refuse; the stock; what forms begin with; and the settings in the profile,
such as what a message names, which way it takes, what retention removes and which batch is held."""

_TABLE = "CREATE TEMP TABLE changed_row (kind TEXT, subject, PRIMARY KEY (kind, subject)) WITHOUT ROWID"  # of a transaction
_IS_WATCHED = "SELECT 1 FROM sqlite_temp_master WHERE name = 'changed_row'"


def watch(connection: sa.Connection) -> None:
    """Have a connection to the file note which rows of ``LATEST`` it changes, until it is closed or rolled back."""
    file = connection.connection.driver_connection
    if file is None or file.execute(_IS_WATCHED).fetchone() is not None:
        return
    file.execute(_TABLE)
    for sealed in LATEST:
        for statement in _triggers(sealed):
            file.execute(statement)


def _triggers(sealed: Sealed) -> Iterator[str]:
    differs = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in sealed.columns)
    for act, row, when in (
        ("INSERT", "NEW.", "1"),
        ("UPDATE", "NEW.", f"({differs})"),
        ("DELETE", "OLD.", "1"),
    ):
        yield (
            f'CREATE TEMP TRIGGER "seal {sealed.kind} {act}" AFTER {act} ON main.{sealed.table} '  # noqa: S608 - own names only
            f"WHEN {when} AND {sealed.is_among(row)} "
            f"BEGIN INSERT OR IGNORE INTO changed_row VALUES ('{sealed.kind}', {sealed.key_of(row)}); END"
        )
