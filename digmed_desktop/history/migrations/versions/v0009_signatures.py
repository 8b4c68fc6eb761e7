"""Records that wait for the signature of the clinician they name, and what was sent on a clinician's behalf."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the columns; nothing that was recorded before waits for anybody."""
    op.add_column("notification", sa.Column("signer_id", sa.Integer()))
    op.add_column("notification", sa.Column("once_signed", sa.String(40)))
    op.add_column(
        "notification", sa.Column("on_behalf", sa.Boolean(), nullable=False, server_default=sa.false())
    )
