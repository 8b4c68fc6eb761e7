"""The whole job by keyboard alone: from sign-in to a stored notification."""

from collections.abc import Callable

from PySide6.QtCore import Qt

from digmed_desktop.messaging.states import State
from digmed_desktop.tour.player import Player
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench

SESSION = ("session.vaccinator", "contact.date", "contact.time")


def typed(answers: dict[str, str], bench: Bench) -> dict[str, str]:
    """The answers that a person has to give: those that are neither filled in already nor empty."""
    already = bench.form.form.answers()
    asked = bench.form.form.form.asked({**already, **answers})
    return {
        question.id: answers[question.id]
        for question in bench.form.form.order()
        if question.id in asked
        and answers.get(question.id)
        and already.get(question.id) != answers[question.id]
        and question.id not in SESSION
    }


def test_a_vaccination_is_recorded_checked_and_sent_without_touching_the_mouse(
    bench: Bench, tmp_path: object
) -> None:
    player = Player(bench.window, bench.folder)
    player.fill(bench.form.form, typed(complete_answers(), bench))
    bench.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    bench.until(lambda: bench.window.check.isVisible() or bench.form.form.summary.isVisible())
    problems = [line.accessibleName() for line in bench.form.form.summary.lines()]
    assert bench.window.check.isVisible(), problems
    bench.key(Qt.Key.Key_F12)
    bench.open_sent()
    rows = bench.rows()
    assert [row.state for row in rows] == [State.WAITING]
    assert rows[0].patient_name.startswith("O'NEILL")


def test_a_second_press_of_send_makes_no_second_notification(bench: Bench) -> None:
    bench.form.form.set_answers(complete_answers(), keep_rest=True)
    bench.form.touched("patient.given")
    bench.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    bench.until(lambda: bench.window.check.isVisible())
    bench.key(Qt.Key.Key_F12)
    bench.key(Qt.Key.Key_F12)
    bench.window.sending.send()
    bench.open_sent()
    bench.idle()
    assert len(bench.rows()) == 1


def test_first_run_is_done_by_keyboard(open_bench: Callable[..., Bench]) -> None:
    from tests.ui.conftest import FIRST_RUN

    bench = open_bench(set_up=False)
    page = bench.window.first_run
    assert page is not None
    Player(bench.window, bench.folder).fill(page, FIRST_RUN)
    bench.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    bench.until(lambda: bench.window.recovery.isVisible())
    bench.key(Qt.Key.Key_Escape)
    bench.until(lambda: bench.window.sign_in.isVisible())
    bench.keys("507182")
    bench.key(Qt.Key.Key_Return)
    bench.until(lambda: bench.window.pages.currentWidget() is bench.window._made.get("today"))
    assert "Amira Khan" in bench.window.who.text()
