"""The page of replies that match nothing: a person decides by keyboard, and nothing happens by one slip."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from digmed_desktop.desk.desk import Desk
from digmed_desktop.fhir.response_reader import response_reader
from digmed_desktop.fhir.responses import write_response
from digmed_desktop.messaging.replies import ReplyAct
from digmed_desktop.messaging.sending import InboxItem, ItemKind, Receipt
from digmed_desktop.messaging.states import Happening, State
from digmed_desktop.ui.pages.replies import RepliesPage
from digmed_desktop.ui.pages.today import TodayPage
from digmed_desktop.ui.widgets.confirmed import ConfirmedButton
from tests.history.samples import facts, local_id, message, token
from tests.ui.conftest import NOW, Bench

ACK = "DIGMED_FLU_VAC_ACK"


def sent(desk: Desk) -> int:
    """Freeze a notification as if MESH had taken it for the mailbox BOX1."""
    store = desk._store
    of, id_ = message(str(uuid.uuid4())), local_id()
    made = store.notifications.freeze(None, "{}", facts(), of, id_, 1, token=token())
    store.deliveries.claim([id_])
    store.deliveries.record(id_, Happening.TAKEN, receipt=Receipt(f"M{uuid.uuid4().hex}", "BOX1"))
    return made


def came(desk: Desk, code: str, names: str, sender: str, body: bytes = b"") -> str:
    """Store a reply and place it, as the delivery does."""
    store, mesh_id = desk._store, f"M{uuid.uuid4().hex}"
    body = body or write_response(
        response_to=names,
        code=code,
        sender_ods="Z99999",
        mailbox=sender,
        now=NOW,
        new_id=lambda: str(uuid.uuid4()),
    )
    store.inbox.keep(InboxItem(mesh_id, ItemKind.DATA, ACK, sender, body, received_at=NOW))
    read = response_reader(lambda: "FQF01", "FX999OT001", desk._clock)
    try:
        store.inbox.place_response(mesh_id, read(body), timedelta(days=5))
    except Exception as error:  # noqa: BLE001
        store.inbox.in_trouble(mesh_id, str(error))
    return mesh_id


def ask(bench: Bench, what: Callable[[Desk], Any]) -> Any:
    got: list[Any] = []
    bench.office.ask(what, got.append)
    bench.until(lambda: bool(got))
    return got[0]


def opened(bench: Bench) -> RepliesPage:
    bench.key(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    bench.idle()
    page = bench.window.pages.currentWidget()
    assert isinstance(page, RepliesPage)
    return page


def state_of(bench: Bench, notification: int) -> State:
    return ask(bench, lambda desk: desk._store.notifications.row(notification)).state


@pytest.fixture(autouse=True)
def _reads_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second press counts at once."""
    monkeypatch.setattr(ConfirmedButton, "READ_S", 0.0)


def test_nothing_waiting_says_so(bench: Bench) -> None:
    page = opened(bench)
    assert page.none.isVisible()
    assert page.none.head.text() == "No replies to check"
    assert not page.said.isVisible()
    assert not page.list.isVisible()
    assert not page.reply.isVisible()


def test_an_unknown_sender_is_accepted_by_keyboard_with_two_presses(bench: Bench) -> None:
    made = ask(bench, sent)
    ask(bench, lambda desk: came(desk, "30001", desk.story(made).message_id, "STRANGER"))
    page = opened(bench)
    bench.until(lambda: page.list.hasFocus())
    assert "STRANGER" in page.list.item(0).text()
    assert "not known as this practice's" in page.reply.why.text()
    assert not page.reply.search.isVisible()
    for _ in range(20):
        if bench.focused() is page.reply.note.line:
            break
        bench.key(Qt.Key.Key_Tab)
    bench.keys("Asked Jo at the surgery")
    bench.key(Qt.Key.Key_Tab)
    bench.key(Qt.Key.Key_Space)
    bench.idle()
    assert state_of(bench, made) is State.SENT, "one press only asks"
    bench.key(Qt.Key.Key_Space)
    bench.until(lambda: state_of(bench, made) is State.MATCHED)
    bench.until(lambda: not page.list.isVisible())
    told = ask(bench, lambda desk: desk.story(made)).events
    assert any("Asked Jo at the surgery" in event.note and event.by for event in told)


def test_a_reply_that_names_nothing_is_given_to_a_notification_that_was_found(bench: Bench) -> None:
    made = ask(bench, sent)
    ask(bench, lambda desk: came(desk, "30002", "", "BOX1"))
    page = opened(bench)
    bench.until(lambda: page.reply.search.list.count() == 1)
    assert not page.reply.acts[ReplyAct.ACCEPTED].isVisible()
    page.reply.search.editor.focus()
    bench.key(Qt.Key.Key_Down)
    bench.key(Qt.Key.Key_Return)
    bench.until(lambda: bench.focused().text() == "Match it to this notification")  # type: ignore[attr-defined]
    bench.key(Qt.Key.Key_Space)
    bench.key(Qt.Key.Key_Space)
    bench.until(lambda: state_of(bench, made) is State.NOT_KNOWN_THERE)


def test_what_another_program_waits_for_is_counted_and_shown_apart(bench: Bench) -> None:
    ask(bench, lambda desk: came(desk, "30001", str(uuid.uuid4()), "OTHER"))
    page = opened(bench)
    assert not page.list.isVisible()
    assert "1 that another program waits for" in page.switch.text()
    page.switch.click()
    bench.until(lambda: page.list.count() == 1)
    assert "OTHER" in page.list.item(0).text()


@pytest.mark.parametrize("act", ["Mark as resolved", "Another program's"])
def test_setting_aside_takes_it_off_the_list(bench: Bench, act: str) -> None:
    ask(bench, lambda desk: came(desk, "", "", "BOX1", b"<html>"))
    page = opened(bench)
    bench.until(lambda: page.list.count() == 1)
    made = next(button for button in page.reply.acts.values() if button.text() == act)
    made.click()
    made.click()
    bench.until(lambda: not page.list.isVisible())


def test_the_bytes_are_saved_as_they_came_under_a_name_without_patient(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = b"<html>O'Fennimore 9991234553</html>"
    ask(bench, lambda desk: came(desk, "", "", "BOX1", body))
    page = opened(bench)
    bench.until(lambda: page.list.count() == 1)
    offered: list[str] = []

    def where(_parent: object, _title: str, name: str, _kind: str) -> tuple[str, str]:
        offered.append(name)
        return str(tmp_path / name), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", where)
    page.reply.save.click()
    bench.until(lambda: "Saved as" in page.said.body.text())
    (name,) = offered
    assert "Fennimore" not in name
    assert (tmp_path / name).read_bytes() == body


def test_a_practice_that_refuses_us_goes_on_when_a_person_lets_it(bench: Bench) -> None:
    made = ask(bench, sent)

    def refuse(desk: Desk) -> list[Any]:
        mesh_id = came(desk, "20012", desk.story(made).message_id, "BOX1")
        read = response_reader(lambda: "FQF01", "FX999OT001", desk._clock)
        body = desk._store.inbox.body(mesh_id)
        desk._store.inbox.apply_response(mesh_id, read(body).meanings, None)
        return list(desk.replies.view().practices)

    assert len(ask(bench, refuse)) == 1
    page = opened(bench)
    bench.until(page.stops.isVisible)
    (go_on,) = page.stops.buttons
    go_on.click()
    go_on.click()
    bench.until(lambda: not page.stops.isVisible())


def test_what_a_person_types_stays_when_something_new_comes(bench: Bench) -> None:
    made = ask(bench, sent)
    ask(bench, lambda desk: came(desk, "30001", desk.story(made).message_id, "STRANGER"))
    page = opened(bench)
    bench.until(lambda: page.list.count() == 1)
    page.reply.note.set_answer("half a sentence")
    ask(bench, lambda desk: came(desk, "30002", desk.story(made).message_id, "STRANGER"))
    page.history_moved()
    bench.idle()
    assert page.reply.note.answer() == "half a sentence"


def test_today_has_a_tile_that_leads_here_while_a_reply_waits(bench: Bench) -> None:
    bench.window.go("today")
    today = bench.window.page("today")
    assert isinstance(today, TodayPage)
    bench.until(lambda: today._view is not None)
    assert today.replies_tile.isHidden()

    def stranger(desk: Desk) -> str:
        return came(desk, "30002", desk._store.notifications.story(sent(desk)).message_id, "EVIL")

    mesh_id = ask(bench, stranger)
    today.refresh()
    bench.until(lambda: not today.replies_tile.isHidden())
    assert today.replies_tile.accessibleName() == "1 reply to check"
    today.replies_tile.click()
    assert isinstance(bench.window.pages.currentWidget(), RepliesPage)
    ask(bench, lambda desk: desk.replies.settle(mesh_id, ReplyAct.DEALT_WITH, 1) or True)
    bench.window.go("today")
    bench.until(lambda: today.replies_tile.isHidden())


def test_enter_at_once_chooses_no_notification_that_was_not_typed_whole(bench: Bench) -> None:
    made = ask(bench, sent)
    about = ask(bench, lambda desk: desk.story(made)).row
    ask(bench, lambda desk: came(desk, "30002", "", "BOX1"))
    page = opened(bench)
    search, give = page.reply.search, page.reply.acts[ReplyAct.BELONGS]
    bench.until(lambda: search.list.count() == 1)
    search.editor.focus()
    family = about.patient_name.partition(",")[0]
    for typed in ("-", family[:2], family):
        search.clear()
        bench.keys(typed)
        bench.key(Qt.Key.Key_Return)
        bench.until(
            lambda typed=typed: search.list.isVisible() == (typed != "-") and not search._timer.isActive()
        )
        bench.idle()
        assert not give.isVisible(), repr(typed)
    search.clear()
    bench.keys(about.patient_name)
    bench.key(Qt.Key.Key_Return)
    bench.until(give.isVisible)
    search.editor.focus()
    bench.keys("x")
    assert not give.isVisible(), "chosen for a text that no longer stands there"


def test_what_is_typed_while_the_list_is_read_anew_stays(bench: Bench) -> None:
    made = ask(bench, sent)
    ask(bench, lambda desk: came(desk, "30001", desk.story(made).message_id, "STRANGER"))
    page = opened(bench)
    bench.until(lambda: page.list.hasFocus())
    bench.idle()
    page.history_moved()
    page.reply.note.focus()
    bench.keys("Asked Jo")
    page.reply.acts[ReplyAct.ACCEPTED].click()
    bench.idle()
    assert page.reply.note.answer() == "Asked Jo"
    assert page.reply.acts[ReplyAct.ACCEPTED].asks
