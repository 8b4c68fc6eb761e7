"""A supply that another system recorded: what it leaves unsaid is read as the law allows least."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from digmed_desktop.clinical import controlled_drugs, law
from digmed_desktop.clinical.emergency_supply import AskedBy, EmergencySupplyRecord, SupplyRoute
from digmed_desktop.clinical.questions.writer import Here
from digmed_desktop.clinical.record import Coded, Consent, Professional, Quantity
from digmed_desktop.clinical.record_import import answers_of
from digmed_desktop.clinical.supply_record import NOTES, faults
from tests.clinical.supply_examples import reading
from tests.fhir import records

CODE = "39113611000001102"
UNSAID: dict[str, Any] = {"schedule": "none", "preparation": "other"}


def record_of(
    name: str = "Ramipril 5mg tablets", route: SupplyRoute = SupplyRoute.PATIENT, **item: Any
) -> EmergencySupplyRecord:
    made = records.supply()
    told = {
        "legal_class": "pom",
        "schedule": "none",
        "preparation": "other",
        "days": 5,
        "strength": "",
        **item,
    }
    supplied = replace(made.items[0], **{"product": Coded(name, CODE), "quantity": None, **told})
    return replace(made, items=(supplied,), supply_route=route)


def refused(record: EmergencySupplyRecord) -> list[tuple[str, str]]:
    return [(where.removeprefix("record."), said) for where, said in faults(record, records.RECORDED)]


def fields(record: EmergencySupplyRecord) -> set[str]:
    return {where.rpartition(".")[2] for where, _said in refused(record)}


@pytest.mark.parametrize("route", list(SupplyRoute))
def test_a_medicine_without_a_legal_class_is_refused_until_it_is_stated(route: SupplyRoute) -> None:
    assert fields(record_of(route=route)) == set()
    for unsaid in ("", " "):
        record = record_of(route=route, legal_class=unsaid, reason="I decide.\nTwo words.\nThree words.")
        assert "legal_class" in fields(record)


def test_without_a_legal_class_the_limits_of_a_prescription_only_medicine_hold() -> None:
    limit = law.rule("patient-30-days").days or 0
    for days, over in ((limit, False), (limit + 1, True)):
        for unsaid in (("schedule",), ("preparation",), ("schedule", "preparation"), ()):
            record = record_of(legal_class="", days=days, **UNSAID | dict.fromkeys(unsaid, ""))
            assert ("days" in fields(record)) is over, (days, unsaid)
    assert "product" in fields(record_of("Piracetam 800mg tablets", legal_class=""))
    assert "product" not in fields(
        record_of("Piracetam 800mg tablets", SupplyRoute.PRESCRIBER, legal_class="")
    )
    many = refused(record_of(route=SupplyRoute.PRESCRIBER, legal_class="", days=300))
    assert any("More than 30 days" in said for _where, said in many)
    assert "as_directed" in fields(record_of(route=SupplyRoute.PRESCRIBER, legal_class="", as_directed=False))


def test_without_a_schedule_the_five_days_of_the_name_hold_whatever_the_reason() -> None:
    few = law.rule("patient-schedule-4-5").days or 0
    of_tablets = (
        (one.name, set(one.in_form("10mg tablets").schedules)) for one in controlled_drugs.all_names()
    )
    may_stop = {one.name: one.confidence.may_stop for one in controlled_drugs.all_names()}
    names = [name for name, schedules in of_tablets if schedules and schedules <= {"4", "5"}]
    for name in names[::9]:
        if not may_stop[name]:
            told = refused(record_of(f"{name} 10mg tablets", days=few + 1, schedule=""))
            assert any(where.endswith(".reason") and "5 days" in said for where, said in told), name
            continue
        for legal_class in ("pom", ""):
            unsaid: dict[str, Any] = {
                "legal_class": legal_class,
                "schedule": "",
                "reason": "Seen it.\nSeen it.\nSeen it.",
            }
            assert "days" not in fields(record_of(f"{name} 10mg tablets", days=few, **unsaid)), name
            assert "days" in fields(record_of(f"{name} 10mg tablets", days=few + 1, **unsaid)), name


def test_a_record_says_how_long_a_supply_lasts_where_the_law_limits_the_days() -> None:
    assert fields(record_of(days=None)) == {"days"}
    assert fields(record_of(days=None, route=SupplyRoute.PRESCRIBER)) == set()
    amount = Quantity(Decimal(14), Coded("tablet"))
    assert "days" not in fields(record_of(days=None, quantity=amount, directions="Take one tablet daily"))


def test_a_record_without_a_legal_class_leaves_its_question_open_on_the_form() -> None:
    found = reading(answers_of(record_of(legal_class=""), reading, Here()))
    assert "item.1.legal_class" in {problem.field for problem in found.problems}


ADULT, CHILD = date(1950, 3, 15), date(2018, 3, 15)


def consented(born: date, **consent: Any) -> EmergencySupplyRecord:
    made = record_of()
    told = Consent(**{"given_by": "Patient", "to_treatment": True, "to_sharing": True, **consent})
    return replace(made, patient=replace(made.patient, date_of_birth=born), consent=told)


def test_who_decided_is_judged_in_a_record_as_on_the_form() -> None:
    assert refused(consented(ADULT)) == []
    parent = refused(consented(ADULT, given_by="Parent or guardian"))
    assert any("A parent cannot decide for an adult" in said for _where, said in parent)
    assert {where.partition(".")[0] for where, _said in parent} == {"consent", "notes_kept_here"}
    alone = refused(consented(CHILD))
    assert alone
    assert all(where.startswith(("consent.", "notes_kept_here")) for where, _said in alone)


def test_a_warning_of_a_record_is_answered_by_its_own_line_in_the_notes() -> None:
    record = consented(ADULT, given_by="Parent or guardian")
    told = [said.partition(": ")[2] for where, said in faults(record, records.RECORDED) if where == NOTES]
    assert told
    assert refused(replace(record, notes_kept_here="Decided.")) != []
    answered = "\n".join(line.replace("…", "Dr Okafor: the patient is not able to.") for line in told)
    left = refused(replace(record, notes_kept_here=answered))
    assert not any("A parent cannot decide" in said for _where, said in left)


def test_a_late_entry_and_a_contact_long_ago_are_judged_in_a_record() -> None:
    made = record_of()
    assert made.contact_at is not None
    late = replace(made, contact_at=made.contact_at - timedelta(days=1))
    assert "late_entry_reason" in {where for where, _said in refused(late)}
    assert refused(replace(late, late_entry_reason="The computer was down.")) == []
    long_ago = replace(
        made, contact_at=made.contact_at - timedelta(days=40), late_entry_reason="Found later."
    )
    assert any("a month ago" in said for _where, said in refused(long_ago))


def test_the_number_of_a_prescriber_is_judged_in_a_record() -> None:
    made = record_of(route=SupplyRoute.PRESCRIBER)
    for number, asks in (("7999999", False), ("12", True)):
        prescriber = Professional(role=Coded("Doctor"), registration=number)
        request = replace(made.prescriber_request, prescriber=prescriber)
        record = replace(made, prescriber_request=request, asked_by=AskedBy.PRESCRIBER)
        assert any("registration number" in said for _where, said in refused(record)) is asks
