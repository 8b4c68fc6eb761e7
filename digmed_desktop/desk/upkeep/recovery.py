"""When the records do not open: by the recovery phrase when the keyring is lost, or from a backup.

Works on files and vault only; no store is open.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.errors import StoreError

if TYPE_CHECKING:
    from digmed_desktop.credentials.vault import Vault
    from digmed_desktop.history.backup import Contents


def with_phrase(typed: str, database: Path, vault: "Vault", clock: Clock) -> None:
    """Put the key that a recovery phrase holds back into the vault, if it opens the database.

    Raises PhraseError for what is no phrase, StoreError when it is the phrase of other data.
    """
    from digmed_desktop.credentials.keys import DatabaseKey
    from digmed_desktop.credentials.phrase import key_of
    from digmed_desktop.desk.upkeep.backups import DATABASE_KEY
    from digmed_desktop.history.store import Store

    key = key_of(typed)
    try:
        Store.open(database, key, clock).close()
    except StoreError as error:
        raise StoreError(
            "These words do not open the records on this computer.",
            "Check that the paper belongs to this pharmacy's computer. " + str(error),
        ) from None
    DatabaseKey(vault, DATABASE_KEY).put_back(key)


def from_backup(source: Path, passphrase: str, database: Path, vault: "Vault", clock: Clock) -> "Contents":
    """Restore a backup as this computer's records; records that are there are put aside, not deleted.

    Raises StoreError and VaultError; then everything is as it was. A program that is killed meanwhile opens the
    records that were there or, from the moment when the copy is whole and checked, the restored ones.
    """
    from digmed_desktop.credentials.keys import DatabaseKey
    from digmed_desktop.desk.upkeep import opening
    from digmed_desktop.history import backup
    from digmed_desktop.history.lock import ProgramLock
    from digmed_desktop.history.place import private_folder, refuse_network_path

    refuse_network_path(database)
    held = backup.contents_of(source, passphrase)  # before anything is touched
    private_folder(database.parent)
    opening.finish_restore(database)
    keys = DatabaseKey(vault, opening.DATABASE_KEY)
    lock = ProgramLock(database)
    try:
        _refuse_a_vault_that_keeps_nothing(vault, held.secrets)
        backup.restore(source, passphrase, database, keys.for_restore(), clock)
    finally:
        lock.release()
    opening.open_database(database, keys, vault, clock).close()
    return held


def begin_with_empty_records(database: Path, vault: "Vault") -> None:
    """Let the next start begin with empty records, because a person says that the old ones are gone for good.

    Raises StoreError while there is a database; its key stays in the vault under another name.
    """
    from digmed_desktop.desk.upkeep import opening

    if database.exists():
        raise StoreError(
            "The records are in their folder again, so nothing was changed.",
            "Close the program and start it again.",
        )
    opening.begin_anew(vault)


def _refuse_a_vault_that_keeps_nothing(vault: "Vault", secrets: Mapping[str, str]) -> None:
    """Raise VaultError where the vault does not take the secrets of a backup, while all is still as it was."""
    for name, value in secrets.items():
        vault.put(f"{name}-on-trial", value)
        vault.remove(f"{name}-on-trial")
