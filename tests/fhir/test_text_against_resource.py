"""Messages of others: text that contradicts its resource, what only the guide demands, and what is valid all the same."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from digmed_desktop.clinical.json_record import read
from digmed_desktop.clinical.record import Coded
from digmed_desktop.fhir.checks import check
from digmed_desktop.fhir.editions import all_editions, default_for
from digmed_desktop.fhir.frame import MessageFrame
from digmed_desktop.fhir.items import kind_of
from digmed_desktop.fhir.message import build
from digmed_desktop.messaging.sending import Kind
from tests.fhir.golden_cases import message
from tests.fhir.nodes import Node
from tests.fhir.records import GIVEN, INSULIN, NEEDLES, NOT_GIVEN, NOW, ids, supply, vaccination

F = {"f": "http://hl7.org/fhir", "x": "http://www.w3.org/1999/xhtml"}
EDITIONS = pytest.mark.parametrize("edition", all_editions(), ids=lambda one: one.id)
TOLD = "The text does not agree with the resource here."


def tree(edition: object) -> Node:
    record = vaccination() if edition.kind is Kind.VACCINATION else supply()  # type: ignore[attr-defined]
    return etree.fromstring(message(record, edition=edition).payload)  # type: ignore[arg-type]


def found(root: Node) -> list[str]:
    return [f"{one.path.rpartition('.resource.')[2]}: {one.sentence}" for one in check(etree.tostring(root))]


def cells(root: Node, *labels: str) -> list[Node]:
    """The cells beside rows with one of these labels."""
    return [
        row[1]
        for row in root.iter(f"{{{F['x']}}}tr")
        if len(row) > 1 and " ".join("".join(row[0].itertext()).split()) in labels
    ]


def say(cell: Node, text: str) -> None:
    for child in list(cell):
        cell.remove(child)
    cell.text = text


ROWS = [
    (Kind.VACCINATION, ["Date of birth"], "16 Mar 1950", "Patient.birthDate"),
    (Kind.VACCINATION, ["Date of birth"], "15/03/1951", "Patient.birthDate"),
    (Kind.VACCINATION, ["NHS number"], "999 000 0026", "Patient.identifier"),
    (Kind.VACCINATION, ["Patient name"], "O'NEILL, Ross", "Patient.name"),
    (Kind.VACCINATION, ["Patient name"], "O'NEAL, Rose (Mrs)", "Patient.name"),
    (Kind.VACCINATION, ["Gender", "Sex"], "Male", "Patient.gender"),
    (Kind.VACCINATION, ["Batch number"], "Y3C491W", "Immunization.lotNumber"),
    (Kind.VACCINATION, ["Expiry date"], "30 Jun 2026", "Immunization.expirationDate"),
    (Kind.VACCINATION, ["Dose amount"], "0.25 mL", "Immunization.doseQuantity"),
    (Kind.VACCINATION, ["Dose amount"], "0.50 L", "Immunization.doseQuantity"),
    (Kind.VACCINATION, ["Date Time"], "13 Oct 2026 14:05", "Immunization.date"),
    (Kind.VACCINATION, ["Date Time"], "14 Oct 2026 04:05", "Immunization.date"),
    (Kind.VACCINATION, ["Date and time of contact"], "14-Nov-2026 14:05", "Encounter.period.start"),
    (Kind.EMERGENCY_SUPPLY, ["Total amount of medication supplied"], "20 cartridge", "MedicationDispense.quantity"),
    (Kind.EMERGENCY_SUPPLY, ["Days Supply"], "41 days", "MedicationDispense.daysSupply"),
    (Kind.EMERGENCY_SUPPLY, ["Dose directions description"], "Twice a day", "MedicationDispense.dosageInstruction"),
    (Kind.EMERGENCY_SUPPLY, ["Date of birth"], "1950-05-03", "Patient.birthDate"),
]  # fmt: skip


@EDITIONS
def test_a_message_of_our_own_agrees_with_itself(edition: object) -> None:
    assert found(tree(edition)) == []


@pytest.mark.parametrize(("kind", "labels", "text", "path"), ROWS)
def test_a_row_that_says_something_else_is_found(kind: Kind, labels: list[str], text: str, path: str) -> None:
    tried = 0
    for edition in (one for one in all_editions() if one.kind is kind):
        root = tree(edition)
        beside = cells(root, *labels)
        if not beside:
            continue
        say(beside[0], text)
        hits = [one for one in found(root) if one.endswith(TOLD)]
        assert [one for one in hits if one.startswith(path)], (edition.id, hits)
        tried += 1
    assert tried


VALUES = [
    (Kind.VACCINATION, "//f:Patient/f:birthDate", "1950-03-16"),
    (Kind.VACCINATION, "//f:Patient/f:gender", "male"),
    (Kind.VACCINATION, "//f:Patient/f:name/f:family", "O'NEAL"),
    (Kind.VACCINATION, "//f:Patient/f:name/f:given[1]", "Ross"),
    (Kind.VACCINATION, "//f:Immunization/f:lotNumber", "Y3C4911"),
    (Kind.VACCINATION, "//f:Immunization/f:expirationDate", "2027-06-29"),
    (Kind.VACCINATION, "//f:Immunization/f:doseQuantity/f:value", "5"),
    (Kind.VACCINATION, "//f:Immunization/f:date", "2026-10-15T14:05:00+01:00"),
    (Kind.VACCINATION, "//f:Encounter/f:period/f:start", "2026-10-13T14:05:00+01:00"),
    (Kind.EMERGENCY_SUPPLY, "(//f:MedicationDispense/f:quantity/f:value)[1]", "20"),
    (Kind.EMERGENCY_SUPPLY, "(//f:MedicationDispense/f:daysSupply/f:value)[1]", "140"),
    (Kind.EMERGENCY_SUPPLY, "(//f:MedicationDispense/f:dosageInstruction/f:text)[1]", "Ten times a day"),
]


@pytest.mark.parametrize(("kind", "path", "value"), VALUES, ids=lambda one: str(one)[-40:])
def test_a_resource_that_says_something_else_is_found(kind: Kind, path: str, value: str) -> None:
    root = tree(default_for(kind))
    (node,) = root.xpath(path, namespaces=F)
    node.set("value", value)
    assert [one for one in found(root) if one.endswith(TOLD)]


@pytest.mark.parametrize(
    ("labels", "text"),
    [
        (["Date of birth"], "15/03/1950"),
        (["Date of birth"], "15th March 1950"),
        (["Date of birth"], "1950-03-15 (76 years)"),
        (["Date of birth"], "see the register"),
        (["NHS number"], "9990000018 (verified)"),
        (["NHS number"], "999-000-0018"),
        (["Patient name"], "Prefix: Mrs Given Name: Rose Family Name: O'Neill"),
        (["Gender", "Sex"], "F"),
        (["Batch number"], "y3c 491v"),
        (["Dose amount"], "0.5 millilitres"),
        (["Dose amount"], "one ampoule"),
        (["Date Time"], "14-Oct-2026 14:05"),
        (["Date Time"], "14/10/2026"),
        (["Expiry date"], "2027-06-30"),
    ],
)
def test_another_way_to_say_the_same_is_no_contradiction(labels: list[str], text: str) -> None:
    root = tree(default_for(Kind.VACCINATION))
    beside = cells(root, *labels)
    assert beside
    for cell in beside:
        say(cell, text)
    assert [one for one in found(root) if one.endswith(TOLD)] == []


def test_a_text_that_keeps_silent_about_not_given_is_found() -> None:
    root: Node = etree.fromstring(message(vaccination(immunizations=(NOT_GIVEN,))).payload)
    assert found(root) == []
    for cell in cells(root, "Outcome"):
        row = cell.getparent()
        assert row is not None
        row.getparent().remove(row)
    assert any("does not say that the vaccine was not given" in one for one in found(root))


def test_a_text_that_says_not_given_of_a_vaccine_that_was_is_found() -> None:
    root: Node = etree.fromstring(message(vaccination(immunizations=(NOT_GIVEN,))).payload)
    (node,) = root.xpath("//f:Immunization/f:notGiven", namespaces=F)
    node.set("value", "false")
    assert any("the resource that it was" in one for one in found(root))


def test_one_vaccine_given_and_one_not_in_one_contact_is_no_contradiction() -> None:
    for pair in ((GIVEN, NOT_GIVEN), (NOT_GIVEN, GIVEN), (NOT_GIVEN, replace(GIVEN, batch="", dose=None))):
        assert check(message(vaccination(immunizations=pair)).payload) == []


def test_a_dose_number_that_only_the_text_tells_contradicts_no_other_dose() -> None:
    disease = Coded("Influenza", "6142004", "http://snomed.info/sct")
    second = Coded(
        "Second inactivated seasonal influenza vaccination given by pharmacist", "1037371000000101"
    )
    told = replace(GIVEN, procedure=second, dose_number=2, send_dose_number=True, target_disease=disease)
    for pair in ((replace(GIVEN, dose_number=1), told), (told, replace(GIVEN, dose_number=1, batch=""))):
        assert check(message(vaccination(immunizations=pair)).payload) == []


def test_directions_of_several_lines_agree() -> None:
    lines = replace(INSULIN, directions="Take one\nin the morning")
    assert check(message(supply(items=(lines, NEEDLES))).payload) == []


def without(path: str) -> Callable[[Node], None]:
    def change(root: Node) -> None:
        nodes = root.xpath(path, namespaces=F)
        assert nodes
        for node in nodes:
            node.getparent().remove(node)

    return change


MANDATORY = [
    (Kind.EMERGENCY_SUPPLY, "(//f:MedicationDispense)[1]/f:quantity", "MedicationDispense.quantity"),
    (Kind.VACCINATION, "//f:Immunization/f:practitioner", "Immunization.practitioner"),
    (Kind.VACCINATION, "//f:entry/f:resource/f:Bundle//f:Organization/f:name", "Organization.name"),
    (Kind.VACCINATION, "//f:Patient/f:birthDate", "Patient.birthDate"),
    (Kind.VACCINATION, "//f:Patient/f:address", "Patient.address"),
    (Kind.VACCINATION, "//f:Encounter/f:period", "Encounter.period"),
    (Kind.VACCINATION, "//f:Encounter/f:serviceProvider", "Encounter.serviceProvider"),
    (Kind.VACCINATION, "//f:Encounter/f:participant", "Encounter.participant"),
]


@pytest.mark.parametrize(("kind", "path", "name"), MANDATORY)
def test_what_only_the_guide_makes_mandatory_is_asked_for(kind: Kind, path: str, name: str) -> None:
    root = tree(default_for(kind))
    without(path)(root)
    assert [one for one in found(root) if one.startswith(name) and "mandatory" in one]


def test_an_nhs_number_under_another_system_is_found() -> None:
    root = tree(default_for(Kind.VACCINATION))
    for node in root.xpath("//f:Patient/f:identifier/f:system", namespaces=F):
        node.set("value", "https://fhir.nhs.uk/Id/nhs-numbers")
    assert [one for one in found(root) if "under its own system" in one]


def add(path: str, xml: str, *, before: str) -> Callable[[Node], None]:
    def change(root: Node) -> None:
        (parent,) = root.xpath(path, namespaces=F)
        new: Node = etree.fromstring(f'<x xmlns="{F["f"]}">{xml}</x>')[0]
        following = [child for child in parent if etree.QName(child).localname in before.split()]
        following[0].addprevious(new) if following else parent.append(new)

    return change


def coded(element: str, system: str, code: str, display: str) -> str:
    coding = f'<system value="{system}"/><code value="{code}"/><display value="{display}"/>'
    return f"<{element}><coding>{coding}</coding></{element}>"


HL7 = "http://hl7.org/fhir"
MARRIED = coded("maritalStatus", f"{HL7}/v3/MaritalStatus", "M", "Married")
PRACTITIONER_CONTAINED = '<contained><Location><id value="l1"/><name value="Annex"/></Location></contained>'
TAG = '<tag><system value="https://example.org/tags"/><code value="a"/><display value="A"/></tag>'
SECURITY = f'<security><system value="{HL7}/v3/Confidentiality"/><code value="N"/><display value="normal"/></security>'
VALID = [
    add("//f:Patient/f:meta", TAG, before="never"),
    add("//f:Patient/f:meta", SECURITY, before="tag"),
    add("//f:Patient", MARRIED, before="generalPractitioner managingOrganization link"),
    add("(//f:Bundle//f:Bundle//f:Organization)[1]", coded("type", f"{HL7}/organization-type", "prov", "x"), before="name"),
    add("//f:Encounter", PRACTITIONER_CONTAINED, before="extension identifier status"),
]  # fmt: skip


@pytest.mark.parametrize("change", VALID)
def test_what_is_valid_is_not_refused(change: Callable[[Node], None]) -> None:
    root = tree(default_for(Kind.VACCINATION))
    change(root)
    assert [one for one in found(root) if "code system" in one or "reference" in one.lower()] == []


def test_a_reference_to_something_contained_leads_there_and_to_nothing_else() -> None:
    root = tree(default_for(Kind.VACCINATION))
    add("//f:Encounter", PRACTITIONER_CONTAINED, before="extension identifier status")(root)
    location = '<location><location><reference value="{}"/></location></location>'
    add("//f:Encounter", location.format("#l1"), before="serviceProvider")(root)
    assert found(root) == []
    (node,) = root.xpath("//f:Encounter/f:location/f:location/f:reference", namespaces=F)
    node.set("value", "#l2")
    assert any("leads to nothing" in one for one in found(root))


@pytest.mark.parametrize("where", ["before", "inside", "after"])
def test_a_processing_instruction_is_found(where: str) -> None:
    payload = message(vaccination()).payload
    instruction = b"<?render quickly?>"
    changed = {
        "before": payload.replace(b"<Bundle", instruction + b"<Bundle", 1),
        "inside": payload.replace(b"<Patient", instruction + b"<Patient", 1).replace(b"<id ", instruction + b"<id ", 1),
        "after": payload + instruction,
    }[where]  # fmt: skip
    assert [one.sentence for one in check(changed)] == ["A message has no processing instructions."]


def test_a_vaccine_not_given_may_tell_its_place_in_the_course() -> None:
    disease = Coded("COVID-19", "840539006", "http://snomed.info/sct")
    vaccine = replace(NOT_GIVEN, dose_number=2, send_dose_number=True, target_disease=disease)
    root: Node = etree.fromstring(message(vaccination(immunizations=(vaccine,))).payload)
    assert found(root) == []
    (status,) = root.xpath("//f:doseStatus/f:coding/f:code/@value", namespaces=F)
    assert status == "nocount"
    quiet: Node = etree.fromstring(
        message(vaccination(immunizations=(replace(vaccine, send_dose_number=False),))).payload
    )
    assert cells(quiet, "Dose number") == []
    assert GIVEN.given


@pytest.mark.skipif(
    "DIGMED_SHARED" not in os.environ, reason="needs the folder with inputs beside the project"
)
def test_the_messages_of_others_end_as_described() -> None:
    folder = Path(os.environ["DIGMED_SHARED"]) / "cases" / "messages"
    files = sorted(folder.glob("*.xml"))
    assert files
    for file in files:
        hits = check(file.read_bytes())
        assert (hits == []) == file.name.startswith("false-alarm"), (file.name, hits)


@pytest.mark.skipif(
    "DIGMED_SHARED" not in os.environ, reason="needs the folder with inputs beside the project"
)
def test_the_records_of_the_published_examples_become_messages() -> None:
    for file in sorted((Path(os.environ["DIGMED_SHARED"]) / "cases" / "records").glob("*.json")):
        record = read(file.read_text(encoding="utf-8"))
        new_id = ids()
        frame = MessageFrame(
            edition=default_for(kind_of(record)),
            mailbox="X",
            now=NOW,
            sender_reference=new_id(),
            new_id=new_id,
        )
        made = build(record, frame)
        assert check(made.payload) == [], file.name
