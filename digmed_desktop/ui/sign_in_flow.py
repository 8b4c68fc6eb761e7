"""The way into the program: opening the records, the first run, who signs in, and the lock."""

from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QDialog

from digmed_desktop.desk.views.general import DraftView, FormLists, Opened, PersonView
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.ui.context import Context, FormStart
from digmed_desktop.ui.frame import Banner
from digmed_desktop.ui.manager_flow import ManagerFlow
from digmed_desktop.ui.pages.base import Page, Pages
from digmed_desktop.ui.pages.check import CheckPage
from digmed_desktop.ui.pages.contact_clock import left_unfinished
from digmed_desktop.ui.pages.form_page import FormPage
from digmed_desktop.ui.pages.opening import OpeningPage
from digmed_desktop.ui.pages.people import FirstRunPage, SignInPage
from digmed_desktop.ui.pages.recovery import RecoveryPage
from digmed_desktop.ui.pages.registry import FORMS, HOME
from digmed_desktop.ui.patient_banner import NOBODY
from digmed_desktop.ui.record_imports import RecordImports
from digmed_desktop.ui.strip import Strip
from digmed_desktop.ui.toast import Toast

BEFORE_THE_LOCK = "It is exactly as you left it."


def close_dialogs() -> None:
    """Close every dialog of the program as if it were cancelled: over a locked page anyone could press its button."""
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QDialog) and widget.isVisible():
            widget.reject()


class Frame(Protocol):
    """The part of the window that signing in uses."""

    context: Context
    pages: Pages
    strip: Strip
    banner: Banner
    toast: Toast
    check: CheckPage
    record_imports: RecordImports

    @property
    def form_in_check(self) -> FormPage | None:
        """The form that the check page shows."""

    def page(self, key: str) -> Page: ...
    def show_page(self, page: Page) -> None: ...
    def visit(self, page: Page) -> None: ...
    def go(self, key: str) -> None: ...
    def begin_form(self, start: FormStart) -> None: ...
    def forms(self) -> list[FormPage]: ...
    def save_drafts(self) -> None: ...
    def take_lists(self, lists: dict[str, FormLists]) -> None: ...


class SignInFlow(QObject):
    """Belongs to one window. Nothing of a patient is in view before someone has passed it.

    :attr:`first_run` exists once a pharmacy without people was opened.
    """

    ready = Signal()  # records are open and the first page is shown

    def __init__(self, window: Frame) -> None:
        super().__init__(window.pages)
        self._window, self._context = window, window.context
        self.opening = OpeningPage(window.context)
        self.sign_in = SignInPage(window.context)
        self.recovery = RecoveryPage(window.context)
        self.first_run: FirstRunPage | None = None
        for page in (self.opening, self.sign_in, self.recovery):
            window.pages.addWidget(page)
        self.manager = ManagerFlow(window.context, window.pages, window.show_page)
        self._before_lock: Page | None = None  # the page that was in view
        self._came_from: Page | None = None  # the page in view when the forms came, before the draft is known
        self._connect()

    def _connect(self) -> None:
        office = self._context.office
        office.opened.connect(self._opened)
        office.not_opened.connect(self.not_opened)
        self.opening.recovered.connect(office.open)
        self.sign_in.signed_in.connect(self.manager.greet)
        self.sign_in.forgotten.connect(self.manager.forgot)
        self.recovery.done.connect(lambda: self._ask_who(locked=False))
        self.manager.begin(self.let_in, lambda: self._ask_who(locked=False), self._take)

    def is_outside(self, page: Page | None) -> bool:
        """Whether a page comes before anyone is signed in."""
        return page in (self.opening, self.sign_in, self.first_run, self.recovery, self.manager.first)

    # ---- opening

    def _opened(self, found: Opened) -> None:
        self._take(found)
        self._context.kept_in = found.kept_in
        self._context.office.ask(
            lambda desk: desk.person_lists(), lambda lists: self._with_lists(found, lists)
        )

    def _take(self, found: Opened) -> None:
        self._context.people = found.people
        if found.pharmacy is not None:
            self._context.pharmacy = found.pharmacy

    def _with_lists(self, found: Opened, lists: FormLists) -> None:
        self._context.lists["person"] = lists
        if found.pharmacy is None or not found.people:
            self._begin_first_run()
        else:
            self._ask_who(locked=False)
        self.ready.emit()

    def _begin_first_run(self) -> None:
        self.first_run = FirstRunPage(self._context)
        self.first_run.done.connect(self._set_up)
        self.first_run.restore.connect(self._restore_here)
        if self._context.practice is not None:
            self.first_run.fill(self._context.practice.first_run)
        self._window.pages.addWidget(self.first_run)
        self._window.show_page(self.first_run)
        self.first_run.focus_field("pharmacy.name")

    def not_opened(self, error: DigMedError) -> None:
        """Say why the records could not be opened, and what can be done."""
        self.opening.refuse(error)
        self._window.show_page(self.opening)

    def _restore_here(self) -> None:
        self.opening.offer_restore()
        self._window.show_page(self.opening)

    def _set_up(self) -> None:
        self._context.office.ask(lambda desk: desk.opened(), self._after_set_up)

    def _after_set_up(self, found: Opened) -> None:
        self._take(found)
        if self.first_run is not None:
            self.recovery.begin(found.people[-1].id, self.first_run.forget_pin())
        self._window.show_page(self.recovery)
        self.recovery.arrive()

    # ---- who it is, and the lock

    def _ask_who(self, *, locked: bool) -> None:
        self.sign_in.show_people(self._context.people, locked=locked)
        self._window.show_page(self.sign_in)
        self.sign_in.arrive()

    def lock(self) -> None:
        """Hide everything behind the PIN; the forms stay as they are."""
        if self._context.acting.person is None:
            return
        self._window.save_drafts()
        self._before_lock = self._window.pages.in_view
        close_dialogs()
        self._context.acting.become(None)
        self._ask_who(locked=True)

    def let_in(self, person: PersonView) -> None:
        """Let a person in: to the page that was in view before the lock, else to what was left unfinished."""
        self._context.acting.become(person)
        if "vaccination" not in self._context.lists:  # the first to sign in
            self._context.office.ask(lambda desk: desk.all_form_lists(), self._have_forms)
            return
        for form in self._window.forms():
            form.take_over(person)
        self._come_back()
        self._window.record_imports.arrive()

    def _come_back(self) -> None:
        """Bring into view what was there before the lock, a form instead of its check page, and say whose it is."""
        window = self._window
        page, self._before_lock = self._before_lock, None
        form = window.form_in_check if page is window.check else page
        window.visit(form or window.page(HOME))
        if isinstance(form, FormPage) and (name := form.banner().name) != NOBODY:
            window.toast.say(f"The form of {name}", BEFORE_THE_LOCK)

    def _have_forms(self, lists: dict[str, FormLists]) -> None:
        self._context.lists.update(lists)
        self._came_from = self._window.pages.in_view
        self._window.strip.programme.setText(lists["vaccination"].programme_name)
        self._context.office.ask(lambda desk: desk.newest_draft(), self._resume)

    def _resume(self, draft: DraftView | None) -> None:
        window = self._window
        if window.record_imports.arrive() or window.pages.in_view is not self._came_from:
            return  # whoever was quick has gone to a page meanwhile, and stays there
        if draft is None or draft.form not in FORMS:
            window.go(HOME)
            return
        window.begin_form(FormStart(draft.form, draft=draft))
        told = left_unfinished(draft.state, draft.changed_at, self._context.now())
        window.banner.say("act", told, "Draft")

    def people_changed(self, found: Opened) -> None:
        """Take the people and the pharmacy as they are now, and the lists that name them."""
        self._take(found)
        self._context.office.ask(lambda desk: desk.all_form_lists(), self._window.take_lists)
        self._context.office.ask(lambda desk: desk.people.signed_in(), self._have_rights)

    def _have_rights(self, person: PersonView) -> None:
        """Take what the person who is signed in may do now: a manager may have changed it."""
        acting = self._context.acting
        if acting.id == person.id and acting.person != person:
            acting.become(person)
