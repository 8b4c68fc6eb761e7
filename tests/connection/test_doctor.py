"""The doctor tells each fault apart where it can be told, and says what to do about it."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digmed_desktop import maintenance
from digmed_desktop.desk.commands.unattended import doctor
from digmed_desktop.desk.records.registering import CHECK
from digmed_desktop.desk.upkeep import doctor as checks
from digmed_desktop.desk.upkeep.doctor import check_connection
from digmed_desktop.desk.upkeep.head_keeper import CHECK as CHAIN
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.connection import Check, Health
from tests.connection.conftest import Counter
from tests.history.samples import KEY, PHARMACY
from tests.mesh.strict_mesh import Way

NAME = "X9TEST1.FQF01.api.mesh-client.nhs.uk"


def by_name(found: Iterator[Check]) -> dict[str, Check]:
    return {check.name: check for check in found}


def connection_checks(counter: Counter) -> dict[str, Check]:
    return by_name(check_connection(counter.connection, PHARMACY, datetime.now(UTC)))


def test_all_is_well(counter: Counter, mesh, vault_of) -> None:
    counter.set_up(mesh.url)
    counter.store.inbox.polled()
    counter.store.close()
    told = list(doctor(counter.folders, counter.clock, vault_of))
    counter.store = Store.open(counter.folders.database, KEY, counter.clock)
    others = {check.name: check.health for check in told if check.health is not Health.GOOD}
    assert others == {"Keyring's protection": Health.NOT_ASKED}  # nothing can look into a vault in memory
    assert [check.name for check in told][-4:] == ["MESH", "Clock", CHECK, CHAIN]
    assert max(len(check.name) for check in told) < maintenance.NAMES, "a name runs into its sentence"


@pytest.mark.parametrize("change", [{"password": "wrong"}, {"shared_key": "wrong"}, {"mailbox": "X9OTHER"}])
def test_wrong_secrets(counter: Counter, mesh, change: dict[str, str]) -> None:
    counter.set_up(mesh.url, **change)
    mesh_check = connection_checks(counter)["MESH"]
    assert mesh_check.health is Health.BAD
    assert "password or the shared key" in mesh_check.sentence
    assert mesh_check.remedy


@pytest.mark.parametrize(
    ("ahead", "health", "words"),
    [
        (timedelta(hours=-3), Health.BAD, "3.0 hours fast"),
        (timedelta(hours=3), Health.BAD, "3.0 hours slow"),
    ],
)
def test_a_clock_that_is_far_off(
    counter: Counter, mesh, ahead: timedelta, health: Health, words: str
) -> None:
    counter.set_up(mesh.url)
    mesh.clock_offset = ahead
    told = connection_checks(counter)["MESH"]
    assert told.health is health
    assert words in told.sentence


def test_a_clock_that_is_a_little_off_is_to_be_looked_at(counter: Counter, mesh) -> None:
    counter.set_up(mesh.url)
    mesh.clock_offset = timedelta(minutes=-20)
    told = connection_checks(counter)
    assert told["MESH"].health is Health.GOOD
    assert told["Clock"].health is Health.LOOK
    assert "20 minutes ahead" in told["Clock"].sentence


def test_a_web_page_in_place_of_mesh(counter: Counter, mesh) -> None:
    counter.set_up(mesh.url)
    page = {"headers": {"content-type": "text/html"}, "body": b"<html>Sign in</html>"}
    mesh.fail("POST /messageexchange/X9TESTOT001$", Way.ANSWER, status=200, **page)
    told = connection_checks(counter)["MESH"]
    assert (told.health, "in its place" in told.sentence) == (Health.BAD, True)


def test_nothing_set_up_is_no_failure(counter: Counter, vault_of) -> None:
    counter.store.close()
    told = by_name(doctor(counter.folders, counter.clock, vault_of))
    counter.store = Store.open(counter.folders.database, KEY, counter.clock)
    assert told["Connection"].health is Health.LOOK
    assert Health.BAD not in {check.health for check in told.values()}


def test_each_certificate_is_told_apart(
    counter: Counter, tls_mesh, authority, other_authority, tmp_path: Path
) -> None:
    (tmp_path / "root.pem").write_bytes(authority.pem)
    counter.connection.use_own_root(tmp_path / "root.pem")

    def told_with(issued: object) -> dict[str, Check]:
        counter.connection.forget_certificate()
        if issued is not None:
            (tmp_path / "c.pem").write_bytes(issued.pem + issued.key_pem)  # type: ignore[attr-defined]
            assert counter.connection.use_certificate(tmp_path / "c.pem", None, "") == ()
        counter.set_up(tls_mesh.url)
        return connection_checks(counter)

    assert told_with(authority.issue(NAME, days=300))["Certificate"].health is Health.GOOD
    good = told_with(authority.issue(NAME, days=20))
    assert good["MESH"].health is Health.GOOD
    assert (good["Certificate"].health, "expires in" in good["Certificate"].sentence) == (Health.LOOK, True)
    for bad in (other_authority.issue(NAME, days=300), None):
        told = told_with(bad)["MESH"]
        assert told.health is Health.BAD
        assert "certificate" in told.sentence + told.remedy
    named = told_with(authority.issue("X9TEST1.ZZZ99.api.mesh-client.nhs.uk", days=300))
    assert named["Certificate"].health is Health.LOOK
    assert "FQF01" in named["Certificate"].sentence


def test_an_expired_certificate_stops_before_mesh_is_asked(
    counter: Counter, tls_mesh, authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from digmed_desktop.desk.connections.connection import ConnectionDesk

    issued = authority.issue(NAME, days=20)
    (tmp_path / "c.pem").write_bytes(issued.pem + issued.key_pem)
    assert counter.connection.use_certificate(tmp_path / "c.pem", None, "") == ()
    counter.set_up(tls_mesh.url)
    later = counter.clock.now() + timedelta(days=4000)
    tls_mesh.calls.clear()
    told = by_name(check_connection(counter.connection, PHARMACY, later))
    assert (told["Certificate"].health, told["MESH"].health) == (Health.BAD, Health.NOT_ASKED)
    assert "expired" in told["Certificate"].sentence
    assert tls_mesh.calls == []
    assert isinstance(counter.connection, ConnectionDesk)


def test_the_queue_the_mailbox_and_the_disk_are_looked_at(
    counter: Counter, mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.stop("The workflow is not registered.", "Call the service desk.")
    told = by_name(checks.check_records(counter.store, counter.clock))
    assert (told["Queue"].health, told["Queue"].remedy) == (Health.BAD, "Call the service desk.")
    assert (
        by_name(checks.check_polled(counter.store, counter.clock.now()))["Collecting"].health is Health.LOOK
    )
    counter.store.inbox.polled()
    counter.clock.move(hours=25)
    assert (
        "last checked"
        in by_name(checks.check_polled(counter.store, counter.clock.now()))["Collecting"].sentence
    )
    for free, health in ((10**8 - 1, Health.BAD), (10**9 - 1, Health.LOOK), (10**10, Health.GOOD)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _f, left=free: type("Usage", (), {"free": left})())
        assert by_name(checks.check_folder(counter.folders.data))["Disk space"].health is health
    assert by_name(checks.check_folder(Path(r"\\server\share")))["Data folder"].health is Health.BAD


def test_without_a_keyring_the_doctor_says_so_and_fails(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from digmed_desktop import cli
    from digmed_desktop.credentials.vault import VaultError
    from digmed_desktop.desk.commands import unattended

    def none(_folders: object) -> object:
        raise VaultError("This computer has no keyring.", "Set one up.")

    real = unattended.doctor
    monkeypatch.setattr(unattended, "doctor", lambda folders: real(folders, vault=none))  # type: ignore[arg-type]
    assert cli.main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "FAILED Keyring" in said
    assert "Set one up." in said


def test_the_names_of_the_checks_and_their_sentences_stand_apart(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from digmed_desktop import cli
    from digmed_desktop.desk.commands import unattended

    real = unattended.doctor
    vault = counter.vault
    monkeypatch.setattr(
        unattended, "doctor", lambda _folders: real(counter.folders, counter.clock, lambda _f: vault)
    )
    cli.main(["doctor"])
    lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    assert lines
    assert all(line[7:39].endswith(" ") for line in lines)
