"""Setting the connection up: what is kept where, what is refused with which sentence, and the account it makes."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    pkcs12,
)

from digmed_desktop.desk.connections.sender import NO_CONNECTION, Sender
from digmed_desktop.history.store import Store
from digmed_desktop.mesh.account import INTEGRATION_URL, LIVE_URL
from digmed_desktop.messaging.connection import Health
from digmed_desktop.messaging.errors import AccountError, StoreError
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import Happening
from digmed_desktop.settings.settings import Addressing, MeshEnvironment, Settings
from digmed_desktop.settings.settings_file import load
from tests.connection.conftest import Counter
from tests.fhir.records import PATIENT
from tests.history.samples import KEY, PHARMACIST, facts, local_id, message, token

NAME = "X9TEST1.FQF01.api.mesh-client.nhs.uk"


def fields(problems: tuple[object, ...]) -> list[str]:
    return [p.field.removeprefix("connection.") for p in problems]  # type: ignore[attr-defined]


@pytest.fixture
def files(tmp_path: Path, authority) -> dict[str, Path]:
    good = authority.issue(NAME)
    pfx = pkcs12.serialize_key_and_certificates(
        b"mesh", good.key, good.certificate, None, BestAvailableEncryption(b"open sesame")
    )
    locked = good.key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"open sesame")
    )
    written = {
        "certificate.pem": good.pem,
        "key.pem": good.key_pem,
        "locked.pem": locked,
        "both.pfx": pfx,
        "old.pem": authority.issue(NAME, start=-400, days=-5).pem,
        "other-key.pem": authority.issue(NAME).key_pem,
        "root.pem": authority.pem,
        "letter.txt": b"Dear pharmacy,",
        "large.pem": b"x" * 200_000,
    }
    for name, body in written.items():
        (tmp_path / name).write_bytes(body)
    return {name: tmp_path / name for name in written}


def test_nothing_is_set_up_at_first(counter: Counter) -> None:
    view = counter.connection.view()
    assert (view.environment, view.has_password, view.certificate) == ("none", False, None)
    assert not counter.connection.is_set_up
    with pytest.raises(AccountError, match="Set it up"):
        counter.connection.account()
    assert Sender("", counter.choices.now).route(PATIENT).closed == NO_CONNECTION


def test_what_is_entered_makes_the_account_and_each_part_lies_in_its_place(counter: Counter, mesh) -> None:
    counter.set_up(mesh.url, proxy="http://127.0.0.1:3128", proxy_name="amy", proxy_password="s3cr:et@/%")
    account = counter.connection.account()
    assert (account.url, account.mailbox) == (mesh.url, "X9TESTOT001")
    view = counter.connection.view()
    assert view.has_password
    assert view.has_shared_key
    assert (view.proxy, view.proxy_name) == ("http://127.0.0.1:3128", "amy")
    assert view.has_proxy_password
    assert account.proxy == "http://amy:s3cr%3Aet%40%2F%25@127.0.0.1:3128"
    assert load(counter.folders.settings_file).settings.mesh_environment is MeshEnvironment.THIS_COMPUTER
    kept = counter.folders.settings_file.read_text()
    assert "StrictTestKey" not in kept + repr(view)
    assert "s3cr" not in kept + repr(view)
    assert set(counter.vault.items) == {"database-key", "mesh-password", "mesh-shared-key", "mesh-proxy"}


def test_empty_secrets_and_the_shown_proxy_keep_what_is_there(counter: Counter, mesh) -> None:
    amy = {"proxy": "http://127.0.0.1:3128", "proxy_name": "amy"}
    counter.set_up(mesh.url, **amy, proxy_password="secret")
    before = dict(counter.vault.items)
    counter.set_up(mesh.url, password="", shared_key="", **amy)
    assert counter.vault.items == before
    counter.set_up(mesh.url, **{**amy, "proxy": "http://127.0.0.2:3128"})
    assert not counter.connection.view().has_proxy_password, "a password goes to the proxy it was given for"
    counter.set_up(mesh.url, password="", shared_key="", proxy="")
    assert "mesh-proxy" not in counter.vault.items


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"mailbox": "x9testot001"}, "mailbox", "X9TESTOT001"),
        ({"mailbox": "X9 TEST"}, "mailbox", "letters and digits"),
        ({"mailbox": ""}, "mailbox", "missing"),
        ({"password": ""}, "password", "missing"),
        ({"password": "pass word "}, "password", "space"),
        ({"shared_key": "kéy"}, "shared_key", "character"),
        ({"shared_key": ""}, "shared_key", "missing"),
        ({"proxy": "proxy"}, "proxy", "http://"),
        ({"proxy": "http://amy:pw@proxy.example:8080"}, "proxy", "fields below"),
        ({"proxy": "http://[proxy:8080"}, "proxy", "http://"),
        ({"proxy": "http://proxy.example:8080", "proxy_password": "pw"}, "proxy_name", "name for the proxy"),
        ({"proxy": "http://proxy.example:8080", "proxy_name": "a:b"}, "proxy_name", "colon"),
        ({"proxy": "http://proxy.example:8080", "proxy_name": "Łucja"}, "proxy_name", "character"),
        ({"url": "http://mesh.example"}, "url", "not an address"),
        ({"url": LIVE_URL}, "url", "not one on this computer"),
        ({"environment": "elsewhere"}, "environment", "Choose"),
    ],
)
def test_what_cannot_be_right_is_told_at_its_field_and_changes_nothing(
    counter: Counter, mesh, change: dict[str, str], field: str, words: str
) -> None:
    problems = counter.connection.save(counter.answers(mesh.url, **change))
    assert fields(problems) == [field]
    assert words in problems[0].sentence
    assert set(counter.vault.items) == {"database-key"}
    assert counter.choices.now() == Settings()


def test_the_live_mesh_is_entered_knowingly_only(counter: Counter, files) -> None:
    asked = counter.answers("", environment="live")
    assert fields(counter.connection.save(asked)) == ["certificate_file", "live_word"]
    assert counter.connection.use_certificate(files["certificate.pem"], files["key.pem"], "") == ()
    for word in ("", "live", "yes"):
        asked["connection.live_word"] = word
        assert fields(counter.connection.save(asked)) == ["live_word"]
        assert not counter.connection.is_set_up
    asked["connection.live_word"] = "LIVE"
    assert counter.connection.save(asked) == ()
    assert counter.connection.account().url == LIVE_URL
    del asked["connection.live_word"]  # it stays live without being asked again
    assert counter.connection.save(asked) == ()
    assert counter.connection.save(asked | {"connection.environment": "integration"}) == ()
    assert counter.connection.account().url == INTEGRATION_URL


def test_what_waits_since_a_test_system_was_connected_never_goes_to_the_live_one(
    counter: Counter, files, mesh
) -> None:
    counter.set_up(mesh.url)
    assert counter.connection.use_certificate(files["certificate.pem"], files["key.pem"], "") == ()
    store = counter.store
    ada = store.people.add(PHARMACIST, "hash")
    made = store.notifications.freeze(None, "{}", facts(), message(), local_id(), ada, token=token())
    live = counter.answers("", environment="live", live_word="LIVE")
    for before in ("this-computer", "integration", "none"):
        assert counter.connection.save(counter.answers(mesh.url, environment=before)) == ()
        (problem,) = counter.connection.save(live)
        assert problem.field == "connection.environment"
        assert "1 of the notifications wait" in problem.sentence
        assert "would go to real practices" in problem.sentence
    store.notifications.cancel(made, ada, "It was a test.")
    assert counter.connection.save(live) == ()
    store.notifications.freeze(None, "{}", facts(), message(), local_id(), ada, token=token())
    assert counter.connection.save(counter.answers("", environment="none")) == ()
    assert counter.connection.save(live) == (), "what waits was recorded for the live one"


@pytest.mark.parametrize(
    ("certificate", "key", "password"),
    [
        ("certificate.pem", "key.pem", ""),
        ("certificate.pem", "locked.pem", "open sesame"),
        ("both.pfx", None, "open sesame"),
    ],
)
def test_a_certificate_is_kept_in_the_encrypted_records(
    counter: Counter, files, certificate: str, key: str | None, password: str
) -> None:
    assert counter.connection.use_certificate(files[certificate], files[key] if key else None, password) == ()
    for name in files.values():
        name.unlink()
    counter.reopen()
    view = counter.connection.view().certificate
    assert view is not None
    assert (view.common_name, view.health) == (NAME, Health.GOOD)
    counter.store.close()
    for file in counter.folders.data.iterdir():
        assert b"PRIVATE KEY" not in file.read_bytes(), file.name
    counter.store = Store.open(counter.folders.database, KEY, counter.clock)
    counter.connection.forget_certificate()
    assert counter.connection.certificate() is None


@pytest.mark.parametrize(
    ("certificate", "key", "password", "words"),
    [
        ("both.pfx", None, "wrong", "password of the PFX"),
        ("both.pfx", None, "", "password of the PFX"),
        ("certificate.pem", "other-key.pem", "", "does not belong"),
        ("certificate.pem", "locked.pem", "", "protected by a password"),
        ("certificate.pem", "locked.pem", "wrong", "password of the private key is wrong"),
        ("certificate.pem", "letter.txt", "", "no private key"),
        ("letter.txt", "key.pem", "", "no certificate"),
        ("letter.txt", None, "", "not a PFX"),
        ("large.pem", "key.pem", "", "too large"),
        ("nowhere", None, "", "cannot be read"),
    ],
)
def test_a_wrong_file_is_told_and_the_old_certificate_stays(
    counter: Counter, files, certificate: str, key: str | None, password: str, words: str
) -> None:
    counter.connection.use_certificate(files["certificate.pem"], files["key.pem"], "")
    kept = counter.store.profile.get("mesh.certificate")
    chosen = files.get(certificate, Path("/nowhere/at/all"))
    problems = counter.connection.use_certificate(chosen, files[key] if key else None, password)
    assert fields(problems) == ["certificate_file"]
    assert words in problems[0].sentence
    assert counter.store.profile.get("mesh.certificate") == kept


def test_an_expired_certificate_is_not_taken(counter: Counter, tmp_path: Path, authority) -> None:
    old = authority.issue(NAME, start=-400, days=-5)
    (tmp_path / "old.pem").write_bytes(old.pem + old.key_pem)
    problems = counter.connection.use_certificate(tmp_path / "old.pem", None, "")
    assert "expired" in problems[0].sentence


def test_an_own_root_counts_for_this_computer_only(counter: Counter, files, tls_mesh, authority) -> None:
    assert fields(counter.connection.use_own_root(files["letter.txt"])) == ["root_file"]
    assert counter.connection.use_own_root(files["root.pem"]) == ()
    counter.connection.use_certificate(files["certificate.pem"], files["key.pem"], "")
    counter.set_up(tls_mesh.url)
    assert counter.connection.account().ca_pem == authority.pem.decode()
    counter.set_up("", environment="integration")
    assert counter.connection.account().ca_pem == ""


def test_practice_mode_changes_nothing(counter: Counter, mesh) -> None:
    from digmed_desktop.desk.connections.connection import ConnectionDesk
    from digmed_desktop.mesh.account import MeshAccount

    account = MeshAccount(mesh.url, "X9TESTOT001", "word", "key", practice_only=True)
    desk = ConnectionDesk(counter.store, counter.vault, counter.choices, counter.clock, lambda: account)
    assert desk.view().fixed
    assert fields(desk.save(counter.answers("", environment="live"))) == ["environment"]
    assert desk.account() is account


def test_a_new_account_lets_the_queue_go_on(counter: Counter, mesh) -> None:
    counter.stop("The old account was not allowed.", "")
    counter.set_up(mesh.url)
    assert counter.store.deliveries.stopped() is None


def test_the_route_follows_the_setting() -> None:
    born = PATIENT.date_of_birth
    assert born is not None
    for addressing, expected in (
        (Addressing.LOOKUP, ""),
        (
            Addressing.GP_PROVIDER,
            f"GPPROVIDER_{PATIENT.nhs_number}_{born:%Y%m%d}_{PATIENT.name.family}",
        ),
    ):
        settings = Settings(
            addressing=addressing, mesh_environment=MeshEnvironment.INTEGRATION, mailbox="X9TESTOT001"
        )
        route = Sender("", lambda chosen=settings: chosen).route(PATIENT)
        assert (route.address, route.closed) == (expected, "")


def test_automatic_routing_needs_a_traced_number() -> None:
    from dataclasses import replace

    from digmed_desktop.clinical.record import Traced

    settings = Settings(
        addressing=Addressing.GP_PROVIDER, mesh_environment=MeshEnvironment.LIVE, mailbox="X9TESTOT001"
    )
    sender = Sender("", lambda: settings)
    assert "NHS number" in sender.route(replace(PATIENT, traced=Traced.NOT_TRACED)).closed
    assert "date of birth" in sender.route(replace(PATIENT, date_of_birth=None)).closed
    assert sender.edition(Kind.VACCINATION).default


def test_settings_that_cannot_be_written_change_nothing(counter: Counter, mesh, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("full")

    monkeypatch.setattr("digmed_desktop.settings.settings_file.save", refuse)
    with pytest.raises(OSError, match="full"):
        counter.choices.change(mailbox="OTHER")
    assert counter.choices.now().mailbox == ""


def test_a_damaged_certificate_in_the_records_is_told(counter: Counter) -> None:
    counter.store.profile.put("mesh.certificate", json.dumps({"chain": "x", "key": "y"}))
    with pytest.raises(AccountError):
        counter.connection.certificate()


def test_the_records_on_a_network_drive_are_refused(counter: Counter) -> None:
    with pytest.raises(StoreError, match="network"):
        Store.create(Path(r"\\server\share\history.db"), KEY, counter.clock)


def test_another_mailbox_is_not_asked_what_the_one_before_it_may_have_taken(counter: Counter, mesh) -> None:
    counter.set_up(mesh.url)
    store = counter.store
    ada = store.people.add(PHARMACIST, "hash")
    made = store.notifications.freeze(None, "{}", facts(), message(), local_id(), ada, token=token())
    sent = store.notifications.story(made).local_id
    counter.set_up(mesh.url, mailbox="X9OTHEROT001")  # nothing went out yet
    assert store.deliveries.claim([sent])
    store.deliveries.record(sent, Happening.OUTCOME_UNKNOWN)
    desk = counter.connection
    for change in ({}, {"mailbox": "X9OTHEROT001", "url": "http://127.0.0.1:9"}, {"environment": "none"}):
        (problem,) = desk.save(counter.answers(mesh.url, **change))
        assert problem.field == "connection.environment"
        assert "1 of the notifications" in problem.sentence
    assert counter.choices.now().mailbox == "X9OTHEROT001"
    counter.set_up(mesh.url, mailbox="X9OTHEROT001", password="renewed")
    store.notifications.record_paper(made, ada, "told on paper")
    counter.set_up(mesh.url)
