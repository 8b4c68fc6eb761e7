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
_ONE_WORD = re.compile(r"[A-Z][a-z]+(?:-[a-z]+)? ?…?")
"""A label of one word, such as that of a button: ``Correct``."""
_NO_PROSE = re.compile(r"\{ ?(?:font|margin)|</?[a-z]+[ >/]|^\w+\[\w+")
"""A style sheet, a mark of HTML, or a type."""
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
    """Yield every text of the data files, pages, paper, installer and package."""
    yield from of_data_files()
    yield from of_pages()
    yield from of_templates()
    yield from of_installer()
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
    elif isinstance(value, str) and _is_read(value):
        yield Words(f"{place}: {key}", value)


def _is_read(text: str) -> bool:
    """Tell a text of two words, or a label of one, from a code or a name of a file."""
    return bool(_TWO_WORDS.search(text) or _ONE_WORD.fullmatch(text))


def of_pages() -> Iterator[Words]:
    """Yield the paragraphs, items and cells of the help, README and CHANGELOG, without marks and links."""
    for file in [*sorted((RESOURCES / "help").glob("*.md")), ROOT / "README.md", ROOT / "CHANGELOG.md"]:
        yield from of_markdown(str(file.relative_to(ROOT)), file.read_text(encoding="utf-8"))


def of_markdown(place: str, page: str) -> Iterator[Words]:
    """Yield the texts of one page in Markdown."""
    text = re.sub(r"!\[([^\]]*)\]\([^)]*\)|\[([^\]]*)\]\([^)]*\)", r"\1\2", page)
    text = re.sub(r"^```.*?^```|<!--.*?-->", "", text, flags=re.MULTILINE | re.DOTALL)
    for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-*|#]|\d+\.) ?)", text):
        plain = " ".join(re.sub(r"[*`#]|^\s*[-\d.]+\s", "", block).split())
        for cell in plain.split("|"):
            if _is_read(cell.strip()):
                yield Words(place, cell.strip())


def of_templates() -> Iterator[Words]:
    """Yield the words in square brackets of the templates for paper; all other words of paper are data."""
    for file in sorted((RESOURCES / "paper").glob("*.typ")):
        yield from of_template(str(file.relative_to(ROOT)), file.read_text(encoding="utf-8"))


def of_template(place: str, template: str) -> Iterator[Words]:
    """Yield the words that one template sets itself."""
    code = re.sub(r"//.*", "", template)
    for content in re.findall(r"\[([^\[\]]*)\]", code):
        plain = " ".join(re.sub(r"#[\w.-]+(?:\([^)]*\)|\.\w+)*", " ", content).split())
        if _is_read(plain):
            yield Words(place, plain)


def of_installer() -> Iterator[Words]:
    """Yield what Windows and Debian show of the program: tasks, menu entries and the package's description."""
    for task in sorted((RESOURCES / "windows").glob("*.xml")):
        for shown in re.findall(r"<Description>(.*?)</Description>", task.read_text(encoding="utf-8")):
            yield Words(str(task.relative_to(ROOT)), shown)
    line = re.compile(
        r"^(?:Name|Comment|GenericName|Description|FileDescription)\s*[=:]\s*(.+)$|^ (\S.+)$", re.MULTILINE
    )
    for file in sorted((ROOT / "installer" / "linux").iterdir()):
        if file.suffix in {".desktop", ".in"}:
            for one in line.finditer(file.read_text(encoding="utf-8")):
                yield Words(str(file.relative_to(ROOT)), one[1] or one[2])


def of_package() -> Iterator[Words]:
    """Yield the strings of the package that read as text; not docstrings, SQL or what goes to the log."""
    for file in sorted(PACKAGE.rglob("*.py")):
        place = str(file.relative_to(ROOT))
        if not any(part in place for part in ("/migrations/", "/tables/", "/tour/")):
            yield from of_module(place, file.read_text(encoding="utf-8"))


def of_module(place: str, source: str) -> Iterator[Words]:
    """Yield the texts of one module, strings inside the braces of an f-string among them."""
    tree = ast.parse(source)
    unread = _unread(tree)
    for node in ast.walk(tree):
        if id(node) in unread:
            continue
        text = _text(node)
        if text and _is_read(text) and not _SQL.match(text) and not _NO_PROSE.search(text):
            yield Words(f"{place}:{getattr(node, 'lineno', 0)}", text)


def _unread(tree: ast.AST) -> set[int]:
    """Return the nodes that nobody reads: docstrings, lines for the log, annotations, the pieces of an f-string."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            found.update(id(piece) for piece in node.values if isinstance(piece, ast.Constant))
            for piece in node.values:
                if isinstance(piece, ast.FormattedValue) and piece.format_spec:
                    found.update(id(inner) for inner in ast.walk(piece.format_spec))
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
    return isinstance(of, ast.Name) and of.id in {"text", "AssertionError", "TypeVar", "cast", "KeyringVault"}


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "0" for one in node.values)
    return ""
