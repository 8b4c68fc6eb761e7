"""The answers of the emergency supply form: a sentence at the field for each mistake, and the record they make."""

from decimal import Decimal

import pytest

from digmed_desktop.clinical import form
from digmed_desktop.clinical.directions import days_of, shown_days
from digmed_desktop.clinical.emergency_supply import AskedBy, ItemKind, SupplyRoute
from digmed_desktop.clinical.medicine import picked, product_answer
from digmed_desktop.clinical.units import unit
from tests.clinical.supply_examples import PHARMACIST, asked, complete_answers, reading, tablets


def fields(answers: dict[str, str]) -> list[str]:
    return [p.field for p in reading(answers).problems]


def test_the_example_makes_the_whole_record() -> None:
    record = reading(complete_answers()).record
    assert record.supply_route is SupplyRoute.PATIENT
    assert record.asked_by is AskedBy.NHS_111
    assert record.reason_for_service == (
        "Referred by NHS 111, reference 111-0042: Insulin left on the train; the practice is closed until Tuesday."
    )
    assert record.collected_by == "Patient"
    assert record.pharmacist == PHARMACIST
    insulin, needles = record.items
    assert insulin.product is not None
    assert insulin.product.code == "37417211000001103"
    assert insulin.quantity is not None
    assert (insulin.quantity.value, insulin.quantity.unit.code) == (Decimal(2), "732988008")
    assert needles.kind is ItemKind.APPLIANCE
    assert needles.legal_class == needles.schedule == ""
    assert record.patient_conditions.nature_of_emergency.startswith("Insulin left")
    assert record.supplied is True


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"item.1.unit": ""}, "item.1.unit", "Enter the unit"),
        ({"item.1.quantity": ""}, "item.1.quantity", "Enter the quantity"),
        ({"item.1.quantity": "2 boxes"}, "item.1.quantity", "with digits"),
        ({"item.1.quantity": "0"}, "item.1.quantity", "above zero"),
        ({"item.1.quantity": "-2"}, "item.1.quantity", "with digits"),
        ({"item.1.unit": "28 tablet"}, "item.1.unit", "Enter only the unit"),
        ({"item.1.days": "two weeks"}, "item.1.days", "whole number"),
        ({"item.1.days": "0"}, "item.1.days", "whole number"),
        ({"item.1.days": "1.5"}, "item.1.days", "whole number"),
        ({"item.1.schedule": ""}, "item.1.schedule", "Select the controlled drug schedule"),
        ({"item.1.schedule": "unknown"}, "item.1.schedule", "Check the schedule"),
        ({"item.1.legal_class": ""}, "item.1.legal_class", "Select the legal class"),
        ({"item.1.product": ""}, "item.1.product", "Enter the medicine or appliance"),
        ({"item.1.product": "12345\tHumulin"}, "item.1.product", "Choose the product again"),
        ({"item.2.directions": " "}, "item.2.directions", "Enter the directions"),
        ({"contact.date": "4/4/2026"}, "contact.date", "must not be in the future"),
        ({"contact.time": "23:59"}, "contact.time", "must not be in the future"),
        ({"contact.reason": ""}, "contact.reason", "Enter the nature of the emergency"),
        ({"request.asked_by": ""}, "request.asked_by", "Select who requested"),
        ({"decision.outcome": ""}, "decision.outcome", "Select the decision"),
        ({"consent.to_treatment": "no"}, "consent.to_treatment", "only what the patient agrees to"),
        ({"session.pharmacist": ""}, "session.pharmacist", "Select the pharmacist"),
        ({"patient.identity_checked": "no"}, "patient.identity_checked", "Check who the patient is"),
    ],
)  # fmt: skip
def test_bad_input_gets_a_sentence_at_its_field(changes: dict[str, str], field: str, words: str) -> None:
    problems = reading(complete_answers(changes)).problems
    assert words in next(p.sentence for p in problems if p.field == field)


def test_each_mistake_alone_stops() -> None:
    assert fields(complete_answers()) == []


@pytest.mark.parametrize(
    "missing", ["address_lines", "family", "profession", "registration", "why", "undertaken"]
)
def test_a_prescriber_is_told_whole(missing: str) -> None:
    assert fields(tablets("prescriber") | {f"prescriber.{missing}": ""}) == [f"prescriber.{missing}"]


def test_days_that_contradict_quantity_and_directions_ask_for_a_reason() -> None:
    answers = tablets(quantity="28", days="28", directions="Take one tablet twice a day")
    found = reading(answers)
    assert found.problems == ()
    assert asked(found) == ["item.1.days"]
    assert [p.sentence for p in found.notes if p.field == "item.1.days"] == [
        "Check days, quantity and directions: by the directions this lasts 14 days."
    ]
    assert reading(answers | {"item.1.days": "14"}).notes == ()


def test_a_name_alone_leaves_the_way_on_paper() -> None:
    found = reading(complete_answers({"item.1.product": "Insulin 100units/ml of the patient's own"}))
    assert found.only_on_paper
    assert [p.field for p in found.on_paper] == ["item.1.product"]
    assert found.record.items[0].product is not None
    assert not found.record.items[0].product.is_coded


def test_not_supplied_is_told_on_paper_and_needs_no_items() -> None:
    answers = complete_answers(
        {
            "decision.outcome": "not-supplied",
            "decision.asked_for": "Tramadol 50mg capsules",
            "decision.reason": "law",
            "decision.note": "Sent to the out-of-hours service.",
            "conditions.interviewed": "",
            "consent.to_treatment": "",
            "consent.given_by": "",
            "allergies.status": "",
        }
    )
    found = reading(answers)
    assert found.only_on_paper
    assert found.record.items == ()
    assert found.record.not_supplied_reason.split("\n") == [
        "Tramadol 50mg capsules",
        "The law does not allow it",
        "Sent to the out-of-hours service.",
    ]
    assert "decision.reason" in fields(answers | {"decision.reason": ""})


@pytest.mark.parametrize("checked", ["", "no"])
def test_somebody_who_could_not_be_reached_cannot_have_been_identified(checked: str) -> None:
    answers = complete_answers(
        {
            "request.asked_by": "nhs-111",
            "decision.outcome": "not-supplied",
            "decision.asked_for": "Salbutamol inhaler",
            "decision.reason": "unreachable",
            "decision.note": "Telephoned three times.",
            "patient.identity_checked": checked,
        }
    )
    found = reading(answers)
    assert found.only_on_paper
    assert "The patient could not be reached" in found.record.not_supplied_reason
    assert "patient.identity_checked" in fields(answers | {"decision.reason": "declined"})


def test_only_a_pharmacist_finishes() -> None:
    assert [p.field for p in reading(complete_answers(), may_finish=False).problems] == ["session.pharmacist"]
    assert [p.field for p in reading(complete_answers(), pharmacist=None).problems] == ["session.pharmacist"]


def test_told_but_not_seen_asks_why_it_is_believed() -> None:
    answers = complete_answers({"conditions.seen_in": "told"})
    assert fields(answers) == ["conditions.seen_note"]
    assert fields(answers | {"conditions.seen_note": "Seen by our locum last month"}) == []


def test_an_item_taken_away_takes_its_answers_and_moves_the_others_up() -> None:
    questions = form.load("emergency-supply")
    answers = form.without_copy(questions.repeating[0], complete_answers(), 1)
    assert form.copies(questions.repeating[0], answers) == 1
    assert answers["item.1.quantity"] == "28"
    assert "item.2.quantity" not in answers
    assert "item.1.schedule" not in answers
    assert reading(answers).problems == ()


@pytest.mark.parametrize(
    ("typed", "number"), [("", 1), ("0", 1), ("-3", 1), ("x", 1), ("3", 3), ("99", 8), ("٣", 1)]
)
def test_a_form_has_at_least_one_and_at_most_eight_items(typed: str, number: int) -> None:
    questions = form.load("emergency-supply").laid_out({"item.count": typed})
    assert sum(group.copy_of == "item" for group in questions.groups) == number
    assert len({field.id for field in questions.fields()}) == len(list(questions.fields()))


def test_a_product_survives_as_an_answer() -> None:
    product = picked("37417211000001103\tHumulin M3")
    assert product is not None
    assert picked(product_answer(product)) == product
    assert picked("Only words") is not None
    assert picked("  ") is None


@pytest.mark.parametrize(
    ("quantity", "word", "directions", "days"),
    [
        ("28", "tablet", "Take ONE tablet twice a day", "14"),
        ("28", "tablets", "1 bd", "14"),
        ("56", "tablet", "Take two tablets in the morning and at night", "14"),
        ("61", "tablet", "One tablet twice daily", "30.5"),
        ("100", "mL", "5ml three times a day", "6.6"),
        ("150", "ml", "One 5ml spoonful to be taken twice daily", "15"),
        ("28", "capsule", "One to be taken at night", "28"),
        ("28", "tablet", "one every 8 hours", "9.3"),
        ("28", "tablet", "Take half a tablet once a day", "56"),
        ("28", "tablet", "1 tablet once daily at night", "28"),
        ("200", "dose", "Inhale 2 puffs twice a day", "50"),
        ("28", "tablet", "Take one 500mg tablet daily", "28"),
    ],
)  # fmt: skip
def test_plain_directions_are_counted(quantity: str, word: str, directions: str, days: str) -> None:
    found = days_of(Decimal(quantity), word, directions)
    assert found is not None
    assert shown_days(found) == days


@pytest.mark.parametrize(
    ("word", "directions"),
    [
        ("tablet", "one or two up to four times a day"),
        ("tablet", "1 tablet when required"),
        ("tablet", "1-2 tablets daily"),
        ("tablet", "one tablet weekly"),
        ("tablet", "take one on alternate days"),
        ("tablet", "Take one in the morning and two at night"),
        ("tablet", "As previously advised"),
        ("tablet", "Take two now then one daily"),
        ("tablet", "5ml three times a day"),
        ("cartridge", "Inject 10 units twice a day"),
        ("inhaler", "Inhale 2 puffs twice a day"),
        ("needle", "Use a new needle each time"),
        ("tablet", ""),
        ("tablet", "Take 5 milligrams daily"),
        ("tablet", "Take 100 micrograms daily"),
        ("tablet", "Take 1 gram twice a day"),
        ("capsule", "Take 400 international units daily"),
        ("capsule", "Take 800 iu daily"),
        ("sachet", "Take 20 mmol twice a day"),
    ],
)  # fmt: skip
def test_other_directions_are_not_guessed(word: str, directions: str) -> None:
    assert days_of(Decimal(28), word, directions) is None


def test_directions_that_cannot_be_counted_are_told() -> None:
    said = [one.sentence for one in reading(tablets()).law if one.field == "item.1.days"]
    assert "The days cannot be worked out from these directions: work them out yourself." in said


def test_a_unit_is_coded_where_its_code_is_known() -> None:
    assert unit(" Cartridges ").code == "732988008"
    assert (unit("ml").display, unit("ML").code) == ("mL", "258773002")
    assert unit("thing") == unit("thing")
    assert not unit("thing").is_coded
