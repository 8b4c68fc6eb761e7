"""``digmed-desktop explain``: what responses mean, without a window."""

import uuid
from pathlib import Path

import pytest

from digmed_desktop import cli
from digmed_desktop.fhir.response_codes import known_codes, meaning
from digmed_desktop.fhir.responses import UNREADABLE_ORIGINAL, write_response
from tests.fhir.records import NOW


def write(folder: Path, code: str, to: str = "") -> Path:
    body = write_response(
        response_to=to or str(uuid.uuid4()),
        code=code,
        sender_ods="A99999",
        mailbox="A99999OT001",
        now=NOW,
        new_id=lambda: str(uuid.uuid4()),
    )
    file = folder / f"{code}.xml"
    file.write_bytes(body)
    return file


@pytest.mark.parametrize("code", known_codes())
def test_it_says_what_a_code_means_and_whether_it_decides(
    code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = cli.main(["explain", str(write(tmp_path, code))])
    told = capsys.readouterr().out
    said = meaning(code)
    assert status == (0 if said.decides else 1)
    for part in (code, said.happened, said.do):
        assert part in told


def test_an_original_that_could_not_be_read_is_for_a_person(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["explain", str(write(tmp_path, "10009", UNREADABLE_ORIGINAL))]) == 1
    assert "could not read" in capsys.readouterr().out


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"{}", b"<Bundle xmlns='http://hl7.org/fhir'/>"])
def test_what_is_no_response_has_the_status_two(
    body: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "other.xml"
    file.write_bytes(body)
    assert cli.main(["explain", str(file)]) == 2
    assert str(file) in capsys.readouterr().err


def test_a_file_that_is_not_there_has_the_status_two(tmp_path: Path) -> None:
    assert cli.main(["explain", str(tmp_path / "nowhere.xml")]) == 2


def test_of_several_files_each_is_told_and_the_worst_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, odd = write(tmp_path, "30001"), write(tmp_path, "30005")
    assert cli.main(["explain", str(good), str(odd)]) == 1
    told = capsys.readouterr().out
    assert told.index(str(good)) < told.index(str(odd))
    (tmp_path / "none.xml").write_text("no")
    assert cli.main(["explain", str(good), str(tmp_path / "none.xml"), str(odd)]) == 2


def test_our_own_notification_is_no_response(tmp_path: Path) -> None:
    file = tmp_path / "ours.xml"
    file.write_bytes(next(Path("tests/golden").glob("vaccination-*.xml")).read_bytes())
    assert cli.main(["explain", str(file)]) == 2


def test_the_published_responses_end_as_they_should(shared: Path) -> None:
    for file in sorted((shared / "examples/responses").glob("*.xml")):
        assert cli.main(["explain", str(file)]) == 0, file.name
    folder = shared / "cases/responses"
    assert cli.main(["explain", str(folder / "10009-unreadable-in-original-message.xml")]) == 1
    assert cli.main(["explain", str(folder / "two-outcomes-header-names-the-second-20009.xml")]) == 1
