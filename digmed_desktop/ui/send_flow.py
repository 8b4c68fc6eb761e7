"""The way from Send to the story of a notification, and back to the check page where it could not be stored."""

from typing import Protocol

from PySide6.QtWidgets import QWidget

from digmed_desktop.desk.views import Sent
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.counter import Counter
from digmed_desktop.ui.frame import Banner
from digmed_desktop.ui.pages.check import CheckPage
from digmed_desktop.ui.pages.form_page import FormPage


class FormWindow(Protocol):
    """The window, as far as sending needs it."""

    context: Context
    check: CheckPage
    banner: Banner
    counter: Counter
    form_in_check: FormPage | None

    def visit(self, page: QWidget) -> None: ...
    def go(self, key: str) -> None: ...
    def open_story(self, notification: int) -> None: ...
    def forms(self) -> list[FormPage]: ...


class SendFlow:
    """Sends the form that is on the check page. The form stays as it is until its record is stored."""

    def __init__(self, window: FormWindow) -> None:
        self._window = window

    def send(self) -> None:
        """Note on the disk that Send was pressed, then have the record stored and delivered."""
        window = self._window
        form, by = window.form_in_check, window.context.acting.id
        if form is None:
            return
        state, draft_id = form.state(), form.draft_id
        if by is not None:
            try:
                window.context.note_send(draft_id, form.FORM, by)
            except DigMedError as error:  # a full disk for one: nothing else was begun
                window.check.not_sent(error)
                return
        window.context.office.ask(
            lambda desk: desk.send(form.FORM, draft_id, state, by=by),
            lambda sent: self._was_sent(form, sent, draft_id, dict(state.answers)),
            lambda error: self._failed(form, draft_id, error),
        )

    def _failed(self, form: FormPage, draft_id: str, error: DigMedError) -> None:
        window = self._window
        if form.draft_id == draft_id:
            window.check.not_sent(error)
        if form.draft_id != draft_id or not window.check.isVisible():
            window.banner.say("stop", f"A record was not sent: it is in Drafts. {error}", "Not sent")

    def _was_sent(self, form: FormPage, sent: Sent, draft_id: str, answers: dict[str, str]) -> None:
        window = self._window
        if form.draft_id != draft_id:  # the next patient is on the form already
            window.context.office.deliver_now()
            if sent.problems:
                window.banner.say("stop", "The record before this one was not sent: see Drafts.", "Not sent")
            return
        if sent.notification is None and sent.register:
            form.begin()
            window.go("register")
            return
        if sent.notification is None:
            window.visit(form)
            form.form.set_problems(sent.problems)
            form.form.tell_all()
            return
        window.context.office.deliver_now()
        window.counter.last_sent = (form.FORM, answers)
        form.begin()
        for each in window.forms():
            each.reload_practices()
        window.open_story(sent.notification)
