"""The PDF: typeset by Typst from ``resources/paper/document.typ``, tagged, held to PDF/UA-1.

What is written comes to the template as data, never as markup. The bundled fonts are used; a sign that they do
not have is looked for in the computer's fonts, and one that no font has is written as its code, so that
nothing is ever left out unseen.
"""

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Literal

from digmed_desktop import resources
from digmed_desktop.paper.document import Listing, PaperDocument

_STANDARD: Literal["ua-1"] = "ua-1"
_NO_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
_MOST_SIGNS = 200  # different signs that no font has


class PaperError(RuntimeError):
    """The typesetter failed: a fault of the program. Its text has nothing of the content."""


def pdf(document: PaperDocument) -> bytes:
    """Return the document as a PDF; raises :class:`PaperError`."""
    content = _content(document)
    own_fonts, missing = True, frozenset[str]()
    while len(missing) <= _MOST_SIGNS:
        try:
            return _typeset(_spelled_out(content, missing), own_fonts=own_fonts)
        except _NoGlyphError as error:
            if not own_fonts and error.signs <= missing:
                break
            # the second time with the computer's fonts; then what none of them has is spelled out
            missing, own_fonts = missing | (frozenset() if own_fonts else error.signs), False
    raise PaperError("The document could not be made: some characters are in none of the fonts.")


class _NoGlyphError(Exception):
    """Some signs stand in none of the fonts."""

    def __init__(self, signs: frozenset[str]) -> None:
        super().__init__()
        self.signs = signs


def _typeset(content: dict[str, Any], *, own_fonts: bool) -> bytes:
    import typst

    try:
        made = typst.compile(
            str(resources.path("paper/document.typ")),
            root=str(resources.path("paper").parent),  # pictures lie beside the folder of the template
            format="pdf",
            font_paths=[str(resources.path("fonts"))],
            ignore_system_fonts=own_fonts,
            sys_inputs={"document": json.dumps(content, ensure_ascii=False)},
            pdf_standards=_STANDARD,
            timestamp=int(datetime.now(UTC).timestamp()),
        )
    except RuntimeError as error:
        if found := _NO_GLYPH.search(str(error)):
            text = _ESCAPED.sub(lambda escaped: chr(int(escaped[1], 16)), found[1])
            raise _NoGlyphError(frozenset(text)) from None
        raise PaperError("The document could not be made.") from None
    if not isinstance(made, bytes):
        raise PaperError("The document could not be made.")
    return made


def _content(document: PaperDocument) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = []
    for block in document.blocks:
        one = {"kind": type(block).__name__.lower(), **asdict(block)}
        if isinstance(block, Listing):
            one["weights"] = block.weights or (1,) * len(block.headings)
        blocks.append(one)
    return {**asdict(document), "blocks": blocks}


def _spelled_out(value: Any, missing: frozenset[str]) -> Any:
    """Return the content with each of the missing signs written as its code: ``[U+1F489]``."""
    if not missing:
        return value
    if isinstance(value, str):
        return "".join(f"[U+{ord(c):04X}]" if c in missing else c for c in value)
    if isinstance(value, dict):
        return {key: _spelled_out(one, missing) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_spelled_out(one, missing) for one in value]
    return value
