"""Mutations that know the structure of what they change, and a run that notes what a reader makes of them."""

import copy
import json
import random
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from tests.long.registry import Outcome, Size

SCALARS: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**31, 2**63, 10**30, 0.5, -0.0, 1e308, "", " ", "x" * 5000, "\0", "\ud83d\ude00",
    "é" * 300, "2026-02-30", "9" * 400, "../../x", "<a>", "ROWS", "\u202e", [], {}, [[]], {"a": {}}, ["x"] * 50,
)  # fmt: skip
SNIPPETS = (
    b"[" * 3000, b"{\"a\":" * 3000, b"1e999", b"NaN", b"-Infinity", b"\\ud800", b"\xff\xfe", b"\xef\xbb\xbf", b"\0",
    b"\"", b"'", b"\r\n", b",", b"9" * 5000, b"<![CDATA[", b"&#0;", b"<!DOCTYPE x>", b"]", b"}", b"<?x y?>", b"\x80",
)  # fmt: skip
MOST_MEGABYTES = 100
MOST_SECONDS = 5.0


@dataclass(frozen=True)
class Reader:
    """A reader under test: ``read`` may return, or raise one of ``own`` errors, which then hold a sentence."""

    read: Callable[[bytes], object]
    own: tuple[type[Exception], ...]
    mutate: Callable[[random.Random], bytes]


def run(reader: Reader, size: Size) -> Outcome:
    """Read so many mutations; note errors that are not the reader's own, the longest time and the most memory."""
    chance = random.Random(size.seed)
    ended: Counter[str] = Counter()
    broken: list[str] = []
    longest, most = 0.0, 0
    before = 0
    for number in range(size.count):
        if number == size.count // 100:
            before = _resident()
        body = reader.mutate(chance)
        measured = number % 50 == 0  # following every allocation makes it slow
        if measured:
            tracemalloc.start()
        began = time.perf_counter()
        try:
            reader.read(body)
            ended["read"] += 1
        except reader.own as error:
            ended["refused"] += 1
            if not str(error):
                broken.append(f"case {number}: refused without a word")
        except Exception as error:  # noqa: BLE001 - any other kind is what is looked for
            broken.append(f"case {number}: {type(error).__name__}")
        spent = time.perf_counter() - began
        if measured:
            most = max(most, tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        else:
            longest = max(longest, spent)
        if spent > MOST_SECONDS and not measured:
            broken.append(f"case {number}: took {spent:.1f} s")
    grown = _resident() - before
    if max(most, grown) > MOST_MEGABYTES * 1_000_000:
        broken.append(f"memory: {most / 1e6:.0f} MB in Python, the process grew by {grown / 1e6:.0f} MB")
    figures = {
        "read": ended["read"],
        "refused with its own error": ended["refused"],
        "longest in ms": longest * 1000,
        f"most memory in MB (bound {MOST_MEGABYTES})": most / 1e6,
        "growth of the process in MB (same bound)": grown / 1e6,
    }
    return Outcome(figures, tuple(broken))


def _resident() -> int:
    """Return the most memory that the process has held, in bytes; 0 where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def raw(body: bytes, chance: random.Random) -> bytes:
    """Change bytes as a disk or a line does: flip, cut, lose, repeat, put something in."""
    found = bytearray(body or b" ")
    at = chance.randrange(len(found))
    match chance.randrange(6):
        case 0:
            found[at] ^= 1 << chance.randrange(8)
        case 1:
            del found[at:]
        case 2:
            del found[at : at + chance.choice((1, 4, 100))]
        case 3:
            found[at:at] = chance.choice(SNIPPETS)
        case 4:
            found[at:at] = found[at : at + 200] * 3
        case _:
            found[at : at + 8] = chance.randbytes(8)
    return bytes(found)


def sometimes_raw(body: bytes, chance: random.Random) -> bytes:
    """Change bytes too, one time in three."""
    return raw(body, chance) if chance.random() < 0.33 else body


def changed_json(value: Any, chance: random.Random) -> bytes:
    """Change one to three values of a JSON document: another kind, gone, doubled, nested, named otherwise."""
    whole = {"": copy.deepcopy(value)}
    for _ in range(chance.randint(1, 3)):
        parent, key = chance.choice(list(_places(whole)))
        match chance.randrange(5):
            case 0 | 1:
                parent[key] = copy.deepcopy(chance.choice(SCALARS))
            case 2 if isinstance(parent, list) or key != "":
                del parent[key]
            case 3:
                parent[key] = [parent[key]]
            case 4 if isinstance(parent, dict) and key != "":
                parent[f"{key}s"] = parent.pop(key)
            case _:
                parent[key] = {"a": parent[key]}
        if "" not in whole:
            whole[""] = None
    text = json.dumps(whole[""], ensure_ascii=chance.random() < 0.5)
    return sometimes_raw(text.encode("utf-8", "surrogatepass"), chance)


def _places(value: Any) -> Any:
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


def changed_xml(root: etree._Element, chance: random.Random) -> bytes:
    """Change one to three elements: gone, doubled, moved, named otherwise, with other values, deep inside others."""
    whole = copy.deepcopy(root)
    for _ in range(chance.randint(1, 3)):
        node = chance.choice([one for one in whole.iter() if not callable(one.tag)])
        parent = node.getparent()
        match chance.randrange(7):
            case 0 if parent is not None:
                parent.remove(node)
            case 1 if parent is not None:
                for _ in range(chance.choice((1, 50))):
                    parent.append(copy.deepcopy(node))
            case 2 if parent is not None:
                parent.insert(0, node)
            case 3:
                node.tag = chance.choice((f"{node.tag}s", "{urn:x}a", "value"))
            case 4 if node.attrib:
                node.set(
                    chance.choice(list(node.attrib)),
                    chance.choice(("", "x" * 3000, "-1", "true", "é", "9" * 99)),
                )
            case 5:
                for _ in range(chance.choice((3, 150))):
                    node = etree.SubElement(node, node.tag)
            case _:
                node.text = chance.choice(("", "x" * 3000, "&<>", "9"))
    return sometimes_raw(etree.tostring(whole), chance)


def changed_lines(lines: Sequence[bytes], chance: random.Random, parts: bytes) -> bytes:
    """Change one to three lines of a text: a part of one, its order, its end. ``parts`` separates the parts of a line."""
    found = list(lines)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(found))
        pieces = found[at].split(parts)
        piece = chance.randrange(len(pieces))
        match chance.randrange(6):
            case 0 | 1:
                pieces[piece] = chance.choice(
                    (b"", b'"', b"x" * 4000, b"-1", b"31/02/2026", b"\xff", *SNIPPETS[:6])
                )
            case 2:
                del pieces[piece]
            case 3:
                pieces.insert(piece, pieces[piece])
            case 4:
                found.insert(at, chance.choice(found))
                continue
            case _:
                chance.shuffle(pieces)
        found[at] = parts.join(pieces)
    return sometimes_raw(chance.choice((b"\n", b"\n", b"\r\n", b"\r")).join(found), chance)
