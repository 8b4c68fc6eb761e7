"""The banner shows long values whole, in the width there is."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from digmed_desktop.ui.patient_banner import BannerView, PatientBanner
from digmed_desktop.ui.theme import sized
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench
from tests.ui.test_acts_that_end_late import opened

LEAST_WINDOW = 900
AGENTS = ", ".join(f"Phenoxymethylpenicillin {number}" for number in range(12))
LONG = [("Allergies", f"⚠ {AGENTS}"), ("GP practice", "Overtown " * 20), ("Allergies", "A" * 150)]


@pytest.mark.parametrize("factor", [1.0, 2.0])
@pytest.mark.parametrize("fact", LONG)
def test_a_long_value_wraps_and_is_seen_whole(qtbot: QtBot, fact: tuple[str, str], factor: float) -> None:
    before = QApplication.font()
    QApplication.setFont(sized(before, factor))
    try:
        banner = PatientBanner()
        qtbot.addWidget(banner)
        banner.show_view(BannerView("Ada " + "B" * 70, (("Born", "01 Jan 2010 (16 years)"), fact)))
        banner.show()
        assert banner.minimumSizeHint().width() <= LEAST_WINDOW
        banner.resize(LEAST_WINDOW, banner.heightForWidth(LEAST_WINDOW))
        QApplication.processEvents()
        for words in (banner.name, *(value for holder, _label, value in banner._facts if holder.isVisible())):
            assert words.heightForWidth(words.width()) <= words.height() or not words.wordWrap()
            assert words.wordWrap() or words.sizeHint().width() <= words.width()
            assert words.mapTo(banner, words.rect().bottomRight()).y() <= banner.height()
            assert words.mapTo(banner, words.rect().bottomRight()).x() <= banner.width()
    finally:
        QApplication.setFont(before)


def test_long_values_leave_the_check_page_as_wide_as_it_was(bench: Bench) -> None:
    """Carried values and answers of one long word, at the least width: the warnings at the left stay in view."""
    long = {"session.location_detail": "L" * 150, "vaccine.batch": "B" * 150, "after.notes": "N" * 150}
    bench.form.fill({**complete_answers(), **long})
    bench.form.carried |= set(long)
    bench.idle()
    bench.window.sending.show_check(bench.form, bench.form.preview.preview)
    check = bench.window.check
    page = check._scroll.widget()
    assert page is not None
    assert page.minimumSizeHint().width() <= LEAST_WINDOW
    assert check.confirming is not None
    assert check.confirming.minimumSizeHint().width() <= LEAST_WINDOW - 48


def test_many_allergies_leave_the_window_as_wide_as_it_was(bench: Bench) -> None:
    entries = "\n".join(f"Phenoxymethylpenicillin {number}" for number in range(12))
    recorded = {"allergies.status": "recorded", "allergies.entries": entries}
    bench.form.fill({**complete_answers(), **recorded})
    bench.idle()
    assert bench.window.minimumSizeHint().width() <= LEAST_WINDOW


def test_long_values_leave_form_check_and_story_narrow_at_twice_the_size_of_text(bench: Bench) -> None:
    entries = "\n".join(f"{'Phenoxymethyl' * 4}penicillin {number}" for number in range(12))
    long = {
        "patient.given": "Rose" + "a" * 31,
        "patient.family": "O'Neill" + "b" * 28,
        "practice.name": "Overtown " * 8 + "c" * 60,
        "allergies.status": "recorded",
        "allergies.entries": entries,
        "screening.bleeding": "yes",
        "screening.note": "d" * 150,
    }
    bench.window.context.appearance.set("light", 200)
    try:
        bench.form.fill({**complete_answers(), **long})
        bench.idle()
        assert bench.window.minimumSizeHint().width() <= LEAST_WINDOW
        assert bench.form.form.widget().minimumSizeHint().width() <= LEAST_WINDOW
        bench.form.give_reasons({p.reason_key: "e" * 150 for p in bench.form.preview.preview.problems})
        bench.form.check_now()
        bench.until(bench.window.check.isVisible)
        page = bench.window.check._scroll.widget()
        assert page is not None
        assert page.minimumSizeHint().width() <= bench.window.check._scroll.viewport().width()
        assert bench.window.minimumSizeHint().width() <= LEAST_WINDOW
        assert bench.window.check.send_button.isEnabled()
        bench.window.check.send_button.click()
        bench.until(bench.window.toast.isVisible)
        opened(bench, bench.rows()[0].id)
        assert bench.window.minimumSizeHint().width() <= LEAST_WINDOW
    finally:
        bench.window.context.appearance.set("light", 100)
