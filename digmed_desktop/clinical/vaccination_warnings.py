"""Find the warnings of a vaccination record: each asks a person to look, none prevents sending.

Ages, cohorts, seasons and stages of pregnancy are those of the programme's data file.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date

from digmed_desktop.clinical import product_warnings
from digmed_desktop.clinical.clinician_warnings import (
    clinician_warnings,
    practice_warnings,
    telephone_warnings,
)
from digmed_desktop.clinical.dates import ENGLAND, age, shown
from digmed_desktop.clinical.earlier_doses import ANOTHER_DOSE
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.programme import Cohort, Programme
from digmed_desktop.clinical.record import Professional, Sex, VaccinationRecord
from digmed_desktop.clinical.registration import check_registration, needs_registration
from digmed_desktop.clinical.warning_rules import Case, raised

ADULT = 18
PREGNANCY_WEEKS = 40

MORE_WATCHED = "This vaccine has a black triangle (▼): report every suspected reaction with a Yellow Card, even a mild one."

_NO_BATCH = "Check the batch number: it is the expiry date, the NHS number or the code of the product."
Typed = Callable[[str], str]


def warnings(record: VaccinationRecord, typed: Typed, programme: Programme) -> Iterator[Problem]:
    """Yield what a person should look at. ``typed`` returns an asked answer by its field id."""
    for field, sentence in _of_any(record):
        yield Problem(field, sentence, Severity.LOOK)
    yield from _batch(record)
    yield from clinician_warnings(record.vaccinator, record.patient, "session.vaccinator")
    yield from telephone_warnings(record.patient, record.pharmacy, record.practice, "patient.telephone")
    yield from practice_warnings(record.pharmacy, record.practice, "practice.name")
    product = programme.products.get(typed("vaccine.product"))
    if record.immunizations[0].adverse_reaction and product and product.more_watched:
        yield Problem("after.adverse_note", MORE_WATCHED, Severity.LOOK)
    if record.immunizations[0].given is False:  # before it is said, too: a warning comes before the needle
        yield from raised(programme.warnings, _case(record, typed, programme))
        return
    day, years = _day_and_years(record)
    for field, sentence in _of_the_given(record, day, years, typed, programme):
        yield Problem(field, sentence, Severity.LOOK, needs_reason=field in _NEEDS_REASON)
    yield from _doses(typed, programme)
    yield from _pregnancy(record, day, typed, programme)
    yield from _product(record, day, typed, programme)
    yield from raised(programme.warnings, _case(record, typed, programme))


_NEEDS_REASON = frozenset({"contact.date", "vaccine.product", "vaccine.eligibility"})
"""Questions on which it depends whether this person should have this vaccine today: season, product, age."""


def _day_and_years(record: VaccinationRecord) -> tuple[date | None, int | None]:
    day = record.contact_at.astimezone(ENGLAND).date() if record.contact_at else None
    born = record.patient.date_of_birth
    return day, age(born, day) if born and day and born <= day else None


def _case(record: VaccinationRecord, typed: Typed, programme: Programme) -> Case:
    """Return what the rules in data look at."""
    product = programme.products.get(typed("vaccine.product"))
    day, years = _day_and_years(record)
    return Case(
        day,
        years,
        typed,
        live=product is not None and programme.is_live(product),
        holds=product.holds if product else frozenset(),
        recorded=record.recorded_at.astimezone(ENGLAND).date() if record.recorded_at else None,
        not_given=record.immunizations[0].given is False,
        born=record.patient.date_of_birth,
    )


def _of_any(record: VaccinationRecord) -> Iterator[tuple[str, str]]:
    vaccinator = record.vaccinator
    if vaccinator:
        missing = not vaccinator.registration.strip() and not needs_registration(vaccinator.role)
        if missing or _is_misshapen(vaccinator):
            yield (
                "session.vaccinator",
                "Check this person's registration number under People: it goes to the practice.",
            )
    if record.immunizations[0].adverse_reaction:
        yield (
            "after.adverse_note",
            "Telephone the practice as soon as you can, and consider a Yellow Card report.",
        )


def _batch(record: VaccinationRecord) -> Iterator[Problem]:
    """Yield a batch number that is another number of the record."""
    vaccine = record.immunizations[0]
    others = {record.patient.nhs_number, vaccine.product.code if vaccine.product else ""}
    if vaccine.expiry:
        others |= {vaccine.expiry.strftime(shape) for shape in ("%Y%m%d", "%d%m%Y", "%y%m%d", "%d%m%y")}
    number = re.sub(r"[\s/.-]", "", vaccine.batch)
    if number and number in others:
        yield Problem("vaccine.batch", _NO_BATCH, Severity.LOOK, needs_reason=True)


def _is_misshapen(who: Professional) -> bool:
    return bool(who.registration.strip() and check_registration(who.regulator, who.registration))


def _of_the_given(
    record: VaccinationRecord, day: date | None, years: int | None, typed: Typed, programme: Programme
) -> Iterator[tuple[str, str]]:
    yield from _season(day, years, typed, programme)
    if typed("vaccine.eligibility") == "pregnant" and record.patient.sex is Sex.MALE:
        yield "vaccine.eligibility", "Check sex and eligibility: a male patient is recorded as pregnant."
    if years is not None:
        yield from _age(record, years, typed, programme)


def _season(
    day: date | None, years: int | None, typed: Typed, programme: Programme
) -> Iterator[tuple[str, str]]:
    if day is None:
        return
    if programme.season_start and day < programme.season_start:
        yield "contact.date", f"This is before the season, which starts on {shown(programme.season_start)}."
    if programme.season_end and day > programme.season_end:
        yield "contact.date", f"The season is over: it ended on {shown(programme.season_end)}."
    cohort = programme.cohorts.get(typed("vaccine.eligibility"))
    start = cohort.adult_start if cohort else None
    if start and years is not None and years >= ADULT and (programme.season_start or day) <= day < start:
        yield "vaccine.eligibility", f"Adults eligible for this reason are vaccinated from {shown(start)}."


def _doses(typed: Typed, programme: Programme) -> Iterator[Problem]:
    number = typed("vaccine.dose_number")
    seen = typed("previous.finding") == "dose-seen"
    if number == "2":
        if programme.second_dose:
            yield _another("vaccine.dose_number", programme.second_dose)
        if typed("previous.finding") in ("none-seen", "told-none"):
            yield _another(
                "previous.finding", "Check the dose: this is the second, but no previous dose was seen."
            )
    elif number == "1" and seen:
        sentence = "A previous dose was seen. Make sure that another dose is intended."
        yield _another("previous.finding", sentence, restates=True)


def _another(field: str, sentence: str, *, restates: bool = False) -> Problem:
    return Problem(field, sentence, Severity.LOOK, needs_reason=True, concern=ANOTHER_DOSE, restates=restates)


def _pregnancy(
    record: VaccinationRecord, day: date | None, typed: Typed, programme: Programme
) -> Iterator[Problem]:
    if typed("vaccine.eligibility") != "pregnant":
        return
    weeks, due = programme.pregnancy_weeks, record.pregnancy_due
    if weeks is None:
        return
    if due is None:
        if not typed("eligibility.due_date"):
            yield _weeks(f"Enter the due date: this vaccine is given from week {weeks[0]} of pregnancy.")
    elif day:
        completed = PREGNANCY_WEEKS + (day - due).days // 7
        if completed < weeks[0]:
            yield _weeks(f"Week {completed} of pregnancy: this vaccine is given from week {weeks[0]}.")
        elif completed > weeks[1]:
            later = programme.pregnancy_later or f"this vaccine is given until week {weeks[1]}."
            yield _weeks(f"Week {completed} of pregnancy: {later}", asks=not programme.pregnancy_later)


def _weeks(sentence: str, *, asks: bool = True) -> Problem:
    return Problem("eligibility.due_date", sentence, Severity.LOOK, needs_reason=asks)


def _age(
    record: VaccinationRecord, years: int, typed: Typed, programme: Programme
) -> Iterator[tuple[str, str]]:
    cohort = programme.cohorts.get(typed("vaccine.eligibility"))
    born = record.patient.date_of_birth
    reached = max(years, age(born, programme.age_by)) if born and programme.age_by else years
    if cohort and cohort.min_age is not None and reached < cohort.min_age:
        yield (
            "vaccine.eligibility",
            f"The patient is younger than {cohort.min_age}, the minimum age for this reason.",
        )
    if cohort and cohort.max_age is not None and years > cohort.max_age:
        yield (
            "vaccine.eligibility",
            f"The patient is older than {cohort.max_age}, the maximum age for this reason.",
        )
    if cohort and born:
        yield from _born(cohort, born)


def _born(cohort: Cohort, born: date) -> Iterator[tuple[str, str]]:
    """Yield a warning where a patient was born before or after those whom a reason covers."""
    first, last = cohort.born_from, cohort.born_to
    if (first and born < first) or (last and born > last):
        parts = (f"from {shown(first)}" if first else "", f"to {shown(last)}" if last else "")
        days = " ".join(part for part in parts if part)
        yield "vaccine.eligibility", f"This reason is for those born {days}."


def _product(
    record: VaccinationRecord, day: date | None, typed: Typed, programme: Programme
) -> Iterator[Problem]:
    product, born = programme.products.get(typed("vaccine.product")), record.patient.date_of_birth
    if product is None:
        return
    if born and day and born <= day:
        yield from product_warnings.age_warnings(product, born, day, programme)
        yield from product_warnings.first_choice_warnings(product, age(born, day), typed)
    yield from product_warnings.route_warnings(product, typed, programme)
    yield from product_warnings.dose_warnings(record.immunizations[0].dose, product, programme)
