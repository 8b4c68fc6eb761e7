"""The people of the pharmacy who use the program, and the forms they have begun."""

from dataclasses import dataclass
from datetime import datetime

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.record import Professional


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """Someone who may act here. ``pin_hash`` is slow; after wrong tries the PIN is ``locked_until``."""

    id: int
    professional: Professional
    pin_hash: str
    active: bool
    failed_tries: int
    locked_until: datetime | None


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """A form half filled in."""

    id: str
    form: str
    state: FormState
    begun_by: int | None
    changed_by: int | None
    changed_at: datetime
