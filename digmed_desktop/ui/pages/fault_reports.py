"""Show the whole report on the first page after a fault, before anything of it is copied or saved."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QPlainTextEdit

from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.ui import clipboard, files
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.base import Page
from digmed_desktop.ui.pages.page import ColumnPage, button
from digmed_desktop.ui.widgets.words import Notice, Words, quiet, row

SAFE = (
    "Records and forms stored before it are safe, and sent notifications still go out. Your last "
    "action may not have been stored. Look in Drafts and Sent items, and do it again if it is not "
    "there."
)
WHOLE = (
    "The report contains only kinds of faults, places in the program and versions, and no patient data. "
    "Read it; nothing leaves this computer unless you copy or save it."
)
_AT_ONCE = (
    "Your last step may not be stored. Check before you continue, and do it again if it is not there. "
    "Earlier records are safe."
)
_WRITTEN = {
    True: "A report without patient data was written; the next start shows it.",
    False: "No report could be written: the disk refused it.",
}
_LINES = 9
_GAP = "\n" + "-" * 60 + "\n\n"


def at_once(reported: bool) -> str:
    """Return what to say the moment an act has broken off; ``reported``: whether a report was written."""
    return f"{_AT_ONCE} {_WRITTEN[reported]}"


class FaultReportsPage(ColumnPage):
    """Shows the reports of an earlier run until a person goes on; then they count as seen."""

    done = Signal(object)  # the page that waits behind this one

    def __init__(self, context: Context) -> None:
        super().__init__("The program met a fault when it was last used")
        self._context = context
        self._left = context.fault_reports
        self._behind: Page | None = None
        self.body.addWidget(Notice("act", SAFE, "Your records"))
        self.text = QPlainTextEdit(_GAP.join(one.text for one in self._left))
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("Report of the fault")
        self.text.setMinimumHeight(self.text.fontMetrics().lineSpacing() * _LINES)
        self.go_on = button("Continue", "primary")
        self.copy_button, self.save_button = button("Copy the report"), button("Save the report …")
        self.go_on.clicked.connect(self._go_on)
        self.copy_button.clicked.connect(self._copy)
        self.save_button.clicked.connect(self._save)
        self.said = quiet("")
        self.card(
            "Report for support", Words(WHOLE), self.text, row(self.copy_button, self.save_button, None)
        )
        self.body.addWidget(self.said)
        self.body.addWidget(row(self.go_on, None))

    def first(self, page: Page) -> Page:
        """Return this page while a report waits to be seen, and remember which one waits behind; else ``page``."""
        if not self._left or page is self:
            return page
        self._behind = page
        return self

    def showEvent(self, event: QShowEvent) -> None:
        """Put the focus on going on."""
        super().showEvent(event)
        self.go_on.setFocus()

    def _copy(self) -> None:
        clipboard.put_text(self.text.toPlainText())
        self.said.setText("The report was copied. Paste it into a message to support.")

    def _save(self) -> None:
        target = files.ask_where(self, "Save the report", "digmed-fault-report", files.TEXT)
        if target is None:
            return
        text = self.text.toPlainText()

        def write() -> None:
            from digmed_desktop.messaging.whole_file import whole_file

            with whole_file(target) as file:
                file.write(f"{text}\n".encode())

        self._context.office.run(
            write, lambda _none: self.said.setText(f"Saved as {target.name}."), self._not_saved
        )

    def _not_saved(self, error: DigMedError) -> None:
        self.said.setText(str(error))

    def _go_on(self) -> None:
        for report in self._left:
            self._context.office.run(partial(self._context.fault_seen, report), lambda _file: None)
        self._left = ()
        if self._behind is not None:
            self.done.emit(self._behind)
