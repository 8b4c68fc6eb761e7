"""The whole list of controlled drugs, brands and look-alikes, in one table: each door and route, with and without dm+d."""

from dataclasses import replace

from digmed_desktop.clinical.controlled_drugs import ControlledName, all_names
from digmed_desktop.clinical.emergency_supply import (
    NEVER_SUPPLIED,
    EmergencySupplyRecord,
    ItemKind,
    SupplyRoute,
)
from digmed_desktop.clinical.medicine import (
    OF_THE_PRODUCT,
    OF_THE_TREATMENT,
    Medicine,
    answers_of_product,
)
from digmed_desktop.clinical.problem import Severity
from digmed_desktop.clinical.questions.writer import Here
from digmed_desktop.clinical.reading import Reading
from digmed_desktop.clinical.record import Coded
from digmed_desktop.clinical.record_import import answers_of
from digmed_desktop.clinical.supply_record import law_faults
from tests.clinical.supply_examples import reading, tablets
from tests.fhir import records

CODE = "39113611000001102"
ABOUT = ("schedule", "legal_class", "kind")
AT_THE_FORM, HANDED_OVER = 3, 36
"""Every so many names go through these doors, which read whole forms; the whole list does so in the slow tests."""


def named(one: ControlledName) -> Coded:
    return Coded(f"{one.name} 10mg tablets", CODE)


def of_dmd(one: ControlledName) -> Medicine:
    """Return the product as an imported release has it, in the first of its schedules."""
    return Medicine(
        named(one), ItemKind.MEDICINE, "tablet", "pom", one.schedules[0] if one.schedules else "none"
    )


def at_the_form(found: Reading[EmergencySupplyRecord]) -> str:
    """Return what the form does with the item: stop, ask or nothing."""
    fields = {f"item.1.{field}" for field in ABOUT}
    about = [one for one in (*found.problems, *found.notes) if one.field in fields]
    if any(one.severity is Severity.STOP for one in about):
        return "stop"
    return "ask" if any(one.needs_reason for one in about) else ""


def wanted(one: ControlledName, *, with_dmd: bool) -> str:
    if not one.schedules:
        return ""
    if with_dmd and one.schedules[0] in NEVER_SUPPLIED:
        return "stop"  # whatever its name says
    never = one.in_form("10mg tablets").is_never_supplied
    return "stop" if never and one.confidence.may_stop else "ask"


def record_of(one: ControlledName, route: SupplyRoute) -> EmergencySupplyRecord:
    made = records.supply()
    item = replace(
        made.items[0],
        product=named(one),
        strength="",
        schedule="none",
        legal_class="pom",
        preparation="other",
    )
    return replace(made, items=(item,), supply_route=route)


def test_no_name_passes_a_door_as_no_controlled_drug() -> None:
    for number, one in enumerate(all_names()):
        route = list(SupplyRoute)[number % 2]
        with_dmd = number % 4 > 1
        known = of_dmd(one)
        if number % AT_THE_FORM == 0:
            answers = tablets(route.value, product=f"{CODE}\t{named(one).display}", schedule="none")
            found = reading(answers, listed=lambda _code, known=known, here=with_dmd: known if here else None)
            assert at_the_form(found) == wanted(one, with_dmd=with_dmd), (one.name, route, with_dmd)
        for other in SupplyRoute:
            faults = [where for where, said in law_faults(record_of(one, other)) if one.source in said]
            fields = {where.rpartition(".")[2] for where in faults}
            expected = wanted(one, with_dmd=False)
            assert bool(fields & {*ABOUT}) == (expected == "stop"), (one.name, other)
            assert ("reason" in fields) == (expected == "ask"), (one.name, other)
        if number % HANDED_OVER == 0:
            taken = answers_of(record_of(one, route), reading, Here())
            assert at_the_form(reading(taken)) == wanted(one, with_dmd=False), one.name


def test_picking_another_product_leaves_nothing_of_the_first() -> None:
    before = {f"item.1.{name}": "of the first" for name in (*OF_THE_PRODUCT, *OF_THE_TREATMENT)}
    for one in all_names()[::9]:
        for medicine in (of_dmd(one), Medicine(named(one)), None):
            after = answers_of_product("item.1", medicine, before, replaced=True)
            assert after.keys() == before.keys(), one.name
            left = {key for key, text in after.items() if text == "of the first"} - {"item.1.kind"}
            assert left == set(), one.name
            if medicine is not None:
                assert after["item.1.schedule"] == medicine.schedule
