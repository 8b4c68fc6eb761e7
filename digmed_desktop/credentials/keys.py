"""The key of the encrypted history: made once, kept in the vault, never anywhere else."""

import re
import secrets
from pathlib import Path

from digmed_desktop.credentials.vault import Vault, VaultError

KEY_BYTES = 32  # SQLCipher's raw key; any other length would be taken for a passphrase


def database_key(vault: Vault, name: str, *, database: Path) -> bytes:
    """Return the key kept under ``name``, made and stored first when there is neither key nor database.

    ``database`` is the file that the key opens: when it exists and its key is gone, a new key would only hide
    that the old data cannot be read, so that is an error. Raises :class:`VaultError`. Never log what this
    returns. Two programs must not call it at once for a database that does not exist yet; the caller holds
    the data folder's lock.
    """
    kept = vault.get(name)
    if kept is not None:
        return read_key(kept)
    if database.exists():
        raise VaultError(
            "The records on this computer are encrypted, and their key is not in the keyring of this "
            "account.",
            "Sign in with the computer account that the program was set up with. If the key is lost, "
            "restore a backup.",
        )
    vault.put(name, secrets.token_bytes(KEY_BYTES).hex())
    stored = vault.get(name)
    if stored is None:
        raise VaultError(
            "The new key was not kept by the keyring, so nothing was stored.",
            "Unlock the keyring of this computer account and start the program again.",
        )
    return read_key(stored)


def read_key(kept: str) -> bytes:
    """Return a key of the vault; VaultError when it is damaged."""
    if not re.fullmatch(rf"[0-9a-f]{{{KEY_BYTES * 2}}}", kept):
        raise VaultError(
            "A key of the records was found in the keyring, but it is damaged.",
            "Restore a backup, or ask for support; do not delete the data folder.",
        )
    return bytes.fromhex(kept)
