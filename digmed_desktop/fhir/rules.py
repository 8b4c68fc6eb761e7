"""Rules over a whole message that no single profile holds: entries, references, narrative (FHIR bdl rules,
ITK3).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from lxml import etree

from digmed_desktop.fhir.datatypes import uri_of
from digmed_desktop.fhir.finding import Finding
from digmed_desktop.fhir.structure import XHTML
from digmed_desktop.fhir.writing import Data

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_TAGS = frozenset(
    {
        "div", "table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td", "p",
        "br", "hr", "b", "i", "em", "strong", "small", "big", "tt", "dfn", "sub", "sup", "ul", "ol", "li",
        "dl", "dt", "dd", "span", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "cite", "code",
        "kbd", "q", "samp", "var", "abbr", "acronym", "address",
    }
)  # fmt: skip
_ATTRIBUTES = frozenset(
    {
        "id", "class", "style", "title", "lang", "dir", "width", "height", "border", "align", "valign",
        "colspan", "rowspan", "cellpadding", "cellspacing", "summary", "span", "abbr", "scope", "headers",
        "frame", "rules",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class Place:
    """One resource of the message and the path to it."""

    path: str
    full_url: str
    data: Data

    @property
    def type(self) -> str:
        """The type of the resource."""
        return str(self.data.get("resourceType", ""))


def places(bundle: Data, path: str) -> list[Place]:
    """Return the resources of one bundle (not of bundles inside it)."""
    found = []
    for number, entry in enumerate(bundle.get("entry", [])):
        inner = entry.get("resource")
        if isinstance(inner, dict):
            where = f"{path}.entry[{number}].resource.{inner.get('resourceType', '')}"
            found.append(Place(where, str(entry.get("fullUrl", "")), inner))
    return found


def entry_findings(bundle: Data, path: str) -> Iterator[Finding]:
    """Check ids and full URLs: each entry has ``urn:uuid:`` and the lower-case UUID that is its resource's
    id.
    """
    seen: set[str] = set()
    for place in places(bundle, path):
        where = place.path.rsplit(".resource.", 1)[0] + ".fullUrl"
        id_ = str(place.data.get("id", ""))
        if not UUID.fullmatch(id_):
            yield Finding(f"{place.path}.id", "The id must be a UUID in lower case.")
        if place.full_url != uri_of(id_):
            yield Finding(where, "The full URL must be urn:uuid: and the id of the resource.")
        if place.full_url in seen:
            yield Finding(where, "Two entries have the same full URL.")
        seen.add(place.full_url)


def reference_findings(bundle: Data, path: str) -> Iterator[Finding]:
    """Check that every reference leads to an entry of the same bundle, and every entry is reached (bdl,
    FHIR-CC-04).
    """
    here = places(bundle, path)
    known = {place.full_url for place in here}
    reached: set[str] = set()
    for place in here:
        if place.type == "Bundle":
            continue
        held = [one for one in place.data.get("contained", []) if isinstance(one, dict)]
        own = {"#", *(f"#{one['id']}" for one in held if one.get("id"))}
        inner = [references(one, f"{place.path}.contained[{n}]") for n, one in enumerate(held)]
        for where, target in chain(references(place.data, place.path), *inner):
            if ".extension[" in where and not target.startswith("urn:"):
                continue  # the MessageDefinition is named by its own URL
            reached.add(target)
            if target not in known and target not in own:
                yield Finding(where, "The reference leads to nothing in this message.")
    for place in here[1:]:
        if place.full_url not in reached:
            yield Finding(place.path, "Nothing in the message refers to this entry.")


def references(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Return path and target of every reference below ``value``; inner resources are not entered."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name == "reference" and isinstance(part, str):
                yield f"{path}.reference", part
            elif not (isinstance(part, dict) and "resourceType" in part):
                yield from references(part, f"{path}.{name}")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from references(part, f"{path}[{number}]")


def narrative_findings(div: str, path: str) -> Iterator[Finding]:
    """Check a Narrative.div: XHTML of the FHIR subset, no scripts, no outside references, and some text."""
    try:
        root = etree.fromstring(div)
    except etree.XMLSyntaxError:
        yield Finding(path, "The text is not well-formed XHTML.")
        return
    if root.tag != f"{{{XHTML}}}div":
        yield Finding(path, "The text must be one XHTML div.")
    for node in root.iter():
        if callable(node.tag):
            continue  # a comment
        name = etree.QName(node)
        if name.namespace != XHTML or name.localname not in _TAGS:
            yield Finding(path, "The text has an element that is not allowed in narrative.")
        if any(str(attribute) not in _ATTRIBUTES for attribute in node.attrib):
            yield Finding(path, "The text has an attribute that is not allowed in narrative.")
    if not str(root.xpath("string()")).strip():
        yield Finding(path, "The text is empty.")
