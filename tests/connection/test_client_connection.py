"""The MESH client's folder as the connection: set up, refused, checked by doctor, and used by everything that sends."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from digmed_desktop import maintenance
from digmed_desktop.clinical import json_record
from digmed_desktop.demo.client_double import FOLDERS
from digmed_desktop.desk.connections import mesh_client
from digmed_desktop.desk.connections.reaching import ReachDesk
from digmed_desktop.desk.connections.sender import Sender
from digmed_desktop.desk.forms.acting import ActsDesk
from digmed_desktop.desk.patients.patients import PatientDesk
from digmed_desktop.desk.upkeep.doctor import check_connection
from digmed_desktop.desk.upkeep.opening import make_delivery
from digmed_desktop.desk.views.sent import Act
from digmed_desktop.messaging.connection import Check, Health
from digmed_desktop.messaging.errors import NotAllowedNowError
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import Happening, State
from tests.connection.conftest import Counter
from tests.fhir.records import vaccination
from tests.history.samples import PHARMACIST, PHARMACY, facts, local_id, message, token
from tests.mesh.strict_mesh import PHARMACY as MAILBOX

RECORD = json_record.dumps(vaccination())


def tree(at: Path) -> Path:
    for name in FOLDERS:
        (at / name).mkdir(parents=True)
    at.chmod(0o700)
    return at


def entered(folder: Path, **changes: str) -> dict[str, str]:
    given = {
        "environment": "mesh-client",
        "mailbox": MAILBOX,
        "folder": str(folder),
        "mailboxes": "Y99901 X26GP001\n\ny99902 = X26GP002",
        "addressing": "lookup",
        "live_word": "LIVE",
        **changes,
    }
    return {f"connection.{name}": value for name, value in given.items()}


def told(counter: Counter, **changes: str) -> dict[str, str]:
    folder = changes.pop("folder", "")
    problems = counter.connection.save(entered(Path(folder), **changes))
    return {problem.field.partition(".")[2]: problem.sentence for problem in problems}


def checked(counter: Counter) -> dict[str, Check]:
    found = list(check_connection(counter.connection, PHARMACY, datetime.now(UTC)))
    assert max(len(check.name) for check in found) < maintenance.NAMES
    return {check.name: check for check in found}


def cfg(root: Path, **changes: str) -> None:
    values = {"CollectReport": "Y", "TransferReport": "N", "PollReport": "N", "SaveSent": "Y", **changes}
    said = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    (root.parent / "meshclient.cfg").write_text(
        f"<Client_Configuration><PollPeriod>60</PollPeriod><Client><ClientIdentity>{MAILBOX}</ClientIdentity>"
        f"<ClientAuthentication>secret</ClientAuthentication><InterfaceRoot>{root}</InterfaceRoot>{said}</Client>"
        "</Client_Configuration>",
        encoding="utf-8",
    )


def frozen(counter: Counter) -> tuple[int, int]:
    ada = counter.store.people.add(PHARMACIST, "hash")
    made = counter.store.notifications.freeze(
        None, RECORD, facts(), message(), local_id(), ada, token=token()
    )
    return made, ada


def test_each_wrong_answer_is_told_and_nothing_is_changed(counter: Counter, tmp_path: Path) -> None:
    root = tree(tmp_path / "box")
    assert "missing" in told(counter)["folder"]
    assert "full path" in told(counter, folder="box")["folder"]
    assert (
        "not there" in told(counter, folder=str(tmp_path / "none"))["folder"]
        or "cannot be reached" in told(counter, folder=str(tmp_path / "none"))["folder"]
    )
    assert "OUT and IN is not in it" in told(counter, folder=str(tmp_path))["folder"]
    assert "LIVE" in told(counter, folder=str(root), live_word="")["live_word"]
    assert "capital" in told(counter, folder=str(root), mailbox="x26ot001")["mailbox"]
    for typed, words in (
        ("Y99901", "Line 1 is not correct"),
        ("Y99901 X26GP001\nY99902 x26gp", "Line 2 is not correct"),
        ("Y99901 X26GP001\nY99901 X26GP002", "second mailbox"),
        ("?? X26GP001", "Line 1"),
    ):
        assert words in told(counter, folder=str(root), mailboxes=typed)["mailboxes"]
    assert not counter.connection.by_client
    assert not (root / "digmed-desktop").exists()


def test_once_set_up_everything_uses_it_and_says_what_it_cannot(counter: Counter, tmp_path: Path) -> None:
    root = tree(tmp_path / "box")
    assert told(counter, folder=str(root)) == {}
    view = counter.connection.view()
    assert (view.environment, view.folder) == ("mesh-client", str(root))
    assert view.mailboxes == "Y99901 X26GP001\nY99902 X26GP002"
    reach = ReachDesk(counter.store, counter.connection, counter.clock)
    assert reach.ask("Y99901", Kind.VACCINATION).can is True
    assert reach.ask("Y99909", Kind.VACCINATION) == reach.ask("Y99909", Kind.EMERGENCY_SUPPLY)
    assert "No mailbox is entered" in reach.ask("Y99909", Kind.VACCINATION).sentence
    assert told(counter, folder=str(root), addressing="gpprovider", mailboxes="") == {}
    by_patient = reach.ask("Y99901", Kind.VACCINATION)
    assert by_patient.can is None
    assert "NHS number, date of birth and surname" in by_patient.sentence
    other = tree(tmp_path / "other")
    assert told(counter, folder=str(other)) == {}  # nothing is uncertain
    (other / "digmed-desktop" / "owner.txt").write_text("someone else", encoding="ascii")
    assert "Another installation" in told(counter, folder=str(other))["folder"]


def test_it_cannot_be_left_while_only_it_can_tell_what_became_of_one(
    counter: Counter, tmp_path: Path
) -> None:
    root = tree(tmp_path / "box")
    assert told(counter, folder=str(root)) == {}
    made, _ = frozen(counter)
    sent = counter.store.deliveries.local_id_of(made)
    assert counter.store.deliveries.claim([sent])
    counter.store.deliveries.record(sent, Happening.HANDED_OVER)
    for change in (
        {"environment": "none"},
        {"folder": str(tree(tmp_path / "other"))},
        {"mailbox": "X9OTHER"},
    ):
        changes: dict[str, str] = {"folder": str(root), **change}
        assert "1 of the notifications" in told(counter, **changes)["environment"]
    assert counter.connection.by_client


def test_a_notification_goes_out_through_it_and_can_be_cancelled_there(
    counter: Counter, tmp_path: Path
) -> None:
    root = tree(tmp_path / "box")
    assert told(counter, folder=str(root)) == {}
    made, ada = frozen(counter)
    delivery = make_delivery(counter.store, counter.connection, counter.clock, mailbox=lambda: MAILBOX)
    delivery.run_once()
    notes = counter.store.notifications
    assert notes.row(made).state is State.HANDED_OVER
    assert len(list((root / "OUT").iterdir())) == 2
    acts = ActsDesk(
        counter.store,
        counter.clock,
        Sender(MAILBOX, counter.choices.now),
        PatientDesk(counter.store, counter.clock),
        counter.connection.take_back,
    )
    assert Act.CANCEL in {offer.act for offer in acts.offered(made)}
    (pair,) = (root / "OUT").glob("*.ctl")
    hidden = pair.rename(root / "TEMP" / pair.name)  # the client has it for a moment
    with pytest.raises(NotAllowedNowError, match="has taken it already"):
        acts.do(Act.CANCEL, made, ada, "wrong patient")
    assert notes.row(made).state is State.HANDED_OVER
    hidden.rename(pair)
    acts.do(Act.CANCEL, made, ada, "wrong patient")
    assert notes.row(made).state is State.CANCELLED
    assert notes.story(made).events[-1].by
    assert list((root / "OUT").iterdir()) == []
    delivery.run_once()
    assert notes.row(made).state is State.CANCELLED
    delivery.close()


def test_doctor_for_a_client_that_is_well(counter: Counter, tmp_path: Path) -> None:
    root = tree(tmp_path / "home" / "box")
    cfg(root)
    assert told(counter, folder=str(root)) == {}
    found = checked(counter)
    assert {name for name, check in found.items() if check.health is not Health.GOOD} == {"MESH client tried"}
    assert found["MESH client tried"].sentence == mesh_client.NOT_TRIED
    assert f"right for mailbox {MAILBOX}" in found["MESH client's settings"].sentence


def test_doctor_for_a_client_that_is_stopped_misconfigured_or_full(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tree(tmp_path / "home" / "box")
    cfg(root, SaveSent="N", CollectReport="N")
    assert told(counter, folder=str(root)) == {}
    told_settings = checked(counter)["MESH client's settings"]
    assert told_settings.health is Health.LOOK
    assert "cannot see that MESH accepted" in told_settings.sentence
    assert "CollectReport is off" in told_settings.sentence
    before = (root.parent / "meshclient.cfg").read_bytes()
    made, _ = frozen(counter)
    make_delivery(counter.store, counter.connection, counter.clock, mailbox=lambda: MAILBOX).run_once()
    old = time.time() - 2 * 86_400
    for file in (root / "OUT").iterdir():
        os.utime(file, (old, old))
    found = checked(counter)
    assert "does not seem to run" in found["MESH client"].sentence
    assert found["MESH client"].remedy
    assert "2 files with patients' messages have been lying in OUT" in found["Left over"].sentence
    assert str(made) not in found["Left over"].sentence
    assert (root.parent / "meshclient.cfg").read_bytes() == before  # read, never changed
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=1000))
    assert "almost full" in checked(counter)["Folder's disk"].sentence
    root.chmod(0o777)
    assert "Every account" in checked(counter)["Folder rights"].sentence
    root.rename(root.with_name("away"))
    gone = checked(counter)
    assert set(gone) == {"MESH client"}
    assert gone["MESH client"].health is Health.BAD


def test_settings_that_are_hostile_or_absent_are_told(counter: Counter, tmp_path: Path) -> None:
    root = tree(tmp_path / "home" / "box")
    assert told(counter, folder=str(root)) == {}
    assert "cannot be seen" in checked(counter)["MESH client's settings"].sentence
    (root.parent / "meshclient.cfg").write_bytes(b'<!DOCTYPE x [<!ENTITY y "z">]><x/>')
    assert "cannot be read" in checked(counter)["MESH client's settings"].sentence
    cfg(root)
    written = (root.parent / "meshclient.cfg").read_text(encoding="utf-8")
    (root.parent / "meshclient.cfg").write_text(written.replace(MAILBOX, "X26OTHER"), encoding="utf-8")
    others = checked(counter)["MESH client"]
    assert others.health is Health.BAD
    assert "belongs to mailbox X26OTHER" in others.sentence
    assert others.remedy
    assert "belongs to mailbox X26OTHER" in told(counter, folder=str(root))["folder"]
    one = written[written.index("<Client>") : written.index("</Client_")]
    shared = written.replace(one, one.replace(MAILBOX, "X26OTHER") + one)
    (root.parent / "meshclient.cfg").write_text(shared, encoding="utf-8")  # two mailboxes, one folder
    assert told(counter, folder=str(root)) == {}


def test_an_installed_client_is_found_where_clients_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pathlib.Path.home", lambda: tmp_path)
    root = tree(tmp_path / "MESH-APP-HOME" / "box")
    cfg(root)
    assert (MAILBOX, str(root)) in mesh_client.found_on_this_computer()


def test_what_is_tried_again_keeps_the_address_by_which_mesh_finds_the_practice(
    counter: Counter, tmp_path: Path
) -> None:
    root = tree(tmp_path / "box")
    assert told(counter, folder=str(root), addressing="gpprovider", mailboxes="") == {}
    made, ada = frozen(counter)
    store = counter.store
    sent = store.deliveries.local_id_of(made)
    assert store.deliveries.claim([sent])
    store.deliveries.record(sent, Happening.REFUSED, note="MESH refused it.")
    acts = ActsDesk(
        store, counter.clock, Sender(MAILBOX, counter.choices.now), PatientDesk(store, counter.clock)
    )
    acts.do(Act.TRY_AGAIN, made, ada, "mended")
    (sending,) = store.deliveries.waiting(1)
    assert sending.recipient.startswith("GPPROVIDER_999")
    assert sending.local_id != sent


def test_a_practice_whose_mailbox_nobody_entered_is_told_so(counter: Counter, tmp_path: Path) -> None:
    root = tree(tmp_path / "box")
    assert told(counter, folder=str(root), mailboxes="") == {}
    made, _ = frozen(counter)
    make_delivery(counter.store, counter.connection, counter.clock, mailbox=lambda: MAILBOX).run_once()
    story = counter.store.notifications.story(made)
    assert story.row.state is State.NOT_DELIVERED
    assert "Enter it in Settings, Connection" in story.events[-1].note
    assert list((root / "OUT").iterdir()) == []
