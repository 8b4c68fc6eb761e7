"""The program's own checks of a message (ITK3 FHIR-V&V-01), and of a record before it is one.

``check`` holds any message against base STU3, the published profiles and the rules that stand only in the
guides; ``problems_of`` says what prevents a record from becoming a message.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from digmed_desktop.fhir.base import read
from digmed_desktop.fhir.finding import Finding
from digmed_desktop.fhir.guide_mandatory import mandatory_findings
from digmed_desktop.fhir.guide_rules import document_findings, header_findings, retired_findings
from digmed_desktop.fhir.impossible import impossible_findings
from digmed_desktop.fhir.invariants import invariant_findings
from digmed_desktop.fhir.parsing import NotReadableError, parse
from digmed_desktop.fhir.problems import problems_of
from digmed_desktop.fhir.profiles import profile_findings
from digmed_desktop.fhir.rules import Place, entry_findings, narrative_findings, places, reference_findings
from digmed_desktop.fhir.text_against_resource import text_findings
from digmed_desktop.fhir.writing import Data

__all__ = ["Finding", "NotReadableError", "check", "problems_of"]


def check(xml: bytes, *, own: bool = False) -> list[Finding]:
    """Return what is wrong with a message; raises :class:`NotReadableError` when it cannot be read at all.

    Our ``own`` messages are held neither against their text nor to what cannot be true: both were judged in the record, and
    what a stranger's text may mean must never keep one of ours from being sent.
    """
    root = parse(xml, instructions=True)
    data, findings = read(root)
    kind = str(data.get("resourceType", ""))
    if root.getroottree().xpath("//processing-instruction()"):
        findings.append(Finding(kind, "A message has no processing instructions."))
    if kind != "Bundle":
        return [*findings, Finding(kind, "A message is a Bundle.")] if kind else findings
    bundles = (place for place in places(data, "Bundle") if place.type == "Bundle")
    documents = [places(bundle.data, bundle.path) for bundle in bundles]
    judged = [] if own else [one for one in documents if one and one[0].type == "Composition"]
    header = places(data, "Bundle")[0] if judged else None
    beyond = [found for one in judged for found in (text_findings(one), impossible_findings(header, one))]
    inside = [inner for document in documents for inner in document]
    return list(_numbered(chain(findings, _message_findings(data), *beyond), inside))


def _message_findings(message: Data) -> Iterator[Finding]:
    outer = places(message, "Bundle")
    yield from _bundle_findings(message, "Bundle", "message", "MessageHeader")
    header = outer[0] if outer and outer[0].type == "MessageHeader" else None
    if header:
        yield from header_findings(header)
    for place in outer:
        if place.type != "Bundle":
            continue
        yield from _payload_findings(header, place, places(place.data, place.path))


def _payload_findings(header: Place | None, document: Place, inside: list[Place]) -> Iterator[Finding]:
    yield from _bundle_findings(document.data, document.path, "document", "Composition")
    for inner in inside:
        if inner.type == "Composition":
            yield from retired_findings(inner)
            yield from _section_findings(inner)
    if header and inside and inside[0].type == "Composition":
        yield from document_findings(header, document, inside)
        yield from mandatory_findings(inside)


def _numbered(findings: Iterable[Finding], inside: list[Place]) -> Iterator[Finding]:
    """Say of a finding at a supplied item which item it is."""
    counts: dict[str, int] = {}
    numbers = []
    for place in inside:
        counts[place.type] = counts.get(place.type, 0) + 1
        numbers.append((f"{place.path}.", counts[place.type]))
    for finding in findings:
        number = next((n for path, n in numbers if f"{finding.path}.".startswith(path)), 0)
        if number and finding.attribute.startswith("items."):
            yield replace(finding, place=number)
        else:
            yield finding


def _bundle_findings(bundle: Data, path: str, kind: str, first: str) -> Iterator[Finding]:
    if bundle.get("type") != kind:
        yield Finding(f"{path}.type", f"The type of this bundle must be {kind}.")
    inside = places(bundle, path)
    if not inside or inside[0].type != first:
        yield Finding(f"{path}.entry[0]", f"The first entry must be the {first}.")
    yield from entry_findings(bundle, path)
    yield from reference_findings(bundle, path)
    types = {place.full_url: place.type for place in inside}

    def type_of(reference: str) -> str:
        return types.get(reference, "")

    yield from profile_findings(bundle, path, type_of)
    yield from invariant_findings(bundle, path)
    for place in inside:
        if place.type != "Bundle":
            yield from profile_findings(place.data, place.path, type_of)
            yield from invariant_findings(place.data, place.path)


def _section_findings(composition: Place) -> Iterator[Finding]:
    for number, section in enumerate(composition.data.get("section", [])):
        path = f"{composition.path}.section[{number}]"
        text = section.get("text", {})
        if not text.get("div"):
            yield Finding(f"{path}.text", "Every section needs its text: it is what the practice reads.")
        else:
            yield from narrative_findings(text["div"], f"{path}.text.div")
        if text.get("status") not in ("additional", "generated", "extensions"):
            yield Finding(f"{path}.text.status", "The status must be additional, generated or extensions.")
