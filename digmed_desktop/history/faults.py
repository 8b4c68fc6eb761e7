"""Faults of the database, told as sentences. Nothing of what was stored or asked for is in any of them."""

from pathlib import Path

import sqlalchemy as sa

from digmed_desktop.files.replacing import HeldOpenError
from digmed_desktop.messaging.errors import StoreError

NOT_OURS = StoreError(
    "The data file cannot be read: the key does not fit, or the file is damaged or is another program's.",
    "Do not delete it. Restore the latest backup, or ask support with this sentence.",
)
EMPTY = StoreError(
    "The data file is empty: its contents are gone from this disk.",
    "Do not delete it. Restore the latest backup.",
)
DAMAGED = StoreError("The data file is damaged.", "Close the program and restore the latest backup.")
MISSING = StoreError("The data file cannot be found.", "Restore it from a backup, or begin with a new one.")
STEP_FAILED = StoreError(
    "The records could not be upgraded to this version of DigMed Desktop. Nothing was changed.",
    "Continue with the previous version of the program, and send support this sentence.",
)
NO_ROOM = StoreError(
    "There is not enough room on the disk to upgrade the records to this version of DigMed Desktop. Nothing was changed.",
    "Make room on the disk, then start the program again.",
)
NEWER = StoreError(
    "The data file was written by a newer version of DigMed Desktop.",
    "Install the newest version on this computer.",
)
THERE_ALREADY = StoreError("A data file already exists in this place.", "Open it, or choose another folder.")
LOOK_ONLY = StoreError(
    "These records are open for viewing only, so nothing can be added.",
    "Close the program and start it again: it asks about these records.",
)
OTHER_SEAL = StoreError(
    "These records were sealed with a key that is not in the keyring of this account, so nothing can be added.",
    "Start the program again: it asks about these records.",
)
_BY_NAME = {
    "SQLITE_FULL": StoreError(
        "The disk is full: nothing more can be recorded.", "Make room on the disk, then do it again."
    ),
    "SQLITE_BUSY": StoreError(
        "The data file is in use by something else.",
        "Wait a moment and do it again. If that does not help, restart the computer.",
    ),
    "SQLITE_READONLY": StoreError(
        "The data file cannot be written.", "Check that this account may write in the program's data folder."
    ),
    "SQLITE_IOERR": StoreError(
        "The disk could not be read or written.",
        "Check the disk. Do not switch the computer off in the meantime.",
    ),
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": NOT_OURS,
    "SQLITE_CANTOPEN": MISSING,
}


def told(error: Exception) -> StoreError | None:
    """Return the sentence for a fault of disk or file, or None when the fault is the program's own."""
    of_file = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    name = getattr(of_file, "sqlite_errorname", "") or ""
    for beginning, sentence in _BY_NAME.items():
        if name.startswith(beginning):
            return sentence.again()
    if "malformed" in str(of_file):
        return DAMAGED.again()
    if "not a database" in str(of_file):
        return NOT_OURS.again()
    return None


def cannot_write(folder: Path, error: OSError) -> StoreError:
    """Return the sentence for a folder in which a file cannot be made or cannot take its place."""
    if isinstance(error, HeldOpenError):
        return StoreError(
            f"Another program has a file in the data folder {folder} open.",
            "Close backup software or a viewer that uses it, then do it again.",
        )
    return StoreError(
        f"DigMed Desktop cannot write in its data folder {folder}.",
        "Check that the folder belongs to this account and that the disk is not full.",
    )
