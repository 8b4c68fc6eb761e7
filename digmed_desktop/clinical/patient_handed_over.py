"""What every form asks, of a record of another system, as answers: when it was, the patient, the practice, consent."""

from digmed_desktop.clinical import nhs_number
from digmed_desktop.clinical.dates import shown
from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord
from digmed_desktop.clinical.handed_over import day, yes_no
from digmed_desktop.clinical.patient_answers import contact_answers
from digmed_desktop.clinical.record import Address, Allergy, VaccinationRecord


def patient_answers(record: VaccinationRecord | EmergencySupplyRecord) -> tuple[dict[str, str], list[str]]:
    """Return the answers, and in words what they have no place for."""
    patient, practice, left = record.patient, record.practice, []
    consent = record.consent
    answers = {
        "patient.nhs_number": nhs_number.shown(patient.nhs_number),
        "patient.traced": patient.traced.value if patient.traced else "",
        "patient.given": patient.name.given,
        "patient.family": patient.name.family,
        "patient.date_of_birth": day(patient.date_of_birth),
        "patient.sex": patient.sex.value if patient.sex else "",
        "patient.identity_checked": "yes" if record.identity_checked else "",
        **_address("patient", patient.address),
        "practice.registered": yes_no(record.registered),
        "allergies.status": record.allergies.status.value if record.allergies.status else "",
        "allergies.entries": "\n".join(_allergy_line(one) for one in record.allergies.entries),
        "consent.to_treatment": yes_no(consent.to_treatment),
        "consent.to_sharing": yes_no(consent.to_sharing),
        "consent.name": consent.name,
        "after.advice": record.advice,
        "after.history": record.history,
        "referral.to": record.referral.to,
        "referral.reason": record.referral.reason,
        **(contact_answers(record.contact_at) if record.contact_at else {}),
    }
    if practice is not None:
        answers |= {
            "practice.ods_code": practice.ods_code,
            "practice.name": practice.name,
            **_address("practice", practice.address),
        }
        left += [f"Telephone of the practice: {practice.telephone}"] if practice.telephone else []
    if patient.telephones:
        first, *others = patient.telephones
        answers |= {"patient.telephone": first.number, "patient.telephone_use": first.use.value}
        left += [f"Telephone ({one.use.value}): {one.number}" for one in others]
    if patient.name.prefix:
        left.append(f"Title: {patient.name.prefix}")
    left += [said for one in record.allergies.entries if (said := _allergy_besides(one))]
    return {field: answer for field, answer in answers.items() if answer}, left


def _address(of: str, where: Address) -> dict[str, str]:
    return {
        f"{of}.address_lines": "\n".join(where.lines),
        f"{of}.city": where.city,
        f"{of}.postcode": where.postcode,
    }


def _allergy_line(one: Allergy) -> str:
    reaction = one.reaction or (one.reaction_code.display if one.reaction_code else "")
    return f"{one.agent.display}: {reaction}" if reaction else one.agent.display


def _allergy_besides(one: Allergy) -> str:
    """Return in words what the line of an allergy on the form does not hold."""
    parts = [
        f"code {one.agent.code}" if one.agent.is_coded else "",
        f"reaction {one.reaction_code.display} {one.reaction_code.code}" if one.reaction_code else "",
        one.kind,
        one.severity,
        one.certainty.value if one.certainty else "",
        f"first on {shown(one.first_experienced)}" if one.first_experienced else "",
    ]
    said = ", ".join(part for part in parts if part)
    return f"Allergy to {one.agent.display}: {said}" if said else ""
