"""The register of patient group directions, as the acts that made it."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from digmed_desktop.history.tables.columns import Moment, metadata

pgd_act = Table(
    "pgd_act",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("act", String(40), nullable=False),
    Column("about", ForeignKey("pgd_act.id")),  # the act that entered the direction
    Column("content", Text, nullable=False),  # JSON
    Column("by_id", ForeignKey("person.id"), nullable=False),
    Column("by_name", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
