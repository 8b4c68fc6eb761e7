"""Guides and blank forms from the help: opened by a button, saved as PDF, told when they are not."""

from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QApplication

from digmed_desktop.clinical import data_review, rule_tables
from digmed_desktop.ui import files
from digmed_desktop.ui.pages.help_page import HelpPage
from tests.ui.conftest import Bench


@pytest.fixture
def page(bench: Bench) -> HelpPage:
    bench.window.open_help()
    found = bench.window.pages.currentWidget()
    assert isinstance(found, HelpPage)
    found.guides.click()
    return found


def test_the_list_leads_to_every_guide_and_its_pictures_are_found(bench: Bench, page: HelpPage) -> None:
    assert "Guides and blank forms" in page.text.toPlainText()
    page.text.anchorClicked.emit(QUrl("help:for-staff"))
    assert page.text.toPlainText().startswith("DigMed Desktop at the counter")
    picture = page.text.loadResource(QTextDocument.ResourceType.ImageResource.value, QUrl("guide-form.png"))
    assert isinstance(picture, QImage)
    assert 400 < picture.width() <= page.text.viewport().width()


@pytest.mark.parametrize("link", ["", "blank:blank-vaccination", "blank:blank-supply"])
def test_it_is_saved_as_pdf(
    bench: Bench, page: HelpPage, link: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.pdf"
    monkeypatch.setattr(files, "ask_where", lambda *_words: target)
    if link:
        page.text.anchorClicked.emit(QUrl(link))
    else:
        page.open("for-owner")
        page.save.click()
    bench.until(lambda: not page.said.isHidden())
    assert len(PdfReader(target).pages) >= 1
    assert page.said.head.text() == "Saved"


def test_no_table_of_the_rules_is_wider_than_the_page(bench: Bench, page: HelpPage) -> None:
    for topic in rule_tables.TABLES:
        page.open(topic)
        QApplication.processEvents()
        assert page.text.horizontalScrollBar().maximum() == 0, topic


def test_what_cannot_be_written_is_told(
    bench: Bench, page: HelpPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "ask_where", lambda *_words: tmp_path / "nowhere" / "x.pdf")
    page.save.click()
    bench.until(lambda: not page.said.isHidden())
    assert page.said.head.text() == "Not saved"
    assert "nowhere" in page.said.body.text()


@pytest.mark.parametrize("topic", list(rule_tables.TABLES))
def test_a_table_of_rules_is_opened_by_its_link_and_saved_as_pdf(
    bench: Bench, page: HelpPage, topic: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "ask_where", lambda *_words: tmp_path / "rules.pdf")
    page.rules.click()
    page.text.anchorClicked.emit(QUrl(f"help:{topic}"))
    assert "source" in page.text.toPlainText().casefold()
    page.save.click()
    bench.until(lambda: not page.said.isHidden())
    pdf = PdfReader(tmp_path / "rules.pdf")
    printed = "".join(one.extract_text() for one in pdf.pages)
    assert "onfirmed" in printed or (topic == data_review.TOPIC and "no pharmacist yet" in printed)
