"""The reading view draws what changed, and looks as if it had drawn everything."""

import random
import re
import sys
from itertools import pairwise

import pytest
from pytestqt.qtbot import QtBot

from digmed_desktop.desk.views.general import PreviewRow, PreviewSection
from digmed_desktop.ui import theme
from digmed_desktop.ui.preview.reading_view import ReadingView

VALUES = (
    (),
    ("",),
    ("O'NEILL, Rose & <b>Sons</b>",),
    ("Flat 2", "1  Example   Street", " ZZ99 3WZ "),
    ("one line\nand another\n\nafter an empty one", "of two"),
    ("tab\there",),
    ("no\u00a0break",),
)
ANCHORS = re.compile(r"<a [^>]*>")
LIGHT = theme.load("light")


def some_sections(chance: random.Random, *, rows: int = 3) -> tuple[PreviewSection, ...]:
    def row(number: int) -> PreviewRow:
        field = f"patient.{number}" if number else ""
        if chance.random() < 0.3:
            return PreviewRow(f"Label {number}", (), field, missing=True)
        return PreviewRow(f"Label {number}", chance.choice(VALUES), field)

    without = PreviewSection("Without rows", ())
    return (*(PreviewSection(f"Section {n}", tuple(row(m) for m in range(rows))) for n in range(3)), without)


def tall_view() -> ReadingView:
    view = ReadingView(LIGHT)
    view.resize(500, 1200)
    return view


def drawn_whole(sections: tuple[PreviewSection, ...], marked: str) -> ReadingView:
    view = tall_view()
    view._marked = marked
    view.show_sections(sections)
    return view


def test_what_changed_in_part_looks_as_drawn_whole(qtbot: QtBot) -> None:
    chance = random.Random(20261129)
    view = tall_view()
    qtbot.addWidget(view)
    for turn in range(60):
        sections = some_sections(chance, rows=3 if turn % 20 else 4)
        marked = chance.choice(("", "patient.1", "patient.2", "somewhere else"))
        view.show_sections(sections)
        view.mark(marked)
        whole = drawn_whole(sections, marked)
        assert view.toPlainText() == whole.toPlainText()
        assert ANCHORS.findall(view.toHtml()) == ANCHORS.findall(whole.toHtml())
        assert view.grab().toImage() == whole.grab().toImage()
        whole.deleteLater()


def test_a_changed_value_draws_nothing_else_anew(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(7)
    view = ReadingView(LIGHT)
    qtbot.addWidget(view)
    whole: list[int] = []
    draw = view._draw
    view._draw = lambda: whole.append(1) or draw()  # type: ignore[method-assign]
    monkeypatch.setattr(sys.modules[__name__], "VALUES", [one for one in VALUES if any(one)])
    shown = [some_sections(chance) for _ in range(5)]
    for before, after in pairwise(shown):
        view.show_sections(before)
        view.show_sections(after)
    assert len(whole) == 1
