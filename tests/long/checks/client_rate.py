"""How fast notifications go through the folders of the MESH client, beside plain renames of files in the same run."""

import hashlib
import os
import time
import uuid
from dataclasses import replace
from pathlib import Path

from digmed_desktop.history.store import Store
from digmed_desktop.mesh.client.control_file import StatusRecord, read, write
from digmed_desktop.mesh.client.transport import ClientTransport
from digmed_desktop.messaging.states import State
from digmed_desktop.outbox.engine import Delivery
from tests.history.samples import KEY, START, facts, local_id, message, token
from tests.long.registry import LongCheck, Outcome, Size
from tests.outbox.clients import HASTE, account
from tests.outbox.doubles import OURS, THEIRS, FolderClock, understand

PAYLOAD = b"<Bundle>" + b"x" * 30_000 + b"</Bundle>"
"""About as long as a real message."""
PERIOD = 60.0
"""Seconds of the client's own poll that are reckoned with."""


def run(size: Size, folder: Path) -> Outcome:
    """Hand over as many notifications as the size says, have a client conclude them, and take in what became of each."""
    clock = FolderClock(folder, START)
    root = folder / "mailbox"
    transport = ClientTransport(account(root, OURS, Y99901=THEIRS), timing=HASTE)
    store = Store.create(folder / "digmed.db", KEY, clock)
    for _ in range(size.count):
        payload = str(uuid.uuid4()).encode() + PAYLOAD
        sent = replace(
            message(),
            message_id=str(uuid.uuid4()),
            payload=payload,
            sha256=hashlib.sha256(payload).hexdigest(),
        )
        store.notifications.freeze(None, "{}", facts(), sent, local_id(), None, token=token())
    delivery = Delivery(store.deliveries, store.inbox, lambda: transport, understand, clock)
    plain = renamed(folder / "plain", size.count)
    handing = timed(delivery.run_once)
    lying = len(list((root / "OUT").glob("*.ctl")))
    concluded = timed(lambda: conclude(root))
    following = timed(delivery.run_once)
    states = [row.state for row in store.notifications.page(states=[State.SENT], limit=size.count)]
    left = [file for name in ("OUT", "SENT") for file in (root / name).iterdir()]
    delivery.close()
    store.close()
    figures: dict[str, int | float | str] = {
        "notifications": size.count,
        "handed over, each second": round(size.count / handing, 1),
        "outcomes taken in, each second": round(size.count / following, 1),
        "pairs written, flushed and renamed plainly, each second": round(size.count / plain, 1),
        "handing over, in times of plain pairs": round(handing / plain, 2),
        "the double's own share, seconds": round(concluded, 1),
        "seconds until a client that polls each minute has all": round(handing + PERIOD, 1),
    }
    broken = []
    if lying != size.count:
        broken.append(f"{lying} pairs lay in OUT")
    if len(states) != size.count:
        broken.append(f"{len(states)} notifications are known to be sent")
    if left:
        broken.append(f"{len(left)} files were left over")
    return Outcome(figures, tuple(broken))


def timed(work: object) -> float:
    """Return for how many seconds something runs."""
    assert callable(work)
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def renamed(folder: Path, count: int) -> float:
    """Return for how many seconds as many pairs are written, flushed and renamed with nothing around it."""
    (folder / "a").mkdir(parents=True)
    (folder / "b").mkdir()

    def work() -> None:
        for number in range(count):
            for ending, body in ((".dat", PAYLOAD), (".ctl", b"<DTSControl/>")):
                file = folder / "a" / f"{number}{ending}"
                with file.open("wb") as opened:
                    opened.write(body)
                    opened.flush()
                    os.fsync(opened.fileno())
                file.rename(folder / "b" / file.name)

    return timed(work)


def conclude(root: Path) -> None:
    """Put every pair into SENT with an id of MESH, as the client does."""
    for number, control in enumerate(sorted((root / "OUT").glob("*.ctl"))):
        told = replace(
            read(control.read_bytes()), mesh_id=f"M{number}", status=StatusRecord("SEND", "SUCCESS", "00")
        )
        data = control.with_suffix(".dat")
        data.rename(root / "SENT" / data.name)
        control.write_bytes(write(told))
        control.rename(root / "SENT" / control.name)


CHECK = LongCheck(
    "a thousand notifications go through the folders of the MESH client, and nothing is left there",
    Size(1000),
    run,
)
