"""Elements of a FHIR message that somebody else wrote, by name: what is not there is empty."""

from lxml import etree

from digmed_desktop.fhir.structure import FHIR

MAX_TEXT = 2000
"""Longest text that is read; longer ones are cut here: a response is not a place for long texts."""


def children(node: etree._Element | None, name: str) -> list[etree._Element]:
    """Return the children of one name."""
    return [] if node is None else node.findall(f"{{{FHIR}}}{name}")


def first(node: etree._Element | None, name: str) -> etree._Element | None:
    """Return the first child of one name, None when there is none."""
    return None if node is None else node.find(f"{{{FHIR}}}{name}")


def everywhere(root: etree._Element, name: str) -> list[etree._Element]:
    """Return the elements of one name at whatever depth."""
    return list(root.iter(f"{{{FHIR}}}{name}"))


def value(node: etree._Element | None, name: str) -> str:
    """Return the value of the first child of one name, or ``""``."""
    found = first(node, name)
    return "" if found is None else (found.get("value") or "").strip()[:MAX_TEXT]


def values(node: etree._Element | None, name: str) -> list[str]:
    """Return the values of all children of one name that have one."""
    return [text for one in children(node, name) if (text := (one.get("value") or "").strip()[:MAX_TEXT])]


def bare(id_: str) -> str:
    """Return an id in lower case without ``urn:uuid:``, so that ids written differently compare equal."""
    lowered = id_.strip().lower()
    return lowered.removeprefix("urn:uuid:")


def entries(root: etree._Element, name: str) -> list[tuple[frozenset[str], etree._Element]]:
    """Return the resources of one type in a bundle's entries, each with its ids: of the entry and its own."""
    return [
        (frozenset({bare(value(entry, "fullUrl")), bare(value(found, "id"))} - {""}), found)
        for entry in children(root, "entry")
        for inside in children(entry, "resource")
        for found in children(inside, name)
    ]
