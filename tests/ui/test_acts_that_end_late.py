"""An act that ends late acts on no other page, and what is half typed stays with its notification."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import Qt

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.desk.views.general import DraftView
from digmed_desktop.desk.views.sent import Act
from digmed_desktop.ui.context import FormStart
from digmed_desktop.ui.pages.story import StoryPage
from tests.clinical.examples import complete_answers
from tests.clinical.supply_examples import complete_answers as supply_answers
from tests.ui.conftest import Bench
from tests.ui.test_register_page import TODAY, open_register, supplied


@contextmanager
def held_up(bench: Bench) -> Iterator[None]:
    """Let the records answer nothing meanwhile, as on a slow disk."""
    gate = threading.Event()
    bench.office.ask(lambda _desk: gate.wait(30), lambda _none: None)
    try:
        yield
    finally:
        gate.set()
        bench.idle()


@pytest.fixture
def two(bench: Bench) -> tuple[int, int]:
    """Two notifications that were sent."""
    made: list[int] = []
    other = {"patient.nhs_number": "999 000 0018", "patient.given": "Nora", "patient.family": "Quill"}
    for number, changes in (("draft-1", {}), ("draft-2", {**other, "patient.date_of_birth": "1/5/1968"})):
        state = FormState({**complete_answers(), **changes})
        bench.office.ask(
            lambda desk, n=number, s=state: desk.send("vaccination", n, s, 1),
            lambda sent: made.append(sent.notification or 0),
        )
    bench.until(lambda: len(made) == 2)
    assert all(made)
    return made[0], made[1]


def opened(bench: Bench, notification: int) -> StoryPage:
    bench.window.open_story(notification)
    page = bench.window.story
    bench.until(
        lambda: page.view is not None and page.view.story.row.id == notification and bool(page.offers)
    )
    return page


def test_a_correction_that_comes_late_leaves_the_page_in_view(bench: Bench, two: tuple[int, int]) -> None:
    story = opened(bench, two[0])
    story._begin(Act.CORRECT)
    story.panel.words.set_answer("The batch was misread.")
    with held_up(bench):
        story.panel._confirm()
        bench.window.go("stock")
    assert bench.window.page("stock").isVisible()
    assert not bench.form.corrects
    story = opened(bench, two[0])
    story._begin(Act.CORRECT)
    assert story.panel.typed == "The batch was misread."


def test_what_came_of_one_notification_is_not_said_of_another(bench: Bench, two: tuple[int, int]) -> None:
    story = opened(bench, two[0])
    story._begin(Act.NOTE)
    story.panel.words.set_answer("The patient telephoned.")
    story_offers = tuple(story.offers.values())
    with held_up(bench):
        story.panel._confirm()
        story.panel._confirm()  # pressed twice: noted once
        bench.window.open_story(two[1])
        story._offer(two[1], story_offers)
        story._begin(Act.NOTE)
        story.panel.words.set_answer("Half a sen")
    bench.idle()
    assert story.panel.isVisible()
    assert story.panel.typed == "Half a sen"
    assert story.work.said.isHidden()
    events = [event.note for event in opened(bench, two[0]).view.story.events]
    assert events.count("The patient telephoned.") == 1


def test_half_a_reason_is_there_again_with_its_notification(bench: Bench, two: tuple[int, int]) -> None:
    story = opened(bench, two[0])
    story._begin(Act.NOTE)
    story.panel.words.set_answer("Dr Lund said")
    assert story.go_back()
    assert story.panel.isHidden()
    story._begin_paper()
    story.paper.to.set_answer("Reception of")
    story = opened(bench, two[1])
    story._begin(Act.NOTE)
    assert story.panel.typed == ""
    story._begin_paper()
    assert story.paper.to.answer() == ""
    story = opened(bench, two[0])
    story._begin(Act.NOTE)
    assert story.panel.typed == "Dr Lund said"
    story._begin_paper()
    assert story.paper.to.answer() == "Reception of"


def test_one_line_says_that_paper_was_recorded(bench: Bench, two: tuple[int, int]) -> None:
    story = opened(bench, two[0])
    story._begin_paper()
    story.paper.to.set_answer("Overtown Surgery")
    story.paper._gone()
    bench.until(lambda: story.state.head.text() == "Sent on paper")
    bench.idle()
    assert story.work.said.isHidden()
    line = story.timeline
    assert line.isVisible()
    assert line.height() >= line.heightForWidth(line.width())
    assert line.width() <= story.area.viewport().width()


def test_an_amendment_stays_with_the_entry_it_was_typed_for(bench: Bench) -> None:
    for _ in range(2):
        supplied(bench, {**supply_answers(), **TODAY})
    page = open_register(bench, 2)
    page.table.selectRow(0)
    first = page.detail._number
    page.detail.ask_amendment()
    page.detail.text.editor.set_answer("The quantity was")
    page.table.selectRow(1)
    page.detail.ask_amendment()
    assert page.detail.text.editor.answer() == ""
    with held_up(bench):
        page.table.selectRow(0)
        assert page.detail._number == first
        page.detail.text.editor.set_answer("The quantity was 28.")
        page.detail._append_text()
        page.table.selectRow(1)
        page.detail.text.editor.set_answer("Half a sen")
    bench.until(lambda: page.entries[0].number == first and bool(page.entries[0].later))
    assert page.detail.text.editor.answer() == "Half a sen"
    page.table.selectRow(0)
    page.detail.ask_amendment()
    assert page.detail.text.editor.answer() == ""


def test_what_is_typed_before_the_store_answers_is_kept_and_another_name_is_never_said(bench: Bench) -> None:
    bench.sign_in()
    bench.form.begin(FormStart("vaccination", whole=FormState(complete_answers())))
    bench.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    bench.until(bench.window.check.isVisible)
    with held_up(bench):
        bench.key(Qt.Key.Key_F12)
        bench.key(Qt.Key.Key_Escape)
        bench.until(bench.form.isVisible)
        bench.form.focus_field("after.notes")
        bench.keys("typed after")
        bench.form.focus_field("patient.family")
        bench.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        bench.keys("Zimmer")
    bench.until(lambda: bool(bench.rows()))
    bench.idle()
    assert bench.window.toast.head.text() == "Saved: O'NEILL, Rose"
    number, what, goes = bench.window.toast.body.text().split("\n")
    assert (number, what.partition(":")[0]) == ("NHS number 999 012 3020", "Given")
    assert bench.rows()[0].what in what
    assert goes == "It goes to the practice automatically."
    kept: list[DraftView] = []
    bench.office.ask(lambda desk: desk.drafts(), kept.extend)
    bench.until(lambda: bool(kept))
    assert [one.state.answers["after.notes"] for one in kept] == ["typed after"]
    assert "Drafts" in bench.window.banner.notice.accessibleName()
