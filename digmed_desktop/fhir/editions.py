"""Editions of the message as data: section codes, titles, labels, order, document type, event.

The guides and the published profiles disagree (specification of the Digital Medicines messages 1.1.3, 1.2.9,
1.3.0; profiles of July 2019), so each reading is one file in ``resources/editions`` and which one is sent is
a setting.
"""

from functools import cache
from typing import TYPE_CHECKING

from digmed_desktop.clinical.record import Coded
from digmed_desktop.data_files.source import OWN
from digmed_desktop.fhir.edition import Edition, RowPlan, SectionPlan
from digmed_desktop.messaging.sending import Kind

if TYPE_CHECKING:
    from digmed_desktop.fhir.edition_files import CodedRow, EditionFile


class UnknownEditionError(LookupError):
    """There is no edition of that id."""


def _coded(row: "CodedRow") -> Coded:
    return Coded(row.display, row.code, row.system)


def _edition(row: "EditionFile") -> Edition:
    return Edition(
        id=row.id,
        kind=Kind.of_form(row.kind),
        name=row.name,
        note=row.note,
        default=row.default,
        title=row.title,
        event=_coded(row.event),
        type=_coded(row.type),
        care_setting=_coded(row.care_setting),
        message_definition=row.profiles.message_definition,
        composition_profile=row.profiles.composition,
        sections=tuple(
            SectionPlan(
                key=section.key,
                title=section.title,
                code=_coded(section),
                rows=tuple(
                    RowPlan(one.item, one.label, one.mandatory, one.label_not_given or "")
                    for one in section.rows
                ),
            )
            for section in row.section
        ),
        show_codes=row.show_codes,
        summary_text=row.summary_text,
        supply_type=_coded(row.supply_type) if row.supply_type else None,
        codes={name: _coded(coded) for name, coded in row.codes.items()},
    )


@cache
def all_editions() -> tuple[Edition, ...]:
    """Return every edition without a fault, those of a kind together, its default first.

    Where one has a fault nothing is sent, but records are read and printed with the others.
    """
    from digmed_desktop.fhir.edition_check import KIND
    from digmed_desktop.fhir.edition_files import EditionFile

    names = [name for name in KIND.names(OWN) if not KIND.faults(name, OWN)]
    found = [_edition(OWN.read(name, EditionFile)) for name in names]
    return tuple(sorted(found, key=lambda e: (list(Kind).index(e.kind), not e.default, e.id)))


def load(edition_id: str) -> Edition:
    """Return the edition of that id; raises :class:`UnknownEditionError`."""
    for edition in all_editions():
        if edition.id == edition_id:
            return edition
    raise UnknownEditionError("There is no such edition of the message.")


def default_for(kind: Kind) -> Edition:
    """Return the edition that is sent unless a setting names another; where that has a fault, one to read with."""
    of_kind = [edition for edition in all_editions() if edition.kind is kind]
    if not of_kind:
        raise UnknownEditionError("No edition of this message can be read.")
    return next((edition for edition in of_kind if edition.default), of_kind[0])


def load_or_default(edition_id: str, kind: Kind) -> Edition:
    """Return the edition of that id, or the default of its kind where there is none or it has a fault."""
    found = (edition for edition in all_editions() if edition.id == edition_id)
    return next(found, None) or default_for(kind)
