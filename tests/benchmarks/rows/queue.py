"""A queue that waited offline, drained over the API, beside a bare loop of mesh-client, in turns in one process."""

import hashlib
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import mesh_client

from digmed_desktop.history.store import Store
from digmed_desktop.mesh.account import MeshAccount
from digmed_desktop.mesh.transport import MeshTransport
from digmed_desktop.messaging.clock import SystemClock
from digmed_desktop.messaging.sending import new_local_id
from digmed_desktop.outbox.engine import Delivery
from tests.benchmarks.frame import Asked, Benchmark, Row
from tests.history.fresh import fresh_store
from tests.history.samples import KEY, facts, message, token
from tests.long.registry import ROOT
from tests.outbox.doubles import understand

BODY = b"<Bundle><!--" + b"x" * 20_000 + b"--></Bundle>"
MAILBOX, PRACTICE, PASSWORD, SHARED_KEY = "X9TESTOT001", "X9GP01OT001", "password", "StrictTestKey"
GOAL = 0.8
QUEUES = (1_000, 5_000)


def run(asked: Asked) -> Iterator[Row]:
    """Drain each queue in rounds, half of the bare loop before and half after each."""
    for size in asked.sizes or QUEUES:
        here, there = [], []
        for turn in range(asked.rounds):
            with _mesh() as url:
                store = fresh_store(asked.folder / f"{size}-{turn}" / "digmed.db", KEY, SystemClock())
                _fill(store, size)
                bare = _bare_loop(url, size // 2)
                here.append(size / _drained(store, url))
                bare += _bare_loop(url, size - size // 2)
                there.append(size / bare)
                store.close()
        what = f"a queue of {size:,} drained"
        yield Row(
            what, "a bare mesh-client loop", tuple(here), tuple(there), GOAL, at_least=True, unit="a second"
        )


@contextmanager
def _mesh() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.mesh.strict_process"], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.stdin.close()
    process.wait(60)
    process.stdout.close()


def _fill(store: Store, number: int) -> None:
    for _ in range(number):
        body = BODY + uuid.uuid4().hex.encode()
        made = replace(message(), payload=body, sha256=hashlib.sha256(body).hexdigest())
        now = replace(facts(), contact_at=SystemClock().now())
        store.notifications.freeze(None, "{}", now, made, new_local_id("FQF01"), None, token=token())


def _drained(store: Store, url: str) -> float:
    """Return the seconds until nothing waits."""
    delivery = Delivery(
        store.deliveries, store.inbox, lambda: MeshTransport(MeshAccount(url, MAILBOX, PASSWORD, SHARED_KEY)),
        understand, SystemClock(),
    )  # fmt: skip
    begun = time.monotonic()
    while store.deliveries.standing().waiting:
        delivery.run_once()
    took = time.monotonic() - begun
    delivery.close()
    return took


def _bare_loop(url: str, number: int) -> float:
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


BENCHMARK = Benchmark("a queue drained beside a bare mesh-client loop", 5, run)
