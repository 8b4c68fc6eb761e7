"""Stop a vaccination or a supply for reasons besides law, legal bases and screening, with where it is written."""

from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from digmed_desktop.data_files.source import OWN

if TYPE_CHECKING:
    from digmed_desktop.clinical.stops_file import StopRow


class OwnStop(StrEnum):
    """The stops of ``resources/rules/stops.toml``."""

    SUPPLY_WITHOUT_CONSENT = "supply-without-consent"
    VACCINE_WITHOUT_CONSENT = "vaccine-without-consent"
    SITE_OF_ROUTE = "site-of-route"
    ROLE_MAY_VACCINATE = "role-may-vaccinate"
    EXPIRED_BATCH = "expired-batch"


@cache
def _rows() -> "dict[str, StopRow]":
    from digmed_desktop.clinical.stops_file import NAME, StopsFile

    return {row.id: row for row in OWN.read(NAME, StopsFile).stop}


def said_of(stop: OwnStop) -> tuple[str, str]:
    """Return the sentence of a stop and its source. Raises DataFileError where the file has a fault."""
    row = _rows()[stop.value]
    return row.sentence, row.source
