"""A pharmacy with records, a vault and settings, and a strict MESH on this computer."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from digmed_desktop.credentials.vault import Vault
from digmed_desktop.desk.connections.connection import ConnectionDesk
from digmed_desktop.history import refusals
from digmed_desktop.history.store import Store
from digmed_desktop.settings import folders as folder_room
from digmed_desktop.settings.choices import Choices
from digmed_desktop.settings.folders import Folders
from digmed_desktop.settings.settings_file import load
from tests.conftest import MemoryVault
from tests.history.fresh import fresh_store
from tests.history.samples import KEY, PHARMACY, MovedClock
from tests.managing import as_manager
from tests.mesh.conftest import (
    Authority,
    authority,
    mesh,
    other_authority,
    running_mesh,
    running_tls_mesh,
    short_pauses,
    tls_mesh,
)
from tests.mesh.strict_mesh import PASSWORD, SHARED_KEY
from tests.mesh.strict_mesh import PHARMACY as MAILBOX

__all__ = [
    "Authority",
    "authority",
    "mesh",
    "other_authority",
    "running_mesh",
    "running_tls_mesh",
    "short_pauses",
    "tls_mesh",
]


@dataclass
class Counter:
    """What lies on one PC."""

    folders: Folders
    vault: MemoryVault
    clock: MovedClock
    store: Store
    choices: Choices

    @property
    def connection(self) -> ConnectionDesk:
        return ConnectionDesk(self.store, self.vault, self.choices, self.clock)

    def answers(self, mesh_url: str, **changes: str) -> dict[str, str]:
        given = {
            "environment": "this-computer",
            "url": mesh_url,
            "mailbox": MAILBOX,
            "password": PASSWORD,
            "shared_key": SHARED_KEY,
            "addressing": "lookup",
            **changes,
        }
        return {f"connection.{name}": value for name, value in given.items()}

    def stop(self, because: str, remedy: str) -> None:
        """Have the queue stand still, as after a refusal that concerns every message."""
        self.store.profile.put(refusals.STOP, json.dumps([because, remedy]))

    def set_up(self, mesh_url: str, **changes: str) -> None:
        assert self.connection.save(self.answers(mesh_url, **changes)) == ()

    def reopen(self) -> None:
        self.store.close()
        self.store = Store.open(self.folders.database, KEY, self.clock)


@pytest.fixture
def counter(home: Path, memory_vault: MemoryVault) -> Iterator[Counter]:
    folders = folder_room.prepare(practice=False)
    clock = MovedClock()
    store = fresh_store(folders.database, KEY, clock)
    memory_vault.put("database-key", KEY.hex())
    store.profile.save_pharmacy(PHARMACY)
    choices = Choices(load(folders.settings_file).settings, folders.settings_file)
    made = Counter(folders, memory_vault, clock, store, choices)
    with as_manager(store):
        yield made
    made.store.close()


@pytest.fixture
def vault_of(counter: Counter) -> Callable[[Folders], Vault]:
    return lambda _folders: counter.vault
