"""Retention for managers: how long records stay, what is held, and removing what is over its time."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame

from digmed_desktop.clinical import dates
from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.nhs_number import shown
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.desk.views.retention import BACKUPS, WORDS, Due, PeriodView, Preview, RetentionView
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.retention import Hold, HoldReason, held
from digmed_desktop.messaging.wording import counted
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.long_work import LongWork
from digmed_desktop.ui.pages.page import ColumnPage, button
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.choices import RadioEditor
from digmed_desktop.ui.widgets.editors import TextEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.lists import empty, table
from digmed_desktop.ui.widgets.words import Notice, Words, quiet, row

OFF = "No manager has confirmed this table. Nothing can be removed. Read it, then confirm it."
ON = "{by} confirmed this table on {when}. Records go only when a manager removes them here."
SUBJECTS = (
    Option("patient", "Patient, by NHS number"),
    Option("notification", "Patient of a notification, by its number"),
    Option("batch", "Batch, by its number"),
)
REASONS = tuple(Option(one.value, one.value.capitalize()) for one in HoldReason)
FIRST_OPENED = 20  # records of a preview that can be opened from here; all are counted and numbered


class RetentionSection(ColumnPage):
    """Shows the table with its sources, the holds, and what would go; each decision is a manager's."""

    COLUMN_EM = 80

    def __init__(self, context: Context) -> None:
        super().__init__(
            "Retention",
            "How long records stay. Nothing is removed automatically, and never while someone still has to act on it.",
        )
        self._context = context
        self._due: tuple[Due, ...] = ()
        self._lifting = 0
        self.standing = Notice("act")
        self.standing.hide()
        self.body.addWidget(self.standing)
        self._table_holder, self._table = table((3, 8))
        self.confirm = button("Confirm this table")
        self.off = button("Take the confirmation back")
        for part in (self.confirm, self.off):
            part.hide()  # until it is read which of them there is
        self.confirm.clicked.connect(lambda: self._do(lambda desk: desk.retention.confirm()))
        self.off.clicked.connect(lambda: self._do(lambda desk: desk.retention.switch_off()))
        periods = self.card("Periods", self._table_holder, flow(self.confirm, self.off))
        cards = (periods, self._build_holds(), self._build_removal())
        self.who_may = self.only_for(context.acting, Permission.KEEP_RETENTION, *cards)

    def _build_holds(self) -> QFrame:
        self._holds_holder, self._holds = table((4, 4, 0), between_rows=SPACE.small)
        self.whose = RadioEditor(SUBJECTS)
        self.reason = RadioEditor(REASONS)
        self.place = button("Place this hold")
        self.place.clicked.connect(self._place)
        self.why_lifted = Field(
            "hold.lifted", "Why the hold is lifted", TextEditor(), hint="Kept with the hold."
        )
        self.lift, self.leave = button("Lift this hold"), button("Leave it in force")
        self.lift.clicked.connect(self._lift)
        self.leave.clicked.connect(lambda: self._begin_lift(0))
        return self.card(
            "Holds",
            quiet("A hold stops the removal of all records of a patient or a batch until it is lifted."),
            self._holds_holder,
            self.why_lifted,
            flow(self.lift, self.leave),
            Field("hold.whose", "Whose records", self.whose),
            Field("hold.number", "Number", TextEditor()),
            Field("hold.reason", "Reason", self.reason),
            Field("hold.note", "Its purpose", TextEditor(), hint="In a few words, such as a letter's date."),
            row(self.place, None),
        )

    def _build_removal(self) -> QFrame:
        self.look = button("Show records to remove")
        self.look.clicked.connect(self._look)
        self.found = Words("")
        self._found_holder, self._found = table((2, 4, 0))
        self.typed = Field("remove.words", f"Type {WORDS}", TextEditor(), hint="It cannot be undone.")
        self.remove = button("Remove these records")
        self.remove.clicked.connect(self._remove)
        self.work = LongWork(self._context.office)
        return self.card(
            "Removing",
            quiet(BACKUPS),
            row(self.look, None),
            self.found,
            self._found_holder,
            self.typed,
            row(self.remove, None),
            self.work,
        )

    def arrive(self) -> None:
        """Show how retention stands; a preview of before is gone."""
        self._show_preview(Preview((), {}))
        self._begin_lift(0)
        if self.who_may.refuses:
            self.standing.hide()
        else:
            self._read()

    def _read(self) -> None:
        self._context.office.ask(lambda desk: desk.retention.view(), self._show, self._failed)

    def _do(self, act: Callable[[Any], object], done: Callable[[], None] = lambda: None) -> None:
        def then(_none: object) -> None:
            self.tell([])
            done()
            self.arrive()

        self._context.office.ask(act, then, self._failed)

    def _failed(self, error: DigMedError) -> None:
        self.tell([Problem("", str(error))])

    # ---- the table

    def _show(self, view: RetentionView) -> None:
        confirmed = view.confirmed
        self.standing.show()
        if confirmed is None:
            self.standing.say(OFF, "Off")
        else:
            said = ON.format(by=confirmed.by, when=dates.shown_time(confirmed.at))
            self.standing.say(said, "On")
        self.confirm.setVisible(confirmed is None)
        self.off.setVisible(confirmed is not None)
        empty(self._table)
        place = 0
        for period in view.periods:
            place = self._add_period(place, period)
        empty(self._holds)
        if not view.holds and not view.lifted:
            self._holds.addWidget(Words("No records are held.", role="quiet"), 0, 0, 1, 3)
        for number, hold in enumerate((*view.holds, *view.lifted)):
            self._add_hold(number, hold)

    def _add_period(self, place: int, period: PeriodView) -> int:
        self._table.addWidget(Words(period.label, bold=True), place, 0)
        self._table.addWidget(Words(f"{period.said[:1].upper()}{period.said[1:]}"), place, 1)
        for offset, source in enumerate(period.sources, 1):
            self._table.addWidget(Words(source.period), place + offset, 0, Qt.AlignmentFlag.AlignTop)
            said = f"{source.what[:1].upper()}{source.what[1:]}\n{source.source} ({source.mark})"
            self._table.addWidget(Words(said), place + offset, 1)
        return place + len(period.sources) + 1

    # ---- holds

    def _add_hold(self, place: int, hold: Hold) -> None:
        about = f"Hold {hold.id}: {_whose(hold)}"
        lines = [f"{hold.reason.value.capitalize()}: {hold.note}"] if hold.reason is not None else []
        if hold.placed_at is not None:
            lines.append(f"Since {dates.shown_time(hold.placed_at)}, {hold.placed_by}")
        if said := held(hold):
            lines.append(said)
        if hold.lifted_at is not None:
            lines.append(f"Lifted {dates.shown_time(hold.lifted_at)}, {hold.lifted_by}: {hold.lifted_why}")
        self._holds.addWidget(Words(about, bold=hold.lifted_at is None), place, 0)
        self._holds.addWidget(Words("\n".join(lines)), place, 1)
        if hold.lifted_at is None:
            lift = button("Lift", tip="The records can be removed again when their retention period ends")
            lift.setAccessibleName(f"Lift hold {hold.id}")
            lift.clicked.connect(lambda _on=False, number=hold.id: self._begin_lift(number))
            self._holds.addWidget(row(lift), place, 2)

    def _begin_lift(self, number: int) -> None:
        self._lifting = number
        for part in (self.why_lifted, self.lift, self.leave):
            part.setVisible(bool(number))
        self.why_lifted.editor.set_answer("")
        if number:
            self.lift.setText(f"Lift hold {number}")
            self.lift.setAccessibleName(self.lift.text())
            self.focus_field("hold.lifted")

    def _lift(self) -> None:
        number, why = self._lifting, self.why_lifted.editor.answer()
        missing = (
            [] if why.strip() else [Problem("hold.lifted", "Write in a few words why the hold is lifted.")]
        )
        if self.tell(missing):
            self._do(lambda desk: desk.retention.lift(number, why))

    def _place(self) -> None:
        answers = self.answers()
        asked = (
            ("hold.whose", "Say whose records are held."),
            ("hold.number", "Enter the number."),
            ("hold.reason", "Choose the reason."),
            ("hold.note", "Write in a few words what the hold is for."),
        )
        missing = [Problem(key, sentence) for key, sentence in asked if not answers[key].strip()]
        if not self.tell(missing):
            return
        subject = f"{answers['hold.whose']} {answers['hold.number']}"
        reason, note = HoldReason(answers["hold.reason"]), answers["hold.note"]
        self._do(lambda desk: desk.retention.hold(reason, note, subject), self._placed)

    def _placed(self) -> None:
        for key in ("hold.whose", "hold.number", "hold.reason", "hold.note"):
            self.fields[key].editor.set_answer("")

    # ---- removing

    def _look(self) -> None:
        self.work.run(
            "Looking at every record",
            lambda desk, _progress: desk.retention.preview(),
            self._looked,
            self._failed,
        )

    def _looked(self, preview: Preview) -> str:
        self._show_preview(preview)
        return f"{counted(len(preview.due), 'record is over its', 'records are over their')} time and can go."

    def _show_preview(self, preview: Preview) -> None:
        self._due = preview.due
        self.found.setText("\n".join(preview.lines))
        self.found.setVisible(bool(preview.lines))
        for part in (self.typed, self.remove, self._found_holder):
            part.setVisible(bool(preview.due))
        self.typed.editor.set_answer("")
        count = len(preview.due)
        self.remove.setText(f"Remove {count:,} record{'' if count == 1 else 's'} for good")
        self.remove.setAccessibleName(self.remove.text())
        empty(self._found)
        records = [due for due in preview.due if due.ids]
        for place, due in enumerate(records[:FIRST_OPENED]):
            number = due.ids[-1]
            self._found.addWidget(Words(f"Notification {number}"), place, 0)
            self._found.addWidget(Words(f"Kept until {dates.shown(due.until)}"), place, 1)
            look = button("Open")
            look.setAccessibleName(f"Open notification {number}")
            look.clicked.connect(
                lambda _on=False, opened=number: self._context.navigate.to_notification.emit(opened)
            )
            self._found.addWidget(row(look), place, 2)

    def _remove(self) -> None:
        due, words = self._due, self.typed.editor.answer()
        self.work.run(
            "Removing the records",
            lambda desk, _progress: desk.retention.remove(due, words),
            self._removed,
            self._failed,
        )

    def _removed(self, gone: tuple[int, int]) -> str:
        self.tell([])
        self._show_preview(Preview((), {}))
        self._read()
        records, patients = (
            counted(gone[0], "record", "records"),
            counted(gone[1], "patient", "patients"),
        )
        return f"Removed: {records}, and the details of {patients} without any record left."


def _whose(hold: Hold) -> str:
    if hold.is_unreadable:
        return "every record"
    if hold.batch:
        return f"batch {hold.batch}"
    return (
        f"NHS number {shown(hold.nhs_number)}"
        if hold.nhs_number
        else f"patient of notification {hold.notification}"
    )
