"""Everything about one patient: gathered whole, reviewed, and written without what a manager leaves out."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.desk.gate import NotPermittedError, acting
from digmed_desktop.desk.patients.patient_file import PatientFileDesk
from digmed_desktop.desk.views.patient_file import Line, PatientFile
from digmed_desktop.desk.views.sent import Act
from digmed_desktop.messaging.audit import AuditSearch
from digmed_desktop.messaging.errors import DigMedError
from tests.clinical.examples import complete_answers
from tests.desk.conftest import MATCHED, TECHNICIAN, Counter

OTHERS = "Her neighbour, Mrs Thistlewood, telephoned."


@pytest.fixture
def desk(counter: Counter) -> PatientFileDesk:
    return counter.desk.patient_file


def gathered(counter: Counter) -> PatientFile:
    """A record that was sent, answered, looked at, noted about and corrected, and a draft beside it."""
    number = counter.record()
    counter.post(number)
    counter.answer(number, MATCHED)
    counter.desk.listing.story(number)
    counter.desk.acts.do(Act.NOTE, number, counter.ada, OTHERS)
    counter.desk.save_draft("d", "vaccination", FormState(complete_answers()), counter.ada)
    return counter.desk.patient_file.gather(number)


def text_of(file: PatientFile) -> str:
    return "\n".join(f"{part.title}\n{line.label}\n{line.text}" for part, line in file.lines())


def line_with(file: PatientFile, words: str) -> Line:
    (found,) = [line for _part, line in file.lines() if words in line.text]
    return found


def test_all_that_is_recorded_is_in_it(counter: Counter) -> None:
    file = gathered(counter)
    text = text_of(file)
    answers = complete_answers()
    for told in (
        answers["patient.family"],
        answers["vaccine.batch"],
        "The practice's system found the patient",
        OTHERS,
    ):
        assert told.casefold() in text.casefold(), told
    for title in (
        "as it was typed",
        "what happened",
        "messages",
        "who looked at it",
        "A form that was started",
        "next visit",
    ):
        assert any(title in part.title for part in file.parts), title
    assert len({line.id for _part, line in file.lines()}) == len(file.lines())
    shown = {field for field, answer in answers.items() if answer and "." in field}
    assert len([1 for part, _line in file.lines() if "as it was typed" in part.title]) >= len(shown) - 3
    assert repr(file).count(answers["patient.family"]) == 0


def test_a_patient_is_found_by_number_name_and_notification(counter: Counter, desk: PatientFileDesk) -> None:
    first, second = counter.record(), counter.record()
    answers = complete_answers()
    for typed in (answers["patient.nhs_number"], answers["patient.family"], str(first)):
        (found,) = desk.find(typed)
        assert found.notification in (first, second)
        assert found.nhs_number == answers["patient.nhs_number"].replace(" ", "")
    with pytest.raises(DigMedError):
        desk.find(" ")


def test_what_is_left_out_is_named_with_its_reason_and_its_content_is_nowhere(
    counter: Counter, desk: PatientFileDesk, tmp_path: Path
) -> None:
    file = gathered(counter)
    note = line_with(file, OTHERS)
    left_out = {note.id: "It is about a neighbour."}
    target = tmp_path / f"{desk.file_name()}.json"
    assert desk.save_json(file, left_out, target) == 1
    raw = target.read_text(encoding="utf-8")
    assert "Thistlewood" not in raw
    data = json.loads(raw)
    (omitted,) = data["left_out"]
    assert (omitted["which"], omitted["why"]) == (note.label, "It is about a neighbour.")
    assert data["records"] == [], "a whole record would hold what was left out"
    assert desk.as_data(file, {})["records"][0]["notification"] == file.notification
    document = desk.document(file, left_out)
    assert "Thistlewood" not in repr([block.rows for block in document.blocks if hasattr(block, "rows")])
    assert "It is about a neighbour." in repr(
        [block.rows for block in document.blocks if hasattr(block, "rows")]
    )
    family = complete_answers()["patient.family"].casefold()
    assert family not in f"{desk.file_name()} {document.title} {document.running}".casefold()
    pdf = tmp_path / "f.pdf"
    desk.save_pdf(file, left_out, pdf)
    assert pdf.read_bytes().startswith(b"%PDF")
    if tool := shutil.which("pdftotext"):
        said = subprocess.run([tool, str(pdf), "-"], capture_output=True, text=True, check=True).stdout
        assert "Thistlewood" not in said
        assert "It is about a neighbour." in " ".join(said.split())
        assert family in said.casefold()


def test_nothing_is_left_out_without_a_reason(
    counter: Counter, desk: PatientFileDesk, tmp_path: Path
) -> None:
    file = gathered(counter)
    line = file.lines()[0][1]
    for left_out in ({line.id: " "}, {"4711": "a reason"}):
        with pytest.raises(DigMedError):
            desk.save_json(file, left_out, tmp_path / "f.json")
    assert not (tmp_path / "f.json").exists()


def test_only_a_manager_gathers_and_each_act_is_noted(
    counter: Counter, desk: PatientFileDesk, tmp_path: Path
) -> None:
    file = gathered(counter)
    tom = counter.store.people.add(TECHNICIAN, "slow-hash")
    with acting(tom):
        for act in (
            lambda: desk.find("x"),
            lambda: desk.gather(file.notification),
            lambda: desk.save_json(file, {}, tmp_path / "f.json"),
        ):
            with pytest.raises(NotPermittedError):
                act()
    desk.save_json(file, {}, tmp_path / "f.json")
    lines = counter.desk.audit.page(AuditSearch(text="one patient"), None, 50)
    assert [(one.act, one.row.about, one.note) for one in lines] == [
        ("Saved everything about one patient", file.notification, "JSON, 0 left out"),
        ("Gathered everything about one patient", file.notification, ""),
    ]


def test_a_version_under_other_details_is_in_doubt(counter: Counter) -> None:
    """A number put right by a correction: the version with the wrong one may be another person's."""
    first = counter.record()
    counter.post(first)
    counter.answer(first, MATCHED)
    with counter.store.versions._database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE notification SET nhs_number = '9990000018' WHERE id = {first}")
    second = counter.desk.acts.withdraw(first, counter.ada, "Another patient.")
    with counter.store.versions._database.writing() as connection:
        connection.exec_driver_sql(
            f"UPDATE notification SET nhs_number = '{complete_answers()['patient.nhs_number'].replace(' ', '')}' "
            f"WHERE id = {second}"
        )
    file = counter.desk.patient_file.gather(second)
    doubted = {part.notification for part in file.parts if part.doubt}
    assert doubted == {first}
    assert file.doubted().keys() == {line.id for part, line in file.lines() if part.notification == first}
