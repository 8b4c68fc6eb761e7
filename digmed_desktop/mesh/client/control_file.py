"""The control file beside each message: ``DTSControl``, read strictly from anybody and written for the MESH client.

Elements come in any order, may be empty or missing, and unknown ones are passed by. Test kits of the NHS write no more
than seven of them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from lxml import etree

from digmed_desktop import untrusted
from digmed_desktop.untrusted_xml import Limits, NotReadableError, parse

LARGEST = 64_000  # bytes; a working one has less than 1,000
_LIMITS = Limits(LARGEST, 300, 12, "a control file")
_LONGEST = 2000  # characters of one value
_ROOT, _STATUS = "DTSControl", "StatusRecord"


class MessageType(StrEnum):
    """The kind of file beside a control file."""

    DATA = "Data"  # a message, in the file of the same name that ends with .dat
    REPORT = "Report"  # nothing: the control file is all of it


@dataclass(frozen=True, slots=True, repr=False)
class StatusRecord:
    """A statement of MESH or its client about a message. ``at`` is in UTC as far as is known."""

    event: str = ""
    status: str = ""
    code: str = ""
    description: str = ""
    at: datetime | None = None

    @property
    def is_fault(self) -> bool:
        """Whether it tells of a message that did not get on."""
        return self.status.upper() not in ("SUCCESS", "")


@dataclass(frozen=True, slots=True, repr=False)
class ControlFile:
    """The values of a control file; a missing element is ``""``."""

    message_type: MessageType
    workflow: str = ""
    sender: str = ""
    recipient: str = ""
    subject: str = ""
    local_id: str = ""
    mesh_id: str = ""
    status: StatusRecord | None = None

    @property
    def is_report(self) -> bool:
        """Whether there is no message beside it."""
        return self.message_type is MessageType.REPORT


_ELEMENTS = {
    "WorkflowId": "workflow",
    "From_DTS": "sender",
    "To_DTS": "recipient",
    "Subject": "subject",
    "LocalId": "local_id",
    "DTSId": "mesh_id",
}
_OF_STATUS = {"Event": "event", "Status": "status", "StatusCode": "code", "Description": "description"}


def read(body: bytes) -> ControlFile:
    """Return what a control file says. Raises NotReadableError, whose text quotes nothing of it."""
    root = parse(body, _LIMITS)
    if root.tag != _ROOT:
        raise NotReadableError("The file is not a control file: its first element is another one.")
    kind = _value(root, "MessageType").capitalize()
    if kind not in tuple(MessageType):
        raise NotReadableError("The control file does not say whether it is for a message or a report.")
    values = {field: _value(root, element) for element, field in _ELEMENTS.items()}
    return ControlFile(MessageType(kind), **values, status=_status(root))


def write(control: ControlFile) -> bytes:
    """Return the control file of a message that is to be sent, in UTF-8 without a byte order mark.

    Raises ValueError for a value that XML cannot hold.
    """
    root = etree.Element(_ROOT)
    for element, value in (
        ("Version", "1.0"),
        ("AddressType", "DTS"),
        ("MessageType", control.message_type.value),
        ("From_DTS", control.sender),
        ("To_DTS", control.recipient),
        ("Subject", control.subject),
        ("LocalId", control.local_id),
        ("WorkflowId", control.workflow),
        ("Compress", "Y"),
        ("Encrypted", "N"),
        ("AllowChunking", "Y"),
    ):
        etree.SubElement(root, element).text = value
    if control.mesh_id:
        etree.SubElement(root, "DTSId").text = control.mesh_id
    if control.status is not None:
        _write_status(root, control.status)
    return etree.tostring(root, encoding="utf-8", xml_declaration=False, pretty_print=True)


def _write_status(root: etree._Element, status: StatusRecord) -> None:
    record = etree.SubElement(root, _STATUS)
    if status.at is not None:
        etree.SubElement(record, "DateTime").text = f"{status.at.astimezone(UTC):%Y%m%d%H%M%S}"
    for element, field in _OF_STATUS.items():
        etree.SubElement(record, element).text = getattr(status, field)


def _value(parent: etree._Element, name: str) -> str:
    """Return the text of an element; two that differ say nothing that can be relied on."""
    found = {_text(element) for element in parent if element.tag == name} or {""}
    if len(found) > 1:
        raise NotReadableError("The control file says two different things of the same kind.")
    return found.pop()


def _text(element: etree._Element) -> str:
    text = " ".join((element.text or "").split())
    if len(text) > _LONGEST or len(element):
        raise NotReadableError("A value of the control file is none.")
    return untrusted.visible(text)


def _status(root: etree._Element) -> StatusRecord | None:
    """Return what is said of the message: a fault before all else, then the last."""
    records = [_record(element) for element in root if element.tag == _STATUS]
    faults = [record for record in records if record.is_fault]
    told = faults or records
    return told[-1] if told else None


def _record(element: etree._Element) -> StatusRecord:
    values = {field: _value(element, name) for name, field in _OF_STATUS.items()}
    return StatusRecord(**values, at=_moment(_value(element, "DateTime")))


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
