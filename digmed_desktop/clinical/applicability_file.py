"""The model of a file in ``resources/applicability``: whom a question of a form is asked."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from digmed_desktop.clinical.form_file import FormFile, QuestionId
from digmed_desktop.clinical.record import Sex
from digmed_desktop.data_files.fault import Fault, shown
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.model import BY_VALUE, DataModel, Flag, Text, Texts
from digmed_desktop.data_files.reviewed import ReviewedFile
from digmed_desktop.data_files.source import DataSource

Years = Annotated[int, Field(ge=0, le=130)]


class ApplicabilityRow(DataModel):
    """Questions that are asked of some patients only. ``confirmed``: a pharmacist has read the source."""

    questions: Annotated[list[QuestionId], Field(min_length=1)]
    from_age: Years | None = None
    to_age: Years | None = None
    not_sex: list[Annotated[Sex, BY_VALUE]] = []
    unless: dict[QuestionId, Texts] = {}
    source: Text
    confirmed: Flag


class ApplicabilityFile(ReviewedFile):
    """The rules of one form; its name is that of the form."""

    rule: list[ApplicabilityRow]


def cross_check(at: At, file: ApplicabilityFile, source: DataSource) -> Iterator[Fault]:
    """Yield questions that the form has not, ages the wrong way round, and rules that leave out nothing."""
    wanted = source.read(at.name.replace("applicability/", "forms/"), FormFile).question_ids()
    for number, rule in enumerate(file.rule):
        for key, questions in (("questions", rule.questions), ("unless", list(rule.unless))):
            for question in questions:
                if question not in wanted:
                    yield at.fault(
                        ("rule", number, key),
                        f"{shown(question)} is not a question of the form",
                        "a question",
                    )
        if rule.from_age is not None and rule.to_age is not None and rule.from_age > rule.to_age:
            yield at.fault(
                ("rule", number, "to_age"), f"{rule.to_age} is before from_age", "the higher age last"
            )
        if rule.from_age is None and rule.to_age is None and not rule.not_sex:
            yield at.fault(("rule", number), "this rule excludes nobody", "an age or a sex")


KIND = FileKind("applicability", ApplicabilityFile, cross_check, Consequence.FORMS)
