"""What works on Linux and breaks on Windows is refused in the source: each rule names where it is right."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "digmed_desktop"
SOURCES = sorted(PACKAGE.rglob("*.py"))


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def _attributes(tree: ast.AST) -> list[ast.Attribute]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]


def _is_of(node: ast.Attribute, module: str) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == module


@cache
def _calls_by_name(tree: ast.AST) -> dict[str, list[ast.Call]]:
    """Walk a tree once: a dozen rules ask for several names each."""
    found: dict[str, list[ast.Call]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            found.setdefault(name, []).append(node)
    return found


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    yield from _calls_by_name(tree).get(name, ())


def _text_of_mode(call: ast.Call, position: int) -> str:
    given = [call.args[position]] if len(call.args) > position else []
    given += [word.value for word in call.keywords if word.arg == "mode"]
    return str(given[0].value) if given and isinstance(given[0], ast.Constant) else ""


def opens_text_without_encoding(tree: ast.AST) -> Iterator[ast.AST]:
    for name, encoding_at in (("read_text", 0), ("write_text", 1)):
        for call in _calls(tree, name):
            if len(call.args) <= encoding_at and not any(word.arg == "encoding" for word in call.keywords):
                yield call
    for call in _calls(tree, "open"):
        built_in = isinstance(call.func, ast.Name)
        of_os = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "os"
        mode = _text_of_mode(call, 1 if built_in else 0)
        text = built_in or set(mode) & set("rwax") == set(mode) - set("+t") != set()
        if (
            not of_os
            and text
            and "b" not in mode
            and not any(word.arg == "encoding" for word in call.keywords)
        ):
            yield call
    for call in _calls(tree, "fdopen"):
        if "b" not in _text_of_mode(call, 1) and not any(word.arg == "encoding" for word in call.keywords):
            yield call


def names_a_file_as_address(tree: ast.AST) -> Iterator[ast.AST]:
    yield from _calls(tree, "as_uri")


def replaces_a_file(tree: ast.AST) -> Iterator[ast.AST]:
    for name in ("replace", "rename", "renames"):
        for call in _calls(tree, name):
            if isinstance(call.func, ast.Attribute) and (len(call.args) == 1 and not call.keywords):
                yield call  # a text's replace has two arguments, a date's and a dataclass's have names
            elif isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) in {"os", "shutil"}:
                yield call


def asks_for_the_interpreter(tree: ast.AST) -> Iterator[ast.AST]:
    for node in _attributes(tree):
        if node.attr in {"executable", "_base_executable"} and _is_of(node, "sys"):
            yield node


def prints_while_it_is_imported(tree: ast.AST) -> Iterator[ast.AST]:
    printed = list(_calls(tree, "print"))
    inside = printed and {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(node)
    }
    yield from (call for call in printed if id(call) not in inside)


def calls_what_only_posix_has(tree: ast.AST) -> Iterator[ast.AST]:
    names = {"fork", "geteuid", "getuid", "killpg", "setsid", "mkfifo", "O_DIRECTORY"}
    yield from (node for node in _attributes(tree) if node.attr in names and _is_of(node, "os"))


def derives_a_place_from_its_own(tree: ast.AST) -> Iterator[ast.AST]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "__file__")


Rule = Callable[[ast.AST], Iterator[ast.AST]]
RULES: tuple[tuple[Rule, str, frozenset[str]], ...] = (
    (opens_text_without_encoding, "open(name)", frozenset()),
    (opens_text_without_encoding, "path.read_text()", frozenset()),
    (opens_text_without_encoding, "path.write_text(text)", frozenset()),
    (opens_text_without_encoding, "path.open('w')", frozenset()),
    (opens_text_without_encoding, "os.fdopen(handle, 'w')", frozenset()),
    # a picture in a page is an address, and Qt reads one of a share too; SQLite does not
    (names_a_file_as_address, "path.as_uri()", frozenset({"paper/printing.py"})),
    (replaces_a_file, "part.replace(target)", frozenset({"files/replacing.py"})),
    (replaces_a_file, "os.replace(part, target)", frozenset({"files/replacing.py"})),
    (replaces_a_file, "old.rename(new)", frozenset({"files/replacing.py"})),
    (asks_for_the_interpreter, "sys.executable", frozenset({"demo/own_command.py"})),
    # a module that moves to another folder would look in the wrong place, and find nothing there
    (derives_a_place_from_its_own, "Path(__file__).parents[3]", frozenset({"files/own_place.py"})),
    (prints_while_it_is_imported, "print('here')", frozenset()),
    (calls_what_only_posix_has, "os.geteuid()", frozenset({"files/rights.py"})),
)


@pytest.mark.parametrize(
    ("rule", "wrong", "right_in"), RULES, ids=lambda value: getattr(value, "__name__", None)
)
def test_the_rule_sees_the_fault_and_the_source_has_none(
    rule: Rule, wrong: str, right_in: frozenset[str]
) -> None:
    assert list(rule(ast.parse(wrong))), "the rule does not see what it refuses"
    found = [
        f"{file.relative_to(PACKAGE).as_posix()}:{getattr(node, 'lineno', 0)}"
        for file in SOURCES
        if file.relative_to(PACKAGE).as_posix() not in right_in
        for node in rule(_tree(file))
    ]
    assert found == []


@pytest.mark.parametrize(
    "right",
    [
        "text.replace('a', 'b')",
        "moment.replace(tzinfo=None)",
        "replace(record, name='x')",
        "path.open('rb')",
        "path.open(encoding='utf-8')",
        "os.open(path, flags)",
        "path.read_text('utf-8')",
        "path.write_text(text, 'utf-8')",
        "def main():\n    print('x')",
    ],
)
def test_the_rules_leave_alone_what_is_right(right: str) -> None:
    assert [rule.__name__ for rule, _wrong, _in in RULES if list(rule(ast.parse(right)))] == []


def test_the_streams_are_made_fit_before_anything_else() -> None:
    tree = ast.parse((PACKAGE / "cli.py").read_text(encoding="utf-8"))
    main = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "main")
    body = main.body[1:]  # after the docstring
    assert "console.prepare()" in ast.unparse(body[0])
