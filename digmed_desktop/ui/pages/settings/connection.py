"""Settings: the connection to MESH."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QFrame, QVBoxLayout, QWidget

from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.messaging.connection import LIVE_WORD, CertificateView, Check, ConnectionView, Health
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.wording import counted
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import ColumnPage, button
from digmed_desktop.ui.pages.settings.client_folder import BY_CLIENT, CLIENT, HOW_BY_CLIENT, ClientParts
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.choices import RadioEditor
from digmed_desktop.ui.widgets.editors import TextEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.lists import empty
from digmed_desktop.ui.widgets.pair import Pair
from digmed_desktop.ui.widgets.words import Notice, Words, quiet, row, set_property

ENVIRONMENTS = (
    Option("none", "None"),
    Option("integration", "Integration"),
    Option("live", "Live"),
    CLIENT,
    Option("this-computer", "On this computer"),
)
ADDRESSINGS = (
    Option("lookup", "Look it up"),
    Option("gpprovider", "Automatic routing"),
)
CERTIFICATE_FILES = "Certificates (*.pfx *.p12 *.pem *.crt *.cer);;All files (*)"
KEY_FILES = "Keys (*.key *.pem);;All files (*)"
HEALTH = {
    Health.GOOD: ("✓", "Good", "done"),
    Health.LOOK: ("!", "Look", "look"),
    Health.BAD: ("✗", "Failed", "stop"),
    Health.NOT_ASKED: ("–", "Not asked", ""),
}
SETTINGS = {
    "connection.environment": "mesh_environment",
    "connection.mailbox": "mailbox",
    "connection.url": "mesh_url",
    "connection.folder": "mesh_folder",
    "connection.addressing": "addressing",
}
HOW = (
    "MESH looks up the mailbox of the practice that was chosen, or finds the patient's practice by NHS number, date of "
    "birth and surname."
)
KEPT = "Already saved. Leave empty to keep it."
ROOT = "In PEM form. Only for an address that begins with https and has its own root."
ASKED = "If the proxy asks for one."
CLEARED = (
    "password",
    "shared_key",
    "proxy_password",
    "live_word",
    "certificate_file",
    "key_file",
    "key_password",
    "root_file",
)
"""Fields to empty once their values are stored."""


class ConnectionSection(ColumnPage):
    """Entries count only once they are saved; secrets are never shown again."""

    def __init__(self, context: Context) -> None:
        super().__init__("Connection to MESH")
        self._context = context
        self._view = ConnectionView("none")
        self._loaded = False
        self.state = Notice("act", "")
        self.body.addWidget(self.state)
        self.test = button("Test the connection", tip="Check each thing in turn")
        self.test.clicked.connect(self._test)
        self._results = QVBoxLayout()
        self._results.setSpacing(SPACE.tight)
        holder = QWidget()
        holder.setLayout(self._results)
        self.results = holder
        self.card("", row(self.test, None), holder)
        holder.setVisible(False)
        which, by_client = self._which(), self._by_client()
        self._by_client_only: list[QWidget] = [by_client]
        mailbox = self._mailbox()
        self._by_api_only: list[QWidget] = [self._secrets, self._certificate()]
        finding, proxy = self._finding(), self._proxy()
        certificate = self._by_api_only[1]
        self._by_api_only.append(proxy)
        self._editable: list[QWidget] = [which, by_client, mailbox, *self._by_api_only[1:], finding]
        self.save = button("Save the connection", "primary")
        self.save.clicked.connect(self._save)
        self._save_row = row(self.save, None)
        self.body.addWidget(self._save_row)
        self._editable.append(self._save_row)
        self.only_for(
            context.acting,
            Permission.CHANGE_CONNECTION,
            *(which, by_client, mailbox, certificate, finding, proxy, self._save_row),
        )
        self.environment.edited.connect(self._show_asked)
        self._show_asked()

    # ---- building

    def _which(self) -> QFrame:
        self.environment = RadioEditor(ENVIRONMENTS)
        choose_root = button("Choose the root certificate…")
        choose_root.clicked.connect(lambda: self._choose("root_file", CERTIFICATE_FILES))
        self._choose_root = row(choose_root, None)
        self.environment.set_answer("none")
        self.live_notice = Notice(
            "stop",
            "Real patients' data goes to real practices from the next notification. "
            "NHS England has to have approved this pharmacy's use.",
            "Live",
        )
        return self.card(
            "Which MESH",
            Field(
                "connection.environment",
                "MESH",
                self.environment,
                hint="Without a connection, send every practice a paper copy. "
                "Integration is NHS England's test system; live "
                "reaches real practices. MESH client: a service on this computer or the network sends and collects.",
            ),
            Field(
                "connection.url",
                "Its address",
                TextEditor(),
                hint="On this computer only, such as http://127.0.0.1:8700.",
            ),
            Field("connection.root_file", "Its root certificate", TextEditor(), hint=ROOT, optional=True),
            self._choose_root,
            self.live_notice,
            Field("connection.live_word", f"Type {LIVE_WORD} to go live", TextEditor()),
        )

    def _by_client(self) -> QFrame:
        self.client = ClientParts(self._context, self, self._fill)
        return self.card("MESH client", *self.client.widgets())

    def _fill(self, name: str, text: str) -> None:
        self.fields[f"connection.{name}"].editor.write(text)

    def _mailbox(self) -> QFrame:
        self._secrets = Pair(
            Field("connection.password", "Password", TextEditor(secret=True), hint=" "),
            Field("connection.shared_key", "Shared key", TextEditor(secret=True), hint=" "),
        )
        return self.card(
            "Mailbox",
            Field("connection.mailbox", "Mailbox id", TextEditor(), hint="In capital letters."),
            self._secrets,
        )

    def _finding(self) -> QFrame:
        self._addressing = RadioEditor(ADDRESSINGS)
        self._addressing.set_answer("lookup")
        return self.card(
            "Finding the practice",
            Field("connection.addressing", "How", self._addressing, hint=HOW),
        )

    def _proxy(self) -> QFrame:
        return self.card(
            "Proxy",
            Field(
                "connection.proxy",
                "Address",
                TextEditor(),
                hint="Only if your network needs one, such as http://proxy.example:8080.",
                optional=True,
            ),
            Pair(
                Field("connection.proxy_name", "Proxy user name", TextEditor(), hint=ASKED, optional=True),
                Field(
                    "connection.proxy_password",
                    "Proxy password",
                    TextEditor(secret=True),
                    hint=ASKED,
                    optional=True,
                ),
            ),
        )

    def _certificate(self) -> QFrame:
        self.certificate = Words("")
        choose_file = button("Choose the certificate…")
        choose_key = button("Choose the key…")
        choose_file.clicked.connect(lambda: self._choose("certificate_file", CERTIFICATE_FILES))
        choose_key.clicked.connect(lambda: self._choose("key_file", KEY_FILES))
        self.forget = button("Remove the certificate", tip="The certificate and its key leave the records")
        self.forget.clicked.connect(self._forget)
        return self.card(
            "Certificate",
            self.certificate,
            row(self.forget, None),
            Field("connection.certificate_file", "Certificate file", TextEditor(), hint="PFX or PEM."),
            row(choose_file, None),
            Field(
                "connection.key_file",
                "Key file",
                TextEditor(),
                hint="Only with a PEM certificate with its key in a separate file.",
                optional=True,
            ),
            row(choose_key, None),
            Field("connection.key_password", "Password of the file", TextEditor(secret=True), optional=True),
            quiet(
                "The program stores the private key in the encrypted records. Delete the files afterwards."
            ),
        )

    # ---- showing

    def arrive(self) -> None:
        """Show what is set up; what was typed and not saved stays."""
        self._context.office.ask(lambda desk: desk.connection.view(), self.show_view, self._failed)
        self.test.setFocus()

    def show_view(self, view: ConnectionView) -> None:
        """Show what is set up."""
        self._view = view
        self.state.say(*_state_of(view))
        for widget in self._editable:
            widget.setVisible(not view.fixed)
        self._show_certificate(view.certificate)
        for name, has in (("password", view.has_password), ("shared_key", view.has_shared_key)):
            self.fields[f"connection.{name}"].set_hint(KEPT if has else "From NHS England's letter.")
        self.fields["connection.root_file"].set_hint(KEPT if view.own_root else ROOT)
        self.fields["connection.proxy_password"].set_hint(KEPT if view.has_proxy_password else ASKED)
        if not self._loaded and not view.fixed:
            self._loaded = True
            shown = {
                "environment": view.environment,
                "url": view.url,
                "mailbox": view.mailbox,
                "folder": view.folder,
                "mailboxes": view.mailboxes,
                "addressing": view.addressing,
                "proxy": view.proxy,
                "proxy_name": view.proxy_name,
            }
            self.show_kept({f"connection.{name}": text for name, text in shown.items()})
        self._show_asked()
        if not view.fixed:
            self.show_set_by_it(self._context.made, SETTINGS)

    def _show_certificate(self, view: CertificateView | None) -> None:
        self.forget.setVisible(view is not None)
        if view is None:
            self.certificate.setText("No certificate yet.")
            return
        lasts = f"{view.not_after.day} {view.not_after:%B %Y}"
        self.certificate.setText(
            f"{view.common_name or 'A certificate'}, until {lasts}. {view.sentence}".strip()
        )

    def _show_asked(self) -> None:
        chosen = self.environment.answer()
        by_client = chosen == CLIENT.id
        going_live = chosen in ("live", CLIENT.id) and self._view.environment != chosen
        for widget in (
            self.fields["connection.url"],
            self.fields["connection.root_file"],
            self._choose_root,
        ):
            widget.setVisible(chosen == "this-computer")
        if not self._view.fixed:
            for widget in self._by_client_only:
                widget.setVisible(by_client)
            for widget in self._by_api_only:
                widget.setVisible(not by_client)
        self._addressing.set_options(BY_CLIENT if by_client else ADDRESSINGS)
        self.fields["connection.addressing"].set_hint(HOW_BY_CLIENT if by_client else HOW)
        self.live_notice.setVisible(going_live)
        self.fields["connection.live_word"].setVisible(going_live)

    # ---- doing

    def _save(self) -> None:
        answers = self.answers()
        file, key = (answers[f"connection.{name}"].strip() for name in ("certificate_file", "key_file"))
        password, root = answers["connection.key_password"], answers["connection.root_file"].strip()

        def keep(desk: Any) -> Sequence[Problem]:
            connection = desk.connection
            chosen = Path(key) if key else None
            wrong = connection.use_certificate(Path(file), chosen, password) if file else ()
            if root and not wrong:
                wrong = connection.use_own_root(Path(root))
            saved: Sequence[Problem] = wrong or connection.save(answers)
            return saved

        self.save.setEnabled(False)
        self._context.office.ask(keep, self._saved, self._failed)

    def _forget(self) -> None:
        self._context.office.ask(
            lambda desk: desk.connection.forget_certificate(), self._forgotten, self._failed
        )

    def _forgotten(self, _nothing: None) -> None:
        self._context.office.renew_delivery()
        self.arrive()

    def _saved(self, problems: Sequence[Problem]) -> None:
        self.save.setEnabled(True)
        if not self.tell(problems):
            return
        for name in CLEARED:
            self.fields[f"connection.{name}"].editor.set_answer("")
        self._loaded = False
        self._context.office.renew_delivery()
        self.arrive()
        self.scroll_to_top()

    def _choose(self, name: str, files: str) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Choose a file", "", files)
        if chosen:
            self.fields[f"connection.{name}"].editor.write(chosen)

    def _test(self) -> None:
        self.test.setEnabled(False)
        self.test.setText("Testing…")
        self._context.office.enquire(lambda desk: desk.checks(), self.show_checks, self._not_tested)

    def show_checks(self, checks: Sequence[Check]) -> None:
        """Show how each check ended."""
        self._offer_test()
        empty(self._results)
        for check in checks:
            self._results.addWidget(_row_of(check))
        self.results.setVisible(True)

    def _offer_test(self) -> None:
        self.test.setEnabled(True)
        self.test.setText("Test the connection")

    def _not_tested(self, error: DigMedError) -> None:
        self._offer_test()
        self.tell([Problem("", str(error))])

    def _failed(self, error: DigMedError) -> None:
        self.save.setEnabled(True)
        self.tell([Problem("", str(error))])


def _row_of(check: Check) -> QWidget:
    mark, word, ink = HEALTH[check.health]
    name = Words(f"{mark} {check.name}", bold=True)
    if ink:
        set_property(name, "ink", ink)
    said = Words(f"{check.sentence} {check.remedy}".strip())
    said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    holder = QWidget()
    holder.setAccessibleName(f"{check.name}: {word}. {said.text()}")
    line = QVBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(SPACE.hair)
    line.addWidget(name)
    line.addWidget(said)
    return holder


def _state_of(view: ConnectionView) -> tuple[str, str, str]:
    """Return text, heading and tone of the panel that says what is set up."""
    strangers = (
        f" Another program uses this mailbox: {counted(view.strangers, 'response was', 'responses were')} left for it."
        if view.strangers
        else ""
    )
    if view.fixed:
        return (
            f"Practice mode has its own MESH on this computer. Nothing leaves it.{strangers}",
            "Practice mode",
            "act",
        )
    if view.environment == "none":
        return "No connection is set up. Send every practice a paper copy.", "Not set up", "look"
    if view.environment == CLIENT.id:
        tone = "look" if strangers else "done"
        return f"Mailbox {view.mailbox}, through {view.folder}.{strangers}", "MESH client", tone
    names = {"integration": "Integration MESH", "live": "Live MESH", "this-computer": "Test MESH"}
    missing = [
        what
        for what, there in (
            ("password", view.has_password),
            ("shared key", view.has_shared_key),
            ("certificate", view.certificate is not None or view.environment == "this-computer"),
        )
        if not there
    ]
    if missing:
        return f"Missing: {', '.join(missing)}.{strangers}", names[view.environment], "stop"
    warned = view.certificate.sentence if view.certificate else ""
    tone = "look" if warned or strangers else "done"
    return f"Mailbox {view.mailbox}. {warned}{strangers}".strip(), names[view.environment], tone
