"""Each key belongs to one thing, whatever warns, asks or is offered; every page by itself is swept in test_sweep."""

from PySide6.QtGui import QKeySequence, QShortcut

from digmed_desktop.tour.player import pause
from tests.clinical.examples import complete_answers
from tests.desk.test_closed_practices import closed
from tests.ui.conftest import Bench
from tests.ui.keys_in_view import key_faults, taken_twice
from tests.ui.test_closed_practice import OLD, know
from tests.ui.test_whose_form_is_asked import say

SEVERAL = {
    "screening.bleeding": "yes",
    "screening.unwell": "yes",
    "screening.reaction": "yes",
    "allergies.status": "not-available",
}


def test_each_key_belongs_to_one_thing_while_the_form_warns_asks_and_offers(bench: Bench) -> None:
    """Several warnings, a closed practice, a reason asked, another patient typed over: one on top of the other."""
    know(bench, closed(OLD))  # and nobody knows who took over
    form, found = bench.form, []

    def look(name: str) -> None:
        bench.idle()
        pause(60)
        found.extend(key_faults(name, bench.window))

    say(bench, {**complete_answers(), **SEVERAL, "vaccine.outcome": "", "vaccine.site": ""})
    bench.until(form.practice_search.closed.isVisible)
    look("several warnings and a closed practice")
    assert len(form.alerts.alerts) > 2
    form.form.tell_all()
    look("with problems")
    form.alerts.first_open()
    look("a reason is asked")
    say(bench, {"patient.nhs_number": "999 000 0018"})
    assert form.person.isVisible()
    look("another patient")
    bench.window.lock()
    look("the lock")
    assert found == []
    clash = QShortcut(QKeySequence("Ctrl+L"), bench.window)  # the sweep itself finds what it looks for
    assert taken_twice(bench.window) == ["Ctrl+L"]
    clash.setEnabled(False)
