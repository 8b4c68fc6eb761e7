"""The secrets that came with a backup: taken into the vault without writing over newer ones unseen."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from digmed_desktop.credentials import chain_seal, register_seal
from digmed_desktop.desk.connections.connection import PASSWORD, PROXY, SHARED_KEY

if TYPE_CHECKING:
    from digmed_desktop.credentials.vault import Vault
    from digmed_desktop.history.store import Store

_IN_WORDS = {PASSWORD: "the MESH password", SHARED_KEY: "the MESH shared key", PROXY: "the proxy"}
_ASIDE = "{name}-before-restore"


def take(store: "Store", vault: "Vault") -> bool:
    """Take what a restored database brought; return whether there was anything."""
    from digmed_desktop.history.backup import note_restored

    carried = store.backups.carried()
    if not carried:
        return False
    note_restored(store.profile, merge(vault, carried))
    store.backups.forget_carried()
    return True


def merge(vault: "Vault", carried: Mapping[str, str]) -> tuple[str, ...]:
    """Put secrets of a backup into the vault; return in words those that differ and were kept as the vault has them.

    The keys of the seals come from the backup, for only they fit what was restored; those that were there stay under
    another name. The register's head is the longer one: what was entered in the register cannot be made undone.
    """
    _keys(vault, carried)
    kept = []
    for name, value in carried.items():
        if name in (register_seal.KEY, register_seal.HEAD, chain_seal.KEY):
            continue
        found = vault.get(name)
        if found is None:
            vault.put(name, value)
        elif found != value:
            kept.append(_IN_WORDS.get(name, name))
    return tuple(kept)


def _keys(vault: "Vault", carried: Mapping[str, str]) -> None:
    head = carried.get(register_seal.HEAD)
    before = vault.get(register_seal.KEY)
    same = before is None or before == carried.get(register_seal.KEY, before)
    for name in (register_seal.KEY, chain_seal.KEY):
        value, found = carried.get(name), vault.get(name)
        if value is not None and value != found:
            if found is not None:
                vault.put(_ASIDE.format(name=name), found)
            vault.put(name, value)
    mine = vault.get(register_seal.HEAD)
    if head is not None and (mine is None or not same or _number(mine) < _number(head)):
        if mine is not None and not same:
            vault.put(_ASIDE.format(name=register_seal.HEAD), mine)
        vault.put(register_seal.HEAD, head)


def _number(head: str) -> int:
    try:
        return int(json.loads(head)["number"])
    except (ValueError, KeyError, TypeError):
        return 0
