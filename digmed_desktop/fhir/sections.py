"""The text of the message, section by section: the one source of what the practice reads.

The same rows are shown in the preview, make the XHTML narrative, and are held against the coded entries, so
that text and codes cannot say different things (ITK3 FHIR-CC-03).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from digmed_desktop.clinical.dates import shown_time
from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord, SuppliedItem
from digmed_desktop.clinical.questions.forms import of
from digmed_desktop.clinical.record import Allergy, AllergyStatus, Coded, Immunization, VaccinationRecord
from digmed_desktop.fhir.corrections import Replaces
from digmed_desktop.fhir.edition import Edition, RowPlan, SectionPlan
from digmed_desktop.fhir.items import COMMON, Context, Item, Record, kind_of, registration_label, words
from digmed_desktop.fhir.supply_items import SUPPLY
from digmed_desktop.fhir.vaccine_items import VACCINE
from digmed_desktop.messaging.sending import Kind

ITEMS: Mapping[str, Item] = {**COMMON, **VACCINE, **SUPPLY}
MAIN_SECTIONS = ("vaccinations", "medications")
"""The section that says what was done."""


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One row of a section's text.

    ``field`` is the id of the question the answer came from, ``""`` if the form asks none; ``missing`` says that
    the message needs it and it is not there yet. Rows of one ``group`` stand in one table: several vaccines or
    allergies have a table each.
    """

    label: str
    values: tuple[str, ...]
    field: str
    missing: bool = False
    code: str = ""
    group: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Section:
    """One section as the practice will see it."""

    key: str
    title: str
    rows: tuple[Row, ...]


def sections(record: Record, edition: Edition, *, replaces: Replaces | None = None) -> tuple[Section, ...]:
    """Return the sections that have anything to say, in the edition's order; the record may be half filled
    in.
    """
    return tuple(
        Section(plan.key, plan.title, (*_notice(plan, record, replaces), *rows))
        for plan in edition.sections
        if not (plan.key == "distribution" and record.consent.to_sharing is False)  # nobody is told
        if (rows := _rows(plan, record, edition))
    )


def _rows(plan: SectionPlan, record: Record, edition: Edition) -> tuple[Row, ...]:
    if plan.key == "medications" and isinstance(record, EmergencySupplyRecord) and record.supplied is False:
        why = tuple(line for line in record.not_supplied_reason.splitlines() if line.strip())
        field = of(record).question("not_supplied_reason")
        return (Row(words("supply")["not_supplied"], why, field, missing=not why),)
    rows: list[Row] = []
    questions = of(record)
    for group, context in enumerate(_contexts(plan.key, record, edition)):
        for wanted in plan.rows:
            item = ITEMS[wanted.item]
            cell = item.read(context)
            if cell is None or (not cell.lines and not wanted.mandatory):
                continue
            row = Row(
                label=registration_label(_label(wanted, context), context),
                values=cell.lines,
                field=questions.question(item.path, context.place),
                missing=not cell.lines,
                code=cell.code if edition.show_codes else "",
                group=group,
            )
            if not any(
                r.label == row.label and r.values == row.values for r in rows if plan.key == "eligibility"
            ):
                rows.append(row)
    return tuple(rows)


def _label(wanted: RowPlan, c: Context) -> str:
    """Return the label of a row: nobody administered what was not given."""
    return wanted.label_not_given or wanted.label if c.immunization.given is False else wanted.label


def _contexts(key: str, record: Record, edition: Edition) -> Iterator[Context]:
    """Return what the rows of a section are about: one thing, or each of several."""
    if key == "allergies":
        status = record.allergies.status
        if status is AllergyStatus.RECORDED:
            for allergy in record.allergies.entries or (Allergy(Coded("")),):
                yield Context(record, edition, allergy=allergy)
        elif status is not None:
            yield Context(record, edition)
    elif isinstance(record, VaccinationRecord) and key in ("vaccinations", "eligibility"):
        for immunization in record.immunizations or (Immunization(),):
            yield Context(record, edition, immunization=immunization)
    elif isinstance(record, EmergencySupplyRecord) and key == "medications":
        for place, supplied in enumerate(record.items or (SuppliedItem(),), 1):
            yield Context(record, edition, supplied=supplied, place=place)
    else:
        yield Context(record, edition)


def _notice(plan: SectionPlan, record: Record, replaces: Replaces | None) -> tuple[Row, ...]:
    """Return the rows that say that this record corrects or withdraws an earlier one."""
    if replaces is None or plan.key not in MAIN_SECTIONS:
        return ()  # over demographics or allergies it would read as if these were wrong
    said = words("correction")
    first = Row(said["withdrawn_label"], (withdrawal_notice(record, replaces),), "", group=-1)
    if replaces.withdrawn:
        lines = [said["withdrawn_text"]]
    else:
        lines = [said["replaces"], said["changed"].format(what=replaces.changed)]
    lines += [said["why"].format(why=replaces.why), said["when"].format(when=shown_time(replaces.at))]
    told = Row(said["label"], tuple(lines), "", group=-1)
    return (first, told) if replaces.withdrawn else (told,)


def withdrawal_notice(record: Record, replaces: Replaces | None = None) -> str:
    """Return the words that stand first in a withdrawn record.

    They deny what the record says was done only where a person stated that nothing was: a record made twice is
    withdrawn although the dose was given, and a record of "not given" although it may have been.
    """
    said, kind = words("correction"), kind_of(record)
    if replaces is None or not replaces.nothing_done or not _says_done(record):
        return str(said["withdrawn"])
    return str(said["withdrawn_vaccination" if kind is Kind.VACCINATION else "withdrawn_supply"])


def _says_done(record: Record) -> bool:
    if isinstance(record, EmergencySupplyRecord):
        return record.supplied is not False
    return all(one.given is not False for one in record.immunizations)
