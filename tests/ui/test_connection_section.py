"""The connection's settings page: what it asks and when, what it keeps, and how a test of it is shown."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from digmed_desktop.messaging.connection import Check, ConnectionView, Health
from digmed_desktop.ui.pages.settings.connection import ConnectionSection
from digmed_desktop.ui.pages.settings.page import SettingsPage
from tests.mesh.conftest import Authority
from tests.ui.conftest import Bench


@pytest.fixture
def section(bench: Bench) -> ConnectionSection:
    bench.window.go("settings")
    page = bench.window.page("settings")
    assert isinstance(page, SettingsPage)
    made = page.section("connection")
    assert isinstance(made, ConnectionSection)
    bench.until(lambda: made.state.head.text() == "Not set up")
    return made


def fill(section: ConnectionSection, **answers: str) -> None:
    for name, text in answers.items():
        section.fields[f"connection.{name}"].editor.set_answer(text)
    section.environment.edited.emit()


def sentence(section: ConnectionSection, name: str) -> str:
    return section.fields[f"connection.{name}"].sentence


def test_a_test_mesh_is_set_up_and_tested(bench: Bench, section: ConnectionSection) -> None:
    assert section.fields["connection.url"].isHidden()
    fill(section, environment="this-computer")
    assert not section.fields["connection.url"].isHidden()
    bench.qtbot.mouseClick(section.save, Qt.MouseButton.LeftButton)
    bench.until(lambda: bool(sentence(section, "mailbox")))
    assert all(sentence(section, name) for name in ("url", "mailbox", "password", "shared_key"))
    answers = {"url": "http://127.0.0.1:9", "mailbox": "X9TESTOT001", "password": "word", "shared_key": "key"}
    fill(section, **answers)
    bench.qtbot.mouseClick(section.save, Qt.MouseButton.LeftButton)
    bench.until(lambda: section.state.head.text() == "Test MESH")
    assert section.fields["connection.password"].editor.answer() == ""
    assert "Leave empty" in section.fields["connection.password"].hint.text()
    bench.qtbot.mouseClick(section.test, Qt.MouseButton.LeftButton)
    bench.until(lambda: section.test.isEnabled())
    said = " ".join(label.text() for label in section.results.findChildren(QLabel))
    assert "✗ MESH" in said
    assert "cannot be reached" in said


def test_live_asks_for_the_word(bench: Bench, section: ConnectionSection) -> None:
    assert section.live_notice.isHidden()
    fill(section, environment="live", mailbox="X9TESTOT001", password="word", shared_key="key")
    assert not section.live_notice.isHidden()
    assert not section.fields["connection.live_word"].isHidden()
    bench.qtbot.mouseClick(section.save, Qt.MouseButton.LeftButton)
    bench.until(lambda: bool(sentence(section, "live_word")))
    assert "certificate" in sentence(section, "certificate_file")
    assert section.state.head.text() == "Not set up"
    assert section.fields["connection.mailbox"].editor.answer() == "X9TESTOT001"


def test_a_wrong_certificate_is_told_at_its_field(
    bench: Bench, section: ConnectionSection, tmp_path: Path
) -> None:
    (tmp_path / "letter.pem").write_text("Dear pharmacy,")
    fill(section, environment="integration", certificate_file=str(tmp_path / "letter.pem"))
    bench.qtbot.mouseClick(section.save, Qt.MouseButton.LeftButton)
    bench.until(lambda: bool(sentence(section, "certificate_file")))
    assert "not a PFX" in sentence(section, "certificate_file")


def test_what_is_typed_stays_when_one_looks_elsewhere(bench: Bench, section: ConnectionSection) -> None:
    fill(section, environment="integration", mailbox="HALF")
    bench.window.go("vaccinate")
    bench.window.go("settings")
    bench.until(lambda: section.isVisible())
    section.show_view(ConnectionView("none"))
    assert section.fields["connection.mailbox"].editor.answer() == "HALF"


def test_practice_mode_shows_and_changes_nothing(section: ConnectionSection) -> None:
    section.show_view(ConnectionView("practice", "X", "http://127.0.0.1:1", fixed=True, strangers=2))
    assert section.save.parentWidget().isHidden()
    assert "2 responses" in section.state.body.text()
    section.show_checks(
        [Check("MESH", Health.GOOD, "It answers."), Check("Clock", Health.LOOK, "Off.", "Set.")]
    )
    said = [label.text() for label in section.results.findChildren(QLabel)]
    assert said == ["✓ MESH", "It answers.", "! Clock", "Off. Set."]


def test_a_root_of_a_test_mesh_is_kept_and_a_certificate_removed(
    bench: Bench, section: ConnectionSection, tmp_path: Path
) -> None:
    fill(section, environment="integration")
    assert section.fields["connection.root_file"].isHidden()
    authority = Authority("Test MESH root")
    made = authority.issue("X9TESTOT001")
    (tmp_path / "root.pem").write_bytes(authority.pem)
    (tmp_path / "mine.pem").write_bytes(made.pem + made.key_pem)
    (tmp_path / "letter.pem").write_text("Dear pharmacy,")
    fill(
        section,
        environment="this-computer",
        url="https://127.0.0.1:9",
        mailbox="X9TESTOT001",
        password="word",
        shared_key="key",
        certificate_file=str(tmp_path / "mine.pem"),
        root_file=str(tmp_path / "letter.pem"),
    )
    bench.qtbot.mouseClick(section.save, Qt.MouseButton.LeftButton)
    bench.until(lambda: bool(sentence(section, "root_file")))
    assert "no certificate in this file" in sentence(section, "root_file")
    fill(section, root_file=str(tmp_path / "root.pem"))
    bench.qtbot.mouseClick(section.save, Qt.MouseButton.LeftButton)
    bench.until(lambda: section.state.head.text() == "Test MESH")
    assert "Leave empty" in section.fields["connection.root_file"].hint.text()
    assert not section.forget.isHidden()
    bench.qtbot.mouseClick(section.forget, Qt.MouseButton.LeftButton)
    bench.until(section.forget.isHidden)
    assert "No certificate" in section.certificate.text()
