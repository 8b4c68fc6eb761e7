"""Notifications with their messages, sendings and events; and the answers that came in and that are owed."""

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from digmed_desktop.history.tables.columns import Moment, Number, Word, metadata
from digmed_desktop.messaging.replies import Doubt
from digmed_desktop.messaging.sending import ItemKind, Kind
from digmed_desktop.messaging.states import Need, State
from digmed_desktop.messaging.story import Outcome

notification = Table(
    "notification",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token", String(80), nullable=False, unique=True),
    Column("kind", Word(Kind), nullable=False),
    Column("state", Word(State), nullable=False),
    Column("need", Number(Need), nullable=False),
    Column("held", Boolean, nullable=False),
    Column("corrects", ForeignKey("notification.id"), index=True),  # the version before this one
    Column("replaces", ForeignKey("notification.id"), index=True),  # what its relatesTo names
    Column("withdrawal", Boolean, nullable=False),
    Column("outcome", Word(Outcome), nullable=False, server_default=""),
    Column("signer_id", Integer),  # the person whose signature it waited for; None where none was needed
    Column("once_signed", Word(State)),  # what it becomes with the signature
    Column("on_behalf", Boolean, nullable=False, server_default=sa.false()),
    Column("patient_name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("nhs_number", String(10), nullable=False),
    Column("what", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Column("practice_name", Text, nullable=False),
    Column("practice_ods", String(20), nullable=False),
    Column("by_name", Text, nullable=False),
    Column("contact_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("accepted_at", Moment),
    Column("matched_at", Moment),
    Column("settled_at", Moment),  # when a person last did something about it
    Column("message_id", String(80), unique=True),
    Column("sender_reference", String(80), unique=True),
    Index("notification_by_duty", "state", "need", "contact_at"),
    Index("notification_by_nhs_number", "nhs_number", "id"),
    Index("notification_by_batch", "batch", "id"),
    # Every order of the list. What never changes of a row stands in them too, for the filters.
    Index(
        "notification_by_contact", "contact_at", "id", "kind", "what", "name_key", "practice_name", "by_name"
    ),
    Index("notification_by_name", "name_key", "id", "kind", "what", "contact_at"),
    Index("notification_by_what", "what", "id", "kind", "contact_at", "name_key", "practice_name", "by_name"),
    Index("notification_by_practice", "practice_name", "id", "kind", "what", "contact_at"),
    Index("notification_by_person", "by_name", "id", "kind", "what", "contact_at"),
    Index("notification_by_state", "state", "id", "kind"),
    # A filter and every order in it.
    Index(
        "notification_by_state_and_contact",
        *("state", "contact_at", "id", "outcome", "withdrawal", "what", "batch"),  # for what Today counts
    ),
    Index("notification_by_state_and_name", "state", "name_key", "id"),
    Index("notification_by_state_and_what", "state", "what", "id"),
    Index("notification_by_state_and_practice", "state", "practice_name", "id"),
    Index("notification_by_state_and_person", "state", "by_name", "id"),
    Index("notification_by_what_and_contact", "what", "contact_at", "id"),
    Index("notification_by_kind", "kind", "id"),
    Index("notification_by_kind_and_what", "kind", "what", "id"),
    sqlite_autoincrement=True,
)
_IN_NEED = notification.c.need > sa.literal_column("0")
"""Rows that need a person; with the number itself, because with a bound one its index is not used.

Where SQLite may choose, it takes another index and reads all rows: :data:`AMONG_IN_NEED` does not let it.
"""
Index(
    "notification_in_need",
    *(
        notification.c[name]
        for name in (
            "id",
            "need",
            "kind",
            "what",
            "contact_at",
            "name_key",
            "practice_name",
            "by_name",
            "state",
        )
    ),
    sqlite_where=_IN_NEED,
)
AMONG_IN_NEED = "notification INDEXED BY notification_in_need WHERE need > 0"
"""SQL: the rows that need a person, by their index alone."""

payload = Table(
    "payload",
    metadata,
    Column("notification_id", ForeignKey("notification.id"), primary_key=True),
    Column("record_json", Text, nullable=False),
    Column("answers", Text),  # of the form, as typed: a correction begins from them
    Column("edition", String(80)),
    Column("body", LargeBinary),  # zlib; the bytes that go out are these, inflated
    Column("sha256", String(64)),
    Column("subject", Text),
    Column("bundle_id", String(80)),
    Column("document_id", String(80)),
    Column("composition_id", String(80)),
    Column("made_at", Moment, nullable=False),
)

owed = Table(  # answers that a response asked for
    "owed",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("inbox_id", ForeignKey("inbox.mesh_id"), nullable=False, unique=True),
    Column("notification_id", ForeignKey("notification.id"), nullable=False),
    Column("workflow", String(80), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("state", Word(State), nullable=False),
    Index("owed_by_state", "state", "id"),
)

sending = Table(
    "sending",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("notification_id", ForeignKey("notification.id"), index=True),
    Column("owed_id", ForeignKey("owed.id"), index=True),
    Column("latest", Boolean, nullable=False),
    Column("local_id", String(300), nullable=False, unique=True),
    Column("address", Text, nullable=False),
    Column("mesh_id", String(80), index=True),
    Column("attempts", Integer, nullable=False),
    Column("posted_at", Moment),
    Column("not_before", Moment),
    Column("tracked_at", Moment),
    Column("recipient", Text, nullable=False, server_default=""),  # the mailbox that MESH names for it
    sa.CheckConstraint("(notification_id IS NULL) <> (owed_id IS NULL)", name="sending_of_one"),
)

event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("notification_id", ForeignKey("notification.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("happening", String(40), nullable=False),
    Column("state", Word(State), nullable=False),
    Column("by_id", ForeignKey("person.id")),
    Column("by_name", Text, nullable=False),
    Column("code", String(80), nullable=False),
    Column("note", Text, nullable=False),
    Index("event_by_time", "at"),
    sqlite_autoincrement=True,
)

inbox = Table(
    "inbox",
    metadata,
    Column("mesh_id", String(80), primary_key=True),
    Column("kind", Word(ItemKind), nullable=False),
    Column("workflow", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("local_id", Text, nullable=False),
    Column("linked_id", Text, nullable=False),
    Column("status_code", Text, nullable=False),
    Column("status_text", Text, nullable=False),
    Column("received_at", Moment),
    Column("kept_at", Moment, nullable=False),
    Column("notification_id", ForeignKey("notification.id"), index=True),
    Column("matched", Boolean, nullable=False),
    Column("acknowledged_at", Moment),
    Column("applied_at", Moment),
    Column("trouble", Text, nullable=False),
    Column("doubt", Word(Doubt), nullable=False, server_default=""),
    Column("about_id", Integer),  # the notification that it names or hints at
    Column("reading", Text),  # what it says, where it does not count by itself
    Column("settled_at", Moment),  # when a person did something about it
    Index("inbox_by_kind", "kind", "kept_at"),
)
Index("inbox_for_a_person", inbox.c.kept_at, sqlite_where=(inbox.c.doubt != sa.literal_column("''")))
Index("inbox_not_applied", inbox.c.mesh_id, sqlite_where=inbox.c.applied_at.is_(None))
Index("inbox_not_acknowledged", inbox.c.mesh_id, sqlite_where=inbox.c.acknowledged_at.is_(None))
