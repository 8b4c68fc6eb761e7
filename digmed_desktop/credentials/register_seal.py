"""The key of the register's chain and its last head, kept in the vault: never in the database they protect."""

import json
import secrets

from digmed_desktop import untrusted
from digmed_desktop.credentials.keys import KEY_BYTES, read_key
from digmed_desktop.credentials.vault import LONGEST_SECRET, Vault, VaultError
from digmed_desktop.messaging.register import Head

KEY, HEAD = "register-key", "register-head"


class VaultSeal:
    """Keeps the seal of the register of emergency supplies in a vault. Each call may raise VaultError."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._key: bytes | None = None

    def key(self) -> bytes:
        """Return the key, made when there is none yet."""
        if self._key is None:
            kept = self._vault.get(KEY)
            if kept is None:
                self._vault.put(KEY, secrets.token_bytes(KEY_BYTES).hex())
                kept = self._vault.get(KEY)
            if kept is None:
                raise VaultError(
                    "The key of the register was not stored by the keyring, so no entry was made.",
                    "Unlock the keyring of this computer account and try again.",
                )
            self._key = read_key(kept)
        return self._key

    def head(self) -> Head | None:
        """Return the last head that was kept, None before the first."""
        kept = self._vault.get(HEAD)
        if kept is None:
            return None
        try:
            raw = untrusted.read_json_object(kept, most=LONGEST_SECRET)
            return Head(untrusted.whole_number(raw["number"], 2**63 - 1), str(raw["mac"]))
        except (ValueError, KeyError):
            raise VaultError(
                "The register's seal in the keyring is damaged.",
                "Ask for support; change nothing in the meantime.",
            ) from None

    def keep_head(self, head: Head) -> None:
        """Keep a head in place of the one before."""
        self._vault.put(HEAD, json.dumps({"number": head.number, "mac": head.mac}))
