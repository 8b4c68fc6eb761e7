"""The rules of who decides and of an unlikely date hold for a supply as they do for a vaccination."""

import pytest

from digmed_desktop.clinical.problem import Problem
from digmed_desktop.clinical.record import CONSENTS_ALONE
from digmed_desktop.clinical.shared_rules_file import BOTH_FORMS, SharedRulesFile
from digmed_desktop.data_files.source import OWN
from tests.clinical.supply_examples import complete_answers, reading

RULES = {row.id: row for row in OWN.read(BOTH_FORMS, SharedRulesFile).rule}
ABLE = {f"consent.{part}": "yes" for part in ("understands", "retains", "weighs", "communicates")} | {
    "consent.assessed_by": "Amira Khan"
}
CHILD, ADULT = {"patient.date_of_birth": "3/4/2015"}, {"patient.date_of_birth": "3/4/1972"}


def said(rule: str, answers: dict[str, str]) -> Problem | None:
    found = reading(complete_answers(answers)).notes
    return next((one for one in found if one.sentence.startswith(RULES[rule].sentence)), None)


@pytest.mark.parametrize(
    ("rule", "answers", "not_said"),
    [
        ("parent-of-an-adult", ADULT | {"consent.given_by": "parent"}, {"consent.given_by": "patient"}),
        (
            "child-does-not-understand",
            CHILD | ABLE | {"consent.understands": "no"},
            {"consent.understands": "yes"},
        ),
        ("child-does-not-weigh", CHILD | ABLE | {"consent.weighs": "no"}, {"consent.weighs": "yes"}),
        (
            "no-parental-responsibility",
            CHILD | {"consent.given_by": "parent", "consent.parental_responsibility": "no"},
            {"consent.parental_responsibility": "yes"},
        ),
        (
            "power-without-welfare",
            ADULT | {"consent.given_by": "power-of-attorney", "consent.authority": "no"},
            {"consent.authority": "yes"},
        ),
        ("advocate-decides", ADULT | {"consent.given_by": "imca"}, {"consent.given_by": "court-deputy"}),
        (
            "able-but-others-decide",
            ADULT | ABLE | {"consent.given_by": "clinician"},
            {"consent.understands": "no"},
        ),
        (
            "best-interests-of-a-child",
            CHILD | {"consent.given_by": "clinician"},
            {"consent.given_by": "parent"},
        ),
        ("long-ago", {"contact.date": "3/3/2026"}, {"contact.date": "4/3/2026"}),
    ],
)
def test_a_rule_of_both_forms_is_raised_on_a_supply_and_at_its_limit_only(
    rule: str, answers: dict[str, str], not_said: dict[str, str]
) -> None:
    found = said(rule, answers)
    assert found is not None
    assert found.needs_reason
    assert found.needs_adviser is (RULES[rule].weight == "stop")
    assert said(rule, answers | not_said) is None


def test_what_decides_is_required_of_whom_it_is_asked() -> None:
    def open_questions(answers: dict[str, str]) -> set[str]:
        found = reading(complete_answers(answers)).problems
        return {one.field for one in found if one.field.startswith("consent.")}

    assert open_questions(ADULT) == set()
    assert open_questions(CHILD) == ABLE.keys()
    assert open_questions(CHILD | {"consent.given_by": "parent", "consent.name": "Joan Smith"}) == {
        "consent.parental_responsibility"
    }
    others = {"consent.given_by": "power-of-attorney", "consent.name": "Joan Smith"}
    wanted = ABLE.keys() | {"consent.authority", "consent.relationship"}
    assert open_questions(ADULT | others) == wanted
    best = {"consent.given_by": "clinician", "consent.name": "Dr Okafor"}
    assert open_questions(ADULT | best) == ABLE.keys() | {"consent.consulted"}
    not_supplied = {"decision.outcome": "not-supplied", "consent.to_treatment": "", "consent.given_by": ""}
    assert open_questions(CHILD | not_supplied) == set()


def test_every_part_of_consent_is_in_the_record() -> None:
    answers = ADULT | ABLE | {
        "consent.given_by": "clinician", "consent.name": "Dr Okafor", "consent.consulted": "Joan Smith, daughter",
        "consent.understands": "no",
    }  # fmt: skip
    consent = reading(complete_answers(answers)).record.consent
    assert (consent.understands, consent.weighs, consent.assessed_by) == (False, True, "Amira Khan")
    assert consent.consulted == "Joan Smith, daughter"
    assert RULES["child-does-not-weigh"].to_age + 1 == CONSENTS_ALONE  # type: ignore[operator]
