"""The recorded bursts of ``bursts.toml``."""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True)
class Recorded:
    """One burst and what must become of it."""

    name: str
    sent: str
    found: str
    gap: float = 8.0
    slow: bool = False
    substitute: str = ""
    gtin: str = ""
    batch: str = ""
    expiry: date | None = None
    serial: str = ""
    nhs_number: str = ""
    batches: tuple[str, ...] = ()
    says: str = ""
    notes: str = ""


def all_of_them() -> tuple[Recorded, ...]:
    raw = tomllib.loads(Path(__file__).with_name("bursts.toml").read_text(encoding="utf-8"))
    return tuple(Recorded(**{**one, "batches": tuple(one.get("batches", ()))}) for one in raw["burst"])
