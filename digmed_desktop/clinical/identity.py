"""Whose form it is: what identifies a patient, and whether two identities can be one person."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher

from digmed_desktop.clinical import dates, nhs_number
from digmed_desktop.clinical.patient_answers import NEVER_CARRIED

NUMBER, FAMILY, GIVEN, BORN = (
    "patient.nhs_number",
    "patient.family",
    "patient.given",
    "patient.date_of_birth",
)
IDENTIFYING = (NUMBER, FAMILY, GIVEN, BORN)
"""The questions that say who the patient is."""
_DEFAULTED = frozenset({"patient.telephone_use"})
_ALIKE = 0.6  # of 1: a name as like as this was spelled wrong; one less like is another name
_MOST_AGREE = 2  # of family name, first name and date of birth
_SAME_PARTS = 2  # of day, month, year: one part wrong is a slip


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


def likely_same(one: Identity, other: Identity) -> bool:
    """Whether two identities without a number can be one person's of whom a name or the birth was mistaken."""
    named = _alike(one.family, other.family) + _alike(one.given, other.given)
    born = bool(one.born and other.born) and one.born == other.born
    return named + born >= _MOST_AGREE


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

    A misspelt name or one wrong part of a date is a slip, unless ``strict``. Two valid NHS numbers are two people
    until a person says otherwise.
    """
    was, now = identity_of(before, today), identity_of(after, today)
    found = []
    if was.nhs_number and now.nhs_number and was.nhs_number != now.nhs_number:
        found.append(NUMBER)
    if was.family and now.family and not _alike(was.family, now.family, strict=strict):
        found.append(FAMILY)
    if was.given and now.given and not _alike(was.given, now.given, strict=strict):
        found.append(GIVEN)
    if was.born and now.born and (was.born != now.born if strict else not _one_part_off(was.born, now.born)):
        found.append(BORN)
    return tuple(found)


def missing(now: Mapping[str, str], found: Mapping[str, str]) -> dict[str, str]:
    """Return the answers of ``found`` that a form does not have yet; what is typed there stays."""
    no_telephone = not now.get("patient.telephone", "").strip()
    open_here = {key for key in found if not now.get(key, "").strip() or (key in _DEFAULTED and no_telephone)}
    return {key: text for key, text in found.items() if key in open_here}


def completed(owner: Mapping[str, str], answers: Mapping[str, str], today: date) -> dict[str, str]:
    """Return the identifying answers a form belongs to: those of ``owner``, and what it did not know yet."""
    new = _readable(answers, IDENTIFYING, today)
    return {**new, **{key: owner[key] for key in IDENTIFYING if owner.get(key)}}


def _readable(answers: Mapping[str, str], keys: Iterable[str], today: date) -> dict[str, str]:
    """Return those answers that can be read as what they should be."""
    who = identity_of(answers, today)
    readable = {NUMBER: who.nhs_number, FAMILY: who.family, GIVEN: who.given, BORN: who.born}
    return {key: answers[key] for key in keys if readable[key]}


def folded(name: str) -> str:
    """Return a name as names are compared: small letters without accents and signs."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in apart if sign.isalnum())


def _alike(one: str, other: str, *, strict: bool = False) -> bool:
    return one == other or (
        not strict and SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE
    )


def _one_part_off(one: date, other: date) -> bool:
    parts = zip((one.day, one.month, one.year), (other.day, other.month, other.year), strict=True)
    return sum(mine == theirs for mine, theirs in parts) >= _SAME_PARTS
