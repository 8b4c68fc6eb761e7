"""A keyring that does not answer holds up nobody who records: heads are kept on a thread of their own."""

import threading
import time

from digmed_desktop.credentials.register_seal import VaultSeal
from digmed_desktop.desk.upkeep.head_keeper import HeadKeeper
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.register import Head
from tests.history.samples import PHARMACIST
from tests.history.test_register import supply


class SlowSeal(VaultSeal):
    """A seal in a keyring that waits for a person before it gives or takes a head."""

    answered: threading.Event

    def head(self) -> Head | None:
        self.answered.wait(20)
        return super().head()

    def keep_head(self, head: Head) -> None:
        self.answered.wait(20)
        super().keep_head(head)


def test_an_entry_of_the_register_does_not_wait_for_the_keyring(store: Store, memory_vault) -> None:
    store.people.add(PHARMACIST, "hash")
    seal = SlowSeal(memory_vault)
    seal.answered = threading.Event()
    store.register.use(seal)
    keeper = HeadKeeper(store)
    keeper.start()
    began = time.monotonic()
    for _ in range(3):
        store.register.append(supply())
    assert time.monotonic() - began < 10
    assert VaultSeal(memory_vault).head() is None
    seal.answered.set()
    keeper.close()
    head = VaultSeal(memory_vault).head()
    assert head is not None
    assert head.number == 3
    assert store.register.verify().intact
