"""The base of every model of a data file, and the kinds of values that many of them share."""

import re
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    ValidationInfo,
    field_validator,
)

OptionT = TypeVar("OptionT")
RowT = TypeVar("RowT")


class DataModel(BaseModel):
    """A table of a data file: no key but its own, no value of another type, no list or table left empty.

    An emptied list switches off in silence what it is for. A list that may be empty has an empty one as its default.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @field_validator("*")
    @classmethod
    def _holds_something(cls, value: Any, info: ValidationInfo) -> Any:
        field = cls.model_fields.get(info.field_name or "")
        if value in ([], {}) and field is not None and field.get_default() not in ([], {}):
            raise ValueError("is empty")
        return value


class Table(RootModel[dict[str, RowT]]):
    """A file, or a table of one, whose keys are names and whose values are all of one kind."""

    model_config = ConfigDict(frozen=True, strict=True)


def _one_line(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    if text != text.strip():
        raise ValueError("has spaces at its beginning or end")
    if not text.isprintable():
        raise ValueError("has a line break or another character that cannot be printed")
    return text


def _one_line_or_none(text: str) -> str:
    return _one_line(text) if text else text


def _several_lines(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    if not all(line.isprintable() for line in text.splitlines()):
        raise ValueError("has a character that cannot be printed")
    return text


def _amount(text: str) -> str:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError("is not a number") from None
    if not (value.is_finite() and 0 < value < 10_000) or not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        raise ValueError("is not an amount")
    return text


def pattern(text: str) -> str:
    """Return a regular expression; ValueError for a text that is none."""
    try:
        if not text.strip():
            raise ValueError("is empty")
        re.compile(text)
    except re.error:
        raise ValueError("is not a regular expression") from None
    return text


def _different(values: list[OptionT]) -> list[OptionT]:
    for place, value in enumerate(values):
        if value in values[:place]:
            raise ValueError(f"names “{value}” twice")
    return values


def _not_empty(values: list[OptionT]) -> list[OptionT]:
    if not values:
        raise ValueError("is empty")
    return values


Text = Annotated[str, AfterValidator(_one_line), Field(description="text on one line")]
OptionalText = Annotated[
    str, AfterValidator(_one_line_or_none), Field(description='text on one line, or "" for none')
]
Lines = Annotated[str, AfterValidator(_several_lines), Field(description="a text")]
Flag = Annotated[bool, Field(description="true or false")]
Id = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        max_length=60,
        description="an id of small letters, digits and hyphens, such as left-arm",
    ),
]
Age = Annotated[int, Field(ge=0, le=130, description="an age in whole years")]
Amount = Annotated[str, AfterValidator(_amount), Field(description='an amount as text, such as "0.5"')]
Ids = Annotated[
    list[Id],
    AfterValidator(_different),
    AfterValidator(_not_empty),
    Field(description="a list of different ids"),
]
Texts = Annotated[
    list[Text],
    AfterValidator(_different),
    AfterValidator(_not_empty),
    Field(description="a list of different texts"),
]

OptionalTexts = Annotated[
    list[OptionalText],
    AfterValidator(_different),
    AfterValidator(_not_empty),
    Field(description='a list of different texts, none of them ""'),
]


BY_VALUE = Field(strict=False)
"""Stands with an enumeration: a member is named by its value."""


def _range(values: list[int]) -> list[int]:
    if len(values) != 2 or values[0] > values[1]:
        raise ValueError("is not a first and a last number in order")
    return values


Range = Annotated[
    list[Age], AfterValidator(_range), Field(description="a first and a last whole number, such as [16, 32]")
]
