"""TLS that breaks while the answer to a message is awaited: MESH may have the message, whatever the fault is called.

The far end is a raw TLS server: it takes a message whole, and then speaks as no library lets a server speak.
"""

import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from digmed_desktop.mesh import certificates
from digmed_desktop.mesh.transport import MeshTransport
from digmed_desktop.messaging.errors import AccountError, OutcomeUnknownError
from tests.mesh.strict_mesh import PRACTICE

NO_TLS = b"HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n"
NO_RECORD = b"\x17\x03\x03\x00\x40" + bytes(64)  # application data that fits no key


class FarEnd:
    """One TLS server; ``taken`` are the requests it received whole. ``then`` says what it does after each."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listening.getsockname()[1]}"
        self.taken: list[bytes] = []
        self.then: Callable[[FarEnd], None] = FarEnd.speaks_without_tls
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def speaks_without_tls(self) -> None:
        self._line.sendall(NO_TLS)

    def receives_a_damaged_record(self) -> None:
        self._in.write(NO_RECORD)
        with suppress(ssl.SSLError):
            self._tls.read()
        self._line.sendall(self._out.read())  # the alert

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)  # ends the wait for a caller
        self._listening.close()
        self._thread.join(5)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                self._line, _ = self._listening.accept()
                with self._line, suppress(OSError):
                    self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
                    self._tls = self._context.wrap_bio(self._in, self._out, server_side=True)
                    self._do(self._tls.do_handshake)
                    self.taken.append(self._request())
                    self.then(self)

    def _request(self) -> bytes:
        read = b""
        while b"\r\n\r\n" not in read:
            read += self._do(lambda: self._tls.read(65536))
        head, _, body = read.partition(b"\r\n\r\n")
        length = next(
            int(line.partition(b":")[2])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        )
        while len(body) < length:
            body += self._do(lambda: self._tls.read(65536))
        return body

    def _do(self, step: Callable[[], bytes | None]) -> bytes:
        while True:
            try:
                done = step() or b""
            except ssl.SSLWantReadError:
                self._line.sendall(self._out.read())
                if not (block := self._line.recv(65536)):
                    raise ConnectionError from None
                self._in.write(block)
            else:
                self._line.sendall(self._out.read())
                return done


@pytest.fixture(params=[ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def far_end(request, authority, tmp_path) -> Iterator[FarEnd]:
    issued = authority.issue("localhost", server=True)
    (tmp_path / "server.pem").write_bytes(issued.pem + issued.key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = request.param
    context.load_cert_chain(tmp_path / "server.pem")
    made = FarEnd(context)
    yield made
    made.close()


@pytest.fixture
def transport(far_end, tls_mesh, authority, account_of) -> Iterator[MeshTransport]:
    mine = authority.issue("X9TEST1.X9TEST.api.mesh-client.nhs.uk")
    account = account_of(
        tls_mesh,
        url=far_end.url,
        certificate=certificates.from_pem(mine.pem, mine.key_pem),
        ca_pem=authority.pem.decode(),
    )
    made = MeshTransport(account, timeout=(5, 5))
    yield made
    made.close()


@pytest.mark.parametrize("then", [FarEnd.speaks_without_tls, FarEnd.receives_a_damaged_record])
def test_a_fault_of_tls_after_the_message_left_is_an_unknown_outcome(
    far_end, transport, sending, then
) -> None:
    far_end.then = then
    sent = sending(recipient=PRACTICE, payload=os.urandom(20_000))
    with pytest.raises(OutcomeUnknownError):
        transport.send(sent)
    assert far_end.taken == [sent.payload], "MESH may have it"


def test_a_far_end_that_speaks_no_tls_at_all_is_the_networks_fault(far_end, transport) -> None:
    with pytest.raises(AccountError, match="kind of encryption"):
        transport.handshake()
