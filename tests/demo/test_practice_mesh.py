"""The practice MESH in its own process, met by the real transport."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digmed_desktop.demo.clock import PracticeClock
from digmed_desktop.demo.session import PracticeMesh
from digmed_desktop.demo.world import FictionalPatient
from digmed_desktop.fhir.responses import ItkResponse, parse
from digmed_desktop.mesh.addressing import automatic_address
from digmed_desktop.mesh.transport import MeshTransport
from digmed_desktop.messaging.errors import (
    AccountError,
    DigMedError,
    OfflineError,
    OutcomeUnknownError,
    RefusedError,
)
from digmed_desktop.messaging.sending import InboxItem, ItemKind, Receipt
from tests.demo.messages import message_about, sending_of, shows

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def running() -> Iterator[PracticeMesh]:
    with PracticeMesh.start(None, answer_after=0.0) as mesh:
        yield mesh


@pytest.fixture
def mesh(running: PracticeMesh) -> Iterator[PracticeMesh]:
    yield running
    running.go_offline(0)
    running.answer_slowly(0)
    running.refuse(0)
    running.lose_answers(0)
    running.behave("")
    running.answer_after(0)


@pytest.fixture
def pharmacy(mesh: PracticeMesh) -> Iterator[MeshTransport]:
    transport = MeshTransport(mesh.account(), timeout=(5, 20))
    yield transport
    for waiting in transport.inbox():
        transport.acknowledge(waiting)
    transport.close()


def send(pharmacy: MeshTransport, who: FictionalPatient, **changes: str) -> tuple[str, Receipt]:
    message = message_about(who)
    sending = sending_of(message, who.practice.ods_code, **changes)
    return message.message_id, pharmacy.send(sending)


def waiting(pharmacy: MeshTransport, number: int, within: float = 90.0) -> list[InboxItem]:
    deadline = time.monotonic() + within
    while len(ids := pharmacy.inbox()) < number:
        assert time.monotonic() < deadline, f"{len(ids)} of {number} came"
        time.sleep(0.05)
    return [pharmacy.fetch(one) for one in ids]


def answers(pharmacy: MeshTransport, number: int) -> list[ItkResponse]:
    return [parse(item.body) for item in waiting(pharmacy, number)]


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        ("matched", ["20013", "30001"]),
        ("deceased", ["20013", "30004"]),
        ("not-known", ["20013", "30002"]),
        ("no-longer", ["20013", "30003"]),
        ("rejected", ["20009"]),
        ("already-held", ["20008"]),
        ("accepted-only", ["20013"]),
        ("silent", []),
    ],
)
def test_the_practice_answers_as_chosen(
    mesh: PracticeMesh, pharmacy: MeshTransport, behaviour: str, expected: list[str]
) -> None:
    pharmacy.handshake()
    message_id, receipt = send(pharmacy, shows(behaviour))
    if not expected:
        mesh.make_round()
    found = answers(pharmacy, len(expected))
    assert [one.codes[0].code for one in found] == expected
    assert all(one.response_to == message_id for one in found)
    assert pharmacy.collected(receipt.mesh_id)


def test_an_answer_that_is_asked_for_is_taken(mesh: PracticeMesh, pharmacy: MeshTransport) -> None:
    who = shows("matched-asks-answer")
    send(pharmacy, who)
    items = waiting(pharmacy, 2)
    business = items[1]
    assert parse(business.body).answer_owed
    owed = sending_of(message_about(who), "", workflow="DIGMED_FLU_VAC_ACK", recipient=business.sender)
    receipt = pharmacy.send(owed)
    mesh.make_round()
    assert pharmacy.collected(receipt.mesh_id)
    assert len(pharmacy.inbox()) == 2, "an answer to an answer is not answered"


def test_what_is_not_collected_is_reported_after_five_days(
    mesh: PracticeMesh, pharmacy: MeshTransport
) -> None:
    who, before = shows("not-collected"), mesh.clock.now()
    _, receipt = send(pharmacy, who)
    mesh.make_round()
    mesh.move_clock(days=4, hours=23)
    assert pharmacy.inbox() == []
    assert not pharmacy.collected(receipt.mesh_id)
    mesh.move_clock(hours=1)
    (report,) = waiting(pharmacy, 1)
    assert (report.kind, report.status_code, report.linked_id) == (ItemKind.REPORT, "14", receipt.mesh_id)
    assert report.workflow == "DIGMED_FLU_VAC"
    assert report.local_id
    assert mesh.clock.now() - before >= timedelta(days=5)
    assert not pharmacy.collected(receipt.mesh_id)


@pytest.mark.parametrize(("behaviour", "code"), [("not-found", "EPL-153"), ("details-differ", "EPL-154")])
def test_mesh_reports_what_it_cannot_route(pharmacy: MeshTransport, behaviour: str, code: str) -> None:
    _, receipt = send(pharmacy, shows(behaviour))
    (report,) = waiting(pharmacy, 1)
    assert (report.kind, report.status_code, report.linked_id) == (ItemKind.REPORT, code, receipt.mesh_id)


def test_a_practice_without_a_mailbox_has_no_route(pharmacy: MeshTransport) -> None:
    assert pharmacy.mailbox_of("X90004", "DIGMED_FLU_VAC") is None
    assert pharmacy.mailbox_of("X90001", "DIGMED_EMG_MED") == "X90001OT001"
    with pytest.raises(RefusedError):
        send(pharmacy, shows("no-route"))


def test_automatic_routing_finds_the_practice(pharmacy: MeshTransport) -> None:
    who = shows("matched")
    born = who.patient.date_of_birth
    assert born is not None
    number, family = who.patient.nhs_number, who.patient.name.family
    send(pharmacy, who, recipient=automatic_address(number, born, family))
    assert [one.codes[0].code for one in answers(pharmacy, 2)] == ["20013", "30001"]


def test_automatic_routing_reports_whom_it_does_not_find(pharmacy: MeshTransport) -> None:
    who = shows("matched")
    born = who.patient.date_of_birth
    assert born is not None
    send(pharmacy, who, recipient=automatic_address("9990000018", born, "Nobody"))
    (report,) = waiting(pharmacy, 1)
    assert report.status_code == "EPL-153"


def test_being_offline_is_being_out_of_reach(mesh: PracticeMesh, pharmacy: MeshTransport) -> None:
    pharmacy.handshake()
    mesh.go_offline(600)
    with pytest.raises(OfflineError, match="cannot be reached"):
        send(pharmacy, shows("matched"))
    mesh.go_offline(0)
    pharmacy.handshake()
    mesh.go_offline(0.2)
    time.sleep(0.6)
    pharmacy.handshake()


def test_the_practice_works_on_while_the_pharmacy_is_offline(
    mesh: PracticeMesh, pharmacy: MeshTransport
) -> None:
    mesh.answer_after(0.3)
    send(pharmacy, shows("matched"))
    mesh.go_offline(600)
    time.sleep(1.0)
    mesh.go_offline(0)
    assert [one.codes[0].code for one in answers(pharmacy, 2)] == ["20013", "30001"]


def test_an_answer_can_be_slow_lost_or_a_refusal(mesh: PracticeMesh, pharmacy: MeshTransport) -> None:
    mesh.answer_slowly(0.4)
    started = time.monotonic()
    pharmacy.handshake()
    assert time.monotonic() - started >= 0.4
    mesh.answer_slowly(0)
    mesh.refuse(600)
    with pytest.raises(AccountError):
        pharmacy.handshake()
    mesh.refuse(0)
    mesh.lose_answers(1)
    message = message_about(shows("matched"))
    sending = sending_of(message, "X90001")
    with pytest.raises(OutcomeUnknownError):
        pharmacy.send(sending)
    assert pharmacy.look_up(sending.local_id) is not None
    assert [one.codes[0].code for one in answers(pharmacy, 2)] == ["20013", "30001"]


def test_all_patients_can_be_treated_alike(mesh: PracticeMesh, pharmacy: MeshTransport) -> None:
    mesh.behave("deceased")
    send(pharmacy, shows("matched"))
    assert [one.codes[0].code for one in answers(pharmacy, 2)] == ["20013", "30004"]


def test_a_command_that_makes_no_sense_is_refused_and_the_next_is_obeyed(mesh: PracticeMesh) -> None:
    with pytest.raises(DigMedError):
        mesh.behave("no such behaviour")
    with pytest.raises(DigMedError):
        mesh._command("explode")
    mesh.make_round()


# --- what it can never do --------------------------------------------------------------------------


def test_the_account_of_practice_mode_reaches_nothing_but_this_computer(mesh: PracticeMesh) -> None:
    from dataclasses import replace

    account = mesh.account()
    assert account.practice_only
    for url in (
        "https://mesh-sync.spineservices.nhs.uk",
        "https://msg.intspineservices.nhs.uk",
        "http://10.0.0.1",
    ):
        with pytest.raises(AccountError):
            replace(account, url=url)


def test_no_way_leads_to_the_administration_of_the_sandbox(
    mesh: PracticeMesh, pharmacy: MeshTransport
) -> None:
    session = pharmacy._client._session
    for path in ("/messageexchange/admin/reset", "/admin/reset", "/messageexchange/%61dmin/reset"):
        assert session.delete(mesh.url + path, timeout=10).status_code == 404
    pharmacy.handshake()


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads Linux's list of sockets")
def test_the_process_listens_on_this_computer_only(mesh: PracticeMesh, pharmacy: MeshTransport) -> None:
    send(pharmacy, shows("silent"))
    mesh.make_round()
    folder = Path(f"/proc/{mesh._process.pid}/fd")
    opened = [str(one.readlink()) for one in folder.iterdir()]
    inodes = {name[8:-1] for name in opened if name.startswith("socket:")}
    seen = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6", "/proc/net/udp", "/proc/net/udp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in inodes:
                seen.append((fields[1].split(":")[0], fields[2].split(":")[0], fields[3]))
    listening = [local for local, _, state in seen if state == "0A"]
    assert len(listening) == 2
    assert {local for local, _, _ in seen} == {"0100007F"}
    assert {remote for _, remote, state in seen if state != "0A"} <= {"0100007F"}


# --- beginning and end -----------------------------------------------------------------------------


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def gone_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


PROGRAM = """
import sys, time
from digmed_desktop.demo.session import PracticeMesh
mesh = PracticeMesh.start(None)
print(mesh._process.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here")
def test_a_killed_program_leaves_nothing_behind() -> None:
    folder = str(Path(__file__).resolve().parents[2])
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": folder}
    )
    assert program.stdout is not None
    child = int(program.stdout.readline())
    assert alive(child)
    program.send_signal(signal.SIGKILL)
    program.wait()
    program.stdout.close()
    assert gone_within(child, 20)


def test_stopping_ends_it_and_what_is_asked_later_says_so(tmp_path: Path) -> None:
    mesh = PracticeMesh.start(tmp_path)
    pid = mesh._process.pid
    assert mesh.is_running
    mesh.move_clock(days=3)
    mesh.stop()
    mesh.stop()
    assert mesh._process.poll() is not None
    assert gone_within(pid, 1)
    with pytest.raises(DigMedError):
        mesh.go_offline(1)
    assert abs(PracticeClock(tmp_path / "practice-clock.json").offset - timedelta(days=3)) < timedelta(
        seconds=1
    )


def test_what_mesh_and_practices_hold_outlives_a_killed_process(tmp_path: Path) -> None:
    who, left = shows("matched"), shows("not-collected")
    with PracticeMesh.start(tmp_path, answer_after=600.0) as first:
        transport = MeshTransport(first.account())
        message_id, receipt = send(transport, who)
        _, uncollected = send(transport, left)
        first.make_round()
        assert transport.collected(receipt.mesh_id)
        transport.close()
        first._process.kill()
        first._process.wait()
    with PracticeMesh.start(tmp_path, answer_after=0.0) as second:
        transport = MeshTransport(second.account())
        found = answers(transport, 2)
        assert [one.codes[0].code for one in found] == ["20013", "30001"]
        assert {one.response_to for one in found} == {message_id}
        assert transport.collected(receipt.mesh_id)
        second.move_clock(days=6)
        (report,) = [one for one in waiting(transport, 3) if one.kind is ItemKind.REPORT]
        assert report.linked_id == uncollected.mesh_id
        transport.close()
    kept = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    for text in (who.patient.nhs_number, left.patient.name.family, message_id):
        assert text.encode() not in kept


def test_what_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DigMedError, match="not installed"):
        PracticeMesh.start(None)


def test_a_process_that_cannot_start_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for executable in ("/nowhere/python", "/bin/true"):
        monkeypatch.setattr(sys, "executable", executable)
        with pytest.raises(DigMedError):
            PracticeMesh.start(None)


@pytest.fixture
def clock_at(tmp_path: Path) -> Callable[[], PracticeClock]:
    return lambda: PracticeClock(tmp_path / "clock.json")


def test_the_clock_moves_forward_only_and_remembers(clock_at: Callable[[], PracticeClock]) -> None:
    clock = clock_at()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    clock.move(days=2, hours=3)
    with pytest.raises(ValueError, match="forward"):
        clock.move(hours=-1)
    assert clock_at().offset == timedelta(days=2, hours=3)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"seconds_ahead": "x"}', '{"seconds_ahead": -5}', '{"seconds_ahead": 1e400}']
)
def test_a_damaged_clock_file_is_no_offset(tmp_path: Path, text: str) -> None:
    (tmp_path / "clock.json").write_text(text, "utf-8")
    assert PracticeClock(tmp_path / "clock.json").offset == timedelta(0)
