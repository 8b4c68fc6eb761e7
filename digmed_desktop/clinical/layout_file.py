"""The model of a file in ``resources/layouts``: how a form is drawn."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from digmed_desktop.clinical.form_file import FormFile, QuestionId
from digmed_desktop.data_files.fault import Fault, shown
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.model import DataModel, Id, Text
from digmed_desktop.data_files.source import DataSource


class SectionRow(DataModel):
    """Questions that are drawn together."""

    id: Id
    title: Text = ""
    style: Literal["fields", "table", "more"] = Field("fields", description="fields, table or more")
    card: Text = ""
    key: Annotated[str, Field(pattern=r"^(Alt\+[A-Z])?$", description="a key such as Alt+P")] = ""
    adds: Text = ""
    second: bool = Field(default=False, description="true to show it in the second column of a wide page")
    lines: list[Annotated[list[QuestionId], Field(min_length=1)]]


class LayoutFile(DataModel):
    """How one form is drawn; its name is that of the form."""

    section: list[SectionRow]


def cross_check(at: At, file: LayoutFile, source: DataSource) -> Iterator[Fault]:
    """Yield questions that are drawn nowhere or twice, keys that open two sections, and sections nothing opens."""
    yield from at.twice("section", "id", [one.id for one in file.section])
    keys = [one.key for one in file.section if one.key]
    form = source.read(at.name.replace("layouts/", "forms/"), FormFile)
    wanted = form.question_ids()
    drawn: set[str] = set()
    for number, section in enumerate(file.section):
        place = ("section", number)
        for question in (one for line in section.lines for one in line):
            if question not in wanted:
                yield at.fault(
                    (*place, "lines"), f"{shown(question)} is not a question of the form", "a question"
                )
            if question in drawn:
                yield at.fault((*place, "lines"), f"{shown(question)} is in two places", "each question once")
            drawn.add(question)
        if section.key and keys.count(section.key) > 1:
            yield at.fault((*place, "key"), f"{shown(section.key)} opens two sections", "its own key")
        if section.style == "more" and not section.adds:
            yield at.fault((*place, "adds"), "this section has no button", "the label of its button")
    for question in sorted(wanted - drawn):
        yield at.fault(("section",), f"{shown(question)} is not in any section", "each question once")


KIND = FileKind("layouts", LayoutFile, cross_check, Consequence.FORMS)
