"""An emergency supply of another system as answers of the form: the hand-over from a pharmacy's own system.

What the form has no question or no option for stands in words in the notes kept here, and the question stays open.
"""

from digmed_desktop.clinical import form, units
from digmed_desktop.clinical.emergency_supply import AskedBy, EmergencySupplyRecord, SuppliedItem
from digmed_desktop.clinical.handed_over import Sheet, day, yes_no
from digmed_desktop.clinical.patient_handed_over import patient_answers
from digmed_desktop.clinical.supply_answers import FORM_ID, product_answer

_AMOUNTS = ("pack", "cycle", "course")


def answers_of(record: EmergencySupplyRecord, *, pharmacist: str) -> dict[str, str]:
    """Return the answers of the form; ``pharmacist`` is the id of the person here who supplied, ``""`` if nobody."""
    sheet = Sheet(patient_answers(record))
    count = max(1, len(record.items))
    sheet.put(form.count_id("item"), str(count))
    questions = form.load(FORM_ID).laid_out({form.count_id("item"): str(count)})
    _session(sheet, record, pharmacist)
    _request(sheet, record, questions)
    _decision(sheet, record, questions)
    for number, item in enumerate(record.items, 1):
        _item(sheet, item, number, questions)
    _after(sheet, record, questions)
    sheet.note(record.notes_kept_here)
    return sheet.answers


def _session(sheet: Sheet, record: EmergencySupplyRecord, pharmacist: str) -> None:
    sheet.person("session.pharmacist", pharmacist, record.pharmacist, "Pharmacist")
    sheet.put("session.service", record.service)
    sheet.put("contact.late_reason", record.late_entry_reason)


def _request(sheet: Sheet, record: EmergencySupplyRecord, questions: form.Form) -> None:
    sheet.put("request.asked_by", record.asked_by.value if record.asked_by else "")
    sheet.put("request.reference", record.referral_reference)
    sheet.choose(
        "contact.method", questions.field("contact.method").options, record.consultation_method, "Method"
    )
    if record.collected_by:
        patient = record.collected_by.lower() in ("patient", "the patient")
        sheet.put("contact.collector", "patient" if patient else "other")
        sheet.put("contact.collected_by", "" if patient else record.collected_by)
    conditions, asked = record.patient_conditions, record.prescriber_request
    for name in ("interviewed", "immediate_need", "previously_prescribed", "dose_appropriate"):
        sheet.put(f"conditions.{name}", yes_no(getattr(conditions, name)))
    places = questions.field("conditions.seen_in").options
    whole = next(
        (o.id for o in places if o.label == conditions.seen_in), ""
    )  # a label may have a comma of its own
    within = next((o for o in places if conditions.seen_in.startswith(f"{o.label}, ")), None)
    if whole:
        sheet.put("conditions.seen_in", whole)
    elif within:
        sheet.put("conditions.seen_in", within.id)
        sheet.put("conditions.seen_note", conditions.seen_in.removeprefix(f"{within.label}, "))
    else:
        sheet.put("conditions.seen_note", conditions.seen_in)
    nature = conditions.nature_of_emergency
    if record.asked_by is not AskedBy.PRESCRIBER:
        sheet.put("contact.reason", nature or record.reason_for_service)
    if record.reason_for_service and nature not in record.reason_for_service:
        sheet.keep("Reason for service", record.reason_for_service)
    who = asked.prescriber
    sheet.put("prescriber.given", who.name.given)
    sheet.put("prescriber.family", who.name.family)
    sheet.choose(
        "prescriber.profession",
        questions.field("prescriber.profession").options,
        who.role.display if who.role else "",
        "Profession of the prescriber",
    )
    sheet.put("prescriber.registration", who.registration)
    sheet.put("prescriber.address_lines", "\n".join(asked.address.lines))
    sheet.put("prescriber.city", asked.address.city)
    sheet.put("prescriber.postcode", asked.address.postcode)
    sheet.put("prescriber.why", asked.why_not_at_once)
    sheet.put("prescriber.undertaken", yes_no(asked.undertaken))
    sheet.keep("Prescription dated", day(asked.prescription_date))
    sheet.keep("Prescription received", day(asked.prescription_received))


def _decision(sheet: Sheet, record: EmergencySupplyRecord, questions: form.Form) -> None:
    supplied = record.supplied if record.supplied is not None else True if record.items else None
    if supplied is not None:
        sheet.put("decision.outcome", "supplied" if supplied else "not-supplied")
    if not record.not_supplied_reason:
        return
    lines = record.not_supplied_reason.split("\n")
    reasons = {o.label: o.id for o in questions.field("decision.reason").options}
    place = next((n for n, line in enumerate(lines[:2]) if line in reasons), None)
    if place is None:
        sheet.put("decision.note", record.not_supplied_reason)
        return
    sheet.put("decision.asked_for", lines[0] if place else "")
    sheet.put("decision.reason", reasons[lines[place]])
    sheet.put("decision.note", "\n".join(lines[place + 1 :]))


def _item(sheet: Sheet, item: SuppliedItem, n: int, questions: form.Form) -> None:
    of = f"item.{n}."
    sheet.put(f"{of}kind", item.kind.value)
    sheet.put(f"{of}product", product_answer(item.product) if item.product else "")
    for name in ("legal_class", "schedule", "preparation"):
        sheet.choose(
            f"{of}{name}", questions.field(f"{of}{name}").options, getattr(item, name), f"Item {n}, {name}"
        )
    if item.amount_is:
        asked = [q for q in _AMOUNTS if item.amount_is in {o.id for o in questions.field(f"{of}{q}").options}]
        if asked:
            sheet.put(f"{of}{asked[0]}", item.amount_is)
        else:
            sheet.keep(f"Item {n}, amount", item.amount_is)
    sheet.put(f"{of}for_epilepsy", yes_no(item.for_epilepsy))
    sheet.put(f"{of}as_directed", yes_no(item.as_directed))
    if item.quantity is not None:
        sheet.put(f"{of}quantity", f"{item.quantity.value:f}")
        sheet.put(f"{of}unit", units.shown(item.quantity.unit))
    sheet.put(f"{of}days", "" if item.days is None else str(item.days))
    sheet.put(f"{of}form", item.form.display if item.form else "")
    for name in ("strength", "size", "colour", "directions", "indication", "reason"):
        sheet.put(f"{of}{name}", getattr(item, name))
    sheet.put(f"{of}additional", " ".join(item.additional_instructions.split("\n")))
    sheet.keep(f"Item {n}, weight", item.weight)
    for name, term in (("route", item.route), ("site", item.site)):
        if term is not None:
            sheet.keep(f"Item {n}, {name}", f"{term.display} {term.code}".strip())


def _after(sheet: Sheet, record: EmergencySupplyRecord, questions: form.Form) -> None:
    consent = record.consent
    sheet.choose(
        "consent.given_by", questions.field("consent.given_by").options, consent.given_by, "Who decided"
    )
    sheet.keep("Relationship of who decided", consent.relationship)
    sheet.keep("Consent of a child", consent.about_child)
    sheet.keep("Accompanied by", record.accompanied_by)
    sheet.put("after.plan_for_professionals", record.plan_for_professionals)
    sheet.put("after.plan_for_patient", record.plan_for_patient)
    sheet.keep("Urgency of the referral", record.referral.urgency)
    sheet.keep("Expectation of the referral", record.referral.expectation)
