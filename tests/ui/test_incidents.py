"""Incidents in the window: from a form, a record or the rail; steps ticked off; Today lists them; nothing typed is lost."""

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from digmed_desktop.tour.player import pause
from digmed_desktop.ui.context import IncidentStart
from digmed_desktop.ui.pages.incident_offer import IncidentOffer
from digmed_desktop.ui.pages.incidents import BEGUN, IncidentsPage
from digmed_desktop.ui.pages.story import StoryPage
from digmed_desktop.ui.pages.today import TodayPage
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench
from tests.ui.test_story import story

__all__ = ["story"]


def page_of(bench: Bench) -> IncidentsPage:
    bench.window.go("incidents")
    page = bench.window.page("incidents")
    assert isinstance(page, IncidentsPage)
    bench.until(lambda: page._view is not None)
    return page


def press(inside: QWidget, name: str) -> None:
    found = [
        one
        for one in inside.findChildren(QPushButton)
        if one.accessibleName().startswith(name) and not one.isHidden()
    ]
    found[-1].click()


def words(page: QWidget) -> str:
    return " ".join(one.text() for one in page.findChildren(QLabel))


def fill(page: IncidentsPage, kind: str, what: str, **more: str) -> None:
    answers = {"kind": kind, "what": what, "date": "14/10/2026", **more}
    for key, text in answers.items():
        page.fields[f"logged.{key}"].editor.set_answer(text)
    page._follow_kind()


def test_an_incident_is_recorded_settled_step_by_step_closed_and_leaves_today(bench: Bench) -> None:
    page = page_of(bench)
    page.record.click()
    bench.until(lambda: bool(page.fields["logged.kind"].sentence))
    fill(page, "needle-stick", "Pricked while recapping.", person="Amira Khan")
    assert page.person.label.text() == "The person who was hurt"
    page.record.click()
    bench.until(lambda: page.shown.view is not None)
    assert page.fields["logged.what"].editor.answer() == ""
    assert page.shown.view is not None
    steps = page.shown.view.left
    assert "no source read" not in page.shown.view.steps[0].standing
    bench.window.go("today")
    today = bench.window.page("today")
    assert isinstance(today, TodayPage)
    bench.until(lambda: not today.incidents.isHidden())
    press(today.incidents, "Open Incident 1")
    bench.until(page.isVisible)
    press(page.shown, "Not needed … ")
    page.shown.panel.go.click()
    bench.until(lambda: "few words" in page.shown.panel.field.sentence)
    page.shown.panel.words.set_answer("Known source")
    page.shown.panel.go.click()
    bench.until(lambda: page.shown.view is not None and page.shown.view.left == steps - 1)
    assert page.shown.panel.isHidden()
    press(page.shown, "Close …")
    page.shown.panel.words.set_answer("Nothing came of it")
    page.shown.panel.go.click()
    bench.until(lambda: "not settled" in page.shown.panel.field.sentence)
    assert page.shown.panel.words.answer() == "Nothing came of it", "what is typed stays"
    for left in range(steps - 2, -1, -1):
        todo = next(one for one in page.shown.view.steps if one.done is None)
        press(page.shown, f"Done … {todo.what}")
        page.shown.panel.go.click()
        bench.until(lambda n=left: page.shown.view is not None and page.shown.view.left == n)
    press(page.shown, "Close …")
    page.shown.panel.words.set_answer("Nothing came of it")
    page.shown.panel.go.click()
    bench.until(lambda: page.shown.standing.text() == "Closed")
    bench.window.go("today")
    bench.until(today.incidents.isHidden)


def test_a_reaction_on_the_form_offers_an_incident_with_what_the_form_says(bench: Bench) -> None:
    form = bench.form
    known = {**complete_answers(), "after.adverse": "observed"}
    for key in ("vaccine.outcome", "after.adverse", "patient.given", "patient.family", "vaccine.batch"):
        form.form.fields[key].editor.set_answer(known[key])
    form.form.fields["after.adverse_note"].editor.set_answer("Hives on both arms")
    (offer,) = form.findChildren(IncidentOffer)
    before = form.form.answers()
    offer.begin.click()
    page = bench.window.page("incidents")
    assert isinstance(page, IncidentsPage)
    bench.until(page.isVisible)
    assert page.fields["logged.what"].editor.answer() == "Hives on both arms"
    assert complete_answers()["patient.family"] in page.fields["logged.person"].editor.answer()
    assert form.form.answers() == before
    page.begin(IncidentStart(answers={"logged.what": "Another one"}))
    assert page.fields["logged.what"].editor.answer() == "Hives on both arms", "nothing typed is lost"
    assert page.said.body.text() == BEGUN


def test_a_fridge_incident_lists_who_had_its_batch_on_its_own_page(bench: Bench) -> None:
    page = page_of(bench)
    fill(page, "fridge", "Door open over night.", batches="COLD-1, COLD-2")
    assert page.person.label.text() == "Person (optional)"
    page.record.click()
    bench.until(lambda: page.shown.view is not None)
    press(page.shown, "Who had COLD-2")
    bench.until(lambda: not page.batch.isHidden())
    assert "given batch COLD-2" in page.batch.said.text()
    assert "COLD-1: not in the stock" in words(page.shown)


def test_an_incident_begun_from_a_record_is_linked_to_it(bench: Bench, story: StoryPage) -> None:
    (number,) = (one.id for one in bench.rows())
    bench.window.context.navigate.to_incident.emit(IncidentStart(notification=number))
    page = bench.window.page("incidents")
    assert isinstance(page, IncidentsPage)
    bench.until(lambda: bool(page.fields["logged.person"].editor.answer()))
    assert not page.about.isHidden()
    page.fields["logged.kind"].editor.set_answer("anaphylaxis")
    page.fields["logged.what"].editor.set_answer("Wheeze")
    page.record.click()
    bench.until(lambda: page.shown.view is not None)
    assert page.shown.view is not None
    assert page.shown.view.incident.notification == number
    bench.window.context.navigate.to_notification.emit(number)
    bench.until(lambda: story.isVisible() and "steps to take" in words(story.incidents))
    assert not page.isVisible()
    press(story.incidents, "Open Incident 1")
    bench.until(page.isVisible)
    assert page.shown.view.id == 1


def test_what_is_asked_of_a_step_stands_under_that_step(bench: Bench) -> None:
    page = page_of(bench)
    fill(page, "needle-stick", "Pricked while recapping.", person="Amira Khan")
    page.record.click()
    bench.until(lambda: page.shown.view is not None)
    assert page.shown.view is not None
    bench.idle()
    for step in (page.shown.view.steps[0], page.shown.view.steps[-2]):
        asking = next(
            one
            for one in page.shown.findChildren(QPushButton)
            if one.accessibleName() == f"Done … {step.what}" and not one.isHidden()
        )
        asking.click()
        pause(60)
        panel, row = page.shown.panel, asking.mapToGlobal(QPoint(0, asking.height()))
        top = panel.mapToGlobal(QPoint(0, 0)).y()
        others = [
            one.mapToGlobal(QPoint(0, 0)).y()
            for one in page.shown.findChildren(QPushButton)
            if one.accessibleName().startswith("Done … ") and not one.isHidden() and one is not asking
        ]
        assert top >= row.y()
        assert not [y for y in others if row.y() < y < top], "another step stands between"
        assert panel.words.box.hasFocus()
        assert panel.visibleRegion().boundingRect().height() == panel.height(), "all of it is in view"
        panel.words.set_answer("Spoke to A and E")
    panel.go.click()
    bench.until(lambda: panel.isHidden())
    press(page.shown, "Add a note …")
    assert panel.isVisible()
