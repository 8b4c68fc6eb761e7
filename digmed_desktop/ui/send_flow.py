"""The way of a form over the check page to a notification, and back where it could not be stored."""

import uuid
from dataclasses import dataclass
from typing import Protocol

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.desk.views.general import Preview, Sent
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.counter import Counter
from digmed_desktop.ui.frame import Banner
from digmed_desktop.ui.pages.base import Page
from digmed_desktop.ui.pages.check import CheckPage, recorded_groups
from digmed_desktop.ui.pages.form_page import FormPage
from digmed_desktop.ui.patient_banner import NUMBER
from digmed_desktop.ui.toast import Toast

STILL_STANDS = (
    "The right record is stored. The record of the wrong patient could not be withdrawn: it still "
    "counts, and needs action. Withdraw it in Sent items."
)
CHANGED = "An answer changed after the page was shown. Look at it again, and then press Send."
NOT_STORED = "the record was not sent. Its form says what is missing or wrong."
TYPED_AFTER = "the record is stored as it was when you pressed Send. Text typed after that is under Drafts."


class FormWindow(Protocol):
    """The window, as far as sending needs it."""

    context: Context
    check: CheckPage
    banner: Banner
    counter: Counter
    toast: Toast

    def show_page(self, page: Page) -> None: ...
    def visit(self, page: Page) -> None: ...
    def go(self, key: str) -> None: ...
    def forms(self) -> list[FormPage]: ...


class SendFlow:
    """Sends the form that is on the check page. The form stays as it is until its record is stored.

    :attr:`form` is the form that the check page shows.
    """

    def __init__(self, window: FormWindow) -> None:
        self._window = window
        self.form: FormPage | None = None
        self._shown: dict[str, str] = {}  # the answers that the check page shows
        check = window.check
        check.back.connect(self._back_to_form)
        check.send.connect(self.send)
        check.confirmed.connect(self._confirmed)
        check.reasoned.connect(self._reasoned)

    def show_check(self, form: FormPage, preview: Preview) -> None:
        """Show a form on the check page."""
        self.form, self._shown = form, form.answers()
        check = self._window.check
        check.checked, check.rail_key = form, form.rail_key
        check.show_recorded(
            recorded_groups(form.form, form.form.answers()),
            preview,
            form.check_heading(),
            form.carried_rows(),
            form.state(),
            colleague=form.has_colleague,
        )
        self._window.toast.hide()  # it names the patient before this one, and lies over what is checked
        self._window.show_page(check)
        check.arrive()

    def _back_to_form(self, field_id: str) -> None:
        if self.form is not None:
            self._window.visit(self.form)
            if field_id:
                self.form.focus_field(field_id)

    def _confirmed(self, fields: tuple[str, ...]) -> None:
        if self.form is not None:
            self.form.confirm(fields)

    def _reasoned(self, reasons: dict[str, str]) -> None:
        if self.form is not None:
            self.form.give_reasons(reasons)

    def send(self) -> None:
        """Note on the disk that Send was pressed, then have the record stored and delivered."""
        window = self._window
        form, by = self.form, window.context.acting.id
        if form is None:
            return
        if form.answers() != self._shown:  # such as a practice that was searched for and came late
            window.visit(form)
            window.banner.say("look", CHANGED, "Not sent")
            form.check_now()
            return
        window.toast.hide()  # it is about the record before this one
        whose = form.banner()
        number = dict(whose.facts).get(NUMBER, "")
        pressed = _Pressed(form.state(), form.draft_id, whose.name, number, form.sent_words())
        state, draft_id = pressed.state, pressed.draft_id
        form.save_draft()  # with the reasons and confirmations of the check page, for the start after a crash
        if by is not None:
            try:
                window.context.note_send(draft_id, form.FORM, by)
            except DigMedError as error:  # a full disk for one: nothing else was begun
                window.check.not_sent(error)
                return
        window.context.office.ask(
            lambda desk: desk.send(form.FORM, draft_id, state, by=by),
            lambda sent: self._was_sent(form, sent, pressed),
            lambda error: self._failed(form, draft_id, error),
        )

    def _failed(self, form: FormPage, draft_id: str, error: DigMedError) -> None:
        window = self._window
        if form.draft_id == draft_id:
            window.check.not_sent(error)
        if form.draft_id != draft_id or not window.check.isVisible():
            window.banner.say("stop", f"A record was not sent: it is in Drafts. {error}", "Not sent")

    def _was_sent(self, form: FormPage, sent: Sent, pressed: "_Pressed") -> None:
        window = self._window
        if form.draft_id != pressed.draft_id:  # the next patient is on the form already
            window.context.office.deliver_now()
            if sent.problems:
                window.banner.say("stop", "The previous record was not sent: see Drafts.", "Not sent")
            return
        here = window.check.isVisible() or form.isVisible()  # else someone works on another page
        if sent.notification is None and sent.register:
            form.begin()
            if here:
                window.go("register")
            return
        if sent.notification is None:
            if here:
                window.visit(form)
            else:
                window.banner.say("stop", f"{pressed.name}: {NOT_STORED}", "Not sent")
            form.form.set_problems(sent.problems)
            form.form.tell_all()
            return
        window.context.office.deliver_now()
        window.counter.last_sent = (form.FORM, sent.notification)
        self._keep_what_came_after(form, pressed)
        form.begin()
        for each in window.forms():
            each.reload_practices()
        if here:
            window.visit(form)
        if window.context.acting.person is not None:  # behind the lock nobody's name is said
            window.toast.say(f"Saved: {pressed.name}", pressed.told(sent), sent.notification)
        if sent.still_stands is not None:
            window.banner.say("stop", STILL_STANDS, "Not withdrawn")

    def _keep_what_came_after(self, form: FormPage, pressed: "_Pressed") -> None:
        """Keep as a draft of its own what was typed between Send and the answer of the store."""
        now = form.state()
        if now.answers == pressed.state.answers:
            return
        form.drafts.keep(uuid.uuid4().hex, form.FORM, now, self._window.context.acting.id)
        self._window.banner.say("look", f"{pressed.name}: {TYPED_AFTER}", "Look under Drafts")


@dataclass(frozen=True, slots=True, repr=False)
class _Pressed:
    """The content of a form at the press of Send. Patient data."""

    state: FormState
    draft_id: str
    name: str
    number: str  # as far as onlookers may read it
    words: str

    def told(self, sent: Sent) -> str:
        """Return what is said of what was stored: whose number, what it is, and how it goes on."""
        number = f"{NUMBER} {self.number}" if self.number else ""
        return "\n".join(line for line in (number, sent.what, self.words) if line)
