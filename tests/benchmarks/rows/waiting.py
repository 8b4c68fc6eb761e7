"""How long the counter waits for an answer while the slowest search goes on, beside the same with nothing going on."""

import shutil
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication

from digmed_desktop.background.office import Office
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.record import PersonName, Professional, Regulator
from digmed_desktop.credentials.pins import hash_pin
from digmed_desktop.desk.connections.sender import Sender
from digmed_desktop.desk.desk import Desk
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.people import Access, Why
from digmed_desktop.messaging.ports import DeliveryRounds
from digmed_desktop.messaging.searching import Search
from digmed_desktop.reference import roles
from digmed_desktop.settings.choices import Choices
from tests.benchmarks import perfect
from tests.benchmarks.frame import Asked, Benchmark, Row
from tests.benchmarks.histories import at_hand
from tests.clinical.examples import NOW, complete_answers
from tests.history.samples import KEY, PHARMACY, MovedClock

TWO_FRAMES = 2 * 1000 / 60
PIN = "507182"
ADA = Professional(
    PersonName("Ada", "Okonkwo-Bright", "Ms"), roles.role("pharmacist").coded, Regulator.GPHC, "9999991"
)
PAGE = 100
MOST_MS = 60_000
LOOKS = 3


class NoRounds:
    """A delivery with nothing to do."""

    def __getattr__(self, _name: str) -> Any:
        return lambda *_args, **_named: None


def _nothing_delivered(_store: Store) -> DeliveryRounds:
    return NoRounds()


class Counter:
    """An office over a history, asked as the window asks it."""

    def __init__(self, file: Path, folder: Path) -> None:
        self._application = QCoreApplication.instance() or QCoreApplication([])
        self._clock = MovedClock(NOW)
        self._store = store = Store.open(file, KEY, self._clock)
        store.profile.save_pharmacy(PHARMACY)
        self.person = store.people.add(ADA, hash_pin(PIN), Access(manager=True), Why.FIRST_RUN)
        choices = Choices()
        desk = Desk(
            store, self._clock, kept_in="a benchmark", sender=Sender("FQF01OT001", choices.now), choices=choices,
            make_delivery=_nothing_delivered, folder=folder,
        )  # fmt: skip
        self.office = Office(lambda: desk, 3600.0)
        self.office.who_acts = lambda: self.person
        self.office._desk = desk
        self._desk = desk
        self.searched = 0

    def wait(self, question: Callable[[Desk], object]) -> float:
        """Ask and return the ms until the answer is on the window's thread."""
        answered: list[object] = []
        began = time.perf_counter()
        self.office.ask(question, answered.append, answered.append)
        self._until(lambda: bool(answered))
        took = (time.perf_counter() - began) * 1000
        assert not isinstance(answered[0], Exception), str(answered[0])
        return took

    def search(self, search: Search) -> float:
        """Search once and return the ms until the rows are there."""
        found: list[object] = []
        began = time.perf_counter()
        self.office.search(_first(search), found.append)
        self._until(lambda: bool(found))
        return (time.perf_counter() - began) * 1000

    def keep_searching(self, search: Search) -> None:
        """Search again as soon as the rows are there."""

        def once_more(_found: object) -> None:
            self.searched += 1
            self.keep_searching(search)

        self.office.search(_first(search), once_more)

    def close(self) -> None:
        self.office.close()
        self._store.close()

    def _until(self, seen: Callable[[], bool]) -> None:
        end = time.perf_counter() + MOST_MS / 1000
        while not seen():
            assert time.perf_counter() < end
            self._application.processEvents()
            time.sleep(0.0005)


def _name(of: str) -> str:
    """Return a last name of letters only."""
    return "".join(chr(ord("a") + int(one, 16)) for one in of[:8]).capitalize()


def _first(search: Search) -> Callable[[Desk, Callable[[], bool]], object]:
    return lambda desk, is_wanted: desk.listing.first(search, PAGE, is_wanted)


def questions(person: int) -> dict[str, Callable[[], Callable[[Desk], object]]]:
    """Return what the counter asks, made anew for each time."""

    def check() -> Callable[[Desk], object]:
        state = FormState(complete_answers())
        return lambda desk: desk.keep_and_preview("a draft", "vaccination", state, person)

    def send() -> Callable[[Desk], object]:
        draft = uuid.uuid4().hex
        state = FormState(complete_answers(patient__family=_name(draft)))

        def sent(desk: Desk) -> object:
            warned = (p for p in desk.preview("vaccination", state).problems if p.needs_reason)
            reasons = {one.reason_key: "It is a benchmark" for one in warned}
            made = desk.send("vaccination", draft, replace(state, reasons=reasons), person)
            assert made.notification is not None, [one.sentence for one in made.problems]
            return made

        return sent

    return {
        "Check": check,
        "Send": send,
        "PIN": lambda: lambda desk: desk.sign_in(person, PIN),
        "drafts": lambda: lambda desk: desk.drafts(),
        "scan of a patient": lambda: lambda desk: desk.patients.search("9991234553"),
    }


def run(asked: Asked) -> Iterator[Row]:
    """Find the slowest search of all at each size, and ask while it goes on and while nothing does."""
    for size in asked.sizes:
        file = at_hand(asked.folder, size)
        texts, filters = perfect.searches(file)
        own = asked.folder / f"own-{size}" / file.name
        own.parent.mkdir(mode=0o700)
        shutil.copy(file, own)
        counter = Counter(own, asked.folder)
        each = {
            f"{name}, {order}": ordered
            for name, search in {**texts, **filters}.items()
            for order, ordered in perfect.orders(search).items()
        }
        took = {
            name: statistics.median(counter.search(one) for _ in range(LOOKS)) for name, one in each.items()
        }
        slowest = max(took, key=lambda name: took[name])
        for name, question in questions(counter.person).items():
            yield _row(counter, name, question, each[slowest], slowest, took[slowest], asked.rounds, size)
        counter.close()
        own.unlink()


def _row(
    counter: Counter, name: str, question: Callable[[], Callable[[Desk], object]], search: Search, slowest: str,
    took: float, rounds: int, size: int,
) -> Row:  # fmt: skip
    here, there = [], []
    counter.wait(question())
    for _ in range(rounds):
        counter.office._give_up_search()
        there.append(counter.wait(question()))
        counter.keep_searching(search)
        here.append(counter.wait(question()))
    counter.office._give_up_search()
    what = f"{name} answers while a search goes on"
    reference = (
        f"itself with nothing going on (enough: two frames more); the search: {slowest}, {took:.0f} ms"
    )
    enough = statistics.median(there) + TWO_FRAMES
    return Row(what, reference, tuple(here), tuple(there), 1.0, enough=enough, size=size)


BENCHMARK = Benchmark("what the counter waits for while the list is searched", 9, run, (30_000, 1_000_000))
