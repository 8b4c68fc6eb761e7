"""The look: contrasts computed, the theme follows the choice; ``test_sweep`` looks for what is clipped."""

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractButton, QLabel, QScrollArea, QWidget

from digmed_desktop.ui import theme
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


def test_dark_and_light_follow_the_choice(bench: Bench) -> None:
    look = bench.window.context.appearance
    for name in THEMES:
        look.set(name)
        assert bench.window.palette().window().color().name() == theme.load(name)["window"]
