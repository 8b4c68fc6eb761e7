"""List who works here and as what. A manager adds, changes and removes people."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from digmed_desktop.clinical import dates
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.desk.views.general import Opened, PersonView
from digmed_desktop.messaging.people import AS_PROFESSION
from digmed_desktop.messaging.permissions import Permission, WorkRole
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import ColumnPage, button
from digmed_desktop.ui.pages.people import person_fields
from digmed_desktop.ui.tokens import INSET, SPACE
from digmed_desktop.ui.widgets.choices import RadioEditor
from digmed_desktop.ui.widgets.editors import DateEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.lists import empty
from digmed_desktop.ui.widgets.pair import Pair
from digmed_desktop.ui.widgets.words import Notice, Words, row

ADD, KEEP = "Add this person", "Save changes"


class PeoplePage(ColumnPage):
    """Lists people with their roles, and asks about the one who is added or changed."""

    COLUMN_EM = 60
    changed = Signal(object)  # desk.views.Opened: who is here now

    def __init__(self, context: Context) -> None:
        super().__init__("People", "Everyone who records or vaccinates here, each with their own PIN.")
        self._context = context
        self._changing: PersonView | None = None
        self._list = QGridLayout()
        self._list.setHorizontalSpacing(SPACE.large)
        self._list.setVerticalSpacing(SPACE.small)
        for column, share in enumerate((3, 3, 3, 2, 0)):
            self._list.setColumnStretch(column, share)
        holder = QFrame()
        holder.setObjectName("card")
        holder.setLayout(self._list)
        self._list.setContentsMargins(*INSET.card)
        self.body.addWidget(holder)
        self.said = Notice("done")
        self.said.setVisible(False)
        self.body.addWidget(self.said)
        self.heading = Words("", bold=True)  # over the questions: who they are about
        works_as = RadioEditor(context.lists["person"].lists["work_roles"])
        self.form = self.card(
            "",
            self.heading,
            *person_fields(
                context,
                Pair(
                    Field("person.works_as", "Works here as", works_as),
                    Field(
                        "person.until",
                        "Last day of a locum",
                        DateEditor(context.now),
                        hint="Leave empty for today.",
                    ),
                ),
            ),
        )
        self.add = button(ADD, "primary")
        self.add.clicked.connect(self._save)
        self.leave = button("Leave as it was")
        self.leave.clicked.connect(self._leave)
        buttons = row(self.add, self.leave, None)
        self.body.addWidget(buttons)
        self.who_may = self.only_for(context.acting, Permission.CHANGE_PEOPLE, self.form, buttons)
        self._add_again()

    def arrive(self) -> None:
        """Read the people anew, and put the cursor at the first question."""
        self.focus_field("person.given")
        self._refresh()

    def _refresh(self) -> None:
        self._context.office.ask(lambda desk: desk.opened(), self._have)

    def _have(self, found: Opened) -> None:
        self.changed.emit(found)
        self.show_people(found.people)

    def show_people(self, people: tuple[PersonView, ...]) -> None:
        """List these people, one a row."""
        empty(self._list)
        manages = not self.who_may.refuses
        for part in (self.form, self.add):
            part.setVisible(manages)
        for place, person in enumerate(people):
            self._add_row(place, person, manages=manages)

    def _add_row(self, place: int, person: PersonView, *, manages: bool) -> None:
        who = person.professional
        self._list.addWidget(Words(who.name.spoken(), bold=True), place, 0)
        self._list.addWidget(Words(who.role.display if who.role else ""), place, 1)
        self._list.addWidget(Words(self._works_as(person)), place, 2)
        self._list.addWidget(
            Words(f"{who.regulator.value} {who.registration}".strip(), role="quiet"), place, 3
        )
        parts: list[QWidget] = []
        if self._context.acting.id == person.id:
            parts.append(Words("Signed in", role="quiet", wrap=False))
        if manages:
            change = button("Change")
            change.setAccessibleName(f"Change {who.name.spoken()}")
            change.clicked.connect(lambda _on=False, p=person: self._begin_change(p))
            parts.append(change)
        if person.waits and not self._context.acting.refusal(Permission.END_WAIT):
            end = button("End the wait", tip="After wrong PINs nobody may try for a while")
            end.setAccessibleName(f"End the wait of {who.name.spoken()}")
            end.clicked.connect(lambda _on=False, p=person: self._end_wait(p))
            parts.append(end)
        if manages and self._context.acting.id != person.id:
            remove = button("Remove", tip=f"{who.name.spoken()} no longer works here")
            remove.setAccessibleName(f"Remove {who.name.spoken()}")
            remove.clicked.connect(lambda _on=False, p=person: self._remove(p))
            parts.append(remove)
        self._list.addWidget(flow(*parts), place, 4)

    @staticmethod
    def _works_as(person: PersonView) -> str:
        if person.works_as is WorkRole.MANAGER:
            return "Manager, waits after wrong PINs" if person.waits else "Manager"
        if person.waits and person.until is None:
            return "Waits after wrong PINs"
        if person.until is None:
            return ""
        day = dates.shown(person.until)
        return f"Locum, last day was {day}" if person.ended else f"Locum until {day}"

    # ---- adding and changing

    def _begin_change(self, person: PersonView) -> None:
        self.expect_kept()
        self._context.office.ask(
            lambda desk: desk.people.answers_about(person.id),
            lambda answers: self._have_answers(person, answers),
            self._failed,
        )

    def _have_answers(self, person: PersonView, answers: dict[str, str]) -> None:
        self._changing = person
        self.tell([])
        self.show_kept(answers)
        self.heading.setText(
            f"Change {person.professional.name.spoken()}. The PIN stays if both boxes are empty."
        )
        self.add.setText(KEEP)
        self.leave.setVisible(True)
        self.said.setVisible(False)
        self.focus_field("person.given")

    def _add_again(self) -> None:
        self._changing = None
        self.tell([])
        self.show_kept({**dict.fromkeys(self.fields, ""), "person.works_as": AS_PROFESSION})
        self.heading.setText("Add a person")
        self.add.setText(ADD)
        self.leave.setVisible(False)

    def _leave(self) -> None:
        self.expect_kept()
        self._add_again()

    def _save(self) -> None:
        answers, changing = self.answers(), self._changing
        self.expect_kept()
        self.add.setEnabled(False)
        self._context.office.ask(
            lambda desk: (
                desk.people.add(answers) if changing is None else desk.people.change(changing.id, answers)
            ),
            self._saved,
            self._failed,
        )

    def _saved(self, problems: Sequence[Problem]) -> None:
        self.add.setEnabled(True)
        self.add.setFocus()
        if self.tell(problems):
            name = " ".join(
                (self.fields["person.given"].editor.answer(), self.fields["person.family"].editor.answer())
            )
            if self._changing is None:
                self.said.say(f"{name} can sign in now.", "Added", "done")
            else:
                self.said.say(f"The details of {name} were changed.", "Changed", "done")
            self.said.setVisible(True)
            self._add_again()
            self.arrive()

    def _failed(self, error: Exception) -> None:
        self.add.setEnabled(True)
        self.tell([Problem("", str(error))])

    def _end_wait(self, person: PersonView) -> None:
        self._context.office.ask(
            lambda desk: desk.people.end_wait(person.id), lambda _n: self._refresh(), self._failed
        )

    def _remove(self, person: PersonView) -> None:
        self._context.office.ask(
            lambda desk: desk.people.retire(person.id), lambda _n: self.arrive(), self._failed
        )
