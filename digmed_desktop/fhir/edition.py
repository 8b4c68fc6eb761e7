"""Describe one edition of a message: its sections, rows, codes and titles."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from digmed_desktop.clinical.record import Coded
from digmed_desktop.messaging.sending import Kind


@dataclass(frozen=True, slots=True)
class RowPlan:
    """One row of a section's text: which item it shows, under which label.

    ``label_not_given`` is the label where the vaccine was not given, ``""`` for the same one.
    """

    item: str
    label: str
    mandatory: bool = False
    label_not_given: str = ""


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """One section: its key in the program, its title and code, and its rows in order."""

    key: str
    title: str
    code: Coded
    rows: tuple[RowPlan, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """One reading of one message.

    ``title`` begins Composition.title and the payload title of the MESH subject. ``show_codes`` puts SNOMED CT
    and dm+d codes in a third column of the text; ``summary_text`` sends the one-sentence Composition.text
    that the guide of 2024 asks for.
    """

    id: str
    kind: Kind
    name: str
    note: str
    default: bool
    title: str
    event: Coded
    type: Coded
    care_setting: Coded
    message_definition: str
    composition_profile: str
    sections: tuple[SectionPlan, ...]
    show_codes: bool = False
    summary_text: bool = False
    supply_type: Coded | None = None
    codes: Mapping[str, Coded] = field(default_factory=dict)

    def in_place_of(self, coded: Coded) -> Coded:
        """Return the code that this edition sends for another (1.1.3-alpha has one influenza procedure for
        all).
        """
        return self.codes.get(coded.code, coded)

    @property
    def workflow(self) -> str:
        """The MESH workflow id on which the message goes out."""
        return self.kind.value
