"""Has a manager say at the command line who they are, before an act that needs one."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from digmed_desktop.credentials.tries import TryBook
from digmed_desktop.desk.gate import NO_MANAGER, Gate, NotPermittedError
from digmed_desktop.desk.people.people import PeopleDesk
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.people import Person
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.reference import permissions

if TYPE_CHECKING:
    from digmed_desktop.credentials.vault import Vault
    from digmed_desktop.history.store import Store

AskManager = Callable[[list[str]], tuple[int, str]]
"""Given the managers' names, returns which one it is, and the PIN."""


def prompted_manager(
    store: "Store", vault: "Vault", clock: Clock, ask: AskManager, permission: Permission
) -> Person:
    """Return the manager who acts, once the PIN is right. Raises NotPermittedError, DigMedError; nothing changed then."""
    gate = Gate(store)
    managers = gate.managers()
    if not managers:
        label = permissions.rules()[permission].label
        raise NotPermittedError(f"Only a manager may {label}.", NO_MANAGER)
    which, pin = ask([one.professional.name.spoken() for one in managers])
    chosen = managers[which]
    outcome = PeopleDesk(store, clock, TryBook(vault)).sign_in(chosen.id, pin)
    if outcome.person is None:
        raise DigMedError(outcome.sentence, "Nothing was changed.")
    return gate.allow(permission, chosen.id)
