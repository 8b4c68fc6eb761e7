"""Find statements that the form needs and a record of another system leaves out; the record can say why.

Nobody can ask a record. A reason in ``not_stated`` names the field, so that a person decided to leave it out.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from digmed_desktop.clinical.answers import called, missing_sentence
from digmed_desktop.clinical.form import FormField
from digmed_desktop.clinical.problem import A_WORD
from digmed_desktop.clinical.questions.binding import QuestionSet, value_at
from digmed_desktop.clinical.record import NotStated
from digmed_desktop.clinical.record_fault import Fault

_SCREEN = "screening.answers"
_NOTHING_MISSING = (
    "This entry names nothing that is missing: the record states it, or nobody asks for it. Remove the entry."
)


@dataclass(frozen=True, slots=True, repr=False)
class Unstated:
    """A question that the form needs answered and that a record leaves out; ``field`` names it as the record does."""

    question: FormField
    field: str

    @property
    def where(self) -> str:
        """Return its place in a record file."""
        return f"record.{self.field}"

    @property
    def said(self) -> Fault:
        """Return its place in a record file and a sentence that says how to state it."""
        excuse = f"If the record cannot say it, list {self.field} in record.not_stated with the reason."
        return self.where, f"Not stated, so no rule judged it. {missing_sentence(self.question)} {excuse}"


def says_something(questions: QuestionSet, record: Any, question: str, place: int = 0) -> bool:
    """Whether a record states the attribute behind a question, in whatever words; ``place``: of which vaccine."""
    path, item = questions.attribute(question)
    binding = questions.binding(path)
    if binding is None or question in binding.besides or path == _SCREEN:
        return False  # one of many questions: each is answered for itself
    where = item if binding.repeats else place
    value = value_at(record, path, where)
    blank = isinstance(value, str) and not value.strip()
    return not blank and bool(value != value_at(type(record)(), path))


def in_other_words(question: FormField) -> str:
    """Return the sentence about an answer that the form does not have."""
    return f"The form has no such answer for {called(question)}, so no rule judged it. Check it."


def unexcused(
    unstated: Collection[Unstated], reasons: Sequence[NotStated], refused: Collection[str]
) -> Iterator[Unstated]:
    """Yield what is left out without a reason, apart from the places that are ``refused`` already."""
    excused = {one.field for one in reasons if A_WORD.search(one.reason)}
    yield from (one for one in unstated if one.field not in excused and one.where not in refused)


def faulty_reasons(unstated: Collection[Unstated], reasons: Sequence[NotStated]) -> Iterator[Fault]:
    """Yield what is wrong with the reasons themselves: about nothing that is missing, without words, or twice."""
    missing = {one.field for one in unstated}
    for place, one in enumerate(reasons):
        where = f"record.not_stated.{place}"
        if one.field not in missing:
            yield f"{where}.field", _NOTHING_MISSING
        elif any(before.field == one.field for before in reasons[:place]):
            yield f"{where}.field", "This field is listed twice. Remove one of the entries."
        elif not A_WORD.search(one.reason):
            yield f"{where}.reason", "Say in words why the record does not state the field."
