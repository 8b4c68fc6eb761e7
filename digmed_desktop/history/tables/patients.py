"""The patients that this pharmacy has seen."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from digmed_desktop.history.tables.columns import Moment, metadata

patient = Table(
    "patient",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("nhs_number", String(10), nullable=False),
    Column("family", Text, nullable=False),
    Column("given", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("born", String(10), nullable=False),  # YYYY-MM-DD, or ""
    Column("answers", Text, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Index("patient_by_nhs_number", "nhs_number"),
    Index("patient_by_name", "name_key"),
    Index("patient_by_birth", "born"),
    Index("patient_by_last_seen", "seen_at", "name_key"),
)
