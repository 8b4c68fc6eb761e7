"""Form and strength are asked for where the name does not make them apparent: the register needs both."""

from dataclasses import replace
from decimal import Decimal

import pytest

from digmed_desktop.clinical.emergency_supply import ItemKind, SuppliedItem, SupplyRoute
from digmed_desktop.clinical.medicine import Medicine
from digmed_desktop.clinical.record import Coded, Quantity
from digmed_desktop.clinical.supply_law import judge
from tests.clinical.supply_examples import asked, reading, tablets

CODE = "39113611000001102"


def item_of(name: str, unit: str) -> SuppliedItem:
    amount = Quantity(Decimal(1), Coded(unit))
    return SuppliedItem(
        product=Coded(name, CODE), quantity=amount, legal_class="pom", schedule="none", preparation="other"
    )


def asks(item: SuppliedItem, listed: Medicine | None = None) -> set[str]:
    found = judge(item, SupplyRoute.PATIENT, listed)
    return {one.field for one in found if one.asks and one.field in ("form", "strength")}


@pytest.mark.parametrize(
    ("name", "unit", "missing"),
    [
        ("Amoxicillin", "", {"form", "strength"}),
        ("Amoxicillin", "capsule", {"strength"}),
        ("Amoxicillin 500mg", "", {"form"}),
        ("Amoxicillin capsules", "", {"strength"}),
        ("Amoxicillin 500mg capsules", "", set()),
        ("Amoxicillin 500mg", "capsules", set()),
        ("Ventolin Evohaler", "dose", {"strength"}),
        ("Microgynon 30", "tablet", set()),
        ("Fucidin 20mg/g", "g", {"form"}),
    ],
)
def test_what_the_name_and_the_unit_do_not_say_is_asked_for(name: str, unit: str, missing: set[str]) -> None:
    item = item_of(name, unit)
    assert asks(item) == missing
    stated = replace(item, form=Coded("Capsule"), strength="500mg" if "strength" in missing else "")
    assert asks(stated) == set()
    assert asks(replace(item, legal_class="p")) == set(), "the register is of prescription-only medicines"


def test_a_product_of_the_imported_dmd_and_an_appliance_ask_nothing() -> None:
    listed = Medicine(Coded("Amoxicillin", CODE), ItemKind.MEDICINE, "capsule", "pom", "none", "Capsule")
    assert asks(item_of("Amoxicillin", "capsule"), listed) == set()
    assert asks(SuppliedItem(ItemKind.APPLIANCE, Coded("Needles"))) == set()


@pytest.mark.parametrize("route", ["patient", "prescriber"])
def test_the_form_wants_a_reason_where_they_are_missing_and_names_the_schedule(route: str) -> None:
    found = reading(tablets(route, product=f"{CODE}\tAmoxicillin"))
    assert asked(found) == ["item.1.strength"]
    assert "Schedule 23" in next(one.sentence for one in found.notes if one.needs_reason)
    assert asked(reading(tablets(route, product=f"{CODE}\tAmoxicillin", strength="500mg"))) == []
