"""The register of emergency supplies: what is outstanding, every entry, and what is appended to it."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QScrollArea,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from digmed_desktop.clinical import dates
from digmed_desktop.clinical.particulars import item_words
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.desk.views.sent import Printed
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.register import Outstanding, RegisterEntry, Verified
from digmed_desktop.messaging.wording import counted
from digmed_desktop.ui import files, printing
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.base import Page
from digmed_desktop.ui.pages.page import button
from digmed_desktop.ui.pages.register_entry import EntryView
from digmed_desktop.ui.tokens import INSET, SPACE
from digmed_desktop.ui.who_may import WhoMay
from digmed_desktop.ui.widgets.empty_state import EmptyState
from digmed_desktop.ui.widgets.kept_widths import KeptWidths
from digmed_desktop.ui.widgets.words import Notice, Words, row, title

PAGE = 100
SPLIT_SHARES = (600, 460)  # of the list, and of the entry
WIDE_EM, STACKED_EM, LEAST_EM, LIST_EM, DETAIL_EM = 62, 46, 22, 14, 27
TABLE = "register"
COLUMNS = ("No.", "Date of supply", "Patient", "Supplied")
EMPTY = (
    "Each emergency supply that you finish is written here, with its number. Nothing here is ever changed.",
    "No entries in the register",
    "Record an emergency supply  F3",
)


class RegisterPage(Page):
    """Lists the register, prints it, and appends to it. Nothing in it is ever changed."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.now = context.now
        self.entries: list[RegisterEntry] = []
        self.shown: RegisterEntry | None = None
        self._arriving = False  # until the entries are read
        self.chain = Notice("act", "")
        self.outstanding = Card("Prescriptions to come within 72 hours")
        self.table = self._make_table()
        self._widths = KeptWidths(
            self.table.horizontalHeader(), TABLE, context.layout, lambda: context.acting.id
        )
        self.more = button("Show older entries", "link")
        self.more.clicked.connect(self._fetch_more)
        self.empty = EmptyState("register", *EMPTY)
        self.empty.wanted.connect(lambda: context.navigate.to_place.emit("supply"))
        self.detail = EntryView(self, context.acting)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, SPACE.small, 0)
        column.addWidget(self.empty, 1)
        column.addWidget(self.table, 1)
        column.addWidget(self.more)
        column.addStretch(0)
        for part in (self.chain, self.empty, self.table, self.more, self.detail):
            part.hide()  # until the register is read
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.detail)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes(SPLIT_SHARES)
        self.print_list = button("Print register", tip="Print the whole register")
        self.save_list = button("Save as PDF", tip="Save the whole register as a PDF")
        self.print_list.clicked.connect(lambda: self.print_paper(_whole, "register"))
        self.save_list.clicked.connect(lambda: self.save_paper(_whole, "register"))
        inside = QWidget()
        inside.setObjectName("page")
        self.whole = QScrollArea()
        self.whole.setWidgetResizable(True)
        self.whole.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.whole.setFrameShape(QFrame.Shape.NoFrame)
        self.whole.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.whole)
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(*INSET.page)
        layout.setSpacing(SPACE.medium)
        lists = row(self.print_list, self.save_list)
        layout.addWidget(row(title("Register"), None, lists))
        layout.addWidget(WhoMay(context.acting, Permission.PRINT_LISTS, lists))
        layout.addWidget(self.chain)
        layout.addWidget(self.outstanding)
        layout.addWidget(self.splitter, 1)

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, len(COLUMNS))
        table.setHorizontalHeaderLabels(list(COLUMNS))
        table.setAccessibleName("Entries of the register")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.setWordWrap(True)
        table.setShowGrid(False)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        table.itemSelectionChanged.connect(self._selected)
        return table

    # ---- what is shown

    def arrive(self) -> None:
        """Bring the register up to date, and put the cursor at its entries."""
        self._arriving = True
        self.refresh()
        self._put_cursor()

    def _put_cursor(self) -> None:
        (self.table if self.entries else self.empty.act).setFocus()

    def refresh(self) -> None:
        """Ask for the entries, what is outstanding, and whether the chain is whole."""
        office = self._context.office
        office.ask(lambda desk: desk.register.page(None, PAGE), self._show_first)
        office.ask(lambda desk: desk.register.outstanding(), self._show_outstanding)
        office.errand(lambda desk: desk.register.verify(), self._show_chain, self._no_chain)

    def _show_first(self, entries: list[RegisterEntry]) -> None:
        kept = self.shown.number if self.shown else None
        self.entries = []
        with QSignalBlocker(self.table):  # no empty list on the way: it would hide the field that is typed in
            self.table.setRowCount(0)
            self._add(entries)
            place = next((n for n, one in enumerate(self.entries) if one.number == kept), 0)
            if self.entries:
                self.table.selectRow(place)
        self._selected()
        if self._arriving and self.isVisible():
            self._put_cursor()  # what it is for was not there before the register was read
        self._arriving = False

    def _add(self, entries: Sequence[RegisterEntry]) -> None:
        for entry in entries:
            place = self.table.rowCount()
            self.table.insertRow(place)
            for column, text in enumerate(_cells(entry, self._context.made.private)):
                cell = QTableWidgetItem(text)
                cell.setToolTip(text)
                cell.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
                self.table.setItem(place, column, cell)
        self.entries += entries
        self._widths.fit()
        self.table.resizeRowsToContents()
        self.more.setVisible(len(entries) == PAGE)
        self.empty.setVisible(not self.entries)
        self.table.setVisible(bool(self.entries))
        self.detail.setVisible(bool(self.entries))
        self._fit()

    def _fetch_more(self) -> None:
        before = self.entries[-1].number if self.entries else None
        self._context.office.ask(lambda desk: desk.register.page(before, PAGE), self._add)

    def _show_outstanding(self, due: list[Outstanding]) -> None:
        now = self._context.now()
        lines: list[QWidget] = []
        for one in due:
            left = one.left(now)
            name = self._context.made.private(str(one.entry.standing.get("patient", "")))
            words = f"No. {one.entry.number}: {name}, due {dates.shown_time(one.due_at)}"
            state = Words(f"{words}. {countdown(left)}", bold=left < timedelta(0))
            if left < timedelta(0):
                state.setProperty("ink", "stop")
            came = button("Prescription came")
            came.setAccessibleName(f"Prescription of entry {one.entry.number} came")
            came.clicked.connect(lambda _on=False, n=one.entry.number: self.prescription_came(n))
            came.setHidden(bool(self._context.acting.refusal(Permission.AMEND_REGISTER)))
            line = row(state, came)
            inner = line.layout()
            if isinstance(inner, QHBoxLayout):
                inner.setStretch(0, 1)
            lines.append(line)
        self.outstanding.fill(lines)

    def _show_chain(self, found: Verified) -> None:
        self.chain.show()
        if found.intact:
            self.chain.say(
                f"{counted(found.entries, 'entry', 'entries')}, none changed and none missing.",
                "Register intact",
                "done",
            )
            self.chain.head.setText("Register intact")
        else:
            self.chain.say(
                " ".join(found.faults[:3])
                + " Print nothing from it as evidence; tell the superintendent pharmacist.",
                tone="stop",
            )
            self.chain.head.setText(f"The chain is broken at entry {found.broken_at}")

    def _no_chain(self, error: DigMedError) -> None:
        self.chain.show()
        self.chain.say(str(error), tone="look")

    def _selected(self) -> None:
        place = self.table.currentRow()
        self.shown = self.entries[place] if 0 <= place < len(self.entries) else None
        self.detail.show_entry(self.shown)

    # ---- acts

    def prescription_came(self, number: int) -> None:
        """Ask for the two dates of a prescription."""
        place = next((n for n, one in enumerate(self.entries) if one.number == number), None)
        if place is not None:
            self.table.selectRow(place)
        self.detail.ask_dates()

    def append(
        self, work: Callable[[Any], tuple[Problem, ...]], then: Callable[[tuple[Problem, ...]], None]
    ) -> None:
        """Append to the register, then show it anew."""

        def done(problems: tuple[Problem, ...]) -> None:
            then(problems)
            if not problems:
                self.refresh()

        self._context.office.ask(work, done)

    @property
    def acting(self) -> int | None:
        """Who acts now."""
        return self._context.acting.id

    def save_paper(self, make: Callable[[Any], Any], name: str) -> None:
        """Save a document of the register as a PDF."""
        self._context.office.ask(
            lambda desk: desk.papers.file_name(name), lambda suggested: self._save(make, suggested)
        )

    def _save(self, make: Callable[[Any], Any], suggested: str) -> None:
        if not self.isVisible():  # someone has gone on: no dialog over another page
            return
        path = files.ask_where(self, "Save the register", suggested, files.PDF)
        if path is not None:
            self._context.office.errand(
                lambda desk: desk.papers.save(make(desk), path),
                lambda _n: self.detail.tell("Saved."),
                lambda error: self.detail.tell(str(error), tone="look"),
            )

    def print_paper(self, make: Callable[[Any], Any], name: str) -> None:
        """Print a document of the register."""
        self._context.office.errand(
            lambda desk: desk.papers.printed(make(desk), desk.papers.file_name(name)),
            self._print,
            lambda error: self.detail.tell(str(error), tone="look"),
        )

    def _print(self, printed: Printed) -> None:
        if not self.isVisible():
            return
        printing.print_on_paper(
            self._context, self, printed, lambda error: self.detail.tell(str(error), tone="look")
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the entry under the list where both do not fit side by side."""
        super().resizeEvent(event)
        self._fit()
        self._widths.fit()
        self.table.resizeRowsToContents()

    def _fit(self) -> None:
        em = self.fontMetrics().horizontalAdvance("m")
        narrow = self.width() < em * WIDE_EM
        least = em * (STACKED_EM if narrow else LEAST_EM)
        self.splitter.setMinimumHeight(
            least if self.entries else 0
        )  # an empty register needs no room for entries
        self.table.setMinimumHeight(em * LIST_EM)
        self.detail.setMinimumWidth(0 if narrow else em * DETAIL_EM)
        self.splitter.setOrientation(Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal)


class Card(QFrame):
    """Lines under a heading; hidden while there are none."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setProperty("tone", "look")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(*INSET.notice)
        self._layout.addWidget(Words(text, bold=True))
        self._lines: list[QWidget] = []
        self.hide()

    def fill(self, lines: Sequence[QWidget]) -> None:
        """Show these lines."""
        for line in self._lines:
            self._layout.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines = list(lines)
        for line in lines:
            self._layout.addWidget(line)
        self.setVisible(bool(lines))


def _whole(desk: Any) -> Any:
    """Return the whole register as a document."""
    return desk.register.list_paper()


def countdown(left: timedelta) -> str:
    """Return the time left in words: ``2 days 3 h left`` or ``Overdue by 5 h``."""
    hours, minutes = divmod(abs(int(left.total_seconds())) // 60, 60)
    days, hours = divmod(hours, 24)
    parts = ([f"{days} day{'s' if days > 1 else ''}"] if days else []) + ([f"{hours} h"] if hours else [])
    words = " ".join(parts or [f"{minutes} min"])
    return f"{words} left" if left >= timedelta(0) else f"Overdue by {words}"


def _cells(entry: RegisterEntry, private: Callable[[str], str]) -> tuple[str, ...]:
    content = entry.content
    on = content.get("supplied_on", "")
    supplied = "\n".join(item_words(item) for item in content.get("items", ()))
    not_supplied = content.get("not_supplied", "").partition("\n")[0]
    if entry.is_unreadable:
        return (str(entry.number), "", "", entry.what)
    later = f"{entry.number}  +{len(entry.later)}" if entry.later else str(entry.number)
    return (
        later,
        dates.shown(date.fromisoformat(on)) if on else "",
        private(content.get("patient", "")),
        supplied or f"Not supplied: {not_supplied}",
    )
