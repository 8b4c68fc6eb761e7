"""Word one row of the text: each data item that both notifications have, read from the clinical record.

An item is None where it does not apply to this record, and empty where it applies but is not known.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from digmed_desktop.clinical import nhs_number
from digmed_desktop.clinical.dates import ENGLAND, age, shown, shown_time
from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord, SuppliedItem
from digmed_desktop.clinical.record import (
    CONSENTS_ALONE,
    Allergy,
    AllergyStatus,
    Certainty,
    Coded,
    Immunization,
    Professional,
    Regulator,
    VaccinationRecord,
)
from digmed_desktop.data_files.source import OWN
from digmed_desktop.fhir.edition import Edition
from digmed_desktop.messaging.sending import Kind

Record = VaccinationRecord | EmergencySupplyRecord


def kind_of(record: Record) -> Kind:
    """Return which notification a record makes."""
    return Kind.VACCINATION if isinstance(record, VaccinationRecord) else Kind.EMERGENCY_SUPPLY


def clinician_of(record: Record) -> Professional | None:
    """Return who acted: the vaccinator, or the pharmacist who supplied."""
    return record.vaccinator if isinstance(record, VaccinationRecord) else record.pharmacist


@dataclass(frozen=True, slots=True, repr=False)
class Cell:
    """The content of one row: its lines, and the code of the term it shows."""

    lines: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """The source of an item: the record, and of repeated things the one the row is about."""

    record: Record
    edition: Edition
    immunization: Immunization = field(default_factory=Immunization)
    supplied: SuppliedItem = field(default_factory=SuppliedItem)
    place: int = 1  # of what is supplied, among the items
    allergy: Allergy | None = None


def words(group: str) -> Mapping[str, Any]:
    """Return the sentences of one group of ``resources/editions/words/narrative.toml``."""
    found: Mapping[str, Any] = OWN.raw("editions/words/narrative.toml")[group]
    return found


def negative_allergy(status: AllergyStatus | None) -> Coded | None:
    """Return the code that says that no allergy is known, or None when the status says something else."""
    if status in (AllergyStatus.NONE_KNOWN, AllergyStatus.NO_DRUG_ALLERGY):
        raw = words("allergies")[status.value]
        return Coded(raw["display"], raw["code"])
    return None


def sent_certainty(allergy: Allergy) -> Certainty:
    """Return the certainty that is sent: what was only told is unconfirmed."""
    return allergy.certainty or Certainty.UNCONFIRMED


def text(value: str) -> Cell:
    """Return a text, each of its lines a line."""
    stripped = value.strip()
    return Cell(tuple(stripped.splitlines())) if stripped else Cell()


def lines(*values: str) -> Cell:
    """Return several texts, each on lines of its own; empty ones are left out."""
    return Cell(tuple(line for value in values for line in value.strip().splitlines() if line.strip()))


def term(coded: Coded | None) -> Cell:
    """Return a term with its code."""
    return Cell((coded.display.strip(),), coded.code) if coded and coded.display.strip() else Cell()


def _agent(c: Context) -> Cell:
    status = c.record.allergies.status
    if negative := negative_allergy(status):
        return term(negative)
    if status is AllergyStatus.NOT_AVAILABLE:
        return Cell((words("allergies")["not-available"],))
    if c.allergy is None or not c.allergy.agent.display.strip():
        return Cell()
    agent = c.allergy.agent
    if agent.is_coded:
        return term(agent)
    return Cell((agent.display.strip(), words("allergies")["uncoded"]))


def _of_allergy(read: Callable[[Allergy, Context], Cell]) -> Callable[[Context], Cell | None]:
    def item(c: Context) -> Cell | None:
        return None if c.allergy is None else read(c.allergy, c)

    return item


def _reaction(allergy: Allergy, _: Context) -> Cell:
    coded = term(allergy.reaction_code)
    told = text(allergy.reaction)
    return Cell(coded.lines + tuple(line for line in told.lines if line not in coded.lines), coded.code)


def _recorded(_: Allergy, c: Context) -> Cell:
    at = c.record.recorded_at or c.record.contact_at
    return text(shown(at.astimezone(ENGLAND).date() if at else None))


def _of_treatment(c: Context) -> Cell:
    """Return whether there was consent to the treatment, who gave it, and what makes that person able to."""
    consent, said = c.record.consent, words("consent")
    if consent.to_treatment is None:
        return Cell()
    sentence = said[f"treatment_{_KIND_WORD[kind_of(c.record)]}_{_yes_no(consent.to_treatment)}"]
    who = ", ".join(part.strip() for part in (consent.given_by, consent.name) if part.strip())
    if who and consent.relationship.strip():
        who += f" ({consent.relationship.strip()})"
    return lines(
        sentence,
        said["given_by"].format(who=who) if who else "",
        _stated(said["authority"], consent.authority),
        "" if _is_child(c) else _ability(c),
        said["consulted"].format(who=consent.consulted.strip()) if consent.consulted.strip() else "",
    )


def _of_sharing(c: Context) -> Cell:
    agreed = c.record.consent.to_sharing
    return Cell() if agreed is None else Cell((words("consent")[f"sharing_{_yes_no(agreed)}"],))


def _about_child(c: Context) -> Cell:
    """Return what was stated of a child: who is responsible, whether the child can decide, and the note."""
    consent = c.record.consent
    responsible = _stated(words("consent")["parental_responsibility"], consent.parental_responsibility)
    return lines(responsible, _ability(c) if _is_child(c) else "", consent.about_child)


def _ability(c: Context) -> str:
    """Return what was found of the ability to decide, each part as it was answered."""
    consent, said = c.record.consent, words("consent")
    parts = [
        _stated(said[part], getattr(consent, part))
        for part in ("understands", "retains", "weighs", "communicates")
    ]
    found = "; ".join(part for part in parts if part)
    who = consent.assessed_by.strip()
    if not found and not who:
        return ""
    head = said["assessed"].format(who=who) if who else said["assessed_by_nobody"]
    return f"{head}: {found}" if found else head


def _is_child(c: Context) -> bool:
    born, at = c.record.patient.date_of_birth, c.record.contact_at
    return born is not None and at is not None and age(born, at.astimezone(ENGLAND).date()) < CONSENTS_ALONE


def _stated(words_of_it: str, answer: bool | None) -> str:
    return "" if answer is None else f"{words_of_it}: {words('yes_no')[_yes_no(answer)]}"


def _yes_no(answer: bool) -> str:
    return "yes" if answer else "no"


_KIND_WORD = {Kind.VACCINATION: "vaccination", Kind.EMERGENCY_SUPPLY: "supply"}


def _registration(c: Context) -> Cell:
    who = clinician_of(c.record)
    return text(who.registration if who else "")


def registration_label(label: str, c: Context) -> str:
    """Return a row label with the regulator of the person who acted in place of ``{regulator}``."""
    who = clinician_of(c.record)
    regulator = who.regulator if who else Regulator.NONE
    return label.replace("{regulator}", regulator.value or "Professional")


def _on_behalf(c: Context) -> Cell | None:
    """Return who recorded and who sent what the clinician had not signed, None where the clinician stands for it."""
    said, clinician = c.record.on_behalf, clinician_of(c.record)
    if said is None:
        return None
    wording = words("on_behalf")
    named = _named(clinician) if clinician else ""
    return lines(
        wording["recorded"].format(recorder=_named(said.recorded_by), clinician=named),
        wording["sent"].format(sender=_named(said.sent_by)),
    )


def _named(who: Professional) -> str:
    role = who.role.display if who.role else ""
    return f"{who.name.spoken()} ({role})" if role else who.name.spoken()


def _telephones(c: Context) -> Cell:
    uses = words("telephone")
    return lines(
        *(f"{uses[t.use.value]}: {t.number.strip()}" for t in c.record.patient.telephones if t.number.strip())
    )


def _practice(part: str) -> Callable[[Context], Cell]:
    def item(c: Context) -> Cell:
        practice = c.record.practice
        if practice is None:
            return Cell()
        if part == "address":
            return lines(", ".join(practice.address.in_lines()))
        return text(practice.ods_code if part == "ods_code" else practice.name)

    return item


def _clinician(part: str) -> Callable[[Context], Cell]:
    def item(c: Context) -> Cell:
        who = clinician_of(c.record)
        if who is None:
            return Cell()
        return text(who.name.as_on_record()) if part == "name" else text(who.role.display if who.role else "")

    return item


@dataclass(frozen=True, slots=True, repr=False)
class Item:
    """One data item: the attribute of the record that decides it, and how it reads from the record.

    ``clinician`` in a path is who acted: the vaccinator or the pharmacist.
    """

    path: str
    read: Callable[[Context], Cell | None]


COMMON: Mapping[str, Item] = {
    "allergy.agent": Item("allergies.entries", _agent),
    "allergy.reaction": Item("allergies.entries", _of_allergy(_reaction)),
    "allergy.kind": Item("allergies.entries", _of_allergy(lambda a, _: text(a.kind.capitalize()))),
    "allergy.severity": Item("allergies.entries", _of_allergy(lambda a, _: text(a.severity.capitalize()))),
    "allergy.certainty": Item(
        "allergies.entries", _of_allergy(lambda a, _: text(sent_certainty(a).capitalize()))
    ),
    "allergy.first": Item("allergies.entries", _of_allergy(lambda a, _: text(shown(a.first_experienced)))),
    "allergy.recorded": Item("contact_at", _of_allergy(_recorded)),
    "contact.time": Item("contact_at", lambda c: text(shown_time(c.record.contact_at))),
    "contact.service": Item("service", lambda c: text(c.record.service)),
    "contact.reason": Item("reason_for_service", lambda c: text(c.record.reason_for_service)),
    "contact.accompanied": Item("accompanied_by", lambda c: text(c.record.accompanied_by)),
    "organisation.name": Item("pharmacy.name", lambda c: text(c.record.pharmacy.name)),
    "organisation.address": Item(
        "pharmacy.address", lambda c: text(", ".join(c.record.pharmacy.address.in_lines()))
    ),
    "organisation.telephone": Item("pharmacy.telephone", lambda c: text(c.record.pharmacy.telephone)),
    "clinician.name": Item("clinician", _clinician("name")),
    "clinician.role": Item("clinician", _clinician("role")),
    "clinician.registration": Item("clinician", _registration),
    "record.on_behalf": Item("on_behalf", _on_behalf),
    "consent.treatment": Item("consent.to_treatment", _of_treatment),
    "consent.sharing": Item("consent.to_sharing", _of_sharing),
    "consent.child": Item("consent.about_child", _about_child),
    "distribution.organisation": Item("practice.name", _practice("name")),
    "practice.ods_code": Item("practice.ods_code", _practice("ods_code")),
    "practice.name": Item("practice.name", _practice("name")),
    "practice.address": Item("practice.address.lines", _practice("address")),
    "practice.details": Item("practice.name", _practice("details")),
    "incident.reason": Item("incident.reason", lambda c: text(c.record.incident.reason)),
    "history": Item("history", lambda c: text(c.record.history)),
    "advice": Item("advice", lambda c: text(c.record.advice)),
    "referral.to": Item("referral.to", lambda c: text(c.record.referral.to)),
    "referral.urgency": Item("referral.urgency", lambda c: text(c.record.referral.urgency)),
    "referral.reason": Item("referral.reason", lambda c: text(c.record.referral.reason)),
    "referral.expectation": Item("referral.expectation", lambda c: text(c.record.referral.expectation)),
    "record.recorded": Item("recorded_at", lambda c: text(shown_time(c.record.recorded_at))),
    "patient.name": Item("patient.name.family", lambda c: text(c.record.patient.name.as_on_record())),
    "patient.date_of_birth": Item(
        "patient.date_of_birth", lambda c: text(shown(c.record.patient.date_of_birth))
    ),
    "patient.sex": Item(
        "patient.sex",
        lambda c: text(words("sex")[c.record.patient.sex.value] if c.record.patient.sex else ""),
    ),
    "patient.nhs_number": Item(
        "patient.nhs_number", lambda c: text(nhs_number.shown(c.record.patient.sendable_nhs_number))
    ),
    "patient.address": Item("patient.address.lines", lambda c: lines(*c.record.patient.address.in_lines())),
    "patient.telephones": Item("patient.telephones", _telephones),
}
