"""The sealed chain over events, messages and answers; the store seals what it finds when it next opens the file."""

import sqlalchemy as sa
from alembic import op

from digmed_desktop.history.migrations.append_only import protect

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table of links, in which nothing may change."""
    op.create_table(
        "link",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("mac", sa.LargeBinary(32), nullable=False),
    )
    protect("link")
