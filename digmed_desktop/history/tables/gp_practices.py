"""The imported list of GP practices."""

from sqlalchemy import Column, Integer, String, Table, Text

from digmed_desktop.history.tables.columns import metadata

gp_practice = Table(
    "gp_practice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ods_code", String(20), nullable=False, unique=True),
    Column("name_key", Text, nullable=False),
    Column("closed", String(10), nullable=False),  # YYYY-MM-DD, "closed" without a known day, or ""
    Column("successor", String(20), nullable=False),
)

gp_practice_detail = Table(  # apart, so that what a search sorts stays small
    "gp_practice_detail",
    metadata,
    Column("practice_id", Integer, primary_key=True),
    Column("organisation", Text, nullable=False),
)

gp_practice_word = Table(  # the words of name and town, the code and the postcode, each with its practice
    "gp_practice_word",
    metadata,
    Column("word", Text, primary_key=True),
    Column("practice_id", Integer, primary_key=True),
    sqlite_with_rowid=False,
)
