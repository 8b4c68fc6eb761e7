"""The table of periods, the holds and the preview in words; no patient is named."""

from collections import Counter
from collections.abc import Iterator

from digmed_desktop.clinical import dates
from digmed_desktop.clinical.retention import Periods
from digmed_desktop.clinical.retention_file import PeriodRow, SourceRow
from digmed_desktop.desk.views.retention import BACKUPS, PeriodView, Preview, SourceLine
from digmed_desktop.messaging.retention import Hold

_READ = {True: "text read", False: "text not read"}
_MARKS = {"S": "a source that can be looked up", "G": "general knowledge, no source read"}
_LONGEST = "kept as long as the longest of these asks"


def periods(table: Periods) -> tuple[PeriodView, ...]:
    """Return the table, each kind with its sources and their marks."""
    return tuple(_period(row) for row in table.rows.values())


def whose(hold: Hold) -> str:
    """Return what a hold is about, without naming a patient."""
    if hold.is_unreadable:
        return "every record, as it cannot be read"
    return f"batch {hold.batch}" if hold.batch else "a patient"


def line_of(hold: Hold) -> str:
    """Return a hold in one line, without naming a patient."""
    if hold.reason is None or hold.placed_at is None:
        return f"Hold {hold.id} on {whose(hold)}"
    placed = f"{dates.shown_time(hold.placed_at)} by {hold.placed_by}"
    return f"Hold {hold.id} on {whose(hold)}, {hold.reason.value}, since {placed}"


def preview_lines(preview: Preview, table: Periods) -> Iterator[str]:
    """Yield what would go today, and what stays although its time is over."""
    if preview.doubt:
        yield preview.doubt
    if not preview.due and not preview.stays:
        yield "No record is past its retention period."
        return
    for kind, count in sorted(Counter(one.kind for one in preview.due).items()):
        days = [one.until for one in preview.due if one.kind is kind]
        span = f"kept until {dates.shown(min(days))} to {dates.shown(max(days))}"
        yield f"Over: {count} of {table.rows[kind].label}, {span}."
    numbers = ", ".join(str(number) for one in preview.due for number in one.ids)
    if numbers:
        yield f"Numbers of these notifications: {numbers}."
        yield BACKUPS
    for why, count in sorted(preview.stays.items()):
        yield f"Over, but {count} stay: {why}."


def _period(row: PeriodRow) -> PeriodView:
    sources = tuple(
        SourceLine(_asked(row, one), one.what, one.source, f"{_MARKS[one.confidence]}; {_READ[one.read]}")
        for one in row.source
    )
    return PeriodView(row.label, _LONGEST if row.removed else str(row.why_kept), sources)


def _asked(row: PeriodRow, one: SourceRow) -> str:
    years = f"{one.years} year{'s' if one.years > 1 else ''} from {row.counts_from}"
    if one.birthday is None:
        return years
    return f"{years}, and to the {one.birthday}th birthday ({one.birthday_if_17}th of a patient who was 17)"
