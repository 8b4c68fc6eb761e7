"""The law of keys on every page: Enter presses, Esc goes back, only digits choose, Tab stops where it can be seen."""

import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from digmed_desktop.clinical.form import load
from digmed_desktop.tour.player import pause
from digmed_desktop.ui import keys
from digmed_desktop.ui.forms.form_view import FormView
from digmed_desktop.ui.keys import main_button
from digmed_desktop.ui.pages.form_page import FormPage
from digmed_desktop.ui.pages.page import ColumnPage
from digmed_desktop.ui.widgets.choices import ChoiceEditor, RadioEditor
from digmed_desktop.ui.widgets.field import Field
from tests.ui.conftest import Bench
from tests.ui.test_fast_hands import fields_of, panels
from tests.ui.test_sweep import content, go_story, in_tab_order, name_of, pages, visit_all

MOST_STOPS = 160
HOME = {"today", "sign-in"}
"""Where Esc leads to, and what it cannot leave."""


def in_sight(widget: QWidget) -> bool:
    """Whether some of a widget is to be seen through all that scrolls around it."""
    shown = QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, QAbstractScrollArea):
            port = around.viewport()
            shown &= QRect(port.mapTo(port.window(), QPoint(0, 0)), port.size())
        around = around.parentWidget()
    return widget.isVisible() and not shown.isEmpty()


def takes_text(page: QWidget) -> list[QWidget]:
    lines = [one for one in page.findChildren(QLineEdit) if one.isVisible() and one.isEnabled()]
    boxes = [one for one in page.findChildren(QPlainTextEdit) if one.isVisible() and not one.isReadOnly()]
    return [one for one in (*lines, *boxes) if not (isinstance(one, QLineEdit) and one.isReadOnly())]


def unseen_stops(page: QWidget) -> Iterator[str]:
    """Go once around with Tab; yield each stop that cannot be seen."""
    first = QApplication.focusWidget()
    for _ in range(MOST_STOPS):
        now = QApplication.focusWidget()
        if now is None:
            yield "nothing has the cursor"
            return
        QTest.keyClick(now, Qt.Key.Key_Tab)
        pause(0)
        there = QApplication.focusWidget()
        if there is not None and page.isAncestorOf(there) and not in_sight(there):
            pause(30)  # a page that grew is laid out first
        if there is not None and page.isAncestorOf(there) and not in_sight(there):
            yield f"Tab stops at {name_of(there) or type(there).__name__}, which cannot be seen"
        if there is first:
            return


def chosen_by_letters(page: QWidget) -> Iterator[str]:
    for editor in page.findChildren(RadioEditor):
        if not editor.isVisible():
            continue
        before = editor.answer()
        for letter in string.ascii_lowercase:
            QTest.keyClicks(editor.group.buttons()[0], letter)
        if editor.answer() != before:
            yield f"a letter chooses {editor.spoken()}"
            editor.set_answer(before)


def chosen_by_down(bench: Bench, page: QWidget) -> Iterator[str]:
    """Press Down and Esc at each list; yield each that opens none, or has another answer after it."""
    for editor in page.findChildren(ChoiceEditor):
        if not (editor.isVisible() and editor.isEnabled()) or editor.combo.count() < len(("one", "other")):
            continue
        name, before = editor.line.accessibleName(), editor.answer()
        editor.focus()
        QTest.keyClick(editor.combo, Qt.Key.Key_Down)
        popup = editor._popup()
        assert popup is not None
        if not popup.isVisible():
            yield f"Down does not open the list of {name}"
        QTest.keyClick(popup, Qt.Key.Key_Escape)
        bench.activate()
        if editor.answer() != before:
            yield f"Down and Esc change {name}"


def test_every_page_obeys_the_law_of_keys(home: Path, bench: Bench) -> None:
    faults: list[str] = []
    for name in visit_all(bench):
        page = content(bench)
        here = QApplication.focusWidget()
        if not in_tab_order(page):
            continue  # nothing there to put the cursor at, such as an empty list
        if here is None or not page.isAncestorOf(here) or not in_sight(here):
            faults.append(f"{name}: the cursor is at {name_of(here) if here else 'nothing'}")
        elif takes_text(page) and isinstance(here, QPushButton) and not _begins_with_a_choice(page):
            faults.append(f"{name}: the cursor is at the button {here.text()}, not in a field")
        faults += [
            f"{name}: Enter does not press {button.text()}"
            for button in page.findChildren(QPushButton)
            if button.isVisible()
            and button.focusPolicy() & Qt.FocusPolicy.TabFocus
            and not button.autoDefault()
        ]
        main = [
            one
            for one in page.findChildren(QPushButton)
            if one.isVisible() and one.isEnabled() and one.property("kind") in ("go", "primary")
        ]
        if main and not isinstance(page, FormPage) and main_button(page) is None:
            faults.append(f"{name}: Ctrl+Enter does nothing")
        faults += [f"{name}: {what}" for what in chosen_by_letters(page)]
        faults += [f"{name}: {what}" for what in chosen_by_down(bench, page)]
        if here is not None:
            here.setFocus()
        faults += [f"{name}: {what}" for what in unseen_stops(page)]
    assert faults == []


CHECKS, NONE = "(checks the form)", "(none: the cursor goes to what is to be done)"
MAIN_ACTION = {
    "settings-patient-file": "Find",
    "today": "Record a vaccination",
    "vaccinate": CHECKS,
    "supply": CHECKS,
    "form-with-problems": CHECKS,
    "form-with-batches": CHECKS,
    "check": NONE,  # until all is confirmed; then it is Send, as a test of its own says
    "incidents": "Record the incident",
    "stock": "Add to the stock",
    "people": "Add this person",
    "pgds": "Enter this PGD",
    "settings-pharmacy": "Save the pharmacy",
    "settings-practices": "Import a list from a file",
    "settings-medicines": "Import a zip file",
    "settings-connection": "Save the connection",
    "settings-messages": "Add this product",
    "settings-scanner": "Save",
    "settings-backup": "Make a backup now …",
    "settings-audit": "Find",
    "sent": "Record a vaccination  F2",  # of an empty list
    "drafts": "Record a vaccination  F2",  # as that of the empty lists below
    "sign": "Record a vaccination  F2",
    "replies": "Open sent items  F5",
    "register": "Record an emergency supply  F3",
    "settings-data-files": "Check and save",
    "sign-in": "Sign in",
    "to-sign": "Sign",
}
"""What Ctrl+Enter does on each page; a page that is not named here has no main action."""


def test_ctrl_enter_does_the_main_action_of_every_page(
    home: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    pressed: list[str] = []

    class Pressed:
        """Takes the press in place of the button that was found: some of them open a window of the system."""

        def __init__(self, button: QPushButton) -> None:
            self.text = button.text().replace("&", "")

        def property(self, _name: str) -> str:
            return ""

        def click(self) -> None:
            pressed.append(self.text)

    def found(page: QWidget) -> Pressed | None:
        button = main_button(page)
        return None if button is None else Pressed(button)

    monkeypatch.setattr(keys, "main_button", found)
    monkeypatch.setattr(FormPage, "main_action", lambda _page: pressed.append(CHECKS) or True)
    wrong, seen = {}, {"notification"}  # its acts differ with its state: it has a main action on paper alone
    for name, go in pages(bench):
        if name in seen:
            continue
        seen.add(name)
        go()
        bench.idle()
        pause(30)
        pressed.clear()
        bench.window.keys.main()
        did = pressed[-1] if pressed else NONE
        if did != MAIN_ACTION.get(name, NONE):
            wrong[name] = did
        here = QApplication.focusWidget()
        if not pressed and in_tab_order(content(bench)) and not (here and content(bench).isAncestorOf(here)):
            wrong[f"{name}: cursor"] = name_of(here) if here else "nothing"
    assert wrong == {}
    assert set(MAIN_ACTION) <= seen


def test_ctrl_enter_is_answered_where_it_is_seen(bench: Bench) -> None:
    """On a page with nothing typed the main action says what is missing, and the cursor is there."""
    for name in ("vaccinate", "supply", "stock", "people", "sign-in"):
        if name == "sign-in":
            bench.window.lock()
        else:
            bench.window.go(name)
        bench.idle()
        page = content(bench)
        bench.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        for _ in range(2):
            bench.idle()
        pause(60)
        here = QApplication.focusWidget()
        assert here is not None, name
        assert page.isAncestorOf(here), name
        assert in_sight(here), f"{name}: the cursor is at {name_of(here)}, out of view"
        told = [one.sentence for one in page.findChildren(Field) if one.sentence]
        assert told, f"{name}: nothing is said at any field"


def _begins_with_a_choice(page: QWidget) -> bool:
    """Whether what stands first on a page is to be chosen or confirmed, before anything is typed."""
    order = in_tab_order(page)
    return bool(order) and not isinstance(order[0], (QLineEdit, QPlainTextEdit, QComboBox, QListWidget))


def test_esc_goes_back_from_every_page(home: Path, bench: Bench) -> None:
    for name, go in pages(bench):
        if name in HOME or name.startswith("form-with"):
            continue
        bench.window.go("today")
        go()
        bench.idle()
        page = content(bench)
        for _ in range(4):  # one step after the other: a list, a panel, the page
            bench.window.keys.back()
            bench.idle()
            if content(bench) is not page:
                break
        assert content(bench) is not page, f"Esc does not leave {name}"


def test_every_question_is_required_or_marked_as_optional(bench: Bench) -> None:
    for key in ("vaccinate", "supply"):
        bench.window.go(key)
        bench.idle()
        page = content(bench)
        form = page.form if hasattr(page, "form") else None
        assert isinstance(form, FormView)
        unmarked = [
            question.label
            for question in form.form.fields()
            if not question.required and form.fields[question.id].optional is None
        ]
        assert unmarked == []


def test_enter_passes_no_required_question(bench: Bench) -> None:
    """Whatever is asked and not answered takes the cursor before the form leads to Check."""
    form = bench.form.form
    wanted = {q.id for q in load("vaccination").fields() if q.required}
    missed = []
    for question in form.order():
        if question.id in wanted and form.fields[question.id].isVisible():
            before = form.order()[: list(form.order()).index(question)]
            at = before[-1].id if before else ""
            form.next_open(at)
            here = QApplication.focusWidget()
            if here is bench.form.footer.check:
                missed.append(question.id)
    assert missed == []


def test_a_list_opens_on_down_filters_and_takes_what_is_marked(bench: Bench) -> None:
    for key in ("vaccinate", "supply", "stock"):
        bench.window.go(key)
        bench.idle()
        for editor in content(bench).findChildren(ChoiceEditor):
            if not editor.isVisible() or editor.combo.count() < 2:
                continue
            name = editor.line.accessibleName()
            editor.focus()
            kept = editor.answer()
            QTest.keyClick(editor.combo, Qt.Key.Key_Down)
            popup = editor._popup()
            assert popup is not None
            bench.until(popup.isVisible)
            assert editor.answer() == kept, f"{name}: Down chooses"
            QTest.keyClick(popup, Qt.Key.Key_Down)
            marked = str(popup.currentIndex().data())
            QTest.keyClick(popup, Qt.Key.Key_Return)
            assert editor.spoken() == marked, f"{name}: Enter takes what is marked"
            bench.until(lambda popup=popup: not popup.isVisible())
            editor.set_answer(kept)


def test_what_is_not_in_a_list_says_so_at_its_field(bench: Bench) -> None:
    form = bench.form.form
    form.focus_field("vaccine.product")
    bench.keys("No such vaccine")
    bench.key(Qt.Key.Key_Tab)
    field: Field = form.fields["vaccine.product"]
    bench.until(lambda: bool(field.sentence))
    assert field.sentence.startswith("Choose one from the list")
    assert field.editor.answer() == "No such vaccine", "what was typed stays"
    for place, key in (("stock", "stock.product"), ("people", "person.role")):
        bench.window.go(place)
        bench.idle()
        bench.activate()
        page = bench.window.page(place)
        assert isinstance(page, ColumnPage)
        page.focus_field(key)
        choice = page.fields[key]
        if not isinstance(choice.editor, ChoiceEditor):
            continue
        bench.keys("No such thing")
        bench.key(Qt.Key.Key_Tab)
        bench.until(lambda one=choice: one.sentence.startswith("Choose one from the list"))
        assert choice.editor.answer() == "No such thing"
        choice.editor.focus()
        choice.editor.set_answer(choice.editor._ids[0])
        bench.key(Qt.Key.Key_Tab)
        bench.until(lambda one=choice: not one.sentence)


@pytest.mark.slow
def test_every_panel_obeys_the_law_of_keys(bench: Bench) -> None:
    """What stands in place of a dialog: the cursor is in it, Esc closes it and nothing else, Ctrl+Enter acts there."""
    faults: list[str] = []
    go_story(bench)
    for name, open_panel in panels(bench):
        open_panel()
        bench.idle()
        pause(60)
        page = content(bench)
        here = QApplication.focusWidget()
        if here is None or not page.isAncestorOf(here) or not in_sight(here):
            faults.append(f"{name}: the cursor is at {name_of(here) if here else 'nothing'}")
        faults += [f"{name}: {what}" for what in chosen_by_letters(page)]
        faults += [f"{name}: {what}" for what in unseen_stops(page)]
        fields = len(fields_of(page))
        bench.window.keys.back()
        bench.idle()
        if content(bench) is page and len(fields_of(page)) >= fields:
            faults.append(f"{name}: Esc closes nothing")
    assert faults == []
