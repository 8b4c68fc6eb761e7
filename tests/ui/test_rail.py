"""The rail: groups, icons, and two signs for two facts."""

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from digmed_desktop.data_files.source import OWN
from digmed_desktop.messaging.story import QueueStanding
from digmed_desktop.ui.frame import Banner, practice_band
from digmed_desktop.ui.notices import Notices
from digmed_desktop.ui.pages.registry import PLACES, SET_UP
from digmed_desktop.ui.rail import Entry, Rail
from digmed_desktop.ui.theme import Appearance
from digmed_desktop.ui.widgets import icons

ENTRIES = [
    *(Entry(one.key, one.title, one.keys, one.group) for one in PLACES),
    Entry("help", "Help", "F1", SET_UP),
]


def rail(qtbot: QtBot, qapp: QApplication) -> tuple[QWidget, Rail, Notices]:
    Appearance(qapp, "light", 100, "Open Sans")
    window = QWidget()
    made = Rail(ENTRIES, window)
    made.setParent(window)
    banner = Banner()
    banner.setParent(window)
    qtbot.addWidget(window)
    return window, made, Notices(window, banner, made)


def test_connection_and_action_needed_are_two_signs(qtbot: QtBot, qapp: QApplication) -> None:
    _window, made, notices = rail(qtbot, qapp)
    notices.show_standing(QueueStanding(waiting=0, needs_person=4, connected=True))
    assert made.connection.text() == "Connected"
    assert made.connection.property("ink") == "done", "what needs action says nothing about the connection"
    assert made.entries["sent"].accessibleDescription() == "4 need action"
    notices.show_standing(QueueStanding(waiting=2, needs_person=0, connected=False, stopped_because="No."))
    assert made.connection.text() == "Not connected"
    assert made.connection.property("ink") == "look"
    assert made.waiting.text() == "2 waiting"
    assert made.entries["sent"].accessibleDescription() == ""


def test_every_place_has_an_icon_and_stands_in_one_group() -> None:
    drawn = OWN.raw(icons.FILE)
    assert {one.key for one in PLACES} | {"help"} <= set(drawn)
    groups = [one.group for one in PLACES]
    assert groups == sorted(groups, key=list(dict.fromkeys(groups)).index), "a group stands in one piece"


def test_every_icon_draws_something_of_its_own(qapp: QApplication) -> None:
    images = {name: icons._image(name, "#000000", 40) for name in OWN.raw(icons.FILE)}
    blank = [name for name, image in images.items() if image.isNull() or _ink(image) == 0]
    assert blank == []
    outside = [name for name, image in images.items() if _edge(image)]
    assert outside == [], "cut off at the edge of its grid"


def _ink(image: QImage) -> int:
    return sum(image.pixelColor(x, y).alpha() > 0 for x in range(40) for y in range(40))


def _edge(image: QImage) -> bool:
    border = [(x, y) for x in range(40) for y in (0, 39)] + [(x, y) for x in (0, 39) for y in range(40)]
    return any(image.pixelColor(x, y).alpha() > 128 for x, y in border)


def test_all_places_are_in_view_in_the_smallest_window(qtbot: QtBot, qapp: QApplication) -> None:
    """Also in practice mode, whose band takes a line, and while something waits."""
    window, made, notices = rail(qtbot, qapp)
    notices.show_standing(QueueStanding(waiting=2, needs_person=1, connected=True))
    made.fit()
    band = practice_band()
    band.setParent(window)
    window.show()
    made.resize(made.width(), 720 - band.sizeHint().height())
    qtbot.waitUntil(made.isVisible)
    QApplication.processEvents()
    assert made._scroll.verticalScrollBar().maximum() == 0
    assert made.entries["sent"].accessibleDescription() == "1 needs action"
