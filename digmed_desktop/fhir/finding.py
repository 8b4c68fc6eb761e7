"""Define a fault that a check found in a message."""

from dataclasses import dataclass
from functools import cache

from digmed_desktop.data_files.source import OWN


@dataclass(frozen=True, slots=True, repr=False)
class Finding:
    """One thing that is wrong.

    ``path`` is the element (``Bundle.entry[0].resource.MessageHeader.event``), ``sentence`` says what is
    wrong and holds nothing of the content, ``attribute`` is the attribute of the record that caused it, or
    ``""`` when there is none; ``place`` says which of several things it is about, from 1.
    """

    path: str
    sentence: str
    attribute: str = ""
    place: int = 1


@cache
def attribute_of(resource_type: str, element_path: str) -> str:
    """Return the attribute of the record that stands at an element of a resource (``Patient``, ``birthDate``), or
    ``""``.
    """
    attributes = OWN.raw("conformance/attributes.toml").get(resource_type, {})
    parts = element_path.split(".")
    for n in range(len(parts), 0, -1):
        if found := attributes.get(".".join(parts[:n])):
            return str(found)
    return ""
