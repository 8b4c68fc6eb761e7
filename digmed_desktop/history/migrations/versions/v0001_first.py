"""The schema as the program had it before the first change: 20 tables, of which three are append-only."""

import sqlalchemy as sa
from alembic import op

from digmed_desktop.history.migrations.append_only import protect
from digmed_desktop.history.migrations.version import APPLICATION_ID

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table, index and trigger, and mark the file as this program's."""
    _tables()
    _indexes()
    for table in ("event", "payload", "register"):
        protect(table)
    op.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _tables() -> None:
    op.create_table(
        "gp_practice",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("ods_code", sa.String(20), unique=True, nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("closed", sa.String(10), nullable=False),
        sa.Column("successor", sa.String(20), nullable=False),
    )
    op.create_table(
        "gp_practice_detail",
        sa.Column("practice_id", sa.Integer(), primary_key=True),
        sa.Column("organisation", sa.Text(), nullable=False),
    )
    op.create_table(
        "gp_practice_word",
        sa.Column("word", sa.Text(), primary_key=True),
        sa.Column("practice_id", sa.Integer(), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "medicine_used",
        sa.Column("name_key", sa.Text(), primary_key=True),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("used_at", sa.String(27), nullable=False),
    )
    op.create_table(
        "named",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
    )
    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("token", sa.String(80), unique=True, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("need", sa.Integer(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("corrects", sa.Integer(), sa.ForeignKey("notification.id")),
        sa.Column("replaces", sa.Integer(), sa.ForeignKey("notification.id")),
        sa.Column("withdrawal", sa.Boolean(), nullable=False),
        sa.Column("patient_name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("nhs_number", sa.String(10), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("practice_name", sa.Text(), nullable=False),
        sa.Column("practice_ods", sa.String(20), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("contact_at", sa.String(27), nullable=False),
        sa.Column("changed_at", sa.String(27), nullable=False),
        sa.Column("sent_at", sa.String(27)),
        sa.Column("accepted_at", sa.String(27)),
        sa.Column("matched_at", sa.String(27)),
        sa.Column("settled_at", sa.String(27)),
        sa.Column("message_id", sa.String(80), unique=True),
        sa.Column("sender_reference", sa.String(80), unique=True),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "patient",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("nhs_number", sa.String(10), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("born", sa.String(10), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.String(27), nullable=False),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("professional", sa.Text(), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failed_tries", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.String(27)),
    )
    op.create_table(
        "practice",
        sa.Column("ods_code", sa.String(20), primary_key=True),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("used_at", sa.String(27), nullable=False),
    )
    op.create_table(
        "profile",
        sa.Column("key", sa.String(80), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("form", sa.String(80), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("begun_by", sa.Integer(), sa.ForeignKey("person.id")),
        sa.Column("changed_by", sa.Integer(), sa.ForeignKey("person.id")),
        sa.Column("changed_at", sa.String(27), nullable=False),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("notification_id", sa.Integer(), sa.ForeignKey("notification.id"), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("happening", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("by_id", sa.Integer(), sa.ForeignKey("person.id")),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "inbox",
        sa.Column("mesh_id", sa.String(80), primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("local_id", sa.Text(), nullable=False),
        sa.Column("linked_id", sa.Text(), nullable=False),
        sa.Column("status_code", sa.Text(), nullable=False),
        sa.Column("status_text", sa.Text(), nullable=False),
        sa.Column("received_at", sa.String(27)),
        sa.Column("kept_at", sa.String(27), nullable=False),
        sa.Column("notification_id", sa.Integer(), sa.ForeignKey("notification.id")),
        sa.Column("matched", sa.Boolean(), nullable=False),
        sa.Column("acknowledged_at", sa.String(27)),
        sa.Column("applied_at", sa.String(27)),
        sa.Column("trouble", sa.Text(), nullable=False),
    )
    op.create_table(
        "payload",
        sa.Column("notification_id", sa.Integer(), sa.ForeignKey("notification.id"), primary_key=True),
        sa.Column("record_json", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text()),
        sa.Column("edition", sa.String(80)),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("sha256", sa.String(64)),
        sa.Column("subject", sa.Text()),
        sa.Column("bundle_id", sa.String(80)),
        sa.Column("document_id", sa.String(80)),
        sa.Column("composition_id", sa.String(80)),
        sa.Column("made_at", sa.String(27), nullable=False),
    )
    op.create_table(
        "register",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("about", sa.Integer(), sa.ForeignKey("register.number")),
        sa.Column("notification_id", sa.Integer(), sa.ForeignKey("notification.id")),
        sa.Column("entered_at", sa.String(27), nullable=False),
        sa.Column("by_id", sa.Integer(), sa.ForeignKey("person.id")),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("before", sa.String(64), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
    )
    op.create_table(
        "stock_batch",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("programme", sa.String(80), nullable=False),
        sa.Column("product", sa.String(80), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("expiry", sa.String(10), nullable=False),
        sa.Column("use_before", sa.String(10), nullable=False),
        sa.Column("gtin", sa.String(14), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), sa.ForeignKey("person.id")),
        sa.Column("at", sa.String(27), nullable=False),
        sa.UniqueConstraint("product", "number", "expiry"),
    )
    op.create_table(
        "stock_product",
        sa.Column("gtin", sa.String(14), primary_key=True),
        sa.Column("programme", sa.String(80), nullable=False),
        sa.Column("product", sa.String(80), nullable=False),
        sa.Column("by_id", sa.Integer(), sa.ForeignKey("person.id")),
        sa.Column("at", sa.String(27), nullable=False),
    )
    op.create_table(
        "word",
        sa.Column("word", sa.Text(), primary_key=True),
        sa.Column("notification_id", sa.Integer(), sa.ForeignKey("notification.id"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "owed",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("inbox_id", sa.String(80), sa.ForeignKey("inbox.mesh_id"), unique=True, nullable=False),
        sa.Column("notification_id", sa.Integer(), sa.ForeignKey("notification.id"), nullable=False),
        sa.Column("workflow", sa.String(80), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
    )
    op.create_table(
        "sending",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("notification_id", sa.Integer(), sa.ForeignKey("notification.id")),
        sa.Column("owed_id", sa.Integer(), sa.ForeignKey("owed.id")),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column("local_id", sa.String(300), unique=True, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("mesh_id", sa.String(80)),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("posted_at", sa.String(27)),
        sa.Column("not_before", sa.String(27)),
        sa.Column("tracked_at", sa.String(27)),
        sa.CheckConstraint("(notification_id IS NULL) <> (owed_id IS NULL)", name="sending_of_one"),
    )


def _indexes() -> None:
    op.create_index("medicine_used_by_time", "medicine_used", ["used_at"])
    op.create_index("named_once", "named", ["role", "name"], unique=True)
    op.create_index("ix_notification_corrects", "notification", ["corrects"])
    op.create_index("ix_notification_replaces", "notification", ["replaces"])
    op.create_index("notification_by_batch", "notification", ["batch", "id"])
    op.create_index("notification_by_contact", "notification", ["contact_at", "id"])
    op.create_index("notification_by_duty", "notification", ["state", "need", "contact_at"])
    op.create_index("notification_by_name", "notification", ["name_key", "id"])
    op.create_index("notification_by_nhs_number", "notification", ["nhs_number", "id"])
    op.create_index("notification_by_person", "notification", ["by_name", "id"])
    op.create_index("notification_by_practice", "notification", ["practice_name", "id"])
    op.create_index("notification_by_state", "notification", ["state", "id"])
    op.create_index("notification_by_what", "notification", ["what", "id"])
    op.create_index("notification_in_need", "notification", ["id"], sqlite_where=sa.text("need > 0"))
    op.create_index("patient_by_birth", "patient", ["born"])
    op.create_index("patient_by_name", "patient", ["name_key"])
    op.create_index("patient_by_nhs_number", "patient", ["nhs_number"])
    op.create_index("event_by_time", "event", ["at"])
    op.create_index("ix_event_notification_id", "event", ["notification_id"])
    op.create_index(
        "inbox_not_acknowledged", "inbox", ["mesh_id"], sqlite_where=sa.text("acknowledged_at IS NULL")
    )
    op.create_index("inbox_not_applied", "inbox", ["mesh_id"], sqlite_where=sa.text("applied_at IS NULL"))
    op.create_index("ix_inbox_notification_id", "inbox", ["notification_id"])
    op.create_index("ix_register_about", "register", ["about"])
    op.create_index("ix_register_notification_id", "register", ["notification_id"])
    op.create_index("owed_by_state", "owed", ["state", "id"])
    op.create_index("ix_sending_mesh_id", "sending", ["mesh_id"])
    op.create_index("ix_sending_notification_id", "sending", ["notification_id"])
    op.create_index("ix_sending_owed_id", "sending", ["owed_id"])
