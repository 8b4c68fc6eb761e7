"""The incident log: open incidents with their steps, and recording a new one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QTimer

from digmed_desktop.clinical.problem import Problem
from digmed_desktop.desk.views.incidents import IncidentsView, IncidentView
from digmed_desktop.desk.views.sent import Printed
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.ui import files, printing
from digmed_desktop.ui.context import Context, IncidentStart
from digmed_desktop.ui.pages.batch_list import BatchCard
from digmed_desktop.ui.pages.incident_card import Ask, IncidentCard
from digmed_desktop.ui.pages.page import ColumnPage
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.choices import ChoiceEditor
from digmed_desktop.ui.widgets.editors import DateEditor, LinesEditor, NhsNumberEditor, TextEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.lists import empty, table
from digmed_desktop.ui.widgets.pair import Pair
from digmed_desktop.ui.widgets.words import Notice, Words, row

BEGUN = "Another incident is open below. Record it first, or clear the form."


class IncidentsPage(ColumnPage):
    """Lists incidents, open ones first; an incident opens in its place above the list."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            "Incidents",
            "Needle-sticks, faints, reactions, errors and fridge faults: what to do, and where to report it.",
        )
        self._context = context
        self._view: IncidentsView | None = None
        self._about = ""  # the notification of the incident that is being recorded
        self._turn = 0  # counts incidents that were begun: what comes late for one is not taken for the next
        self._wanted: int | None = None
        self.said = Notice("done")
        self.said.setVisible(False)
        self.body.addWidget(self.said)
        self.shown = IncidentCard()
        self.body.addWidget(self.shown)
        self.batch = BatchCard(context)
        self.body.addWidget(self.batch)
        self._open_holder, self._open = table((4, 2, 3, 1), between_rows=SPACE.small)
        self.card("Open", self._open_holder)
        self._make_form()
        self._closed_holder, self._closed = table((4, 2, 3, 1), between_rows=SPACE.small)
        self.card("Closed", self._closed_holder)
        self._connect()

    def _make_form(self) -> None:
        self.kind = ChoiceEditor(())
        self.what = LinesEditor(3)
        self.hint = Words("", role="quiet")
        self.about = Words("")
        self.about.setVisible(False)
        self.person = Field("logged.person", "Person", TextEditor())
        number = Field("logged.nhs_number", "NHS number (optional)", NhsNumberEditor())
        self.whose = Pair(self.person, number)
        self.batches = Field(
            "logged.batches", "Batch numbers (optional)", TextEditor(), hint="Several: with a comma between."
        )
        self.card(
            "Record an incident",
            Field("logged.kind", "Kind of incident", self.kind),
            self.hint,
            self.about,
            Pair(
                Field("logged.date", "Date", DateEditor(self._context.now)),
                Field("logged.time", "Time (optional)", TextEditor(), hint="Such as 14:05."),
            ),
            self.whose,
            self.batches,
            Field("logged.what", "In your words", self.what, hint="The event, and the action taken so far."),
        )
        self.record = button("Record the incident", "primary")
        self.record.clicked.connect(self._record)
        self.clear = button("Clear the form")
        self.clear.clicked.connect(self._clear)
        self.body.addWidget(row(self.record, self.clear, None))

    def _connect(self) -> None:
        self.kind.edited.connect(self._follow_kind)
        self.shown.decided.connect(self._decide)
        self.shown.asks.connect(
            lambda: QTimer.singleShot(0, self, self._show_panel)
        )  # once it has its height
        self.shown.linked.connect(lambda about: self._do(lambda desk, id_: desk.incidents.link(id_, about)))
        self.shown.who_had.connect(self.batch.show_batch)
        self.shown.opened.connect(self._context.navigate.to_notification.emit)
        self.shown.printed.connect(self._print_paper)
        self.shown.saved.connect(self._save_paper)
        self.shown.put_away.connect(self.shown.close_card)

    # ---- what the window tells

    def arrive(self) -> None:
        """Show the log as stored now."""
        self._refresh()
        self.kind.focus()

    def begin(self, start: IncidentStart) -> None:
        """Open an incident, or begin one with what is known; what is typed here already stays."""
        self._wanted = start.incident
        if start.incident is not None:
            return
        self._turn += 1
        turn = self._turn
        if start.notification is not None:
            about = start.notification
            self._context.office.ask(
                lambda desk: desk.incidents.answers_about(about), lambda answers: self._take(turn, answers)
            )
        else:
            self._take(turn, start.answers)

    def _is_begun(self) -> bool:
        return any(text.strip("/ ") for text in self.answers().values())

    def _take(self, turn: int, answers: Mapping[str, str]) -> None:
        """Fill in what is known, unless another incident was begun or something was typed meanwhile."""
        if turn != self._turn:
            return
        if self._is_begun():
            self.said.say(BEGUN, tone="look")
            self.said.setVisible(True)
            return
        for key, text in answers.items():
            if key in self.fields:
                self.fields[key].editor.set_answer(text)
        self._about = answers.get("logged.notification", "")
        self.about.setText("It is linked to the record that you came from.")
        self.about.setVisible(bool(self._about))

    # ---- recording

    def _follow_kind(self) -> None:
        kinds = self._view.kinds if self._view else ()
        chosen = next((one for one in kinds if one.option.id == self.kind.answer()), None)
        self.hint.setText(chosen.option.hint if chosen else "")
        self.hint.setVisible(chosen is not None)
        label = (chosen.person if chosen else "") or "Person"
        optional = chosen is not None and not chosen.person
        self.person.label.setText(f"{label} (optional)" if optional else label)
        self.person.label_text = self.person.label.text()

    def _record(self) -> None:
        answers = {**self.answers(), "logged.notification": self._about}
        self.record.setEnabled(False)
        self._context.office.ask(
            lambda desk: desk.incidents.record(answers), self._recorded, self._not_recorded
        )

    def _recorded(self, outcome: tuple[int | None, Sequence[Problem]]) -> None:
        number, problems = outcome
        self.record.setEnabled(True)
        if not self.tell(problems) or number is None:
            return
        self._clear()
        self._wanted = number
        self._refresh()

    def _not_recorded(self, error: DigMedError) -> None:
        self.record.setEnabled(True)
        self.tell([Problem("", str(error))])

    def _clear(self) -> None:
        for field in self.fields.values():
            field.editor.set_answer("")
            field.say("")
        self._about = ""
        self.about.setVisible(False)
        self.said.setVisible(False)
        self.summary.show_problems(())
        self._follow_kind()

    # ---- showing

    def _refresh(self) -> None:
        self._context.office.ask(lambda desk: desk.incidents.view(), self._show)

    def _show(self, view: IncidentsView) -> None:
        self._view = view
        self.kind.set_options(view.options)
        self._follow_kind()
        self.record.setEnabled(not view.fault)
        if view.fault:
            self.said.say(view.fault, tone="stop")
            self.said.setVisible(True)
        closed = [one for one in view.incidents if not one.incident.is_open]
        for layout, rows, nothing in (
            (self._open, view.open, "No incident is open."),
            (self._closed, closed, "No incident is closed yet."),
        ):
            empty(layout)
            if not rows:
                layout.addWidget(Words(nothing, role="quiet"), 0, 0, 1, 4)
            for place, one in enumerate(rows):
                self._add_row(layout, place, one)
        wanted = self._wanted
        if wanted is None and self.shown.view is not None:
            wanted = self.shown.view.id
        self._wanted = None
        if wanted is not None and (found := view.by_id().get(wanted)):
            self._open_one(found)

    def _add_row(self, layout: Any, place: int, one: IncidentView) -> None:
        layout.addWidget(Words(one.title, bold=True), place, 0)
        layout.addWidget(Words(one.when), place, 1)
        standing = Words(f"● {one.standing}" if one.incident.is_open else f"✓ {one.standing}")
        standing.setProperty("ink", "look" if one.incident.is_open else "done")
        layout.addWidget(standing, place, 2)
        show = button("Open")
        show.setAccessibleName(f"Open {one.title}")
        show.clicked.connect(lambda: self._open_one(one))
        layout.addWidget(row(show), place, 3)

    def _open_one(self, one: IncidentView) -> None:
        new = self.shown.view is None or self.shown.view.id != one.id
        self.shown.show_view(one, self._context.acting.refusal(Permission.CLOSE_INCIDENT))
        if new:
            self.scroll_to_top()

    def _show_panel(self) -> None:
        self.reveal(self.shown.panel)

    # ---- acting

    def _decide(self, ask: Ask, step: str, words: str) -> None:
        acts: dict[Ask, Callable[[Any, int], IncidentsView]] = {
            Ask.DONE: lambda desk, id_: desk.incidents.done(id_, step, words),
            Ask.NOT_NEEDED: lambda desk, id_: desk.incidents.not_needed(id_, step, words),
            Ask.NOTE: lambda desk, id_: desk.incidents.note(id_, words),
            Ask.CLOSE: lambda desk, id_: desk.incidents.close(id_, words),
            Ask.REOPEN: lambda desk, id_: desk.incidents.reopen(id_, words),
        }
        self._do(acts[ask])

    def _do(self, act: Callable[[Any, int], IncidentsView]) -> None:
        if (shown := self.shown.view) is None:
            return

        def done(view: IncidentsView) -> None:
            if self.shown.view is not None and self.shown.view.id == shown.id:
                self.shown.panel.put_away()
            self._show(view)

        self._context.office.ask(
            lambda desk: act(desk, shown.id), done, lambda error: self.shown.refuse(str(error))
        )

    def _print_paper(self) -> None:
        if (shown := self.shown.view) is not None:
            self._context.office.errand(
                lambda desk: desk.papers.printed(
                    desk.incidents.paper(shown.id), desk.papers.file_name("incident", shown.id)
                ),
                self._print,
                self._say,
            )

    def _print(self, printed: Printed) -> None:
        if self.isVisible():
            printing.print_on_paper(self._context, self, printed, self._say)

    def _save_paper(self) -> None:
        if (shown := self.shown.view) is not None:
            self._context.office.ask(
                lambda desk: desk.papers.file_name("incident", shown.id),
                lambda name: self._save(shown.id, name),
            )

    def _save(self, number: int, name: str) -> None:
        if not self.isVisible():
            return
        path = files.ask_where(self, "Save the incident", name, files.PDF)
        if path is not None:
            self._context.office.errand(
                lambda desk: desk.papers.save(desk.incidents.paper(number), path),
                lambda _n: self._say(f"Saved as {path.name}.", tone="done"),
                self._say,
            )

    def _say(self, what: object, tone: str = "look") -> None:
        self.said.say(str(what), tone=tone)
        self.said.setVisible(True)
        self.scroll_to_top()
