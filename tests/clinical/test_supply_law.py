"""Each rule of law at its limit, below and above it, on both routes."""

import pytest

from digmed_desktop.clinical import controlled_drugs, law
from digmed_desktop.clinical.emergency_supply import ItemKind, SuppliedItem, SupplyRoute
from digmed_desktop.clinical.law_rule import Effect, Rule, Substance
from digmed_desktop.clinical.problem import sourced
from digmed_desktop.clinical.record import Coded
from digmed_desktop.clinical.supply_law import judge
from tests.clinical.supply_examples import asked, complete_answers, reading, tablets

OTHER = {"preparation": "other", "schedule": "none"}


def stopped_by(answers: dict[str, str]) -> set[str]:
    """The ids of the rules that stop this supply."""
    found = reading(answers)
    stops = {one.rule for one in found.law if one.tone == "stop"}
    told = {p.sentence for p in found.problems}
    assert all(sourced(one.sentence, one.source) in told for one in found.law if one.tone == "stop"), (
        "what the law forbids is blocked"
    )
    return stops


def told(answers: dict[str, str]) -> set[str]:
    """The ids of the rules that are told."""
    return {one.rule for one in reading(answers).law}


DAYS = [
    # rule, regulation, limit, answers of the item
    ("patient-30-days", "225(3)", 30, OTHER),
    ("patient-schedule-4-5", "225(3)", 5, {"preparation": "other", "schedule": "4"}),
    ("patient-schedule-4-5", "225(3)", 5, {"preparation": "other", "schedule": "5"}),
    ("patient-not-in-makers-pack", "225(3)", 30,
     {"preparation": "ointment-cream", "schedule": "none", "pack": "made-up-here"}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "regulation", "limit", "item"), DAYS)
@pytest.mark.parametrize("over", [-1, 0, 1], ids=["below", "at", "above"])
def test_a_limit_of_days(rule: str, regulation: str, limit: int, item: dict[str, str], over: int) -> None:
    assert law.rule(rule).days == limit
    assert regulation in law.rule(rule).source
    days = limit + over
    item = {**item, "days": str(days), "quantity": str(days), "reason": "The pharmacist decides."}
    answers = tablets(**item)
    assert stopped_by(answers) == ({rule} if over > 0 else set())
    assert rule in told(answers)
    by_prescriber = tablets("prescriber", **item)
    assert stopped_by(by_prescriber) == set(), "regulation 224 sets no number of days"
    assert rule not in told(by_prescriber)


@pytest.mark.parametrize("schedule", ["none", "4"])
def test_a_limit_is_computed_from_plain_directions_too(schedule: str) -> None:
    limit = 30 if schedule == "none" else 5
    rule = "patient-30-days" if schedule == "none" else "patient-schedule-4-5"
    item = {"schedule": schedule, "directions": "Take one tablet twice a day", "reason": "I decide."}
    at = tablets(**item, quantity=str(limit * 2), days=str(limit))
    assert stopped_by(at) == set()
    half_a_day_more = tablets(**item, quantity=str(limit * 2 + 1), days=str(limit))
    assert stopped_by(half_a_day_more) == {rule}
    assert "item.1.quantity" in {p.field for p in reading(half_a_day_more).problems}
    assert stopped_by(tablets("prescriber", **item, quantity=str(limit * 2 + 1), days=str(limit))) == set()


PACKS = [
    ("patient-smallest-pack", "225(3)", "insulin", "pack", "smallest", "larger"),
    ("patient-smallest-pack", "225(3)", "asthma-aerosol", "pack", "smallest", "larger"),
    ("patient-smallest-pack", "225(3)", "ointment-cream", "pack", "smallest", "larger"),
    ("patient-oral-contraceptive", "225(3)", "oral-contraceptive", "cycle", "one", "more"),
    ("patient-liquid-antibiotic", "225(3)", "liquid-antibiotic", "course", "smallest", "more"),
]


@pytest.mark.parametrize(("rule", "regulation", "preparation", "question", "at", "above"), PACKS)
def test_a_limit_that_is_no_number_of_days(
    rule: str, regulation: str, preparation: str, question: str, at: str, above: str
) -> None:
    assert regulation in law.rule(rule).source
    item = {"preparation": preparation, "schedule": "none", "days": "84", "reason": "The pack lasts so long."}
    assert stopped_by(tablets(**item, **{question: at})) == set(), (
        "at or below the limit, however long it lasts"
    )
    assert rule in told(tablets(**item, **{question: at}))
    assert stopped_by(tablets(**item, **{question: above})) == {rule}
    assert stopped_by(tablets("prescriber", **item, **{question: above})) == set()


def test_both_rows_bind_an_ointment_of_schedule_4() -> None:
    item = {"preparation": "ointment-cream", "schedule": "4", "pack": "larger", "days": "6"}
    assert stopped_by(tablets(**item)) == {"patient-smallest-pack", "patient-schedule-4-5"}


@pytest.mark.parametrize("route", ["patient", "prescriber"])
@pytest.mark.parametrize("schedule", ["1", "2", "3"])
def test_schedules_1_to_3_are_refused_on_both_routes(route: str, schedule: str) -> None:
    assert "224 and 225" in law.rule(f"schedule-{schedule}").source
    item = {"preparation": "other", "schedule": schedule, "for_epilepsy": "no", "days": "1", "quantity": "1"}
    assert stopped_by(tablets(route, **item)) == {f"schedule-{schedule}"}


def test_phenobarbital_for_epilepsy_is_the_exception_on_both_routes() -> None:
    item = {
        "schedule": "3",
        "for_epilepsy": "yes",
        "product": "39113611000001102\tPhenobarbital 30mg tablets",
    }
    assert stopped_by(tablets(**item, days="5", quantity="5")) == set()
    assert stopped_by(tablets("prescriber", **item, days="28")) == set()
    assert stopped_by(tablets(**{**item, "for_epilepsy": "no"}, days="5")) == {"schedule-3"}
    assert stopped_by(tablets("prescriber", **{**item, "for_epilepsy": "no"}, days="5")) == {"schedule-3"}


SCHEDULE_18 = [one for one in law.substances() if one.confidence.may_stop]
PERHAPS = [one for one in law.substances() if not one.confidence.may_stop]


def of_name(name: str, schedule: str) -> dict[str, str]:
    return {"schedule": schedule, "product": f"39113611000001102\t{name.capitalize()} 800mg tablets"}


def schedule_of(name: str) -> str:
    """Return the schedule that the list of controlled drugs gives a name."""
    found = controlled_drugs.named_in(name)
    return found[0].schedules[0] if found else "none"


@pytest.mark.parametrize("one", SCHEDULE_18, ids=lambda one: one.name)
def test_a_substance_of_schedule_18_is_refused_at_the_patients_request_alone(one: Substance) -> None:
    item = of_name(one.name, schedule_of(one.name))
    assert "schedule-18" in stopped_by(tablets(**item))
    assert "schedule-18" not in stopped_by(tablets("prescriber", **item))
    hidden = item | {"product": f"39113611000001102\tAnti{one.name.split()[0]}ine 5mg"}
    assert "schedule-18" not in stopped_by(tablets(**hidden))


@pytest.mark.parametrize("one", PERHAPS, ids=lambda one: one.name)
def test_another_name_of_schedule_18_asks_and_never_stops(one: Substance) -> None:
    answers = tablets(**of_name(one.name, schedule_of(one.name)))
    found = reading(answers)
    assert any("Schedule 18" in p.sentence and "Not confirmed" in p.sentence for p in found.notes)
    assert "schedule-18" not in stopped_by(answers)
    by_prescriber = reading(tablets("prescriber", **of_name(one.name, schedule_of(one.name))))
    assert not any("Schedule 18" in p.sentence for p in by_prescriber.notes)


def test_phenobarbital_beyond_five_days_asks_and_names_where_it_is_written() -> None:
    item = {
        "schedule": "3",
        "for_epilepsy": "yes",
        "product": "39113611000001102\tPhenobarbital 30mg tablets",
    }
    answers = tablets(**item, days="6", quantity="6")
    assert stopped_by(answers) == set()
    found = reading(answers)
    assert found.problems == ()
    assert "item.1.days" in asked(found)
    assert any("Source: British National Formulary" in p.sentence for p in found.notes)


def test_the_rules_for_a_pandemic_and_for_a_shortage_are_shown_and_off() -> None:
    for rule, regulation in (("pandemic", "regulation 226"), ("shortage-protocol", "regulation 226A")):
        assert law.rule(rule).off
        (shown,) = (line for line in law.table().splitlines() if law.rule(rule).law in line)
        assert regulation in shown.replace("Regulation", "regulation")
        assert shown.endswith("Off. |")
        assert rule not in told(tablets())


LESS = [
    ("optometrist-no-controlled-drugs", ("optometrist",), ("4", "5")),
    ("nurse-formulary-no-controlled-drugs", ("community-nurse",), ("4", "5")),
    (
        "some-controlled-drugs",
        ("podiatrist", "physiotherapist", "radiographer", "paramedic"),
        ("3", "4", "5"),
    ),
]


@pytest.mark.parametrize(("rule", "professions", "schedules"), LESS)
def test_a_profession_that_prescribes_fewer_controlled_drugs_asks_and_stops_nothing(
    rule: str, professions: tuple[str, ...], schedules: tuple[str, ...]
) -> None:
    for profession in (*professions, "doctor"):
        for schedule in ("none", *schedules):
            item = {
                "schedule": schedule,
                "product": "39113611000001102\tZzyntholam 5mg tablets",
                "for_epilepsy": "yes",
            }
            found = reading(tablets("prescriber", **item) | {"prescriber.profession": profession})
            doubted = [
                one.sentence
                for one in found.notes
                if one.needs_reason and law.rule(rule).over in one.sentence
            ]
            assert bool(doubted) == (profession in professions and schedule in schedules), (
                profession,
                schedule,
            )
            assert not any(law.rule(rule).over in one.sentence for one in found.problems)
            assert all("Not confirmed" in sentence for sentence in doubted)


@pytest.mark.parametrize(
    ("profession", "rule"),
    [("supplementary", "supplementary-plan"), ("community-nurse", "community-nurse-formulary")],
)
def test_what_a_profession_may_prescribe_is_said_of_it_alone_and_stops_nothing(
    profession: str, rule: str
) -> None:
    answers = tablets("prescriber") | {"prescriber.profession": profession}
    assert rule in told(answers)
    assert stopped_by(answers) == set()
    assert rule not in told(tablets("prescriber"))


def test_at_a_prescribers_request_as_the_prescriber_directs() -> None:
    assert "regulation 224" in law.rule("prescriber-as-directed").source
    assert stopped_by(tablets("prescriber", as_directed="yes")) == set()
    assert stopped_by(tablets("prescriber", as_directed="no")) == {"prescriber-as-directed"}
    assert "prescriber-as-directed" not in told(tablets())


@pytest.mark.parametrize("route", ["patient", "prescriber"])
def test_what_is_no_prescription_only_medicine_has_no_limit(route: str) -> None:
    for legal_class in ("p", "gsl"):
        answers = tablets(route, legal_class=legal_class, days="30", quantity="30")
        assert stopped_by(answers) == set()
        assert told(answers) - {""} == {"pharmacy-or-general-sale"}
    appliance = tablets(route, kind="appliance", days="90", quantity="90", unit="needle", product="Needles")
    assert stopped_by(appliance) == set()
    assert told(appliance) - {""} == {"appliance"}


def test_many_days_of_what_is_said_to_be_no_prescription_only_medicine_are_asked_about() -> None:
    for changes in ({"legal_class": "p"}, {"legal_class": "gsl"}, {"kind": "appliance"}):
        assert "item.1.days" not in asked(reading(tablets(**changes, days="30", quantity="30")))
        over = reading(tablets(**changes, days="31", quantity="31"))
        assert over.problems == ()
        assert "item.1.days" in asked(over)
    needles = complete_answers({"item.2.days": "90", "item.2.quantity": "90"})
    assert asked(reading(needles)) == []


@pytest.mark.parametrize("rule", [one for one in law.rules() if one.effect is Effect.CONDITION])
def test_a_condition_that_is_not_met_stops(rule: Rule) -> None:
    assert rule.route is not None
    met = tablets(rule.route.value)
    assert not [p for p in reading(met).problems if p.field == rule.field]
    problems = reading(met | {rule.field: "no"}).problems
    assert [p.sentence for p in problems if p.field == rule.field] == [sourced(rule.over, rule.where)]
    other = "patient" if rule.route is SupplyRoute.PRESCRIBER else "prescriber"
    assert not [p for p in reading(tablets(other) | {rule.field: "no"}).problems if p.field == rule.field]
    unanswered = reading(met | {rule.field: ""}).problems
    assert [p.field for p in unanswered] == [rule.field]


@pytest.mark.parametrize(
    ("days_ago", "reason", "stops"), [(0, "", False), (1, "", True), (1, "Till down", False)]
)
@pytest.mark.parametrize("route", ["patient", "prescriber"])
def test_the_entry_is_due_on_the_day_or_with_a_reason_on_the_next(
    route: str, days_ago: int, reason: str, stops: bool
) -> None:
    assert "253(2)(b)" in law.rule("register").source
    day = f"{3 - days_ago:02}/04/2026"
    found = reading(tablets(route) | {"contact.date": day, "contact.late_reason": reason})
    assert ("contact.late_reason" in {p.field for p in found.problems}) is stops
    assert found.notes == ()


def test_an_entry_later_than_the_next_day_is_told_and_still_made() -> None:
    found = reading(tablets() | {"contact.date": "01/04/2026", "contact.late_reason": "Flood"})
    assert found.problems == ()
    assert [p.field for p in found.notes] == ["contact.date"]


def test_the_duties_have_their_numbers() -> None:
    assert law.rule("prescriber-undertaking").hours == 72
    assert law.rule("register-kept").years == 2
    assert "253(3)" in law.rule("register-prescription-dates").source
    assert law.rule("label").route is SupplyRoute.PATIENT


@pytest.mark.parametrize("schedule", ["none", "4", "5"])
def test_a_policy_on_misuse_is_said_of_schedules_4_and_5_at_the_patients_request(schedule: str) -> None:
    for route in SupplyRoute:
        item = SuppliedItem(
            product=Coded("Zzyntholam 5mg tablets"), legal_class="pom", schedule=schedule, preparation="other"
        )
        said = [one for one in judge(item, route) if one.rule == "misuse-policy"]
        assert len(said) == (schedule != "none" and route is SupplyRoute.PATIENT)
        assert not any(one.asks or one.forbids for one in said)


def test_the_charge_of_a_referral_is_a_duty_that_help_shows_and_no_warning() -> None:
    assert law.rule("nhs-charge").effect is Effect.DUTY
    assert law.rule("nhs-charge").law in law.table()


def test_no_rule_was_forgotten_here_and_each_names_its_source() -> None:
    tested = {rule for rule, *_ in DAYS} | {rule for rule, *_ in PACKS}
    tested |= {"schedule-1", "schedule-2", "schedule-3", "schedule-18", "prescriber-as-directed"}
    tested |= {"appliance", "pharmacy-or-general-sale", "register", "register-prescription-dates"}
    tested |= {"eea-phenobarbital", "eea-authorised-here"}  # tests/clinical/test_who_asks.py
    tested |= {"supplementary-plan", "community-nurse-formulary", "eea-register"}
    tested |= {rule for rule, _professions, _schedules in LESS}
    tested |= {"misuse-policy", "nhs-charge"}
    tested |= {"register-kept", "label", "pandemic", "shortage-protocol", "patient-phenobarbital"} | {
        one.id for one in law.rules() if one.effect is Effect.CONDITION
    }
    assert {one.id for one in law.rules()} == tested
    for one in law.rules():
        assert one.source
        assert one.read
        assert one.law.endswith(".")
        assert bool(one.over) is (one.effect not in (Effect.DUTY, Effect.NO_LIMIT, Effect.NOTE))


def test_judgement_asks_for_a_reason_and_lets_the_pharmacist_decide() -> None:
    doubtful = tablets(schedule="none", product="39113611000001102\tDiazepam 5mg tablets")
    found = reading(doubtful)
    assert found.problems == ()
    assert asked(found) == ["item.1.schedule"]
    assert "Schedule 4" in next(p.sentence for p in found.notes)
    noted = reading(doubtful | {"item.1.reason": "The brand is exempt."})
    assert asked(noted) == ["item.1.schedule"], "a note answers no doubt"
    assert noted.record.items[0].reason == "The brand is exempt."


def test_each_warning_of_one_item_wants_a_reason_of_its_own() -> None:
    item = {"schedule": "none", "product": "39113611000001102\tDiazepam 5mg tablets"}
    found = reading(tablets(**item, directions="Take one tablet daily", quantity="28", days="27"))
    keys = {one.reason_key for one in found.notes if one.needs_reason}
    assert {"item.1.schedule", "item.1.days"} <= set(asked(found))
    assert len(keys) == len(asked(found)) >= 2


def keys_of(**item: str) -> set[str]:
    return {one.reason_key for one in reading(tablets(**item)).notes if one.needs_reason}


def test_a_reason_answers_the_values_it_was_given_for_and_no_others() -> None:
    diazepam = {"schedule": "none", "product": "39113611000001102\tDiazepam 5mg tablets"}
    assert keys_of(**diazepam) == keys_of(**diazepam, indication="Anxiety")
    for changes in (
        {"product": "39113611000001102\tDiazepam 10mg tablets"},
        {"schedule": "5"},
        {"strength": "2mg"},
    ):
        assert not keys_of(**diazepam) & keys_of(**{**diazepam, **changes}), changes
    counted = {"directions": "Take one tablet daily", "quantity": "28", "days": "27"}
    for changes in (
        {"days": "20"},
        {"quantity": "30"},
        {"directions": "Take two tablets daily"},
        {"unit": "tab"},
    ):
        assert not keys_of(**counted) & keys_of(**{**counted, **changes}), changes


def test_many_days_at_a_prescribers_request_ask_for_a_reason() -> None:
    assert reading(tablets("prescriber", days="30")).problems == ()
    assert asked(reading(tablets("prescriber", days="30"))) == []
    assert asked(reading(tablets("prescriber", days="31"))) == ["item.1.days"]


def test_the_whole_example_breaks_no_rule() -> None:
    found = reading(complete_answers())
    assert found.problems == ()
    assert found.notes == ()
    assert {one.rule for one in found.law} == {"patient-smallest-pack", "appliance", ""}


def test_a_name_of_schedule_18_is_asked_about_where_it_is_said_to_be_no_prescription_only_medicine() -> None:
    for substance in law.substances():
        product = Coded(f"{substance.name} 800mg", "39113611000001102")
        for item in (
            SuppliedItem(product=product, legal_class="p"),
            SuppliedItem(product=product, legal_class="gsl"),
            SuppliedItem(ItemKind.APPLIANCE, product),
        ):
            assert any(one.asks and "Schedule 18" in one.sentence for one in judge(item, SupplyRoute.PATIENT))
            assert not any("Schedule 18" in one.sentence for one in judge(item, SupplyRoute.PRESCRIBER))


@pytest.mark.parametrize("schedule", ["4", "5"])
def test_days_that_nobody_can_compute_are_asked_about_where_the_law_allows_few(schedule: str) -> None:
    found = reading(tablets(schedule=schedule, directions="As directed", quantity="100", days="5"))
    assert asked(found) == ["item.1.days"]
    counted = reading(tablets(schedule=schedule, directions="Take one twice a day", quantity="10", days="5"))
    assert (counted.problems, asked(counted)) == ((), [])
