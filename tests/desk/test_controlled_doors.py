"""The whole list of controlled drugs at each door of the desk, on both routes, with and without an imported dm+d."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pytest

from digmed_desktop.clinical.controlled_drugs import ControlledName, all_names
from digmed_desktop.clinical.emergency_supply import NEVER_SUPPLIED
from digmed_desktop.clinical.form_state import CorrectionOf, FormState
from digmed_desktop.clinical.json_record import dumps
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.record import Coded
from tests.clinical.supply_examples import complete_answers, tablets
from tests.desk.conftest import Counter
from tests.desk.test_supplying import FORM, finish
from tests.fhir import records
from tests.reference import named_dmd
from tests.reference.named_dmd import Named, code_of

CONTROLLED = [one for one in all_names() if one.schedules]
NEVER = [one for one in CONTROLLED if one.in_form("10mg tablets").is_never_supplied]
ALIKE = [one for one in all_names() if not one.schedules]
ROUTES = ("patient", "prescriber")


def imported(shop: Counter, folder: Path, products: list[Named]) -> None:
    release = named_dmd.write(folder / "nhsbsa_dmd_9.4.0_20260928", products)
    shop.desk.medicines.import_release(release, lambda _share: None, lambda: False)


def as_product(name: ControlledName) -> Named:
    """Return a product of this name in the first of its schedules."""
    return Named(f"{name.name} 10mg tablets", name.schedules[0] if name.schedules else "none")


def stops(problems: Collection[Problem]) -> set[str]:
    return {one.field for one in problems if one.severity is Severity.STOP}


def asks(problems: Collection[Problem]) -> set[str]:
    return {one.field for one in problems if one.needs_reason}


def open_form(shop: Counter, route: str, number: int, name: str, schedule: str) -> tuple[set[str], set[str]]:
    """Return what stops and what wants a reason, as Send judges it."""
    answers = tablets(route, product=f"{code_of(number)}\t{name} 10mg tablets", schedule=schedule)
    problems = shop.desk.preview(FORM, FormState(answers)).problems
    return stops(problems), asks(problems)


@pytest.mark.slow
@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("with_dmd", [False, True])
def test_no_name_passes_the_form_as_no_controlled_drug(
    shop: Counter, tmp_path: Path, route: str, with_dmd: bool
) -> None:
    if with_dmd:
        imported(shop, tmp_path, [as_product(one) for one in CONTROLLED])
    for number, one in enumerate(CONTROLLED):
        stopped, asked = open_form(shop, route, number, one.name, "none")
        never = one in NEVER and (one.confidence.may_stop or (with_dmd and one.is_never_supplied))
        assert (stopped if never else asked) & {"item.1.schedule", "item.1.legal_class"}, one.name


@pytest.mark.parametrize("route", ROUTES)
def test_an_answer_against_the_imported_dmd_stops_or_asks_whatever_the_name(
    shop: Counter, tmp_path: Path, route: str
) -> None:
    unknown = [
        Named(f"Zzyntholam{n} 10mg tablets", schedule) for n, schedule in enumerate(named_dmd.CATEGORIES)
    ]
    imported(shop, tmp_path, unknown)
    for number, product in enumerate(unknown):
        for answered in named_dmd.CATEGORIES:
            answers = tablets(route, product=f"{code_of(number)}\t{product.name}", schedule=answered)
            problems = shop.desk.preview(FORM, FormState(answers)).problems
            stopped, asked = stops(problems), asks(problems)
            agreed = answered == product.schedule
            if {answered, product.schedule} & NEVER_SUPPLIED:
                assert "item.1.schedule" in stopped, (product, answered)
            else:
                assert ("item.1.schedule" in asked) != agreed or answered in ("4", "5"), (product, answered)
            if agreed and answered == "none":
                assert not stopped


def test_a_product_picked_brings_schedule_class_form_and_unit_of_the_release(
    shop: Counter, tmp_path: Path
) -> None:
    wanted = [
        Named("Zzyntholam 10mg tablets", "4"),
        Named("Vexadrine 100micrograms/dose inhaler", "none", "pom", "Pressurised inhalation", "dose"),
        Named("Vexadrine 5mg/5ml oral suspension", "5", "p", "Oral suspension", "ml"),
    ]
    imported(shop, tmp_path, wanted)
    for number, product in enumerate(wanted):
        (found,) = shop.desk.medicines.find(product.name)
        told = (found.product.code, found.schedule, found.legal_class, found.form, found.unit)
        assert told == (code_of(number), product.schedule, product.legal_class, product.form, product.unit)


def test_what_was_answered_here_before_never_takes_the_place_of_the_release(
    shop: Counter, tmp_path: Path
) -> None:
    product = Named("Zzyntholam 10mg tablets", "2")
    finish(shop, tablets(product=f"{code_of(0)}\t{product.name}", schedule="none"))  # there was no list yet
    assert shop.desk.medicines.find("zzyn")[0].schedule == "none"
    imported(shop, tmp_path, [product])
    (found,) = shop.desk.medicines.find("zzyn")
    assert found.schedule == "2"
    assert "item.1.schedule" in open_form(shop, "patient", 0, "Zzyntholam", "none")[0]


def test_a_code_finds_its_product_under_any_name(shop: Counter, tmp_path: Path) -> None:
    imported(shop, tmp_path, [Named("Zzyntholam 10mg tablets", "2")])
    answers = tablets(product=f"{code_of(0)}\tParacetamol 500mg tablets", schedule="none")
    problems = shop.desk.preview(FORM, FormState(answers)).problems
    assert "item.1.schedule" in stops(problems)
    assert "item.1.product" in asks(problems)


def test_a_name_typed_without_a_code_is_held_against_the_release(shop: Counter, tmp_path: Path) -> None:
    listed = [
        Named("Zzyntholam 10mg tablets", "2"),
        Named("Zzyntholam 20mg tablets", "2"),
        Named("Vexadrine 5mg tablets", "none"),
        Named("Vexadrine 50mg tablets", "4"),
    ]
    imported(shop, tmp_path, listed)
    for typed, stopped, asked in (
        ("zzyntholam 10mg  TABLETS", True, False),
        ("Zzyntholam", True, False),  # all of this name are in Schedule 2
        ("Vexadrine 50mg tablets", False, True),
        ("Vexadrine 5mg tablets", False, False),
        ("Vexadrine", False, False),  # the release has it in two
        ("Zzynthola", False, False),
    ):
        answers = tablets(product=typed, schedule="none", strength="1mg")
        problems = shop.desk.preview(FORM, FormState(answers)).problems
        assert ("item.1.schedule" in stops(problems), "item.1.schedule" in asks(problems)) == (
            stopped,
            asked,
        ), typed


def at_import(shop: Counter, name: str, schedule: str, route: str) -> tuple[set[str], set[str]]:
    """Take in a record of another system and return what stops its draft, and what wants a reason."""
    made = records.supply()
    item = replace(made.items[0], product=Coded(f"{name} 10mg tablets", code_of(0)), schedule=schedule)
    taken = shop.desk.record_imports.take_in(dumps(replace(made, items=(item, *made.items[1:]))))
    draft = shop.store.drafts.get(taken.drafts[0][0])
    assert draft is not None
    state = draft.state
    if route == "prescriber":
        state = state.answered({"request.asked_by": "prescriber"})
    problems = shop.desk.preview(FORM, state).problems
    return stops(problems), asks(problems)


EVERY_SO_MANY = [pytest.param(1, marks=pytest.mark.slow, id="whole list"), pytest.param(47, id="some of it")]


def assert_held(one: ControlledName, stopped: set[str], asked: set[str]) -> None:
    """Assert that "none" as the schedule of a controlled name is stopped where it must be, and asked about elsewhere."""
    never = one in NEVER and one.confidence.may_stop
    assert (stopped if never else asked) & {"item.1.schedule", "item.1.legal_class"}, one.name


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("every", EVERY_SO_MANY)
def test_an_imported_record_is_held_against_the_names(shop: Counter, route: str, every: int) -> None:
    for one in CONTROLLED[::every]:
        assert_held(one, *at_import(shop, one.name, "none", route))


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("every", EVERY_SO_MANY)
def test_a_correction_to_a_controlled_drug_is_held_against_the_names(
    shop: Counter, route: str, every: int
) -> None:
    made = finish(shop, tablets(route))
    for one in CONTROLLED[::every]:
        answers = tablets(route, product=f"{code_of(0)}\t{one.name} 10mg tablets", schedule="none")
        state = FormState(answers, correction=CorrectionOf(made, "Another medicine was supplied."))
        problems = shop.desk.preview(FORM, state).problems
        assert_held(one, stops(problems), asks(problems))


def test_a_second_item_is_held_against_the_names_as_the_first(shop: Counter) -> None:
    one = next(one for one in NEVER if one.confidence.may_stop)
    first = complete_answers()
    second = {key.replace("item.1.", "item.2."): text for key, text in tablets().items() if "item.1." in key}
    second["item.2.product"] = f"{code_of(0)}\t{one.name} 10mg tablets"
    assert "item.2.schedule" in stops(shop.desk.preview(FORM, FormState({**first, **second})).problems)


@pytest.mark.slow
@pytest.mark.parametrize("route", ROUTES)
def test_a_look_alike_passes_the_form_with_and_without_dmd(shop: Counter, tmp_path: Path, route: str) -> None:
    before = {one.name: open_form(shop, route, n, one.name, "none") for n, one in enumerate(ALIKE)}
    imported(shop, tmp_path, [as_product(one) for one in ALIKE])
    for number, one in enumerate(ALIKE):
        for stopped, asked in (before[one.name], open_form(shop, route, number, one.name, "none")):
            assert not stopped & {"item.1.schedule", "item.1.legal_class", "item.1.product"}, one.name
            # a medicine of high risk asks at the product, which says nothing of its schedule
            assert not asked & {"item.1.schedule", "item.1.legal_class"}, one.name
