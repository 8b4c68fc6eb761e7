"""The table of periods, the holds and the preview in words; no patient is named."""

from collections import Counter
from collections.abc import Iterator

from digmed_desktop.clinical import dates
from digmed_desktop.clinical.retention_file import PeriodRow, SourceRow
from digmed_desktop.desk.retention import BACKUPS, RetentionDesk

_READ = {True: "text read", False: "text not read"}
_MARKS = {"S": "a source that can be looked up", "G": "general knowledge, no source read"}


def told(desk: RetentionDesk) -> Iterator[str]:
    """Yield the lines that say how retention stands."""
    table = desk.table()
    for row in table.rows.values():
        yield from _of_kind(row)
    confirmed = desk.confirmed()
    if confirmed is None:
        yield "No manager has confirmed this table: nothing is removed."
    else:
        yield f"{confirmed.by} confirmed this table on {dates.shown_time(confirmed.at)}."
    for hold in desk.holds():
        what = f"batch {hold.batch}" if hold.batch else "a patient"
        placed = f"{dates.shown_time(hold.placed_at)} by {hold.placed_by}"
        yield f"Hold {hold.id} on {what}, {hold.reason.value}, since {placed}: {hold.note}"
    yield from _of_preview(desk)


def _of_kind(row: PeriodRow) -> Iterator[str]:
    yield f"{row.label}: {'kept as long as the longest of these asks' if row.removed else row.why_kept}"
    for one in row.source:
        yield f"    {_period(one)}: {one.what}. {one.source} ({_MARKS[one.confidence]}; {_READ[one.read]})"


def _period(one: SourceRow) -> str:
    years = f"{one.years} years from the last contact"
    if one.birthday is None:
        return years
    return f"{years}, and to the {one.birthday}th birthday ({one.birthday_if_17}th of a patient who was 17)"


def _of_preview(desk: RetentionDesk) -> Iterator[str]:
    table, seen = desk.table(), desk.preview()
    if not seen.due and not seen.stays:
        yield "The time of no record is over."
        return
    for kind, count in sorted(Counter(one.kind for one in seen.due).items()):
        days = [one.until for one in seen.due if one.kind is kind]
        span = f"kept until {dates.shown(min(days))} to {dates.shown(max(days))}"
        yield f"Over: {count} of {table.rows[kind].label}, {span}."
    numbers = ", ".join(str(number) for one in seen.due for number in one.ids)
    if numbers:
        yield f"Numbers of these notifications: {numbers}."
        yield BACKUPS
    for why, count in sorted(seen.stays.items()):
        yield f"Over, but {count} stay: {why}."
