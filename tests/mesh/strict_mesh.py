"""MESH as strict as the live one, for tests: NHS's mesh-sandbox behind a door that adds what it leaves out.

The sandbox does not refuse replayed tokens or a wrong clock, does not route by patient, knows no registration,
no limit of size and no expiry, keeps what was acknowledged, and never fails. This door does not, and can be
told to fail in a named way at a named call.
"""

import asyncio
import json
import logging
import os
import re
import ssl
import threading
import time
import uuid
import warnings
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

SHARED_KEY = "StrictTestKey"
PASSWORD = "password"
os.environ.update(AUTH_MODE="full", STORE_MODE="memory", SHARED_KEY=SHARED_KEY)  # read when first used

import uvicorn  # noqa: E402

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of FastAPI and pydantic about how the sandbox is written
    from mesh_sandbox import dependencies
    from mesh_sandbox.api import app as sandbox
    from mesh_sandbox.models.mailbox import Mailbox
    from mesh_sandbox.models.message import MessageEvent

PHARMACY = "X9TESTOT001"
PRACTICE = "X9GP01OT001"
OTHER_PRACTICE = "X9GP02OT001"
NOWHERE = "X9NOWHERE"  # where messages lie that routing could not deliver

logging.getLogger("mesh-sandbox").setLevel(logging.CRITICAL)

DUPLICATED = {"detail": [{"event": "SEND", "code": "", "msg": "Error Duplicated Authentication Token"}]}
BAD_CLOCK = {"detail": [{"event": "SEND", "code": "", "msg": "Invalid Authentication Token"}]}
REPORT_TEXT = {
    "EPL-150": "Multiple mailboxes matches",
    "EPL-151": "No mailbox matched",
    "EPL-152": "Invalid NHS Number",
    "EPL-153": "NHS Number not found",
    "EPL-154": "NHS Number supplied does not match the demographics",
}


class Way(StrEnum):
    """How a call fails."""

    ANSWER = "answer"  # an answer of our own; nothing is done
    ANSWER_AFTER = "answer-after"  # it is done, then an answer of our own
    CUT = "cut"  # the connection is cut; nothing is done
    CUT_AFTER = "cut-after"  # it is done, then the connection is cut
    DELAY = "delay"  # it is done, answered after ``seconds``
    DONE_LATE = "done-late"  # answered with an answer of our own; done ``seconds`` later
    DONE_WHEN_TOLD = "done-when-told"  # as DONE_LATE, at the call of ``do_what_is_late``
    TRUNCATE = "truncate"  # half the answer's body, then a cut


@dataclass
class Fault:
    """One way to fail, at calls whose ``METHOD path`` matches ``at``."""

    at: str
    way: Way
    times: int = 1
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b'{"internal_id": "1", "message": "an injected fault"}'
    seconds: float = 0.0
    told: int = 1  # how often DONE_WHEN_TOLD must be told


@dataclass(frozen=True)
class Registered:
    """A patient as the Personal Demographics Service and MESH know them."""

    born: str  # YYYYMMDD
    surname: str
    mailboxes: tuple[str, ...]


class StrictMesh:
    """A running strict MESH. ``calls`` holds every ``METHOD path`` that arrived, ``tokens`` every token."""

    def __init__(self, *, tls: dict[str, Path] | None = None) -> None:
        ssl_options: dict[str, Any] = {}
        if tls:
            ssl_options = {
                "ssl_certfile": tls["certificate"],
                "ssl_keyfile": tls["key"],
                "ssl_ca_certs": tls["ca"],
                "ssl_cert_reqs": ssl.CERT_REQUIRED,
            }
        config = uvicorn.Config(
            self, host="127.0.0.1", port=0, http="h11", lifespan="off", log_level="critical", log_config=None,
            proxy_headers=False, date_header=False, timeout_keep_alive=30, **ssl_options,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the strict MESH did not start")
            time.sleep(0.005)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        self.reset()

    def stop(self) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(5)

    def reset(self) -> None:
        """Empty every mailbox and forget every fault."""
        self.faults: list[Fault] = []
        self.calls: list[str] = []
        self.tokens: list[str] = []
        self._spent: set[str] = set()
        self.clock_offset = timedelta(0)
        self.patients: dict[str, Registered] = {}
        self.unregistered: set[str] = set()  # workflows that the pharmacy's mailbox may not use
        self.size_limit = 100 * 1024 * 1024  # bytes of one request
        self.expired: set[str] = set()  # ids of messages that MESH took out of a mailbox
        self._late: set[asyncio.Task[None]] = set()
        self._held_back: list[tuple[int, Any]] = []
        store = dependencies.get_store()
        store.initialise()
        for name in (PHARMACY, PRACTICE, OTHER_PRACTICE, NOWHERE):
            store.mailboxes[name] = Mailbox(
                mailbox_id=name, mailbox_name=name, ods_code=name[:6], password=PASSWORD
            )
            store.inboxes[name] = []
            store.outboxes[name] = []
            store.local_ids[name] = defaultdict(list)
        for kind in ("DIGMED_FLU_VAC", "DIGMED_EMG_MED"):
            self.register("X9GP01", kind, [PRACTICE])

    def register(self, ods: str, workflow: str, mailboxes: Iterable[str]) -> None:
        store = dependencies.get_store()
        store.endpoints[f"{ods}/{workflow}"] = [store.mailboxes[one] for one in mailboxes]

    def fail(self, at: str, way: Way, **more: Any) -> Fault:
        fault = Fault(at, way, **more)
        self.faults.append(fault)
        return fault

    def stored(self, mailbox: str) -> list[Any]:
        """The messages that lie in a mailbox, acknowledged or not, as the sandbox holds them."""
        return list(dependencies.get_store().inboxes[mailbox])

    def do_what_is_late(self) -> int:
        """Do what was held back under ``DONE_WHEN_TOLD``, once it was told as often as its fault says."""
        due = [work for times, work in self._held_back if times <= 1]
        self._held_back = [(times - 1, work) for times, work in self._held_back if times > 1]
        for work in due:
            asyncio.run_coroutine_threadsafe(work(), self._loop).result(30)
        return len(due)

    def expire(self, mailbox: str, *, after: timedelta = timedelta(days=5)) -> int:
        """Take out of a mailbox what nobody acknowledged within five days, and report each to its sender.

        Called after the time of the messages is told by ``clock_offset``; returns how many.
        """
        old = [
            one
            for one in dependencies.get_store().inboxes[mailbox]
            if one.status == "accepted"
            and one.message_id not in self.expired
            and one.created_timestamp.replace(tzinfo=UTC) + after <= self.now()
        ]
        for one in old:
            self.expired.add(one.message_id)
            one.events.insert(0, MessageEvent(status="undeliverable", code="14"))
            report = self.admin_report(
                one.sender.mailbox_id,
                code="14",
                description="Message not collected by recipient after 5 days",
                workflow_id=one.workflow_id,
                subject=one.metadata.subject,
                status="undeliverable",
                linked_message_id=one.message_id,
                local_id=one.metadata.local_id,
            )
            asyncio.run_coroutine_threadsafe(report, self._loop).result(30)
        return len(old)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.clock_offset

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        self._loop = asyncio.get_running_loop()
        body = await _whole(receive)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        call = f"{scope['method']} {scope['path']}"
        self.calls.append(call)
        say = _Sayer(send, self.now)
        if not call.startswith(("GET /messageexchange/endpointlookup", "POST /messageexchange/admin")):
            refusal = self._refusal(headers)
            if refusal:
                await say.answer(403, refusal)
                return
        fault = next((f for f in self.faults if f.times and re.search(f.at, call)), None)
        if fault:
            fault.times -= 1
            await self._fail(fault, scope, body, headers, say)
            return
        await self._serve(scope, body, headers, say)

    def _refusal(self, headers: dict[str, str]) -> dict[str, Any] | None:
        token = headers.get("authorization", "")
        self.tokens.append(token)
        if token in self._spent:
            return DUPLICATED
        self._spent.add(token)
        parts = token.split(":")
        if len(parts) == 5:
            made = datetime.strptime(parts[3], "%Y%m%d%H%M").replace(tzinfo=UTC)
            if abs(made - self.now()) > timedelta(hours=2):
                return BAD_CLOCK
        return None

    async def _serve(
        self, scope: dict[str, Any], body: bytes, headers: dict[str, str], say: "_Sayer"
    ) -> None:
        sending = scope["method"] == "POST" and scope["path"].endswith("/outbox")
        if sending and len(body) > self.size_limit:
            await say.raw(413, {"content-type": "text/plain"}, b"Payload Too Large")
            return
        if (gone := self._gone(scope["method"], scope["path"])) is not None:
            await say.answer(
                gone, {"detail": [{"event": "RECEIVE", "code": "20", "msg": "Message does not exist"}]}
            )
            return
        if sending and headers.get("mex-workflowid") in self.unregistered:
            code = {"event": "SEND", "code": "17", "msg": "Workflow ID not registered for mailbox"}
            await say.answer(417, {"message_id": uuid.uuid4().hex.upper(), "detail": [code]})
            return
        report = ""
        if sending and headers.get("mex-to", "").upper().startswith("GPPROVIDER_"):
            mailbox, report = self._route(headers["mex-to"])
            changed = [(n, v) for n, v in scope["headers"] if n != b"mex-to"] + [
                (b"mex-to", mailbox.encode())
            ]
            scope = {**scope, "headers": changed}
        answer = await _collected(scope, body)
        if report:
            await self._report(scope["path"].split("/")[2], headers, answer, report)
        await say.repeat(answer)

    def _gone(self, method: str, path: str) -> int | None:
        """Return the status for a message that is no longer in the inbox asked for, or None."""
        asked = re.fullmatch(r"/messageexchange/([^/]+)/inbox/([^/]+)(/status/acknowledged)?(/[0-9]+)?", path)
        if asked is None:
            return None
        mailbox, message_id, acknowledging, _ = asked.groups()
        if message_id in self.expired:
            return 410
        held = next((m for m in self.stored(mailbox) if m.message_id == message_id), None)
        return (
            404 if method == "GET" and not acknowledging and held and held.status == "acknowledged" else None
        )

    def _route(self, address: str) -> tuple[str, str]:
        _, number, born, surname = address.split("_", 3)
        patient = self.patients.get(number)
        if len(number) != 10:
            return NOWHERE, "EPL-152"
        if patient is None:
            return NOWHERE, "EPL-153"
        if (patient.born, patient.surname.upper()) != (born, surname.upper()):
            return NOWHERE, "EPL-154"
        if len(patient.mailboxes) != 1:
            return NOWHERE, "EPL-150" if patient.mailboxes else "EPL-151"
        return patient.mailboxes[0], ""

    async def _report(self, mailbox: str, headers: dict[str, str], answer: Any, code: str) -> None:
        found = re.search(rb'"message_id":\s*"([^"]+)"', b"".join(m.get("body", b"") for m in answer))
        assert found
        await self.admin_report(
            mailbox,
            code=code,
            description=REPORT_TEXT[code],
            workflow_id=headers["mex-workflowid"],
            status="error",
            linked_message_id=found[1].decode(),
            local_id=headers.get("mex-localid"),
        )

    async def admin_report(self, mailbox: str, **fields: Any) -> None:
        body = json.dumps({"mailbox_id": mailbox, **fields}).encode()
        scope = _scope("POST", "/messageexchange/admin/report", len(body))
        await _collected(scope, body)

    async def _fail(
        self, fault: Fault, scope: dict[str, Any], body: bytes, headers: dict[str, str], say: "_Sayer"
    ) -> None:
        silent = _Sayer(_nothing, self.now)
        if fault.way is Way.CUT:
            self._cut(scope)
        elif fault.way is Way.CUT_AFTER:
            await self._serve(scope, body, headers, silent)
            self._cut(scope)
        elif fault.way is Way.ANSWER:
            await say.raw(fault.status, fault.headers, fault.body)
        elif fault.way is Way.ANSWER_AFTER:
            await self._serve(scope, body, headers, silent)
            await say.raw(fault.status, fault.headers, fault.body)
        elif fault.way is Way.DELAY:
            held: list[dict[str, Any]] = []

            async def hold(message: dict[str, Any]) -> None:
                held.append(message)

            await self._serve(scope, body, headers, _Sayer(hold, self.now))
            await asyncio.sleep(fault.seconds)
            for message in held:
                await say.pass_on(message)
        elif fault.way is Way.DONE_WHEN_TOLD:
            self._held_back.append((fault.told, lambda: self._serve(scope, body, headers, silent)))
            await say.raw(fault.status, fault.headers, fault.body)
        elif fault.way is Way.DONE_LATE:

            async def later() -> None:
                await asyncio.sleep(fault.seconds)
                await self._serve(scope, body, headers, silent)

            task = asyncio.ensure_future(later())
            self._late.add(task)
            task.add_done_callback(self._late.discard)
            await say.raw(fault.status, fault.headers, fault.body)
        elif fault.way is Way.TRUNCATE:
            start, *rest = await _collected(scope, body)
            whole = b"".join(m.get("body", b"") for m in rest)
            await say.pass_on(start)
            await say.pass_on(
                {"type": "http.response.body", "body": whole[: len(whole) // 2], "more_body": True}
            )
            self._cut(scope)

    def _cut(self, scope: dict[str, Any]) -> None:
        for connection in self._server.server_state.connections:
            if getattr(connection, "scope", None) is scope:
                connection.transport.close()


class _Sayer:
    """Gives answers, with the Date of the strict MESH's own clock."""

    def __init__(self, send: Any, now: Any) -> None:
        self._send = send
        self._now = now

    async def answer(self, status: int, fields: dict[str, Any]) -> None:
        await self.raw(status, {"content-type": "application/vnd.mesh.v2+json"}, json.dumps(fields).encode())

    async def raw(self, status: int, headers: dict[str, str], body: bytes) -> None:
        pairs = [(k.lower().encode(), v.encode("latin-1")) for k, v in headers.items()]
        pairs.append((b"content-length", str(len(body)).encode()))
        await self.pass_on({"type": "http.response.start", "status": status, "headers": pairs})
        await self._send({"type": "http.response.body", "body": body})

    async def repeat(self, answer: list[dict[str, Any]]) -> None:
        for message in answer:
            await self.pass_on(message)

    async def pass_on(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start" and not any(n == b"date" for n, _ in message["headers"]):
            date = (b"date", format_datetime(self._now(), usegmt=True).encode())
            message = {**message, "headers": [*message["headers"], date]}
        await self._send(message)


async def _whole(receive: Any) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _nothing(message: dict[str, Any]) -> None:
    """Swallow an answer."""


async def _collected(scope: dict[str, Any], body: bytes) -> list[dict[str, Any]]:
    """Have the sandbox serve a request and return its answer."""
    sent: list[dict[str, Any]] = []
    asked = False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if asked:
            await asyncio.sleep(3600)
        asked = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await sandbox(scope, receive, send)
    return sent


def _scope(method: str, path: str, length: int) -> dict[str, Any]:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(length).encode())]
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path,
        "raw_path": path.encode(), "query_string": b"", "headers": headers, "scheme": "http",
        "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1), "root_path": "",
    }  # fmt: skip
