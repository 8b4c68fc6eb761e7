"""The design system: its tokens are whole, and nothing in the window sets a size, a font or a colour beside them."""

import re
from dataclasses import asdict
from pathlib import Path

import pytest

from digmed_desktop import resources, ui
from digmed_desktop.data_files.source import OWN
from digmed_desktop.ui import theme, tokens
from tests.ui.own_measures import own_measures

ROOM = Path(ui.__file__).parent
OWNERS = {"tokens.py", "theme.py"}
SHEET = re.sub(r"/\*.*?\*/", "", resources.text("styles/window.qss"), flags=re.DOTALL)


def test_nothing_in_the_window_sets_a_size_a_font_or_a_colour_of_its_own() -> None:
    found = [
        one for path in sorted(ROOM.rglob("*.py")) if path.name not in OWNERS for one in own_measures(path)
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "box.setFixedWidth(280)",
        "layout.setContentsMargins(0, 7, 0, 0)",
        "layout.setSpacing(SPACE.small + 3)",
        "WIDE = 320\nbox.setMaximumWidth(min(WIDE, room))",
        "label.setStyleSheet(sheet)",
        'ink = QColor("red")',
        "ink = QColor(10, 20, 30)",
        "ink = Qt.GlobalColor.red",
        'FOCUS = "#ffd500"',
        'words = f"<p style=\\"margin: 12px\\">{text}</p>"',
        "font.setPointSizeF(9.5)",
        'font = QFont("Arial", 9)',
        "words = Words(text, 1.2)",
        "pen = QPen(colour, 1.5)",
    ],
)
def test_a_measure_of_its_own_is_found(line: str, tmp_path: Path) -> None:
    module = tmp_path / "page.py"
    module.write_text(line, encoding="utf-8")
    assert list(own_measures(module))


@pytest.mark.parametrize(
    "line",
    [
        "layout.setContentsMargins(*INSET.card)",
        "layout.setSpacing(0)",
        "LIST_EM = 13\nbox.setFixedWidth(em * LIST_EM)",
        "box.setFixedHeight(sum(rows) + 2 * box.frameWidth())",
        "words = Words(text, TYPE.small)",
        '"""A docstring may say 4 px or #ffffff."""',
    ],
)
def test_a_token_is_no_measure_of_its_own(line: str, tmp_path: Path) -> None:
    module = tmp_path / "page.py"
    module.write_text(line, encoding="utf-8")
    assert list(own_measures(module)) == []


def test_the_style_sheet_holds_names_in_place_of_sizes_and_colours() -> None:
    assert re.findall(r"#[0-9a-fA-F]{3,6}\b(?=[^{]*;)", SHEET) == []
    assert re.findall(r"(?<![\w.])[1-9]\d*px", SHEET) == []
    assert "font-size" not in SHEET, "a size there switches the text-size setting off"


@pytest.mark.parametrize("name", ["light", "dark", "high-contrast"])
def test_every_name_in_the_style_sheet_is_a_token(name: str) -> None:
    made = theme.style_sheet(theme.load(name))
    assert re.findall(r"\{[a-z_.]+\}", made) == []


def test_every_token_of_the_style_sheet_is_used() -> None:
    """A colour that nothing shows has no meaning."""
    own = {"look", "done", "stop", "act"}  # also by name of a tone
    source = "".join(path.read_text(encoding="utf-8") for path in ROOM.rglob("*.py")) + SHEET
    colours = set(OWN.raw("styles/themes.toml")["light"]) - own
    unused = {
        one
        for one in colours
        if f"{{{one}}}" not in SHEET and f'"{one}"' not in source and not one.startswith("xml_")
    }
    assert unused == set()


def test_every_look_has_every_colour() -> None:
    looks = OWN.raw("styles/themes.toml")
    assert set(looks) == {"light", "dark", "high-contrast"}
    names = {name: set(colours) for name, colours in looks.items()}
    assert names["dark"] == names["light"] == names["high-contrast"]
    for colours in looks.values():
        assert all(re.fullmatch(r"#[0-9a-f]{6}", one) for one in colours.values())


def test_the_tokens_are_whole() -> None:
    raw = OWN.raw(tokens.FILE)
    assert set(raw) == {"type", "space", "inset", "size", "radius", "stroke", "paper", "sheet"}
    steps = list(asdict(tokens.SPACE).values())
    assert steps == sorted(set(steps)), "each step is wider than the one before"
    assert tokens.TYPE.small < tokens.TYPE.body < tokens.TYPE.heading < tokens.TYPE.title
    assert tokens.SIZE.target >= 28, "what can be pressed"
    assert tokens.SIZE.option >= tokens.SIZE.target
    assert tokens.SIZE.row >= tokens.SIZE.target
    for group in (tokens.SPACE, tokens.SIZE, tokens.RADIUS, tokens.STROKE):
        assert all(one > 0 for one in asdict(group).values())


def test_the_page_of_the_design_system_names_every_token() -> None:
    page = (ROOM / "README.md").read_text(encoding="utf-8")
    raw = OWN.raw(tokens.FILE)
    names = [f"{group}.{name}" for group, values in raw.items() for name in values]
    names += list(OWN.raw("styles/themes.toml")["light"])
    missing = [one for one in names if f"`{one}`" not in page]
    assert missing == []
