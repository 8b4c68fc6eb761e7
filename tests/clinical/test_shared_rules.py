"""The rules on screening, consent and dates in data: each at its limits, by product, with its weight and its source."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from digmed_desktop.clinical import own_product
from digmed_desktop.clinical.confidence import NOT_CONFIRMED, Confidence
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.questions.vaccination import not_asked
from digmed_desktop.clinical.warning_rules import Case, WarningRule, Weight
from digmed_desktop.data_files.source import OWN
from digmed_desktop.reference.programmes import programme, programmes
from digmed_desktop.settings.own_product import OwnProduct
from tests.clinical.examples import FLU, reading, reading_in_its_programme

RULES = {one.id or one.sentence: one for p in programmes() for one in p.warnings}
EVERY = [pytest.param(rule, id=name) for name, rule in RULES.items()]
DAY = date(2026, 10, 14)
NASAL_SPRAY = {
    "vaccine__product": "fluenz",
    "vaccine__route": "intranasal",
    "vaccine__site": "nose",
    "vaccine__dose_amount": "0.2",
    "patient__date_of_birth": "14/10/2016",
    "session__service": "private",
    "consent__given_by": "parent",
    "consent__name": "Ada Bell",
}


def answering(answers: Mapping[str, str]) -> Callable[[str], str]:
    return lambda question: answers.get(question, "")


def raising(rule: WarningRule) -> Case:
    """A case that raises a rule, and no more than that."""
    answers = {question: wanted[0] for question, wanted in (*rule.mentions.items(), *rule.when.items())}
    years = rule.from_age if rule.from_age is not None else rule.to_age
    holds = frozenset({rule.holds}) if rule.holds else frozenset[str]()
    day = rule.since or DAY
    recorded = day + timedelta(days=rule.days_ago or 0)
    return Case(
        day,
        years,
        answering(answers),
        live=rule.live,
        holds=holds,
        recorded=recorded,
        not_given=rule.not_given,
        born=rule.born_from or rule.born_to,
    )


def asked_for(problems: tuple[Problem, ...], field: str) -> list[Problem]:
    return [problem for problem in problems if problem.field == field and problem.needs_reason]


@pytest.mark.parametrize("rule", EVERY)
def test_a_rule_names_its_source_and_a_stop_one_that_somebody_read(rule: WarningRule) -> None:
    assert rule.source.strip()
    if rule.weight is Weight.STOP:
        assert rule.confidence in (Confidence.READ, Confidence.SECONDARY)
    unconfirmed = rule.confidence is Confidence.GENERAL
    problem = rule.problem(raising(rule))
    assert problem.sentence.endswith(NOT_CONFIRMED) is unconfirmed
    assert (rule.source in problem.sentence) is problem.needs_adviser
    assert not (unconfirmed and problem.needs_adviser)


@pytest.mark.parametrize("rule", EVERY)
def test_a_rule_holds_from_its_day_to_its_last_and_not_a_day_more(rule: WarningRule) -> None:
    case = raising(rule)
    assert rule.raised(case)
    assert case.day is not None
    if rule.since:
        assert not rule.raised(replace(case, day=rule.since - timedelta(days=1)))
    else:  # by nature: for a late entry and a mistyped year too
        assert rule.raised(replace(case, day=case.day.replace(year=2006)))
    assert not rule.raised(replace(case, day=None))
    ended = replace(rule, until=case.day)
    assert ended.raised(case)
    after = case.day + timedelta(days=1)
    assert not ended.raised(replace(case, day=after, recorded=after + timedelta(days=400)))


@pytest.mark.parametrize("rule", EVERY)
def test_a_rule_needs_each_of_its_answers(rule: WarningRule) -> None:
    case = raising(rule)
    for question in rule.when:
        others = {one: wanted[0] for one, wanted in rule.when.items() if one != question}
        other = "" if "" not in rule.when[question] else "something else"
        assert not rule.raised(replace(case, typed=answering({**others, question: other}))), question
    for question in rule.mentions:
        wanted = {one: known[0] for one, known in rule.when.items()}
        assert not rule.raised(replace(case, typed=answering({**wanted, question: "Penicillin"}))), question
    assert not rule.raised(replace(case, not_given=not rule.not_given))
    for question, answers in rule.unless.items():
        wanted = {one: known[0] for one, known in rule.when.items()}
        assert not rule.raised(replace(case, typed=answering({**wanted, question: answers[0]}))), question


@pytest.mark.parametrize("rule", EVERY)
def test_a_rule_knows_its_ages_its_products_and_its_days(rule: WarningRule) -> None:
    case = raising(rule)
    if rule.from_age is not None:
        assert not rule.raised(replace(case, years=rule.from_age - 1))
        assert rule.to_age is None or rule.raised(replace(case, years=rule.to_age))
    if rule.to_age is not None:
        assert not rule.raised(replace(case, years=rule.to_age + 1))
    if (rule.from_age, rule.to_age) != (None, None):
        assert not rule.raised(replace(case, years=None))
    if rule.live:
        assert not rule.raised(replace(case, live=False))
    if rule.holds:
        assert not rule.raised(replace(case, holds=frozenset()))
    if rule.days_ago is not None:
        assert case.recorded is not None
        assert not rule.raised(replace(case, recorded=case.recorded - timedelta(days=1)))
        assert rule.raised(replace(case, recorded=case.recorded + timedelta(days=1)))


def test_one_note_never_silences_another_answer() -> None:
    """The note of a form is about one answer; the others keep their own reasons."""
    result = reading(
        screening__unwell="yes", screening__reaction="yes", screening__anaphylaxis="yes",
        screening__already="yes", screening__note="Well again since Monday",
    )  # fmt: skip
    for field in ("screening.unwell", "screening.anaphylaxis", "screening.already"):
        assert asked_for(result.notes, field), field
    keys = [problem.reason_key for problem in result.notes if problem.needs_reason]
    assert len(keys) == len(set(keys))


def test_anaphylaxis_to_this_vaccine_stops_and_another_reaction_asks() -> None:
    (stop,) = asked_for(
        reading(screening__reaction="yes", screening__anaphylaxis="yes").notes, "screening.anaphylaxis"
    )
    assert stop.needs_adviser
    (warning,) = asked_for(
        reading(screening__reaction="yes", screening__anaphylaxis="no").notes, "screening.reaction"
    )
    assert not warning.needs_adviser
    quiet = reading(screening__reaction="no", screening__anaphylaxis="yes")  # no longer asked
    assert not asked_for(quiet.notes, "screening.anaphylaxis")


@pytest.mark.parametrize(
    ("question", "stops"),
    [
        ("immune", True),
        ("immune_contact", True),
        ("asthma", True),
        ("salicylate", True),
        ("pregnant", True),
        ("antivirals", False),
        ("egg", False),
    ],
)
def test_the_nasal_spray_is_screened_as_the_live_vaccine_that_it_is(question: str, stops: bool) -> None:
    field = f"screening.{question}"
    well = reading(**NASAL_SPRAY)
    assert not [p for p in well.notes if p.field == field or p.needs_adviser]
    found = asked_for(reading(**{**NASAL_SPRAY, field: "yes"}).notes, field)
    assert [problem.needs_adviser for problem in found if problem.needs_adviser] == [True] * stops
    assert found
    injected = {**NASAL_SPRAY, "vaccine__product": "tivc", "vaccine__route": "intramuscular", field: "yes"}
    assert not [p for p in reading(**injected).notes if p.field == field and p.needs_adviser]


def test_an_egg_allergy_that_needed_intensive_care_stops_the_nasal_spray() -> None:
    egg = {**NASAL_SPRAY, "screening__egg": "yes"}
    assert asked_for(reading(**egg, screening__egg_severe="yes").notes, "screening.egg_severe")[
        0
    ].needs_adviser
    assert not asked_for(reading(**egg, screening__egg_severe="no").notes, "screening.egg_severe")


@pytest.mark.parametrize("of", [p.id for p in programmes() if any(x.live for x in p.products.values())])
def test_a_weakened_immune_system_stops_every_live_vaccine_and_no_other(of: str) -> None:
    live = programme(of)
    for product in live.products.values():
        asked = "immune" in live.screening_of(product.id)
        assert asked is product.live, product.id
        result = reading_in_its_programme(
            session__programme=of, vaccine__product=product.id, screening__immune="yes"
        )
        stops = [p for p in result.notes if p.field == "screening.immune" and p.needs_adviser]
        assert bool(stops) is product.live, product.id


def test_only_what_applies_to_the_product_is_asked_and_routine_questions_have_not_grown() -> None:
    routine = {"unwell", "reaction", "bleeding", "pregnant", "already", "recent"}
    follow_ups = {"anaphylaxis"}  # asked after a Yes alone
    for one in programmes():
        for product in one.products.values():
            more = one.screening_of(product.id) - routine - follow_ups
            assert bool(more) <= bool(
                product.live or product.holds or one.id in ("covid-19", "yellow-fever", "cholera", "hpv")
            ), (one.id, product.id)
    assert FLU.screening_of("tivc") == routine | follow_ups
    assert FLU.screening_of("ativ") == routine | follow_ups | {"egg"}
    required = {p.field for p in reading(**dict.fromkeys(screening(FLU), "")).problems}
    assert required == {f"screening.{one}" for one in routine}


def screening(of: Programme) -> list[str]:
    return [f"screening.{one}" for one in of.screening]


def test_an_answer_about_another_product_says_nothing_of_this_one() -> None:
    """Answered for the nasal spray; then an injected vaccine was chosen."""
    answers = {**NASAL_SPRAY, "screening__asthma": "yes", "vaccine__product": "tivc"}
    result = reading(**answers)
    assert not [p for p in result.notes if p.field == "screening.asthma"]
    words = {said.question for said in result.record.screening.answers}
    assert FLU.screening["asthma"] not in words
    assert FLU.screening["unwell"] in words


def test_a_product_of_the_pharmacy_is_screened_as_those_given_the_same_way() -> None:
    kind = FLU.agreement
    spray = own_product.as_product(OwnProduct("own-1", kind, "Another spray", route="intranasal"), FLU)
    injected = own_product.as_product(OwnProduct("own-2", kind, "Another jab", route="intramuscular"), FLU)
    mine = FLU.with_products((spray, injected))
    assert "asthma" in mine.screening_of("own-1")
    assert "asthma" not in mine.screening_of("own-2")
    assert "egg" in mine.screening_of("own-2")
    assert not_asked(mine, "own-1") < not_asked(mine, "own-2")


def test_a_stop_is_gone_on_with_only_by_naming_who_advised() -> None:
    (stop,) = asked_for(reading(**{**NASAL_SPRAY, "screening.asthma": "yes"}).notes, "screening.asthma")
    assert stop.severity is Severity.LOOK  # what was done is recorded all the same
    assert stop.reason_asked.startswith("Who advised")


@pytest.mark.parametrize(("days", "doubted"), [(30, False), (31, True), (400, True)])
def test_a_contact_of_long_ago_asks_and_one_ahead_stops(days: int, doubted: bool) -> None:
    on = date(2026, 10, 14) - timedelta(days=days)
    result = reading(contact__date=f"{on.day}/{on.month}/{on.year}", vaccine__eligibility="pregnant")
    assert any("a month ago" in p.sentence for p in asked_for(result.notes, "contact.date")) is doubted
    ahead = reading(contact__date="15/10/2026")
    assert [p.field for p in ahead.problems] == ["contact.date"]


def test_another_age_day_or_dose_asks_for_its_reason_anew() -> None:
    """A reason for a small departure is none for a large one."""

    def keys(field: str, **answers: str) -> set[str]:
        return {p.reason_key for p in reading(**answers).notes if p.field == field and p.needs_reason}

    for field, one, other in (
        ("vaccine.dose_amount", {"vaccine__dose_amount": "0.25"}, {"vaccine__dose_amount": "4.9"}),
        ("vaccine.dose_amount", {"vaccine__dose_amount": "5"}, {"vaccine__dose_amount": "50"}),
        (
            "vaccine.product",
            {"vaccine__product": "ativ", "patient__date_of_birth": "1/4/1977"},
            {"vaccine__product": "ativ", "patient__date_of_birth": "1/4/2017"},
        ),
        ("contact.date", {"contact__date": "12/9/2026"}, {"contact__date": "12/9/2016"}),
        (
            "session.service",
            {"patient__date_of_birth": "15/10/2008"},
            {"patient__date_of_birth": "15/10/2018"},
        ),
    ):
        small, large = keys(field, **one), keys(field, **other)
        assert small, field
        assert not small & large, field


def test_a_mistyped_year_takes_no_rule_of_nature_away() -> None:
    spray = {**NASAL_SPRAY, "contact__date": "14/10/2024", "screening__pregnant": "yes"}
    result = reading(**{**spray, "screening.asthma": "yes"})
    for field in ("screening.pregnant", "screening.asthma"):
        assert any(p.needs_adviser for p in asked_for(result.notes, field)), field
    late = reading_in_its_programme(
        session__programme="rabies", vaccine__product="words", contact__date="14/10/2006"
    )
    assert any("a month ago" in p.sentence for p in asked_for(late.notes, "contact.date"))


def test_pregnancy_as_the_reason_fits_the_ages_at_which_it_is_asked() -> None:
    rows = OWN.raw("applicability/vaccination.toml")["rule"]
    (ages,) = [row for row in rows if row["questions"] == ["screening.pregnant"]]
    young, old = RULES["too-young-to-be-pregnant"], RULES["too-old-to-be-pregnant"]
    assert (young.to_age, old.from_age) == (ages["from_age"] - 1, ages["to_age"] + 1)
    for born, doubted in (
        ("15/10/2018", True),
        ("14/10/2018", False),
        ("15/10/1970", False),
        ("14/10/1970", True),
    ):
        result = reading(
            patient__date_of_birth=born, vaccine__eligibility="pregnant", screening__pregnant="yes"
        )
        found = [
            p
            for p in asked_for(result.notes, "vaccine.eligibility")
            if "Check the date of birth" in p.sentence
        ]
        assert bool(found) is doubted, born


@pytest.mark.parametrize(
    ("field", "answers"),
    [
        ("screening.pregnant", {"vaccine__eligibility": "pregnant", "screening__pregnant": "no"}),
        ("previous.finding", {"screening__already": "yes", "previous__finding": "none-seen"}),
        ("screening.already", {"previous__finding": "dose-seen", "screening__already": "no"}),
        ("screening.already", {"vaccine__dose_number": "2", "screening__already": "no"}),
        ("screening.recent", {"screening__recent": "yes", "previous__finding": "told-none"}),
    ],
)
def test_two_answers_that_contradict_each_other_ask_for_a_reason(field: str, answers: dict[str, str]) -> None:
    found = asked_for(reading(**answers).notes, field)
    assert any("Check both answers" in problem.sentence for problem in found)


@pytest.mark.parametrize(
    ("field", "answers", "raised"),
    [
        ("screening.egg", {"allergies__entries": "Egg: anaphylaxis"}, True),
        ("screening.egg", {"allergies__entries": "Nuts\nEGGS (hives)"}, True),
        ("screening.egg", {"allergies__entries": "Eggplant"}, False),
        ("screening.egg", {"allergies__entries": "Egg: rash", "screening__egg": "yes"}, False),
        ("screening.egg", {"allergies__entries": "Egg: rash", "vaccine__product": "tivc"}, False),
        ("screening.reaction", {"allergies__entries": "Influenza vaccine: anaphylaxis"}, True),
        ("screening.reaction", {"allergies__entries": "Neomycin"}, True),
        ("screening.reaction", {"allergies__entries": "Penicillin"}, False),
        ("allergies.status", {"allergies__status": "none-known", "screening__egg": "yes"}, True),
        ("allergies.status", {"allergies__status": "no-drug-allergy", "screening__egg": "yes"}, False),
        (
            "allergies.status",
            {
                "allergies__status": "no-drug-allergy",
                "screening__reaction": "yes",
                "screening__anaphylaxis": "yes",
            },
            True,
        ),
    ],
)
def test_allergies_are_held_against_the_health_screen(
    field: str, answers: dict[str, str], raised: bool
) -> None:
    usual = {"allergies__status": "recorded", "vaccine__product": "tive-vaxigrip"}
    found = asked_for(reading(**{**usual, **answers}).notes, field)
    assert any("Check both answers" in problem.sentence for problem in found) is raised


def test_latex_among_the_allergies_is_held_against_a_vaccine_whose_packaging_can_hold_it() -> None:
    of = next(p for p in programmes() if any("latex" in one.holds for one in p.products.values()))
    product = next(one.id for one in of.products.values() if "latex" in one.holds)
    for said, raised in (("no", True), ("yes", False)):
        result = reading_in_its_programme(
            session__programme=of.id,
            vaccine__product=product,
            screening__latex=said,
            allergies__status="recorded",
            allergies__entries="Latex gloves: rash",
        )
        found = asked_for(result.notes, "screening.latex")
        assert any("Check both answers" in problem.sentence for problem in found) is raised


@pytest.mark.parametrize(
    ("reason", "answers", "raised"),
    [
        ("declined", {"consent__to_treatment": "yes"}, True),
        ("declined", {"consent__to_treatment": "no"}, False),
        ("no-consent", {"consent__to_treatment": "yes", "consent__given_by": "parent"}, True),
        ("no-consent", {"consent__to_treatment": "no", "consent__given_by": "patient"}, True),
        ("no-consent", {"consent__to_treatment": "no", "consent__given_by": "parent"}, False),
        ("did-not-attend", {"consent__to_treatment": "yes"}, True),
        ("did-not-attend", {"consent__to_treatment": ""}, False),
        ("already-had", {"previous__finding": "none-seen"}, True),
        ("already-had", {"previous__finding": "dose-seen", "screening__already": "no"}, True),
        ("already-had", {"previous__finding": "dose-seen", "screening__already": "yes"}, False),
        ("unwell", {"screening__unwell": "no"}, True),
        ("unwell", {"screening__unwell": "yes"}, False),
        ("contraindicated", {}, True),
        ("contraindicated", {"screening__reaction": "yes"}, False),
        ("contraindicated", {"screening__note": "Severe egg allergy years ago"}, False),
    ],
)
def test_the_reason_against_a_vaccine_is_held_against_the_other_answers(
    reason: str, answers: dict[str, str], raised: bool
) -> None:
    outcome = {"vaccine__outcome": "not-given", "vaccine__not_given_reason": reason, "screening__note": ""}
    found = asked_for(reading(**{**outcome, **answers}).notes, "vaccine.not_given_reason")
    assert bool(found) is raised


def test_a_kind_of_vaccine_of_which_some_are_live_counts_as_live() -> None:
    cholera = programme("cholera")
    assert "immune" in cholera.screening_of("words")
    own = own_product.as_product(OwnProduct("own-1", "cholera", "Vaxchora", route="oral"), cholera)
    assert "immune" in cholera.with_products((own,)).screening_of("own-1")


@pytest.mark.parametrize("of", [p.id for p in programmes()])
def test_every_vaccine_has_a_usual_dose_and_tenfold_stops(of: str) -> None:
    whole = programme(of)
    for product in whole.products.values():
        own = (product.dose.value,) if product.dose else ()
        usual = own or whole.usual_doses or (whole.default_dose,)
        assert all(usual), product.id
        answers = {"session__programme": of, "vaccine__product": product.id}
        much = reading_in_its_programme(**answers, vaccine__dose_amount=str(max(filter(None, usual)) * 10))
        assert any(p.needs_adviser for p in asked_for(much.notes, "vaccine.dose_amount")), product


def test_an_nhs_flu_service_for_adults_asks_about_a_child() -> None:
    for born, doubted in (("15/10/2008", True), ("14/10/2008", False)):
        result = reading(patient__date_of_birth=born)
        assert any("18 and over" in p.sentence for p in asked_for(result.notes, "session.service")) is doubted
        private = reading(patient__date_of_birth=born, session__service="private")
        assert not asked_for(private.notes, "session.service")


@pytest.mark.parametrize(
    ("reason", "advised", "explained"),
    [
        ("", False, False),
        (".", False, False),
        ("x", False, False),
        ("- 1", False, False),
        ("Checked", False, True),
        ("Dr Bell: give it", True, True),
    ],
)
def test_a_sign_is_no_reason_and_an_adviser_has_a_name(reason: str, advised: bool, explained: bool) -> None:
    (stop,) = asked_for(reading(**{**NASAL_SPRAY, "screening.asthma": "yes"}).notes, "screening.asthma")
    (warning,) = asked_for(reading(screening__unwell="yes").notes, "screening.unwell")
    for problem, enough in ((stop, advised), (warning, explained)):
        state = FormState(reasons={problem.reason_key: reason})
        assert bool(state.reason_for(problem)) is enough
