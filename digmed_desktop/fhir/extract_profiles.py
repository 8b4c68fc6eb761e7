"""Facts of the published profiles as one compact table: ``python -m digmed_desktop.fhir.extract_profiles
FOLDER...``

FOLDER holds the StructureDefinition, ValueSet and CodeSystem files that NHS England publishes (nhsconnect/
STU3-FHIR-Assets and nhsconnect/CareConnect-profiles), and those of HL7's v2 and v3 tables. Only what goes
beyond base STU3 is kept: cardinalities, fixed values, slicings, required bindings to listed codes, reference
targets. The result is ``resources/conformance/profiles.json``.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from digmed_desktop import resources

Node = dict[str, Any]
_F = "{http://hl7.org/fhir}"
_NHS = "https://fhir.nhs.uk/STU3/StructureDefinition/"
ROOTS = tuple(
    _NHS + name
    for name in (
        "ITK-Message-Bundle-1",
        "ITK-Document-Bundle-1",
        "ITK-MessageHeader-2",
        "ITK-Response-OperationOutcome-1",
        "CareConnect-ITK-Header-Organization-1",
        "CareConnect-ITK-Header-Practitioner-1",
        "CareConnect-ITK-DM-Immunization-Composition-1",
        "CareConnect-ITK-DM-EmergencySupply-Composition-1",
    )
)
CODE_SYSTEMS = (
    "http://hl7.org/fhir/v3/NullFlavor",
    "http://hl7.org/fhir/v3/ParticipationType",
    "http://hl7.org/fhir/v2/0443",
)
"""The tables of HL7 that the messages use."""


def extract(folders: Iterable[Path]) -> Node:
    """Return the table of the definitions in ``folders``."""
    definitions: dict[str, etree._Element] = {}
    files = sorted(file for folder in folders for file in folder.glob("*.xml"))
    for file in files:
        root = etree.parse(str(file)).getroot()
        if (url := _value(root, "url")) and url not in definitions:
            definitions[url] = root
    systems = {url: _concepts(root) for url, root in definitions.items() if _is(root, "CodeSystem")}
    sets = {
        url: codes
        for url, root in definitions.items()
        if _is(root, "ValueSet") and (codes := _listed(root, systems))
    }
    profiles: dict[str, Node] = {}
    waiting = list(ROOTS)
    while waiting:
        url = waiting.pop()
        if url in profiles or url not in definitions:
            continue
        profile, seen = _profile(definitions[url], sets)
        profiles[url] = profile
        waiting += seen
    types = {
        url: _value(root, "type") for url, root in definitions.items() if _is(root, "StructureDefinition")
    }
    for profile in profiles.values():
        _targets_to_types(profile, types)
    used = set(_bound(profiles.values()))
    kept = {
        url
        for url in systems
        if url.startswith(("https://fhir.nhs.uk/", "https://fhir.hl7.org.uk/")) or url in CODE_SYSTEMS
    }
    return {
        "profiles": dict(sorted(profiles.items())),
        "value_sets": {url: sorted(map(list, sets[url])) for url in sorted(used)},
        "code_systems": {url: systems[url] for url in sorted(kept) if systems[url]},
    }


def _profile(root: etree._Element, sets: dict[str, set[tuple[str, str]]]) -> tuple[Node, list[str]]:
    """Return a profile's tree, and the profiles it leads to."""
    type_ = _value(root, "type")
    top: Node = {}
    seen: list[str] = []
    for element in root.findall(f"{_F}snapshot/{_F}element"):
        node = _at(top, _steps(element.get("id") or "")[1:])
        facts = _facts(element, sets)
        node.update(facts)
        seen += [*facts.get("to", []), *([facts["extension"]] if "extension" in facts else [])]
    _prune(top)
    return {"type": type_, **top}, seen


def _at(top: Node, steps: Iterable[tuple[str, str]]) -> Node:
    """Return the node that an element id leads to, made on the way where it is new."""
    node = top
    for name, slice_name in steps:
        node = node.setdefault("children", {}).setdefault(name, {})
        if slice_name:
            node = node.setdefault("slices", {}).setdefault(slice_name, {})
    return node


def _steps(id_: str) -> list[tuple[str, str]]:
    """Return the steps of an element id, each with its slice; one type of a choice counts as an element of
    its own.
    """
    steps = []
    for step in id_.split("."):
        name, _, slice_name = step.partition(":")
        if slice_name and (name == slice_name or name.endswith("[x]")):
            name, slice_name = slice_name, ""
        steps.append((name, slice_name))
    return steps


def _facts(element: etree._Element, sets: dict[str, set[tuple[str, str]]]) -> Node:
    node: Node = {}
    least, most = _value(element, "min"), _value(element, "max")
    sliced = ":" in (element.get("id") or "").rpartition(".")[2]
    if least and int(least) > (0 if sliced else int(_value(element, "base/min") or 0)):
        node["min"] = int(least)
    if most and most != "*" and (sliced or most != _value(element, "base/max")):
        node["max"] = int(most)
    for child in element:
        if (
            not callable(child.tag)
            and etree.QName(child).localname.startswith("fixed")
            and child.get("value")
        ):
            node["fixed"] = child.get("value")
    if (slicing := element.find(_F + "slicing")) is not None:
        by = [d.get("value") for d in slicing.findall(f"{_F}discriminator/{_F}path")]
        node["by"], node["closed"] = by, _value(slicing, "rules") == "closed"
    if _value(element, "binding/strength") == "required":
        bound = (
            _value(element, "binding/valueSetReference/reference") or _value(element, "binding/valueSetUri")
        ).split("|")[0]
        if bound in sets:
            node["codes"] = bound
    targets = [_value(t, "targetProfile") for t in element.findall(_F + "type") if _value(t, "targetProfile")]
    if targets:
        node["to"] = targets
    for type_ in element.findall(_F + "type"):
        if _value(type_, "code") == "Extension" and _value(type_, "profile"):
            node["extension"] = _value(type_, "profile")
    return node


def _prune(node: Node) -> bool:
    """Take away what says nothing beyond base STU3; return whether anything is left."""
    for group in ("children", "slices"):
        kept = {name: inner for name, inner in node.get(group, {}).items() if _prune(inner)}
        if kept:
            node[group] = kept
        else:
            node.pop(group, None)
    if "slices" not in node:
        node.pop("by", None)
        node.pop("closed", None)
    return bool(node)


def _targets_to_types(node: Node, types: dict[str, str]) -> None:
    """Replace target profiles by the resource types they are of: two profiles of Encounter are named for one
    place.
    """
    if "to" in node:
        node["to"] = sorted({types.get(url) or url.rpartition("/")[2] for url in node["to"]})
    for group in ("children", "slices"):
        for inner in node.get(group, {}).values():
            _targets_to_types(inner, types)


def _bound(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        if "codes" in node:
            yield node["codes"]
        yield from _bound(node.get("children", {}).values())
        yield from _bound(node.get("slices", {}).values())


def _concepts(root: etree._Element) -> dict[str, str]:
    """Return code and display of a code system that lists all of its codes."""
    if _value(root, "content") != "complete":
        return {}
    return {_value(c, "code"): " ".join(_value(c, "display").split()) for c in root.iter(_F + "concept")}


def _listed(root: etree._Element, systems: dict[str, dict[str, str]]) -> set[tuple[str, str]]:
    """Return the codes of a value set that lists them all, itself or by a whole code system; else nothing."""
    codes: set[tuple[str, str]] = set()
    for include in root.findall(f"{_F}compose/{_F}include"):
        url, concepts = _value(include, "system"), include.findall(_F + "concept")
        if url and concepts:
            codes |= {(url, _value(c, "code")) for c in concepts}
        elif systems.get(url) and include.find(_F + "filter") is None:
            codes |= {(url, code) for code in systems[url]}
        else:
            return set()
    return codes


def _is(root: etree._Element, name: str) -> bool:
    return etree.QName(root).localname == name


def _value(node: etree._Element, steps: str) -> str:
    found = node.find("/".join(_F + step for step in steps.split("/")))
    return "" if found is None else (found.get("value") or "")


def _as_lines(table: Node) -> str:
    """Return the table as JSON with one profile, value set or code system a line, so that changes can be
    reviewed.
    """
    groups = []
    for group, content in table.items():
        lines = [
            f"{json.dumps(url)}:{json.dumps(one, ensure_ascii=False, sort_keys=True, separators=(',', ':'))}"
            for url, one in content.items()
        ]
        groups.append(f"{json.dumps(group)}:{{\n" + ",\n".join(lines) + "\n}")
    return "{\n" + ",\n".join(groups) + "\n}\n"


def main() -> int:
    """Write the table; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, default=resources.root() / "conformance/profiles.json")
    asked = parser.parse_args()
    table = extract(asked.folders)
    asked.out.write_text(_as_lines(table), encoding="utf-8")
    sys.stdout.write(f"{len(table['profiles'])} profiles, {len(table['value_sets'])} value sets\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
