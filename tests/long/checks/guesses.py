"""Guesses of a PIN over restarts, clocks set at will, older records put back, and two windows: never too many tries."""

import json
import random
import shutil
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from digmed_desktop.clinical.record import PersonName, Professional, Regulator
from digmed_desktop.credentials import pins
from digmed_desktop.credentials.tries import TryBook
from digmed_desktop.desk.gate import acting
from digmed_desktop.desk.people.people import PeopleDesk
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.people import Access
from digmed_desktop.reference import roles
from tests.conftest import MemoryVault
from tests.history.samples import KEY, MovedClock
from tests.long.registry import LongCheck, Outcome, Size

PIN, FIRST_GUESS = "739204", 100_000
BETWEEN = (
    "nothing", "nothing", "nothing", "restart", "clock ahead", "clock back", "older records", "another window",
    "new person", "a moment", "a wait", "computer restarted",
)  # fmt: skip
WRONG, TOO_MANY = "not this person's PIN", "Too many wrong PINs"


@dataclass
class Pharmacy:
    """Records, their vault, a clock that can be set, and how long the computer has really run."""

    folder: Path
    vault: MemoryVault = field(default_factory=MemoryVault)
    clock: MovedClock = field(default_factory=MovedClock)
    really: float = 50_000.0  # seconds, as nobody can set them
    started: float = 0.0
    people: int = 2

    def __post_init__(self) -> None:
        self.file = self.folder / "data" / "digmed.db"
        self.store = Store.create(self.file, KEY, self.clock)
        self.victim = self.store.people.add(who("Ada"), pins.hash_pin(PIN))
        self.manager = self.store.people.add(who("Olwen"), "slow-hash", Access(manager=True))
        self.store.close()
        shutil.copy(self.file, self.folder / "older.db")
        self.open()

    def open(self) -> None:
        self.store = Store.open(self.file, KEY, self.clock)
        self.windows = [self.window(), self.window()]

    def window(self) -> PeopleDesk:
        return PeopleDesk(self.store, self.clock, TryBook(self.vault, lambda: self.really - self.started))

    def between(self, what: str, chance: random.Random) -> None:
        """Let something happen that must not give a try back."""
        match what:
            case "restart":
                self.store.close()
                self.open()
            case "clock ahead" | "clock back":
                days = chance.uniform(1, 400) * (1 if what == "clock ahead" else -1)
                self.clock.move(days=days)
            case "older records":
                self.store.close()
                for left in self.file.parent.glob("digmed.db-*"):
                    left.unlink()
                shutil.copy(self.folder / "older.db", self.file)
                self.open()
            case "another window":
                self.windows.reverse()
            case "new person":
                with acting(self.manager):
                    self.store.people.add(who(f"New {self.people}"), "slow-hash")
                self.people += 1
            case "a moment":
                self.really += chance.uniform(0, 40)
            case "a wait":
                self.really += chance.uniform(0, 3_700)
            case "computer restarted":
                self.really += chance.uniform(30, 90)
                self.started = self.really


def who(given: str) -> Professional:
    return Professional(PersonName(given, "Vale"), roles.role("pharmacist").coded, Regulator.GPHC, "2071234")


def allowed_at(looked_at: list[float]) -> float:
    """Return from when on the next PIN may be looked at, by the table alone and real time."""
    if not looked_at:
        return 0.0
    waits = (timedelta(0),) * (pins.FREE_TRIES - 1) + (timedelta(0), *pins.WAITS)
    wait = waits[min(len(looked_at), len(waits) - 1)]
    return looked_at[-1] + wait.total_seconds()


def run(size: Size, folder: Path) -> Outcome:
    """Guess, with something in between each time; note each PIN that was looked at before its time."""
    chance = random.Random(size.seed)
    pharmacy = Pharmacy(folder)
    looked_at: list[float] = []
    ended: Counter[str] = Counter()
    broken = []
    for number in range(size.count):
        what = chance.choice(BETWEEN)
        ended[what] += 1
        pharmacy.between(what, chance)
        due = allowed_at(looked_at)
        said = pharmacy.windows[0].sign_in(pharmacy.victim, str(FIRST_GUESS + number)).sentence
        if WRONG in said:
            if pharmacy.really < due:
                broken.append(
                    f"guess {number} after {what}: looked at {due - pharmacy.really:.0f} s too early"
                )
            looked_at.append(pharmacy.really)
        elif TOO_MANY not in said:
            broken.append(f"guess {number} after {what}: {said or 'let in'}")
    pharmacy.store.close()
    figures: dict[str, int | float | str] = dict(sorted(ended.items()))
    figures |= {"PINs looked at": len(looked_at), "hours": round(pharmacy.really / 3600)}
    return Outcome(figures, tuple(broken), json.dumps([round(one) for one in looked_at[:12]]))


CHECK = LongCheck(
    "no restart, clock, older records, second window or new person gives a try at a PIN before its time",
    Size(10_000),
    run,
)
