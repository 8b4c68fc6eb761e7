"""Every warning rule of the data speaks as soon as the last of its answers is known, before "Given" can be chosen.

The form is answered question by question in the order in which it is drawn. What a rule looks at is taken from its
row, so that a rule that is added is tried here without a change.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from digmed_desktop.clinical import own_product
from digmed_desktop.clinical.dose_contradictions import LARGEST_DOSE
from digmed_desktop.clinical.earlier_doses import EarlierRule
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.legal_basis import Verdict
from digmed_desktop.clinical.problem import Severity
from digmed_desktop.clinical.programme import Product, Programme
from digmed_desktop.clinical.vaccination import answers_of_product, read
from digmed_desktop.clinical.warning_rules import WarningRule
from digmed_desktop.reference import programmes, roles
from digmed_desktop.settings.own_product import OwnProduct
from digmed_desktop.ui.forms.layout import load
from tests.clinical.examples import answers_of, born, complete_answers, pharmacy, typed, vaccinator
from tests.desk.conftest import Counter

OUTCOME = "vaccine.outcome"
ORDER = [question for section in load("vaccination") for question in section.questions()]
AFTER = frozenset(ORDER[ORDER.index(OUTCOME) + 1 :])
"""Questions that come after the needle: a rule that looks at one of them can only speak then."""
FROM_THE_START = ("contact.date", "contact.time", "session.programme")
"""What a fresh form already says."""
OF_PATIENT = ("patient.date_of_birth", "contact.date")
DAY = date(2026, 11, 28)
A_YEAR = 12  # months


@dataclass(frozen=True)
class Case:
    """A rule, answers that raise it, and the questions it looks at."""

    rule: str
    programme: Programme
    answers: Mapping[str, str]
    inputs: frozenset[str]
    says: str
    day: date
    role: str
    recorded: date  # the day on which the form is filled in

    def __str__(self) -> str:
        return f"{self.programme.id}: {self.rule}"


def case(
    rule: str,
    programme: Programme,
    says: str,
    changes: Mapping[str, str],
    *,
    inputs: tuple[str, ...] = (),
    years: int = 70,
    day: date = DAY,
    role: str = "pharmacist",
) -> Case:
    product = changes.get("vaccine.product", next(iter(programme.products)))
    answers = {
        **complete_answers(),
        "session.programme": programme.id,
        "session.service": programme.lists["services"][0].id,
        "session.legal_basis": programme.lists["legal_bases"][0].id,
        "contact.date": typed(day),
        "patient.date_of_birth": born(years, day),
        "vaccine.eligibility": programme.lists["eligibility"][0].id,
        "vaccine.product": product,
        "vaccine.site": "",
        "screening.note": "",
        **answers_of_product(programme, product),
        **changes,
    }
    looked_at = frozenset({*changes, *inputs})
    return Case(rule, programme, answers, looked_at, says, day, role, day)


def of_products(programme: Programme) -> Iterator[Case]:
    for key, product in programme.products.items():
        chosen = {"vaccine.product": key}
        says = "the minimum age for this vaccine"
        if (
            product.least_months and product.least_months >= A_YEAR
        ):  # a year, as an age by a later day may count
            years = max(product.least_months // A_YEAR - 2, 0)
            yield case(f"{key} minimum age", programme, says, chosen, inputs=OF_PATIENT, years=years)
        elif product.least_months or product.least_weeks:
            infant = {**chosen, "patient.date_of_birth": typed(DAY - timedelta(days=20))}
            yield case(f"{key} minimum age of an infant", programme, says, infant, inputs=OF_PATIENT)
        yield from of_dose_and_route(programme, key, product)
        if product.greatest_age is not None:
            years, says = product.greatest_age + 1, "the maximum age for this vaccine"
            yield case(f"{key} maximum age", programme, says, chosen, inputs=OF_PATIENT, years=years)
        if product.second_line:
            years, inputs = product.second_line[0], (*OF_PATIENT, "session.service")
            yield case(f"{key} second choice", programme, "second choice", chosen, inputs=inputs, years=years)


def of_dose_and_route(programme: Programme, key: str, product: Product) -> Iterator[Case]:
    own = (product.dose.value,) if product.dose else ()
    usual = [one for one in (*(own or programme.usual_doses), programme.default_dose) if one]
    for name, says, amount in (
        ("another dose", "The usual dose of this vaccine", usual[0] * Decimal("0.9")),
        ("tenfold dose", "Check the decimal point", max(usual) * 10),
    ):
        if amount <= LARGEST_DOSE:
            dose = {"vaccine.product": key, "vaccine.dose_amount": f"{amount:f}"}
            yield case(f"{key} {name}", programme, says, dose)
    for route in programme.route_sites:
        if product.routes and route not in product.routes:
            yield case(
                f"{key} {route}",
                programme,
                "usually given another way",
                {"vaccine.product": key, "vaccine.route": route},
            )


def of_cohorts(programme: Programme) -> Iterator[Case]:
    for key, cohort in programme.cohorts.items():
        chosen = {"vaccine.eligibility": key}
        if cohort.min_age and cohort.min_age > 1:  # years by a later day may count
            says = f"younger than {cohort.min_age}"
            yield case(
                f"{key} minimum age", programme, says, chosen, inputs=OF_PATIENT, years=cohort.min_age - 2
            )
        if cohort.max_age is not None:
            says = f"older than {cohort.max_age}"
            yield case(
                f"{key} maximum age", programme, says, chosen, inputs=OF_PATIENT, years=cohort.max_age + 1
            )
        start = programme.season_start
        if cohort.adult_start and start and start < cohort.adult_start:
            yield case(f"{key} start", programme, "are vaccinated from", chosen, inputs=OF_PATIENT, day=start)


def of_season_and_dose(programme: Programme) -> Iterator[Case]:
    a_day = timedelta(days=1)
    if programme.season_start:
        yield case(
            "before the season",
            programme,
            "before the season",
            {},
            inputs=("contact.date",),
            day=programme.season_start - a_day,
        )
    if programme.season_end:
        yield case(
            "after the season",
            programme,
            "season is over",
            {},
            inputs=("contact.date",),
            day=programme.season_end + a_day,
        )
    if programme.second_dose:
        yield case("second dose", programme, programme.second_dose, {"vaccine.dose_number": "2"})
    for number, finding, says in (
        ("2", "none-seen", "no previous dose was seen"),
        ("1", "dose-seen", "A previous dose was seen"),
    ):
        if number in {option.id for option in programme.lists["doses"]}:
            dose = {"vaccine.dose_number": number, "previous.finding": finding}
            yield case(f"dose {number}, {finding}", programme, says, dose)


def of_pregnancy(programme: Programme) -> Iterator[Case]:
    if "pregnant" not in programme.cohorts:
        return
    carries = {"vaccine.eligibility": "pregnant", "screening.pregnant": "yes"}
    yield case("male", programme, "recorded as pregnant", {**carries, "patient.sex": "male"}, years=30)
    if programme.pregnancy_weeks:
        unknown = {**carries, "eligibility.due_date": ""}
        yield case("due date", programme, "Enter the due date", unknown, years=30)
        early = typed(DAY + timedelta(days=7 * 38))
        yield case(
            "week of pregnancy",
            programme,
            "of pregnancy: this vaccine",
            {**carries, "eligibility.due_date": early},
            inputs=("contact.date",),
            years=30,
        )


def of_warnings(programme: Programme) -> Iterator[Case]:
    for number, rule in enumerate(programme.warnings, 1):
        fitting = [p.id for p in programme.products.values() if rule.of_product(live=p.live, holds=p.holds)]
        offered = programme
        if not fitting:  # it is about a vaccine that only the pharmacy itself can add
            offered, fitting = _with_own(programme, rule), ["own-1"]
        when = {question: names[0] for question, names in rule.mentions.items()}
        when |= {question: answers[0] for question, answers in rule.when.items()}
        silent = {question: "" for question in rule.unless if question not in when}
        product = when.get("vaccine.product", fitting[0])
        years = rule.from_age if rule.from_age is not None else rule.to_age
        birth = rule.born_from or rule.born_to
        ages = OF_PATIENT if years is not None or birth else ()
        day = rule.until or max(DAY, rule.since or DAY)
        usual = 30 if "pregnant" in f"{when} {rule.field}" else 70
        found = case(
            f"warning {rule.id or number}",
            offered,
            rule.said,
            {
                **silent,
                **when,
                "vaccine.product": product,
                **({OUTCOME: "not-given"} if rule.not_given else {}),
                **({"patient.date_of_birth": typed(birth)} if birth else {}),
            },
            years=usual if years is None else years,
            day=day,
        )
        inputs = frozenset({*when, *ages, "contact.date", "vaccine.product"})
        yield replace(found, inputs=inputs, recorded=day + timedelta(days=rule.days_ago or 0))


def _with_own(programme: Programme, rule: WarningRule) -> Programme:
    """The programme with a product of the pharmacy about which the rule speaks."""
    said = {"live": "yes" if rule.live else "no", **({rule.holds: "yes"} if rule.holds else {})}
    route = programme.lists["routes"][0].id
    own = OwnProduct(
        "own-1", programme.agreement or programme.id, "A vaccine of tomorrow", route=route, **said
    )
    return programme.with_products([own_product.as_product(own, programme)])


def of_legal_bases(programme: Programme) -> Iterator[Case]:
    offered = {option.id for option in programme.lists["legal_bases"]}
    for rule in programme.bases:
        if rule.verdict is not Verdict.ASKS:
            continue
        day = rule.until or max(DAY, rule.since or DAY)
        role = next((one for one in roles.roles() if not rule.roles or one.coded.code in rule.roles), None)
        for basis in sorted(offered.intersection(rule.bases)):
            if role is not None:
                yield case(
                    f"{rule.id} {basis}",
                    programme,
                    rule.sentence,
                    {"session.legal_basis": basis},
                    inputs=("session.vaccinator", "contact.date"),
                    day=day,
                    role=role.id,
                )


def cases() -> Iterator[Case]:
    for programme in programmes.programmes():
        for of in (
            of_products,
            of_cohorts,
            of_season_and_dose,
            of_pregnancy,
            of_warnings,
            of_legal_bases,
        ):
            yield from of(programme)


EVERY = tuple(cases())
CASES = tuple(one for one in EVERY if not one.inputs & AFTER)


def warns(one: Case, answers: Mapping[str, str]) -> bool:
    """Whether the rule speaks of these answers."""
    result = read(
        answers,
        programme=one.programme,
        pharmacy=pharmacy(),
        vaccinator=vaccinator(one.role) if answers["session.vaccinator"] else None,
        now=datetime.combine(one.recorded, time(12), UTC),
        agreed=(one.programme.agreement,),
    )
    return any(one.says in p.sentence and p.severity is Severity.LOOK for p in result.notes)


def spoke_at(one: Case, first: tuple[str, ...]) -> str:
    """The question at whose answer the rule spoke first; it must not fall silent before the outcome is stated."""
    answers = dict.fromkeys(one.answers, "") | {key: one.answers[key] for key in first}
    order = [key for key in ORDER if key not in first]
    before_outcome = next(key for key in reversed(order[: order.index(OUTCOME)]))
    at = first[-1] if warns(one, answers) else ""
    for question in order:
        answers[question] = one.answers[question]
        if question == "vaccine.product":
            answers |= answers_of_product(one.programme, answers[question])
        if question == OUTCOME:
            break
        if question not in one.inputs and question != before_outcome:
            continue  # it says nothing about this rule
        now = warns(one, answers)
        assert now or not at, f"{one} falls silent at {question}"
        at = at or (question if now else "")
    return at


@pytest.mark.parametrize("one", CASES, ids=str)
def test_a_rule_speaks_when_its_last_answer_is_known_and_before_given_can_be_chosen(one: Case) -> None:
    place = {question: number for number, question in enumerate(ORDER)}
    for first in (
        FROM_THE_START,
        (*FROM_THE_START, *(q for q in ORDER if q.startswith(("session.", "vaccine.product")))),
    ):
        known = [question for question in one.inputs if question not in first]
        last = max(known, key=place.__getitem__) if known else first[-1]
        at = spoke_at(one, tuple(dict.fromkeys(first)))
        assert at, f"{one} has not spoken when the vaccine could be given"
        assert at in first or place[at] <= place[last], f"{one} speaks at {at}, not at {last}"


def test_every_rule_of_the_data_has_a_case_and_only_those_of_the_needle_come_after() -> None:
    for programme in programmes.programmes():
        mine = {one.rule for one in EVERY if one.programme.id == programme.id}
        assert {f"warning {rule.id or number}" for number, rule in enumerate(programme.warnings, 1)} <= mine
    after = {one.rule for one in EVERY if one.inputs & AFTER}
    late = {f"warning {rule.id}" for p in programmes.programmes() for rule in p.warnings if rule.not_given}
    assert after == late, "what is said of a vaccine that is not given is not a warning before the needle"


def test_every_programme_with_a_rule_has_a_case() -> None:
    of = {one.programme.id for one in CASES}
    assert {p.id for p in programmes.programmes() if p.warnings or p.season_start or p.screening} <= of
    assert len(CASES) > len(of)


# ---- what was recorded here before


EARLIER = [
    pytest.param(programme, rule, id=f"{programme.id} {number}")
    for programme in programmes.programmes()
    for number, rule in enumerate(programme.earlier, 1)
]


@pytest.mark.parametrize(("programme", "rule"), EARLIER)
def test_an_earlier_dose_is_said_when_patient_and_session_meet(
    counter: Counter, programme: Programme, rule: EarlierRule
) -> None:
    """Who it is and the session are known, and nothing else but what the rule itself asks for."""
    before = programmes.programme(rule.of[0]) if rule.of else programme
    begin_after(counter, before.season_start, programme.season_start)
    reason = rule.reasons[0] if rule.reasons else _other_reason(programme, rule)
    years = 30 if reason == "pregnant" else rule.max_age or 76
    due = typed(counter.clock.now().date() + timedelta(days=70))
    for number in range(max(rule.most, 1)):
        given = answers_of(before, counter.clock.now().date(), reason, years, due)
        record = FormState(given)
        warnings = [
            p for p in counter.desk.preview("vaccination", record).problems if p.severity is Severity.LOOK
        ]
        state = FormState(given, reasons={p.reason_key: "It is the dose before" for p in warnings})
        sent = counter.desk.send("vaccination", f"before {number}", state, counter.ada)
        assert sent.notification is not None, sent.problems
        counter.clock.move(days=1)
    given = answers_of(programme, counter.clock.now().date(), reason, years, due)
    given |= {question: wanted[0] for question, wanted in rule.when.items()}
    met = [
        q for q in ORDER if q in FROM_THE_START or q.startswith(("patient.", "session.", "vaccine.product"))
    ]
    met += ["vaccine.eligibility", "eligibility.due_date"] if rule.reasons or rule.not_reasons else []
    met += list(rule.when)
    answers = dict.fromkeys(given, "") | {key: given[key] for key in met}
    said = counter.desk.preview("vaccination", FormState(answers)).problems
    assert [p for p in said if p.needs_reason and "as recorded by this pharmacy" in p.sentence], said
    assert all(ORDER.index(key) < ORDER.index(OUTCOME) for key in met)


def begin_after(counter: Counter, *starts: date | None) -> None:
    """Move the clock into a season that has yet to begin."""
    today = counter.clock.now().date()
    begun = max([today, *(start + timedelta(days=7) for start in starts if start)])
    counter.clock.move(days=(begun - today).days)


def _other_reason(programme: Programme, rule: EarlierRule) -> str:
    offered = [option.id for option in programme.lists["eligibility"]]
    return next((one for one in offered if one not in rule.not_reasons and one != "pregnant"), offered[0])
