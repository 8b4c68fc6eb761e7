"""The answers of a form, read one by one: what can be read, and a problem where it cannot."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from digmed_desktop.clinical import batch
from digmed_desktop.clinical.applicability import not_applicable
from digmed_desktop.clinical.dates import ENGLAND, DateSentenceError, read_date, read_time, split_typed
from digmed_desktop.clinical.form import Answers, FieldKind, Form, FormField, Option
from digmed_desktop.clinical.problem import Problem, Severity, refusal

Lists = Mapping[str, Sequence[Option]]

LINE_MOST = 200  # characters of an answer on one line
LINES_MOST = 2000  # characters of an answer of several lines
_JOINERS = "\u200c\u200d"  # needed inside words of some scripts
_MARKUP = re.compile(r"</?[A-Za-z!?]|&#?[A-Za-z0-9]+;")
_CHOSEN = (FieldKind.CHOICE, FieldKind.RADIO, FieldKind.PERSON, FieldKind.TICKS)


def is_blank(field: FormField, answer: str) -> bool:
    """Whether nothing was answered; a date of three empty boxes is blank too."""
    return not (answer.replace("/", "") if field.kind is FieldKind.DATE else answer).strip()


def called(field: FormField) -> str:
    """Return how a sentence names a field: ``the last name``, ``where the number was traced``."""
    first, _, rest = field.label.partition(" ")
    label = field.label if first[1:2].isupper() or len(first) == 1 else f"{first.lower()} {rest}".strip()
    return label if first in ("Where", "Which", "Why", "Who") else f"the {label}"


def missing_sentence(field: FormField) -> str:
    """Return the sentence for a question that must be answered and was not."""
    if field.kind is FieldKind.YES_NO:
        return f"Select Yes or No: {called(field).removeprefix('the ')}."
    if field.kind in _CHOSEN:
        return f"Select {called(field)}."
    return f"Enter {called(field)}."


def required_missing(form: Form, answers: Answers, *, unless: Collection[str] = ()) -> tuple[Problem, ...]:
    """Return a problem for every asked and required question without an answer, in the form's order.

    ``unless`` names questions that these answers make unneeded.
    """
    asked = form.asked(answers)
    return tuple(
        Problem(field.id, missing_sentence(field))
        for field in form.fields()
        if field.required
        and field.id in asked
        and field.id not in unless
        and is_blank(field, answers.get(field.id, ""))
    )


def person_number(answer: str) -> int | None:
    """Return the number of a person of this pharmacy in an answer, None if it names nobody."""
    return int(answer) if answer.isascii() and answer.isdigit() else None


def unsendable(text: str, *, lines: bool) -> bool:
    """Whether a text holds what no message can carry or no reader can see.

    Control characters, halves of surrogate pairs, non-characters and invisible formatting signs; where
    ``lines``, ends of lines and tabs are text.
    """
    return any(
        (
            unicodedata.category(c) in ("Cc", "Cs", "Cf", "Zl", "Zp")
            and c not in _JOINERS
            and not (lines and c in "\n\t")
        )
        or (ord(c) & 0xFFFE) == 0xFFFE
        or 0xFDD0 <= ord(c) <= 0xFDEF
        for c in text
    )


DONE_ALL_THE_SAME = "incident.done"


def was_done(answers: Answers) -> bool:
    """Whether it was done although something refuses it."""
    return answers.get(DONE_ALL_THE_SAME, "") == "yes"


class AnswerSheet:
    """The answers of one form at ``now``. Hidden questions count as not answered.

    ``problems`` gathers what is wrong, ``closes_electronic_way`` those problems that leave the way on paper.
    """

    def __init__(self, form: Form, answers: Answers, now: datetime, *, lists: Lists | None = None) -> None:
        """``lists`` are the options that the form names with ``options_from``."""
        self.form = form.id
        self.fields = {field.id: field for field in form.fields()}
        self.now = now
        self.today = now.astimezone(ENGLAND).date()
        self.problems: list[Problem] = []
        self.closes_electronic_way: set[Problem] = set()
        self._asked = form.asked(answers)
        self._answers = answers
        self._typed: dict[str, str] = {}  # rules ask for the same few answers, hundreds of times a reading
        self._lists = lists or {}

    def stop(self, field: str, sentence: str | None) -> None:
        """Note what prevents sending; None is nothing."""
        if sentence:
            self.problems.append(Problem(field, sentence, Severity.STOP))

    def refuse(self, field: str, sentence: str, source: str) -> None:
        """Note what refuses an act that is still to be done; of one that was done, a person looks at it."""
        self.problems.append(refusal(field, sentence, source, done=self.done_all_the_same))

    @property
    def done_all_the_same(self) -> bool:
        """Whether it was done although something refuses it."""
        return was_done({DONE_ALL_THE_SAME: self.typed(DONE_ALL_THE_SAME)})

    def paper(self, field: str, sentence: str) -> None:
        """Note what leaves only the way on paper."""
        self.stop(field, sentence)
        self.closes_electronic_way.add(Problem(field, sentence))

    def look(
        self, field: str, sentence: str | None, *, needs_reason: bool = False, raised_by: str = ""
    ) -> None:
        """Note what a person must look at; None is nothing. With ``needs_reason`` whoever goes on says why.

        ``raised_by`` are the values that raised it: with others the reason is asked anew.
        """
        if sentence:
            found = Problem(field, sentence, Severity.LOOK, needs_reason=needs_reason, raised_by=raised_by)
            self.problems.append(found)

    def typed(self, field: str) -> str:
        """Return an answer exactly as typed, ``""`` where the question is not asked or not answered."""
        if field not in self._typed:
            answer = self._answers.get(field, "") if field in self._asked else ""
            self._typed[field] = "" if is_blank(self.fields[field], answer) else answer
        return self._typed[field]

    @cached_property
    def left_out(self) -> frozenset[str]:
        """The questions that do not apply to the patient."""
        return not_applicable(self.typed, self.today, self.form)

    def text(self, field: str, most: int = LINE_MOST) -> str:
        """Return one line of text without spaces around it, ``""`` where it holds what cannot be sent."""
        return self._text(field, self.typed(field).strip(" "), most, lines=False)

    def part(self, field: str, part: str, most: int) -> str:
        """Return a part of an answer as :meth:`text` returns a whole one."""
        return self._text(field, part.strip(" "), most, lines=False)

    def lines(self, field: str, most: int = LINES_MOST) -> str:
        """Return a text of several lines without the blanks around it; ends of lines become line feeds."""
        answer = self.typed(field).replace("\r\n", "\n").replace("\r", "\n")
        return self._text(field, answer.strip(" \n\t"), most, lines=True)

    def _text(self, field: str, answer: str, most: int, *, lines: bool) -> str:
        name = called(self.fields[field])
        if unsendable(answer, lines=lines):
            self.stop(
                field,
                f"Type {name} again: it contains a hidden character that cannot be sent, often from pasting.",
            )
            return ""
        if len(answer) > most:
            self.stop(field, f"Shorten {name} to at most {most} characters; it has {len(answer)}.")
        if _MARKUP.search(answer):
            self.look(field, f"Check {name}: it looks like a piece of a web page. It stays exactly as typed.")
        return answer

    def option(self, field: str) -> Option | None:
        """Return the chosen option of a question."""
        answer = self.typed(field)
        if not answer:
            return None
        one = self.fields[field]
        for option in self._lists.get(one.options_from, one.options):
            if option.id == answer:
                return option
        self.stop(field, f"Choose one from the list for {called(one)}: the text there is not on it.")
        return None

    def yes(self, field: str) -> bool | None:
        """Return a yes-no answer, None where there is none."""
        answer = self.typed(field)
        if answer in ("", "yes", "no"):
            return {"yes": True, "no": False}.get(answer)
        self.stop(field, missing_sentence(self.fields[field]))
        return None

    def date_alone(self, field: str) -> date | None:
        """Return a date that another reading has already judged."""
        before = len(self.problems)
        found = self.date(field, past=False)
        del self.problems[before:]
        return found

    def date(self, field: str, *, past: bool, whole_month: bool = False) -> date | None:
        """Return a date or None. ``whole_month``: day 00 is the last day of the month (GS1)."""
        answer = self.typed(field)
        if not answer:
            return None
        one = self.fields[field]
        parts = tuple(answer.split("/")) if answer.count("/") == 2 else split_typed(answer, self.today)
        if parts is None:
            self.stop(field, f"Enter {called(one)} as day, month and year, such as 15 3 {self.today.year}.")
            return None
        day, month, year = parts
        try:
            if whole_month and day.strip() in ("0", "00"):
                first = read_date("1", month, year, what=one.label, today=self.today, past=past)
                return batch.last_day(first.year, first.month) if first else None
            return read_date(day, month, year, what=one.label, today=self.today, past=past)
        except DateSentenceError as wrong:
            self.stop(field, str(wrong))
            return None

    def amount(self, field: str, shape: re.Pattern[str], unreadable: str) -> Decimal | None:
        """Return a number above zero, None where there is none; ``unreadable`` is said of what has not its ``shape``."""
        typed = self.text(field)
        if not typed:
            return None
        if not shape.fullmatch(typed):
            self.stop(field, unreadable)
            return None
        if not Decimal(typed):
            self.stop(field, f"{self.fields[field].label} must be above zero.")
            return None
        return Decimal(typed)

    def chosen(self, field: str) -> str:
        """Return the id of the chosen option, ``""`` if none is chosen."""
        option = self.option(field)
        return option.id if option else ""

    def label(self, field: str) -> str:
        """Return the words of the chosen option, ``""`` if none is chosen."""
        option = self.option(field)
        return option.label if option else ""

    def time(self, field: str) -> tuple[int, int] | None:
        """Return hour and minute, None where there is none."""
        try:
            return read_time(self.typed(field), self.fields[field].label)
        except DateSentenceError as wrong:
            self.stop(field, str(wrong))
            return None

    def in_order(self) -> tuple[Problem, ...]:
        """Return each problem once, those of the form first and in its order."""
        order = {field: n for n, field in enumerate(self.fields)}
        return tuple(sorted(dict.fromkeys(self.problems), key=lambda p: order.get(p.field, len(order))))
