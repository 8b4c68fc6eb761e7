"""A product picked anew brings its own particulars, and a list answers the text that stands in its box alone."""

import itertools
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from digmed_desktop.clinical.emergency_supply import ItemKind, SuppliedItem
from digmed_desktop.clinical.record import Coded, Quantity
from digmed_desktop.clinical.units import unit
from digmed_desktop.ui.pages.supply import SupplyPage
from digmed_desktop.ui.widgets.medicine import MedicineEditor
from tests.ui.conftest import Bench

PARACETAMOL = SuppliedItem(
    product=Coded("Paracetamol 500mg tablets (A)", "9000000001000001"),
    legal_class="pom",
    schedule="none",
    form=Coded("tablet"),
)
OXYCODONE = replace(
    PARACETAMOL,
    product=Coded("Oxycodone 5mg capsules (B)", "9000000001000002"),
    schedule="2",
    form=Coded("capsule"),
)
PLAIN = SuppliedItem(product=Coded("Plainly unknown thing", "9000000001000003"))
NEEDLES = SuppliedItem(ItemKind.APPLIANCE, Coded("Needles insulin 5mm (C)", "9000000001000004"))


@pytest.fixture
def supply(bench: Bench) -> SupplyPage:
    items = tuple(
        replace(one, quantity=Quantity(Decimal(1), unit(name)))
        for one, name in ((PARACETAMOL, "tablet"), (OXYCODONE, "capsule"), (NEEDLES, "needle"))
    )
    bench.office.ask(lambda desk: desk.medicines.remember((*items, PLAIN)), lambda _n: None)
    bench.window.go("supply")
    page = bench.window.page("supply")
    assert isinstance(page, SupplyPage)
    page.form.set_answers({"request.asked_by": "patient", "decision.outcome": "supplied"}, keep_rest=True)
    bench.idle()
    return page


def editor(page: SupplyPage) -> MedicineEditor:
    found = page.form.fields["item.1.product"].editor
    assert isinstance(found, MedicineEditor)
    return found


def pick(bench: Bench, page: SupplyPage, typed: str) -> None:
    box = editor(page)
    page.form.focus_field("item.1.product")
    box.line.selectAll()
    bench.keys(typed)
    bench.until(lambda: box.offered > 0)
    popup = box.completer.popup() or box
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    bench.idle()


def item(page: SupplyPage) -> dict[str, str]:
    return {k.removeprefix("item.1."): v for k, v in page.form.answers().items() if k.startswith("item.1.")}


def test_another_product_brings_its_own_schedule_class_and_unit(bench: Bench, supply: SupplyPage) -> None:
    pick(bench, supply, "parac")
    assert (item(supply)["schedule"], item(supply)["legal_class"], item(supply)["unit"]) == (
        "none",
        "pom",
        "tablet",
    )
    supply.form.set_answers({"item.1.form": "tablet", "item.1.preparation": "other"}, keep_rest=True)
    pick(bench, supply, "oxyco")
    found = item(supply)
    assert (found["schedule"], found["unit"]) == ("2", "capsule")
    assert (found["form"], found["preparation"]) == ("capsule", "")


def test_why_one_product_was_supplied_says_nothing_of_another(bench: Bench, supply: SupplyPage) -> None:
    pick(bench, supply, "parac")
    judged = {"item.1.reason": "The patient has an epilepsy card.", "item.1.as_directed": "yes"}
    supply.form.set_answers({**judged, "item.1.directions": "One a day"}, keep_rest=True)
    pick(bench, supply, "parac")
    assert item(supply)["reason"] == judged["item.1.reason"]  # the same product
    pick(bench, supply, "oxyco")
    assert (item(supply)["reason"], item(supply)["as_directed"]) == ("", "")


def test_what_is_not_known_of_another_product_is_asked_again(bench: Bench, supply: SupplyPage) -> None:
    pick(bench, supply, "parac")
    pick(bench, supply, "plainly")
    assert {item(supply)[key] for key in ("schedule", "legal_class", "unit", "form")} == {""}


def test_a_name_typed_over_a_product_takes_nothing_from_it(bench: Bench, supply: SupplyPage) -> None:
    pick(bench, supply, "parac")
    supply.form.focus_field("item.1.product")
    editor(supply).line.selectAll()
    bench.keys("Some other medicine")
    bench.key(Qt.Key.Key_Tab)
    bench.idle()
    assert item(supply)["product"] == "Some other medicine"
    assert (item(supply)["schedule"], item(supply)["legal_class"]) == ("", "")


def test_the_kind_follows_the_product_and_back(bench: Bench, supply: SupplyPage) -> None:
    pick(bench, supply, "needles")
    assert (item(supply)["kind"], item(supply)["unit"]) == ("appliance", "needle")
    pick(bench, supply, "oxyco")
    assert (item(supply)["kind"], item(supply)["unit"]) == ("medicine", "capsule")


@pytest.mark.parametrize("between", [0, 12])
def test_enter_takes_no_product_found_for_an_earlier_text(
    bench: Bench, supply: SupplyPage, between: int
) -> None:
    box = editor(supply)
    supply.form.focus_field("item.1.product")
    bench.keys("insul")
    bench.until(lambda: box.offered > 0)
    box.line.selectAll()
    for sign in "Salbutamol":
        QTest.keyClicks(QApplication.focusWidget() or box.line, sign)
        if between:
            QTest.qWait(between)
    popup = box.completer.popup() or box
    QTest.keyClick(popup if popup.isVisible() else box.line, Qt.Key.Key_Return)
    bench.idle()
    assert item(supply)["product"] == "Salbutamol"
    assert item(supply)["kind"] == "medicine"


def test_a_click_takes_no_patient_found_for_an_earlier_text(bench: Bench) -> None:
    from tests.ui.test_one_person import NORA, ROSE, know

    know(bench, ROSE, NORA)
    box = bench.form.search.box
    bench.form.search.focus()
    bench.keys("quil")
    bench.until(lambda: box.list.count() == 1)
    bench.keys("x")
    QTest.mouseClick(
        box.list.viewport(), Qt.MouseButton.LeftButton, pos=box.list.visualItemRect(box.list.item(0)).center()
    )
    assert bench.form.form.answers()["patient.family"] == ""
    assert box.text == "quilx"


def test_the_batches_of_another_product_are_not_offered_while_its_own_are_looked_up(bench: Bench) -> None:
    from tests.clinical.examples import FLU
    from tests.ui.test_batch_choice import choice, lines, stock

    stock(bench, ("tivc", "AB-1", "30/6/2027", ""))
    choice(bench).follow(FLU.id, "tivc", "14/10/2026", anew=True)
    bench.idle()
    bench.form.focus_field("vaccine.batch")
    assert lines(bench)
    choice(bench).follow(FLU.id, "ativ", "14/10/2026")
    assert not choice(bench)._batches
    assert lines(bench) == []


TREATMENT = {
    "directions": "One twice a day",
    "quantity": "14",
    "days": "7",
    "indication": "Back pain",
    "additional": "With food",
}


def treat(page: SupplyPage) -> None:
    page.form.set_answers({f"item.1.{name}": text for name, text in TREATMENT.items()}, keep_rest=True)


def test_another_product_leaves_nothing_of_how_the_first_is_taken(bench: Bench, supply: SupplyPage) -> None:
    pick(bench, supply, "parac")
    treat(supply)
    pick(bench, supply, "oxyco")
    assert {item(supply)[name] for name in TREATMENT} == {""}


def test_one_key_puts_back_what_another_product_cleared_and_nothing_of_its_schedule(
    bench: Bench, supply: SupplyPage
) -> None:
    pick(bench, supply, "parac")
    treat(supply)
    pick(bench, supply, "oxyco")
    supply.form.set_answers({"item.1.days": "3"}, keep_rest=True)
    bench.key(Qt.Key.Key_Z, Qt.KeyboardModifier.AltModifier)
    bench.idle()
    found = item(supply)
    assert {name: found[name] for name in TREATMENT} == {**TREATMENT, "days": "3"}
    assert (found["schedule"], found["unit"]) == ("2", "capsule")


def test_what_one_supply_cleared_cannot_be_put_back_into_the_next(bench: Bench, supply: SupplyPage) -> None:
    pick(bench, supply, "parac")
    treat(supply)
    pick(bench, supply, "oxyco")
    supply.next_patient()
    supply.form.set_answers({"request.asked_by": "patient", "decision.outcome": "supplied"}, keep_rest=True)
    bench.key(Qt.Key.Key_Z, Qt.KeyboardModifier.AltModifier)
    bench.idle()
    assert {item(supply)[name] for name in TREATMENT} == {""}


@pytest.mark.parametrize("by_key", [True, False])
def test_what_one_medicine_took_with_it_is_never_put_into_another(
    bench: Bench, supply: SupplyPage, by_key: bool
) -> None:
    pick(bench, supply, "parac")
    treat(supply)
    pick(bench, supply, "oxyco")
    supply.form.set_answers({"item.1.product": "Zopiclone 7.5mg tablets"}, keep_rest=True)  # it moved up
    (line,) = supply._lines()
    if by_key:
        bench.key(Qt.Key.Key_Z, Qt.KeyboardModifier.AltModifier)
    else:
        line.put_back.click()
    bench.idle()
    assert {item(supply)[name] for name in TREATMENT} == {""}
    assert line.isHidden()


def test_a_name_typed_over_a_product_is_taken_before_the_check(bench: Bench, supply: SupplyPage) -> None:
    pick(bench, supply, "parac")
    treat(supply)
    supply.form.focus_field("item.1.product")
    editor(supply).line.selectAll()
    bench.keys("Some other medicine")
    bench.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    bench.idle()
    assert (item(supply)["schedule"], item(supply)["legal_class"], item(supply)["directions"]) == ("", "", "")


def test_what_was_cleared_and_removed_for_one_patient_is_not_put_back_for_another(
    bench: Bench, supply: SupplyPage
) -> None:
    named = {"patient.family": "Quill", "patient.given": "Nora", "patient.nhs_number": "999 000 0018"}
    supply.fill(named)
    supply.whose.follow()
    pick(bench, supply, "parac")
    treat(supply)
    pick(bench, supply, "oxyco")
    supply.form.add_copy("item")
    supply.form.remove_copy("item", int(supply.form.answers()["item.count"]))
    bar = supply.form._repeats["item"].bar
    assert bar is not None
    assert not bar.undo.isHidden()
    supply.fill({"patient.family": "Featherstone", "patient.nhs_number": "999 000 0026"})
    supply.whose.follow()
    assert supply.person.asks
    supply.person.slip.click()
    bench.key(Qt.Key.Key_Z, Qt.KeyboardModifier.AltModifier)
    bench.idle()
    assert {item(supply)[name] for name in TREATMENT} == {""}
    assert bar.undo.isHidden()


def test_every_other_product_of_a_vaccination_leaves_no_batch_of_the_first(bench: Bench) -> None:
    from tests.clinical.examples import FLU, complete_answers

    form, products = bench.form.form, list(FLU.products)
    bench.form.take_scan(complete_answers())
    bench.idle()

    def choose(product: str) -> None:
        form.fields["vaccine.product"].editor.set_answer(product)
        bench.form.touched("vaccine.product")

    def batch() -> tuple[str, str]:
        return form.answers()["vaccine.batch"], form.answers()["vaccine.expiry"]

    for number, (first, second) in enumerate(itertools.combinations(products, 2)):
        choose(first)
        bench.form.take_scan({"vaccine.batch": f"LOT{number}", "vaccine.expiry": "30/6/2027"})
        choose(second)
        usual = FLU.products[second]
        assert not batch()[0].startswith(f"LOT{number}"), (first, second)
        assert form.answers()["vaccine.route"] in usual.routes
        assert form.answers()["vaccine.site"] in ("", *FLU.route_sites[form.answers()["vaccine.route"]])
        if usual.dose:
            assert form.answers()["vaccine.dose_amount"] == str(usual.dose.value)
        choose(first)
        assert batch() == (f"LOT{number}", "30/6/2027"), "what was typed for it is there again"
    bench.form.take_scan(
        {"vaccine.product": products[0], "vaccine.batch": "SCAN1", "vaccine.expiry": "1/1/2027"}
    )
    bench.form.take_scan(
        {"vaccine.product": products[1], "vaccine.batch": "SCAN2", "vaccine.expiry": "1/2/2027"}
    )
    assert batch() == ("SCAN2", "1/2/2027"), "a pack brings its own batch"
