"""A record of another system as answers of a form: the hand-over from a pharmacy's own system.

Each binding answers its question as far as the form can hold the value. The form is then read as it would be read at the
counter, and every attribute of the record that does not come back is named in the notes kept here: nothing is dropped.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from digmed_desktop.clinical import form, units
from digmed_desktop.clinical.contradictions import contradictions
from digmed_desktop.clinical.dates import shown, shown_time
from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.clinical.questions.binding import QuestionSet, value_at
from digmed_desktop.clinical.questions.codecs import yes_no
from digmed_desktop.clinical.questions.forms import filled_in, of
from digmed_desktop.clinical.questions.writer import Here
from digmed_desktop.clinical.reading import Reading
from digmed_desktop.clinical.record import (
    Address,
    Allergy,
    Coded,
    NotStated,
    OnBehalf,
    Organisation,
    Professional,
    Quantity,
    ScreeningAnswer,
    Telephone,
    VaccinationRecord,
)

HEADING = "From the other system, without a place on this form:"
LEFT_OPEN = "Left open, because the record from the other system contradicts itself:"
RULED = "Said by the rules of the record from the other system, and not of this form:"
NOTES = "notes_kept_here"
Read = Callable[[Mapping[str, str]], Reading[Any]]


def answers_of(
    record: VaccinationRecord | EmergencySupplyRecord, read: Read, here: Here, *, place: int = 0
) -> dict[str, str]:
    """Return the answers of the form that a record fills in.

    ``read`` reads answers as the counter does; ``place`` is the immunization that the form is about, from 0.
    """
    questions = of(record)
    answers = filled_in(record, here, place)
    unclear = dict(_unclear(questions, record, place))
    for question in unclear:
        answers.pop(question, None)
    left = list(_left_out(questions, record, place, answers, read(answers)))
    laid_out = questions.form.laid_out(answers)
    why = [f"{laid_out.field(question).label}: {sentence}" for question, sentence in unclear.items()]
    notes = questions.question(NOTES)
    lines = (
        answers.get(notes, "").strip(),
        *((HEADING, *left) if left else ()),
        *((LEFT_OPEN, *why) if why else ()),
    )
    answers[notes] = "\n".join(line for line in lines if line)
    return {question: answer for question, answer in answers.items() if answer or question != notes}


def with_rules_said(
    answers: Mapping[str, str], said: Iterable[Problem], record: VaccinationRecord | EmergencySupplyRecord
) -> dict[str, str]:
    """Return the answers with what the rules say of their record, and not of the form, in the notes."""
    questions = of(record)
    laid_out, notes = questions.form.laid_out(answers), questions.question(NOTES)
    lines = [f"{laid_out.field(problem.field).label}: {problem.sentence}" for problem in said]
    if not lines:
        return dict(answers)
    return {**answers, notes: "\n".join(line for line in (answers.get(notes, ""), RULED, *lines) if line)}


def left_open(answers: Mapping[str, str]) -> tuple[str, ...]:
    """Return what to know of a form filled in from a record: why questions are open, and what rules say of the record.

    Each is a sentence, its question first.
    """
    told, headings = [], {HEADING: False, LEFT_OPEN: True, RULED: True}
    for text in answers.values():
        tells = False
        for line in text.split("\n"):
            if tells and line not in headings:
                told.append(line)
            tells = headings.get(line, tells)
    return tuple(told)


def _unclear(questions: QuestionSet, record: Any, place: int) -> Iterator[tuple[str, str]]:
    """Yield each question of which the record says two things, and the sentence why."""
    for found in contradictions(record):
        for path in found.unclear:
            of_this = path.startswith("items.") or found.place == place
            if of_this and (question := found.question(questions, path)):
                yield question, found.sentence


def _left_out(
    questions: QuestionSet, record: Any, place: int, answers: Mapping[str, str], reading: Reading[Any]
) -> Iterator[str]:
    """Yield in words what the form does not hold."""
    wrong = {problem.field for problem in reading.problems}
    for path in questions.attributes():
        there = _places(record, path, place)
        for n, (from_place, to_place) in enumerate(there, 1):
            value, held = value_at(record, path, from_place), value_at(reading.record, path, to_place)
            on_form = any(
                one in wrong and _holds(answers.get(one, ""), value) for one in _asked(questions, path, n)
            )
            if path == NOTES or value in (held, value_at(type(record)(), path)) or on_form:
                continue  # it is on the form, perhaps with a problem at its question, or nothing was said
            if said := words(value, held):
                yield f"{_label(questions, path, n if path.startswith('items.') else 0)}: {said}"


def _holds(answer: str, value: Any) -> bool:
    """Whether an answer that cannot be read holds a value all the same, for a person to mend."""
    if isinstance(value, tuple):
        return False
    return answer == value if isinstance(value, str) and not value.isdigit() else bool(answer)


def _asked(questions: QuestionSet, path: str, number: int) -> tuple[str, ...]:
    """Return the questions that hold an attribute."""
    bound = (one for one in questions.bindings if one.path == path)
    return tuple(
        question.replace(form.PLACE, str(number))
        for one in bound
        for question in (one.question, *one.besides)
    )


def _places(record: Any, path: str, place: int) -> tuple[tuple[int, int], ...]:
    """Return where an attribute stands in the record and in what the form makes of it."""
    if path.startswith("items."):
        return tuple((n, n) for n in range(len(record.items)))
    return ((place, 0),)


def _label(questions: QuestionSet, path: str, number: int) -> str:
    """Return how an attribute is called: as not asked, or by its question."""
    binding = questions.binding(path)
    if path in questions.unasked or binding is None:
        label = questions.unasked[path]
    else:
        label = binding.name or questions.form.field(binding.question).label
    return f"Item {number}, {label.lower()}" if number else label


def words(value: Any, held: Any = None) -> str:
    """Return a value in words; of several things those that are not ``held``."""
    if isinstance(value, tuple):
        rest = (one for one in value if one not in (held if isinstance(held, tuple) else ()))
        return "; ".join(said for one in rest if (said := words(one)))
    for kind, speak in _WORDS:
        if isinstance(value, kind):
            return speak(value).strip()
    return "" if value is None else str(value).strip()


def _of_allergy(allergy: Allergy) -> str:
    parts = (
        f"{allergy.agent.display} {allergy.agent.code}",
        allergy.reaction,
        words(allergy.reaction_code),
        allergy.kind,
        allergy.severity,
        words(allergy.certainty),
        f"first on {shown(allergy.first_experienced)}" if allergy.first_experienced else "",
    )
    return ", ".join(part.strip() for part in parts if part.strip())


def _of_organisation(organisation: Organisation) -> str:
    parts = (organisation.name, organisation.ods_code, words(organisation.address), organisation.telephone)
    return ", ".join(part for part in parts if part)


def _of_professional(who: Professional) -> str:
    parts = (who.name.spoken(), who.regulator.value, who.registration, words(who.role))
    return " ".join(part for part in parts if part)


_WORDS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, yes_no),
    (datetime, shown_time),
    (date, shown),
    (StrEnum, lambda value: value.value),
    (Decimal, lambda value: f"{value:f}"),
    (Coded, lambda term: f"{term.display} {term.code}"),
    (Quantity, units.amount),
    (Telephone, lambda one: f"{one.number} ({one.use.value})"),
    (Address, lambda address: ", ".join(address.in_lines())),
    (Allergy, _of_allergy),
    (Organisation, _of_organisation),
    (Professional, _of_professional),
    (OnBehalf, lambda one: f"recorded by {words(one.recorded_by)}, sent by {words(one.sent_by)}"),
    (NotStated, lambda one: f"{one.field}: {one.reason}"),
    (ScreeningAnswer, lambda said: f"{said.question}: {yes_no(said.answer)}"),
)
