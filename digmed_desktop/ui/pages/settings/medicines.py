"""Settings, Medicines: the list that the picker searches, and the import of a release of dm+d."""

from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QProgressBar

from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import ColumnPage, button
from digmed_desktop.ui.who_may import WhoMay
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.words import Notice, Words, row

LOOK_EVERY_MS = 100
STEPS = 1000
NONE = (
    "No dm+d release has been imported. You can choose from the list supplied with the program, and "
    "from medicines you supplied before."
)


class Import:
    """Pass the progress of an import from one thread to another, and the wish to stop it."""

    def __init__(self) -> None:
        self.share = 0.0
        self.stopped = False

    def tell(self, share: float) -> None:
        """Take the share that is done."""
        self.share = share


class MedicinesSection(ColumnPage):
    """Imports beside everything else; what goes wrong leaves the list as it was."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            "Medicines",
            "dm+d is licensed: get your own release from NHS TRUD (the zip file), and import it here.",
        )
        self._context = context
        self._import: Import | None = None
        self.standing = Words("")
        self.choose_file = button("Import a zip file", "primary")
        self.choose_folder = button("Import an unpacked folder")
        self.bar = QProgressBar()
        self.bar.setRange(0, STEPS)
        self.bar.setAccessibleName("Progress of the import")
        self.cancel = button("Cancel")
        self.said = Notice("done", "")
        self.choose_file.clicked.connect(self._ask_file)
        self.choose_folder.clicked.connect(self._ask_folder)
        self.cancel.clicked.connect(self._stop)
        self.running = row(self.bar, self.cancel)
        importing = flow(self.choose_file, self.choose_folder)
        self.card(
            "The imported list",
            self.standing,
            WhoMay(context.acting, Permission.IMPORT_LISTS, importing),
            importing,
            self.running,
            self.said,
        )
        self.running.hide()
        self.said.hide()
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)

    def arrive(self) -> None:
        """Say which release is there."""
        self._context.office.ask(lambda desk: desk.medicines.release(), self._show)

    def import_release(self, path: Path) -> None:
        """Import a release; the list stays usable meanwhile."""
        if self._import is not None:
            return
        work = self._import = Import()
        self.said.hide()
        self.bar.setValue(0)
        self.cancel.setEnabled(True)
        self.running.show()
        self._allow(choosing=False)
        self._timer.start()
        self._context.office.errand(
            lambda desk: desk.medicines.import_release(path, work.tell, lambda: work.stopped),
            self._imported,
            self._not_imported,
        )

    def _ask_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Release of dm+d", "", "Release of dm+d (*.zip)")
        if chosen:
            self.import_release(Path(chosen))

    def _ask_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Folder of a release of dm+d")
        if chosen:
            self.import_release(Path(chosen))

    def _stop(self) -> None:
        if self._import is not None:
            self._import.stopped = True
            self.cancel.setEnabled(False)

    def _look(self) -> None:
        if self._import is not None:
            self.bar.setValue(int(self._import.share * STEPS))
            self.bar.setFormat("Putting the list in order" if self._import.share >= 1 else "%p %")

    def _imported(self, found: tuple[str, int]) -> None:
        self._end()
        self.said.say(f"{found[1]:,} products of {found[0]} can be found now.", tone="done")
        self.said.show()
        self._show(found)

    def _not_imported(self, error: DigMedError) -> None:
        stopped = self._import is not None and self._import.stopped
        self._end()
        self.said.say(str(error), tone="look" if stopped else "stop")
        self.said.show()

    def _end(self) -> None:
        self._timer.stop()
        self._import = None
        self.running.hide()
        self._allow(choosing=True)

    def _allow(self, *, choosing: bool) -> None:
        self.choose_file.setEnabled(choosing)
        self.choose_folder.setEnabled(choosing)

    def _show(self, release: tuple[str, int] | None) -> None:
        self.standing.setText(f"{release[0]}: {release[1]:,} products." if release else NONE)
