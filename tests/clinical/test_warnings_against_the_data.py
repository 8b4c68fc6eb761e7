"""Generated patients over programme, product, age, date and answers: what is said is what the files say, and no more.

The expectation is worked out here from the files as they stand, without the loader and the rules of the program.
"""

import random
import tomllib
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from digmed_desktop import resources
from digmed_desktop.clinical.vaccination import Reading, read
from digmed_desktop.reference.programmes import programmes
from digmed_desktop.reference.roles import roles
from tests.clinical.examples import NOW, complete_answers, pharmacy, vaccinator
from tests.long.registry import seeded, sized

Expected = set[tuple[str, str, str]]  # field, sentence, weight
TODAY = NOW.date()
PATIENTS = 100  # of each programme
MARK = " Not confirmed by a pharmacist."
NAMES = [one.id for one in programmes()]


def raw(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.root() / name).read_text(encoding="utf-8"))


SHARED: list[dict[str, Any]] = [
    *raw("rules/vaccination.toml")["rule"],
    *raw("rules/both-forms.toml")["rule"],
]
ALLERGIES = [
    "Egg: anaphylaxis",
    "Latex: rash",
    "Flu vaccine",
    "Penicillin: rash",
    "Eggplant\nNuts",
    "Pegging",
]
BASES: list[dict[str, Any]] = raw("law/legal-bases.toml")["rule"]
ROUTES: list[dict[str, Any]] = raw("codes/vaccination.toml")["route"]
STOPS: dict[str, dict[str, Any]] = {row["id"]: row for row in raw("rules/stops.toml")["stop"]}
UNSETTLED = "Check the legal basis: no source that was read says that this role may vaccinate under it. Say why it may."
BIRTHS = ("born_from", "born_to")
UNITS = {"ml": "mL", "dose": "dose", "capsule": "capsule", "microlitre": "microlitre"}


def birthday(born: date, years: int) -> date:
    try:
        return born.replace(year=born.year + years)
    except ValueError:  # 29 February
        return date(born.year + years, 3, 1)


def years_old(born: date, on: date) -> int:
    years = 0
    while birthday(born, years + 1) <= on:
        years += 1
    return years


def months_old(born: date, on: date) -> int:
    """Count month by month: one is complete once the day of the month is reached."""
    months, year, month = 0, born.year, born.month
    while True:
        month += 1
        if month == 13:
            year, month = year + 1, 1
        if (year, month, born.day) > (on.year, on.month, on.day):
            return months
        months += 1


def rows_of(file: dict[str, Any]) -> list[dict[str, Any]]:
    kind = file.get("agreement", file["id"])
    mine = [row for row in SHARED if "programmes" not in row or kind in row["programmes"]]
    return [*file.get("warning", []), *mine]


def expected(
    file: dict[str, Any], answers: dict[str, str], on: date, born: date, asked: set[str]
) -> Expected:
    """What must be said: the rows of the files whose every condition is met, and the ages and dose of the product."""
    said: Expected = set()
    product = next((row for row in file["product"] if row["id"] == answers["vaccine.product"]), None)
    years = years_old(born, on)

    def answer(question: str) -> str:
        return answers[question] if question in asked else ""

    for row in rows_of(file):
        conditions = [
            "since" not in row or row["since"] <= on,
            "until" not in row or on <= row["until"],
            row.get("from_age", 0) <= years <= row.get("to_age", 999),
            row.get("born_from", born) <= born <= row.get("born_to", born),
            not row.get("live") or bool(product and is_live(file, product)),
            not row.get("holds") or bool(product and row["holds"] in product.get("holds", [])),
            (TODAY - on).days >= row.get("days_ago", -1),
            all(answer(q) in wanted for q, wanted in row.get("when", {}).items()),
            all(names_one(answer(q), names) for q, names in row.get("mentions", {}).items()),
            row.get("not_given", False) == (answers["vaccine.outcome"] == "not-given"),
            not any(answer(q) in spoils for q, spoils in row.get("unless", {}).items()),
        ]
        if all(conditions):
            weight = row.get("weight", "warn")
            source = f" Source: {row['source']}." if weight == "stop" else ""
            mark = MARK if row["confidence"] == "general" else ""
            said.add((row["field"], row["sentence"] + source + mark, weight))
    if answers["vaccine.outcome"] == "given":
        said |= of_season_and_reason(file, answers, on, born)
        said |= of_doses(file, answers)
        if product is not None:
            said |= of_product(file, product, answers, on, born)
    return said


def of_season_and_reason(file: dict[str, Any], answers: dict[str, str], on: date, born: date) -> Expected:
    """What the season and the reason for eligibility say."""
    said: Expected = set()
    start, end = file.get("season_start", on), file.get("season_end", on)
    if on < start:
        said.add(("contact.date", f"This is before the season, which starts on {in_words(start)}.", "warn"))
    if on > end:
        said.add(("contact.date", f"The season is over: it ended on {in_words(end)}.", "warn"))
    chosen, field = answers["vaccine.eligibility"], "vaccine.eligibility"
    row: dict[str, Any] = next((row for row in file.get("eligibility", []) if row["id"] == chosen), {})
    adults = row.get("adult_start", on)
    if start <= on < adults and years_old(born, on) >= 18:
        sentence = f"Adults eligible for this reason are vaccinated from {in_words(adults)}."
        said.add((field, sentence, "warn"))
    reached = max(years_old(born, day) for day in (on, file.get("age_by", on)))
    if reached < row.get("min_age", 0):
        sentence = f"The patient is younger than {row['min_age']}, the minimum age for this reason."
        said.add((field, sentence, "warn"))
    if years_old(born, on) > row.get("max_age", 999):
        sentence = f"The patient is older than {row['max_age']}, the maximum age for this reason."
        said.add((field, sentence, "warn"))
    first, last = row.get("born_from"), row.get("born_to")
    if first and last and not first <= born <= last:
        sentence = f"This reason is for those born from {in_words(first)} to {in_words(last)}."
        said.add((field, sentence, "warn"))
    if chosen == "pregnant" and answers["patient.sex"] == "male":
        sentence = "Check sex and eligibility: a male patient is recorded as pregnant."
        said.add((field, sentence, "warn"))
    if chosen == "pregnant" and "pregnancy_weeks" in file:
        said |= of_pregnancy(file, answers["eligibility.due_date"], on)
    return said


def of_pregnancy(file: dict[str, Any], due: str, on: date) -> Expected:
    """What the week of pregnancy says, counted from 280 days before the due date."""
    (first, last), field = file["pregnancy_weeks"], "eligibility.due_date"
    if not due:
        sentence = f"Enter the due date: this vaccine is given from week {first} of pregnancy."
        return {(field, sentence, "warn")}
    day, month, year = map(int, due.split("/"))
    week = (on - (date(year, month, day) - timedelta(days=280))).days // 7
    if week < first:
        return {(field, f"Week {week} of pregnancy: this vaccine is given from week {first}.", "warn")}
    if week > last:
        later = file.get("pregnancy_later", "")
        said = later or f"this vaccine is given until week {last}."
        return {(field, f"Week {week} of pregnancy: {said}", "note" if later else "warn")}
    return set()


def of_the_act(file: dict[str, Any], answers: dict[str, str], on: date) -> Expected:
    """What refuses the act besides: consent, the site of the route, the batch."""
    if answers["vaccine.outcome"] == "not-given":
        return set()
    (route,) = [row for row in ROUTES if row["id"] == answers["vaccine.route"]]
    day, month, year = map(int, answers["vaccine.expiry"].split("/"))
    refusing = {
        "vaccine.site": ("site-of-route", answers["vaccine.site"] not in route["sites"]),
        "vaccine.expiry": ("expired-batch", date(year, month, day) < on),
        "consent.to_treatment": ("vaccine-without-consent", answers["consent.to_treatment"] == "no"),
    }
    return {
        (field, f"{STOPS[name]['sentence']} Source: {STOPS[name]['source']}.", "refuses")
        for field, (name, refused) in refusing.items()
        if refused
    }


def in_words(day: date) -> str:
    return f"{day:%d %b %Y}"


def of_doses(file: dict[str, Any], answers: dict[str, str]) -> Expected:
    """What the number of the dose says, alone and beside what was found of earlier ones."""
    number, found = answers["vaccine.dose_number"], answers["previous.finding"]
    said: Expected = set()
    if number == "2" and file.get("second_dose"):
        said.add(("vaccine.dose_number", file["second_dose"], "warn"))
    if number == "2" and found in ("none-seen", "told-none"):
        sentence = "Check the dose: this is the second, but no previous dose was seen."
        said.add(("previous.finding", sentence, "warn"))
    if number == "1" and found == "dose-seen":
        said.add(
            ("previous.finding", "A previous dose was seen. Make sure that another dose is intended.", "warn")
        )
    return said


def of_basis(file: dict[str, Any], answers: dict[str, str], role: str, on: date) -> Expected:
    """What the file on legal bases says: its stops alone where there is one, a question where it is silent."""
    basis, kind = answers["session.legal_basis"], file.get("agreement", "")
    if answers["vaccine.outcome"] == "not-given":
        return set()
    fitting = [
        row
        for row in BASES
        if basis in row["bases"]
        and role in row.get("roles", [role])
        and row.get("since", on) <= on <= row.get("until", on)
        and ("programmes" not in row or (kind in row["programmes"]) != row.get("outside", False))
    ]
    if not fitting:
        return {("session.legal_basis", UNSETTLED, "warn")}
    stops = [row for row in fitting if row["verdict"] == "stops"]
    return {
        (
            "session.legal_basis",
            f"{row['sentence']} Source: {row['source']}; read: {row['read']}.{'' if row['confirmed'] else MARK}",
            "refuses" if row["verdict"] == "stops" else "warn",
        )
        for row in stops or fitting
        if row["verdict"] != "allows"
    }


def names_one(text: str, names: list[str]) -> bool:
    """Whether a text has one of the names, with no letter before or after it."""
    spaced = f" {''.join(c if c.isalpha() else ' ' for c in text.lower())} "
    return any(f" {name.lower()} " in " ".join(["", *spaced.split(), ""]) for name in names)


def is_live(file: dict[str, Any], product: dict[str, Any]) -> bool:
    return bool(product.get("live") or set(file.get("live_routes", [])) & set(product["routes"]))


def spoken(months: int) -> str:
    return f"{months} month{'s' * (months != 1)} old" if months < 24 else f"{months // 12} years old"


def of_product(
    file: dict[str, Any], product: dict[str, Any], answers: dict[str, str], on: date, born: date
) -> Expected:
    said: Expected = set()
    mark = MARK if product.get("age_confidence") == "general" else ""
    counted = [on, file["age_by"]] if product.get("age_in_season") else [on]
    least = product.get("min_months", product.get("min_age", 0) * 12)
    if least and max(months_old(born, day) for day in counted) < least:
        words = f"{least // 12} years" if least % 12 == 0 and least > 12 else f"{least} months"
        limit = f"younger than {words}, the minimum age for this vaccine.{mark}"
        sentence = f"The patient is {spoken(months_old(born, on))} and {limit}"
        said.add(("vaccine.product", sentence, "warn"))
    weeks = (on - born).days // 7
    if weeks < product.get("min_weeks", 0):
        limit = f"younger than {product['min_weeks']} weeks, the minimum age for this vaccine.{mark}"
        sentence = f"The patient is {weeks} week{'s' * (weeks != 1)} old and {limit}"
        said.add(("vaccine.product", sentence, "warn"))
    if "max_age" in product and years_old(born, on) > product["max_age"]:
        limit = f"older than {product['max_age']} years, the maximum age for this vaccine.{mark}"
        sentence = f"The patient is {spoken(months_old(born, on))} and {limit}"
        said.add(("vaccine.product", sentence, "warn"))
    first, last = product.get("second_line", (999, -1))
    if first <= years_old(born, on) <= last and answers["session.service"] == "nhs":
        sentence = "At this age this vaccine is second choice: only when no first choice is available."
        said.add(("vaccine.product", sentence, "warn"))
    own = [product["dose"]] if "dose" in product else []
    usual = own or file.get("usual_doses") or [one for one in [file.get("default_dose")] if one]
    times = [Decimal(answers["vaccine.dose_amount"]) / Decimal(one) for one in usual]
    if usual and 1 not in times:
        unit = UNITS[product.get("unit", file["unit"])]
        known = " or ".join(f"{one} {unit}" for one in usual)
        given = f"{Decimal(answers['vaccine.dose_amount']):f} {unit}"
        sentence = f"The usual dose of this vaccine is {known}, and {given} is recorded."
        slip = min(times) >= 10 or max(times) <= Decimal("0.1")
        head = "Check the decimal point: this is at least ten times the usual dose, or a tenth or less. "
        source = (product["source"] if own else file.get("usual_doses_source")) or file["source"]
        where = f" Source: {source}." if slip else ""
        said.add(("vaccine.dose_amount", head * slip + sentence + where, "stop" if slip else "warn"))
    return said


def patient(dice: random.Random, file: dict[str, Any]) -> tuple[dict[str, str], date, date]:
    """One patient, often at an edge: of an age, of a date, of a dose."""
    product = dice.choice(file["product"])
    on = dice.choice([TODAY, TODAY - timedelta(days=dice.choice([1, 30, 31, 32, 100]))])
    edges = [
        row.get(key) for row in rows_of(file) for key in ("from_age", "to_age") if row.get(key) is not None
    ]
    edges += [product.get("min_age", 18), product.get("max_age", 17), 0, 10, 16, 75, dice.randint(1, 95)]
    if dice.random() < 0.3:
        born = on - timedelta(
            days=dice.choice([0, 7, 27, 41, 42, 60, 100, 180, 200, 300, 364, 365, 700, 800])
        )
    else:
        own = [product[key] for key in ("min_age", "max_age") if key in product]
        years = dice.choice(own if own and dice.random() < 0.5 else edges)
        born = date(on.year - years, on.month, 28 if on.day > 28 else on.day) + timedelta(
            days=dice.choice([-400, -1, 0, 0, 1, 1, 100])
        )
        born = min(born, on)
    births = [
        row[key] for row in [*rows_of(file), *file.get("eligibility", [])] for key in BIRTHS if key in row
    ]
    if births and dice.random() < 0.3:
        born = min(on, dice.choice(births) + timedelta(days=dice.choice([-1, 0, 1])))
    if "min_months" in product and dice.random() < 0.3:
        months = on.year * 12 + on.month - 1 - product["min_months"]
        born = date(months // 12, months % 12 + 1, min(on.day, 28)) + timedelta(days=dice.choice([-1, 0, 1]))
    answers = complete_answers()
    usual = product.get("dose") or file.get("default_dose") or dice.choice(file.get("usual_doses", ["0.5"]))
    answers |= {
        "session.programme": file["id"],
        "session.service": dice.choice(file["service"])["id"],
        "session.legal_basis": dice.choice(file["legal_bases"]),
        "vaccine.dose_number": dice.choice([*file.get("doses", ["1", "2"]), "1"]),
        "vaccine.product": product["id"],
        "vaccine.dose_amount": str(
            Decimal(usual) * Decimal(dice.choice(["1", "1", "1", "0.5", "0.1", "9.9", "10"]))
        ),
        "vaccine.route": product["routes"][0],
        "vaccine.eligibility": dice.choice(
            [*(row["id"] for row in file.get("eligibility", [])), *file.get("indications", [])]
        ),
        "previous.finding": dice.choice(["none-seen", "told-none", "dose-seen", "not-looked"]),
        "patient.sex": dice.choice(["female", "male", "unknown"]),
        "patient.date_of_birth": f"{born.day}/{born.month}/{born.year}",
        "contact.date": f"{on.day}/{on.month}/{on.year}",
        "consent.given_by": dice.choice(file["consent_givers"]),
        "consent.to_sharing": dice.choice(["yes", "yes", "no"]),
        "eligibility.due_date": "",
    }
    answers["vaccine.site"] = dice.choice(file["sites"])
    expiry = on + timedelta(days=dice.choice([-1, 0, 1, 200, 200, 200]))
    answers["vaccine.expiry"] = f"{expiry.day}/{expiry.month}/{expiry.year}"
    answers["allergies.status"] = dice.choice(["none-known", "no-drug-allergy", "recorded", "not-available"])
    if answers["allergies.status"] == "recorded":
        answers["allergies.entries"] = dice.choice(ALLERGIES)
    if dice.random() < 0.2:
        answers["vaccine.outcome"] = "not-given"
        answers["vaccine.not_given_reason"] = dice.choice(file["not_given_reasons"])
        answers["screening.note"] = dice.choice(["", "Asked"])
    reasons = [row["id"] for row in file.get("eligibility", [])]
    if "pregnant" in reasons and dice.random() < 0.3:
        answers["vaccine.eligibility"] = "pregnant"
    if answers["vaccine.eligibility"] == "pregnant" and dice.random() < 0.8:
        week, day = dice.choice(file.get("pregnancy_weeks", [20])), dice.choice([-8, -7, -1, 0, 1])
        due = on + timedelta(days=min(280, max(-28, 7 * (40 - week) - day)))
        answers["eligibility.due_date"] = f"{due.day}/{due.month}/{due.year}"
    for question in answers:
        if question.startswith(("screening.", "consent.")) and answers[question] in ("yes", "no"):
            answers[question] = dice.choice(["yes", "no", "no"])
    return answers, on, born


def found(result: Reading, about: set[str]) -> Expected:
    """Everything that the program asks or refuses, and what it only says of the sentences ``about``."""
    said = {
        (p.field, p.sentence, "stop" if p.needs_adviser else "warn" if p.needs_reason else "note")
        for p in result.notes
        if p.needs_reason or p.sentence.removesuffix(MARK) in about or p.field == "eligibility.due_date"
    }
    refused = {(p.field, p.sentence, "refuses") for p in result.problems if p.refuses_act}
    return said | {one for one in refused if one[0] != "vaccine.dose_amount"}  # an impossible dose: no rule


@pytest.mark.parametrize("name", NAMES)
def test_generated_patients_hear_exactly_what_the_files_say(name: str) -> None:
    weights = heard(name, random.Random(f"20261128 {name}"), PATIENTS)
    assert weights.get("stop", 0) >= 5, "the patients meet stops"
    assert weights.get("warn", 0) >= 20, "and warnings"
    assert weights.get("refuses", 0) >= 20, "and what may not be done so"


@pytest.mark.slow
def test_many_generated_patients_of_every_programme_hear_exactly_what_the_files_say() -> None:
    dice = seeded()
    for name in NAMES:
        heard(name, dice, sized(300, 10))


def heard(name: str, dice: random.Random, patients: int) -> dict[str, int]:
    """Hold so many patients of a programme against its files; return how much was said of each weight."""
    from digmed_desktop.clinical.form import load

    file = raw(f"programmes/{name}.toml")
    programme = next(one for one in programmes() if one.id == name)
    about = {row["sentence"] for row in rows_of(file)}
    weights: dict[str, int] = {}
    for number in range(patients):
        answers, on, born = patient(dice, file)
        role = dice.choice(roles())
        result = read(
            answers,
            programme=programme,
            pharmacy=pharmacy(),
            vaccinator=vaccinator(role.id),
            now=NOW,
            agreed=(),
        )
        want = expected(file, answers, on, born, set(load("vaccination").asked(answers)))
        want |= of_basis(file, answers, role.id, on) | of_the_act(file, answers, on)
        assert found(result, about) == want, (name, number)
        for _field, _sentence, weight in want:
            weights[weight] = weights.get(weight, 0) + 1
    return weights
