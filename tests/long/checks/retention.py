"""Ten years of invented records, with holds, led through every day on which a period ends."""

import dataclasses
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.retention_kinds import RecordKind
from digmed_desktop.desk.records.retention import RetentionDesk
from digmed_desktop.desk.upkeep.head_keeper import check
from digmed_desktop.desk.views.retention import WORDS
from digmed_desktop.history.searching import MOST_SAVED
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.connection import Health
from digmed_desktop.messaging.replies import ReplyAct
from digmed_desktop.messaging.retention import HoldReason
from digmed_desktop.messaging.searching import Search
from digmed_desktop.messaging.sending import InboxItem, ItemKind
from digmed_desktop.messaging.story import Facts
from tests.history.fresh import fresh_store
from tests.history.samples import KEY, PHARMACIST, MovedClock, facts, local_id, message, names, token
from tests.long.registry import LongCheck, Outcome, Size

FIRST = date(2012, 3, 1)
TEN_YEARS = 3650
REASONS = tuple(HoldReason)


@dataclass
class Invented:
    """One record as it was invented: what the program should do is worked out from this alone."""

    ids: list[int]
    number: str
    family: str
    born: date | None
    last: date
    batch: str
    open: bool = False


def plus(day: date, years: int) -> date:
    """Return the day so many years later, 1 March for a 29 February that is not there."""
    year = day.year + years
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return (
        date(year, 3, 1) if (day.month, day.day) == (2, 29) and not leap else date(year, day.month, day.day)
    )


def age(born: date, on: date) -> int:
    years = on.year - born.year
    return years if plus(born, years) <= on else years - 1


def until(born: date | None, seen: date) -> date | None:
    """Return the last day by the table: 8 years, of a child the 25th birthday, the 26th of somebody who was 17."""
    if born is None:
        return None
    if age(born, seen) >= 18:
        return plus(seen, 8)
    return max(plus(seen, 8), plus(born, 26 if age(born, seen) == 17 else 25))


def seen(records: list[Invented], one: Invented) -> date:
    return max(other.last for other in records if other.number == one.number)


@dataclass(frozen=True)
class Besides:
    """Something that is no record, as it was invented: a form not finished, a saved search, an unmatched reply."""

    kind: RecordKind
    key: str
    last: date
    born: date | None = None
    number: str = ""
    open: bool = False

    @property
    def until(self) -> date:
        """The last day by the table: of a form as of a record, of a search 1 year, of a reply 8."""
        if self.kind is RecordKind.SAVED_SEARCH:
            return plus(self.last, 1)
        return (until(self.born, self.last) if self.born else None) or plus(self.last, 8)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


Steps = list[tuple[datetime, Callable[[], object]]]


def invent(store: Store, steps: Steps, dice: random.Random, count: int) -> list[Invented]:
    """Plan records over ten years; some are corrected later, some need a person, some are of nobody's known age."""
    patients = []
    for place in range(max(2, count // 2)):
        years = dice.choice((0.5, 3, 11, 16.9, 17.5, 17.99, 18.01, 25, 44, 70))
        day = FIRST + timedelta(days=dice.randrange(TEN_YEARS)) - timedelta(days=int(years * 365.25))
        day = date(1996, 2, 29) if place == 0 else day
        patients.append((f"999{place:07}", f"Vroxhalter{place}", None if place % 4 == 3 else day))
    records: list[Invented] = []
    for day in sorted(FIRST + timedelta(days=dice.randrange(TEN_YEARS)) for _ in range(count)):
        number, family, known = dice.choice(patients)
        born = min(known, day) if known else None
        record = Invented([], number, family, born, day, f"B{dice.randrange(max(2, count // 4))}")
        text = json.dumps({"record": {"patient": {"date_of_birth": born.isoformat() if born else None}}})
        about = dataclasses.replace(
            facts(name=f"{family.upper()}, Ada"),
            nhs_number=number,
            batch=record.batch,
            contact_at=noon(day),
        )
        way = dice.randrange(8)
        record.open = way < 2
        steps.append((noon(day), partial(make, store, record, text, about, way)))
        if way == 7:
            record.last = day + timedelta(days=dice.randrange(1, 400))
            later = dataclasses.replace(about, contact_at=noon(record.last))
            steps.append((noon(record.last), partial(make, store, record, text, later, way)))
        records.append(record)
    return records


def make(store: Store, record: Invented, text: str, about: Facts, way: int) -> None:
    """Record something, or correct what was recorded before."""
    before = record.ids[-1] if record.ids else None
    record.ids.append(freeze(store, text, about, way, corrects=before))
    if before is None:
        store.patients.remember(
            family=record.family, given="Ada", nhs_number=record.number, born=record.born, answers={}
        )


def invent_besides(
    store: Store, steps: Steps, dice: random.Random, records: list[Invented], count: int
) -> list[Besides]:
    """Plan forms that are begun for patients there are, saved searches, and replies that match nothing."""
    ada = store.people.add(PHARMACIST, "slow-hash")
    made: list[Besides] = []
    searches = 0
    for place in range(count):
        day = FIRST + timedelta(days=dice.randrange(TEN_YEARS))
        kind = dice.choice((RecordKind.DRAFT, RecordKind.SAVED_SEARCH, RecordKind.UNMATCHED_REPLY))
        if kind is RecordKind.DRAFT:
            whose = dice.choice(records)
            born = whose.born if whose.born and whose.born <= day else None
            said = f"{born.day}/{born.month}/{born.year}" if born else ""
            state = FormState({"patient.nhs_number": whose.number, "patient.date_of_birth": said})
            key = f"draft {place}"
            steps.append((noon(day), partial(store.drafts.save, key, "vaccination", state, ada)))
            made.append(Besides(kind, key, day, born, whose.number))
        elif kind is RecordKind.SAVED_SEARCH and searches < MOST_SAVED:
            searches += 1
            search = Search(text="Vroxhalter")
            steps.append((noon(day), partial(store.searching.save, f"search {place}", search)))
            made.append(Besides(kind, f"search {place}", day))
        else:
            reply, waits = f"reply {place}", dice.randrange(4) == 0
            steps.append((noon(day), partial(answer, store, reply, None if waits else ada)))
            made.append(Besides(RecordKind.UNMATCHED_REPLY, reply, day, open=waits))
    last = "the newest decision about a reply stays, for its number would be given again"
    steps.append((noon(FIRST + timedelta(days=TEN_YEARS + 400)), partial(answer, store, last, ada)))
    return made


def answer(store: Store, reply: str, settled_by: int | None) -> None:
    """Let a reply come that matches nothing, and be settled or not."""
    store.inbox.keep(InboxItem(reply, ItemKind.DATA, "ACK", "EVIL99", b"<Response/>"))
    store.inbox.place_response(reply, names(""), timedelta(days=5))
    if settled_by is not None:
        store.replies.settle(reply, ReplyAct.DEALT_WITH, settled_by)


def freeze(store: Store, text: str, about: Facts, way: int, corrects: int | None = None) -> int:
    """Freeze one: 0 waits for MESH, 1 waits to be told on paper, all others are settled."""
    return store.notifications.freeze(
        None, text, about, message() if way == 0 else None, local_id(), None, token=token(),
        no_route="no mailbox" if way == 1 else "", not_shared=way > 1,
        correction=None if corrects is None else store.notifications.correction(corrects),
    )  # fmt: skip


def run(size: Size, folder: Path) -> Outcome:
    """Lead records through every boundary day; hold what the program removes against what the table says."""
    dice, clock = random.Random(size.seed), MovedClock()
    clock.at = noon(FIRST)
    store = fresh_store(folder / "data" / "digmed.db", KEY, clock)
    desk = RetentionDesk(store, clock, lambda: "Ms Ada Okonkwo-Bright")
    broken: list[str] = []
    steps: Steps = []
    left = invent(store, steps, dice, size.count)
    besides = invent_besides(store, steps, dice, left, size.count // 4)
    for at, step in sorted(steps, key=lambda one: one[0]):
        clock.at = at
        step()
    desk.confirm()
    holds = place_holds(desk, left, dice)
    ends = sorted(
        {day for one in left if (day := until(one.born, seen(left, one)))} | {one.until for one in besides}
    )
    figures = {"records": len(left), "forms, searches and replies": len(besides), "boundary days": len(ends)}
    figures |= {"holds": len(holds), "removed": 0}
    lifted_on = plus(FIRST, 19)
    for day in [moment for end in ends for moment in (end, end + timedelta(days=1))]:
        clock.at = noon(day)
        if holds and day > lifted_on:
            for number in holds:
                desk.lift(number, "settled")
            holds = {}
        want = {tuple(one.ids) for one in left if is_due(left, one, day, holds)}
        want_besides = {
            one.key for one in besides if day > one.until and not one.open and not is_held(one, holds)
        }
        due = desk.preview().due
        if {one.ids for one in due if one.left is None} != want:
            broken.append(f"on {day}: {sorted(one.ids for one in due)} instead of {sorted(want)}")
            break
        named = {
            one.left.key for one in due if one.left is not None and not one.left.key.startswith("the newest")
        }
        if named != want_besides:
            broken.append(f"on {day}: {sorted(named)} instead of {sorted(want_besides)}")
            break
        if due:
            gone, _patients = desk.remove(due, WORDS)
            figures["removed"] += gone
            left = [one for one in left if tuple(one.ids) not in want]
            besides = [one for one in besides if one.key not in want_besides]
        there = {group.ids for group in store.retention.groups()}
        if there != {tuple(one.ids) for one in left}:
            broken.append(f"on {day}: {len(there)} records are left instead of {len(left)}")
        loose = {one.key for one in store.retention.leftovers() if not one.key.startswith("the newest")}
        if loose != {one.key for one in besides}:
            broken.append(
                f"on {day}: {sorted(loose)} are left instead of {sorted(one.key for one in besides)}"
            )
    found = check(store)
    if found.health is not Health.GOOD or (figures["removed"] and "Retention removed" not in found.sentence):
        broken.append(f"the chain: {found.sentence}")
    figures["links"] = store.chain.verify().entries
    broken += [f"still there: {name}" for name in traces(store, left)]
    store.close()
    return Outcome(figures, tuple(broken))


def place_holds(
    desk: RetentionDesk, records: list[Invented], dice: random.Random
) -> dict[int, tuple[str, str]]:
    """Hold some patients, by number and by a notification, and a batch."""
    placed = {}
    for kind in ("patient", "notification", "batch"):
        one = dice.choice(records)
        which = {"patient": one.number, "notification": str(one.ids[0]), "batch": one.batch.lower()}[kind]
        held = one.batch if kind == "batch" else one.number
        if kind == "patient":
            continue  # an invented number has no check digit; a test of its own holds by number
        placed[desk.hold(dice.choice(REASONS), "as invented", f"{kind} {which}").id] = (kind, held)
    return placed


def is_due(left: list[Invented], one: Invented, day: date, holds: dict[int, tuple[str, str]]) -> bool:
    end = until(one.born, seen(left, one))
    held = any(which == (one.batch if kind == "batch" else one.number) for kind, which in holds.values())
    return end is not None and day > end and not one.open and not held


def is_held(one: Besides, holds: dict[int, tuple[str, str]]) -> bool:
    return one.number != "" and any(kind != "batch" and which == one.number for kind, which in holds.values())


def traces(store: Store, left: list[Invented]) -> list[str]:
    """Return names of patients without any record left, and who are still in a table of records."""
    kept = {one.family for one in left}
    with store.retention._database.reading() as connection:
        tables = ("notification", "payload", "event", "word")
        text = "\n".join(
            str(tuple(row)) for name in tables for row in connection.exec_driver_sql(f"SELECT * FROM {name}")
        ).casefold()
    every = {f"Vroxhalter{place}" for place in range(10_000)}
    words = {word.strip("',()") for word in text.split()}
    return [name for name in every - kept if name.casefold() in words]


CHECK = LongCheck(
    "retention removes what the table says on the day after each period's end, nothing earlier, nothing held or in use",
    Size(300),
    run,
)
