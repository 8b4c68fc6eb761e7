"""The key and the head of the chain over the records, kept in the vault: never in the database they protect."""

import json
from collections.abc import Callable
from datetime import datetime

from digmed_desktop.credentials.keys import read_key
from digmed_desktop.credentials.vault import Vault, VaultError
from digmed_desktop.messaging.chain import ChainHead

KEY, HEAD = "chain-key", "chain-head"


class VaultChainSeal:
    """Keeps the seal of the chain in a vault. Each call may raise VaultError."""

    def __init__(self, vault: Vault, new_key: Callable[[], bytes]) -> None:
        """``new_key`` gives the key of a chain that has none yet."""
        self._vault, self._new_key = vault, new_key
        self._key: bytes | None = None

    def key(self) -> bytes:
        """Return the key, kept when there is none yet."""
        if self._key is None:
            kept = self._vault.get(KEY)
            if kept is None:
                self._vault.put(KEY, self._new_key().hex())
                kept = self._vault.get(KEY)
            if kept is None:
                raise VaultError(
                    "The key that seals the records was not kept by the keyring.",
                    "Unlock the keyring of this computer account and start the program again.",
                )
            self._key = read_key(kept)
        return self._key

    def head(self) -> ChainHead | None:
        """Return the head kept last, None before the first."""
        kept = self._vault.get(HEAD)
        if kept is None:
            return None
        try:
            raw = json.loads(kept)
            return ChainHead(int(raw["number"]), str(raw["mac"]), datetime.fromisoformat(raw["at"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            raise VaultError(
                "The keyring's note of how far the records go is damaged.",
                "Ask for support; change nothing meanwhile.",
            ) from None

    def keep_head(self, head: ChainHead) -> None:
        """Keep a head in place of the one before."""
        said = {"number": head.number, "mac": head.mac, "at": head.at.isoformat()}
        self._vault.put(HEAD, json.dumps(said))
