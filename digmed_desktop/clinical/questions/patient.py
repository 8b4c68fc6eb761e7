"""The questions that every form asks: who it was and when, the patient, the GP practice, allergies, consent."""

from collections.abc import Collection
from datetime import date, datetime

from digmed_desktop.clinical import names, nhs_number, ods, postcode, telephone, unreached
from digmed_desktop.clinical.answers import AnswerSheet, called
from digmed_desktop.clinical.dates import LONGEST_LIFE, DateSentenceError, age, at_counter, centuries
from digmed_desktop.clinical.form import Answers, Form
from digmed_desktop.clinical.patient_answers import contact_answers
from digmed_desktop.clinical.questions.binding import Binding, Codec, assemble
from digmed_desktop.clinical.questions.codecs import LINES, TEXT, YES_NO, day, one_of, put_line, text
from digmed_desktop.clinical.questions.writer import AnswerWriter
from digmed_desktop.clinical.record import (
    Address,
    Allergy,
    AllergyStatus,
    Coded,
    NoPractice,
    Organisation,
    Patient,
    PhoneUse,
    Sex,
    Telephone,
    Traced,
)

CHECK_IDENTITY = "Check who the patient is before you finish"
ADDRESS_LINES = 5  # NHS Data Dictionary, PATIENT USUAL ADDRESS: five lines
ADDRESS_LINE_MOST = 100


def _contact_at(sheet: AnswerSheet, question: str) -> datetime | None:
    """Return when the contact was, which is never in the future; None if that is not known."""
    clock = question.replace("date", "time")
    day, time = sheet.date(question, past=False), sheet.time(clock)
    if day is None:
        return None
    if day > sheet.today:
        sheet.stop(question, f"{sheet.fields[question].label} must not be in the future.")
        return None
    if time is None:
        return None
    try:
        moment = at_counter(day, *time)
    except DateSentenceError as wrong:
        sheet.stop(clock, str(wrong))
        return None
    if moment > sheet.now:
        sheet.stop(clock, f"{sheet.fields[clock].label} must not be in the future.")
        return None
    return moment


def _put_contact(writer: AnswerWriter, _question: str, at: datetime | None) -> None:
    for question, answer in (contact_answers(at) if at else {}).items():
        writer.put(question, answer)


def _name(sheet: AnswerSheet, question: str) -> str:
    typed = sheet.typed(question)
    name = sheet.text(question, names.MOST)
    if name:
        noun = called(sheet.fields[question]).removeprefix("the ")
        sheet.stop(question, names.sentence_about(name, noun))
        sheet.look(question, names.warning_about(typed, noun))
    return name


def _given(sheet: AnswerSheet, question: str) -> str:
    """Return the first name; some people have one name only, which is their last name here."""
    given = _name(sheet, question)
    if not sheet.typed(question) and sheet.typed("patient.family"):
        sheet.look(
            question,
            "No first name: enter it, or say that the patient has one "
            "name only. The one name is then used as the last name.",
            needs_reason=True,
        )
    return given


def _address_lines(sheet: AnswerSheet, question: str) -> tuple[str, ...]:
    lines = tuple(line.strip() for line in sheet.lines(question).split("\n") if line.strip())
    if len(lines) > ADDRESS_LINES:
        sheet.stop(question, f"Use at most {ADDRESS_LINES} lines for the address; it has {len(lines)}.")
    if any(len(line) > ADDRESS_LINE_MOST for line in lines):
        sheet.stop(question, f"Shorten each line of the address to at most {ADDRESS_LINE_MOST} characters.")
    return lines


def _postcode(sheet: AnswerSheet, question: str) -> str:
    code = sheet.text(question)
    if code:
        sheet.stop(question, postcode.sentence_about(code))
    return postcode.shown(code)


def _nhs_number(sheet: AnswerSheet, question: str) -> str:
    typed = sheet.typed(question)
    if not typed:
        sheet.paper(question, "Without an NHS number this can only go to the practice on paper.")
        return ""
    wrong = nhs_number.sentence_about(typed)
    sheet.stop(question, wrong)
    return "" if wrong else nhs_number.digits(typed) or ""


def _traced(sheet: AnswerSheet, question: str) -> Traced | None:
    """Return where the number was traced; None without a number that could be read."""
    chosen, number = sheet.option(question), sheet.typed("patient.nhs_number")
    if chosen is None or not number:
        return None
    if chosen.id == Traced.NOT_TRACED:
        sheet.paper(
            question,
            "An unconfirmed NHS number is not sent. Confirm it, or send the practice a paper copy.",
        )
    return Traced(chosen.id) if nhs_number.sentence_about(number) is None else None


def _date_of_birth(sheet: AnswerSheet, question: str) -> date | None:
    born = sheet.date(question, past=True)
    if born is None:
        return None
    if born > sheet.today:
        sheet.stop(question, "Date of birth must be in the past.")
        return None
    years = centuries(sheet.typed(question).split("/"), sheet.today)
    if len(years) > 1:
        sheet.stop(
            question,
            f"Enter the year of birth with 4 digits: {' and '.join(map(str, years))} are both possible.",
        )
        return None
    if age(born, sheet.today) > LONGEST_LIFE:
        sheet.stop(question, f"Check the date of birth: the patient would be older than {LONGEST_LIFE}.")
        return None
    return born


def _telephones(sheet: AnswerSheet, question: str) -> tuple[Telephone, ...]:
    kind = f"{question}_use"
    number, use = sheet.text(question), sheet.option(kind)
    if not number:
        return ()
    sheet.stop(question, telephone.sentence_about(number))
    if use is None:
        sheet.stop(kind, "Select the kind of telephone.")
        return ()
    sheet.look(kind, telephone.warning_about(number, PhoneUse(use.id)))
    return (Telephone(number, PhoneUse(use.id)),)


def _put_telephone(writer: AnswerWriter, question: str, known: tuple[Telephone, ...]) -> None:
    if known:
        put_line(writer, question, known[0].number)
        writer.put(f"{question}_use", known[0].use.value)


def _identity_checked(sheet: AnswerSheet, question: str) -> bool:
    return bool(sheet.yes(question))


def stop_unchecked_identity(sheet: AnswerSheet, unneeded: Collection[str] = ()) -> None:
    """Note that nothing is finished before somebody checked who the patient is."""
    question = "patient.identity_checked"
    if question not in unneeded and sheet.yes(question) is False:
        sheet.stop(question, f"{CHECK_IDENTITY}; then answer Yes.")


def unneeded_of_patient(sheet: AnswerSheet) -> set[str]:
    """Return the questions about the patient that need no answer: a first name is asked about, and never invented."""
    traced = set() if sheet.typed("patient.nhs_number") else {"patient.traced"}
    return traced | ({"patient.given"} if sheet.typed("patient.family") else set())


def _registered(sheet: AnswerSheet, question: str) -> bool | None:
    """Return whether the patient is registered with a GP practice, None if nothing was answered."""
    registered = sheet.yes(question)
    if registered is False:
        sheet.paper(question, "Without a GP practice nothing can be sent: give the patient a paper copy.")
    return registered


def _practice_code(sheet: AnswerSheet, question: str) -> str:
    code = sheet.text(question)
    if code:
        wrong = ods.sentence_about(code, "the practice")
        sheet.stop(question, wrong)
        if not _unreached(sheet, code) and not wrong:
            odd = ods.warning_about_practice(code)
            sheet.look(question, odd, needs_reason=True, raised_by=code)
    return ods.shown(code)


def _unreached(sheet: AnswerSheet, code: str) -> bool:
    """Note that messages do not reach this practice, at the question that tells it; return whether it is so."""
    place = Address(postcode=sheet.text("practice.postcode"))
    found = unreached.of_practice(Organisation(sheet.text("practice.name"), code, place))
    if found is None:
        return False
    question = f"practice.{found.told_by.rpartition('.')[2]}"
    if found.only_paper:
        sheet.paper(question, found.sentence)
    else:
        sheet.look(question, found.sentence, needs_reason=True, raised_by=sheet.text(question))
    return True


def _to_sharing(sheet: AnswerSheet, question: str) -> bool | None:
    """Return whether the patient agrees to share it with the practice; a refusal is respected on paper too."""
    agreed = sheet.yes(question)
    if agreed is False:
        sheet.paper(
            question,
            "The patient does not agree to share this with the practice: nothing is sent to it, and no copy is made "
            "for it. It is recorded here only.",
        )
    return agreed


def _allergies(sheet: AnswerSheet, question: str) -> tuple[Allergy, ...]:
    """Return the allergies; each line is an agent and, after a colon, its reaction."""
    entries = []
    for line in sheet.lines(question).split("\n"):
        agent, _, reaction = (part.strip() for part in line.partition(":"))
        if agent:
            entries.append(Allergy(Coded(agent), reaction))
        elif reaction:
            sheet.stop(question, "Enter in each line what the allergy is to, before the colon.")
    return tuple(entries)


def _put_allergies(writer: AnswerWriter, question: str, entries: tuple[Allergy, ...]) -> None:
    lines = []
    for entry in entries:
        reaction = entry.reaction or (entry.reaction_code.display if entry.reaction_code else "")
        lines.append(f"{entry.agent.display}: {reaction}" if reaction else entry.agent.display)
    writer.put(question, "\n".join(" ".join(line.splitlines()) for line in lines))


def address(group: str, path: str) -> tuple[Binding, ...]:
    """Return the bindings of an address whose questions are those of a ``group``."""
    return (
        Binding(f"{group}.address_lines", f"{path}.lines", _LINES_OF_ADDRESS),
        Binding(f"{group}.city", f"{path}.city", text(ADDRESS_LINE_MOST)),
        Binding(f"{group}.postcode", f"{path}.postcode", Codec(_postcode, put_line)),
    )


def person(sheet: AnswerSheet, question: str) -> None:
    """Note that the person chosen at a question is no longer one of the people here."""
    sheet.stop(
        question,
        f"Select {called(sheet.fields[question])} again: this person is no longer among the people here.",
    )


def patient_of(form: Form, answers: Answers, now: datetime) -> Patient:
    """Return the patient whom a form is about, as far as the answers say."""
    sheet = AnswerSheet(form, answers, now)
    about = (one for one in PATIENT if one.path.startswith("patient."))
    values = {one.path.removeprefix("patient."): one.codec.read(sheet, one.question) for one in about}
    return assemble(Patient, values)


_LINES_OF_ADDRESS: Codec[tuple[str, ...]] = Codec(
    _address_lines, lambda writer, question, value: writer.put(question, "\n".join(value))
)
PATIENT = (
    Binding(
        "patient.nhs_number",
        "patient.nhs_number",
        Codec(_nhs_number, lambda writer, question, value: writer.put(question, nhs_number.shown(value))),
    ),
    Binding("patient.date_of_birth", "patient.date_of_birth", Codec(_date_of_birth, day(past=True).write)),
    Binding("patient.traced", "patient.traced", Codec(_traced, one_of(Traced).write)),
    Binding("patient.given", "patient.name.given", Codec(_given, put_line)),
    Binding("patient.family", "patient.name.family", Codec(_name, put_line)),
    Binding("patient.sex", "patient.sex", one_of(Sex)),
    *address("patient", "patient.address"),
    Binding(
        "patient.telephone",
        "patient.telephones",
        Codec(_telephones, _put_telephone),
        besides=("patient.telephone_use",),
    ),
    Binding(
        "patient.identity_checked",
        "identity_checked",
        Codec(
            _identity_checked, lambda writer, question, value: writer.put(question, "yes" if value else "")
        ),
    ),
)
PRACTICE = (
    Binding("practice.registered", "registered", Codec(_registered, YES_NO.write)),
    Binding("practice.why_none", "no_practice", one_of(NoPractice)),
    Binding("practice.ods_code", "practice.ods_code", Codec(_practice_code, put_line)),
    Binding("practice.name", "practice.name", TEXT),
    *address("practice", "practice.address"),
)
CONTACT = (
    Binding("contact.date", "contact_at", Codec(_contact_at, _put_contact), besides=("contact.time",)),
)
ALLERGIES = (
    Binding("allergies.status", "allergies.status", one_of(AllergyStatus)),
    Binding("allergies.entries", "allergies.entries", Codec(_allergies, _put_allergies)),
)
CONSENT = (
    Binding("consent.to_treatment", "consent.to_treatment", YES_NO),
    Binding("consent.name", "consent.name", TEXT),
    Binding("consent.to_sharing", "consent.to_sharing", Codec(_to_sharing, YES_NO.write)),
)
AFTER = (
    Binding("after.advice", "advice", LINES),
    Binding("after.history", "history", LINES),
    Binding("after.notes", "notes_kept_here", LINES),
)
INCIDENT = (
    Binding("incident.done", "incident.done", YES_NO),
    Binding("incident.reason", "incident.reason", LINES),
    Binding("incident.report", "incident.report", LINES),
)
UNASKED = {
    "patient.name.prefix": "Title",
    "practice.telephone": "Telephone of the practice",
    "pharmacy": "Pharmacy",
    "recorded_at": "Recorded",
    "on_behalf": "Sent on behalf of the clinician",
    "not_stated": "Not stated, and why",
}
