"""Who asks for an emergency supply, who was interviewed, what is waiting, and what is urgent."""

import pytest

from digmed_desktop.clinical import form, law
from digmed_desktop.clinical.emergency_supply import AskedBy, SuppliedItem, SupplyRoute
from digmed_desktop.clinical.particulars import LABEL_WORDS, entry_pairs, label_texts, particulars
from digmed_desktop.clinical.record import Coded
from digmed_desktop.clinical.supply_law import judge
from tests.clinical.examples import reading as vaccination_reading
from tests.clinical.supply_examples import complete_answers, reading, tablets

EEA = ("eea-doctor", "eea-dentist", "eea-other")
PROFESSIONS = [option.id for option in form.load("emergency-supply").field("prescriber.profession").options]
REFERRED = [one for one in AskedBy if one not in (AskedBy.PATIENT, AskedBy.PRESCRIBER)]
PHENOBARBITAL = SuppliedItem(
    product=Coded("Phenobarbital 30mg tablets", "39113611000001102"),
    legal_class="pom",
    schedule="3",
    for_epilepsy=True,
    as_directed=True,
)


@pytest.mark.parametrize("profession", PROFESSIONS)
def test_a_prescriber_of_the_eea_gets_no_phenobarbital_and_every_other_does(profession: str) -> None:
    found = judge(PHENOBARBITAL, SupplyRoute.PRESCRIBER, prescriber=profession)
    assert any(one.forbids for one in found) == (profession in EEA)
    assert any(one.rule == "eea-authorised-here" for one in found) == (profession in EEA)
    answers = tablets(
        "prescriber",
        product="39113611000001102\tPhenobarbital 30mg tablets",
        schedule="3",
        for_epilepsy="yes",
        reason="Same maker.",
    )
    stopped = {p.field for p in reading(answers | {"prescriber.profession": profession}).problems}
    assert stopped == ({"item.1.schedule"} if profession in EEA else set())


@pytest.mark.parametrize("profession", EEA)
@pytest.mark.parametrize("schedule", ["1", "2", "3"])
def test_schedules_1_to_3_are_refused_to_a_prescriber_of_the_eea_too(profession: str, schedule: str) -> None:
    item = SuppliedItem(product=Coded("Zzyntholam"), legal_class="pom", schedule=schedule)
    assert any(one.forbids for one in judge(item, SupplyRoute.PRESCRIBER, prescriber=profession))


@pytest.mark.parametrize(
    ("profession", "right", "wrong"),
    [
        ("doctor", "7999999", "799999"),
        ("dentist", "123456", "abc"),
        ("nurse", "98I1234E", "9812345"),
        ("community-nurse", "98I1234E", "abc"),
        ("pharmacist", "2079999", "20799995"),
        ("optometrist", "01-12345", "abc"),
        ("podiatrist", "CH12345", "PH12345"),
        ("physiotherapist", "PH123456", "12345"),
        ("radiographer", "RA12345", "RA1"),
        ("paramedic", "PA12345", "paramedic"),
    ],
)
def test_a_registration_number_of_another_shape_is_looked_at_and_stops_nothing(
    profession: str, right: str, wrong: str
) -> None:
    for number, looked in ((right, False), (wrong, True)):
        answers = tablets("prescriber", reason="") | {
            "prescriber.profession": profession,
            "prescriber.registration": number,
        }
        found = reading(answers)
        assert found.problems == ()
        assert ("prescriber.registration" in [p.field for p in found.notes]) == looked
    shape = law.number_of(profession)
    assert shape is not None
    if not shape.confidence.may_stop:
        said = next(p.sentence for p in found.notes if p.field == "prescriber.registration")
        assert "Not confirmed by a pharmacist" in said


@pytest.mark.parametrize("asked", REFERRED)
def test_each_source_of_a_referral_is_said_to_the_practice_with_and_without_a_reference(
    asked: AskedBy,
) -> None:
    for reference in ("", "REF-1"):
        found = reading(complete_answers({"request.asked_by": asked.value, "request.reference": reference}))
        assert found.problems == ()
        assert found.record.asked_by is asked
        assert found.record.supply_route is SupplyRoute.PATIENT
        assert found.record.reason_for_service.startswith("Referred ")
        assert ("REF-1" in found.record.reason_for_service) == bool(reference)


def test_who_was_interviewed_is_asked_kept_and_looked_at_where_it_was_not_the_patient() -> None:
    missing = reading(complete_answers({"conditions.interviewed_who": ""}))
    assert [p.field for p in missing.problems] == ["conditions.interviewed_who"]
    patient = reading(complete_answers())
    assert patient.record.patient_conditions.interviewed_who == "The patient"
    assert patient.notes == ()
    nameless = reading(complete_answers({"conditions.interviewed_who": "other"}))
    assert [p.field for p in nameless.problems] == ["conditions.interviewed_name"]
    other = reading(
        complete_answers(
            {"conditions.interviewed_who": "other", "conditions.interviewed_name": "Joan Smith, daughter"}
        )
    )
    assert other.problems == ()
    assert other.record.patient_conditions.interviewed_who == "Joan Smith, daughter"
    (look,) = other.notes
    assert "Regulation 225(2)" in look.sentence
    assert ("Interviewed", ("Joan Smith, daughter",)) in entry_pairs(particulars(other.record))


def test_a_prescription_that_is_waiting_wants_a_reason_and_one_not_looked_up_is_said() -> None:
    found = {
        answer: reading(complete_answers({"conditions.prescription_waiting": answer}))
        for answer in ("", "none", "waiting", "not-looked")
    }
    assert [p.field for p in found[""].problems] == ["conditions.prescription_waiting"]
    assert found["none"].notes == ()
    assert [p.needs_reason for p in found["waiting"].notes] == [True]
    assert [p.needs_reason for p in found["not-looked"].notes] == [False]
    assert reading(tablets("prescriber")).problems == ()  # there it is not asked


@pytest.mark.parametrize("seen_in", ["told", "packaging", "scr", "gp-record", "pharmacy-system"])
@pytest.mark.parametrize("schedule", ["none", "4", "5"])
def test_a_controlled_drug_that_no_record_was_seen_for_wants_a_reason(seen_in: str, schedule: str) -> None:
    answers = tablets(schedule=schedule, directions="Take one a day", quantity="5", days="5")
    answers |= {"conditions.seen_in": seen_in, "conditions.seen_note": "Prescribed in May by Dr Lee."}
    asked = [p for p in reading(answers).notes if p.field == "conditions.seen_in"]
    assert bool(asked) == (schedule != "none" and seen_in in ("told", "packaging"))
    assert all(p.needs_reason for p in asked)


def test_the_label_bears_the_words_at_the_patients_request_only() -> None:
    for route, there in (("patient", True), ("prescriber", False)):
        (label,) = label_texts(particulars(reading(tablets(route)).record))
        assert (LABEL_WORDS in label) == there
        assert "William Smith" in label


@pytest.mark.parametrize("words", ["Urgent review please", "see TODAY", "review the same day", "2 week wait"])
@pytest.mark.parametrize("question", ["after.plan_for_professionals", "referral.to", "referral.reason"])
def test_an_urgent_plan_or_referral_says_that_this_message_is_not_the_way(question: str, words: str) -> None:
    found = reading(complete_answers({question: words}))
    assert [p.field for p in found.notes] == [question]
    assert "Do not send anything urgent" in found.notes[0].sentence
    assert reading(complete_answers({question: "Please consider repeat dispensing."})).notes == ()


def test_an_urgent_referral_after_a_vaccination_says_so_too() -> None:
    changes = {"after__referral": "yes", "referral__to": "GP practice", "referral__reason": "Rash"}
    assert not any("urgent" in p.sentence for p in vaccination_reading(**changes).notes)
    said = vaccination_reading(**changes, referral__urgency="today").notes
    assert [p.field for p in said if "urgent" in p.sentence] == ["referral.urgency"]
