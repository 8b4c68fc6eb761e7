"""Signatures: what waits for one, signing it, and refusing it. Each is an event of its notification, by the signer."""

from collections.abc import Sequence

import sqlalchemy as sa

from digmed_desktop.history import ledger
from digmed_desktop.history.database import Database
from digmed_desktop.history.notifications import Alongside
from digmed_desktop.history.rows import LISTED, listed
from digmed_desktop.history.tables import AnyRow, event, notification
from digmed_desktop.messaging.errors import NotAllowedNowError
from digmed_desktop.messaging.signing import Unsigned
from digmed_desktop.messaging.states import UNSIGNED, Happening, State

_n = notification.c
_OF_SIGNING = (Happening.TO_SIGN.value, Happening.NOT_THEIRS.value, Happening.RESTORED.value)


class Signatures:
    """Keeps what waits for a signature, and who signed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def unsigned(self) -> list[Unsigned]:
        """Return everything that waits for a signature, the care of longest ago first."""
        return self._of(_n.state.in_(UNSIGNED))

    def one(self, notification_id: int) -> Unsigned | None:
        """Return a record that waits for a signature, None where it waits for none."""
        return next(iter(self._of(sa.and_(_n.id == notification_id, _n.state.in_(UNSIGNED)))), None)

    def _of(self, which: sa.ColumnElement[bool]) -> list[Unsigned]:
        wanted = LISTED.add_columns(_n.signer_id, _n.once_signed).where(which)
        with self._database.reading() as connection:
            rows = connection.execute(wanted.order_by(_n.contact_at, _n.id)).all()
            told: dict[int, dict[str, AnyRow]] = {row.id: {} for row in rows}
            for one in connection.execute(
                event.select()
                .where(event.c.notification_id.in_(told), event.c.happening.in_(_OF_SIGNING))
                .order_by(event.c.id)
            ):
                told[one.notification_id][one.happening] = one
        return [_unsigned(row, told[row.id]) for row in rows]

    def sign(self, ids: Sequence[int], by: int) -> None:
        """Sign records, all or none: each then goes the way that it was recorded for.

        Raises NotAllowedNowError where one of them waits for somebody else's signature, or for none any more.
        """
        at = self._database.clock.now()
        with self._database.writing() as connection:
            for one in ids:
                self._of_signer(connection, one, by)
                ledger.act(connection, at, one, ledger.Entry(Happening.SIGNED, by=by))
                self._go_on(connection, one)

    def standing_in(self, unsigned: Unsigned, by: int, why: str, more: Alongside | None = None) -> Alongside:
        """Return what is written with the version that a pharmacist sends on the signer's behalf."""

        def write(connection: sa.Connection, new: int) -> None:
            row = unsigned.row
            is_first = row.corrects is None or row.on_behalf
            connection.execute(
                notification.update()
                .where(_n.id == new)
                .values(on_behalf=is_first, settled_at=row.settled_at)  # the clock of the duty goes on
            )
            at = self._database.clock.now()
            ledger.write(connection, at, new, ledger.Entry(Happening.ON_BEHALF, note=why, by=by))
            if more is not None:
                more(connection, new)

        return write

    def refuse(self, notification_id: int, by: int, why: str) -> None:
        """Record that the signer says that a record is not theirs. Raises NotAllowedNowError as :meth:`sign` does."""
        with self._database.writing() as connection:
            self._of_signer(connection, notification_id, by)
            entry = ledger.Entry(Happening.NOT_THEIRS, note=why, by=by)
            ledger.act(connection, self._database.clock.now(), notification_id, entry)

    @staticmethod
    def _of_signer(connection: sa.Connection, notification_id: int, by: int) -> None:
        if connection.scalar(sa.select(_n.signer_id).where(_n.id == notification_id)) != by:
            raise NotAllowedNowError(
                "This record names someone else.", "Nobody signs for another: the person it names signs it."
            )

    def _go_on(self, connection: sa.Connection, this: int) -> None:
        """Let a signed record go the way that it was recorded for, as things stand by now."""
        at = self._database.clock.now()
        row = connection.execute(sa.select(_n.once_signed, _n.held, _n.replaces).where(_n.id == this)).one()
        before = _events(connection, this)
        if row.once_signed is State.NOT_SHARED:
            ledger.write(connection, at, this, ledger.Entry(Happening.NOT_SHARED))
        elif row.once_signed is State.TO_PAPER:
            why = before[Happening.TO_SIGN.value].note
            ledger.write(connection, at, this, ledger.Entry(Happening.PAPER_ONLY, note=why))
        elif (
            Happening.RESTORED.value in before
        ):  # it may have gone out after the backup was made: look it up first
            ledger.write(connection, at, this, ledger.Entry(Happening.RESTORED))
        if row.held and connection.scalar(
            sa.select(_n.id).where(_n.id == row.replaces, _n.state.in_(ledger.NEVER_ON_RECORD))
        ):
            ledger.write(connection, at, this, ledger.Entry(Happening.ORIGINAL_FAILED))


def _events(connection: sa.Connection, notification_id: int) -> dict[str, AnyRow]:
    """Return the last event of each kind that has to do with the signature."""
    rows = connection.execute(
        event.select()
        .where(event.c.notification_id == notification_id, event.c.happening.in_(_OF_SIGNING))
        .order_by(event.c.id)
    )
    return {row.happening: row for row in rows}


def _unsigned(row: AnyRow, told: dict[str, AnyRow]) -> Unsigned:
    recorded = told[Happening.TO_SIGN.value]
    refused, shown = told.get(Happening.NOT_THEIRS.value), listed(row)
    return Unsigned(
        shown,
        row.signer_id,
        recorded.by_id,
        recorded.by_name,
        recorded.at,
        row.once_signed,
        refused.note if refused is not None and shown.state is State.NOT_THEIRS else "",
        recorded.note,
        restored=Happening.RESTORED.value in told,
    )
