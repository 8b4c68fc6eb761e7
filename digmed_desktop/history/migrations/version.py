"""The version of a file: its stamp, and which files this program can open.

The stamp is SQLite's ``user_version``: it lies inside the encrypted file and belongs to each transaction.
"""

import sqlalchemy as sa

from digmed_desktop.history import faults

APPLICATION_ID = 0x44694D64  # DiMd
NEWEST = 11
"""The version that the last step makes."""


def version(connection: sa.Connection) -> int:
    """Return the version of an open file; 0 for one without a schema."""
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def check(connection: sa.Connection) -> int:
    """Return the version of a file that may be opened.

    Raises StoreError for a file of a newer version, and for one that holds none of this program's tables.
    """
    found = version(connection)
    if found > NEWEST:
        raise faults.NEWER.again()
    if found == 0 or connection.exec_driver_sql("PRAGMA application_id").scalar_one() != APPLICATION_ID:
        raise faults.NOT_OURS.again()
    return found
