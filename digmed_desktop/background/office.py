"""The window's one way to everything that takes time: questions to the desk, previews, and the delivery."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from digmed_desktop.background.delivery_loop import DeliveryLoop
from digmed_desktop.background.faults import as_known
from digmed_desktop.background.folder_watch import FolderWatch
from digmed_desktop.background.lane import Lane
from digmed_desktop.background.slowness import Slowness
from digmed_desktop.desk.gate import NobodySignedInError, acting
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.story import QueueStanding

if TYPE_CHECKING:
    from digmed_desktop.desk.desk import Desk

T = TypeVar("T")

LEAST_BETWEEN_REFRESHES = 0.25  # seconds
PREVIEW = "preview"


class _Asked:
    """A search that was asked for, until another takes its place."""

    def __init__(self, over: Callable[[object], None]) -> None:
        self._is_wanted, self._over = True, over

    def is_wanted(self) -> bool:
        return self._is_wanted

    def give_up(self) -> None:
        """Want it no more: it ends by itself, and nobody is given what it found."""
        self._is_wanted = False
        self._over(None)


class Office(QObject):
    """Owns the threads. ``open_desk`` runs on the records thread; it opens keyring and database."""

    opened = Signal(object)  # desk.views.Opened
    not_opened = Signal(object)  # DigMedError
    failed = Signal(object)  # DigMedError: something asked for did not work
    standing = Signal(object)  # messaging.story.QueueStanding
    history_moved = Signal()
    warm = Signal()  # everything that is loaded while the program runs is loaded

    def __init__(self, open_desk: "Callable[[], Desk]", round_every: float) -> None:
        super().__init__()
        self._open_desk = open_desk
        self._records = Lane("records")
        self._previews = Lane("previews")
        self._errands = Lane("errands")
        self._enquiries = Lane("enquiries")
        self._searches = Lane("searches")
        self._search: _Asked | None = None
        self.who_acts: Callable[[], int | None] = lambda: None
        """Returns who is signed in as something is asked: the question is theirs, even if they lock meanwhile."""
        self._desk: Desk | None = None
        self._open_on_lane: Desk | None = None  # touched on the records thread only
        self._loop: DeliveryLoop | None = None
        self._watch: FolderWatch | None = None
        self._round_every = round_every
        self.last_standing: QueueStanding | None = None
        self.slowness = Slowness()
        self._refresh = QTimer(self, singleShot=True, interval=int(LEAST_BETWEEN_REFRESHES * 1000))
        self._refresh.timeout.connect(self.history_moved)

    def open(self) -> None:
        """Open the records, then start the delivery."""
        self._records.ask(self._open_on_records, *self.slowness.awaited(self._is_open, self._is_not_open))

    def reopen(self, work: Callable[[], object], otherwise: Callable[[DigMedError], None]) -> None:
        """Close the records, do ``work`` on their files, and open them again, also when it did not work."""
        if self._loop is not None:
            self._loop.close(2.0)
            self._loop = None
        self._desk = None
        self._give_up_search()

        def swap() -> "tuple[Desk, DigMedError | None]":
            self._searches.settle(2.0)
            self._close_on_records()
            try:
                work()
            except DigMedError as error:
                return self._open_on_records(), error
            return self._open_on_records(), None

        def done(opened: "tuple[Desk, DigMedError | None]") -> None:
            if opened[1] is not None:
                otherwise(opened[1])
            self._is_open(opened[0])

        self._records.ask(swap, *self.slowness.awaited(done, self._is_not_open))

    def ask(
        self,
        question: "Callable[[Desk], T]",
        then: Callable[[T], None],
        otherwise: Callable[[DigMedError], None] | None = None,
    ) -> None:
        """Ask the desk; ``then`` is called with the answer, later, on the window's thread."""
        answered = self.slowness.awaited(then, lambda error: self._went_wrong(error, otherwise))
        self._records.ask(self._as_theirs(question), *answered)

    def _as_theirs(self, question: "Callable[[Desk], T]") -> Callable[[], T]:
        """Return the question as one of who is signed in now."""
        person = self.who_acts()

        def asked() -> T:
            with acting(person):
                return question(self._the_desk())

        return asked

    def run(
        self,
        work: Callable[[], T],
        then: Callable[[T], None],
        otherwise: Callable[[DigMedError], None] | None = None,
    ) -> None:
        """Do something that needs no records on the records thread."""
        self._records.ask(
            work, *self.slowness.awaited(then, lambda error: self._went_wrong(error, otherwise))
        )

    def settle(self, patience: float) -> bool:
        """Wait until everything asked of the records so far is done; False when it takes longer than ``patience``."""
        return self._records.settle(patience)

    def search(
        self,
        question: "Callable[[Desk, Callable[[], bool]], T]",
        then: Callable[[T], None],
        otherwise: Callable[[DigMedError], None] | None = None,
    ) -> None:
        """Search the list without holding up other questions; what was searched for before is given up.

        ``question`` gets the desk and a function that says whether the search is still wanted.
        """
        self._give_up_search()
        over, _ = self.slowness.awaited(lambda _answer: None, lambda _error: None)
        mine = self._search = _Asked(over)

        def found(answer: T) -> None:
            if mine.is_wanted():
                over(None)
                then(answer)

        def failed(error: Exception) -> None:
            if mine.is_wanted():
                over(None)
                self._went_wrong(error, otherwise)

        asked = self._as_theirs(lambda desk: question(desk, mine.is_wanted))
        self._searches.ask(asked, found, failed, ticket="search")

    def _give_up_search(self) -> None:
        if self._search is not None:
            self._search.give_up()

    def errand(
        self,
        question: "Callable[[Desk], T]",
        then: Callable[[T], None],
        otherwise: Callable[[DigMedError], None] | None = None,
        *,
        unasked: bool = False,
    ) -> None:
        """Ask the desk for something long (an export, a backup, a PDF) without holding up other questions.

        ``unasked``: nobody waits for it, such as the daily backup, so that no sign of it is shown.
        """

        def failed(error: Exception) -> None:
            self._went_wrong(error, otherwise)

        answered = (then, failed) if unasked else self.slowness.awaited(then, failed)
        self._errands.ask(self._as_theirs(question), *answered)

    def preview(self, question: "Callable[[Desk], T]", then: Callable[[T], None]) -> None:
        """Ask for a preview; of several that wait only the newest is made."""
        answered = self.slowness.awaited(then, lambda error: self._went_wrong(error, None), PREVIEW)
        self._previews.ask(self._as_theirs(question), *answered, ticket=PREVIEW)

    def enquire(
        self,
        question: "Callable[[Desk], T]",
        then: Callable[[T], None],
        otherwise: Callable[[DigMedError], None] | None = None,
        *,
        unasked: str = "",
    ) -> None:
        """Ask something that may take a minute, of MESH for one.

        ``unasked``: its name, if nobody waits for it. Then no sign is shown, and of several only the newest is asked.
        """

        def failed(error: Exception) -> None:
            self._went_wrong(error, otherwise)

        answered = (then, failed) if unasked else self.slowness.awaited(then, failed)
        self._enquiries.ask(self._as_theirs(question), *answered, ticket=unasked)

    def renew_delivery(self) -> None:
        """Have the delivery begin anew: the connection was changed."""
        if self._loop is not None:
            self._loop.renew()
        self._watch_folders()

    def round_and_wait(self, patience: float) -> QueueStanding | None:
        """Have a round of delivery made and wait for its end; not on the window's thread."""
        return self._loop.round_and_wait(patience) if self._loop is not None else None

    def now(self, question: "Callable[[Desk], T]") -> T:
        """Answer on the calling thread, which must not be the window's."""
        return question(self._the_desk())

    def deliver_now(self) -> None:
        """Have the delivery do a round now."""
        if self._loop is not None:
            self._loop.wake()

    def close(self) -> None:
        """Stop the threads; what was asked for is finished, a call to MESH that hangs is not waited for."""
        if self._loop is not None:
            self._loop.close(2.0)
        if self._watch is not None:
            self._watch.close(1.0)
        self._previews.close(2.0)
        self._errands.close(5.0)
        self._enquiries.close(0.5)
        self._give_up_search()
        self._searches.close(2.0)
        self._records.ask(self._close_on_records, lambda _n: None, lambda _e: None)
        self._records.close(5.0)

    def _open_on_records(self) -> "Desk":
        self._open_on_lane = self._open_desk()
        return self._open_on_lane

    def _close_on_records(self) -> None:
        """Close the records also where the window was closed before it heard that they are open."""
        desk, self._open_on_lane = self._open_on_lane, None
        if desk is not None:
            desk.close()

    def _the_desk(self) -> "Desk":
        if self._desk is None:
            raise DigMedError("The records are not open yet.", "Wait a moment and try again.")
        return self._desk

    def _is_open(self, desk: "Desk") -> None:
        self._desk = desk
        self.ask(lambda d: d.opened(), self.opened.emit)
        self._loop = DeliveryLoop(desk.make_delivery, self._round_every)
        self._loop.round_done.connect(self._round_done)
        self._loop.start()
        self._watch_folders()
        self._previews.ask(desk.warm_up, lambda _n: self.warm.emit(), lambda _e: self.warm.emit())

    def _watch_folders(self) -> None:
        """Have a round as soon as something comes into the folders of a MESH client, if notifications go that way."""
        self.ask(lambda desk: desk.watched_folders(), self._watch_these, lambda _error: None)

    def _watch_these(self, folders: Sequence[str]) -> None:
        if self._watch is None and folders:
            self._watch = FolderWatch()
            self._watch.changed.connect(self.deliver_now)
        if self._watch is not None:
            self._watch.watch(folders)

    def _is_not_open(self, error: Exception) -> None:
        self.not_opened.emit(as_known(error))

    def _went_wrong(self, error: Exception, otherwise: Callable[[DigMedError], None] | None) -> None:
        known = as_known(error)
        if otherwise is not None:
            otherwise(known)
        else:
            if not isinstance(known, NobodySignedInError):  # a page behind the lock asks nothing of anyone
                self.failed.emit(known)

    def _round_done(self) -> None:
        if self._loop is None or self._loop.latest is None:
            return
        self.last_standing = self._loop.latest
        self.standing.emit(self.last_standing)
        if not self._refresh.isActive():
            self._refresh.start()
