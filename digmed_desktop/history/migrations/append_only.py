"""Tables in which nothing may change: triggers refuse it, and a step that rebuilds a table makes them again.

SQLite drops a table's triggers with the table, so an Alembic batch goes through :func:`rebuilt`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

_ACTS = ("UPDATE", "DELETE")


def protect(table: str) -> None:
    """Make the triggers that refuse to change or delete rows of ``table``."""
    for name, sql in triggers(table).items():
        op.execute(f"CREATE TRIGGER {name} {sql}")


def triggers(table: str) -> dict[str, str]:
    """Return the triggers of an append-only table by name, each as what follows its name."""
    return {
        f"{table}_refuses_{act.lower()}": f"BEFORE {act} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'the {table} table is append-only'); END"
        for act in _ACTS
    }


def unprotected(connection: sa.Connection, tables: tuple[str, ...]) -> list[str]:
    """Return the triggers that those of ``tables`` that the file has should have and do not."""
    made = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'trigger')"
    )
    found = {row.name: row.sql for row in made}
    wanted = {
        name: f"CREATE TRIGGER {name} {sql}"
        for table in tables
        if table in found
        for name, sql in triggers(table).items()
    }
    return [name for name, sql in wanted.items() if found.get(name) != sql]


@contextmanager
def rebuilt(table: str) -> Iterator[BatchOperations]:
    """Rebuild a table of SQLite in an Alembic batch, with all that the batch alone would lose.

    That is AUTOINCREMENT with the last number given out, WITHOUT ROWID, and the triggers.
    """
    connection = op.get_bind()
    made = {row.name: row.sql for row in connection.execute(_OF_TABLE, {"table": table})}
    text = made.pop(table)
    last = connection.scalar(_LAST, {"table": table}) if "AUTOINCREMENT" in text else None
    with op.batch_alter_table(
        table,
        recreate="always",
        table_kwargs={
            "sqlite_autoincrement": "AUTOINCREMENT" in text,
            "sqlite_with_rowid": "WITHOUT ROWID" not in text,
        },
    ) as batch:
        yield batch
    if last is not None:
        connection.execute(_COUNT_ON, {"table": table, "last": last})
    for trigger in made.values():
        op.execute(trigger)


_OF_TABLE = sa.text(
    "SELECT name, sql FROM sqlite_master WHERE tbl_name = :table AND type IN ('table', 'trigger')"
)
_LAST = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :table")
_COUNT_ON = sa.text("UPDATE sqlite_sequence SET seq = :last WHERE name = :table")
