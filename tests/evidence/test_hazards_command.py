"""The hazard log as people get it: printed, as PDF and as a web page; each hazard stands in each whole."""

from pathlib import Path

import pytest
from lxml import html
from pypdf import PdfReader

from digmed_desktop import cli
from digmed_desktop.clinical import hazard_log


def words(text: str) -> str:
    """A text without the places where its lines are broken."""
    return "".join(text.split())


def test_the_log_is_printed_and_written_with_every_hazard_control_and_test(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["hazards"]) == 0
    printed = capsys.readouterr().out
    for suffix in ("pdf", "html", "md"):
        assert cli.main(["hazards", "--out", str(tmp_path / f"a log.{suffix}")]) == 0
    pdf = "".join(page.extract_text() for page in PdfReader(tmp_path / "a log.pdf").pages)
    page = html.parse(str(tmp_path / "a log.html")).getroot()
    assert page.findtext("head/title") == hazard_log.log().title
    ways = {
        "printed": words(printed),
        "pdf": words(pdf).replace("\N{SOFT HYPHEN}", ""),
        "html": words(page.text_content()),
        "md": words((tmp_path / "a log.md").read_text(encoding="utf-8")),
    }
    for row in hazard_log.log().hazard:
        said = [row.hazard, row.cause, row.effect, row.remains]
        said += [text for one in row.control for text in (one.what, one.test)]
        said += [text for one in row.wanted for text in (one.what, one.said, one.test or "")]
        for way, whole in ways.items():
            assert [text for text in said if words(text) not in whole] == [], (row.id, way)


def test_ratings_are_called_proposals_and_the_greatest_that_remains_comes_first() -> None:
    text = hazard_log.text()
    assert "proposals" in text
    assert hazard_log.log().standing in text
    overview = text.split("## Overview")[1].split("## H")[0]
    after = [int(line.split(" | ")[3]) for line in overview.splitlines() if line.startswith("| H")]
    assert after == sorted(after, reverse=True)
    assert len(after) == len(hazard_log.log().hazard)


def test_a_file_of_another_kind_or_in_no_folder_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["hazards", "--out", str(tmp_path / "log.doc")])
    assert ended.value.code == 2
    assert ".pdf" in capsys.readouterr().err
    assert cli.main(["hazards", "--out", str(tmp_path / "nowhere" / "log.md")]) == 1
    assert "nowhere" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
