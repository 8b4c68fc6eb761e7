"""The key and the head of the chain over the records, kept in the vault: never in the database they protect."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from digmed_desktop.credentials.keys import read_key
from digmed_desktop.credentials.vault import Vault, VaultError
from digmed_desktop.messaging.chain import ChainHead

KEY, HEAD = "chain-key", "chain-head"
MOST_EARLIER = 10
"""Heads of earlier days that are kept beside the last one; a keyring holds some two thousand characters."""


class VaultChainSeal:
    """Keeps the seal of the chain in a vault. Each call may raise VaultError."""

    def __init__(self, vault: Vault, new_key: Callable[[], bytes]) -> None:
        """``new_key`` gives the key of a chain that has none yet."""
        self._vault, self._new_key = vault, new_key
        self._key: bytes | None = None
        self._kept: tuple[ChainHead, ...] = ()

    def key(self) -> bytes:
        """Return the key, kept when there is none yet."""
        if self._key is None:
            kept = self._vault.get(KEY)
            if kept is None:
                self._vault.put(KEY, self._new_key().hex())
                kept = self._vault.get(KEY)
            if kept is None:
                raise VaultError(
                    "The key that seals the records was not stored by the keyring.",
                    "Unlock the keyring of this computer account and start the program again.",
                )
            self._key = read_key(kept)
        return self._key

    def head(self) -> ChainHead | None:
        """Return the head kept last, None before the first."""
        kept = self.heads()
        return kept[-1] if kept else None

    def heads(self) -> tuple[ChainHead, ...]:
        """Return the last head of each of the last days, the one kept last at the end."""
        kept = self._vault.get(HEAD)
        if kept is None:
            return ()
        try:
            raw = json.loads(kept)
            self._kept = tuple(_head(one) for one in (*raw.get("earlier", ()), raw))
            return self._kept
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise VaultError(
                "The keyring's note of the last entry is damaged.",
                "Ask for support; change nothing in the meantime.",
            ) from None

    def keep_head(self, head: ChainHead) -> None:
        """Keep a head in place of the one before."""
        earlier = [one for one in self._kept if one.at.date() < head.at.date() and one.number < head.number]
        newest = {one.at.date(): one for one in earlier}
        kept = sorted(newest.values(), key=lambda one: one.number)[-MOST_EARLIER:]
        self._vault.put(HEAD, json.dumps({**_told(head), "earlier": [_told(one) for one in kept]}))
        self._kept = (*kept, head)


def _told(head: ChainHead) -> dict[str, Any]:
    return {"number": head.number, "mac": head.mac, "at": head.at.isoformat()}


def _head(raw: dict[str, Any]) -> ChainHead:
    return ChainHead(int(raw["number"]), str(raw["mac"]), datetime.fromisoformat(raw["at"]))
