"""Choosing a batch of the stock on the form, by keyboard; packs of another programme; a batch typed by hand."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from digmed_desktop.desk.desk import Desk
from digmed_desktop.scanning.burst import Burst
from digmed_desktop.ui.forms.batch_choice import BatchChoice
from digmed_desktop.ui.widgets.editors import TextEditor
from tests.clinical.examples import FLU, complete_answers
from tests.ui.conftest import Bench

PACK = "0109501101530003172704301012AB"


def do(bench: Bench, work: Callable[[Desk], object]) -> None:
    done: list[object] = []
    bench.office.ask(work, done.append)
    bench.until(lambda: bool(done))


def stock(bench: Bench, *batches: tuple[str, str, str, str]) -> None:
    """Put batches on the shelf (product, number, expiry, use by) and come back to the form."""
    for product, number, expiry, use_before in batches:
        answers = {
            "stock.product": f"{FLU.id}|{product}",
            "stock.number": number,
            "stock.expiry": expiry,
            "stock.use_before": use_before,
        }
        do(bench, lambda desk, a=answers: desk.stock.add(a, 1))
    bench.window.go("today")
    bench.window.go("vaccinate")
    bench.idle()


def choice(bench: Bench) -> BatchChoice:
    assert bench.form.batches is not None
    return bench.form.batches


def lines(bench: Bench) -> list[str]:
    found = choice(bench)
    return [found.list.item(row).text() for row in range(found.list.count())] if found.isVisible() else []


def batch_line(bench: Bench) -> object:
    editor = bench.form.form.fields["vaccine.batch"].editor
    assert isinstance(editor, TextEditor)
    return editor.line


def go_to_batch(bench: Bench) -> None:
    bench.form.focus_field("vaccine.batch")
    bench.until(lambda: bench.focused() is batch_line(bench))


TWO = (("tivc", "CD-777", "30/11/2026", "20/10/2026"), ("ativ", "XY99", "31/1/2027", ""))


def test_a_batch_is_chosen_with_two_keys_and_fills_product_batch_and_expiry(bench: Bench) -> None:
    stock(bench, *TWO)
    go_to_batch(bench)
    bench.until(lambda: len(lines(bench)) == 2)
    assert lines(bench)[0] == (
        "CD-777  ·  TIVc, cell-based (Seqirus)  ·  expires 30 Nov 2026\n"
        "To be used by 20 Oct 2026, after thawing"
    )
    assert bench.form.form.answers()["vaccine.batch"] == ""  # nothing is filled in before it is chosen
    bench.key(Qt.Key.Key_Down)
    bench.key(Qt.Key.Key_Return)
    answers = bench.form.form.answers()
    assert answers["vaccine.product"] == "tivc"
    assert (answers["vaccine.batch"], answers["vaccine.expiry"]) == ("CD-777", "30/11/2026")
    bench.until(lambda: not choice(bench).isVisible())


def test_one_usable_batch_is_offered_and_not_filled_in(bench: Bench) -> None:
    stock(bench, TWO[0])
    bench.form.form.fields["vaccine.product"].editor.set_answer("tivc")
    bench.form.touched("vaccine.product")
    go_to_batch(bench)
    bench.until(
        lambda: [one.partition("\n")[0] for one in lines(bench)] == ["CD-777  ·  expires 30 Nov 2026"]
    )
    bench.key(Qt.Key.Key_Return)  # leads on, takes nothing
    answers = bench.form.form.answers()
    assert (answers["vaccine.batch"], answers["vaccine.expiry"]) == ("", "")


def test_typing_narrows_the_list_and_stays_as_typed(bench: Bench) -> None:
    stock(bench, *TWO)
    go_to_batch(bench)
    bench.until(lambda: len(lines(bench)) == 2)
    bench.keys("xy")
    bench.until(lambda: len(lines(bench)) == 1)
    bench.key(Qt.Key.Key_Down)
    assert bench.focused() is choice(bench).list
    bench.keys("Z")  # a letter in the list goes on in the field
    assert bench.form.form.answers()["vaccine.batch"] == "xyZ"
    assert bench.focused() is batch_line(bench)
    bench.until(lambda: not lines(bench))
    for _ in range(3):
        bench.key(Qt.Key.Key_Backspace)
    bench.until(lambda: len(lines(bench)) == 2)
    bench.key(Qt.Key.Key_Down)
    bench.key(Qt.Key.Key_Escape)
    assert bench.focused() is batch_line(bench)
    assert bench.form.form.answers()["vaccine.batch"] == ""
    bench.form.form.fields["vaccine.outcome"].editor.set_answer("not-given")
    bench.form.touched("vaccine.outcome")
    bench.until(lambda: choice(bench).isHidden())  # nothing was given, so nothing is offered


def test_another_product_drops_the_carried_batch_and_offers_its_own(bench: Bench) -> None:
    stock(bench, *TWO)
    bench.form.form.set_answers(complete_answers(), keep_rest=True)
    bench.form.next_patient()
    bench.idle()
    bench.key(Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    bench.keys("adjuv")
    bench.idle()
    assert bench.form.form.answers()["vaccine.batch"] == "AB-1234"  # a typed part changes nothing
    bench.key(Qt.Key.Key_Return)
    bench.until(lambda: bench.form.form.answers()["vaccine.batch"] == "")
    assert bench.form.form.answers()["vaccine.product"] == "ativ"
    assert not {"vaccine.batch", "vaccine.expiry"} & bench.form.carried
    go_to_batch(bench)
    bench.until(lambda: [one.partition(" ")[0] for one in lines(bench)] == ["XY99"])


def test_the_next_box_of_the_session_is_chosen_from_the_strip(bench: Bench) -> None:
    stock(bench, TWO[0], ("tivc", "EF-888", "30/6/2027", ""))
    bench.form.form.set_answers(complete_answers(vaccine__batch="CD-777"), keep_rest=True)
    bench.form.next_patient()
    bench.idle()
    for name in ("Vaccine product", "Batch number"):
        bench.key(Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
        assert bench.focused().accessibleName() == name
    bench.until(lambda: [one.partition(" ")[0] for one in lines(bench)] == ["CD-777", "EF-888"])
    bench.key(Qt.Key.Key_Down)
    bench.key(Qt.Key.Key_Down)
    bench.key(Qt.Key.Key_Return)
    answers = bench.form.form.answers()
    assert (answers["vaccine.batch"], answers["vaccine.expiry"]) == ("EF-888", "30/06/2027")
    assert not {"vaccine.batch", "vaccine.expiry"} & bench.form.carried
    assert "vaccine.product" in bench.form.carried  # that one is still to be confirmed


def test_a_typed_batch_that_is_finished_in_the_stock_says_so_at_the_field(bench: Bench) -> None:
    stock(bench, *TWO)
    do(bench, lambda desk: desk.stock.finish(2, finished=True))
    bench.form.form.set_answers(complete_answers(vaccine__product="ativ", vaccine__batch=""), keep_rest=True)
    go_to_batch(bench)
    bench.keys("XY99")
    bench.key(Qt.Key.Key_Tab)
    field = bench.form.form.fields["vaccine.batch"]
    bench.until(lambda: "used up" in field.spoken)
    assert bench.form.form.answers()["vaccine.batch"] == "XY99"


def scan(bench: Bench, text: str) -> None:
    bench.window.counter.scanned(Burst(text, 8.0, prefixed=True))
    bench.idle()
    bench.idle()


@pytest.mark.parametrize(
    ("programme", "known"),
    [("covid-19", True), ("pertussis-in-pregnancy", False)],
    ids=["known", "new-barcode"],
)
def test_a_pack_of_another_programme_is_refused_and_no_field_changes(
    bench: Bench, programme: str, known: bool
) -> None:
    if known:
        do(bench, lambda desk: desk.stock.map_product("09501101530003", f"{FLU.id}|tivc", 1))
    bench.form.form.fields["session.programme"].editor.set_answer(programme)
    bench.form.touched("session.programme")
    bench.idle()
    before = bench.form.form.answers()
    scan(bench, PACK)
    panel = bench.form.scan_panel
    if not known:
        panel.product.set_answer(f"{FLU.id}|tivc")
        panel.use.click()
        bench.until(lambda: panel.head.text() == "Scan not accepted")
    said = panel.said.text()
    assert f"TIVc, cell-based (Seqirus), a vaccine of {FLU.name}" in said
    assert "so nothing was filled in" in said
    assert f"choose {FLU.name} under Vaccination (Alt+2)" in said
    assert bench.form.form.answers() == before
    bench.key(Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)  # what the sentence says
    assert bench.focused().accessibleName() == "Vaccination"


def test_a_pack_that_tells_no_expiry_does_not_keep_that_of_the_batch_before_it(bench: Bench) -> None:
    do(bench, lambda desk: desk.stock.map_product("09501101530003", f"{FLU.id}|tivc", 1))
    bench.form.fill(complete_answers(vaccine__batch="OLD1", vaccine__expiry="30/6/2027"))
    scan(bench, "010950110153000310NEW2")
    bench.until(lambda: bench.form.form.answers()["vaccine.batch"] == "NEW2")
    assert bench.form.form.answers()["vaccine.expiry"] == ""
    bench.form.form.set_answers({"vaccine.expiry": "31/7/2027"}, keep_rest=True)
    scan(bench, "010950110153000310NEW2")  # the same pack again: what was typed for it stays
    assert bench.form.form.answers()["vaccine.expiry"] == "31/7/2027"


def go_to_the_end(bench: Bench) -> None:
    bench.form.focus_field("after.notes")
    bench.idle()
    bench.until(lambda: bench.form.form.verticalScrollBar().value() > 0)


def in_view(bench: Bench) -> bool:
    panel = bench.form.scan_panel
    top = panel.mapTo(bench.window, panel.rect().topLeft()).y()
    return panel.isVisible() and top >= 0 and top + panel.height() <= bench.window.height()


def test_a_refusal_is_in_view_wherever_the_form_is_scrolled_to_and_esc_closes_it(bench: Bench) -> None:
    go_to_the_end(bench)
    notes = bench.focused()
    scan(bench, "5000112637922")
    assert in_view(bench)
    assert bench.focused() is notes
    bench.keys("Still typing")
    assert in_view(bench)  # a refusal stays until somebody has seen it
    bench.key(Qt.Key.Key_Escape)
    assert not bench.form.scan_panel.isVisible()
    assert bench.form.form.answers()["after.notes"] == "Still typing"


def test_a_new_barcode_is_left_or_answered_by_keyboard_and_the_cursor_goes_back(bench: Bench) -> None:
    go_to_the_end(bench)
    notes, before = bench.focused(), bench.form.form.answers()
    scan(bench, PACK)
    assert in_view(bench)
    assert bench.focused().accessibleName() == "Which vaccine is this?"
    bench.key(Qt.Key.Key_Escape)
    bench.until(lambda: bench.focused() is notes)
    assert bench.form.form.answers() == before
    scan(bench, PACK)
    bench.keys("tivc, c")
    bench.key(Qt.Key.Key_Return)
    bench.until(lambda: bench.form.form.answers()["vaccine.batch"] == "12AB")
    assert bench.form.form.answers()["vaccine.product"] == "tivc"
    bench.until(lambda: bench.focused() is notes)
    assert not bench.form.scan_panel.isVisible()


def test_what_a_scan_filled_in_is_told_until_somebody_goes_on(bench: Bench) -> None:
    do(bench, lambda desk: desk.stock.map_product("09501101530003", f"{FLU.id}|tivc", 1))
    scan(bench, PACK)
    assert "batch 12AB" in bench.form.scan_panel.said.text()
    assert in_view(bench)
    bench.form.focus_field("patient.family")
    bench.keys("V")
    assert not bench.form.scan_panel.isVisible()
