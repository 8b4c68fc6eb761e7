"""Answers that a form begins with or leaves behind: when the contact was, and what is never carried over."""

from datetime import datetime

from digmed_desktop.clinical.dates import ENGLAND, as_answer

NOTES = "after.notes"
"""The question whose answer stays in this pharmacy."""
NEVER_CARRIED = frozenset({"patient.identity_checked", "patient.traced"})
"""Questions asked afresh even of the same patient."""


def contact_answers(at: datetime) -> dict[str, str]:
    """Return the answers that say when the contact was, by the clock of the counter."""
    local = at.astimezone(ENGLAND)
    return {
        "contact.date": as_answer(local),
        "contact.time": f"{local:%H:%M}",
    }
