"""Looking at the folder of a mailbox of the MESH client, and for clients that are installed: nothing is changed."""

import os
import shutil
import stat
import time
from dataclasses import dataclass, field
from pathlib import Path

from digmed_desktop.mesh import addressing
from digmed_desktop.mesh.client import faults, places, settings_file
from digmed_desktop.mesh.client.patience import Patient
from digmed_desktop.mesh.client.places import CONTROL, DATA, Places, usable
from digmed_desktop.mesh.client.settings_file import ClientSettings
from digmed_desktop.messaging.errors import AccountError, DigMedError
from digmed_desktop.untrusted_xml import NotReadableError

_LIMIT = 30.0  # seconds for all of it
_LITTLE = 500_000_000  # bytes left on the disk of the folder
_OLD = 24 * 3600.0  # seconds from which something that lies there counts as left over
_ASK_IT = "Ask your IT support."
_HOMES = ("MESH-APP-HOME", "MESH-CLIENT", "mesh", "meshclient", "NHS/MESH-APP-HOME")


@dataclass(slots=True, repr=False)
class Inspection:
    """The state of a folder. ``remarks``: name, whether it is fine, what is seen, what to do."""

    fault: DigMedError | None = None
    latest: str = ""
    remedy: str = "Ask your IT support whether the MESH client's service runs."
    remarks: list[tuple[str, bool, str, str]] = field(default_factory=list)

    def refuse_unusable(self) -> None:
        """Raise what makes the folder unusable."""
        if self.fault is not None:
            raise self.fault


def inspect(root: Path, mailbox: str = "") -> Inspection:
    """Look at a folder within ``_LIMIT`` seconds; a fault is part of what is returned."""
    patient, seen = Patient(str(root), _LIMIT), Inspection()
    try:
        with faults.as_ours():
            patient.call(lambda: _look(Places(usable(root)), mailbox, seen))
    except DigMedError as error:
        seen.fault = error
    finally:
        patient.close()
    return seen


def installed() -> tuple[tuple[str, str], ...]:
    """Return mailbox id and folder of each mailbox that a client installed on this computer serves."""
    patient = Patient("", _LIMIT)
    try:
        with faults.as_ours():
            return patient.call(_installed)
    except DigMedError:
        return ()
    finally:
        patient.close()


def _installed() -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for base in _bases():
        for home in _HOMES:
            for file in (base / home / settings_file.FILE, base / home / "client" / settings_file.FILE):
                try:
                    for one in settings_file.read(file):
                        if one.mailbox and one.root:
                            found[one.root] = one.mailbox
                except (OSError, NotReadableError):
                    continue
    return tuple((mailbox, root) for root, mailbox in found.items())


def _bases() -> list[Path]:
    """Return where clients are installed: the top of each disk on Windows, the usual places elsewhere."""
    if os.name == "nt":
        named = [os.environ.get(name, "") for name in ("ProgramFiles", "ProgramData", "ProgramFiles(x86)")]
        return [Path(f"{letter}:\\") for letter in "CDE"] + [Path(one) for one in named if one]
    return [Path("/opt"), Path("/usr/local"), Path("/var/lib"), Path.home()]


def _look(here: Places, mailbox: str, seen: Inspection) -> None:
    missing = [folder.name for folder in (here.out, here.inbox) if not folder.is_dir()]
    if missing:
        here.root.stat()
        raise AccountError(
            f"This is not the folder of a mailbox of the MESH client: {' and '.join(missing)} is not in it.",
            "Choose the folder that contains IN, OUT and SENT.",
        )
    for folder in (here.out, here.inbox):
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise AccountError(
                f"This account cannot read and write in {folder.name}.",
                "Ask your IT support to let this account read and write in all the MESH client's folders.",
            )
    seen.latest = _latest(here)
    _remark_on_rights(here, seen)
    _remark_on_space(here, seen)
    _remark_on_leftovers(here, seen)
    _remark_on_settings(here, mailbox, seen)


def _latest(here: Places) -> str:
    moments = [(_newest(folder), word) for folder, word in ((here.sent, "sent"), (here.inbox, "brought in"))]
    told = [f"{word} {time.strftime('%d %B %Y %H:%M', time.localtime(at))}" for at, word in moments if at]
    return f"Last {', last '.join(told)}." if told else "Nothing has been sent or brought in yet."


def _newest(folder: Path) -> float:
    try:
        with os.scandir(folder) as entries:
            return max((entry.stat(follow_symlinks=False).st_mtime for entry in entries), default=0.0)
    except FileNotFoundError:
        return 0.0


def _remark_on_rights(here: Places, seen: Inspection) -> None:
    if os.name == "nt":
        said = "Who else may enter the MESH client's folder cannot be checked on Windows."
        ask = "Ask your IT support to let in the accounts of the client and of this program only."
        seen.remarks.append(("Folder rights", False, said, ask))
        return
    mode = stat.S_IMODE(here.root.stat().st_mode)
    wide = bool(mode & 0o007)
    seen.remarks.append(
        (
            "Folder rights",
            not wide,
            "Every account of this computer can enter the MESH client's folder, where patients' messages lie."
            if wide
            else "Only its own accounts can enter the MESH client's folder.",
            "Ask your IT support to let in the accounts of the client and of this program only."
            if wide
            else "",
        )
    )


def _remark_on_space(here: Places, seen: Inspection) -> None:
    free = shutil.disk_usage(here.root).free
    little = free < _LITTLE
    said = (
        "The disk with the MESH client's folder is almost full."
        if little
        else f"{free // 10**9} GB are free there."
    )
    seen.remarks.append(
        ("Folder's disk", not little, said, "Ask your IT support to make room." if little else "")
    )


def _remark_on_leftovers(here: Places, seen: Inspection) -> None:
    """Name every folder in which something of a patient's has been lying for longer than it needs to."""
    now = time.time()
    for folder in (here.out, here.sent, here.failed, here.inbox, here.outgoing, here.withdrawn, here.taken):
        old = [
            name
            for ending in (DATA, CONTROL)
            for name in places.names_in(folder, ending)
            if _is_ours(folder, name, here) and _age(folder / f"{name}{ending}", now) > _OLD
        ]
        if old:
            where = folder.relative_to(here.root).as_posix()
            files = "file" if len(old) == 1 else "files"
            seen.remarks.append(
                (
                    "Left over",
                    False,
                    f"{len(old)} {files} with patients' messages have been lying in {where} for more than a day.",
                    "Open the program, which clears what it may; what stays, your IT support can remove.",
                )
            )


def _is_ours(folder: Path, name: str, here: Places) -> bool:
    """Whether a file is of this program: in the client's folders its name is a local id of ours."""
    if folder.is_relative_to(here.ours) or folder == here.inbox:
        return True
    return addressing.is_local_id(name) and (here.traces / f"{name}.txt").is_file()


def _age(file: Path, now: float) -> float:
    try:
        return now - file.lstat().st_mtime
    except FileNotFoundError:
        return 0.0


def _remark_on_settings(here: Places, mailbox: str, seen: Inspection) -> None:
    name = "MESH client's settings"
    try:
        found = settings_file.of_folder(here.root, mailbox)
    except NotReadableError as error:
        seen.remarks.append((name, False, f"meshclient.cfg cannot be read. {error}", _ASK_IT))
        return
    if found is None:
        said = "Its settings file, meshclient.cfg, cannot be seen from here."
        seen.remarks.append(
            (name, False, said, "Ask your IT support for SaveSent Y and CollectReport Y for this mailbox.")
        )
        return
    if mailbox and found.mailbox and found.mailbox != mailbox.upper():
        raise AccountError(
            f"The settings of the MESH client say that this folder belongs to mailbox {found.mailbox}, not {mailbox}.",
            f"Choose the folder of mailbox {mailbox} in Settings, Connection, or correct the mailbox there.",
        )
    wrong = _wrong(found)
    told = " ".join(wrong) if wrong else f"They are right for mailbox {found.mailbox}."
    seen.remarks.append((name, not wrong, told, _ASK_IT if wrong else ""))


def _wrong(found: ClientSettings) -> list[str]:
    told = []
    if not found.tells_outcome:
        told.append(
            "SaveSent and TransferReport are off, so the program cannot see that MESH accepted a notification."
        )
    elif not found.save_sent:
        told.append("SaveSent is off: turn it on, so that what was sent is known at once.")
    if not found.collect_report:
        told.append(
            "CollectReport is off, so the program cannot see that a practice collected a notification."
        )
    return told
