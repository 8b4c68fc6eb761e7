"""Resources held against the published profiles: how often, fixed values, slices, bindings, reference
targets.

The rules are data, ``resources/conformance/profiles.json``, which :mod:`digmed_desktop.fhir.extract_profiles`
makes from the published definitions. What base STU3 says is checked before, in
:mod:`digmed_desktop.fhir.base`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from digmed_desktop import resources
from digmed_desktop.clinical.record import SNOMED_CT
from digmed_desktop.clinical.snomed import is_concept_id
from digmed_desktop.data_files.source import OWN
from digmed_desktop.fhir.base import attribute_at
from digmed_desktop.fhir.editions import all_editions
from digmed_desktop.fhir.finding import Finding
from digmed_desktop.fhir.writing import Data

Node = Mapping[str, Any]
TypeOf = Callable[[str], str]
"""Says which type of resource a reference leads to, ``""`` when it leads nowhere."""

_SYSTEMS = "conformance/code_systems.toml"
NOT_IN_ITS_OWN_VALUE_SET = "163541000000107"
"""Fixed by CareConnect-ITK-MedicationDispense-List-1 and missing from the value set that it requires."""


@cache
def _table() -> Node:
    table: Node = resources.json_file("conformance/profiles.json")
    return table


@cache
def _allowed(value_set: str) -> frozenset[tuple[str, str]]:
    return frozenset((system, code) for system, code in _table()["value_sets"][value_set])


@cache
def _systems() -> Mapping[str, Mapping[str, str]]:
    """Return the code systems that list their codes: those of the definitions, and a few of base STU3."""
    return {**_table()["code_systems"], **OWN.raw(_SYSTEMS)["listed"]}


def _unlisted() -> Mapping[str, str]:
    unlisted: Mapping[str, str] = OWN.raw(_SYSTEMS)["unlisted"]
    return unlisted


def _of_family(system: str) -> bool:
    families: Mapping[str, str] = OWN.raw(_SYSTEMS)["families"]
    return any(re.fullmatch(f"{re.escape(one)}[A-Za-z0-9./]+", system) for one in families)


@cache
def _section_codes() -> frozenset[str]:
    """Section codes of any edition: the guides' newer ones are not in the published closed slicing, and still
    sent.
    """
    return frozenset(section.code.code for edition in all_editions() for section in edition.sections)


def profile_findings(resource: Data, path: str, type_of: TypeOf) -> Iterator[Finding]:
    """Check one resource against the profile that it names (not resources inside it)."""
    named = [url for url in resource.get("meta", {}).get("profile", []) if isinstance(url, str)]
    known = [
        url for url in named if _table()["profiles"].get(url, {}).get("type") == resource.get("resourceType")
    ]
    if not known:
        yield _finding(f"{path}.meta.profile", "The resource must name a published profile of its own type.")
    for url in known:
        yield from _node(_table()["profiles"][url], resource, path, type_of)
    yield from _coding_findings(resource, path)


def _finding(path: str, sentence: str) -> Finding:
    return Finding(path, sentence, attribute_at(path))


def _node(node: Node, value: Any, path: str, type_of: TypeOf) -> Iterator[Finding]:
    """Check one value of an element."""
    if "fixed" in node and _plain(value) != node["fixed"]:
        yield _finding(path, "The value is not the one that the profile fixes.")
    if "codes" in node and not _is_bound(value, _allowed(node["codes"])):
        yield _finding(path, "The code is not in the value set that the profile requires.")
    if "to" in node and isinstance(value, dict):
        target = type_of(str(value.get("reference", "")))
        if target and "Resource" not in node["to"] and target not in node["to"]:
            yield _finding(
                path, "The reference leads to a type of resource that the profile does not allow here."
            )
    if "extension" in node:
        yield from _node(_table()["profiles"].get(node["extension"], {}), value, path, type_of)
    if isinstance(value, dict):
        for name, child in node.get("children", {}).items():
            yield from _element(name, child, value, path, type_of)


def _element(name: str, node: Node, parent: Node, path: str, type_of: TypeOf) -> Iterator[Finding]:
    """Check all values of one element of ``parent``."""
    if name not in parent and not node.get("min") and not name.endswith("[x]") and "slices" not in node:
        return
    found = list(_values(parent, name, path))
    yield from _how_often(node, len(found), f"{path}.{name}")
    slices: Mapping[str, Node] = node.get("slices", {})
    counts = dict.fromkeys(slices, 0)
    for where, value in found:
        yield from _node(node, value, where, type_of)
        fitting = next((s for s, inner in slices.items() if _fits(inner, value, node.get("by", []))), None)
        if fitting is not None:
            counts[fitting] += 1
            yield from _node(slices[fitting], value, where, type_of)
        elif node.get("closed") and not _is_known_section(name, value):
            yield _finding(where, "The profile allows only its own sections here, and this is none of them.")
    for slice_name, inner in slices.items():
        yield from _how_often(inner, counts[slice_name], f"{path}.{name}:{slice_name}")


def _how_often(node: Node, number: int, path: str) -> Iterator[Finding]:
    if number < node.get("min", 0):
        yield _finding(path, "The profile makes this element mandatory, and it is missing.")
    if number > node.get("max", number):
        if node["max"] == 0:
            yield _finding(path, "The profile does not allow this element.")
        else:
            yield _finding(path, "The element appears here more often than the profile allows.")


def _values(parent: Node, name: str, path: str) -> Iterator[tuple[str, Any]]:
    """Return path and value of an element; ``value[x]`` stands for each of its types."""
    stem = name.removesuffix("[x]")
    named = {name: parent[name]} if name in parent else {}
    if stem != name:
        named |= {
            key: one for key, one in parent.items() if key.startswith(stem) and key[len(stem) :][:1].isupper()
        }
    for key, value in named.items():
        if isinstance(value, list):
            yield from ((f"{path}.{key}[{number}]", one) for number, one in enumerate(value))
        elif value is not None:
            yield f"{path}.{key}", value


def _fits(slice_: Node, value: Any, by: list[str]) -> bool:
    """Whether a value belongs to a slice: its discriminators have the slice's fixed values."""
    for discriminator in by:
        steps = discriminator.split(".")
        wanted: Any = slice_
        if discriminator == "url" and "extension" in slice_:
            if not isinstance(value, dict) or value.get("url") != slice_["extension"]:
                return False
            continue
        for step in steps:
            wanted = wanted.get("children", {}).get(step, {})
        if "fixed" not in wanted or wanted["fixed"] not in _at(value, steps):
            return False
    return bool(by)


def _at(value: Any, steps: list[str]) -> list[str]:
    here = [value]
    for step in steps:
        inner = [one.get(step) for one in here if isinstance(one, dict)]
        here = [
            part for one in inner for part in (one if isinstance(one, list) else [one]) if part is not None
        ]
    return [_plain(one) for one in here]


def _is_known_section(name: str, value: Any) -> bool:
    return name == "section" and bool(set(_at(value, ["code", "coding", "code"])) & _section_codes())


def _is_bound(value: Any, allowed: frozenset[tuple[str, str]]) -> bool:
    if isinstance(value, str):
        return any(code == value for _, code in allowed)
    if not isinstance(value, dict):
        return True
    codings = value.get("coding", [value] if "code" in value else [])
    pairs = [
        (str(one.get("system", "")), str(one.get("code", ""))) for one in codings if isinstance(one, dict)
    ]
    return any(pair in allowed or pair == (SNOMED_CT, NOT_IN_ITS_OWN_VALUE_SET) for pair in pairs)


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _coding_findings(value: Any, path: str) -> Iterator[Finding]:
    """Check that every coding has a code of its system, with that code's own words; inner resources are not
    entered.
    """
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from _coding_findings(one, f"{path}[{number}]")
        return
    if not isinstance(value, dict):
        return
    yield from _one_coding(value, path)
    for name, part in value.items():
        if name == "tag":  # Meta.tag: anybody's labels, of any system
            continue
        if isinstance(part, list) or (isinstance(part, dict) and "resourceType" not in part):
            yield from _coding_findings(part, f"{path}.{name}")


def _one_coding(value: Mapping[str, Any], path: str) -> Iterator[Finding]:
    system, code = value.get("system"), value.get("code")
    if isinstance(system, str) and isinstance(code, str):
        if (codes := _systems().get(system)) is not None:
            if code not in codes:
                yield _finding(f"{path}.code", "The code is not in its code system.")
            elif "display" in value and " ".join(str(value["display"]).split()) != codes[code]:
                yield _finding(f"{path}.display", "The words are not those of the code.")
        elif system not in _unlisted() and not _of_family(system):
            yield _finding(f"{path}.system", "These messages have no codes of this code system.")
        elif system == SNOMED_CT and not is_concept_id(code):
            yield _finding(
                f"{path}.code", "The code is not a SNOMED CT concept: its check digit or partition is wrong."
            )
