"""The answers of a form as they are filled in from a record."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from digmed_desktop.clinical.answers import Lists
from digmed_desktop.clinical.form import Form, Option
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.questions.binding import Binding, value_at
from digmed_desktop.clinical.record import Coded, Professional


def nobody(_who: Professional) -> str:
    """Return the id of nobody: no person of this pharmacy is looked for."""
    return ""


@dataclass(frozen=True, slots=True, repr=False)
class Here:
    """The pharmacy at which a form is filled in from a record.

    ``programme``: that of the vaccine, None if it is not known here. ``person_id`` returns the id of the person here
    who is the record's professional, ``""`` if nobody is.
    """

    programme: Programme | None = None
    person_id: Callable[[Professional], str] = nobody

    @property
    def lists(self) -> Lists:
        """The options that a form names with ``options_from``."""
        return self.programme.lists if self.programme else {}

    @property
    def codes(self) -> Mapping[str, Coded]:
        """The code that each option stands for."""
        return self.programme.codes if self.programme else {}


@dataclass(slots=True, repr=False)
class AnswerWriter:
    """Fills in one form from a record. ``place``: which of several immunizations it is about, from 0."""

    form: Form
    record: Any
    here: Here
    place: int = 0
    answers: dict[str, str] = field(default_factory=dict)

    def put(self, question: str, answer: str) -> None:
        """Answer a question; an empty answer is none."""
        if answer:
            self.answers[question] = answer

    def options(self, question: str) -> Sequence[Option]:
        """Return what can be chosen at a question."""
        asked = self.form.field(question)
        return self.here.lists.get(asked.options_from, asked.options)

    def choose(self, question: str, words: str) -> None:
        """Answer with the option that has this id or label, if there is one."""
        wanted = words.strip().lower()
        self.put(
            question, next((o.id for o in self.options(question) if wanted in (o.label.lower(), o.id)), "")
        )

    def choose_code(self, question: str, term: Coded | None) -> None:
        """Answer with the option that stands for a term, if there is one."""
        if term is not None:
            codes = self.here.codes
            fits = (o.id for o in self.options(question) if same(codes.get(o.id), term))
            self.put(question, next(fits, ""))

    def value(self, path: str) -> Any:
        """Return another attribute of the record."""
        return value_at(self.record, path, self.place)


def write(bindings: Iterable[Binding], writer: AnswerWriter, *, items: int = 0) -> None:
    """Answer every question whose answer the record holds; ``items`` are asked about one after the other."""
    for binding in bindings:
        places = range(items) if binding.repeats else (writer.place,)
        for place in places:
            value = value_at(writer.record, binding.path, place)
            binding.codec.write(writer, binding.at(place + 1), value)


def same(one: Coded | None, other: Coded) -> bool:
    """Whether two terms are one: by their codes where both have one, else by their words."""
    if one is None:
        return False
    return one.code == other.code if one.is_coded and other.is_coded else one.display == other.display
