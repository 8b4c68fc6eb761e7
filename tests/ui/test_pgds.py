"""The page of patient group directions, by keyboard, and what Today says of those that lapse."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from digmed_desktop.clinical.pgd import Direction
from digmed_desktop.ui.pages.pgds import EMPTY, OFF, ON, PgdPage
from digmed_desktop.ui.pages.today import TodayPage
from tests.ui.conftest import Bench


def page_of(bench: Bench) -> PgdPage:
    bench.key(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    bench.idle()
    page = bench.window.page("pgds")
    assert isinstance(page, PgdPage)
    return page


def directions(bench: Bench) -> tuple[Direction, ...]:
    found: list[tuple[Direction, ...]] = []
    bench.office.ask(lambda desk: desk.pgds.view().register.directions, found.append)
    bench.until(lambda: bool(found))
    return found[0]


def enter_by_keys(bench: Bench, page: PgdPage, last: str) -> None:
    page.focus_field("pgd.name")
    bench.keys("Flu 2026/27")
    for name, answer in (
        ("version", "1.0"),
        ("programme", "Seasonal influenza"),
        ("valid_from", "1/9/2026"),
        ("valid_to", last),
    ):
        for part in answer.split("/") if name.startswith("valid") else [answer]:
            bench.key(Qt.Key.Key_Tab)
            assert page.fields[f"pgd.{name}"].isAncestorOf(bench.focused())
            bench.keys(part)
            opens = name == "programme"
            assert (QApplication.activePopupWidget() is not None) is opens, "a list closes with its question"
    page.enter.setFocus()
    bench.key(Qt.Key.Key_Space)
    bench.idle()


def test_a_direction_is_switched_on_entered_and_signed_by_keyboard(bench: Bench) -> None:
    page = page_of(bench)
    assert page.standing.body.text() == OFF
    page.switch.setFocus()
    bench.key(Qt.Key.Key_Space)
    bench.until(lambda: page.standing.body.text() == EMPTY)
    enter_by_keys(bench, page, "1/3/2027")
    bench.until(lambda: page.standing.body.text() == ON)
    (made,) = directions(bench)
    assert (made.name, made.version, made.programme) == ("Flu 2026/27", "1.0", "influenza")
    assert page.fields["pgd.name"].editor.answer() == ""
    page.fields["pgd.direction"].editor.set_answer(str(made.id))
    page.fields["pgd.person"].editor.set_answer(str(bench.window.context.acting.id))
    page.fields["pgd.signed"].editor.set_answer("1/9/2026")
    page.sign.setFocus()
    bench.key(Qt.Key.Key_Space)
    bench.until(lambda: bool(directions(bench)[0].people))
    assert directions(bench)[0].people[0].signed is not None


def test_what_is_missing_is_said_and_nothing_typed_is_lost(bench: Bench) -> None:
    page = page_of(bench)
    page.focus_field("pgd.name")
    bench.keys("Flu 2026/27")
    page.enter.setFocus()
    bench.key(Qt.Key.Key_Space)
    bench.idle()
    assert page.fields["pgd.name"].editor.answer() == "Flu 2026/27"
    assert directions(bench) == ()


def test_today_says_which_lapses_soon_and_leads_to_the_register(bench: Bench) -> None:
    page = page_of(bench)
    today = bench.window.page("today")
    assert isinstance(today, TodayPage)
    assert today.lapsing_row.isHidden()
    page.switch.click()
    bench.until(lambda: page.switch.text() == "Switch off")
    soon = bench.window.context.now().date()
    page.tell([])
    for name, text in (
        ("name", "Flu 2026/27"),
        ("version", "1.0"),
        ("programme", "influenza"),
        ("valid_from", "1/9/2026"),
        ("valid_to", f"{soon.day}/{soon.month}/{soon.year}"),
    ):
        page.fields[f"pgd.{name}"].editor.set_answer(text)
    page.enter.click()
    bench.until(lambda: bool(directions(bench)))
    bench.window.go("today")
    bench.until(lambda: not today.lapsing_row.isHidden())
    today.lapsing_button.click()
    bench.idle()
    assert bench.window.page("pgds").isVisible()
