"""Reading what the MESH client puts into ``IN``: it collected that from MESH, so nobody else keeps it.

What is not for this program, half-written or without its partner stays where it is and is counted.
"""

import hashlib
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from digmed_desktop.mesh import addressing
from digmed_desktop.mesh.client import places
from digmed_desktop.mesh.client.control_file import LARGEST, ControlFile, read
from digmed_desktop.mesh.client.places import CONTROL, DATA, Places
from digmed_desktop.mesh.client.points import OnPoint, Point
from digmed_desktop.mesh.client.timing import Timing
from digmed_desktop.mesh.reports import told_of_report
from digmed_desktop.messaging.errors import NotThereError, UnusableError
from digmed_desktop.messaging.sending import COLLECTED_REPORT, TAKEN_REPORT, InboxItem, ItemKind
from digmed_desktop.untrusted import UnreadableError
from digmed_desktop.untrusted_xml import NotReadableError

OUR_WORKFLOW = "DIGMED_"
LARGEST_DATA = 20 * 1024 * 1024  # bytes, as by the API
_TOLD_REPORTS = (COLLECTED_REPORT, TAKEN_REPORT)
_SOME_SUCCESS = TAKEN_REPORT  # every report without a fault says at least that MESH took it


@dataclass(slots=True, repr=False)
class Found:
    """The content of ``IN``: ours by id, each with the names of its files; the rest is counted."""

    names: dict[str, list[str]] = field(default_factory=dict)
    others: int = 0  # of other programs or other mailboxes
    broken: int = 0  # control files that nobody can read, or whose message is missing


class Incoming:
    """The incoming side of one mailbox. Raises OSError."""

    def __init__(
        self,
        places_: Places,
        mailbox: str,
        timing: Timing,
        knows: Callable[[str], bool],
        on_point: OnPoint,
    ) -> None:
        """``knows`` says whether a local id is of a sending from here."""
        self._places, self._mailbox, self._timing = places_, mailbox, timing
        self._knows, self._mark = knows, on_point
        self._whole: set[tuple[str, int, int]] = set()
        self.found = Found()

    def listing(self, now: float) -> list[str]:
        """Return the ids of what is whole and ours; ``now`` by the folder's clock, in seconds."""
        found = Found()
        for name in places.names_in(self._places.inbox, CONTROL):
            try:
                age = now - self._file(name, CONTROL).lstat().st_mtime
                if not self._place(name, found, now):
                    found.broken += age > self._timing.given_up_after
            except (
                FileNotFoundError,
                PermissionError,
            ):  # taken away, or held by another program for a moment
                continue
        self.found = found
        return list(found.names)

    def _place(self, name: str, found: Found, now: float) -> bool:
        """Put a control file where it belongs; return whether it could be read and what it stands beside is there."""
        try:
            body = places.read(self._file(name, CONTROL), LARGEST)
            control = read(body)
        except (UnreadableError, NotReadableError):
            return False
        if not self._is_ours(control):
            found.others += 1
        elif control.is_report:
            found.names.setdefault(_id_of_report(body), []).append(name)
        elif self._is_whole(name, now):
            found.names.setdefault(self._id_of(control, name, found), []).append(name)
        else:
            return False
        return True

    def fetch(self, mesh_id: str) -> InboxItem:
        """Return one thing as it lies there. NotThereError when it is gone or not whole yet."""
        names = self.found.names.get(mesh_id, ())
        for name in names:
            try:
                return self._item(mesh_id, name)
            except (FileNotFoundError, PermissionError):
                continue
        raise NotThereError("This is no longer in the MESH client's folder.")

    def take(self, mesh_id: str) -> None:
        """Move something that is stored out of ``IN``, and remove it. What is gone already is taken."""
        for name in self.found.names.pop(mesh_id, ()):
            with places.gone_is_none():
                places.move(self._file(name, CONTROL), self._places.taken, f"{name}{CONTROL}")
            self._mark(Point.CONTROL_TAKEN)
            self._finish(name)

    def tidy(self) -> None:
        """Finish what was cut off while it was taken out of ``IN``."""
        for name in places.names_in(self._places.taken, CONTROL):
            self._finish(name)

    def reports_of(self, mesh_id: str) -> list[ControlFile]:
        """Return the reports in ``IN`` about a message."""
        return [
            control
            for names in self.found.names.values()
            for name in names
            if (control := self._control(name)) is not None
            and control.is_report
            and control.mesh_id == mesh_id
        ]

    def _finish(self, name: str) -> None:
        """Remove a pair whose control file is out of ``IN``, unless another of its name has come since."""
        taken = self._places.taken / f"{name}{CONTROL}"
        if self._control(name) is None:
            with places.gone_is_none():
                places.move(self._file(name, DATA), self._places.taken, f"{name}{DATA}")
        self._mark(Point.DATA_TAKEN)
        places.remove(taken.with_name(f"{name}{DATA}"), taken)

    def _item(self, mesh_id: str, name: str) -> InboxItem:
        body = places.read(self._file(name, CONTROL), LARGEST)
        control = read(body)
        status = control.status
        if control.is_report:
            code = _code(control)
            faulty = status is not None and status.is_fault
            return InboxItem(
                mesh_id=mesh_id,
                kind=ItemKind.REPORT,
                workflow=control.workflow,
                sender="" if control.sender == self._mailbox else control.sender,
                body=body,
                local_id=control.local_id,
                linked_id=control.mesh_id,
                status_code=code,
                status_text=told_of_report(code, status.description) if faulty and status else "",
                received_at=status.at if status else None,
            )
        return InboxItem(
            mesh_id=mesh_id,
            kind=ItemKind.DATA,
            workflow=control.workflow,
            sender=control.sender,
            body=self._message(name),
            local_id=control.local_id,
            received_at=status.at if status else None,
        )

    def _message(self, name: str) -> bytes:
        file = self._file(name, DATA)
        try:
            return places.read(file, LARGEST_DATA)
        except UnreadableError:
            raise UnusableError(
                "A response is too large to be one. It is left in the mailbox.", "Tell support."
            ) from None

    def _is_ours(self, control: ControlFile) -> bool:
        """Whether something is for this mailbox and of our workflows, or a report on what was sent from here."""
        sender, recipient = control.sender.upper(), control.recipient.upper()
        if control.is_report:  # its addresses are those of the message that it is about, or turned round
            here = self._mailbox in (sender, recipient) or not (sender or recipient)
            return here and (_is_of_ours(control.workflow) or self._knows(control.local_id))
        return recipient in (self._mailbox, "") and _is_of_ours(control.workflow)

    def _is_whole(self, name: str, now: float) -> bool:
        """Whether the message beside a control file is all there. One that stays odd is taken as it is."""
        file = self._file(name, DATA)
        try:
            state = file.lstat()
        except FileNotFoundError:
            return False
        if not stat.S_ISREG(state.st_mode):
            return False
        age = now - state.st_mtime
        if 0 <= age < self._timing.settled_after:
            return False
        if state.st_size > LARGEST_DATA or age > self._timing.given_up_after:
            return True
        seen = (name, state.st_size, state.st_mtime_ns)
        if seen not in self._whole and _ends_well(places.read(file, LARGEST_DATA)):
            self._whole.add(seen)
        return seen in self._whole

    def _id_of(self, control: ControlFile, name: str, found: Found) -> str:
        """Return the id by which something is stored: MESH's own, and apart where another has the same."""
        mesh_id = control.mesh_id if addressing.is_message_id(control.mesh_id) else ""
        mesh_id = mesh_id or (name if addressing.is_message_id(name) else f"NAME_{_hash(name.encode())}")
        others = found.names.get(mesh_id, ())
        if others and self._digest(others[0]) != self._digest(name):
            return f"{mesh_id[:20]}_{self._digest(name)[:40]}"
        return mesh_id

    def _digest(self, name: str) -> str:
        try:
            return _hash(places.read(self._file(name, DATA), LARGEST_DATA))
        except (FileNotFoundError, UnreadableError):
            return _hash(name.encode())

    def _control(self, name: str) -> ControlFile | None:
        try:
            return read(places.read(self._file(name, CONTROL), LARGEST))
        except (FileNotFoundError, PermissionError, UnreadableError, NotReadableError):
            return None

    def _file(self, name: str, ending: str) -> Path:
        return places.spelled(self._places.inbox, name, ending)


def _code(control: ControlFile) -> str:
    """Return the code of a report: MESH's own for a fault, the event where all is well."""
    status = control.status
    if status is not None and status.is_fault:
        return re.sub(r"[^A-Za-z0-9-]", "", status.code)[:20] or "ERROR"
    event = status.event.upper() if status is not None else ""
    return event if event in _TOLD_REPORTS else _SOME_SUCCESS


def _id_of_report(body: bytes) -> str:
    """Return the id of a report: of its content, so that one that comes twice is one."""
    return f"REPORT_{_hash(body)}"


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:40].upper()


def _is_of_ours(workflow: str) -> bool:
    return workflow.upper().startswith(OUR_WORKFLOW)


def _ends_well(body: bytes) -> bool:
    """Whether a message is well-formed XML, or nothing that could become it."""
    if not body.lstrip().startswith((b"<", b"\xef\xbb\xbf<", b"\xff\xfe", b"\xfe\xff")):
        return bool(body.strip())
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return False
    return True
