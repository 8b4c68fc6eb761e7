"""The key of the encrypted history: made once, kept in the vault, never anywhere else."""

import re
import secrets

from digmed_desktop.credentials.vault import Vault, VaultError

KEY_BYTES = 32  # SQLCipher's raw key; any other length would be taken for a passphrase


class DamagedKeyError(VaultError):
    """A key is in the vault, and is none."""


class DatabaseKey:
    """The key of a database under a name of the vault.

    A new key waits under a second name until the database that it opens is in its place. So a key under the first
    name always says that there were records. Each call may raise :class:`VaultError`; never log what one returns.
    Two programs must not make a key at once: the caller holds the data folder's lock.
    """

    def __init__(self, vault: Vault, name: str) -> None:
        self._vault, self._name, self._waiting = vault, name, f"{name}-new"

    def kept(self) -> bytes | None:
        """Return the key of the database, None where there is none. VaultError also for a damaged one."""
        kept = self._vault.get(self._name)
        return None if kept is None else read_key(kept)

    def waiting(self) -> bytes | None:
        """Return the key that waits for its database, None where there is none that can be one."""
        kept = self._vault.get(self._waiting)
        try:
            return None if kept is None else read_key(kept)
        except DamagedKeyError:
            return None

    def make(self) -> bytes:
        """Return the key for a database that is about to be made; it waits for :meth:`settle`."""
        found = self.waiting()
        if found is None:
            self._vault.put(self._waiting, secrets.token_bytes(KEY_BYTES).hex())
            found = self.waiting()
        if found is None:
            raise VaultError(
                "The new key was not stored by the keyring, so nothing was stored.",
                "Unlock the keyring of this computer account and start the program again.",
            )
        return found

    def settle(self) -> None:
        """Keep the waiting key as that of the database, which is in its place."""
        waiting = self._vault.get(self._waiting)
        if waiting is not None:
            self._vault.put(self._name, waiting)
            self._vault.remove(self._waiting)

    def put_back(self, key: bytes) -> None:
        """Keep a key that was found to open the database."""
        self._vault.put(self._name, key.hex())
        self._vault.remove(self._waiting)

    def for_restore(self) -> bytes:
        """Return the key for a restored database: the one in use, or a new one where it is lost or damaged."""
        try:
            found = self.kept()
        except DamagedKeyError:
            found = None
        return self.make() if found is None else found


def lost() -> VaultError:
    """Return the error for a database without a key: a new key would only hide that it cannot be read."""
    return VaultError(
        "The records on this computer are encrypted, and their key is not in the keyring of this account.",
        "Sign in with the computer account that the program was set up with. If the key is lost, restore a backup.",
    )


def read_key(kept: str) -> bytes:
    """Return a key of the vault; VaultError when it is damaged."""
    if not re.fullmatch(rf"[0-9a-f]{{{KEY_BYTES * 2}}}", kept):
        raise DamagedKeyError(
            "A key of the records was found in the keyring, but it is damaged.",
            "Restore a backup, or ask for support; do not delete the data folder.",
        )
    return bytes.fromhex(kept)
