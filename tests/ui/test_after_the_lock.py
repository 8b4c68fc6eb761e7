"""The lock changes nothing: the page in view before it is in view after it, and keys act on its form."""

from PySide6.QtCore import Qt

from digmed_desktop.ui.pages.form_page import FormPage
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench

CTRL = Qt.KeyboardModifier.ControlModifier


def lock_and_sign_in(bench: Bench) -> None:
    bench.key(Qt.Key.Key_L, CTRL)
    bench.until(bench.window.sign_in.isVisible)
    bench.window.signing_in.let_in(bench.window.context.people[0])
    bench.idle()


def test_the_form_in_view_before_the_lock_is_in_view_after_it(bench: Bench) -> None:
    """Another patient's vaccination waits half filled meanwhile: no key may reach it."""
    window = bench.window
    bench.form.fill({"patient.family": "Vance", "patient.given": "Rose"})
    window.go("supply")
    supply = window.page("supply")
    assert isinstance(supply, FormPage)
    supply.fill({"patient.family": "Quill", "patient.given": "Nora"})
    bench.idle()
    lock_and_sign_in(bench)
    assert window.pages.currentWidget() is supply
    assert supply.isAncestorOf(bench.focused())
    assert "QUILL" in window.toast.head.text()
    assert not window.toast.open_button.isVisible()

    for place in ("sent", "settings", "help"):
        window.go(place)
        page = window.pages.currentWidget()
        lock_and_sign_in(bench)
        assert window.pages.currentWidget() is page, place

    window.go("vaccinate")
    window.go("supply")
    window.sending.show_check(supply, supply.preview.preview)
    lock_and_sign_in(bench)
    assert window.pages.currentWidget() is supply, "the check page is made anew from its form"


def test_keys_of_the_counter_act_on_the_form_that_check_shows(bench: Bench) -> None:
    window = bench.window
    bench.form.fill(complete_answers())
    window.go("supply")
    supply = window.page("supply")
    assert isinstance(supply, FormPage)
    supply.fill({"patient.family": "Quill"})
    bench.idle()
    window.sending.show_check(supply, supply.preview.preview)
    vaccination, supplied = bench.form.draft_id, supply.draft_id
    bench.key(Qt.Key.Key_F9)
    assert window.pages.currentWidget() is supply
    assert (bench.form.draft_id, supply.draft_id != supplied) == (vaccination, True)
    window.go("sent")
    bench.key(Qt.Key.Key_F9)
    assert window.pages.currentWidget() is supply, "the form that was in view last"
