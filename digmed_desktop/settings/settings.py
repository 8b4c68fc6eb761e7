"""What users have chosen, in one TOML file: typed, with a default for each value.

A file that cannot be read never stops the program: it is kept aside, the defaults hold, and a sentence says
so. What the file holds beyond the values known here (written by a newer version, or by hand) stays in it when
it is saved.
"""

import contextlib
import os
import re
import tempfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from digmed_desktop import untrusted
from digmed_desktop.files.replacing import replace
from digmed_desktop.settings.own_product import OwnProduct


class Theme(StrEnum):
    """The colours of the window."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high-contrast"


class Addressing(StrEnum):
    """How the mailbox of a GP practice is found."""

    LOOKUP = "lookup"  # MESH endpoint look-up by ODS code and workflow
    GP_PROVIDER = "gpprovider"  # MESH finds the practice of the patient itself


class MeshEnvironment(StrEnum):
    """Which MESH the program speaks to."""

    NONE = "none"  # no connection set up: everything is told on paper
    THIS_COMPUTER = "this-computer"  # a test MESH such as mesh-sandbox, on this very computer
    INTEGRATION = "integration"
    LIVE = "live"


TEXT_PERCENT = range(100, 201)
LOCK_MINUTES = range(1, 121)
AMBER_HOURS = range(8, 17)
LATE_HOURS = range(17, 25)
ANSWER_DAYS = range(1, 21)

MOST_BYTES = 1_000_000
"""Of the settings file; one with a hundred products of one's own has 30 kB."""

CHANGED = (
    "The settings file was changed outside the program, or the disk damaged it. What it says holds: check the mailbox, "
    "the connection and the deadlines in Settings, and save them."
)

_NO_EDITIONS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices of one pharmacy on one computer."""

    theme: Theme = Theme.SYSTEM
    text_percent: int = 100  # of the usual size, 100 to 200
    lock_after_minutes: int = 10  # without a key or click, 1 to 120
    addressing: Addressing = Addressing.LOOKUP
    mesh_environment: MeshEnvironment = MeshEnvironment.NONE
    mailbox: str = ""
    mesh_url: str = ""  # of a MESH on this computer only; the others have one address
    scanner_prefix: str = ""  # what the scanner was set to send before each scan
    scanner_separator: str = ""  # what the scanner sends in place of the separator, ASCII 29
    amber_hour: int = 12  # of the next working day, England's time: from then paper is offered, 8 to 16
    late_hour: int = 24  # of the same day: from then it needs a person, 17 to 24 (the end of the day)
    answer_days: int = 5  # working days for the practice's own answer, 1 to 20
    privacy: bool = False  # initials in place of names in lists
    directory: str = ""  # base address of the directory of practices; "" for the national one
    agreed_programmes: tuple[str, ...] = ("influenza",)  # sent electronically: agreed at onboarding
    editions: Mapping[str, str] = field(
        default_factory=lambda: _NO_EDITIONS
    )  # by workflow id of the notification
    own_products: tuple[OwnProduct, ...] = ()  # vaccines that the pharmacy added

    def __post_init__(self) -> None:
        if self.text_percent not in TEXT_PERCENT:
            raise ValueError("the text size is from 100 to 200 per cent")
        if self.lock_after_minutes not in LOCK_MINUTES:
            raise ValueError("the time to the lock is from 1 to 120 minutes")
        if self.amber_hour not in AMBER_HOURS:
            raise ValueError("paper is offered from 8 to 16 o'clock")
        if self.late_hour not in LATE_HOURS:
            raise ValueError("a person is needed from 17 to 24 o'clock")
        if self.answer_days not in ANSWER_DAYS:
            raise ValueError("the practice has 1 to 20 working days for its answer")

    def edition_of(self, workflow: str) -> str:
        """Return the edition chosen for a notification, or ``""`` for the program's own default."""
        return self.editions.get(workflow, "")


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings as they were found; ``sentence`` says what could not be read and what was done."""

    settings: Settings
    sentence: str = ""


# value of Settings -> its table and key in the file, and its name in a sentence; the administrators' file has the same
PLACES: dict[str, tuple[str, str, str]] = {
    "theme": ("appearance", "theme", "colours"),
    "text_percent": ("appearance", "text_percent", "text size"),
    "lock_after_minutes": ("counter", "lock_after_minutes", "time to the lock"),
    "scanner_prefix": ("scanner", "prefix", "scanner's prefix"),
    "scanner_separator": ("scanner", "separator", "scanner's separator"),
    "amber_hour": ("deadlines", "amber_hour", "hour from which paper is offered"),
    "late_hour": ("deadlines", "late_hour", "hour from which a person is needed"),
    "answer_days": ("deadlines", "answer_days", "days for the practice's answer"),
    "privacy": ("counter", "privacy", "privacy mode"),
    "directory": ("practices", "directory", "directory of practices"),
    "addressing": ("messages", "addressing", "addressing"),
    "agreed_programmes": ("messages", "agreed_programmes", "programmes agreed at onboarding"),
    "editions": ("messages", "editions", "message editions"),
    "own_products": ("messages", "own_products", "own products"),
    "mesh_environment": ("mesh", "environment", "MESH environment"),
    "mailbox": ("mesh", "mailbox", "mailbox"),
    "mesh_url": ("mesh", "url", "address of the test MESH"),
}


def load(file: Path) -> Loaded:
    """Return the settings in ``file``; the defaults when there is no such file yet.

    A value that is not one of those allowed falls back to its default alone. A file that is no TOML is
    renamed to ``settings.broken.toml`` beside it. One that was changed since the program wrote it holds, and is told.
    """
    try:
        content = untrusted.read_bytes(file, MOST_BYTES)
        raw = untrusted.read_toml(content, most=MOST_BYTES)
    except FileNotFoundError:
        return Loaded(Settings())
    except OSError:
        return Loaded(
            Settings(),
            "The settings could not be read, so the program starts with its own. Check the rights of "
            "the settings file.",
        )
    except ValueError:  # no TOML, or not even text
        kept = _keep_aside(file)
        where = f" The old file was kept as {kept.name}." if kept else ""
        return Loaded(
            Settings(), f"The settings file is damaged, so the program starts with its own settings.{where}"
        )
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for name, (table, key, words) in PLACES.items():
        found = raw.get(table, {})
        if not isinstance(found, dict):
            wrong.append(words)
        elif key in found:
            try:
                value = from_file(name, found[key])
                Settings(**{name: value})  # its own check of ranges
            except ValueError:
                wrong.append(words)
            else:
                values[name] = value
    sentence = ""
    if wrong:
        sentence = (
            f"Some settings could not be understood and start afresh: {', '.join(wrong)}. Check them in "
            "Settings."
        )
    elif not _is_as_written(content):
        sentence = CHANGED
    return Loaded(Settings(**values), sentence)


def save(file: Path, settings: Settings) -> None:
    """Write ``settings`` in one step: after a power cut there is the old file or the new one. Raises
    ``OSError``.

    Comments written by hand are lost; keys that are not known here are kept.
    """
    import tomli_w

    try:
        raw = _read(file)
    except FileNotFoundError:
        raw = {}
    except ValueError:
        _keep_aside(file)
        raw = {}
    for name, (table, key, _words) in PLACES.items():
        if not isinstance(raw.get(table), dict):
            raw[table] = {}
        raw[table][key] = _to_file(getattr(settings, name))
    handle, temporary = tempfile.mkstemp(prefix=".settings-", suffix=".toml", dir=file.parent)  # 0600
    try:
        with os.fdopen(handle, "wb") as out:
            content = tomli_w.dumps(raw).encode()
            out.write(_check_line(content) + content)
            out.flush()
            os.fsync(out.fileno())
        replace(Path(temporary), file)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def _read(file: Path) -> dict[str, Any]:
    return untrusted.read_toml(untrusted.read_bytes(file, MOST_BYTES), most=MOST_BYTES)


def _check_line(content: bytes) -> bytes:
    """Return the first line of the file: it shows whether the rest is as the program wrote it."""
    return b"# check: %08x. The program writes this file; change it in Settings.\n" % zlib.crc32(content)


def _is_as_written(content: bytes) -> bool:
    """Whether the file is as it was written; a file without the line of an earlier version, or by hand, counts as such."""
    first, _, rest = content.partition(b"\n")
    told = re.match(rb"# check: ([0-9a-f]{8})\.", first)
    return told is None or told[1] == b"%08x" % zlib.crc32(rest)


def _keep_aside(file: Path) -> Path | None:
    """Rename a damaged file so that nothing overwrites it; None when even that fails."""
    number = 1
    kept = file.with_suffix(f".broken{file.suffix}")
    while kept.exists():
        number += 1
        kept = file.with_suffix(f".broken-{number}{file.suffix}")
    try:
        return replace(file, kept)
    except OSError:
        return None


def from_file(name: str, value: object) -> Any:
    """Return a value of a file as ``Settings`` holds it; ``ValueError`` when it is of the wrong kind."""
    match name, value:
        case "theme", str():
            return Theme(value)
        case "addressing", str():
            return Addressing(value)
        case "mesh_environment", str():
            return MeshEnvironment(value)
        case (("mailbox" | "mesh_url" | "scanner_prefix" | "scanner_separator" | "directory"), str()):
            return value
        case "privacy", bool():
            return value
        case (
            ("text_percent" | "lock_after_minutes" | "amber_hour" | "late_hour" | "answer_days"),
            int(),
        ) if not isinstance(value, bool):
            return value
        case "agreed_programmes", list() if all(isinstance(one, str) for one in value):
            return tuple(value)
        case "own_products", list():
            return tuple(OwnProduct.from_file(one) for one in value)
        case "editions", dict() if all(isinstance(one, str) for one in value.values()):
            return MappingProxyType(dict(value))
    raise ValueError(f"{name} has a value of the wrong kind")


def _to_file(value: object) -> object:
    match value:
        case StrEnum():
            return value.value
        case tuple():
            return [one.to_file() if isinstance(one, OwnProduct) else one for one in value]
        case Mapping():
            return dict(value)
    return value
