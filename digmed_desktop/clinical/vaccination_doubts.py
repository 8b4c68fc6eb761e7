"""What a vaccination record leaves in doubt: each asks a person to look, none prevents sending.

Ages, cohorts, seasons and stages of pregnancy are those of the programme's data file.
"""

from collections.abc import Callable, Iterator
from datetime import date

from digmed_desktop.clinical.dates import ENGLAND, age, shown
from digmed_desktop.clinical.doubt_rules import raised
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.programme import Product, Programme
from digmed_desktop.clinical.record import Immunization, Sex, VaccinationRecord
from digmed_desktop.clinical.registration import check_registration

ADULT = 18
CONSENTS_ALONE = 16  # Family Law Reform Act 1969, section 8
PREGNANCY_WEEKS = 40

Typed = Callable[[str], str]


def doubts(record: VaccinationRecord, typed: Typed, programme: Programme) -> Iterator[Problem]:
    """Yield what a person should look at. ``typed`` returns an asked answer by its field id."""
    for field, sentence in _all(record, typed, programme):
        yield Problem(field, sentence, Severity.LOOK, needs_reason=field in _NEEDS_REASON)
    if record.immunizations[0].given is not False:
        for field, sentence in raised(programme.doubts, *_day_and_years(record), typed):
            yield Problem(field, sentence, Severity.LOOK, needs_reason=True)


_NEEDS_REASON = frozenset(
    {"contact.date", "previous.finding", "vaccine.dose_number", "vaccine.product", "vaccine.eligibility",
     "eligibility.due_date"}
)  # fmt: skip
"""Where a doubt is about whether this person should have this vaccine today: season, dose, product, age, pregnancy."""


def _day_and_years(record: VaccinationRecord) -> tuple[date | None, int | None]:
    day = record.contact_at.astimezone(ENGLAND).date() if record.contact_at else None
    born = record.patient.date_of_birth
    return day, age(born, day) if born and day and born <= day else None


def _all(record: VaccinationRecord, typed: Typed, programme: Programme) -> Iterator[tuple[str, str]]:
    vaccinator = record.vaccinator
    if vaccinator:
        missing = not vaccinator.registration.strip()
        if missing or check_registration(vaccinator.regulator, vaccinator.registration):
            yield (
                "session.vaccinator",
                "Check this person's registration number under People: it goes to the practice.",
            )
    if record.immunizations[0].adverse_reaction:
        yield (
            "after.adverse_note",
            "Telephone the practice as soon as you can, and think of a Yellow Card report.",
        )
    if record.immunizations[0].given is False:  # before it is said, too: a warning comes before the needle
        return
    day, years = _day_and_years(record)
    born = record.patient.date_of_birth
    yield from _season(day, years, typed, programme)
    yield from _doses(typed, programme)
    yield from _screening(record, typed, programme)
    yield from _pregnancy(record, day, typed, programme)
    if years is not None:
        yield from _age(record, years, typed, programme)
    if born and day and born > day:
        yield "contact.date", "Check the date of contact: it is before the date of birth."
    yield from _product(record.immunizations[0], typed, programme)


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


def _doses(typed: Typed, programme: Programme) -> Iterator[tuple[str, str]]:
    number = typed("vaccine.dose_number")
    seen = typed("previous.finding") == "dose-seen"
    if number == "2":
        if programme.second_dose:
            yield "vaccine.dose_number", programme.second_dose
        if typed("previous.finding") in ("none-seen", "told-none"):
            yield "previous.finding", "Check the dose: this is the second, but no earlier dose was seen."
    elif number == "1" and seen:
        yield "previous.finding", "An earlier dose was seen. Make sure that another is meant."


def _screening(record: VaccinationRecord, typed: Typed, programme: Programme) -> Iterator[tuple[str, str]]:
    if record.screening.note:
        return
    for one in programme.screening:
        expected = one == "pregnant" and typed("vaccine.eligibility") == "pregnant"
        if typed(f"screening.{one}") == "yes" and not expected:
            yield f"screening.{one}", "Say in the note on the health screen what it was and what you decided."


def _pregnancy(
    record: VaccinationRecord, day: date | None, typed: Typed, programme: Programme
) -> Iterator[tuple[str, str]]:
    if typed("vaccine.eligibility") != "pregnant":
        return
    if record.patient.sex is Sex.MALE:
        yield "vaccine.eligibility", "Check sex and eligibility: a male patient is recorded as pregnant."
    if typed("screening.pregnant") == "no":
        yield "screening.pregnant", "Check this answer: the patient is eligible because of pregnancy."
    weeks = programme.pregnancy_weeks
    if weeks is None:
        return
    if record.pregnancy_due is None:
        if not typed("eligibility.due_date"):
            yield (
                "eligibility.due_date",
                f"Enter the due date: this vaccine is for weeks {weeks[0]} to {weeks[1]} of pregnancy.",
            )
    elif day:
        completed = PREGNANCY_WEEKS + (day - record.pregnancy_due).days // 7
        if not weeks[0] <= completed <= weeks[1]:
            yield (
                "eligibility.due_date",
                f"Week {completed} of pregnancy: this vaccine is for weeks {weeks[0]} to {weeks[1]}.",
            )


def _age(
    record: VaccinationRecord, years: int, typed: Typed, programme: Programme
) -> Iterator[tuple[str, str]]:
    product = programme.products.get(typed("vaccine.product"))
    if product:
        yield from _product_age(product, years)
    cohort = programme.cohorts.get(typed("vaccine.eligibility"))
    born = record.patient.date_of_birth
    reached = max(years, age(born, programme.age_by)) if born and programme.age_by else years
    if cohort and cohort.min_age is not None and reached < cohort.min_age:
        yield (
            "vaccine.eligibility",
            f"The patient is younger than {cohort.min_age}, the least age for this reason.",
        )
    if cohort and cohort.max_age is not None and years > cohort.max_age:
        yield (
            "vaccine.eligibility",
            f"The patient is older than {cohort.max_age}, the greatest age for this reason.",
        )
    by_patient = typed("consent.given_by") == "patient"
    if years < CONSENTS_ALONE and by_patient and not record.consent.about_child:
        yield "consent.about_child", f"Under {CONSENTS_ALONE}: say how you know that the child can decide."


def _product_age(product: Product, years: int) -> Iterator[tuple[str, str]]:
    if product.min_age is not None and years < product.min_age:
        yield (
            "vaccine.product",
            f"The patient is younger than {product.min_age}, the least age for this vaccine.",
        )
    if product.max_age is not None and years > product.max_age:
        yield (
            "vaccine.product",
            f"The patient is older than {product.max_age}, the greatest age for this vaccine.",
        )
    if product.second_line and product.second_line[0] <= years <= product.second_line[1]:
        yield (
            "vaccine.product",
            "At this age this vaccine is second choice: only when no first choice can be had.",
        )


def _product(vaccine: Immunization, typed: Typed, programme: Programme) -> Iterator[tuple[str, str]]:
    product = programme.products.get(typed("vaccine.product"))
    if product is None:
        return
    route = typed("vaccine.route")
    if route in programme.codes and product.routes and route not in product.routes:
        yield "vaccine.route", "Check the route: this vaccine is usually given another way."
    if vaccine.dose and product.dose and vaccine.dose.value != product.dose.value:
        yield "vaccine.dose_amount", f"The usual dose of this vaccine is {product.dose.value} mL."
