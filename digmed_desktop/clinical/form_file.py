"""The model of a form's file in ``resources/forms``."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from digmed_desktop.clinical.form import PLACE, FieldKind
from digmed_desktop.data_files.fault import Fault, listed, shown
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.model import BY_VALUE, DataModel, Flag, Id, Text
from digmed_desktop.data_files.source import DataSource

PROGRAMME_LISTS = frozenset(
    (
        "services",
        "products",
        "sites",
        "routes",
        "eligibility",
        "risk_groups",
        "doses",
        "not_given_reasons",
        "legal_bases",
        "consent_givers",
        "programmes",
    )
)
"""The lists that a programme gives to a question; see ``Programme.lists``."""

_CHOSEN = (FieldKind.CHOICE, FieldKind.RADIO, FieldKind.TICKS)


def _question(id_: str) -> str:
    bare = id_.replace(PLACE, "1")
    if (
        not all(part.replace("_", "").isalnum() and part.isascii() for part in bare.split("."))
        or "." not in bare
    ):
        raise ValueError("is not the id of a question")
    return id_


QuestionId = Annotated[
    str, AfterValidator(_question), Field(description="the id of a question, such as patient.family")
]


class OptionRow(DataModel):
    """One answer to choose."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$", description="an id, such as not-given")]
    label: Text
    hint: Text = ""


class ShownRow(DataModel):
    """The question, and its answers, on which another question depends."""

    field: QuestionId
    answers: list[str] = Field([], description="a list of answers of that question")


class FieldRow(DataModel):
    """One question."""

    id: QuestionId
    label: Text
    kind: Annotated[FieldKind, BY_VALUE]
    to_gp: Flag
    hint: Text = ""
    required: Flag = False
    half: Flag = False
    options: list[OptionRow] = []
    options_from: str = Field("", description="the name of a list that the programme gives")
    shown: ShownRow | None = None
    default: str = Field("", description="the answer on a new form")
    remembered: Flag = False


class RepeatRow(DataModel):
    """How often a group may be asked."""

    most: Annotated[int, Field(ge=2, le=50, description="a whole number from 2 to 50")]
    add: Text


class GroupRow(DataModel):
    """Questions under one heading."""

    id: Id
    title: Text
    field: list[FieldRow]
    shown: ShownRow | None = None
    repeat: RepeatRow | None = None


class FormFile(DataModel):
    """A form."""

    id: Id
    title: Text
    group: list[GroupRow]

    def question_ids(self) -> set[str]:
        """Return the ids of all questions."""
        return {one.id for group in self.group for one in group.field}


def cross_check(at: At, file: FormFile, _source: DataSource) -> Iterator[Fault]:
    """Yield what is wrong between the questions of a form."""
    yield from at.stem(file.id)
    yield from at.twice("group", "id", [group.id for group in file.group])
    before: dict[str, FieldRow] = {}
    for group_no, group in enumerate(file.group):
        yield from _shown(at, ("group", group_no), group.shown, before)
        for field_no, field in enumerate(group.field):
            place = ("group", group_no, "field", field_no)
            if field.id in before:
                yield at.fault((*place, "id"), f"{shown(field.id)} is asked twice", "its own id")
            if (PLACE in field.id) != (group.repeat is not None):
                must = "{n} in the id of each question of a group that repeats, and in no other"
                yield at.fault((*place, "id"), f"{shown(field.id)} does not fit its group", must)
            yield from _shown(at, place, field.shown, before)
            yield from _options(at, place, field)
            before[field.id] = field


def _shown(
    at: At, place: tuple[str | int, ...], row: ShownRow | None, before: dict[str, FieldRow]
) -> Iterator[Fault]:
    if row is None:
        return
    other = before.get(row.field)
    if other is None:
        wrong = f"{shown(row.field)} does not come before this question"
        yield at.fault((*place, "shown", "field"), wrong, "the id of an earlier question")
    elif other.options or other.kind is FieldKind.YES_NO:
        known = ["", "yes", "no"] if other.kind is FieldKind.YES_NO else ["", *(o.id for o in other.options)]
        for answer in row.answers:
            if answer not in known:
                wrong = f"{shown(answer)} is not an answer of {other.id}"
                yield at.fault((*place, "shown", "answers"), wrong, f"one of {listed(known[1:])}")


def _options(at: At, place: tuple[str | int, ...], field: FieldRow) -> Iterator[Fault]:
    ids = [option.id for option in field.options]
    if len(set(ids)) != len(ids):
        yield at.fault((*place, "options"), "two options have the same id", "a different id in each")
    if field.kind in _CHOSEN and bool(ids) == bool(field.options_from):
        yield at.fault(
            (*place, "options"), "there are no options, or there are two lists", "options or options_from"
        )
    if field.kind not in _CHOSEN and (ids or field.options_from):
        yield at.fault((*place, "options"), f"a {field.kind.value} has no options", "no options here")
    if field.options_from:
        yield from at.unknown((*place, "options_from"), [field.options_from], PROGRAMME_LISTS, "a list")
    if ids and field.default and field.default not in ids:
        yield at.fault(
            (*place, "default"), f"{shown(field.default)} is not an option", f"one of {listed(ids)}"
        )


KIND = FileKind("forms", FormFile, cross_check, Consequence.FORMS)
