"""The program's vault on a real Secret Service, over a real session bus."""

import os

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
