"""Whom a question is asked, rule by rule of the data file: at the ages on both sides of each edge, and by sex."""

from datetime import date

import pytest

from digmed_desktop.clinical.applicability import not_applicable
from digmed_desktop.clinical.applicability_file import ApplicabilityFile, ApplicabilityRow
from digmed_desktop.data_files.fault import Fault
from digmed_desktop.data_files.kinds import Consequence
from digmed_desktop.data_files.source import OWN
from digmed_desktop.desk.files.data_check import DataStanding, Found

TODAY = date(2026, 11, 28)
RULES = OWN.read("applicability/vaccination.toml", ApplicabilityFile).rule


def left_out(years: int | None, sex: str = "female", **answers: str) -> frozenset[str]:
    born = f"28/11/{TODAY.year - years}" if years is not None else ""
    typed = {
        "patient.date_of_birth": born,
        "patient.sex": sex,
        **{k.replace("__", "."): v for k, v in answers.items()},
    }
    return not_applicable(lambda question: typed.get(question, ""), TODAY)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.questions[0])
def test_a_question_is_asked_from_the_first_to_the_last_year_of_its_rule(rule: ApplicabilityRow) -> None:
    mine = set(rule.questions)
    fits = {  # an answer with which every other rule of these questions leaves them in
        question: answers[0]
        for other in RULES
        if other is not rule and mine & set(other.questions)
        for question, answers in other.unless.items()
    }
    for edge, beyond in ((rule.from_age, -1), (rule.to_age, 1)):
        if edge is not None:
            assert not mine & left_out(edge, **fits), "the year itself is asked"
            if edge + beyond >= 0:
                assert mine <= left_out(edge + beyond, **fits), "the year beyond it is not"
    for sex in rule.not_sex:
        assert mine <= left_out(30, sex)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.questions[0])
def test_what_is_not_known_of_a_patient_leaves_no_question_out(rule: ApplicabilityRow) -> None:
    assert not set(rule.questions) & left_out(None, "")
    assert not set(rule.questions) & left_out(None, "unknown")


def test_whoever_is_eligible_by_pregnancy_is_asked_about_it_at_any_age_and_sex() -> None:
    for years in (5, 30, 80):
        for sex in ("female", "male", "other"):
            assert "screening.pregnant" not in left_out(years, sex, vaccine__eligibility="pregnant")


@pytest.mark.parametrize("folder", ["forms", "layouts", "applicability"])
def test_a_fault_in_a_file_of_a_form_closes_that_form_only(folder: str) -> None:
    fault = Fault(f"{folder}/vaccination.toml", "rule 1", "questions", "it is empty", "a rule")
    standing = DataStanding((Found(fault, Consequence.FORMS),))
    assert standing.closed("vaccination")
    assert not standing.closed("emergency-supply")
