"""The vaults: only safe back-ends, each failure a sentence, and a file for practice mode alone."""

import json
import os
import stat
import threading
import time
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.errors import InitError, KeyringLocked, PasswordSetError

from digmed_desktop.credentials import vault, waiting
from digmed_desktop.credentials.protection import Protection
from digmed_desktop.credentials.vault import FileVault, KeyringVault, Vault, VaultError
from digmed_desktop.settings import folders

posix_only = pytest.mark.skipif(os.name != "posix", reason="Windows has no such rights")


def test_a_secret_is_kept_read_and_forgotten(memory_keyring) -> None:
    kept: Vault = KeyringVault()
    assert kept.get("mailbox-password") is None
    kept.put("mailbox-password", "swordfish-é")
    assert kept.get("mailbox-password") == "swordfish-é"
    kept.put("mailbox-password", "second")
    assert KeyringVault().get("mailbox-password") == "second"
    kept.remove("mailbox-password")
    kept.remove("mailbox-password")
    assert kept.get("mailbox-password") is None


def test_the_probe_leaves_nothing_behind(memory_keyring) -> None:
    KeyringVault()
    assert memory_keyring.items == {}


def test_two_services_do_not_see_each_other(memory_keyring) -> None:
    KeyringVault("one").put("key", "a")
    assert KeyringVault("two").get("key") is None


def test_each_secret_is_an_entry_of_its_own_service(memory_keyring) -> None:
    kept = KeyringVault()
    kept.put("a", "1")
    kept.put("b", "2")
    assert len({service for service, _ in memory_keyring.items}) == 2


def test_a_secret_that_windows_could_not_hold_is_refused_everywhere(memory_keyring) -> None:
    kept = KeyringVault()
    kept.put("long", "x" * vault.LONGEST_SECRET)
    with pytest.raises(ValueError, match="too long"):
        kept.put("long", "x" * (vault.LONGEST_SECRET + 1))


class _Broken(KeyringBackend):
    priority = -1

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service, username):
        raise self.error

    def set_password(self, service, username, password):
        raise self.error

    def delete_password(self, service, username):
        raise self.error


class _Forgetful(_Broken):
    def __init__(self) -> None:
        super().__init__(RuntimeError())

    def get_password(self, service, username):
        return None

    def set_password(self, service, username, password):
        return None


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (KeyringLocked("Failed to unlock the collection!"), "locked"),
        (InitError("Prompt dismissed"), "set up"),
        (PasswordSetError("for O'Fennimore"), "did not respond"),
        (OSError(13, "no"), "did not respond"),
    ],
)
def test_a_failing_back_end_is_a_sentence_with_a_remedy(monkeypatch, error, words) -> None:
    monkeypatch.setitem(vault.SAFE_BACKENDS, __name__, "a test")
    monkeypatch.setattr(keyring, "get_keyring", lambda: _Broken(error))
    with pytest.raises(VaultError) as caught:
        KeyringVault()
    assert words in caught.value.happened
    assert "Unlock" in caught.value.remedy
    assert "Fennimore" not in str(caught.value)


def test_a_back_end_that_keeps_nothing_is_found_by_the_probe(monkeypatch) -> None:
    monkeypatch.setitem(vault.SAFE_BACKENDS, __name__, "a test")
    monkeypatch.setattr(keyring, "get_keyring", _Forgetful)
    with pytest.raises(VaultError, match="does not store"):
        KeyringVault()


@pytest.mark.parametrize(("backend", "words"), [(null.Keyring, "null"), (fail.Keyring, "no keyring")])
def test_back_ends_that_do_not_protect_are_refused(monkeypatch, backend, words) -> None:
    monkeypatch.setattr(keyring, "get_keyring", backend)
    with pytest.raises(VaultError, match=words):
        KeyringVault()


def test_the_null_back_end_chosen_by_the_environment_is_refused(monkeypatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setattr("keyring.core._keyring_backend", None)
    with pytest.raises(VaultError, match=r"keyring\.backends\.null"):
        KeyringVault()


@pytest.mark.parametrize("named", ["nowhere.to.be.Found", "keyring.backends.null.Missing"])
def test_a_back_end_that_is_named_and_not_there_is_told_with_its_name(monkeypatch, named) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", named)
    monkeypatch.setattr("keyring.core._keyring_backend", None)
    with pytest.raises(VaultError, match=f"not installed: {named}") as caught:
        KeyringVault()
    assert "PYTHON_KEYRING_BACKEND" in caught.value.remedy


def test_a_back_end_that_keyrings_own_file_names_and_that_is_not_there_is_told_too(
    monkeypatch, tmp_path
) -> None:
    (tmp_path / "keyringrc.cfg").write_text("[backend]\ndefault-keyring=nowhere.to.be.Found\n")
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    monkeypatch.setattr("keyring.util.platform_.config_root", lambda: str(tmp_path))
    monkeypatch.setattr("keyring.core._config_path", lambda: tmp_path / "keyringrc.cfg")
    monkeypatch.setattr("keyring.core._keyring_backend", None)
    with pytest.raises(VaultError, match=r"not installed: nowhere\.to\.be\.Found") as caught:
        KeyringVault()
    assert "keyringrc.cfg" in caught.value.remedy


class _InFiles(KeyringBackend):
    """Keeps what it is given in a file of this account, as GNOME Keyring lays it out."""

    priority = -1
    encrypts = False

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.file = file
        self.items: dict[str, str] = {}
        file.parent.mkdir(parents=True, exist_ok=True)

    def _write(self) -> None:
        raw = json.dumps(sorted(self.items.items())).encode()
        sealed = b"GnomeKeyring\n\r\0\n" + bytes(byte ^ 0x5A for byte in raw)
        self.file.write_bytes(sealed if self.encrypts else b"[keyring]\n" + raw)

    def get_password(self, service, username):
        return self.items.get(username)

    def set_password(self, service, username, password):
        self.items[username] = password
        self._write()

    def delete_password(self, service, username):
        del self.items[username]
        self._write()


@pytest.mark.skipif(os.name != "posix", reason="files of Linux keyrings")
@pytest.mark.parametrize(
    ("encrypts", "shown"),
    [(False, Protection.IN_CLEAR), (True, Protection.PROVED), (None, Protection.NOT_CHECKED)],
)
def test_a_probe_shows_whether_the_keyring_protects(monkeypatch, tmp_path, home, encrypts, shown) -> None:
    from digmed_desktop.credentials.databases import DatabaseVault
    from digmed_desktop.desk.upkeep import doctor, opening
    from digmed_desktop.messaging.clock import SystemClock
    from digmed_desktop.messaging.connection import Health

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    backend = _InFiles(tmp_path / ("elsewhere" if encrypts is None else "share/keyrings") / "login.keyring")
    backend.encrypts = bool(encrypts)
    monkeypatch.setitem(vault.SAFE_BACKENDS, __name__, "a test")
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    made = folders.prepare(practice=False)
    kept = DatabaseVault(KeyringVault(), made.database)
    assert vault.protection_of(kept) is shown
    checks = [*doctor.check_keyring(kept)]
    in_clear = shown is Protection.IN_CLEAR
    assert (checks[-1].health is Health.BAD) == in_clear
    assert ("cannot be checked here" in checks[-1].sentence.lower()) == (shown is Protection.NOT_CHECKED)
    assert bool(opening.weakness(kept)) == in_clear
    if not in_clear:
        opening.open_store(made, kept, SystemClock()).close()
        backend.encrypts = False  # somebody takes the password away, and the records are there
        weak = DatabaseVault(KeyringVault(), made.database)
        opening.open_store(made, weak, SystemClock()).close()
        return
    assert "Change Password" in checks[0].remedy
    with pytest.raises(VaultError, match="no password"):
        opening.open_store(made, kept, SystemClock())
    assert not made.database.exists()


def test_of_a_chain_only_the_safe_links_are_used(monkeypatch, memory_keyring) -> None:
    chain = chainer.ChainerBackend()
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [null.Keyring(), memory_keyring])
    monkeypatch.setattr(keyring, "get_keyring", lambda: chain)
    kept = KeyringVault()
    kept.put("key", "value")
    assert list(memory_keyring.items.values()) == ["value"]
    assert kept.get("key") == "value"


def test_a_chain_without_a_safe_link_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [null.Keyring()])
    monkeypatch.setattr(keyring, "get_keyring", chainer.ChainerBackend)
    with pytest.raises(VaultError, match="does not protect"):
        KeyringVault()


def test_on_windows_entries_do_not_roam(monkeypatch, memory_keyring) -> None:
    windows = type(
        "WinVaultKeyring",
        (type(memory_keyring),),
        {"__module__": "keyring.backends.Windows", "persist": "enterprise"},
    )
    backend = windows()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    assert "Windows" in KeyringVault().kept_in
    assert backend.persist == "local machine"


@pytest.mark.parametrize("module", sorted(vault.SAFE_BACKENDS))
def test_every_safe_back_end_is_a_module_of_keyring(module) -> None:
    import importlib.util

    assert importlib.util.find_spec(module) is not None


@pytest.fixture
def practice(home: Path) -> folders.Folders:
    return folders.prepare(practice=True)


def test_practice_mode_keeps_its_secrets_beside_its_data(practice) -> None:
    kept: Vault = FileVault(practice.data, practice=True)
    kept.put("key", "aé")
    kept.put("other", "b")
    kept.remove("other")
    kept.remove("never there")
    again = FileVault(practice.data, practice=True)
    assert again.get("key") == "aé"
    assert again.get("other") is None
    assert "fictional" in again.kept_in


class _Hanging(KeyringBackend):
    """Keeps what it is given, but hangs at one kind of call until it is let go."""

    priority = 9

    def __init__(self, at: str) -> None:
        self.items: dict[tuple[str, str], str] = {}
        self.at, self.free, self.calls = at, threading.Event(), 0

    def _wait(self, what: str) -> None:
        self.calls += 1
        if what == self.at:
            self.free.wait(20)

    def get_password(self, service: str, username: str) -> str | None:
        self._wait("get")
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._wait("set")
        self.items[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._wait("delete")
        del self.items[service, username]


@pytest.mark.parametrize("at", ["get", "set", "delete"])
def test_a_keyring_that_hangs_is_given_up_in_words(monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    monkeypatch.setattr(waiting, "PATIENCE", 0.2)
    monkeypatch.setitem(vault.SAFE_BACKENDS, __name__, "a keyring of a test")
    hanging = _Hanging(at)
    monkeypatch.setattr(keyring, "get_keyring", lambda: hanging)
    begun = time.monotonic()
    with pytest.raises(VaultError, match="did not answer within") as refused:
        KeyringVault()
    assert "Unlock it there" in refused.value.remedy
    calls = hanging.calls
    with pytest.raises(VaultError, match="did not answer within"):  # and no second call is added to the first
        KeyringVault()
    assert hanging.calls == calls
    assert time.monotonic() - begun < 15, "it hangs for 20 s"
    hanging.at = ""
    hanging.free.set()
    monkeypatch.setattr(waiting, "PATIENCE", 10.0)
    kept = KeyringVault()
    kept.put("key", "value")
    assert kept.get("key") == "value"


def test_a_keyring_that_hangs_while_it_is_looked_for_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "PATIENCE", 0.2)
    free = threading.Event()
    monkeypatch.setattr(keyring, "get_keyring", lambda: free.wait(20) and fail.Keyring())
    with pytest.raises(VaultError, match="did not answer within"):
        KeyringVault()
    free.set()


@posix_only
def test_the_file_is_for_this_account_only(practice) -> None:
    FileVault(practice.data, practice=True).put("key", "a")
    (file,) = practice.data.glob("*.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_no_file_for_real_data(home) -> None:
    real, demo = folders.prepare(practice=False), folders.prepare(practice=True)
    for folder, practice in ((real.data, True), (real.data, False), (demo.data, False)):
        with pytest.raises(VaultError, match="never stored in a file"):
            FileVault(folder, practice=practice)


@pytest.mark.parametrize(
    "damage", [b"{", b"\xff\xfe", json.dumps(["a"]).encode(), json.dumps({"a": 1}).encode()]
)
def test_a_damaged_file_is_a_sentence(practice, damage) -> None:
    kept = FileVault(practice.data, practice=True)
    kept.put("key", "a")
    (file,) = practice.data.glob("*.json")
    file.write_bytes(damage)
    with pytest.raises(VaultError, match="cannot be read"):
        kept.get("key")
    with pytest.raises(VaultError, match="cannot be read"):
        kept.put("key", "b")
    assert file.read_bytes() == damage
