"""The clinical record as JSON: versioned, and read back exactly. Decimals keep the digits typed."""

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from digmed_desktop.clinical.record import VaccinationRecord

if TYPE_CHECKING:
    from pydantic import TypeAdapter

VERSION = 1


class RecordFormatError(ValueError):
    """The JSON is no record of this version; its text holds nothing of the content."""


@cache
def _vaccination() -> "TypeAdapter[VaccinationRecord]":
    from pydantic import TypeAdapter

    return TypeAdapter(VaccinationRecord)


def dumps(record: VaccinationRecord) -> str:
    """Return a vaccination record as JSON text."""
    body: Any = _vaccination().dump_python(record, mode="json", exclude_defaults=True)
    return json.dumps({"format": "vaccination", "version": VERSION, "record": body}, ensure_ascii=False)


def loads(text: str) -> VaccinationRecord:
    """Return the record in a JSON text. Raises :class:`RecordFormatError`."""
    from pydantic import ValidationError

    try:
        whole = json.loads(text)
        if whole["format"] != "vaccination" or whole["version"] != VERSION:
            raise RecordFormatError("This record is of another kind or version.")
        return _vaccination().validate_json(json.dumps(whole["record"]))
    except (ValidationError, KeyError, TypeError, json.JSONDecodeError):
        raise RecordFormatError("This is no record that the program can read.") from None
