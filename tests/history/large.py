"""A history of many notifications with their messages, written in bulk through an open store."""

import random
from datetime import timedelta

from digmed_desktop.history import written
from digmed_desktop.history.searching import index, words_of
from digmed_desktop.history.store import Store
from digmed_desktop.history.tables import event, notification, payload, sending, word
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import Need, State
from digmed_desktop.messaging.story import Facts, Outcome
from tests.history.samples import START

BODY = 3000  # bytes of a message as it is kept, deflated
STATES = (
    (State.MATCHED,) * 90
    + (State.SENT,) * 4
    + (State.ACCEPTED,) * 3
    + (State.REJECTED, State.ON_PAPER, State.WAITING)
)
FAMILIES = (
    "Smith",
    "O'Neill",
    "Khan",
    "Okafor",
    "Patel",
    "Ząbek",
    "Meadows-Quill",
    "Lund",
    "Featherstone",
    "Bright",
)
GIVEN = ("Rose", "Ada", "Wilhelmina", "Bo", "Thaddeus", "Grace", "Amira", "Sunita", "Jan", "Olu")


def write(store: Store, count: int, *, body: int = BODY) -> None:
    """Write ``count`` notifications into an empty history, each with a message of ``body`` bytes and four events."""
    chance = random.Random(7)
    seen: set[tuple[int, int, int]] = set()
    for first in range(0, count, 5000):
        rows, bodies, events, sent, told, words = [], [], [], [], [], []
        for n in range(first + 1, min(first + 5000, count) + 1):
            family = FAMILIES[chance.randrange(10)] + (chr(97 + n % 26) if n % 3 else "")
            name = f"{family.upper()}, {GIVEN[chance.randrange(10)]}"
            practice = chance.randrange(80)
            at = START - timedelta(minutes=(count - n) * 3)
            facts = Facts(
                Kind.VACCINATION if n % 40 else Kind.EMERGENCY_SUPPLY,
                name,
                f"999{n % 10_000_000:07}",
                f"Influenza vaccine {n % 6}",
                f"B{n % 400:04}",
                f"Surgery {practice} of Testham",
                f"Y{practice:05}",
                f"Person {n % 9}",
                at,
                Outcome.GIVEN if n % 40 else Outcome.SUPPLIED,
            )
            state = STATES[chance.randrange(100)]
            need = Need.ANSWERED if state is State.REJECTED else Need.NOBODY
            rows.append(
                {
                    "id": n, "token": str(n), "kind": facts.kind, "state": state, "need": need, "held": False,
                    "withdrawal": False, "patient_name": name, "name_key": written.search_key(name),
                    "nhs_number": facts.nhs_number, "what": facts.what, "batch": facts.batch,
                    "practice_name": facts.practice_name, "practice_ods": facts.practice_ods,
                    "by_name": facts.by, "contact_at": at, "changed_at": at,
                    "outcome": facts.outcome,
                }
            )  # fmt: skip
            bodies.append(
                {"notification_id": n, "record_json": "{}", "body": chance.randbytes(body), "made_at": at}
            )
            sent.append(
                {"notification_id": n, "latest": True, "local_id": f"L{n}", "address": "", "attempts": 1}
            )
            events += [
                {"notification_id": n, "at": at, "happening": happening, "state": state, "by_name": "",
                 "code": "", "note": ""}
                for happening in ("frozen", "claimed", "taken", "matched")
            ]  # fmt: skip
            if (practice, n % 9, n % 6) not in seen:
                seen.add((practice, n % 9, n % 6))
                told.append((n, facts))
            else:
                words += [{"word": one, "notification_id": n} for one in words_of(facts)]
        with store.notifications._database.writing() as connection:
            for table, values in ((notification, rows), (payload, bodies), (sending, sent), (event, events)):
                connection.execute(table.insert(), values)
            connection.execute(word.insert(), words)
            for n, facts in told:
                index(connection, n, facts)
