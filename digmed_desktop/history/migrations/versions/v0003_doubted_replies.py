"""Add answers in doubt, people's acts about them, and practices that refuse this pharmacy."""

import sqlalchemy as sa
from alembic import op

from digmed_desktop.history.migrations.append_only import protect

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns and tables. What was left unmatched has no doubt yet: it is read once more."""
    op.add_column("sending", sa.Column("recipient", sa.Text(), nullable=False, server_default=""))
    op.add_column("inbox", sa.Column("doubt", sa.String(40), nullable=False, server_default=""))
    for name, type_ in (
        ("about_id", sa.Integer()),
        ("reading", sa.Text()),
        ("settled_at", sa.String(27)),
    ):
        op.add_column("inbox", sa.Column(name, type_))
    op.create_index("inbox_for_a_person", "inbox", ["kept_at"], sqlite_where=sa.text("doubt != ''"))
    op.create_table(
        "reply_act",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("inbox_id", sa.String(80), sa.ForeignKey("inbox.mesh_id"), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("notification_id", sa.Integer(), sa.ForeignKey("notification.id")),
        sa.Column("by_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
    )
    op.create_index("ix_reply_act_inbox_id", "reply_act", ["inbox_id"])
    protect("reply_act")
    op.create_table(
        "accepted_sender",
        sa.Column("practice_ods", sa.String(20), primary_key=True),
        sa.Column("mailbox", sa.String(100), primary_key=True),
        sa.Column("by_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
    )
    op.create_table(
        "refusal",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("practice_ods", sa.String(20), nullable=False),
        sa.Column("practice_name", sa.Text(), nullable=False),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("said_at", sa.String(27), nullable=False),
        sa.Column("cleared_at", sa.String(27)),
    )
    op.create_index("refusal_by_practice", "refusal", ["practice_ods", "cleared_at"])
