"""What one row of the text says: each data item of the guides, read from the clinical record.

An item is None where it does not apply to this record, and empty where it applies but is not known.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from digmed_desktop import resources
from digmed_desktop.clinical import nhs_number
from digmed_desktop.clinical.dates import ENGLAND, shown, shown_time
from digmed_desktop.clinical.record import (
    Allergy,
    AllergyStatus,
    Certainty,
    Coded,
    Immunization,
    Quantity,
    Regulator,
    VaccinationRecord,
)


@dataclass(frozen=True, slots=True)
class Cell:
    """The content of one row: its lines, and the code of the term it shows."""

    lines: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What an item is read from: the record, and of repeated things the one the row is about."""

    record: VaccinationRecord
    immunization: Immunization = field(default_factory=Immunization)
    allergy: Allergy | None = None


def words(group: str) -> Mapping[str, Any]:
    """Return the sentences of one group of ``resources/editions/words/narrative.toml``."""
    found: Mapping[str, Any] = resources.toml("editions/words/narrative.toml")[group]
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


def amount(quantity: Quantity) -> str:
    """Return an amount as people read it: ``0.5 mL``."""
    return f"{quantity.value:f} {quantity.unit.display}".strip()


def _text(value: str) -> Cell:
    stripped = value.strip()
    return Cell(tuple(stripped.splitlines())) if stripped else Cell()


def _lines(*values: str) -> Cell:
    return Cell(tuple(line for value in values for line in value.strip().splitlines() if line.strip()))


def _term(coded: Coded | None) -> Cell:
    return Cell((coded.display.strip(),), coded.code) if coded and coded.display.strip() else Cell()


def _agent(c: Context) -> Cell:
    status = c.record.allergies.status
    if negative := negative_allergy(status):
        return _term(negative)
    if status is AllergyStatus.NOT_AVAILABLE:
        return Cell((words("allergies")["not-available"],))
    if c.allergy is None or not c.allergy.agent.display.strip():
        return Cell()
    agent = c.allergy.agent
    if agent.is_coded:
        return _term(agent)
    return Cell((agent.display.strip(), words("allergies")["uncoded"]))


def _of_allergy(read: Callable[[Allergy, Context], Cell]) -> Callable[[Context], Cell | None]:
    def item(c: Context) -> Cell | None:
        return None if c.allergy is None else read(c.allergy, c)

    return item


def _reaction(allergy: Allergy, _: Context) -> Cell:
    coded = _term(allergy.reaction_code)
    told = _text(allergy.reaction)
    return Cell(coded.lines + tuple(line for line in told.lines if line not in coded.lines), coded.code)


def _recorded(_: Allergy, c: Context) -> Cell:
    at = c.record.recorded_at or c.record.contact_at
    return _text(shown(at.astimezone(ENGLAND).date() if at else None))


def _consent(to: str) -> Callable[[Context], Cell]:
    def item(c: Context) -> Cell:
        consent, said = c.record.consent, words("consent")
        answer = consent.to_treatment if to == "treatment_vaccination" else consent.to_sharing
        if answer is None:
            return Cell()
        sentence = said[f"{to}_{'yes' if answer else 'no'}"]
        if to == "sharing" or not (consent.given_by or consent.name):
            return Cell((sentence,))
        who = ", ".join(part.strip() for part in (consent.given_by, consent.name) if part.strip())
        if consent.relationship.strip():
            who += f" ({consent.relationship.strip()})"
        return Cell((sentence, said["given_by"].format(who=who)))

    return item


def _registration(c: Context) -> Cell:
    who = c.record.vaccinator
    return _text(who.registration if who else "")


def registration_label(label: str, c: Context) -> str:
    """Return a row label with the regulator of the person who acted in place of ``{regulator}``."""
    who = c.record.vaccinator
    regulator = who.regulator if who else Regulator.NONE
    return label.replace("{regulator}", regulator.value or "Professional")


def _product(c: Context) -> Cell:
    chosen = _term(c.immunization.product)
    if not chosen.lines and c.immunization.given is False:
        return Cell((words("vaccine")["no_product"],))
    return chosen


def _if_given(read: Callable[[Immunization], Cell]) -> Callable[[Context], Cell | None]:
    def item(c: Context) -> Cell | None:
        return None if c.immunization.given is False else read(c.immunization)

    return item


def _outcome(c: Context) -> Cell | None:
    return Cell((words("vaccine")["not_given"],)) if c.immunization.given is False else None


def _not_given_reason(c: Context) -> Cell | None:
    return _term(c.immunization.not_given_reason) if c.immunization.given is False else None


def _dose_number(vaccine: Immunization) -> Cell:
    return _text(str(vaccine.dose_number) if vaccine.dose_number is not None else "")


def _disease(vaccine: Immunization) -> Cell:
    return _term(vaccine.target_disease) if vaccine.send_dose_number else Cell()


def _yes_no(answer: bool | None) -> Cell:
    return Cell() if answer is None else _text(words("yes_no")["yes" if answer else "no"])


def _telephones(c: Context) -> Cell:
    uses = words("telephone")
    return _lines(
        *(f"{uses[t.use.value]}: {t.number.strip()}" for t in c.record.patient.telephones if t.number.strip())
    )


def _practice(part: str) -> Callable[[Context], Cell]:
    def item(c: Context) -> Cell:
        practice = c.record.practice
        if practice is None:
            return Cell()
        if part == "address":
            return _lines(", ".join(practice.address.in_lines()))
        return _text(practice.ods_code if part == "ods_code" else practice.name)

    return item


def _clinician(part: str) -> Callable[[Context], Cell]:
    def item(c: Context) -> Cell:
        who = c.record.vaccinator
        if who is None:
            return Cell()
        return (
            _text(who.name.as_on_record()) if part == "name" else _text(who.role.display if who.role else "")
        )

    return item


@dataclass(frozen=True, slots=True)
class Item:
    """One data item: the form field its answer comes from, and how it reads from the record."""

    field: str
    read: Callable[[Context], Cell | None]


ITEMS: Mapping[str, Item] = {
    "allergy.agent": Item("allergies.entries", _agent),
    "allergy.reaction": Item("allergies.entries", _of_allergy(_reaction)),
    "allergy.kind": Item("allergies.entries", _of_allergy(lambda a, _: _text(a.kind.capitalize()))),
    "allergy.severity": Item("allergies.entries", _of_allergy(lambda a, _: _text(a.severity.capitalize()))),
    "allergy.certainty": Item(
        "allergies.entries", _of_allergy(lambda a, _: _text(sent_certainty(a).capitalize()))
    ),
    "allergy.first": Item("allergies.entries", _of_allergy(lambda a, _: _text(shown(a.first_experienced)))),
    "allergy.recorded": Item("contact.date", _of_allergy(_recorded)),
    "contact.time": Item("contact.date", lambda c: _text(shown_time(c.record.contact_at))),
    "contact.service": Item("session.service", lambda c: _text(c.record.service)),
    "contact.reason": Item("contact.reason", lambda c: _text(c.record.reason_for_service)),
    "contact.accompanied": Item("after.accompanied_by", lambda c: _text(c.record.accompanied_by)),
    "contact.location": Item("session.location", lambda c: _text(c.record.location)),
    "contact.chaperone": Item("after.chaperone", lambda c: _text(c.record.chaperone)),
    "organisation.name": Item("pharmacy.name", lambda c: _text(c.record.pharmacy.name)),
    "organisation.address": Item(
        "pharmacy.address", lambda c: _text(", ".join(c.record.pharmacy.address.in_lines()))
    ),
    "organisation.telephone": Item("pharmacy.telephone", lambda c: _text(c.record.pharmacy.telephone)),
    "clinician.name": Item("session.vaccinator", _clinician("name")),
    "clinician.role": Item("session.vaccinator", _clinician("role")),
    "clinician.registration": Item("session.vaccinator", _registration),
    "consent.treatment": Item("consent.to_treatment", _consent("treatment_vaccination")),
    "consent.sharing": Item("consent.to_sharing", _consent("sharing")),
    "consent.child": Item("consent.about_child", lambda c: _text(c.record.consent.about_child)),
    "distribution.organisation": Item("practice.name", _practice("name")),
    "practice.ods_code": Item("practice.ods_code", _practice("ods_code")),
    "practice.name": Item("practice.name", _practice("name")),
    "practice.address": Item("practice.address_lines", _practice("address")),
    "history": Item("after.history", lambda c: _text(c.record.history)),
    "advice": Item("after.advice", lambda c: _text(c.record.advice)),
    "referral.to": Item("referral.to", lambda c: _text(c.record.referral.to)),
    "referral.urgency": Item("referral.urgency", lambda c: _text(c.record.referral.urgency)),
    "referral.reason": Item("referral.reason", lambda c: _text(c.record.referral.reason)),
    "referral.expectation": Item("referral.expectation", lambda c: _text(c.record.referral.expectation)),
    "vaccine.outcome": Item("vaccine.outcome", _outcome),
    "vaccine.product": Item("vaccine.product", _product),
    "vaccine.manufacturer": Item("vaccine.product", _if_given(lambda v: _text(v.manufacturer))),
    "vaccine.batch": Item("vaccine.batch", _if_given(lambda v: _text(v.batch))),
    "vaccine.expiry": Item("vaccine.expiry", _if_given(lambda v: _text(shown(v.expiry)))),
    "vaccine.procedure": Item("vaccine.procedure", lambda c: _term(c.immunization.procedure)),
    "vaccine.not_given_reason": Item("vaccine.not_given_reason", _not_given_reason),
    "vaccine.site": Item("vaccine.site", _if_given(lambda v: _term(v.site))),
    "vaccine.route": Item("vaccine.route", _if_given(lambda v: _term(v.route))),
    "vaccine.indication": Item("vaccine.eligibility", lambda c: _term(c.immunization.indication)),
    "vaccine.dose": Item(
        "vaccine.dose_amount", _if_given(lambda v: _text(amount(v.dose)) if v.dose else Cell())
    ),
    "vaccine.dose_number": Item("vaccine.dose_number", _if_given(_dose_number)),
    "vaccine.disease": Item("vaccine.dose_number", _if_given(_disease)),
    "vaccine.parent_present": Item(
        "vaccine.parent_present", lambda c: _yes_no(c.immunization.parent_present)
    ),
    "vaccine.adverse_reaction": Item("after.adverse_note", _if_given(lambda v: _text(v.adverse_reaction))),
    "record.recorded": Item("contact.time", lambda c: _text(shown_time(c.record.recorded_at))),
    "patient.name": Item("patient.family", lambda c: _text(c.record.patient.name.as_on_record())),
    "patient.date_of_birth": Item(
        "patient.date_of_birth", lambda c: _text(shown(c.record.patient.date_of_birth))
    ),
    "patient.sex": Item(
        "patient.sex",
        lambda c: _text(words("sex")[c.record.patient.sex.value] if c.record.patient.sex else ""),
    ),
    "patient.nhs_number": Item(
        "patient.nhs_number", lambda c: _text(nhs_number.shown(c.record.patient.sendable_nhs_number))
    ),
    "patient.address": Item("patient.address_lines", lambda c: _lines(*c.record.patient.address.in_lines())),
    "patient.telephones": Item("patient.telephone", _telephones),
}
