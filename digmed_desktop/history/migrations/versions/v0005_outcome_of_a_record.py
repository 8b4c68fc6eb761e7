"""The row of a notification says given, not given, supplied or not supplied."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column, and fill it from the records."""
    op.add_column("notification", sa.Column("outcome", sa.String(40), nullable=False, server_default=""))
    op.execute(
        """
        UPDATE notification SET outcome = coalesce((
          SELECT CASE notification.kind
            WHEN 'DIGMED_EMG_MED' THEN CASE json_extract(record_json, '$.record.supplied')
              WHEN 1 THEN 'supplied' WHEN 0 THEN 'not-supplied' ELSE '' END
            ELSE CASE json_extract(record_json, '$.record.immunizations[0].given')
              WHEN 1 THEN 'given' WHEN 0 THEN 'not-given' ELSE '' END
          END FROM payload WHERE payload.notification_id = notification.id AND json_valid(record_json)
        ), '')
        """
    )
