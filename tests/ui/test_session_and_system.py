"""What the computer does around the window: it is locked, its session ends, it asks for contrast and large text."""

import ctypes
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ctypes import wintypes
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from digmed_desktop import resources
from digmed_desktop.history.store import Store
from digmed_desktop.ui import fonts, system_look
from digmed_desktop.ui.pages import today
from digmed_desktop.ui.pages.people import FirstRunPage
from digmed_desktop.ui.session_watch import WM_WTSSESSION_CHANGE, WTS_SESSION_LOCK, SessionWatch
from digmed_desktop.ui.theme import Appearance
from tests.ui.conftest import Bench


def _message(number: int, word: int) -> wintypes.MSG:
    made = wintypes.MSG()
    made.message, made.wParam = number, word
    return made


def test_the_window_is_locked_with_the_computer_and_only_then(qapp: QApplication) -> None:
    locked: list[int] = []
    watch = SessionWatch(qapp, lambda: locked.append(1), lambda: None)
    try:
        for kind, number, word in (
            (b"windows_generic_MSG", WM_WTSSESSION_CHANGE, WTS_SESSION_LOCK + 1),  # unlocked
            (b"windows_generic_MSG", WM_WTSSESSION_CHANGE + 1, WTS_SESSION_LOCK),
            (b"xcb_generic_event_t", WM_WTSSESSION_CHANGE, WTS_SESSION_LOCK),
        ):
            said = _message(number, word)
            assert watch.nativeEventFilter(kind, ctypes.addressof(said)) == (False, 0)
        assert locked == []
        said = _message(WM_WTSSESSION_CHANGE, WTS_SESSION_LOCK)
        assert watch.nativeEventFilter(b"windows_generic_MSG", ctypes.addressof(said)) == (False, 0)
        assert locked == [1]
    finally:
        qapp.removeNativeEventFilter(watch)


def test_what_is_typed_is_in_the_records_when_the_session_may_end(bench: Bench) -> None:
    bench.form.fill({"patient.family": "Fennimore"})
    bench.window.keep_typed()  # returns only once it is written
    bench.office.close()

    def kept() -> list[str]:
        store = Store.open(bench.folder / "history.db", b"k" * 32, bench.clock)
        try:
            return [draft.state.answers["patient.family"] for draft in store.drafts.all()]
        finally:
            store.close()

    with ThreadPoolExecutor() as another_thread:
        assert another_thread.submit(kept).result() == ["Fennimore"]


@dataclass
class _Hints:
    """What a system asks for; no test can change the real one's."""

    contrast: Qt.ContrastPreference
    scheme: Qt.ColorScheme

    def accessibility(self) -> "_Hints":
        return self

    def contrastPreference(self) -> Qt.ContrastPreference:  # noqa: N802 - Qt's own name
        return self.contrast

    def colorScheme(self) -> Qt.ColorScheme:  # noqa: N802 - Qt's own name
        return self.scheme


@pytest.mark.parametrize("scheme", [Qt.ColorScheme.Light, Qt.ColorScheme.Dark])
def test_a_contrast_theme_of_the_system_comes_before_light_and_dark(scheme: Qt.ColorScheme) -> None:
    high, none = Qt.ContrastPreference.HighContrast, Qt.ContrastPreference.NoPreference
    assert system_look.name_of(_Hints(high, scheme)) == "high-contrast"  # type: ignore[arg-type]
    assert system_look.name_of(_Hints(none, scheme)) in {"light", "dark"}  # type: ignore[arg-type]


def test_text_is_as_large_as_the_setting_or_the_system_asks(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = QFont(qapp.font())
    try:
        monkeypatch.setattr(system_look, "text_percent", lambda: 150)
        Appearance(qapp, "light", 100, fonts.FAMILY)
        assert qapp.font().pointSizeF() == pytest.approx(10.5 * 1.5)
        Appearance(qapp, "light", 200, fonts.FAMILY)
        assert qapp.font().pointSizeF() == pytest.approx(10.5 * 2)
    finally:
        qapp.setFont(before)


def test_paper_has_the_programs_own_typeface_when_only_the_system_has_fonts() -> None:
    """In a process of its own: the tests themselves add the fonts."""
    code = (
        "from PySide6.QtGui import QFont, QFontInfo; from PySide6.QtWidgets import QApplication; import sys\n"
        "app = QApplication([]); from digmed_desktop.ui import printing, fonts\n"
        "print(QFontInfo(QFont(fonts.family())).family())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == fonts.FAMILY


def test_the_program_has_an_icon_that_can_be_drawn(qapp: QApplication) -> None:
    from digmed_desktop.ui.application import make_application

    assert not make_application().windowIcon().pixmap(32, 32).isNull()
    assert Path(resources.path("icons/digmed.svg")).is_file()


def test_pictures_that_cannot_be_drawn_are_told_and_their_numbers_stay(
    open_bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> object:
        raise ImportError("no library")

    monkeypatch.setattr(today, "_load_numpy", fail)
    bench = open_bench()
    bench.sign_in()
    bench.window.go("today")
    page = bench.window.page("today")
    assert isinstance(page, today.TodayPage)
    bench.until(lambda: page._view is not None and page.pictures[0].undrawable.isVisibleTo(page))
    assert all(card.told.text() for card in page.pictures)
    assert bench.failures == []


@pytest.mark.parametrize("elsewhere", ["", "Records of DigMed Desktop are kept in another account: till1."])
def test_whoever_sets_up_sees_which_account_has_records_already(
    open_bench: Callable[..., Bench], elsewhere: str
) -> None:
    bench = open_bench(set_up=False)
    bench.window.context.elsewhere = elsewhere
    page = FirstRunPage(bench.window.context)
    bench.qtbot.addWidget(page)
    assert page.elsewhere.isHidden() is not bool(elsewhere)
    assert page.elsewhere.body.text() == elsewhere
