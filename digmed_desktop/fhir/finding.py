"""What a check found wrong in a message."""

from dataclasses import dataclass
from functools import cache

from digmed_desktop.data_files.source import OWN


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    ``path`` is the element (``Bundle.entry[0].resource.MessageHeader.event``), ``sentence`` says what is
    wrong and holds nothing of the content, ``field`` is the form field that caused it, or ``""`` when there
    is none.
    """

    path: str
    sentence: str
    field: str = ""


@cache
def field_of(resource_type: str, element_path: str) -> str:
    """Return the form field whose answer stands at an element of a resource (``Patient``, ``birthDate``), or
    ``""``.
    """
    fields = OWN.raw("conformance/fields.toml").get(resource_type, {})
    parts = element_path.split(".")
    for n in range(len(parts), 0, -1):
        if found := fields.get(".".join(parts[:n])):
            return str(found)
    return ""
