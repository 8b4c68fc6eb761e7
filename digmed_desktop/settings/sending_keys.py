"""Tells which unknown keys may stand for mailbox, MESH or address, wherever in a file they are written."""

import difflib
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from digmed_desktop.settings.settings import PLACES
from digmed_desktop.settings.tables import Known
from digmed_desktop.settings.toml_faults import TomlFault

SENDING = ("mesh", "messages")
"""Tables that decide which mailbox is used and where messages go."""
_MESH = SENDING[0]
_WORDS = (_MESH, *(key for table, key, _named in PLACES.values() if table == _MESH))


def looks_like_mesh(key: str) -> bool:
    """Whether a key or table may be a misspelt or misplaced one of the connection."""
    word = unicodedata.normalize("NFKC", key).casefold()
    return any(one in word for one in _WORDS) or bool(difflib.get_close_matches(word, _WORDS, n=1))


def concerns_mesh(fault: TomlFault, raw: Mapping[str, Any], known: Known) -> bool:
    """Whether a key that is not ``known`` where a fault names it, or one in it, may be meant for the connection."""
    table, _, key = fault.key.partition(".")
    content = raw.get(table)
    if key and isinstance(content, Mapping):
        content = content.get(key)
    names = () if (table, key) in known else (key or table,)
    return any(map(looks_like_mesh, (*names, *_keys_in(content))))


def _keys_in(content: object) -> Iterator[str]:
    """Yield every key in a value; the reader of the file has bounded its depth."""
    if isinstance(content, Mapping):
        for key, value in content.items():
            yield str(key)
            yield from _keys_in(value)
    elif isinstance(content, list):
        for value in content:
            yield from _keys_in(value)
