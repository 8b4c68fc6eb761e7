"""A year of birth of two digits: the box, the check page and the message say the same year, or it is asked."""

import pytest
from PySide6.QtCore import Qt

from digmed_desktop.clinical import dates
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench


def typed(bench: Bench, year: str) -> str:
    """Type a date of birth key by key, leave it, and return what the check page would say of it."""
    bench.form.fill({**complete_answers(), "patient.date_of_birth": ""})
    bench.form.focus_field("patient.date_of_birth")
    bench.keys("15")
    bench.keys("03")
    bench.keys(year)
    bench.key(Qt.Key.Key_Tab)
    bench.idle()
    bench.form.refresh()
    bench.idle()
    return bench.form.form.fields["patient.date_of_birth"].editor.spoken()


@pytest.mark.parametrize("year", ["27", "40", "76", "99"])
def test_a_short_year_of_birth_is_written_out_as_the_message_says_it(bench: Bench, year: str) -> None:
    spoken = typed(bench, year)
    assert bench.form.answers()["patient.date_of_birth"] == f"15/03/19{year}"
    record = bench.form.preview.preview
    assert spoken == f"15 Mar 19{year}"
    assert not [p for p in record.problems if p.field == "patient.date_of_birth"]
    assert spoken in dict(bench.form.banner().facts)["Born"]


def test_a_short_year_that_fits_two_centuries_is_asked(bench: Bench) -> None:
    spoken = typed(bench, "25")
    (found,) = [p for p in bench.form.preview.preview.problems if p.field == "patient.date_of_birth"]
    assert "1925 and 2025 are both possible" in found.sentence
    assert bench.form.answers()["patient.date_of_birth"] == "15/03/25"
    day = dates.shown(dates.of_answer("15/03/2025", bench.clock.now().date(), past=True))
    assert spoken != day


def test_an_expiry_of_two_digits_is_written_out_too(bench: Bench) -> None:
    bench.form.focus_field("vaccine.expiry")
    bench.keys("31")
    bench.keys("03")
    bench.keys("27")
    bench.key(Qt.Key.Key_Tab)
    assert bench.form.answers()["vaccine.expiry"] == "31/03/2027"
