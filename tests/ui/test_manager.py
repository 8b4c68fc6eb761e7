"""The recovery phrase in the window: the first manager after an upgrade, and a manager who forgot the PIN."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from digmed_desktop.clinical.record import PersonName, Professional, Regulator
from digmed_desktop.credentials import pins
from digmed_desktop.credentials.phrase import phrase_of
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.permissions import WorkRole
from digmed_desktop.reference import roles
from digmed_desktop.tour.player import Player
from tests.conftest import MemoryVault
from tests.history.samples import PHARMACY
from tests.ui.conftest import VAULTS, Bench, FixedClock

DATABASE_KEY = b"k" * 32
PIN, NEW_PIN = "739204", "618350"


@pytest.fixture
def upgraded(tmp_path: Path) -> None:
    """Records from before there were managers: a technician, and two pharmacists."""
    folder = tmp_path / "data"
    store = Store.create(folder / "history.db", DATABASE_KEY, FixedClock())
    store.profile.save_pharmacy(PHARMACY)
    hashed = pins.hash_pin(PIN)
    for name, role in (("Tom", "technician"), ("Ada", "pharmacist"), ("Eve", "pharmacist")):
        who = Professional(PersonName(name, "Vale"), roles.role(role).coded, Regulator.GPHC, "2071234")
        store.people.add(who, hashed)
    store.close()
    VAULTS[folder] = MemoryVault()
    VAULTS[folder].put("database-key", DATABASE_KEY.hex())


def sign_in(bench: Bench, name: str, pin: str) -> None:
    bench.until(bench.window.sign_in.isVisible)
    person = next(one for one in bench.window.context.people if one.professional.name.given == name)
    bench.window.sign_in.choose(person)
    bench.keys(pin)
    bench.key(Qt.Key.Key_Return)


def lock(bench: Bench) -> None:
    bench.idle()
    bench.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    bench.until(bench.window.sign_in.isVisible)


def test_the_first_pharmacist_after_an_upgrade_becomes_manager_and_later_has_a_new_pin(
    upgraded: None, open_bench: Callable[..., Bench]
) -> None:
    bench = open_bench()
    first, forgotten = bench.window.signing_in.manager.first, bench.window.signing_in.manager.forgotten
    assert bench.window.sign_in.forgot.isHidden()
    sign_in(bench, "Tom", PIN)
    bench.until(lambda: bench.window.context.acting.person is not None)
    assert not first.isVisible()
    lock(bench)
    sign_in(bench, "Ada", PIN)
    bench.until(first.isVisible)
    assert not bench.window.rail.isVisible()
    bench.key(Qt.Key.Key_Escape)
    bench.until(lambda: bench.window.context.acting.person is not None)
    lock(bench)
    sign_in(bench, "Ada", PIN)
    bench.until(first.isVisible)
    bench.keys("copper lantern")
    player = Player(bench.window, bench.folder)
    player.click(first.go_on)
    bench.until(first.summary.isVisible)
    player.fill(first, {"manager.phrase": " ".join(phrase_of(DATABASE_KEY))})
    player.click(first.go_on)
    bench.until(lambda: bench.window.context.acting.person is not None)
    assert first.fields["manager.phrase"].editor.answer() == "", "the words stayed on the page"
    bench.until(lambda: bench.window.context.people[1].works_as is WorkRole.MANAGER)
    lock(bench)
    sign_in(bench, "Eve", PIN)
    bench.until(lambda: bench.window.context.acting.person is not None)
    assert not first.isVisible(), "the pharmacy has a manager"
    lock(bench)
    player.click(bench.window.sign_in.forgot)
    bench.until(forgotten.isVisible)
    assert forgotten.who.answer() == "2", "the only manager is chosen"
    player.fill(
        forgotten,
        {
            "manager.phrase": " ".join(phrase_of(DATABASE_KEY)),
            "manager.pin": NEW_PIN,
            "manager.pin_again": NEW_PIN,
        },
    )
    player.click(forgotten.go_on)
    sign_in(bench, "Ada", NEW_PIN)
    bench.until(lambda: bench.window.context.acting.person is not None)
