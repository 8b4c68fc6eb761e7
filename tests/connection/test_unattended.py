"""``sync`` alone and beside a window, the second start that finds the first, and a practice that can be reached."""

import contextlib
import hashlib
import json
import socket
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Client
from pathlib import Path

import pytest

from digmed_desktop.clinical import json_record
from digmed_desktop.desk.commands import notification, unattended
from digmed_desktop.desk.commands.unattended import doctor, sync, told_by_window, told_of_checks
from digmed_desktop.desk.connections.reaching import ReachDesk
from digmed_desktop.desk.upkeep import front_door
from digmed_desktop.desk.upkeep.backups import BackupDesk
from digmed_desktop.desk.upkeep.front_door import FrontDoor, WindowSilentError, knock
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.connection import Check, Health
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.sending import Kind, new_local_id
from digmed_desktop.messaging.states import Need, State
from digmed_desktop.messaging.story import QueueStanding
from tests.connection.conftest import Counter
from tests.history.samples import KEY, facts, message, token
from tests.mesh.strict_mesh import PRACTICE, Way

PHRASE = "copper lantern seven"


def freeze(counter: Counter) -> int:
    payload = str(uuid.uuid4()).encode()
    sent = replace(message(), payload=payload, sha256=hashlib.sha256(payload).hexdigest())
    return counter.store.notifications.freeze(
        None, "{}", facts(), sent, new_local_id("FQF01"), None, token=token()
    )


@pytest.fixture
def ready(counter: Counter, mesh) -> Counter:
    mesh.register("Y99901", "DIGMED_FLU_VAC", [PRACTICE])
    counter.set_up(mesh.url)
    return counter


@pytest.fixture
def door(counter: Counter) -> Iterator[FrontDoor]:
    def answer(word: str) -> dict[str, object]:
        if word == "fail":
            raise ZeroDivisionError("private words")
        if word == "sync":
            return told_by_window(QueueStanding(waiting=2, needs_person=1, connected=True), is_set_up=True)
        if word == "doctor":
            return told_of_checks(iter([Check("MESH", Health.BAD, "No reply.", "Wait.")]))
        return {"heard": word} if len(word) < 100 else {"length": len(word)}

    made = FrontDoor(counter.folders.data, answer)
    made.open()
    yield made
    made.close()


def test_sync_sends_what_waits_and_says_so(ready: Counter, mesh, vault_of) -> None:
    of = freeze(ready)
    ready.store.close()
    status, sentence = sync(ready.folders, ready.clock, vault_of)
    ready.store = Store.open(ready.folders.database, KEY, ready.clock)
    assert (status, sentence) == (0, "Sent and collected. 0 waiting to go out, 0 need action.")
    assert ready.store.notifications.row(of).state is State.SENT
    assert len(mesh.stored(PRACTICE)) == 1


def test_sync_that_cannot_reach_mesh_says_why_and_loses_nothing(ready: Counter, mesh, vault_of) -> None:
    of = freeze(ready)
    ready.set_up(mesh.url, password="wrong")
    ready.store.close()
    status, sentence = sync(ready.folders, ready.clock, vault_of)
    ready.store = Store.open(ready.folders.database, KEY, ready.clock)
    assert status == 1
    assert "password" in sentence
    assert "1 waiting" in sentence
    assert ready.store.notifications.row(of).state is State.WAITING


def test_sync_without_a_connection_raises_what_is_late(counter: Counter, vault_of) -> None:
    of = freeze(counter)
    counter.clock.move(days=5)
    counter.store.close()
    status, sentence = sync(counter.folders, counter.clock, vault_of)
    counter.store = Store.open(counter.folders.database, KEY, counter.clock)
    assert status == 0
    assert "No connection to MESH is set up. 1 waiting to go out, 1 needs action." in sentence
    assert counter.store.notifications.row(of).need is Need.LATE


def test_sync_of_a_pharmacy_that_was_never_set_up_is_no_fault(home: Path, memory_vault) -> None:
    from digmed_desktop.settings import folders

    status, sentence = sync(folders.prepare(practice=False), vault=lambda _f: memory_vault)
    assert (status, "Nothing has been set up" in sentence) == (0, True)


def test_sync_of_records_that_are_gone_is_a_fault(home: Path, memory_vault) -> None:
    from digmed_desktop.desk.upkeep.opening import open_store
    from digmed_desktop.messaging.clock import SystemClock
    from digmed_desktop.settings import folders

    places = folders.prepare(practice=False)
    open_store(places, memory_vault, SystemClock()).close()
    places.database.unlink()
    status, _sentence = sync(places, vault=lambda _f: memory_vault)
    assert status == 1


def test_sync_beside_a_window_asks_the_window(counter: Counter, door: FrontDoor, vault_of) -> None:
    status, sentence = sync(counter.folders, counter.clock, vault_of)
    assert (status, sentence) == (
        0,
        "The open window did it. Sent and collected. 2 waiting to go out, 1 needs action.",
    )
    told = list(doctor(counter.folders, counter.clock, vault_of))
    assert told[-1] == Check("MESH", Health.BAD, "No reply.", "Wait.")


def test_sync_beside_a_window_that_does_not_answer_touches_nothing(counter: Counter, vault_of) -> None:
    status, sentence = sync(
        counter.folders, counter.clock, vault_of
    )  # the records are open in this very test
    assert status == 0
    assert "sends and collects automatically" in sentence
    told = list(doctor(counter.folders, counter.clock, vault_of))
    assert (told[-1].name, told[-1].health) == ("Records", Health.BAD)
    assert "already open" in told[-1].sentence


def test_a_second_start_finds_the_first(counter: Counter, door: FrontDoor) -> None:
    assert knock(counter.folders.data, "show", 30) == {"heard": "show"}
    trouble = knock(counter.folders.data, "fail", 30)
    assert trouble == {"trouble": "Something in the program went wrong."}
    assert knock(counter.folders.data, "show", 30) == {"heard": "show"}


def test_nobody_is_answered_without_the_key(counter: Counter, door: FrontDoor) -> None:
    import json

    file = counter.folders.data / "window.json"
    told = json.loads(file.read_text())
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(Exception, match=r"digest|Authentication"):
        Client(told["address"], authkey=b"guessed")
    assert knock(counter.folders.data, "show", 30) == {"heard": "show"}


NOBODY = [
    "",
    "{}",
    '{"address": "/nowhere/at/all", "key": "00"}',
    "no json",
    "[" * 100_000,
    '{"address":' * 50_000,
    '{"address": "\\ud800", "key": "00"}',
    '{"address": "\\u0000", "key": "00"}',
    '{"address": 1e999, "key": 1e999}',
    '["address", "key"]',
    '{"address": "/x", "key": ["00"]}',
    " " * 20_000,
]


@pytest.mark.parametrize("left", NOBODY, ids=range(len(NOBODY)))
def test_what_a_killed_window_left_is_nobody(counter: Counter, left: str) -> None:
    (counter.folders.data / "window.json").write_text(left)
    assert knock(counter.folders.data, "show", 30) is None


def test_a_record_of_the_greatest_length_comes_through_the_door(counter: Counter, door: FrontDoor) -> None:
    record = "\U0001f489" * json_record.MAX_LENGTH
    assert len(f"open\n{record}".encode()) <= front_door.LONGEST
    assert knock(counter.folders.data, f"open\n{record}", 30) == {"length": len(record) + 5}
    with pytest.raises(DigMedError, match="too large to import"):
        knock(counter.folders.data, "x" * (front_door.LONGEST + 1), 30)
    assert knock(counter.folders.data, "show", 30) == {"heard": "show"}


def test_a_caller_that_says_nothing_holds_up_nobody(
    counter: Counter, door: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_door, "HELLO_SECONDS", 60.0)
    address = json.loads((counter.folders.data / "window.json").read_text())["address"]
    with contextlib.ExitStack() as lines:
        for _ in range(3):
            lines.enter_context(socket.socket(socket.AF_UNIX)).connect(address)
        begun = time.monotonic()
        assert knock(counter.folders.data, "show", 30) == {"heard": "show"}
        assert time.monotonic() - begun < 30, "nobody waits for the end of another's silence"


def test_callers_that_say_nothing_are_put_out(counter: Counter, door: FrontDoor, monkeypatch) -> None:
    monkeypatch.setattr(front_door, "HELLO_SECONDS", 0.2)
    address = json.loads((counter.folders.data / "window.json").read_text())["address"]
    with contextlib.ExitStack() as lines:
        silent = [lines.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(20)]
        for line in silent:
            line.connect(address)
        time.sleep(0.5)
        assert knock(counter.folders.data, "show", 30) == {"heard": "show"}


def test_a_window_that_hangs_is_given_up_in_words(counter: Counter, monkeypatch, vault_of) -> None:
    monkeypatch.setattr(front_door, "HELLO_SECONDS", 0.2)
    monkeypatch.setattr(unattended, "PATIENCE", 0.2)
    never = threading.Event()
    stopped = FrontDoor(counter.folders.data, lambda _w: {"late": never.wait(20)})
    stopped.open()
    with pytest.raises(WindowSilentError, match="does not answer"):
        knock(counter.folders.data, "show", 0.2)
    status, sentence = sync(counter.folders, counter.clock, vault_of)
    assert (status, "does not answer" in sentence) == (1, True)
    (_program, window) = doctor(counter.folders, counter.clock, vault_of)
    assert (window.name, window.health) == ("Window", Health.BAD)
    never.set()
    stopped.close()


def test_a_process_that_stands_still_is_given_up_too(counter: Counter, monkeypatch) -> None:
    monkeypatch.setattr(front_door, "HELLO_SECONDS", 0.2)
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{folder}/door")
        listener.listen(0)
        told = {"address": f"{folder}/door", "key": "00" * 32}
        (counter.folders.data / "window.json").write_text(json.dumps(told))
        for _ in range(3):  # the second and third do not even come through
            with pytest.raises(WindowSilentError):
                knock(counter.folders.data, "show", 0.1)


def test_one_sync_runs_at_a_time(counter: Counter, vault_of) -> None:
    begun, go_on = threading.Event(), threading.Event()
    slow = FrontDoor(
        counter.folders.data, lambda _w: (begun.set(), go_on.wait(20), {"trouble": "as told"})[2]
    )
    slow.open()
    first: list[tuple[int, str]] = []
    thread = threading.Thread(target=lambda: first.append(sync(counter.folders, counter.clock, vault_of)))
    thread.start()
    assert begun.wait(20)
    for _ in range(3):
        status, sentence = sync(counter.folders, counter.clock, vault_of)
        assert (status, "Another sync is under way" in sentence) == (0, True)
    go_on.set()
    thread.join(20)
    assert first == [(1, "as told")]
    slow.close()


def test_a_window_that_is_gone_does_not_answer(counter: Counter) -> None:
    heard = threading.Event()
    first = FrontDoor(counter.folders.data, lambda _w: (heard.set(), {})[1])
    first.open()
    assert knock(counter.folders.data, "show", 30) == {}
    first.close()
    assert heard.is_set()
    assert knock(counter.folders.data, "show", 30) is None


def test_whether_a_practice_can_receive_is_asked_once_a_day(ready: Counter, mesh) -> None:
    reach = ReachDesk(ready.store, ready.connection, ready.clock)
    assert reach.known("Y99901", Kind.VACCINATION) is None
    told = reach.ask("y99901", Kind.VACCINATION)
    assert told.can is True
    assert reach.ask("Y99901", Kind.EMERGENCY_SUPPLY).can is False
    asked = len(mesh.calls)
    assert reach.ask("Y99901", Kind.VACCINATION).can is True
    again = ReachDesk(ready.store, ready.connection, ready.clock)
    assert again.ask("Y99901", Kind.EMERGENCY_SUPPLY).can is False
    assert len(mesh.calls) == asked
    ready.clock.move(hours=25)
    mesh.register("Y99901", "DIGMED_EMG_MED", [PRACTICE])
    assert again.ask("Y99901", Kind.EMERGENCY_SUPPLY).can is True
    reach.close()
    again.close()


def test_a_practice_with_two_mailboxes_cannot_be_reached(ready: Counter, mesh) -> None:
    mesh.register("Y99901", "DIGMED_FLU_VAC", [PRACTICE, "X9GP02OT001"])
    reach = ReachDesk(ready.store, ready.connection, ready.clock)
    told = reach.ask("Y99901", Kind.VACCINATION)
    reach.close()
    assert told.can is False
    assert "more than one mailbox" in told.sentence


def test_what_cannot_be_asked_is_not_known_and_is_asked_again(ready: Counter, mesh) -> None:
    reach = ReachDesk(ready.store, ready.connection, ready.clock)
    mesh.fail("endpointlookup", Way.ANSWER, status=500, times=9)
    assert reach.ask("Y99901", Kind.VACCINATION).can is None
    mesh.faults.clear()
    assert reach.ask("Y99901", Kind.VACCINATION).can is True
    reach.close()


def test_without_a_connection_it_is_for_paper(counter: Counter) -> None:
    told = ReachDesk(counter.store, counter.connection, counter.clock).ask("Y99901", Kind.VACCINATION)
    assert told.can is None
    assert "paper" in told.sentence


def test_sync_tells_of_what_is_late_once_a_day_and_names_nobody(
    ready: Counter, mesh, vault_of, monkeypatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(notification, "show", shown.append)
    ready.store.close()
    assert sync(ready.folders, ready.clock, vault_of)[0] == 0
    assert shown == [], "it is quiet when nothing is late"
    ready.store = Store.open(ready.folders.database, KEY, ready.clock)
    freeze(ready)
    ready.set_up(mesh.url, password="wrong")
    ready.store.close()
    ready.clock.move(days=5)
    for _ in range(3):
        sync(ready.folders, ready.clock, vault_of)
        ready.clock.move(minutes=15)
    (text,) = shown
    assert text == "Action needed for 1 notification. Open DigMed Desktop to see which."
    ready.clock.move(days=1)
    sync(ready.folders, ready.clock, vault_of)
    assert len(shown) == 2
    ready.store = Store.open(ready.folders.database, KEY, ready.clock)
    told = facts()
    assert not any(word in text for word in (told.patient_name.split(",")[0], told.nhs_number) if word)


def test_sync_makes_the_backup_of_the_day(ready: Counter, mesh, vault_of, tmp_path: Path) -> None:
    folder = tmp_path / "daily"
    folder.mkdir()
    BackupDesk(ready.store, ready.vault, ready.clock).begin_daily(folder, PHRASE, PHRASE)
    ready.store.close()
    counted = "0 waiting to go out, 0 need action."
    assert sync(ready.folders, ready.clock, vault_of) == (0, f"Sent and collected. {counted}")
    ready.clock.move(days=1)
    made = f"Sent and collected. {counted} Today's backup was made."
    assert sync(ready.folders, ready.clock, vault_of) == (0, made)
    quiet = f"Nothing was due to be sent or collected. {counted}"
    assert sync(ready.folders, ready.clock, vault_of) == (0, quiet), "a connection is set up, and it says so"
    assert len(list(folder.iterdir())) == 2
    ready.store = Store.open(ready.folders.database, KEY, ready.clock)
