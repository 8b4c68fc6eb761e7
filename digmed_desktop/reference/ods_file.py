"""The public list of GP practices (``epraccur``) of the Organisation Data Service, read as it streams by.

A CSV of 27 columns, usually without headings. Two layouts are about: the old zip with ``A/C/D/P`` and a digit for the
prescribing setting, and the report of *Data Search and Export* with ``ACTIVE/INACTIVE`` and role codes. A practice is
open only where its status says so. Every fault is a sentence and leaves the old list.
"""

import csv
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from io import TextIOWrapper
from pathlib import Path

from digmed_desktop import untrusted
from digmed_desktop.clinical import ods, postcode
from digmed_desktop.clinical.practices import ListedPractice, NotOpen
from digmed_desktop.clinical.record import Address, Organisation
from digmed_desktop.data_files.source import OWN
from digmed_desktop.messaging.errors import DigMedError

COLUMNS = 27
GP_PRACTICE = "4"  # prescribing setting, in the old layout
GP_PRACTICE_ROLE = "RO76"


@dataclass(frozen=True, slots=True)
class _Column:
    """One column: its place where the file has no headings, and its names in files that have."""

    place: int
    names: tuple[str, ...]


_COLUMNS = {
    "code": _Column(0, ("Organisation Code", "OrganisationCode")),
    "name": _Column(1, ("Name", "OrgName", "Organisation Name")),
    "line 1": _Column(4, ("Address Line 1", "Address1")),
    "line 2": _Column(5, ("Address Line 2", "Address2")),
    "line 3": _Column(6, ("Address Line 3", "Address3")),
    "town": _Column(7, ("Address Line 4", "Town")),
    "county": _Column(8, ("Address Line 5", "County")),
    "postcode": _Column(9, ("Postcode",)),
    "closed": _Column(11, ("Close Date",)),
    "status": _Column(12, ("Status Code", "StatusName", "Status")),
    "telephone": _Column(17, ("Contact Telephone Number", "TelephoneNumber")),
    "roles": _Column(25, ("Prescribing Setting", "RoleID", "Roles")),
}
_OPEN = frozenset({"A", "ACTIVE"})
_NOT_OPEN = {
    "C": NotOpen.CLOSED,
    "CLOSED": NotOpen.CLOSED,
    "INACTIVE": NotOpen.CLOSED,
    "D": NotOpen.DORMANT,
    "DORMANT": NotOpen.DORMANT,
    "P": NotOpen.PROPOSED,
    "PROPOSED": NotOpen.PROPOSED,
}
_MOST_BYTES = 200_000_000
_REMEDY = "Download epraccur again from the Organisation Data Service. The list that was here before stays."


def read(file: Path) -> Iterator[ListedPractice]:
    """Yield the GP practices of a file, line by line. Raises DigMedError for a file that is not this list."""
    try:
        with untrusted.open_file(file) as opened:
            if os.fstat(opened.fileno()).st_size > _MOST_BYTES:
                raise DigMedError("The file is far too large to be the list of practices.", _REMEDY)
            yield from _rows(csv.reader(TextIOWrapper(opened, encoding="utf-8-sig", newline=""), strict=True))
    except OSError as error:
        raise DigMedError(
            untrusted.why_unread(error, "The list"),
            "Check that it is still there and not open elsewhere.",
        ) from None
    except UnicodeDecodeError:
        raise DigMedError("This is not a text file, so not the list of practices.", _REMEDY) from None
    except csv.Error:
        raise DigMedError("This is not a list in CSV form.", _REMEDY) from None


def _rows(rows: Iterator[list[str]]) -> Iterator[ListedPractice]:
    places = {key: column.place for key, column in _COLUMNS.items()}
    width = COLUMNS
    found = 0
    for number, row in enumerate(rows, 1):
        if not any(row):
            continue
        if number == 1 and not _is_code(row[0]):
            places, width = _places_of(row), len(row)
            continue
        if len(row) != width:
            raise DigMedError(
                f"Line {number} has {len(row)} columns where the list of practices has {width}: "
                "a column is missing or too many.",
                _REMEDY,
            )
        practice = _practice({key: row[place].strip() for key, place in places.items()}, number)
        if practice is not None:
            found += 1
            yield practice
    if not found:
        raise DigMedError(
            "The file contains no GP practice: no line has the role RO76, or the prescribing setting 4.",
            _REMEDY,
        )


def _is_code(text: str) -> bool:
    return text.isupper() and any(c.isdigit() for c in text)


def _places_of(headings: Sequence[str]) -> dict[str, int]:
    at = {_plain(heading): place for place, heading in enumerate(headings)}
    places = {}
    for key, column in _COLUMNS.items():
        place = next((at[_plain(name)] for name in column.names if _plain(name) in at), None)
        if place is None:
            raise DigMedError(f"The list lacks the column {column.names[0]}.", _REMEDY)
        places[key] = place
    return places


def _plain(heading: str) -> str:
    return "".join(c for c in heading.casefold() if c.isalnum())


def _practice(row: Mapping[str, str], number: int) -> ListedPractice | None:
    code = row["code"]
    if not code or ods.sentence_about(code, "the practice"):
        raise DigMedError(f"Line {number} does not begin with an ODS code.", _REMEDY)
    roles = {role.strip().upper() for role in row["roles"].split("|")}
    if not roles & {GP_PRACTICE, GP_PRACTICE_ROLE}:
        return None  # walk-in centres, prisons and the like
    closed_on = _day(row["closed"], number)
    status = row["status"].upper()
    return ListedPractice(
        Organisation(
            name=titled(row["name"]),
            ods_code=ods.shown(code),
            address=_address(row),
            telephone=row["telephone"],
        ),
        open=status in _OPEN and closed_on is None,
        closed_on=closed_on,
        why_not_open=NotOpen.ENDED if status in _OPEN else _NOT_OPEN.get(status, NotOpen.UNKNOWN),
    )


def _address(row: Mapping[str, str]) -> Address:
    """Return the address with its town; the county, which no letter needs, is left out.

    Old files often have the county where the town stands, and the town in the line before.
    """
    lines = [text for key in ("line 1", "line 2", "line 3") if (text := row[key])]
    town = row["town"]
    if not town or is_county(town):
        lines += [row["county"]] if row["county"] else []
        while lines and is_county(lines[-1]):
            lines.pop()
        town = lines.pop() if len(lines) > 1 else ""
    return Address(tuple(map(titled, lines)), titled(town), postcode.shown(row["postcode"]))


def is_county(text: str) -> bool:
    """Whether a line of an address is the name of a county and of no town."""
    return _plain(text) in _counties()


@cache
def _counties() -> frozenset[str]:
    return frozenset(map(_plain, OWN.raw("practices/counties.toml")["names"]))


def _day(text: str, number: int) -> date | None:
    if not text:
        return None
    for shape in ("%Y%m%d", "%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, shape).date()  # noqa: DTZ007  (a calendar day)
        except ValueError:
            continue
    raise DigMedError(f"Line {number} has a closing date that is not a date.", _REMEDY)


def titled(text: str) -> str:
    """Return words of the directory, which writes in capitals, as people write them; others as they are."""
    text = untrusted.visible(text)
    if not text.isupper():
        return text
    return " ".join(_word(word) for word in text.split())


def _word(word: str) -> str:
    if word in {"GP", "NHS", "PMS", "APMS", "PCN", "PCC", "DR", "DRS"}:
        return word if word not in {"DR", "DRS"} else word.capitalize()
    small = word[:1] + word[1:].lower()
    for sign in ("-", "(", "."):
        small = sign.join(part[:1].upper() + part[1:] for part in small.split(sign))
    return small
