"""The answers of the vaccination form, read into a :class:`VaccinationRecord`, and what is wrong with them.

Nothing is guessed, cut or put right unseen: an answer that cannot be read is left out of the record and named
in a problem. Spaces around an answer are not part of it, and NHS numbers, postcodes and ODS codes are kept in
their one shape. What one answer means is said by its binding (:mod:`digmed_desktop.clinical.questions`); here are the
rules between answers. The cross-checks that only ask a person to look are in
:mod:`digmed_desktop.clinical.vaccination_warnings`.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from digmed_desktop.clinical import contradictions, form, ods, reading
from digmed_desktop.clinical.answers import required_missing
from digmed_desktop.clinical.legal_basis import Verdict, judge
from digmed_desktop.clinical.patient_answers import contact_answers
from digmed_desktop.clinical.problem import sourced
from digmed_desktop.clinical.programme import SCREENING, Programme
from digmed_desktop.clinical.questions.binding import assemble
from digmed_desktop.clinical.questions.patient import stop_unchecked_identity, unneeded_of_patient
from digmed_desktop.clinical.questions.vaccination import FORM_ID, VACCINATION, VaccinationSheet
from digmed_desktop.clinical.reading import ChosenVaccine, judged
from digmed_desktop.clinical.record import Coded, Organisation, Professional, VaccinationRecord
from digmed_desktop.clinical.stops import OwnStop, said_of
from digmed_desktop.clinical.urgency import say_not_urgent
from digmed_desktop.clinical.vaccination_warnings import warnings

Reading = reading.Reading[VaccinationRecord]


def read(
    answers: Mapping[str, str],
    *,
    programme: Programme,
    pharmacy: Organisation,
    vaccinator: Professional | None,
    now: datetime,
    agreed: Collection[str],
) -> Reading:
    """Return the record that these answers make at ``now``, and all that is wrong or doubtful in them.

    ``agreed`` are the agreements under which programmes may be sent electronically; ``vaccinator`` is the person
    chosen in ``session.vaccinator``, None where that person is not known. The answers are those of the form
    ``vaccination``, as typed; questions that are not asked are ignored.
    """
    sheet = VaccinationSheet(answers, programme, vaccinator, now)
    unneeded = _unneeded(sheet)
    for problem in required_missing(form.load(FORM_ID), answers, unless=unneeded):
        sheet.stop(problem.field, problem.sentence)
    if why := programme.only_on_paper(agreed):
        sheet.paper("session.programme", why)
    values = VACCINATION.values(sheet)
    _judge(sheet, values, pharmacy, unneeded)
    record = assemble(VaccinationRecord, _completed(sheet, values, pharmacy))
    contradictions.refuse(sheet, record, VACCINATION)
    sheet.problems.extend(warnings(record, sheet.typed, programme))
    chosen = ChosenVaccine(
        programme,
        sheet.chosen("vaccine.product"),
        sheet.chosen("vaccine.eligibility"),
        sheet.date_alone("contact.date"),
        sheet.typed,
    )
    return replace(judged(record, sheet.in_order(), sheet.closes_electronic_way), vaccine=chosen)


def starting_answers(programme: Programme, now: datetime) -> dict[str, str]:
    """Return the answers of a fresh form: its defaults, the time, and what is usual in the programme."""
    answers = {field.id: field.default for field in form.load(FORM_ID).fields()}
    return answers | contact_answers(now) | usual_answers(programme)


def usual_answers(programme: Programme) -> dict[str, str]:
    """Return what is usual in a programme; a form gets it when it is begun and when the programme is changed."""
    return {
        "session.programme": programme.id,
        "session.service": programme.lists["services"][0].id,
    }


def answers_of_product(programme: Programme, product_id: str) -> dict[str, str]:
    """Return the dose and route that a product sets, the usual ones where it names none. Unknown: nothing.

    The number of the dose in a course is never among them: only who vaccinates can say which one it is.
    """
    product = programme.products.get(product_id)
    if product is None:
        return {}
    dose = product.dose.value if product.dose else programme.default_dose
    number = {"vaccine.dose_number": programme.lists["doses"][0].id} if programme.single_dose else {}
    return number | {
        "vaccine.dose_amount": "" if dose is None else str(dose),
        "vaccine.route": (product.routes or (programme.lists["routes"][0].id,))[0],
    }


OF_A_VACCINE_GIVEN = frozenset(
    {
        "consent.to_treatment",
        "consent.given_by",
        "allergies.status",
        "previous.finding",
        "vaccine.eligibility",
    }
)
"""Questions that need no answer where the vaccine was not given; their section of the message is optional."""


def _unneeded(sheet: VaccinationSheet) -> frozenset[str]:
    """Return the required questions that nobody can or need answer in this case."""
    unneeded = {field for field in sheet.fields if field.startswith(SCREENING)}
    if sheet.given is not False:
        unneeded -= {
            f"{SCREENING}{one}" for one in sheet.programme.screening_of(sheet.typed("vaccine.product"))
        }
    unneeded |= unneeded_of_patient(sheet) | sheet.left_out
    if sheet.given is False:
        unneeded |= OF_A_VACCINE_GIVEN
        if sheet.typed("vaccine.not_given_reason") == "did-not-attend":
            unneeded.add("patient.identity_checked")
    return frozenset(unneeded)


def _completed(sheet: VaccinationSheet, values: dict[str, Any], pharmacy: Organisation) -> dict[str, Any]:
    """Return the values of the record with those that follow from the answers and the programme."""
    programme, number = sheet.programme, values["immunizations.dose_number"]
    known = {path: value for path, value in values.items() if not path.startswith("practice.")}
    return {
        **(values if values["registered"] else known),
        "pharmacy": pharmacy,
        "recorded_at": sheet.now,
        "immunizations.procedure": _procedure(sheet, values),
        "immunizations.send_dose_number": programme.send_dose_number and number is not None,
        "immunizations.target_disease": programme.target_disease,
    }


def _procedure(sheet: VaccinationSheet, values: Mapping[str, Any]) -> Coded | None:
    """Return the procedure code; note where there is none for what was answered."""
    if sheet.given is None:
        return None
    who: Professional | None = values["vaccinator"]
    role, reason = who.role.code if who and who.role else "", sheet.chosen("vaccine.not_given_reason")
    route, dose = sheet.chosen("vaccine.route"), sheet.chosen("vaccine.dose_number")
    procedure = sheet.programme.procedure_for(
        role=role,
        dose_number=values["immunizations.dose_number"],
        route=route,
        given=sheet.given,
        reason=reason,
    )
    if procedure is None and not sheet.given and reason:
        sheet.paper(
            "vaccine.not_given_reason",
            "There is no code for a vaccine not given for this reason: send the practice a paper copy.",
        )
    elif procedure is None and sheet.given and sheet.done_all_the_same:
        sheet.paper(
            "session.vaccinator",
            "There is no procedure code for a vaccine given in this way: send the practice a paper copy.",
        )
    elif procedure is None and sheet.given and role in sheet.programme.vaccinators and route and dose:
        sheet.stop(
            "session.vaccinator",
            "No procedure code is known for this vaccinator's role, dose and route. Check all three.",
        )
    return procedure


def _judge(
    sheet: VaccinationSheet, values: Mapping[str, Any], pharmacy: Organisation, unneeded: Collection[str]
) -> None:
    """Note what is wrong between answers."""
    if not pharmacy.name.strip():
        sheet.stop("pharmacy.name", "Enter the pharmacy's name in Settings.")
    if ods.sentence_about(pharmacy.ods_code, "the pharmacy"):
        sheet.stop("pharmacy.ods_code", "Enter the pharmacy's ODS code in Settings.")
    sheet.yes("after.referral")
    say_not_urgent(sheet, ("referral.to", "referral.urgency", "referral.reason"))
    stop_unchecked_identity(sheet, unneeded)
    _judge_vaccinator(sheet, values["vaccinator"])
    _judge_basis(sheet, values["vaccinator"])
    route, site = sheet.chosen("vaccine.route"), sheet.chosen("vaccine.site")
    if route and site and site not in sheet.programme.route_sites.get(route, ()):
        sheet.refuse("vaccine.site", *said_of(OwnStop.SITE_OF_ROUTE))
    if sheet.given and values["consent.to_treatment"] is False:
        sheet.refuse("consent.to_treatment", *said_of(OwnStop.VACCINE_WITHOUT_CONSENT))


def _judge_vaccinator(sheet: VaccinationSheet, who: Professional | None) -> None:
    if who is None:
        return
    field = "session.vaccinator"
    if not who.name.family.strip():
        sheet.stop(field, "Enter the vaccinator's last name under People.")
    if sheet.given and (who.role is None or who.role.code not in sheet.programme.vaccinators):
        sheet.refuse(field, *said_of(OwnStop.ROLE_MAY_VACCINATE))


def _judge_basis(sheet: VaccinationSheet, who: Professional | None) -> None:
    """Note what the rules say of the legal basis that was answered; where nothing is given they say nothing."""
    field = "session.legal_basis"
    basis, day = sheet.chosen(field), sheet.date_alone("contact.date")
    if sheet.given is False or not basis or day is None or who is None or who.role is None:
        return
    for verdict, sentence, source in judge(sheet.programme.bases, basis, who.role.code, day):
        if verdict is Verdict.STOPS:
            sheet.refuse(field, sentence, source)
        else:
            sheet.look(
                field,
                sourced(sentence, source),
                needs_reason=True,
                raised_by=f"{basis} {who.role.code} {day}",
            )
