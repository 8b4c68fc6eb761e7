"""Handing pairs to the MESH client: whole, in order, once, and what is said of them is so."""

import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from digmed_desktop.files import replacing
from digmed_desktop.mesh.client.claiming import claim
from digmed_desktop.mesh.client.control_file import read
from digmed_desktop.mesh.client.patience import HangingError
from digmed_desktop.mesh.client.points import Point
from digmed_desktop.mesh.client.transport import ClientTransport
from digmed_desktop.messaging.errors import AccountError, OfflineError, OutcomeUnknownError, RefusedError
from digmed_desktop.messaging.sending import WITH_CLIENT, Elsewhere, Receipt, Where
from tests.client_folders.conftest import Box, arriving
from tests.outbox.clients import HASTE, account
from tests.outbox.doubles import OURS, THEIRS
from tests.outbox.killing import in_process


class SharingViolationError(PermissionError):
    """As Windows says that another program has a file for itself."""

    winerror = 32


def where(found: object) -> Where:
    assert isinstance(found, Elsewhere)
    return found.where


def watched(box: Box, seen: dict[Point, list[str]]) -> ClientTransport:
    def on_point(point: Point) -> None:
        seen[point] = box.names("OUT")

    return ClientTransport(account(box.root, OURS, Y99901=THEIRS), timing=HASTE, on_point=on_point)


def test_the_message_is_there_whole_before_its_control_file(box: Box) -> None:
    seen: dict[Point, list[str]] = {}
    transport = watched(box, seen)
    assert transport.send(box.sending(payload=b"<Bundle>" + b"x" * 500_000 + b"</Bundle>")) == WITH_CLIENT
    assert seen[Point.WRITTEN] == seen[Point.NOTED] == []
    assert seen[Point.DATA_MOVED] == ["FZZ99_a.dat"]
    assert seen[Point.HANDED_OVER] == ["FZZ99_a.ctl", "FZZ99_a.dat"]
    control = read((box.root / "OUT" / "FZZ99_a.ctl").read_bytes())
    assert (control.local_id, control.sender, control.recipient) == ("FZZ99_a", OURS, THEIRS)
    assert (box.root / "OUT" / "FZZ99_a.dat").stat().st_size == 500_017


def test_while_the_client_may_have_it_no_second_pair_is_made(box: Box) -> None:
    box.transport.send(box.sending())
    assert box.transport.send(box.sending()) == WITH_CLIENT  # it still lies there
    for name in box.names("OUT"):
        (box.root / "OUT" / name).rename(box.root / "TEMP" / name)
    assert where(box.transport.send(box.sending())) is Where.NOT_KNOWN
    assert box.names("OUT") == []
    anew = ClientTransport(account(box.root, OURS, Y99901=THEIRS), timing=HASTE)  # after a new start too
    assert where(anew.look_up("FZZ99_a")) is Where.NOT_KNOWN


def test_each_folder_says_what_became_of_it_and_nothing_of_a_patient_stays(box: Box) -> None:
    assert where(box.transport.look_up("FZZ99_a")) is Where.NEVER_LEFT
    to = "GPPROVIDER_9990000018_19800101_OTHER"
    box.transport.send(box.sending("FZZ99_a", recipient=to))
    box.transport.send(box.sending("FZZ99_b"))
    assert box.transport.look_up("FZZ99_a") == WITH_CLIENT
    assert dict(box.transport.follow(["FZZ99_a", "FZZ99_b"])) == {}
    (box.root / "OUT" / "FZZ99_b.ctl").write_bytes(b"<DTSControl/>")  # the client refuses it
    box.client.round()
    found = box.transport.follow(["FZZ99_a", "FZZ99_b"])
    assert isinstance(found["FZZ99_a"], Receipt)
    assert where(found["FZZ99_b"]) is Where.REFUSED
    assert "FAILED" in found["FZZ99_b"].sentence
    again = box.transport.look_up("FZZ99_a")
    assert isinstance(again, Receipt)
    assert again.mesh_id == found["FZZ99_a"].mesh_id
    left = {file for file in box.root.rglob("*") if file.is_file() and file.parent.name != "TEMP"}
    assert not [file for file in left if b"9990000018" in file.read_bytes()]
    assert not [file for file in left if file.suffix in (".dat", ".ctl")]


def settled(box: Box, folder: str, name: str = "FZZ99_a", **values: str) -> None:
    """Take the pair out of OUT and let a folder say something of it, as some client may."""
    for file in (box.root / "OUT").iterdir():
        file.unlink()
    told = arriving("FZZ99_a", values.pop("DTSId", ""), WorkflowId="DIGMED_FLU_VAC", **values)
    record = "<StatusRecord><Event>SEND</Event><Status>SUCCESS</Status></StatusRecord></DTSControl>"
    (box.root / folder / f"{name}.ctl").write_text(told.replace("</DTSControl>", record), encoding="utf-8")


def test_what_failed_and_succeeded_at_once_is_not_called_refused(box: Box) -> None:
    """MESH may have it: whoever sends it again must know so."""
    box.transport.send(box.sending())
    settled(box, "FAILED", DTSId="20261129_B", From_DTS=OURS, To_DTS=THEIRS)
    found = box.transport.look_up("FZZ99_a")
    assert where(found) is Where.NOT_KNOWN
    assert isinstance(found, Elsewhere)
    assert "FAILED" in found.sentence
    assert "Ask the practice" in found.sentence


def test_a_strangers_control_file_says_nothing_of_our_sending(box: Box) -> None:
    """Another mailbox's file that repeats our local id, under any name, in either folder."""
    box.transport.send(box.sending())
    for folder in ("SENT", "FAILED"):
        for name in ("FZZ99_a", "another"):
            settled(box, folder, name, DTSId="20261129_B", From_DTS="X26OTHER", To_DTS=THEIRS)
    assert where(box.transport.look_up("FZZ99_a")) is Where.NOT_KNOWN
    assert len(box.names("SENT")) == len(box.names("FAILED")) == 2  # left where they are


def test_a_share_that_goes_away_never_means_that_nothing_left(box: Box) -> None:
    box.transport.send(box.sending())
    away = box.root.with_name("away")
    box.root.rename(away)
    for call in (
        lambda: box.transport.look_up("FZZ99_b"),
        lambda: box.transport.follow(["FZZ99_a"]),
        box.transport.inbox,
        box.transport.handshake,
        lambda: box.transport.take_back("FZZ99_a"),
        lambda: box.transport.send(box.sending("FZZ99_c")),
    ):
        with pytest.raises(OfflineError) as told:
            call()
        assert "MESH client's folder" in told.value.happened
    away.rename(box.root)
    assert box.transport.look_up("FZZ99_a") == WITH_CLIENT


def test_a_folder_that_may_not_be_written_is_told_and_nothing_left(box: Box) -> None:
    if os.name == "nt" or os.geteuid() != 0:
        pytest.skip("needs another account to become")
    for folder in (box.root, *box.root.rglob("*")):
        folder.chmod(0o755 if folder.is_dir() else 0o644)
    for parent in box.root.parents:
        if parent.stat().st_uid == 0 and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o055)

    claimed = account(box.root, OURS, Y99901=THEIRS)

    def as_another() -> int:
        os.setuid(65534)
        try:
            ClientTransport(claimed, timing=HASTE).send(box.sending())
        except AccountError as error:
            return 7 if "read and write" in str(error) else 1
        return 2

    assert in_process(as_another) == 7
    assert box.names("OUT") == []


def test_two_programs_never_share_a_folder(box: Box) -> None:
    with pytest.raises(AccountError, match="Another installation"):
        claim(box.root, "someone else")
    other = replace(account(box.root, OURS, Y99901=THEIRS), owner="someone else")
    with pytest.raises(AccountError, match="Another installation"):
        ClientTransport(other, timing=HASTE).send(box.sending())
    assert box.names("OUT") == []


def test_without_our_own_folder_nothing_is_sent_and_nothing_is_claimed(box: Box) -> None:
    box.transport.send(box.sending())
    owner = box.root / "digmed-desktop" / "owner.txt"
    owner.unlink()
    for call in (
        lambda: box.transport.look_up("FZZ99_a"),
        lambda: box.transport.send(box.sending("FZZ99_b")),
    ):
        with pytest.raises(AccountError, match="own folder"):
            call()
    claim(box.root, "0123456789abcdef", unsure=["FZZ99_c"])
    assert where(box.transport.look_up("FZZ99_c")) is Where.NOT_KNOWN


def test_what_hangs_ends_by_the_clock_and_nothing_is_begun_beside_it(box: Box) -> None:
    comes_back = threading.Event()

    def hang(point: Point) -> None:
        if point is Point.DATA_MOVED:
            comes_back.wait(60)

    quick = replace(HASTE, limit=0.2)
    account_here = account(box.root, OURS, Y99901=THEIRS)
    transport = ClientTransport(account_here, timing=quick, on_point=hang)
    with pytest.raises(OutcomeUnknownError, match="does not answer"):
        transport.send(box.sending())
    with pytest.raises(OfflineError, match="does not answer"):
        transport.look_up("FZZ99_a")
    anew = ClientTransport(account_here, timing=quick)  # as delivery makes one after each fault
    with pytest.raises(OfflineError, match="does not answer"):
        anew.look_up("FZZ99_a")
    comes_back.set()
    begun = time.monotonic()
    while transport.hangs and time.monotonic() - begun < 60:
        time.sleep(0.01)
    transport.close()
    assert box.transport.look_up("FZZ99_a") == WITH_CLIENT  # what hung was done after all


def test_a_file_that_an_antivirus_program_holds_goes_out_later_or_stays_ours(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = [True] * 3
    moved = Path.replace

    def move(file: Path, target: Path) -> Path:
        if file.suffix == ".ctl" and held:
            held.pop()
            raise SharingViolationError(13, "in use")
        return moved(file, target)

    monkeypatch.setattr(Path, "replace", move)
    assert box.transport.send(box.sending("FZZ99_a")) == WITH_CLIENT
    held += [True] * 1000
    monkeypatch.setattr(replacing, "_LONGEST_BETWEEN", 0.05)
    monkeypatch.setattr("digmed_desktop.mesh.client.places.PATIENCE", 0.2)
    with pytest.raises(OfflineError, match="Another program has"):
        box.transport.send(box.sending("FZZ99_b"))
    held.clear()
    assert where(box.transport.look_up("FZZ99_b")) is Where.NEVER_LEFT
    assert box.transport.send(box.sending("FZZ99_b")) == WITH_CLIENT


def test_what_is_still_in_out_can_be_taken_back_and_nothing_else(box: Box) -> None:
    box.transport.send(box.sending("FZZ99_a"))
    assert box.transport.take_back("FZZ99_a")
    assert box.names("OUT") == []
    assert where(box.transport.look_up("FZZ99_a")) is Where.TAKEN_BACK
    assert not box.transport.take_back("FZZ99_none")
    box.transport.send(box.sending("FZZ99_b"))
    (box.root / "OUT" / "FZZ99_b.dat").rename(box.root / "TEMP" / "FZZ99_b.dat")  # the client has begun
    assert not box.transport.take_back("FZZ99_b")
    assert box.names("OUT") == ["FZZ99_b.ctl"]  # and gets its control file back


@pytest.mark.parametrize("point", [Point.WITHDRAWN, Point.OUTCOME_NOTED])
def test_a_cancellation_that_is_cut_off_is_finished_and_never_sent(box: Box, point: Point) -> None:
    def die(reached: Point) -> None:
        if reached is point:
            raise KeyboardInterrupt  # nothing after this point is done

    box.transport.send(box.sending("FZZ99_a"))
    dying = ClientTransport(account(box.root, OURS, Y99901=THEIRS), timing=HASTE, on_point=die)
    with pytest.raises(KeyboardInterrupt):
        dying.take_back("FZZ99_a")
    box.client.round()
    assert box.mesh.messages(THEIRS) == []
    assert where(box.transport.follow(["FZZ99_a"])["FZZ99_a"]) is Where.TAKEN_BACK


def test_a_practice_without_an_entered_mailbox_is_told_before_anything_is_written(box: Box) -> None:
    with pytest.raises(RefusedError, match="cannot look one up"):
        box.transport.send(replace(box.sending(), practice_ods="Y99902"))
    assert box.names("OUT") == []


def test_a_client_that_does_not_run_is_told_by_the_age_of_what_lies_there(box: Box) -> None:
    box.transport.send(box.sending())
    box.transport.follow(["FZZ99_a"])
    assert box.transport.warning() == ""
    old = time.time() - 20 * 60
    os.utime(box.root / "OUT" / "FZZ99_a.ctl", (old, old))
    box.transport.follow(["FZZ99_a"])
    assert "does not seem to run" in box.transport.warning()
    assert "20 minutes" in box.transport.warning()
    box.client.round()
    box.transport.follow(["FZZ99_a"])
    assert box.transport.warning() == ""


def test_a_call_that_hangs_is_an_error_of_its_own() -> None:
    assert not issubclass(HangingError, OSError)
