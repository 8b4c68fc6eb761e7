"""The idioms of every form: NHS number, date in three boxes, choosing by key."""

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication
from pytestqt.qtbot import QtBot

from digmed_desktop.clinical.form import Option
from digmed_desktop.ui.widgets.choices import YES_NO, ChoiceEditor, RadioEditor
from digmed_desktop.ui.widgets.editors import DateEditor, Editor, NhsNumberEditor
from digmed_desktop.ui.widgets.field import Field

NOW = datetime(2031, 2, 1, 23, 30, tzinfo=UTC)  # of the program's clock, and no day of this computer's
CHOICES = (Option("a", "Amber"), Option("g", "Green"), Option("gr", "Grey"))


def shown(qtbot: QtBot, editor: Editor) -> Editor:
    qtbot.addWidget(editor)
    editor.show()
    editor.activateWindow()
    qtbot.waitUntil(editor.isActiveWindow)
    editor.focus()
    return editor


@pytest.mark.parametrize(
    "typed", ["9990123020", "999 012 3020", "999-012-3020", " 999.012.3020 ", "99 90 12 30 20"]
)
def test_an_nhs_number_is_taken_in_any_shape_and_shown_in_groups(qtbot: QtBot, typed: str) -> None:
    editor = NhsNumberEditor()
    shown(qtbot, editor)
    QTest.keyClicks(editor.line, typed)
    QTest.keyClick(editor.line, Qt.Key.Key_Return)
    assert editor.answer() == "999 012 3020"


@pytest.mark.parametrize("typed", ["99901230201", "999012302O", "abc", "999 012"])
def test_what_is_no_nhs_number_stays_exactly_as_typed(qtbot: QtBot, typed: str) -> None:
    editor = NhsNumberEditor()
    shown(qtbot, editor)
    QTest.keyClicks(editor.line, typed)
    QTest.keyClick(editor.line, Qt.Key.Key_Return)
    assert editor.answer().replace(" ", "") == typed.replace(" ", "")


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("12031958", "12/03/1958"),
        ("12/3/1958", "12/3/1958"),
        ("1/10/26", "1/10/26"),
        ("1.3.1958", "1/3/1958"),
        ("31/11/2026", "31/11/2026"),
    ],
)
def test_a_date_is_typed_in_one_go(qtbot: QtBot, typed: str, answer: str) -> None:
    editor = DateEditor(lambda: NOW)
    shown(qtbot, editor)
    for sign in typed:
        QTest.keyClicks(QApplication.focusWidget() or editor, sign)
    assert editor.answer() == answer


def test_t_is_today_and_a_pasted_date_fills_all_boxes(qtbot: QtBot) -> None:
    editor = DateEditor(lambda: NOW)
    shown(qtbot, editor)
    QTest.keyClicks(editor.boxes[0], "t")
    assert editor.answer() == "1/2/2031", "by the program's clock"
    editor.set_answer("")
    QApplication.clipboard().setText("1 Oct 2026")
    editor.boxes[0].setFocus()
    QTest.keyClick(editor.boxes[0], Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert editor.answer() == "1/oct/2026"


def test_backspace_in_an_empty_box_goes_back(qtbot: QtBot) -> None:
    editor = DateEditor(lambda: NOW)
    shown(qtbot, editor)
    QTest.keyClicks(editor.boxes[0], "12")
    assert QApplication.focusWidget() is editor.boxes[1]
    QTest.keyClick(editor.boxes[1], Qt.Key.Key_Backspace)
    assert QApplication.focusWidget() is editor.boxes[0]


@pytest.mark.parametrize(("key", "answer"), [("1", "yes"), ("2", "no"), ("y", ""), ("n", ""), ("7", "")])
def test_a_radio_is_picked_by_its_digit_and_never_by_a_letter(qtbot: QtBot, key: str, answer: str) -> None:
    editor = RadioEditor(YES_NO)
    shown(qtbot, editor)
    assert editor.answer() == ""
    QTest.keyClicks(QApplication.focusWidget() or editor, key)
    assert editor.answer() == answer


def test_a_choice_is_completed_only_when_one_option_fits(qtbot: QtBot) -> None:
    editor = ChoiceEditor(CHOICES)
    shown(qtbot, editor)
    QTest.keyClicks(editor.line, "amb")
    editor._settle()
    assert editor.answer() == "a"
    editor.set_answer("")
    QTest.keyClicks(editor.line, "gre")
    editor._settle()
    assert editor.answer() == "gre", "two fit: nothing is guessed"


def test_one_helper_gives_label_buddy_name_hint_and_error(qtbot: QtBot) -> None:
    editor = NhsNumberEditor()
    field = Field("patient.nhs_number", "NHS number", editor, hint="10 digits.", to_gp=True)
    qtbot.addWidget(field)
    assert field.label.buddy() is editor.line
    assert editor.line.accessibleName() == "NHS number"
    assert editor.line.accessibleDescription() == "Sent to the GP. 10 digits."
    field.say("Enter an NHS number.")
    assert editor.line.accessibleDescription().startswith("Problem: Enter an NHS number.")
    field.say("")
    assert "Problem" not in editor.line.accessibleDescription()


def test_own_words_stay_as_typed_unless_an_arrow_marks_a_line(qtbot: QtBot) -> None:
    """Also where they are a part of one line of the list: on Enter, and when the cursor leaves."""
    editor = ChoiceEditor(CHOICES, own_words=True)
    shown(qtbot, editor)
    for end in (Qt.Key.Key_Return, Qt.Key.Key_Tab):
        editor.set_answer("")
        QTest.keyClicks(editor.line, "Gree")
        qtbot.waitUntil(lambda: listed(editor).isVisible())
        QApplication.processEvents()
        QTest.keyClick(listed(editor), end)
        editor._settle()
        assert editor.answer() == "Gree", end
    editor.set_answer("")
    QTest.keyClicks(editor.line, "Gre")
    qtbot.waitUntil(lambda: listed(editor).isVisible())
    QTest.keyClick(listed(editor), Qt.Key.Key_Down)
    QTest.keyClick(listed(editor), Qt.Key.Key_Return)
    assert editor.answer() == "g"


def listed(editor: ChoiceEditor) -> QAbstractItemView:
    """Return the list that opens under a field."""
    popup = editor._popup()
    assert popup is not None
    return popup


def test_a_reason_to_continue_is_in_own_words() -> None:
    from digmed_desktop.clinical.problem import Problem
    from digmed_desktop.ui.forms.alerts import reason_field

    field, editor = reason_field(Problem("a.b", "Something is so.", needs_reason=True))
    editor.line.setText("Clinical")
    editor._settle()
    assert (editor.answer(), field.hint.isHidden()) == ("Clinical", False)
