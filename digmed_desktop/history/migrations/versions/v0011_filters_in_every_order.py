"""Indexes with which a list of a million is filtered, sorted and counted without reading all of it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_OF_NOTIFICATIONS = {
    "notification_by_contact": ["contact_at", "id", "kind", "what", "name_key", "practice_name", "by_name"],
    "notification_by_name": ["name_key", "id", "kind", "what", "contact_at"],
    "notification_by_what": ["what", "id", "kind", "contact_at", "name_key", "practice_name", "by_name"],
    "notification_by_practice": ["practice_name", "id", "kind", "what", "contact_at"],
    "notification_by_person": ["by_name", "id", "kind", "what", "contact_at"],
    "notification_by_state": ["state", "id", "kind"],
    "notification_by_state_and_contact": [
        *("state", "contact_at", "id", "outcome", "withdrawal", "what", "batch"),
    ],
    "notification_by_state_and_name": ["state", "name_key", "id"],
    "notification_by_state_and_what": ["state", "what", "id"],
    "notification_by_state_and_practice": ["state", "practice_name", "id"],
    "notification_by_state_and_person": ["state", "by_name", "id"],
    "notification_by_what_and_contact": ["what", "contact_at", "id"],
    "notification_by_kind": ["kind", "id"],
    "notification_by_kind_and_what": ["kind", "what", "id"],
}
_WIDER = ("contact", "name", "what", "practice", "person", "state")
_IN_NEED = ["id", "need", "kind", "what", "contact_at", "name_key", "practice_name", "by_name", "state"]


def upgrade() -> None:
    """Make the indexes; those that grow wider are made anew."""
    for name in _WIDER:
        op.drop_index(f"notification_by_{name}", "notification")
    for name, columns in _OF_NOTIFICATIONS.items():
        op.create_index(name, "notification", columns)
    op.drop_index("notification_in_need", "notification")
    op.create_index("notification_in_need", "notification", _IN_NEED, sqlite_where=sa.text("need > 0"))
    op.create_index("inbox_by_kind", "inbox", ["kind", "kept_at"])
    op.create_index("word_of_notification", "word", ["notification_id", "word"])
