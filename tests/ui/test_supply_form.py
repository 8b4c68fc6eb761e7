"""The emergency supply form in the window: typed by keyboard alone, several items, the law beside each."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from digmed_desktop.clinical.problem import Severity
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import State
from digmed_desktop.reference import roles
from digmed_desktop.ui.context import FormStart
from digmed_desktop.ui.pages.supply import SupplyPage
from digmed_desktop.ui.widgets.choices import ChoiceEditor, RadioEditor
from digmed_desktop.ui.widgets.editors import DateEditor
from digmed_desktop.ui.widgets.medicine import MedicineEditor
from tests.clinical.supply_examples import INSULIN, complete_answers, tablets
from tests.ui.conftest import Bench

TODAY = {"contact.date": "14/10/2026", "contact.time": "10:30"}


@pytest.fixture
def supply(bench: Bench) -> SupplyPage:
    bench.window.go("supply")
    page = bench.window.page("supply")
    assert isinstance(page, SupplyPage)
    bench.idle()
    return page


def begin(bench: Bench, page: SupplyPage, answers: dict[str, str]) -> None:
    page.begin(FormStart("emergency-supply", answers={**answers, **TODAY}))
    bench.idle()
    bench.idle()


def go_to(page: SupplyPage, field_id: str) -> None:
    """Press Tab until a question has the focus."""
    parts = page.form.fields[field_id].editor.parts()
    for _ in range(120):
        now = QApplication.focusWidget()
        if now is not None and any(now is part or part.isAncestorOf(now) for part in parts):
            return
        QTest.keyClick(now or page, Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not lead to {field_id}")


def type_answer(bench: Bench, page: SupplyPage, field_id: str, text: str) -> None:
    editor = page.form.fields[field_id].editor
    go_to(page, field_id)
    if isinstance(editor, RadioEditor):
        bench.keys(str(editor.place_of(text) + 1))
    elif isinstance(editor, MedicineEditor):
        name = text.partition("\t")[2]
        bench.keys(name.split(" (")[0][:12])
        bench.until(lambda: editor.completer.popup().isVisible() and editor.completer.completionCount() > 0)
        QTest.keyClick(editor.completer.popup() or editor, Qt.Key.Key_Down)
        QTest.keyClick(editor.completer.popup() or editor, Qt.Key.Key_Return)
    elif isinstance(editor, ChoiceEditor):
        bench.keys(editor.label_of(text))
    elif isinstance(editor, DateEditor):
        editor.set_answer("")
        editor.focus()
        for sign in text:
            bench.keys(sign)
    else:
        bench.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        bench.keys(text.replace("\n", " "))


def test_the_whole_form_is_typed_by_keyboard_alone(bench: Bench, supply: SupplyPage) -> None:
    """From who asks to the register: no click anywhere. Takes some seconds."""
    wanted = {key: text for key, text in complete_answers(TODAY).items() if text}
    supply.arrive()
    typed: set[str] = set()
    while True:
        asked = supply.form.form.asked(supply.form.answers())
        todo = [
            q.id
            for q in supply.form.form.fields()
            if q.id in asked
            and q.id in wanted
            and q.id not in typed
            and not q.id.startswith("contact.date")
            and supply.form.answers().get(q.id) != wanted[q.id]
        ]
        if todo:
            type_answer(bench, supply, todo[0], wanted[todo[0]])
            typed.add(todo[0])
            continue
        if supply.form.answers()["item.count"] == "2":
            break
        bar = supply.form._repeats["item"].bar
        assert bar is not None
        for _ in range(120):
            if QApplication.focusWidget() is bar.add:
                break
            QTest.keyClick(bench.focused(), Qt.Key.Key_Tab)
        QTest.keyClick(bar.add, Qt.Key.Key_Space)
    assert supply.form.answers()["item.1.product"] == INSULIN
    bench.until(lambda: not [p for p in supply.preview.preview.problems if p.severity is Severity.STOP])
    bench.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    bench.until(bench.window.check.isVisible)
    bench.key(Qt.Key.Key_F12)
    bench.open_sent()
    bench.idle()
    (row,) = bench.rows()
    assert row.kind is Kind.EMERGENCY_SUPPLY
    got: list[int] = []
    bench.office.ask(lambda desk: desk.register.page(None, 5), lambda entries: got.append(len(entries)))
    bench.until(lambda: got == [1])


def test_items_are_added_taken_away_put_back_and_kept_in_a_draft(bench: Bench, supply: SupplyPage) -> None:
    begin(bench, supply, complete_answers())
    assert [g.title for g in supply.form.form.groups if g.copy_of] == ["Item 1 of 2", "Item 2 of 2"]
    before = supply.form.answers()
    head = supply.form._repeats["item"].heads["item.1"]
    QTest.mouseClick(head.remove, Qt.MouseButton.LeftButton)
    assert supply.form.answers()["item.count"] == "1"
    assert supply.form.answers()["item.1.kind"] == "appliance"
    assert "item.2.product" not in supply.form.fields
    bar = supply.form._repeats["item"].bar
    assert bar is not None
    assert bar.said.text() == "Item 1 was taken away."
    QTest.mouseClick(bar.undo, Qt.MouseButton.LeftButton)
    assert supply.form.answers() == before
    for _ in range(8):
        QTest.mouseClick(bar.add, Qt.MouseButton.LeftButton)
    assert supply.form.answers()["item.count"] == "8"
    assert not bar.add.isEnabled()

    begin(bench, supply, complete_answers())
    supply.save_draft()
    before = supply.form.answers()
    got: list[Any] = []
    bench.office.ask(lambda desk: desk.drafts(), lambda drafts: got.extend(drafts))
    bench.until(lambda: bool(got))
    supply.begin()
    assert supply.form.answers()["item.count"] == "1"
    supply.begin(FormStart("emergency-supply", draft=got[0]))
    assert supply.form.answers() == before


def test_the_law_is_told_under_its_item_and_a_technician_keeps_it_for_a_pharmacist(
    bench: Bench, supply: SupplyPage
) -> None:
    begin(bench, supply, tablets(schedule="4", days="6", quantity="6"))
    panel = supply.form.law_panels["item.1"]
    assert any("Supply at most 5 days' treatment" in text for text in panel.sentences())
    assert any("regulation 225(3)" in text and "Not confirmed" in text for text in panel.sentences())
    assert panel.property("tone") == "stop"
    supply.check_now()
    bench.idle()
    bench.idle()
    assert "5 days" in supply.form.fields["item.1.days"].sentence
    assert not bench.window.check.isVisible()

    begin(bench, supply, complete_answers())
    acting = bench.window.context.acting
    assert acting.person is not None
    technician = replace(acting.person.professional, role=roles.role("technician").coded)
    added: list[int] = []
    bench.office.ask(lambda desk: desk._store.people.add(technician, "slow-hash"), added.append)
    bench.until(lambda: bool(added))
    acting.become(replace(acting.person, id=added[0], professional=technician))
    supply.check_now()
    bench.idle()
    bench.idle()
    assert not bench.window.check.isVisible()
    assert "until a pharmacist signs in" in supply.form.fields["session.pharmacist"].sentence


def test_a_pick_fills_in_what_the_list_knows_and_typing_on_loses_the_code(
    bench: Bench, supply: SupplyPage
) -> None:
    begin(bench, supply, complete_answers({"item.count": "1", "item.1.product": "", "item.1.unit": ""}))
    type_answer(bench, supply, "item.1.product", INSULIN)
    assert supply.form.answers()["item.1.product"] == INSULIN
    assert supply.form.answers()["item.1.unit"] == "cartridge"
    bench.key(Qt.Key.Key_End)
    bench.keys(" x")
    assert supply.form.answers()["item.1.product"] == INSULIN.partition("\t")[2] + " x"


def test_what_goes_on_paper_or_nowhere_is_finished_and_not_sent(bench: Bench, supply: SupplyPage) -> None:
    begin(bench, supply, complete_answers({"consent.to_sharing": "no"}))
    supply.check_now()
    check = bench.window.check
    bench.until(check.isVisible)
    QTest.mouseClick(check.send_button, Qt.MouseButton.LeftButton)
    register = bench.window.page("register")
    bench.until(register.isVisible)
    assert bench.rows() == [], (
        "who does not agree to share this with the practice stands in the register alone"
    )
    assert supply.form.answers()["patient.family"] == ""
    bench.window.go("supply")
    begin(
        bench,
        supply,
        complete_answers({"item.count": "1", "item.1.product": "Insulin 100units/ml of another make"}),
    )
    supply.check_now()
    bench.until(check.isVisible)
    assert check.send_button.text() == "Finish"
    assert check.preview.tabs.tabText(0) == "On paper"
    QTest.mouseClick(check.send_button, Qt.MouseButton.LeftButton)
    bench.open_sent()
    (row,) = bench.rows()
    assert row.state is State.TO_PAPER


@pytest.mark.parametrize(("theme", "percent"), [("dark", 200)])
def test_nothing_of_the_form_is_wider_than_the_page(
    open_bench: Callable[..., Bench], theme: str, percent: int
) -> None:
    bench = open_bench(theme=theme, text_percent=percent)
    bench.sign_in()
    bench.window.go("supply")
    page = bench.window.page("supply")
    assert isinstance(page, SupplyPage)
    begin(bench, page, complete_answers())
    bench.qtbot.wait(50)
    assert page.form.horizontalScrollBar().maximum() == 0
