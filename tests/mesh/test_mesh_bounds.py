"""What comes from the other end is bounded: in time by the clock, in memory by its unpacked size, in shape by one error."""

import contextlib
import gzip
import json
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator

import pytest
from urllib3.util.retry import Retry

from digmed_desktop.mesh import transport as transport_module
from digmed_desktop.mesh.account import MeshAccount
from digmed_desktop.mesh.transport import MeshTransport
from digmed_desktop.messaging.errors import (
    AccountError,
    DigMedError,
    OfflineError,
    OutcomeUnknownError,
    UnusableError,
)
from tests.mesh.strict_mesh import PASSWORD, PHARMACY, SHARED_KEY, Way

MESH_ID = "20261128000000000000_ABCDEF"
CALLS: dict[str, Callable[[MeshTransport], object]] = {
    "handshake": lambda t: t.handshake(),
    "mailbox_of": lambda t: t.mailbox_of("X9GP01", "DIGMED_FLU_VAC"),
    "look_up": lambda t: t.look_up("X9TEST_1"),
    "collected": lambda t: t.collected(MESH_ID),
    "inbox": lambda t: t.inbox(),
    "fetch": lambda t: t.fetch(MESH_ID),
    "acknowledge": lambda t: t.acknowledge(MESH_ID),
}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


class Trickle:
    """Answers every call with the same bytes, one at a time, for as long as somebody listens."""

    def __init__(self, beginning: bytes, pause: float = 0.02) -> None:
        self._beginning, self._pause = beginning, pause
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._stop = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(line,), daemon=True).start()

    def _answer(self, line: socket.socket) -> None:
        with line:
            try:
                line.recv(65536)
                line.sendall(self._beginning)
                while not self._stop.wait(self._pause):
                    line.sendall(b"x")
            except OSError:
                return

    def close(self) -> None:
        self._stop.set()
        self._listener.close()


@pytest.fixture
def trickle() -> Iterator[Callable[[bytes], Trickle]]:
    made: list[Trickle] = []

    def make(beginning: bytes) -> Trickle:
        made.append(Trickle(beginning))
        return made[-1]

    yield make
    for one in made:
        one.close()


def transport_to(url: str) -> MeshTransport:
    return MeshTransport(MeshAccount(url, PHARMACY, PASSWORD, SHARED_KEY), timeout=(2, 2))


@pytest.mark.parametrize(
    "beginning", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", HEAD + b"\r\n", HEAD + b"Content-Length: 9999\r\n\r\n"]
)
def test_every_call_ends_by_the_clock_though_bytes_keep_coming(trickle, monkeypatch, beginning):
    monkeypatch.setattr(transport_module, "WHOLE_SECONDS", 0.1)
    server = trickle(beginning)
    for call in CALLS.values():
        transport = transport_to(server.url)
        begun = time.monotonic()
        with pytest.raises(OfflineError):
            call(transport)
        assert time.monotonic() - begun < 30, "bytes that keep coming hold it for ever"
        transport.close()


def test_a_send_that_ends_by_the_clock_has_an_unknown_outcome(trickle, sending, monkeypatch):
    monkeypatch.setattr(transport_module, "WHOLE_SECONDS", 0.2)
    transport = transport_to(trickle(HEAD + b"\r\n").url)
    with pytest.raises(OutcomeUnknownError, match="in time"):
        transport.send(sending(recipient="X9PRACTICE"))
    transport.close()


NESTED = b'{"a":' * 50_000
WRONG = {
    "nested": NESTED + b"1" + b"}" * 50_000,
    "nested list": b"[" * 100_000,
    "list": b"[1, 2]",
    "null": b"null",
    "text": b'"messages"',
    "number": b"1e999",
    "digits": b'{"messages": ' + b"9" * 6000 + b"}",
    "links": b'{"links": [], "messages": []}',
    "messages": b'{"messages": {"a": 1}}',
    "of lists": b'{"messages": [[1], {"a": 2}]}',
    "no list": b'{"messages": 7}',
    "surrogate": b'{"messageId": "\\ud800", "messages": ["\\ud800"], "status": "\\ud800"}',
    "utf-16": "{}".encode("utf-16"),
    "empty": b"",
}


@pytest.mark.parametrize("name", [name for name in CALLS if name != "fetch"])
@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("status", [200, 400, 403])
def test_an_answer_of_another_shape_is_one_of_our_errors(pharmacy, mesh, name, body, status):
    mesh.fail(
        ".*", Way.ANSWER, times=3, status=status, headers={"Content-Type": "application/json"}, body=body
    )
    with contextlib.suppress(DigMedError):  # an empty object may well be an answer
        CALLS[name](pharmacy)


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_a_send_with_an_answer_of_another_shape_is_unknown(pharmacy, mesh, sending, body):
    mesh.fail(
        "POST .*/outbox$",
        Way.ANSWER_AFTER,
        status=202,
        headers={"Content-Type": "application/json"},
        body=body,
    )
    with pytest.raises(OutcomeUnknownError):
        pharmacy.send(sending())


@pytest.mark.parametrize("name", [name for name in CALLS if name != "fetch"])
def test_a_small_answer_that_becomes_a_large_one_is_not_unpacked(pharmacy, mesh, name):
    bomb = gzip.compress(b" " * 100_000_000, 1)
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    mesh.fail(".*", Way.ANSWER, times=3, status=200, headers=headers, body=bomb)
    tracemalloc.start()
    try:
        with pytest.raises(AccountError):
            CALLS[name](pharmacy)
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def test_all_chunks_of_a_message_together_have_a_limit(pharmacy, mesh, monkeypatch):
    monkeypatch.setattr(transport_module, "LARGEST_DOWNLOAD", 1000)
    headers = {"Mex-From": "X", "Mex-Chunk-Range": "1:40", "Content-Type": "application/xml"}
    mesh.fail("GET .*/inbox/.*", Way.ANSWER, times=40, status=206, headers=headers, body=b"x" * 400)
    with pytest.raises(UnusableError, match="too large"):
        pharmacy.fetch(MESH_ID)
    assert len([call for call in mesh.calls if "/inbox/" in call]) == 3


@pytest.mark.parametrize("chunks", ["1:1001", "1:" + "9" * 5000, "1:99999999999"])
def test_a_message_of_more_chunks_than_any_has_is_left_and_not_cut_short(pharmacy, mesh, chunks):
    headers = {"Mex-From": "X", "Mex-Chunk-Range": chunks, "Content-Type": "application/xml"}
    mesh.fail("GET .*/inbox/.*", Way.ANSWER, status=206, headers=headers, body=b"<a/>")
    with pytest.raises(UnusableError, match="too large"):
        pharmacy.fetch(MESH_ID)


@pytest.mark.parametrize("chunks", ["²:²", "1:x", ":", "1:1", "", "1:001"])
def test_a_chunk_range_that_says_nothing_is_one_chunk(pharmacy, mesh, chunks):
    headers = {"Mex-From": "X", "Content-Type": "application/xml"}
    if chunks.isascii():
        headers["Mex-Chunk-Range"] = chunks
    mesh.fail("GET .*/inbox/.*", Way.ANSWER, status=200, headers=headers, body=b"<a/>")
    assert pharmacy.fetch(MESH_ID).body == b"<a/>"


def test_an_inbox_whose_pages_never_end_is_left_by_the_clock(pharmacy, mesh, monkeypatch):
    monkeypatch.setattr(transport_module, "WHOLE_SECONDS", 0.5)
    monkeypatch.setattr(Retry, "get_backoff_time", lambda _self: 0.0)  # seconds between its attempts
    page = {"messages": ["A"], "links": {"next": f"/messageexchange/{PHARMACY}/inbox?continue_from=1"}}
    headers = {"Content-Type": "application/json"}
    mesh.fail(
        "GET .*/inbox.*", Way.ANSWER, times=10**9, status=200, headers=headers, body=json.dumps(page).encode()
    )
    with pytest.raises(OfflineError):
        pharmacy.inbox()
