"""The pharmacy's vaccines and their batches, and which product a GTIN means."""

import json
from dataclasses import replace
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from digmed_desktop.clinical.stock import BatchHold, StockBatch
from digmed_desktop.history import profile
from digmed_desktop.history.database import Database
from digmed_desktop.history.tables import AnyRow, stock_batch, stock_product

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
            holds = {**_holds(connection), batch_id: hold}
            kept = {
                str(key): {"since": one.since.isoformat(), "by": one.by, "why": one.why}
                for key, one in holds.items()
                if one is not None
            }
            profile.write(connection, _HOLDS, json.dumps(kept, ensure_ascii=False))

    def all(self) -> list[StockBatch]:
        """Return every batch, the one to be used first first."""
        with self._database.reading() as connection:
            holds = _holds(connection)
            found = [
                replace(_batch(row), held=holds.get(row.id))
                for row in connection.execute(stock_batch.select())
            ]
        return sorted(found, key=lambda one: (one.last_day, one.number, one.id))

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


def _holds(connection: sa.Connection) -> dict[int, BatchHold]:
    kept = json.loads(profile.read(connection, _HOLDS) or "{}")
    return {
        int(key): BatchHold(datetime.fromisoformat(row["since"]), row["by"], row["why"])
        for key, row in kept.items()
    }


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
