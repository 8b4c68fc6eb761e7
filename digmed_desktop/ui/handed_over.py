"""Records that another system hands over: each is a draft, and takes no form away from the patient in view."""

from typing import Protocol

from PySide6.QtWidgets import QStackedWidget

from digmed_desktop.clinical import identity, record_import
from digmed_desktop.desk.message_views import TakenIn
from digmed_desktop.desk.views import DraftView
from digmed_desktop.ui.context import Context, FormStart
from digmed_desktop.ui.frame import Banner
from digmed_desktop.ui.pages.check import CheckPage
from digmed_desktop.ui.pages.form_page import FormPage
from digmed_desktop.ui.pages.registry import FORMS

WAITS = "Another system handed over a record. It waits under Drafts (Ctrl+D)."
SHOWN = "This form was filled in from the record that another system handed over. Check every answer."


class Frame(Protocol):
    """What this needs of the window."""

    context: Context
    banner: Banner
    pages: QStackedWidget
    check: CheckPage

    @property
    def form_in_check(self) -> FormPage | None:
        """The form that the check page shows."""

    def begin_form(self, start: FormStart) -> None:
        """Begin a form."""


class HandedOver:
    """Belongs to one window."""

    def __init__(self, window: Frame) -> None:
        self._window = window
        self._draft = ""  # that the record became, until it is in view

    @property
    def waits(self) -> bool:
        """Whether a record waits until someone is signed in."""
        return bool(self._draft)

    def take(self, text: str) -> None:
        """Take in a record in a JSON text."""
        self._window.context.office.ask(lambda desk: desk.hand_over.take_in(text), self._taken_in)

    def show(self) -> None:
        """Bring the draft of the record into view."""
        wanted, self._draft = self._draft, ""
        self._window.context.office.ask(
            lambda desk: next((one for one in desk.drafts() if one.id == wanted), None), self._have
        )

    def _taken_in(self, taken: TakenIn) -> None:
        self._draft, _form = taken.drafts[0]
        if self._window.context.acting.person is None:
            return
        if self._is_at_work():  # the keys under way are about the patient in view
            self._draft = ""
            self._window.banner.say("act", WAITS, "Handed over")
            return
        self.show()

    def _is_at_work(self) -> bool:
        """Whether a form with a patient on it is in view, or its check page."""
        window = self._window
        page = window.pages.currentWidget()
        form = window.form_in_check if page is window.check else page
        return isinstance(form, FormPage) and identity.is_somebodys(form.answers())

    def _have(self, draft: DraftView | None) -> None:
        if draft is not None and draft.form in FORMS:
            self._window.begin_form(FormStart(draft.form, draft=draft))
            left = record_import.left_open(draft.state.answers)
            self._window.banner.say("act", " ".join((SHOWN, *left)), "Handed over")
