"""Transactions over the open file."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher

from digmed_desktop.history import faults
from digmed_desktop.history.cipher import WRITES
from digmed_desktop.history.sealing import Marks, Sealer
from digmed_desktop.messaging.clock import Clock


class Database:
    """The open file, for the doors: transactions, and the clock that stamps what they write.

    Usable from several threads; those that write wait for each other. What a transaction adds or changes is sealed
    at its end.
    """

    def __init__(self, made: sa.Engine, clock: Clock, sealer: Sealer) -> None:
        self.clock = clock
        self.sealer = sealer
        self._marks: Marks | None = None  # up to where the tables were filled at the last commit
        self._readers = made
        self._writers = made.execution_options(**{WRITES: True})
        self._one_writer = threading.Lock()
        self._here = threading.local()  # the transaction within which this thread reads

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """Let all that this thread reads within see one state of the file, in one transaction."""
        with self.reading() as connection:
            self._here.connection = connection
            try:
                yield
            finally:
                self._here.connection = None

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Open a transaction that sees one state of the file; faults of disk or file come as StoreError."""
        if (within := getattr(self._here, "connection", None)) is not None:
            yield within
            return
        try:
            with self._readers.begin() as connection:
                yield connection
        except (sa.exc.DBAPIError, sqlcipher.Error) as error:
            raise self._sentence(error) from error

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Open a transaction that writes: it is on the disk, whole, when the block ends without an error."""
        try:
            with self._one_writer:
                with self._writers.begin() as connection:
                    self.sealer.watch(connection)
                    before = self._marks or self.sealer.marks(connection)
                    yield connection
                    marks = self.sealer.seal(connection, before)
                self._marks = marks
        except sa.exc.DBAPIError as error:
            raise self._sentence(error) from error

    def _sentence(self, error: Exception) -> Exception:
        sentence = faults.told(error)
        if sentence is None:
            return error
        self._readers.dispose()  # after damage was met, a connection refuses good pages too
        return sentence
