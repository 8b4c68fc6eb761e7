"""The gate before every act of a person: who works here, as what, and whether the table lets them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from digmed_desktop.clinical import dates
from digmed_desktop.data_files.fault import REMEDY
from digmed_desktop.messaging.audit import AuditAct, AuditEntry
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.people import Person
from digmed_desktop.messaging.permissions import Permission, WorkRole
from digmed_desktop.reference import permissions, roles

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store

NO_MANAGER = (
    "This pharmacy has no manager yet: a pharmacist becomes manager with the recovery phrase, under People."
)
_ACTING: ContextVar[int | None] = ContextVar("acting", default=None)
_PHARMACIST = "A pharmacist signs in with their PIN."


class NotPermittedError(DigMedError):
    """This person may not do this; nothing was done."""


class NobodySignedInError(NotPermittedError):
    """Nobody is signed in, so nothing was done: a page behind the lock asked, or whoever asked has locked since."""


@contextmanager
def acting(person_id: int | None) -> Iterator[None]:
    """Let a person act in this block: who is signed in as something is asked of the desk."""
    before = _ACTING.set(person_id)
    try:
        yield
    finally:
        _ACTING.reset(before)


def acting_id() -> int | None:
    """Return who is signed in as something is asked of the desk, None for nobody."""
    return _ACTING.get()


class Gate:
    """Asks the table. The program itself passes no gate: what it does alone carries no person."""

    def __init__(self, store: "Store") -> None:
        self._store, self._clock = store, store.clock

    def allow(self, permission: Permission, by: int | None = None) -> Person:
        """Return who acts: ``by``, or whoever is signed in. Raises NotPermittedError with who may and what to do."""
        person = self.known(by)
        if (refused := _refusal(permission, person, self.managers)) is not None:
            raise refused
        return person

    def refusals(self, person: Person) -> dict[Permission, str]:
        """Return what somebody who works here may not do, each with the sentence that says who may."""
        managers = self.managers()
        found = {one: _refusal(one, person, lambda: managers) for one in Permission}
        return {permission: str(refused) for permission, refused in found.items() if refused is not None}

    def note(
        self,
        act: AuditAct,
        note: str = "",
        *,
        about: int | None = None,
        by: int | None = None,
        again: bool = True,
    ) -> None:
        """Note in the audit what was done by ``by``, or by whoever is signed in.

        Not ``again``: a page that reads the same once more is no act of its own.

        Records that are open only to be looked at take in nothing, so what is seen of them is not noted.
        """
        if not self._store.chain.is_look_only:
            person = _ACTING.get() if by is None else by
            self._store.audit.add(AuditEntry(act, person, about, note), again=again)

    def may(self, permission: Permission, by: int | None = None) -> bool:
        """Whether a person may do something now."""
        return not self.refusal(permission, by)

    def refusal(self, permission: Permission, by: int | None = None) -> str:
        """Return why a person may not do something now and who may, ``""`` where they may."""
        try:
            self.allow(permission, by)
        except NotPermittedError as error:
            return str(error)
        return ""

    def known(self, by: int | None = None) -> Person:
        """Return who acts, whatever they do. Raises NotPermittedError for nobody, strangers, and who has left."""
        by = _ACTING.get() if by is None else by
        if by is None:
            raise NobodySignedInError("Nobody is signed in.", "Sign in with your PIN and try again.")
        person = self._store.people.get(by)
        if person is None or not person.active:
            raise NotPermittedError(
                "The person who is signed in no longer works here.", "Someone else signs in and does it."
            )
        if self.has_ended(person):
            raise NotPermittedError(ended(person), "A manager can enter a later day under People.")
        return person

    def has_ended(self, person: Person) -> bool:
        """Whether the last day of a locum is over: by the clock, or by what was sealed on a later day."""
        if (until := person.access.until) is None:
            return False
        over = datetime.combine(until + timedelta(days=1), time(), dates.ENGLAND)
        return self._clock.now() >= over or self._store.people.has_seen(person.id, over)

    def managers(self) -> list[Person]:
        """Return the managers who work here."""
        return [one for one in self._store.people.all() if one.active and one.access.manager]


def _refusal(
    permission: Permission, person: Person, managers: Callable[[], Sequence[Person]]
) -> NotPermittedError | None:
    """Return why somebody who works here may not do something and who may, None where they may."""
    rule = permissions.rules().get(permission)
    if rule is None:
        return NotPermittedError("The table of who may do what has a fault.", REMEDY)
    if work_role(person) not in rule.roles:
        return NotPermittedError(f"You are not allowed to {rule.label} here.", _who_may(rule, managers))
    if rule.pharmacist and not is_pharmacist(person):
        return NotPermittedError(f"Only a pharmacist may {rule.label}.", _PHARMACIST)
    return None


def _who_may(rule: permissions.Rule, managers: Callable[[], Sequence[Person]]) -> str:
    if rule.roles == {WorkRole.MANAGER}:
        names = [one.professional.name.spoken() for one in managers()]
        if not names:
            return NO_MANAGER
        return f"A manager has to do it: {' or '.join(names)} signs in."
    labels = [permissions.labels()[one].lower() for one in WorkRole if one in rule.roles]
    return f"Ask one of these to sign in: {', '.join(labels)}."


def work_role(person: Person) -> WorkRole:
    """Return as what a person works here."""
    if person.access.manager:
        return WorkRole.MANAGER
    if person.access.until is not None:
        return WorkRole.LOCUM
    role = roles.of(person.professional.role)
    return role.works_as if role else WorkRole.ASSISTANT


def is_pharmacist(person: Person) -> bool:
    """Whether a person is a pharmacist by profession."""
    role = roles.of(person.professional.role)
    return bool(role and role.may_finish_supply)


def ended(person: Person) -> str:
    """Return the sentence about a last day that is over."""
    until = person.access.until
    day = dates.shown(until) if until else ""
    return f"The last day of {person.professional.name.spoken()} here was {day}."
