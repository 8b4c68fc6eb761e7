"""The models of the tables in ``resources/medicines`` that an item of a supply is held against."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from digmed_desktop.clinical.confidence import Confidence
from digmed_desktop.clinical.form_file import FormFile
from digmed_desktop.data_files.fault import Fault, shown
from digmed_desktop.data_files.kinds import At, Consequence, FileKind, no_cross_check
from digmed_desktop.data_files.model import BY_VALUE, DataModel, Flag, Id, OptionalText, Text, Texts
from digmed_desktop.data_files.reviewed import ReviewedFile
from digmed_desktop.data_files.source import DataSource

_FORM, _QUESTION = "forms/emergency-supply.toml", "item.{n}.preparation"


class PreparationRow(DataModel):
    """A kind of preparation, and what tells it."""

    id: Id
    label: Text
    tell_by: Literal["name", "form", "both"]
    forms: Texts
    words: Texts | None = None
    other_words: Texts | None = None
    units: Texts | None = None
    other_units: Texts | None = None
    names: Texts | None = None
    further: Texts | None = None
    form_is_enough: Flag = False
    prescription_only: Flag = False


class PreparationsFile(ReviewedFile):
    """The kinds of preparation that have a limit of their own."""

    forms_source: Text
    names_source: Text
    kind: list[PreparationRow]


class HighRiskRow(DataModel):
    """A group of medicines, and what to check before one is supplied."""

    id: Id
    names: Texts
    check: Text
    further: OptionalText = ""
    source: Text
    confidence: Annotated[Confidence, BY_VALUE]


class HighRiskFile(ReviewedFile):
    """All of them."""

    medicine: list[HighRiskRow]


class AmountRow(DataModel):
    """How much of a unit is more than a patient takes in a day."""

    units: Texts
    most_a_day: Annotated[int, Field(ge=1, le=10_000, description="a whole number")]
    source: Text
    confidence: Annotated[Confidence, BY_VALUE]


class AmountsFile(ReviewedFile):
    """All of them."""

    amount: list[AmountRow]
    form_words: Texts
    medicine_words: Texts
    appliance_words: Texts


class AllergyGroupRow(DataModel):
    """A group of medicines to which one allergy is."""

    id: Id
    said: Text
    allergy: Texts
    medicines: Texts


class AllergiesFile(ReviewedFile):
    """All groups; no source was read for any, so that they only ask."""

    source: Text
    beside_the_name: Texts
    group: list[AllergyGroupRow]


def cross_check_allergies(at: At, file: AllergiesFile, _source: DataSource) -> Iterator[Fault]:
    """Yield groups that stand there twice."""
    yield from at.twice("group", "id", [row.id for row in file.group])


def cross_check_preparations(at: At, file: PreparationsFile, source: DataSource) -> Iterator[Fault]:
    """Yield kinds that stand twice or are no answer of the form, and kinds without what they are told by."""
    yield from at.twice("kind", "id", [row.id for row in file.kind])
    form = source.read(_FORM, FormFile)
    fields = (field for group in form.group for field in group.field if field.id == _QUESTION)
    answers = {option.id for field in fields for option in field.options}
    for number, row in enumerate(file.kind):
        yield from at.unknown(("kind", number, "id"), [row.id], answers, "an answer of the form")
        for key in {"name": ("names",), "form": ("words",), "both": ("names", "words")}[row.tell_by]:
            if not getattr(row, key):
                yield at.fault(("kind", number, key), "this key is missing", f"what {row.tell_by} tells")


def cross_check_high_risk(at: At, file: HighRiskFile, _source: DataSource) -> Iterator[Fault]:
    """Yield ids that stand twice, and names that stand in two rows."""
    yield from at.twice("medicine", "id", [row.id for row in file.medicine])
    seen: set[str] = set()
    for number, row in enumerate(file.medicine):
        for name in row.names:
            if name.casefold() in seen:
                wrong = f"{shown(name)} appears twice"
                yield at.fault(("medicine", number, "names"), wrong, "each name once")
            seen.add(name.casefold())


KINDS = (
    FileKind("medicines/preparations.toml", PreparationsFile, cross_check_preparations, Consequence.SUPPLY),
    FileKind("medicines/amounts.toml", AmountsFile, no_cross_check, Consequence.SUPPLY),
    FileKind("medicines/allergies.toml", AllergiesFile, cross_check_allergies, Consequence.SUPPLY),
    FileKind("medicines/high-risk.toml", HighRiskFile, cross_check_high_risk, Consequence.SUPPLY),
)
