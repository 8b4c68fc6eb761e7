"""Room: what matters is in view at 1280x720, in usual and in large text, and the words of a form never move it."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QTableWidget, QTableWidgetItem, QWidget
from pytestqt.qtbot import QtBot

from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.settings.layout_file import WindowLayout
from digmed_desktop.ui.forms.patient_search import MOST_DOSES
from digmed_desktop.ui.pages.register import RegisterPage
from digmed_desktop.ui.pages.stock import StockPage
from digmed_desktop.ui.pages.today import TodayPage
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.buttons import IconButton
from digmed_desktop.ui.widgets.choices import RadioEditor
from digmed_desktop.ui.widgets.editors import TextEditor
from digmed_desktop.ui.widgets.empty_state import EmptyState
from digmed_desktop.ui.widgets.field import LOCKED, Field
from digmed_desktop.ui.widgets.kept_widths import KeptWidths
from digmed_desktop.ui.widgets.words import Words
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench
from tests.ui.look_faults import seen


def is_whole(widget: QWidget) -> bool:
    """Whether all of a widget is in view."""
    return widget.isVisible() and seen(widget, widget.window()).height() >= widget.height()


def ask_to_paper(bench: Bench) -> None:
    """Record somebody without an NHS number, so that the practice gets paper."""
    state = FormState(complete_answers(**{"patient.nhs_number": ""}))

    def record(desk) -> None:
        doubts = (p for p in desk.preview("vaccination", state).problems if p.needs_reason)
        reasons = {doubt.reason_key: "It is a test" for doubt in doubts}
        assert desk.send("vaccination", "on-paper", FormState(state.answers, reasons=reasons), 1).notification

    bench.office.ask(record, lambda _n: None)
    bench.idle()


def test_a_row_of_today_has_its_next_step_as_a_button(bench: Bench) -> None:
    ask_to_paper(bench)
    bench.window.go("today")
    page = bench.window.page("today")
    assert isinstance(page, TodayPage)
    bench.until(page.to_paper.isVisible)
    made = [one for one in page.to_paper.findChildren(IconButton) if one.isVisible()]
    (step,) = [one for one in made if one.text().startswith("Print for")]
    assert step.text() == "Print for the practice"
    assert "O'NEILL" in step.accessibleName()
    step.click()
    bench.until(bench.window.story.isVisible)


def test_usual_text(bench: Bench) -> None:
    bench.window.go("sent")
    fields = bench.window.sent.filters.fields.values()
    bench.until(lambda: len({one.y() for one in fields}) == 1, what="all filters in one line")
    assert bench.window.sent.filters.fold.isHidden()
    bench.window.go("stock")
    stock = bench.window.page("stock")
    assert isinstance(stock, StockPage)
    bench.until(lambda: any(map(is_whole, stock.findChildren(EmptyState))), what="what an empty stock says")
    register = bench.window.page("register")
    assert isinstance(register, RegisterPage)
    parts = (register.chain, register.table, register.detail, register.empty)
    assert all(one.isHidden() for one in parts), "nothing is said of a register that was not read"
    bench.window.go("register")
    bench.until(lambda: register.chain.isVisible() and register.empty.isVisible())
    assert bench.window.strip.searching.isVisible()
    bench.window.strip.searching.click()
    bench.until(bench.window.find_or_do.palette.isVisible)


def test_many_doses_leave_the_questions_in_view(bench: Bench) -> None:
    search = bench.form.search

    class Dose:
        product, batch = "A vaccine", "B1"
        on = bench.clock.moment.date()

    search._show_doses(search._who, [Dose()] * (MOST_DOSES + 2))  # type: ignore[list-item]
    assert search.doses.text().count("A vaccine") == MOST_DOSES
    assert search.all_doses.text() == f"Show all {MOST_DOSES + 2} doses"
    search.all_doses.click()
    assert search.doses.text().count("A vaccine") == MOST_DOSES + 2
    assert search.all_doses.isHidden()


def test_large_text(open_bench: Callable[..., Bench]) -> None:
    bench = open_bench(text_percent=200)
    bench.sign_in()
    ask_to_paper(bench)
    window = bench.window
    window.open_story(1)
    bench.until(lambda: window.story.view is not None)
    bench.idle()
    bench.until(lambda: is_whole(window.story.state.head), what="how it stands")
    window.go("sent")
    filters = window.sent.filters
    bench.until(lambda: not filters.fold.isHidden() and filters.fields["state"].isHidden())
    filters.fold.click()
    bench.until(filters.fields["state"].isVisible)
    assert (window.width(), window.height()) == (1280, 720)


@pytest.mark.parametrize("lines", [1, 2])
def test_answers_stand_in_columns_of_one_width(qtbot: QtBot, lines: int) -> None:
    editor = RadioEditor([Option(str(n), "An answer" * (1 + n % 2)) for n in range(4)])
    qtbot.addWidget(editor)
    widths = [one.sizeHint().width() for one in editor.group.buttons()]
    editor.resize(sum(widths) + 4 * SPACE.tight if lines == 1 else 2 * max(widths) + SPACE.tight, 400)
    editor.show()
    boxes = [QRect(one.mapTo(editor, QPoint(0, 0)), one.size()) for one in editor.group.buttons()]
    assert len({box.y() for box in boxes}) == lines
    if lines > 1:
        assert len({box.width() for box in boxes}) == 1
        assert boxes[0].x() == boxes[2].x()


def test_a_locked_answer_does_not_ask_to_be_typed(qtbot: QtBot) -> None:
    field = Field("n", "NHS number", TextEditor(), hint="10 digits", optional=True)
    qtbot.addWidget(field)
    field.lock(locked=True)
    said = [one for one in field.findChildren(Words) if not one.isHidden()]
    assert {one.text() for one in said} == {"NHS number", LOCKED}
    assert field.editor.locked
    field.lock(locked=False)
    said = [one for one in field.findChildren(Words) if not one.isHidden()]
    assert {one.text() for one in said} == {"NHS number", "optional", "10 digits"}


def test_a_width_that_a_person_drew_is_kept_for_them(qtbot: QtBot) -> None:
    layout, person = WindowLayout(), [1]

    def table() -> tuple[QTableWidget, KeptWidths]:
        made = QTableWidget(1, 3)
        qtbot.addWidget(made)
        for column in range(3):
            made.setItem(0, column, QTableWidgetItem("words"))
        made.horizontalHeader().setStretchLastSection(True)
        kept = KeptWidths(made.horizontalHeader(), "table", layout, lambda: person[0])
        kept.fit()
        return made, kept

    first, _kept = table()
    usual = first.columnWidth(1)
    first.horizontalHeader().resizeSection(1, 300)
    again, kept = table()
    assert abs(again.columnWidth(1) - 300) < 10
    assert again.columnWidth(0) == first.columnWidth(0)
    person[0] = 2
    kept.fit()
    assert again.columnWidth(1) == usual
