"""The clinical record as JSON: versioned, and read back exactly. Decimals keep the digits typed.

``{"format": "vaccination" or "emergency-supply", "version": 1, "record": {...}}``; ``resources/schemas`` has
the JSON Schema and ``resources/examples`` an example of each programme. Other pharmacy systems may write it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

from digmed_desktop.clinical.dates import EARLIEST_YEAR, LATEST_YEAR, is_in_calendar
from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord
from digmed_desktop.clinical.record import VaccinationRecord
from digmed_desktop.data_files.source import OWN

if TYPE_CHECKING:
    from pydantic import TypeAdapter

VERSION = 1
MAX_LENGTH = 1_000_000
"""Characters. A record with long texts has some ten thousand."""
MAX_FAULTS = 100
Record = VaccinationRecord | EmergencySupplyRecord
_FORMATS: dict[str, type[VaccinationRecord] | type[EmergencySupplyRecord]] = {
    "vaccination": VaccinationRecord,
    "emergency-supply": EmergencySupplyRecord,
}


class RecordFormatError(ValueError):
    """The JSON is no record of this version; its text holds nothing of the content.

    ``faults`` are pairs of where (``record.patient.sex``) and a sentence.
    """

    def __init__(self, sentence: str, faults: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(sentence)
        self.faults = faults or (("record", sentence),)


@cache
def _adapter(name: str) -> "TypeAdapter[Any]":
    from pydantic import TypeAdapter

    return TypeAdapter(_FORMATS[name])


def dumps(record: Record, *, indent: int | None = None) -> str:
    """Return a record as JSON text."""
    name = next(name for name, kind in _FORMATS.items() if isinstance(record, kind))
    body: Any = _adapter(name).dump_python(record, mode="json", exclude_defaults=True)
    return json.dumps({"format": name, "version": VERSION, "record": body}, ensure_ascii=False, indent=indent)


def loads(text: str) -> VaccinationRecord:
    """Return the vaccination record in a JSON text. Raises :class:`RecordFormatError`."""
    record = read(text)
    if not isinstance(record, VaccinationRecord):
        raise RecordFormatError("This record is not for a vaccination.")
    return record


def read(text: str) -> Record:
    """Return the record of either kind in a JSON text. Raises :class:`RecordFormatError` and nothing else."""
    from pydantic import ValidationError

    whole = _parsed(text)
    name = whole.get("format")
    if isinstance(name, str) and (why := retired().get(name)):
        raise RecordFormatError(why, (("format", why),))
    if not isinstance(name, str) or name not in _FORMATS:
        sentence = "The format must be vaccination or emergency-supply."
        raise RecordFormatError(sentence, (("format", sentence),))
    if type(whole.get("version")) is not int or whole["version"] != VERSION:
        sentence = f"This program reads version {VERSION} of the record format."
        raise RecordFormatError(sentence, (("version", sentence),))
    body = whole.get("record")
    faults = [(key, "There is no such field.") for key in whole if key not in ("format", "version", "record")]
    faults += [(path, "There is no such field.") for path in _unknown(body, _FORMATS[name], "record")]
    record: Any = None
    try:
        record = _adapter(name).validate_json(json.dumps(body), strict=True)
    except ValidationError as fault:
        for error in fault.errors(include_input=False, include_url=False, include_context=False):
            path = ".".join(("record", *(str(step) for step in error["loc"])))
            faults.append((path, _SENTENCES.get(error["type"], "This value is not allowed here.")))
    faults += [(path, _NO_YEAR) for path in _outside_calendar(record, "record")]
    if faults:
        raise RecordFormatError(
            "The program cannot read this as a record.", tuple(dict.fromkeys(faults))[:MAX_FAULTS]
        )
    found: Record = record
    return found


_NO_YEAR = f"The year must be from {EARLIEST_YEAR} to {LATEST_YEAR}."


def stated(text: str) -> frozenset[str]:
    """Return the fields of the record that a JSON text has, whatever they say. Raises :class:`RecordFormatError`."""
    body = _parsed(text).get("record")
    return frozenset(body) if isinstance(body, dict) else frozenset()


_SENTENCES = {
    "string_type": "Enter text here.",
    "bool_type": "Enter true or false here.",
    "int_type": "Enter a whole number here.",
    "decimal_type": "Enter a number here.",
    "decimal_parsing": "Enter a number here.",
    "enum": "The value is not one of those allowed here.",
    "tuple_type": "Enter a list here.",
    "dataclass_type": "Enter an object with fields here.",
    "dataclass_exact_type": "Enter an object with fields here.",
    "missing": "This field is missing.",
    "date_parsing": "Enter a date here, such as 2026-10-14.",
    "date_type": "Enter a date here, such as 2026-10-14.",
    "date_from_datetime_parsing": "Enter a date here, such as 2026-10-14.",
    "datetime_parsing": "Enter a date and time here, such as 2026-10-14T14:05:00+01:00.",
    "datetime_type": "Enter a date and time here, such as 2026-10-14T14:05:00+01:00.",
    "datetime_from_date_parsing": "Enter a date and time here, such as 2026-10-14T14:05:00+01:00.",
}


def retired() -> dict[str, str]:
    """Return the kinds of notification that are no more: format and the sentence why."""
    return {kind["format"]: kind["sentence"] for kind in OWN.raw("editions/words/retired.toml")["kind"]}


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of a format, as ``resources/schemas`` holds it."""
    inner = _adapter(name).json_schema()
    definitions = inner.pop("$defs", {})
    for one in (inner, *definitions.values()):
        if "properties" in one:
            one["additionalProperties"] = False
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"DigMed Desktop record: {name}, version {VERSION}",
        "type": "object",
        "required": ["format", "version", "record"],
        "additionalProperties": False,
        "properties": {"format": {"const": name}, "version": {"const": VERSION}, "record": inner},
        "$defs": definitions,
    }


def _parsed(text: str) -> dict[str, Any]:
    """Return the outermost object; numbers with a point as their digits, because a float would lose some."""
    if len(text) > MAX_LENGTH:
        raise RecordFormatError("This file is too large to be a record.")
    try:
        whole = json.loads(text, parse_float=str, parse_constant=_no_constant, object_pairs_hook=_each_once)
    except (ValueError, RecursionError):
        raise RecordFormatError("The file is not JSON, or names one field twice.") from None
    if not isinstance(whole, dict):
        raise RecordFormatError("The file must contain one object with format, version and record.")
    return whole


def _no_constant(_: str) -> Any:
    raise ValueError("no number")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field appears twice")
    return found


def _outside_calendar(value: object, path: str) -> Iterator[str]:
    """Return the paths of dates and times in a year that no record can have."""
    if isinstance(value, date) and not is_in_calendar(value):
        yield path
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from _outside_calendar(one, f"{path}.{number}")
    else:
        kind: Any = type(value)
        for name in _names(kind):
            yield from _outside_calendar(getattr(value, name), f"{path}.{name}")


def _unknown(value: Any, wanted: Any, path: str) -> Iterator[str]:
    """Return the paths of fields that the record does not have."""
    if isinstance(value, list):
        if (each := _each(wanted)) is not None:
            for number, one in enumerate(value):
                yield from _unknown(one, each, f"{path}.{number}")
    elif isinstance(value, dict) and (kinds := _kinds(wanted)) is not None:
        for name, inner in value.items():
            if name in kinds:
                yield from _unknown(inner, kinds[name], f"{path}.{name}")
            else:
                yield f"{path}.{''.join(c for c in name if c.isprintable())[:60]}"


# A record's classes do not change: they are looked at once, as every list of earlier doses reads many records.


def _present(wanted: Any) -> Any:
    """Return the type of a value that is there, where it may be missing."""
    if get_origin(wanted) in (Union, UnionType):
        return next((one for one in get_args(wanted) if one is not type(None)), None)
    return wanted


@cache
def _each(wanted: Any) -> Any:
    """Return the type of each entry of a list, or None for what is no list."""
    present = _present(wanted)
    return get_args(present)[0] if get_origin(present) is tuple else None


@cache
def _kinds(wanted: Any) -> Mapping[str, Any] | None:
    """Return the types of a class's fields, or None for what has no fields."""
    present = _present(wanted)
    if not (isinstance(present, type) and is_dataclass(present)):
        return None
    hints = get_type_hints(present)
    return {one.name: hints[one.name] for one in fields(present)}


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    """Return the names of a class's fields."""
    return tuple(one.name for one in fields(kind)) if is_dataclass(kind) else ()
