"""As what people work here: manager, or until which day."""

import sqlalchemy as sa
from alembic import op

from digmed_desktop.history.migrations.append_only import protect

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table of acts."""
    op.create_table(
        "access_act",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("manager", sa.Boolean(), nullable=False),
        sa.Column("until", sa.String(10)),
        sa.Column("why", sa.String(40), nullable=False),
        sa.Column("by_id", sa.Integer(), sa.ForeignKey("person.id")),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
    )
    protect("access_act")
