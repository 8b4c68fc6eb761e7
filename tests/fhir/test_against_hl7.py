"""Slow: HL7's validator over random messages, mechanical faults held against it, and fuzzed responses.

The validator is ``conformance/check`` in the folder that DIGMED_SHARED names. DIGMED_FAULTS sets how many faults are
tried (400), DIGMED_MESSAGES how many random messages (300), DIGMED_FUZZ how many mutated responses (200,000).
"""

import contextlib
import os
import random
import re
import subprocess
import warnings
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.errors import NonInteractiveExampleWarning
from lxml import etree

from digmed_desktop.fhir.checks import NotReadableError, check
from digmed_desktop.fhir.editions import all_editions
from digmed_desktop.fhir.responses import UnreadableResponseError, known_codes, parse, write_response
from digmed_desktop.messaging.parcel import Kind
from tests.fhir.golden_cases import message
from tests.fhir.random_records import supplies, vaccinations
from tests.fhir.records import NOW, ids

pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)]
GOLDEN = Path(__file__).parent.parent / "golden"
FAULTS = int(os.environ.get("DIGMED_FAULTS", "400"))
MESSAGES = int(os.environ.get("DIGMED_MESSAGES", "300"))
FUZZ = int(os.environ.get("DIGMED_FUZZ", "200000"))


def judged(shared: Path, files: list[Path]) -> dict[str, bool]:
    """Return for each file whether HL7's validator has nothing counted against it."""
    done = subprocess.run(
        [str(shared / "conformance/check"), *map(str, files)], capture_output=True, text=True, check=False
    )
    verdicts = re.findall(r"^(PASS|FAIL)\s+\d+ (\S+)$", done.stdout, re.MULTILINE)
    assert len(verdicts) == len(files), done.stderr[-2000:]
    return {Path(name).name: verdict == "PASS" for verdict, name in verdicts}


def some(strategy: st.SearchStrategy, number: int) -> Iterator:  # type: ignore[type-arg]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NonInteractiveExampleWarning)
        for _ in range(number):
            yield strategy.example()


def test_hl7s_validator_passes_random_messages_of_both_notifications_in_all_editions(
    shared: Path, tmp_path: Path
) -> None:
    editions = all_editions()
    files = []
    for number in range(MESSAGES):
        edition = editions[number % len(editions)]
        strategy = vaccinations() if edition.kind is Kind.VACCINATION else supplies()
        file = tmp_path / f"{number:03}-{edition.id}.xml"
        file.write_bytes(message(next(some(strategy, 1)), edition=edition).payload)
        files.append(file)
    verdicts = judged(shared, files)
    assert [name for name, passed in verdicts.items() if not passed] == []


KINDS = ("removed", "repeated", "moved", "misspelt", "changed", "broken")


def paths(xml: bytes) -> list[str]:
    """The path of every element of a message below its root."""
    root = etree.fromstring(xml)
    nodes = [node for node in root.iter() if "{http://hl7.org/fhir}" in str(node.tag)]
    return [root.getroottree().getpath(node) for node in nodes[1:]]


def with_fault(xml: bytes, kind: str, path: str) -> bytes | None:
    """The message with one fault, or None when this element cannot have it."""
    root = etree.fromstring(xml)
    node = root.getroottree().xpath(path)[0]
    value = node.get("value")
    if kind == "removed":
        node.getparent().remove(node)
    elif kind == "repeated":
        node.addnext(deepcopy(node))
    elif kind == "moved" and node.getnext() is not None and node.getnext().tag != node.tag:
        node.getnext().addnext(node)
    elif kind == "misspelt":
        node.tag = node.tag + "x"
    elif kind == "changed" and value is not None:
        node.set("value", value[:-1] + ("x" if value[-1:] != "x" else "y"))
    elif kind == "broken" and value is not None and value.startswith("urn:uuid:"):
        node.set("value", "urn:uuid:00000000-0000-4000-8000-00000000ffff")
    else:
        return None
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def faults(number: int) -> list[tuple[str, bytes]]:
    """The same sample each time of all elements of the golden messages times all kinds of fault."""
    golden = {file: file.read_bytes() for file in sorted(GOLDEN.glob("edition-*.xml"))}
    every = [(file, kind, path) for file, xml in golden.items() for path in paths(xml) for kind in KINDS]
    random.Random(20261014).shuffle(every)
    found: list[tuple[str, bytes]] = []
    for file, kind, path in every:
        if len(found) == number:
            break
        if (xml := with_fault(golden[file], kind, path)) is not None:
            found.append((f"{file.stem} {kind} {path}", xml))
    return found


def found_by_us(xml: bytes) -> bool:
    try:
        return bool(check(xml))
    except NotReadableError:
        return True


def test_the_programs_checks_find_nine_of_ten_faults_that_hl7s_validator_finds(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = faults(FAULTS)
    files = []
    for number, (_, xml) in enumerate(chosen):
        files.append(tmp_path / f"{number:05}.xml")
        files[-1].write_bytes(xml)
    passed = judged(shared, files)
    flagged = [number for number in range(len(chosen)) if not passed[f"{number:05}.xml"]]
    missed = [chosen[number][0] for number in flagged if not found_by_us(chosen[number][1])]
    share = 1 - len(missed) / len(flagged)
    with capsys.disabled():
        print(
            f"\n{len(chosen)} faults, HL7's validator flags {len(flagged)}, our checks find {share:.1%} of those"
        )
        for name in missed:
            print("  missed:", name.replace("*", ""))
    assert share >= 0.9


def test_mutated_responses_raise_nothing_but_the_parsers_own_error_in_bounded_memory(shared: Path) -> None:
    resource = pytest.importorskip("resource")  # POSIX only
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
    published = [file.read_bytes() for file in sorted((shared / "examples/responses").glob("*.xml"))]
    chance = random.Random(7)
    snippets = [
        b"<",
        b">",
        b"&",
        b"&#0;",
        b"<!DOCTYPE x>",
        b"<![CDATA[",
        b"\xff\xfe",
        b"\0",
        b'"',
        b"<a>" * 200,
        b"value",
    ]
    before = 0
    for number in range(FUZZ):
        body = chance.choice(made + published)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(body) + 1)
            cut = chance.choice((0, 0, 1, 5, 300))
            body = (
                body[:at]
                + chance.choice([*snippets, chance.randbytes(3), body[at : at + 500]])
                + body[at + cut :]
            )
        with contextlib.suppress(UnreadableResponseError):
            parse(body)
        if number == min(5000, FUZZ // 2):
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 100_000  # kilobytes
