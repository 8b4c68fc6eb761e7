"""Handing pairs to the MESH client, and finding out what became of each.

A pair goes out by one step that cannot be cut in half: the move of its control file into ``OUT``. Before it the pair is
ours, after it the client's, and a second pair for the same local id is never made while the first may be there.
"""

import contextlib
from collections.abc import Sequence
from pathlib import Path

from digmed_desktop.mesh.client import faults, places
from digmed_desktop.mesh.client.control_file import LARGEST, ControlFile, MessageType, read, write
from digmed_desktop.mesh.client.places import CONTROL, DATA, Places
from digmed_desktop.mesh.client.points import OnPoint, Point
from digmed_desktop.mesh.client.traces import Traces
from digmed_desktop.messaging.errors import OutcomeUnknownError
from digmed_desktop.messaging.sending import WITH_CLIENT, Elsewhere, Receipt, Where
from digmed_desktop.untrusted import UnreadableError
from digmed_desktop.untrusted_xml import NotReadableError

LOST = (
    "The MESH client took it out of its folder OUT, and neither SENT, FAILED nor a report says what happened to it. Ask "
    "the practice whether it has arrived."
)
_REFUSED = "The MESH client put it into its folder FAILED."
_CONTRADICTORY = (
    "The MESH client put it into its folder FAILED, and says there that MESH took it. Ask the practice whether it has "
    "arrived."
)


class Outgoing:
    """The outgoing side of one mailbox. Raises OSError; each return value is true even if another program interferes."""

    def __init__(self, places_: Places, mailbox: str, traces: Traces, on_point: OnPoint) -> None:
        self._places, self._mailbox, self._traces, self._mark = places_, mailbox, traces, on_point
        self._named_otherwise: dict[Path, str] = {}  # local ids in control files that the client renamed

    def hand_over(self, control: ControlFile, payload: bytes) -> Receipt | Elsewhere:
        """Move a pair into ``OUT``, unless the client had one for its local id before."""
        local_id = control.local_id
        if self._traces.read(local_id) is not None:
            found = self._sure_whereabouts(local_id)
            if isinstance(found, Receipt) or found.where is not Where.NEVER_LEFT:
                return found
        beside = self._places.outgoing / local_id
        data, control_file = beside.with_name(f"{local_id}{DATA}"), beside.with_name(f"{local_id}{CONTROL}")
        places.write_flushed(data, payload)
        places.write_flushed(control_file, write(control))
        self._mark(Point.WRITTEN)
        self._traces.begin(local_id)
        self._mark(Point.NOTED)
        places.move(data, self._places.out)
        self._mark(Point.DATA_MOVED)
        self._commit(control_file)
        self._mark(Point.HANDED_OVER)
        return WITH_CLIENT

    def _sure_whereabouts(self, local_id: str) -> Receipt | Elsewhere:
        """Return where an earlier pair is. While that cannot be seen, nothing is known of it."""
        try:
            return self.whereabouts(local_id)
        except OSError as error:
            fault = faults.told(error)
            raise OutcomeUnknownError(fault.happened, fault.remedy) from error

    def _commit(self, control_file: Path) -> None:
        """Move the control file. A server that breaks off may have done it all the same."""
        try:
            places.move(control_file, self._places.out)
        except OSError as error:
            if _is_there(control_file):
                raise
            fault = faults.told(error)
            raise OutcomeUnknownError(fault.happened, fault.remedy) from error

    def refresh(self) -> None:
        """Look which pairs in ``SENT`` and ``FAILED`` have another name than their local id."""
        known = self._named_otherwise
        self._named_otherwise = {}
        for folder in (self._places.sent, self._places.failed):
            for name in places.names_in(folder, CONTROL):
                file = folder / f"{name}{CONTROL}"
                control = None if file in known else _control(file)
                is_ours = control is not None and self._is_ours(control)
                self._named_otherwise[file] = control.local_id if control and is_ours else known.get(file, "")

    def refresh_if_known(self, local_id: str) -> None:
        """Do so only where a pair of this local id may have been handed over before."""
        if self._traces.read(local_id) is not None:
            self.refresh()

    def whereabouts(self, local_id: str) -> Receipt | Elsewhere:
        """Return where a sending is. What was found in ``SENT`` or ``FAILED`` is noted, and the pair removed.

        Call :meth:`refresh` before: the client may have given it another name.
        """
        trace = self._traces.read(local_id)
        if trace is not None and trace.outcome is not None:
            self._clear(local_id)
            return trace.outcome
        if _is_there(self._places.withdrawn / f"{local_id}{CONTROL}"):
            return self._withdraw(local_id)
        for _ in range(2):  # between two looks the client may have moved it from one folder to the next
            if _is_there(self._places.out / f"{local_id}{CONTROL}"):
                return WITH_CLIENT
            if _is_there(self._places.outgoing / f"{local_id}{CONTROL}"):
                return Elsewhere(Where.NEVER_LEFT)
            found = self._concluded(local_id)
            if found is not None:
                return found
        return Elsewhere(Where.NEVER_LEFT) if trace is None else Elsewhere(Where.NOT_KNOWN, LOST)

    def lying(self) -> Sequence[str]:
        """Return the names of all pairs in ``OUT``, whosever they are."""
        return places.names_in(self._places.out, CONTROL)

    def take_back(self, local_id: str) -> bool:
        """Take a pair out of ``OUT`` because a person cancelled it; False when the client has it already."""
        control_file = self._places.out / f"{local_id}{CONTROL}"
        if self._traces.read(local_id) is None or not _is_there(control_file):
            return False
        try:
            places.move(control_file, self._places.withdrawn)
        except FileNotFoundError:
            return False
        self._mark(Point.WITHDRAWN)
        return self._withdraw(local_id).where is Where.TAKEN_BACK

    def remember_collected(self, local_id: str, receipt: Receipt) -> None:
        """Note that a report said that the recipient collected it."""
        if self._traces.read(local_id) is not None:
            self._traces.end(local_id, receipt, collected=True)
            self._clear(local_id)

    def tidy(self, now: float, older: float) -> None:
        """Remove pairs beside ``OUT`` that never left and nothing asks for any more."""
        for local_id in places.names_in(self._places.outgoing, DATA):
            data = self._places.outgoing / f"{local_id}{DATA}"
            control_file = data.with_suffix(CONTROL)
            with places.gone_is_none():
                if now - data.stat().st_mtime > older:
                    self._never_left(local_id, control_file)
                    places.remove(data, control_file)
        self._traces.prune(now)

    def _never_left(self, local_id: str, control_file: Path) -> None:
        """Take away the trace of a pair whose control file is still with us, and its message out of ``OUT``."""
        if _is_there(control_file) and not _is_there(self._places.out / control_file.name):
            self._traces.forget(local_id)
            places.remove(self._places.out / f"{local_id}{DATA}")

    def _withdraw(self, local_id: str) -> Elsewhere:
        """Finish the taking back of a pair whose control file is with us."""
        data, control_file = (self._places.withdrawn / f"{local_id}{ending}" for ending in (DATA, CONTROL))
        if not _is_there(data):
            try:
                places.move(self._places.out / data.name, self._places.withdrawn)
            except FileNotFoundError:  # the client has the message: it gets its control file back
                places.move(control_file, self._places.out)
                return WITH_CLIENT
        outcome = Elsewhere(Where.TAKEN_BACK)
        self._traces.end(local_id, outcome)
        self._mark(Point.OUTCOME_NOTED)
        places.remove(data, control_file)
        self._mark(Point.CLEARED)
        return outcome

    def _concluded(self, local_id: str) -> Receipt | Elsewhere | None:
        """Return what ``SENT`` or ``FAILED`` says of a sending, note it, and remove the pair."""
        for folder in (self._places.sent, self._places.failed):
            found = self._said(folder, local_id)
            if found is not None:
                return self._ended(local_id, found)
        return None

    def _said(self, folder: Path, local_id: str) -> Receipt | Elsewhere | None:
        """Return what one folder says of a sending, or None where it says nothing of it (yet)."""
        file, failed = folder / f"{local_id}{CONTROL}", folder == self._places.failed
        named = _control(file)
        if named is None and failed and _is_there(file):
            return Elsewhere(Where.REFUSED, _REFUSED)
        ours = named is not None and self._is_ours(named)
        control = named if ours else self._by_content(folder, local_id)
        if control is None:
            return None
        if control.status is not None and control.status.is_fault:
            return _refusal(control)
        if failed:
            taken = control.status is not None and bool(control.status.status and control.mesh_id)
            return Elsewhere(Where.NOT_KNOWN, _CONTRADICTORY) if taken else _refusal(control)
        return Receipt(control.mesh_id, control.recipient) if control.mesh_id else None

    def _is_ours(self, control: ControlFile) -> bool:
        """Whether a control file is of a sending of this mailbox: another's may repeat a local id."""
        return control.sender.upper() in (self._mailbox, "")

    def _ended(self, local_id: str, outcome: Receipt | Elsewhere) -> Receipt | Elsewhere:
        self._traces.end(local_id, outcome)
        self._mark(Point.OUTCOME_NOTED)
        self._clear(local_id)
        self._mark(Point.CLEARED)
        return outcome

    def _clear(self, local_id: str) -> None:
        """Remove the client's pair of a sending whose end is noted; where that is not allowed, doctor lists it."""
        own = [folder / f"{local_id}{CONTROL}" for folder in (self._places.sent, self._places.failed)]
        for file in (*own, *self._files_of(local_id)):
            with contextlib.suppress(PermissionError):
                places.remove(file.with_suffix(DATA), file)

    def _by_content(self, folder: Path, local_id: str) -> ControlFile | None:
        """Return the control file of a sending that the client gave another name."""
        found = [file for file in self._files_of(local_id) if file.parent == folder]
        return _control(found[0]) if found else None

    def _files_of(self, local_id: str) -> list[Path]:
        return [file for file, of in self._named_otherwise.items() if of == local_id]


def _is_there(file: Path) -> bool:
    """Whether a file is there. Raises OSError when that cannot be seen, which ``Path.exists`` would call no."""
    try:
        file.lstat()
    except FileNotFoundError:
        return False
    return True


def _control(file: Path) -> ControlFile | None:
    """Return a control file, or None where there is none (yet) that can be read."""
    try:
        control = read(places.read(file, LARGEST))
    except (FileNotFoundError, PermissionError, UnreadableError, NotReadableError):
        return None
    return control if control.message_type is MessageType.DATA else None


def _refusal(control: ControlFile) -> Elsewhere:
    status = control.status
    said = f" It says: {status.description}" if status is not None and status.description else ""
    return Elsewhere(Where.REFUSED, f"{_REFUSED}{said}", status.code if status is not None else "")
