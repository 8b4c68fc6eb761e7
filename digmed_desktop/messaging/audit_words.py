"""Word the acts of the audit, from ``resources/people/audit.toml``."""

import json
from typing import Any

from digmed_desktop.data_files.source import OWN
from digmed_desktop.messaging.audit import MISSING, AuditGroup, AuditLine, AuditRow
from digmed_desktop.messaging.event_words import words_of_event

FILE = "people/audit.toml"
_ACTS_IN_JSON = ("access-act", "incident-act", "pgd-act")
_SAID = {"begun": (), "found": (), "lost": ("why",), "removed": ("rule",), "retention": ("act", "reason")}
"""Links that say something themselves, and which parts of it people read."""


def line_of(row: AuditRow) -> AuditLine:
    """Return an act in words; where the file has a fault, its name alone."""
    table, key = (
        ("acts", row.act) if row.source == "audit" and row.act != MISSING else ("sources", row.source)
    )
    if row.act == MISSING:
        key = MISSING
    entry = OWN.at(FILE, table, key) or {}
    label = str(entry.get("label", row.act))
    if row.source == "event" and row.act != MISSING:
        label = words_of_event(row.act)
    group = AuditGroup(entry.get("group", AuditGroup.RECORDS))
    return AuditLine(row, label, group, _note(row))


def group_label(group: AuditGroup) -> str:
    """Return what a group of acts is called."""
    return str(OWN.at(FILE, "group_labels", group.value) or group.value)


def _note(row: AuditRow) -> str:
    """Return the note in words; those of some records are JSON."""
    if row.source in _ACTS_IN_JSON:
        parts = _parts(row.note)
        told = ", ".join(f"{key} {value}" for key, value in parts.items() if value not in (None, ""))
        return (f"{row.act}: {told}" if told else row.act) if parts else row.note
    if row.source in _SAID:
        parts = _parts(row.note)
        told = ", ".join(str(parts[key]) for key in _SAID[row.source] if parts.get(key))
        return ": ".join(part for part in (parts.get("subject", ""), told) if part)
    return row.note


def _parts(note: str) -> dict[str, Any]:
    try:
        return dict(json.loads(note))
    except (ValueError, TypeError):
        return {}
