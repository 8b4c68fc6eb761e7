"""The list of who was given a batch, on whatever page it is asked for: shown, printed, saved."""

from typing import Any

from PySide6.QtWidgets import QFrame, QVBoxLayout

from digmed_desktop.clinical import dates
from digmed_desktop.desk.views.batches import BatchDose, BatchList
from digmed_desktop.desk.views.sent import Printed
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.ui import files, printing
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.tokens import INSET, SPACE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.lists import empty, table
from digmed_desktop.ui.widgets.words import Words, announce, heading, quiet

MOST = 100
"""Rows that are shown; paper and file have all."""


class BatchCard(QFrame):
    """Lists the people who were given a batch; nothing until it is asked for one."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("card")
        self._context = context
        self.found: BatchList | None = None
        self.head, self.said, self.told = heading(""), Words(""), Words("", role="quiet")
        self._holder, self._rows = table((3, 4, 3, 2), between_rows=SPACE.small)
        self.print_button, self.save_button = button("Print the list …"), button("Save as PDF …")
        self.csv_button, self.close_button = button("Save as CSV …"), button("Close the list")
        self.print_button.clicked.connect(self._print_list)
        self.save_button.clicked.connect(self._save_list)
        self.csv_button.clicked.connect(self._save_csv)
        self.close_button.clicked.connect(lambda: self.setVisible(False))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*INSET.card)
        layout.setSpacing(SPACE.small)
        buttons = flow(self.print_button, self.save_button, self.csv_button, self.close_button)
        for widget in (self.head, self.said, buttons, self.told, self._holder):
            layout.addWidget(widget)
        self.setVisible(False)

    def show_batch(self, number: str) -> None:
        """Ask who was given a batch, and show it."""
        self._context.office.ask(
            lambda desk: desk.batch_list.of(number), self._show, lambda error: self._show_error(number, error)
        )

    def _show(self, found: BatchList) -> None:
        self.found = found
        self.head.setText(f"Who had batch {found.number}")
        self.said.setText(found.sentence)
        acting = self._context.acting
        not_print, not_csv = (acting.refusal(one) for one in (Permission.PRINT_LISTS, Permission.EXPORT_LIST))
        for made, refused in (
            (self.print_button, not_print),
            (self.save_button, not_print),
            (self.csv_button, not_csv),
        ):
            made.setHidden(bool(refused))
        self.told.setText(" ".join(dict.fromkeys(one for one in (not_print, not_csv) if one)))
        self.told.setVisible(bool(self.told.text()))
        empty(self._rows)
        every = (*found.given, *found.others)
        for place, one in enumerate(every[:MOST]):
            self._add(place, one)
        if len(every) > MOST:
            more = f"{len(every) - MOST:,} more are on paper and in the file."
            self._rows.addWidget(quiet(more), MOST, 0, 1, 4)
        self.setVisible(True)
        self.close_button.setFocus()
        announce(self, found.sentence)

    def _show_error(self, number: str, error: DigMedError) -> None:
        self._show(BatchList(number))
        self.said.setText(str(error))

    def _add(self, place: int, one: BatchDose) -> None:
        name = self._context.made.identified(one.patient, one.nhs_number, one.born)
        self._rows.addWidget(Words(name, bold=not one.why_not), place, 0)
        when = dates.shown_time(one.at) if one.at else ""
        said = " · ".join(part for part in (one.what, when, one.practice) if part)
        self._rows.addWidget(quiet(said), place, 1)
        standing = Words(f"● {one.why_not}" if one.why_not else one.telephone)
        standing.setProperty("ink", "look" if one.why_not else "")
        self._rows.addWidget(standing, place, 2)
        show = button("Open")
        show.setAccessibleName(f"Open the record of {name}")
        show.clicked.connect(lambda: self._context.navigate.to_notification.emit(one.notification))
        self._rows.addWidget(flow(show), place, 3)

    # ---- out of the program

    def _name(self, desk: Any) -> str:
        return str(desk.papers.file_name("who-had-a-batch"))

    def _print_list(self) -> None:
        if (found := self.found) is not None:
            self._context.office.errand(
                lambda desk: desk.papers.printed(desk.batch_list.paper(found.number), self._name(desk)),
                self._print,
                self._tell,
            )

    def _print(self, printed: Printed) -> None:
        if self.isVisible():
            printing.print_on_paper(self._context, self, printed, self._tell)

    def _save_list(self) -> None:
        self._context.office.ask(self._name, lambda name: self._save(name, files.PDF))

    def _save_csv(self) -> None:
        self._context.office.ask(self._name, lambda name: self._save(name, files.CSV))

    def _save(self, name: str, kind: str) -> None:
        found = self.found
        if found is None or not self.isVisible():
            return
        path = files.ask_where(self, "Save the list", name, kind)
        if path is None:
            return

        def write(desk: Any) -> None:
            if kind == files.CSV:
                desk.batch_list.csv(found.number, path)
            else:
                desk.papers.save(desk.batch_list.paper(found.number), path)

        self._context.office.errand(write, lambda _n: self._tell(f"Saved as {path.name}."), self._tell)

    def _tell(self, what: object) -> None:
        self.told.setText(str(what))
        self.told.setVisible(True)
        announce(self, str(what))
