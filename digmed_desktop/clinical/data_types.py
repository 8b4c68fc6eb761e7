"""Clinical kinds of values in data files. Imported only where files are checked: it needs pydantic."""

from typing import Annotated

from pydantic import AfterValidator, Field

from digmed_desktop.clinical import nhs_number, snomed
from digmed_desktop.data_files.model import DataModel, Id, Text


def _concept(code: str) -> str:
    if not snomed.is_concept_id(code):
        raise ValueError("is not the code of a concept, or its check digit is wrong")
    return code


def _number(number: str) -> str:
    if nhs_number.sentence_about(number) is not None or not number.isdigit():
        raise ValueError("has a wrong check digit, or not ten digits")
    return number


Concept = Annotated[
    str, AfterValidator(_concept), Field(description="a SNOMED CT or dm+d code of 6 to 18 digits")
]
NhsNumber = Annotated[str, AfterValidator(_number), Field(description="an NHS number of ten digits")]


class ListedOption(DataModel):
    """One answer of a list: what people read, and the code that is sent where one is known."""

    id: Id
    label: Text
    hint: Text = ""
    code: Concept | None = None
    display: Text | None = None
    source: Text


class CodedTerm(DataModel):
    """A code and its term."""

    code: Concept
    display: Text
    source: Text
