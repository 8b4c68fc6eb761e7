"""Stops and warnings over a form: stops first, two at length, the others in one line each, all counted alike."""

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget
from pytestqt.qtbot import QtBot

from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.tour.player import pause
from digmed_desktop.ui.forms.alerts import MOST_AT_LENGTH, Alert, Alerts
from digmed_desktop.ui.forms.form_view import SEE_WARNING
from digmed_desktop.ui.patient_banner import PatientBanner
from digmed_desktop.ui.preview import preview_pane
from digmed_desktop.ui.widgets.problem_summary import LinkButton
from digmed_desktop.ui.widgets.words import Words
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench
from tests.ui.test_law_of_keys import in_sight

WARNINGS = tuple(
    Problem(
        f"screening.{number}", f"Warning number {number} says what is so.", Severity.LOOK, needs_reason=True
    )
    for number in range(5)
)
ADVICE = Problem(
    "screening.advice", "Ask a specialist.", Severity.LOOK, needs_reason=True, needs_adviser=True
)
REFUSAL = Problem("patient.date_of_birth", "Not before the age of 50.", refuses_act=True)
SEVERAL = {"screening.bleeding": "yes", "screening.unwell": "yes", "screening.reaction": "yes"}


def shown(alerts: Alerts) -> list[str]:
    """Return the sentences from top to bottom."""
    return [one.said.text() for one in sorted(alerts.alerts, key=lambda one: one.y())]


def test_stops_come_first_and_all_but_two_take_one_line_each(qtbot: QtBot) -> None:
    alerts = Alerts()
    qtbot.addWidget(alerts)
    alerts.show_warnings((*WARNINGS, ADVICE, REFUSAL), {})
    alerts.resize(640, alerts.heightForWidth(640))
    alerts.show()
    qtbot.waitUntil(alerts.isVisible)
    assert shown(alerts)[:2] == [REFUSAL.sentence, ADVICE.sentence]
    long = [one for one in alerts.alerts if one._buttons.isVisible()]
    assert len(long) == MOST_AT_LENGTH
    assert alerts.more.text() == "5 more"
    brief = [one for one in alerts.alerts if one not in long]
    assert all(one.height() <= 2 * one.fontMetrics().height() for one in brief)
    # of 538 pixels that the form has in the smallest window; the font is that of the test before
    assert alerts.sizeHint().height() <= 330
    taken: list[dict[str, str]] = []
    alerts.reasoned.connect(taken.append)
    brief[-1].begin()
    brief[-1].editor.set_answer("Clinical judgement")
    brief[-1].editor.entered.emit()
    assert taken == [{brief[-1].problem.reason_key: "Clinical judgement"}]
    assert shown(alerts)[-1] == brief[-1].problem.sentence


def test_a_warning_offers_that_it_does_not_go_ahead(bench: Bench) -> None:
    bench.form.fill({**complete_answers(), **SEVERAL, "vaccine.outcome": "", "vaccine.site": ""})
    bench.idle()
    first = bench.form.alerts.alerts[0]
    bench.form.form.verticalScrollBar().setValue(0)
    assert first.decline.isVisible()
    QTest.mouseClick(first.decline, Qt.MouseButton.LeftButton)
    assert bench.form.form.answers()["vaccine.outcome"] == "not-given"
    bench.idle()
    assert not any(one.decline.isVisible() for one in bench.form.alerts.alerts)


def test_banner_tab_and_check_count_the_same_warnings(bench: Bench) -> None:
    bench.form.fill({**complete_answers(), **SEVERAL, "allergies.status": "not-available"})
    bench.idle()
    bench.form.check_now()
    bench.until(bench.window.check.isVisible)
    looks = [p for p in bench.form.preview.preview.problems if p.severity is Severity.LOOK]
    pane = bench.form.preview
    assert pane.tabs.tabText(pane.tabs.indexOf(pane.lists[preview_pane.WARNINGS])) == f"Warnings {len(looks)}"
    assert f"{len(looks)} warning" in bench.window.patient.alert.text()
    page = bench.window.check._scroll.widget()
    assert sum(frame.property("tone") in ("look", "stop") for frame in page.children()) >= len(looks)


def test_every_tab_of_the_pane_has_room_in_the_smallest_window(bench: Bench) -> None:
    bench.form.form.tell_all()
    bench.idle()
    bar = bench.form.preview.tabs.tabBar()
    last = bar.count() - 1
    assert bench.form.preview.isVisible()
    assert bar.tabRect(last).right() <= bench.form.preview.tabs.width()
    assert bar.tabRect(0).left() >= 0


def test_large_text_still_says_sex_and_what_is_known_of_allergies(bench: Bench) -> None:
    bench.window.context.appearance.set("high-contrast", 200)
    try:
        bench.form.fill({**complete_answers(), "allergies.status": "none-known"})
        bench.idle()
        banner = bench.window.findChild(PatientBanner)
        assert banner is not None
        said = [value.text() for holder, _label, value in banner._facts if holder.isVisible()]
        assert {"Allergies: None known", "Female"} <= set(said)
        assert any(one.startswith("Born ") for one in said)
    finally:
        bench.window.context.appearance.set("light", 100)


def test_each_key_stands_at_one_warning_only(qtbot: QtBot) -> None:
    alerts = Alerts()
    qtbot.addWidget(alerts)
    alerts.show_warnings(WARNINGS, {})
    alerts.offer_not_given(offered=True)
    alerts.resize(640, 640)
    alerts.show()
    qtbot.waitUntil(alerts.isVisible)
    keys = [one.text() for one in alerts.findChildren(Words) if one.isVisible() and one.text()[:4] == "Alt+"]
    assert sorted(keys) == ["Alt+0", "Alt+R"]
    alerts.first_open()
    first = next(one for one in alerts.alerts if one._ask_key.isVisible() or not one.field.isHidden())
    assert first.problem is WARNINGS[0]
    alerts.show_warnings(WARNINGS, {WARNINGS[0].reason_key: "Clinical judgement"})
    assert [one.problem for one in alerts.alerts if not one._ask_key.isHidden()] == [WARNINGS[1]]


def test_what_is_said_with_a_warning_stands_in_it_with_its_question(bench: Bench) -> None:
    """One warning for a second dose on form and Check, whatever the answers say of the first."""
    bench.form.fill({**complete_answers(), "previous.finding": "dose-seen", "screening.already": "yes"})
    bench.idle()
    about = [one for one in bench.form.alerts.alerts if one.problem.concern]
    assert len(about) == 1
    lines = about[0].facts.text().splitlines()
    assert lines
    assert all(": " in line for line in lines)
    bench.form.check_now()
    bench.until(bench.window.check.isVisible)
    page = bench.window.check._scroll.widget()
    assert page is not None
    said = [words.text() for words in page.findChildren(Words)]
    assert [line for line in lines if said.count(line) != 1] == []
    assert len(bench.window.check._warnings) == len(bench.form.alerts.alerts)


@pytest.mark.parametrize("percent", [100, 200])
def test_a_warning_is_read_without_scrolling_wherever_the_cursor_is(
    open_bench: Callable[..., Bench], percent: int
) -> None:
    """At 1280 by 720, also at twice the size of text: its words, whole, and the cursor's question beside them."""
    bench = open_bench(text_percent=percent)
    bench.sign_in()
    bench.form.fill({**complete_answers(), **SEVERAL, "vaccine.outcome": "", "vaccine.site": ""})
    bench.idle()
    form = bench.form
    first = form.alerts.alerts[0].problem.sentence
    about = {alert.problem.field: alert.problem.sentence for alert in form.alerts.alerts}
    assert (bench.window.width(), bench.window.height()) == (1280, 720)
    for question in ("previous.finding", "screening.unwell", "consent.to_treatment", "vaccine.outcome"):
        form.focus_field(question)
        sentence = about.get(question, first)  # of the question at the cursor, else of the first one
        bench.until(
            partial(said_in_sight, form, sentence), 20_000, what=f"the warning with the cursor in {question}"
        )
        here = QApplication.focusWidget()
        assert here is not None, question
        assert form.form.fields[question].isAncestorOf(here), question
        assert in_sight(here), question
    above = sum(
        part.height() for part in (bench.window.strip, bench.window.patient, form.warning, form.footer)
    )
    assert above < bench.window.height() / 2
    form.give_reasons({p.reason_key: "Clinical judgement" for p in form.preview.preview.problems})
    form.refresh()
    bench.until(form.warning.isHidden, 20_000)


def said_in_sight(form: QWidget, sentence: str) -> bool:
    """Whether a sentence is to be read somewhere on a form, whole, without scrolling."""
    return any(words.text() == sentence and wholly_in_sight(words) for words in form.findChildren(Words))


def wholly_in_sight(widget: QWidget) -> bool:
    """Whether all of a widget is to be seen through all that scrolls around it."""
    shown = QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, QAbstractScrollArea):
            port = around.viewport()
            if not QRect(port.mapTo(port.window(), QPoint(0, 0)), port.size()).contains(shown):
                return False
        around = around.parentWidget()
    return widget.isVisible()


def test_a_warning_is_said_in_full_once_and_pointed_to_at_its_question_and_in_its_tab(bench: Bench) -> None:
    bench.form.fill({**complete_answers(), **SEVERAL, "vaccine.outcome": "", "vaccine.site": ""})
    bench.idle()
    form, pane = bench.form, bench.form.preview
    pane.tabs.setCurrentWidget(pane.lists[preview_pane.WARNINGS])
    lines = [line.text() for line in pane.lists[preview_pane.WARNINGS].findChildren(LinkButton)]
    for alert in form.alerts.alerts:
        asked = form.form.fields[alert.problem.field]
        if not asked.isVisible():
            continue
        said = [words.text() for words in form.findChildren(Words) if not words.isHidden()] + lines
        assert said.count(alert.problem.sentence) == 1, alert.problem.field
        assert asked.sentence == SEE_WARNING
        assert alert.problem.sentence in asked.editor.parts()[0].accessibleDescription(), "it is read out"
        assert asked.label_text in lines
    form.form.verticalScrollBar().setValue(form.form.verticalScrollBar().maximum())
    for alert in form.alerts.alerts:
        form.focus_field(alert.problem.field)
        bench.until(
            lambda of=alert: form.warning.accessibleName() == of.problem.sentence or bool(shown_whole(of))
        )


def shown_whole(alert: Alert) -> bool:
    return wholly_in_sight(alert.said)


@pytest.mark.parametrize("percent", [100, 200])
def test_the_words_of_a_warning_half_scrolled_out_stand_once(
    open_bench: Callable[..., Bench], percent: int
) -> None:
    bench = open_bench(text_percent=percent)
    bench.sign_in()
    bench.form.fill({**complete_answers(), **SEVERAL, "vaccine.outcome": "", "vaccine.site": ""})
    bench.idle()
    form, bar = bench.form, bench.form.form.verticalScrollBar()
    first = form.alerts.alerts[0].said
    seen_half = False
    for place in range(0, first.mapTo(form.form.widget() or form, QPoint(0, 0)).y() + first.height(), 3):
        bar.setValue(place)
        pause(5)
        half = bool(first.visibleRegion().boundingRect().height()) and not wholly_in_sight(first)
        said = [one for one in (first, form.warning.said) if one.visibleRegion().boundingRect().height()]
        assert len(said) <= 1, f"scrolled by {place}: the same words stand twice"
        seen_half |= half or form.warning.isVisible()
    assert seen_half
    bar.setValue(0)
    bench.until(lambda: wholly_in_sight(first))
