"""What cannot be of an amount is refused, what is unlikely asks: at the form, in `build` and in a record import."""

import argparse
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from digmed_desktop.clinical.emergency_supply import ItemKind, SuppliedItem, SupplyRoute
from digmed_desktop.clinical.json_record import dumps
from digmed_desktop.clinical.medicine import Medicine
from digmed_desktop.clinical.medicine_files import AmountsFile
from digmed_desktop.clinical.record import Allergies, Allergy, AllergyStatus, Coded, Quantity
from digmed_desktop.clinical.supply_amounts import FILE
from digmed_desktop.clinical.supply_law import judge
from digmed_desktop.clinical.units import unit
from digmed_desktop.data_files.source import OWN
from digmed_desktop.fhir.commands import build_arguments, build_command
from tests.clinical.doors import judged
from tests.clinical.supply_examples import asked, reading, tablets
from tests.fhir import records

CODE = "39113611000001102"
RAMIPRIL = f"{CODE}\tRamipril 5mg tablets"


def test_more_a_day_than_anybody_takes_asks_at_its_limit_and_not_below() -> None:
    for row in OWN.read(FILE, AmountsFile).amount:
        for word in row.units:
            for quantity, wanted in ((row.most_a_day, False), (row.most_a_day + 1, True)):
                amount = Quantity(Decimal(quantity), unit(word))
                item = SuppliedItem(product=Coded("Zzyntholam", CODE), quantity=amount, days=1)
                found = [one for one in judge(item, SupplyRoute.PATIENT) if "a day" in one.sentence]
                assert bool(found) is wanted, (word, quantity)
                assert all(one.asks and "Not confirmed" in one.sentence for one in found)


@pytest.mark.parametrize(
    ("strength", "doubted"),
    [
        ("50mg", True),
        ("5mcg", True),
        ("5 mg", False),
        ("5 milligrams", False),
        ("", False),
        ("strong", False),
    ],
)
def test_a_strength_that_contradicts_the_name_asks(strength: str, doubted: bool) -> None:
    assert asked(reading(tablets(product=RAMIPRIL, strength=strength))) == ["item.1.strength"] * doubted


@pytest.mark.parametrize(
    ("form", "word", "fields"),
    [
        ("Tablet", "tablet", []),
        ("tablets", "tab", []),
        ("Capsule", "tablet", ["form"]),
        ("Tablet", "mL", ["unit"]),
    ],
)
def test_form_and_unit_are_held_against_the_imported_list(form: str, word: str, fields: list[str]) -> None:
    product = Coded("Ramipril 5mg tablets", CODE)
    listed = Medicine(product, ItemKind.MEDICINE, "tablet", "pom", "none", "Tablet")
    item = SuppliedItem(product=product, form=Coded(form), quantity=Quantity(Decimal(28), unit(word)))
    found = [one.field for one in judge(item, SupplyRoute.PATIENT, listed) if one.asks]
    assert found == fields


def build(tmp_path: Path, *, items: int = 1, allergy: str = "", **changes: Any) -> int:
    """Build the message of a record with so many items of one kind; return the exit status."""
    made = records.supply()
    changes = {"strength": "", "preparation": "other", "amount_is": "", **changes}
    item = replace(made.items[0], product=Coded("Ramipril 5mg tablets", CODE), **changes)
    told = Allergies(AllergyStatus.RECORDED, (Allergy(Coded(allergy)),))
    allergies = told if allergy else made.allergies
    file = tmp_path / "record.json"
    file.write_text(
        dumps(
            replace(
                made,
                items=tuple(replace(item, indication=f"Item {n}") for n in range(items)),
                allergies=allergies,
            )
        ),
        encoding="utf-8",
    )
    grammar = argparse.ArgumentParser()
    build_arguments(grammar)
    return build_command(grammar.parse_args([str(file), "--out", str(tmp_path / "out.xml")]), judged)


def amount(value: str, word: str = "tablet") -> Quantity:
    return Quantity(Decimal(value), unit(word))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"days": 0}, "whole number from 1 to 366"),
        ({"days": -3}, "whole number from 1 to 366"),
        ({"days": 367}, "whole number from 1 to 366"),
        ({"quantity": amount("0")}, "Enter the quantity"),
        ({"quantity": amount("-28")}, "Enter the quantity"),
        ({"quantity": amount("12345678")}, "Enter the quantity"),
        ({"quantity": amount("28", "28 tablets")}, "Enter only the unit"),
        ({"quantity": amount("2800"), "days": 28}, "a day"),
        ({"strength": "500mg"}, "Check the strength"),
        ({"allergy": "Ramipril"}, "Check the allergies"),
        ({"items": 9}, "takes at most 8"),
    ],
)
def test_build_refuses_or_doubts_what_the_form_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, Any], said: str
) -> None:
    assert build(tmp_path, **changes) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out.xml").exists()


def test_build_wants_a_reason_on_a_line_of_its_own_for_each_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    warnings: dict[str, Any] = {"strength": "500mg", "allergy": "Ramipril"}
    for reason in ("", "Seen on the pack.", "Seen on the pack.\n.\n-"):
        assert build(tmp_path, **warnings, reason=reason) == 2
        assert "2 reasons, each on its own line" in capsys.readouterr().err
    assert build(tmp_path, **warnings, reason="Seen on the pack.\nA cough, no allergy.") == 0


def test_eight_items_are_taken_and_a_ninth_is_refused_in_words(tmp_path: Path) -> None:
    assert build(tmp_path, items=8) == 0
    answers = tablets()
    for number in range(2, 10):
        answers |= {
            key.replace("item.1.", f"item.{number}."): text
            for key, text in answers.items()
            if key.startswith("item.1.")
        } | {f"item.{number}.indication": f"Item {number}"}
    assert reading(answers | {"item.count": "8"}).problems == ()
    (problem,) = reading(answers | {"item.count": "9"}).problems
    assert "9 items" in problem.sentence
    assert "second supply" in problem.sentence
