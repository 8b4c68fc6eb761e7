"""The program's own checks: each kind of fault is found, and a valid record comes back from its message unchanged."""

from collections.abc import Callable
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from digmed_desktop.clinical.record import Coded
from digmed_desktop.data_files.source import OWN
from digmed_desktop.fhir.checks import NotReadableError, check
from digmed_desktop.fhir.editions import all_editions
from digmed_desktop.fhir.items import Record, kind_of
from digmed_desktop.fhir.reading import read_notification
from tests.fhir.golden_cases import message
from tests.fhir.nodes import Node
from tests.fhir.random_records import supplies, vaccinations
from tests.fhir.read_back import as_sent, read_back
from tests.fhir.records import GIVEN, supply, vaccination
from tests.long.registry import sized

F = {"f": "http://hl7.org/fhir", "x": "http://www.w3.org/1999/xhtml"}
GOOD = message(vaccination()).payload
SUPPLY = message(supply()).payload


def sentences(xml: bytes) -> set[str]:
    return {finding.sentence for finding in check(xml)}


def without(xml: bytes, path: str) -> bytes:
    root: Node = etree.fromstring(xml)
    node = root.xpath(path, namespaces=F)[0]
    node.getparent().remove(node)
    return etree.tostring(root)


def with_value(xml: bytes, path: str, value: str) -> bytes:
    root: Node = etree.fromstring(xml)
    root.xpath(path, namespaces=F)[0].set("value", value)
    return etree.tostring(root)


def twice(xml: bytes, path: str) -> bytes:
    root: Node = etree.fromstring(xml)
    node = root.xpath(path, namespaces=F)[0]
    node.addnext(etree.fromstring(etree.tostring(node)))
    return etree.tostring(root)


MISSING = [
    "//f:MessageHeader/f:event",
    "//f:MessageHeader/f:sender",
    "//f:MessageHeader/f:timestamp",
    "//f:MessageHeader/f:source",
    "//f:MessageHeader/f:focus",
    "//f:MessageHeader/f:extension",
    "//f:MessageHeader/f:extension/f:extension[1]",
    "//f:MessageHeader/f:extension/f:extension[5]",
    "/f:Bundle/f:identifier",
    "//f:Composition/f:extension",
    "//f:Composition/f:identifier",
    "//f:Composition/f:status",
    "//f:Composition/f:type",
    "//f:Composition/f:subject",
    "//f:Composition/f:date",
    "//f:Composition/f:author",
    "//f:Composition/f:title",
    "//f:Composition/f:section[f:title/@value='Vaccinations']",
    "//f:Composition/f:section[f:title/@value='GP Practice']",
    "//f:Composition/f:section[f:title/@value='Patient Demographics']",
    "//f:Composition/f:section[1]/f:title",
    "//f:Composition/f:section[1]/f:text",
    "//f:Composition/f:section[f:title/@value='Vaccinations']/f:entry",
    "//f:Patient/f:identifier/f:extension",
    "//f:Patient/f:name",
    "//f:Patient/f:name/f:family",
    "//f:Patient/f:birthDate",
    "//f:Patient/f:gender",
    "//f:Patient/f:address",
    "//f:Immunization/f:extension[f:valueCodeableConcept]",
    "//f:Immunization/f:status",
    "//f:Immunization/f:notGiven",
    "//f:Immunization/f:vaccineCode",
    "//f:Immunization/f:patient",
    "//f:Immunization/f:primarySource",
    "//f:Encounter/f:status",
    "//f:List/f:identifier",
    "//f:List/f:status",
    "//f:List/f:mode",
    "//f:List/f:code",
    "//f:List/f:subject",
    "//f:AllergyIntolerance/f:verificationStatus",
    "//f:AllergyIntolerance/f:code",
    "//f:AllergyIntolerance/f:patient",
    "//f:AllergyIntolerance/f:assertedDate",
]


@pytest.mark.parametrize("path", MISSING)
def test_a_missing_mandatory_element_is_found(path: str) -> None:
    assert check(without(GOOD, path))


@pytest.mark.parametrize(
    "path",
    [
        "//f:Composition/f:section[f:title/@value='Medications and medical devices']",
        "//f:Composition/f:section[f:title/@value='Medications and medical devices']/f:entry",
        "//f:MedicationDispense/f:medicationReference",
        "//f:MedicationDispense/f:dosageInstruction",
        "//f:Medication/f:code",
        "//f:List/f:code",
    ],
)
def test_a_missing_mandatory_element_of_a_supply_is_found(path: str) -> None:
    assert check(without(SUPPLY, path))


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("//f:Patient/f:identifier/f:value", "9990000019", "check digit"),
        ("//f:Patient/f:identifier/f:value", "999 000 0018", "ten digits"),
        ("//f:Patient/f:gender", "woman", "not one of those"),
        ("//f:Patient/f:birthDate", "1950-02-31", "format"),
        ("//f:Immunization/f:notGiven", "perhaps", "true or false"),
        ("//f:Immunization/f:vaccineCode/f:coding/f:code", "45354911000001101", "SNOMED CT concept"),
        (
            "//f:Immunization/f:vaccineCode/f:coding/f:display",
            "Another vaccine",
            "is not in the text",
        ),
        (
            "//f:Immunization/f:patient/f:reference",
            "urn:uuid:00000000-0000-4000-8000-000000000000",
            "leads to nothing",
        ),
        ("//f:MessageHeader/f:event/f:code", "ITK013D", "retired"),
        ("//f:MessageHeader/f:event/f:code", "ITK003D", "neither notification"),
        ("//f:MessageHeader/f:extension/f:extension[2]/f:valueBoolean", "false", "must be true"),
        ("//f:MessageHeader/f:timestamp", "2020-01-01T00:00:00+00:00", "older than its document"),
        ("//f:Composition/f:section[1]/f:code/f:coding/f:code", "371534008", "only its own sections"),
        ("//f:Composition/f:section[1]/f:text/f:status", "empty", "additional"),
        ("//f:AllergyIntolerance/f:verificationStatus", "sure", "not one of those"),
        ("//f:List/f:mode", "working", "fixes"),
        ("//f:Patient/f:meta/f:profile", "https://example.org/other", "published profile"),
        ("//f:identifier/f:extension//f:code", "99", "not in its code system"),
        ("/f:Bundle/f:entry[1]/f:fullUrl", "urn:uuid:00000000-0000-4000-8000-000000000000", "full URL"),
    ],
)
def test_a_wrong_value_is_found_and_said(path: str, value: str, told: str) -> None:
    assert any(told in sentence for sentence in sentences(with_value(GOOD, path, value))), sentences(
        with_value(GOOD, path, value)
    )


@pytest.mark.parametrize(
    ("xml", "path", "told"),
    [
        (GOOD, "//f:doseQuantity/f:system", "qty-3"),
        (SUPPLY, "//f:daysSupply/f:system", "qty-3"),
        (GOOD, "//f:Patient/f:telecom/f:system", "cpt-2"),
        (GOOD, "//f:AllergyIntolerance/f:clinicalStatus", "ait-1"),
        (GOOD, "//f:Organization/f:identifier", "org-1"),
        (GOOD, "//f:Bundle/f:entry/f:resource/f:Bundle/f:identifier/f:system", "bdl-9"),
        (SUPPLY, "//f:quantity/f:extension/f:valueString", "ext-1"),
    ],
)
def test_a_rule_that_binds_several_elements_is_held(xml: bytes, path: str, told: str) -> None:
    assert any(told in sentence for sentence in sentences(without(xml, path)))


@pytest.mark.parametrize(
    "path",
    [
        "//f:vaccineCode/f:coding/f:system",
        "//f:Immunization/f:practitioner/f:role/f:coding/f:system",
        "//f:participant/f:type/f:coding/f:system",
    ],
)
def test_a_code_system_that_these_messages_do_not_have_is_found(path: str) -> None:
    wrong = with_value(GOOD, path, "http://snomed.info/scx")
    assert "These messages have no codes of this code system." in sentences(wrong)


def test_supply_type_outside_its_value_set_is_found() -> None:
    wrong = with_value(SUPPLY, "//f:MedicationDispense/f:type/f:coding/f:code", "1218611000000102")
    assert any("value set" in sentence for sentence in sentences(wrong))


@pytest.mark.parametrize("kind", OWN.raw("editions/words/retired.toml")["kind"], ids=lambda k: k["format"])
def test_a_document_of_a_retired_kind_is_named_with_the_reason(kind: dict[str, str]) -> None:
    xml = with_value(GOOD, "//f:Composition/f:meta/f:profile", kind["profile"])
    assert kind["sentence"] in sentences(xml)
    assert "retired" in kind["sentence"]


@pytest.mark.parametrize(
    "path", ["//f:Composition/f:title", "//f:Patient/f:birthDate", "//f:Immunization/f:vaccineCode"]
)
def test_an_element_that_may_stand_once_is_found_twice(path: str) -> None:
    assert any("only once" in sentence for sentence in sentences(twice(GOOD, path)))


def test_two_vaccination_sections_are_one_too_many() -> None:
    path = "//f:Composition/f:section[f:title/@value='Vaccinations']"
    assert any("more often" in sentence for sentence in sentences(twice(GOOD, path)))


def test_wrong_order_wrong_name_and_loose_text_are_found() -> None:
    root: Node = etree.fromstring(GOOD)
    patient = root.xpath("//f:Patient", namespaces=F)[0]
    patient.append(patient.find("{http://hl7.org/fhir}birthDate"))
    assert "The element is in the wrong order." in sentences(etree.tostring(root))
    assert any("no element" in s for s in sentences(GOOD.replace(b"birthDate", b"birthdate")))
    assert "There is text between the elements." in sentences(GOOD.replace(b"<gender", b"loose <gender", 1))


@pytest.mark.parametrize(
    "bad", ["<script>x</script>", "<a href='https://example.org'>x</a>", "<p onclick='x()'>x</p>"]
)
def test_active_content_in_the_text_is_found(bad: str) -> None:
    xml = GOOD.replace(b'<table width="100%">', bad.encode() + b'<table width="100%">', 1)
    assert any("not allowed in narrative" in sentence for sentence in sentences(xml))


def test_a_finding_names_the_attribute_that_caused_it() -> None:
    found = check(with_value(GOOD, "//f:Patient/f:birthDate", "1950-02-31"))
    assert {finding.attribute for finding in found} == {"patient.date_of_birth"}
    assert "1950" not in str([asdict(finding) for finding in found])


@pytest.mark.parametrize(
    "damage", [lambda x: x[:-40], lambda x: b"", lambda x: x.replace(b"utf-8", b"utf-7", 1)]
)
def test_what_cannot_be_read_is_refused(damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(NotReadableError):
        check(damage(GOOD))


def test_two_vaccines_without_codes_are_not_one_vaccine_twice() -> None:
    by_words = [replace(GIVEN, product=Coded(name), batch="") for name in ("A product", "Another product")]
    assert check(message(vaccination(immunizations=tuple(by_words))).payload) == []
    twice_the_same = vaccination(immunizations=(by_words[0], by_words[0]))
    assert any(
        "is in the record twice" in sentence for sentence in sentences(message(twice_the_same).payload)
    )


@settings(max_examples=40)
@given(vaccinations() | supplies(), st.data())
def test_any_valid_record_builds_passes_and_comes_back_unchanged(record: Record, data: st.DataObject) -> None:
    edition = data.draw(st.sampled_from([e for e in all_editions() if e.kind is kind_of(record)]))
    xml = message(record, edition=edition).payload
    assert check(xml) == []
    assert read_back(xml, edition) == as_sent(record, edition)
    read = read_notification(xml)
    assert (read.family, read.given) == (record.patient.name.family, record.patient.name.given)
    assert (read.nhs_number, read.date_of_birth) == (record.patient.nhs_number, record.patient.date_of_birth)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(max_examples=sized(3000, 150), deadline=None)
@given(vaccinations() | supplies(), st.data())
def test_thousands_of_valid_records_build_pass_and_come_back_unchanged(
    record: Record, data: st.DataObject
) -> None:
    """In full about five minutes."""
    edition = data.draw(st.sampled_from([e for e in all_editions() if e.kind is kind_of(record)]))
    xml = message(record, edition=edition).payload
    assert check(xml) == []
    assert read_back(xml, edition) == as_sent(record, edition)
