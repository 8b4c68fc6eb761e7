"""One entry of the register, what was appended to it, and what can be appended."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from digmed_desktop.clinical import dates
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.register import EntryKind, RegisterEntry
from digmed_desktop.ui.context import Acting
from digmed_desktop.ui.pages.page import button
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.who_may import WhoMay
from digmed_desktop.ui.widgets.editors import DateEditor, LinesEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.words import Notice, Words, heading, quiet, row


class Register(Protocol):
    """The part of the page that an entry uses."""

    now: Callable[[], datetime]

    @property
    def acting(self) -> int | None:
        """Who acts now."""

    def append(
        self, work: Callable[[Any], tuple[Problem, ...]], then: Callable[[tuple[Problem, ...]], None]
    ) -> None: ...
    def print_paper(self, make: Callable[[Any], Any], name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Text typed for one entry and not entered yet, and the question. Patient data."""

    asked: tuple[QWidget, ...]
    typed: dict[str, str] = dataclasses.field(repr=False)


class EntryView(QScrollArea):
    """One entry, what was appended to it, and the acts."""

    def __init__(self, page: Register, acting: Acting) -> None:
        super().__init__()
        self._page = page
        self._number = 0
        self._asked: tuple[QWidget, ...] = ()  # what is asked of it now
        self._kept: dict[int, Unfinished] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        inside = QWidget()
        inside.setObjectName("page")
        self._layout = QVBoxLayout(inside)
        self._layout.setContentsMargins(SPACE.small, 0, SPACE.small, SPACE.small)
        self._layout.setSpacing(SPACE.small)
        self.said = Notice("done", "")
        self.said.hide()
        self.print_entry = button("Print entry")
        self.print_label = button("Print label")
        self.amend = button("Add amendment")
        self.came = button("Prescription came")
        self.print_entry.clicked.connect(lambda: self._print("entry"))
        self.print_label.clicked.connect(lambda: self._print("label"))
        self.amend.clicked.connect(self.ask_amendment)
        self.came.clicked.connect(self.ask_dates)
        self.text = Field("amendment.text", "The mistake, and the reason to put it right", LinesEditor())
        self.save_text = button("Append", "primary")
        self.save_text.clicked.connect(self._append_text)
        now = page.now
        self.dated = Field("prescription.dated", "Date on the prescription", DateEditor(now))
        self.received = Field("prescription.received", "Date it was received", DateEditor(now))
        self.save_dates = button("Enter the dates", "primary")
        self.save_dates.clicked.connect(self._append_dates)
        self._typed_in = (self.text, self.dated, self.received)
        self._asking = (self.text, self.save_text, self.dated, self.received, self.save_dates)
        self._words = QWidget()
        self._acts = row(self.print_entry, self.print_label, None)
        self._appends = row(self.amend, self.came, None)
        may_print = WhoMay(acting, Permission.PRINT_RECORDS, self._acts)
        may_amend = WhoMay(acting, Permission.AMEND_REGISTER, self._appends, *self._asking)
        acts = (may_print, self._acts, may_amend, self._appends)
        for widget in (self.said, self._words, *acts, *self._asking):
            self._layout.addWidget(widget)
        self._layout.addStretch(1)
        self.setWidget(inside)
        self._ask(())
        self.show_entry(None)

    def show_entry(self, entry: RegisterEntry | None) -> None:
        """Show an entry; None shows nothing."""
        number = entry.number if entry else 0
        if number != self._number:
            self.said.hide()
            self._keep_typed()
            self._number = number
            self._take_up()
        fresh = QWidget()
        body = QVBoxLayout(fresh)
        body.setContentsMargins(0, 0, 0, 0)
        for one in (entry, *entry.later) if entry else ():
            body.addWidget(heading(f"No. {one.number}  {one.what}"))
            if not one.is_unreadable:
                body.addWidget(quiet(f"Entered {dates.shown_time(one.entered_at)} by {one.by_name}"))
            for label, lines in one.pairs:
                body.addWidget(quiet(label))
                body.addWidget(Words("\n".join(lines)))
        old = self._layout.replaceWidget(self._words, fresh)
        if old is not None and (gone := old.widget()) is not None:
            gone.hide()
            gone.deleteLater()
        self._words = fresh
        for acts in (self._acts, self._appends):
            acts.setVisible(entry is not None)
        supply = entry is not None and entry.kind is EntryKind.SUPPLY and not entry.is_unreadable
        self.print_label.setVisible(supply)
        self.came.setVisible(entry is not None and entry.owes_prescription)

    def tell(self, sentence: str, *, tone: str = "done") -> None:
        """Say that something was done, or what is in the way."""
        self.said.say(sentence, tone=tone)
        self.said.show()

    def ask_amendment(self) -> None:
        """Ask what is to be put right."""
        self._ask((self.text, self.save_text))
        self.text.editor.focus()
        self.ensureWidgetVisible(self.save_text)

    def ask_dates(self) -> None:
        """Ask for the two dates of a prescription."""
        self._ask((self.dated, self.received, self.save_dates))
        self.dated.editor.focus()
        self.ensureWidgetVisible(self.save_dates)

    def _keep_typed(self) -> None:
        """Keep what is typed and not entered yet with its entry."""
        typed = {field.field_id: field.editor.answer() for field in self._typed_in}
        if any(typed.values()):
            self._kept[self._number] = Unfinished(self._asked, typed)
        else:
            self._kept.pop(self._number, None)

    def _take_up(self) -> None:
        """Show what was typed of this entry before, and nothing typed of another."""
        unfinished = self._kept.get(self._number, Unfinished((), {}))
        for field in self._typed_in:
            field.editor.set_answer(unfinished.typed.get(field.field_id, ""))
        self._ask(unfinished.asked)

    def _ask(self, wanted: tuple[QWidget, ...]) -> None:
        self._asked = wanted
        for field in self._typed_in:
            field.say("")
        for widget in self._asking:
            widget.setVisible(widget in wanted)

    def _print(self, what: str) -> None:
        number = self._number
        if what == "entry":
            self._page.print_paper(lambda desk: desk.register.entry_paper(number), f"register-entry-{number}")
        else:
            self._page.print_paper(lambda desk: desk.register.label_paper(number), f"label-{number}")

    def _append_text(self) -> None:
        number, text, by = self._number, self.text.editor.answer(), self._page.acting
        self._page.append(
            lambda desk: desk.register.amend(number, text, by),
            lambda problems: self._appended(number, problems),
        )

    def _append_dates(self) -> None:
        number, by = self._number, self._page.acting
        answers = {one.field_id: one.editor.answer() for one in (self.dated, self.received)}
        self._page.append(
            lambda desk: desk.register.prescription_came(number, answers, by),
            lambda problems: self._appended(number, problems),
        )

    def _appended(self, number: int, problems: tuple[Problem, ...]) -> None:
        """Say what came of it at its own entry; another one that is in view by now stays as it is."""
        if number != self._number:
            if not problems:
                self._kept.pop(number, None)
            said = " ".join(problem.sentence for problem in problems)
            self.tell(
                f"Entry {number}: {said or 'appended to the register.'}", tone="stop" if said else "done"
            )
            return
        for field in self._typed_in:
            field.say(next((p.sentence for p in problems if p.field == field.field_id), ""))
        if not problems:
            for field in self._typed_in:
                field.editor.set_answer("")
            self._ask(())
            self.tell("Appended to the register.")
            self.amend.setFocus(Qt.FocusReason.OtherFocusReason)
