"""The store: opens the encrypted file, and gives each idea in it its own small door."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import sqlalchemy as sa

from digmed_desktop.files.replacing import replace
from digmed_desktop.history import faults, migrations
from digmed_desktop.history.audit import Audit
from digmed_desktop.history.backup import Backups, look_up_first
from digmed_desktop.history.chain import Chain
from digmed_desktop.history.cipher import engine, new_file
from digmed_desktop.history.database import Database
from digmed_desktop.history.deliveries import Deliveries
from digmed_desktop.history.doses import Doses
from digmed_desktop.history.drafts import Drafts
from digmed_desktop.history.figures import Figures
from digmed_desktop.history.gp_practices import GpPractices
from digmed_desktop.history.inbox import Inbox
from digmed_desktop.history.incidents import Incidents
from digmed_desktop.history.known_time import KnownTime
from digmed_desktop.history.lock import ProgramLock
from digmed_desktop.history.medicines import MedicineList, MedicinesUsed
from digmed_desktop.history.notifications import Notifications
from digmed_desktop.history.patients import Patients
from digmed_desktop.history.people import People
from digmed_desktop.history.pgds import Pgds
from digmed_desktop.history.place import private_folder, refuse_network_path
from digmed_desktop.history.practices import Practices
from digmed_desktop.history.profile import Profile
from digmed_desktop.history.register import Register
from digmed_desktop.history.replies import Replies
from digmed_desktop.history.retention import Retention
from digmed_desktop.history.sealing import Sealer, SealOfKey
from digmed_desktop.history.searching import Searching
from digmed_desktop.history.signing import Signatures
from digmed_desktop.history.stock import Stock
from digmed_desktop.history.supplies import Supplies
from digmed_desktop.history.versions import Versions
from digmed_desktop.messaging.chain import ChainSeal
from digmed_desktop.messaging.clock import Clock


class Store:
    """One encrypted database, open in this program only. See the classes of its parts for what they keep."""

    def __init__(self, path: Path, key: bytes, clock: Clock, lock: ProgramLock, seal: ChainSeal) -> None:
        """Open; use :meth:`create` and :meth:`open`."""
        self.path = path
        self._lock = lock
        self._engine = engine(path, key)
        sealer = Sealer(seal.key(), clock)
        self._database = database = Database(self._engine, clock, sealer)
        self.clock = clock
        self.chain = Chain(database, sealer, seal)
        self.time = KnownTime(database)
        self.profile = Profile(database)
        self.people = People(database)
        self.audit = Audit(database)
        self.drafts = Drafts(database)
        self.practices = Practices(database)
        self.gp_practices = GpPractices(database)
        self.patients = Patients(database)
        self.stock = Stock(database)
        self.doses = Doses(database)
        self.notifications = Notifications(database)
        self.signatures = Signatures(database)
        self.searching = Searching(database)
        self.figures = Figures(database)
        self.versions = Versions(database)
        self.backups = Backups(self._engine, path)
        self.deliveries = Deliveries(database)
        self.inbox = Inbox(database)
        self.replies = Replies(database)
        self.retention = Retention(database, self.time)
        self.register = Register(database)
        self.pgds = Pgds(database)
        self.incidents = Incidents(database)
        self.supplies = Supplies(database)
        self.medicines_used = MedicinesUsed(database)
        self.medicines = MedicineList(path.with_name("medicines.db"), key)

    @classmethod
    def create(cls, path: Path, key: bytes, clock: Clock, seal: ChainSeal | None = None) -> Self:
        """Make a new database and open it. ``key`` has 32 bytes; without ``seal`` no head is kept outside.

        It is made under another name and takes its own when it is whole. Raises StoreError when something is
        in the place already, the place is on a network, or the disk refuses.
        """
        refuse_network_path(path)
        try:
            private_folder(path.parent)
            lock = ProgramLock(path)
        except OSError as error:
            raise faults.cannot_write(path.parent, error) from None
        try:
            if path.exists():
                raise faults.THERE_ALREADY.again()
            _make(path, key)
            store = cls(path, key, clock, lock, seal or SealOfKey(key))
            store.chain.begin()
            store.time.begin()
            return store
        except BaseException:
            lock.release()
            raise

    @classmethod
    def open(cls, path: Path, key: bytes, clock: Clock, seal: ChainSeal | None = None) -> Self:
        """Open a database, and bring its schema up to date. ``key`` has 32 bytes.

        Without ``seal`` no head is kept outside.

        Raises StoreInUseError when another program has it open, StoreError when it is missing, empty,
        damaged, of a newer version, on a network, or not to be read with this key.
        """
        refuse_network_path(path)
        if not path.is_file():
            raise faults.MISSING.again()
        if path.stat().st_size == 0:
            raise faults.EMPTY.again()
        try:
            private_folder(path.parent)
            lock = ProgramLock(path)
        except OSError as error:
            raise faults.cannot_write(path.parent, error) from None
        try:
            store = cls(path, key, clock, lock, seal or SealOfKey(key))
            store._prepare(key, clock)
        except BaseException:
            lock.release()
            raise
        return store

    def _prepare(self, key: bytes, clock: Clock) -> None:
        try:
            with self._engine.connect() as connection:
                found = migrations.check(connection)
            if found < migrations.NEWEST:
                migrations.upgrade(self._engine, self.path, key, clock)
            self.chain.begin()
            self.time.begin()
            self.backups.sweep()
        except sa.exc.DBAPIError as error:
            self._engine.dispose()
            raise (faults.told(error) or faults.NOT_OURS.again()) from error
        except BaseException:
            self._engine.dispose()
            raise

    def look_up_first(self) -> int:
        """Have all that waits looked up at MESH before it is sent: it may have gone out since; return how many."""
        return look_up_first(self._database)

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """Let all that this thread reads within see one state of the records, in one transaction."""
        with self._database.one_state():
            yield

    def close(self) -> None:
        """Close the file, bring what is in its log into it, and let other programs open it."""
        self.medicines.close()
        self._engine.dispose()
        self._lock.release()


def _make(path: Path, key: bytes) -> None:
    unfinished = path.with_name(path.name + ".new")
    for left in (unfinished, *(Path(f"{unfinished}{end}") for end in ("-wal", "-shm"))):
        left.unlink(missing_ok=True)
    try:
        new_file(unfinished)
    except OSError as error:
        raise faults.cannot_write(path.parent, error) from None
    made = engine(unfinished, key, size=1)
    try:
        migrations.migrate(made)
    except sa.exc.DBAPIError as error:
        raise (faults.told(error) or error) from error
    finally:
        made.dispose()
    replace(unfinished, path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
