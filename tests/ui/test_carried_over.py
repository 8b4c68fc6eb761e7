"""The check page asks to confirm exactly what the desk refuses to send, and the disk has what was confirmed."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.messaging.errors import StoreError
from digmed_desktop.ui.context import FormStart
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench


def asked(bench: Bench, question: Callable[[Any], Any]) -> Any:
    answers: list[Any] = []
    bench.office.ask(question, answers.append)
    bench.until(lambda: bool(answers))
    return answers[0]


def full_disk(_draft: str, _form: str, _by: int) -> None:
    raise StoreError("The disk is full.")


def test_what_is_confirmed_on_the_check_page_is_all_that_the_desk_asks(bench: Bench) -> None:
    bench.window.context.note_send = full_disk  # Send ends as if the program died with the press of it
    every = frozenset(one.id for one in bench.form.form.form.fields())
    bench.form.begin(FormStart("vaccination", whole=FormState(complete_answers(), every)))
    bench.idle()
    state, draft = bench.form.state(), bench.form.draft_id
    assert state.carried >= every, "a form that begins whole keeps what nobody has confirmed"
    refused = asked(bench, lambda desk: desk.send("vaccination", draft, state, 1))
    bench.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    check = bench.window.check
    bench.until(check.isVisible)
    shown = [key for row in bench.form.carried_rows() for key in row.fields]
    assert sorted(shown) == sorted(p.field for p in refused.problems)
    while check.to_confirm:
        check.confirming.focus()
        bench.key(Qt.Key.Key_Return)
    bench.key(Qt.Key.Key_F12)
    bench.until(check.trouble.isVisible)
    bench.idle()
    kept = asked(bench, lambda desk: desk.drafts())
    assert [one.state.unconfirmed(bench.form.form.form) for one in kept if one.id == draft] == [()]
