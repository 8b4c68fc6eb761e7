"""Several warnings at once on the check page: Enter leads from reason to reason, to what is confirmed, and to Send."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench
from tests.ui.test_editors import listed

DOUBTED = {
    **complete_answers(),
    "vaccine.product": "tive-vaxigrip",
    "patient.date_of_birth": "12/3/1950",
    "vaccine.dose_number": "2",
    "previous.finding": "dose-seen",
    "screening.unwell": "yes",
}


def test_enter_leads_through_all_reasons_and_confirmations_to_send(bench: Bench) -> None:
    bench.form.fill(complete_answers())
    bench.form.next_patient()
    bench.form.fill(DOUBTED)
    bench.idle()
    bench.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    check = bench.window.check
    bench.window.toast.say("Saved: QUILL, Nora", "It goes to the practice automatically.")
    bench.until(check.isVisible)
    assert bench.window.toast.isHidden()  # it is about another patient
    warnings = check.open_warnings()
    assert len(warnings) == 3
    assert check.why_not.text() == "Give 3 reasons and confirm 2 carried-over details"
    for left in (3, 2, 1):
        assert len(check.open_warnings()) == left
        bench.until(
            lambda n=left: bench.focused() is warnings[3 - n].line or bench.focused() is warnings[3 - n].combo
        )
        bench.keys("clin")
        for key in (Qt.Key.Key_Down, Qt.Key.Key_Return):
            QTest.keyClick(listed(warnings[3 - left]), key)
        bench.until(lambda n=left: len(check.open_warnings()) == n - 1)
    assert [one.answer() for one in warnings] == ["Clinical judgement, within the PGD or protocol"] * 3
    assert check.why_not.text() == "Confirm 2 carried-over details"
    for left in (2, 1):
        bench.until(lambda n=left: bench.focused().accessibleName().startswith("Confirm "))
        assert check.to_confirm == left
        bench.key(Qt.Key.Key_Return)
    bench.until(lambda: bench.focused() is check.send_button)
    assert check.why_not.text() == ""
    bench.key(Qt.Key.Key_F12)
    bench.open_sent()
