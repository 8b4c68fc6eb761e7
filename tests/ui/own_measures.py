"""Finds where a module of the window sets a size, a font or a colour of its own instead of naming a token."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SIZES = re.compile(
    r"^set(ContentsMargins|ViewportMargins|Margins?|(Horizontal|Vertical)?Spacing|(Fixed|Minimum|Maximum)(Width|Height|Size)"
    r"|DocumentMargin|Indent|IconSize|DefaultSectionSize|MinimumSectionSize|ColumnWidth|RowHeight|Sizes"
    r"|PointSizeF?|PixelSize|Width|WidthF|Height|BlurRadius|Offset)$"
    r"|^(addSpacing|resize|resizeSection|ensureVisible|ensureWidgetVisible|sized|Words|Flow|FlowLayout|Columns|QPen|QSize|QSizeF|QMargins)$"
)
"""Calls whose numbers are sizes."""
PAINTS = frozenset({"QColor", "QFont", "GlobalColor"})
LOOK_IN_TEXT = re.compile(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b(?!\w)|\b\d+(\.\d+)?(px|pt|em)\b|\brgba?\(")
FREE = frozenset({0, 1, -1})
"""Nothing, and one: a layout's share, or the least that Qt takes."""
BOTH_SIDES = 2
IN_LETTERS = re.compile(r"(^|_)(EM|LINES|SHARE|SHARES)(_|$)")
"""Constants that count letters, lines or shares, and so follow the size of the text."""


def own_measures(path: Path) -> Iterator[str]:
    """Yield what a module sets by itself, with its line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = _constants(tree)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := _called(node)):
            if SIZES.match(name):
                for number in _numbers(node, constants):
                    yield f"{path.name}:{node.lineno}: {name} with {number}"
            if name == "setStyleSheet":
                yield f"{path.name}:{node.lineno}: a style sheet of its own"
            if name in PAINTS and any(isinstance(one, ast.Constant) for one in node.args):
                yield f"{path.name}:{node.lineno}: {name} of its own"
        if isinstance(node, ast.Attribute) and node.attr == "GlobalColor":
            yield f"{path.name}:{node.lineno}: a colour of Qt's"
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            for found in LOOK_IN_TEXT.finditer(str(node.value)):
                yield f"{path.name}:{node.lineno}: {found.group()} in a text"


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    """Return the constants of a module and of its classes that hold numbers."""
    bodies = [tree.body, *(node.body for node in ast.walk(tree) if isinstance(node, ast.ClassDef))]
    found: dict[str, ast.expr] = {}
    for body in bodies:
        for node in body:
            if isinstance(node, ast.Assign) and node.value is not None:
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        found[target.id] = node.value
                    elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                        names = (one.id for one in target.elts if isinstance(one, ast.Name))
                        found.update(zip(names, node.value.elts, strict=False))
    return found


def _numbers(node: ast.Call, constants: dict[str, ast.expr]) -> Iterator[float | int]:
    """Yield the numbers among the arguments of a call that are no token's."""
    for argument in [*node.args, *(one.value for one in node.keywords)]:
        yield from _numbers_in(argument, constants)


def _numbers_in(node: ast.expr, constants: dict[str, ast.expr]) -> Iterator[float | int]:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, int | float) and node.value not in FREE:
            yield node.value
        return
    for inner in _parts(node, constants):
        yield from _numbers_in(inner, constants)


def _parts(node: ast.expr, constants: dict[str, ast.expr]) -> list[ast.expr]:
    """Return the expressions in which the numbers of another one stand."""
    match node:
        case ast.Call():
            return [] if SIZES.match(_called(node)) else node.args  # such a call is looked at by itself
        case ast.BinOp(op=ast.Mult() | ast.FloorDiv() | ast.Div()):
            sides = (node.left, node.right)
            return [one for one in sides if not (isinstance(one, ast.Constant) and one.value == BOTH_SIDES)]
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return [constants[name]] if name in constants and not IN_LETTERS.search(name) else []
        case ast.Compare() | ast.Subscript() | ast.Lambda():
            return []
        case ast.IfExp():
            return [node.body, node.orelse]
    return [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)]
