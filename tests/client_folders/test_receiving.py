"""What the MESH client brings: whole, once, ours alone, and out of its folder only when it is stored."""

import os
import time
from pathlib import Path

import pytest

from digmed_desktop.mesh.client.inspecting import inspect
from digmed_desktop.mesh.client.points import Point
from digmed_desktop.mesh.client.transport import ClientTransport
from digmed_desktop.messaging.errors import NotThereError, UnusableError
from digmed_desktop.messaging.sending import COLLECTED_REPORT, TAKEN_REPORT, WITH_CLIENT, ItemKind
from tests.client_folders.conftest import Box, arriving, report
from tests.outbox.clients import HASTE, account
from tests.outbox.doubles import OURS, THEIRS

LONG_AGO = 3600


def age(file: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(file, (then, then))


def test_an_answer_is_read_and_stays_until_it_is_stored(box: Box) -> None:
    box.put("20261129010203_A1", arriving(mesh_id="20261129010203_A1"), "<Réponse/>".encode())
    assert box.transport.inbox() == ["20261129010203_A1"]
    item = box.transport.fetch("20261129010203_A1")
    assert (item.kind, item.sender, item.workflow, item.local_id) == (
        ItemKind.DATA, THEIRS, "DIGMED_FLU_VAC_ACK", "busAck-1",
    )  # fmt: skip
    assert item.body == "<Réponse/>".encode()
    assert len(box.names("IN")) == 2
    box.transport.acknowledge(item.mesh_id)
    assert box.names("IN") == []
    assert box.transport.inbox() == []
    box.transport.acknowledge(item.mesh_id)  # a second time does no harm
    with pytest.raises(NotThereError):
        box.transport.fetch(item.mesh_id)


def test_what_is_half_written_or_without_its_partner_waits(box: Box) -> None:
    box.put("cut", arriving()[:60], b"<R/>")
    box.put("alone", arriving(mesh_id="M2"))
    (box.root / "IN" / "nobody.dat").write_bytes(b"<R/>")
    box.put("growing", arriving(mesh_id="M3"), b"<R><half>")
    assert box.transport.inbox() == []
    box.put("growing", arriving(mesh_id="M3"), b"<R><half>whole</half></R>")
    box.put("alone", arriving(mesh_id="M2"), b"<R/>")
    box.put("cut", arriving(mesh_id="M1"), b"<R/>")
    assert sorted(box.transport.inbox()) == ["M1", "M2", "M3"]
    assert box.transport.fetch("M3").body == b"<R><half>whole</half></R>"


def test_a_message_is_left_alone_while_it_changes(box: Box) -> None:
    patient = ClientTransport(account(box.root, OURS))
    box.put("M1", arriving(), b"<R/>")
    assert patient.inbox() == []
    age(box.root / "IN" / "M1.dat", 3)
    assert patient.inbox() == ["M1"]
    patient.close()


def test_what_stays_odd_is_taken_as_it_is_and_the_unreadable_is_counted(box: Box) -> None:
    box.put("odd", arriving(), b"<R><never closed>")
    box.put("hostile", b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><DTSControl/>')
    box.put("huge", b"<DTSControl>" + b" " * 200_000)
    for file in (box.root / "IN").iterdir():
        age(file, LONG_AGO)
    assert box.transport.inbox() == ["M1"]
    assert box.transport.fetch("M1").body == b"<R><never closed>"
    assert box.transport.unread() == (2, 0)
    assert len(box.names("IN")) == 4  # left where they are


@pytest.mark.skipif(os.name == "nt", reason="pipes and links of this kind are not made there")
def test_what_is_no_file_stops_nothing_and_is_counted(box: Box) -> None:
    """A folder, a pipe or a link that leads back to itself that is named as a control file or as a message."""
    box.put("M1", arriving(), b"<R/>")
    for name, control in (("M2", arriving(mesh_id="M2")), ("M3", arriving(mesh_id="M3"))):
        box.put(name, control)
    (box.root / "IN" / "M2.dat").mkdir()
    os.mkfifo(box.root / "IN" / "M3.dat")
    for folder in ("IN", "SENT", "FAILED", "OUT"):
        (box.root / folder / "folder.ctl").mkdir()
        os.mkfifo(box.root / folder / "pipe.ctl")
        (box.root / folder / "circle.ctl").symlink_to(box.root / folder / "circle.ctl")
    for file in (box.root / "IN").iterdir():
        os.utime(file, (time.time() - LONG_AGO,) * 2, follow_symlinks=False)
    assert box.transport.inbox() == ["M1"]
    assert box.transport.unread() == (5, 0)
    box.transport.send(box.sending())
    assert box.transport.look_up("FZZ99_a") == WITH_CLIENT
    assert dict(box.transport.follow(["FZZ99_a"])) == {}
    assert inspect(box.root).fault is None


def test_what_is_not_ours_is_left_alone_and_counted(box: Box) -> None:
    box.put("other workflow", arriving(WorkflowId="SPINE_PATHOLOGY"), b"x")
    box.put("other mailbox", arriving(To_DTS="X26OTHER"), b"x")
    box.put("their report", report("COLLECT", WorkflowId="SPINE_PATHOLOGY", LocalId="theirs"))
    assert box.transport.inbox() == []
    assert box.transport.unread() == (0, 3)
    assert len(box.names("IN")) == 5


def test_what_comes_twice_is_one_and_two_that_share_an_id_are_two(box: Box) -> None:
    for name in ("M1", "M1 (2)"):
        box.put(name, arriving(), b"<R/>")
    assert box.transport.inbox() == ["M1"]
    box.transport.acknowledge("M1")
    assert box.names("IN") == []
    box.put("one", arriving("same-local-id", "M2"), b"<R>1</R>")
    box.put("two", arriving("same-local-id", "M3"), b"<R>2</R>")
    box.put("three", arriving("same-local-id", "M3"), b"<R>3</R>")
    ids = box.transport.inbox()
    assert len(ids) == len(set(ids)) == 3
    assert sorted(box.transport.fetch(one).body for one in ids) == [b"<R>1</R>", b"<R>2</R>", b"<R>3</R>"]
    for one in ids:
        box.transport.acknowledge(one)
    assert box.names("IN") == []


def test_names_of_any_letters_are_read(box: Box) -> None:
    names = ["Żółć née 名", "a.b.c", "with space", "..", "x" * 180, "-rf", "%00", "a'b;c"]
    for number, name in enumerate(names):
        box.put(name, arriving(mesh_id="" if number % 2 else f"M{number}"), f"<R>{number}</R>".encode())
    ids = box.transport.inbox()
    assert len(ids) == len(names)
    assert {box.transport.fetch(one).body for one in ids} == {
        f"<R>{n}</R>".encode() for n in range(len(names))
    }
    for one in ids:
        box.transport.acknowledge(one)
    assert box.names("IN") == []


def test_endings_in_capitals_are_read_and_cleared(box: Box) -> None:
    box.put("M1", arriving(), b"<R/>")
    for ending in (".dat", ".ctl"):
        (box.root / "IN" / f"M1{ending}").rename(box.root / "IN" / f"M1{ending.upper()}")
    assert box.transport.inbox() == ["M1"]
    assert box.transport.fetch("M1").body == b"<R/>"
    box.transport.acknowledge("M1")
    assert box.names("IN") == []
    assert list((box.root / "digmed-desktop" / "taken").iterdir()) == []


def test_reports_say_what_they_are(box: Box) -> None:
    box.transport.send(box.sending())
    box.put("c", report("COLLECT"))
    box.put("t", report("TRANSFER"))
    box.put("late", report("SEND", "ERROR", "14"))
    box.put("kit", report("COLLECT", WorkflowId="", From_DTS="", To_DTS=""))
    found = {one: box.transport.fetch(one) for one in box.transport.inbox()}
    assert {item.kind for item in found.values()} == {ItemKind.REPORT}
    assert sorted(item.status_code for item in found.values()) == sorted(
        [COLLECTED_REPORT, COLLECTED_REPORT, TAKEN_REPORT, "14"]
    )
    assert {item.linked_id for item in found.values()} == {"M9"}
    assert {item.sender for item in found.values()} == {""}  # our own mailbox is nobody's answer
    assert "5 days" in next(item.status_text for item in found.values() if item.status_code == "14")


@pytest.mark.parametrize("point", [Point.CONTROL_TAKEN, Point.DATA_TAKEN])
def test_a_taking_that_is_cut_off_is_finished(box: Box, point: Point) -> None:
    def die(reached: Point) -> None:
        if reached is point:
            raise KeyboardInterrupt

    box.put("M1", arriving(), b"<R/>")
    dying = ClientTransport(account(box.root, OURS), timing=HASTE, on_point=die)
    with pytest.raises(KeyboardInterrupt):
        dying.acknowledge("M1")
    assert box.transport.inbox() == []
    box.transport.handshake()
    assert box.names("IN") == []
    assert list((box.root / "digmed-desktop" / "taken").iterdir()) == []


def test_a_message_larger_than_any_answer_is_refused_and_left(box: Box) -> None:
    box.put("M1", arriving(), b"")
    with (box.root / "IN" / "M1.dat").open("wb") as file:
        file.truncate(21 * 1024 * 1024)
    (one,) = box.transport.inbox()
    with pytest.raises(UnusableError, match="too large"):
        box.transport.fetch(one)
    assert len(box.names("IN")) == 2


def test_a_clock_that_is_hours_off_hides_nothing(box: Box) -> None:
    for name, hours in (("M1", 5), ("M2", -5)):
        box.put(name, arriving(mesh_id=name), b"<R/>")
        for ending in (".dat", ".ctl"):
            age(box.root / "IN" / f"{name}{ending}", hours * 3600)
    assert box.transport.inbox() == ["M1", "M2"]
