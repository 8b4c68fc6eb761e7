"""A MESH client as its published guides tell of it: takes pairs out of ``OUT``, brings what arrived into ``IN``.

The NHS's own client is not shipped with this program, so practice mode and tests have this one. It is strict: what a
guide does not allow goes into ``FAILED``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from lxml import etree

from digmed_desktop.files.replacing import replace
from digmed_desktop.mesh.reports import words_of
from digmed_desktop.messaging.errors import NotThereError, RefusedError
from digmed_desktop.messaging.ports import Transport
from digmed_desktop.messaging.sending import InboxItem, ItemKind, Receipt, Sending

FOLDERS = ("OUT", "SENT", "FAILED", "IN", "TEMP")
_NEEDED = ("Version", "AddressType", "MessageType", "From_DTS", "To_DTS", "LocalId", "WorkflowId")
_ASKED_AT_ONCE = 20  # messages whose collection is asked for in one round


class ClientPoint(StrEnum):
    """The step the client has just done; the tests end it at each of these."""

    TAKEN = "taken"  # the pair left OUT
    UPLOADED = "uploaded"  # MESH has it, and no folder says so
    SENT = "sent"  # the pair is in SENT, or gone
    DATA_WRITTEN = "data-written"  # a message is in IN without its control file
    CONTROL_WRITTEN = "control-written"  # with it, and MESH was not told
    ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """The settings of a mailbox in ``meshclient.cfg``."""

    collect_report: bool = True
    transfer_report: bool = False
    save_sent: bool = True
    delay: float = 1.0  # seconds for which a new file is left alone


class ClientDouble:
    """One mailbox of the client. ``round`` does what the client does once in each of its periods."""

    def __init__(
        self,
        root: Path,
        mailbox: str,
        mesh: Transport,
        options: ClientOptions | None = None,
        on_point: Callable[[ClientPoint], None] = lambda _point: None,
    ) -> None:
        self.root, self.mailbox, self.mesh = root, mailbox, mesh
        self.options, self.mark = options or ClientOptions(), on_point
        for name in FOLDERS:
            (root / name).mkdir(parents=True, exist_ok=True)
        self._recovered = False

    def round(self) -> None:
        """Send what lies in ``OUT``, bring in what arrived, and report what was collected."""
        if not self._recovered:
            self._recover()
            self._recovered = True
        for control in self._names("OUT"):
            self._send(control)
        self._collect()
        self._report_collected()

    # ---- sending

    def _send(self, control: Path) -> None:
        data = control.with_suffix(".dat")
        if self._is_young(control) or not data.is_file() or self._is_young(data):
            return
        control, data = (replace(file, self.root / "TEMP" / file.name) for file in (control, data))
        self.mark(ClientPoint.TAKEN)
        values = _values(control)
        if fault := self._fault(values, data):
            self.refuse(control, values or {}, "", fault)
        elif values:
            self.upload(control, data, values)

    def upload(self, control: Path, data: Path, values: dict[str, str]) -> None:
        """Give a pair to MESH and put it where the outcome belongs."""
        sending = Sending(
            0, values["LocalId"], values["WorkflowId"], "", values.get("Subject", ""), data.read_bytes(),
            recipient=values["To_DTS"],
        )  # fmt: skip
        try:
            receipt = self.mesh.send(sending)
        except RefusedError as error:
            self.refuse(control, values, error.code, error.happened)
            return
        except Exception:
            self._put_back(control)
            raise
        self.mark(ClientPoint.UPLOADED)
        if isinstance(receipt, Receipt):
            self.conclude(control, values, receipt.mesh_id)

    def conclude(self, control: Path, values: dict[str, str], mesh_id: str) -> None:
        """Put a pair that MESH took into ``SENT``, and note that its collection is to be reported."""
        with (self.root / "TEMP" / "to-report.txt").open("a", encoding="ascii") as list_:
            list_.write(f"{mesh_id} {values['LocalId']} {values['WorkflowId']} {values['To_DTS']}\n")
        if self.options.transfer_report:
            self.report(values, mesh_id, "TRANSFER")
        if self.options.save_sent:
            self._settle(control, "SENT", {**values, "DTSId": mesh_id}, ("SEND", "SUCCESS", "00", ""))
        else:
            control.unlink()
            control.with_suffix(".dat").unlink()
        self.mark(ClientPoint.SENT)

    def refuse(self, control: Path, values: dict[str, str], code: str, why: str) -> None:
        """Put a pair into ``FAILED``."""
        self._settle(control, "FAILED", values, ("SEND", "ERROR", code, why))

    def _settle(
        self, control: Path, folder: str, values: dict[str, str], status: tuple[str, str, str, str]
    ) -> None:
        replace(control.with_suffix(".dat"), self.root / folder / f"{control.stem}.dat")
        control.write_bytes(_written(values, status))
        replace(control, self.root / folder / control.name)

    def _recover(self) -> None:
        """Finish what an end of the client cut off: what MESH has goes to ``SENT``, the rest back to ``OUT``."""
        for control in self._names("TEMP"):
            values = _values(control)
            known = self.mesh.look_up(values["LocalId"]) if values and values.get("LocalId") else None
            if values and isinstance(known, Receipt):
                self.conclude(control, values, known.mesh_id)
            else:
                self._put_back(control)

    def _put_back(self, control: Path) -> None:
        data = control.with_suffix(".dat")
        if data.is_file():
            replace(data, self.root / "OUT" / data.name)
        replace(control, self.root / "OUT" / control.name)

    def _fault(self, values: dict[str, str] | None, data: Path) -> str:
        """Return why a pair cannot be sent, or ``""``."""
        if values is None:
            return "The control file cannot be read"
        if missing := [name for name in _NEEDED if not values.get(name)]:
            return f"Missing from the control file: {', '.join(missing)}"
        if values["From_DTS"] != self.mailbox or values["MessageType"] != "Data":
            return "The control file is not for this mailbox"
        if values["AddressType"] != "DTS" or values["Version"] != "1.0":
            return "The control file is for another version"
        body = data.read_bytes()
        return (
            ""
            if body and not body.startswith((b"\xef\xbb\xbf", b"\xff\xfe"))
            else "The data file is not correct"
        )

    # ---- collecting

    def _collect(self) -> None:
        for mesh_id in self.mesh.inbox():
            try:
                item = self.mesh.fetch(mesh_id)
            except NotThereError:
                continue
            self.bring(item, mesh_id)
            self.mesh.acknowledge(mesh_id)
            self.mark(ClientPoint.ACKNOWLEDGED)

    def bring(self, item: InboxItem, name: str) -> None:
        """Write something into ``IN``, its control file last."""
        values = {
            "Version": "1.0", "AddressType": "DTS", "WorkflowId": item.workflow, "LocalId": item.local_id,
            "To_DTS": self.mailbox, "From_DTS": item.sender,
        }  # fmt: skip
        if item.kind is ItemKind.REPORT:
            said = words_of(item.status_code).title
            values |= {"MessageType": "Report", "DTSId": item.linked_id}
            self._write(name, _written(values, ("SEND", "ERROR", item.status_code, said)))
            return
        values |= {"MessageType": "Data", "DTSId": name, "IsCompressed": "Y"}
        self._write(name, _written(values, ("TRANSFER", "SUCCESS", "00", "")), item.body)

    def report(self, values: dict[str, str], mesh_id: str, event: str) -> None:
        """Write a report of success about something that was sent from here."""
        told = {**values, "MessageType": "Report", "DTSId": mesh_id, "Subject": ""}
        self._write(f"{mesh_id}_{event}", _written(told, (event, "SUCCESS", "00", "")))

    def _report_collected(self) -> None:
        list_ = self.root / "TEMP" / "to-report.txt"
        if not (self.options.collect_report and list_.is_file()):
            return
        lines = list_.read_text(encoding="ascii").splitlines()
        left = lines[_ASKED_AT_ONCE:]
        for line in lines[:_ASKED_AT_ONCE]:
            mesh_id, local_id, workflow, recipient = line.split(" ", 3)
            try:
                collected = self.mesh.collected(mesh_id)
            except NotThereError:
                continue
            if collected:
                values = {
                    "Version": "1.0", "AddressType": "DTS", "WorkflowId": workflow, "LocalId": local_id,
                    "To_DTS": recipient, "From_DTS": self.mailbox,
                }  # fmt: skip
                self.report(values, mesh_id, "COLLECT")
            else:
                left.append(line)
        list_.write_text("".join(f"{line}\n" for line in left), encoding="ascii")

    def _write(self, name: str, control: bytes, data: bytes | None = None) -> None:
        parts = ((".dat", data), (".ctl", control))
        for ending, content in parts:
            if content is not None:
                beside = self.root / "TEMP" / f"{name}{ending}.part"
                beside.write_bytes(content)
                replace(beside, self.root / "IN" / f"{name}{ending}")
                self.mark(ClientPoint.DATA_WRITTEN if ending == ".dat" else ClientPoint.CONTROL_WRITTEN)

    def _names(self, folder: str) -> list[Path]:
        return sorted((self.root / folder).glob("*.ctl"))

    def _is_young(self, file: Path) -> bool:
        return datetime.now(UTC).timestamp() - file.stat().st_mtime < self.options.delay


def _values(control: Path) -> dict[str, str] | None:
    """Return the elements of a control file that is to be sent, or None where it is none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(control.read_bytes(), parser)
    except (etree.XMLSyntaxError, ValueError, FileNotFoundError):
        return None
    return {str(one.tag): one.text or "" for one in root} if root.tag == "DTSControl" else None


def _written(values: dict[str, str], status: tuple[str, str, str, str]) -> bytes:
    root = etree.Element("DTSControl")
    for name, value in values.items():
        if name != "StatusRecord":
            etree.SubElement(root, name).text = value
    record = etree.SubElement(root, "StatusRecord")
    etree.SubElement(record, "DateTime").text = f"{datetime.now(UTC):%Y%m%d%H%M%S}"
    for name, value in zip(("Event", "Status", "StatusCode", "Description"), status, strict=True):
        etree.SubElement(record, name).text = value
    return etree.tostring(root)
