"""How much of the form is in view: few screens in the smallest window, two columns in a wide one."""

from itertools import pairwise

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from digmed_desktop.clinical.problem import Problem
from digmed_desktop.reference.programmes import programmes
from digmed_desktop.ui.forms.sections import Fold, Section
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench

MOST_SCREENS = 2.3  # of a patient who is known, at 1280x720
ANSWERED_AT_THE_VISIT = (
    "patient.traced",
    "patient.identity",
    "previous.",
    "screening.",
    "allergies.",
    "consent.",
    "vaccine.outcome",
    "vaccine.site",
    "vaccine.eligibility",
    "after.",
    "referral.",
)


def known_patient(bench: Bench) -> None:
    """Put a patient on the form who is known here, in the middle of a clinic."""
    known = {
        key: text for key, text in complete_answers().items() if not key.startswith(ANSWERED_AT_THE_VISIT)
    }
    bench.form.form.set_answers(known, keep_rest=True)
    bench.form.touched("vaccine.product")
    bench.form.fold_cards()
    bench.idle()
    bench.form.form.next_open("patient.telephone_use")
    bench.qtbot.wait(50)


def sections(bench: Bench) -> list[Section]:
    return [one for one in bench.form._sections.sections.values() if one.isVisible()]


def place(widget: QWidget, page: QWidget) -> QPoint:
    return widget.mapTo(page, QPoint(0, 0))


def test_a_known_patient_takes_few_screens_in_the_smallest_window(bench: Bench) -> None:
    known_patient(bench)
    form = bench.form.form
    page = form.widget()
    assert page is not None
    assert page.height() / form.viewport().height() <= MOST_SCREENS


def test_a_wide_window_has_two_columns_and_the_order_of_the_keys_stays(bench: Bench) -> None:
    bench.window.resize(1920, 1080)
    known_patient(bench)
    page = bench.form.form.widget()
    assert page is not None
    shown = sections(bench)
    left = [one for one in shown if place(one, page).x() < page.width() // 3]
    right = [one for one in shown if one not in left]
    assert left
    assert right
    for column in (left, right):
        tops = [place(one, page).y() for one in column]
        assert tops == sorted(tops)
        for one, other in pairwise(column):
            assert place(one, page).y() + one.height() <= place(other, page).y()
    assert page.height() <= bench.form.form.viewport().height()
    before = place(bench.focused(), page)
    bench.key(Qt.Key.Key_1)
    after = place(bench.focused(), page)
    assert (after.y(), after.x()) > (before.y(), 0)
    bench.window.resize(1280, 720)
    bench.qtbot.wait(20)
    assert all(place(one, page).x() == place(shown[0], page).x() for one in shown)
    visible = bench.form.form.viewport().rect()
    now = bench.focused()
    assert visible.contains(now.mapTo(bench.form.form.viewport(), now.rect().center()))


def test_problems_of_earlier_answers_open_no_card(bench: Bench) -> None:
    known_patient(bench)
    cards = [one for one in sections(bench) if one.fold is Fold.CARD]
    assert {"practice", "patient"} <= {one.spec.id for one in cards}
    wrong = [Problem("practice.ods_code", "Enter the ODS code of the practice.")]
    now = bench.form.form.answers()
    bench.form.form.set_problems(wrong, {**now, "practice.ods_code": ""})
    assert [one for one in sections(bench) if one.fold is Fold.CARD] == cards
    bench.form.form.set_problems(wrong, now)
    assert [one.spec.id for one in cards if one.fold is not Fold.CARD] == ["practice"]


def test_a_dose_is_measured_in_the_unit_of_its_product(bench: Bench) -> None:
    amount = bench.form.form.fields["vaccine.dose_amount"]
    assert amount.label_text == "Dose amount (mL)"
    of = next(one for one in programmes() if any(p.unit != one.unit for p in one.products.values()))
    product = next(one for one in of.products.values() if one.unit != of.unit)
    bench.form.form.set_answers({"session.programme": of.id}, keep_rest=True)
    bench.form.touched("session.programme")
    bench.form.form.set_answers({"vaccine.product": product.id}, keep_rest=True)
    bench.form.touched("vaccine.product")
    assert product.unit is not None
    assert amount.label_text == f"Dose amount ({product.unit.display})"
    assert amount.label.text() == amount.label_text


def test_a_folded_card_says_a_dose_with_its_unit(bench: Bench) -> None:
    known_patient(bench)
    assert "0.5 mL" in bench.form._sections.sections["dose"].summary()
