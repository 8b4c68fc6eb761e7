"""Days in data files, and the order in which two values must stand."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field

from digmed_desktop.data_files.fault import Fault
from digmed_desktop.data_files.kinds import At, Place

DAYS = date(1950, 1, 1), date(2049, 12, 31)
"""The first and the last day that a date in a data file can be; others are slips that switch a rule off or on for good."""
Day = Annotated[
    date,
    Field(
        ge=DAYS[0],
        le=DAYS[1],
        description="a date from 1950 to 2049 without quotation marks, such as 2026-09-01",
    ),
]


def in_order(
    at: At,
    place: Place,
    first_key: str,
    first: int | date | None,
    last_key: str,
    last: int | date | None,
) -> Iterator[Fault]:
    """Yield a fault where the last of two values stands before the first."""
    if first is not None and last is not None and first > last:  # type: ignore[operator]
        yield at.fault((*place, last_key), f"{last} is before {first_key}, {first}", f"{first} or more")
