"""Practices and other care that the electronic messages do not reach: outside England, the armed forces, prisons."""

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from digmed_desktop.clinical import ods
from digmed_desktop.clinical.confidence import NOT_CONFIRMED
from digmed_desktop.clinical.phrases import Phrases
from digmed_desktop.clinical.record import Organisation
from digmed_desktop.data_files.source import OWN

if TYPE_CHECKING:
    from digmed_desktop.clinical.unreached_file import PlaceRow

CODE, NAME, POSTCODE = "ods_code", "name", "address.postcode"


@dataclass(frozen=True, slots=True, repr=False)
class Unreached:
    """Why a practice is not reached. ``told_by`` is the attribute of the practice that tells it."""

    told_by: str
    sentence: str
    only_paper: bool


def of_practice(practice: Organisation) -> Unreached | None:
    """Return why messages do not reach a practice; None where nothing says so. Its code tells best."""
    tells = (
        (CODE, _of_code(ods.shown(practice.ods_code))),
        (NAME, _of_name(practice.name)),
        (POSTCODE, _of_postcode(practice.address.postcode)),
    )
    for told_by, row in tells:
        if row is not None:
            mark = "" if row.confidence.may_stop else f" {NOT_CONFIRMED}"
            return Unreached(told_by, f"{row.sentence}{mark}", row.weight.value == "paper")
    return None


def _of_code(code: str) -> "PlaceRow | None":
    return next((row for row in _rows() if any(_fits(form, code) for form in row.codes)), None)


def _fits(form: str, code: str) -> bool:
    return re.fullmatch(form.replace("#", "[0-9]"), code) is not None


def _of_name(name: str) -> "PlaceRow | None":
    found = _names().found_in(name)
    return _rows()[found[0]] if found else None


def _of_postcode(postcode: str) -> "PlaceRow | None":
    district = "".join(postcode.upper().split())[:-3]
    area = district.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ").rstrip("0123456789")
    return next((row for row in _rows() if {district, area} & set(row.postcodes)), None)


@cache
def _names() -> Phrases[int]:
    return Phrases((name, number) for number, row in enumerate(_rows()) for name in row.names)


@cache
def _rows() -> "tuple[PlaceRow, ...]":
    from digmed_desktop.clinical.unreached_file import NAME as FILE
    from digmed_desktop.clinical.unreached_file import PlacesFile

    return tuple(OWN.read(FILE, PlacesFile).place)
