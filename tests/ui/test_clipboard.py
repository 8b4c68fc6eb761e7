"""Whatever is copied from the program carries the marks that keep it out of Windows' clipboard history and cloud."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QStandardItem, QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTableView,
    QTextBrowser,
    QWidget,
)

from digmed_desktop.ui.clipboard import Copied, put_text

CONTROL = Qt.KeyboardModifier.ControlModifier
TEXT = "O'NEILL, Rose 999 012 3020"
VALUES = {
    "ExcludeClipboardContentFromMonitorProcessing": b"\1\0\0\0",
    "CanIncludeInClipboardHistory": b"\0\0\0\0",
    "CanUploadToCloudClipboard": b"\0\0\0\0",
}


def a_line() -> QWidget:
    line = QLineEdit(TEXT)
    line.selectAll()
    return line


def a_text() -> QWidget:
    text = QPlainTextEdit(TEXT)
    text.selectAll()
    return text


def a_page() -> QWidget:
    page = QTextBrowser()
    page.setPlainText(TEXT)
    page.selectAll()
    return page


def a_label() -> QWidget:
    label = QLabel(TEXT)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByKeyboard | Qt.TextInteractionFlag.TextSelectableByMouse
    )
    label.setSelection(0, len(TEXT))
    return label


def a_list() -> QWidget:
    table = QTableView()
    model = QStandardItemModel(table)
    model.appendRow(QStandardItem(TEXT))
    table.setModel(model)
    table.setCurrentIndex(model.index(0, 0))
    return table


def with_the_cursor(qtbot, place: QWidget) -> None:
    """Show a widget and put the cursor into it, as a person does who copies from it."""
    qtbot.addWidget(place)
    place.show()
    place.activateWindow()
    place.setFocus()
    qtbot.waitUntil(place.hasFocus)


def marks() -> dict[str, bytes]:
    data = QApplication.clipboard().mimeData()
    return {name: data.data(name).data() for name in VALUES if data.hasFormat(name)}


@pytest.fixture
def seen() -> Iterator[list[bool]]:
    """Whether the marks were there at each change of the clipboard; that is when Windows looks."""
    clipboard, found = QApplication.clipboard(), list[bool]()
    clipboard.clear()

    def look() -> None:
        found.append(marks() == VALUES)

    clipboard.dataChanged.connect(look)
    yield found
    clipboard.dataChanged.disconnect(look)


@pytest.mark.parametrize("made", [a_line, a_text, a_page, a_label, a_list])
def test_a_copy_by_key_is_marked_from_the_first(qtbot, seen: list[bool], made: Callable[[], QWidget]) -> None:
    place = made()
    Copied(place)
    with_the_cursor(qtbot, place)
    QTest.keyClick(place, Qt.Key.Key_C, CONTROL)
    assert QApplication.clipboard().text() == TEXT
    assert marks() == VALUES
    assert set(seen) == {True}


@pytest.mark.parametrize("made", [a_line, a_text])
def test_cut_text_is_marked_and_gone(qtbot, seen: list[bool], made: Callable[[], QWidget]) -> None:
    place = made()
    with_the_cursor(qtbot, place)
    Copied(place)
    QTest.keyClick(place, Qt.Key.Key_X, CONTROL)
    left = place.text() if isinstance(place, QLineEdit) else place.toPlainText()  # type: ignore[attr-defined]
    assert (QApplication.clipboard().text(), left, marks()) == (TEXT, "", VALUES)
    assert set(seen) == {True}


@pytest.mark.parametrize("made", [a_line, a_text, a_page])
def test_the_menu_of_a_text_copies_with_the_marks(
    qtbot, seen: list[bool], made: Callable[[], QWidget]
) -> None:
    place = made()
    Copied(place)
    with_the_cursor(qtbot, place)
    QApplication.sendEvent(
        place,
        QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), place.mapToGlobal(QPoint(5, 5))),
    )
    (menu,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, QMenu) and one.isVisible()]
    QApplication.processEvents()  # nobody can choose from a menu before it is drawn
    (copy,) = [one for one in menu.actions() if one.objectName() == "edit-copy"]
    copy.trigger()
    menu.close()
    assert (QApplication.clipboard().text(), marks()) == (TEXT, VALUES)
    assert set(seen) == {True}


def test_what_another_way_brought_is_marked_as_soon_as_it_is_there(
    qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_line()
    qtbot.addWidget(place)
    Copied(place)
    in_front = Qt.ApplicationState.ApplicationActive
    monkeypatch.setattr(QGuiApplication, "applicationState", staticmethod(lambda: in_front))
    QApplication.clipboard().setText(TEXT)
    assert (QApplication.clipboard().text(), marks()) == (TEXT, VALUES)


def test_a_pin_is_never_copied(qtbot) -> None:
    line = a_line()
    assert isinstance(line, QLineEdit)
    line.setEchoMode(QLineEdit.EchoMode.Password)
    line.selectAll()
    Copied(line)
    with_the_cursor(qtbot, line)
    put_text("before")
    QTest.keyClick(line, Qt.Key.Key_C, CONTROL)
    assert QApplication.clipboard().text() == "before"
