"""Which addresses, secrets and certificates may be used at all."""

import socket
import threading
from datetime import UTC, datetime, timedelta

import mesh_client
import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    pkcs12,
)

from digmed_desktop.data_files.source import OWN
from digmed_desktop.mesh import certificates, connection, reports
from digmed_desktop.mesh.account import INTEGRATION_URL, LIVE_URL, Environment, MeshAccount
from digmed_desktop.mesh.transport import MeshTransport
from digmed_desktop.messaging.errors import AccountError, OfflineError, OutcomeUnknownError
from tests.mesh.strict_mesh import PASSWORD, PHARMACY, SHARED_KEY


def made(url: str, **more: object) -> MeshAccount:
    given: dict[str, object] = {"password": PASSWORD, "shared_key": SHARED_KEY, **more}
    return MeshAccount(url, str(given.pop("mailbox", PHARMACY)), **given)  # type: ignore[arg-type]


@pytest.fixture
def client_certificate(authority):
    issued = authority.issue("X9TEST1.X9TEST.api.mesh-client.nhs.uk")
    return certificates.from_pem(issued.pem, issued.key_pem)


@pytest.mark.parametrize(("url", "environment"), [(INTEGRATION_URL, "integration"), (LIVE_URL, "live")])
def test_the_nhs_is_reached_over_https_with_a_certificate_only(client_certificate, url, environment):
    account = made(url + "/", certificate=client_certificate)
    assert (account.url, account.environment) == (url, Environment(environment))
    assert account.ca_file in (mesh_client.INT_CA_CERT, mesh_client.LIVE_CA_CERT)
    for bad in ({}, {"certificate": client_certificate, "ca_pem": "x"}):
        with pytest.raises(AccountError):
            made(url, **bad)
    with pytest.raises(AccountError):
        made(url.replace("https", "http"), certificate=client_certificate)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8700", "http://[::1]:8700", "https://127.0.0.9", "http://localhost:1"]
)
def test_this_computer_may_be_used(url):
    assert made(url).environment is Environment.LOOPBACK


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mesh",
        "https://mesh.example",
        "https://msg.depspineservices.nhs.uk",
        "https://mesh-sync.spineservices.nhs.uk.example",
        "https://mesh-sync.spineservices.nhs.uk@mesh.example",
        "https://mesh.example\\@mesh-sync.spineservices.nhs.uk",
        "https://mesh-sync.spineservices.nhs.uk:8443",
        "https://mesh-sync.spineservices.nhs.uk/other/path",
        "https://user:word@mesh-sync.spineservices.nhs.uk",
        "ftp://127.0.0.1",
        "http://127.0.0.1.example",
        "http://127.0.0.1@mesh.example",
        "http://192.168.0.1",
        "http://0.0.0.0:80",
        "http://10.0.0.1#127.0.0.1",
        "http://127.0.0.1:99999",
        "http://[::1",
        "http://localhost.example",
    ],
)
def test_any_other_address_is_refused(client_certificate, url):
    with pytest.raises(AccountError):
        made(url, certificate=client_certificate)


@pytest.mark.parametrize(
    "url", [INTEGRATION_URL, LIVE_URL, "https://mesh.example", "http://localhost:8700", "http://10.0.0.1"]
)
def test_practice_mode_reaches_nothing_but_this_computer(client_certificate, url):
    with pytest.raises(AccountError):
        made(url, certificate=client_certificate, practice_only=True)
    with pytest.raises(AccountError):
        made("http://127.0.0.1:8700", proxy="http://127.0.0.1:3128", practice_only=True)
    assert made("http://127.0.0.1:8700", practice_only=True).practice_only


def test_the_client_of_a_practice_account_has_one_door_only(opened, mesh):
    transport = opened(practice_only=True)
    session = transport._client._session
    assert list(session.adapters) == [mesh.url]
    for elsewhere in (LIVE_URL, INTEGRATION_URL, mesh.url + "@mesh.example"):
        with pytest.raises(Exception, match=r"No connection adapters|another computer"):
            session.get(elsewhere + "/messageexchange")


def test_the_surroundings_do_not_change_where_requests_go(opened, monkeypatch, tmp_path):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    opened().handshake()


@pytest.mark.parametrize(
    "change",
    [
        {"mailbox": "x9testot001"},
        {"mailbox": "X9 TEST"},
        {"mailbox": ""},
        {"password": ""},
        {"password": " padded"},
        {"password": "pässword"},
        {"shared_key": ""},
        {"shared_key": "two\nlines"},
        {"proxy": "proxy.example:8080"},
        {"proxy": "http://proxy.example"},
        {"proxy": "http://proxy.example:none"},
    ],
)
def test_wrong_settings_are_told_before_any_connection(change):
    with pytest.raises(AccountError) as caught:
        made("http://127.0.0.1:8700", **change)
    assert caught.value.happened
    assert caught.value.remedy


def test_secrets_are_not_shown(client_certificate):
    account = made(LIVE_URL, certificate=client_certificate, proxy="http://me:hidden@proxy.example:8080")
    shown = repr(account) + repr(client_certificate)
    assert not any(word in shown for word in (PASSWORD, SHARED_KEY, "hidden", "PRIVATE"))


def test_the_missing_key_is_never_taken_from_the_surroundings(monkeypatch):
    monkeypatch.setenv("MESH_CLIENT_SHARED_KEY", SHARED_KEY)
    with pytest.raises(AccountError):
        made("http://127.0.0.1:8700", shared_key="")


# --- certificates ----------------------------------------------------------------------------------


def test_pem_and_pfx_give_the_same(authority):
    issued = authority.issue("X9TEST1.X9TEST.api.mesh-client.nhs.uk")
    pem = certificates.from_pem(authority.pem + issued.pem, issued.key_pem)
    data = pkcs12.serialize_key_and_certificates(
        b"mesh", issued.key, issued.certificate, [authority.certificate], BestAvailableEncryption(b"word")
    )
    pfx = certificates.from_pfx(data, "word")
    assert pem == pfx
    assert pem.chain_pem.startswith(issued.pem), "its own certificate leads the chain"
    assert pem.common_name == "X9TEST1.X9TEST.api.mesh-client.nhs.uk"


def test_each_wrong_file_is_told_apart(authority):
    one, two = authority.issue("one"), authority.issue("two")
    locked = one.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word"))
    pfx = pkcs12.serialize_key_and_certificates(
        b"m", one.key, one.certificate, None, BestAvailableEncryption(b"word")
    )
    keyless = pkcs12.serialize_key_and_certificates(
        b"m", None, one.certificate, None, BestAvailableEncryption(b"word")
    )
    told = []
    for read in (
        lambda: certificates.from_pem(pfx, one.key_pem),
        lambda: certificates.from_pem(b"nothing", one.key_pem),
        lambda: certificates.from_pem(one.pem, b"nothing"),
        lambda: certificates.from_pem(one.pem[:200] + b"\n-----END CERTIFICATE-----\n", one.key_pem),
        lambda: certificates.from_pem(one.pem, locked),
        lambda: certificates.from_pem(one.pem, locked, "wrong"),
        lambda: certificates.from_pem(
            one.pem, b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
        ),
        lambda: certificates.from_pem(one.pem, two.key_pem),
        lambda: certificates.from_pfx(one.pem, "word"),
        lambda: certificates.from_pfx(pfx, "wrong"),
        lambda: certificates.from_pfx(keyless, "word"),
    ):
        with pytest.raises(AccountError) as caught:
            read()
        assert caught.value.remedy
        told.append(caught.value.happened)
    assert len(set(told)) == len(told)
    assert certificates.from_pem(one.pem, locked, "word").days_left(datetime.now(UTC)) in (364, 365)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (200, ""),
        (61, ""),
        (59.5, "soon"),
        (29.5, "this week"),
        (6.5, "now"),
        (1.5, "tomorrow"),
        (0.5, "today"),
        (-1, ""),
    ],
)
def test_expiry_is_warned_of_in_time(authority, days, words):
    issued = authority.issue("one", start=-400, days=days)
    certificate = certificates.from_pem(issued.pem, issued.key_pem)
    now = datetime.now(UTC)
    assert words in certificate.warning(now)
    assert bool(certificate.warning(now)) == bool(words)
    assert (certificate.fault(now) is None) == (days > 0)


def test_the_key_does_not_stay_on_disk(authority, tmp_path, monkeypatch):
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    issued = authority.issue("one")
    certificate = certificates.from_pem(issued.pem, issued.key_pem)
    connection.tls_context(
        made("https://127.0.0.1:1", certificate=certificate, ca_pem=authority.pem.decode())
    )
    assert list(tmp_path.iterdir()) == []


def test_only_the_nhs_roots_are_trusted(client_certificate):
    for url in (INTEGRATION_URL, LIVE_URL):
        context = connection.tls_context(made(url, certificate=client_certificate))
        names = {str(one["subject"]) for one in context.get_ca_certs()}
        assert 0 < len(names) < 6
        assert all("nhs" in name.lower() or "NHS" in name for name in names)
        assert context.verify_mode.name == "CERT_REQUIRED"
        assert context.check_hostname
        assert context.minimum_version.name == "TLSv1_2"


# --- mutual TLS ------------------------------------------------------------------------------------


@pytest.fixture
def tls(tls_mesh, account_of, authority):
    opened: list[MeshTransport] = []

    def make(issued=None, ca=None, **more):
        certificate = certificates.from_pem(issued.pem, issued.key_pem) if issued else None
        pem = (ca or authority).pem.decode()
        account = account_of(tls_mesh, certificate=certificate, ca_pem=pem, **more)
        opened.append(MeshTransport(account, timeout=(5, 5)))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def test_a_good_certificate_opens_the_door(tls, authority, sending, tls_mesh):
    transport = tls(authority.issue("good"))
    transport.handshake()
    receipt = transport.send(sending())
    assert transport.look_up(sending().local_id) == receipt


def test_a_good_pfx_opens_the_door(tls_mesh, account_of, authority):
    issued = authority.issue("good")
    data = pkcs12.serialize_key_and_certificates(
        b"m", issued.key, issued.certificate, None, BestAvailableEncryption(b"w")
    )
    account = account_of(
        tls_mesh, certificate=certificates.from_pfx(data, "w"), ca_pem=authority.pem.decode()
    )
    transport = MeshTransport(account)
    transport.handshake()
    transport.close()


def test_an_expired_certificate_is_told_before_any_connection(tls, authority, tls_mesh):
    with pytest.raises(AccountError, match="expired on"):
        tls(authority.issue("old", start=-40, days=-1))
    with pytest.raises(AccountError, match="not valid before"):
        tls(authority.issue("early", start=5))
    assert tls_mesh.calls == []


def test_a_certificate_that_expires_while_open_stops_the_next_call(tls, authority, monkeypatch):
    transport = tls(authority.issue("short"))
    transport.handshake()
    monkeypatch.setattr(
        certificates.ClientCertificate,
        "fault",
        lambda self, now: AccountError("The MESH certificate expired.", "Renew it."),
    )
    with pytest.raises(AccountError, match="expired"):
        transport.inbox()


@pytest.mark.parametrize("which", ["foreign", "none"])
def test_a_certificate_that_mesh_does_not_take(tls, other_authority, tls_mesh, which):
    transport = tls(other_authority.issue("foreign") if which == "foreign" else None)
    with pytest.raises((AccountError, OfflineError)) as caught:
        transport.handshake()
    assert "certificate" in str(caught.value)
    assert tls_mesh.calls == []


def test_a_server_of_another_root_is_not_mesh(tls, authority, other_authority, sending, tls_mesh):
    transport = tls(authority.issue("good"), ca=other_authority)
    for call in (transport.handshake, lambda: transport.send(sending(recipient="X9GP01OT001"))):
        with pytest.raises(AccountError, match="not come from MESH"):
            call()
    assert tls_mesh.calls == []


def test_a_server_of_another_name_is_not_mesh(tls, authority, tls_mesh):
    transport = tls(authority.issue("good"), url=tls_mesh.url.replace("127.0.0.1", "localhost"))
    with pytest.raises(AccountError, match="not come from MESH"):
        transport.handshake()


def test_a_server_without_tls_is_told(mesh, account_of, authority, sending):
    transport = MeshTransport(
        account_of(mesh, url=mesh.url.replace("http:", "https:"), ca_pem=authority.pem.decode())
    )
    with pytest.raises(AccountError, match="encryption"):
        transport.handshake()
    with pytest.raises(OutcomeUnknownError):  # the same fault may come with a message gone out
        transport.send(sending(recipient="X9GP01OT001"))
    transport.close()


# --- proxies ---------------------------------------------------------------------------------------


@pytest.fixture
def proxy():
    """A proxy that answers every request with one line."""
    listener = socket.create_server(("127.0.0.1", 0))
    answers: list[bytes] = []

    def run() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with peer:
                peer.recv(65536)
                peer.sendall(answers[0] + b"\r\nContent-Length: 0\r\n\r\n")

    threading.Thread(target=run, daemon=True).start()
    yield answers, f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required", "name and a password"),
        (b"HTTP/1.1 403 Forbidden", "does not let"),
    ],
)
def test_a_proxy_that_refuses_is_named(tls, authority, sending, proxy, answer, words):
    answers, address = proxy
    answers.append(answer)
    transport = tls(authority.issue("good"), proxy=address)
    for call in (transport.handshake, lambda: transport.send(sending(recipient="X9GP01OT001"))):
        with pytest.raises(AccountError, match=words):
            call()


def test_a_proxy_that_is_not_there_is_offline(tls, authority, sending):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        transport = tls(authority.issue("good"), proxy=f"http://127.0.0.1:{probe.getsockname()[1]}")
        for call in (transport.handshake, lambda: transport.send(sending(recipient="X9GP01OT001"))):
            with pytest.raises(OfflineError, match="proxy"):
                call()


# --- words -----------------------------------------------------------------------------------------


def test_every_code_has_its_words():
    for code in reports.codes():
        words = reports.words_of(code)
        assert words.known
        assert words.title
        assert words.meaning.endswith(".")
        assert words.remedy.endswith(".")
    assert {"14", *(f"EPL-{n}" for n in range(150, 155))} <= set(reports.codes())
    assert set(reports.codes()) == set(OWN.raw("mesh/reports.toml")["codes"])


def test_an_unknown_code_is_never_taken_for_success():
    words = reports.words_of("EPL-999")
    assert not words.known
    assert "could not deliver" in words.meaning


def test_the_token_life_is_that_of_mesh():
    from digmed_desktop.mesh.errors import TOKEN_LIFE

    assert timedelta(hours=2) == TOKEN_LIFE
