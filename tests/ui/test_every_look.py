"""Every page in every look and size: nothing cut off, too low, hard to read, sideways, or with the cursor out of view.

The slow test draws some pages; ``python -m tests.long every-look`` looks at all of them.
"""

from collections.abc import Callable
from itertools import groupby, product

import pytest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from digmed_desktop.tour.player import pause
from digmed_desktop.ui.theme import Appearance
from tests.long.registry import drawn, sized
from tests.ui.conftest import Bench
from tests.ui.look_faults import faint, look_faults, low, sideways, unseen_cursor
from tests.ui.test_look import THEMES
from tests.ui.test_sweep import content, in_tab_order, pages

SIZES = ((1280, 720, 100), (1366, 768, 100), (1920, 1080, 100), (2560, 1440, 100), (1280, 720, 200))
"""Width, height, and the size of the text in per cent."""
FULL = 1000
SAMPLE = 10
Case = tuple[str, tuple[int, int, int], str]


def faults(bench: Bench, name: str, size: tuple[int, int, int], look: str) -> list[str]:
    """Return what is wrong with the page in view in one size and look."""
    width, height, percent = size
    window = bench.window
    window.context.appearance.set(look, percent)
    window.resize(width, height)
    bench.idle()
    pause(60)
    found = [*look_faults(window), *unseen_cursor(window, in_tab_order(content(bench)))]
    if (window.width(), window.height()) != (width, height):
        found.append(f"makes the window {window.width()} by {window.height()}")
    return [f"{name}, {width}x{height}, {percent} %, {look}: {one}" for one in found]


@pytest.mark.slow
def test_every_page_in_every_size_and_look(open_bench: Callable[..., Bench]) -> None:
    bench = open_bench()
    bench.sign_in()
    ways = dict(pages(bench))
    plan: list[Case] = list(product(ways, SIZES, THEMES))
    found: list[str] = []
    for name, cases in groupby(drawn(plan, sized(FULL, SAMPLE)), key=lambda case: case[0]):
        if bench.window.context.acting.person is None:
            bench.sign_in()
        bench.window.context.appearance.set("light", 100)
        bench.window.resize(1280, 720)
        ways[name]()
        for _ in range(3):
            bench.idle()
        for _name, size, look in cases:
            found += faults(bench, name, size, look)
    assert found == []


def test_a_page_in_a_wide_dark_window(bench: Bench) -> None:
    """The quick sample: the page that most people see first."""
    bench.window.go("today")
    bench.idle()
    assert faults(bench, "today", (2560, 1440, 100), "dark") == []


def test_what_breaks_a_rule_is_found(qtbot: QtBot, qapp: QApplication) -> None:
    Appearance(qapp, "light", 100, "Open Sans")
    page = QWidget()
    column = QVBoxLayout(page)
    flat, pale, wide = QPushButton("Flat"), QLabel("A pale text that nobody can read"), QLineEdit("Wide")
    flat.setFixedHeight(20)
    palette = pale.palette()
    palette.setColor(pale.foregroundRole(), page.palette().window().color().darker(112))
    pale.setPalette(palette)
    hidden = QPushButton("Out of view")
    line = QHBoxLayout()
    for one in (flat, wide):
        line.addWidget(one)
    column.addLayout(line)
    column.addWidget(pale)
    qtbot.addWidget(page)
    page.resize(400, 200)
    hidden.setParent(page)
    hidden.move(500, 50)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    assert any("'Flat' is 20 px high" in one for one in low(page))
    assert any("'Flat' is squeezed" in one for one in low(page))
    assert any("A pale text" in one for one in faint(page))
    assert list(sideways(page)) == []
    hidden.show()
    assert any("Out of view" in one for one in unseen_cursor(page, [flat, hidden]))
