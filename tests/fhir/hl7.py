"""HL7's validator, and mechanical faults of the golden messages to hold it and the program's own checks against."""

import random
import re
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from tests.fhir.nodes import Node

GOLDEN = Path(__file__).parent.parent / "golden"
FHIR = "{http://hl7.org/fhir}"
KINDS = ("removed", "repeated", "moved", "misspelt", "changed", "broken")


@dataclass(frozen=True)
class Verdict:
    """What the validator says of one file: whether it passes, and each finding with whether it counts."""

    passed: bool
    findings: tuple[str, ...]


def schema_of(shared: Path) -> etree.XMLSchema:
    """Return HL7's own schema of STU3."""
    return etree.XMLSchema(etree.parse(str(shared / "conformance/xsd/fhir-single.xsd")))


def _first_of(schema: etree.XMLSchema) -> str:
    log: Any = schema.error_log
    return str(log[0].message)


def judged_faults(shared: Path, files: list[Path]) -> dict[str, Verdict]:
    """Return the verdict on each file, where faults are expected.

    HL7's validator dies of some messages that break its schema (an element twice that may stand once) or have an
    entry without its resource (mandatory in both bundle profiles), and takes the verdicts on all others with it. So
    these are judged first, and the validator judges what is left.
    """
    schema = schema_of(shared)
    found: dict[str, Verdict] = {}
    left = []
    for file in files:
        tree: Node = etree.parse(str(file))
        if tree.xpath("//f:Bundle/f:entry[not(f:resource)]", namespaces={"f": FHIR[1:-1]}):
            found[file.name] = Verdict(passed=False, findings=("ENTRY an entry without its resource",))
        elif schema.validate(tree):
            left.append(file)
        else:
            found[file.name] = Verdict(passed=False, findings=(f"XSD {_first_of(schema)}",))
    found |= judged(shared, left)
    assert not [name for name, verdict in found.items() if "gave no verdict" in str(verdict.findings)]
    return found


def judged(shared: Path, files: list[Path]) -> dict[str, Verdict]:
    """Return the verdict on each file, all in one run of the validator."""
    done = subprocess.run(
        [str(shared / "conformance/check"), *map(str, files)], capture_output=True, text=True, check=False
    )
    found: dict[str, Verdict] = {}
    name, passed = "", False
    said: list[str] = []
    for line in [*done.stdout.splitlines(), "end"]:
        start = re.match(r"(PASS|FAIL)\s+\d+ (\S+)$", line)
        if start or line == "end":
            if name:
                found[name] = Verdict(passed, tuple(said))
            if start:
                name, passed, said = Path(start[2]).name, start[1] == "PASS", []
        elif line.startswith(" "):
            said.append(line.strip())
    assert len(found) == len(files), done.stderr[-2000:]
    return found


def _step(node: Node) -> str:
    """The name of an element; of an extension and a section also which one."""
    name = etree.QName(node).localname
    if name == "extension":
        return f"extension({str(node.get('url', '')).rpartition('/')[2]})"
    if name == "section":
        code = node.find(f"{FHIR}code/{FHIR}coding/{FHIR}code")
        return f"section({'' if code is None else code.get('value')})"
    return name


def _path(node: Node) -> str:
    steps = [_step(one) for one in (node, *node.iterancestors())]
    return ".".join(reversed(steps))


@cache
def element_paths() -> dict[str, tuple[str, str]]:
    """Every element path of the golden messages, with the file and the XPath where it first stands.

    Elements of repeated things have one path; those of the Composition are apart for each notification, because
    each has a profile of its own. The default editions come first.
    """
    found: dict[str, tuple[str, str]] = {}
    first = ("edition-vaccination-profiles", "edition-emergency-supply-1.2.9")
    for file in sorted(GOLDEN.glob("*.xml"), key=lambda f: (f.stem not in first, f.stem)):
        root: Node = etree.fromstring(file.read_bytes())
        kind = "supply" if "supply" in file.stem else "vaccination"
        for node in root.iter(f"{FHIR}*"):
            path = _path(node)
            if node is not root:
                key = f"{kind}: {path}" if ".Composition" in path else path
                found.setdefault(key, (file.name, root.getroottree().getpath(node)))
    return found


@cache
def _golden(name: str) -> bytes:
    return (GOLDEN / name).read_bytes()


def with_fault(xml: bytes, kind: str, path: str) -> bytes | None:
    """The message with one fault, or None when this element cannot have it."""
    root: Node = etree.fromstring(xml)
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


def faults(number: int | None = None) -> Iterator[tuple[str, str, bytes]]:
    """Every element path times every kind of fault that it can have, or the same sample of ``number`` each time.

    Each as its kind, its path and the message.
    """
    every = [(kind, key) for key in element_paths() for kind in KINDS]
    random.Random(20261014).shuffle(every)
    made = 0
    for kind, key in every:
        if made == number:
            return
        name, path = element_paths()[key]
        if (xml := with_fault(_golden(name), kind, path)) is not None:
            made += 1
            yield kind, key, xml
