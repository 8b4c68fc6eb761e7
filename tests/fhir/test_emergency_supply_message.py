"""The emergency supply message: what was supplied, coded and in words, in every edition."""

from dataclasses import asdict, replace
from decimal import Decimal

import pytest
from lxml import etree

from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord
from digmed_desktop.clinical.record import Coded, Consent, Quantity
from digmed_desktop.fhir.checks import check, problems_of
from digmed_desktop.fhir.editions import all_editions, default_for, load
from digmed_desktop.fhir.message import IncompleteRecordError, draft_xml
from digmed_desktop.fhir.reading import read_notification
from digmed_desktop.fhir.sections import sections
from digmed_desktop.messaging.sending import Kind
from tests.fhir.golden_cases import WITHDRAWAL, message
from tests.fhir.nodes import Node
from tests.fhir.records import INSULIN, NEEDLES, PHARMACIST, supply, vaccination

F = {"f": "http://hl7.org/fhir"}
EDITION = default_for(Kind.EMERGENCY_SUPPLY)


def values(xml: bytes, path: str) -> list[str]:
    found: Node = etree.fromstring(xml).xpath(path + "/@value", namespaces=F)
    return [str(one) for one in found]


def rows(xml: bytes, code: str) -> dict[str, tuple[str, ...]]:
    section = next(s for s in read_notification(xml).sections if s.code == code)
    return dict(section.rows)


def test_one_dispense_and_one_medication_for_each_item() -> None:
    xml = message(supply()).payload
    assert values(xml, "//f:Medication/f:code/f:coding/f:code") == ["37417211000001103", "31771611000001107"]
    assert len(values(xml, "//f:MedicationDispense/f:id")) == 2
    assert values(xml, "//f:List/f:code/f:coding/f:code")[0] == "163541000000107"


def test_supply_type_is_the_code_its_value_set_requires() -> None:
    assert set(values(message(supply()).payload, "//f:MedicationDispense/f:type/f:coding/f:code")) == {
        "emergency-supply"
    }


def test_directions_are_always_in_words() -> None:
    xml = message(supply()).payload
    assert values(xml, "//f:dosageInstruction/f:text") == [INSULIN.directions, NEEDLES.directions]
    assert values(xml, "//f:additionalInstruction/f:text") == [
        "Keep in a refrigerator",
        "Use within 28 days of opening",
    ]


def test_quantity_has_its_words_digits_and_unit() -> None:
    half = replace(INSULIN, quantity=Quantity(Decimal("1.50"), Coded("cartridge", "732988008")))
    xml = message(supply(items=(half,))).payload
    assert values(xml, "//f:quantity/f:extension/f:valueString") == ["1.50 cartridge"]
    assert values(xml, "//f:quantity/f:value") == ["1.50"]
    assert values(xml, "//f:daysSupply/f:value") == ["14"]


def test_text_has_medicine_and_appliance_rows_of_the_guide() -> None:
    read = rows(message(supply()).payload, "933361000000108")
    assert read["Total amount of medication supplied"] == ("2 cartridge",)
    assert read["Appliance name"] == (NEEDLES.product.display if NEEDLES.product else "",)
    assert read["Quantity"] == ("28 needle",)
    assert read["Size"] == ("5mm/31gauge",)
    assert read["Days Supply"] == ("14 days",)


def test_how_the_patient_arrived_is_the_reason_for_service_and_not_the_referral() -> None:
    xml = message(supply()).payload
    assert "NHS 111" in rows(xml, "contacts-with-professionals")["Reason for service"][0]
    assert "NHS 111" not in str(rows(xml, "886721000000107"))


def test_practice_ods_code_stays_out_of_the_text_of_guide_1_2_9() -> None:
    xml = message(supply(), edition=load("emergency-supply-1.2.9")).payload
    assert "A99999" not in str([asdict(section) for section in read_notification(xml).sections])
    assert values(xml, "//f:Organization/f:identifier/f:value").count("A99999") == 2


def test_what_is_not_shared_is_not_sent() -> None:
    record = supply(
        notes_kept_here="SECRET-1",
        patient_conditions=replace(supply().patient_conditions, nature_of_emergency="SECRET-2"),
    )
    assert b"SECRET" not in message(record).payload


def test_withdrawal_says_not_supplied() -> None:
    read = read_notification(message(supply(), WITHDRAWAL).payload)
    assert read.title.startswith("RECORDED IN ERROR - NOT SUPPLIED")
    assert read.status == "entered-in-error"


@pytest.mark.parametrize(
    ("field", "record"),
    [
        ("item.1.product", supply(items=(replace(INSULIN, product=Coded("Insulin")),))),
        ("item.1.product", supply(items=(replace(INSULIN, product=None),))),
        ("item.1.quantity", supply(items=(replace(INSULIN, quantity=None),))),
        ("item.1.quantity", supply(items=(replace(INSULIN, quantity=Quantity(Decimal(2), Coded(""))),))),
        ("item.1.quantity", supply(items=(replace(INSULIN, quantity=Quantity(Decimal(0), Coded("ml"))),))),
        ("item.1.days", supply(items=(replace(INSULIN, days=None),))),
        ("item.1.directions", supply(items=(replace(INSULIN, directions=" "),))),
        ("session.pharmacist", supply(pharmacist=None)),
        ("consent.to_sharing", supply(consent=Consent(to_sharing=False))),
        ("item.1.directions", supply(items=(replace(INSULIN, directions="\x07"),))),
        ("item.2.product", supply(items=(INSULIN, replace(INSULIN, product=Coded("Needles"))))),
        ("item.2.directions", supply(items=(INSULIN, replace(INSULIN, directions="\x07")))),
    ],
)
def test_what_prevents_sending_is_said_at_its_field(field: str, record: EmergencySupplyRecord) -> None:
    assert [problem.field for problem in problems_of(record, EDITION)] == [field]
    with pytest.raises(IncompleteRecordError):
        message(record)


@pytest.mark.parametrize("edition", all_editions(), ids=lambda e: e.id)
def test_every_edition_shows_each_coded_value_of_the_record(edition) -> None:
    record = supply() if edition.kind is Kind.EMERGENCY_SUPPLY else vaccination()
    shown = " ".join(v for s in sections(record, edition) for row in s.rows for v in row.values)
    assert "O'NEILL, Rose" in shown
    assert PHARMACIST.registration in shown
    assert record.advice.splitlines()[0] in shown
    assert check(message(record, edition=edition).payload) == []


@pytest.mark.parametrize("kind", Kind)
def test_no_edition_drops_an_item_that_another_sends(kind: Kind) -> None:
    items = {
        one.id: {
            row.item for plan in one.sections for row in plan.rows if not row.item.startswith("practice.")
        }
        for one in all_editions()
        if one.kind is kind
    }
    assert len({frozenset(one) for one in items.values()}) == 1, items


def test_influenza_has_one_procedure_code_in_guide_1_1_3() -> None:
    xml = message(vaccination(), edition=load("vaccination-1.1.3")).payload
    codes = values(xml, "//f:Immunization/f:extension/f:valueCodeableConcept/f:coding/f:code")
    assert codes == ["822851000000102"]
    assert b"given by pharmacist" not in xml


def test_an_edition_of_the_other_notification_is_refused() -> None:
    with pytest.raises(ValueError, match="other notification"):
        message(supply(), edition=default_for(Kind.VACCINATION))


def test_draft_of_an_empty_supply_is_xml() -> None:
    assert draft_xml(EmergencySupplyRecord()).startswith("<?xml")
    missing = {r.field for s in sections(EmergencySupplyRecord(), EDITION) for r in s.rows if r.missing}
    assert {
        "item.1.product",
        "item.1.quantity",
        "item.1.days",
        "item.1.directions",
        "session.pharmacist",
    } <= missing
