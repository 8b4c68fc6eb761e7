"""Today: the page the program opens on; its numbers as text, its pictures in every theme."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from PySide6.QtWidgets import QAbstractButton

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.messaging.figures import DayCount, Doses, SpanCount, WeekDoses
from digmed_desktop.messaging.states import State
from digmed_desktop.ui.pages.sent_items import SentPage
from digmed_desktop.ui.pages.today import TodayPage, countdown
from digmed_desktop.ui.pages.today_pictures import (
    days_picture,
    doses_picture,
    group_of,
    spans_picture,
    took,
    weeks_picture,
)
from tests.clinical.examples import FLU, complete_answers
from tests.ui.conftest import Bench


def today(bench: Bench) -> TodayPage:
    bench.window.go("today")
    page = bench.window.page("today")
    assert isinstance(page, TodayPage)
    bench.until(lambda: page._view is not None and page._graphs is not None)
    return page


def test_the_program_opens_on_it(open_bench: Callable[..., Bench]) -> None:
    bench = open_bench()
    bench.window.signing_in.let_in(bench.window.context.people[0])
    bench.until(lambda: isinstance(bench.window.pages.currentWidget(), TodayPage))


def test_what_is_due_is_counted_down_and_leads_to_its_notification(bench: Bench) -> None:
    bench.office.ask(
        lambda desk: desk.send("vaccination", "d1", FormState(complete_answers()), 1), lambda _s: None
    )
    page = today(bench)
    bench.until(lambda: page.due_tile.text().startswith("1 "))
    assert page.waiting_tile.accessibleName() == "1 waiting to go out"
    assert "Wednesday 14 October" in page.title.text()
    assert "Amira Khan" in page.session.text()
    link = next(one for one in page.due.findChildren(QAbstractButton) if "O'NEILL" in one.text())
    assert "Due by the end of Thursday 15 October, in 37 h 5 min." in link.accessibleDescription()
    link.click()
    bench.until(lambda: bench.window.story.isVisible() and bench.window.story.shown == 1)


def test_the_session_line_follows_the_form(bench: Bench) -> None:
    page = today(bench)
    bench.window.go("vaccinate")
    bench.form.fill({"vaccine.product": "ativ", "vaccine.batch": "AB-1234"})
    assert f"{FLU.name} · aTIV, adjuvanted · batch AB-1234 · " in today(bench).session.text()
    bench.form.fill({"vaccine.batch": ""})
    bench.form.strip_changed.emit()
    assert "aTIV, adjuvanted" in page.session.text()
    assert "batch" not in page.session.text()
    bench.form.form.set_answers({"session.programme": "rsv"}, keep_rest=True)
    bench.form.touched("session.programme")
    assert "Flu" not in page.session.text()
    assert "RSV" in page.session.text()


def test_a_number_leads_to_the_list_behind_it(bench: Bench) -> None:
    bench.office.ask(
        lambda desk: desk.send("vaccination", "d1", FormState(complete_answers()), 1), lambda _s: None
    )
    page = today(bench)
    bench.until(lambda: page.due_tile.text().startswith("1 "))
    page.needing_tile.click()
    sent = bench.window.pages.currentWidget()
    assert isinstance(sent, SentPage)
    assert sent.search.only_needing
    bench.until(lambda: sent.empty.isVisible())
    bench.window.go("today")
    page.waiting_tile.click()
    bench.until(lambda: len(sent.model.rows) == 1)


def test_pictures_follow_the_theme_and_say_their_numbers(bench: Bench) -> None:
    bench.office.ask(
        lambda desk: desk.send("vaccination", "d1", FormState(complete_answers()), 1), lambda _s: None
    )
    page = today(bench)
    bench.until(lambda: all(card.picture is not None for card in page.pictures))
    weeks, days, spans, doses = page.pictures
    bench.until(lambda: days.plot is not None)
    assert days.told.text() == "Wed 14 Oct: 1 on its way."
    assert weeks.told.text() == "In all 1, a year before 0. Weeks from Monday. 12 Oct: 1, a year before 0."
    assert "AB-1234 1" in doses.told.text()
    assert spans.told.text() == "None matched in the last two weeks."
    assert spans.plot is None  # nothing to draw
    for theme in ("dark", "high-contrast", "light"):
        bench.window.context.appearance.set(theme)
        plot = days.plot
        assert plot is not None
        assert plot.accessibleDescription() == days.told.text()
        ground = plot.backgroundBrush().color().name()  # type: ignore[attr-defined]
        assert ground == bench.window.context.appearance.theme["surface"]


def test_it_says_that_the_recovery_phrase_is_not_on_paper(bench: Bench) -> None:
    page = today(bench)
    bench.until(page.backup_row.isVisible)
    assert "Write down your recovery phrase" in page.backup.body.text()
    page.backup_button.click()
    bench.until(lambda: bench.window.page("settings").isVisible())


def test_the_pictures_as_data() -> None:
    day = date(2026, 10, 14)
    picture = days_picture([DayCount(day, State.MATCHED, 3), DayCount(day, State.REJECTED, 1)], day)
    assert picture.told == "Wed 14 Oct: 3 done, 1 action needed."
    assert picture.labels[-1] == "We\n14"
    many = [Doses("Vaccine", f"B{n}", 1) for n in range(60)]
    bars = doses_picture(many)
    assert sum(bars.series[0].values) == 60
    assert bars.told.endswith("and 20 more batches.")
    short = doses_picture([Doses("A long name", "B1", 2)], {"A long name": "Short"})
    assert (short.labels, short.told) == (("Short, B1",), "A long name: B1 2.")
    assert spans_picture([SpanCount("within 15 minutes", 2)]).told == "within 15 minutes: 2."
    half = spans_picture([SpanCount("within 15 minutes", 2)], timedelta(minutes=12))
    assert half.told == "Half within 12 minutes. within 15 minutes: 2."
    assert [took(timedelta(minutes=n)) for n in (0, 59, 60, 3000)] == [
        "1 minute",
        "59 minutes",
        "1 hour",
        "2 days",
    ]
    weeks = weeks_picture([WeekDoses(date(2026, 10, 5), 3, 4), WeekDoses(date(2026, 10, 12), 0, 0)])
    assert weeks.told == "In all 3, a year before 4. Weeks from Monday. 5 Oct: 3, a year before 4."
    assert [one.values for one in weeks.series] == [(4, 0), (3, 0)]
    assert {group_of(state) for state in State} == {
        "Done",
        "On its way",
        "Action needed",
        "Closed without sending",
    }


def test_the_countdown_in_words() -> None:
    now = datetime(2026, 10, 14, 10, tzinfo=UTC)
    for left, said in (
        (timedelta(minutes=26), "in 26 min"),
        (timedelta(hours=5, minutes=3), "in 5 h 3 min"),
        (timedelta(days=3), "in 3 days"),
        (timedelta(minutes=-1), "the day is over"),
    ):
        assert countdown(now + left, now) == said
