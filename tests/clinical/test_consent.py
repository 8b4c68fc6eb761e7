"""Who decides and who can: asked by age and by who decided, kept as answered, with what each answer means."""

import pytest

from digmed_desktop.clinical.problem import Problem
from digmed_desktop.clinical.vaccination import Reading
from tests.clinical.examples import reading, stops

ABILITIES = ("consent.understands", "consent.retains", "consent.weighs", "consent.communicates")
DECIDES_FOR = ("clinician", "court-deputy", "power-of-attorney")
FIFTEEN, SIXTEEN = "15/10/2010", "14/10/2010"  # 15 until tomorrow, 16 today
SEVENTEEN, EIGHTEEN = "15/10/2008", "14/10/2008"
OTHERS = {"consent__name": "Ada Bell", "consent__relationship": "Daughter"}
NOT_ABLE = {"consent__weighs": "no"}


def asked_for(result: Reading, field: str) -> list[Problem]:
    return [problem for problem in result.notes if problem.field == field and problem.needs_reason]


@pytest.mark.parametrize("question", [*ABILITIES, "consent.assessed_by"])
def test_a_child_under_16_decides_alone_only_once_its_competence_was_assessed(question: str) -> None:
    assert stops(reading(patient__date_of_birth=FIFTEEN, **{question: ""}), question)
    assert not stops(reading(patient__date_of_birth=SIXTEEN, **{question: ""}), question)
    parent = {**OTHERS, "consent__given_by": "parent", question: ""}
    assert reading(patient__date_of_birth=FIFTEEN, **parent).sendable


@pytest.mark.parametrize("giver", DECIDES_FOR)
@pytest.mark.parametrize("question", [*ABILITIES, "consent.assessed_by"])
def test_before_another_decides_for_an_adult_the_capacity_was_assessed(giver: str, question: str) -> None:
    answers = {**OTHERS, **NOT_ABLE, "consent__given_by": giver}
    assert reading(**answers).sendable
    assert stops(reading(**{**answers, question: ""}), question)


@pytest.mark.parametrize(
    ("question", "stop"),
    [("understands", True), ("retains", False), ("weighs", True), ("communicates", False)],
)
def test_a_child_who_lacks_a_part_of_competence_does_not_decide_alone(question: str, stop: bool) -> None:
    field = f"consent.{question}"
    (found,) = asked_for(reading(patient__date_of_birth=FIFTEEN, **{field: "no"}), field)
    assert found.needs_adviser is stop
    assert "parental responsibility" in found.sentence
    assert not asked_for(reading(patient__date_of_birth=SIXTEEN, **{field: "no"}), field)


def test_an_adult_who_can_decide_is_asked_and_nobody_else() -> None:
    answers = {**OTHERS, "consent__given_by": "clinician"}
    assert any("can decide" in p.sentence for p in asked_for(reading(**answers), "consent.given_by"))
    assert not asked_for(reading(**answers, **NOT_ABLE), "consent.given_by")


@pytest.mark.parametrize(
    ("born", "says", "stop"),
    [
        (FIFTEEN, "", False),
        (SIXTEEN, "From 16", False),
        (SEVENTEEN, "From 16", False),
        (EIGHTEEN, "for an adult", True),
        ("12/3/1950", "for an adult", True),
    ],
)
def test_a_parent_decides_for_a_child_is_asked_why_from_16_and_stopped_from_18(
    born: str, says: str, stop: bool
) -> None:
    result = reading(patient__date_of_birth=born, consent__given_by="parent", **OTHERS)
    found = asked_for(result, "consent.given_by")
    assert [says in problem.sentence for problem in found] == [True] * bool(says)
    assert any(problem.needs_adviser for problem in found) is stop


def test_consent_of_a_parent_who_is_not_there_says_to_note_how_it_was_given() -> None:
    parent = {**OTHERS, "consent__given_by": "parent", "patient__date_of_birth": FIFTEEN}
    for present, said in (("no", True), ("yes", False), ("", False)):
        found = reading(**parent, consent__parent_present=present)
        about = [one for one in found.notes if one.field == "consent.parent_present"]
        assert ["by telephone" in one.sentence for one in about] == ([True] if said else []), present
        assert not any(one.needs_reason for one in about)
        assert found.sendable


def test_only_somebody_with_parental_responsibility_decides_for_a_child() -> None:
    field, answers = "consent.parental_responsibility", {"consent__given_by": "parent", **OTHERS}
    child = {"patient__date_of_birth": FIFTEEN, **answers}
    (found,) = asked_for(reading(**child, consent__parental_responsibility="no"), field)
    assert found.needs_adviser
    assert not asked_for(reading(**child), field)
    assert stops(reading(**child, consent__parental_responsibility=""), field)


@pytest.mark.parametrize("giver", ["power-of-attorney", "court-deputy"])
def test_a_power_must_cover_health_and_welfare(giver: str) -> None:
    answers = {**OTHERS, **NOT_ABLE, "consent__given_by": giver}
    (found,) = asked_for(reading(**answers, consent__authority="no"), "consent.authority")
    assert not found.needs_adviser  # the text of the Act was not read
    assert not asked_for(reading(**answers), "consent.authority")
    assert stops(reading(**answers, consent__authority=""), "consent.authority")


def test_nobody_under_18_gives_a_power_of_attorney() -> None:
    answers = {**OTHERS, **NOT_ABLE, "consent__given_by": "power-of-attorney"}
    young, adult = (reading(patient__date_of_birth=born, **answers) for born in (SEVENTEEN, EIGHTEEN))
    assert asked_for(young, "consent.given_by")
    assert not asked_for(adult, "consent.given_by")


def test_an_advocate_is_consulted_and_does_not_decide() -> None:
    assert asked_for(reading(consent__given_by="imca", **OTHERS), "consent.given_by")


def test_best_interests_name_who_was_consulted() -> None:
    answers = {**OTHERS, **NOT_ABLE, "consent__given_by": "clinician"}
    assert stops(reading(**answers, consent__consulted=""), "consent.consulted")
    assert reading(**answers).record.consent.consulted == "Joan Smith, daughter"


def test_what_is_no_longer_asked_is_not_in_the_record() -> None:
    """The answers of a child stay on the form, and the record of an adult states none of them."""
    child = reading(patient__date_of_birth=FIFTEEN).record.consent
    assert (child.understands, child.retains, child.weighs, child.communicates) == (True,) * 4
    assert child.assessed_by == "Amira Khan"
    adult = reading().record.consent
    assert (adult.understands, adult.retains, adult.weighs, adult.communicates) == (None,) * 4
    assert (adult.assessed_by, adult.consulted) == ("", "")
    assert (adult.authority, adult.parental_responsibility) == (None, None)


def test_refusing_to_share_on_the_nhs_says_what_the_service_requires() -> None:
    def said(**answers: str) -> list[str]:
        result = reading(consent__to_sharing="no", **answers)
        return [p.sentence for p in result.notes if p.field == "consent.to_sharing"]

    assert any("NHS service requires" in one for one in said(session__service="nhs"))
    assert not said(session__service="private")


def test_a_private_vaccination_under_the_nhs_service_asks() -> None:
    result = reading(vaccine__eligibility="private", session__service="nhs")
    assert asked_for(result, "session.service")
    assert not asked_for(
        reading(vaccine__eligibility="private", session__service="private"), "session.service"
    )
