"""Two pages for the recovery phrase where no manager can act: the first manager, and a manager who forgot the PIN."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent

from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.desk.views.general import PersonView
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import WorkRole
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import ColumnPage, button
from digmed_desktop.ui.widgets.choices import ChoiceEditor
from digmed_desktop.ui.widgets.editors import LinesEditor, TextEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.pair import Pair
from digmed_desktop.ui.widgets.words import Words, row

PHRASE_HINT = "The 24 words from the paper in the safe, in order."


class _PhrasePage(ColumnPage):
    """Asks for the phrase; nothing secret stays on the page once it is out of view."""

    CENTRED = True
    done = Signal()
    later = Signal()

    def __init__(self, context: Context, title_text: str, lead: str) -> None:
        super().__init__(title_text, lead)
        self._context = context
        self.go_on = button("", "primary")
        self.go_on.clicked.connect(self._ask)
        self.not_now = button("Cancel")
        self.not_now.clicked.connect(self.later)

    def _finish_layout(self) -> None:
        self.body.addWidget(row(self.go_on, self.not_now, Words("Esc", role="quiet", wrap=False), None))

    def go_back(self) -> bool:
        """Put it off."""
        self.later.emit()
        return True

    def _ask(self) -> None:
        raise NotImplementedError

    def _answered(self, problems: Sequence[Problem]) -> None:
        self.go_on.setEnabled(True)
        if self.tell(problems):
            self._forget()
            self.done.emit()

    def _failed(self, error: DigMedError) -> None:
        self.go_on.setEnabled(True)
        self.tell([Problem("", str(error))])

    def hideEvent(self, event: QHideEvent) -> None:
        """Never leave the words or a PIN on a page that is out of view."""
        if not event.spontaneous():  # the window is only minimised
            self._forget()
        super().hideEvent(event)

    def _forget(self) -> None:
        for field in self.fields.values():
            field.editor.set_answer("")


class FirstManagerPage(_PhrasePage):
    """Offers a pharmacist to become the first manager of a pharmacy that has none."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            "Who is the manager here?",
            "This pharmacy has no manager yet. Only a manager can add people, change the settings and make backups. "
            "You can record and send without one.",
        )
        self._person: PersonView | None = None
        self.who = Words("", bold=True)
        self.card("", self.who, Field("manager.phrase", "Recovery phrase", LinesEditor(3), hint=PHRASE_HINT))
        self.go_on.setText("Become manager")
        self._finish_layout()

    def begin(self, person: PersonView) -> None:
        """Ask this person, who has just signed in."""
        self._person = person
        self.tell([])
        self.who.setText(f"{person.professional.name.spoken()} becomes the manager.")

    def arrive(self) -> None:
        """Put the cursor at the phrase."""
        self.focus_field("manager.phrase")

    def _ask(self) -> None:
        if self._person is None:
            return
        by, typed = self._person.id, self.answers()["manager.phrase"]
        self.go_on.setEnabled(False)
        self._context.office.ask(lambda desk: desk.managing.become(by, typed), self._answered, self._failed)


class ForgottenPinPage(_PhrasePage):
    """Gives a manager who forgot the PIN a new one."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            "A new PIN for a manager",
            "A manager sets new PINs for everyone else, under People. If there is no other manager, use the "
            "recovery phrase.",
        )
        self.who = ChoiceEditor(())
        self.card(
            "",
            Field("who", "Manager", self.who),
            Field("manager.phrase", "Recovery phrase", LinesEditor(3), hint=PHRASE_HINT),
            Pair(
                Field("manager.pin", "New PIN", TextEditor(secret=True)),
                Field("manager.pin_again", "New PIN again", TextEditor(secret=True)),
            ),
        )
        self.go_on.setText("Set this PIN")
        self._finish_layout()

    def begin(self, people: Sequence[PersonView]) -> None:
        """Offer the managers among these people."""
        managers = [one for one in people if one.works_as is WorkRole.MANAGER]
        self.tell([])
        self.who.set_options([Option(str(one.id), one.label) for one in managers])
        if len(managers) == 1:
            self.who.set_answer(str(managers[0].id))

    def arrive(self) -> None:
        """Put the cursor at the first question that has no answer."""
        self.focus_field("manager.phrase" if self.who.answer() else "who")

    def _ask(self) -> None:
        answers = self.answers()
        if not answers["who"].isdigit():
            self.tell([Problem("who", "Choose the manager.")])
            return
        person = int(answers["who"])
        self.go_on.setEnabled(False)
        self._context.office.ask(
            lambda desk: desk.managing.reset_pin(person, answers), self._answered, self._failed
        )
