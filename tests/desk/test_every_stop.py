"""Every stop that refuses an act, wherever data or code raises it, is refused before the act and recorded after it.

The places in the code are read from the code: one that is added without a case here fails.
"""

import ast
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

import digmed_desktop
from digmed_desktop.clinical import answers as answer_sheets
from digmed_desktop.clinical import law, stock
from digmed_desktop.clinical.dates import as_answer
from digmed_desktop.clinical.emergency_supply import SupplyRoute
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.law_rule import Effect
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.problem import refusal as refusal_of
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.record import Coded
from digmed_desktop.clinical.stock import StockBatch
from digmed_desktop.clinical.warning_rules import WarningRule, Weight
from digmed_desktop.desk.gate import acting
from digmed_desktop.desk.lists import pgds
from digmed_desktop.reference import programmes
from tests.clinical.examples import FIELDS, FLU
from tests.clinical.supply_examples import tablets
from tests.desk.conftest import Counter
from tests.desk.test_done_all_the_same import (
    DONE,
    item_against,
    press_send,
    problems,
    recorded_sent_and_listed,
    refused_before_and_recorded_after,
    vaccination,
)
from tests.desk.test_pgds import entered

PACKAGE = Path(digmed_desktop.__file__).parent
ELSEWHERE = {"desk/forms/assessment.py with_problems", "clinical/answers.py refuse"}
"""The first turns what only an adviser could allow into what was done all the same: its rules are tried below."""


def places() -> Iterator[tuple[str, int]]:
    """Yield each place that refuses an act, with its line: file, function, and which of the function's it is."""
    for file in (one for room in ("clinical", "desk") for one in sorted((PACKAGE / room).glob("**/*.py"))):
        room = file.relative_to(PACKAGE).as_posix()
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            calls = (one for one in ast.walk(function) if isinstance(one, ast.Call))
            lines = sorted(call.lineno for call in calls if _raises(call))
            place = f"{room} {function.name}"
            for n, line in enumerate(lines if place not in ELSEWHERE else ()):
                yield f"{place} {n}" if n else place, line


def _raises(call: ast.Call) -> bool:
    """Whether a call notes a refusal: ``sheet.refuse(...)`` or ``refusal(...)``."""
    called = call.func
    if isinstance(called, ast.Attribute):
        return called.attr == "refuse" and ast.unparse(called.value) == "sheet"
    return isinstance(called, ast.Name) and called.id == "refusal"


def flu(counter: Counter, **changes: str) -> dict[str, str]:
    today = counter.clock.now().date()
    return vaccination(counter, FLU, "pharmacist", today) | {
        key.replace("__", "."): text for key, text in changes.items()
    }


def no_basis(counter: Counter) -> dict[str, str]:
    rule = next(one for one in FLU.bases if one.verdict.value == "stops" and not one.roles and not one.until)
    return flu(counter, session__legal_basis=rule.bases[0])


def other_site(counter: Counter) -> dict[str, str]:
    answers = flu(counter)
    site = answers["vaccine.site"]
    return answers | {"vaccine.route": next(one for one, at in FLU.route_sites.items() if site not in at)}


def porter(counter: Counter) -> dict[str, str]:
    return vaccination(counter, FLU, Coded("Porter", "R0000"), counter.clock.now().date())


def lapsed(counter: Counter) -> dict[str, str]:
    today = counter.clock.now().date()
    counter.desk.pgds.switch(counter.ada, on=True)
    entered(counter, today - timedelta(days=400), today - timedelta(days=30), FLU.agreement)
    return flu(counter, session__legal_basis="pgd")


def held(counter: Counter) -> dict[str, str]:
    answers = flu(counter)
    product, expiry = answers["vaccine.product"], counter.clock.now().date() + timedelta(days=90)
    kept, _new = counter.store.stock.add(StockBatch(FLU.id, product, "HELD-1", expiry), counter.ada)
    with acting(counter.ada):
        counter.desk.stock.hold(kept.id, "The fridge was at 12 degrees.")
    counter.clock.move(hours=1)
    now = counter.clock.now()
    given = {"contact.date": as_answer(now), "contact.time": f"{now:%H:%M}"}
    return flu(counter) | given | {"vaccine.batch": "HELD-1", "vaccine.expiry": as_answer(expiry)}


def supply(counter: Counter, **changes: str) -> dict[str, str]:
    today = {"contact.date": as_answer(counter.clock.now()), "item.1.reason": "The pharmacist decides."}
    return tablets() | today | {key.replace("__", "."): text for key, text in changes.items()}


def condition(counter: Counter) -> dict[str, str]:
    route = SupplyRoute(tablets()["request.asked_by"])
    conditions = (one for one in law.rules() if one.effect is Effect.CONDITION and one.field)
    rule = next(one for one in conditions if not one.off and one.holds_on(route))
    return supply(counter) | {rule.field: "no"}


def forbidden_item(counter: Counter) -> dict[str, str]:
    rule = next(one for one in law.rules() if one.effect is Effect.FORBIDDEN and one.schedules)
    _field, answers = next(item_against(rule, tablets()["request.asked_by"]))
    return supply(counter) | answers | {"contact.date": as_answer(counter.clock.now())}


CASES: dict[str, Callable[[Counter], dict[str, str]]] = {
    "clinical/contradictions.py refuse": lambda counter: flu(counter, vaccine__dose_amount="60"),
    "clinical/questions/vaccination.py _expiry": lambda counter: flu(counter, vaccine__expiry="1/10/2026"),
    "clinical/vaccination.py _judge": other_site,
    "clinical/vaccination.py _judge 1": lambda counter: flu(counter, consent__to_treatment="no"),
    "clinical/vaccination.py _judge_vaccinator": porter,
    "clinical/vaccination.py _judge_basis": no_basis,
    "clinical/stock.py held": held,
    "desk/lists/pgds.py problems": lapsed,
}
OF_SUPPLIES: dict[str, Callable[[Counter], dict[str, str]]] = {
    "clinical/supply_answers.py _judge_supply": condition,
    "clinical/supply_answers.py _judge_supply 1": lambda counter: supply(counter, consent__to_treatment="no"),
    "clinical/supply_answers.py _judge_item": forbidden_item,
}


def test_every_place_that_refuses_an_act_has_a_case() -> None:
    assert {place for place, _line in places()} == CASES.keys() | OF_SUPPLIES.keys()


@pytest.fixture
def raised(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, int]]:
    """The places that raised a refusal: file and line."""
    seen: set[tuple[str, int]] = set()

    def note() -> None:
        frame = sys._getframe(2)
        while (
            frame.f_code.co_name.startswith("<") and frame.f_back is not None
        ):  # a generator in the function
            seen.add((frame.f_code.co_filename, frame.f_lineno))
            frame = frame.f_back
        seen.add((frame.f_code.co_filename, frame.f_lineno))

    noted = answer_sheets.AnswerSheet.refuse

    def refuse(sheet: answer_sheets.AnswerSheet, field: str, sentence: str, source: str) -> None:
        note()
        noted(sheet, field, sentence, source)

    def refusal(field: str, sentence: str, source: str, *, done: bool) -> Problem:
        note()
        return refusal_of(field, sentence, source, done=done)

    monkeypatch.setattr(answer_sheets.AnswerSheet, "refuse", refuse)
    monkeypatch.setattr(pgds, "refusal", refusal)
    monkeypatch.setattr(stock, "refusal", refusal)
    return seen


def tried(
    counter: Counter, form: str, place: str, answers: dict[str, str], raised: set[tuple[str, int]]
) -> None:
    """Hold a case against its stop, and make sure that it is the stop of this place."""
    state = FormState({**answers, **dict.fromkeys(DONE, "")})
    stops = [p for p in problems(counter, form, state) if p.refuses_act]
    assert stops, "nothing refuses it"
    file, line = PACKAGE / place.split()[0], dict(places())[place]
    assert any(where == str(file) and abs(at - line) <= 3 for where, at in raised), "another place refuses it"
    refused_before_and_recorded_after(counter, form, answers, stops[0].field)


@pytest.mark.parametrize("place", CASES)
def test_a_vaccination_is_refused_before_and_recorded_after(
    counter: Counter, raised: set[tuple[str, int]], place: str
) -> None:
    tried(counter, "vaccination", place, CASES[place](counter), raised)


@pytest.mark.parametrize("place", OF_SUPPLIES)
def test_a_supply_is_refused_before_and_recorded_after(
    shop: Counter, raised: set[tuple[str, int]], place: str
) -> None:
    tried(shop, "emergency-supply", place, OF_SUPPLIES[place](shop), raised)


# ---- what goes on only by the advice of somebody: every rule of the data

ADVISED = [
    (programme, rule)
    for programme in programmes.programmes()
    for rule in programme.warnings
    if rule.weight is Weight.STOP
]


def fitting(programme: Programme, rule: WarningRule) -> list[str]:
    """Return the products of a programme that a rule is about."""
    return [
        key
        for key, product in programme.products.items()
        if rule.of_product(live=programme.is_live(product), holds=frozenset(product.holds))
    ]


def against(counter: Counter, programme: Programme, rule: WarningRule) -> dict[str, str]:
    """Return answers that raise a rule, of a patient whose age it is about."""
    today = counter.clock.now().date()
    answers = vaccination(counter, programme, "pharmacist", today)
    answers |= {
        key: "yes" for key, one in FIELDS.items() if key.startswith("consent.") and one.kind.value == "yes-no"
    }
    answers |= {"consent.name": "Sam Marsh", "consent.relationship": "Parent", "consent.assessed_by": "Ada"}
    years = rule.to_age if rule.to_age is not None else rule.from_age
    if years is not None:
        answers["patient.date_of_birth"] = as_answer_of(date(today.year - years - 1, today.month, 28))
    broken = {question: wanted[0] for question, wanted in rule.when.items()}
    return answers | {"vaccine.product": fitting(programme, rule)[0], **broken}


def as_answer_of(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"


def refused_before_and_recorded_without_advice(
    counter: Counter, programme: Programme, rule: WarningRule
) -> None:
    still_to_do = FormState({**against(counter, programme, rule), **dict.fromkeys(DONE, "")})
    asked = [p for p in problems(counter, "vaccination", still_to_do) if p.needs_adviser]
    assert rule.said in {p.sentence for p in asked}, f"{programme.id} {rule.id}: nothing stops it"
    refused = counter.desk.send("vaccination", f"{programme.id} {rule.id}", still_to_do, counter.ada)
    assert refused.notification is None
    done = still_to_do.answered(DONE)
    assert not [p for p in problems(counter, "vaccination", done) if p.needs_adviser]
    left = [p for p in problems(counter, "vaccination", done) if p.severity is Severity.STOP]
    assert left == [], f"{programme.id} {rule.id}: {[(p.field, p.sentence) for p in left]}"
    made = press_send(counter, "vaccination", done, counter.ada)
    assert made is not None
    recorded_sent_and_listed(counter, made, {p.sentence for p in asked})


def test_one_of_each_rule_that_wants_advice(counter: Counter) -> None:
    one_of_each = {rule.id: (programme, rule) for programme, rule in ADVISED if fitting(programme, rule)}
    assert len(one_of_each) == len({rule.id for _programme, rule in ADVISED}), "a rule is about no vaccine"
    for programme, rule in one_of_each.values():
        refused_before_and_recorded_without_advice(counter, programme, rule)


@pytest.mark.slow
@pytest.mark.timeout(14_400)
def test_every_rule_that_wants_advice_in_every_programme(counter: Counter) -> None:
    for programme, rule in ADVISED:
        if fitting(programme, rule):
            refused_before_and_recorded_without_advice(counter, programme, rule)
