"""Warnings about coded terms as another system states them: words that no name of their code has anything in common with.

A form takes words and code from the same row, so that only a record of another system can hold such a term.
"""

from collections.abc import Iterator

from digmed_desktop.clinical import known_terms
from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.questions.binding import value_at
from digmed_desktop.clinical.questions.emergency_supply import EMERGENCY_SUPPLY
from digmed_desktop.clinical.record import VaccinationRecord

_OF_VACCINE = (
    ("product", known_terms.PRODUCT, "vaccine.product", "product"),
    ("procedure", known_terms.PROCEDURE, "vaccine.outcome", "procedure"),
    ("site", known_terms.SITE, "vaccine.site", "site"),
    ("route", known_terms.ROUTE, "vaccine.route", "route"),
    ("not_given_reason", known_terms.REASON, "vaccine.not_given_reason", "reason"),
    ("indication", known_terms.INDICATION, "vaccine.eligibility", "reason for eligibility"),
)
_OF_ITEM = (
    ("product", known_terms.MEDICINE, "product"),
    ("route", known_terms.ROUTE, "route"),
    ("site", known_terms.SITE, "site"),
)


def of_vaccination(record: VaccinationRecord, place: int) -> Iterator[Problem]:
    """Yield a warning about each term of one vaccine, and about the role of who gave it."""
    vaccine, who = record.immunizations[place], record.vaccinator
    for name, kind, question, called in _OF_VACCINE:
        if known_terms.has_foreign_words(kind, getattr(vaccine, name)):
            yield _warning(question, called)
    if known_terms.has_foreign_words(known_terms.ROLE, who.role if who else None):
        yield _warning("session.vaccinator", "role")


def of_supply(record: EmergencySupplyRecord) -> Iterator[Problem]:
    """Yield a warning about each term of the items, and about the role of the pharmacist."""
    for number in range(len(record.items)):
        for name, kind, called in _OF_ITEM:
            path = f"items.{name}"
            if known_terms.has_foreign_words(kind, value_at(record, path, number)):
                question = EMERGENCY_SUPPLY.question(path, number + 1)
                yield _warning(question or EMERGENCY_SUPPLY.question("items.product", number + 1), called)
    who = record.pharmacist
    if known_terms.has_foreign_words(known_terms.ROLE, who.role if who else None):
        yield _warning("session.pharmacist", "role")


def _warning(question: str, called: str) -> Problem:
    sentence = f"Check the {called}: its words do not name its code. Correct them, or say what was meant."
    return Problem(question, sentence, Severity.LOOK, needs_reason=True)
