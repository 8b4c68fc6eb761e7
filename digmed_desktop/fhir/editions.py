"""Editions of the message as data: section codes, titles, labels, order, document type, event.

The guides and the published profiles disagree (specification of the Digital Medicines messages 1.1.3, 1.2.9,
1.3.0; profiles of July 2019), so each reading is one file in ``resources/editions`` and which one is sent is
a setting.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from digmed_desktop import resources
from digmed_desktop.clinical.record import SNOMED_CT, Coded
from digmed_desktop.messaging.parcel import Kind


class UnknownEditionError(LookupError):
    """There is no edition of that id."""


@dataclass(frozen=True, slots=True)
class RowPlan:
    """One row of a section's text: which item it shows, under which label."""

    item: str
    label: str
    mandatory: bool = False


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

    ``title`` is Composition.title and the payload title of the MESH subject. ``show_codes`` puts SNOMED CT
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


def _coded(raw: Mapping[str, str]) -> Coded:
    return Coded(raw["display"], raw["code"], raw.get("system", SNOMED_CT))


def _edition(raw: Mapping[str, Any]) -> Edition:
    return Edition(
        id=raw["id"],
        kind=Kind.of_form(raw["kind"]),
        name=raw["name"],
        note=raw["note"],
        default=raw.get("default", False),
        title=raw["title"],
        event=_coded(raw["event"]),
        type=_coded(raw["type"]),
        care_setting=_coded(raw["care_setting"]),
        message_definition=raw["profiles"]["message_definition"],
        composition_profile=raw["profiles"]["composition"],
        sections=tuple(
            SectionPlan(
                key=section["key"],
                title=section["title"],
                code=_coded(section),
                rows=tuple(
                    RowPlan(r["item"], r["label"], r.get("mandatory", False)) for r in section["rows"]
                ),
            )
            for section in raw["section"]
        ),
        show_codes=raw.get("show_codes", False),
        summary_text=raw.get("summary_text", False),
        supply_type=_coded(raw["supply_type"]) if "supply_type" in raw else None,
        codes={name: _coded(code) for name, code in raw.get("codes", {}).items()},
    )


@cache
def all_editions() -> tuple[Edition, ...]:
    """Return every edition, those of a kind together, its default first."""
    found = [_edition(resources.toml(name)) for name in resources.names("editions", ".toml")]
    return tuple(sorted(found, key=lambda e: (list(Kind).index(e.kind), not e.default, e.id)))


def load(edition_id: str) -> Edition:
    """Return the edition of that id; raises :class:`UnknownEditionError`."""
    for edition in all_editions():
        if edition.id == edition_id:
            return edition
    raise UnknownEditionError("There is no such edition of the message.")


def default_for(kind: Kind) -> Edition:
    """Return the edition that is sent unless a setting names another."""
    return next(edition for edition in all_editions() if edition.kind is kind and edition.default)
