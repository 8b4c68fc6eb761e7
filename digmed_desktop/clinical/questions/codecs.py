"""Convert the plain kinds of answers to values of a record and back."""

from datetime import date
from enum import StrEnum
from typing import TypeVar

from digmed_desktop.clinical.answers import LINE_MOST, AnswerSheet
from digmed_desktop.clinical.dates import as_answer
from digmed_desktop.clinical.questions.binding import Codec
from digmed_desktop.clinical.questions.writer import AnswerWriter

E = TypeVar("E", bound=StrEnum)


def text(most: int = LINE_MOST) -> Codec[str]:
    """Return the codec of one line of at most so many characters."""
    return Codec(lambda sheet, question: sheet.text(question, most), put_line)


def put_line(writer: AnswerWriter, question: str, value: str) -> None:
    """Answer a question that takes one line; ends of lines in the record become spaces."""
    writer.put(question, " ".join(value.splitlines()))


def behind(gate: str, answer: str, codec: Codec[str]) -> Codec[str]:
    """Return the codec of a text that is asked only once ``gate`` has this ``answer``."""

    def write(writer: AnswerWriter, question: str, value: str) -> None:
        if value:
            writer.put(gate, answer)
        codec.write(writer, question, value)

    return Codec(codec.read, write)


def day(*, past: bool, whole_month: bool = False) -> Codec[date | None]:
    """Return the codec of a date; ``whole_month`` takes day 00 for the last of the month."""
    return Codec(
        lambda sheet, question: sheet.date(question, past=past, whole_month=whole_month),
        lambda writer, question, value: writer.put(question, as_answer(value)),
    )


def one_of(kind: type[E]) -> Codec[E | None]:
    """Return the codec of a question whose options are the values of an enumeration."""

    def read(sheet: AnswerSheet, question: str) -> E | None:
        chosen = sheet.option(question)
        return kind(chosen.id) if chosen else None

    return Codec(read, lambda writer, question, value: writer.put(question, value.value if value else ""))


def yes_no(answer: bool | None) -> str:
    """Return an answer as a form keeps it."""
    return "" if answer is None else "yes" if answer else "no"


def _put_yes_no(writer: AnswerWriter, question: str, value: bool | None) -> None:
    writer.put(question, yes_no(value))


TEXT = text()
LINES: Codec[str] = Codec(
    lambda sheet, question: sheet.lines(question), lambda writer, question, value: writer.put(question, value)
)
YES_NO: Codec[bool | None] = Codec(lambda sheet, question: sheet.yes(question), _put_yes_no)
LABEL: Codec[str] = Codec(
    lambda sheet, question: sheet.label(question),
    lambda writer, question, value: writer.choose(question, value) if value else None,
)
"""The record holds the words of the option."""
OPTION_ID: Codec[str] = Codec(
    lambda sheet, question: sheet.chosen(question),
    lambda writer, question, value: writer.choose(question, value) if value else None,
)
"""The record holds the id of the option."""
