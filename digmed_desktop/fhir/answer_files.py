"""The models of ``resources/responses`` and ``resources/conformance``."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from digmed_desktop.clinical.questions.forms import SETS
from digmed_desktop.data_files.fault import Fault, listed, shown
from digmed_desktop.data_files.kinds import At, Consequence, FileKind, no_cross_check
from digmed_desktop.data_files.model import BY_VALUE, DataModel, Flag, Table, Text, Texts
from digmed_desktop.data_files.source import DataSource
from digmed_desktop.messaging.states import ANSWERS, Happening

_ANSWERED = {*ANSWERS, Happening.UNEXPECTED, Happening.VOIDED} - {Happening.UNDELIVERED}
"""The events that an answer of a practice can be."""


CODES = tuple(
    str(code)
    for code in (*range(10001, 10006), *range(10007, 10011), *range(20001, 20016), *range(30001, 30026))
)
"""The codes of ITK3 2.10.0; one that is left out would count as not known."""


class AnswerRow(DataModel):
    """The meaning of an answer."""

    happening: Annotated[Happening, BY_VALUE]
    happened: Text
    do: Text


class CodeRow(AnswerRow):
    """The meaning of one ITK response code."""

    display: Text
    positive: Flag
    needs_person: Flag
    stops_sending: Flag = False
    voids_original: Flag = False
    issue_type: Literal[
        "processing", "not-found", "security", "invalid", "duplicate", "informational", "exception", "business-rule",
        "required", "too-long", "timeout", "transient", "not-supported", "conflict", "unknown",
    ]  # fmt: skip


class UnknownRows(DataModel):
    """The meaning of a code that is not listed, by its first digit."""

    of_1: AnswerRow = Field(alias="1")
    of_2: AnswerRow = Field(alias="2")
    of_3: AnswerRow = Field(alias="3")
    other: AnswerRow


class ResponsesFile(DataModel):
    """All response codes, each a table of its own, and what an unknown one is taken for."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, CodeRow]
    unknown: UnknownRows


def cross_check_responses(at: At, file: ResponsesFile, _source: DataSource) -> Iterator[Fault]:
    """Yield what is no code, what no answer can be, a code that is called success and is none, and codes left out."""
    yield from at.needed("", file.__pydantic_extra__, CODES, "code")
    for code, row in file.__pydantic_extra__.items():
        if not re.fullmatch("[1-3][0-9]{4}", code):
            yield at.fault(
                (code,), f"{shown(code)} is not a response code", "five digits, the first 1, 2 or 3"
            )
        yield from _answer(at, (code,), row)
        success = row.happening in (Happening.ACCEPTED, Happening.MATCHED)
        if row.positive != success and row.happening not in (Happening.DUPLICATE, Happening.UNEXPECTED):
            wrong = f"{row.happening.value} does not fit positive = {str(row.positive).lower()}"
            yield at.fault((code, "positive"), wrong, "true for accepted and matched, false otherwise")
        if row.stops_sending and row.positive:
            yield at.fault((code, "stops_sending"), "success cannot stop sending", "false")
    unknown = {
        "1": file.unknown.of_1,
        "2": file.unknown.of_2,
        "3": file.unknown.of_3,
        "other": file.unknown.other,
    }
    for key, meant in unknown.items():
        yield from _answer(at, ("unknown", key), meant)
        if meant.happening in (Happening.ACCEPTED, Happening.MATCHED):
            yield at.fault(("unknown", key, "happening"), "an unknown code is never a success", "unexpected")


def _answer(at: At, place: tuple[str, ...], row: AnswerRow) -> Iterator[Fault]:
    if row.happening not in _ANSWERED:
        wrong = f"{shown(row.happening.value)} is not an answer from a practice"
        yield at.fault(
            (*place, "happening"), wrong, f"one of {listed(sorted(one.value for one in _ANSWERED))}"
        )


class RefusalWordsFile(DataModel):
    """Words that do not go with a success, and those that only look like them."""

    words: Texts
    harmless: Texts


class SystemsFile(DataModel):
    """Code systems beyond those of the published definitions."""

    listed: dict[Text, dict[str, Text]]
    unlisted: dict[Text, Text]
    families: dict[Text, Text]


class AttributesFile(Table[dict[str, Text]]):
    """Which attribute of the record causes what stands at an element of the message."""


def cross_check_attributes(at: At, file: AttributesFile, _source: DataSource) -> Iterator[Fault]:
    """Yield what is no attribute of a record."""
    known = {path for one in SETS.values() for path in (*one.attributes(), *one.synonyms)}
    for resource, elements in file.root.items():
        for element, path in elements.items():
            yield from at.unknown((resource, element), [path], known, "an attribute")


class LabelsRow(DataModel):
    """How rows of the text are labelled that state one fact, and in which sections only."""

    labels: list[Text]
    sections: list[Text] | None = None


class LabelsFile(Table[LabelsRow]):
    """The labels of rows by the fact that they state."""


KINDS = (
    FileKind("responses/codes.toml", ResponsesFile, cross_check_responses, Consequence.SENDING),
    FileKind("responses/refusal_words.toml", RefusalWordsFile, no_cross_check, Consequence.SENDING),
    FileKind("conformance/attributes.toml", AttributesFile, cross_check_attributes, Consequence.MESSAGES),
    FileKind("conformance/code_systems.toml", SystemsFile, no_cross_check, Consequence.MESSAGES),
    FileKind("conformance/narrative_labels.toml", LabelsFile, no_cross_check, Consequence.MESSAGES),
)
