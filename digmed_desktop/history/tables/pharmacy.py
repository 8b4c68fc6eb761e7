"""The pharmacy: its settings, its people, the forms they have begun, the practices they wrote to."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text

from digmed_desktop.history.tables.columns import Moment, metadata

profile = Table(
    "profile", metadata, Column("key", String(80), primary_key=True), Column("value", Text, nullable=False)
)

person = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("professional", Text, nullable=False),
    Column("pin_hash", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("failed_tries", Integer, nullable=False),
    Column("locked_until", Moment),
)

draft = Table(
    "draft",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("form", String(80), nullable=False),
    Column("answers", Text, nullable=False),
    Column("begun_by", ForeignKey("person.id")),
    Column("changed_by", ForeignKey("person.id")),
    Column("changed_at", Moment, nullable=False),
)

practice = Table(
    "practice",
    metadata,
    Column("ods_code", String(20), primary_key=True),
    Column("search_key", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("used_at", Moment, nullable=False),
)
