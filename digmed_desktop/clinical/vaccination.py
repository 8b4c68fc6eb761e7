"""The answers of the vaccination form, read into a :class:`VaccinationRecord`, and what is wrong with them.

Nothing is guessed, cut or put right unseen: an answer that cannot be read is left out of the record and named
in a problem. Spaces around an answer are not part of it, and NHS numbers, postcodes and ODS codes are kept in
their one shape.
The cross-checks that only ask a person to look are in :mod:`digmed_desktop.clinical.vaccination_doubts`.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime

from digmed_desktop.clinical import batch, form, ods, reading
from digmed_desktop.clinical.answers import required_missing
from digmed_desktop.clinical.patient_answers import PatientSheet, contact_answers
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.reading import judged
from digmed_desktop.clinical.record import (
    Coded,
    Consent,
    Immunization,
    Organisation,
    PreviousDoses,
    Professional,
    Quantity,
    Referral,
    Screening,
    ScreeningAnswer,
    VaccinationRecord,
)
from digmed_desktop.clinical.vaccination_doubts import doubts

_PLAIN_DECIMAL = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4})?")


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
    questions = form.load("vaccination")
    sheet = _VaccinationSheet(questions, answers, programme, now)
    for problem in required_missing(questions, answers, unless=sheet.unneeded()):
        sheet.stop(problem.field, problem.sentence)
    if answers.get("session.programme") not in ("", None, programme.id):
        sheet.stop("session.programme", "Select the vaccination again: it is no longer offered.")
    if why := programme.only_on_paper(agreed):
        sheet.paper("session.programme", why)
    record = sheet.record(pharmacy, vaccinator)
    for doubt in doubts(record, sheet.typed, programme):
        sheet.look(doubt.field, doubt.sentence, needs_reason=doubt.needs_reason)
    return judged(record, sheet.in_order(), sheet.closes_electronic_way)


def starting_answers(programme: Programme, now: datetime) -> dict[str, str]:
    """Return the answers of a fresh form: its defaults, the time, and what is usual in the programme."""
    answers = {field.id: field.default for field in form.load("vaccination").fields()}
    return answers | contact_answers(now) | usual_answers(programme)


def usual_answers(programme: Programme) -> dict[str, str]:
    """Return what is usual in a programme; a form gets it when it is begun and when the programme is changed."""
    return {
        "session.programme": programme.id,
        "session.service": programme.lists["services"][0].id,
        "vaccine.route": programme.lists["routes"][0].id,
        "vaccine.dose_number": programme.lists["doses"][0].id,
        "vaccine.dose_amount": "" if programme.default_dose is None else str(programme.default_dose),
        "after.advice": programme.advice,
    }


def answers_of_product(programme: Programme, product_id: str) -> dict[str, str]:
    """Return the dose and route of a product, those usual in the programme where it names none. Unknown: nothing."""
    product = programme.products.get(product_id)
    if product is None:
        return {}
    usual = usual_answers(programme)
    return {
        "vaccine.dose_amount": str(product.dose.value) if product.dose else usual["vaccine.dose_amount"],
        "vaccine.route": product.routes[0] if product.routes else usual["vaccine.route"],
    }


class _VaccinationSheet(PatientSheet):
    """Reads the groups of the form, one after the other."""

    def __init__(
        self, questions: form.Form, answers: Mapping[str, str], programme: Programme, now: datetime
    ) -> None:
        super().__init__(questions, answers, now)
        self.programme = programme
        outcome = self.option("vaccine.outcome")
        self.given = outcome.id == "given" if outcome else None

    def unneeded(self) -> frozenset[str]:
        """Return the required questions that nobody can or need answer in this case."""
        asked = {f"screening.{one}" for one in self.programme.screening} if self.given is not False else set()
        unneeded = {field for field in self.fields if field.startswith("screening.")} - asked
        unneeded |= self.unneeded_traced()
        if self.given is False:
            unneeded |= {"consent.to_treatment", "consent.given_by", "allergies.status", "previous.finding"}
            if self.typed("vaccine.not_given_reason") == "did-not-attend":
                unneeded.add("patient.identity_checked")
        return frozenset(unneeded)

    def record(self, pharmacy: Organisation, vaccinator: Professional | None) -> VaccinationRecord:
        """Return the record."""
        registered = self.registered()
        self.yes("after.referral")
        return VaccinationRecord(
            patient=self.patient(),
            registered=registered,
            practice=self.practice() if registered else None,
            pharmacy=self._pharmacy(pharmacy),
            vaccinator=self._vaccinator(vaccinator),
            contact_at=self.contact_at(),
            recorded_at=self.now,
            location=self._location(),
            service=self._label("session.service", "services"),
            legal_basis=self._label("session.legal_basis", "legal_bases"),
            reason_for_service=self.text("contact.reason"),
            accompanied_by=self.text("after.accompanied_by"),
            chaperone=self.text("after.chaperone"),
            identity_checked=self.identity_checked(self.unneeded()),
            pregnancy_due=self._due_date(),
            previous_doses=PreviousDoses(self._label("previous.finding"), self.text("previous.note")),
            screening=self._screening(),
            immunizations=(self._immunization(vaccinator),),
            allergies=self.allergies(),
            consent=self._consent(),
            history=self.lines("after.history"),
            advice=self.lines("after.advice"),
            referral=Referral(
                to=self.text("referral.to"),
                urgency=self.text("referral.urgency"),
                reason=self.text("referral.reason"),
                expectation=self.text("referral.expectation"),
            ),
            notes_kept_here=self.lines("after.notes"),
        )

    def _label(self, field: str, options_of: str = "") -> str:
        return self.label(field, self.programme.lists.get(options_of, ()))

    def _coded(self, field: str, options_of: str) -> Coded | None:
        chosen = self.option(field, self.programme.lists.get(options_of, ()))
        return self.programme.codes[chosen.id] if chosen else None

    def _pharmacy(self, pharmacy: Organisation) -> Organisation:
        if not pharmacy.name.strip():
            self.stop("pharmacy.name", "Enter the pharmacy's name in Settings.")
        if ods.sentence_about(pharmacy.ods_code, "the pharmacy"):
            self.stop("pharmacy.ods_code", "Enter the pharmacy's ODS code in Settings.")
        return pharmacy

    def _vaccinator(self, vaccinator: Professional | None) -> Professional | None:
        field = "session.vaccinator"
        vaccinator = self.person(field, vaccinator)
        if vaccinator is None:
            return None
        if not vaccinator.name.family.strip():
            self.stop(field, "Enter the vaccinator's last name under People.")
        if self.given and (vaccinator.role is None or vaccinator.role.code not in self.programme.vaccinators):
            self.stop(
                field,
                "Select a vaccinator who may vaccinate: this person's role under People does not allow it.",
            )
        return vaccinator

    def _location(self) -> str:
        place = self.option("session.location")
        detail = self.text("session.location_detail")
        if place is None:
            return ""
        if place.id == "elsewhere":
            return detail
        return f"{place.label}: {detail}" if detail else place.label

    def _due_date(self) -> date | None:
        due = self.date("eligibility.due_date", past=False)
        day = self.date_alone("contact.date")
        if due and day and not -28 <= (due - day).days <= 280:
            self.stop(
                "eligibility.due_date",
                "Check the date: pregnancy has begun on the day of contact and lasts no more than 44 weeks.",
            )
            return None
        return due

    def _screening(self) -> Screening:
        answered = (
            (question, self.yes(f"screening.{one}")) for one, question in self.programme.screening.items()
        )
        return Screening(
            tuple(ScreeningAnswer(question, yes) for question, yes in answered if yes is not None),
            self.lines("screening.note"),
        )

    def _immunization(self, vaccinator: Professional | None) -> Immunization:
        chosen = self.option("vaccine.product", self.programme.lists["products"])
        product = self.programme.products[chosen.id] if chosen else None
        role = vaccinator.role.code if vaccinator and vaccinator.role else ""
        reason, reason_id = self._reason()
        dose_option = self.option("vaccine.dose_number", self.programme.lists["doses"])
        number = int(dose_option.id) if dose_option and dose_option.id.isdigit() else None
        route = self.option("vaccine.route", self.programme.lists["routes"])
        site = self.option("vaccine.site", self.programme.lists["sites"])
        if route and site and site.id not in self.programme.route_sites.get(route.id, ()):
            self.stop("vaccine.site", "Check site and route: this route is not used at this site.")
        procedure = None
        if self.given is not None:
            procedure = self.programme.procedure_for(
                role=role,
                dose_number=number,
                route=route.id if route else "",
                given=self.given,
                reason=reason_id,
            )
            self._about_procedure(procedure, role, reason_id, bool(route and dose_option))
        return Immunization(
            programme=self.programme.id,
            given=self.given,
            not_given_reason=reason,
            procedure=procedure,
            product=product.coded if product else self.programme.vaccine if self.given is False else None,
            manufacturer=product.manufacturer if product else "",
            batch=self._batch(),
            expiry=self._expiry(),
            dose_number=number,
            send_dose_number=self.programme.send_dose_number and number is not None,
            target_disease=self.programme.target_disease,
            dose=self._dose(),
            site=self.programme.codes[site.id] if site else None,
            route=self.programme.codes[route.id] if route else None,
            indication=self._coded("vaccine.eligibility", "eligibility"),
            parent_present=self.yes("consent.parent_present"),
            adverse_reaction=self._adverse_reaction(),
        )

    def _reason(self) -> tuple[Coded | None, str]:
        chosen = self.option("vaccine.not_given_reason", self.programme.lists["not_given_reasons"])
        words = self.text("vaccine.not_given_other")
        if chosen is None:
            return None, ""
        if chosen.id == "other":
            return (Coded(words) if words else None), chosen.id
        return self.programme.codes[chosen.id], chosen.id

    def _about_procedure(self, procedure: Coded | None, role: str, reason_id: str, told: bool) -> None:
        if procedure is not None:
            return
        if self.given is False and reason_id:
            self.paper(
                "vaccine.not_given_reason",
                "There is no code for a vaccine not given for this reason: tell the practice on paper.",
            )
        elif self.given and role in self.programme.vaccinators and told:
            self.stop(
                "session.vaccinator",
                "No procedure code is known for this vaccinator's role, dose and route. Check all three.",
            )

    def _batch(self) -> str:
        number = self.text("vaccine.batch")
        if number:
            self.stop("vaccine.batch", batch.sentence_about(number))
        return number

    def _expiry(self) -> date | None:
        expiry = self.date("vaccine.expiry", past=False, whole_month=True)
        day = self.date_alone("contact.date")
        if expiry and day and expiry < day:
            self.stop(
                "vaccine.expiry", "This batch had expired on the date of contact. Check the expiry date."
            )
        return expiry

    def _dose(self) -> Quantity | None:
        unit = self.programme.unit
        unreadable = "Enter the dose amount with digits and a full stop, such as 0.5."
        amount = self.amount("vaccine.dose_amount", _PLAIN_DECIMAL, unreadable) if unit else None
        return Quantity(amount, unit) if amount and unit else None

    def _adverse_reaction(self) -> str:
        self.option("after.adverse")
        return self.lines("after.adverse_note")

    def _consent(self) -> Consent:
        consent = Consent(
            given_by=self._label("consent.given_by", "consent_givers"),
            name=self.text("consent.name"),
            relationship=self.text("consent.relationship"),
            to_treatment=self.yes("consent.to_treatment"),
            to_sharing=self.to_sharing(),
            about_child=self.text("consent.about_child"),
        )
        if self.given and consent.to_treatment is False:
            self.stop(
                "consent.to_treatment",
                "A vaccine is only given with consent: check the consent or the outcome.",
            )
        return consent
