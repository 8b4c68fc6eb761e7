"""Data that ages: when each file of rules was checked, by whom, and by which day someone must look again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from digmed_desktop.clinical.dates import shown
from digmed_desktop.clinical.table_text import table
from digmed_desktop.data_files.fault import DataFileError
from digmed_desktop.data_files.source import OWN

BROUGHT, OWN_FILE = ", from the folder of newer files", ", comes with the program"
TOPIC = "data-files"
TITLE = "Data and when it was checked"
FOLDERS = ("programmes", "rules", "law", "medicines", "applicability", "retention", "incidents")
"""The folders whose files hold what sources say of the world, which changes."""


@dataclass(frozen=True, slots=True)
class Review:
    """When one file was checked. ``name`` is that of the file, ``title`` what people call it."""

    name: str
    title: str
    checked_on: date
    checked_by: str
    look_again_by: date

    def is_due(self, today: date) -> bool:
        """Whether the day by which someone must look again has passed."""
        return today > self.look_again_by


def reviews() -> tuple[Review, ...]:
    """Return the review of every file that has one, the earliest due first; a file with a fault is left out."""
    found = (_review(name) for folder in FOLDERS for name in OWN.names(folder))
    return tuple(sorted(filter(None, found), key=lambda one: (one.look_again_by, one.name)))


def notices(today: date) -> tuple[str, ...]:
    """Return what the banner says of files that are past their day: one sentence, or nothing."""
    due = [one for one in reviews() if one.is_due(today)]
    if not due:
        return ()
    first = f"{due[0].title}: nobody checked this data again by {shown(due[0].look_again_by)}"
    more = f", nor {len(due) - 1} more by {'its day' if len(due) == 2 else 'their days'}" if due[1:] else ""
    return (
        f"{first}{more}. Check its sources before you rely on it. Help lists all data under Rules and sources.",
    )


def text(today: date | None = None) -> str:
    """Return the table of the help: each file with its days; ``today`` marks those that are due."""
    rows = (
        (
            f"{one.title} ({one.name}){BROUGHT if OWN.is_brought(one.name) else OWN_FILE}",
            f"{shown(one.checked_on)}, {one.checked_by}",
            f"{shown(one.look_again_by)}{'. **This day has passed.**' if today and one.is_due(today) else ''}",
        )
        for one in reviews()
    )
    return f"# {TITLE}\n\n{_LEAD}\n{table(('Data', 'Checked', 'To be checked again by'), rows)}"


def of_files(names: Sequence[str]) -> str:
    """Return when files and folders were checked, in a sentence; ``""`` where none of them says it."""
    mine = [
        one
        for one in reviews()
        if one.name.startswith(tuple(f"{name}{end}" for name in names for end in "/."))
    ]
    if not mine:
        return ""
    first = min(one.checked_on for one in mine)
    return f"Data checked on {shown(first)}; someone must check it again by {shown(mine[0].look_again_by)}."


_LEAD = (
    "Programmes, rules and law change. Each file says when someone checked it against its sources, "
    "and when the next check is due. After that day the program keeps using it and the banner says "
    "so.\n"
)


def _review(name: str) -> Review | None:
    try:
        raw = OWN.raw(name)
    except DataFileError:
        return None
    checked, again = raw.get("checked_on"), raw.get("look_again_by")
    if not isinstance(checked, date) or not isinstance(again, date):
        return None
    return Review(name, _title(name, raw.get("name")), checked, str(raw.get("checked_by", "")), again)


def _title(name: str, called: object) -> str:
    """Return what a file is called: a programme by its name, a file of rules by folder and name."""
    if isinstance(called, str):
        return called
    folder, _, stem = name.removesuffix(".toml").partition("/")
    return f"{folder.capitalize()}: {stem.replace('-', ' ')}"
