"""Histories as a pharmacy would have them after years, written in bulk and held between runs.

A row is as large as in life in all that a list, a search, a count or Today reads: names, numbers, batches, practices,
vaccines, events and the record itself (a published example of 2 to 4 kB, with the patient's name and number). Smaller, so
that a million fit on a disk, are the message and what came back (``body`` bytes in place of some 4.5 kB each), and the
chain has no links: nothing that is measured on such a history reads them. A history is never ANALYZEd, as no product is.

*Life* has names as common as they are in England, batches of a hundred doses from several makers, and unanswered or
refused notifications among the newest only. *Alike* is the worst case: every batch begins alike, and so many are refused
or unanswered everywhere as if nobody ever settled one. In both every NHS number begins with 999, so a search for the
first digits is always the worst case.
"""

import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.history.searching import words_of
from digmed_desktop.history.tables import moment
from digmed_desktop.history.written import search_key
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import Need, State
from digmed_desktop.messaging.story import Facts, Outcome
from tests.history.samples import KEY, START

ROOT = Path(__file__).resolve().parents[2]
FOLDER = "DIGMED_HISTORIES"
"""Names the folder in which histories stay between runs; without it each run makes its own."""
A_DAY = 300
"""Notifications: a busy pharmacy in the season, all year."""
BODY = 200
WHOLE_BODY = 4500
_AT_ONCE = 20_000
_FAMILIES_TEXT = (
    "Smith Jones Williams Taylor Brown Davies Evans Wilson Thomas Johnson Roberts Walker Wright Robinson "
    "Thompson White Hughes Edwards Green Hall Wood Harris Lewis Martin Jackson Clarke Clark Turner Hill Cooper "
    "Patel Khan Ahmed Ali Hussain Begum Singh Kaur Shah Morris Ward Moore King Watson Baker Harrison Morgan "
    "Allen James Scott Phillips O'Neill Murphy Kelly Ząbek Kowalska Okafor Adeyemi Nguyen Meadows-Quill "
    "Featherstone"
)
_FAMILIES = tuple(_FAMILIES_TEXT.split())
_GIVEN_TEXT = (
    "Margaret Susan John David Mary Patricia Michael Christine Peter Jean Robert William Elizabeth James "
    "Barbara Mohammed Linda Paul Ann Richard Sandra Brian Carol Anthony Joan Kenneth Helen Sheila Alan Dorothy "
    "George Janet Thomas Pauline Derek Fatima Amira Sunita Róża Olu Jan Bo Thaddeus Wilhelmina Grace Ada Aisha "
    "Priya Chidi Zofia"
)
_GIVEN = tuple(_GIVEN_TEXT.split())
_PARTS = (
    "ash",
    "bur",
    "cole",
    "den",
    "eld",
    "far",
    "gar",
    "hol",
    "ing",
    "kel",
    "lang",
    "mar",
    "nor",
    "oak",
    "pen",
)
_ENDS = ("ton", "ford", "ham", "ley", "worth", "well", "by", "wick", "man", "son", "stead", "combe")
_MAKERS = ("AFV", "U", "FL26-", "P2", "VA", "400", "T")
_PEOPLE = tuple(f"{title} {given} {family}" for title, given, family in zip(
    ("Ms", "Mr", "Mrs", "Dr") * 4, _GIVEN[20:32], _FAMILIES[40:52], strict=False))  # fmt: skip
_FLU = "influenza-2026-27-given"


def at_hand(work: Path, count: int, *, alike: bool = False, body: int = BODY) -> Path:
    """Return the file of a history of ``count`` notifications, made in ``work`` unless it lies in :data:`FOLDER` already.

    It belongs to all: a look into it leaves an entry in the audit, and nobody records anything in it.
    """
    name = f"{count}{'-alike' if alike else ''}{'' if body == BODY else f'-{body}'}-{_version()}"
    folder = Path(os.environ.get(FOLDER) or work) / name
    if not (folder / "whole").exists():
        command = [sys.executable, "-m", "tests.benchmarks.histories", str(folder), str(count)]
        subprocess.run(
            [*command, "alike" if alike else "life", str(body)], cwd=ROOT, check=True
        )  # elsewhere: a process that opened a store wipes all memory that it frees
        (folder / "whole").touch()
    return folder / "digmed.db"


def _version() -> str:
    """Return a name for what a history is made by: another program or generator makes another."""
    from digmed_desktop.history import migrations

    return f"v{migrations.NEWEST}-{hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]}"


class Invention:
    """Draws notifications, the oldest first; the same each time."""

    def __init__(self, count: int, *, alike: bool) -> None:
        self._count, self._alike = count, alike
        self._chance = chance = random.Random(count)
        rare = [a + b + c for a in _PARTS for b in (*_PARTS, "") for c in _ENDS]
        chance.shuffle(rare)
        self._families = [*_FAMILIES, *(one.capitalize() for one in rare)]
        self._common = list(accumulate(1 / (n + 9) for n in range(len(self._families))))
        self._given = list(accumulate(1 / (n + 5) for n in range(len(_GIVEN))))
        self._numbers = self._fictional_numbers()
        self._patients: list[tuple[str, str, str]] = []
        self._practices = [
            (f"{_town(n)} {_SURGERIES[n % len(_SURGERIES)]}", f"Y{90_000 + n}") for n in range(80)
        ]
        self._near = list(accumulate(1 / (n + 2) for n in range(80)))
        self._vaccines, self._supplies = _records()
        self._usual = list(accumulate(40.0 if n == 0 else 6 / (n + 1) for n in range(len(self._vaccines))))
        self._lots: dict[str, list[Any]] = {}

    def _fictional_numbers(self) -> Iterator[str]:
        order = list(range(1_000_000))
        self._chance.shuffle(order)
        for n in order:
            first = f"999{n:06}"
            check = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(first)) % 11
            if check != 10:
                yield first + str(check % 11)

    def _patient(self) -> tuple[str, str, str]:
        """Return family name, given name and NHS number: two of three came before."""
        chance = self._chance
        if self._patients and chance.random() < 2 / 3:
            return self._patients[chance.randrange(len(self._patients))]
        made = (
            chance.choices(self._families, cum_weights=self._common)[0],
            chance.choices(_GIVEN, cum_weights=self._given)[0],
            next(self._numbers),
        )
        self._patients.append(made)
        return made

    def _batch(self, what: str) -> str:
        if self._alike:
            return f"B0{self._chance.randrange(4000):04}"
        lot = self._lots.get(what)
        if lot is None or not lot[1]:
            maker = _MAKERS[_hash_of(what) % len(_MAKERS)]
            lot = self._lots[what] = [f"{maker}{self._chance.randrange(10_000):04}{'ABCD'[lot is None]}", 100]
        lot[1] -= 1
        return str(lot[0])

    def _state(self, age: int) -> tuple[State, Need]:
        """Return the state of the one that ``age`` newer ones follow."""
        draw = self._chance.random()
        if self._alike:
            for most, state in ((0.9, State.MATCHED), (0.94, State.SENT), (0.97, State.ACCEPTED)):
                if draw < most:
                    return state, Need.NOBODY
            return (State.REJECTED, Need.ANSWERED) if draw < 0.98 else (State.ON_PAPER, Need.NOBODY)
        if age < 12:
            return State.WAITING, Need.NOBODY
        if age < A_DAY:
            for most, state in ((0.25, State.SENT), (0.45, State.ACCEPTED)):
                if draw < most:
                    return state, Need.NOBODY
        if age < 4 * A_DAY and draw > 0.985:
            return State.REJECTED, Need.ANSWERED
        for most, state in ((0.94, State.MATCHED), (0.97, State.ON_PAPER), (0.975, State.NOT_SHARED)):
            if draw < most:
                return state, Need.NOBODY
        settled = (
            State.REJECTED,
            State.NOT_KNOWN_THERE,
            State.CANCELLED,
            State.WITHDRAWN,
            State.BY_TELEPHONE,
        )
        return settled[int(draw * 100_000) % len(settled)], Need.NOBODY

    def one(self, n: int) -> tuple[Facts, State, Need, str]:
        """Return the ``n``-th notification, its state and its record as JSON."""
        chance, age = self._chance, self._count - n
        family, given, number = self._patient()
        supplied = n % 40 == 0
        among = self._supplies if supplied else self._vaccines
        weights = None if supplied else self._usual
        what, record = chance.choices(among, cum_weights=weights)[0]
        practice, code = chance.choices(self._practices, cum_weights=self._near)[0]
        day = START.astimezone(ENGLAND).date() - timedelta(days=age // A_DAY)
        place = A_DAY - age % A_DAY  # of the day
        at = datetime(day.year, day.month, day.day, 0, 30, tzinfo=ENGLAND) + timedelta(minutes=place * 2)
        facts = Facts(
            Kind.EMERGENCY_SUPPLY if supplied else Kind.VACCINATION,
            f"{family.upper()}, {given}",
            number,
            what,
            "" if supplied else self._batch(what),
            practice,
            code,
            _PEOPLE[chance.randrange(9)],
            at,
            Outcome.SUPPLIED if supplied else Outcome.GIVEN,
        )
        text = record.replace("%FAMILY%", family).replace("%GIVEN%", given).replace("%NUMBER%", number)
        return facts, *self._state(age), text


_SURGERIES = ("Surgery", "Medical Centre", "Health Centre", "Group Practice")


def _town(n: int) -> str:
    return f"{(_PARTS[n % 15] + _ENDS[n % 12]).capitalize()} {('North', 'South', 'High Street', 'Park')[n // 20]}"


def _hash_of(text: str) -> int:
    """Return a number that is the same in each run."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


@cache
def _records() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return what was given and what was supplied, each with a record that has places for the patient."""
    vaccines: list[tuple[str, str]] = []
    supplies: list[tuple[str, str]] = []
    for file in sorted((ROOT / "resources" / "examples").glob("*.json")):
        if not file.stem.endswith("-given") and not file.stem.startswith("emergency"):
            continue
        if file.stem.endswith("-not-given"):
            continue
        whole = json.loads(file.read_text(encoding="utf-8"))
        patient = whole["record"]["patient"]
        patient["name"]["family"], patient["name"]["given"] = "%FAMILY%", "%GIVEN%"
        patient["nhs_number"] = "%NUMBER%"
        items = whole["record"].get("immunizations") or whole["record"]["items"]
        named = items[0]["product"]["display"]
        row = (named, json.dumps(whole, ensure_ascii=False))
        if file.stem.startswith("emergency"):
            supplies.append(row)
        elif file.stem == _FLU:
            vaccines.insert(0, row)
        else:
            vaccines.append(row)
    return vaccines, supplies


_TABLES = {
    "notification": (
        "id token kind state need held corrects withdrawal outcome on_behalf patient_name name_key nhs_number what batch "
        "practice_name practice_ods by_name contact_at changed_at sent_at accepted_at matched_at message_id "
        "sender_reference"
    ),
    "payload": "notification_id record_json body sha256 subject edition made_at",
    "sending": "notification_id latest local_id address mesh_id attempts posted_at",
    "event": "notification_id at happening state by_name code note",
    "inbox": (
        "mesh_id kind workflow sender body local_id linked_id status_code status_text received_at kept_at "
        "notification_id matched acknowledged_at applied_at trouble"
    ),
    "word": "word notification_id",
    "named": "role name search_key",
}


def write(path: Path, key: bytes, count: int, *, alike: bool, body: int) -> None:
    """Write ``count`` notifications into an empty database, its indexes last."""
    connection = sqlcipher.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    for pragma in ("journal_mode = DELETE", "journal_mode = OFF", "synchronous = OFF", "cache_size = -600000",
                   "temp_store = MEMORY", "locking_mode = EXCLUSIVE"):  # fmt: skip
        connection.execute(f"PRAGMA {pragma}")
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql > ''"
    ).fetchall()
    for name, _sql in indexes:
        connection.execute(f"DROP INDEX {name}")
    invention = Invention(count, alike=alike)
    named: set[tuple[str, str]] = set()
    fill = {
        table: f"INSERT INTO {table} ({', '.join(names.split())}) VALUES ({', '.join('?' * len(names.split()))})"
        for table, names in _TABLES.items()
    }
    for first in range(1, count + 1, _AT_ONCE):
        rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _TABLES}
        for n in range(first, min(first + _AT_ONCE, count + 1)):
            _add(rows, n, *invention.one(n), body, named)
        connection.execute("BEGIN")
        for table, values in rows.items():
            connection.executemany(fill[table], sorted(values) if table == "word" else values)
        connection.execute("COMMIT")
    for _name, sql in indexes:
        connection.execute(sql)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def _add(
    rows: dict[str, list[tuple[Any, ...]]], n: int, facts: Facts, state: State, need: Need, record: str, body: int,
    named: set[tuple[str, str]],
) -> None:  # fmt: skip
    at = moment(facts.contact_at)
    later = [moment(facts.contact_at + timedelta(minutes=minutes)) for minutes in (1, 3, 40, 300)]
    out = state not in (State.WAITING, State.NOT_SHARED)
    matched = state is State.MATCHED
    mesh_id = f"{at[:10].replace('-', '')}{n:014}" if out else None
    noise = random.Random(n).randbytes(body)
    digest = hashlib.sha256(noise).hexdigest()
    rows["notification"].append(
        (
            n, f"{n:032x}", facts.kind.value, state.value, int(need), 0, None, 0, facts.outcome.value, 0,
            facts.patient_name, search_key(facts.patient_name), facts.nhs_number, facts.what, facts.batch,
            facts.practice_name, facts.practice_ods, facts.by, at, later[3] if out else at, later[0] if out else None,
            later[2] if matched else None, later[3] if matched else None, _uuid(n, 1), _uuid(n, 2),
        )
    )  # fmt: skip
    subject = f"Vaccination notification for {facts.patient_name}, NHS Number: {facts.nhs_number}"
    rows["payload"].append((n, record, noise, digest, subject, "flu-1.2.9", at))
    local_id = f"FQF01_{_uuid(n, 3).replace('-', '')}"
    rows["sending"].append((n, 1, local_id, "X26OT123", mesh_id, int(out), later[0] if out else None))
    told = [("frozen", "waiting", at)]
    if out:
        told += [("claimed", "sending", later[0]), ("taken", "sent", later[0])]
    if matched:
        told += [("accepted", "accepted", later[2])]
    told += [(state.value if state is not State.SENT else "picked-up", state.value, later[3])] if out else []
    rows["event"] += [
        (n, when, what, became, facts.by if what == "frozen" else "", "", "") for what, became, when in told
    ]
    if matched:
        rows["inbox"] += [
            (f"IN{n:020}{place}", "data", f"{facts.kind.value}_ACK", "X26OT123", noise, "", "", "", "", when, when, n,
             1, when, when, "")
            for place, when in enumerate(later[2:])
        ]  # fmt: skip
    rows["word"] += [(one, n) for one in words_of(facts)]
    for role, name in (("practice", facts.practice_name), ("person", facts.by), ("what", facts.what)):
        if (role, name) not in named:
            named.add((role, name))
            code = facts.practice_ods if role == "practice" else ""
            rows["named"].append((role, name, " " + search_key(f"{name} {code}")))


def _uuid(n: int, which: int) -> str:
    text = f"{(n * 2654435761 + which * 40503) % 2**64:016x}{n:015x}{which}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


_EMPTY = """
import sys; from pathlib import Path
from digmed_desktop.history.store import Store
from tests.history.samples import KEY, MovedClock
Store.create(Path(sys.argv[1]), KEY, MovedClock()).close()
"""


def main(folder: Path, count: int, kind: str, body: int) -> None:
    """Make a history in a folder."""
    file = folder / "digmed.db"
    for left in folder.glob("*") if folder.exists() else ():
        left.unlink()
    subprocess.run([sys.executable, "-c", _EMPTY, str(file)], cwd=ROOT, check=True)
    write(file, KEY, count, alike=kind == "alike", body=body)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
