"""Everything about one patient for managers: found, reviewed line by line, and saved as PDF or JSON."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem

from digmed_desktop.clinical import dates
from digmed_desktop.clinical.nhs_number import shown
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.desk.views.patient_file import REASON_NEEDED, Candidate, PatientFile
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.wording import counted
from digmed_desktop.ui import files
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.long_work import LongWork
from digmed_desktop.ui.pages.page import ColumnPage, button
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.editors import TextEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.kept_widths import KeptWidths
from digmed_desktop.ui.widgets.lists import empty, table
from digmed_desktop.ui.widgets.words import Words, quiet, row

LINE = Qt.ItemDataRole.UserRole
LEFT_OUT = "Left out"
LINES = 16  # of the list in view
TABLE = "patient-file"
LABEL_EM, CHANGED_EM = 22, 16


class PatientFileSection(ColumnPage):
    """A line is left out with a reason; the document names it, without its content."""

    COLUMN_EM = 80

    def __init__(self, context: Context) -> None:
        super().__init__(
            "Patient's data",
            "Everything recorded about one patient, for a patient who asks for it. Review it first. You can "
            "leave out details about other people, with a reason.",
        )
        self._context = context
        self._file: PatientFile | None = None
        self._wanted: int | None = None  # the notification of the patient whose data is to be shown
        self._left_out: dict[str, str] = {}
        self.find_button = button("Find", "primary")
        self.find_button.clicked.connect(self._find)
        self._holder, self._found = table((4, 3, 2, 0), between_rows=SPACE.small)
        whose = self.card(
            "Whose",
            Field("file.who", "NHS number, name, or the number of a notification", TextEditor()),
            row(self.find_button, None),
            self._holder,
        )
        self._build_review()
        self.only_for(context.acting, Permission.GIVE_PATIENT_FILE, whose, self.review)
        self.forget()

    def _build_review(self) -> None:
        self.list = QTreeWidget()
        self.list.setHeaderLabels(("What", "Recorded", LEFT_OUT))
        self.list.setAccessibleName("Records about this patient")
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setTabKeyNavigation(False)
        header = self.list.header()
        for column, mode in enumerate(
            (
                QHeaderView.ResizeMode.Interactive,
                QHeaderView.ResizeMode.Stretch,
                QHeaderView.ResizeMode.Interactive,
            )
        ):
            header.setSectionResizeMode(column, mode)
        last = self.list.columnCount() - 1
        self._widths = KeptWidths(
            header,
            TABLE,
            self._context.layout,
            lambda: self._context.acting.id,
            {0: LABEL_EM, last: CHANGED_EM},
        )
        self.list.currentItemChanged.connect(lambda _now, _before: self._show_whole())
        self.whole = Words("")
        self.why = Field("file.why", "Why it is left out", TextEditor(), hint="Shown in the document.")
        self.leave, self.put_back_button = button("Leave out"), button("Put back")
        self.leave.clicked.connect(self._leave)
        self.put_back_button.clicked.connect(self._put_back)
        self.pdf, self.json = button("Save as PDF …"), button("Save as JSON …")
        self.pdf.clicked.connect(lambda: self._save(files.PDF))
        self.json.clicked.connect(lambda: self._save(files.JSON))
        self.work = LongWork(self._context.office)
        self.about = Words("", bold=True)
        self.review = self.card(
            "Review",
            self.about,
            self.list,
            self.whole,
            self.why,
            flow(self.leave, self.put_back_button),
            quiet("The file leaves the protection of the program. Its name does not identify the patient."),
            flow(self.pdf, self.json),
            self.work,
        )

    def arrive(self) -> None:
        """Begin anew: what was gathered before may be another patient's."""
        self.forget()

    def forget(self) -> None:
        """Take the patient off the page."""
        self._wanted = None
        empty(self._found)
        self._show_nobody()
        self.fields["file.who"].editor.set_answer("")
        self.review.hide()

    def _show_nobody(self) -> None:
        self._file, self._left_out = None, {}
        self.list.clear()
        self.whole.setText("")
        self.about.setText("")
        self.why.editor.set_answer("")

    # ---- whose

    def _find(self) -> None:
        typed = self.fields["file.who"].editor.answer()
        self._ask(lambda desk: desk.patient_file.find(typed), self._show_found)

    def _show_found(self, found: Sequence[Candidate]) -> None:
        self.tell([])
        empty(self._found)
        if not found:
            self._found.addWidget(Words("Nobody was found.", role="quiet"), 0, 0, 1, 4)
        for place, one in enumerate(found):
            born = f"born {dates.shown(one.born)}" if one.born else ""
            number = shown(one.nhs_number) or "no NHS number"
            count = f"{one.records} notification{'' if one.records == 1 else 's'}"
            for column, text in enumerate(
                (one.name, ", ".join(part for part in (born, number) if part), count)
            ):
                self._found.addWidget(Words(text, bold=column == 0), place, column)
            choose = button("Gather")
            choose.setAccessibleName(f"Gather everything about {one.name}, {number}")
            choose.clicked.connect(lambda _on=False, of=one.notification: self._gather(of))
            self._found.addWidget(row(choose), place, 3)

    def _gather(self, notification: int) -> None:
        """Gather the data of one patient; nothing of another stays in view, and nothing of one comes late."""
        self._wanted = notification
        self._show_nobody()
        self.review.show()
        self._gather_wanted()

    def _gather_wanted(self) -> None:
        wanted = self._wanted
        if wanted is None or self.work.is_running:
            return
        self.work.run(
            "Gathering what is recorded",
            lambda desk, _progress: desk.patient_file.gather(wanted),
            lambda file: self._gathered(wanted, file),
            self._failed,
        )

    def _gathered(self, of: int, file: PatientFile) -> str:
        if of != self._wanted:  # another was chosen meanwhile, or the page was left
            QTimer.singleShot(0, self, self._gather_wanted)
            return ""
        self._file, self._left_out = file, file.doubted()
        born = f", born {dates.shown(file.born)}" if file.born else ""
        self.about.setText(f"{file.name}{born}")
        self._fill(file)
        self.list.setFocus()
        doubted = len(self._left_out)
        said = f"{counted(len(file.lines()), 'line is', 'lines are')} recorded."
        return (
            f"{said} {doubted} may be about someone else and are left out: look at them." if doubted else said
        )

    def _fill(self, file: PatientFile) -> None:
        self.list.clear()
        for part in file.parts:
            top = QTreeWidgetItem(self.list, [part.title, "", ""])
            top.setFirstColumnSpanned(True)
            for line in part.lines:
                item = QTreeWidgetItem(top, [line.label, "; ".join(line.values), ""])
                item.setData(0, LINE, line.id)
        self.list.expandAll()
        if (first := self.list.topLevelItem(0)) is not None:
            self.list.setCurrentItem(first)
        self._widths.fit()
        self.list.setMinimumHeight(self.fontMetrics().lineSpacing() * LINES)
        self._mark()

    # ---- leaving out

    def _chosen(self) -> list[QTreeWidgetItem]:
        """Return the lines that are chosen; a part stands for all of its lines."""
        found: list[QTreeWidgetItem] = []
        for item in self.list.selectedItems():
            found += _children(item) or [item]
        return found

    def _leave(self) -> None:
        why = self.why.editor.answer().strip()
        if self.tell([] if why else [Problem("file.why", REASON_NEEDED)]):
            self._left_out |= {str(item.data(0, LINE)): why for item in self._chosen()}
            self._mark()
            self.list.setFocus()

    def _put_back(self) -> None:
        self.tell([])
        for item in self._chosen():
            self._left_out.pop(str(item.data(0, LINE)), None)
        self._mark()
        self.list.setFocus()

    def _mark(self) -> None:
        tops = (self.list.topLevelItem(place) for place in range(self.list.topLevelItemCount()))
        for item in (child for top in tops if top is not None for child in _children(top)):
            why = self._left_out.get(str(item.data(0, LINE)), "")
            item.setText(2, why)
            font = item.font(1)
            font.setStrikeOut(bool(why))
            item.setFont(1, font)
        self._show_whole()

    def _show_whole(self) -> None:
        """Show the whole of the line that has the cursor: a row of the list has room for its beginning."""
        item = self.list.currentItem()
        if item is None:
            self.whole.setText("")
            return
        line_id = item.data(0, LINE)
        text = (
            "\n".join(line.text for _part, line in self._file.lines() if line.id == line_id)
            if self._file
            else ""
        )
        left = f"\n{LEFT_OUT}: {item.text(2)}" if item.text(2) else ""
        self.whole.setText(f"{item.text(0)}\n{text}{left}".strip())

    # ---- saving

    def _save(self, kind: str) -> None:
        file, left_out = self._file, dict(self._left_out)
        if file is None:
            return
        day = self._context.now().astimezone(dates.ENGLAND).date().isoformat()
        path = files.ask_where(self, "Save the patient's data", f"patient-file-{day}", kind)
        if path is None:
            return

        def write(desk: Any, _progress: object, target: Path = path) -> int:
            of_kind = desk.patient_file.save_pdf if kind == files.PDF else desk.patient_file.save_json
            count: int = of_kind(file, left_out, target)
            return count

        self.work.run("Writing the file", write, lambda count: _saved(path, count), self._failed)

    def _ask(self, question: Callable[[Any], Any], then: Callable[[Any], None]) -> None:
        self._context.office.ask(question, then, self._failed)

    def _failed(self, error: DigMedError) -> None:
        self.tell([Problem("", str(error))])


def _children(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    found = (item.child(place) for place in range(item.childCount()))
    return [child for child in found if child is not None]


def _saved(path: Path, count: int) -> str:
    return f"Saved as {path.name}. {count or 'No'} line{'' if count == 1 else 's'} left out."
