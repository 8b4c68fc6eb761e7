"""The audit of what people did beside recording, in which nothing is changed and every row is sealed."""

import sqlalchemy as sa
from alembic import op

from digmed_desktop.history.migrations.append_only import protect

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("about", sa.Integer(), sa.ForeignKey("notification.id")),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), sa.ForeignKey("person.id")),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
    )
    protect("audit")
