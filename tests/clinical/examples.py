"""A complete, valid vaccination of a fictional patient, for the tests of every room."""

from datetime import UTC, date, datetime, timedelta

from digmed_desktop.clinical import form
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.record import (
    Address,
    Organisation,
    PersonName,
    Professional,
    Regulator,
    VaccinationRecord,
)
from digmed_desktop.clinical.vaccination import Reading, answers_of_product, read
from digmed_desktop.reference import programmes, roles

FORM = form.load("vaccination")
FIELDS = {field.id: field for field in FORM.fields()}
AGREED = ("influenza",)
NOW = datetime(2026, 10, 14, 9, 55, tzinfo=UTC)  # 10:55 in England
FLU = next(one for one in programmes.current(NOW.date()) if one.agreement == programmes.USUAL)
"""The influenza programme of the season of these examples."""


def complete_answers(**changes: str) -> dict[str, str]:
    """An answer to every question, of a flu vaccination that can be sent; ``changes`` replace some, ``__`` is a dot.

    A question that is not named here is not answered.
    """
    answers = dict.fromkeys(FIELDS, "") | {
        "session.programme": FLU.id,
        "session.vaccinator": "1",
        "session.service": "nhs",
        "session.legal_basis": "pgd",
        "session.location": "pharmacy",
        "contact.date": "14/10/2026",
        "contact.time": "10:40",
        "patient.nhs_number": "999 012 3020",
        "patient.date_of_birth": "12/3/1971",
        "patient.traced": "pds",
        "patient.given": "Rose",
        "patient.family": "O'Neill",
        "patient.sex": "female",
        "patient.address_lines": "3 Weaver's Yard\nOvertown",
        "patient.city": "Leeds",
        "patient.postcode": "LS1 4AP",
        "patient.telephone": "07700 900123",
        "patient.telephone_use": "mobile",
        "patient.identity_checked": "yes",
        "practice.registered": "yes",
        "practice.ods_code": "X99999",
        "practice.name": "Overtown Surgery",
        "practice.address_lines": "1 Church Lane",
        "practice.city": "Leeds",
        "practice.postcode": "LS1 9ZZ",
        "previous.finding": "none-seen",
        **{one: "no" for one, field in FIELDS.items() if one.startswith("screening.") and field.required},
        "consent.to_treatment": "yes",
        "consent.given_by": "patient",
        "consent.to_sharing": "yes",
        "consent.parental_responsibility": "yes",  # these are asked of some patients alone
        "consent.authority": "yes",
        "consent.understands": "yes",
        "consent.retains": "yes",
        "consent.weighs": "yes",
        "consent.communicates": "yes",
        "consent.assessed_by": "Amira Khan",
        "consent.consulted": "Joan Smith, daughter",
        "vaccine.eligibility": "risk-group",
        "vaccine.outcome": "given",
        "vaccine.product": "tivc",
        "vaccine.batch": "AB-1234",
        "vaccine.expiry": "30/6/2027",
        "vaccine.dose_number": "1",
        "vaccine.dose_amount": "0.5",
        "vaccine.route": "intramuscular",
        "vaccine.site": "left-arm",
        "allergies.status": "none-known",
        "after.advice": "Told what to expect and whom to call.",
        "after.adverse": "none",
        "after.referral": "no",
    }
    for name, answer in changes.items():
        field = name.replace("__", ".")
        if field not in answers:
            raise KeyError(field)
        answers[field] = answer
    if answers["vaccine.outcome"] == "not-given":  # nobody consents to what is not done
        for question in ("consent.to_treatment", "consent.given_by"):
            answers[question] = changes.get(question.replace(".", "__"), "")
    return answers


def pharmacy() -> Organisation:
    """A fictional pharmacy."""
    return Organisation(
        "Overtown Pharmacy",
        "FX999",
        Address(("5 High Street",), "Leeds", "LS1 4AQ"),
        "01632 960001",
    )


def vaccinator(role_id: str = "pharmacist", registration: str | None = None) -> Professional:
    """A fictional professional with a number of who registers the role; another number where one is named."""
    role = roles.role(role_id)
    regulator = role.regulator if role.regulator is not Regulator.NONE else Regulator.GPHC
    number = "99A9999Z" if regulator is Regulator.NMC else "2099999"
    return Professional(
        PersonName("Amira", "Khan"), role.coded, regulator, number if registration is None else registration
    )


def flu() -> Programme:
    """The influenza programme of the season of these examples."""
    return FLU


def reading(**changes: str) -> Reading:
    """What the complete answers, changed, say."""
    return read(
        complete_answers(**changes),
        programme=flu(),
        pharmacy=pharmacy(),
        vaccinator=vaccinator(),
        now=NOW,
        agreed=AGREED,
    )


def reading_in_its_programme(**changes: str) -> Reading:
    """What the complete answers, changed, say in the programme that they name."""
    answers = complete_answers(**changes)
    return read(
        answers,
        programme=programmes.programme(answers["session.programme"]),
        pharmacy=pharmacy(),
        vaccinator=vaccinator(),
        now=NOW,
        agreed=AGREED,
    )


def complete_record(**changes: str) -> VaccinationRecord:
    """The record of the complete answers, changed."""
    return reading(**changes).record


def by(person: Professional | None, **changes: str) -> Reading:
    """What the complete answers, changed, say when this person vaccinated."""
    return read(
        complete_answers(**changes),
        programme=flu(),
        pharmacy=pharmacy(),
        vaccinator=person,
        now=NOW,
        agreed=AGREED,
    )


def stops(result: Reading, field: str) -> list[str]:
    """The sentences at a field that prevent sending."""
    return [p.sentence for p in result.problems if p.field == field]


def looks(result: Reading, field: str) -> list[str]:
    """The sentences at a field that ask for a look."""
    return [p.sentence for p in result.notes if p.field == field]


def typed(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"


def born(years: int, day: date) -> str:
    """The birthday of somebody who has been so old for a month."""
    month_before = day - timedelta(days=31)
    return typed(month_before.replace(year=month_before.year - years, day=min(month_before.day, 28)))


def answers_of(
    programme: Programme, day: date, reason: str = "", years: int = 76, due: str = ""
) -> dict[str, str]:
    """Return complete answers of a dose given under any programme, from the programme's own data.

    ``reason`` is the id of an eligibility where the programme offers it, ``years`` the age on ``day``.
    """
    offered = [option.id for option in programme.lists["eligibility"]]
    product = next(iter(programme.products))
    set_by_product = answers_of_product(programme, product)
    return {
        **complete_answers(),
        "session.programme": programme.id,
        "session.service": programme.lists["services"][0].id,
        "session.legal_basis": programme.lists["legal_bases"][0].id,
        "contact.date": typed(day),
        "patient.date_of_birth": born(years, day),
        "vaccine.eligibility": reason if reason in offered else offered[0],
        "eligibility.due_date": due if reason == "pregnant" and reason in offered else "",
        "screening.pregnant": "yes" if reason == "pregnant" else "no",
        "vaccine.product": product,
        "vaccine.expiry": typed(day + timedelta(days=200)),
        **set_by_product,
        "vaccine.dose_amount": set_by_product["vaccine.dose_amount"] or "0.5",
        "vaccine.site": programme.route_sites[set_by_product["vaccine.route"]][0],
    }
