"""The folder for an assessor: whole, true, and of nobody but the fictional patients."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html

from digmed_desktop import cli, resources
from digmed_desktop.clinical import rule_tables
from digmed_desktop.evidence import assessor, codes, delivery, messages, pages, validator
from digmed_desktop.fhir import editions
from digmed_desktop.fhir.checks import check
from digmed_desktop.fhir.response_codes import known_codes, meaning
from digmed_desktop.messaging import wording
from digmed_desktop.messaging.states import State

NUMBERS = "//f:Patient/f:identifier[f:system/@value='https://fhir.nhs.uk/Id/nhs-number']/f:value/@value"


def rows(text: str) -> list[list[str]]:
    """The cells of every row of the tables of a page, without their heads."""
    tree = html.fromstring(pages.web_page(text).encode())
    return [[str(cell.text_content()).strip() for cell in row] for row in tree.xpath("//tbody/tr")]


def test_every_code_stands_there_once_with_a_state_and_only_a_success_needs_nobody() -> None:
    found = rows(codes.page().text)
    assert [row[0] for row in found][: len(known_codes())] == list(known_codes())
    quiet = {wording.words_of(state).word for state in (State.ACCEPTED, State.MATCHED, State.ALREADY_HELD)}
    for code, _display, state, needs, said in found:
        meant = meaning(code)
        assert meant.happened in said
        assert (needs == "Yes") or (meant.positive and state in quiet), code
        if not meant.known:
            assert needs == "Yes", "a code that nobody knows is for a person"
    assert len(found) > len(known_codes())


def test_messages_of_every_edition_are_written_and_the_report_is_that_of_the_checks(tmp_path: Path) -> None:
    made = messages.page(tmp_path, None)
    files = sorted((tmp_path / messages.FOLDER).iterdir())
    assert {file.name.split("_")[0] for file in files} == {one.id for one in editions.all_editions()}
    assert all(check(file.read_bytes()) == [] for file in files)
    assert f"nothing in {len(files)} of {len(files)} messages" in made.text
    assert "was not available, so it checked nothing" in made.text
    for file in files:
        assert f"{messages.FOLDER}/{file.name}" in made.text
        tree: Any = etree.fromstring(file.read_bytes())
        found = tree.xpath(NUMBERS, namespaces={"f": "http://hl7.org/fhir"})
        assert all(number.startswith("999") for number in found)
        assert found
    papers = [row for row in rows(made.text) if row[1].startswith("Goes on paper: ")]
    assert len(papers) + len(files) == len(rows(made.text))


def test_the_verdicts_of_a_validator_are_read_by_file(tmp_path: Path) -> None:
    command = tmp_path / "judge"
    command.write_text(
        f"#!{sys.executable}\nimport sys\n"
        "for file in sys.argv[1:]:\n"
        "    bad = 'b.xml' in file\n"
        "    print(f\"{'FAIL' if bad else 'PASS'}    {int(bad)} {file}\")\n"
        "    if bad: print('    error: Bundle.entry is odd')\n",
        encoding="utf-8",
    )
    command.chmod(0o700)
    found = validator.judged(command, [tmp_path / "a c.xml", tmp_path / "b.xml"])
    assert found["a c.xml"] == validator.Verdict(passed=True, findings=())
    assert found["b.xml"] == validator.Verdict(passed=False, findings=("error: Bundle.entry is odd",))
    assert validator.judged(tmp_path / "gone", [tmp_path / "b.xml"]) == {}


def test_every_kept_result_is_found_with_its_date_and_outcome() -> None:
    kept = dict(delivery.kept_results())
    assert "kills" in kept
    for name, text in kept.items():
        assert re.search(r"^made:", text, re.MULTILINE), name
        assert "RESULT: " in text, name
    assert set(kept) == {file.stem for file in resources.results()}


def test_a_folder_with_something_in_it_and_a_validator_that_is_not_there_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("kept", encoding="utf-8")
    assert cli.main(["evidence", str(tmp_path)]) == 1
    assert "not empty" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        cli.main(["evidence", str(tmp_path / "new"), "--validator", str(tmp_path / "gone")])
    assert ended.value.code == 2
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_text_between_pointed_brackets_stays_text_on_a_page() -> None:
    made = pages.web_page("# A <title>\n\n<script>alert(1)</script> and **bold**\n")
    assert "<script>" not in made
    assert html.fromstring(made.encode()).findtext("head/title") == "A <title>"
    assert "<strong>bold</strong>" in made


def test_a_narrow_column_breaks_no_word_and_the_name_of_a_test_breaks_anywhere() -> None:
    style = str(html.fromstring(pages.web_page("# A\n").encode()).findtext("head/style"))
    rules = dict(re.findall(r"([a-z0-9, ]+) \{([^}]*)\}", style))
    assert {name for name, rule in rules.items() if "anywhere" in rule} == {"code"}


def test_the_first_page_says_once_of_all_rules_that_they_have_sources() -> None:
    made = [
        pages.EvidencePage("codes", "Codes", "each with its state", ""),
        *(assessor._rules(topic)() for topic in rule_tables.TABLES),
    ]
    text = assessor._index(made)
    assert text.count("sources and standing") == 1
    assert all(f"({one.name}.html)" in text for one in made)


@pytest.mark.slow
def test_one_run_writes_every_page_and_loses_no_notification(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "digmed_desktop", "evidence", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if name != validator.VARIABLE},
    )
    assert (done.returncode, done.stderr) == (0, "")
    names = {file.stem for file in (tmp_path / "out").glob("*.html")}
    assert {"index", "messages", "codes", "delivery", "hazards", assessor.NOT_TRIED} <= names
    assert {f"rules-{topic}" for topic in rule_tables.TABLES} <= names
    index = html.parse(str(tmp_path / "out" / "index.html")).getroot()
    links = [str(one) for one in index.xpath("//a/@href")]
    assert {Path(link).stem for link in links} == names - {"index"}
    for page in (tmp_path / "out").glob("*.html"):
        tree = html.parse(str(page)).getroot()
        assert tree.findtext("head/title") == tree.findtext("body/h1")
        inside = [str(one) for one in tree.xpath("//a/@href") if not str(one).startswith("help:")]
        assert all((page.parent / link).is_file() for link in inside), page.name
    said = html.parse(str(tmp_path / "out" / "delivery.html")).getroot()
    (result,) = [str(p.text_content()) for p in said.iter("p") if "Notifications lost" in p.text_content()]
    assert result == "Notifications lost: 0. Notifications that reached a practice twice: 0."
    table = [[str(cell.text_content()) for cell in row] for row in said.xpath("//tbody/tr")]
    assert [row[0] for row in table] == [fault.name for fault in delivery.FAULTS]
    matched = wording.words_of(State.MATCHED).word.lower()
    assert {row[2] for row in table} == {f"2 {matched}"}


@pytest.mark.slow
def test_hl7s_validator_passes_the_messages_of_the_evidence(shared: Path, tmp_path: Path) -> None:
    made = messages.page(tmp_path, shared / "conformance" / "check")
    count = len(list((tmp_path / messages.FOLDER).iterdir()))
    assert f"HL7's validator passes {count} of {count}." in made.text
