"""The pharmacy and its people: first run, signing in by PIN, adding a locum, and as what each works here."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from digmed_desktop.clinical import dates, ods, postcode
from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.clinical.record import Address, Organisation, PersonName, Professional, Regulator
from digmed_desktop.clinical.registration import check_registration, other_regulator
from digmed_desktop.credentials import pins
from digmed_desktop.credentials.tries import TryBook
from digmed_desktop.desk.gate import Gate, ended, work_role
from digmed_desktop.desk.people.known_words import known_words, of_pharmacy
from digmed_desktop.desk.views.general import PersonView, SignIn
from digmed_desktop.messaging.audit import AuditAct
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.errors import NotAllowedNowError
from digmed_desktop.messaging.people import AS_PROFESSION, Access, Person, Why
from digmed_desktop.messaging.permissions import Permission, WorkRole
from digmed_desktop.reference import permissions, roles

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store

Answers = Mapping[str, str]

_LAST_MANAGER = (
    "Someone has to be manager: this is the only one.",
    "Make another person manager first.",
)


class PeopleDesk:
    """Asks about people and the pharmacy end here."""

    def __init__(self, store: "Store", clock: Clock, tries: TryBook | None = None) -> None:
        self._store, self._clock, self._gate = store, clock, Gate(store)
        self._tries, self._one_try = tries or TryBook(None), threading.Lock()
        self._signed_in: int | None = None

    def lists(self) -> dict[str, tuple[Option, ...]]:
        """Return roles and regulators to choose from."""
        return {
            "roles": tuple(Option(role.id, role.label) for role in roles.roles()),
            "regulators": tuple(Option(r.value or "none", r.value or "None") for r in Regulator),
            "work_roles": (
                Option(AS_PROFESSION, "As the role says"),
                *(Option(one.value, permissions.labels()[one]) for one in (WorkRole.MANAGER, WorkRole.LOCUM)),
            )
            if permissions.labels()
            else (),
        }

    def all(self) -> tuple[PersonView, ...]:
        """Return everyone who works here now."""
        return tuple(self._view(person) for person in self._store.people.all() if person.active)

    def signed_in(self) -> PersonView:
        """Return who is signed in, as what they work here now, with what they may not do."""
        return self._with_refusals(self._gate.known())

    def professional(self, person_id: int | None) -> Professional | None:
        """Return the professional behind an id."""
        return next((p.professional for p in self._store.people.all() if p.id == person_id), None)

    def may_finish_supply(self, person_id: int | None) -> bool:
        """Whether a person works here today and is a pharmacist, who alone may complete an emergency supply."""
        return any(p.id == person_id and p.may_finish_supply and not p.ended for p in self.all())

    def name(self, person_id: int | None) -> str:
        """Return a person's spoken name, or ``""``."""
        found = self.professional(person_id)
        return found.name.spoken() if found else ""

    def first_run(self, answers: Answers) -> tuple[Problem, ...]:
        """Store the pharmacy and its first person, who is its manager, or return what is in the way."""
        if self._store.people.all():
            raise NotAllowedNowError("This pharmacy is set up already.", "Sign in with your PIN.")
        known = (*of_pharmacy(_pharmacy(answers)), *_told(answers))
        problems = [*_pharmacy_problems(answers), *_details_problems(answers), *_pin_problems(answers, known)]
        if problems:
            return tuple(problems)
        self._store.profile.save_pharmacy(_pharmacy(answers))
        made = self._store.people.add(
            _professional(answers), pins.hash_pin(answers["person.pin"]), Access(manager=True), Why.FIRST_RUN
        )
        self._gate.note(AuditAct.PERSON_ADDED, self.name(made))
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
        self._gate.allow(Permission.CHANGE_PHARMACY)
        problems = _pharmacy_problems(answers)
        if not problems:
            self._store.profile.save_pharmacy(_pharmacy(answers))
            self._gate.note(AuditAct.PHARMACY_CHANGED)
        return tuple(problems)

    def add(self, answers: Answers) -> tuple[Problem, ...]:
        """Add a person, or return what is in the way."""
        by = self._gate.allow(Permission.CHANGE_PEOPLE).id
        access, wrong = self._access(answers)
        known = (*self.known_words(), *_told(answers))
        problems = (*_details_problems(answers), *_pin_problems(answers, known), *wrong)
        if not problems:
            self._store.people.add(
                _professional(answers),
                pins.hash_pin(answers["person.pin"]),
                access if access != Access() else None,
                by=by,
            )
            self._gate.note(AuditAct.PERSON_ADDED, _professional(answers).name.spoken())
        return problems

    def change(self, person_id: int, answers: Answers) -> tuple[Problem, ...]:
        """Change a person's details, and as what they work here; a PIN that is left empty stays as it is."""
        by = self._gate.allow(Permission.CHANGE_PEOPLE).id
        person = self._one(person_id)
        access, wrong = self._access(answers)
        new_pin = bool(answers.get("person.pin") or answers.get("person.pin_again"))
        known = (*self.known_words(), *_told(answers))
        problems = (*_details_problems(answers), *(_pin_problems(answers, known) if new_pin else ()), *wrong)
        if problems:
            return problems
        if person.access.manager and not access.manager:
            self._keep_a_manager(person_id)
        self._store.people.update(person_id, _professional(answers))
        if new_pin:
            self.new_pin(person, answers["person.pin"])
        if access != person.access or self._gate.has_ended(person):  # the same day can begin anew
            self._store.people.give(person_id, access, Why.CHANGED, by)
        self._gate.note(AuditAct.PERSON_CHANGED, self.name(person_id))
        return ()

    def answers_about(self, person_id: int) -> dict[str, str]:
        """Return the answers that describe a person as they are kept; none of the PIN."""
        person = self._one(person_id)
        who, access = person.professional, person.access
        role = roles.of(who.role)
        works_as = WorkRole.MANAGER if access.manager else WorkRole.LOCUM if access.until else AS_PROFESSION
        return {
            "person.given": who.name.given,
            "person.family": who.name.family,
            "person.role": role.id if role else "",
            "person.regulator": who.regulator.value or "none",
            "person.registration": who.registration,
            "person.works_as": str(works_as),
            "person.until": f"{access.until:%d/%m/%Y}" if access.until else "",
            "person.pin": "",
            "person.pin_again": "",
        }

    def retire(self, person_id: int) -> None:
        """Take a person off the list; what they recorded stays theirs, and what they sent still goes."""
        self._gate.allow(Permission.CHANGE_PEOPLE)
        leaving = self._one(person_id)
        if leaving.access.manager:
            self._keep_a_manager(person_id)
        self._store.people.retire(person_id)
        self._gate.note(AuditAct.PERSON_REMOVED, leaving.professional.name.spoken())

    def _keep_a_manager(self, without: int) -> None:
        if all(one.id == without for one in self._gate.managers()):
            raise NotAllowedNowError(*_LAST_MANAGER)

    def _one(self, person_id: int) -> Person:
        person = self._store.people.get(person_id)
        if person is None or not person.active:
            raise NotAllowedNowError("This person no longer works here.", "Open People again.")
        return person

    def _access(self, answers: Answers) -> tuple[Access, tuple[Problem, ...]]:
        """Return as what the answers say that somebody works here."""
        match answers.get("person.works_as", AS_PROFESSION):
            case WorkRole.MANAGER:
                return Access(manager=True), ()
            case WorkRole.LOCUM:
                return self._as_locum(answers.get("person.until", ""))
        return Access(), ()

    def _as_locum(self, typed: str) -> tuple[Access, tuple[Problem, ...]]:
        today = self._clock.now().astimezone(dates.ENGLAND).date()
        day = dates.of_answer(typed, today) if typed.strip("/ ") else today
        if day is None:
            return Access(), (Problem("person.until", "Enter the last day as a date, such as 31 3 2027."),)
        if day < today:
            return Access(), (Problem("person.until", "The last day must not be in the past."),)
        return Access(until=day), ()

    def sign_in(self, person_id: int, pin: str) -> SignIn:
        """Check a PIN; it is counted first, and after wrong ones in a row nobody may try for a while."""
        found = self.check_pin(person_id, pin)
        if found.person is not None:
            self._signed_in = person_id
            self._gate.note(AuditAct.SIGNED_IN, by=person_id)
        return found

    def check_pin(self, person_id: int, pin: str) -> SignIn:
        """Check a PIN without signing in; it counts as a try all the same."""
        with self._one_try:
            return self._checked(person_id, pin)

    def _checked(self, person_id: int, pin: str) -> SignIn:
        person = next((p for p in self._store.people.all() if p.id == person_id and p.active), None)
        if person is None:
            return SignIn(None, "Choose your name again: this person no longer works here.")
        if self._gate.has_ended(person):
            return SignIn(None, f"{ended(person)} A manager can enter a later day under People.")
        who = person.professional
        if left := self._tries.wait(who, person.failed_tries):
            self._gate.note(AuditAct.PIN_WAITS, who.name.spoken())
            minutes = max(1, -(-int(left.total_seconds()) // 60))
            wait = f"{minutes} minute{'s' if minutes > 1 else ''}"
            return SignIn(
                None,
                f"Too many wrong PINs. Wait {wait}, ask a colleague to sign in, or have a manager end the wait "
                "under People.",
            )
        self._tries.count(who, person.failed_tries)
        self._store.people.note_wrong_pin(person_id, None)
        if not pins.verify(person.pin_hash, pin):
            self._gate.note(AuditAct.WRONG_PIN, who.name.spoken())
            return SignIn(None, "That is not this person's PIN. Check the name and type the PIN again.")
        self._forget_tries(person)
        return SignIn(self._with_refusals(person))

    def locked(self, person_id: int) -> None:
        """Note that the window was locked, or locked by itself, under who signed in last; under nobody else."""
        if person_id == self._signed_in:
            self._signed_in = None
            self._gate.note(AuditAct.LOCKED, by=person_id)

    def end_wait(self, person_id: int) -> None:
        """Let a person try at once again, whose wrong PINs made everyone wait."""
        self._gate.allow(Permission.END_WAIT)
        self._forget_tries(self._one(person_id))
        self._gate.note(AuditAct.WAIT_ENDED, self.name(person_id))

    def new_pin(self, person: Person, pin: str) -> None:
        """Give a person a new PIN; the wrong ones before are forgotten. The caller has asked who may."""
        self._store.people.update(person.id, pin_hash=pins.hash_pin(pin))
        self._forget_tries(person)
        self._gate.note(AuditAct.PIN_CHANGED, person.professional.name.spoken())

    def known_words(self) -> tuple[str, ...]:
        """Return the names and numbers that others know, so that no PIN is taken from them."""
        return known_words(self._store)

    def _forget_tries(self, person: Person) -> None:
        self._store.people.note_right_pin(person.id)
        self._tries.forget(person.professional)

    def _with_refusals(self, person: Person) -> PersonView:
        return replace(self._view(person), refused=self._gate.refusals(person))

    def _view(self, person: Person) -> PersonView:
        role = roles.of(person.professional.role)
        return PersonView(
            person.id,
            person.professional,
            self._tries.seems_to_wait(person.professional, person.failed_tries),
            bool(role and role.may_vaccinate),
            bool(role and role.may_finish_supply),
            work_role(person),
            person.access.until,
            ended=self._gate.has_ended(person),
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


def _told(answers: Answers) -> tuple[str, ...]:
    """Return what the answers say of a person that others will know."""
    return tuple(answers.get(f"person.{key}", "").strip() for key in ("given", "family", "registration"))


def _details_problems(answers: Answers) -> list[Problem]:
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
        problems += _regulator_problems(answers.get("person.role", ""), Regulator(regulator))
    return problems


def _regulator_problems(role_id: str, stated: Regulator) -> Iterator[Problem]:
    """Yield a regulator that does not register this role."""
    role = next((one for one in roles.roles() if one.id == role_id), None)
    if role and (usual := other_regulator(role.coded, stated)):
        sentence = (
            f"The {usual.value} registers the role {role.label}. Choose {usual.value}, or another role."
        )
        yield Problem("person.regulator", sentence)


def _pin_problems(answers: Answers, known: tuple[str, ...]) -> tuple[Problem, ...]:
    if said := pins.problem_with(answers.get("person.pin", ""), known=known):
        return (Problem("person.pin", said),)
    if answers.get("person.pin") != answers.get("person.pin_again"):
        return (Problem("person.pin_again", "Type the same PIN in both boxes."),)
    return ()
