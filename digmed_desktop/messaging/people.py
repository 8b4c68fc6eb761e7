"""The people of the pharmacy who use the program, and the forms they have begun."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.record import Professional

AS_PROFESSION = "profession"
"""The answer that someone works here as what their profession is."""


class Why(StrEnum):
    """Name the act that gave a person their access."""

    FIRST_RUN = "first-run"
    PHRASE = "recovery-phrase"
    CHANGED = "changed"  # by a manager


@dataclass(frozen=True, slots=True, repr=False)
class Access:
    """Access of a person: manager, locum until a last day, or by profession."""

    manager: bool = False
    until: date | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """Someone who may act here. ``pin_hash`` is slow; after wrong tries the PIN is ``locked_until``."""

    id: int
    professional: Professional
    pin_hash: str
    active: bool
    failed_tries: int
    locked_until: datetime | None
    access: Access = Access()


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """A form half filled in."""

    id: str
    form: str
    state: FormState
    begun_by: int | None
    changed_by: int | None
    changed_at: datetime
    can_be_read: bool = True  # else there is no state, and nothing may take its place
