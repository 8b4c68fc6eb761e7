"""Parts of a response that cannot both be meant, found in its structure and told in sentences.

A response may lack much and is understood all the same. Two statements of which only one can be true, and whatever FHIR
says must be understood before anything else counts, are for a person.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from digmed_desktop.fhir.misplaced import has_no_place, speaks_elsewhere
from digmed_desktop.fhir.structure import FHIR, XHTML
from digmed_desktop.fhir.xml_nodes import bare, children, entries, everywhere, first, value, values

EVENT = "ITK008M"
EVENT_SYSTEM = "https://fhir.nhs.uk/STU3/CodeSystem/ITK-MessageEvent-"
DEFINITION = "ITK-Response-MessageDefinition"
_ONCE: Mapping[str, tuple[str, ...]] = {
    "Bundle": ("id", "identifier", "type"),
    "entry": ("fullUrl", "resource"),
    "MessageHeader": ("id", "event", "sender", "source", "timestamp", "response"),
    "event": ("system", "code"),
    "response": ("code", "details"),
    "issue": ("severity", "code", "details", "diagnostics"),
    "details": ("text", "reference"),
    "coding": ("system", "code", "display"),
}
"""Elements that FHIR allows once, by what they stand in; ``response.identifier`` is judged by what it names."""
_IN_NO_MESSAGE = ("request", "response", "search")
"""Parts of an entry that a message has not, and in which a status of another kind could stand."""


def found_in(root: etree._Element) -> tuple[str, ...]:
    """Return a sentence for each kind of contradiction in the structure of a response."""
    return tuple(sentence for sentence, holds in _KINDS.items() if holds(root))


def _names_several(root: etree._Element) -> bool:
    return len({bare(text) for answer in _answers(root) for text in values(answer, "identifier")}) > 1


def _answers_itself(root: etree._Element) -> bool:
    own = {bare(value(one, "id")) for one in everywhere(root, "MessageHeader")} - {""}
    return any(bare(text) in own for answer in _answers(root) for text in values(answer, "identifier"))


def _outcomes_differ(root: etree._Element) -> bool:
    said = {
        frozenset(text for coding in everywhere(one, "coding") for text in values(coding, "code"))
        for one in everywhere(root, "OperationOutcome")
    }
    return len(said) > 1


def _outcome_elsewhere(root: etree._Element) -> bool:
    return len(entries(root, "OperationOutcome")) != len(everywhere(root, "OperationOutcome"))


def _points_past(root: etree._Element) -> bool:
    """Whether the header names an outcome that is not there; a focus can only be the outcome too."""
    outcomes = entries(root, "OperationOutcome")
    there = {id_ for ids, _ in outcomes for id_ in ids}
    pointing = [one for answer in _answers(root) for one in children(answer, "details")]
    pointing += [one for _, header in entries(root, "MessageHeader") for one in children(header, "focus")]
    named = {_id_of(text) for one in pointing for text in values(one, "reference")}
    return bool(outcomes and named - there)


def _id_of(text: str) -> str:
    return bare(text.partition("/_history/")[0].rpartition("/")[2].removeprefix("#"))


def _several_headers(root: etree._Element) -> bool:
    return len(everywhere(root, "MessageHeader")) > 1


def _must_be_understood(root: etree._Element) -> bool:
    return any(everywhere(root, name) for name in ("modifierExtension", "implicitRules"))


def _another_kind(root: etree._Element) -> bool:
    """Whether it calls itself anything but a response to a message: its event, its definition, its bundle's type."""
    events = [
        (value(event, "system"), value(event, "code"))
        for header in everywhere(root, "MessageHeader")
        for event in children(header, "event")
    ]
    odd_event = any(
        code != EVENT or not (not system or system.startswith(EVENT_SYSTEM)) for system, code in events
    )
    return odd_event or _odd_definition(root) or any(text != "message" for text in values(root, "type"))


def _odd_definition(root: etree._Element) -> bool:
    named = [
        value(first(one, "valueReference"), "reference")
        for one in everywhere(root, "extension")
        if one.get("url") == "MessageDefinition"
    ]
    return any(text and not text.rpartition("/")[2].startswith(DEFINITION) for text in named)


def _ids_twice(root: etree._Element) -> bool:
    urls: Counter[str] = Counter()
    ids: Counter[tuple[str, str]] = Counter()
    for entry in children(root, "entry"):
        urls.update(bare(text) for text in values(entry, "fullUrl"))
        ids.update(
            (etree.QName(one).localname, bare(value(one, "id")))
            for inside in children(entry, "resource")
            for one in inside
            if isinstance(one.tag, str) and value(one, "id")
        )
    return any(count > 1 for count in (*urls.values(), *ids.values()))


def _said_twice(root: etree._Element) -> bool:
    return any(
        len(children(one, name)) > 1
        for parent, names in _ONCE.items()
        for one in (everywhere(root, parent) if parent != "Bundle" else [root])
        for name in names
    ) or any(len(inside) > 1 for inside in everywhere(root, "resource"))


def _status_of_its_own(root: etree._Element) -> bool:
    return any(
        first(entry, name) is not None for entry in everywhere(root, "entry") for name in _IN_NO_MESSAGE
    )


def _not_fhir(root: etree._Element) -> bool:
    return any(
        etree.QName(one).namespace not in (FHIR, XHTML) for one in root.iter() if isinstance(one.tag, str)
    )


def _answers(root: etree._Element) -> Iterator[etree._Element]:
    for header in everywhere(root, "MessageHeader"):
        yield from children(header, "response")


_KINDS: Mapping[str, Callable[[etree._Element], bool]] = {
    "It names more than one message.": _names_several,
    "It says that it answers itself.": _answers_itself,
    "It has more than one header.": _several_headers,
    "It contains several outcomes that differ.": _outcomes_differ,
    "It contains an outcome where none belongs.": _outcome_elsewhere,
    "Its header points at an outcome that it does not contain.": _points_past,
    "It calls itself another kind of message than a response.": _another_kind,
    "Two of its parts have the same id.": _ids_twice,
    "It states twice what can be stated once.": _said_twice,
    "One of its entries has its own status.": _status_of_its_own,
    "It contains a part that could change its meaning and that this program does not know.": _must_be_understood,
    "It contains elements that are not part of FHIR.": _not_fhir,
    "It contains parts where FHIR has no place for them.": has_no_place,
    "It contains parts of an answer where no answer belongs.": speaks_elsewhere,
}
