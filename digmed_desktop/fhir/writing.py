"""FHIR data to XML: elements in the specification's order, numbers with the digits that were typed.

Data are plain dictionaries with FHIR's own element names, as in FHIR's JSON. The writer of
``fhir.resources`` is not used: it changes 0.50 to 0.5 and writes a datatype's id as an element.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lxml import etree

from digmed_desktop.fhir.structure import FHIR, Form, elements

Data = dict[str, Any]


class UnwritableError(ValueError):
    """The data have an element that their type does not have; its text names type and element only."""


def to_xml(data: Mapping[str, Any], *, pretty: bool = True) -> bytes:
    """Return one resource (it names its ``resourceType``) as UTF-8 XML with its declaration."""
    name = str(data["resourceType"])
    root = etree.Element(f"{{{FHIR}}}{name}", nsmap={None: FHIR})  # type: ignore[dict-item] # None is lxml's default prefix
    _fill(root, data, name)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=pretty)


def _fill(node: etree._Element, data: Mapping[str, Any], type_name: str) -> None:
    known = elements(type_name)
    for name in data:
        if name not in known and name != "resourceType":
            raise UnwritableError(f"{type_name} has no element {name}")
    for name, element in known.items():
        value = data.get(name)
        if value is None:
            continue
        if element.form is Form.ATTRIBUTE:
            node.set(name, str(value))
            continue
        for one in value if element.many else (value,):
            if element.form is Form.XHTML:
                node.append(etree.fromstring(one))
                continue
            child = etree.SubElement(node, f"{{{FHIR}}}{name}")
            if element.form is Form.PRIMITIVE:
                child.set("value", as_text(one))
            elif element.form is Form.RESOURCE:
                inner = str(one["resourceType"])
                _fill(etree.SubElement(child, f"{{{FHIR}}}{inner}"), one, inner)
            else:
                _fill(child, one, element.type_name)


def as_text(value: object) -> str:
    """Return a primitive as FHIR's XML writes it; a Decimal keeps its digits and never gets an exponent."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)
