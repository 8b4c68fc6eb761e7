"""The pharmacy's vaccines and their batches, and which product a GTIN means."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from digmed_desktop.clinical.stock import BatchHold, StockBatch
from digmed_desktop.history import profile
from digmed_desktop.history.database import Database
from digmed_desktop.history.readable import count_unreadable, read_row, readable
from digmed_desktop.history.tables import AnyRow, stock_batch, stock_product
from digmed_desktop.messaging.errors import UnreadableRowError
from digmed_desktop.untrusted import a_table

_HOLDS = "batch-holds"
"""The key of the profile under which the holds in force lie, by the id of their batch."""


class Stock:
    """Keeps batches; none is ever deleted, so that the list still says what was given in the past."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, batch: StockBatch, by: int | None) -> tuple[StockBatch, bool]:
        """Keep a batch; return it as kept, and whether it was new. One that was finished is open again."""
        c = stock_batch.c
        same = sa.and_(
            c.product == batch.product, c.number == batch.number, c.expiry == batch.expiry.isoformat()
        )
        with self._database.writing() as connection:
            row = connection.execute(stock_batch.select().where(same)).first()
            if row is not None:
                use_before = batch.use_before.isoformat() if batch.use_before else row.use_before
                connection.execute(
                    stock_batch.update()
                    .where(c.id == row.id)
                    .values(finished=False, use_before=use_before, gtin=batch.gtin or row.gtin)
                )
                kept = connection.execute(stock_batch.select().where(c.id == row.id)).one()
                return _batch(kept), bool(row.finished)
            new: int = connection.execute(
                stock_batch.insert()
                .values(
                    programme=batch.programme,
                    product=batch.product,
                    number=batch.number,
                    expiry=batch.expiry.isoformat(),
                    use_before=batch.use_before.isoformat() if batch.use_before else "",
                    gtin=batch.gtin,
                    finished=False,
                    by_id=by,
                    at=self._database.clock.now(),
                )
                .returning(c.id)
            ).scalar_one()
            return replace(batch, id=new, finished=False), True

    def finish(self, batch_id: int, *, finished: bool) -> None:
        """Take a batch out of choice, or put it back."""
        with self._database.writing() as connection:
            connection.execute(
                stock_batch.update().where(stock_batch.c.id == batch_id).values(finished=finished)
            )

    def hold(self, batch_id: int, hold: BatchHold | None) -> None:
        """Hold a batch, or lift its hold with None."""
        with self._database.writing() as connection:
            kept = _kept(connection)
            if (
                kept is None
            ):  # which batches are held cannot be read, so all are until somebody lifts the hold
                kept = {str(one): {} for one in connection.scalars(sa.select(stock_batch.c.id))}
            kept.pop(str(batch_id), None)
            if hold is not None:
                kept[str(batch_id)] = {"since": hold.since.isoformat(), "by": hold.by, "why": hold.why}
            profile.write(connection, _HOLDS, json.dumps(kept, ensure_ascii=False))

    def all(self) -> list[StockBatch]:
        """Return every batch that can be read, the one to be used first first."""
        with self._database.reading() as connection:
            kept = _kept(connection)
            rows = connection.execute(stock_batch.select())
            found = list(readable(lambda row: replace(_batch(row), held=_hold_of(row, kept)), rows))
        return sorted(found, key=lambda one: (one.last_day, one.number, one.id))

    def count_unreadable(self) -> int:
        """Return how many batches, and holds on batches, cannot be read."""
        with self._database.reading() as connection:
            kept = _kept(connection)
            rows = connection.execute(stock_batch.select()).all()
        holds = [hold for row in rows if (hold := _hold_of(row, kept)) is not None and hold.is_unreadable]
        return count_unreadable(_batch, rows) + len(holds)

    def product_of(self, gtin: str) -> tuple[str, str] | None:
        """Return programme and product that a GTIN was said to mean, or None."""
        with self._database.reading() as connection:
            row = connection.execute(stock_product.select().where(stock_product.c.gtin == gtin)).first()
        return None if row is None else (row.programme, row.product)

    def map_product(self, gtin: str, programme: str, product: str, by: int | None) -> None:
        """Keep what a GTIN means, as a person said."""
        values = {
            "programme": programme,
            "product": product,
            "by_id": by,
            "at": self._database.clock.now(),
        }
        row = insert(stock_product).values(gtin=gtin, **values)
        with self._database.writing() as connection:
            connection.execute(row.on_conflict_do_update(index_elements=["gtin"], set_=values))


def _kept(connection: sa.Connection) -> dict[str, Any] | None:
    """Return what is kept of each hold by the id of its batch; None where it cannot be read which are held."""
    try:
        return profile.value(connection, _HOLDS, a_table, "The list of held batches") or {}
    except UnreadableRowError:
        return None


def _hold_of(row: AnyRow, kept: Mapping[str, Any] | None) -> BatchHold | None:
    """Return the hold on a batch. One that cannot be read holds all the same: a dose must not slip past it."""
    if kept is not None and str(row.id) not in kept:
        return None
    try:
        return read_row("A hold", _hold, (kept or {})[str(row.id)])
    except (UnreadableRowError, KeyError):
        return BatchHold(row.at, "", "")


def _hold(kept: Mapping[str, Any]) -> BatchHold:
    since, by, why = datetime.fromisoformat(kept["since"]), kept["by"], kept["why"]
    if since.tzinfo is None or not all(isinstance(one, str) and one for one in (by, why)):
        raise ValueError("a hold names who placed it, when and why")
    return BatchHold(since, by, why)


def _batch(row: AnyRow) -> StockBatch:
    return StockBatch(
        id=row.id,
        programme=row.programme,
        product=row.product,
        number=row.number,
        expiry=date.fromisoformat(row.expiry),
        use_before=date.fromisoformat(row.use_before) if row.use_before else None,
        gtin=row.gtin,
        finished=row.finished,
    )
