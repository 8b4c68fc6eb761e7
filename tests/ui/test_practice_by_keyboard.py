"""A new patient's practice by keyboard: the cursor comes to the search, which fills in code, name and address."""

import pytest
from PySide6.QtCore import Qt

from digmed_desktop.ui.widgets import search_box
from digmed_desktop.ui.widgets.search_box import AGAIN, READ_MS
from tests.desk.test_closed_practices import is_open
from tests.ui.conftest import Bench
from tests.ui.reading import NOT_READ_MS, until_read
from tests.ui.test_closed_practice import know


def to_the_practice(bench: Bench) -> None:
    """Answer the last question about the patient; everything before it is answered."""
    bench.form.fill(
        {
            "patient.nhs_number": "999 012 3020",
            "patient.traced": "pds",
            "patient.date_of_birth": "12/3/1971",
            "patient.given": "Rose",
            "patient.family": "O'Neill",
            "patient.sex": "female",
            "patient.address_lines": "3 Weaver's Yard",
            "patient.postcode": "LS1 4AP",
        }
    )
    bench.idle()
    bench.form.focus_field("patient.telephone")
    bench.key(Qt.Key.Key_Return)
    bench.until(lambda: bench.focused().accessibleName() == "Find the practice")


def test_the_search_takes_the_practice_and_an_empty_one_goes_on_to_the_code(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(bench, is_open("B82003", "New Surgery"))
    to_the_practice(bench)
    bench.key(Qt.Key.Key_Return)
    assert bench.focused().accessibleName() == "ODS code of the practice"
    to_the_practice(bench)
    bench.keys("new s")
    box = bench.form.practice_search.box
    bench.until(lambda: box.list.count() == 1)
    monkeypatch.setattr(search_box, "READ_MS", NOT_READ_MS)
    bench.key(
        Qt.Key.Key_Return
    )  # on its way before the list came: a part of a name is taken from nobody unread
    assert bench.form.form.answers()["practice.ods_code"] == ""
    assert box.said.text() == AGAIN
    monkeypatch.setattr(search_box, "READ_MS", READ_MS)
    until_read(bench, box)
    bench.key(Qt.Key.Key_Return)
    bench.until(lambda: bench.form.form.answers()["practice.ods_code"] == "B82003")
    bench.until(lambda: bench.focused().accessibleName().startswith("Identity checked"))


def test_a_practice_in_the_list_that_was_read_takes_one_key(bench: Bench) -> None:
    know(bench, is_open("B82003", "New Surgery"))
    to_the_practice(bench)
    bench.keys("new s")
    until_read(bench, bench.form.practice_search.box)
    bench.key(Qt.Key.Key_Return)
    bench.until(lambda: bench.form.form.answers()["practice.ods_code"] == "B82003")
