"""A batch is held and let go on the stock page, each with a reason, and who had it is one press away."""

from datetime import timedelta

from PySide6.QtWidgets import QLabel, QPushButton

from digmed_desktop.clinical.dates import as_answer, shown_time
from digmed_desktop.ui.pages.stock import StockPage
from tests.ui.conftest import Bench
from tests.ui.test_counter_window import KNOWN, do


def press(page: StockPage, label: str) -> None:
    buttons = [one for one in page.findChildren(QPushButton) if one.accessibleName().startswith(label)]
    [one for one in buttons if one.accessibleName().endswith("COLD-1")][-1].click()  # rows before it go later


def test_a_batch_is_held_with_a_reason_let_go_again_and_searched_for(bench: Bench) -> None:
    expiry = as_answer(bench.window.context.now() + timedelta(days=200))
    kept = {"stock.product": KNOWN, "stock.number": "COLD-1", "stock.expiry": expiry}
    do(bench, lambda desk: desk.stock.add(kept, 1))
    bench.window.go("stock")
    page = bench.window.page("stock")
    assert isinstance(page, StockPage)
    bench.until(lambda: "COLD-1" in shown(page))
    assert page.hold.isHidden()
    press(page, "Hold …")
    assert not page.hold.isHidden()
    page.hold.go.click()
    bench.until(lambda: "few words" in page.hold.field.sentence)
    page.hold.why.set_answer("Fridge at 12 °C")
    page.hold.go.click()
    bench.until(lambda: "Held since" in shown(page))
    assert page.hold.isHidden()
    assert f"held from {shown_time(bench.window.context.now())[:-2]}" in shown(page)  # the minute may turn
    press(page, "Lift hold …")
    page.hold.why.set_answer("The manufacturer says that it can be used")
    page.hold.go.click()
    bench.until(lambda: "Can be chosen" in shown(page))
    press(page, "Who had it")
    bench.until(lambda: not page.batch.isHidden())
    assert page.batch.said.text() == "No record here says that anyone was given batch COLD-1."
    page.batch.close_button.click()
    page.list_batch.click()
    assert page.fields["batch.number"].sentence == "Enter the batch number."
    page.wanted.set_answer("WARM-9")
    page.list_batch.click()
    bench.until(lambda: "WARM-9" in page.batch.said.text())


def shown(page: StockPage) -> str:
    """All words on the page."""

    return " ".join(one.text() for one in page.findChildren(QLabel))
