"""The encrypted file: the only place where a connection to it is made.

SQLCipher encrypts page by page with the key of 32 bytes that is handed in; a connection that got no key would
make a plain, readable file, so none is made anywhere else. Sorting happens in memory (``temp_store``): on
disk it would leave patients' names in clear. Deleted content is overwritten, and each commit is synced to the
disk.
"""

import os
from pathlib import Path

import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import event
from sqlalchemy.pool import QueuePool

from digmed_desktop.files.addresses import sqlite_address

KEY_BYTES = 32
WRITES = "digmed_writes"
_CACHE_KIB = 2000  # locked in memory for each connection; the usual limit of a Linux account is 8 MB
_PAGE = 4096
_PATIENCE = 5.0  # seconds to wait for another connection's write
_OF_MEMORY: tuple[str, ...] = ("cipher_memory_security = ON",)
_PRAGMAS = (
    "temp_store = MEMORY",
    f"cache_size = -{_CACHE_KIB}",
    "foreign_keys = ON",
    "trusted_schema = OFF",
    "secure_delete = ON",
    "recursive_triggers = ON",
    "journal_mode = WAL",
    "synchronous = FULL",
)


def engine(path: Path, key: bytes, *, size: int = 4) -> sa.Engine:
    """Return an engine over the encrypted file, which must exist; raises ValueError for a key of a wrong
    length.

    Reads begin a plain transaction; with the execution option ``WRITES`` the write lock is taken at once.
    """
    if len(key) != KEY_BYTES:
        raise ValueError("the key has 32 bytes")

    def connect() -> sqlcipher.Connection:
        if (
            path.exists() and 0 < path.stat().st_size < _PAGE
        ):  # SQLite takes it for an empty database, and would write over it
            raise sqlcipher.DatabaseError("file is not a database")
        connection = sqlcipher.connect(
            sqlite_address(path, mode="rw"),
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=_PATIENCE,
        )
        try:
            connection.execute("PRAGMA cipher_log_level = NONE")
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # here a wrong key shows
            guard_memory(connection)
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    made = sa.create_engine(
        "sqlite://",
        module=sqlcipher,
        creator=connect,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=size,
        hide_parameters=True,
    )

    @event.listens_for(made, "begin")
    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return made


def guard_memory(connection: sqlcipher.Connection) -> None:
    """Have SQLCipher lock what it holds in memory, and wipe what it frees: for the whole process, from here on."""
    for pragma in _OF_MEMORY:
        connection.execute(f"PRAGMA {pragma}")


def new_file(path: Path) -> None:
    """Make an empty file that only its owner can read; SQLite gives its companions the same mode."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def is_whole(connection: sqlcipher.Connection) -> bool:
    """Whether every page of an open file is as it was written, and its tables hold together."""
    altered = connection.execute("PRAGMA cipher_integrity_check").fetchone()
    found = connection.execute("PRAGMA quick_check(1)").fetchone()
    return altered is None and found is not None and found[0] == "ok"
