"""Describe the questions of a form and their order: read from ``resources/forms``, drawn by the window, answered as text.

The answers of a form are a mapping from field id to text, exactly as typed, so that a half-filled form can be
kept and nothing typed is lost. Their shapes: a date ``day/month/year`` (three boxes, any may be empty), a
choice or radio the id of its option, ticks the ids joined by commas, yes-no ``yes`` or ``no``, a medicine its
code, a tab and its name, or a name alone. Not answered is ``""``.

A group may repeat: it is asked once for each thing there is several of. Its ids then hold ``{n}``, and the answer
``<group>.count`` says how often it is asked. :meth:`Form.laid_out` makes of it a form in which every copy stands as
a group of its own, so that whatever reads or draws forms knows nothing of repetition.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from digmed_desktop.data_files.source import OWN

Answers = Mapping[str, str]


class FieldKind(StrEnum):
    """Name the way in which a field is answered."""

    TEXT = "text"
    LINES = "lines"  # several lines of text
    NHS_NUMBER = "nhs-number"
    POSTCODE = "postcode"
    TELEPHONE = "telephone"
    DATE = "date"
    TIME = "time"
    DECIMAL = "decimal"
    CHOICE = "choice"  # one of many, from a list that can be searched
    RADIO = "radio"  # one of a few, all in view
    YES_NO = "yes-no"
    TICKS = "ticks"
    PERSON = "person"  # one of the people of this pharmacy
    MEDICINE = "medicine"  # a product found by its name, with its code, or text alone


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose."""

    id: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A condition: the field is asked only while another has one of these answers; without any, while it has one."""

    field: str
    answers: tuple[str, ...] = ()

    def holds(self, answer: str) -> bool:
        """Whether the other field's answer fulfils it."""
        return answer in self.answers if self.answers else bool(answer.strip())


@dataclass(frozen=True, slots=True)
class FormField:
    """One question. ``to_gp``: whether its answer goes to the GP practice; else it is kept here."""

    id: str
    label: str
    kind: FieldKind
    to_gp: bool
    hint: str = ""
    required: bool = False
    half: bool = False  # may stand beside another half
    options: tuple[Option, ...] = ()
    options_from: str = ""  # the name of a list of the programme, such as products
    shown: Shown | None = None
    default: str = ""
    remembered: bool = False  # carried to the next patient until changed (the session strip)


@dataclass(frozen=True, slots=True)
class Repeat:
    """A group is asked several times: at most ``most`` times; ``add`` is the label of the button for one more."""

    most: int
    add: str


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that belong together, under one heading. ``copy_of``: the repeating group this is a copy of."""

    id: str
    title: str
    fields: tuple[FormField, ...]
    shown: Shown | None = None  # the whole group is asked only while this holds
    repeat: Repeat | None = None
    copy_of: str = ""


PLACE = "{n}"
"""Stands in the ids of a repeating group for the number of the copy, from 1."""


def count_id(group_id: str) -> str:
    """Return the id of the answer that says how often a repeating group is asked."""
    return f"{group_id}.count"


def copies(group: Group, answers: Answers) -> int:
    """Return how often a group is asked with these answers: at least once, at most as often as it may be."""
    return min(wanted(group, answers), group.repeat.most if group.repeat else 1)


def wanted(group: Group, answers: Answers) -> int:
    """Return how often a group would have to be asked for all that was answered, be it more often than it may."""
    typed = answers.get(count_id(group.id), "")
    return max(int(typed), 1) if typed.isascii() and typed.isdigit() else 1


def _copy(group: Group, number: int, of: int) -> Group:
    """Return one copy of a repeating group."""

    def named(text: str) -> str:
        return text.replace(PLACE, str(number))

    return replace(
        group,
        id=f"{group.id}.{number}",
        title=f"{group.title} {number} of {of}" if of > 1 else group.title,
        fields=tuple(
            replace(
                one,
                id=named(one.id),
                shown=replace(one.shown, field=named(one.shown.field)) if one.shown else None,
            )
            for one in group.fields
        ),
        copy_of=group.id,
    )


def without_copy(group: Group, answers: Answers, number: int) -> dict[str, str]:
    """Return the answers without those of one copy of a group; the copies after it move up."""
    before = copies(group, answers)
    kept = dict(answers)
    for place in range(number, before + 1):
        for one in group.fields:
            here, next_one = one.id.replace(PLACE, str(place)), one.id.replace(PLACE, str(place + 1))
            kept.pop(here, None)
            if place < before and next_one in answers:
                kept[here] = answers[next_one]
    kept[count_id(group.id)] = str(max(before - 1, 1))
    return kept


def of_copy(group: Group, answers: Answers, number: int) -> dict[str, str]:
    """Return the answers of one copy of a group, by the ids of the group as it is declared."""
    return {one.id: answers.get(one.id.replace(PLACE, str(number)), "") for one in group.fields}


def with_copy(group: Group, answers: Answers, number: int, copy: Answers) -> dict[str, str]:
    """Return the answers with one more copy of a group at its ``number``; the copies from there on move down."""
    count = copies(group, answers) + 1
    kept = dict(answers)
    for place in range(count, 0, -1):
        for one in group.fields:
            before = one.id.replace(PLACE, str(place - 1))
            if place == number:
                kept[one.id.replace(PLACE, str(place))] = copy.get(one.id, "")
            elif place > number:
                kept[one.id.replace(PLACE, str(place))] = answers.get(before, "")
    kept[count_id(group.id)] = str(count)
    return kept


@dataclass(frozen=True, slots=True)
class Form:
    """A form."""

    id: str
    title: str
    groups: tuple[Group, ...]

    def fields(self) -> Iterator[FormField]:
        """All questions in reading order."""
        for group in self.groups:
            yield from group.fields

    def field(self, field_id: str) -> FormField:
        """Return one question; KeyError when there is none of that id."""
        for one in self.fields():
            if one.id == field_id:
                return one
        raise KeyError(field_id)

    def asked(self, answers: Answers) -> frozenset[str]:
        """The ids of the questions that matter with these answers: a hidden one also hides those under it."""
        asked: set[str] = set()

        def holds(shown: Shown | None) -> bool:
            return shown is None or (shown.field in asked and shown.holds(answers.get(shown.field, "")))

        for group in self.groups:
            if holds(group.shown):
                for one in group.fields:
                    if holds(one.shown):
                        asked.add(one.id)
        return frozenset(asked)

    def leading_to(self, question: str, answers: Answers, asked: frozenset[str]) -> str:
        """Return the asked question that leads to one: itself, else the one that decides whether it is asked.

        ``asked`` are those that matter with these answers. ``""`` where the form has no such question.
        """
        if question in asked:
            return question
        groups = {one.id: group for group in self.groups for one in group.fields}
        while question in groups and question not in asked:
            shown = self.field(question).shown
            if shown is None or (shown.field in asked and shown.holds(answers.get(shown.field, ""))):
                shown = groups[question].shown
            question = shown.field if shown else ""
        return question if question in asked else ""

    @property
    def repeating(self) -> tuple[Group, ...]:
        """The groups that may be asked several times."""
        return tuple(group for group in self.groups if group.repeat and not group.copy_of)

    def laid_out(self, answers: Answers) -> "Form":
        """Return the form with every copy of its repeating groups as a group of its own."""
        groups: list[Group] = []
        for group in self.groups:
            if group.repeat and not group.copy_of:
                number = copies(group, answers)
                groups += [_copy(group, place, number) for place in range(1, number + 1)]
            else:
                groups.append(group)
        return replace(self, groups=tuple(groups))


@cache
def load(form_id: str) -> Form:
    """Return the form ``form_id`` of ``resources/forms``."""
    raw = OWN.raw(f"forms/{form_id}.toml")
    groups = []
    for group in raw["group"]:
        fields = []
        for item in group["field"]:
            shown = item.get("shown")
            fields.append(
                FormField(
                    id=item["id"],
                    label=item["label"],
                    kind=FieldKind(item["kind"]),
                    to_gp=item["to_gp"],
                    hint=item.get("hint", ""),
                    required=item.get("required", False),
                    half=item.get("half", False),
                    options=tuple(Option(**option) for option in item.get("options", [])),
                    options_from=item.get("options_from", ""),
                    shown=Shown(shown["field"], tuple(shown.get("answers", ()))) if shown else None,
                    default=item.get("default", ""),
                    remembered=item.get("remembered", False),
                )
            )
        shown, repeat = group.get("shown"), group.get("repeat")
        groups.append(
            Group(
                group["id"],
                group["title"],
                tuple(fields),
                shown=Shown(shown["field"], tuple(shown.get("answers", ()))) if shown else None,
                repeat=Repeat(**repeat) if repeat else None,
            )
        )
    return Form(raw["id"], raw["title"], tuple(groups))
