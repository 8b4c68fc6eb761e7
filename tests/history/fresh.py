"""New databases for tests: the schema is laid out once in a process, then copied."""

import tempfile
from functools import cache
from pathlib import Path

from digmed_desktop.history import migrations
from digmed_desktop.history.cipher import engine, new_file
from digmed_desktop.history.place import private_folder
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.chain import ChainSeal
from digmed_desktop.messaging.clock import Clock


@cache
def _empty(key: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        new_file(file)
        made = engine(file, key, size=1)
        migrations.migrate(made)
        made.dispose()
        return file.read_bytes()


def fresh_store(path: Path, key: bytes, clock: Clock, seal: ChainSeal | None = None) -> Store:
    """Open a new database in ``path``: as ``Store.create``, without making each table again.

    The tests of creating a database itself call ``Store.create``.
    """
    private_folder(path.parent)
    new_file(path)
    path.write_bytes(_empty(key))
    return Store.open(path, key, clock, seal)
