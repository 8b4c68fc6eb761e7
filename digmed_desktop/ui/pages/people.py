"""First run and signing in, and the questions about one person."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.desk.views.general import PersonView, SignIn
from digmed_desktop.messaging.permissions import WorkRole
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import ColumnPage, button
from digmed_desktop.ui.widgets.choices import ChoiceEditor, RadioEditor
from digmed_desktop.ui.widgets.editors import LinesEditor, TextEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.pair import Pair
from digmed_desktop.ui.widgets.person_tiles import PersonTiles
from digmed_desktop.ui.widgets.words import Notice, quiet, row


def person_fields(context: Context, *before_pin: QWidget) -> list[QWidget]:
    """Return the questions about one person, with further ones before the PIN."""
    lists = context.lists["person"].lists
    roles, regulators = lists["roles"], lists["regulators"]
    return [
        Pair(
            Field("person.given", "First name", TextEditor()),
            Field("person.family", "Last name", TextEditor()),
        ),
        Field("person.role", "Role", ChoiceEditor(roles)),
        Pair(
            Field(
                "person.regulator",
                "Registered with",
                RadioEditor(regulators),
                hint="Their regulator.",
            ),
            Field("person.registration", "Registration number", TextEditor(), hint="GPhC: 7 digits."),
        ),
        *before_pin,
        Pair(
            Field("person.pin", "PIN", TextEditor(secret=True), hint="Used to sign in and confirm records."),
            Field("person.pin_again", "PIN again", TextEditor(secret=True), hint="Enter it again."),
        ),
    ]


def pharmacy_fields() -> list[QWidget]:
    """Return the questions about the pharmacy."""
    return [
        Field("pharmacy.name", "Name of the pharmacy", TextEditor()),
        Pair(
            Field("pharmacy.ods_code", "ODS code", TextEditor(), hint="5 characters, such as FA123."),
            Field("pharmacy.telephone", "Telephone", TextEditor(), hint="Number practices can call you on."),
        ),
        Field(
            "pharmacy.address_lines",
            "Address",
            LinesEditor(2),
            hint="Building and street, one line each.",
        ),
        Pair(
            Field("pharmacy.city", "Town or city", TextEditor()),
            Field("pharmacy.postcode", "Postcode", TextEditor()),
        ),
    ]


class FirstRunPage(ColumnPage):
    """Asks for the pharmacy and the first person, once."""

    CENTRED = True
    done = Signal()
    restore = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(
            "Set up this pharmacy",
            "This takes about two minutes, once. It stays encrypted on this computer. "
            "The connection to MESH can wait: until then practices get paper copies.",
        )
        self._context = context
        self.elsewhere = Notice("look")
        self.elsewhere.say(context.elsewhere, "Another account")
        self.elsewhere.setVisible(bool(context.elsewhere))
        self.body.addWidget(self.elsewhere)
        self.card(
            "Your pharmacy",
            *pharmacy_fields(),
        )
        self.card("You", *person_fields(context))
        self.body.addWidget(quiet(f"The key of the records is in {context.kept_in}."))
        self.save = button("Save and begin", "primary", tip="Save and begin (Ctrl+Enter)")
        self.save.clicked.connect(self._save)
        self.moves = button("This pharmacy moves here: restore a backup", "link")
        self.moves.clicked.connect(self.restore)
        self.body.addWidget(row(self.save, self.moves, None))
        self.moves.setHidden(context.recovery is None)

    def fill(self, answers: dict[str, str]) -> None:
        """Show answers known beforehand (practice mode's fictional pharmacy)."""
        for key, text in answers.items():
            if key in self.fields:
                self.fields[key].editor.set_answer(text)

    def _save(self) -> None:
        answers = self.answers()
        self.save.setEnabled(False)
        self._context.office.ask(lambda desk: desk.people.first_run(answers), self._saved, self._not_saved)

    def _saved(self, problems: Sequence[Problem]) -> None:
        self.save.setEnabled(True)
        if self.tell(problems):
            self.done.emit()

    def forget_pin(self) -> str:
        """Return the PIN that was chosen, and take it off the page."""
        pin = self.fields["person.pin"].editor.answer()
        for key in ("person.pin", "person.pin_again"):
            self.fields[key].editor.set_answer("")
        return pin

    def _not_saved(self, error: Exception) -> None:
        self.save.setEnabled(True)
        self.tell([Problem("", str(error))])


class SignInPage(ColumnPage):
    """Asks who is acting and for their PIN; also the lock of a half-filled form."""

    signed_in = Signal(object)  # desk.views.SignIn
    forgotten = Signal()  # a manager has no PIN any more

    WIDTH_EM = 48
    CENTRED = True

    def __init__(self, context: Context) -> None:
        super().__init__("Who is using this computer?")
        self._context = context
        self.who = PersonTiles(())
        self.pin = TextEditor(secret=True)
        self.who.leads_on = True  # Enter goes on to the PIN
        self.who.entered.connect(self.pin.focus)
        self.notice = Notice("act", "Your form is exactly as you left it.", "Locked")
        self.body.addWidget(self.notice)
        self.notice.setVisible(False)
        self.go = button("Sign in", "primary")
        self.go.clicked.connect(self._go)
        self.pin.line.returnPressed.connect(self._go)
        self.forgot = button("A manager forgot the PIN", "link")
        self.forgot.clicked.connect(self.forgotten)
        acts = row(self.go, None, self.forgot)
        self.card("", Field("who", "Name", self.who), Field("pin", "PIN", self.pin), acts)
        self._hint = quiet("")
        self.body.addWidget(self._hint)
        self._people: tuple[PersonView, ...] = ()

    def show_people(self, people: tuple[PersonView, ...], *, locked: bool) -> None:
        """Offer these people."""
        people = tuple(one for one in people if not one.ended)
        self._people = people
        self.forgot.setVisible(any(one.works_as is WorkRole.MANAGER for one in people))
        self.who.set_options([Option(str(p.id), p.label) for p in people])
        if len(people) == 1:
            self.who.set_answer(str(people[0].id))
        self.pin.set_answer("")
        self.tell([])
        self.notice.setVisible(locked)
        practice = self._context.practice
        if practice is not None:
            pins = "; ".join(f"{name} {pin}" for name, pin in practice.pins)
            self._hint.setText(f"Practice mode. PINs of the fictional people: {pins}." if pins else "")

    def choose(self, person: PersonView) -> None:
        """Pre-select someone and go to the PIN."""
        self.who.set_answer(str(person.id))
        self.pin.focus()

    def arrive(self) -> None:
        """Put the cursor where the next key belongs."""
        (self.pin if self.who.answer() else self.who).focus()

    def _go(self) -> None:
        chosen, pin = self.who.answer(), self.pin.answer()
        if not chosen.isdigit():
            self.tell([Problem("who", "Choose your name.")])
            return
        self.go.setEnabled(False)
        self._context.office.ask(lambda desk: desk.sign_in(int(chosen), pin), self._answer, self._failed)

    def _answer(self, answer: SignIn) -> None:
        self.go.setEnabled(True)
        self.pin.set_answer("")
        if answer.person is None:
            self.tell([Problem("pin", answer.sentence)])
            return
        self.tell([])
        self.signed_in.emit(answer)

    def _failed(self, error: Exception) -> None:
        self.go.setEnabled(True)
        self.tell([Problem("pin", str(error))])
