"""The vaccination message: complete, deterministic, as the golden files say, and passed by HL7's validator."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from lxml import etree

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.clinical.record import (
    Allergies,
    AllergyStatus,
    Coded,
    Consent,
    Immunization,
    PersonName,
    Quantity,
    Traced,
    VaccinationRecord,
)
from digmed_desktop.fhir.checks import check, problems_of
from digmed_desktop.fhir.editions import UnknownEditionError, all_editions, default_for, load
from digmed_desktop.fhir.message import IncompleteRecordError, MessageFrame, build, draft_xml
from digmed_desktop.fhir.reading import read_vaccination
from digmed_desktop.fhir.sections import sections
from digmed_desktop.messaging.plain_letters import plain_letters
from digmed_desktop.messaging.sending import Kind
from tests.fhir.golden_cases import CASES, CORRECTION, OLD, message
from tests.fhir.nodes import Node
from tests.fhir.records import (
    CONTACT,
    GIVEN,
    NOT_GIVEN,
    NOW,
    PATIENT,
    PHARMACIST,
    ids,
    vaccination,
    with_allergies,
)

F = {"f": "http://hl7.org/fhir", "x": "http://www.w3.org/1999/xhtml"}
EDITION = default_for(Kind.VACCINATION)


def values(xml: bytes, path: str) -> list[str]:
    found: Node = etree.fromstring(xml).xpath(path + "/@value", namespaces=F)
    return [str(one) for one in found]


@pytest.mark.parametrize("name", CASES)
def test_the_programs_own_checks_find_nothing_in_a_golden_message(name: str) -> None:
    assert check(CASES[name]().payload) == []


def test_the_same_record_ids_and_time_give_the_same_bytes() -> None:
    assert message(vaccination()).payload == message(vaccination()).payload


def test_frozen_ids_are_those_in_the_xml() -> None:
    frozen = message(vaccination())
    read = read_vaccination(frozen.payload)
    assert (read.message_id, read.document_id, read.composition_id, read.sender_reference) == (
        frozen.message_id,
        frozen.document_id,
        frozen.composition_id,
        frozen.sender_reference,
    )
    assert len({frozen.bundle_id, frozen.message_id, frozen.document_id, frozen.composition_id}) == 4


def test_receiver_reads_who_it_is_about_and_from_whom() -> None:
    read = read_vaccination(message(vaccination()).payload)
    assert (read.nhs_number, read.family, read.date_of_birth) == ("9990000018", "O'Neill", date(1950, 3, 15))
    assert (read.practice_ods, read.sender_ods, read.mailbox) == ("A99999", "FZZ99", "FZZ99OT001")


def test_times_carry_the_offset_that_clocks_in_england_had() -> None:
    summer = message(vaccination()).payload
    assert set(values(summer, "//f:Encounter/f:period/f:start")) == {"2026-10-14T14:05:00+01:00"}
    winter = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
    record = vaccination(contact_at=winter, recorded_at=winter)
    xml = build(
        record, MessageFrame(edition=EDITION, mailbox="M", now=winter, new_id=ids(), sender_reference="r")
    ).payload
    assert values(xml, "//f:Encounter/f:period/f:start") == ["2026-12-01T09:30:00+00:00"]


def test_one_contact_time_stands_in_encounter_vaccine_and_text() -> None:
    xml = message(vaccination()).payload
    times = values(xml, "//f:Encounter/f:period/f:start") + values(xml, "//f:Immunization/f:date")
    assert set(times) == {"2026-10-14T14:05:00+01:00"}
    assert "14 Oct 2026 14:05" in xml.decode()


def test_message_is_not_older_than_its_document() -> None:
    late = build(
        vaccination(recorded_at=datetime(2026, 10, 14, 15, 0, tzinfo=ENGLAND)),
        MessageFrame(
            edition=EDITION,
            mailbox="M",
            now=NOW,
            new_id=ids(),
            sender_reference="r",
        ),
    ).payload
    assert values(late, "//f:MessageHeader/f:timestamp") >= values(late, "//f:Composition/f:date")


def test_decimals_keep_the_digits_typed() -> None:
    tiny = replace(GIVEN, dose=Quantity(Decimal("0.0000001"), Coded("mL", "258773002")))
    xml = message(vaccination(immunizations=(GIVEN, tiny))).payload
    assert values(xml, "//f:doseQuantity/f:value") == ["0.50", "0.0000001"]
    assert b"0.50 mL" in xml


def test_nhs_number_is_sent_verified_and_without_spaces() -> None:
    xml = message(vaccination()).payload
    number = "//f:Patient/f:identifier"
    assert values(xml, number + "/f:value") == ["9990000018"]
    assert values(xml, number + "/f:extension/f:valueCodeableConcept/f:coding/f:code") == ["01"]


def test_both_acknowledgements_are_asked_for() -> None:
    xml = message(vaccination()).payload
    assert values(xml, "//f:MessageHeader/f:extension/f:extension/f:valueBoolean") == ["true", "true"]


def test_an_agent_without_a_code_stands_in_the_text_only() -> None:
    xml = message(vaccination(allergies=with_allergies())).payload
    assert len(values(xml, "//f:AllergyIntolerance/f:id")) == 1
    assert b"Elastic plaster" in xml
    assert b"(no code: in this text only)" in xml


def test_only_uncoded_allergies_send_no_empty_list() -> None:
    uncoded = replace(with_allergies(), entries=with_allergies().entries[1:])
    xml = message(vaccination(allergies=uncoded)).payload
    assert values(xml, "//f:List/f:id") == []
    assert check(xml) == []


def test_allergies_not_available_are_an_empty_list_with_its_reason() -> None:
    xml = message(vaccination(allergies=Allergies(AllergyStatus.NOT_AVAILABLE))).payload
    assert values(xml, "//f:List/f:emptyReason/f:coding/f:code") == ["no-content-recorded"]
    assert values(xml, "//f:AllergyIntolerance/f:id") == []
    assert b"Information not available" in xml


def test_not_given_has_a_reason_and_no_site_route_or_dose() -> None:
    xml = message(
        vaccination(immunizations=(replace(GIVEN, given=False, not_given_reason=NOT_GIVEN.not_given_reason),))
    ).payload
    assert values(xml, "//f:Immunization/f:notGiven") == ["true"]
    assert values(xml, "//f:explanation/f:reasonNotGiven/f:coding/f:code") == ["315640000"]
    for absent in ("site", "route", "doseQuantity", "lotNumber", "explanation/f:reason"):
        assert etree.fromstring(xml).xpath(f"//f:Immunization/f:{absent}", namespaces=F) == []
    assert b"Vaccination NOT GIVEN" in xml


def test_an_unknown_product_code_is_a_null_flavour_with_its_words() -> None:
    xml = message(vaccination(immunizations=(replace(GIVEN, product=Coded("New vaccine")),))).payload
    assert values(xml, "//f:vaccineCode/f:coding/f:code") == ["UNC"]
    assert values(xml, "//f:vaccineCode/f:text") == ["New vaccine"]


def test_replacement_names_the_composition_before_it_and_says_what_changed_and_why() -> None:
    first, second = message(vaccination()), CASES["vaccination-replacement"]()
    assert read_vaccination(second.payload).replaces == OLD
    assert read_vaccination(second.payload).status == "final"
    assert values(second.payload, "//f:Composition/f:meta/f:versionId") == ["2"]
    text = second.payload.decode()
    assert CORRECTION.changed in text
    assert CORRECTION.why in text
    assert read_vaccination(first.payload).replaces == ""


def test_withdrawal_is_understood_from_the_text_alone() -> None:
    frozen = CASES["vaccination-withdrawn"]()
    read = read_vaccination(frozen.payload)
    assert read.status == "entered-in-error"
    assert read.title.startswith("RECORDED IN ERROR - NOT GIVEN")
    (said,) = [one for one in read.sections if "RECORDED IN ERROR" in str(one.rows)]
    assert said.title == "Vaccinations"
    assert "RECORDED IN ERROR - NOT GIVEN" in said.rows[0][1]
    assert values(frozen.payload, "//f:Immunization/f:status") == ["entered-in-error"]


def test_every_coded_clinical_value_stands_in_the_text() -> None:
    for make in CASES.values():
        xml = make().payload
        root: Node = etree.fromstring(xml)
        text = " ".join(str(t) for t in root.xpath("//x:div//text()", namespaces=F))
        for display in values(
            xml, "//f:Immunization//f:coding[f:system/@value='http://snomed.info/sct']/f:display"
        ):
            assert display in text


def test_markup_in_any_text_stays_text() -> None:
    hostile = '<script>alert("1")</script> & <b>'
    record = vaccination(
        patient=replace(PATIENT, name=PersonName(hostile, hostile)),
        advice=hostile,
        history=f"{hostile}\n{hostile}",
    )
    xml = message(record).payload
    assert check(xml) == []
    assert read_vaccination(xml).family == hostile
    assert not etree.fromstring(xml).xpath("//x:script", namespaces=F)
    advice = next(s for s in read_vaccination(xml).sections if s.code == "1052951000000105")
    assert advice.rows[0][1] == (hostile,)


def test_names_in_any_script_survive_and_the_subject_travels_in_plain_letters() -> None:
    record = vaccination(patient=replace(PATIENT, name=PersonName("Zoë Łucja", "Müller-Ø’Brien 王")))
    frozen = message(record)
    assert read_vaccination(frozen.payload).family == "Müller-Ø’Brien 王"
    assert "Zoë Łucja Müller-Ø’Brien 王" in frozen.subject
    assert "Zoe Lucja Muller-O'Brien ?" in plain_letters(frozen.subject)


def test_subject_is_as_the_guide_writes_it() -> None:
    assert message(vaccination()).subject == (
        "Community pharmacy vaccination record: Seasonal influenza vaccination service for Mrs Rose O'Neill, "
        "NHS Number: 9990000018, seen at Example Pharmacy, ODS code: FZZ99, version 1"
    )


@pytest.mark.parametrize(
    ("field", "record"),
    [
        ("patient.nhs_number", vaccination(patient=replace(PATIENT, nhs_number=""))),
        ("patient.nhs_number", vaccination(patient=replace(PATIENT, nhs_number="9990000019"))),
        ("patient.traced", vaccination(patient=replace(PATIENT, traced=Traced.NOT_TRACED))),
        ("patient.traced", vaccination(patient=replace(PATIENT, traced=None))),
        ("patient.family", vaccination(patient=replace(PATIENT, name=PersonName("Rose")))),
        ("patient.date_of_birth", vaccination(patient=replace(PATIENT, date_of_birth=None))),
        ("patient.sex", vaccination(patient=replace(PATIENT, sex=None))),
        ("practice.ods_code", vaccination(practice=None)),
        ("practice.registered", vaccination(registered=False)),
        ("consent.to_sharing", vaccination(consent=Consent(to_sharing=False))),
        ("session.vaccinator", vaccination(vaccinator=None)),
        ("contact.date", vaccination(contact_at=None)),
        ("vaccine.outcome", vaccination(immunizations=())),
        ("vaccine.product", vaccination(immunizations=(replace(GIVEN, product=None),))),
        ("vaccine.not_given_reason", vaccination(immunizations=(replace(NOT_GIVEN, not_given_reason=None),))),
        ("session.vaccinator", vaccination(immunizations=(replace(GIVEN, procedure=None),))),
        ("after.advice", vaccination(advice="bell \x07")),
        ("patient.family", vaccination(patient=replace(PATIENT, name=PersonName("Rose", "O\ud800")))),
        ("patient.family", vaccination(patient=replace(PATIENT, name=PersonName("Rose", "x" * 400)))),
    ],
)
def test_what_prevents_sending_is_said_at_its_field(field: str, record: VaccinationRecord) -> None:
    problems = problems_of(record, EDITION)
    assert [problem.field for problem in problems] == [field]
    with pytest.raises(IncompleteRecordError) as refused:
        message(record)
    assert refused.value.problems == tuple(problems)
    assert "O'Neill" not in str(refused.value)


def test_a_complete_record_has_no_problems() -> None:
    assert problems_of(vaccination(), EDITION) == []


def test_preview_of_an_empty_record_marks_what_is_missing() -> None:
    shown = {section.key: section for section in sections(VaccinationRecord(), EDITION)}
    missing = {row.field for section in shown.values() for row in section.rows if row.missing}
    assert {"patient.family", "patient.nhs_number", "practice.ods_code", "vaccine.product"} <= missing
    assert "allergies" not in shown


@pytest.mark.parametrize(
    "record",
    [
        VaccinationRecord(),
        VaccinationRecord(immunizations=(Immunization(),), allergies=Allergies(AllergyStatus.RECORDED)),
        vaccination(advice="\x00\ud800", vaccinator=replace(PHARMACIST, role=None)),
        vaccination(practice=None, contact_at=None, recorded_at=None),
    ],
)
def test_draft_xml_never_fails_on_a_partial_record(record: VaccinationRecord) -> None:
    root: Node = etree.fromstring(draft_xml(record).encode())
    assert root.tag == "{http://hl7.org/fhir}Bundle"


def test_draft_xml_of_a_complete_record_differs_from_the_message_only_in_its_ids() -> None:
    frame = MessageFrame(
        edition=EDITION,
        mailbox="FZZ99OT001",
        now=NOW,
        new_id=_placeholders(),
        sender_reference="c0ffee00-0000-4000-8000-000000000001",
    )
    draft = draft_xml(vaccination(), frame)
    assert draft.replace("00000000-0000-4000-8000-0000000000", "") != ""
    same = build(vaccination(), frame)
    assert draft == same.payload.decode()


def _placeholders() -> Callable[[], str]:
    numbers = iter(range(1, 100))
    return lambda: f"00000000-0000-4000-8000-{next(numbers):012d}"


def test_contact_time_without_zone_is_refused() -> None:
    naive = vaccination(contact_at=CONTACT.replace(tzinfo=None))
    assert [p.field for p in problems_of(naive, EDITION)] == ["contact.date"]


def test_each_kind_has_one_default_edition_and_unknown_ids_are_refused() -> None:
    assert default_for(Kind.VACCINATION).id == "vaccination-profiles"
    assert len({e.id for e in all_editions()}) == len(all_editions())
    with pytest.raises(UnknownEditionError):
        load("no-such-edition")
