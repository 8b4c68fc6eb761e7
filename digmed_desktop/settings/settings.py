"""Hold the choices of users: typed, with a default, a range and a place in the file for each value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from digmed_desktop.settings.own_product import OwnProduct


class Theme(StrEnum):
    """The colours of the window."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high-contrast"


class Addressing(StrEnum):
    """Way to find the mailbox of a GP practice."""

    LOOKUP = "lookup"  # MESH endpoint look-up by ODS code and workflow
    GP_PROVIDER = "gpprovider"  # MESH finds the practice of the patient itself


class MeshEnvironment(StrEnum):
    """Which MESH the program speaks to."""

    NONE = "none"  # no connection set up: everything is told on paper
    THIS_COMPUTER = "this-computer"  # a test MESH such as mesh-sandbox, on this very computer
    INTEGRATION = "integration"
    LIVE = "live"
    CLIENT = "mesh-client"  # the MESH client of the pharmacy's IT, through its folders


TEXT_PERCENT = range(100, 201)
LOCK_MINUTES = range(1, 121)
AMBER_HOURS = range(8, 17)
LATE_HOURS = range(17, 25)
ANSWER_DAYS = range(1, 21)

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
    mesh_folder: str = ""  # of the mailbox at the MESH client
    scanner_prefix: str = ""  # what the scanner was set to send before each scan
    scanner_separator: str = ""  # what the scanner sends in place of the separator, ASCII 29
    amber_hour: int = 12  # of the next working day, England's time: from then paper is offered, 8 to 16
    late_hour: int = 24  # of the same day: from then it needs a person, 17 to 24 (the end of the day)
    answer_days: int = 5  # working days for the practice's own answer, 1 to 20
    privacy: bool = False  # initials in place of names in lists
    data_folder: str = ""  # of newer data files, such as the programme of the next season
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
            raise ValueError("the minutes before the lock are from 1 to 120")
        if self.amber_hour not in AMBER_HOURS:
            raise ValueError("the hour for paper is from 8 to 16")
        if self.late_hour not in LATE_HOURS:
            raise ValueError("the hour for action is from 17 to 24")
        if self.answer_days not in ANSWER_DAYS:
            raise ValueError("the practice has 1 to 20 working days for its reply")

    def edition_of(self, workflow: str) -> str:
        """Return the edition chosen for a notification, or ``""`` for the program's own default."""
        return self.editions.get(workflow, "")


def _number(allowed: range) -> str:
    return f"a whole number from {allowed[0]} to {allowed[-1]}"


EXPECTED: Mapping[str, str] = {
    "theme": f"one of {', '.join(Theme)}",
    "text_percent": _number(TEXT_PERCENT),
    "lock_after_minutes": _number(LOCK_MINUTES),
    "amber_hour": _number(AMBER_HOURS),
    "late_hour": _number(LATE_HOURS),
    "answer_days": _number(ANSWER_DAYS),
    "addressing": f"one of {', '.join(Addressing)}",
    "mesh_environment": f"one of {', '.join(MeshEnvironment)}",
    "privacy": "true or false",
    "mailbox": 'the id of a mailbox, such as "X26OT001"',
    "agreed_programmes": "a list of texts",
    "editions": "a table of texts",
    "own_products": "a list of products with id, programme and display",
}
"""Types of values in a file that are not plain text."""


# value of Settings -> its table and key in the file, and its name in a sentence; the administrators' file has the same
PLACES: dict[str, tuple[str, str, str]] = {
    "theme": ("appearance", "theme", "colours"),
    "text_percent": ("appearance", "text_percent", "text size"),
    "lock_after_minutes": ("counter", "lock_after_minutes", "time to the lock"),
    "scanner_prefix": ("scanner", "prefix", "scanner's prefix"),
    "scanner_separator": ("scanner", "separator", "scanner's separator"),
    "amber_hour": ("deadlines", "amber_hour", "hour from which paper is offered"),
    "late_hour": ("deadlines", "late_hour", "hour from which action is needed"),
    "answer_days": ("deadlines", "answer_days", "days for the practice's reply"),
    "privacy": ("counter", "privacy", "privacy mode"),
    "data_folder": ("data", "folder", "folder of newer data files"),
    "directory": ("practices", "directory", "directory of practices"),
    "addressing": ("messages", "addressing", "addressing"),
    "agreed_programmes": ("messages", "agreed_programmes", "programmes agreed at onboarding"),
    "editions": ("messages", "editions", "message editions"),
    "own_products": ("messages", "own_products", "own products"),
    "mesh_environment": ("mesh", "environment", "MESH environment"),
    "mailbox": ("mesh", "mailbox", "mailbox"),
    "mesh_url": ("mesh", "url", "address of the test MESH"),
    "mesh_folder": ("mesh", "folder", "folder of the MESH client"),
}


def from_file(name: str, value: object) -> Any:
    """Return a value of a file as ``Settings`` holds it; ``ValueError`` when it is of the wrong kind."""
    match name, value:
        case "theme", str():
            return Theme(value)
        case "addressing", str():
            return Addressing(value)
        case "mesh_environment", str():
            return MeshEnvironment(value)
        case (
            "mailbox"
            | "mesh_url"
            | "mesh_folder"
            | "scanner_prefix"
            | "scanner_separator"
            | "data_folder"
            | "directory",
            str(),
        ):
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


def to_file(value: object) -> object:
    """Return a value of ``Settings`` as a file holds it."""
    match value:
        case StrEnum():
            return value.value
        case tuple():
            return [one.to_file() if isinstance(one, OwnProduct) else one for one in value]
        case Mapping():
            return dict(value)
    return value
