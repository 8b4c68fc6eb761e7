"""What administrators chose, at the delivery: nothing is sent while the mailbox is in doubt."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from digmed_desktop.desk.commands.unattended import doctor, sync
from digmed_desktop.desk.upkeep.doctor import check_policy
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.connection import Health
from digmed_desktop.messaging.errors import AccountError
from digmed_desktop.messaging.states import State
from digmed_desktop.settings import policy as policy_room
from digmed_desktop.settings.choices import Choices
from digmed_desktop.settings.policy import read
from tests.connection.conftest import Counter
from tests.connection.test_unattended import freeze
from tests.history.samples import KEY
from tests.mesh.strict_mesh import PHARMACY as MAILBOX
from tests.mesh.strict_mesh import PRACTICE


@pytest.fixture
def set_by_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Write the administrators' file; every reader finds it from then on."""
    file = tmp_path / "policy.toml"
    plain = policy_room.read

    def write(text: str) -> None:
        file.write_text(text, encoding="utf-8")
        monkeypatch.setattr(policy_room, "place", lambda: file)
        monkeypatch.setattr(policy_room, "read", lambda found: plain(found, lambda _file: True))

    return write


def under(counter: Counter, tmp_path: Path, text: str) -> Counter:
    file = tmp_path / "named.toml"
    file.write_text(text, encoding="utf-8")
    counter.choices = Choices(
        counter.choices.own(), counter.folders.settings_file, read(file, lambda _file: True)
    )
    return counter


@pytest.fixture
def ready(counter: Counter, mesh) -> Counter:
    mesh.register("Y99901", "DIGMED_FLU_VAC", [PRACTICE])
    counter.set_up(mesh.url)
    return counter


def test_a_typo_at_the_mailbox_stops_sync_and_loses_nothing(
    ready: Counter, mesh, vault_of, set_by_it
) -> None:
    of = freeze(ready)
    ready.store.close()
    set_by_it(f'[mesh]\nmailbx = "{MAILBOX}"\n')
    status, sentence = sync(ready.folders, ready.clock, vault_of)
    assert (status, len(mesh.stored(PRACTICE))) == (1, 0)
    assert "line 2: mesh.mailbx" in sentence
    assert "1 waiting" in sentence
    set_by_it(f'[mesh]\nmailbox = "{MAILBOX}"\n')
    assert sync(ready.folders, ready.clock, vault_of)[0] == 0
    assert len(mesh.stored(PRACTICE)) == 1
    ready.store = Store.open(ready.folders.database, KEY, ready.clock)
    assert ready.store.notifications.row(of).state is State.SENT


def test_a_fault_elsewhere_lets_sync_send(ready: Counter, mesh, vault_of, set_by_it) -> None:
    freeze(ready)
    ready.store.close()
    set_by_it("[counter]\nlock_after_minutes = 0\n")
    assert sync(ready.folders, ready.clock, vault_of)[0] == 0
    assert len(mesh.stored(PRACTICE)) == 1
    ready.store = Store.open(ready.folders.database, KEY, ready.clock)


def test_no_account_is_given_to_anybody_while_in_doubt(ready: Counter, tmp_path: Path) -> None:
    under(ready, tmp_path, "[mesh]\nurll = 'http://127.0.0.1:1'\n")
    with pytest.raises(AccountError, match="line 2"):
        ready.connection.account()


def test_another_mailbox_waits_until_the_one_of_before_has_told_what_it_took(
    ready: Counter, tmp_path: Path
) -> None:
    freeze(ready)
    (sending,) = ready.store.deliveries.waiting(9)
    assert ready.store.deliveries.claim([sending.local_id])
    assert ready.store.deliveries.unsure() == 1
    under(ready, tmp_path, '[mesh]\nmailbox = "X26OT999"\n')
    fault = ready.connection.take_policy()
    assert fault is not None
    assert "1 of the notifications" in fault.happened
    assert ready.choices.own().mailbox == MAILBOX


def test_another_mailbox_is_taken_when_nothing_is_in_doubt(ready: Counter, tmp_path: Path) -> None:
    under(ready, tmp_path, '[mesh]\nmailbox = "X26OT999"\n')
    assert ready.connection.take_policy() is None
    assert ready.choices.own().mailbox == "X26OT999"
    assert ready.connection.account().mailbox == "X26OT999"


def test_going_live_waits_for_what_was_recorded_for_a_test(ready: Counter, tmp_path: Path) -> None:
    freeze(ready)
    under(ready, tmp_path, '[mesh]\nenvironment = "live"\n')
    fault = ready.connection.take_policy()
    assert fault is not None
    assert "test system" in fault.happened
    assert json.loads(ready.store.profile.get("mesh.environment") or "null") == "this-computer"


def test_what_is_set_by_it_cannot_be_saved_otherwise_on_the_page(
    ready: Counter, mesh, tmp_path: Path
) -> None:
    under(ready, tmp_path, f'[mesh]\nmailbox = "{MAILBOX}"\n')
    (problem,) = ready.connection.save(ready.answers(mesh.url, mailbox="X26OT777"))
    assert problem.field == "connection.mailbox"
    assert "your IT support" in problem.sentence
    assert ready.connection.save(ready.answers(mesh.url)) == ()


def test_doctor_lists_what_is_set_and_every_fault(counter: Counter, vault_of, set_by_it) -> None:
    set_by_it('[counter]\nlock_after_minutes = 5\nprivcy = true\n[backup]\nfolder = "/srv"\n')
    checks = [
        one
        for one in doctor(counter.folders, counter.clock, vault_of)
        if one.name == "Settings of your IT support"
    ]
    assert [one.health for one in checks] == [Health.LOOK, Health.GOOD]
    assert "line 3" in checks[0].sentence
    assert "time to the lock, folder of the daily backup" in checks[1].sentence
    set_by_it("[mesh]\nx = 1\n")
    checks = list(check_policy(policy_room.read(policy_room.place())))
    assert [one.health for one in checks] == [Health.BAD, Health.BAD]
