"""Keeps a form one person's: says that a form was put aside, and asks when another identity is typed over the first."""

from collections.abc import Mapping
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from digmed_desktop.clinical import dates, identity, nhs_number
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.words import Words, announce, set_property

_NAMED = {
    identity.NUMBER: "NHS number",
    identity.FAMILY: "last name",
    identity.GIVEN: "first name",
    identity.BORN: "date of birth",
}


class OnePerson(QWidget):
    """Knows whom the form was begun for (:attr:`owner`), and stands above it, always in view.

    :attr:`is_another` says that what was typed since belongs to another patient; :attr:`agreed` then holds the
    answers as they were before.
    """

    is_another = Signal()
    is_slip = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._strict = False
        self.owner: dict[str, str] = {}
        self.agreed: dict[str, str] = {}
        self.panel = QFrame()
        self.head = Words("", bold=True)
        self.said = Words("")
        self.slip = button("&Same patient: the earlier entry was wrong", tip="Alt+S")
        self.another = button("&Another patient: start a new form", "primary", tip="Alt+A")
        for each in (self.slip, self.another):
            each.setAutoDefault(True)  # Enter presses it
        self.slip.clicked.connect(self._slip)
        self.another.clicked.connect(self.is_another)
        self._buttons = flow(self.another, self.slip)
        holder = QVBoxLayout(self)
        holder.setContentsMargins(24, 8, 24, 0)
        holder.addWidget(self.panel)
        layout = QVBoxLayout(self.panel)
        layout.setContentsMargins(14, 10, 14, 10)
        layout.setSpacing(6)
        for part in (self.head, self.said, self._buttons):
            layout.addWidget(part)
        self.setVisible(False)

    def begin(self, owner: Mapping[str, str], answers: Mapping[str, str], *, strict: bool = False) -> None:
        """Begin with a form that is about to be shown; one that was left in doubt asks again.

        ``strict``: any change of name or birth asks, as in a correction.
        """
        self._strict = strict
        self.owner = dict(owner) or identity.completed({}, answers, self._today())
        self.agreed = {}
        self.setVisible(False)
        self.follow(answers)

    def taken(self, answers: Mapping[str, str]) -> None:
        """Take an identity that was chosen for this form: it is this person's from now on."""
        self.owner = identity.completed({}, answers, self._today())

    def typed(self, answers: Mapping[str, str]) -> None:
        """Follow one more key: remember the answers while they name one person."""
        if not self._contradicted(answers):
            self.agreed = dict(answers)

    def follow(self, answers: Mapping[str, str]) -> None:
        """Follow an identifying answer that was left: take in what is new, ask where it names somebody else."""
        found = self._contradicted(answers)
        if found:
            self._ask(found, answers)
            return
        self.owner = identity.completed(self.owner, answers, self._today())
        if self.asks:
            self.setVisible(False)

    @property
    def asks(self) -> bool:
        """Whether somebody has to say whose form this is."""
        return not self.isHidden() and not self._buttons.isHidden()

    def focus(self) -> None:
        """Put the cursor at the question."""
        self.another.setFocus()

    def say_kept(self, answers: Mapping[str, str]) -> None:
        """Say that the form with these answers stays a draft."""
        name = self._context.made.name(answers.get(identity.GIVEN, ""), answers.get(identity.FAMILY, ""))
        self.head.setVisible(False)
        self.said.setText(
            f"The form of {name} is kept under Drafts (Ctrl+D)."
            if name
            else "The form begun before is kept under Drafts (Ctrl+D)."
        )
        self._show("act", self.said.text(), ask=False)

    def _ask(self, found: tuple[str, ...], answers: Mapping[str, str]) -> None:
        name = self._context.made.name(
            self.owner.get(identity.GIVEN, ""), self.owner.get(identity.FAMILY, "")
        )
        what = " and ".join(filter(None, (", ".join(_NAMED[key] for key in found[:-1]), _NAMED[found[-1]])))
        self.head.setText(f"Is this still the form of {name}?" if name else "Is this still the same patient?")
        self.said.setText(
            f"The {what} typed now {'is' if len(found) == 1 else 'are'} not the one this form was begun with. "
            "For another patient a new form is started, and this one is kept as it was. "
            f"Was: {self._told(self.owner)}. Now: {self._told(answers)}."
        )
        self.head.setVisible(True)
        self._show("look", f"{self.head.text()} {self.said.text()}", ask=True)

    def _told(self, answers: Mapping[str, str]) -> str:
        """Return an identity in words, as far as onlookers may read it."""
        name = self._context.made.name(answers.get(identity.GIVEN, ""), answers.get(identity.FAMILY, ""))
        born = dates.shown(dates.of_answer(answers.get(identity.BORN, ""), self._today(), past=True))
        number = nhs_number.shown(nhs_number.digits(answers.get(identity.NUMBER, "")) or "")
        if self._context.made.now.privacy:
            born, number = "", f"… {number[-4:]}" if number else ""
        return ", ".join(part for part in (name, born, number) if part)

    def _show(self, tone: str, sentence: str, *, ask: bool) -> None:
        set_property(self.panel, "tone", tone)
        self._buttons.setVisible(ask)
        self.panel.setAccessibleName(sentence)
        self.setVisible(True)
        announce(self, sentence, urgent=ask)

    def _slip(self) -> None:
        self.setVisible(False)
        self.is_slip.emit()

    def _contradicted(self, answers: Mapping[str, str]) -> tuple[str, ...]:
        return identity.contradicted(self.owner, answers, self._today(), strict=self._strict)

    def _today(self) -> date:
        return self._context.now().astimezone(dates.ENGLAND).date()
