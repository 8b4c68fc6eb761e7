"""A vaccination record of another system as answers of the form: the hand-over from a pharmacy's own system.

What the form has no question or no option for is not lost: it stands in words in the notes kept here, and the
question stays open.
"""

from digmed_desktop.clinical import form, units
from digmed_desktop.clinical.handed_over import Sheet, day, same, yes_no
from digmed_desktop.clinical.patient_handed_over import patient_answers
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.record import Immunization, VaccinationRecord


def answers_of(
    record: VaccinationRecord, place: int, *, programme: Programme | None, vaccinator: str
) -> dict[str, str]:
    """Return the answers of the form for one vaccine of a record, the ``place``-th from 0.

    ``programme`` is that of the vaccine, None when it is not known here; ``vaccinator`` the id of the person here who
    is the record's vaccinator, ``""`` when nobody is.
    """
    sheet = Sheet(patient_answers(record))
    one = record.immunizations[place] if record.immunizations else Immunization()
    _session(sheet, record, one, programme, vaccinator)
    _before(sheet, record, programme)
    _vaccine(sheet, one, programme)
    _after(sheet, record)
    sheet.note(record.notes_kept_here)
    return sheet.answers


def _session(
    sheet: Sheet,
    record: VaccinationRecord,
    one: Immunization,
    programme: Programme | None,
    vaccinator: str,
) -> None:
    lists = programme.lists if programme else {}
    sheet.put("session.programme", programme.id if programme else "")
    if programme is None:
        sheet.keep("Programme", one.programme)
    sheet.person("session.vaccinator", vaccinator, record.vaccinator, "Vaccinator")
    sheet.choose("session.service", lists.get("services", ()), record.service, "Service")
    sheet.choose("session.legal_basis", lists.get("legal_bases", ()), record.legal_basis, "Legal basis")
    places = form.load("vaccination").field("session.location").options
    name, _, detail = record.location.partition(": ")
    known = next((o.id for o in places if o.label.lower() == name.strip().lower()), "")
    if known:
        sheet.put("session.location", known)
        sheet.put("session.location_detail", detail)
    elif record.location:
        sheet.put("session.location", "elsewhere")
        sheet.put("session.location_detail", record.location)


def _before(sheet: Sheet, record: VaccinationRecord, programme: Programme | None) -> None:
    questions = form.load("vaccination")
    sheet.choose(
        "previous.finding",
        questions.field("previous.finding").options,
        record.previous_doses.finding,
        "Earlier doses",
    )
    if record.previous_doses.note and sheet.answers.get("previous.finding") != "dose-seen":
        sheet.keep("Note on earlier doses", record.previous_doses.note)
    else:
        sheet.put("previous.note", record.previous_doses.note)
    asked = {question: one for one, question in programme.screening.items()} if programme else {}
    for given in record.screening.answers:
        if given.question in asked:
            sheet.put(f"screening.{asked[given.question]}", yes_no(given.answer))
        else:
            sheet.keep(given.question, yes_no(given.answer))
    sheet.put("screening.note", record.screening.note)
    consent = record.consent
    lists = programme.lists if programme else {}
    sheet.choose("consent.given_by", lists.get("consent_givers", ()), consent.given_by, "Who decided")
    sheet.put("consent.relationship", consent.relationship)
    sheet.put("consent.about_child", consent.about_child)
    sheet.put("contact.reason", record.reason_for_service)
    sheet.put("eligibility.due_date", day(record.pregnancy_due))


def _vaccine(sheet: Sheet, one: Immunization, programme: Programme | None) -> None:
    lists = programme.lists if programme else {}
    codes = programme.codes if programme else {}
    products = {p.id: p.coded for p in programme.products.values()} if programme else {}
    if one.given is not None:
        sheet.put("vaccine.outcome", "given" if one.given else "not-given")
    sheet.code("vaccine.eligibility", lists.get("eligibility", ()), one.indication, codes, "Eligibility")
    if one.given is False:
        reasons = lists.get("not_given_reasons", ())
        known = one.not_given_reason and any(
            same(codes.get(o.id), one.not_given_reason) for o in reasons if o.id != "other"
        )
        if known:
            sheet.code("vaccine.not_given_reason", reasons, one.not_given_reason, codes, "Why not given")
        elif one.not_given_reason:
            sheet.put("vaccine.not_given_reason", "other")
            sheet.put("vaccine.not_given_other", one.not_given_reason.display)
        return
    sheet.code("vaccine.product", lists.get("products", ()), one.product, products, "Vaccine product")
    sheet.put("vaccine.batch", one.batch)
    sheet.put("vaccine.expiry", day(one.expiry))
    if one.dose_number is not None:
        sheet.choose("vaccine.dose_number", lists.get("doses", ()), str(one.dose_number), "Dose number")
    if one.dose is not None:
        if programme and programme.unit and one.dose.unit.code == programme.unit.code:
            sheet.put("vaccine.dose_amount", f"{one.dose.value:f}")
        else:
            sheet.keep("Dose amount", units.amount(one.dose))
    sheet.code("vaccine.route", lists.get("routes", ()), one.route, codes, "Route")
    sheet.code("vaccine.site", lists.get("sites", ()), one.site, codes, "Site")
    if one.parent_present is not None:
        if sheet.answers.get("consent.given_by") == "parent":
            sheet.put("consent.parent_present", yes_no(one.parent_present))
        else:
            sheet.keep("Parent present", yes_no(one.parent_present))
    product = programme.products.get(sheet.answers.get("vaccine.product", "")) if programme else None
    if one.manufacturer and (product is None or product.manufacturer != one.manufacturer):
        sheet.keep("Manufacturer", one.manufacturer)
    sheet.put("after.adverse", "observed" if one.adverse_reaction else "none")
    sheet.put("after.adverse_note", one.adverse_reaction)


def _after(sheet: Sheet, record: VaccinationRecord) -> None:
    sheet.put("after.accompanied_by", record.accompanied_by)
    sheet.put("after.chaperone", record.chaperone)
    referral = record.referral
    if referral.to or referral.urgency or referral.reason or referral.expectation:
        sheet.put("after.referral", "yes")
    sheet.put("referral.urgency", referral.urgency)
    sheet.put("referral.expectation", referral.expectation)
