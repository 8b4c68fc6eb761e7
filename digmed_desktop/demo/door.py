"""The door at which the pharmacy meets the practice MESH: it can be closed, slow, unwelcoming or forgetful.

It listens on this computer only. The practices come in by a second door that never fails.
"""

import asyncio
import json
import os
import re
import socket
import time
from collections.abc import Callable
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from digmed_desktop.demo.embedded import LOST
from digmed_desktop.demo.world import World

HOST = "127.0.0.1"
_NO_ADMINISTRATION = re.compile(r"^/(messageexchange/)?(admin|deepping)")
_REFUSAL = {"detail": [{"event": "SEND", "code": "", "msg": "Invalid Authentication Token"}]}

Scope = dict[str, Any]


class Door:
    """A listening place on loopback in front of an ASGI application."""

    def __init__(self, app: Any, on_sent: Callable[[], None]) -> None:
        self._app = app
        self._on_sent = on_sent
        self._state = ServerState()
        self._config = uvicorn.Config(
            self, http="h11", lifespan="off", log_config=None, access_log=False, proxy_headers=False
        )
        self._config.load()
        self._listener: asyncio.Server | None = None
        self.port = 0

    async def open(self) -> int:
        """Begin to listen, on the port of last time if there was one, and return the port."""
        self._listener = await self._listen(_bound(self.port))
        self.port = self._listener.sockets[0].getsockname()[1]
        return self.port

    async def _listen(self, place: socket.socket) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        protocol: Any = self._config.http_protocol_class
        return await loop.create_server(
            lambda: protocol(config=self._config, server_state=self._state, app_state={}), sock=place
        )

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        if _NO_ADMINISTRATION.match(scope["path"]):
            await _say(send, 404, {"internal_id": "practice"})
            return
        await self.serve(scope, receive, send)
        if scope["method"] == "POST" and scope["path"].endswith("/outbox"):
            self._on_sent()

    async def serve(self, scope: Scope, receive: Any, send: Any) -> None:
        """Hand a request to the application."""
        await self._app(scope, receive, send)


class PharmacyDoor(Door):
    """The door of the pharmacy, with its faults, and with MESH's routing by patient."""

    def __init__(self, app: Any, on_sent: Callable[[], None], world: World) -> None:
        super().__init__(app, on_sent)
        self._world = world
        self._delay = 0.0
        self._refuse_until = 0.0
        self._answers_to_lose = 0
        self._then_away = 0.0
        self._away: asyncio.TimerHandle | None = None
        self._held: socket.socket | None = None
        self._codes: dict[str, str] = {}

    def answer_slowly(self, seconds: float) -> None:
        """Wait this long before each answer; 0 ends it."""
        self._delay = max(0.0, seconds)

    def refuse(self, seconds: float) -> None:
        """Refuse the account for so many seconds, as with a wrong password."""
        self._refuse_until = time.monotonic() + seconds

    def lose_answers(self, number: int, then_away: float = 0.0) -> None:
        """Store the next messages and cut the connection in place of an answer.

        After each, be out of reach for ``then_away`` seconds.
        """
        self._answers_to_lose, self._then_away = max(0, number), then_away

    async def go_away(self, seconds: float) -> None:
        """Stop listening and cut every connection for so many seconds; 0 brings the door back at once."""
        if self._away:
            self._away.cancel()
            self._away = None
        if seconds <= 0:
            await self._come_back()
            return
        if self._listener:
            self._listener.close()
            self._listener = None
            self._held = _bound(self.port)  # keeps the port without listening: who calls is turned away
        for connection in list(self._state.connections):
            connection.transport.abort()
        loop = asyncio.get_running_loop()
        self._away = loop.call_later(seconds, lambda: loop.create_task(self._come_back()))

    async def _come_back(self) -> None:
        if self._held:
            held, self._held = self._held, None
            self._listener = await self._listen(held)

    def code_of_lost(self, local_id: str) -> str:
        """Return why routing found no practice for a message."""
        return self._codes.pop(local_id, "EPL-151")

    async def serve(self, scope: Scope, receive: Any, send: Any) -> None:
        """Serve one request of the pharmacy."""
        if time.monotonic() < self._refuse_until:
            await _say(send, 403, _REFUSAL)
            return
        if self._delay:
            await asyncio.sleep(self._delay)
        sending = scope["method"] == "POST" and scope["path"].endswith("/outbox")
        if sending and self._answers_to_lose:
            self._answers_to_lose -= 1
            await super().serve(self._routed(scope), receive, _unsaid)
            self._cut(scope)
            if self._then_away:
                await self.go_away(self._then_away)
            return
        await super().serve(self._routed(scope) if sending else scope, receive, send)

    def _cut(self, scope: Scope) -> None:
        for connection in list(self._state.connections):
            if getattr(connection, "scope", None) is scope:
                connection.transport.abort()

    def _routed(self, scope: Scope) -> Scope:
        """Return the request with an automatic address replaced by the mailbox of the patient's practice."""
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        address = headers.get(b"mex-to", "")
        if not address.upper().startswith("GPPROVIDER_"):
            return scope
        mailbox, code = self._find(address)
        if code:
            self._codes[headers.get(b"mex-localid", "")] = code
        kept = [(name, value) for name, value in scope["headers"] if name != b"mex-to"]
        return {**scope, "headers": [*kept, (b"mex-to", mailbox.encode())]}

    def _find(self, address: str) -> tuple[str, str]:
        parts = address.split("_", 3)
        if len(parts) != 4 or not re.fullmatch(r"[0-9]{10}", parts[1]):
            return LOST, "EPL-152"
        known = self._world.patient(parts[1])
        if known is None:
            return LOST, "EPL-153"
        born = known.patient.date_of_birth
        if born is None or parts[2] != f"{born:%Y%m%d}":
            return LOST, "EPL-154"
        return (known.practice.mailbox, "") if known.practice.mailbox else (LOST, "EPL-151")


def _bound(port: int) -> socket.socket:
    place = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    place.bind((HOST, port))
    return place


async def _unsaid(_message: Scope) -> None:
    """Say nothing."""


async def _say(send: Any, status: int, fields: dict[str, Any]) -> None:
    body = json.dumps(fields).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
