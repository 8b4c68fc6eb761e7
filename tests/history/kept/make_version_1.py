"""Make ``version-1.db``: a database of version 1 of the schema with every kind of record, all of it fictional.

It ran once, with the program as it was at version 1, and stays for the record: the file it made is what counts, and
is never made anew. Its key is ``KEY`` of ``tests/history/samples.py``; the register's key is ``SEAL`` here.
"""

import sys
from collections import deque
from datetime import date, timedelta
from pathlib import Path

from digmed_desktop.clinical.emergency_supply import ItemKind as MedicineKind
from digmed_desktop.clinical.medicine import Medicine
from digmed_desktop.clinical.practices import ListedPractice
from digmed_desktop.clinical.record import Address, Coded, Organisation, PersonName, Professional
from digmed_desktop.clinical.stock import StockBatch
from digmed_desktop.history import ledger
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.answers import Meaning
from digmed_desktop.messaging.corrections import Correction
from digmed_desktop.messaging.delivery import Stop
from digmed_desktop.messaging.register import EntryKind, Head, NewEntry
from digmed_desktop.messaging.searching import Search
from digmed_desktop.messaging.sending import InboxItem, ItemKind, Kind, Receipt
from digmed_desktop.messaging.states import TRANSITIONS, Happening, State
from tests.history.samples import (
    KEY,
    PHARMACIST,
    PHARMACY,
    PRACTICE,
    START,
    MovedClock,
    answered,
    facts,
    message,
)

SEAL = bytes(range(100, 132))
BEGINNINGS = {Happening.FROZEN, Happening.NOT_SHARED}


class FixedSeal:
    """The register's key, and its head in memory."""

    def __init__(self) -> None:
        self.kept: Head | None = None

    def key(self) -> bytes:
        return SEAL

    def head(self) -> Head | None:
        return self.kept

    def keep_head(self, head: Head) -> None:
        self.kept = head


def ways() -> dict[State, tuple[Happening, ...]]:
    """Return the shortest way to each state from one in which a notification begins."""
    found: dict[State, tuple[Happening, ...]] = {State.WAITING: (), State.NOT_SHARED: ()}
    left = deque(found)
    while left:
        state = left.popleft()
        for (before, happening), after in TRANSITIONS.items():
            if before is state and after not in found:
                found[after] = (*found[before], happening)
                left.append(after)
    return found


class Maker:
    """Fills one store through its doors."""

    def __init__(self, path: Path) -> None:
        self.clock = MovedClock()
        self.store = Store.create(path, KEY, self.clock)
        self.count = 0

    def freeze(self, *, kind: Kind = Kind.VACCINATION, sent: bool = True, **more: object) -> int:
        self.count += 1
        n = self.count
        self.clock.move(minutes=7)
        about = facts(n, name=f"{'QUILL' if n % 2 else 'MEADOWS'}-{n}, Wilhelmina")
        about = type(about)(**{name: getattr(about, name) for name in about.__slots__} | {"kind": kind})
        frozen = message(f"<Bundle>kept {n}</Bundle>") if sent and not more.get("not_shared") else None
        return self.store.notifications.freeze(
            None, f'{{"kept": {n}}}', about, frozen, f"FQF01_{n:032x}", self.by, token=f"kept-{n}",
            answers={"patient.family": f"QUILL-{n}"}, **more,
        )  # fmt: skip

    def people(self) -> None:
        people = self.store.people
        self.by = people.add(PHARMACIST, "$argon2id$kept-1")
        locked = people.add(Professional(PersonName("Bo", "Lund")), "$argon2id$kept-2")
        people.note_wrong_pin(locked, self.clock.now() + timedelta(minutes=5))
        left = people.add(Professional(PersonName("Jan", "Ząbek")), "$argon2id$kept-3")
        people.retire(left)

    def lists(self) -> None:
        store, by = self.store, self.by
        store.profile.save_pharmacy(PHARMACY)
        store.practices.remember(PRACTICE)
        closed = Organisation("Old Mill Surgery", "Y99902", Address(("3 Mill",), "Testham", "ZZ99 3VZ"))
        store.gp_practices.replace(
            [
                ListedPractice(PRACTICE),
                ListedPractice(closed, open=False, closed_on=date(2026, 3, 31), successor="Y99901"),
            ]
        )
        born = date(1950, 2, 28)
        store.patients.remember(
            family="O'Fennimore",
            given="Wilhelmina",
            nhs_number="9991234553",
            born=born,
            answers={"patient.sex": "female"},
        )
        store.patients.remember(family="Ζωή", given="", nhs_number="", born=None, answers={})
        batch, _ = store.stock.add(
            StockBatch("influenza-2026-27", "kept-product", "B0001", date(2027, 6, 30)), by
        )
        store.stock.finish(batch.id, finished=True)
        store.stock.add(
            StockBatch("covid", "other", "B0002", date(2027, 1, 31), date(2026, 12, 1), "05000000000012"), by
        )
        store.stock.map_product("05000000000012", "covid", "other", by)
        store.medicines_used.remember(
            Medicine(Coded("Salbutamol inhaler", "39113311000001107"), MedicineKind.MEDICINE)
        )
        store.medicines_used.remember(Medicine(Coded("Something by its name alone", ""), None))
        store.drafts.save("kept-draft", "vaccination", {"patient.family": "Half <typed> 💉"}, by)
        store.searching.save("Mine", Search(text="quill"))
        store.deliveries.stop(Stop("The queue was stopped.", "Mend the cause."))

    def notifications(self) -> None:
        for state, way in ways().items():
            for kind in (Kind.VACCINATION, Kind.EMERGENCY_SUPPLY):
                made = self.freeze(kind=kind, not_shared=state is State.NOT_SHARED)
                self.happen(made, *way)
        self.happen(self.freeze(), *(h for h in Happening if h not in BEGINNINGS))
        self.freeze(sent=False, no_route="The practice cannot receive it.")
        waiting = self.freeze()
        self.freeze(correction=self.correction_of(waiting))
        matched = self.freeze()
        self.happen(matched, Happening.CLAIMED, Happening.TAKEN)
        self.freeze(correction=self.correction_of(matched))  # held until the one before is matched
        self.happen(matched, Happening.MATCHED)
        withdrawn = self.freeze()
        self.happen(withdrawn, Happening.CLAIMED, Happening.TAKEN, Happening.MATCHED)
        newest = self.freeze(correction=self.correction_of(withdrawn), withdrawal=True)
        self.happen(newest, Happening.CLAIMED, Happening.TAKEN, Happening.MATCHED)
        again = self.freeze()
        self.happen(again, Happening.CLAIMED, Happening.TAKEN, Happening.UNDELIVERED)
        self.store.notifications.send_again(again, self.by, f"FQF01_{9999:032x}", "Y99901MB", "once more")

    def correction_of(self, notification: int) -> Correction:
        return self.store.notifications.correction(notification)

    def happen(self, notification: int, *happenings: Happening) -> None:
        for happening in happenings:
            self.clock.move(seconds=90)
            person = self.by if happening in (Happening.NOTED, Happening.TOLD_ON_PAPER) else None
            entry = ledger.Entry(
                happening, code="30001" if happening is Happening.MATCHED else "", note="kept", by=person
            )
            with self.store.notifications._database.writing() as connection:
                ledger.write(connection, self.clock.now(), notification, entry)

    def answers(self) -> None:
        deliveries, inbox = self.store.deliveries, self.store.inbox
        made = self.freeze()
        local_id = f"FQF01_{self.count:032x}"
        deliveries.claim([local_id])
        deliveries.record(
            local_id, Happening.TAKEN, receipt=Receipt("20261120103000000001_KEPT01", "Y99901MB")
        )
        ids = self.store.notifications.story(made)
        response = InboxItem("IN1", ItemKind.DATA, "DIGMED_FLU_VAC_ACK", "Y99901MB", b"<Bundle>answer</Bundle>",
                             received_at=self.clock.now())  # fmt: skip
        report = InboxItem("IN2", ItemKind.REPORT, "", "", b"", local_id=local_id, linked_id=ids.mesh_id,
                           status_code="14", status_text="Message not collected")  # fmt: skip
        foreign = InboxItem("IN3", ItemKind.DATA, "SOMETHING_ELSE", "X26MB", b"not ours")
        for item in (response, report, foreign):
            inbox.keep(item)
        answered(self.store, "IN1", ids.message_id, "Y99901MB")
        inbox.acknowledged("IN1")
        meaning = Meaning("20013", Happening.ACCEPTED, needs_person=False, happened="It has it.")
        inbox.apply_response("IN1", [meaning], b"<Bundle>our answer</Bundle>")
        inbox.place_report("IN2")
        inbox.apply_report("IN2")
        inbox.in_trouble("IN3", "It answers nothing of ours.")

    def register(self) -> None:
        register = self.store.register
        register.use(FixedSeal())
        supply = {"patient": "QUILL, Wilhelmina", "supplied_at": START.isoformat(), "route": "prescriber"}
        number = register.append(NewEntry(EntryKind.SUPPLY, supply, self.by, "Ms Ada Okonkwo-Bright"))
        enter = register.entering(
            NewEntry(EntryKind.NOT_SUPPLIED, {"why": "kept"}, self.by, "Ms Ada Okonkwo-Bright")
        )
        self.freeze(kind=Kind.EMERGENCY_SUPPLY, alongside=enter)
        for kind in (EntryKind.PRESCRIPTION, EntryKind.AMENDMENT):
            register.append(
                NewEntry(kind, {"note": kind.value}, self.by, "Ms Ada Okonkwo-Bright", about=number)
            )


if __name__ == "__main__":
    maker = Maker(Path(sys.argv[1]))
    for part in (maker.people, maker.lists, maker.notifications, maker.answers, maker.register):
        part()
    maker.store.close()
