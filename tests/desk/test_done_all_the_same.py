"""A stop refuses what is still to be done; what was done already is recorded by a pharmacist, sent and listed."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from digmed_desktop.clinical import json_record, law
from digmed_desktop.clinical.dates import as_answer
from digmed_desktop.clinical.emergency_supply import SupplyRoute
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.law_rule import Effect, Rule
from digmed_desktop.clinical.legal_basis import BasisRule, Verdict
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.record import Coded, PersonName, Professional, Regulator
from digmed_desktop.desk.forms.assessment import NOTHING_REFUSED, NOTHING_WAS_DONE
from digmed_desktop.desk.views.sent import How
from digmed_desktop.messaging.searching import Search
from digmed_desktop.messaging.states import State
from digmed_desktop.messaging.story import Outcome
from digmed_desktop.reference import programmes, roles
from tests.clinical.examples import answers_of
from tests.clinical.supply_examples import tablets
from tests.clinical.test_supply_law import of_name, schedule_of
from tests.desk.conftest import Counter

HAPPENED = "Given before anyone looked at the list; the patient is well."
DONE = {
    "incident.done": "yes",
    "incident.reason": HAPPENED,
    "incident.report": "Report 4711, told the superintendent.",
}
TOO_MUCH = {Effect.PACK: "larger", Effect.CYCLE: "more", Effect.COURSE: "more"}
FIELDS = {Effect.PACK: "pack", Effect.CYCLE: "cycle", Effect.COURSE: "course"}


def problems(counter: Counter, form: str, state: FormState) -> tuple[Problem, ...]:
    return counter.desk.preview(form, state).problems


def press_send(
    counter: Counter, form: str, state: FormState, by: int, found: tuple[Problem, ...] | None = None
) -> int | None:
    """Send a form with a reason for each of its problems that asks for one; ``found`` where they are known."""
    found = problems(counter, form, state) if found is None else found
    reasons = {p.reason_key: "A test." for p in found if p.needs_reason}
    return counter.desk.send(form, uuid.uuid4().hex, replace(state, reasons=reasons), by).notification


def refused_before_and_recorded_after(
    counter: Counter, form: str, answers: dict[str, str], field: str
) -> None:
    """Hold one stop against an act still to be done, and against the same act done."""
    state = FormState({**answers, **dict.fromkeys(DONE, "")})
    found = problems(counter, form, state)
    stops = [p for p in found if p.severity is Severity.STOP]
    assert field in {p.field for p in stops if p.refuses_act}, "nothing refuses it"
    assert any(p.field == "incident.done" for p in found), "the way on is not said"
    assert press_send(counter, form, state, counter.ada, found) is None
    done = state.answered(DONE)
    sentences = {p.sentence for p in stops if p.refuses_act}
    found = problems(counter, form, done)
    assert [p for p in found if p.severity is Severity.STOP] == []
    told = " ".join(p.sentence for p in found)
    assert all(sentence in told for sentence in sentences), "what it breaks is not said any more"
    made = press_send(counter, form, done, counter.ada, found)
    assert made is not None
    recorded_sent_and_listed(counter, made, sentences)


def recorded_sent_and_listed(counter: Counter, made: int, sentences: set[str]) -> None:
    record = json_record.read(counter.store.versions.record(made))
    assert (record.incident.done, record.incident.reason) == (True, HAPPENED)
    assert record.incident.report == DONE["incident.report"]
    assert record.contact_at is not None
    assert all(sentence in record.notes_kept_here for sentence in sentences)
    counter.sign(made)  # whoever did it signs what the pharmacist recorded
    row = counter.store.notifications.row(made)
    assert row.outcome in (Outcome.GIVEN, Outcome.SUPPLIED)
    assert made in [one.id for one in counter.desk.listing.page(Search(), None, 10)]
    assert row.state in (State.WAITING, State.TO_PAPER)
    if row.state is State.WAITING:
        body = counter.store.notifications.story(made).messages[0].body.decode()
        assert HAPPENED in body
        assert DONE["incident.report"] not in body  # kept in this pharmacy
    assert HAPPENED in json.dumps([one.rows for one in counter.desk.listing.story(made).recorded])
    assert counter.desk.papers.copy(made, How.POST, "Ada").blocks


# ---- emergency supplies: every rule of the data that stops


def item_against(rule: Rule, route: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the question at which a rule stops, with answers that break it."""
    if rule.effect is Effect.FORBIDDEN and rule.prescribers:
        broken = {"schedule": rule.schedules[0], "for_epilepsy": "yes", "days": "1", "quantity": "1"}
        answers = tablets(route, **broken, product="39113611000001102\tPhenobarbital 30mg tablets")
        yield "item.1.schedule", answers | {"prescriber.profession": rule.prescribers[0]}
    elif rule.effect is Effect.FORBIDDEN and rule.schedules:
        for schedule in rule.schedules:
            broken = {"schedule": schedule, "for_epilepsy": "no", "days": "1", "quantity": "1"}
            yield "item.1.schedule", tablets(route, **broken)
    elif rule.effect is Effect.FORBIDDEN:
        first = next(one for one in law.substances() if one.confidence.may_stop)
        yield "item.1.product", tablets(route, **of_name(first.name, schedule_of(first.name)))
    elif rule.effect is Effect.DAYS and not rule.asks:
        days = str((rule.days or 0) + 1)
        broken = {"days": days, "quantity": days}
        if rule.schedules:
            broken["schedule"] = rule.schedules[0]
        if rule.packs:
            broken |= {"preparation": (rule.preparations or ("ointment-cream",))[0], "pack": rule.packs[0]}
        yield "item.1.days", tablets(route, **broken)
    elif rule.effect in TOO_MUCH:
        for preparation in rule.preparations:
            broken = {"preparation": preparation, FIELDS[rule.effect]: TOO_MUCH[rule.effect]}
            yield f"item.1.{FIELDS[rule.effect]}", tablets(route, **broken)
    elif rule.effect is Effect.AS_DIRECTED:
        yield "item.1.as_directed", tablets(route, as_directed="no")
    elif rule.effect is Effect.CONDITION and rule.field:
        yield rule.field, tablets(route) | {rule.field: "no"}


SUPPLIES = [
    pytest.param(field, answers, id=f"{rule.id}-{route.value}-{n}")
    for rule in law.rules()
    if not rule.off and not rule.asks
    for route in SupplyRoute
    if rule.holds_on(route)
    for n, (field, answers) in enumerate(item_against(rule, route.value))
]


def test_the_rules_of_the_data_that_can_stop_are_all_tried() -> None:
    stopping = {
        rule.id
        for rule in law.rules()
        if not rule.off and rule.effect not in (Effect.NO_LIMIT, Effect.DUTY, Effect.NOTE) and not rule.asks
    }
    assert {str(one.id).rpartition("-")[0].rpartition("-")[0] for one in SUPPLIES} == stopping


@pytest.mark.parametrize(("field", "answers"), SUPPLIES)
def test_a_supply_that_the_law_refuses(shop: Counter, field: str, answers: dict[str, str]) -> None:
    today = {"contact.date": as_answer(shop.clock.now())}
    refused_before_and_recorded_after(shop, "emergency-supply", answers | today, field)


# ---- vaccinations: every basis that a source forbids, in every programme

STOPPING = [
    pytest.param(programme, rule, id=f"{programme.id}-{rule.id}")
    for programme in programmes.programmes()
    for rule in programme.bases
    if rule.verdict is Verdict.STOPS
    and rule.bases[0]
    in {basis.id for basis in programme.lists.get("legal_bases", programme.lists["services"])}
]


def vaccination(counter: Counter, programme: Programme, role: str | Coded, day: date) -> dict[str, str]:
    """Return the answers of a dose under a programme, given by somebody of a role on a day."""
    coded = roles.role(role).coded if isinstance(role, str) else role
    who = Professional(PersonName("Sam", "Tester"), coded, Regulator.GPHC, "9999991")
    person = counter.store.people.add(who, "slow-hash")
    number = {
        "patient.nhs_number": "999 012 3020",
        "patient.identity_checked": "yes",
        "patient.traced": "pds",
    }
    when = {"contact.date": as_answer(day), "contact.time": "09:05"}
    answers = answers_of(programme, day) | {"session.legal_basis": "pgd"}
    if not answers["vaccine.dose_number"]:
        answers["vaccine.dose_number"] = programme.lists["doses"][0].id
    return {**answers, **number, **when, "session.vaccinator": str(person)}


def day_of(rule: BasisRule, today: date) -> date:
    """Return the latest day up to today on which a rule holds."""
    return min(today, rule.until) if rule.until else today


@pytest.mark.parametrize(("programme", "rule"), STOPPING)
def test_a_vaccination_whose_legal_basis_is_refused(
    counter: Counter, programme: Programme, rule: BasisRule
) -> None:
    by_code = {role.coded.code: role.id for role in roles.roles()}
    role = by_code[rule.roles[0]] if rule.roles else "pharmacist"
    day = day_of(rule, counter.clock.now().date())
    answers = vaccination(counter, programme, role, day) | {"session.legal_basis": rule.bases[0]}
    refused_before_and_recorded_after(counter, "vaccination", answers, "session.legal_basis")


def test_only_a_pharmacist_records_it(counter: Counter) -> None:
    flu = programmes.programmes()[0]
    answers = vaccination(counter, flu, "technician", counter.clock.now().date())
    technician = int(answers["session.vaccinator"])
    state = FormState({**answers, "consent.to_treatment": "no", **DONE})
    assert press_send(counter, "vaccination", state, technician) is None
    assert press_send(counter, "vaccination", state, counter.ada) is not None


def test_what_happened_is_wanted_with_reason_and_incident(counter: Counter) -> None:
    flu = programmes.programmes()[0]
    answers = vaccination(counter, flu, "pharmacist", counter.clock.now().date() - timedelta(days=1))
    state = FormState({**answers, "consent.to_treatment": "no", "incident.done": "yes"})
    stops = {p.field for p in problems(counter, "vaccination", state) if p.severity is Severity.STOP}
    assert stops == {"incident.reason", "incident.report"}


def test_an_incident_without_an_act_or_a_refusal_is_stopped_or_asked_about(counter: Counter) -> None:
    flu = programmes.programmes()[0]
    answers = vaccination(counter, flu, "pharmacist", counter.clock.now().date())
    fitting = FormState({**answers, **DONE})
    asked = [p for p in problems(counter, "vaccination", fitting) if p.field == "incident.done"]
    assert [(p.sentence, p.needs_reason) for p in asked] == [(NOTHING_REFUSED, True)]
    declined = {"vaccine.outcome": "not-given", "vaccine.not_given_reason": "declined", "vaccine.site": ""}
    for answers in (declined, {**declined, "consent.to_treatment": "no"}):
        stops = problems(counter, "vaccination", fitting.answered(answers))
        said = [p.severity for p in stops if p.sentence == NOTHING_WAS_DONE]
        assert said == [Severity.STOP]
