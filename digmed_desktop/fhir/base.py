"""XML held against base STU3: known elements in the specification's order, how often, and values of the right
shape.

Element names, order and repetition are checked while reading, values and invariants by ``fhir.resources``.
"""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from fhir.resources.STU3 import get_fhir_model_class
from lxml import etree
from pydantic import ValidationError

from digmed_desktop.fhir.finding import Finding, attribute_of
from digmed_desktop.fhir.structure import FHIR, XHTML, Element, Form, UnknownTypeError, elements, is_resource
from digmed_desktop.fhir.writing import Data

_NUMBERS = {"integer": int, "positiveInt": int, "unsignedInt": int}
MAX_FINDINGS = 500


def read(root: etree._Element) -> tuple[Data, list[Finding]]:
    """Return the resource in ``root`` as data, and what base STU3 has against it."""
    reader = _Reader()
    name = etree.QName(root)
    if name.namespace != FHIR or not is_resource(name.localname):
        return {}, [Finding(name.localname, "The root element is not a FHIR resource.")]
    data = reader.resource(root, name.localname)
    if not reader.findings:
        reader.findings += _model_findings(data)
    return data, reader.findings


@lru_cache(maxsize=2048)
def _parts(tag: str) -> tuple[str | None, str]:
    """Return namespace and name of a tag as lxml writes it."""
    name = etree.QName(tag)
    return name.namespace, name.localname


@cache
def _laid_out(type_name: str) -> tuple[Mapping[str, int], Mapping[str, Element], tuple[str, ...]]:
    """Return the place of each element of a type, its attributes, and the elements that it must have."""
    known = elements(type_name)
    return (
        {name: place for place, name in enumerate(known)},
        {name: one for name, one in known.items() if one.form is Form.ATTRIBUTE},
        tuple(name for name, one in known.items() if one.required and one.form is not Form.ATTRIBUTE),
    )


class _Reader:
    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def say(self, path: str, sentence: str) -> None:
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(path, sentence, attribute_at(path)))

    def resource(self, node: etree._Element, path: str) -> Data:
        name = etree.QName(node).localname
        return {"resourceType": name, **self.complex(node, name, path)}

    def _known(
        self, child: etree._Element, known: Mapping[str, Element], type_name: str, path: str
    ) -> Element | None:
        """Return what the profile says of a child element, None where it may not stand here."""
        namespace, name = _parts(child.tag)
        element = known.get(name)
        if element is None or namespace != (XHTML if element.form is Form.XHTML else FHIR):
            self.say(f"{path}.{name}", f"{type_name} has no element with this name.")
            return None
        if element.form is Form.ATTRIBUTE:
            self.say(f"{path}.{name}", "This must be an attribute, not an element.")
            return None
        return element

    def complex(self, node: etree._Element, type_name: str, path: str) -> Data:
        known = elements(type_name)
        order, attributes, needed = _laid_out(type_name)
        data: Data = self._attributes(node, attributes, path)
        reached = -1
        seen: dict[str, int] = {}
        if (node.text or "").strip() or any((child.tail or "").strip() for child in node):
            self.say(path, "There is text between the elements.")
        for child in node:
            if callable(child.tag):
                continue  # a comment
            local = _parts(child.tag)[1]
            element = self._known(child, known, type_name, path)
            if element is None:
                continue
            if order[local] < reached:
                self.say(f"{path}.{local}", "The element is in the wrong order.")
            reached = max(reached, order[local])
            number = seen.get(local, 0)
            seen[local] = number + 1
            where = f"{path}.{local}[{number}]" if element.many else f"{path}.{local}"
            if number and not element.many:
                self.say(where, "The element is allowed here only once.")
            value = self._content(child, element, where)
            if value is None:
                continue
            if element.many:
                data.setdefault(local, []).append(value)
            else:
                data[local] = value
        for name in needed:
            if name not in seen:
                self.say(f"{path}.{name}", "A mandatory element is missing.")
        if not data:
            self.say(path, "The element is empty.")
        return data

    def _attributes(self, node: etree._Element, known: Mapping[str, Element], path: str) -> Data:
        data: Data = {}
        for key, value in node.attrib.items():
            name = str(key)
            if name.startswith("{"):
                continue  # xsi:schemaLocation and the like say nothing of the content
            if name in known:
                data[name] = str(value)
            else:
                self.say(f"{path}.@{name}", "There is no such attribute here.")
        for element in known.values():
            if element.required and element.name not in data:
                self.say(f"{path}.@{element.name}", "A mandatory attribute is missing.")
        return data

    def _content(self, child: etree._Element, element: Element, path: str) -> Any:
        if element.form is Form.XHTML:
            return etree.tostring(child, encoding="unicode", with_tail=False)
        if element.form is Form.PRIMITIVE:
            return self._primitive(child, element, path)
        if element.form is Form.RESOURCE:
            inner = [one for one in child if not callable(one.tag)]
            if len(inner) != 1 or not is_resource(etree.QName(inner[0]).localname):
                self.say(path, "Exactly one resource is needed here.")
                return None
            return self.resource(inner[0], f"{path}.{etree.QName(inner[0]).localname}")
        try:
            return self.complex(child, element.type_name, path)
        except UnknownTypeError:
            self.say(path, "The type of this element is not known.")
            return None

    def _primitive(self, node: etree._Element, element: Element, path: str) -> Any:
        extra = [str(key) for key in node.keys() if key not in ("value", "id")]  # noqa: SIM118 - no mapping
        children = [one for one in node if not callable(one.tag)] if len(node) else []
        if (
            extra
            or (node.text or "").strip()
            or any(etree.QName(c).localname != "extension" for c in children)
        ):
            self.say(path, "Only a value is allowed here.")
        value = node.get("value")
        if value is None:
            if not children:
                self.say(path, "The element has no value.")
            return None
        text = str(value)
        if not text.strip():
            self.say(path, "The value is empty.")
            return None
        if element.values and text not in element.values:
            self.say(path, "The code is not one of those that FHIR allows here.")
        if element.type_name == "boolean":
            if text not in ("true", "false"):
                self.say(path, "The value must be true or false.")
                return None
            return text == "true"
        if convert := _NUMBERS.get(element.type_name):
            try:
                return convert(text)
            except ValueError:
                self.say(path, "The value must be a whole number.")
                return None
        return text


def _model_findings(data: Data) -> Iterator[Finding]:
    try:
        get_fhir_model_class(data["resourceType"]).model_validate(data)
    except ValidationError as fault:
        for error in fault.errors(include_input=False, include_url=False, include_context=False)[
            :MAX_FINDINGS
        ]:
            path = _path_of(data, error["loc"])
            yield Finding(
                path,
                _SENTENCES.get(error["type"], "The value does not have the format that FHIR requires."),
                attribute_at(path),
            )


_SENTENCES = {
    "missing": "A mandatory element is missing.",
    "extra_forbidden": "There is no such element here.",
}


def _path_of(data: Data, loc: tuple[int | str, ...]) -> str:
    """Return a place that pydantic names as a path of this program's findings, with the types of inner
    resources.
    """
    path, here = str(data["resourceType"]), data
    for step in loc:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += f".{step}"
        try:
            here = here[step]  # type: ignore[index] # a list by number, a mapping by name
        except (KeyError, IndexError, TypeError):
            here = {}
        if step == "resource" and isinstance(here, dict) and "resourceType" in here:
            path += f".{here['resourceType']}"
    return path


def attribute_at(path: str) -> str:
    """Return the attribute of the record behind a path such as ``Bundle.entry[2].resource.Patient.birthDate``."""
    plain = "".join(c for c in path if c not in "[]0123456789")
    _, _, inner = plain.rpartition("resource.")
    resource_type, _, rest = inner.partition(".")
    return attribute_of(resource_type, rest)
