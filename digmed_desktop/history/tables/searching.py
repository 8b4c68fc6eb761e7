"""The words under which notifications are found."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from digmed_desktop.history.tables.columns import metadata

word = Table(
    "word",
    metadata,
    Column("word", Text, primary_key=True),
    Column("notification_id", ForeignKey("notification.id"), primary_key=True),
    Index("word_of_notification", "notification_id", "word"),
    sqlite_with_rowid=False,
)

named = Table(  # the few practices, people and vaccines that notifications name
    "named",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("role", String(20), nullable=False),
    Column("name", Text, nullable=False),
    Column("search_key", Text, nullable=False),
    Index("named_once", "role", "name", unique=True),
)
