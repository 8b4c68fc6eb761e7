"""The schema's versions, and the way from each to the newest.

Each step is a module in ``versions``, written once for Alembic's operations and never changed after a release. All
steps that a file needs run in one transaction, so that all are done or none is. Alembic loads only when a step is
due: a start without one does not pay for it.
"""

from pathlib import Path

import sqlalchemy as sa

from digmed_desktop.history.migrations.version import APPLICATION_ID, NEWEST, check, version
from digmed_desktop.messaging.clock import Clock

__all__ = ["APPLICATION_ID", "NEWEST", "check", "migrate", "upgrade", "version"]


def migrate(engine: sa.Engine) -> None:
    """Bring a file to the newest version; StoreError when that fails, and the file is as it was."""
    from digmed_desktop.history.migrations.runner import run

    run(engine, NEWEST)


def upgrade(engine: sa.Engine, path: Path, key: bytes, clock: Clock) -> None:
    """Bring a file in use to the newest version, copied first.

    Raises StoreError when there is no room for the copy, the copy is not whole, or the step fails; the file is
    as it was.
    """
    from digmed_desktop.history.migrations.copies import keep_copy

    keep_copy(engine, path, key, NEWEST, clock)
    migrate(engine)
