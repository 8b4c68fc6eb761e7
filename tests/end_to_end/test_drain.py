"""A thousand notifications queued while offline go out on reconnection, and the window's thread does none of it."""

import hashlib
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import mesh_client
import pytest
from PySide6.QtCore import QElapsedTimer, QTimer
from pytestqt.qtbot import QtBot

from digmed_desktop.background.delivery_loop import DeliveryLoop
from digmed_desktop.history.store import Store
from digmed_desktop.mesh.account import MeshAccount
from digmed_desktop.mesh.transport import MeshTransport
from digmed_desktop.messaging.clock import SystemClock
from digmed_desktop.messaging.sending import new_local_id
from digmed_desktop.messaging.states import State
from digmed_desktop.outbox.engine import Delivery
from tests.history.fresh import fresh_store
from tests.history.samples import KEY, facts, message, token
from tests.long.registry import sized
from tests.outbox.doubles import understand

ROOT = Path(__file__).resolve().parents[2]
MANY = sized(1000, 150)
BODY = b"<Bundle><!--" + b"x" * 20_000 + b"--></Bundle>"  # as large as a real notification
MAILBOX, PRACTICE, PASSWORD, SHARED_KEY = "X9TESTOT001", "X9GP01OT001", "password", "StrictTestKey"
GOAL = 0.7

_network_on: list[str] = []
_watched = False


def _watch(event: str, _args: object) -> None:
    if event in {"socket.connect", "socket.getaddrinfo", "sqlite3.connect"} and _watched:
        _network_on.append(threading.current_thread().name)


@dataclass
class Mesh:
    url: str
    process: "subprocess.Popen[str]"

    def held(self) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("how many\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@pytest.fixture
def mesh() -> Iterator[Mesh]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.mesh.strict_process"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield Mesh(process.stdout.readline().strip(), process)
    assert process.stdin is not None
    process.stdin.close()
    process.wait(60)
    process.stdout.close()


def queue(store: Store, number: int) -> None:
    for _ in range(number):
        body = BODY + uuid.uuid4().hex.encode()
        made = replace(message(), payload=body, sha256=hashlib.sha256(body).hexdigest())
        now = replace(facts(), contact_at=SystemClock().now())
        store.notifications.freeze(None, "{}", now, made, new_local_id("FQF01"), None, token=token())


def bare_loop(url: str, number: int) -> float:
    """Return the seconds that mesh-client alone takes for as many messages."""
    client = mesh_client.MeshClient(
        url, MAILBOX, PASSWORD, shared_key=SHARED_KEY.encode(), max_retries=0, timeout=60
    )
    with client:
        client.handshake()
        begun = time.monotonic()
        for _ in range(number):
            client.send_message(
                PRACTICE,
                BODY,
                workflow_id="DIGMED_FLU_VAC",
                local_id=new_local_id("BARE1"),
                subject="A subject",
            )
        return time.monotonic() - begun


@pytest.mark.parametrize("number", [25, pytest.param(MANY, marks=pytest.mark.slow)])
@pytest.mark.timeout(1800)
def test_what_waited_offline_goes_out_on_reconnection(
    qtbot: QtBot, tmp_path: Path, mesh: Mesh, number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """The long one takes about a minute: a benchmark beside a bare loop of mesh-client in the same run.

    Half of the bare loop runs before and half after: the double slows down as it fills, and so may the machine.
    """
    global _watched
    store = fresh_store(tmp_path / "data" / "digmed.db", KEY, SystemClock())
    queue(store, number)
    url = ["http://127.0.0.1:9"]  # nobody listens there

    def make() -> Delivery:
        return Delivery(
            store.deliveries,
            store.inbox,
            lambda: MeshTransport(MeshAccount(url[0], MAILBOX, PASSWORD, SHARED_KEY)),
            understand,
            SystemClock(),
        )

    sys.addaudithook(_watch)
    _watched = True
    loop = DeliveryLoop(make, 0.2)
    try:
        loop.start()
        qtbot.waitUntil(lambda: loop.latest is not None, timeout=120_000)
        assert loop.latest is not None
        assert (loop.latest.waiting, loop.latest.connected) == (number, False)
        bare = bare_loop_elsewhere(qtbot, mesh.url, number // 2)
        held_before = mesh.held()
        url[0] = mesh.url
        gaps, timer = _gaps()
        begun = time.monotonic()
        loop.renew()  # a new delivery does not sit out the rest of the old one
        qtbot.waitUntil(lambda: loop.latest is not None and loop.latest.waiting == 0, timeout=1_500_000)
        ours = time.monotonic() - begun
        timer.stop()
        held_after = mesh.held()
        bare += bare_loop_elsewhere(qtbot, mesh.url, number - number // 2)
    finally:
        _watched = False
        loop.close(60)
    assert held_after - held_before == number
    assert {row.state for row in store.notifications.page(limit=number)} == {State.SENT}
    assert "MainThread" not in _network_on
    store.close()
    rate, bare_rate = number / ours, number / bare
    with capsys.disabled():
        print(
            f"\n{number} notifications: {rate:.0f} a second, a bare mesh-client loop {bare_rate:.0f} a second, "
            f"ratio {rate / bare_rate:.2f} (goal {GOAL}); longest gap of the event loop {max(gaps):.0f} ms"
        )
    if number == 1000:  # fewer measure the start more than the way
        assert rate / bare_rate > 0.75 * GOAL, "a machine may be busy, but not that busy"


def bare_loop_elsewhere(qtbot: QtBot, url: str, number: int) -> float:
    """Run :func:`bare_loop` as ours runs: on another thread, while the window's own thread stays alive."""
    took: list[float] = []
    worker = threading.Thread(target=lambda: took.append(bare_loop(url, number)), name="bare")
    _, timer = _gaps()
    worker.start()
    qtbot.waitUntil(lambda: not worker.is_alive(), timeout=1_500_000)
    timer.stop()
    return took[0]


def _gaps() -> tuple[list[float], QTimer]:
    """Note how long each turn of the event loop took."""
    gaps, clock = [0.0], QElapsedTimer()
    clock.start()
    timer = QTimer()
    timer.setInterval(5)
    timer.timeout.connect(lambda: gaps.append(clock.restart()))
    timer.start()
    return gaps, timer
