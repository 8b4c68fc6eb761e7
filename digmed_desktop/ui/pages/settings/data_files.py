"""Settings of data files: the folder with newer programmes and rules, and the files in use."""

from collections.abc import Callable

from PySide6.QtWidgets import QFileDialog

from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.settings.settings import Settings
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import ColumnPage, button
from digmed_desktop.ui.widgets.editors import TextEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.words import Notice, row

_FIELD = "data_folder"


class DataFilesSection(ColumnPage):
    """Stores the folder once its files are checked; the program uses them from the next start."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            "Data files",
            "A folder can bring newer programmes and rules, such as the next flu season, without a new version of the "
            "program. If one file has a fault, the program refuses all of them. Help (F1) lists every file "
            "in use and its origin.",
        )
        self._context = context
        self.said = Notice("act")
        self.body.addWidget(self.said)
        self.folder = TextEditor()
        newer = self.card(
            "Newer data files",
            Field(
                _FIELD,
                "Folder (optional)",
                self.folder,
                hint="Its full name, also on a share of the network. Leave empty to use only the program's own files.",
            ),
        )
        self.choose = button("Choose…", tip="Choose the folder of newer data files")
        self.choose.clicked.connect(self._choose)
        self.save = button("Check and save", "primary")
        self.save.clicked.connect(self._save)
        buttons = row(self.choose, self.save, None)
        self.body.addWidget(buttons)
        self.only_for(context.acting, Permission.CHANGE_SETTINGS, newer, buttons)
        self.ask_for_folder: Callable[[], str] = lambda: QFileDialog.getExistingDirectory(
            self, "Choose the folder of newer data files"
        )

    def arrive(self) -> None:
        """Show the folder, who set it, and how its files stand."""
        made = self._context.made
        self.folder.set_answer(made.now.data_folder)
        self.show_set_by_it(made, {_FIELD: "data_folder"})
        for one in (self.choose, self.save):
            one.setEnabled(not made.is_set_by_it("data_folder"))
        self._context.office.ask(lambda desk: desk.settings.newer_data(), self._show)

    def _show(self, sentences: tuple[str, ...]) -> None:
        self._tell(" ".join(sentences), "act", "In use now")

    def _choose(self) -> None:
        if chosen := self.ask_for_folder():
            self.folder.write(chosen)

    def _save(self) -> None:
        folder = self.folder.answer().strip()
        self.save.setEnabled(False)
        self._tell("Checking the files.", "act", "Checking")
        self._context.office.errand(
            lambda desk: desk.settings.use_newer_data(folder), self._saved, self._refused
        )

    def _saved(self, _settings: Settings) -> None:
        self.save.setEnabled(True)
        self._context.made.changed.emit()
        self._tell("The program uses these files when it starts again.", "done", "Saved")

    def _refused(self, error: DigMedError) -> None:
        self.save.setEnabled(True)
        self._tell(str(error), "stop", "Not saved")

    def _tell(self, sentence: str, tone: str, head: str) -> None:
        self.said.say(sentence, head, tone)
