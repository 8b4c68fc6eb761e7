"""The public file of GP practices (``epraccur``) of the Organisation Data Service, read as it streams by.

A CSV without headings of 27 columns, in the order of the service's published layout; only those in use are named
here. A file with a heading row is taken by its headings. Every fault is a sentence and leaves the old list.
"""

import csv
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from digmed_desktop.clinical import ods, postcode
from digmed_desktop.clinical.practices import ListedPractice
from digmed_desktop.clinical.record import Address, Organisation
from digmed_desktop.messaging.errors import DigMedError

COLUMNS = 27
GP_PRACTICE = "4"  # prescribing setting
_PLACES = {
    "Organisation Code": 0,
    "Name": 1,
    "Address Line 1": 4,
    "Address Line 2": 5,
    "Address Line 3": 6,
    "Address Line 4": 7,
    "Address Line 5": 8,
    "Postcode": 9,
    "Close Date": 11,
    "Status Code": 12,
    "Contact Telephone Number": 17,
    "Prescribing Setting": 25,
}
_MOST_BYTES = 200_000_000
_REMEDY = "Download epraccur again from the Organisation Data Service. The list that was here before stays."


def read(file: Path) -> Iterator[ListedPractice]:
    """Yield the GP practices of a file, line by line. Raises DigMedError for a file that is not this list."""
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise DigMedError("The file is far too large to be the list of practices.", _REMEDY)
        with file.open(encoding="utf-8-sig", newline="") as lines:
            yield from _rows(csv.reader(lines, strict=True))
    except OSError:
        raise DigMedError(
            "The file cannot be read.", "Check that it is still there and not open elsewhere."
        ) from None
    except UnicodeDecodeError:
        raise DigMedError("This is not a text file, so not the list of practices.", _REMEDY) from None
    except csv.Error:
        raise DigMedError("This is not a list in CSV form.", _REMEDY) from None


def _rows(rows: Iterator[list[str]]) -> Iterator[ListedPractice]:
    places = _PLACES
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
        one = _practice(row, places, number)
        if one is not None:
            found += 1
            yield one
    if not found:
        raise DigMedError("The file holds no GP practice.", _REMEDY)


def _is_code(text: str) -> bool:
    return text.isupper() and any(c.isdigit() for c in text)


def _places_of(headings: Sequence[str]) -> dict[str, int]:
    at = {heading.strip().casefold(): place for place, heading in enumerate(headings)}
    missing = [name for name in _PLACES if name.casefold() not in at]
    if missing:
        raise DigMedError(f"The list lacks the column {missing[0]}.", _REMEDY)
    return {name: at[name.casefold()] for name in _PLACES}


def _practice(row: Sequence[str], places: dict[str, int], number: int) -> ListedPractice | None:
    def of(name: str) -> str:
        return row[places[name]].strip()

    code = of("Organisation Code")
    if not code or ods.sentence_about(code, "the practice"):
        raise DigMedError(f"Line {number} does not begin with an ODS code.", _REMEDY)
    if of("Prescribing Setting") != GP_PRACTICE:
        return None  # walk-in centres, prisons and the like
    lines = [text for n in range(1, 6) if (text := of(f"Address Line {n}"))]
    city = lines.pop() if len(lines) > 1 else ""
    closed_on = _day(of("Close Date"), number)
    return ListedPractice(
        Organisation(
            name=titled(of("Name")),
            ods_code=code,
            address=Address(tuple(map(titled, lines)), titled(city), postcode.shown(of("Postcode"))),
            telephone=of("Contact Telephone Number"),
        ),
        open=of("Status Code") != "C" and closed_on is None,
        closed_on=closed_on,
    )


def _day(text: str, number: int) -> date | None:
    if not text:
        return None
    for shape in ("%Y%m%d", "%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, shape).date()  # noqa: DTZ007  (a calendar day)
        except ValueError:
            continue
    raise DigMedError(f"Line {number} has a closing date that is no date.", _REMEDY)


def titled(text: str) -> str:
    """Return words of the directory, which writes in capitals, as people write them; others as they are."""
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
