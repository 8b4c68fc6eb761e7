"""The pharmacy's vaccines and their batches."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from digmed_desktop.history.tables.columns import Moment, metadata

stock_product = Table(  # asked once of a person, then known
    "stock_product",
    metadata,
    Column("gtin", String(14), primary_key=True),
    Column("programme", String(80), nullable=False),
    Column("product", String(80), nullable=False),
    Column("by_id", ForeignKey("person.id")),
    Column("at", Moment, nullable=False),
)

stock_batch = Table(
    "stock_batch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("programme", String(80), nullable=False),
    Column("product", String(80), nullable=False),
    Column("number", Text, nullable=False),
    Column("expiry", String(10), nullable=False),
    Column("use_before", String(10), nullable=False),
    Column("gtin", String(14), nullable=False),
    Column("finished", Boolean, nullable=False),
    Column("by_id", ForeignKey("person.id")),
    Column("at", Moment, nullable=False),
    UniqueConstraint("product", "number", "expiry"),
)
