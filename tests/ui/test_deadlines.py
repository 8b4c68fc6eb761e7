"""The deadlines are chosen in the settings, and the window goes by them at once."""

from digmed_desktop.messaging.duty import Duty
from digmed_desktop.ui.pages.settings.deadlines import DeadlinesSection
from digmed_desktop.ui.pages.settings.page import SettingsPage
from tests.ui.conftest import Bench


def test_what_is_chosen_holds_at_once(bench: Bench) -> None:
    bench.window.go("settings")
    page = bench.window.page("settings")
    assert isinstance(page, SettingsPage)
    section = page.section("deadlines")
    assert isinstance(section, DeadlinesSection)
    section.arrive()
    assert (section.amber.answer(), section.late.answer(), section.answer.answer()) == ("12", "24", "5")
    assert section.late.line.text() == "the end of the day"
    for editor, answer in ((section.amber, "9"), (section.late, "17"), (section.answer, "2")):
        editor.set_answer(answer)
        editor.edited.emit()
    bench.until(lambda: bench.window.context.duty() == Duty(9, 17, 2))

    section.late.line.setText("half past")  # not a choice yet: nothing changes, and nothing breaks
    section.late.edited.emit()
    bench.idle()
    assert bench.window.context.duty() == Duty(9, 17, 2)
