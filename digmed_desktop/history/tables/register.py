"""The table of the register of emergency supplies, and of the medicines the pharmacy has supplied before."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from digmed_desktop.history.tables.columns import Moment, Word, metadata
from digmed_desktop.messaging.register import EntryKind

register = Table(
    "register",
    metadata,
    Column("number", Integer, primary_key=True),  # from 1, without gaps
    Column("kind", Word(EntryKind), nullable=False),
    Column("about", ForeignKey("register.number"), index=True),
    Column("notification_id", ForeignKey("notification.id"), index=True),
    Column("entered_at", Moment, nullable=False),
    Column("by_id", ForeignKey("person.id")),
    Column("by_name", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("key_id", String(16), nullable=False),
    Column("before", String(64), nullable=False),  # the seal of the entry before
    Column("mac", String(64), nullable=False),
)

medicine_used = Table(
    "medicine_used",
    metadata,
    Column("name_key", Text, primary_key=True),
    Column("product", Text, nullable=False),
    Column("used_at", Moment, nullable=False),
    Index("medicine_used_by_time", "used_at"),
)
