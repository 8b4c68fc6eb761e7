"""Reads XML that someone else wrote: no entities, no network, bounded in size, depth and number of elements."""

import re
from dataclasses import dataclass

from lxml import etree

_ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "utf-16", "iso-8859-1", "windows-1252"})
_DECLARED = re.compile(rb"""^<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_PIECE = 65_536


class NotReadableError(ValueError):
    """The bytes are not XML that this program reads. Its text holds nothing of the content."""


@dataclass(frozen=True, slots=True, repr=False)
class Limits:
    """Limits on the size of a file; ``what`` is its name in a sentence."""

    size: int
    elements: int
    depth: int
    what: str


def parse(body: bytes, limits: Limits, *, instructions: bool = False) -> etree._Element:
    """Return the root of ``body``. Raises :class:`NotReadableError` in bounded time and memory.

    ``instructions`` leaves processing instructions in the tree; else they are passed by.
    """
    _refuse_by_its_look(body, limits)
    parser = etree.XMLPullParser(
        events=("start", "end", "pi") if instructions else ("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        huge_tree=False,
        remove_pis=not instructions,
    )
    count = _Count(limits)
    try:
        for start in range(0, len(body), _PIECE):
            parser.feed(body[start : start + _PIECE])
            count.read(parser)
        parser.close()
        count.read(parser)  # a small file is read at its end alone
    except (etree.XMLSyntaxError, etree.ParserError, ValueError, LookupError) as fault:
        if isinstance(fault, NotReadableError):
            raise
        raise NotReadableError(_sentence(fault)) from None
    if count.root is None:
        raise NotReadableError("The file is not XML.")
    return count.root


@dataclass(slots=True)
class _Count:
    """The root of what is being read, how many elements it has so far, and how deep they lie."""

    limits: Limits
    root: etree._Element | None = None
    elements: int = 0
    depth: int = 0

    def read(self, parser: "etree.XMLPullParser") -> None:
        """Count what the parser has read. Raises :class:`NotReadableError` where it is too much."""
        for event, node in parser.read_events():
            if event == "end":
                self.depth -= 1
                continue
            if self.root is None and event == "start" and not isinstance(node, tuple):
                self.root = node
            self.elements, self.depth = self.elements + 1, self.depth + (event == "start")
            if self.elements > self.limits.elements or self.depth > self.limits.depth:
                raise NotReadableError(f"The file has more elements than {self.limits.what} can have.")


def _refuse_by_its_look(body: bytes, limits: Limits) -> None:
    """Refuse what need not be parsed to be refused: size, emptiness, document types, encodings."""
    if len(body) > limits.size:
        raise NotReadableError(f"The file is larger than {_amount(limits.size)}.")
    plain = body.replace(b"\0", b"")  # UTF-16 shows its ASCII letters this way
    if not plain.strip():
        raise NotReadableError("The file is empty.")
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise NotReadableError(
            f"The file has a document type declaration, which {limits.what} must not have."
        )
    declared = _DECLARED.match(plain.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:300])
    if declared and declared[1].decode("ascii").lower() not in _ENCODINGS:
        raise NotReadableError(f"The file is in a character encoding that {limits.what} does not use.")


def _amount(size: int) -> str:
    return f"{size // 1_000_000} MB" if size >= 1_000_000 else f"{size // 1000} kB"


def _sentence(fault: Exception) -> str:
    """Return where the XML breaks, without anything of what stands there."""
    position = getattr(fault, "position", None)
    line = position[0] if isinstance(position, tuple) else None
    return (
        f"The file is not well-formed XML: it breaks at line {line}."
        if line
        else "The file is not well-formed XML."
    )
