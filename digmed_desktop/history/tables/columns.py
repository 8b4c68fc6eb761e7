"""The types of columns, and the metadata that every table joins."""

from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Integer, MetaData, String
from sqlalchemy.types import TypeDecorator

from digmed_desktop.history.readable import read_row


def moment(value: datetime) -> str:
    """Return the text of a moment; ValueError for a time without offset."""
    if value.tzinfo is None:
        raise ValueError("a moment has an offset")
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


class Moment(TypeDecorator[datetime]):
    """A moment, kept as UTC text of fixed width, so that text order is time order."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> str | None:
        """Return the text; ValueError for a time without offset."""
        return None if value is None else moment(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> datetime | None:
        """Return the moment in UTC."""
        return None if value is None else read_row("A row", datetime.fromisoformat, value)


class Word(TypeDecorator[Any]):
    """A member of an enumeration, kept by its value (not its name, which may change)."""

    impl = String(40)
    cache_ok = True

    def __init__(self, of: type[StrEnum]) -> None:
        super().__init__()
        self.of = of

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Return the value."""
        return None if value is None else read_row("A row", self.of, value).value

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> StrEnum | None:
        """Return the member."""
        return None if value is None else read_row("A row", self.of, value)


class Number(TypeDecorator[Any]):
    """A member of an enumeration of numbers."""

    impl = Integer
    cache_ok = True

    def __init__(self, of: type[IntEnum]) -> None:
        super().__init__()
        self.of = of

    def process_bind_param(self, value: int | None, dialect: sa.Dialect) -> int | None:
        """Return the number."""
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> IntEnum | None:
        """Return the member."""
        return None if value is None else read_row("A row", self.of, value)


AnyRow = sa.Row[*tuple[Any, ...]]

metadata = MetaData()
