"""Earlier emergency supplies to the same patient: counted, shown, and asked about where they matter."""

from dataclasses import replace

import pytest

from digmed_desktop.clinical.form_state import CorrectionOf, FormState
from digmed_desktop.clinical.particulars import entry_pairs
from digmed_desktop.clinical.problem import Problem
from tests.clinical.supply_examples import complete_answers, tablets
from tests.desk.conftest import Counter
from tests.desk.test_supplying import FORM, finish

FIELD = "request.asked_by"


def said(shop: Counter, answers: dict[str, str], state: FormState | None = None) -> list[Problem]:
    found = shop.desk.preview(FORM, state or FormState(answers)).problems
    return [one for one in found if one.field == FIELD]


def test_the_first_supply_says_nothing_and_each_later_one_counts_those_before(shop: Counter) -> None:
    assert said(shop, complete_answers()) == []
    for number, words in ((1, "once"), (2, "2 times"), (3, "3 times"), (4, "4 times")):
        finish(shop, complete_answers())
        (found,) = said(shop, complete_answers())
        assert words in found.sentence, number
        assert "Humulin" in found.sentence
        assert "only what this pharmacy" in found.sentence
    assert "and 1 before" in found.sentence


def test_the_same_medicine_or_one_of_schedule_4_or_5_wants_a_reason(shop: Counter) -> None:
    finish(shop, complete_answers())
    assert [one.needs_reason for one in said(shop, complete_answers())] == [True]
    assert [one.needs_reason for one in said(shop, tablets())] == [False]
    controlled = tablets(schedule="5", directions="Take one a day", quantity="5", days="5")
    assert [one.needs_reason for one in said(shop, controlled)] == [True]


@pytest.mark.parametrize(("days", "counted"), [(183, True), (184, False)])
def test_supplies_are_counted_for_about_six_months(shop: Counter, days: int, counted: bool) -> None:
    finish(shop, complete_answers())
    shop.clock.move(days=days)
    later = shop.clock.now()
    answers = tablets() | {"contact.date": f"{later.day}/{later.month}/{later.year}"}
    assert bool(said(shop, answers)) is counted


def test_another_patient_a_withdrawn_supply_and_the_one_that_is_corrected_do_not_count(shop: Counter) -> None:
    made = finish(shop, complete_answers())
    other = complete_answers({"patient.nhs_number": "999 345 7890", "patient.family": "Brown"})
    assert said(shop, other) == []
    correcting = FormState(complete_answers(), correction=CorrectionOf(made, "Another dose."))
    assert said(shop, {}, correcting) == []
    shop.desk.acts.take_back(made, shop.ada, "Entered for the wrong patient.")
    assert said(shop, complete_answers()) == []


def test_a_supply_without_an_nhs_number_is_found_by_name_and_birth(shop: Counter) -> None:
    finish(shop, complete_answers({"patient.nhs_number": ""}))
    assert len(said(shop, complete_answers())) == 1
    assert (
        said(shop, complete_answers({"patient.date_of_birth": "13/3/1971", "patient.nhs_number": ""})) == []
    )


def test_a_supply_that_was_not_shared_counts_as_any_other(shop: Counter) -> None:
    unshared = complete_answers({"consent.to_sharing": "no"})
    kept = shop.desk.send(FORM, "kept", answered(shop, FormState(unshared)), shop.ada)
    assert (kept.notification, kept.register) == (None, 1)
    (found,) = said(shop, complete_answers())
    assert "once" in found.sentence
    assert "Humulin" in found.sentence
    assert found.needs_reason
    without_number = complete_answers({"patient.nhs_number": ""})
    assert len(said(shop, without_number)) == 1
    for other in (
        {"patient.nhs_number": "999 000 0018"},
        {"patient.nhs_number": "", "patient.date_of_birth": "12/3/1970"},
    ):
        assert said(shop, complete_answers(other)) == []
    finish(shop, complete_answers())
    assert "2 times" in said(shop, complete_answers())[0].sentence


def test_why_a_supply_was_made_all_the_same_stands_in_the_register(shop: Counter) -> None:
    doubtful = tablets(schedule="none", product="39113611000001102\tDiazepam 5mg tablets")
    shop.desk.send(FORM, "kept", answered(shop, FormState(doubtful | {"consent.to_sharing": "no"})), shop.ada)
    (entry,) = shop.store.register.page()
    told = [lines for label, lines in entry_pairs(entry.content) if label == "Decided by the pharmacist"]
    assert "Check the schedule" in told[0][0]
    assert "Reason: It is a test" in told[0][0]


def answered(shop: Counter, state: FormState) -> FormState:
    """Return the form with a reason for whatever is asked."""
    asked = (one for one in shop.desk.preview(FORM, state).problems if one.needs_reason)
    return replace(state, reasons={one.reason_key: "It is a test" for one in asked})
