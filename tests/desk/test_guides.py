"""Guides and blank forms on paper: nothing of a text is lost, and a blank form asks all that the window asks."""

import io
import re
from pathlib import Path

import pytest
from pypdf import PdfReader

from digmed_desktop import cli, resources
from digmed_desktop.clinical import form as form_room
from digmed_desktop.desk.records import guides
from digmed_desktop.paper import guide, printing
from digmed_desktop.paper.document import Blank, Code, Listing, Picture, Points, Said
from digmed_desktop.settings import policy

TOPICS = sorted(Path(name).stem for name in resources.names("help", ".md"))


def text(made: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages).split())


def test_a_text_becomes_blocks_with_their_headings() -> None:
    made = guide.read(
        "# T\n\nOne *two*\n`three`.\n\n## A\n\n- x\n- y\n\n### B\n\n1. z\n\n```\ncmd  1\n```\n\n"
        "| a | b |\n|---|---|\n| c | d |\n\n![words](p.png)\n\n## Last\n"
    )
    assert made.title == "T"
    assert made.blocks == (
        Said("", ("One two three.",)),
        Points("A", ("x", "y")),
        Points("B", ("z",), numbered=True),
        Code("", "cmd  1"),
        Listing("", ("a", "b"), (("c", "d"),), (8, 8)),
        Picture("", "pictures/p.png", "words"),
        Said("Last", ()),
    )


@pytest.mark.parametrize(
    "bad", ["", "no title\n", "## second\n", "# T\n\n> quoted\n", "# T\n\n<div>x</div>\n"]
)
def test_what_a_guide_cannot_show_is_refused_and_not_left_out(bad: str) -> None:
    with pytest.raises(ValueError, match="guide"):
        guide.read(bad)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_text_of_the_help_can_be_printed_word_for_word(topic: str) -> None:
    made = guides.of_help(topic)
    plain = printing.html(made)
    raw = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", resources.text(f"help/{topic}.md"))
    shown = re.sub(r"<[^>]*>", " ", plain)
    for word in re.findall(r"[A-Za-z]{4,}", raw):
        assert word in shown, word
    for block in made.blocks:
        if isinstance(block, Picture):
            assert resources.path(block.file).is_file()
            assert len(block.words.split()) > 5


@pytest.mark.parametrize("name", guides.NAMES)
def test_each_is_written_as_pdf_by_the_command(name: str, tmp_path: Path) -> None:
    file = tmp_path / "a b.pdf"
    assert cli.main(["paper", name, str(file)]) == 0
    reader = PdfReader(file)
    assert reader.metadata is not None
    assert reader.metadata.title == guides.document(name).title
    assert reader.root_object["/MarkInfo"]


@pytest.mark.parametrize("name", ["staff", "threats", "data-protection"])
def test_a_guide_of_two_pages_has_two_pages(name: str, tmp_path: Path) -> None:
    guides.save(guides.document(name), tmp_path / "x.pdf")
    assert len(PdfReader(tmp_path / "x.pdf").pages) == 2


@pytest.mark.parametrize("form_id", guides.FORMS.values())
def test_a_blank_form_asks_every_question_and_answers_none(form_id: str) -> None:
    form = form_room.load(form_id)
    made = guides.blank(form_id)
    asked = [question for block in made.blocks if isinstance(block, Blank) for question in block.questions]
    labels = [question.label for question in asked]
    for field in form.fields():
        assert labels.count(field.label) >= 1, field.id
    assert any("time" in label.casefold() for label in labels), "the real time is asked for"
    assert "date and time of the event" in made.notice[0]
    shown = printing.html(made)
    assert shown.count("[&nbsp;&nbsp;&nbsp;]") == sum(len(question.options) for question in asked)


def test_the_example_of_it_is_a_policy_without_a_fault(tmp_path: Path) -> None:
    (example,) = [
        block.text
        for block in guides.document("it").blocks
        if isinstance(block, Code) and "[mesh]" in block.text
    ]
    file = tmp_path / "policy.toml"
    file.write_text(example, encoding="utf-8")
    made = policy.read(file, lambda _file: True)
    assert made.faults == ()
    assert made.values["mailbox"]
    assert made.backup_folder.startswith("\\\\server")
    assert made.values["data_folder"].startswith("\\\\server")
    assert made.version_source.startswith("\\\\server")


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["paper", "staff", str(tmp_path / "nowhere" / "x.pdf")]) == 1
    assert capsys.readouterr().err.strip()
