"""Answers, messages, records and practice lists of others, through the program's own commands and readers.

Each ends as the page beside it says. The inputs lie beside the project, where DIGMED_SHARED names them.
"""

from datetime import date
from pathlib import Path

import pytest

from digmed_desktop import cli
from digmed_desktop.reference import ods_file

TODAY = date(2026, 11, 28)
ANSWERS = {
    "10009-unreadable-in-original-message": (1, ("could not read which message it answers", "10009")),
    "30001-bom-and-newline-before-declaration": (0, ("matched the record to the patient",)),
    "30001-newline-before-declaration": (0, ("matched the record to the patient",)),
    "two-outcomes-header-names-the-second-20009": (
        1,
        ("contradicts itself", "20009", "does not count as a success"),
    ),
}
"""The status of ``explain``, and what it says."""
FAULTS = {
    "es-resource-quantity": "MedicationDispense.quantity: The text does not agree",
    "guide-mandatory--es26-two-custodian-org-no-name": "Organization.name: The guide makes this item mandatory",
    "guide-mandatory--es35-nhs-number-system": "Patient.identifier: The NHS number must be under its own system",
    "narrative-batch": "Immunization.lotNumber: The text does not agree",
    "narrative-dob": "Patient.birthDate: The text does not agree",
    "narrative-dose": "Immunization.doseQuantity: The text does not agree",
    "not-given-row-removed": "Immunization.notGiven: The text does not say",
}
"""The fault of each message; ``check`` reports this one and no other."""
RECORDS = {
    "covid-dps-two-reactions": ("described feeling all whoozy", "looked a bit damp"),
    "covid-not-given-with-dose-number": ('<notGiven value="true"/>', '<code value="nocount"/>'),
}
"""What a message made of each record holds."""
LISTS = {
    "epraccur-dormant": {"F99010": True, "F99011": False, "F99012": False},
    "epraccur-dse-2025": {"F99001": True, "F99002": False},
}
"""The practices of each list, and whether a message may be sent to them."""


@pytest.mark.parametrize("name", ANSWERS)
def test_explain_ends_as_described_for_an_answer_of_others(
    shared: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    status, sentences = ANSWERS[name]
    assert cli.main(["explain", str(shared / f"cases/responses/{name}.xml")]) == status
    shown = " ".join(capsys.readouterr().out.split())
    assert [sentence for sentence in sentences if sentence not in shown] == []


@pytest.mark.parametrize("name", FAULTS)
def test_check_names_the_fault_of_a_message_of_others_and_nothing_else(
    shared: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert cli.main(["check", str(shared / f"cases/messages/{name}.xml")]) == 1
    findings = [line for line in capsys.readouterr().out.splitlines() if "Bundle." in line]
    assert len(findings) == 1
    assert FAULTS[name] in findings[0]


def test_check_finds_nothing_in_valid_messages_of_others(
    shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = sorted((shared / "cases/messages").glob("false-alarm-*.xml"))
    assert len(files) >= 5
    for file in files:
        assert cli.main(["check", str(file)]) == 0, file.name
        assert "nothing found" in capsys.readouterr().out


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_of_others_becomes_a_message_that_check_passes(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    made = tmp_path / "made.xml"
    assert cli.main(["build", str(shared / f"cases/records/{name}.json"), "--out", str(made)]) == 0
    text = made.read_text(encoding="utf-8")
    assert [part for part in RECORDS[name] if part not in text] == []
    capsys.readouterr()
    assert cli.main(["check", str(made)]) == 0


@pytest.mark.parametrize("name", LISTS)
def test_a_practice_that_is_not_open_in_a_list_of_others_is_not_sent_to(shared: Path, name: str) -> None:
    found = ods_file.read(shared / f"cases/public/{name}.csv")
    refusals = {practice.organisation.ods_code: practice.refusal(TODAY) for practice in found}
    assert {code: refusal is None for code, refusal in refusals.items()} == LISTS[name]


def test_every_input_of_others_is_tried(shared: Path) -> None:
    tried = {
        "responses/*.xml": set(ANSWERS),
        "records/*.json": set(RECORDS),
        "public/epraccur*.csv": set(LISTS),
    }
    for pattern, names in tried.items():
        assert {file.stem for file in (shared / "cases").glob(pattern)} == names
    messages = {file.stem for file in (shared / "cases/messages").glob("*.xml")}
    assert {name for name in messages if not name.startswith("false-alarm-")} == set(FAULTS)
