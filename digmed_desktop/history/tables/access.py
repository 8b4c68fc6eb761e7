"""As what people work here, as the acts that made it so."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text

from digmed_desktop.history.tables.columns import Moment, metadata

access_act = Table(
    "access_act",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("manager", Boolean, nullable=False),
    Column("until", String(10)),  # the last day of a locum, ISO
    Column("why", String(40), nullable=False),
    Column("by_id", ForeignKey("person.id")),  # none: the recovery phrase, or first run
    Column("by_name", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
"""The last act about a person holds; without one they are what their profession is here."""
