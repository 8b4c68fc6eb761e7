"""Bytes to an XML tree, safely: no entities, no network, bounded in size, depth and number of elements.

The same door for messages and responses. What comes in is hostile until it is read.
"""

import re

from lxml import etree

MAX_BYTES = 10_000_000
"""Twice what ITK3 recommends for a message; what is larger is refused unread."""
MAX_ELEMENTS = 200_000
MAX_DEPTH = 100
_ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "utf-16", "iso-8859-1", "windows-1252"})
_DECLARED = re.compile(rb"""^<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")


class NotReadableError(ValueError):
    """The bytes are not XML that this program reads. Its text holds nothing of the content."""


def parse(body: bytes, *, instructions: bool = False) -> etree._Element:
    """Return the root of ``body``. Raises :class:`NotReadableError` in bounded time and memory.

    ``instructions`` leaves processing instructions in the tree; else they are passed by.
    """
    _refuse_by_its_look(body)
    parser = etree.XMLPullParser(
        events=("start", "end", "pi") if instructions else ("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        huge_tree=False,
        remove_pis=not instructions,
    )
    elements = depth = 0
    root: etree._Element | None = None
    try:
        for start in range(0, len(body), 65_536):
            parser.feed(body[start : start + 65_536])
            for event, node in parser.read_events():
                if event == "end":
                    depth -= 1
                    continue
                if root is None and event == "start" and not isinstance(node, tuple):
                    root = node
                elements, depth = elements + 1, depth + (event == "start")
                if elements > MAX_ELEMENTS or depth > MAX_DEPTH:
                    raise NotReadableError("The file has more elements than a message can have.")
        parser.close()
    except (etree.XMLSyntaxError, etree.ParserError, ValueError, LookupError) as fault:
        if isinstance(fault, NotReadableError):
            raise
        raise NotReadableError(_sentence(fault)) from None
    if root is None:
        raise NotReadableError("The file is not XML.")
    return root


def _refuse_by_its_look(body: bytes) -> None:
    """Refuse what need not be parsed to be refused: size, emptiness, document types, encodings."""
    if len(body) > MAX_BYTES:
        raise NotReadableError(f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
    plain = body.replace(b"\0", b"")  # UTF-16 shows its ASCII letters this way
    if not plain.strip():
        raise NotReadableError("The file is empty.")
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise NotReadableError("The file has a document type declaration, which messages must not have.")
    declared = _DECLARED.match(plain.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:300])
    if declared and declared[1].decode("ascii").lower() not in _ENCODINGS:
        raise NotReadableError("The file is in a character encoding that messages do not use.")


def _sentence(fault: Exception) -> str:
    """Return where the XML breaks, without anything of what stands there."""
    position = getattr(fault, "position", None)
    line = position[0] if isinstance(position, tuple) else None
    return (
        f"The file is not well-formed XML: it breaks at line {line}."
        if line
        else "The file is not well-formed XML."
    )
