"""The schema's version and the steps from one to the next.

The version is SQLite's ``user_version``, inside the encrypted file and part of each transaction;
``application_id`` says that the file is this program's. A step is a function over a connection, written once
and never changed after a release. All steps that a file needs run in one transaction, with foreign keys off
(SQLite would empty child tables while a table is rebuilt) and checked before the commit: it is all done, or
nothing is.
"""

from collections.abc import Callable

import sqlalchemy as sa

from digmed_desktop.history import faults, register_tables, tables
from digmed_desktop.history.cipher import WRITES

APPLICATION_ID = 0x44694D64  # DiMd


_SUBJECTS = (tables, register_tables)
"""The modules whose tables the first version has: each adds its own to the one ``metadata``."""


def _first(connection: sa.Connection) -> None:
    tables.metadata.create_all(connection)
    for table in tables.UNCHANGEABLE:
        for act in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER {table}_refuses_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'the {table} table is append-only'); END"
            )
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")


STEPS: tuple[Callable[[sa.Connection], None], ...] = (_first,)
"""Step n makes version n + 1 of version n."""

NEWEST = len(STEPS)


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


def migrate(engine: sa.Engine) -> None:
    """Bring the file to the newest version."""
    with engine.connect().execution_options(**{WRITES: True}) as connection:
        raw = connection.connection.driver_connection
        assert raw is not None  # noqa: S101 - a connection that is open has one
        raw.execute("PRAGMA foreign_keys = OFF")  # has no effect inside a transaction
        try:
            with connection.begin():
                for step in STEPS[version(connection) :]:
                    step(connection)
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise faults.DAMAGED.again()
                connection.exec_driver_sql(f"PRAGMA user_version = {NEWEST}")
        finally:
            raw.execute("PRAGMA foreign_keys = ON")
