"""Identify a patient, and judge whether two identities can be one person."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import SequenceMatcher

from digmed_desktop.clinical import dates, likeness, nhs_number
from digmed_desktop.clinical.patient_answers import NEVER_CARRIED

NUMBER, FAMILY, GIVEN, BORN = (
    "patient.nhs_number",
    "patient.family",
    "patient.given",
    "patient.date_of_birth",
)
IDENTIFYING = (NUMBER, FAMILY, GIVEN, BORN)
"""The questions that say who the patient is."""
DESCRIBING = ("patient.sex", "patient.address_lines", "patient.city", "patient.postcode")
"""The questions that a correction asks about too, because an answer of another patient may stand there."""
OF_THE_PATIENT = (*IDENTIFYING, *DESCRIBING)
TELLING = ("patient.sex", "patient.postcode")
"""The questions that tell apart two people of nearly one name and birth: a difference in one is no other patient yet."""
SAID_OF_ONE = (
    *(
        "screening.",
        "previous.",
        "consent.",
        "allergies.",
        "after.",
        "referral.",
        "conditions.",
        "prescriber.",
    ),
)
"""Beginnings of the ids of answers about the patient who stands there."""
_TOGETHER = (
    ("patient.address_lines", "patient.city", "patient.postcode"),
    ("patient.telephone", "patient.telephone_use"),
    tuple(f"practice.{part}" for part in ("ods_code", "name", "address_lines", "city", "postcode")),
    ("allergies.status", "allergies.entries"),
)
"""The questions whose answers make one fact."""
_DEFAULTED = frozenset({"patient.telephone_use"})
_ALIKE = 0.6  # of 1: two names as like as this may be one person's, which is asked about
_MOST_AGREE = 2  # of family name, first name and date of birth
_SAME_PARTS = 2  # of day, month, year: one part wrong is a slip
_MOST_SLIPS = 1  # small differences: more at once are another patient, a twin for one


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a patient is, as far as it is known. ``nhs_number`` is ten valid digits or ``""``; names are folded."""

    nhs_number: str = field(default="", repr=False)
    family: str = field(default="", repr=False)
    given: str = field(default="", repr=False)
    born: date | None = field(default=None, repr=False)

    def known(self) -> bool:
        """Whether anything is known."""
        return bool(self.nhs_number or self.family or self.given or self.born)


def identity_of(answers: Mapping[str, str], today: date) -> Identity:
    """Return the identity that the answers of a form give; what cannot be read is left out."""
    number = answers.get(NUMBER, "")
    return Identity(
        (nhs_number.digits(number) or "") if nhs_number.sentence_about(number) is None else "",
        folded(answers.get(FAMILY, "")),
        folded(answers.get(GIVEN, "")),
        dates.of_answer(answers.get(BORN, ""), today, past=True),
    )


def same_person(one: Identity, other: Identity) -> bool:
    """Whether two identities are one person's: a number decides; else something agrees and nothing contradicts."""
    if one.nhs_number and other.nhs_number:
        return one.nhs_number == other.nhs_number
    pairs = ((one.family, other.family), (one.given, other.given), (one.born, other.born))
    both = [(mine, theirs) for mine, theirs in pairs if mine and theirs]
    return bool(both) and all(mine == theirs for mine, theirs in both)


def is_surely(now: Mapping[str, str], found: Mapping[str, str], today: date) -> bool:
    """Whether a form that contradicts nothing of a found patient surely names that one.

    The number does, and so do two of family name, first name and birth where no sex or address says otherwise. One name
    or one birth does only while nothing else was answered about anybody: sisters share one, and so do strangers.
    """
    one, other = identity_of(now, today), identity_of(found, today)
    if one.nhs_number and one.nhs_number == other.nhs_number:
        return True
    if any(_both_differ(_said(now, key), _said(found, key)) for key in DESCRIBING):
        return False
    return _agreeing(one, other) >= _MOST_AGREE or not answered_of(now, found)


def _agreeing(one: Identity, other: Identity) -> int:
    pairs = ((one.family, other.family), (one.given, other.given), (one.born, other.born))
    return sum(bool(mine) and mine == theirs for mine, theirs in pairs)


def answered_of(now: Mapping[str, str], found: Mapping[str, str]) -> tuple[str, ...]:
    """Return the questions that were answered about somebody, and that ``found`` does not answer alike."""
    told = (key for key in now if key.startswith(SAID_OF_ONE) or key in (*DESCRIBING, "patient.telephone"))
    return tuple(key for key in told if now[key].strip() and _said(now, key) != _said(found, key))


def likely_same(one: Identity, other: Identity) -> bool:
    """Whether two identities without a number can be one person's of whom a name or the birth was mistaken."""
    named = _alike(one.family, other.family) + _alike(one.given, other.given)
    born = bool(one.born and other.born) and one.born == other.born
    return named + born >= _MOST_AGREE


def perhaps_one(known: Identity, now: Identity) -> bool:
    """Whether two people with a number each may be one: two of names and birth agree, and the third can be a slip.

    Names may be exchanged, and day and month.
    """
    return any(_slip_at_most(known, each) for each in _either_way(now))


def two_agree(one: Identity, other: Identity) -> bool:
    """Whether two people, of whom something may be open, may be one: as :func:`perhaps_one`, and two are stated alike."""
    return any(
        _slip_at_most(one, each) and _agreeing(one, each) >= _MOST_AGREE for each in _either_way(other)
    )


def _either_way(one: Identity) -> tuple[Identity, Identity]:
    """Return an identity, and the same with its names exchanged."""
    return one, replace(one, family=one.given, given=one.family)


def _slip_at_most(known: Identity, now: Identity) -> bool:
    differ = disagreement(known, now)
    return len(differ) <= _MOST_SLIPS and all(
        _resembles(key, known, now) or (key == BORN and _exchanged(known.born, now.born)) for key in differ
    )


def nothing_alike(one: Identity, other: Identity) -> bool:
    """Whether two identities share neither a name nor a birth, whatever their numbers say."""
    born = one.born is not None and other.born is not None and _one_part_off(one.born, other.born)
    return not (born or _alike(one.family, other.family) or _alike(one.given, other.given))


def is_somebodys(answers: Mapping[str, str]) -> bool:
    """Whether a form says anything about who its patient is."""
    return any(
        text.strip()
        for key, text in answers.items()
        if key.startswith("patient.") and key not in NEVER_CARRIED and key not in _DEFAULTED
    )


def contradicted(
    before: Mapping[str, str], after: Mapping[str, str], today: date, *, strict: bool = False
) -> tuple[str, ...]:
    """Return the questions in which ``after`` names another patient than ``before``.

    One misspelt name or one wrong part of a date is a slip, unless another sex or postcode, or a second slip, comes with
    it. ``strict``: any difference counts, in sex and address too. Two valid NHS numbers are two people until a person
    says otherwise.
    """
    was, now = identity_of(before, today), identity_of(after, today)
    different = disagreement(was, now)
    described = [key for key in DESCRIBING if _both_differ(_said(before, key), _said(after, key))]
    small = len(different) + sum(key in TELLING for key in described) if different else 0
    every = strict or small > _MOST_SLIPS
    found = [NUMBER] if _both_differ(was.nhs_number, now.nhs_number) else []
    found += [key for key in different if every or not _is_slip(key, was, now)]
    found += [key for key in described if strict or (every and key in TELLING)]
    return tuple(found)


def disagreement(one: Identity, other: Identity) -> tuple[str, ...]:
    """Return the questions to which two identities give different answers, the NHS number left aside."""
    differ = {
        FAMILY: _both_differ(one.family, other.family),
        GIVEN: _both_differ(one.given, other.given),
        BORN: bool(one.born and other.born) and one.born != other.born,
    }
    return tuple(key for key, different in differ.items() if different)


def joined(known: Identity, now: Identity) -> Identity:
    """Return what is known of a patient with what is known now besides."""
    return Identity(
        known.nhs_number or now.nhs_number,
        known.family or now.family,
        known.given or now.given,
        known.born or now.born,
    )


def sex_of(answers: Mapping[str, str]) -> str:
    """Return the sex as it is answered, ``""`` where it is not."""
    return answers.get("patient.sex", "")


def practice_of(answers: Mapping[str, str]) -> str:
    """Return the code of the practice as it is answered, ``""`` where it is not."""
    return answers.get("practice.ods_code", "").strip().upper()


def missing(now: Mapping[str, str], found: Mapping[str, str]) -> dict[str, str]:
    """Return the answers of ``found`` that a form does not have yet; what is typed there stays.

    What makes one fact together, such as an address, is filled whole or not at all: never out of two.
    """
    no_telephone = not now.get("patient.telephone", "").strip()
    open_here = {key for key in found if not now.get(key, "").strip() or (key in _DEFAULTED and no_telephone)}
    for fact in _TOGETHER:
        if any(_both_differ(_said(now, key), _said(found, key)) for key in fact if key not in _DEFAULTED):
            open_here -= set(fact)
    return {key: text for key, text in found.items() if key in open_here}


def facts_left(known: Mapping[str, str], said: Mapping[str, str]) -> dict[str, str]:
    """Return what is known of a patient and not said anew; an address or a practice is one fact."""
    anew = {
        key
        for fact in _TOGETHER
        if any(said.get(key) for key in fact if key not in _DEFAULTED)
        for key in fact
    }
    return {key: text for key, text in known.items() if key not in anew}


def completed(owner: Mapping[str, str], answers: Mapping[str, str], today: date) -> dict[str, str]:
    """Return the answers that say whose a form is: those of ``owner``, and what it did not know yet."""
    new = _readable(answers, IDENTIFYING, today)
    described = {key: answers[key] for key in TELLING if answers.get(key, "").strip()}
    whole = {**new, **described, **{key: text for key, text in owner.items() if text}}
    if not disagreement(identity_of(owner, today), identity_of(answers, today)):
        whole |= described  # put right, and nothing else says that it is another patient's
    return whole


def named_anew(before: Identity, now: Identity) -> bool:
    """Whether number, name or birth is another than it was; what was open before and is answered now is not."""
    return _both_differ(before.nhs_number, now.nhs_number) or bool(disagreement(before, now))


def described(owner: Mapping[str, str], answers: Mapping[str, str]) -> dict[str, str]:
    """Return ``owner`` with the sex and address that a record holds, for a correction of it."""
    return {**{key: answers[key] for key in DESCRIBING if answers.get(key, "").strip()}, **owner}


def _readable(answers: Mapping[str, str], keys: Iterable[str], today: date) -> dict[str, str]:
    """Return those answers that can be read as what they should be."""
    who = identity_of(answers, today)
    readable = {NUMBER: who.nhs_number, FAMILY: who.family, GIVEN: who.given, BORN: who.born}
    return {key: answers[key] for key in keys if readable[key]}


def folded(name: str) -> str:
    """Return a name as names are compared: small letters without accents and signs."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in apart if sign.isalnum())


def _alike(one: str, other: str) -> bool:
    return one == other or SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE


def _both_differ(one: str, other: str) -> bool:
    return bool(one and other) and one != other


def _is_slip(key: str, was: Identity, now: Identity) -> bool:
    """Whether an answer that differs can be the same one mistyped."""
    if key == BORN:
        return was.born is not None and now.born is not None and likeness.is_misdated(was.born, now.born)
    named = (was.family, now.family) if key == FAMILY else (was.given, now.given)
    return likeness.is_misspelt(*named)


def _resembles(key: str, known: Identity, now: Identity) -> bool:
    """Whether two answers may be one person's: a warning, never a reason to ask nothing."""
    if key == BORN:
        return known.born is not None and now.born is not None and _one_part_off(known.born, now.born)
    return _alike(known.family, now.family) if key == FAMILY else _alike(known.given, now.given)


def _said(answers: Mapping[str, str], key: str) -> str:
    said = answers.get(key, "").casefold().split()
    return ("" if key == "patient.postcode" else " ").join(said)


def _exchanged(one: date | None, other: date | None) -> bool:
    if one is None or other is None:
        return False
    return (one.year, one.month, one.day) == (other.year, other.day, other.month)


def _one_part_off(one: date, other: date) -> bool:
    parts = zip((one.day, one.month, one.year), (other.day, other.month, other.year), strict=True)
    return sum(mine == theirs for mine, theirs in parts) >= _SAME_PARTS
