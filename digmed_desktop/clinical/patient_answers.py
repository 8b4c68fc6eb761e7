"""The questions that every form asks: who it was and when, the patient, the GP practice, allergies, sharing."""

from collections.abc import Collection
from datetime import date, datetime

from digmed_desktop.clinical import names, nhs_number, ods, postcode, telephone
from digmed_desktop.clinical.answers import AnswerSheet, called
from digmed_desktop.clinical.dates import ENGLAND, age, as_answer, at_counter
from digmed_desktop.clinical.form import Answers, Form
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.clinical.record import (
    Address,
    Allergies,
    Allergy,
    AllergyStatus,
    Coded,
    Organisation,
    Patient,
    PersonName,
    PhoneUse,
    Professional,
    Sex,
    Telephone,
    Traced,
)

OLDEST = 120  # years
ADDRESS_LINES = 5  # NHS Data Dictionary, PATIENT USUAL ADDRESS: five lines
ADDRESS_LINE_MOST = 100
NEVER_CARRIED = frozenset({"patient.identity_checked", "patient.traced"})
"""What is asked afresh even of the same patient, however well known."""


def contact_answers(at: datetime) -> dict[str, str]:
    """Return the answers that say when the contact was, by the clock of the counter."""
    local = at.astimezone(ENGLAND)
    return {
        "contact.date": as_answer(local),
        "contact.time": f"{local:%H:%M}",
    }


class PatientSheet(AnswerSheet):
    """Reads what every form asks, at ``now``.

    ``closes_electronic_way`` gathers the problems that still leave the way on paper.
    """

    def __init__(self, questions: Form, answers: Answers, now: datetime) -> None:
        super().__init__(questions, answers, now.astimezone(ENGLAND).date())
        self.now = now
        self.closes_electronic_way: set[Problem] = set()

    def paper(self, field: str, sentence: str) -> None:
        """Note what leaves only the way on paper."""
        self.stop(field, sentence)
        self.closes_electronic_way.add(Problem(field, sentence))

    def contact_at(self) -> datetime | None:
        """Return when the contact was, which is never in the future; None where that is not known."""
        day, time = self.date("contact.date", past=False), self.time("contact.time")
        if day is None:
            return None
        if day > self.today:
            self.stop("contact.date", f"{self.fields['contact.date'].label} must not be in the future.")
            return None
        if time is None:
            return None
        moment = at_counter(day, *time)
        if moment > self.now:
            self.stop("contact.time", f"{self.fields['contact.time'].label} must not be in the future.")
            return None
        return moment

    def unneeded_traced(self) -> set[str]:
        """Return the question where the NHS number was traced, where there is none."""
        return set() if self.typed("patient.nhs_number") else {"patient.traced"}

    def person(self, field: str, chosen: Professional | None) -> Professional | None:
        """Return who was chosen at ``field``; ``chosen`` is None where that person is not known here."""
        if not self.typed(field):
            return None
        if chosen is None:
            self.stop(
                field,
                f"Select {called(self.fields[field])} again: this person is no longer among the people here.",
            )
        return chosen

    def identity_checked(self, unneeded: Collection[str] = ()) -> bool:
        """Return whether who the patient is was checked; without it nothing is finished, unless ``unneeded``."""
        field = "patient.identity_checked"
        checked = self.yes(field)
        if checked is False and field not in unneeded:
            self.stop(field, "Check who the patient is before you finish; then answer Yes.")
        return bool(checked)

    def to_sharing(self) -> bool | None:
        """Return whether the patient agrees that the practice is told; a refusal is respected on paper too."""
        agreed = self.yes("consent.to_sharing")
        if agreed is False:
            self.paper(
                "consent.to_sharing",
                "The patient does not agree that the practice is told: nothing is sent to it, and no copy is made "
                "for it. It is recorded here only.",
            )
        return agreed

    def _name(self, field: str) -> str:
        typed = self.typed(field)
        name = self.text(field, names.MOST)
        if name:
            what = called(self.fields[field]).removeprefix("the ")
            self.stop(field, names.sentence_about(name, what))
            self.look(field, names.doubt_about(typed, what))
        return name

    def _address(self, of: str) -> Address:
        lines = tuple(line.strip() for line in self.lines(f"{of}.address_lines").split("\n") if line.strip())
        if len(lines) > ADDRESS_LINES:
            self.stop(
                f"{of}.address_lines",
                f"Use at most {ADDRESS_LINES} lines for the address; it has {len(lines)}.",
            )
        if any(len(line) > ADDRESS_LINE_MOST for line in lines):
            self.stop(
                f"{of}.address_lines",
                f"Shorten each line of the address to at most {ADDRESS_LINE_MOST} characters.",
            )
        code = self.text(f"{of}.postcode")
        if code:
            self.stop(f"{of}.postcode", postcode.sentence_about(code))
        return Address(lines, self.text(f"{of}.city", ADDRESS_LINE_MOST), postcode.shown(code))

    def patient(self) -> Patient:
        """Return the patient."""
        sex = self.option("patient.sex")
        return Patient(
            name=PersonName(self._name("patient.given"), self._name("patient.family")),
            nhs_number=self._nhs_number(),
            traced=self._traced(),
            date_of_birth=self._date_of_birth(),
            sex=Sex(sex.id) if sex else None,
            address=self._address("patient"),
            telephones=self._telephones(),
        )

    def _nhs_number(self) -> str:
        typed = self.typed("patient.nhs_number")
        if not typed:
            self.paper(
                "patient.nhs_number", "Without an NHS number this can only go to the practice on paper."
            )
            return ""
        wrong = nhs_number.sentence_about(typed)
        self.stop("patient.nhs_number", wrong)
        return "" if wrong else nhs_number.digits(typed) or ""

    def _traced(self) -> Traced | None:
        chosen = self.option("patient.traced")
        if chosen is None or not self.typed("patient.nhs_number"):
            return None
        if chosen.id == Traced.NOT_TRACED:
            self.paper(
                "patient.traced",
                "An NHS number that was not traced is not sent: trace it, or tell the practice on paper.",
            )
        return Traced(chosen.id)

    def _date_of_birth(self) -> date | None:
        born = self.date("patient.date_of_birth", past=True)
        if born is None:
            return None
        if born > self.today:
            self.stop("patient.date_of_birth", "Date of birth must be in the past.")
            return None
        if age(born, self.today) > OLDEST:
            self.stop(
                "patient.date_of_birth", f"Check the date of birth: the patient would be older than {OLDEST}."
            )
            return None
        return born

    def _telephones(self) -> tuple[Telephone, ...]:
        number = self.text("patient.telephone")
        use = self.option("patient.telephone_use")
        if not number:
            return ()
        self.stop("patient.telephone", telephone.sentence_about(number))
        if use is None:
            self.stop("patient.telephone_use", "Select the kind of telephone.")
            return ()
        self.look("patient.telephone_use", telephone.doubt_about(number, PhoneUse(use.id)))
        return (Telephone(number, PhoneUse(use.id)),)

    def registered(self) -> bool | None:
        """Return whether the patient is registered with a GP practice, None where nothing was answered."""
        registered = self.yes("practice.registered")
        if registered is False:
            self.paper(
                "practice.registered",
                "Without a GP practice nothing can be sent: give the patient a paper copy.",
            )
        return registered

    def practice(self) -> Organisation:
        """Return the GP practice."""
        code = self.text("practice.ods_code")
        if code:
            wrong = ods.sentence_about(code, "the practice")
            self.stop("practice.ods_code", wrong)
            if not wrong:
                self.look("practice.ods_code", ods.doubt_about_practice(code))
        return Organisation(self.text("practice.name"), ods.shown(code), self._address("practice"))

    def allergies(self) -> Allergies:
        """Return what is known of allergies; each line is an agent and, after a colon, its reaction."""
        status = self.option("allergies.status")
        entries = []
        for line in self.lines("allergies.entries").split("\n"):
            agent, _, reaction = (part.strip() for part in line.partition(":"))
            if agent:
                entries.append(Allergy(Coded(agent), reaction))
            elif reaction:
                self.stop("allergies.entries", "Enter in each line what the allergy is to, before the colon.")
        return Allergies(AllergyStatus(status.id) if status else None, tuple(entries))
