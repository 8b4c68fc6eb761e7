"""The pharmacy's patient group directions: which are in force, who signed them, and the switch of the register."""

from collections.abc import Callable, Sequence
from typing import Any

from digmed_desktop.clinical import dates
from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.pgd import Authorised, Direction
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.desk.views.general import PgdView
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import ColumnPage
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.choices import ChoiceEditor
from digmed_desktop.ui.widgets.editors import DateEditor, TextEditor
from digmed_desktop.ui.widgets.empty_state import EmptyState
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.lists import empty, table
from digmed_desktop.ui.widgets.pair import Pair
from digmed_desktop.ui.widgets.words import Notice, Words, row

ON = (
    "A vaccination under a PGD that has lapsed, or that its vaccinator has not signed, is stopped. It is judged on the "
    "day of the vaccination."
)
OFF = "The register is off: it shows no reminder and stops nothing. A pharmacist can switch it on."
NONE = (
    "Enter each patient group direction and who has signed it. The program then knows who may vaccinate.",
    "No PGDs entered",
    "Enter a PGD",
)
EMPTY = "The register is on and empty. It shows a reminder, and stops nothing until a PGD is entered."


class PgdPage(ColumnPage):
    """Lists each direction with its people; what is entered stays, what no longer holds is withdrawn."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            "Patient group directions", "The PGDs of this pharmacy, and who may work under each."
        )
        self._context = context
        self._on = False
        self.standing = Notice("act")
        self.body.addWidget(self.standing)
        self.switch = button("Switch on")
        self.switch.clicked.connect(lambda: self._do(lambda desk, by: desk.pgds.switch(by, on=not self._on)))
        switching = row(self.switch, None)
        self.body.addWidget(switching)
        self.only_for(context.acting, Permission.SWITCH_PGDS, switching)
        self._holder, self._list = table((3, 3, 0), between_rows=SPACE.small)
        self.card("In the register", self._holder)
        self.programme, self.direction, self.person = ChoiceEditor(()), ChoiceEditor(()), ChoiceEditor(())
        direction = self.card(
            "Enter a PGD",
            Field("pgd.name", "Name", TextEditor(), hint="As on its first page."),
            Pair(
                Field("pgd.version", "Version", TextEditor()),
                Field("pgd.programme", "Vaccination", self.programme),
            ),
            Pair(
                Field("pgd.valid_from", "Valid from", DateEditor(context.now)),
                Field("pgd.valid_to", "Valid to", DateEditor(context.now), hint="Its last day."),
            ),
        )
        self.enter = button("Enter this PGD", "primary")
        self.enter.clicked.connect(self._enter)
        entering = row(self.enter, None)
        self.body.addWidget(entering)
        people = self.card(
            "Who works under it",
            Pair(Field("pgd.direction", "PGD", self.direction), Field("pgd.person", "Person", self.person)),
            Field(
                "pgd.signed",
                "Signed on",
                DateEditor(context.now),
                hint="Leave it empty for who may work under it and has not signed yet.",
            ),
        )
        self.sign = button("Save this person")
        self.sign.clicked.connect(self._authorise)
        signing = row(self.sign, None)
        self.body.addWidget(signing)
        self.may_enter = self.only_for(
            context.acting, Permission.ENTER_PGDS, direction, entering, people, signing
        )

    def arrive(self) -> None:
        """Show the register as stored now, and put the cursor at the switch or at the first question."""
        self._refresh()
        (self.fields["pgd.name"].editor.focus if self._on else self.switch.setFocus)()

    def _refresh(self) -> None:
        self._context.office.ask(lambda desk: desk.pgds.view(), self._show)

    def _enter(self) -> None:
        answers = self.answers()
        self._do(
            lambda desk, by: desk.pgds.enter(answers, by),
            ("name", "version", "programme", "valid_from", "valid_to"),
        )

    def _authorise(self) -> None:
        answers = self.answers()
        self._do(lambda desk, by: desk.pgds.authorise(answers, by), ("person", "signed"))

    def _do(self, act: Callable[[Any, int | None], tuple[Problem, ...]], clears: Sequence[str] = ()) -> None:
        """Do one act as the person who is signed in; where it was done, empty the questions that it answered."""
        by = self._context.acting.id
        self.expect_kept()
        self._context.office.ask(
            lambda desk: act(desk, by), lambda problems: self._done(problems, clears), self._failed
        )

    def _done(self, problems: Sequence[Problem], clears: Sequence[str]) -> None:
        if self.tell(problems):
            self.show_kept({f"pgd.{name}": "" for name in clears})
        self._refresh()

    def _failed(self, error: DigMedError) -> None:
        self.tell([Problem("", str(error))])

    def _show(self, view: PgdView) -> None:
        self._on = view.register.on
        said = OFF if not self._on else ON if view.register.directions else EMPTY
        self.standing.say(said, "On" if self._on else "Off")
        self.switch.setText("Switch off" if self._on else "Switch on")
        self.switch.setAccessibleName(f"{self.switch.text()} the register of PGDs")
        self.programme.set_options(view.programmes)
        self.person.set_options(view.people)
        self.direction.set_options(
            [Option(str(one.id), one.title) for one, _name, _standing in view.rows if not one.withdrawn]
        )
        self._clear()
        if not view.rows:
            none = EmptyState("pgds", *NONE, in_card=True)
            none.wanted.connect(self.programme.focus)
            self._list.addWidget(none, 0, 0, 1, 3)
        place = 0
        for direction, programme, standing in view.rows:
            self._add_direction(
                place, direction, programme, standing, in_force=direction.in_force(view.today)
            )
            place += 1
            for who in () if direction.withdrawn else (one for one in direction.people if not one.removed):
                self._add_person(place, direction, who)
                place += 1

    def _clear(self) -> None:
        empty(self._list)

    def _add_direction(
        self, place: int, direction: Direction, programme: str, standing: str, *, in_force: bool
    ) -> None:
        self._list.addWidget(Words(f"{direction.title} – {programme}", bold=True), place, 0)
        words = Words(f"✓ {standing}" if in_force else f"● {standing}")
        words.setProperty("ink", "done" if in_force else "look")
        self._list.addWidget(words, place, 1)
        if not direction.withdrawn and not self.may_enter.refuses:
            withdraw = button("Withdraw", tip="Nobody works under it any longer; it stays in the register")
            withdraw.setAccessibleName(f"Withdraw {direction.title}")
            withdraw.clicked.connect(
                lambda _on=False, id_=direction.id: self._do(lambda desk, by: desk.pgds.withdraw(id_, by))
            )
            self._list.addWidget(row(withdraw), place, 2)

    def _add_person(self, place: int, direction: Direction, who: Authorised) -> None:
        self._list.addWidget(Words(who.name, role="quiet"), place, 0)
        words = Words(f"Signed on {dates.shown(who.signed)}" if who.signed else "● Not signed yet")
        if not who.signed:
            words.setProperty("ink", "look")
        self._list.addWidget(words, place, 1)
        if self.may_enter.refuses:
            return
        remove = button("Remove", tip="This person no longer works under it")
        remove.setAccessibleName(f"Remove {who.name} from {direction.title}")
        remove.clicked.connect(
            lambda _on=False, id_=direction.id, person=who.person: self._do(
                lambda desk, by: desk.pgds.remove(id_, person, by)
            )
        )
        self._list.addWidget(row(remove), place, 2)
