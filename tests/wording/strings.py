"""Collect each text that a person can read, with its place: data files, help pages, and the package's own strings."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESOURCES, PACKAGE = ROOT / "resources", ROOT / "digmed_desktop"
_OF_OTHERS = {"conformance", "fonts", "icons", "layouts", "linux", "schemas", "styles", "examples"}
"""Folders without words of this program: profiles, fonts, packages, colours."""
_OF_THE_GP = {"editions", "codes"}
"""Folders whose texts are published: titles of sections, terms of SNOMED CT and dm+d, words of a message."""
_NO_TEXT = {
    "id", "source", "sources", "url", "pattern", "system", "display", "code", "quote", "test", "tests", "checked_by",
    "format", "mentions", "names", "name_in_dmd", "spec", "age_source", "advice", "regex",
}  # fmt: skip
"""Keys of data files whose values are no sentences of this program: sources, words of a pack, texts to the GP."""
_TWO_WORDS = re.compile(r"[A-Za-z0-9][A-Za-z']*[,.:;]? +[A-Za-z(0-9{]")
_SQL = re.compile(r"^\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|PRAGMA|ALTER|BEGIN|WITH|ATTACH)\b")
_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9*\"'(])|\n{2,}|\s+[|·]\s+|:\s+(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Words:
    """A text and its place: ``resources/forms/vaccination.toml: group.title`` or ``digmed_desktop/cli.py:41``."""

    place: str
    text: str

    def sentences(self) -> Iterator[str]:
        """Yield its sentences."""
        yield from (one for one in _SENTENCE_ENDS.split(self.text) if one.strip())


def all_words() -> Iterator[Words]:
    """Yield every text of the data files, the help pages and the package."""
    yield from of_data_files()
    yield from of_help()
    yield from of_package()


def of_data_files() -> Iterator[Words]:
    """Yield the texts of the data files that this program speaks itself."""
    for file in sorted(RESOURCES.rglob("*.toml")):
        inside = file.relative_to(RESOURCES).parts[0]
        if inside not in _OF_OTHERS | _OF_THE_GP:
            yield from _of_value(
                str(file.relative_to(ROOT)), "", tomllib.loads(file.read_text(encoding="utf-8"))
            )


def _of_value(place: str, key: str, value: object) -> Iterator[Words]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in _NO_TEXT:
                yield from _of_value(place, f"{key}.{name}".lstrip("."), inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _of_value(place, key, inner)
    elif isinstance(value, str) and _TWO_WORDS.search(value):
        yield Words(f"{place}: {key}", value)


def of_help() -> Iterator[Words]:
    """Yield the paragraphs, items and cells of the help pages, without marks and links."""
    for file in sorted((RESOURCES / "help").glob("*.md")):
        place = str(file.relative_to(ROOT))
        text = re.sub(
            r"!\[([^\]]*)\]\([^)]*\)|\[([^\]]*)\]\([^)]*\)", r"\1\2", file.read_text(encoding="utf-8")
        )
        text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
        for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-*|#]|\d+\.) ?)", text):
            plain = " ".join(re.sub(r"[*`#]|^\s*[-\d.]+\s", "", block).split())
            for cell in plain.split("|"):
                if _TWO_WORDS.search(cell):
                    yield Words(place, cell.strip())


def of_package() -> Iterator[Words]:
    """Yield the strings of the package with two words or more; not docstrings, SQL or what goes to the log."""
    for file in sorted(PACKAGE.rglob("*.py")):
        place = str(file.relative_to(ROOT))
        if any(part in place for part in ("/migrations/", "/tables/", "/tour/")):
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        unread = _unread(tree)
        for node in ast.walk(tree):
            if id(node) in unread:
                continue
            text = _text(node)
            if text and _TWO_WORDS.search(text) and not _SQL.match(text):
                yield Words(f"{place}:{getattr(node, 'lineno', 0)}", text)


def _unread(tree: ast.AST) -> set[int]:
    """Return the nodes that nobody reads: docstrings, lines for the log, annotations, the pieces of an f-string."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            found.update(
                id(inner) for inner in ast.walk(node) if inner is not node and isinstance(inner, ast.Constant)
            )
        elif isinstance(node, ast.Call) and _is_unread_call(node):
            found.update(id(inner) for inner in ast.walk(node))
        elif isinstance(node, ast.Assert | ast.AnnAssign):
            part = node.msg if isinstance(node, ast.Assert) else node.annotation
            found.update(id(inner) for inner in ast.walk(part)) if part else None
    return found


def _is_unread_call(call: ast.Call) -> bool:
    of = call.func
    if isinstance(of, ast.Attribute) and isinstance(of.value, ast.Name):
        return of.value.id in {"log", "_log", "logger", "re", "logging"} or of.attr in {
            "execute",
            "exec_driver_sql",
        }
    return isinstance(of, ast.Name) and of.id in {"text", "AssertionError", "TypeVar"}


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "0" for one in node.values)
    return ""
