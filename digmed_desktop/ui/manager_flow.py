"""Handle what may come between a right PIN and the first page: a pharmacy without a manager, and a manager without a PIN."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from digmed_desktop.desk.views.general import Opened, PersonView, SignIn
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.base import Page, Pages
from digmed_desktop.ui.pages.by_phrase import FirstManagerPage, ForgottenPinPage


class ManagerFlow(QObject):
    """Shows the two pages of the recovery phrase, and hands the window back to who has signed in."""

    def __init__(self, context: Context, pages: Pages, show: Callable[[Page], None]) -> None:
        super().__init__(pages)
        self._context, self._show = context, show
        self.first, self.forgotten = FirstManagerPage(context), ForgottenPinPage(context)
        for page in (self.first, self.forgotten):
            pages.addWidget(page)

    def begin(
        self,
        go_in: Callable[[PersonView], None],
        ask_who: Callable[[], None],
        people_changed: Callable[[Opened], None],
    ) -> None:
        """Say how the window goes on: ``go_in`` as a person, or ``ask_who`` it is."""
        self._go_in, self._people_changed = go_in, people_changed
        self.first.later.connect(self._enter)
        self.first.done.connect(self._became)
        self.forgotten.done.connect(ask_who)
        self.forgotten.later.connect(ask_who)

    def greet(self, answer: SignIn) -> None:
        """Let a person in whose PIN was right, once they were asked to become manager where there is none."""
        self._person = answer.person
        if answer.asks_for_manager and answer.person is not None:
            self.first.begin(answer.person)
            self._show(self.first)
            self.first.arrive()
        else:
            self._enter()

    def forgot(self) -> None:
        """Offer managers a new PIN."""
        self.forgotten.begin(self._context.people)
        self._show(self.forgotten)
        self.forgotten.arrive()

    def _became(self) -> None:
        self._context.office.ask(lambda desk: desk.opened(), self._people_changed)
        self._enter()

    def _enter(self) -> None:
        if self._person is not None:
            self._go_in(self._person)
