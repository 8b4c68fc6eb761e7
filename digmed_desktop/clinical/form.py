"""What a form asks, in which order: read from ``resources/forms``, drawn by the window, answered as text.

The answers of a form are a mapping from field id to text, exactly as typed, so that a half-filled form can be
kept and nothing typed is lost. Their shapes: a date ``day/month/year`` (three boxes, any may be empty), a
choice or radio the id of its option, ticks the ids joined by commas, yes-no ``yes`` or ``no``. Not answered
is ``""``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from digmed_desktop import resources

Answers = Mapping[str, str]


class FieldKind(StrEnum):
    """How a field is answered."""

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


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose."""

    id: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A condition: the field is asked only while another has one of these answers."""

    field: str
    answers: tuple[str, ...]


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
class Group:
    """Questions that belong together, under one heading."""

    id: str
    title: str
    fields: tuple[FormField, ...]


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
        for one in self.fields():
            if one.shown is None or (
                one.shown.field in asked and answers.get(one.shown.field, "") in one.shown.answers
            ):
                asked.add(one.id)
        return frozenset(asked)


@cache
def load(form_id: str) -> Form:
    """Return the form ``form_id`` of ``resources/forms``."""
    raw = resources.toml(f"forms/{form_id}.toml")
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
                    shown=Shown(shown["field"], tuple(shown["answers"])) if shown else None,
                    default=item.get("default", ""),
                    remembered=item.get("remembered", False),
                )
            )
        groups.append(Group(group["id"], group["title"], tuple(fields)))
    return Form(raw["id"], raw["title"], tuple(groups))
