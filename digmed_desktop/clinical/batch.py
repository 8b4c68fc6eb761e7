"""Batch numbers and expiry dates of a pack (GS1 General Specifications, AI 10 and AI 17)."""

import re
from calendar import monthrange
from datetime import date

MOST = 20
_SHAPE = re.compile(r"[A-Za-z0-9./-]+")


def sentence_about(typed: str) -> str | None:
    """Return what is wrong with a typed batch number and what to do, or None when it is right."""
    batch = typed.strip()
    if not batch:
        return "Enter the batch number."
    if not _SHAPE.fullmatch(batch):
        return "Enter the batch number without spaces: letters, digits, hyphens, full stops and slashes."
    if len(batch) < 2:
        return "Enter the whole batch number: it has at least 2 characters."
    if len(batch) > MOST:
        return f"Check the batch number: it has at most {MOST} characters, and this one has {len(batch)}."
    return None


def warning_about(typed: str) -> str | None:
    """Return what looks odd about a batch number, or None: makers' batches hold a digit."""
    batch = typed.strip()
    if batch and not any(sign.isdigit() for sign in batch):
        return "Check the batch number: it has no digit. Copy it from the pack."
    if len(batch) > 1 and len(set(batch)) == 1:
        return "Check the batch number: all its characters are the same. Copy it from the pack."
    return None


def last_day(year: int, month: int) -> date:
    """Return the day on which a pack marked with month and year only (day 00) can last be used."""
    return date(year, month, monthrange(year, month)[1])
