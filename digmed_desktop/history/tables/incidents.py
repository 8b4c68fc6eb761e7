"""Incidents, as the acts that made each of them."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from digmed_desktop.history.tables.columns import Moment, metadata

incident_act = Table(
    "incident_act",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("act", String(40), nullable=False),
    Column(
        "incident_id", ForeignKey("incident_act.id")
    ),  # the act that recorded it; none for that act itself
    Column("notification_id", Integer),  # stays where retention removes the notification
    Column("content", Text, nullable=False),  # JSON
    Column("by_id", ForeignKey("person.id"), nullable=False),
    Column("by_name", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("incident_act_by_notification", "notification_id"),
)
