"""A settings file that leaves mailbox or environment in doubt, at the delivery: nothing is sent, nothing is lost."""

import pytest

from digmed_desktop.desk.commands.unattended import doctor, sync
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.connection import Health
from digmed_desktop.messaging.errors import AccountError
from digmed_desktop.settings.choices import Choices
from digmed_desktop.settings.settings_file import load
from tests.connection.conftest import Counter
from tests.connection.test_unattended import freeze
from tests.history.samples import KEY
from tests.mesh.strict_mesh import PRACTICE


@pytest.fixture
def ready(counter: Counter, mesh) -> Counter:
    mesh.register("Y99901", "DIGMED_FLU_VAC", [PRACTICE])
    counter.set_up(mesh.url)
    return counter


@pytest.mark.parametrize(
    "line", ['mail_box = "X26OT999"', "[msh]\nmailbox = 1", '[Mesh]\nmailbox = "X26OT999"']
)
def test_sync_sends_nothing_says_why_and_sends_once_it_is_right(
    ready: Counter, mesh, vault_of, line: str
) -> None:
    freeze(ready)
    ready.store.close()
    file = ready.folders.settings_file
    right = file.read_text(encoding="utf-8")
    file.write_text(
        right.replace("[mesh]\n", f"[mesh]\n{line}\n") if "[" not in line else f"{right}\n{line}\n"
    )
    status, sentence = sync(ready.folders, ready.clock, vault_of)
    assert (status, len(mesh.stored(PRACTICE))) == (1, 0)
    assert "settings.toml, line" in sentence
    assert "1 waiting" in sentence
    checks = [check for check in doctor(ready.folders, ready.clock, vault_of) if check.name == "Settings"]
    assert checks[0].health is Health.BAD
    file.write_text(right)
    assert sync(ready.folders, ready.clock, vault_of)[0] == 0
    assert len(mesh.stored(PRACTICE)) == 1
    ready.store = Store.open(ready.folders.database, KEY, ready.clock)


def test_saving_the_connection_ends_the_doubt(ready: Counter, mesh) -> None:
    file = ready.folders.settings_file
    file.write_text(file.read_text(encoding="utf-8").replace("[mesh]\n", "[mesh]\nmail_box = 1\n"))
    found = load(file)
    ready.choices = Choices(found.settings, file, doubt=found.doubt)
    with pytest.raises(AccountError, match="mail_box"):
        ready.connection.account()
    ready.set_up(mesh.url)
    assert ready.connection.take_policy() is None
    assert ready.connection.account().mailbox
    assert load(file).doubt == ""
