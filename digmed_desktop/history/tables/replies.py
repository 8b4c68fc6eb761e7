"""People's decisions about answers that did not count by themselves, and practices that refuse this pharmacy."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from digmed_desktop.history.tables.columns import Moment, Word, metadata
from digmed_desktop.messaging.replies import ReplyAct

reply_act = Table(
    "reply_act",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("inbox_id", ForeignKey("inbox.mesh_id"), nullable=False, index=True),
    Column("act", Word(ReplyAct), nullable=False),
    Column("notification_id", ForeignKey("notification.id")),
    Column("by_id", ForeignKey("person.id"), nullable=False),
    Column("by_name", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("note", Text, nullable=False),
)

accepted_sender = Table(  # mailboxes that a person took for a practice's
    "accepted_sender",
    metadata,
    Column("practice_ods", String(20), primary_key=True),
    Column("mailbox", String(100), primary_key=True),
    Column("by_id", ForeignKey("person.id"), nullable=False),
    Column("at", Moment, nullable=False),
)

refusal = Table(  # what practices said that stops sending to them
    "refusal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("practice_ods", String(20), nullable=False),
    Column("practice_name", Text, nullable=False),
    Column("code", String(80), nullable=False),
    Column("said_at", Moment, nullable=False),
    Column("cleared_at", Moment),
    Index("refusal_by_practice", "practice_ods", "cleared_at"),
)
