"""The look: contrasts computed, nothing clipped at 200 % text nor at 1280x720, every widget named."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtWidgets import QAbstractButton, QLabel, QScrollArea, QWidget

from digmed_desktop.tour.player import pause
from digmed_desktop.ui import theme
from digmed_desktop.ui.pages.registry import PLACES
from digmed_desktop.ui.pages.settings.page import SettingsPage
from digmed_desktop.ui.pages.settings.sections import SECTIONS
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench

THEMES = ("light", "dark", "high-contrast")


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = QColor(colour)
    channels = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (parts.redF(), parts.greenF(), parts.blueF())
    ]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", THEMES)
def test_text_has_a_contrast_of_at_least_4_5_and_borders_of_3(name: str) -> None:
    t = theme.load(name)
    text = [
        (ink, ground)
        for ink in ("text", "quiet", "faint", "act", "done", "look", "stop")
        for ground in ("window", "surface", "raised")
    ]
    text += [(tone, f"{tone}_soft") for tone in ("act", "done", "look", "stop")]
    text += [("text", f"{tone}_soft") for tone in ("act", "done", "look", "stop")]
    text += [("on_act", "act"), ("on_act", "done"), ("on_focus", "focus"), ("on_practice", "practice")]
    text += [(f"xml_{part}", "surface") for part in ("name", "attribute", "value", "comment")]
    weak = {
        pair: round(contrast(t[pair[0]], t[pair[1]]), 2)
        for pair in text
        if contrast(t[pair[0]], t[pair[1]]) < 4.5
    }
    assert weak == {}
    assert t["act"] != t["focus"]  # or the main button looks like the one that has the cursor
    assert contrast(t["border"], t["surface"]) >= 3
    assert contrast(t["border"], t["window"]) >= 3


def clipped(page: QWidget) -> list[str]:
    """Labels that need more room than they have, and scroll areas that would scroll sideways."""
    found = []
    for label in page.findChildren(QLabel):
        if not label.isVisible() or not label.text():
            continue
        needed = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
        if label.height() + 1 < needed or (
            not label.wordWrap() and label.width() + 1 < label.sizeHint().width()
        ):
            found.append(
                f"{label.text()[:40]!r}: {label.width()}x{label.height()} of {label.sizeHint().width()}x{needed}"
            )
    for area in page.findChildren(QScrollArea):
        if (
            area.isVisible()
            and area.widget() is not None
            and area.widget().width() > area.viewport().width() + 1
        ):
            found.append(
                f"{type(area).__name__} scrolls sideways by {area.widget().width() - area.viewport().width()}"
            )
    for button in page.findChildren(QAbstractButton):
        if button.isVisible() and button.text() and button.width() + 1 < button.minimumSizeHint().width():
            found.append(f"button {button.text()!r}")
    return found


PLACES_HERE = tuple(place.key for place in PLACES if not place.only_in_practice_mode)
SECTIONS_HERE = tuple(f"settings/{section.key}" for section in SECTIONS)
PAGES = (*PLACES_HERE, *SECTIONS_HERE, "help", "vaccinate", "problems", "check", "story")


def visit(bench: Bench, page: str) -> None:
    window = bench.window
    if page in {*PLACES_HERE, "help"}:
        window.go(page)
    elif page in SECTIONS_HERE:
        window.go("settings")
        settings = window.page("settings")
        assert isinstance(settings, SettingsPage)
        settings.section(page.partition("/")[2])
    elif page == "problems":
        bench.form.form.tell_all()
    else:
        bench.form.fill(complete_answers())
        bench.form.check_now()
        bench.until(window.check.isVisible)
        if page == "story":
            bench.key(Qt.Key.Key_F12)
            bench.open_sent()
    bench.idle()
    pause(150)


@pytest.mark.parametrize("percent", [100, 200])
def test_nothing_is_clipped_at_1280x720(open_bench: Callable[..., Bench], percent: int) -> None:
    bench = open_bench(text_percent=percent)
    bench.sign_in()
    central = bench.window.centralWidget()
    assert central is not None
    found = []
    for page in PAGES:
        visit(bench, page)
        assert (bench.window.width(), bench.window.height()) == (1280, 720), page
        found += [f"{page}: {what}" for what in clipped(central)]
    assert found == []


def test_every_widget_that_takes_the_focus_has_a_name(bench: Bench) -> None:
    nameless = []
    for page in PAGES:
        visit(bench, page)
        for widget in bench.window.findChildren(QWidget):
            if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled():
                face = QAccessible.queryAccessibleInterface(widget)
                if not face.text(QAccessible.Text.Name) and not isinstance(widget, QScrollArea):
                    nameless.append(f"{page}: {type(widget).__name__} {widget.objectName()}")
    assert sorted(set(nameless)) == []


def test_dark_and_light_follow_the_choice(bench: Bench) -> None:
    look = bench.window.context.appearance
    for name in THEMES:
        look.set(name)
        assert bench.window.palette().window().color().name() == theme.load(name)["window"]
