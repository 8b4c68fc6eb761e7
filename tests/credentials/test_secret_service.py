"""The program's vault on a real Secret Service, over a real session bus."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.secret_service,
    pytest.mark.skipif(not os.environ.get("DBUS_SESSION_BUS_ADDRESS"), reason="there is no session bus"),
]


def test_secrets_live_in_the_secret_service() -> None:
    from keyring.backends import SecretService

    from digmed_desktop.credentials.vault import KeyringVault, VaultError

    try:
        assert SecretService.Keyring.priority
    except RuntimeError:
        pytest.skip("no Secret Service on this bus")
    service = f"DigMed Desktop test {os.getpid()}"
    try:
        kept = KeyringVault(service)
    except VaultError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(error.happened)
    assert "Secret Service" in kept.kept_in
    kept.put("key", "dröwssap")
    try:
        assert KeyringVault(service).get("key") == "dröwssap"
        assert SecretService.Keyring().get_password(f"{service}: key", "key") == "dröwssap"
    finally:
        kept.remove("key")
    assert KeyringVault(service).get("key") is None


KEYRING = "[keyring]\ndisplay-name=login\nctime=0\nmtime=0\nlock-on-idle=false\nlock-after=false\n"
SHOWN = """
from digmed_desktop.credentials.vault import KeyringVault
print(KeyringVault("DigMed Desktop test").protection.value)
"""


@pytest.mark.skipif(not shutil.which("gnome-keyring-daemon"), reason="GNOME Keyring is not installed")
@pytest.mark.parametrize(("password", "shown"), [("", "in-clear"), ("a password", "proved")])
def test_gnome_keyring_is_seen_to_protect_only_with_a_password(
    tmp_path: Path, password: str, shown: str
) -> None:
    for name in ("share/keyrings", "run"):
        (tmp_path / name).mkdir(parents=True, mode=0o700)
    if not password:  # as automatic sign-in leaves it
        (tmp_path / "share/keyrings/login.keyring").write_text(KEYRING)
        (tmp_path / "share/keyrings/default").write_text("login")
    begin = "gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; sleep 1; "
    asked = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", begin + 'exec "$0" -c "$1"', sys.executable, SHOWN],
        input=password,
        env={
            **os.environ,
            "XDG_DATA_HOME": str(tmp_path / "share"),
            "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert asked.stdout.strip() == shown, asked.stderr
