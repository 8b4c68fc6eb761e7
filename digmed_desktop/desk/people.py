"""The pharmacy and its people: first run, signing in by PIN, adding a locum."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from digmed_desktop.clinical import ods, postcode
from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.clinical.record import Address, Organisation, PersonName, Professional, Regulator
from digmed_desktop.clinical.registration import check_registration
from digmed_desktop.credentials import pins
from digmed_desktop.desk.views import PersonView, SignIn
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.people import Person
from digmed_desktop.reference import roles

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store

Answers = Mapping[str, str]


class PeopleDesk:
    """Asks about people and the pharmacy end here."""

    def __init__(self, store: "Store", clock: Clock) -> None:
        self._store, self._clock = store, clock

    def lists(self) -> dict[str, tuple[Option, ...]]:
        """Return roles and regulators to choose from."""
        return {
            "roles": tuple(Option(role.id, role.label) for role in roles.roles()),
            "regulators": tuple(Option(r.value or "none", r.value or "None") for r in Regulator),
        }

    def all(self) -> tuple[PersonView, ...]:
        """Return everyone who works here now."""
        return tuple(self._view(person) for person in self._store.people.all() if person.active)

    def professional(self, person_id: int | None) -> Professional | None:
        """Return the professional behind an id."""
        return next((p.professional for p in self._store.people.all() if p.id == person_id), None)

    def may_finish_supply(self, person_id: int | None) -> bool:
        """Whether a person works here and is a pharmacist, who alone may complete an emergency supply."""
        return any(p.id == person_id and p.may_finish_supply for p in self.all())

    def name(self, person_id: int | None) -> str:
        """Return a person's spoken name, or ``""``."""
        found = self.professional(person_id)
        return found.name.spoken() if found else ""

    def first_run(self, answers: Answers) -> tuple[Problem, ...]:
        """Store the pharmacy and its first person, or return what is in the way."""
        problems = [*_pharmacy_problems(answers), *_person_problems(answers)]
        if problems:
            return tuple(problems)
        self._store.profile.save_pharmacy(_pharmacy(answers))
        self._store.people.add(_professional(answers), pins.hash_pin(answers["person.pin"]))
        return ()

    def pharmacy_answers(self) -> dict[str, str]:
        """Return the answers that describe the pharmacy as it is kept."""
        kept = self._store.profile.pharmacy() or Organisation()
        return {
            "pharmacy.name": kept.name,
            "pharmacy.ods_code": kept.ods_code,
            "pharmacy.telephone": kept.telephone,
            "pharmacy.address_lines": "\n".join(kept.address.lines),
            "pharmacy.city": kept.address.city,
            "pharmacy.postcode": kept.address.postcode,
        }

    def change_pharmacy(self, answers: Answers) -> tuple[Problem, ...]:
        """Keep the pharmacy as it is from now on, or return what is in the way; what was sent stays as it was."""
        problems = _pharmacy_problems(answers)
        if not problems:
            self._store.profile.save_pharmacy(_pharmacy(answers))
        return tuple(problems)

    def add(self, answers: Answers) -> tuple[Problem, ...]:
        """Add a person, or return what is in the way."""
        problems = _person_problems(answers)
        if not problems:
            self._store.people.add(_professional(answers), pins.hash_pin(answers["person.pin"]))
        return tuple(problems)

    def retire(self, person_id: int) -> None:
        """Take a person off the list; what they recorded stays theirs."""
        self._store.people.retire(person_id)

    def sign_in(self, person_id: int, pin: str) -> SignIn:
        """Check a PIN; wrong ones in a row are counted and make everyone wait longer."""
        person = next((p for p in self._store.people.all() if p.id == person_id and p.active), None)
        if person is None:
            return SignIn(None, "Choose your name again: this person no longer works here.")
        now = self._clock.now()
        if person.locked_until is not None and now < person.locked_until:
            minutes = max(1, -(-int((person.locked_until - now).total_seconds()) // 60))
            wait = f"{minutes} minute{'s' if minutes > 1 else ''}"
            return SignIn(None, f"Too many wrong PINs. Wait {wait}, or ask a colleague to sign in.")
        if not pins.verify(person.pin_hash, pin):
            pause = pins.locked_for(person.failed_tries + 1)
            self._store.people.note_wrong_pin(person_id, now + pause if pause else None)
            return SignIn(None, "That is not this person's PIN. Check the name and type the PIN again.")
        self._store.people.note_right_pin(person_id)
        return SignIn(self._view(person))

    def _view(self, person: Person) -> PersonView:
        role = roles.of_code(person.professional.role.code) if person.professional.role else None
        return PersonView(
            person.id,
            person.professional,
            person.locked_until,
            bool(role and role.may_vaccinate),
            bool(role and role.may_finish_supply),
        )


def _pharmacy(answers: Answers) -> Organisation:
    lines = tuple(
        line.strip() for line in answers.get("pharmacy.address_lines", "").splitlines() if line.strip()
    )
    return Organisation(
        name=answers.get("pharmacy.name", "").strip(),
        ods_code=ods.shown(answers.get("pharmacy.ods_code", "")),
        address=Address(
            lines,
            answers.get("pharmacy.city", "").strip(),
            postcode.shown(answers.get("pharmacy.postcode", "")),
        ),
        telephone=answers.get("pharmacy.telephone", "").strip(),
    )


def _pharmacy_problems(answers: Answers) -> list[Problem]:
    problems = []
    for key, sentence in (
        ("pharmacy.name", "Enter the name of the pharmacy."),
        ("pharmacy.address_lines", "Enter the address of the pharmacy."),
        ("pharmacy.telephone", "Enter a telephone number on which practices can call the pharmacy."),
    ):
        if not answers.get(key, "").strip():
            problems.append(Problem(key, sentence))
    if said := ods.sentence_about(answers.get("pharmacy.ods_code", ""), "the pharmacy"):
        problems.append(Problem("pharmacy.ods_code", said))
    if said := postcode.sentence_about(answers.get("pharmacy.postcode", "")):
        problems.append(Problem("pharmacy.postcode", said))
    return problems


def _professional(answers: Answers) -> Professional:
    regulator = answers.get("person.regulator", "")
    return Professional(
        name=PersonName(answers["person.given"].strip(), answers["person.family"].strip()),
        role=roles.role(answers["person.role"]).coded,
        regulator=Regulator(regulator) if regulator in {r.value for r in Regulator} else Regulator.NONE,
        registration=answers.get("person.registration", "").strip().upper(),
    )


def _person_problems(answers: Answers) -> list[Problem]:
    problems = []
    for key, sentence in (
        ("person.given", "Enter the first name."),
        ("person.family", "Enter the last name."),
    ):
        if not answers.get(key, "").strip():
            problems.append(Problem(key, sentence))
    if answers.get("person.role", "") not in {role.id for role in roles.roles()}:
        problems.append(Problem("person.role", "Select the role."))
    regulator = answers.get("person.regulator", "")
    if not regulator:
        problems.append(Problem("person.regulator", "Select who registers this person, or None."))
    elif regulator != "none":
        said = check_registration(Regulator(regulator), answers.get("person.registration", "").strip())
        if said:
            problems.append(Problem("person.registration", said))
    if said := pins.problem_with(answers.get("person.pin", "")):
        problems.append(Problem("person.pin", said))
    elif answers.get("person.pin") != answers.get("person.pin_again"):
        problems.append(Problem("person.pin_again", "Type the same PIN in both boxes."))
    return problems
