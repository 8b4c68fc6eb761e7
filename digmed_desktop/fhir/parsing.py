"""Bytes to an XML tree, safely: the same door for messages and responses, which are hostile until they are read."""

from lxml import etree

from digmed_desktop import untrusted_xml
from digmed_desktop.untrusted_xml import Limits, NotReadableError

__all__ = ["MAX_BYTES", "NotReadableError", "parse"]

MAX_BYTES = 10_000_000
"""Twice what ITK3 recommends for a message; what is larger is refused unread."""
_LIMITS = Limits(MAX_BYTES, 200_000, 100, "a message")


def parse(body: bytes, *, instructions: bool = False) -> etree._Element:
    """Return the root of ``body``. Raises :class:`NotReadableError` in bounded time and memory.

    ``instructions`` leaves processing instructions in the tree; else they are passed by.
    """
    return untrusted_xml.parse(body, _LIMITS, instructions=instructions)
