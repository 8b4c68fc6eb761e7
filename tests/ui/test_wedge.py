"""The recorded bursts through the real filter: they are read, and the focused field is exactly as before."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QRadioButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from digmed_desktop.scanning.burst import SEPARATOR, Burst
from digmed_desktop.scanning.pack import Found, read_burst
from digmed_desktop.ui.wedge import Wedge
from tests.scanning.recorded import all_of_them
from tests.scanning.test_bursts import judge


class Keyboard:
    """Types at a pace of its own: the time of each key is what it says."""

    def __init__(self) -> None:
        self.at = 1000.0
        self.pace = 120.0

    def when(self, _event: QKeyEvent) -> float:
        return self.at

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.at += self.pace
        widget = QApplication.focusWidget()
        assert widget is not None
        QTest.keyClick(widget, key, modifier)

    def type(self, text: str) -> None:
        for sign in text:
            if sign == SEPARATOR:
                self.key(Qt.Key.Key_BracketRight, Qt.KeyboardModifier.ControlModifier)
                continue
            self.at += self.pace
            widget = QApplication.focusWidget()
            assert widget is not None
            for kind in (
                QEvent.Type.KeyPress,
                QEvent.Type.KeyRelease,
            ):  # any sign, as a scanner of any country
                QApplication.sendEvent(
                    widget, QKeyEvent(kind, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, sign)
                )

    def scan(self, text: str, gap: float, end: Qt.Key = Qt.Key.Key_Return) -> None:
        self.pace = gap
        self.at += 500
        self.type(text)
        self.key(end)
        self.pace = 120.0


@pytest.fixture
def keyboard() -> Keyboard:
    return Keyboard()


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    made = QWidget()
    layout = QVBoxLayout(made)
    made.line, made.other = QLineEdit(), QLineEdit()  # type: ignore[attr-defined]
    made.radio, made.button = QRadioButton("01"), QPushButton("Send")  # type: ignore[attr-defined]
    for part in (made.line, made.other, made.radio, made.button):  # type: ignore[attr-defined]
        layout.addWidget(part)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow, timeout=60_000)
    return made


@pytest.fixture
def wedge(qapp: QApplication, keyboard: Keyboard) -> Iterator[Wedge]:
    made = Wedge(when=keyboard.when)
    made.watch(qapp)
    yield made
    made.leave(qapp)


@pytest.mark.parametrize("prefix", ["", "~~"], ids=["no prefix", "prefix"])
def test_every_burst_is_read_or_refused_and_no_field_changes(
    page: QWidget, wedge: Wedge, keyboard: Keyboard, qtbot: QtBot, prefix: str
) -> None:
    line: QLineEdit = page.line  # type: ignore[attr-defined]
    wedge.set_prefix(prefix)
    got: list[Burst] = []
    wedge.scanned.connect(got.append)
    line.setFocus()
    keyboard.type("Rosé O'Neill")
    qtbot.waitUntil(lambda: line.text() == "Rosé O'Neill", timeout=60_000)
    line.setSelection(2, 3)
    changes: list[str] = []
    line.textChanged.connect(changes.append)

    def state() -> tuple[object, ...]:
        return (
            line.text(),
            line.cursorPosition(),
            line.selectedText(),
            line.isUndoAvailable(),
            line.hasFocus(),
        )

    before = state()
    for recorded in all_of_them():
        keyboard.scan(prefix + recorded.sent, recorded.gap)
        assert got, recorded.name
        scan = read_burst(got.pop(), recorded.substitute)
        assert got == []
        assert (state(), changes) == (before, []), recorded.name
        if prefix and recorded.slow:
            assert scan.found is Found.PACK
        else:
            judge(recorded, scan)
    keyboard.type("x")  # typing goes on where it was: over the selection
    qtbot.waitUntil(lambda: line.text() == "Rox'Neill" or line.text() == "RoxO'Neill", timeout=60_000)
    line.undo()
    assert line.text() == "Rosé O'Neill"


def test_a_scan_at_a_choice_or_a_button_changes_and_presses_nothing(
    page: QWidget, wedge: Wedge, keyboard: Keyboard
) -> None:
    pressed: list[bool] = []
    page.button.setDefault(True)  # type: ignore[attr-defined]
    page.button.clicked.connect(pressed.append)  # type: ignore[attr-defined]
    for part in (page.radio, page.button):  # type: ignore[attr-defined]
        part.setFocus()
        for end in (Qt.Key.Key_Return, Qt.Key.Key_Tab):
            keyboard.scan("0109501101530003172704301012AB", 8, end)
            assert part.hasFocus()
    assert pressed == []
    assert not page.radio.isChecked()  # type: ignore[attr-defined]


def test_f8_inside_a_scan_is_the_separator_and_alone_a_key(
    page: QWidget, wedge: Wedge, keyboard: Keyboard
) -> None:
    got: list[Burst] = []
    wedge.scanned.connect(got.append)
    page.line.setFocus()  # type: ignore[attr-defined]
    keyboard.pace = 8
    keyboard.type("010950110153000310AB12")
    keyboard.key(Qt.Key.Key_F8)
    keyboard.type("17270430")
    keyboard.key(Qt.Key.Key_Return)
    assert read_burst(got.pop()).batch == "AB12"
    keyboard.at += 1000
    keyboard.key(Qt.Key.Key_F8)
    assert got == []


def test_typing_keeps_its_order_when_the_field_moves_on(
    page: QWidget, wedge: Wedge, keyboard: Keyboard, qtbot: QtBot
) -> None:
    line, other = page.line, page.other  # type: ignore[attr-defined]
    line.textEdited.connect(lambda text: other.setFocus() if len(text) == 2 else None)
    line.setFocus()
    keyboard.pace = 20  # quick, but not enough of it to be a scan
    keyboard.type("1203")
    keyboard.key(Qt.Key.Key_Tab)
    assert (line.text(), other.text()) == ("12", "03")


def test_a_pin_is_never_held_back(page: QWidget, wedge: Wedge, keyboard: Keyboard) -> None:
    line: QLineEdit = page.line  # type: ignore[attr-defined]
    line.setEchoMode(QLineEdit.EchoMode.Password)
    line.setFocus()
    keyboard.scan("507182507182", 5)
    assert line.text() == "507182507182"
