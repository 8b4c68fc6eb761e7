"""When the records do not open: by the recovery phrase when the keyring is lost, or from a backup.

Works on files and vault only; no store is open.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.errors import DigMedError, StoreError

if TYPE_CHECKING:
    from digmed_desktop.credentials.vault import Vault
    from digmed_desktop.history.backup import Contents


def with_phrase(typed: str, database: Path, vault: "Vault", clock: Clock) -> None:
    """Put the key that a recovery phrase holds back into the vault, if it opens the database.

    Raises PhraseError for what is no phrase, StoreError when it is the phrase of other data.
    """
    from digmed_desktop.credentials.phrase import key_of
    from digmed_desktop.desk.backups import DATABASE_KEY
    from digmed_desktop.history.store import Store

    key = key_of(typed)
    try:
        Store.open(database, key, clock).close()
    except StoreError as error:
        raise StoreError(
            "These words do not open the records on this computer.",
            "Check that the paper belongs to this pharmacy's computer. " + str(error),
        ) from None
    vault.put(DATABASE_KEY, key.hex())


def from_backup(source: Path, passphrase: str, database: Path, vault: "Vault", clock: Clock) -> "Contents":
    """Restore a backup as this computer's records; records that are there are put aside, not deleted.

    Raises StoreError; then everything is as it was.
    """
    from digmed_desktop.credentials.keys import database_key
    from digmed_desktop.desk.backups import DATABASE_KEY
    from digmed_desktop.history import backup
    from digmed_desktop.history.lock import ProgramLock
    from digmed_desktop.history.place import private_folder, refuse_network_path

    refuse_network_path(database)
    backup.contents_of(source, passphrase)  # before anything is moved
    private_folder(database.parent)
    lock = ProgramLock(database)
    try:
        aside = backup.set_aside(database, clock)
        try:
            key = database_key(vault, DATABASE_KEY, database=database)
            held = backup.restore(source, passphrase, database, key, clock)
        except DigMedError:
            if aside is not None:
                aside.replace(database)
                for end in ("-wal", "-shm"):
                    companion = Path(f"{aside}{end}")
                    if companion.exists():
                        companion.replace(Path(f"{database}{end}"))
            raise
    finally:
        lock.release()
    for name, value in held.secrets.items():
        vault.put(name, value)
    return held
