"""An index for the names of all patients, last seen first: without it each is read with its answers and sorted."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the index; it holds all that the list of names asks for."""
    op.create_index("patient_by_last_seen", "patient", ["seen_at", "name_key"])
