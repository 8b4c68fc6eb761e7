"""Acts of people that no other record holds: signing in, looking, printing, exporting, settings and the like."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from digmed_desktop.history.tables.columns import Moment, metadata

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("act", String(40), nullable=False),
    Column("about", ForeignKey("notification.id")),
    Column("note", Text, nullable=False),
    Column("by_id", ForeignKey("person.id")),
    Column("by_name", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
