"""HTTP that ends by the clock and stays small in memory, for the rooms that speak it (``mesh``, ``reference``).

A time-out of ``requests`` counts between two bytes: an answer of one byte a second never ends, and a small gzip stream
may become gigabytes. Here a whole call has a deadline, and a body has a size that it may become.
"""

import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from socket import SHUT_RDWR, socket
from typing import Any, Protocol
from weakref import WeakSet

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_BLOCK = 64 * 1024
_AGAIN_SECONDS = 0.2
_PACKED = {"gzip": 47, "x-gzip": 47, "deflate": 47}  # window bits: zlib or gzip, as the header says
_UNPACKED = frozenset({"", "identity"})


class TooLongError(requests.exceptions.RequestException):
    """An answer is longer than anything that is read here."""


class BoundedAdapter(HTTPAdapter):
    """Sends requests whose whole call can be given a deadline, and whose answers have a greatest size.

    An answer that is not streamed is read here, unpacked, up to ``most`` bytes; more raises TooLongError.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._connections: WeakSet[HTTPConnection] = WeakSet()
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> Any:
        """Make the pool; its connections are known, so that a call that takes too long can be cut."""
        super().init_poolmanager(*args, **kwargs)
        self._watch(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Make the pool behind a proxy in the same way."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        self._watch(manager)
        return manager

    def send(
        self, request: requests.PreparedRequest, stream: bool = False, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """Send a request; the answer's body is read within its size unless it is streamed."""
        response = super().send(request, stream, *args, **kwargs)
        if not stream:
            try:
                body = read_body(response, self._most)
            except BaseException:
                response.close()
                raise
            response.raw = HTTPResponse(
                BytesIO(body), status=response.status_code, preload_content=False, decode_content=False
            )
        return response

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """End everything that is asked inside after ``seconds``, whatever still comes; raises ReadTimeout then."""
        ended, late = threading.Event(), threading.Event()

        def watch() -> None:
            if ended.wait(seconds):
                return
            late.set()
            while True:  # a connection that is only now made is cut too
                for connection in list(self._connections):
                    _cut(connection)
                if ended.wait(_AGAIN_SECONDS):
                    return

        threading.Thread(target=watch, name="deadline", daemon=True).start()
        try:
            yield
        except Exception as error:
            if late.is_set():  # whatever was made of half an answer
                raise requests.ReadTimeout from error
            raise
        else:
            if late.is_set():  # a body that was cut may look whole
                raise requests.ReadTimeout
        finally:
            ended.set()

    def _watch(self, manager: Any) -> None:
        known = self._connections

        class Plain(HTTPConnection):
            def connect(self) -> None:
                known.add(self)
                super().connect()
                self.line = self.sock  # http.client forgets it once an answer's head was read

        class Secure(HTTPSConnection):
            def connect(self) -> None:
                known.add(self)
                super().connect()
                self.line = self.sock

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        manager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


class _Unpacker(Protocol):
    """A decoder of the bytes on the wire, a bounded number at a time."""

    @property
    def eof(self) -> bool: ...
    @property
    def unconsumed_tail(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


def read_body(response: requests.Response, most: int) -> bytes:
    """Return the body of an answer, unpacked: at most ``most`` bytes, never more in memory.

    Raises TooLongError, ContentDecodingError for what cannot be unpacked or is cut off, and urllib3's errors.
    """
    packed = response.headers.get("Content-Encoding", "").strip().lower()
    if packed not in _UNPACKED and packed not in _PACKED:
        raise requests.exceptions.ContentDecodingError
    unpacker = zlib.decompressobj(_PACKED[packed]) if packed in _PACKED else None
    body = bytearray()
    while piece := response.raw.read1(_BLOCK, decode_content=False):
        body += piece if unpacker is None else _unpacked(unpacker, piece, most + 1 - len(body))
        if len(body) > most:
            response.close()
            raise TooLongError
    if unpacker is not None and body and not unpacker.eof:
        raise requests.exceptions.ContentDecodingError
    return bytes(body)


def _unpacked(unpacker: _Unpacker, piece: bytes, most: int) -> bytes:
    try:
        return unpacker.decompress(piece, max(most, 1))
    except zlib.error:
        raise requests.exceptions.ContentDecodingError from None


def _cut(connection: HTTPConnection) -> None:
    """Make a read or write that waits on a connection end at once. TLS is passed by: it would wait to say goodbye."""
    for line in {getattr(connection, "sock", None), getattr(connection, "line", None)}:
        if isinstance(line, socket):
            with suppress(OSError):
                socket.shutdown(line, SHUT_RDWR)
