"""Hold ARCHITECTURE.md to the code: its picture to the import contracts, its words to what the package uses."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "digmed_desktop" / "ARCHITECTURE.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def drawing() -> ModuleType:
    spec = importlib.util.spec_from_file_location("picture", ROOT / ".ci" / "picture.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_picture_is_the_one_that_its_command_draws(drawing: ModuleType) -> None:
    shown = PAGE.split(drawing.BEGIN)[1].split(drawing.END)[0]
    assert shown == drawing.picture(), "run: python .ci/picture.py --write"


def test_the_table_of_rooms_names_every_room_of_the_contract(drawing: ModuleType) -> None:
    table = PAGE.split("\n## Rooms\n")[1].split("\n## ")[0]
    rooms = {room for floor in drawing.floors() for room in floor if not room.startswith("__")}
    assert rooms - set(re.findall(r"`(\w+)`", table)) == set()


def test_the_code_uses_every_private_word_and_each_has_one_line() -> None:
    section = PAGE.split("\n## Private words\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")][1:]
    words = [word.strip() for word, _meaning in rows]
    assert len(words) > 20
    assert words == sorted(set(words))
    code = "\n".join(
        file.read_text(encoding="utf-8") for file in sorted((ROOT / "digmed_desktop").rglob("*.py"))
    )
    unused = [
        word for word in words if not re.search(rf"(\b|_){re.sub(' ', '[ _]', word)}", code, re.IGNORECASE)
    ]
    assert unused == []
    places = re.findall(r"`([\w/]+\.py)`", section)
    assert [place for place in places if not (ROOT / "digmed_desktop" / place).is_file()] == []
