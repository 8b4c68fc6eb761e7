"""Through the window: what may not be done is refused, and what was done is recorded, sent and listed."""

from PySide6.QtCore import Qt

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.messaging.story import Outcome
from digmed_desktop.ui.context import FormStart
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench

CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_vaccination_against_the_rules_is_refused_before_and_recorded_after(bench: Bench) -> None:
    bench.form.begin(FormStart("vaccination", whole=FormState(complete_answers(consent__to_treatment="no"))))
    bench.key(Qt.Key.Key_Return, CTRL)
    bench.idle()
    bench.idle()
    assert not bench.window.check.isVisible()
    assert "consent.to_treatment" in {p.field for p in bench.form.preview.preview.problems if p.refuses_act}
    bench.form.focus_field("incident.done")
    bench.key(Qt.Key.Key_1)
    bench.form.focus_field("incident.reason")
    bench.keys("Given before the form was read; well after it.")
    bench.form.focus_field("incident.report")
    bench.keys("Report 4711")
    bench.key(Qt.Key.Key_Return, CTRL)
    check = bench.window.check
    bench.until(check.isVisible)
    while left := len(check.open_warnings()):  # each rule that was broken asks for its reason
        bench.until(lambda: bench.focused().accessibleName().startswith("Reason for continuing"))
        bench.keys("clin")
        bench.key(Qt.Key.Key_Return)
        bench.until(lambda left=left: len(check.open_warnings()) < left)
    bench.until(check.send_button.isEnabled)
    bench.key(Qt.Key.Key_F12)
    bench.until(lambda: bool(bench.rows()))
    (row,) = bench.rows()
    assert row.outcome is Outcome.GIVEN
    bench.open_sent()
    bench.until(lambda: bench.window.story.view is not None)
    view = bench.window.story.view
    assert view is not None
    said = [value for section in view.recorded for _label, values in section.rows for value in values]
    assert "Given before the form was read; well after it." in said
