"""The second patient of a clinic: from found to sent in at most eight routine keys or scans, and nothing unseen."""

from PySide6.QtCore import Qt

from digmed_desktop.messaging.states import State
from digmed_desktop.ui.context import FormStart
from digmed_desktop.ui.toast import STAYS_MS
from digmed_desktop.ui.widgets.choices import ChoiceEditor
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench

A_REASON = "Carer"
"""A reason of the list that asks nothing further and warns of nobody's age."""
ONLY_THIS_PATIENT = {
    "patient.traced": "1",
    "patient.identity_checked": "1",
    "previous.finding": "1",
    "screening.unwell": "2",
    "screening.reaction": "2",
    "screening.bleeding": "2",
    "screening.already": "2",
    "screening.recent": "2",
    "allergies.status": "1",
    "consent.to_treatment": "1",
    "consent.to_sharing": "1",
    "consent.given_by": "1",
    "vaccine.eligibility": "2",  # where the reasons are so many that they are a list, A_REASON
    "vaccine.outcome": "1",
}
"""Never filled in and never carried over: each is answered at the keyboard, in the order of the form."""

SECOND = {
    **complete_answers(),
    "patient.nhs_number": "999 000 0018",
    "patient.given": "Idris",
    "patient.family": "Vance",
    "patient.date_of_birth": "4/7/1969",
}


class Counted:
    """Presses keys and counts the routine ones apart from identity and from what only the patient can answer."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.routine = 0
        self.own = 0

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.routine += 1
        self.bench.key(key, modifier)

    def answer(self, text: str) -> None:
        self.own += len(text)
        self.bench.keys(text)
        if len(text) > 1:  # chosen from a list by typing: Enter takes what fits
            self.own += 1
            self.bench.key(Qt.Key.Key_Return)


def first_patient(bench: Bench) -> None:
    bench.form.form.set_answers(complete_answers(), keep_rest=True)
    bench.form.touched("patient.given")
    bench.form.carried.clear()
    bench.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    bench.until(bench.window.check.isVisible)
    bench.key(Qt.Key.Key_F12)
    bench.open_sent()


def know(bench: Bench, answers: dict[str, str]) -> None:
    done: list[int] = []
    bench.office.ask(lambda desk: desk.patients.remember(answers), lambda _n: done.append(1))
    bench.until(lambda: bool(done))


def test_the_second_patient_takes_at_most_eight_routine_keys(bench: Bench) -> None:
    know(bench, SECOND)
    first_patient(bench)
    counted = Counted(bench)
    form = bench.form
    counted.press(Qt.Key.Key_F9)
    bench.until(lambda: form.isVisible() and bench.focused().accessibleName() == "Find the patient")
    assert not any(form.form.answers().get(key) for key in ONLY_THIS_PATIENT)
    bench.keys("9990000018")  # identity: typed or scanned
    bench.until(lambda: form.search.box.list.count() == 1)
    counted.press(Qt.Key.Key_Return)
    bench.until(lambda: form.form.answers()["patient.family"] == "Vance")
    for field, text in ONLY_THIS_PATIENT.items():
        bench.until(lambda field=field: bench.focused() in focusable(bench, field))
        editor = form.form.fields[field].editor
        counted.answer(A_REASON if isinstance(editor, ChoiceEditor) else text)
    bench.idle()
    counted.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    bench.until(lambda: bench.window.check.isVisible() or form.form.summary.isVisible())
    assert bench.window.check.isVisible(), [line.accessibleName() for line in form.form.summary.lines()]
    waiting = bench.window.check.to_confirm
    assert waiting == 2  # legal basis, vaccine and batch; the rest is usual, or of this moment
    assert not bench.window.check.send_button.isEnabled()
    bench.key(Qt.Key.Key_F12)  # it does not go out before each value was seen
    bench.idle()
    assert bench.window.check.isVisible()
    for _ in range(waiting):
        counted.press(Qt.Key.Key_Return)
    assert bench.window.check.to_confirm == 0
    counted.press(Qt.Key.Key_F12)
    bench.open_sent()
    rows = bench.rows()
    assert [row.state for row in rows] == [State.WAITING, State.WAITING]
    assert rows[0].patient_name == "VANCE, Idris"
    print(f"routine keys: {counted.routine}; keys only this patient can answer: {counted.own}")
    assert counted.routine <= 8


def focusable(bench: Bench, field: str) -> list[object]:
    editor = bench.form.form.fields[field].editor
    parts = list(editor.parts())
    return [*parts, *(part.lineEdit() for part in parts if hasattr(part, "lineEdit"))]


def test_what_is_carried_is_marked_on_the_strip_until_confirmed_or_changed(bench: Bench) -> None:
    first_patient(bench)
    bench.key(Qt.Key.Key_F9)
    bench.until(bench.form.isVisible)
    marked = [chip.text() for chip in bench.window.strip.chips if chip.text().startswith("↻")]
    assert len(marked) == 2, "what a fresh form would have said too is carried from nobody"
    assert "vaccine.batch" in bench.form.state().carried
    bench.form.form.fields["vaccine.batch"].editor.set_answer("ZZ-99")
    bench.form.touched("vaccine.batch")
    assert "vaccine.batch" not in bench.form.carried
    bench.key(Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    assert bench.focused().accessibleName() == "Vaccine product"


def test_the_same_patient_gets_another_vaccine_with_one_key(bench: Bench) -> None:
    first_patient(bench)
    bench.key(Qt.Key.Key_F9, Qt.KeyboardModifier.ShiftModifier)
    bench.until(lambda: bench.form.isVisible() and bool(bench.form.form.answers()["patient.family"]))
    answers = bench.form.form.answers()
    assert answers["patient.family"] == "O'Neill"
    assert answers["practice.ods_code"]
    assert not any(answers.get(key) for key in ONLY_THIS_PATIENT)


def test_the_marks_survive_the_program(bench: Bench) -> None:
    first_patient(bench)
    bench.key(Qt.Key.Key_F9)
    bench.until(bench.form.isVisible)
    bench.form.fill({"patient.family": "Vance"})
    bench.form.save_draft()
    bench.idle()
    got: list[object] = []
    bench.office.ask(lambda desk: desk.newest_draft(), got.append)
    bench.until(lambda: bool(got))
    assert "vaccine.batch" in got[0].state.carried  # type: ignore[attr-defined]


def test_what_was_just_sent_is_not_said_over_the_next_form(bench: Bench) -> None:
    bench.window.toast.say("Saved: VANCE, Idris", "It goes to the practice automatically.", 1)
    bench.until(bench.window.toast.isVisible)
    bench.window.begin_form(FormStart("vaccination"))
    assert not bench.window.toast.isVisible()
    bench.window.toast.say("Saved: VANCE, Idris", "It goes to the practice automatically.", 1)
    bench.form.focus_field("patient.family")
    bench.keys("Qu")
    bench.idle()
    bench.until(lambda: not bench.window.toast.isVisible(), timeout=STAYS_MS // 2)
    assert bench.window.toast._about == 1, "its key still opens it"
