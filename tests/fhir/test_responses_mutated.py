"""Slow: mutated responses; all 200,000 take about half a minute.

Where DIGMED_SHARED names the published examples, these are mutated too, beside one response of each code.
"""

import contextlib
import os
import random
import re
import time
from pathlib import Path

import pytest

from digmed_desktop.fhir.response_codes import known_codes
from digmed_desktop.fhir.responses import UnreadableResponseError, parse, write_response
from tests.fhir.records import NOW, ids
from tests.long.registry import seeded, sized

pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)]
FUZZ = sized(200_000, 20_000)
MOST_GROWTH = 100_000  # kilobytes
SNIPPETS = (
    b"<",
    b">",
    b"&",
    b"&#0;",
    b"<!DOCTYPE x>",
    b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    b"<![CDATA[",
    b"<?xml version='1.0' encoding='utf-16'?>",
    b"\xff\xfe",
    b"\0",
    b'"',
    b"<a>" * 200,
    b"value",
    b"<issue/>" * 300,
    b"UNREADABLE-IN-ORIGINAL-MESSAGE",
)
VALUES = (
    b"",
    b"true",
    b"false",
    b"30001",
    b"\xd9\xa3\xd9\xa0\xd9\xa0\xd9\xa0\xd9\xa1",
    b"&#9;",
    b"x" * 5000,
    b"urn:uuid:",
    b"-1",
)


def responses() -> list[bytes]:
    """One response of each code, and the published ones where they are."""
    made = [
        write_response(
            response_to="x",
            code=code,
            sender_ods="A99999",
            mailbox="M",
            now=NOW,
            new_id=ids(),
            diagnostics="d",
        )
        for code in known_codes()
    ]
    shared = os.environ.get("DIGMED_SHARED")
    if shared:
        made += [file.read_bytes() for file in sorted((Path(shared) / "examples/responses").glob("*.xml"))]
    return made


def mutated(body: bytes, chance: random.Random) -> bytes:
    """A response with one to six faults; every second one only in its values, so that it stays XML."""
    values_only = chance.random() < 0.5
    for _ in range(chance.randint(1, 6)):
        if values_only:
            places = [found.span(1) for found in re.finditer(rb'value="([^"<&]*)"', body)]
            start, end = chance.choice(places)
            body = body[:start] + chance.choice(VALUES) + body[end:]
            continue
        at = chance.randrange(len(body) + 1)
        cut = chance.choice((0, 0, 1, 5, 300))
        new = chance.choice([*SNIPPETS, chance.randbytes(3), body[at : at + 500]])
        body = body[:at] + new + body[at + cut :]
    return body


def test_mutated_responses_raise_nothing_but_the_parsers_own_error_in_bounded_memory(
    capsys: pytest.CaptureFixture[str],
) -> None:
    resource = pytest.importorskip("resource")  # POSIX only
    bodies, chance = responses(), seeded()
    before = understood = 0
    longest, began = 0.0, time.perf_counter()
    for number in range(FUZZ):
        body = mutated(chance.choice(bodies), chance)
        started = time.perf_counter()
        with contextlib.suppress(UnreadableResponseError):
            parse(body)
            understood += 1
        longest = max(longest, time.perf_counter() - started)
        if number == min(5000, FUZZ // 2):
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    with capsys.disabled():
        print(
            f"\n{FUZZ} mutated responses in {time.perf_counter() - began:.0f} s: {understood} still understood, "
            f"{FUZZ - understood} refused; the longest took {longest * 1000:.0f} ms; memory grew by {grown} kB"
        )
    assert grown < MOST_GROWTH
