"""The rules that stand only in the text of the guides, and the mistakes of their own examples, one test for each.

Each test is named by its rule. Where a message can break the rule, the program's checks must find it too.
"""

import re
import uuid
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import chain

import pytest
from lxml import etree

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.clinical.nhs_number import sentence_about
from digmed_desktop.clinical.record import Coded, Consent, Telephone, Traced
from digmed_desktop.fhir.checks import check
from digmed_desktop.fhir.editions import all_editions, default_for
from digmed_desktop.fhir.items import Record, kind_of
from digmed_desktop.fhir.message import IncompleteRecordError, MessageFrame, build
from digmed_desktop.fhir.problems import problems_of
from digmed_desktop.fhir.reading import read_notification
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.reference.programmes import programmes
from tests.fhir.golden_cases import CORRECTION, OLD, WITHDRAWAL, message
from tests.fhir.nodes import Node
from tests.fhir.records import (
    GIVEN,
    INSULIN,
    NEEDLES,
    NOT_GIVEN,
    NOW,
    PATIENT,
    PRACTICE,
    ids,
    supply,
    vaccination,
    with_allergies,
)

F = {"f": "http://hl7.org/fhir", "x": "http://www.w3.org/1999/xhtml"}
BOTH = pytest.mark.parametrize("record", [vaccination(), supply()], ids=["vaccination", "supply"])
EVERY_EDITION = pytest.mark.parametrize("edition", all_editions(), ids=lambda one: one.id)


def of(edition: object) -> Record:
    return vaccination() if edition.kind is Kind.VACCINATION else supply()  # type: ignore[attr-defined]


def tree(record: Record, *args: object, **more: object) -> Node:
    return etree.fromstring(message(record, *args, **more).payload)  # type: ignore[arg-type]


def values(root: Node, path: str) -> list[str]:
    return [str(one) for one in root.xpath(f"({path})/@value", namespaces=F)]


def the(root: Node, path: str) -> str:
    (found,) = values(root, path)
    return found


def resource_at(root: Node, reference: str) -> Node:
    (found,) = root.xpath(f"//f:entry[f:fullUrl/@value='{reference}']/f:resource/*", namespaces=F)
    return found


def told(root: Node, section: str = "") -> str:
    where = f"//f:section[f:code/f:coding/f:code/@value='{section}']" if section else "//f:section"
    return " ".join(" ".join(root.xpath(f"{where}//x:div//text()", namespaces=F)).split())


def rows(root: Node, section: str) -> dict[str, tuple[str, ...]]:
    read = read_notification(etree.tostring(root))
    return dict(next(one for one in read.sections if one.code == section).rows)


def found_in(root: Node) -> str:
    return " ".join(finding.sentence for finding in check(etree.tostring(root)))


def refused(record: Record) -> set[str]:
    with pytest.raises(IncompleteRecordError) as why:
        message(record)
    return {problem.field for problem in why.value.problems}


# consent and sharing


@EVERY_EDITION
def test_consent_is_told_in_words_and_has_no_coded_entry(edition) -> None:
    code = next(one.code.code for one in edition.sections if one.key == "consent")
    root = tree(of(edition), edition=edition)
    section = f"//f:section[f:code/f:coding/f:code/@value='{code}']"
    assert "Consent was given" in told(root, code)
    assert root.xpath(f"{section}/f:entry", namespaces=F) == []


@BOTH
def test_that_sharing_was_agreed_stands_in_the_record(record: Record) -> None:
    assert "share this record with the registered GP practice" in told(tree(record))


@BOTH
def test_a_patient_who_does_not_agree_to_sharing_is_not_written_about(record: Record) -> None:
    assert refused(replace(record, consent=Consent("Patient", to_treatment=True, to_sharing=False))) == {
        "consent.to_sharing"
    }


# who the patient is


@BOTH
def test_only_a_traced_and_verified_nhs_number_is_sent_with_its_status(record: Record) -> None:
    root = tree(record)
    number = "//f:Patient/f:identifier[f:system/@value='https://fhir.nhs.uk/Id/nhs-number']"
    assert the(root, number + "/f:value") == "9990000018"
    assert the(root, number + "/f:extension/f:valueCodeableConcept/f:coding/f:code") == "01"
    for traced in (None, Traced.NOT_TRACED):
        assert refused(replace(record, patient=replace(PATIENT, traced=traced))) == {"patient.traced"}


@BOTH
def test_an_nhs_number_never_stands_without_its_verification_status(record: Record) -> None:
    root = tree(record)
    status = root.xpath("//f:Patient/f:identifier/f:extension", namespaces=F)[0]
    status.getparent().remove(status)
    assert "mandatory" in found_in(root)


@BOTH
@pytest.mark.parametrize("number", ["9990000019", "999000001", "99912003888 5", "3478526985", "2378954317"])
def test_an_nhs_number_with_a_false_check_digit_or_length_is_never_carried(
    record: Record, number: str
) -> None:
    assert refused(replace(record, patient=replace(PATIENT, nhs_number=number))) == {"patient.nhs_number"}
    root = tree(record)
    root.xpath("//f:Patient/f:identifier/f:value", namespaces=F)[0].set("value", number)
    assert "NHS number" in found_in(root)


@BOTH
def test_first_name_surname_gender_birth_date_address_and_postcode_are_always_sent(record: Record) -> None:
    root = tree(record)
    for path in (
        "name/f:given",
        "name/f:family",
        "gender",
        "birthDate",
        "address/f:line",
        "address/f:postalCode",
    ):
        assert values(root, f"//f:Patient/f:{path}")
    missing = replace(PATIENT, date_of_birth=None, sex=None, address=replace(PATIENT.address, postcode=""))
    assert refused(replace(record, patient=missing)) == {
        "patient.date_of_birth",
        "patient.sex",
        "patient.postcode",
    }


@BOTH
def test_without_an_nhs_number_nothing_is_sent_electronically(record: Record) -> None:
    assert refused(replace(record, patient=replace(PATIENT, nhs_number=""))) == {"patient.nhs_number"}


# where the patient is registered


@BOTH
def test_the_practice_section_and_the_patient_lead_to_the_registered_practice_with_its_ods_code(
    record: Record,
) -> None:
    root = tree(record)
    section = "//f:section[f:code/f:coding/f:code/@value='886711000000101']/f:entry/f:reference"
    assert the(root, section) == the(root, "//f:Patient/f:generalPractitioner/f:reference")
    practice = resource_at(root, the(root, section))
    assert etree.QName(practice).localname == "Organization"
    assert values(practice, "f:identifier/f:value") == ["A99999"]
    assert values(practice, "f:name") == ["Sampleton Surgery"]


@BOTH
def test_a_patient_who_is_not_registered_is_not_written_about_and_the_reason_is_said(record: Record) -> None:
    assert refused(replace(record, registered=False, practice=None)) == {"practice.registered"}
    assert "ODS" not in " ".join(p.sentence for p in problems_of(record, default_for(kind_of(record))))


# coding


def test_a_medicine_is_sent_with_its_dm_d_code_or_not_at_all() -> None:
    assert refused(supply(items=(replace(INSULIN, product=Coded("Insulin")),))) == {"item.1.product"}


def test_a_code_with_a_false_check_digit_is_not_sent() -> None:
    wrong = replace(GIVEN, product=replace(GIVEN.product, code="45354911000001101"))  # type: ignore[type-var]
    assert refused(vaccination(immunizations=(wrong,))) == {"vaccine.product"}
    item = replace(INSULIN, product=replace(INSULIN.product, code="37417211000001104"))  # type: ignore[type-var]
    assert refused(supply(items=(NEEDLES, item))) == {"item.2.product"}


@EVERY_EDITION
def test_every_coded_clinical_term_stands_in_the_text(edition) -> None:
    record = replace(of(edition), allergies=with_allergies())
    root = tree(record, edition=edition)
    text = told(root)
    for kind in ("Immunization", "Medication", "MedicationDispense", "AllergyIntolerance"):
        for display in values(
            root, f"//f:{kind}//f:coding[f:system/@value='http://snomed.info/sct']/f:display"
        ):
            assert " ".join(display.split()) in text


@EVERY_EDITION
def test_document_type_and_care_setting_are_coded(edition) -> None:
    root = tree(of(edition), edition=edition)
    assert the(root, "//f:Composition/f:type/f:coding/f:code") == edition.type.code
    setting = "//f:Composition/f:extension/f:valueCodeableConcept/f:coding"
    assert the(root, setting + "/f:code") == "310080006"
    assert the(root, setting + "/f:display") == "Pharmacy service"


# not given


def test_not_given_has_its_reason_a_not_done_code_and_nothing_of_a_dose() -> None:
    root = tree(vaccination(immunizations=(NOT_GIVEN,)))
    assert the(root, "//f:Immunization/f:notGiven") == "true"
    assert the(root, "//f:explanation/f:reasonNotGiven/f:coding/f:code") == "315640000"
    assert values(root, "//f:Immunization/f:extension//f:coding/f:code") == ["822931000000100"]
    for absent in ("site", "route", "doseQuantity", "lotNumber", "expirationDate", "explanation/f:reason"):
        assert root.xpath(f"//f:Immunization/f:{absent}", namespaces=F) == []
    assert "Vaccination NOT GIVEN" in told(root, "1102181000000102")


@pytest.mark.parametrize("one", programmes(), ids=lambda one: one.id)
def test_the_code_of_a_vaccine_not_given_states_that_and_never_that_it_was_given(one) -> None:
    for procedure in one.procedures:
        if not procedure.given:
            assert re.search("declined|contraindicated|not given|no consent", procedure.coded.display.lower())
        for reason in one.lists["not_given_reasons"]:
            found = one.procedure_for(
                role="R1290", dose_number=1, route="intramuscular", given=False, reason=reason.id
            )
            assert found is None or found in [p.coded for p in one.procedures if p.reason == reason.id]


# replacing and withdrawing


@BOTH
def test_a_replacement_has_new_ids_and_names_the_composition_before_it(record: Record) -> None:
    def drawn() -> str:
        return str(uuid.uuid4())

    edition = default_for(kind_of(record))
    made = [
        build(
            record,
            MessageFrame(
                edition=edition,
                mailbox="M",
                now=NOW,
                new_id=drawn,
                sender_reference="r",
                version=v,
                replaces=r,
            ),
        )
        for v, r in ((1, None), (2, CORRECTION))
    ]
    first, second = (etree.fromstring(one.payload) for one in made)
    assert not set(values(first, "//f:id")) & set(values(second, "//f:id"))
    assert the(second, "//f:Composition/f:relatesTo/f:code") == "replaces"
    assert the(second, "//f:relatesTo/f:targetIdentifier/f:value") == OLD
    assert the(second, "//f:Composition/f:identifier/f:value") != OLD
    assert the(second, "//f:Composition/f:status") == "final"
    assert second.xpath("//f:relatesTo/f:targetReference", namespaces=F) == []


@BOTH
def test_a_first_document_relates_to_nothing(record: Record) -> None:
    assert tree(record).xpath("//f:relatesTo", namespaces=F) == []


@BOTH
def test_what_changed_when_and_why_stands_in_the_text_of_a_replacement(record: Record) -> None:
    text = told(tree(record, CORRECTION))
    for part in (CORRECTION.changed, CORRECTION.why, "14 Oct 2026"):
        assert part in text


@BOTH
def test_a_withdrawal_is_entered_in_error_and_says_so_first_over_what_was_not_done(record: Record) -> None:
    root = tree(record, WITHDRAWAL)
    done = "NOT GIVEN" if kind_of(record) is Kind.VACCINATION else "NOT SUPPLIED"
    assert the(root, "//f:Composition/f:status") == "entered-in-error"
    assert the(root, "//f:Composition/f:title").startswith(f"RECORDED IN ERROR - {done}")
    marked = [one for one in read_notification(etree.tostring(root)).sections if done in str(one.rows)]
    assert [one.title in ("Vaccinations", "Medications and medical devices") for one in marked] == [True]
    assert f"RECORDED IN ERROR - {done}" in marked[0].rows[0][1]


# attachments, size, duties of a system


@BOTH
def test_a_notification_has_no_attachments(record: Record) -> None:
    assert tree(record).xpath("//f:Binary | //f:Attachment | //f:photo", namespaces=F) == []


@BOTH
def test_a_message_above_five_megabytes_is_not_sent(record: Record) -> None:
    assert refused(replace(record, history="x" * 5_000_000)) == {"after.history"}


@BOTH
def test_every_message_is_checked_before_it_goes_out(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    from digmed_desktop.fhir import message as module
    from digmed_desktop.fhir.finding import Finding

    seen: list[bytes] = []

    def fails(payload: bytes, *, own: bool) -> list[Finding]:
        assert own
        seen.append(payload)
        return [Finding("Bundle.x", "It breaks a rule.")]

    monkeypatch.setattr(module, "check", fails)
    with pytest.raises(module.MessageFaultError, match=r"Bundle\.x"):
        message(record)
    assert len(seen) == 1


@EVERY_EDITION
def test_every_section_has_its_text_because_it_is_what_is_read(edition) -> None:
    root = tree(of(edition), edition=edition)
    for section in root.xpath("//f:Composition/f:section", namespaces=F):
        assert section.xpath("string(f:text/x:div)", namespaces=F).strip()
        assert the(section, "f:text/f:status") == "additional"


@BOTH
def test_no_document_id_is_ever_used_twice(record: Record) -> None:
    edition = default_for(kind_of(record))
    seen = [
        build(
            record,
            MessageFrame(
                edition=edition,
                mailbox="M",
                now=NOW,
                new_id=lambda: str(uuid.uuid4()),
                sender_reference="r",
            ),
        )
        for _ in range(5)
    ]
    every = [(m.bundle_id, m.message_id, m.document_id, m.composition_id) for m in seen]
    assert len(set(chain(*every))) == 20


@BOTH
def test_the_recipient_is_to_act_and_both_acknowledgements_are_asked_for(record: Record) -> None:
    root = tree(record)
    keys = {
        one.get("url"): one[0]
        for one in root.xpath("//f:MessageHeader/f:extension/f:extension", namespaces=F)
    }
    assert list(keys) == [
        "BusAckRequested",
        "InfAckRequested",
        "RecipientType",
        "MessageDefinition",
        "SenderReference",
        "LocalExtension",
    ]
    assert (keys["BusAckRequested"].get("value"), keys["InfAckRequested"].get("value")) == ("true", "true")
    assert the(keys["RecipientType"], "f:code") == "FA"
    assert keys["LocalExtension"].get("value") == "None"


@BOTH
def test_the_sender_reference_names_this_notification_in_at_most_255_characters(record: Record) -> None:
    root = tree(record)
    key = root.xpath("//f:extension[@url='SenderReference']/f:valueString", namespaces=F)[0]
    assert key.get("value") == "c0ffee00-0000-4000-8000-000000000001"
    for wrong in ("", "x" * 256):
        with pytest.raises(ValueError, match="255"):
            build(
                record,
                MessageFrame(
                    edition=default_for(kind_of(record)),
                    mailbox="M",
                    now=NOW,
                    new_id=ids(),
                    sender_reference=wrong,
                ),
            )
    key.set("value", "x" * 256)
    assert "SenderReference" in found_in(root)


# the mistakes of the guides' own examples


@BOTH
def test_the_sender_is_the_pharmacy_as_an_organisation_and_not_a_person(record: Record) -> None:
    root = tree(record)
    sender = resource_at(root, the(root, "//f:MessageHeader/f:sender/f:reference"))
    assert etree.QName(sender).localname == "Organization"
    assert values(sender, "f:identifier/f:value") == ["FZZ99"]
    assert sender.xpath("f:name | f:telecom | f:address", namespaces=F) == []


@BOTH
def test_the_message_is_not_older_than_its_document(record: Record) -> None:
    root = tree(record)
    sent, written = (
        datetime.fromisoformat(the(root, path))
        for path in ("//f:MessageHeader/f:timestamp", "//f:Composition/f:date")
    )
    assert sent >= written
    root.xpath("//f:MessageHeader/f:timestamp", namespaces=F)[0].set("value", "2017-11-06T12:00:00+00:00")
    assert "older than its document" in found_in(root)


@BOTH
def test_the_full_url_of_every_entry_is_the_id_of_its_resource(record: Record) -> None:
    root = tree(record)
    for entry in root.xpath("//f:Bundle/f:entry", namespaces=F):
        assert the(entry, "f:fullUrl") == "urn:uuid:" + the(entry, "f:resource/*/f:id")
    root.xpath("//f:Bundle//f:Bundle/f:id", namespaces=F)[0].set("value", str(uuid.uuid4()))
    assert "full URL" in found_in(root)


def test_the_allergy_of_the_text_is_the_allergy_of_the_codes() -> None:
    root = tree(vaccination(allergies=with_allergies()))
    assert values(root, "//f:AllergyIntolerance/f:code/f:coding/f:display")[0] in told(
        root, "886921000000105"
    )
    assert "No known allergy" not in told(root)
    root.xpath("//f:AllergyIntolerance/f:code/f:coding/f:display", namespaces=F)[0].set("value", "Penicillin")
    assert "is not in the text" in found_in(root)


def test_the_indication_of_the_text_is_the_indication_of_the_code() -> None:
    given = replace(GIVEN, indication=Coded("Co-morbid conditions", "398192003"))
    root = tree(vaccination(immunizations=(given,)))
    assert the(root, "//f:explanation/f:reason/f:coding/f:display") == "Co-morbid conditions"
    assert rows(root, "1102181000000102")["Indication"] == ("Co-morbid conditions",)
    assert rows(root, "61871000000107")["Eligibility criteria"] == ("Co-morbid conditions",)


@EVERY_EDITION
def test_the_text_is_a_table_of_labels_and_values(edition) -> None:
    root = tree(of(edition), edition=edition)
    lines = root.xpath("//f:section//x:tr", namespaces=F)
    assert lines
    assert all(line[0].tag.endswith("}th") and line[1].tag.endswith("}td") for line in lines)


@BOTH
def test_the_custodian_is_the_pharmacy(record: Record) -> None:
    root = tree(record)
    custodian = resource_at(root, the(root, "//f:Composition/f:custodian/f:reference"))
    assert values(custodian, "f:identifier/f:value") == ["FZZ99"]


@BOTH
def test_the_general_practitioner_is_the_practice_and_not_a_person(record: Record) -> None:
    root = tree(record)
    who = resource_at(root, the(root, "//f:Patient/f:generalPractitioner/f:reference"))
    assert etree.QName(who).localname == "Organization"


@EVERY_EDITION
def test_labels_are_those_of_the_edition(edition) -> None:
    root = tree(of(edition), edition=edition)
    code = next(one.code.code for one in edition.sections if one.key == "consent")
    word = "Legal information" if code == "886961000000102" else "Consent"
    assert the(root, f"//f:section[f:code/f:coding/f:code/@value='{code}']/f:title") == word
    assert all(label.startswith(word) for label in rows(root, code))


def test_how_the_patient_came_is_the_reason_for_the_service_and_referral_is_onward_only() -> None:
    root = tree(supply())
    assert "NHS 111" in rows(root, "contacts-with-professionals")["Reason for service"][0]
    assert "NHS 111" not in told(root, "886721000000107")
    alone = tree(vaccination(reason_for_service="Self referral"))
    assert alone.xpath("//f:section[f:code/f:coding/f:code/@value='886721000000107']", namespaces=F) == []


@BOTH
def test_telephone_numbers_of_the_text_are_those_of_the_patient(record: Record) -> None:
    root = tree(replace(record, patient=replace(PATIENT, telephones=(Telephone("01632 960999"),))))
    assert values(root, "//f:Patient/f:telecom/f:value") == ["01632 960999"]
    assert rows(root, "886731000000109")["Patient telephone number"] == ("Home: 01632 960999",)


def test_the_time_of_a_vaccination_has_its_hour_and_zone() -> None:
    assert the(tree(vaccination()), "//f:Immunization/f:date") == "2026-10-14T14:05:00+01:00"


def test_the_words_beside_a_code_are_those_of_the_code() -> None:
    root = tree(supply())
    root.xpath("//f:MedicationDispense/f:type/f:coding/f:display", namespaces=F)[0].set("value", "Supply")
    assert "not those of the code" in found_in(root)


@BOTH
def test_the_birth_date_of_the_text_is_that_of_the_patient(record: Record) -> None:
    root = tree(replace(record, patient=replace(PATIENT, date_of_birth=date(1963, 8, 22))))
    assert the(root, "//f:Patient/f:birthDate") == "1963-08-22"
    assert rows(root, "886731000000109")["Date of birth"] == ("22 Aug 1963",)


@pytest.mark.parametrize(
    ("at", "written", "shown"),
    [
        (datetime(2026, 1, 20, 9, 5, tzinfo=ENGLAND), "2026-01-20T09:05:00+00:00", "20 Jan 2026 09:05"),
        (datetime(2026, 7, 20, 9, 5, tzinfo=ENGLAND), "2026-07-20T09:05:00+01:00", "20 Jul 2026 09:05"),
    ],
)
@BOTH
def test_one_contact_time_with_its_true_offset_stands_everywhere(
    record: Record, at: datetime, written: str, shown: str
) -> None:
    root = tree(replace(record, contact_at=at, recorded_at=at))
    assert set(values(root, "//f:period/f:start | //f:Immunization/f:date | //f:whenHandedOver")) == {written}
    assert shown in told(root)


@BOTH
def test_the_nhs_number_of_the_text_is_that_of_the_patient(record: Record) -> None:
    root = tree(record)
    (shown,) = rows(root, "886731000000109")["NHS number"]
    assert shown.replace(" ", "") == the(root, "//f:Patient/f:identifier/f:value")


@BOTH
def test_bundle_identifiers_have_their_system(record: Record) -> None:
    root = tree(record)
    assert set(values(root, "//f:Bundle/f:identifier/f:system")) == {"https://tools.ietf.org/html/rfc4122"}


@BOTH
def test_the_pharmacy_is_named_with_its_ods_code_and_no_role_stands_alone(record: Record) -> None:
    root = tree(record)
    provider = resource_at(root, the(root, "//f:Encounter/f:serviceProvider/f:reference"))
    assert (values(provider, "f:name"), values(provider, "f:identifier/f:value")) == (
        ["Example Pharmacy"],
        ["FZZ99"],
    )
    assert root.xpath("//f:PractitionerRole", namespaces=F) == []
    practitioner = root.xpath("//f:entry[f:resource/f:Practitioner]", namespaces=F)[0]
    lonely: Node = etree.fromstring(etree.tostring(practitioner).replace(b"7d0f4a6e", b"7d0f4a6f"))
    practitioner.addnext(lonely)
    assert "Nothing in the message refers to this entry." in found_in(root)


@BOTH
def test_the_role_of_the_text_is_the_role_the_person_has(record: Record) -> None:
    section = "1077881000000105" if kind_of(record) is Kind.VACCINATION else "contacts-with-professionals"
    assert rows(tree(record), section)["Role"] == ("Pharmacist",)


def test_batch_expiry_site_route_and_dose_of_the_resource_stand_in_the_text() -> None:
    told_ = rows(tree(vaccination()), "1102181000000102")
    assert told_["Batch number"] == ("Y3C491V",)
    assert told_["Expiry date"] == ("30 Jun 2027",)
    assert told_["Dose amount"] == ("0.50 mL",)
    assert told_["Site"] == ("Left upper arm structure",)
    assert told_["Route"] == ("Intramuscular",)


@BOTH
def test_no_id_stands_twice_in_a_message(record: Record) -> None:
    root = tree(record)
    found = values(root, "//f:entry/f:resource/*/f:id | /f:Bundle/f:id")
    assert len(set(found)) == len(found)
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", one) for one in found)


def test_the_supply_type_is_emergency_supply_of_its_value_set() -> None:
    root = tree(supply())
    assert set(values(root, "//f:MedicationDispense/f:type/f:coding/f:code")) == {"emergency-supply"}


def test_the_rows_of_a_supply_have_the_labels_of_the_guides_table() -> None:
    labels = set(rows(tree(supply()), "933361000000108"))
    assert {
        "Supply type",
        "Medication name",
        "Appliance name",
        "Total amount of medication supplied",
        "Quantity",
        "Days Supply",
        "Dose directions description",
    } <= labels


def test_directions_are_always_given_in_words() -> None:
    assert values(tree(supply()), "//f:dosageInstruction/f:text") == [INSULIN.directions, NEEDLES.directions]
    assert refused(supply(items=(replace(INSULIN, directions=""),))) == {"item.1.directions"}


def test_quantity_and_days_are_those_of_each_item() -> None:
    items = (replace(INSULIN, days=30), replace(NEEDLES, days=7))
    root = tree(supply(items=items))
    assert values(root, "//f:daysSupply/f:value") == ["30", "7"]
    assert values(root, "//f:quantity/f:value") == ["2", "28"]


@BOTH
def test_a_document_is_assembled_when_its_message_is_made(record: Record) -> None:
    root = tree(record)
    assembled = datetime.fromisoformat(the(root, "//f:Bundle//f:Bundle/f:meta/f:lastUpdated"))
    assert assembled == NOW
    assert assembled >= datetime.fromisoformat(the(root, "//f:Composition/f:date"))
    early = (assembled - timedelta(days=90)).isoformat()
    root.xpath("//f:Bundle//f:Bundle/f:meta/f:lastUpdated", namespaces=F)[0].set("value", early)
    assert "assembled" in found_in(root)


def test_titles_of_a_supply_are_those_that_its_profile_fixes() -> None:
    root = tree(supply())
    titles = set(values(root, "//f:section/f:title"))
    fixed = {
        "GP Practice",
        "Information and Advice given",
        "Patient Demographics",
        "Plan and requested actions",
    }
    assert fixed <= titles
    root.xpath("//f:section/f:title[@value='GP Practice']", namespaces=F)[0].set("value", "GP practice")
    assert "fixes" in found_in(root)


@pytest.mark.parametrize("number", ["3478526985", "2378954317"])
def test_the_nhs_numbers_of_the_guides_examples_fail_their_check_digit(number: str) -> None:
    assert sentence_about(number)


def test_the_practice_code_stays_out_of_the_text_where_the_guide_says_not_displayed() -> None:
    shown = {one.id: PRACTICE.ods_code in told(tree(of(one), edition=one)) for one in all_editions()}
    assert not shown["vaccination-1.2.9"]
    assert not shown["emergency-supply-1.2.9"]
    assert shown["vaccination-profiles"]
