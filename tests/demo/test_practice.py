"""What a simulated practice makes of a message."""

from datetime import date
from pathlib import Path

import pytest

from digmed_desktop.demo.journal import JOURNAL_FILE, KEY_FILE, Journal
from digmed_desktop.demo.practice import PracticeMemory, SimulatedPractice, Verdict
from digmed_desktop.demo.world import FictionalPatient
from tests.demo.messages import WORLD, message_about, shows


def practice_of(who: FictionalPatient, memory: PracticeMemory | None = None) -> SimulatedPractice:
    return SimulatedPractice(who.practice, WORLD, memory or PracticeMemory())


def codes(verdict: Verdict) -> list[str]:
    return [one.code for one in verdict.answers]


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        ("matched", ["20013", "30001"]),
        ("matched-asks-answer", ["20013", "30001"]),
        ("deceased", ["20013", "30004"]),
        ("not-known", ["20013", "30002"]),
        ("no-longer", ["20013", "30003"]),
        ("rejected", ["20009"]),
        ("already-held", ["20008"]),
        ("accepted-only", ["20013"]),
        ("silent", []),
    ],
)
def test_each_patient_shows_what_was_chosen(behaviour: str, expected: list[str]) -> None:
    who = shows(behaviour)
    message = message_about(who)
    verdict = practice_of(who).judge(message.payload)
    assert codes(verdict) == expected
    assert verdict.collects
    assert not verdict.report
    assert (verdict.response_to, verdict.sender_reference) == (message.message_id, message.sender_reference)
    assert verdict.sender_ods == WORLD.pharmacy.ods_code
    assert any(one.ask_answer for one in verdict.answers) == (behaviour == "matched-asks-answer")


def test_a_rejection_says_why_and_the_corrected_one_is_matched() -> None:
    who = shows("rejected")
    practice = practice_of(who)
    (answer,) = practice.judge(message_about(who).payload).answers
    assert answer.diagnostics
    assert codes(practice.judge(message_about(who).payload)) == ["20013", "30001"]


def test_what_is_not_collected_is_collected_when_sent_again() -> None:
    who = shows("not-collected")
    practice, message = practice_of(who), message_about(who)
    assert not practice.judge(message.payload).collects
    again = practice.judge(message.payload)
    assert again.collects
    assert codes(again) == ["20013", "30001"], "the copy that was never collected is not a duplicate"


@pytest.mark.parametrize(("behaviour", "code"), [("not-found", "EPL-153"), ("details-differ", "EPL-154")])
def test_a_report_takes_the_place_of_an_answer(behaviour: str, code: str) -> None:
    verdict = practice_of(shows(behaviour)).judge(message_about(shows(behaviour)).payload)
    assert (verdict.report, verdict.answers, verdict.collects) == (code, (), False)


def test_the_same_message_again_is_a_duplicate() -> None:
    who = shows("matched")
    practice, message = practice_of(who), message_about(who)
    practice.judge(message.payload)
    assert codes(practice.judge(message.payload)) == ["20007"]


def test_the_same_document_in_another_message_is_a_duplicate() -> None:
    who = shows("matched")
    practice, message = practice_of(who), message_about(who)
    practice.judge(message.payload)
    other = message.payload.replace(message.message_id.encode(), b"0d9a9d4e-2222-4222-8222-000000000001")
    assert codes(practice.judge(other)) == ["20008"]


def test_what_was_seen_outlives_the_program_and_cannot_be_read(tmp_path: Path) -> None:
    who = shows("rejected")
    message = message_about(who)
    assert codes(practice_of(who, PracticeMemory(Journal(tmp_path))).judge(message.payload)) == ["20009"]
    later = practice_of(who, PracticeMemory(Journal(tmp_path)))
    assert codes(later.judge(message.payload)) == ["20007"]
    assert codes(later.judge(message_about(who).payload)) == ["20013", "30001"]
    kept = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert who.patient.nhs_number.encode() not in kept
    assert message.message_id.encode() not in kept


@pytest.mark.parametrize("damage", [b"", b"not a journal\n", b"\xff" * 99])
def test_a_damaged_journal_is_passed_over_and_goes_on(tmp_path: Path, damage: bytes) -> None:
    journal = Journal(tmp_path)
    journal.write("seen", what="message", key="one")
    with (tmp_path / JOURNAL_FILE).open("ab") as file:
        file.write(damage)
    again = Journal(tmp_path)
    assert list(again.entries()) == [("seen", {"what": "message", "key": "one"})]
    again.write("seen", what="message", key="two")
    assert [fields["key"] for _, fields in Journal(tmp_path).entries()] == ["one", "two"]
    (tmp_path / KEY_FILE).write_bytes(damage)
    assert list(Journal(tmp_path).entries()) == []


def test_a_replacement_of_what_is_filed_is_filed() -> None:
    who = shows("matched")
    practice, first = practice_of(who), message_about(who)
    practice.judge(first.payload)
    second = message_about(who, replaces=first.composition_id)
    assert codes(practice.judge(second.payload)) == ["20013", "30001"]
    third = message_about(who, replaces=second.composition_id)
    assert codes(practice.judge(third.payload)) == ["20013", "30001"]


def test_a_replacement_of_nothing_voids_both() -> None:
    who = shows("matched")
    orphan = message_about(who, replaces="5c0a1a46-1111-4111-8111-000000000001")
    assert codes(practice_of(who).judge(orphan.payload)) == ["20014"]


def test_a_message_for_another_practice_is_not_taken() -> None:
    who, other = shows("matched"), WORLD.practices[2]
    message = message_about(who)
    assert codes(SimulatedPractice(other, WORLD, PracticeMemory()).judge(message.payload)) == ["20010"]


def test_the_practice_that_knows_the_patient_matches_them() -> None:
    for behaviour in ("not-known", "no-longer"):
        who = shows(behaviour)
        right = WORLD.practice(who.known_at)
        assert right is not None
        message = message_about(who, practice=who.known_at)
        assert codes(SimulatedPractice(right, WORLD, PracticeMemory()).judge(message.payload)) == [
            "20013",
            "30001",
        ]


def test_a_patient_sent_to_the_wrong_practice_is_not_known_there() -> None:
    who, other = shows("matched"), WORLD.practices[1]
    message = message_about(who, practice=other.ods_code)
    assert codes(SimulatedPractice(other, WORLD, PracticeMemory()).judge(message.payload)) == [
        "20013",
        "30002",
    ]


def test_another_date_of_birth_is_another_person() -> None:
    who = shows("matched")
    message = message_about(who, date_of_birth=date(1951, 3, 15))
    assert codes(practice_of(who).judge(message.payload)) == ["20013", "30002"]


def test_a_patient_one_made_up_oneself_is_known() -> None:
    who = shows("matched")
    message = message_about(who, nhs_number="9990000018")
    assert codes(practice_of(who).judge(message.payload)) == ["20013", "30001"]


def test_what_cannot_be_read_is_answered_so() -> None:
    for body in (b"", b"<Bundle", b"not xml", b"<Bundle xmlns='http://hl7.org/fhir'/>"):
        verdict = practice_of(shows("matched")).judge(body)
        assert codes(verdict) == ["10009"]


def test_an_invalid_message_is_rejected_with_the_place_of_the_fault() -> None:
    who = shows("matched")
    message = message_about(who)
    broken = message.payload.replace(b'<status value="final"', b'<status value="finished"')
    assert broken != message.payload
    verdict = practice_of(who).judge(broken)
    assert codes(verdict) == ["20009"]
    assert "Composition.status" in verdict.answers[0].diagnostics
    assert who.patient.name.family not in verdict.answers[0].diagnostics


def test_all_patients_can_be_treated_alike() -> None:
    who = shows("matched")
    practice = practice_of(who)
    practice.override = WORLD.behaviours["deceased"]
    assert codes(practice.judge(message_about(who).payload)) == ["20013", "30004"]
    practice.override = None
    assert codes(practice.judge(message_about(who).payload)) == ["20013", "30001"]
