"""A barcode means the vaccine of the box it was read from; it is never learned for another one without a word."""

import pytest

from digmed_desktop.scanning.burst import Burst
from digmed_desktop.ui.pages.stock import StockPage
from tests.clinical.examples import FLU
from tests.ui.conftest import Bench

PACK, GTIN = "0109501101530003172704301012AB", "09501101530003"
KNOWN, OTHER = f"{FLU.id}|ativ", f"{FLU.id}|tivc"


def meaning(bench: Bench) -> str:
    got: list[tuple[str, str]] = []
    bench.office.ask(lambda desk: desk._store.stock.product_of(GTIN) or ("", ""), got.append)
    bench.until(lambda: bool(got))
    return got[0][1]


@pytest.fixture
def stock(bench: Bench) -> StockPage:
    bench.office.ask(lambda desk: desk.stock.map_product(GTIN, KNOWN, 1), lambda _n: None)
    bench.window.go("stock")
    page = bench.window.page("stock")
    assert isinstance(page, StockPage)
    bench.idle()
    return page


def scan(bench: Bench) -> None:
    bench.window.counter.scanned(Burst(PACK, 8.0, prefixed=True))
    bench.idle()


def choose(page: StockPage, product: str, number: str = "") -> None:
    page.product.set_answer(product)
    page.product.edited.emit()
    if number:
        page.number.set_answer(number)
        page.number.edited.emit()


def test_the_stock_learns_no_code_of_one_box_for_another(bench: Bench, stock: StockPage) -> None:
    # another box, whose batch is typed
    scan(bench)
    assert stock.product.answer() == KNOWN
    choose(stock, OTHER, "34CD")
    assert stock.means.isHidden()
    stock.add.click()
    bench.idle()
    assert meaning(bench) == "ativ"

    # the same batch, another vaccine: asked
    for answer, after in (("no", "ativ"), ("yes", "tivc")):
        scan(bench)
        choose(stock, OTHER)
        assert stock.means.isVisible()
        assert "Until now this code meant" in stock.means.label.text()
        stock.add.click()
        bench.idle()
        assert stock.means.sentence, "it is to be answered first"
        stock.means.choice.set_answer(answer)
        stock.add.click()
        bench.idle()
        assert meaning(bench) == after
        assert stock.means.isHidden()

    # left and come back to
    scan(bench)
    bench.window.go("sent")
    bench.window.go("stock")
    bench.idle()
    choose(stock, KNOWN, "56EF")
    stock.number.set_answer("12AB")
    stock.add.click()
    bench.idle()
    assert meaning(bench) == "tivc"


def test_what_is_typed_while_a_batch_is_stored_stays(bench: Bench, stock: StockPage) -> None:
    scan(bench)
    stock.add.click()
    stock.number.focus()
    stock.number.line.selectAll()
    bench.keys("NEXT1")
    bench.idle()
    assert (stock.number.answer(), stock.expiry.answer()) == ("NEXT1", "")


def test_a_code_of_another_season_asks_on_the_form_before_it_means_another_vaccine(bench: Bench) -> None:
    before = "influenza-2019-20"
    bench.office.ask(lambda desk: desk._store.stock.map_product(GTIN, before, "ativ", 1), lambda _n: None)
    panel = bench.form.scan_panel
    scan(bench)
    bench.idle()
    assert panel.product_field.isVisible()
    panel.product.set_answer(KNOWN)
    panel.product.edited.emit()
    assert panel.means.isHidden(), "the same vaccine of another season"
    panel.product.set_answer(OTHER)
    panel.product.edited.emit()
    assert panel.means.isVisible()
    panel.use.click()
    assert panel.isVisible()
    panel.means.choice.set_answer("no")
    panel.use.click()
    bench.idle()
    assert bench.form.form.answers()["vaccine.product"] == "tivc"
    assert meaning(bench) == "ativ"
