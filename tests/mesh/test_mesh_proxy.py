"""Through a proxy that wants a name and a password: TLS from end to end, each fault told apart.

The proxy is a small real one: it takes CONNECT, checks the password and passes bytes on.
"""

import base64
import select
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from digmed_desktop.mesh import certificates
from digmed_desktop.mesh.proxy import Proxy as ProxyAddress
from digmed_desktop.mesh.transport import MeshTransport
from digmed_desktop.messaging.errors import AccountError, OfflineError, OutcomeUnknownError
from tests.mesh.strict_mesh import PRACTICE, StrictMesh

NAME, SECRET = "counter", "p@ss:word/ü 1"


@dataclass
class Proxy:
    """A proxy on this computer. ``cut_after`` ends a tunnel once so many bytes went out through it; with
    ``cut_when`` it passes on what still goes out, keeps what comes back, and ends the tunnel when that is true.
    """

    address: str = ""
    asked: list[str] = field(default_factory=list)  # the first lines it was sent
    refuses: bool = False
    cut_after: int | None = None
    cut_when: Callable[[], bool] | None = None

    def url(self, secret: str | None = SECRET) -> str:
        return ProxyAddress(f"http://{self.address}", NAME if secret else "", secret or "").whole


class _Tunnel(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        proxy: Proxy = self.server.proxy  # type: ignore[attr-defined]
        first = self.rfile.readline().decode("latin-1").strip()
        headers = {}
        while line := self.rfile.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        proxy.asked.append(first)
        wanted = base64.b64encode(f"{NAME}:{SECRET}".encode("latin-1")).decode()
        if headers.get("proxy-authorization") != f"Basic {wanted}":
            self._say("407 Proxy Authentication Required", 'Proxy-Authenticate: Basic realm="shop"')
        elif proxy.refuses:
            self._say("403 Forbidden")
        else:
            host, _, port = first.split()[1].rpartition(":")
            with socket.create_connection((host, int(port))) as beyond:
                self._say("200 Connection established")
                self._pass_on(beyond, proxy)

    def _say(self, status: str, *headers: str) -> None:
        lines = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *headers))
        self.wfile.write(f"{lines}\r\n".encode())

    def _pass_on(self, beyond: socket.socket, proxy: Proxy) -> None:
        out, enough = 0, False
        while not (enough and (proxy.cut_when is None or proxy.cut_when())):
            for one in select.select([self.connection, beyond], [], [], 0.02)[0]:
                block = one.recv(65536)
                if not block:
                    return
                if one is self.connection:
                    beyond.sendall(block)
                    out += len(block)
                elif not enough:
                    self.connection.sendall(block)
            enough = proxy.cut_after is not None and out > proxy.cut_after


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Tunnel, bind_and_activate=True)
    server.daemon_threads = True
    server.block_on_close = False
    made = Proxy("{}:{}".format(*server.server_address[:2]))
    server.proxy = made  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def through(
    proxy: Proxy, tls_mesh: StrictMesh, authority, account_of
) -> Iterator[Callable[..., MeshTransport]]:
    issued = authority.issue("X9TEST1.X9TEST.api.mesh-client.nhs.uk")
    opened: list[MeshTransport] = []

    def make(secret: str | None = SECRET, address: str = "") -> MeshTransport:
        account = account_of(
            tls_mesh,
            certificate=certificates.from_pem(issued.pem, issued.key_pem),
            ca_pem=authority.pem.decode(),
            proxy=address or proxy.url(secret),
        )
        opened.append(MeshTransport(account, timeout=(5, 5)))
        return opened[-1]

    yield make
    for one in opened:
        with suppress(Exception):
            one.close()


def test_a_message_goes_through_and_the_proxy_sees_nothing_of_it(through, proxy, tls_mesh, sending) -> None:
    transport = through()
    transport.handshake()
    receipt = transport.send(sending(1, recipient=PRACTICE))
    (held,) = tls_mesh.stored(PRACTICE)
    assert held.message_id == receipt.mesh_id
    assert {line.split()[0] for line in proxy.asked} == {"CONNECT"}, "nothing was asked in clear"
    assert all(line.split()[1] in tls_mesh.url for line in proxy.asked)


@pytest.mark.parametrize("secret", [None, "wrong"])
def test_a_missing_or_wrong_password_stops_the_queue(through, secret) -> None:
    with pytest.raises(AccountError, match="name and a password") as raised:
        through(secret).handshake()
    assert "Settings, Connection" in raised.value.remedy
    assert "wrong" not in str(raised.value)


def test_a_proxy_that_does_not_allow_mesh(through, proxy) -> None:
    proxy.refuses = True
    with pytest.raises(AccountError, match="does not let this computer reach MESH") as raised:
        through().handshake()
    assert "IT support" in raised.value.remedy


def test_a_proxy_that_is_not_there_is_being_offline(through) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(OfflineError, match="proxy cannot be reached"):
        through(address=nobody).handshake()


def test_a_refusal_of_the_proxy_is_never_an_unknown_outcome(through, proxy, tls_mesh, sending) -> None:
    proxy.refuses = True
    with pytest.raises(AccountError):
        through().send(sending(1, recipient=PRACTICE))
    assert tls_mesh.stored(PRACTICE) == []


def test_a_tunnel_cut_in_the_middle_of_a_message_is_an_unknown_outcome(through, proxy, sending) -> None:
    proxy.cut_after = 40_000  # TLS stands by then, and the message is under way
    with pytest.raises(OutcomeUnknownError):
        through().send(sending(1, recipient=PRACTICE, payload=b"<Bundle/>" * 200_000))


def test_a_tunnel_cut_before_the_answer_is_an_unknown_outcome_and_found_there(
    through, proxy, tls_mesh, sending
) -> None:
    sent = sending(77).local_id

    def held() -> list[str]:
        return [one.message_id for one in tls_mesh.stored(PRACTICE) if one.metadata.local_id == sent]

    proxy.cut_after, proxy.cut_when = 20_000, lambda: bool(held())
    with pytest.raises(OutcomeUnknownError):
        through().send(sending(77, recipient=PRACTICE, payload=b"<Bundle/>" * 5_000))
    proxy.cut_after = None
    found = through().look_up(sent)
    assert found is not None, "MESH has it, so it must not be sent again"
    assert [found.mesh_id] == held()


def test_a_tunnel_cut_while_nothing_is_sent_is_being_offline(through, proxy) -> None:
    proxy.cut_after = 100
    with pytest.raises(OfflineError):
        through().inbox()
