"""Settings, Connection: what is asked where the MESH client of the pharmacy's IT sends and collects."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFileDialog, QWidget

from digmed_desktop.clinical.form import Option
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import button
from digmed_desktop.ui.widgets.editors import LinesEditor, TextEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.words import Notice, Words, row

CLIENT = Option("mesh-client", "MESH client")
BY_CLIENT = (
    Option("lookup", "Mailboxes entered above"),
    Option("gpprovider", "Automatic routing"),
)
HOW_BY_CLIENT = (
    "The MESH client cannot look practices up. Enter the mailbox of each practice, or let MESH find the patient's "
    "practice by NHS number, date of birth and surname."
)
_NOT_TRIED = (
    "The MESH client is a service that your IT support installs on this computer or the network. This way was only "
    "tried against a simulated client, never against NHS England's own. Try it on the integration system first."
)
_LOOKING, _LOOK = "Looking…", "Look for a MESH client here"


class ClientParts:
    """The widgets about the client's folder, for the page to lay out; it fills in what a search finds."""

    def __init__(self, context: Context, parent: QWidget, fill: Callable[[str, str], None]) -> None:
        """``fill`` takes the name of a question and its answer."""
        self._context, self._parent, self._fill = context, parent, fill
        self.notice = Notice("look", _NOT_TRIED, "Not tried with the real client")
        self.folder = Field(
            "connection.folder",
            "Folder of the mailbox",
            TextEditor(),
            hint="It contains the folders IN and OUT. If it is on a network share, type its full name.",
        )
        choose = button("Choose the folder…")
        choose.clicked.connect(self._choose)
        self.search = button(_LOOK, tip="Looks where MESH clients are usually installed")
        self.search.clicked.connect(self._search)
        self.buttons = row(choose, self.search, None)
        self.found = Words("")
        self.found.setVisible(False)
        self.mailboxes = Field(
            "connection.mailboxes",
            "Mailboxes of practices",
            LinesEditor(2),
            hint="A line for each practice: its ODS code, a space, its mailbox. Automatic routing needs none.",
            optional=True,
        )

    def widgets(self) -> Sequence[QWidget]:
        """Return all of it in the order of the page."""
        return (self.notice, self.folder, self.buttons, self.found, self.mailboxes)

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self._parent, "Choose the folder of the mailbox")
        if chosen:
            self._fill("folder", chosen)

    def _search(self) -> None:
        self.search.setEnabled(False)
        self.search.setText(_LOOKING)
        self._context.office.enquire(
            lambda desk: desk.connection.clients_here(), self.show_found, self._not_searched
        )

    def _offer_search(self) -> None:
        self.search.setEnabled(True)
        self.search.setText(_LOOK)

    def _not_searched(self, error: DigMedError) -> None:
        self._offer_search()
        self.found.setVisible(True)
        self.found.setText(str(error))

    def show_found(self, found: Sequence[tuple[str, str]]) -> None:
        """Show the mailboxes of clients that are installed here, and fill in the only one."""
        self._offer_search()
        self.found.setVisible(True)
        if not found:
            self.found.setText(
                "No MESH client was found on this computer. It may run on another one: ask your IT support for the folder."
            )
            return
        told = "; ".join(f"mailbox {mailbox} in {folder}" for mailbox, folder in found)
        self.found.setText(f"Found: {told}.")
        if len(found) == 1:
            mailbox, folder = found[0]
            self._fill("folder", folder)
            self._fill("mailbox", mailbox)
