"""Take in imported records, which another system sends: each is a draft, and takes no form away from the patient in view."""

from typing import Protocol

from digmed_desktop.clinical import record_import
from digmed_desktop.desk.views.general import DraftView
from digmed_desktop.desk.views.messages import TakenIn
from digmed_desktop.ui.context import Context, FormStart
from digmed_desktop.ui.frame import Banner
from digmed_desktop.ui.pages.base import Pages
from digmed_desktop.ui.pages.form_page import FormPage
from digmed_desktop.ui.pages.people import SignInPage
from digmed_desktop.ui.pages.registry import FORMS
from digmed_desktop.ui.pages.today import TodayPage

WAITS = "Another system sent a record to this form. It waits under Drafts (Ctrl+D)."
HEAD = "Imported record"
OPENS = "Open it, and keep the form in view as a draft"
SHOWN = "This form was filled in from a record from another system. Check every answer."


class Frame(Protocol):
    """The part of the window that this uses."""

    context: Context
    banner: Banner
    pages: Pages

    def forms(self) -> list[FormPage]:
        """Return the forms that were looked at."""

    def begin_form(self, start: FormStart) -> None:
        """Begin a form."""


class RecordImports:
    """Belongs to one window."""

    def __init__(self, window: Frame) -> None:
        self._window = window
        self._draft = ""  # that the record became, until it is in view
        window.banner.taken.connect(lambda: self._show(wanted=True))

    def take(self, text: str) -> None:
        """Take in a record in a JSON text."""
        self._window.context.office.ask(lambda desk: desk.record_imports.take_in(text), self._taken_in)

    def arrive(self) -> bool:
        """Bring a record that waits into view where nobody is at work, else offer it; return whether it comes."""
        if not self._draft or self._window.context.acting.person is None:
            return False
        if self._is_at_work():
            self._offer()
            return False
        self._show(wanted=False)
        return True

    def _offer(self) -> None:
        """Say that a record waits: the keys under way are about what is in view."""
        self._window.banner.say("act", WAITS, HEAD, offer=OPENS)

    def _show(self, *, wanted: bool) -> None:
        """Bring the record into view; ``wanted`` by someone, who is then at work on nothing else."""
        if self._window.context.acting.person is None:  # it waits until someone signs in
            return
        draft = self._draft
        self._window.context.office.ask(
            lambda desk: next((one for one in desk.drafts() if one.id == draft and one.can_be_read), None),
            lambda found: self._have(draft, found, wanted=wanted),
        )

    def _taken_in(self, taken: TakenIn) -> None:
        self._draft, _form = taken.drafts[0]
        self.arrive()

    def _is_at_work(self) -> bool:
        """Whether a form holds anything, or a page other than Today and an empty form is in view."""
        window = self._window
        if any(form.in_use for form in window.forms()):
            return True
        page = window.pages.in_view
        return not isinstance(page, FormPage | TodayPage | SignInPage)

    def _have(self, asked: str, draft: DraftView | None, *, wanted: bool) -> None:
        if asked != self._draft or self._window.context.acting.person is None:
            return  # another was handed over meanwhile, or someone locked: it waits
        if draft is not None and not wanted and self._is_at_work():  # someone began to type meanwhile
            self._offer()
            return
        self._draft = ""
        if draft is not None and draft.form in FORMS:
            self._window.begin_form(FormStart(draft.form, draft=draft))
            left = record_import.left_open(draft.state.answers)
            self._window.banner.say("act", " ".join((SHOWN, *left)), HEAD)
