"""Tell the kind of a record: given, not given, supplied or not supplied."""

from typing import TYPE_CHECKING

from digmed_desktop.clinical.record import VaccinationRecord
from digmed_desktop.messaging.story import Outcome

if TYPE_CHECKING:
    from digmed_desktop.clinical.json_record import Record

_VACCINATION = {True: Outcome.GIVEN, False: Outcome.NOT_GIVEN, None: Outcome.UNKNOWN}
_SUPPLY = {True: Outcome.SUPPLIED, False: Outcome.NOT_SUPPLIED, None: Outcome.UNKNOWN}


def outcome_of(record: "Record") -> Outcome:
    """Return what a record says was done."""
    if isinstance(record, VaccinationRecord):
        return _VACCINATION[record.immunizations[0].given if record.immunizations else None]
    return _SUPPLY[record.supplied]
