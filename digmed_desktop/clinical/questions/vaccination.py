"""The questions of the vaccination form, each with the attribute of the record that its answer becomes."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from digmed_desktop.clinical import batch, form, units
from digmed_desktop.clinical.answers import AnswerSheet, person_number
from digmed_desktop.clinical.dates import NO_DUE_DATE, as_answer, is_possible_due_date
from digmed_desktop.clinical.form import Answers
from digmed_desktop.clinical.identity import folded
from digmed_desktop.clinical.patient_answers import NEVER_CARRIED
from digmed_desktop.clinical.programme import SCREENING, Product, Programme
from digmed_desktop.clinical.questions import consent, patient
from digmed_desktop.clinical.questions.binding import Binding, Codec, QuestionSet
from digmed_desktop.clinical.questions.codecs import (
    LABEL,
    LINES,
    TEXT,
    YES_NO,
    behind,
    day,
    put_line,
    yes_no,
)
from digmed_desktop.clinical.questions.writer import AnswerWriter, Here, same, write
from digmed_desktop.clinical.record import (
    Coded,
    Organisation,
    Patient,
    Professional,
    Quantity,
    ScreeningAnswer,
    VaccinationRecord,
)
from digmed_desktop.clinical.stops import OwnStop, said_of

FORM_ID = "vaccination"
ELSEWHERE = "elsewhere"
OTHERS_YES = "The other system recorded Yes to:"
"""How the note on the screening names a question that this form does not have; a rule of the data looks for it."""
_PLAIN_DECIMAL = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4})?")


class VaccinationSheet(AnswerSheet):
    """The answers of one vaccination in a programme. ``vaccinator``: who was chosen, None if not known here."""

    def __init__(
        self,
        answers: Mapping[str, str],
        programme: Programme,
        vaccinator: Professional | None,
        now: datetime,
    ) -> None:
        super().__init__(form.load(FORM_ID), answers, now, lists=programme.lists)
        self.programme = programme
        self.vaccinator = vaccinator
        outcome = self.chosen("vaccine.outcome")
        self.given = outcome == "given" if outcome else None

    @property
    def product(self) -> Product | None:
        """The product that was chosen."""
        chosen = self.option("vaccine.product")
        return self.programme.products[chosen.id] if chosen else None


LONGEST_SHELF_LIFE = 5 * 366  # days: vaccines keep for four years at most, so a later date is a slip


def _coded(sheet: VaccinationSheet, question: str) -> Coded | None:
    chosen = sheet.option(question)
    return sheet.programme.codes[chosen.id] if chosen else None


def _put_code(writer: AnswerWriter, question: str, term: Coded | None) -> None:
    writer.choose_code(question, term)


def _programme(sheet: VaccinationSheet, question: str) -> str:
    if sheet.typed(question) not in ("", sheet.programme.id):
        sheet.stop(question, "Select the vaccination again: it is no longer offered.")
    return sheet.programme.id


def _put_programme(writer: AnswerWriter, question: str, _value: str) -> None:
    writer.put(question, writer.here.programme.id if writer.here.programme else "")


def _vaccinator(sheet: VaccinationSheet, question: str) -> Professional | None:
    if not sheet.typed(question):
        return None
    if sheet.vaccinator is None:
        patient.person(sheet, question)
    return sheet.vaccinator


def put_person(writer: AnswerWriter, question: str, who: Professional | None) -> None:
    """Answer with the person here who is this professional."""
    writer.put(question, writer.here.person_id(who) if who else "")


def _location(sheet: VaccinationSheet, question: str) -> str:
    place, detail = sheet.option(question), sheet.text(f"{question}_detail")
    if place is None:
        return ""
    if place.id == ELSEWHERE:
        return detail
    return f"{place.label}: {detail}" if detail else place.label


def _put_location(writer: AnswerWriter, question: str, value: str) -> None:
    name, _, detail = value.partition(": ")
    known = next((o.id for o in writer.options(question) if o.label == name and o.id != ELSEWHERE), "")
    if value:
        writer.put(question, known or ELSEWHERE)
        put_line(writer, f"{question}_detail", detail if known else value)


def _due_date(sheet: VaccinationSheet, question: str) -> date | None:
    due = sheet.date(question, past=False)
    contact = sheet.date_alone("contact.date")
    if due and contact and not is_possible_due_date(due, contact):
        sheet.stop(question, NO_DUE_DATE)
        return None
    return due


def _screening(sheet: VaccinationSheet, _question: str) -> tuple[ScreeningAnswer, ...]:
    left_out = sheet.left_out
    of_product = sheet.programme.screening_of(sheet.typed("vaccine.product"))
    asked = {
        one: words
        for one, words in sheet.programme.screening.items()
        if one in of_product and f"{SCREENING}{one}" not in left_out
    }
    answered = ((words, sheet.yes(f"screening.{one}")) for one, words in asked.items())
    return tuple(ScreeningAnswer(words, yes) for words, yes in answered if yes is not None)


def screening_question(programme: Programme | None, words: str) -> str:
    """Return the id of the question of a programme's health screen with these words or this id, ``""`` if none is."""
    asked = programme.screening if programme else {}
    return next((one for one, said in asked.items() if folded(words) in (folded(said), one)), "")


def _put_screening(writer: AnswerWriter, _question: str, known: tuple[ScreeningAnswer, ...]) -> None:
    for said in known:
        if one := screening_question(writer.here.programme, said.question):
            writer.put(f"{SCREENING}{one}", yes_no(said.answer))


def _put_note(writer: AnswerWriter, question: str, note: str) -> None:
    """Put the note, with each Yes to a question that this form does not have: a rule asks what it means."""
    known: tuple[ScreeningAnswer, ...] = writer.value("screening.answers")
    strange = [
        f"{OTHERS_YES} {' '.join(said.question.split())}"
        for said in known
        if said.answer and not screening_question(writer.here.programme, said.question)
    ]
    writer.put(question, "\n".join(line for line in (note, *strange) if line))


def _put_outcome(writer: AnswerWriter, question: str, given: bool | None) -> None:
    if given is not None:
        writer.put(question, "given" if given else "not-given")


def _not_given_reason(sheet: VaccinationSheet, question: str) -> Coded | None:
    chosen, words = sheet.chosen(question), sheet.text("vaccine.not_given_other")
    if chosen == "other":
        return Coded(words) if words else None
    return sheet.programme.codes[chosen] if chosen else None


def _put_not_given_reason(writer: AnswerWriter, question: str, reason: Coded | None) -> None:
    if reason is None:
        return
    fits = (o.id for o in writer.options(question) if o.id != "other")
    known = next((one for one in fits if same(writer.here.codes.get(one), reason)), "")
    writer.put(question, known or "other")
    if not known:
        put_line(writer, "vaccine.not_given_other", reason.display)


def _product(sheet: VaccinationSheet, _question: str) -> Coded | None:
    """Return the product; of a vaccine that was not given its kind in words."""
    if sheet.product:
        return sheet.product.coded
    return sheet.programme.vaccine if sheet.given is False else None


def _put_product(writer: AnswerWriter, question: str, coded: Coded | None) -> None:
    programme = writer.here.programme
    if coded is None or programme is None:
        return
    products = programme.products.values()
    by_code = [one for one in products if coded.is_coded and one.coded.code == coded.code]
    by_words = [one for one in products if one.coded.display == coded.display]
    if by_code and by_words and not any(one in by_code for one in by_words):
        return  # the code is that of one product and the words are those of another
    fits = by_code or [one for one in products if same(one.coded, coded)]
    maker = writer.value("immunizations.manufacturer")
    fits.sort(key=lambda one: one.manufacturer != maker)
    writer.put(question, fits[0].id if fits else "")


def _manufacturer(sheet: VaccinationSheet, _question: str) -> str:
    return sheet.product.manufacturer if sheet.product else ""


def _batch(sheet: VaccinationSheet, question: str) -> str:
    number = sheet.text(question)
    if number:
        sheet.stop(question, batch.sentence_about(number))
        sheet.look(question, batch.warning_about(number), needs_reason=True)
    return number


def _expiry(sheet: VaccinationSheet, question: str) -> date | None:
    expiry = sheet.date(question, past=False, whole_month=True)
    contact = sheet.date_alone("contact.date")
    if expiry and contact and expiry < contact:
        sheet.refuse(question, *said_of(OwnStop.EXPIRED_BATCH))
    if expiry and contact and (expiry - contact).days > LONGEST_SHELF_LIFE:
        years = (expiry - contact).days // 365
        sheet.look(question, f"Check the expiry date: it is {years} years ahead.", needs_reason=True)
    return expiry


def _dose_number(sheet: VaccinationSheet, question: str) -> int | None:
    chosen = sheet.chosen(question)
    return int(chosen) if chosen.isdigit() else None


def _put_dose_number(writer: AnswerWriter, question: str, number: int | None) -> None:
    writer.choose(question, "" if number is None else str(number))


def _dose(sheet: VaccinationSheet, question: str) -> Quantity | None:
    unit = sheet.programme.unit_of(sheet.typed("vaccine.product"))
    unreadable = "Enter the dose amount with digits and a full stop, such as 0.5."
    amount = sheet.amount(question, _PLAIN_DECIMAL, unreadable) if unit else None
    return Quantity(amount, unit) if amount and unit else None


def _put_dose(writer: AnswerWriter, question: str, dose: Quantity | None) -> None:
    programme = writer.here.programme
    unit = programme.unit_of(writer.answers.get("vaccine.product", "")) if programme else None
    if dose is not None and unit is not None and units.is_one(dose.unit, unit):
        writer.put(question, f"{dose.value:f}")


def _adverse_reaction(sheet: VaccinationSheet, question: str) -> str:
    sheet.option("after.adverse")
    return sheet.lines(question)


def _put_adverse_reaction(writer: AnswerWriter, question: str, reaction: str) -> None:
    writer.put("after.adverse", "observed" if reaction else "none")
    writer.put(question, reaction)


def chosen_programme(answers: Answers) -> str:
    """Return the id of the programme that was chosen, ``""`` if none is."""
    return answers.get("session.programme", "")


def chosen_vaccinator(answers: Answers) -> int | None:
    """Return the number of the person here who was chosen as vaccinator."""
    return person_number(answers.get("session.vaccinator", ""))


def denials_of_a_dose(answers: Answers) -> tuple[str, ...]:
    """Return the questions whose answer says that the patient had no dose before."""
    return tuple(key for key, denials in _DENIES_A_DOSE.items() if answers.get(key) in denials)


_DENIES_A_DOSE = {"previous.finding": ("none-seen", "told-none"), "screening.already": ("no",)}


def not_asked(programme: Programme, product: str = "") -> frozenset[str]:
    """Return the questions of the screening for which a product of a programme has no use."""
    return frozenset(_SCREENING) - {f"{SCREENING}{one}" for one in programme.screening_of(product)}


def answers_of_pack(product: str, number: str, expiry: date | None) -> dict[str, str]:
    """Return the answers that a pack gives: its product, batch number and expiry date, as far as it says them."""
    told = {"vaccine.product": product, "vaccine.batch": number, "vaccine.expiry": as_answer(expiry)}
    return {question: answer for question, answer in told.items() if answer}


def answers_with_reaction(answers: Answers, reaction: str) -> dict[str, str]:
    """Return the answers that say an adverse reaction, after what they said of one before."""
    before = answers.get("after.adverse_note", "")
    return {
        "after.adverse": "observed",
        "after.adverse_note": "\n".join(part for part in (before, reaction) if part),
    }


def _referral(part: str) -> Binding:
    codec = behind("after.referral", "yes", TEXT)
    return Binding(f"referral.{part}", f"referral.{part}", codec, besides=("after.referral",))


_SCREENING = tuple(
    one.id
    for one in form.load(FORM_ID).fields()
    if one.id.startswith("screening.") and one.id != "screening.note"
)
_CODE: Codec[Coded | None] = Codec(_coded, _put_code)
_NOTHING: Codec[str] = Codec(_manufacturer, lambda _writer, _question, _value: None)

VACCINATION = QuestionSet(
    FORM_ID,
    VaccinationRecord,
    (
        *patient.PATIENT,
        *patient.PRACTICE,
        Binding("previous.finding", "previous_doses.finding", LABEL),
        Binding("previous.note", "previous_doses.note", TEXT),
        Binding(
            _SCREENING[0],
            "screening.answers",
            Codec(_screening, _put_screening),
            besides=_SCREENING[1:],
            name="Screening",
        ),
        Binding("screening.note", "screening.note", Codec(LINES.read, _put_note)),
        *patient.CONSENT,
        *consent.WHO_DECIDED,
        Binding("consent.parent_present", "immunizations.parent_present", YES_NO),
        Binding("vaccine.eligibility", "immunizations.indication", _CODE),
        Binding("eligibility.risk_group", "risk_group", LABEL),
        Binding("eligibility.due_date", "pregnancy_due", Codec(_due_date, day(past=False).write)),
        Binding("contact.reason", "reason_for_service", TEXT),
        Binding("vaccine.outcome", "immunizations.given", Codec(lambda sheet, _q: sheet.given, _put_outcome)),
        Binding(
            "vaccine.not_given_reason",
            "immunizations.not_given_reason",
            Codec(_not_given_reason, _put_not_given_reason),
            besides=("vaccine.not_given_other",),
        ),
        Binding("vaccine.product", "immunizations.product", Codec(_product, _put_product)),
        Binding("vaccine.product", "immunizations.manufacturer", _NOTHING),
        Binding("vaccine.batch", "immunizations.batch", Codec(_batch, put_line)),
        Binding(
            "vaccine.expiry", "immunizations.expiry", Codec(_expiry, day(past=False, whole_month=True).write)
        ),
        Binding("vaccine.dose_number", "immunizations.dose_number", Codec(_dose_number, _put_dose_number)),
        Binding("vaccine.dose_amount", "immunizations.dose", Codec(_dose, _put_dose)),
        Binding("vaccine.route", "immunizations.route", _CODE),
        Binding("vaccine.site", "immunizations.site", _CODE),
        *patient.ALLERGIES,
        *patient.AFTER,
        Binding(
            "after.adverse_note",
            "immunizations.adverse_reaction",
            Codec(_adverse_reaction, _put_adverse_reaction),
            besides=("after.adverse",),
        ),
        *patient.INCIDENT,
        Binding("after.accompanied_by", "accompanied_by", TEXT),
        Binding("after.chaperone", "chaperone", TEXT),
        *(_referral(part) for part in ("to", "urgency", "reason", "expectation")),
        Binding("session.programme", "immunizations.programme", Codec(_programme, _put_programme)),
        Binding("session.vaccinator", "vaccinator", Codec(_vaccinator, put_person)),
        Binding("session.service", "service", LABEL),
        Binding("session.legal_basis", "legal_basis", LABEL),
        Binding(
            "session.location",
            "location",
            Codec(_location, _put_location),
            besides=("session.location_detail",),
        ),
        *patient.CONTACT,
    ),
    unasked={
        **patient.UNASKED,
        "immunizations.procedure": "Procedure",
        "immunizations.send_dose_number": "Dose number for the practice",
        "immunizations.target_disease": "Disease vaccinated against",
    },
    synonyms={"clinician": "vaccinator"},
)


def answers_about(person: Patient, practice: Organisation) -> dict[str, str]:
    """Return the answers about a known patient of a practice; what is asked afresh of everybody stays open."""
    bindings = [*patient.PATIENT, *patient.PRACTICE]
    record = VaccinationRecord(patient=person, registered=True, practice=practice)
    writer = AnswerWriter(VACCINATION.form, record, Here())
    write(bindings, writer)
    blank = {question: "" for one in bindings for question in (one.question, *one.besides)}
    return {key: answer for key, answer in (blank | writer.answers).items() if key not in NEVER_CARRIED}
