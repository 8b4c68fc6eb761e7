"""A MESH in a folder, for the tests of delivery; it outlives a process that is killed in a call.

It keeps messages as files, knows faults by name, and tells time by a clock that also lies in the folder.
What it promises of MESH is in ``test_transport_contract``, which can be run on a real transport, too.
"""

import json
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from digmed_desktop.messaging.answers import Meaning, Understood
from digmed_desktop.messaging.errors import (
    AccountError,
    BusyError,
    DigMedError,
    NotThereError,
    OfflineError,
    OutcomeUnknownError,
    RefusedError,
    UnusableError,
)
from digmed_desktop.messaging.sending import InboxItem, ItemKind, Receipt, Sending
from digmed_desktop.messaging.states import Happening

OURS, THEIRS = "PHARMACY", "PRACTICE"
PAGE = 8


class FolderClock:
    """A clock that several processes see, and that stands still until it is moved."""

    def __init__(self, folder: Path, start: datetime | None = None) -> None:
        self._file = folder / "clock"
        if start is not None:
            self.set(start)

    def now(self) -> datetime:
        return datetime.fromisoformat(self._file.read_text())

    def running(self) -> float:
        return self.now().timestamp()

    def start(self) -> str:
        return "a start"

    def set(self, at: datetime) -> None:
        _write(self._file, at.astimezone(UTC).isoformat())

    def move(self, **by: float) -> None:
        self.set(self.now() + timedelta(**by))


class Fault(StrEnum):
    """What goes wrong with one call."""

    NONE = "none"
    CUT_BEFORE = "cut before storing"
    CUT_AFTER = "cut after storing"
    LATE = "stored late"
    OFFLINE = "offline"
    BUSY = "busy"
    ACCOUNT = "account"
    REFUSED = "refused"
    UNUSABLE = "it cannot be taken in"
    CRASH = "error in the program"


LATE_BY = timedelta(minutes=4)


@dataclass
class FolderMesh:
    """The server: mailboxes, what lies in them, and which faults come next for which call."""

    folder: Path
    clock: FolderClock

    def __post_init__(self) -> None:
        for name in ("messages", "faults"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    # --- what the tests arrange and look at

    def plan(self, call: str, *faults: Fault) -> None:
        """Have the next calls of this name go wrong, one fault each."""
        _write(self.folder / "faults" / call, json.dumps([f.value for f in faults]))

    def messages(self, to: str) -> list[dict[str, Any]]:
        """Everything ever stored for a mailbox, in order."""
        found = [
            json.loads(p.read_text()) for p in (self.folder / "messages").iterdir() if p.suffix == ".json"
        ]
        return sorted((m for m in found if m["to"] == to), key=lambda m: m["number"])

    def put(self, to: str, body: bytes = b"", **about: str) -> str:
        """Store something in a mailbox and return its MESH id."""
        mesh_id = about.pop("mesh_id", "") or f"M{uuid.uuid4().hex.upper()}"
        names = {p.name for p in (self.folder / "messages").iterdir()}
        entry = {
            "mesh_id": mesh_id,
            "to": to,
            "body": body.decode(),
            "number": len(names),
            "visible": about.pop("visible", self.clock.now().isoformat()),
            "collected": False,
            "kind": "DATA",
            "recipient": to,
            "workflow": "",
            "sender": THEIRS if to == OURS else OURS,
            "local_id": "",
            "linked_id": "",
            "status_code": "",
            "status_text": "",
        }
        self.save(entry | about)
        return mesh_id

    def save(self, entry: dict[str, Any]) -> None:
        _write(self.folder / "messages" / f"{entry['mesh_id']}.json", json.dumps(entry))

    # --- what the transport asks

    def visible(self) -> Iterator[dict[str, Any]]:
        now = self.clock.now()
        for path in (self.folder / "messages").iterdir():
            if path.suffix == ".json":
                entry = json.loads(path.read_text())
                if datetime.fromisoformat(entry["visible"]) <= now:
                    yield entry

    def one(self, mesh_id: str) -> dict[str, Any] | None:
        path = self.folder / "messages" / f"{mesh_id}.json"
        entry = json.loads(path.read_text()) if path.exists() else None
        if entry is None or datetime.fromisoformat(entry["visible"]) > self.clock.now():
            return None
        return dict(entry)

    def next_fault(self, call: str) -> Fault:
        path = self.folder / "faults" / call
        planned = json.loads(path.read_text()) if path.exists() else []
        if not planned:
            return Fault.NONE
        _write(path, json.dumps(planned[1:]))
        return Fault(planned[0])


class FolderTransport:
    """The client of :class:`FolderMesh`; see ``messaging.ports.Transport``."""

    def __init__(self, mesh: FolderMesh, mailbox: str = OURS, practices: Sequence[str] = ("Y99901",)) -> None:
        self.mesh = mesh
        self.mailbox = mailbox
        self.practices = practices
        self.mailboxes: dict[str, str] = {}  # of practices that have moved
        self.calls: list[str] = []
        self.warns = ""

    def handshake(self) -> None:
        self._fail_before("handshake")

    def mailbox_of(self, practice_ods: str, workflow: str, *, fresh: bool = False) -> str | None:
        self._fail_before("mailbox_of")
        return self.mailboxes.get(practice_ods, THEIRS) if practice_ods in self.practices else None

    no_mailbox = "This practice has no MESH mailbox. Send the practice a paper copy."

    def recipient(self, mesh_id: str) -> str:
        self._fail_before("recipient")
        entry = self.mesh.one(mesh_id)
        if entry is None:
            raise NotThereError("MESH does not know this message.")
        return str(entry["recipient"])

    def send(self, sending: Sending) -> Receipt:
        fault = self._fail_before("send")
        to = sending.recipient or self.mailboxes.get(sending.practice_ods, THEIRS)
        visible = self.mesh.clock.now() + (LATE_BY if fault is Fault.LATE else timedelta())
        mesh_id = self.mesh.put(
            to,
            sending.payload,
            workflow=sending.workflow,
            sender=self.mailbox,
            local_id=sending.local_id,
            visible=visible.isoformat(),
        )
        if fault in (Fault.CUT_AFTER, Fault.LATE):
            raise OutcomeUnknownError("The connection broke before MESH answered.")
        return Receipt(mesh_id, to)

    def look_up(self, local_id: str) -> Receipt | None:
        self._fail_before("look_up")
        for entry in self.mesh.visible():
            if entry["local_id"] == local_id and entry["sender"] == self.mailbox:
                return Receipt(entry["mesh_id"], entry["to"])
        return None

    def follow(self, local_ids: Sequence[str]) -> dict[str, Receipt]:
        self._fail_before("follow")
        found = {local_id: self.look_up(local_id) for local_id in local_ids}
        return {local_id: one for local_id, one in found.items() if one is not None}

    def collected(self, mesh_id: str) -> bool:
        self._fail_before("collected")
        entry = self.mesh.one(mesh_id)
        if entry is None:
            raise NotThereError("MESH does not know this message.")
        return bool(entry["collected"])

    def inbox(self) -> Sequence[str]:
        self._fail_before("inbox")
        mine = [e for e in self.mesh.visible() if e["to"] == self.mailbox and not e["collected"]]
        return [e["mesh_id"] for e in sorted(mine, key=lambda e: int(e["number"]))][:PAGE]

    def fetch(self, mesh_id: str) -> InboxItem:
        self._fail_before("fetch")
        entry = self.mesh.one(mesh_id)
        if entry is None or entry["to"] != self.mailbox:
            raise NotThereError("MESH does not have this message any more.")
        return InboxItem(
            mesh_id=mesh_id,
            kind=ItemKind(entry["kind"]),
            workflow=entry["workflow"],
            sender=entry["sender"],
            body=entry["body"].encode(),
            local_id=entry["local_id"],
            linked_id=entry["linked_id"],
            status_code=entry["status_code"],
            status_text=entry["status_text"],
            received_at=datetime.fromisoformat(entry["visible"]),
        )

    def acknowledge(self, mesh_id: str) -> None:
        fault = self._fail_before("acknowledge")
        entry = self.mesh.one(mesh_id)
        if entry is None:
            raise NotThereError("MESH does not have this message any more.")
        self.mesh.save(entry | {"collected": True})
        if fault is Fault.CUT_AFTER:
            raise OutcomeUnknownError("The connection broke before MESH answered.")

    def clock_ahead(self) -> timedelta | None:
        return None

    def warning(self) -> str:
        return self.warns

    def close(self) -> None:
        pass

    def _fail_before(self, call: str) -> Fault:
        self.calls.append(call)
        fault = self.mesh.next_fault(call)
        match fault:
            case Fault.CUT_BEFORE:
                raise OutcomeUnknownError("The connection broke before MESH answered.")
            case Fault.OFFLINE:
                raise OfflineError("There is no connection to MESH.", "Check the network.")
            case Fault.BUSY:
                raise BusyError("MESH is busy.", "", 30)
            case Fault.ACCOUNT:
                raise AccountError(
                    "MESH does not accept this mailbox's password.", "Type it again in Settings."
                )
            case Fault.REFUSED:
                raise RefusedError("MESH refused this message.", "Tell support.", "02")
            case Fault.UNUSABLE:
                raise UnusableError("A response is too large to be one.")
            case Fault.CRASH:
                raise ZeroDivisionError("a fault of the program")
        return fault


# --- a practice's system, and how the tests read what it says

MEANINGS = {
    "20013": (Happening.ACCEPTED, False),
    "30001": (Happening.MATCHED, False),
    "30002": (Happening.NOT_KNOWN, True),
    "30003": (Happening.NO_LONGER, True),
    "30004": (Happening.MATCHED, True),
    "20007": (Happening.DUPLICATE, False),
    "20009": (Happening.REJECTED, True),
    "20012": (Happening.REJECTED, True),
    "29999": (Happening.UNEXPECTED, True),
}


def response(message_id: str, *codes: str, reference: str = "", owes: bool = False) -> bytes:
    """A response in the short form that :func:`understand` reads."""
    return json.dumps({"answers": message_id, "reference": reference, "codes": codes, "owes": owes}).encode()


def understand(body: bytes) -> Understood:
    """Read a response of :func:`response`."""
    try:
        raw = json.loads(body)
    except ValueError:
        raise DigMedError("This is not a response.") from None
    meanings = tuple(
        Meaning(
            code,
            MEANINGS[code][0],
            MEANINGS[code][1],
            f"Code {code}.",
            positive=MEANINGS[code][0] in (Happening.ACCEPTED, Happening.MATCHED),
            stops_sending=code == "20012",
        )
        for code in raw["codes"]
    )
    make: Callable[[], bytes] | None = (lambda: response("", "20013")) if raw["owes"] else None
    return Understood(str(uuid.uuid4()), raw["answers"], raw["reference"], meanings, make)


def practice_answers(mesh: FolderMesh, *codes: str) -> None:
    """Have the practice collect what lies there and answer each message, copies with 20007."""
    seen: set[str] = set()
    for entry in mesh.messages(THEIRS):
        message_id = entry["body"]
        visible = datetime.fromisoformat(entry["visible"]) <= mesh.clock.now()
        if not entry["collected"] and visible and not entry["workflow"].endswith("_ACK"):
            mesh.save(entry | {"collected": True})
            for code in ("20007",) if message_id in seen else codes:
                mesh.put(OURS, response(message_id, code), sender=THEIRS, workflow=f"{entry['workflow']}_ACK")
        seen.add(message_id)


def _write(path: Path, text: str) -> None:
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    unfinished.write_text(text)
    unfinished.replace(path)
