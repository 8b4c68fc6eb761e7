"""The words that a practice reads of a notification: its title, who saw whom, and what is still to come."""

from dataclasses import replace
from datetime import date

from digmed_desktop.clinical.emergency_supply import AskedBy, PrescriberRequest, SupplyRoute
from digmed_desktop.clinical.record import Coded, PersonName, Professional
from digmed_desktop.fhir.edition import Edition
from digmed_desktop.fhir.editions import all_editions
from digmed_desktop.fhir.items import Record
from digmed_desktop.fhir.reading import read_notification
from digmed_desktop.messaging.sending import Kind
from tests.fhir.golden_cases import REFUSED, WITHDRAWAL, message
from tests.fhir.records import GIVEN, NOT_GIVEN, supply, vaccination

VACCINATIONS = [one for one in all_editions() if one.kind is Kind.VACCINATION]
SUPPLIES = [one for one in all_editions() if one.kind is Kind.EMERGENCY_SUPPLY]
DOCTOR = Professional(PersonName("Ann", "Smith"), Coded("Doctor"), registration="4099999")
ASKED = PrescriberRequest(DOCTOR, why_not_at_once="On a home visit", undertaken=True)

RECORDED_TWICE = replace(WITHDRAWAL, why="Recorded twice.", nothing_done=False)


def rows(record: Record, edition: Edition) -> dict[str, str]:
    """Return every row of a message by its label."""
    read = read_notification(message(record, edition=edition).payload)
    return {label: " ".join(values) for section in read.sections for label, values in section.rows}


def test_a_vaccine_that_was_not_given_was_administered_by_nobody() -> None:
    declined = vaccination(immunizations=(NOT_GIVEN,), consent=REFUSED)
    for edition in VACCINATIONS:
        not_given, given = rows(declined, edition), rows(vaccination(), edition)
        assert "Administered by" not in not_given, edition.id
        assert not_given["Seen by"] == given["Administered by"], edition.id
        assert "Seen by" not in given, edition.id


def test_the_title_names_the_service_and_says_what_was_not_given() -> None:
    whole, service = vaccination(), vaccination().service
    declined = replace(whole, immunizations=(NOT_GIVEN,), consent=REFUSED)
    for edition in VACCINATIONS:
        title = f"{edition.title}: {service}"
        for record, correction, wanted in (
            (whole, None, title),
            (declined, None, f"{title} - NOT GIVEN"),
            (replace(declined, immunizations=(GIVEN, NOT_GIVEN)), None, title),
            (whole, WITHDRAWAL, f"RECORDED IN ERROR - NOT GIVEN: {title}"),
            (whole, RECORDED_TWICE, f"RECORDED IN ERROR - PLEASE DISREGARD: {title}"),
            (declined, WITHDRAWAL, f"RECORDED IN ERROR - PLEASE DISREGARD: {title}"),
            (declined, RECORDED_TWICE, f"RECORDED IN ERROR - PLEASE DISREGARD: {title}"),
        ):
            sent = message(record, correction, edition)
            assert read_notification(sent.payload).title == wanted
            assert sent.subject.startswith(f"{wanted} for ")


def test_a_withdrawn_supply_that_was_made_is_not_denied() -> None:
    for edition in SUPPLIES:
        for correction, wanted in (
            (WITHDRAWAL, "RECORDED IN ERROR - NOT SUPPLIED"),
            (RECORDED_TWICE, "RECORDED IN ERROR - PLEASE DISREGARD"),
        ):
            read = read_notification(message(supply(), correction, edition).payload)
            assert read.title == f"{wanted}: {edition.title}"
            assert [dict(one.rows).get("RECORDED IN ERROR") for one in read.sections].count((wanted,)) == 1


def test_a_registration_number_stands_beside_its_regulator() -> None:
    for edition in all_editions():
        record = vaccination() if edition.kind is Kind.VACCINATION else supply()
        assert rows(record, edition)["GPhC identifier"] == "2099999", edition.id


def test_a_prescriber_who_asks_is_named_and_the_prescription_owed_is_said() -> None:
    by_prescriber = supply(
        supply_route=SupplyRoute.PRESCRIBER, asked_by=AskedBy.PRESCRIBER, prescriber_request=ASKED
    )
    for edition in SUPPLIES:
        told = rows(by_prescriber, edition)
        assert told["Requested by"] == "SMITH, Ann Doctor Registration number: 4099999", edition.id
        assert "within 72 hours" in told["Prescription owed"], edition.id
        for undertaken in (None, False):
            unsaid = replace(by_prescriber, prescriber_request=replace(ASKED, undertaken=undertaken))
            assert "Prescription owed" not in rows(unsaid, edition), edition.id
        by_patient = rows(supply(prescriber_request=ASKED), edition)
        assert not {"Requested by", "Prescription owed"} & by_patient.keys(), edition.id


def test_the_date_a_baby_is_due_is_said_where_it_was_recorded() -> None:
    for edition in VACCINATIONS:
        told = rows(vaccination(pregnancy_due=date(2027, 1, 9)), edition)
        assert told["Date the baby is due"] == "09 Jan 2027", edition.id
        assert "Date the baby is due" not in rows(vaccination(), edition), edition.id


def test_the_risk_group_is_named_where_it_was_chosen() -> None:
    for edition in VACCINATIONS:
        told = rows(vaccination(risk_group="Diabetes"), edition)
        assert told["Risk group"] == "Diabetes", edition.id
        assert "Risk group" not in rows(vaccination(), edition), edition.id
