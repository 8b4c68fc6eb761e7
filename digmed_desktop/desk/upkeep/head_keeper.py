"""Keeps the heads of chain and register outside the database, and checks the whole chain behind, on its own thread.

A keyring may take its time or show a prompt, so neither the window nor a transaction waits for it.
"""

import logging
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from digmed_desktop.clinical.dates import shown_time
from digmed_desktop.messaging.connection import Check, Health
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.ports import DeliveryRounds
from digmed_desktop.messaging.register import Verified
from digmed_desktop.messaging.story import QueueStanding
from digmed_desktop.messaging.wording import counted

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store

log = logging.getLogger(__name__)

CHECK = "Chain of the records"
_UNTIL_CHECKED = 20.0
"""Seconds after the start: the person who opened the program has begun to work by then."""
_REST = 0.05
"""Seconds between two pieces of the whole check, in which others have the processor."""
_LONGEST_WAIT = 5.0


class HeadKeeper:
    """Keeps the head after :meth:`wake`, and once more when it is closed."""

    def __init__(self, store: "Store") -> None:
        self._store = store
        self._wake, self._stop = threading.Event(), threading.Event()
        self._keeping, self._beginning = threading.Lock(), threading.Lock()
        self._thread: threading.Thread | None = None
        self.trouble = ""
        """Why the head could not be kept the last time, or ``""``."""
        self.found: Verified | None = None
        """Return the result of the whole check, None until it has ended."""

    def start(self) -> None:
        """Begin; the whole chain is checked once, later."""
        with self._beginning:
            if self._thread is None and not self._stop.is_set():
                thread = threading.Thread(target=self._run, name="heads", daemon=True)
                thread.start()
                self._thread = thread
                self._store.register.head_kept_by(self.wake)

    def wake(self) -> None:
        """Have the head kept soon."""
        self._wake.set()

    def keep(self) -> None:
        """Keep the head now; a failure is noted, not raised: the records are stored all the same."""
        with self._keeping:
            try:
                self._store.chain.keep_head()
                if self._store.register.is_sealed:
                    self._store.register.keep_head()
                self._store.time.keep()
                self.trouble = ""
            except DigMedError as error:
                self.trouble = error.happened
                log.warning("a head was not kept: %s", error.happened)

    def close(self) -> None:
        """Stop, and keep the head a last time."""
        self._stop.set()
        self._wake.set()
        with self._beginning:  # what begins is begun, or does not begin any more
            thread = self._thread
        if thread is not None:
            thread.join(_LONGEST_WAIT)
        self.keep()

    def notice(self) -> str:
        """Return what a person has to know of the chain, or ``""``."""
        if self.found is None or self.found.intact:
            return ""
        return (
            f"The records here do not agree with their seals: {self.found.sentence} Change nothing, tell the "
            "superintendent pharmacist, and ask support."
        )

    def _run(self) -> None:
        if not self._wake.wait(_UNTIL_CHECKED):
            self._check_all()
        while not self._stop.is_set():
            self._wake.wait()
            self._wake.clear()
            if self._stop.is_set():
                return
            self.keep()
            if self.found is None:
                self._check_all()

    def _check_all(self) -> None:
        try:
            self.found = self._store.chain.verify(self._pause)
        except _StoppedError:
            return
        except DigMedError as error:
            log.error("the chain could not be checked: %s", error.happened)

    def _pause(self) -> None:
        if self._stop.wait(_REST):
            raise _StoppedError
        if self._wake.is_set():
            self._wake.clear()
            self.keep()


class _StoppedError(Exception):
    """The check is given up because the program ends."""


class KeepingHead:
    """Rounds of delivery after each of which the head is kept."""

    def __init__(self, rounds: DeliveryRounds, keeper: HeadKeeper) -> None:
        self._rounds, self._keeper = rounds, keeper

    def run_once(self) -> QueueStanding:
        """Make a round, keep the head, and say how delivery stands."""
        try:
            standing = self._rounds.run_once()
        finally:
            self._keeper.keep()
        notice = self._keeper.notice()
        return replace(standing, notices=(*standing.notices, notice)) if notice else standing

    def close(self) -> None:
        """Let go of the connection."""
        self._rounds.close()


def check(store: "Store") -> Check:
    """Check the whole chain, its end against the head first; for those who check the whole program."""
    try:
        tail = store.chain.check_tail()
        found = store.chain.verify() if not tail.faults else None
        losses = store.chain.losses()
    except DigMedError as error:
        return Check(CHECK, Health.NOT_ASKED, error.happened, error.remedy)
    remedy = "Change nothing; tell the superintendent pharmacist, and ask support."
    if tail.faults or found is None:
        return Check(CHECK, Health.BAD, tail.faults[0], remedy)
    if not found.intact:
        return Check(
            CHECK,
            Health.BAD,
            f"{counted(len(found.faults), 'fault was', 'faults were')} found. {found.sentence}",
            remedy,
        )
    if losses:
        return Check(CHECK, Health.LOOK, losses[-1])
    begun = store.chain.begun_with()
    since = f" It was started over {begun[1]} that were there before." if begun else ""
    gone = store.chain.removed()
    removed = (
        f" Retention removed {gone[0]} rows, last on {shown_time(gone[1])}; their links are there."
        if gone
        else ""
    )
    return Check(CHECK, Health.GOOD, f"All {found.entries} links are unchanged.{since}{removed}")
