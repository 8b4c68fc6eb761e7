"""Runs the steps that a file needs, all in one transaction."""

import logging
import pkgutil
from functools import cache
from importlib import import_module
from types import ModuleType

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script.revision import Revision, RevisionMap

from digmed_desktop.history import faults, tables
from digmed_desktop.history.cipher import WRITES
from digmed_desktop.history.migrations import versions
from digmed_desktop.history.migrations.append_only import unprotected
from digmed_desktop.history.migrations.version import version
from digmed_desktop.messaging.errors import DigMedError

log = logging.getLogger(__name__)


@cache
def steps() -> tuple[ModuleType, ...]:
    """Return the steps in order: step n makes version n of version n - 1."""
    found = [
        import_module(f"{versions.__name__}.{info.name}") for info in pkgutil.iter_modules(versions.__path__)
    ]
    by_revision = {step.revision: step for step in found}
    in_order = RevisionMap(lambda: [Revision(step.revision, step.down_revision) for step in found])
    return tuple(by_revision[one.revision] for one in in_order.iterate_revisions("head", "base"))[::-1]


def run(engine: sa.Engine, newest: int) -> None:
    """Bring the file to version ``newest``; StoreError when a step fails, and the file is as it was."""
    with engine.connect().execution_options(**{WRITES: True}) as connection:
        raw = connection.connection.driver_connection
        assert raw is not None  # noqa: S101 - a connection that is open has one
        # SQLite would empty child tables while a table is rebuilt. It has no effect inside a transaction.
        raw.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                _upgrade(connection, newest)
        except DigMedError:
            raise
        except Exception as error:  # a step is code that meets what years have left in a file
            log.exception("a step of the schema failed")
            told = faults.told(error) if isinstance(error, sa.exc.DBAPIError) else None
            raise (told or faults.STEP_FAILED.again()) from error
        finally:
            raw.execute("PRAGMA foreign_keys = ON")


def _upgrade(connection: sa.Connection, newest: int) -> None:
    context = MigrationContext.configure(connection)
    with Operations.context(context):
        for step in steps()[version(connection) : newest]:
            step.upgrade()
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise faults.DAMAGED.again()
    if missing := unprotected(connection, tables.UNCHANGEABLE):
        raise RuntimeError(f"the step left append-only tables without {', '.join(missing)}")
    connection.exec_driver_sql(f"PRAGMA user_version = {newest}")
