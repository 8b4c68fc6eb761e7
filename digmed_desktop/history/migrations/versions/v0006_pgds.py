"""The register of patient group directions, in which nothing is changed and every act is sealed."""

import sqlalchemy as sa
from alembic import op

from digmed_desktop.history.migrations.append_only import protect

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table of acts."""
    op.create_table(
        "pgd_act",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("about", sa.Integer(), sa.ForeignKey("pgd_act.id")),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
    )
    protect("pgd_act")
