"""Incidents, each with the acts on it, of which nothing is changed and everything is sealed."""

import sqlalchemy as sa
from alembic import op

from digmed_desktop.history.migrations.append_only import protect

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table of acts."""
    op.create_table(
        "incident_act",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incident_act.id")),
        sa.Column("notification_id", sa.Integer()),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
    )
    op.create_index("incident_act_by_notification", "incident_act", ["notification_id"])
    protect("incident_act")
