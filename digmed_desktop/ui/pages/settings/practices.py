"""Settings of practices: the public list kept here, imported from a file, and the address of the directory."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QProgressBar

from digmed_desktop.clinical import dates
from digmed_desktop.desk.views.general import PracticeListState
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.wording import counted
from digmed_desktop.settings import web_address
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import ColumnPage
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.editors import TextEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.words import Notice, row


class _Progress(QObject):
    """Carries the number read so far from the thread that reads."""

    read = Signal(int)


class PracticesSection(ColumnPage):
    """Imports the list of the Organisation Data Service; the old one stays until the new one is whole."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            "Practices",
            "The public list of GP practices (epraccur.csv, from the Organisation Data Service) makes the search "
            "work without the internet. The search always finds practices you wrote to.",
        )
        self._context = context
        self.said = Notice("act")
        self.body.addWidget(self.said)
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName("Practices read so far")
        self.bar.setVisible(False)
        self.body.addWidget(self.bar)
        self.choose = button("Import a list from a file", "primary")
        self.choose.clicked.connect(self._choose)
        importing = row(self.choose, None)
        self.body.addWidget(importing)
        self.only_for(context.acting, Permission.IMPORT_LISTS, importing)
        self.directory = TextEditor()
        directory = self.card(
            "The national directory",
            Field(
                "directory",
                "Address (optional)",
                self.directory,
                hint=(
                    "Leave empty for the NHS directory of organisations. Used "
                    "when you press Search the national directory."
                ),
            ),
        )
        self.save = button("Save the address")
        self.save.clicked.connect(self._save)
        save = row(self.save, None)
        self.body.addWidget(save)
        self.only_for(context.acting, Permission.CHANGE_SETTINGS, directory, save)
        self._progress = _Progress()
        self._progress.read.connect(self._read)
        self.ask_for_file: Callable[[], str] = self._dialog

    def arrive(self) -> None:
        """Show what the list holds now."""
        self.directory.set_answer(self._context.made.now.directory)
        self.show_set_by_it(self._context.made, {"directory": "directory"})
        if self.choose.isEnabled():
            self._context.office.ask(lambda desk: desk.directory.state(), self._show)

    def _show(self, state: PracticeListState) -> None:
        if state.count:
            when = f", imported on {dates.shown(state.imported_on)}" if state.imported_on else ""
            self._tell(
                f"{counted(state.count, 'practice is', 'practices are')} here{when}.", "done", "The list"
            )
        else:
            self._tell("No list has been imported yet.", "act", "The list")

    def _dialog(self) -> str:
        return QFileDialog.getOpenFileName(self, "The list of practices", "", "CSV (*.csv);;All files (*)")[0]

    def _choose(self) -> None:
        name = self.ask_for_file()
        if name:
            self.import_file(Path(name))

    def import_file(self, file: Path) -> None:
        """Import a list."""
        self.choose.setEnabled(False)
        self.bar.setVisible(True)
        self._tell("Reading the list. You can continue while you wait.", "act", "Importing")
        self._context.office.errand(
            lambda desk: desk.directory.import_file(file, self._progress.read.emit),
            self._imported,
            self._refused,
        )

    def _read(self, count: int) -> None:
        if not self.choose.isEnabled():
            self._tell(
                f"{counted(count, 'practice', 'practices')} read. You can continue while you wait.",
                "act",
                "Importing",
            )

    def _done(self) -> None:
        self.choose.setEnabled(True)
        self.bar.setVisible(False)

    def _imported(self, state: PracticeListState) -> None:
        self._done()
        self._show(state)

    def _refused(self, error: DigMedError) -> None:
        self._done()
        self._tell(str(error), "stop", "Not imported")

    def _save(self) -> None:
        address = self.directory.answer().strip()
        fault = web_address.fault_of(address) if address else ""
        self.fields["directory"].say(fault)
        if fault:
            return
        self._context.made.change(
            lambda: self._tell("The next search asks this directory.", "done", "Saved"),
            lambda error: self._tell(str(error), "stop", "Not saved"),
            directory=address,
        )

    def _tell(self, sentence: str, tone: str, head: str) -> None:
        self.said.say(sentence, head, tone)
        self.said.head.setText(head)
