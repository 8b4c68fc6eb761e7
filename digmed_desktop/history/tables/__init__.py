"""Every table as the newest version of the schema has it. A change here needs a step in ``migrations``."""

from digmed_desktop.history.tables.access import access_act
from digmed_desktop.history.tables.audit import audit
from digmed_desktop.history.tables.chain import link
from digmed_desktop.history.tables.columns import AnyRow, Moment, Number, Word, metadata, moment
from digmed_desktop.history.tables.gp_practices import gp_practice, gp_practice_detail, gp_practice_word
from digmed_desktop.history.tables.incidents import incident_act
from digmed_desktop.history.tables.notifications import (
    AMONG_IN_NEED,
    event,
    inbox,
    notification,
    owed,
    payload,
    sending,
)
from digmed_desktop.history.tables.patients import patient
from digmed_desktop.history.tables.pgds import pgd_act
from digmed_desktop.history.tables.pharmacy import draft, person, practice, profile
from digmed_desktop.history.tables.register import medicine_used, register
from digmed_desktop.history.tables.replies import accepted_sender, refusal, reply_act
from digmed_desktop.history.tables.searching import named, word
from digmed_desktop.history.tables.stock import stock_batch, stock_product

UNCHANGEABLE = (
    "access_act", "audit", "event", "incident_act", "link", "payload", "pgd_act", "register", "reply_act",
)  # fmt: skip
"""Tables in which nothing is ever changed or deleted: triggers refuse it."""

__all__ = [
    "AMONG_IN_NEED",
    "UNCHANGEABLE",
    "AnyRow",
    "Moment",
    "Number",
    "Word",
    "accepted_sender",
    "access_act",
    "audit",
    "draft",
    "event",
    "gp_practice",
    "gp_practice_detail",
    "gp_practice_word",
    "inbox",
    "incident_act",
    "link",
    "medicine_used",
    "metadata",
    "moment",
    "named",
    "notification",
    "owed",
    "patient",
    "payload",
    "person",
    "pgd_act",
    "practice",
    "profile",
    "refusal",
    "register",
    "reply_act",
    "sending",
    "stock_batch",
    "stock_product",
    "word",
]
