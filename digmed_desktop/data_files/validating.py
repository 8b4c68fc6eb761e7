"""Holds a data file against its model and says every fault in words."""

import copy
import difflib
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel, RootModel, ValidationError
from pydantic.fields import FieldInfo

from digmed_desktop.data_files.fault import DataFileError, Fault, listed, shown

ModelT = TypeVar("ModelT", bound=BaseModel)
Place = Sequence[str | int]
_NAMES = (
    "id",
    "key",
    "item",
    "name",
    "code",
    "nhs_number",
    "number",
    "format",
)  # what an entry may be named by
MAX_ROUNDS = 5
_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", list: "a list"}


def validated(name: str, raw: dict[str, Any], model: type[ModelT]) -> ModelT:
    """Return a file as its model. Raises DataFileError with all faults that the model finds."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise DataFileError(_faults(name, raw, model, error)) from None


def mended(raw: dict[str, Any], model: type[ModelT], donors: Sequence[dict[str, Any]]) -> ModelT | None:
    """Return a faulty file without its faults, or None where that cannot be done.

    A refused key is left out, one that is missing comes from another file of the kind. It serves to find what else is
    wrong, so that all faults are named at once, and nothing but that.
    """
    rest = copy.deepcopy(raw)
    for _ in range(MAX_ROUNDS):
        try:
            return model.model_validate(rest)
        except ValidationError as error:
            faults = error.errors(include_url=False)
        for one in faults:
            place = [step for step in one["loc"] if not _is_branch(step)]
            if not (_fill(rest, place, donors) if one["type"] == "missing" else _drop(rest, place)):
                return None
    return None


def _drop(raw: Any, place: Place) -> bool:
    """Take the innermost key at a place out; return whether there was one."""
    for length in range(len(place), 0, -1):
        table, key = raw, place[length - 1]
        for step in place[: length - 1]:
            table = _inner(table, step)
        if isinstance(table, dict) and key in table:
            del table[key]
            return True
    return False


def _fill(raw: Any, place: Place, donors: Sequence[dict[str, Any]]) -> bool:
    """Put at a place what stands at such a place of another file; return whether there is any."""
    table = raw
    for step in place[:-1]:
        table = _inner(table, step)
    value = next((found for donor in donors for found in _alike(donor, place)), None)
    if value is None or not isinstance(table, dict):
        return False
    table[place[-1]] = value
    return True


def _alike(value: Any, place: Place) -> Iterator[Any]:
    """Yield what stands at a place, in any row of a list."""
    if not place:
        yield value
    elif isinstance(place[0], int) and isinstance(value, list):
        for row in value:
            yield from _alike(row, place[1:])
    elif (inner := _inner(value, place[0])) is not None:
        yield from _alike(inner, place[1:])


def fault_at(name: str, raw: Any, place: Place, wrong: str, expected: str) -> Fault:
    """Return a fault of the value at a place, such as ``("product", 2, "min_age")``, of a file."""
    entry, key = _named(raw, place)
    return Fault(name, entry, key, wrong, expected)


def _faults(
    name: str, raw: dict[str, Any], model: type[BaseModel], error: ValidationError
) -> Iterator[Fault]:
    seen = set()
    for one in error.errors(include_url=False):
        place = [step for step in one["loc"] if not _is_branch(step)]
        wrong, expected = _words(one, model, place)
        fault = fault_at(name, raw, place, wrong, expected)
        if fault not in seen:
            seen.add(fault)
            yield fault


def _is_branch(step: str | int) -> bool:
    """Whether a step of pydantic's place names a branch of a union and nothing of the file."""
    return isinstance(step, str) and (step.startswith(("list[", "function-", "literal[", "is-instance")))


def _words(error: Any, model: type[BaseModel], place: Place) -> tuple[str, str]:
    kind, value = error["type"], error["input"]
    if kind == "extra_forbidden":
        known = sorted(_keys_at(model, place[:-1]))
        near = difflib.get_close_matches(str(place[-1]), known, 1, 0.5)
        return "this key is not known", f"the key {near[0]}" if near else f"one of {', '.join(known)}"
    expected = _expected_at(model, place)
    if kind == "missing":
        return "this key is missing", expected
    if kind == "value_error":
        whole = "the list" if isinstance(value, list) else "the table" if isinstance(value, dict) else ""
        subject = whole or shown(value)
        return f"{subject} {error['ctx']['error']}", expected
    return f"{_described(value)} is not allowed here", expected


def _described(value: object) -> str:
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return f"the text {shown(value)}"
    return "true or false" if isinstance(value, bool) else shown(value)


# ---- the model at a place


def _keys_at(model: type[BaseModel], place: Place) -> set[str]:
    """Return the keys of the table at a place."""
    table = _type_at(model, place)
    if not _is_model(table):
        return set()
    return {field.alias or name for name, field in table.model_fields.items()}


def _expected_at(model: type[BaseModel], place: Place) -> str:
    """Return what a value is expected to be, from the description beside its type."""
    if not place:
        return "a table"
    table, last = _type_at(model, place[:-1]), place[-1]
    if _is_model(table) and (field := _field(table, str(last))) is not None:
        return field.description or _said_of(field.annotation)
    return _said_of(_type_at(model, place))


def _said_of(kind: Any) -> str:
    """Return the description that stands with a type, or with what it is made of."""
    for one in getattr(kind, "__metadata__", ()):
        if isinstance(one, FieldInfo) and one.description:
            return one.description
    if _is_model(kind):
        return "a table"
    if get_origin(kind) is Literal:
        return f"one of {listed(map(str, get_args(kind)))}"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return f"one of {listed(str(member.value) or '(nothing)' for member in kind)}"
    inner = [said for one in get_args(kind) if one is not type(None) if (said := _said_of(one))]
    if get_origin(kind) is list:
        return "a list"
    if get_origin(kind) is dict:
        return "a table"
    return inner[0] if inner else _KINDS.get(kind, "")


def _type_at(kind: Any, place: Place) -> Any:
    for step in place:
        kind = _bare(kind)
        if _is_model(kind) and issubclass(kind, RootModel):
            kind = kind.model_fields["root"].annotation
        if _is_model(kind):
            kind = _type_of_key(kind, str(step))
        else:
            inner = get_args(kind)
            kind = inner[-1] if inner else None
    return _bare(kind) if not getattr(kind, "__metadata__", None) else kind


def _type_of_key(model: type[BaseModel], key: str) -> Any:
    field = _field(model, key)
    if field is not None:
        return field.annotation
    more = get_type_hints(model, include_extras=True).get("__pydantic_extra__")
    return get_args(more)[-1] if more and get_args(more) else None


def _field(model: type[BaseModel], key: str) -> FieldInfo | None:
    found = (field for name, field in model.model_fields.items() if key == (field.alias or name))
    return next(found, None)


def _bare(kind: Any) -> Any:
    """Return a type without what is said about it and without None."""
    while getattr(kind, "__metadata__", None) is not None:
        kind = get_args(kind)[0]
    if get_origin(kind) not in (list, dict, Literal):
        inner = [one for one in get_args(kind) if one is not type(None)]
        if inner and not _is_model(kind):
            return _bare(inner[0])
    return kind


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


# ---- the entry at a place


def _named(raw: Any, place: Place) -> tuple[str, str]:
    """Return entry and key in words: ``("product 3 (fluenz)", "min_age")``."""
    parts: list[str] = []
    value = raw
    for step in place[:-1] if place and isinstance(place[-1], str) else place:
        value = _inner(value, step)
        if isinstance(step, int):
            name = _name_of(value)
            parts[-1:] = [f"{parts[-1] if parts else 'entry'} {step + 1}{f' ({name})' if name else ''}"]
        else:
            parts.append(step)
    return ", ".join(parts), str(place[-1]) if place and isinstance(place[-1], str) else ""


def _inner(value: Any, step: str | int) -> Any:
    try:
        return value[step]
    except (LookupError, TypeError):
        return None


def _name_of(entry: Any) -> str:
    if not isinstance(entry, dict):
        return ""
    return next((shown(entry[one]).strip("“”") for one in _NAMES if isinstance(entry.get(one), str)), "")
