"""The connection that administrators chose: when it may be used, and what a person may not change of it."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from digmed_desktop.clinical.problem import Problem
from digmed_desktop.messaging.errors import AccountError
from digmed_desktop.settings.choices import Choices
from digmed_desktop.settings.settings import MeshEnvironment

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store

LAST_USED = "mesh.environment"  # in the records
FOR_A_TEST = (
    "{} of the notifications wait since a test system was connected, and would go to real practices now. Cancel "
    "them first, then change to live."
)
_MOVED = (
    "Your IT support has named another MESH or mailbox, and the "
    "one in use may have taken {} of the notifications: only it can "
    "tell. Nothing is sent or collected."
)
_WAIT = (
    "Ask your IT support to name the earlier one until no notification says “Checking” or “With the MESH client”. "
    "Or send those practices a paper copy."
)
_USED = ("mesh_environment", "mailbox", "mesh_url", "mesh_folder")
TO_PRACTICES = (MeshEnvironment.LIVE, MeshEnvironment.CLIENT)
"""Ways by which notifications reach real practices, as far as can be told from here."""
_FIELDS = {
    "environment": "mesh_environment",
    "mailbox": "mailbox",
    "url": "mesh_url",
    "folder": "mesh_folder",
    "addressing": "addressing",
}
"""Fields of the page of the connection, and the values of Settings that they are."""


def take(store: "Store", choices: Choices, waiting_for_a_test: Callable[[], int]) -> AccountError | None:
    """Take the mailbox that the administrators chose; or return why nothing may be sent or collected.

    The same holds as for a person who changes the connection: another mailbox cannot tell what the one of before took.
    """
    if choices.doubt:
        return AccountError(choices.doubt, choices.remedy)
    before, now = choices.own(), choices.now()
    if all(getattr(before, name) == getattr(now, name) for name in _USED):
        return None
    if before.mesh_environment is not MeshEnvironment.NONE and (unsure := store.deliveries.unsure()):
        return AccountError(_MOVED.format(unsure), _WAIT)
    if now.mesh_environment in TO_PRACTICES and (waiting := waiting_for_a_test()):
        return AccountError(FOR_A_TEST.format(waiting))
    if now.mesh_environment is not MeshEnvironment.NONE:
        store.profile.put(LAST_USED, json.dumps(now.mesh_environment.value))
    choices.adopt(*_USED)
    return None


def problems(choices: Choices, typed: Mapping[str, str]) -> tuple[Problem, ...]:
    """Return a problem for each thing typed that differs from what the administrators chose."""
    now = choices.now()
    return tuple(
        Problem(f"connection.{field}", "This is set by your IT support. Ask them to change it.")
        for field, name in _FIELDS.items()
        if choices.policy.locks(name)
        and typed.get(f"connection.{field}", "").strip() != str(getattr(now, name))
    )
