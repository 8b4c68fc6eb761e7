"""Rules over the source that no linter holds: size, printing, Qt's reach, and nothing of the machine it was
made on.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from digmed_desktop.clinical.questions.forms import SETS
from digmed_desktop.fhir.sections import ITEMS

CHECKOUT = Path(__file__).parents[2]
PACKAGE = CHECKOUT / "digmed_desktop"
SOURCES = sorted(PACKAGE.rglob("*.py"))
RESOURCES = sorted(
    p
    for p in (CHECKOUT / "resources").rglob("*")
    if p.suffix in {".toml", ".json", ".md", ".xml", ".qss", ".html"}
)
FRONT = (
    "cli.py",
    "starting.py",
    "maintenance.py",
    "doctor.py",
    "app.py",
    "tour/",
    "evidence/commands.py",
    "fhir/commands.py",
    "fhir/explaining.py",
)  # the only ones that write to the console


def room_of(file: Path) -> str:
    return file.relative_to(PACKAGE).as_posix()


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def calls(file: Path) -> Iterator[str]:
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id
            elif isinstance(node.func, ast.Attribute):
                yield node.func.attr


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def test_there_is_something_to_look_at() -> None:
    assert len(SOURCES) > 50
    assert len(RESOURCES) > 10


def test_no_module_is_longer_than_one_idea() -> None:
    assert [
        f"{room_of(f)}: {n}" for f in SOURCES if (n := len(f.read_text(encoding="utf-8").splitlines())) > 500
    ] == []


def test_only_front_ends_print() -> None:
    assert [room_of(f) for f in SOURCES if "print" in calls(f) and not room_of(f).startswith(FRONT)] == []


def test_the_event_loop_is_never_pumped_by_hand() -> None:
    """``processEvents`` lets a click land in the middle of what another click began."""
    assert [
        room_of(f) for f in SOURCES if "processEvents" in calls(f) and not room_of(f).startswith("tour/")
    ] == []


def test_no_widget_is_asked_for_what_it_may_have() -> None:
    """A page, a section and a field have a type: mypy sees a member that is renamed or missing."""
    asked = []
    for file in (f for f in SOURCES if room_of(f).startswith("ui/")):
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                by_name = node.func.id == "getattr" and isinstance(node.args[1], ast.Constant)
                if by_name or node.func.id == "hasattr":
                    asked.append(f"{room_of(file)}:{node.lineno}")
    assert asked == []


def test_threads_never_sleep_where_the_window_lives() -> None:
    assert [room_of(f) for f in SOURCES if room_of(f).startswith("ui/") and "sleep" in calls(f)] == []


def test_what_is_done_later_is_done_for_a_widget_that_lives() -> None:
    """A single shot without the object it is for comes even where its page was deleted meanwhile."""
    bare = [
        f"{file.relative_to(PACKAGE)}:{node.lineno}"
        for file in SOURCES
        if room_of(file).startswith(("ui/", "background/"))
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "QTimer.singleShot" and len(node.args) < 3
    ]
    assert bare == []


def test_only_the_window_its_tour_and_the_front_ends_know_widgets() -> None:
    knows = [
        f
        for f in SOURCES
        if any(name.startswith(("PySide6.QtWidgets", "PySide6.QtGui")) for name in imported(f))
    ]
    assert [
        room_of(f) for f in knows if not room_of(f).startswith(("ui/", "tour/", "app.py", "cli.py"))
    ] == []
    background = {
        n
        for f in SOURCES
        if room_of(f).startswith("background/")
        for n in imported(f)
        if n.startswith("PySide6.Qt")
    }
    assert {name.split(".")[1] for name in background} == {"QtCore"}


def test_no_room_is_a_drawer() -> None:
    drawers = {"utils", "util", "common", "helpers", "helper", "manager", "misc"}
    assert [room_of(f) for f in SOURCES if drawers & {f.stem, f.parent.name}] == []


MACHINE = re.compile(
    r"(?<![\w.])/(?:home|root|work|tmp|Users|opt)/\w|[A-Z]:\\\\?Users|\bshared/", re.MULTILINE
)


@pytest.mark.parametrize("files", [SOURCES, RESOURCES], ids=["package", "resources"])
def test_nothing_of_the_machine_it_was_made_on(files) -> None:
    found = {
        f.relative_to(CHECKOUT).as_posix(): MACHINE.findall(f.read_text(encoding="utf-8")) for f in files
    }
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_the_rules_can_fail() -> None:
    """The patterns above find what they are there to find."""
    assert MACHINE.search("see /home/rose/x")
    assert MACHINE.search("../shared/design")
    assert MACHINE.search("C:\\Users\\rose")
    assert not MACHINE.search("https://example.org/home/page")
    assert list(calls(Path(__file__)))


EDGE = ("clinical/", "ui/", "tour/")
"""Where answers are typed, read and bound; everywhere else a record is read."""
SMALL_FORMS = (
    "desk/connections/connection.py",
    "desk/records/incidents.py",
    "desk/upkeep/managing.py",
    "desk/people/people.py",
    "desk/lists/pgds.py",
    "desk/records/registering.py",
    "desk/lists/stock.py",
)
"""Each reads the answers of a small form of its own, of which there is no record."""


def is_answers(node: ast.expr) -> bool:
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return name == "answers"


def keys_read_from_answers(file: Path) -> Iterator[str]:
    """The key of each ``answers[...]`` and ``answers.get(...)``, as it is written."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
            yield from [ast.unparse(node.slice)] if is_answers(node.value) else []
        elif isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Attribute):
            asks = node.func.attr in ("get", "pop", "setdefault")
            yield from [ast.unparse(node.args[0])] if asks and is_answers(node.func.value) else []


def test_nobody_beside_the_forms_reads_answers() -> None:
    read = {
        (room_of(f), key)
        for f in SOURCES
        if not room_of(f).startswith((*EDGE, *SMALL_FORMS))
        for key in keys_read_from_answers(f)
    }
    assert read == set()
    assert "'session.programme'" in set(keys_read_from_answers(PACKAGE / "clinical/questions/vaccination.py"))


def test_no_question_is_named_beside_the_forms() -> None:
    """A path of the record or an item of an edition may be spelled as a question is: other tests hold those."""
    asked = {field.id for one in SETS.values() for field in one.form.fields()}
    paths = {path for one in SETS.values() for path in one.attributes()}
    named = {
        (room_of(f), node.value)
        for f in SOURCES
        if not room_of(f).startswith(EDGE)
        for node in ast.walk(tree(f))
        if isinstance(node, ast.Constant) and node.value in asked - paths - ITEMS.keys()
    }
    assert named == set()
