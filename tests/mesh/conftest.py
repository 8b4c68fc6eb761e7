import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from digmed_desktop.mesh import connection
from digmed_desktop.mesh.account import MeshAccount
from digmed_desktop.mesh.transport import MeshTransport
from digmed_desktop.messaging.sending import Sending
from tests.mesh.strict_mesh import PASSWORD, PHARMACY, PRACTICE, SHARED_KEY, StrictMesh

PAYLOAD = b"<Bundle xmlns='http://hl7.org/fhir'><id value='made-up'/></Bundle>"


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "FIRST_PAUSE", 0.005)


@pytest.fixture(scope="session")
def running_mesh() -> Iterator[StrictMesh]:
    server = StrictMesh()
    yield server
    server.stop()


@pytest.fixture
def mesh(running_mesh: StrictMesh) -> StrictMesh:
    running_mesh.reset()
    return running_mesh


@pytest.fixture
def account_of() -> Callable[..., MeshAccount]:
    def make(mesh: StrictMesh, mailbox: str = PHARMACY, **changes: Any) -> MeshAccount:
        given: dict[str, Any] = {"password": PASSWORD, "shared_key": SHARED_KEY, **changes}
        return MeshAccount(given.pop("url", mesh.url), mailbox, **given)

    return make


@pytest.fixture
def opened(
    mesh: StrictMesh, account_of: Callable[..., MeshAccount]
) -> Iterator[Callable[..., MeshTransport]]:
    """Opens transports to the strict MESH; each is closed after the test."""
    made: list[MeshTransport] = []

    def make(mailbox: str = PHARMACY, timeout: tuple[float, float] = (5, 5), **changes: Any) -> MeshTransport:
        made.append(MeshTransport(account_of(mesh, mailbox, **changes), timeout=timeout))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def pharmacy(opened: Callable[..., MeshTransport]) -> MeshTransport:
    return opened(PHARMACY)


@pytest.fixture
def practice(opened: Callable[..., MeshTransport]) -> MeshTransport:
    return opened(PRACTICE)


@pytest.fixture
def sending() -> Callable[..., Sending]:
    def make(number: int = 1, **changes: Any) -> Sending:
        given: dict[str, Any] = {
            "notification": number,
            "local_id": f"X9TEST_{number:032x}",
            "workflow": "DIGMED_FLU_VAC",
            "practice_ods": "X9GP01",
            "subject": "A made-up subject",
            "payload": PAYLOAD,
            **changes,
        }
        return Sending(**given)

    return make


@dataclass(frozen=True)
class Made:
    """A certificate made for a test."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


class Authority:
    """A certificate authority of a test."""

    def __init__(self, name: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = (
            self._builder(self.name, self.key, -10, 3650)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        self.pem = self.certificate.public_bytes(Encoding.PEM)

    def issue(self, common_name: str, *, server: bool = False, start: float = -1, days: float = 365) -> Made:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        use = ExtendedKeyUsageOID.SERVER_AUTH if server else ExtendedKeyUsageOID.CLIENT_AUTH
        issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = (
            self._builder(name, key, start, days)
            .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
            .add_extension(issuer_key, critical=False)
        )
        if server:
            where = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
            builder = builder.add_extension(where, critical=False)
        return Made(builder.sign(self.key, hashes.SHA256()), key)

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, start: float, days: float
    ) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + dt.timedelta(days=start))
            .not_valid_after(now + dt.timedelta(days=days))
        )


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority("Test MESH root")


@pytest.fixture(scope="session")
def other_authority() -> Authority:
    return Authority("Another root")


@pytest.fixture(scope="session")
def running_tls_mesh(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictMesh]:
    folder: Path = tmp_path_factory.mktemp("tls")
    server = authority.issue("localhost", server=True)
    files = {name: folder / f"{name}.pem" for name in ("ca", "certificate", "key")}
    files["ca"].write_bytes(authority.pem)
    files["certificate"].write_bytes(server.pem)
    files["key"].write_bytes(server.key_pem)
    mesh = StrictMesh(tls=files)
    yield mesh
    mesh.stop()


@pytest.fixture
def tls_mesh(running_tls_mesh: StrictMesh) -> StrictMesh:
    running_tls_mesh.reset()
    return running_tls_mesh
