"""Parts of a response that stand where nothing of the kind belongs, found by FHIR's own structure.

A reader that goes to the places of an answer passes such parts over, and one of them may be the refusal.
"""

from collections.abc import Iterator, Mapping

from lxml import etree

from digmed_desktop.fhir.response_codes import known_codes
from digmed_desktop.fhir.structure import FHIR, XHTML, Element, Form, UnknownTypeError, elements, is_resource
from digmed_desktop.fhir.xml_nodes import everywhere, value, values

CODE_SYSTEMS = "https://fhir.nhs.uk/STU3/CodeSystem/ITK-ResponseCodes-"
_CODES_NAME = CODE_SYSTEMS.rpartition("/")[2].casefold()
_PARENT: Mapping[str, str] = {
    "issue": "OperationOutcome",
    "severity": "issue",
    "diagnostics": "issue",
    "event": "MessageHeader",
    "response": "MessageHeader",
}
"""Parts that say how a message fared, by what they stand in; other resources of FHIR may have them too."""


def has_no_place(root: etree._Element) -> bool:
    """Say whether anything stands where FHIR has nothing of its name, or text where it has none."""
    return _strays_in_resource(root)


def speaks_elsewhere(root: etree._Element) -> bool:
    """Say whether a part that answers, or a code of ITK3, stands outside the place of an answer."""
    return (
        any(_parent(node) != parent for name, parent in _PARENT.items() for node in everywhere(root, name))
        or next(codings_elsewhere(root), None) is not None
    )


def issues_elsewhere(root: etree._Element) -> list[etree._Element]:
    """Return the issues that stand in no outcome."""
    return [issue for issue in everywhere(root, "issue") if _parent(issue) != _PARENT["issue"]]


def codings_elsewhere(root: etree._Element) -> Iterator[etree._Element]:
    """Yield the codings of a response code, by system or digits, outside the details of an issue."""
    for code in everywhere(root, "code"):
        coding = code.getparent()
        if coding is None or (_parent(code) == "coding" and _is_detail(coding.getparent())):
            continue
        systems = values(coding, "system")
        if any(_CODES_NAME in system.casefold() for system in systems) or (
            not systems and value(coding, "code") in known_codes()
        ):
            yield coding


def _is_detail(concept: etree._Element | None) -> bool:
    return concept is not None and etree.QName(concept).localname == "details" and _parent(concept) == "issue"


def _parent(node: etree._Element) -> str:
    parent = node.getparent()
    return "" if parent is None else etree.QName(parent).localname


def _strays_in_resource(resource: etree._Element) -> bool:
    name = etree.QName(resource)
    return name.namespace != FHIR or not is_resource(name.localname) or _strays_in(resource, name.localname)


def _strays_in(node: etree._Element, type_name: str) -> bool:
    try:
        known = elements(type_name)
    except UnknownTypeError:
        return True
    attributes = {name for name, element in known.items() if element.form is Form.ATTRIBUTE}
    return _says_beside(node, attributes) or any(
        _strays(child, known, type_name) for child in node if isinstance(child.tag, str)
    )


def _strays(child: etree._Element, known: Mapping[str, Element], type_name: str) -> bool:
    """Say whether a child, or anything within it, has no place.

    Some systems write the url of an extension as an element; its place is clear.
    """
    name = etree.QName(child)
    element = known.get(name.localname)
    if element is None or name.namespace != (XHTML if element.form is Form.XHTML else FHIR):
        return True
    if element.form is Form.XHTML:
        return False
    if element.form is Form.RESOURCE:
        inside = [node for node in child if isinstance(node.tag, str)]
        return _says_beside(child, set()) or len(inside) > 1 or any(map(_strays_in_resource, inside))
    if element.form is Form.COMPLEX:
        return _strays_in(child, element.type_name)
    if element.form is Form.ATTRIBUTE and type_name != "Extension":
        return True
    return _says_beside(child, {"value", "id"}) or any(
        node.tag != f"{{{FHIR}}}extension" or _strays_in(node, "Extension")
        for node in child
        if isinstance(node.tag, str)
    )


def _says_beside(node: etree._Element, attributes: set[str]) -> bool:
    """Say whether an element has text of its own, or attributes that FHIR does not give it."""
    return (
        any(not str(key).startswith("{") and key not in attributes for key in node.attrib)
        or bool((node.text or "").strip())
        or any((child.tail or "").strip() for child in node)
    )
