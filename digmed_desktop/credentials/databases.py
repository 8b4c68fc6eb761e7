"""Keep each database's secrets apart: each has a name, and its secrets carry it.

The name lies beside the database in a file of its own, since it is needed before anything is opened. One entry of the
account lists the databases it has opened, with folder and day, so that a folder that is gone is noticed. It also has a
name of its own for this account on this computer: records that were last used under another are a copy, or moved here.
"""

import contextlib
import json
import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from digmed_desktop import untrusted
from digmed_desktop.credentials.vault import LONGEST_SECRET, Vault
from digmed_desktop.files.replacing import replace

OLD_NAMES = (
    "database-key", "register-key", "register-head", "backup-key", "mesh-password", "mesh-shared-key", "mesh-proxy",
)  # fmt: skip
"""The names of secrets from before each was named for its database."""
_NAMES = (*OLD_NAMES, "chain-key", "chain-head")
_LIST, _INSTALLATION = "databases", "installation"
_NAME = re.compile(r"[0-9a-f]{12}")
_LONGEST_NAME = 100  # bytes


@dataclass(frozen=True, slots=True, repr=False)
class KnownDatabase:
    """A database that this account has opened."""

    name: str
    folder: str
    opened_on: date


class DatabaseVault:
    """The secrets of one database, in the vault of the account. Each call may raise VaultError."""

    def __init__(self, account: Vault, database: Path) -> None:
        self.account, self.folder = account, database.parent
        self._database, self._file = database, database.with_suffix(".name")

    @property
    def kept_in(self) -> str:
        """Name the place of the secrets, for the screen."""
        return self.account.kept_in

    def get(self, name: str) -> str | None:
        """Return a secret of this database, or None when none of that name is kept."""
        mine = self.name()
        return None if mine is None else self.account.get(f"{name}.{mine}")

    def put(self, name: str, value: str) -> None:
        """Keep a secret of this database, in place of an older one of that name."""
        self.account.put(f"{name}.{self.name() or self.take_name(secrets.token_hex(6))}", value)

    def remove(self, name: str) -> None:
        """Forget a secret of this database; nothing happens when there is none."""
        if (mine := self.name()) is not None:
            self.account.remove(f"{name}.{mine}")

    @property
    def is_there(self) -> bool:
        """Whether the database is in its folder."""
        return self._database.exists()

    @property
    def file_name(self) -> str:
        """The name of the file of the database."""
        return self._database.name

    def name(self) -> str | None:
        """Return the name beside the database; where it is gone, the one that the list has for the folder."""
        with contextlib.suppress(OSError, ValueError):
            found = untrusted.read_bytes(self._file, _LONGEST_NAME).decode("ascii").strip()
            if _NAME.fullmatch(found):
                return found
        return next((one.name for one in known(self.account) if one.folder == str(self.folder)), None)

    def take_name(self, name: str) -> str:
        """Name the database, beside it."""
        part = self._file.with_name(self._file.name + ".new")
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(name)
            out.flush()
            os.fsync(out.fileno())
        replace(part, self._file)
        return name


def take_over(vault: Vault) -> None:
    """Give a database from before a name, and copy the secrets that were kept under the old names, once.

    The old ones stay: another folder of this account may have been opened with them too. Where no database has a name
    yet, they are those of this folder even if its file is gone, so that this is noticed.
    """
    if not isinstance(vault, DatabaseVault) or vault.name() is not None:
        return
    lost = not known(vault.account) and vault.account.get(OLD_NAMES[0]) is not None
    if not vault.is_there and not lost:
        return
    mine = secrets.token_hex(6)
    for name in OLD_NAMES:
        value = vault.account.get(name)
        if value is not None:
            vault.account.put(f"{name}.{mine}", value)
    vault.take_name(mine)


def note_opened(vault: Vault, today: date) -> None:
    """Note in the list of the account that a database is opened today."""
    if not isinstance(vault, DatabaseVault) or (mine := vault.name()) is None:
        return
    found = known(vault.account)
    entry = KnownDatabase(mine, str(vault.folder), today)
    if entry not in found:
        _keep(vault.account, [*(one for one in found if one.name != mine), entry])


def missing_elsewhere(vault: Vault) -> Sequence[KnownDatabase]:
    """Return the databases of this account whose folder or file is gone, this one left out."""
    if not isinstance(vault, DatabaseVault):
        return ()
    others = (one for one in known(vault.account) if one.folder != str(vault.folder))
    return [one for one in others if not (Path(one.folder) / vault.file_name).exists()]


def forget_missing(vault: Vault) -> None:
    """Forget the secrets of databases whose file is gone; for practice mode, where nothing real is lost with them."""
    gone = missing_elsewhere(vault)
    if not gone or not isinstance(vault, DatabaseVault):
        return
    for database in gone:
        for name in _NAMES:
            vault.account.remove(f"{name}.{database.name}")
    _keep(vault.account, [one for one in known(vault.account) if one not in gone])


def forget(vault: Vault) -> None:
    """Forget every secret of this database, those put aside included, and take it off the list of the account.

    Raises VaultError. The name of the account on this computer stays.
    """
    account, ending = vault, ""
    if isinstance(vault, DatabaseVault):
        mine = vault.name()
        if mine is None:
            return
        account, ending = vault.account, f".{mine}"
    for name in _NAMES:
        account.remove(name + ending)
    number = 1
    while aside := [name for name in _NAMES if account.get(f"{name}-before-{number}{ending}") is not None]:
        for name in aside:
            account.remove(f"{name}-before-{number}{ending}")
        number += 1
    left = [one for one in known(account) if f".{one.name}" != ending]
    if left:
        _keep(account, left)
    else:
        account.remove(_LIST)


def installation(vault: Vault) -> str:
    """Return the name of this account on this computer, made when there is none yet."""
    account = vault.account if isinstance(vault, DatabaseVault) else vault
    kept = account.get(_INSTALLATION)
    if kept is None:
        kept = secrets.token_hex(8)
        account.put(_INSTALLATION, kept)
    return kept


def known(account: Vault) -> list[KnownDatabase]:
    """Return the list of the account, the one opened last last; what is damaged in it is left out."""
    try:
        rows = json.loads(account.get(_LIST) or "[]")
        return [KnownDatabase(str(row[0]), str(row[1]), date.fromisoformat(row[2])) for row in rows]
    except (ValueError, TypeError, IndexError, KeyError, RecursionError):
        return []


def _keep(account: Vault, databases: Sequence[KnownDatabase]) -> None:
    """Keep the list; where it does not fit into one entry, those opened longest ago go."""
    kept = sorted(databases, key=lambda one: one.opened_on)
    while True:
        text = json.dumps(
            [[one.name, one.folder, one.opened_on.isoformat()] for one in kept], ensure_ascii=False
        )
        if len(text) <= LONGEST_SECRET or len(kept) <= 1:
            break
        kept = kept[1:]
    if len(text) <= LONGEST_SECRET:
        account.put(_LIST, text)
