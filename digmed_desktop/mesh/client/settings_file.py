"""The settings of the MESH client, ``meshclient.cfg``: read where this account may, and never changed."""

from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from digmed_desktop import untrusted
from digmed_desktop.untrusted_xml import Limits, NotReadableError, parse

FILE = "meshclient.cfg"
_LIMITS = Limits(1_000_000, 20_000, 20, "a settings file")
_NEAR = ("", "..", "../..", "../../..")
_BESIDE = ("", "client", "MESH-APP-HOME")
_PERIODS = range(1, 86_400)  # seconds that can be meant


@dataclass(frozen=True, slots=True, repr=False)
class ClientSettings:
    """The client's settings for one mailbox. The reports are True or False, None where nothing is said."""

    file: Path
    mailbox: str
    root: str
    collect_report: bool | None
    transfer_report: bool | None
    save_sent: bool | None
    poll_period: int | None  # seconds

    @property
    def tells_outcome(self) -> bool:
        """Whether anything tells that MESH took a message."""
        return bool(self.save_sent or self.transfer_report)


def read(file: Path) -> tuple[ClientSettings, ...]:
    """Return what a settings file says, one for each mailbox. Raises OSError, NotReadableError."""
    try:
        root = parse(untrusted.read_bytes(file, _LIMITS.size), _LIMITS)
    except untrusted.UnreadableError:
        raise NotReadableError("The settings of the MESH client are too large.") from None
    period = _text(root, "PollPeriod")
    poll = int(period) if period.isdecimal() and len(period) < 6 and int(period) in _PERIODS else None
    return tuple(
        ClientSettings(
            file,
            _text(client, "ClientIdentity").upper(),
            _text(client, "InterfaceRoot"),
            _flag(client, "CollectReport"),
            _flag(client, "TransferReport"),
            _flag(client, "SaveSent"),
            poll,
        )
        for client in root.iter("Client")
    )


def find(root: Path) -> Path | None:
    """Return the settings file of the client that serves a folder, if it lies near and may be seen."""
    for near in _NEAR:
        for beside in _BESIDE:
            file = root / near / beside / FILE
            try:
                if file.is_file():
                    return file
            except OSError:
                continue
    return None


def of_folder(root: Path, mailbox: str = "") -> ClientSettings | None:
    """Return what the settings say of the mailbox whose folder is ``root``, or None. Raises NotReadableError.

    Where they name several for it, that of ``mailbox`` counts.
    """
    found = find(root)
    if found is None:
        return None
    try:
        settings = read(found)
    except OSError:
        return None
    here = [one for one in settings if one.root and _same(Path(one.root), root)]
    return next((one for one in here if one.mailbox == mailbox), here[0] if here else None)


def poll_period(root: Path) -> float | None:
    """Return the client's own period in seconds, where it can be read."""
    try:
        found = of_folder(root)
    except NotReadableError:
        return None
    return float(found.poll_period) if found is not None and found.poll_period else None


def _same(one: Path, other: Path) -> bool:
    try:
        return one.resolve() == other.resolve()
    except (OSError, ValueError, RuntimeError):
        return False


def _text(parent: etree._Element, name: str) -> str:
    element = parent.find(name)
    return (element.text or "").strip() if element is not None else ""


def _flag(parent: etree._Element, name: str) -> bool | None:
    text = _text(parent, name).upper()
    return text == "Y" if text in ("Y", "N") else None
