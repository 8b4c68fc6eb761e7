"""Store secrets: in the keyring of the operating system, or for practice mode a file beside its
fictional data.

A vault is used from a worker thread: a locked keyring may show its own prompt and wait for a person. One that does not
answer is given up in time (``waiting``).
"""

import contextlib
import json
import os
import secrets
import tempfile
from configparser import Error as ConfigError
from configparser import RawConfigParser
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from digmed_desktop import untrusted
from digmed_desktop.credentials import protection, waiting
from digmed_desktop.credentials.protection import Protection
from digmed_desktop.files.replacing import replace
from digmed_desktop.messaging.errors import DigMedError, NotStartedError
from digmed_desktop.settings.folders import is_practice_data

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "DigMed Desktop"
_MOST_BYTES = 1_000_000  # of practice mode's file
LONGEST_SECRET = 1000
"""Characters. Windows keeps 2,560 bytes of UTF-16 (CRED_MAX_CREDENTIAL_BLOB_SIZE), so a longer secret is
refused everywhere.
"""

SAFE_BACKENDS = {
    "keyring.backends.Windows": "the Windows Credential Manager of this account",
    "keyring.backends.macOS": "the macOS keychain of this account",
    "keyring.backends.SecretService": "the keyring of this account (Secret Service)",
    "keyring.backends.libsecret": "the keyring of this account (libsecret)",
    "keyring.backends.kwallet": "the KDE wallet of this account",
}
"""The modules whose back-ends encrypt what they keep, and how each is named on the screen. Nothing else is
trusted.
"""


class VaultError(DigMedError):
    """Secrets cannot be kept or read."""


class VaultSilentError(VaultError, NotStartedError):
    """The keyring does not answer: nothing is wrong with what it keeps, nor with the records."""


class Vault(Protocol):
    """Keeps secrets by name. Each call may raise :class:`VaultError`."""

    @property
    def kept_in(self) -> str:
        """Name the place of the secrets, for the screen."""
        ...

    def get(self, name: str) -> str | None:
        """Return a secret, or None when none of that name is kept."""
        ...

    def put(self, name: str, value: str) -> None:
        """Keep a secret, in place of an older one of that name."""
        ...

    def remove(self, name: str) -> None:
        """Forget a secret; nothing happens when there is none."""
        ...


_UNLOCK = (
    "Unlock the keyring of this computer account, usually by signing in with its password, and start the "
    "program again."
)
_SET_UP = (
    "On Windows sign in with a normal account; on Linux install and unlock a keyring such as GNOME "
    "Keyring or KWallet. "
    "To try the program without one, use practice mode."
)

_REMOVE = "Remove that choice (the variable PYTHON_KEYRING_BACKEND or the file keyringrc.cfg). "


class KeyringVault:
    """The operating system's keyring, through ``keyring``.

    Only back-ends named in :data:`SAFE_BACKENDS` are used, whatever the environment or a configuration file
    chose; each secret is an entry of its own. On Windows entries stay on this computer and do not roam with
    the account. Making one writes, reads and removes a probe; raises :class:`VaultError` when that fails.
    """

    def __init__(self, service: str = SERVICE) -> None:
        self._service = service
        try:
            self._backends = waiting.call(_safe_backends)
        except waiting.NoAnswerError as error:
            raise _told(error) from None
        self.protection = self._probe()

    @property
    def kept_in(self) -> str:
        """Name the place of the secrets, for the screen."""
        return SAFE_BACKENDS[type(self._backends[0]).__module__]

    def get(self, name: str) -> str | None:
        """Return a secret, or None when none of that name is kept. Raises :class:`VaultError`."""
        for backend in self._backends:
            try:
                value = waiting.call(partial(backend.get_password, *self._entry(name)))
            except Exception as error:
                raise _told(error) from error
            if value is not None:
                return value
        return None

    def put(self, name: str, value: str) -> None:
        """Keep a secret of at most :data:`LONGEST_SECRET` characters. Raises :class:`VaultError`."""
        if len(value) > LONGEST_SECRET:
            raise ValueError("too long for a keyring entry")
        try:
            waiting.call(partial(self._backends[0].set_password, *self._entry(name), value))
        except Exception as error:
            raise _told(error) from error

    def remove(self, name: str) -> None:
        """Forget a secret wherever it is kept. Raises :class:`VaultError`."""
        for backend in self._backends:
            try:
                if waiting.call(partial(backend.get_password, *self._entry(name))) is not None:
                    waiting.call(partial(backend.delete_password, *self._entry(name)))
            except Exception as error:
                raise _told(error) from error

    def _entry(self, name: str) -> tuple[str, str]:
        # the name is part of the service too: Windows would move entries that share a service about
        return f"{self._service}: {name}", name

    def _probe(self) -> Protection:
        """Keep, read and remove a probe; return whether what is kept was seen to be protected."""
        name, value = f"probe-{secrets.token_hex(4)}", secrets.token_hex(16)
        before = protection.look(value)
        self.put(name, value)
        try:
            read = self.get(name)
            during = protection.look(value)
        finally:
            self.remove(name)
        if read != value or self.get(name) is not None:
            raise VaultError("The keyring of this computer does not store what is saved in it.", _SET_UP)
        return protection.judged(before, during)


def _safe_backends() -> "list[KeyringBackend]":
    """Return the trustworthy back-ends, the one to write to first. Raises :class:`VaultError` when there is
    none.
    """
    import keyring
    from keyring.backends.chainer import ChainerBackend

    try:
        chosen = keyring.get_keyring()
        parts = list(chosen.backends) if isinstance(chosen, ChainerBackend) else [chosen]
    except (
        Exception
    ) as error:  # a back-end named in the environment or a file may fail in any way while it loads
        if (named := _named_backend()) and isinstance(error, ImportError | AttributeError | ValueError):
            raise VaultError(
                f"The keyring chosen for this account is not installed: {named}.", _REMOVE + _SET_UP
            ) from error
        raise VaultError("The keyring of this computer could not be opened.", _SET_UP) from error
    safe = [part for part in parts if type(part).__module__ in SAFE_BACKENDS]
    if not safe:
        found = ", ".join(f"{type(part).__module__}.{type(part).__name__}" for part in parts)
        if found in {"", "keyring.backends.fail.Keyring"}:
            raise VaultError(
                "This computer has no keyring to protect keys and passwords, so no patient data can be stored.",
                _SET_UP,
            )
        raise VaultError(
            f"The keyring that is set up here does not protect what it keeps ({found}), so it is not used.",
            _REMOVE + _SET_UP,
        )
    for part in safe:
        if type(part).__module__ == "keyring.backends.Windows":
            windows: Any = part
            windows.persist = "local machine"
    return safe


def _named_backend() -> str:
    """Return the back-end that the environment or keyring's own file names, or ``""``."""
    if named := os.environ.get("PYTHON_KEYRING_BACKEND", "").strip():
        return named
    from keyring.util import platform_

    choice = RawConfigParser()
    with contextlib.suppress(ConfigError, OSError, UnicodeDecodeError):
        choice.read(Path(platform_.config_root()) / "keyringrc.cfg", encoding="utf-8")
        return choice.get("backend", "default-keyring", fallback="").strip()
    return ""


def protection_of(vault: Vault) -> Protection:
    """Return whether a vault was seen to protect what it keeps."""
    account = getattr(vault, "account", vault)  # the vault of one database lies in that of the account
    return account.protection if isinstance(account, KeyringVault) else Protection.NOT_CHECKED


def _told(error: Exception) -> VaultError:
    """Return what a failure of a back-end means. Each raises its own system's errors, too many to list."""
    from keyring.errors import InitError, KeyringLocked

    if isinstance(error, waiting.NoAnswerError):
        return VaultSilentError(
            f"The keyring of this computer account did not answer within {waiting.PATIENCE:.0f} seconds.",
            "It may be asking for its password in its own window. Unlock it there, then try again.",
        )
    if isinstance(error, KeyringLocked):
        return VaultError("The keyring of this computer account is locked.", _UNLOCK)
    if isinstance(error, InitError):
        return VaultError(
            "The keyring of this computer account could not be opened or has not been set up.", _UNLOCK
        )
    return VaultError("The keyring of this computer account did not respond correctly.", _UNLOCK)


class FileVault:
    """Practice mode's secrets, in the clear in a file beside its fictional data.

    It cannot be made for anything else: ``practice`` must be True and the folder must carry practice mode's
    mark.
    """

    def __init__(self, folder: Path, *, practice: bool) -> None:
        if not practice or not is_practice_data(folder):
            raise VaultError(
                "Keys to real patient data are never stored in a file.",
                "Set up a keyring for this computer account, or use practice mode. " + _SET_UP,
            )
        self._file = folder / "practice-secrets.json"

    @property
    def kept_in(self) -> str:
        """Name the place of the secrets, for the screen."""
        return "an unprotected file beside the data of practice mode (fictional patients only)"

    def get(self, name: str) -> str | None:
        """Return a secret, or None when none of that name is kept. Raises :class:`VaultError`."""
        return self._read().get(name)

    def put(self, name: str, value: str) -> None:
        """Keep a secret. Raises :class:`VaultError`."""
        self._write({**self._read(), name: value})

    def remove(self, name: str) -> None:
        """Forget a secret. Raises :class:`VaultError`."""
        kept = self._read()
        if kept.pop(name, None) is not None:
            self._write(kept)

    def _read(self) -> dict[str, str]:
        try:
            kept = untrusted.read_json_object(untrusted.read_bytes(self._file, _MOST_BYTES), most=_MOST_BYTES)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise self._unusable() from error
        if not all(isinstance(value, str) for value in kept.values()):
            raise self._unusable()
        return kept

    def _write(self, kept: dict[str, str]) -> None:
        try:
            handle, temporary = tempfile.mkstemp(prefix=".secrets-", dir=self._file.parent)  # 0600
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as out:
                    json.dump(kept, out)
                    out.flush()
                    os.fsync(out.fileno())
                replace(Path(temporary), self._file)
            except BaseException:
                with contextlib.suppress(OSError):
                    Path(temporary).unlink()
                raise
        except OSError as error:
            raise self._unusable() from error

    def _unusable(self) -> VaultError:
        return VaultError(
            "The file with the secrets of practice mode cannot be read or written.",
            f"Delete the folder {self._file.parent} to start practice mode again; it contains only fictional data.",
        )
