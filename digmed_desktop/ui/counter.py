"""Serve the counter for the whole window: scans, the session strip, next patient, the lock after minutes."""

from collections.abc import Callable, Mapping
from typing import Protocol

from PySide6.QtCore import QObject, SignalInstance
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from digmed_desktop.clinical import identity
from digmed_desktop.desk.views.general import PersonView
from digmed_desktop.scanning.burst import Burst
from digmed_desktop.ui.clipboard import Copied
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.frame import Banner
from digmed_desktop.ui.idle_lock import IdleLock
from digmed_desktop.ui.pages.base import Page, Pages
from digmed_desktop.ui.pages.check import CheckPage
from digmed_desktop.ui.pages.cleared_answers import PUT_BACK
from digmed_desktop.ui.pages.form_page import FormPage
from digmed_desktop.ui.scans import Scans
from digmed_desktop.ui.strip import Chip, Strip
from digmed_desktop.ui.widgets.words import application

MINUTE_SECONDS = 60
TAKEN_BACK = "The last record was withdrawn, so its patient is not filled in again. Find the patient."


class Frame(Protocol):
    """The part of the window that the counter uses."""

    context: Context
    pages: Pages
    strip: Strip
    banner: Banner
    check: CheckPage

    @property
    def form_in_check(self) -> FormPage | None:
        """The form that the check page shows."""

    @property
    def closing(self) -> SignalInstance:
        """It closes."""

    def visit(self, page: Page) -> None:
        """Go to a page."""

    def lock(self) -> None:
        """Lock."""


class Counter(QObject):
    """Belongs to one window."""

    def __init__(self, window: Frame, parent: QWidget) -> None:
        super().__init__(parent)
        self._window, self._context = window, window.context
        self._scans = Scans(window, parent)
        self.last_sent: tuple[str, int] | None = None  # the form and the notification sent last
        self._looked_at: FormPage | None = None  # the last form that was in view
        window.pages.currentChanged.connect(lambda _n: self._follow_form())
        for keys, act in self._keys():
            QShortcut(QKeySequence(keys), parent, act)
        window.strip.wanted.connect(self._change_session)
        self.idle_lock = IdleLock(
            window.lock, lambda: self._context.made.now.lock_after_minutes * MINUTE_SECONDS, self
        )
        self._copied = Copied(self)
        self._present: int | None = None  # who is signed in
        self._context.acting.changed.connect(self._follow_person)
        self._context.made.changed.connect(self._take_choices)
        wedge = self._context.wedge
        if wedge is not None:
            wedge.scanned.connect(self.scanned)
            wedge.touched.connect(self.idle_lock.touched)
            wedge.watch(application())
            window.closing.connect(lambda: wedge.leave(application()))
        self._take_choices()

    def _keys(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        return (
            ("F9", self.next_patient),
            ("Shift+F9", self.same_patient),
            (PUT_BACK, self.put_back),
        )

    # ---- the form in view

    def form(self) -> FormPage | None:
        """Return the form in view or on the check page, else the last one in view."""
        page = self._window.pages.in_view
        form = self._window.form_in_check if page is self._window.check else page
        return form if isinstance(form, FormPage) else self._looked_at

    def _follow_form(self) -> None:
        page = self._window.pages.in_view
        if isinstance(page, FormPage):
            self._looked_at = page

    def follow_page(self) -> None:
        """Show the session of the form in view."""
        page = self._window.pages.in_view
        form = self._window.form_in_check if page is self._window.check else page
        if not isinstance(form, FormPage):
            self._window.strip.show_session(())
            return
        self._window.strip.show_session(
            [
                Chip(
                    value.title,
                    form.session_text(value),
                    value.fields[0],
                    *form.session_words(value),
                    carried=any(key in form.carried for key in value.fields),
                    main=value.main,
                )
                for value in form.STRIP
            ]
        )

    def next_patient(self) -> None:
        """Begin the next patient; what is on the form stays a draft."""
        form = self.form()
        if form is None or self._context.acting.person is None:
            return
        self._window.visit(form)
        form.next_patient()

    def same_patient(self) -> None:
        """Begin another vaccine for the patient on the form in view, else for the one just sent."""
        form = self.form()
        if form is None or self._context.acting.person is None:
            return
        page = self._window.pages.in_view
        in_view = page in (form, self._window.check) and identity.is_somebodys(form.answers())
        self._window.visit(form)
        if in_view or self.last_sent is None or self.last_sent[0] != form.FORM:
            form.whose.same_patient()
            return
        sent, draft = self.last_sent[1], form.draft_id
        self._context.office.ask(
            lambda desk: desk.patients.answers_of(sent),
            lambda answers: self._begin_for(form, draft, answers),
        )

    def _begin_for(self, form: FormPage, draft: str, answers: Mapping[str, str] | None) -> None:
        """Begin for the patient of a record, unless it was taken back or another form was begun meanwhile."""
        if form.draft_id != draft:
            return
        if answers is None:
            self._window.banner.say("look", TAKEN_BACK, "Same patient")
            return
        form.whose.same_as(answers)

    def _change_session(self, field: str) -> None:
        """Lead to the first question of a value; from there, with the same key again, to its next."""
        form = self.form()
        if form is None:
            return
        value = next((one for one in form.STRIP if one.fields[0] == field), None)
        wanted = form.question_after(value.fields) if value is not None else field
        self._window.visit(form)
        form.focus_field(wanted)

    # ---- scans

    def scanned(self, burst: Burst) -> None:
        """Give a scan to the page in view, and text to its field."""
        self._scans.take(burst)

    def put_back(self) -> None:
        """Put back what was taken for a scan, else what the page in view emptied last."""
        page = self._window.pages.in_view
        if not self._scans.put_back() and page is not None:
            page.put_back()

    # ---- the lock, and what was chosen

    def _follow_person(self, person: PersonView | None) -> None:
        if person is None:
            self._scans.forget()
            self.idle_lock.end()
            self.forget_copied()
            self._note_lock()
        else:
            self._present = person.id
            self.idle_lock.begin()

    def forget_copied(self) -> None:
        """Take off the clipboard what was copied from this program."""
        self._copied.forget()

    def _note_lock(self) -> None:
        locked, self._present = self._present, None
        if locked is not None:
            self._context.office.ask(lambda desk: desk.people.locked(locked), lambda _n: None)

    def _take_choices(self) -> None:
        if self._context.wedge is not None:
            self._context.wedge.set_prefix(self._context.made.now.scanner_prefix)
