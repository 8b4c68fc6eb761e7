"""The ring round what has the cursor: it follows, it is cut off where its target is, and it hides no meaning."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from digmed_desktop.ui.theme import Appearance
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.editors import TextEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.focus_ring import AROUND, FocusRing

TEXT_WIDTH = 600
LOOKS = ("light", "dark", "high-contrast")


class Bench(QWidget):
    """A window with a button of each kind, and one far down in what scrolls."""

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self.look = look
        look.dress(self)
        self.kinds = {kind: button(f"Button {kind}", kind) for kind in ("", "primary", "go", "tile")}
        self.kinds["tile"].setProperty("ink", "stop")
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(40, 40, 40, 40)
        self.rows = [button(f"Row {n}") for n in range(20)]
        for one in self.rows:
            column.addWidget(one)
        self.area.setWidget(inner)
        line = QHBoxLayout()
        for one in self.kinds.values():
            line.addWidget(one)
        outer = QVBoxLayout(self)
        outer.addLayout(line)
        outer.addWidget(self.area)
        self.ring = FocusRing(self, look)
        self.resize(800, 400)


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Bench:
    bench = Bench(Appearance(qapp, "light", 100, "Open Sans"))
    qtbot.addWidget(bench)
    bench.show()
    bench.activateWindow()
    qtbot.waitUntil(bench.isActiveWindow)
    return bench


def focus(qtbot: QtBot, window: Bench, widget: QWidget) -> None:
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: window.ring.target is widget)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("kind", ["", "primary", "go", "tile"])
def test_a_control_keeps_its_colours_with_the_cursor(
    qtbot: QtBot, window: Bench, look: str, kind: str
) -> None:
    window.look.set(look)
    one = window.kinds[kind]
    window.area.setFocus()
    without = one.grab().toImage()
    focus(qtbot, window, one)
    assert one.grab().toImage() == without, "the cursor changes a colour that says something"
    whole = window.grab().toImage()
    edge = one.mapTo(window, QPoint(one.width() // 2, 0))
    column = {whole.pixelColor(edge.x(), edge.y() - n).name() for n in range(1, AROUND + 1)}
    assert {
        look.name() for look in (window.look.theme.qcolor("focus"), window.look.theme.qcolor("on_focus"))
    } <= column


def test_it_follows_what_moves_and_scrolls(qtbot: QtBot, window: Bench) -> None:
    first = window.rows[1]
    focus(qtbot, window, first)
    at = window.ring.pos()
    window.area.verticalScrollBar().setValue(20)
    qtbot.waitUntil(lambda: window.ring.y() == at.y() - 20)
    window.resize(900, 500)
    qtbot.waitUntil(lambda: window.ring.width() == first.width() + 2 * AROUND)
    window.area.verticalScrollBar().setValue(window.area.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: window.ring.target is None)  # its control is out of view


def test_it_lies_over_nothing_beside_what_scrolls(qtbot: QtBot, window: Bench) -> None:
    focus(qtbot, window, window.rows[0])
    window.area.verticalScrollBar().setValue(40 + window.rows[0].height() // 2)
    top = window.area.viewport().mapTo(window, QPoint(0, 0)).y()
    qtbot.waitUntil(lambda: window.ring.y() == top)


@pytest.mark.parametrize(("filling", "has_ring"), [(QTextBrowser, True), (QWidget, False)])
def test_what_is_read_in_a_tab_has_a_ring_and_a_page_has_none(
    qtbot: QtBot, window: Bench, filling: type[QWidget], *, has_ring: bool
) -> None:
    """Both fill a stack: one is a part of a page, the other the page itself."""
    stack, filled = QStackedWidget(), filling()
    filled.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    stack.addWidget(filled)
    outer = window.layout()
    assert outer is not None
    stack.setMinimumHeight(120)
    outer.addWidget(stack)
    filled.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: filled.hasFocus() and filled.height() > AROUND)
    qtbot.waitUntil(lambda: window.ring.target is (filled if has_ring else None))


def test_it_takes_no_press(qtbot: QtBot, window: Bench) -> None:
    one = window.kinds["primary"]
    pressed: list[bool] = []
    one.clicked.connect(lambda: pressed.append(True))
    focus(qtbot, window, one)
    at = one.mapTo(window, one.rect().center())
    under = window.childAt(at)
    assert under is not None
    QTest.mouseClick(under, Qt.MouseButton.LeftButton)
    assert pressed


def test_the_ring_leaves_the_words_above_a_field_whole(qtbot: QtBot) -> None:
    long_hint = "Choose a reason, or write one. It stays in this pharmacy and no message holds it."
    for field in (
        Field("a", "Find the patient", TextEditor()),
        Field("b", "Reason for continuing", TextEditor(), hint=long_hint),
    ):
        qtbot.addWidget(field)
        follows = field.hasHeightForWidth()
        field.setFixedSize(
            TEXT_WIDTH, field.heightForWidth(TEXT_WIDTH) if follows else field.sizeHint().height()
        )
        field.show()
        top = field.editor.mapTo(field, QPoint(0, 0)).y()
        words = [one for one in field.findChildren(QLabel) if one.isVisible()]
        assert words
        assert all(one.mapTo(field, QPoint(0, one.height())).y() + AROUND <= top for one in words)
