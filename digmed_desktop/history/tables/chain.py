"""The links of the sealed chain."""

from sqlalchemy import Column, Integer, LargeBinary, String, Table, Text

from digmed_desktop.history.tables.columns import Moment, metadata

link = Table(
    "link",
    metadata,
    Column("number", Integer, primary_key=True),  # from 1, without gaps
    Column("kind", String(20), nullable=False),  # a table whose row is sealed, or what else is said
    Column("subject", Text, nullable=False),  # the key of the row; "" where there is none
    Column("at", Moment, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),  # SHA-256 of the row as it was recorded
    Column("note", Text, nullable=False),  # JSON of what no row says, or ""
    Column("mac", LargeBinary(32), nullable=False),  # HMAC over the link and the seal of the one before
)
