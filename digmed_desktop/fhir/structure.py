"""Describe FHIR STU3 types: their elements in the order of the specification, as ``fhir.resources``
knows them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from typing import Any

from fhir.resources.STU3 import get_fhir_model_class
from fhir_core.utils import get_fhir_type_name, is_list_type, is_primitive_type

FHIR = "http://hl7.org/fhir"
XHTML = "http://www.w3.org/1999/xhtml"


class Form(Enum):
    """How an element is written in XML."""

    ATTRIBUTE = auto()  # Extension.url, and the id of a datatype
    PRIMITIVE = auto()  # <name value="..."/>
    COMPLEX = auto()
    RESOURCE = auto()  # a wrapper whose only child is named by the resource type
    XHTML = auto()  # Narrative.div


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a type.

    ``type_name`` names the type of its content, ``values`` the codes of a required binding to FHIR's own
    lists, ``targets`` the resource types that a reference may lead to (``Resource``: any); both empty where
    nothing is said.
    """

    name: str
    form: Form
    type_name: str
    many: bool
    required: bool
    values: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()


class UnknownTypeError(LookupError):
    """A resource or datatype that STU3 does not have."""


@cache
def elements(type_name: str) -> Mapping[str, Element]:
    """Return the elements of a resource or datatype by name, in the specification's order.

    Raises :class:`UnknownTypeError` for a type that STU3 does not have.
    """
    try:
        model = get_fhir_model_class(type_name)
    except (LookupError, ValueError, AttributeError, TypeError) as unknown:
        raise UnknownTypeError(f"STU3 has no type {type_name[:64]!r}") from unknown
    field_of = model.get_alias_mapping()
    known: dict[str, Element] = {}
    for name in model.elements_sequence():
        field = model.model_fields[field_of[name]]
        content = get_fhir_type_name(field, prefix="STU3.")
        if (name == "id" and not model.has_resource_base()) or (name == "url" and type_name == "Extension"):
            form = Form.ATTRIBUTE
        elif content == "xhtml":
            form = Form.XHTML
        elif is_primitive_type(field):
            form = Form.PRIMITIVE
        else:
            form = Form.RESOURCE if content == "Resource" else Form.COMPLEX
        said: Any = field.json_schema_extra or {}
        known[name] = Element(
            name=name,
            form=form,
            type_name=content,
            many=is_list_type(field),
            required=field.is_required() or bool(said.get("element_required")),
            values=frozenset(said.get("enum_values", ())),
            targets=frozenset(said.get("enum_reference_types", ())),
        )
    return known


def is_resource(type_name: str) -> bool:
    """Whether ``type_name`` names a resource (and not a datatype)."""
    try:
        return bool(get_fhir_model_class(type_name).has_resource_base())
    except (LookupError, ValueError, AttributeError, TypeError):
        return False
