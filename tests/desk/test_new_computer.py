"""Restore on a new computer: every record, the register's chain, and each waiting notification sent once.

The old computer goes on delivering after the backup was made, as one that nobody switched off would; the slow
variant, in which it does not, takes as long: a few seconds.
"""

import hashlib
import uuid
from collections import Counter as Count
from dataclasses import replace
from pathlib import Path

import pytest

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.credentials.register_seal import VaultSeal
from digmed_desktop.desk.connections.sender import Sender
from digmed_desktop.desk.desk import Desk
from digmed_desktop.desk.gate import acting
from digmed_desktop.desk.upkeep import opening, recovery
from digmed_desktop.desk.upkeep.backups import BackupDesk
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.errors import RecordsDoubt
from digmed_desktop.messaging.progress import Progress
from digmed_desktop.messaging.states import State
from digmed_desktop.outbox.engine import Delivery
from digmed_desktop.outbox.policy import Policy
from digmed_desktop.settings.folders import Folders
from tests.clinical.supply_examples import NOW, PHARMACIST, PHARMACY, complete_answers
from tests.conftest import MemoryVault
from tests.desk.conftest import no_delivery
from tests.history.fresh import fresh_store
from tests.history.samples import KEY, facts, local_id, message, token
from tests.outbox.doubles import PAGE, THEIRS, FolderClock, FolderMesh, FolderTransport, understand

PHRASE = "copper lantern seven"
PRACTICES = ("Y99901", "X99999")

ANOTHER = {
    "patient.nhs_number": "9990000018",
    "patient.given": "Ravi",
    "patient.family": "Stone",
    "patient.date_of_birth": "1/2/1950",
}


def desk_of(store: Store, clock: FolderClock, vault: MemoryVault, folder: Path) -> Desk:
    return Desk(
        store,
        clock,
        kept_in="a test",
        sender=Sender("FX999OT001"),
        make_delivery=no_delivery,
        folder=folder,
        seal=VaultSeal(vault),
        vault=vault,
    )


def freeze(store: Store, by: int) -> int:
    message_id = str(uuid.uuid4())
    body = message_id.encode()
    made = replace(message(), message_id=message_id, payload=body, sha256=hashlib.sha256(body).hexdigest())
    return store.notifications.freeze(None, "{}", facts(), made, local_id(), by, token=token())


@pytest.mark.parametrize("old_goes_on", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_everything_comes_back_and_each_is_sent_once(tmp_path: Path, old_goes_on: bool) -> None:
    folder = tmp_path / "mesh"
    folder.mkdir()
    clock = FolderClock(folder, NOW)
    mesh = FolderMesh(folder, clock)

    def delivery(of: Store) -> Delivery:
        return Delivery(
            of.deliveries,
            of.inbox,
            lambda: FolderTransport(mesh, practices=PRACTICES),
            understand,
            clock,
            Policy(page=PAGE),
        )

    old_vault, new_vault = MemoryVault(), MemoryVault()
    old_vault.put("database-key", KEY.hex())
    old = fresh_store(tmp_path / "old" / "digmed.db", KEY, clock)
    old.profile.save_pharmacy(PHARMACY)
    amira = old.people.add(PHARMACIST, "slow-hash")
    old_desk = desk_of(old, clock, old_vault, tmp_path)
    made = [
        old_desk.send("emergency-supply", uuid.uuid4().hex, FormState(answers), amira).notification
        for answers in (complete_answers(), {**complete_answers(), **ANOTHER})
    ]
    assert None not in made
    before = freeze(old, amira)
    delivery(old).run_once()  # what was there is sent; these wait:
    waiting = [freeze(old, amira) for _ in range(5)]
    assert old.notifications.row(before).state is not State.WAITING
    with acting(amira):
        entries = old_desk.register.page(None, 10)
    assert len(entries) == 2
    target = tmp_path / "stick.digmedbackup"
    held = BackupDesk(old, old_vault, clock).make(target, PHRASE, PHRASE, Progress())
    assert held.last_count == 8
    records = {row.id: old.notifications.story(row.id) for row in old.notifications.page()}
    if old_goes_on:
        delivery(old).run_once()
    old.close()

    folders = Folders(tmp_path / "new", tmp_path / "new", tmp_path / "new", practice=False)
    recovery.from_backup(target, PHRASE, folders.database, new_vault, clock)
    opening.go_on_with(folders, new_vault, clock, RecordsDoubt.RESTORED, "Amira")
    new = opening.open_store(folders, new_vault, clock)
    try:
        assert new_vault.items["database-key"] != KEY.hex()
        for number, story in records.items():
            again = new.notifications.story(number)
            assert again.record_json == story.record_json
            assert [m.body for m in again.messages] == [m.body for m in story.messages]
            assert again.events[: len(story.events)] == story.events
        new_desk = desk_of(new, clock, new_vault, tmp_path)
        with acting(amira):
            assert new_desk.register.page(None, 10) == entries
            assert new_desk.register.verify().broken_at is None
        on_new = delivery(new)
        for _ in range(6):
            clock.move(minutes=20)
            on_new.run_once()
        asked = new.notifications.page(states=[State.CHECKING])
        assert len(asked) == (0 if old_goes_on else len(waiting)), "MESH knows what the old computer sent"
        for row in asked:  # MESH does not have it, and the person knows that nobody cancelled it
            new.notifications.send_again(row.id, amira, local_id())
        on_new.run_once()
        sent = Count(one["body"] for one in mesh.messages(THEIRS))
        assert set(sent.values()) == {1}
        assert len(sent) == 8
        assert all(new.notifications.row(one).state is State.SENT for one in waiting)
        on_new.close()
    finally:
        new.close()
