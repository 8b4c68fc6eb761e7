"""Keep a form to one patient when another is found, or another identity is typed over the first."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date

from digmed_desktop.clinical import identity
from digmed_desktop.clinical.form import Answers
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.patient_answers import NEVER_CARRIED

OF_THE_ACT = (
    *("session.", "contact.date", "contact.time", "contact.method", "vaccine.", "item.", "decision.outcome"),
    "incident.",
)
"""Answers about the act and its time, whoever the patient is."""
_OF_THE_PATIENT = (
    *(".eligibility", ".dose_number", ".not_given_reason", ".not_given_other", ".indication", ".additional"),
    *(".for_epilepsy",),
)
"""Among them, why it was done for this patient: the right one is asked anew."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The answers that a form takes of a patient who was found.

    ``another``: it goes onto a new form, and this one stays a draft. ``asks``: a person has to say which of the two.
    """

    answers: dict[str, str] = field(repr=False)
    another: bool = False
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Parted:
    """A form on which another patient was typed: the answers of the first, and what was typed of the other.

    ``mixed``: a third patient was typed over the second, so nobody knows for whom of the two ``typed`` was meant. Then
    ``named`` holds whose number stands there, or without one who is named, if anyone is.
    """

    before: dict[str, str] = field(repr=False)
    typed: dict[str, str] = field(repr=False)
    named: dict[str, str] = field(repr=False, default_factory=dict)
    mixed: bool = False

    def apart(self, fresh: FormState) -> FormState:
        """Return ``fresh`` with what was typed of the other patient; a mixed one asks whether it is about one."""
        agreed = {**fresh.answers, **self.named} if self.mixed else {}
        return replace(fresh.answered(self.typed), owner=self.named, agreed=agreed)


class OnePatient:
    """Knows whom a form was begun for, and whether its answers still name that patient.

    ``owner`` are the identifying answers of that patient; ``agreed`` all answers as they were while they named one
    person. ``strict``: the form is a correction, in which any change of name, birth, sex or address is asked about.
    ``asks``: someone has to say whose form it is.
    """

    def __init__(self) -> None:
        self.owner: dict[str, str] = {}
        self.agreed: dict[str, str] = {}
        self.strict = self.asks = False
        self._checked = identity.Identity()  # of whom it was said that the identity was checked
        self._other = identity.Identity()  # who was typed over the first
        self._several = False  # whether someone else was typed over that one

    def begin(self, state: FormState, answers: Answers, today: date) -> None:
        """Begin with the form ``state`` that is about to be shown with these ``answers``."""
        self.strict = state.correction is not None
        self.owner = dict(state.owner) or identity.completed({}, answers, today)
        if self.strict:
            self.owner = identity.described(self.owner, {**answers, **state.agreed})
        self.agreed, self.asks = dict(state.agreed), bool(state.agreed)
        self._other, self._several = (
            identity.Identity(),
            self.asks,
        )  # how often a name was typed over is forgotten
        self._checked = identity.identity_of(self.owner, today)
        self.typed(answers, today)

    def taken(self, answers: Answers, today: date) -> None:
        """Take these answers for the identity that is meant from now on."""
        self.owner = identity.completed({}, answers, today)
        if self.strict:
            self.owner = identity.described(self.owner, answers)
        self.agreed, self.asks = dict(answers), False
        self._other, self._several = identity.Identity(), False

    def typed(self, answers: Answers, today: date) -> None:
        """Follow one more key: remember the answers while they name one person."""
        if not self.asks and not self.contradicted(answers, today):
            self.agreed = dict(answers)

    def follow(self, answers: Answers, today: date) -> tuple[str, ...]:
        """Follow an identifying answer that was left; return the questions in which it names someone else.

        Once the identity is as it was, those are returned that were answered meanwhile, perhaps for the other patient.
        """
        found = self.contradicted(answers, today)
        if not found and self.asks:
            before = self.parted(answers).before
            found = tuple(key for key, text in answers.items() if text != before[key])  # a slip in a name too
        self.asks = bool(found)
        self._follow_other(answers, today)
        if not found:
            self.owner |= identity.completed(self.owner, answers, today)
            self.agreed = dict(answers)
        return found

    def _follow_other(self, answers: Answers, today: date) -> None:
        """Follow who is typed over the patient of the form, and whether a third is typed over that one."""
        if not self.asks:
            self._other, self._several = identity.Identity(), False
            return
        now = identity.identity_of(_identifying(self.parted(answers).typed), today)
        self._several |= identity.named_anew(self._other, now)
        self._other = identity.joined(now, self._other)  # a name that is emptied again was one all the same

    def said_of_another(self, answers: Answers, today: date) -> tuple[str, ...]:
        """Return what was answered of the identity before number, name or birth became another: it is asked again.

        Nothing is while it is in doubt whose form it is, nor on a correction: there each change is asked about by itself.
        """
        given = tuple(sorted(key for key in NEVER_CARRIED if answers.get(key)))
        if self.asks or self.strict:
            return ()
        now, before = identity.identity_of(answers, today), self._checked
        anew = identity.named_anew(before, now)
        self._checked = now if anew or not given else identity.joined(before, now)
        return given if anew else ()

    def contradicted(self, answers: Answers, today: date) -> tuple[str, ...]:
        """Return the questions in which the answers name another patient than the form was begun for."""
        found = identity.contradicted(self.owner, answers, today, strict=self.strict)
        return found or self._in_place_of_the_owner(answers)

    def _in_place_of_the_owner(self, answers: Answers) -> tuple[str, ...]:
        """Return what names someone once nothing is left that named the owner, of whom something was answered."""
        now = _identifying(dict(answers))
        if self.strict or not now or not identity.answered_of(answers, self.owner):
            return ()
        of_owner = _identifying(self.owner)
        return tuple(sorted(now)) if of_owner and not of_owner.keys() & now.keys() else ()

    @property
    def kept_owner(self) -> dict[str, str]:
        """The owner as a draft keeps it.

        Where someone else was typed over a patient of whom not everything was known yet, nobody can say whose the
        first names were: a form that is resumed asks about all but the number.
        """
        number = self.owner.get(identity.NUMBER, "")
        whole = all(self.owner.get(key) for key in identity.IDENTIFYING)
        if not self.asks or whole or self.strict or not number:
            return self.owner
        return {identity.NUMBER: number}

    def in_doubt(self, answers: Answers, today: date) -> dict[str, str]:
        """Return the answers as they were while they named one person, nothing while they do."""
        if not (self.asks or self.contradicted(answers, today)):
            return {}
        owner = self.kept_owner
        unsure = () if owner is self.owner else set(_identifying(self.agreed)) - owner.keys()
        return {key: text for key, text in self.agreed.items() if key not in unsure}

    def parted(self, answers: Answers) -> Parted:
        """Return what belongs to the patient of the form, and what was typed since of another."""
        before = {**{key: self.agreed.get(key, "") for key in answers}, **self.owner}
        typed = {key: text for key, text in answers.items() if text != before[key]}
        who = _identifying(typed) if self._several else {}
        number = {key: text for key, text in who.items() if key == identity.NUMBER}
        named = number or who
        mixed = self._several and named != typed
        return Parted(before, typed, named if mixed else {}, mixed)


def _identifying(answers: Answers) -> dict[str, str]:
    return {key: text for key, text in answers.items() if key in identity.IDENTIFYING and text.strip(" /")}


def take(now: Answers, found: Answers, asked: Collection[str], today: date) -> Taken:
    """Return what becomes of a form with the answers ``now`` when a patient is found; ``asked`` are its questions.

    The same patient completes the form; nothing that was typed is replaced. Anyone else gets a form of their own.
    """
    sure = identity.is_surely(now, found, today)
    if not identity.is_somebodys(now):
        # whoever was checked before, it was not known who that is
        return Taken({**found, **_unchecked(asked)}, asks=not sure)
    same = identity.same_person(identity.identity_of(now, today), identity.identity_of(found, today))
    alone = may_complete(now, found)
    if alone or (same and not identity.contradicted(now, found, today)):  # one number can stand at two names
        return Taken(completing(now, found, asked), asks=alone or not sure)
    return Taken(dict(found), another=True)


def completing(now: Answers, found: Answers, asked: Collection[str]) -> dict[str, str]:
    """Return what a found patient adds to a form; the identity that was checked was not this whole one."""
    added = identity.missing(now, found)
    return added | (_unchecked(asked) if added.keys() & set(identity.IDENTIFYING) else {})


def _unchecked(asked: Collection[str]) -> dict[str, str]:
    return dict.fromkeys(NEVER_CARRIED & set(asked), "")


def may_complete(now: Answers, found: Answers) -> bool:
    """Whether what was found is a number or a date of birth alone, which a form begun by name has not yet.

    It contradicts nothing, and nothing says whose it is: a person does.
    """
    alone = set(found) <= {identity.NUMBER, identity.BORN}
    return alone and identity.is_somebodys(now) and not any(now.get(key, "").strip("/ ") for key in found)


def of_the_act(answers: Answers) -> dict[str, str]:
    """Return the answers about what was done, whoever it was done for."""
    return {key: text for key, text in answers.items() if text and _is_of_the_act(key)}


def _is_of_the_act(key: str) -> bool:
    of_the_patient = key.endswith(_OF_THE_PATIENT) or (key.startswith("item.") and key.endswith(".reason"))
    return key.startswith(OF_THE_ACT) and not of_the_patient
