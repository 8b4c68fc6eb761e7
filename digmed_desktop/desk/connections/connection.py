"""The connection to MESH: what is set up, changing it, and the account that delivery uses.

Where each part lies: mailbox and environment in the settings, password, shared key and proxy in the vault, the
client certificate with its private key in the encrypted records.
"""

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from digmed_desktop import untrusted
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.desk.connections import mesh_client, policy_connection
from digmed_desktop.desk.gate import Gate
from digmed_desktop.messaging.audit import AuditAct
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.connection import LIVE_WORD, CertificateView, ConnectionView, Health
from digmed_desktop.messaging.errors import AccountError, DigMedError, NotAllowedNowError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.settings.choices import Choices
from digmed_desktop.settings.settings import Addressing, MeshEnvironment

if TYPE_CHECKING:
    from digmed_desktop.credentials.vault import Vault
    from digmed_desktop.history.store import Store
    from digmed_desktop.mesh.account import MeshAccount
    from digmed_desktop.mesh.certificates import ClientCertificate
    from digmed_desktop.mesh.client.account import ClientAccount
    from digmed_desktop.mesh.proxy import Proxy
    from digmed_desktop.messaging.ports import Transport

PASSWORD, SHARED_KEY, PROXY = "mesh-password", "mesh-shared-key", "mesh-proxy"  # names in the vault
CERTIFICATE, OWN_ROOT = "mesh.certificate", "mesh.root"  # in the records
LARGEST_FILE = 100_000  # bytes; a certificate with its chain has a few thousand

_UNSURE = (
    "The mailbox in use may have taken {} of the notifications, and only it can tell. Wait until none says "
    "“Checking”, or send those practices a paper copy; then change the connection."
)


def _parts(found: Mapping[str, str]) -> tuple[bytes, bytes]:
    """Return chain and key of the certificate that is kept."""
    return found["chain"].encode(), found["key"].encode()


class ConnectionDesk:
    """Keeps the connection. In practice mode ``practice`` gives the account, and nothing can be changed."""

    def __init__(
        self,
        store: "Store",
        vault: "Vault",
        choices: Choices,
        clock: Clock,
        practice: "Callable[[], MeshAccount] | None" = None,
        practice_client: "Callable[[], ClientAccount | None]" = lambda: None,
    ) -> None:
        """``practice_client`` gives the account at practice mode's own MESH client while one stands in between."""
        self._store, self._vault, self._choices, self._clock = store, vault, choices, clock
        self._practice, self._practice_client = practice, practice_client
        self._gate = Gate(store)

    # ---- the MESH client of the pharmacy's IT

    @property
    def by_client(self) -> bool:
        """Whether notifications go through the folders of a MESH client."""
        if self._practice is not None:
            return self._practice_client() is not None
        return self._environment is MeshEnvironment.CLIENT

    def client_account(self) -> "ClientAccount":
        """Return folder and mailbox at the MESH client. Raises AccountError when something is missing or wrong."""
        practised = self._practice_client()
        if practised is not None:
            return practised
        if self._choices.doubt:
            raise AccountError(self._choices.doubt, self._choices.remedy)
        return mesh_client.account(self._store, self._choices.now())

    def open_transport(self, stop: threading.Event | None = None) -> "Transport":
        """Return the way to MESH that is set up. Raises AccountError when something is missing or wrong."""
        if self.by_client:
            return mesh_client.transport(self.client_account(), in_practice_mode=self.in_practice_mode)
        from digmed_desktop.mesh.transport import MeshTransport

        return MeshTransport(self.account(), stop=stop)

    def watched_folders(self) -> tuple[str, ...]:
        """Return the folders of the MESH client in which something appears, or none where there is no client."""
        try:
            return mesh_client.watched(self.client_account()) if self.by_client else ()
        except AccountError:
            return ()

    def take_back(self, local_id: str) -> bool:
        """Take a sending out of the MESH client's folder again; False when the client has it already."""
        if not (self.by_client and local_id):
            return False
        transport = mesh_client.transport(self.client_account())
        try:
            return transport.take_back(local_id)
        finally:
            transport.close()

    def mailbox_entered(self, practice_ods: str) -> bool:
        """Whether a mailbox of a practice was entered for sending through the MESH client."""
        return practice_ods.strip().upper() in self.client_account().mailboxes

    def refuse_while_unsure(self) -> None:
        """Raise NotAllowedNowError while only the way in use can tell what became of a notification."""
        if unsure := self._store.deliveries.unsure():
            raise NotAllowedNowError(_UNSURE.format(unsure))

    @property
    def routes_by_patient(self) -> bool:
        """Whether MESH finds the practice by the patient's particulars."""
        return self._choices.now().addressing is Addressing.GP_PROVIDER

    @staticmethod
    def clients_here() -> tuple[tuple[str, str], ...]:
        """Return mailbox and folder of each mailbox that a MESH client installed here serves."""
        return mesh_client.found_on_this_computer()

    # ---- what is set up

    def view(self) -> ConnectionView:
        """Return what is set up, without secrets."""
        strangers = self._store.replies.count().other_program
        if self._practice is not None:
            account = self._practice()
            client = self._practice_client()
            folder = str(client.root) if client is not None else ""
            return ConnectionView(
                "practice", account.mailbox, account.url, fixed=True, strangers=strangers, folder=folder
            )
        chosen = self._choices.now()
        certificate, proxy = self.certificate(), self._proxy()
        return ConnectionView(
            environment=chosen.mesh_environment.value,
            mailbox=chosen.mailbox,
            url=chosen.mesh_url,
            addressing=chosen.addressing.value,
            has_password=self._vault.get(PASSWORD) is not None,
            has_shared_key=self._vault.get(SHARED_KEY) is not None,
            proxy=proxy.address,
            proxy_name=proxy.name,
            has_proxy_password=bool(proxy.password),
            certificate=certificate_view(certificate, self._now()) if certificate else None,
            own_root=self._store.profile.get(OWN_ROOT) is not None,
            strangers=strangers,
            folder=chosen.mesh_folder,
            mailboxes=mesh_client.shown(mesh_client.mailboxes(self._store)),
        )

    @property
    def is_set_up(self) -> bool:
        """Whether an environment is chosen; whether it works is for the checks to say."""
        return self._practice is not None or self._environment is not MeshEnvironment.NONE

    @property
    def in_practice_mode(self) -> bool:
        """Whether this is practice mode's own connection."""
        return self._practice is not None

    def proxy_in_use(self) -> str:
        """Return the proxy through which this computer reaches the network, with its password; ``""`` for none."""
        return "" if self._practice is not None else self._vault.get(PROXY) or ""

    def certificate(self) -> "ClientCertificate | None":
        """Return the client certificate that is kept, or None. Raises AccountError for one that is damaged."""
        from digmed_desktop.mesh.certificates import from_pem

        parts = mesh_client.kept(self._store, CERTIFICATE, _parts, "The client certificate")
        return None if parts is None else from_pem(*parts)

    def account(self) -> "MeshAccount":
        """Return the account to speak to MESH with. Raises AccountError when something is missing or wrong."""
        from digmed_desktop.mesh.account import INTEGRATION_URL, LIVE_URL, MeshAccount

        if self._practice is not None:
            return self._practice()
        if self._choices.doubt:
            raise AccountError(self._choices.doubt, self._choices.remedy)
        chosen = self._choices.now()
        urls = {
            MeshEnvironment.THIS_COMPUTER: chosen.mesh_url,
            MeshEnvironment.INTEGRATION: INTEGRATION_URL,
            MeshEnvironment.LIVE: LIVE_URL,
        }
        if self._environment is MeshEnvironment.NONE:
            raise AccountError("No connection to MESH is set up.", "Set it up in Settings, Connection.")
        own_root = mesh_client.kept(
            self._store, OWN_ROOT, untrusted.a_text, "The root certificate of this computer's MESH"
        )
        local = self._environment is MeshEnvironment.THIS_COMPUTER
        return MeshAccount(
            urls[self._environment],
            chosen.mailbox,
            self._vault.get(PASSWORD) or "",
            self._vault.get(SHARED_KEY) or "",
            certificate=self.certificate(),
            ca_pem=own_root if own_root and local else "",
            proxy=self.proxy_in_use(),
        )

    def take_policy(self) -> AccountError | None:
        """Take the mailbox that the administrators chose; or return why nothing may be sent or collected."""
        if self._practice is not None:
            return None
        before = self._choices.own().mesh_folder
        if fault := policy_connection.take(self._store, self._choices, self._waiting_for_a_test):
            return fault
        chosen = self._choices.now()
        if self.by_client and self._choices.policy.locks("mesh_folder") and chosen.mesh_folder != before:
            return self._claim(chosen.mesh_folder)
        return None

    def _claim(self, folder: str) -> AccountError | None:
        """Mark the folder that the administrators chose as ours; nobody saves it by hand."""
        try:
            mesh_client.keep(self._store, folder, mesh_client.mailboxes(self._store))
        except DigMedError as error:
            return AccountError(error.happened, error.remedy)
        return None

    # ---- changing it

    def save(self, answers: Mapping[str, str]) -> tuple[Problem, ...]:
        """Keep what was entered, or return what is in the way; then nothing is changed.

        An empty password or shared key keeps the one that is there.
        """
        self._gate.allow(Permission.CHANGE_CONNECTION)
        if self._practice is not None:
            return (Problem("connection.environment", "Practice mode has its own MESH; leave it first."),)
        try:
            environment = MeshEnvironment(answers.get("connection.environment", ""))
        except ValueError:
            return (Problem("connection.environment", "Choose which MESH to use."),)
        if locked := policy_connection.problems(self._choices, answers):
            return locked
        problems = [] if environment is MeshEnvironment.NONE else self._faults(environment, answers)
        if not problems and self._moves(environment, answers) and (unsure := self._store.deliveries.unsure()):
            problems.append(Problem("connection.environment", _UNSURE.format(unsure)))
        if (
            not problems
            and environment in policy_connection.TO_PRACTICES
            and (waiting := self._waiting_for_a_test())
        ):
            problems.append(Problem("connection.environment", policy_connection.FOR_A_TEST.format(waiting)))
        if problems:
            return tuple(problems)
        if environment is MeshEnvironment.CLIENT and (fault := self._take_client(answers)):
            return (fault,)
        for name, field in ((PASSWORD, "password"), (SHARED_KEY, "shared_key")):
            if typed := answers.get(f"connection.{field}", ""):
                self._vault.put(name, typed)
        self._keep_proxy(self._proxy_typed(answers))
        if environment is not MeshEnvironment.NONE:
            self._store.profile.put(policy_connection.LAST_USED, json.dumps(environment.value))
        self._choices.change(
            mesh_environment=environment,
            mailbox=answers.get("connection.mailbox", "").strip(),
            mesh_url=answers.get("connection.url", "").strip(),
            mesh_folder=answers.get("connection.folder", "").strip(),
            addressing=Addressing(answers.get("connection.addressing") or Addressing.LOOKUP),
        )
        self._store.deliveries.let_go_on()  # a fault that an old account had says nothing of the new one
        self._gate.note(AuditAct.CONNECTION_CHANGED, str(environment))
        return ()

    def use_certificate(self, certificate: Path, key: Path | None, password: str) -> tuple[Problem, ...]:
        """Keep a client certificate from PEM files, or from a PFX file when there is no ``key`` file.

        Returns what is in the way; then the old one stays.
        """
        from digmed_desktop.mesh.certificates import from_pem, from_pfx

        self._gate.allow(Permission.CHANGE_CONNECTION)
        field = "connection.certificate_file"
        try:
            read = _bytes_of(certificate)
            if key is None and not read.lstrip().startswith(b"-----BEGIN"):
                made = from_pfx(read, password)
            else:
                keys = read if key is None else _bytes_of(key)
                made = from_pem(read, keys, password)
            if (fault := made.fault(self._now())) is not None:
                raise fault
        except DigMedError as error:
            return (Problem(field, str(error)),)
        self._store.profile.put(
            CERTIFICATE, json.dumps({"chain": made.chain_pem.decode(), "key": made.key_pem.decode()})
        )
        self._store.deliveries.let_go_on()
        self._gate.note(AuditAct.CONNECTION_CHANGED, "certificate")
        return ()

    def use_own_root(self, file: Path) -> tuple[Problem, ...]:
        """Keep the root certificate of a MESH on this computer; the NHS's roots come with the program."""
        from digmed_desktop.mesh.certificates import is_root

        self._gate.allow(Permission.CHANGE_CONNECTION)
        try:
            read = _bytes_of(file)
            if not is_root(read):
                raise AccountError("There is no certificate in this file.", "Choose a file in PEM form.")
        except DigMedError as error:
            return (Problem("connection.root_file", str(error)),)
        self._store.profile.put(OWN_ROOT, json.dumps(read.decode("ascii")))
        self._gate.note(AuditAct.CONNECTION_CHANGED, "root certificate")
        return ()

    def forget_certificate(self) -> None:
        """Take the client certificate and its key out of the records."""
        self._gate.allow(Permission.CHANGE_CONNECTION)
        self._store.profile.forget(CERTIFICATE)
        self._gate.note(AuditAct.CONNECTION_CHANGED, "certificate removed")

    def _faults(self, environment: MeshEnvironment, answers: Mapping[str, str]) -> list[Problem]:
        from digmed_desktop.mesh import account
        from digmed_desktop.mesh.proxy import check_address, check_login

        def kept_or(field: str, name: str) -> str:
            return answers.get(f"connection.{field}", "") or self._vault.get(name) or ""

        def check_url() -> None:
            if environment is MeshEnvironment.THIS_COMPUTER:
                account.checked_url(answers.get("connection.url", ""), here=True)

        def check_mailbox() -> None:
            account.check_mailbox(answers.get("connection.mailbox", "").strip())

        if environment is MeshEnvironment.CLIENT:
            return [*self._faults_of_client(answers, check_mailbox), *self._unspoken(environment, answers)]
        proxy = self._proxy_typed(answers)
        checks: tuple[tuple[str, Callable[[], object]], ...] = (
            ("url", check_url),
            ("mailbox", check_mailbox),
            ("password", lambda: account.check_secret(kept_or("password", PASSWORD), account.PASSWORD)),
            (
                "shared_key",
                lambda: account.check_secret(kept_or("shared_key", SHARED_KEY), account.SHARED_KEY),
            ),
            ("proxy", lambda: check_address(proxy.address) if proxy.address else None),
            ("proxy_name", lambda: check_login(proxy.name, proxy.password)),
        )
        found = _found(checks)
        needs = environment in (MeshEnvironment.INTEGRATION, MeshEnvironment.LIVE)
        if needs and self._store.profile.get(CERTIFICATE) is None:
            found.append(
                Problem(
                    "connection.certificate_file", "MESH needs a client certificate. Choose its file first."
                )
            )
        return [*found, *self._unspoken(environment, answers)]

    def _unspoken(self, environment: MeshEnvironment, answers: Mapping[str, str]) -> Iterator[Problem]:
        """Yield that the word is missing without which nothing goes to real practices for the first time."""
        newly = environment in policy_connection.TO_PRACTICES and self._environment is not environment
        if newly and answers.get("connection.live_word", "").strip() != LIVE_WORD:
            yield Problem(
                "connection.live_word",
                f"Type {LIVE_WORD} in capitals to say that real notifications may go to real practices.",
            )

    @staticmethod
    def _faults_of_client(answers: Mapping[str, str], check_mailbox: Callable[[], object]) -> list[Problem]:
        folder, mailbox = (answers.get(f"connection.{part}", "").strip() for part in ("folder", "mailbox"))
        return _found(
            (
                ("folder", lambda: mesh_client.check_folder(folder, mailbox)),
                ("mailbox", check_mailbox),
                ("mailboxes", lambda: mesh_client.typed(answers.get("connection.mailboxes", ""))),
            )
        )

    def _take_client(self, answers: Mapping[str, str]) -> Problem | None:
        """Mark the client's folder as ours; return what is in the way."""
        entered = mesh_client.typed(answers.get("connection.mailboxes", ""))
        try:
            mesh_client.keep(self._store, answers.get("connection.folder", "").strip(), entered)
        except DigMedError as error:
            return Problem("connection.folder", str(error))
        return None

    def _moves(self, environment: MeshEnvironment, answers: Mapping[str, str]) -> bool:
        """Whether another mailbox is to be used, which knows nothing of what the one until now may have taken."""
        now = self._choices.now()
        before = (now.mesh_environment, now.mailbox, now.mesh_url, now.mesh_folder)
        typed = (answers.get(f"connection.{part}", "").strip() for part in ("mailbox", "url", "folder"))
        after = (environment, *typed)
        return now.mesh_environment is not MeshEnvironment.NONE and before != after

    def _waiting_for_a_test(self) -> int:
        """Return how many notifications wait that were recorded while no live MESH was connected, but a test one.

        What was connected last is kept with the records, so that a new computer knows it too.
        """
        last = self._store.profile.value(
            policy_connection.LAST_USED, untrusted.a_text, "The connection that was used last"
        )
        if (last or self._choices.own().mesh_environment) not in (
            MeshEnvironment.INTEGRATION,
            MeshEnvironment.THIS_COMPUTER,
        ):
            return 0
        return self._store.deliveries.standing().waiting

    def _proxy(self) -> "Proxy":
        from digmed_desktop.mesh.proxy import Proxy

        return Proxy.kept(self._vault.get(PROXY) or "")

    def _proxy_typed(self, answers: Mapping[str, str]) -> "Proxy":
        """Return the proxy that was entered. An empty password keeps the one of the same name at the same proxy."""
        from digmed_desktop.mesh.proxy import Proxy

        address, name = (answers.get(f"connection.{part}", "").strip() for part in ("proxy", "proxy_name"))
        password, kept = answers.get("connection.proxy_password", ""), self._proxy()
        if not password and (address, name) == (kept.address, kept.name):
            password = kept.password
        return Proxy(address, name, password)

    def _keep_proxy(self, proxy: "Proxy") -> None:
        if proxy.address:
            self._vault.put(PROXY, proxy.whole)
        else:
            self._vault.remove(PROXY)

    @property
    def _environment(self) -> MeshEnvironment:
        return self._choices.now().mesh_environment

    def _now(self) -> datetime:
        return datetime.now(UTC) if self._practice is None else self._clock.now()


def _found(checks: Iterable[tuple[str, Callable[[], object]]]) -> list[Problem]:
    """Return the problem of each field whose check fails."""
    found = []
    for field, check in checks:
        try:
            check()
        except DigMedError as error:
            found.append(Problem(f"connection.{field}", str(error)))
    return found


def certificate_view(certificate: "ClientCertificate", now: datetime) -> CertificateView:
    """Return a certificate as people see it."""
    if (fault := certificate.fault(now)) is not None:
        health, sentence = Health.BAD, str(fault)
    else:
        sentence = certificate.warning(now)
        health = Health.LOOK if sentence else Health.GOOD
    return CertificateView(certificate.common_name, certificate.not_after, health, sentence)


def _bytes_of(file: Path) -> bytes:
    try:
        return untrusted.read_bytes(file, LARGEST_FILE)
    except untrusted.UnreadableError:
        raise AccountError("This file is too large to be a certificate.", "Choose another file.") from None
    except OSError as error:
        raise AccountError(
            untrusted.why_unread(error), "Check that it is there and that this account may open it."
        ) from None
