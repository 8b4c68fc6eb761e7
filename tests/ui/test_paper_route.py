"""Paper is a route: its own state and list, Print first, nothing red; and once a word about the list of medicines."""

from dataclasses import replace

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.desk.desk import Desk
from digmed_desktop.messaging.states import State
from digmed_desktop.messaging.wording import Tone, words_of
from digmed_desktop.ui.pages.settings.page import SettingsPage
from digmed_desktop.ui.pages.supply import SupplyPage
from digmed_desktop.ui.pages.today import TodayPage
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench


def to_paper(bench: Bench) -> int:
    state = FormState(complete_answers(patient__traced="not-traced"))
    got: list[int | None] = []

    def send(desk: Desk) -> int | None:
        asked = [p for p in desk.preview("vaccination", state).problems if p.needs_reason]
        whole = replace(state, reasons={p.reason_key: "A test." for p in asked})
        return desk.send("vaccination", "paper", whole, 1).notification

    bench.office.ask(send, got.append)
    bench.until(lambda: bool(got))
    assert got[0] is not None
    return got[0]


def test_what_goes_on_paper_has_a_list_of_its_own_and_nothing_red(bench: Bench) -> None:
    made = to_paper(bench)
    assert words_of(State.TO_PAPER).tone is Tone.ACT
    bench.window.go("today")
    page = bench.window.page("today")
    assert isinstance(page, TodayPage)
    bench.until(lambda: page.to_paper.isVisible())
    assert not page.needing.nothing.isHidden()  # it is not among what has failed
    bench.window.open_story(made)
    story = bench.window.story
    bench.until(lambda: bool(story.offers) and "To go on paper" in story.state.head.text())
    assert story.state.head.text() == "To go on paper"
    assert story.paper_button.text() == "Print for the practice"
    assert story.paper_button.property("kind") == "primary"
    story.paper_button.click()
    assert story.paper.print_button.hasFocus()


def test_the_supply_page_says_once_that_no_list_of_medicines_is_imported(bench: Bench) -> None:
    bench.window.go("supply")
    page = bench.window.page("supply")
    assert isinstance(page, SupplyPage)
    bench.until(page.no_list.isVisible)
    bench.window.go("today")
    bench.window.go("supply")
    bench.idle()
    assert not page.no_list.isVisible()


def test_it_leads_to_where_a_list_is_imported(bench: Bench) -> None:
    bench.window.go("supply")
    page = bench.window.page("supply")
    assert isinstance(page, SupplyPage)
    bench.until(page.no_list.isVisible)
    page.import_button.click()
    assert isinstance(bench.window.pages.currentWidget(), SettingsPage)
