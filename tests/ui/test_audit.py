"""The audit in the window: a manager finds, pages and checks; it is in order as it was done."""

from PySide6.QtWidgets import QLabel

from digmed_desktop.tour.player import Player
from digmed_desktop.ui.pages.settings.audit import AuditSection
from digmed_desktop.ui.pages.settings.page import SettingsPage
from tests.ui.conftest import Bench


def shown(section: AuditSection) -> str:
    return "\n".join(label.text() for label in section.findChildren(QLabel) if label.isVisible())


def test_a_manager_finds_acts_and_checks_the_seals(bench: Bench) -> None:
    bench.window.go("sent")
    bench.idle()
    bench.window.go("settings")
    settings = bench.window.page("settings")
    assert isinstance(settings, SettingsPage)
    section = settings.section("audit")
    assert isinstance(section, AuditSection)
    section.arrive()
    bench.until(lambda: "Looked through sent items" in shown(section))
    assert "Amira Khan" in shown(section)
    player = Player(bench.window, bench.folder)
    player.fill(section, {"audit.text": "nothing of this kind"})
    player.click(section.find_button)
    bench.until(lambda: "Nothing was found." in shown(section))
    player.click(section.check)
    bench.until(lambda: "seals fit" in section.work.said.body.text())
