"""Keeps a form one person's: says that a form was put aside, and asks when another identity is typed over the first."""

from collections.abc import Callable, Mapping
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from digmed_desktop.clinical import dates, identity, nhs_number
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.one_patient import OnePatient
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.tokens import INSET, SPACE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.words import Words, announce, set_property

_NAMED = {
    identity.NUMBER: "NHS number",
    identity.FAMILY: "last name",
    identity.GIVEN: "first name",
    identity.BORN: "date of birth",
    "patient.sex": "sex",
    "patient.address_lines": "address",
    "patient.city": "town",
    "patient.postcode": "postcode",
}
_NOTHING = "no name, NHS number or date of birth"
_NOT_SHOWN = "details not shown"
_DESCRIBED = ("patient.sex", "patient.address_lines", "patient.postcode")
_SAME = "&Same patient: put it on this form"
_SLIP = "&Same patient: the earlier entry was wrong"
_ALL_OF_ONE = "One patient: keep the &same form"
_OF_TWO = "Two patients: start &another form"
_ANOTHER = "&Another patient: start a new form"
_ANOTHER_CORRECTED = "&Another patient: withdraw this record, record the right one"


class OnePerson(QWidget):
    """Stands above a form, always in view, and asks whose it is when another identity is typed over the first."""

    is_another = Signal()
    is_slip = Signal()
    settled = Signal()  # it is known again whose form this is: undo must not bring the other one back

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.one = OnePatient()
        self.found: dict[
            str, str
        ] = {}  # a patient, number or date of birth, until someone says whose form it is
        self._found_for: dict[str, str] = {}  # whom the form named when that was asked
        self._again: tuple[str, ...] = ()  # the questions that the panel says are asked again
        self.called: Callable[[str], str] = lambda _question: "other answers"  # a question as it is labelled
        self.panel = QFrame()
        self.head = Words("", bold=True)
        self.said = Words("")
        self.slip = button(_SLIP, tip="Alt+S")
        self.another = button(_ANOTHER, "primary", tip="Alt+A")
        for each in (self.slip, self.another):
            set_property(each, "decides", "yes")  # an Enter meant for the field before is no answer
        self.slip.clicked.connect(self._slip)
        self.another.clicked.connect(self.is_another)
        self._buttons = flow(self.another, self.slip)
        holder = QVBoxLayout(self)
        holder.setContentsMargins(SPACE.wide, SPACE.small, SPACE.wide, 0)
        holder.addWidget(self.panel)
        layout = QVBoxLayout(self.panel)
        layout.setContentsMargins(*INSET.notice)
        layout.setSpacing(SPACE.tight)
        for part in (self.head, self.said, self._buttons):
            layout.addWidget(part)
        self.setVisible(False)

    @property
    def owner(self) -> dict[str, str]:
        """The identifying answers of the patient whose form it is."""
        return self.one.owner

    def begin(self, state: FormState, answers: Mapping[str, str]) -> None:
        """Begin with a form that is about to be shown; one that was left in doubt asks again."""
        self.one.begin(state, answers, self._today())
        self.another.setText(_ANOTHER_CORRECTED if self.one.strict else _ANOTHER)
        set_property(self.another, "kind", "" if self.one.strict else "primary")
        self.found = {}
        self._again = ()
        self.setVisible(False)
        self.follow(answers)

    @property
    def kept_owner(self) -> dict[str, str]:
        """The owner as a draft keeps it."""
        return self.one.kept_owner

    def in_doubt(self, answers: Mapping[str, str]) -> dict[str, str]:
        """Return the answers as they were before another patient was typed, nothing while nobody was."""
        return self.one.in_doubt(answers, self._today())

    def taken(self, answers: Mapping[str, str]) -> None:
        """Take an identity that was chosen for this form: it is this person's from now on."""
        self.one.taken(answers, self._today())
        self.settled.emit()

    def typed(self, answers: Mapping[str, str]) -> None:
        """Follow one more key: remember the answers while they name one person."""
        self.one.typed(answers, self._today())
        if self.found and _naming(answers) != self._found_for:
            self._withdraw_found()
        if self._again and all(answers.get(key) for key in self._again):
            self._again = ()
            self.setVisible(self.asks)

    def said_of_another(self, answers: Mapping[str, str]) -> tuple[str, ...]:
        """Return what was answered of the identity before number, name or birth became another."""
        return self.one.said_of_another(answers, self._today())

    def say_again(self, questions: tuple[str, ...]) -> None:
        """Say that these questions about the identity are asked again, until they are answered."""
        self._again = questions
        self.head.setVisible(False)
        named = " and ".join(f"“{self.called(key)}”" for key in questions)
        self.said.setText(f"The NHS number, name or date of birth was changed. Answer {named} again.")
        self._show("look", self.said.text(), ask=False)

    def follow(self, answers: Mapping[str, str]) -> None:
        """Follow an identifying answer that was left: take in what is new, ask where it names someone else."""
        asked = self.one.asks
        if found := self.one.follow(answers, self._today()):
            self._ask(found, answers)
            return
        if asked:
            self.settled.emit()
        if self.asks and not self.found:
            self.setVisible(False)

    def forget_found(self) -> dict[str, str]:
        """Ask no more about what was found or scanned, and return it."""
        found, self.found = self.found, {}
        if found:
            self.setVisible(False)
        return found

    def _withdraw_found(self) -> None:
        """Ask no more: the form names someone else than when it was asked. What was scanned is on no form."""
        told = self._told(self.found, ())
        self.found = {}
        self.head.setVisible(False)
        self.said.setText(
            f"{told} was not put on this form, because the patient's details were changed. Find or scan it again if it is "
            "this patient's."
        )
        self._show("look", self.said.text(), ask=False)

    @property
    def asks(self) -> bool:
        """Whether someone has to say whose form this is."""
        return not self.isHidden() and not self._buttons.isHidden()

    def focus(self) -> None:
        """Put the cursor at the question: in a correction never at what withdraws a record."""
        (self.slip if self.one.strict and not self.found else self.another).setFocus()

    def say_kept(self, answers: Mapping[str, str]) -> None:
        """Say that the form with these answers stays a draft."""
        name = self._name(answers)
        kept = f"The form {f'of {name}' if name else 'begun before'} is under Drafts (Ctrl+D)."
        if self.asks:
            self.said.setText(f"{self.said.text()} {kept}")
            return
        self._again = ()
        self.head.setVisible(False)
        self.said.setText(kept)
        self._show("act", self.said.text(), ask=False)

    def ask_whose(self, found: Mapping[str, str], answers: Mapping[str, str]) -> None:
        """Ask whether a found patient, or a number or birth that nobody here has, is that of the form."""
        self.found, self._found_for = dict(found), _naming(answers)
        name = self._name(answers)
        if whom := self._name(found):
            self.head.setText(f"Is this the form of {whom}?")
            self.said.setText(
                f"Found: {self._told(found, _DESCRIBED)}. On this form: {self._told(answers, _DESCRIBED)}"
                f"{self._answered(answers, found)}. For another patient a new form begins, and this one stays under Drafts."
            )
        else:
            what = " and ".join(_NAMED[key] for key in found if key in identity.IDENTIFYING)
            self.head.setText(
                f"Is this the {what} of {name}?" if name else f"Is this {what} the same patient's?"
            )
            self.said.setText(
                f"{self._told(found, ())}: no patient here has it, and this form has no {what} yet"
                f"{self._answered(answers, found) if not name else ''}. For another patient a new form is started."
            )
        self.slip.setText(_SAME)
        self.another.setText(_ANOTHER)  # of a correction too: the record that it corrects stays as it is
        self.head.setVisible(True)
        self._show("look", f"{self.head.text()} {self.said.text()}", ask=True)
        self.focus()

    def _answered(self, answers: Mapping[str, str], found: Mapping[str, str]) -> str:
        """Return how many answers were given before it was known about whom."""
        said = [key for key in identity.answered_of(answers, found) if key.startswith(identity.SAID_OF_ONE)]
        if not said:
            return ""
        return f", with {len(said)} answer{'s' if len(said) > 1 else ''} given before the patient was found"

    def _name(self, answers: Mapping[str, str]) -> str:
        return self._context.made.name(answers.get(identity.GIVEN, ""), answers.get(identity.FAMILY, ""))

    def _ask(self, found: tuple[str, ...], answers: Mapping[str, str]) -> None:
        name = self._name(self.owner)
        named = list(dict.fromkeys(_NAMED.get(key) or self.called(key) for key in found))
        what = " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))
        differs = (
            f"The {what} typed now {'differ' if len(named) > 1 or named[0].endswith('s') else 'differs'} from"
        )
        if not self.owner:
            self.head.setText("Is all of this about one patient?")
            rest = (
                f"These answers may be about two patients: {what}. If they are, this form stays under Drafts, and a new "
                "form is started."
            )
        elif not self.one.contradicted(answers, self._today()):
            self.head.setText(
                f"Is all of this about {name}?" if name else "Is all of this about one patient?"
            )
            rest = (
                f"Another patient was typed over this one for a while. "
                f"Answered in the meantime: {what}. For another patient a "
                "new form is started with these answers."
            )
        elif self.one.strict:
            self.head.setText(f"Is this the same person as on the record of {name}?")
            rest = (
                f"{differs} the record. Another patient's record is withdrawn and the right one begun, and the withdrawal "
                "goes out once the right one is stored."
            )
        else:
            self.head.setText(
                f"Is this still the form of {name}?" if name else "Is this still the same patient?"
            )
            rest = (
                f"{differs} what this form was started with. Another patient gets a new form, and this "
                "one stays as it was."
            )
        self.slip.setText(_SLIP if self.owner else _ALL_OF_ONE)
        self.another.setText(_ANOTHER_CORRECTED if self.one.strict else _ANOTHER if self.owner else _OF_TWO)
        told = [self._told(one, found) for one in (self.owner, answers)]
        self._again = ()
        self.said.setText(f"{rest} Was: {told[0]}. Now: {told[1]}." if self.owner else rest)
        self.head.setVisible(True)
        self._show("look", f"{self.head.text()} {self.said.text()}", ask=True)

    def _told(self, answers: Mapping[str, str], found: tuple[str, ...]) -> str:
        """Return an identity in words, as far as onlookers may read it, with what else was ``found`` to differ.

        What cannot be read as a date or a number is shown as typed. Nothing at all is said in words.
        """
        name = self._name(answers)
        typed_born, typed_number = (answers.get(key, "").strip() for key in (identity.BORN, identity.NUMBER))
        born = dates.shown(dates.of_answer(typed_born, self._today(), past=True)) or typed_born.strip("/")
        private = self._context.made.now.privacy
        number = nhs_number.shown(nhs_number.digits(typed_number) or "") or typed_number
        others = [", ".join(answers.get(key, "").split("\n")) for key in found if key in identity.DESCRIBING]
        whole = [part for part in (name, born, number, *others) if part]
        shown = [part for part in (name, f"… {number[-4:]}" if number else "") if part] if private else whole
        return ", ".join(shown) or (_NOT_SHOWN if whole else _NOTHING)

    def _show(self, tone: str, sentence: str, *, ask: bool) -> None:
        set_property(self.panel, "tone", tone)
        self._buttons.setVisible(ask)
        self.panel.setAccessibleName(sentence)
        self.setVisible(True)
        announce(self, sentence, urgent=ask)

    def _slip(self) -> None:
        self.setVisible(False)
        self.is_slip.emit()

    def _today(self) -> date:
        return self._context.now().astimezone(dates.ENGLAND).date()


def _naming(answers: Mapping[str, str]) -> dict[str, str]:
    return {key: answers.get(key, "").strip() for key in identity.IDENTIFYING}
