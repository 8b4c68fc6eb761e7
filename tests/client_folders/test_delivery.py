"""Delivery through the folders of the MESH client: every state is true, from the first pair to the last report."""

import os
from pathlib import Path

import pytest

from digmed_desktop.messaging.states import Need, State
from digmed_desktop.outbox.engine import Delivery
from digmed_desktop.outbox.policy import Policy
from tests.client_folders.conftest import Box, report
from tests.outbox.conftest import Pharmacy, pharmacy
from tests.outbox.doubles import THEIRS, practice_answers, understand

__all__ = ["pharmacy"]


@pytest.fixture
def there(pharmacy: Pharmacy, box: Box) -> tuple[Pharmacy, Box]:
    pharmacy.delivery.close()
    box.mesh.clock = pharmacy.clock
    pharmacy.delivery = Delivery(
        pharmacy.store.deliveries,
        pharmacy.store.inbox,
        lambda: box.transport,
        understand,
        pharmacy.clock,
        Policy(),
        pharmacy.marks.append,
    )
    return pharmacy, box


def test_a_notification_goes_out_and_is_answered(there: tuple[Pharmacy, Box]) -> None:
    shop, box = there
    made, _ = shop.freeze()
    shop.run()
    assert shop.state(made) is State.HANDED_OVER
    assert shop.store.deliveries.unsure() == 1
    box.client.round()
    shop.run()
    assert shop.state(made) is State.SENT
    practice_answers(box.mesh, "20013", "30001")
    box.client.round()
    shop.run(minutes=6)
    assert shop.state(made) is State.MATCHED
    assert [name for name in box.names("IN") if name.endswith(".dat")] == []
    assert "picked-up" in shop.happenings(made)  # the client's own report of collection
    assert box.names("SENT") == box.names("OUT") == []


def test_one_that_the_client_refuses_asks_a_person_and_says_why(there: tuple[Pharmacy, Box]) -> None:
    shop, box = there
    made, _ = shop.freeze()
    shop.run()
    pair = next((box.root / "OUT").glob("*.ctl"))
    pair.write_bytes(pair.read_bytes().replace(b"<Version>1.0", b"<Version>9.9"))
    box.client.round()
    shop.run()
    assert (shop.state(made), shop.row(made).need) == (State.NOT_DELIVERED, Need.UNSENT)
    assert "another version" in shop.story(made).events[-1].note


def test_one_that_is_in_no_folder_is_never_sent_again_by_itself(there: tuple[Pharmacy, Box]) -> None:
    shop, box = there
    made, _ = shop.freeze()
    shop.run()
    for name in box.names("OUT"):
        (box.root / "OUT" / name).unlink()
    shop.run(times=4, minutes=6)
    assert (shop.state(made), shop.row(made).need) == (State.CHECKING, Need.UNSENT)
    assert "took it out of its folder OUT" in shop.story(made).events[-1].note
    shop.run(times=3, hours=20)
    assert box.names("OUT") == []
    assert box.mesh.messages(THEIRS) == []


def test_without_kept_files_a_report_tells_that_mesh_has_it(there: tuple[Pharmacy, Box]) -> None:
    shop, box = there
    made, _ = shop.freeze()
    shop.run()
    (local_id,) = {name[:-4] for name in box.names("OUT")}
    for name in box.names("OUT"):
        (box.root / "OUT" / name).unlink()
    shop.run(minutes=6)
    assert shop.state(made) is State.CHECKING
    box.put("t", report("TRANSFER", about="M77").replace("FZZ99_a", local_id))
    shop.run(minutes=6)
    assert shop.state(made) is State.SENT
    box.put("c", report("COLLECT", about="M77").replace("FZZ99_a", ""))  # names MESH's id alone
    shop.run(minutes=6)
    assert (shop.state(made), shop.row(made).need) == (State.COLLECTED, Need.NOBODY)
    box.put("e", report("SEND", "ERROR", "14", about="M77").replace("FZZ99_a", local_id))
    shop.run(minutes=6)
    assert shop.state(made) is State.NOT_DELIVERED
    assert box.names("IN") == []


def test_a_report_that_comes_first_counts(there: tuple[Pharmacy, Box]) -> None:
    shop, box = there
    made, _ = shop.freeze()
    shop.run()
    (local_id,) = {name[:-4] for name in box.names("OUT")}
    box.put("c", report("COLLECT", about="M77").replace("FZZ99_a", local_id))
    shop.run(minutes=6)
    assert shop.state(made) is State.COLLECTED


def test_a_share_that_is_away_is_told_in_the_banner_and_nothing_is_lost(there: tuple[Pharmacy, Box]) -> None:
    shop, box = there
    box.root.rename(box.root.with_name("away"))
    made, _ = shop.freeze()
    shop.run()
    standing = shop.delivery.run_once()
    assert standing.connected is False
    assert "MESH client's folder" in standing.stopped_because
    assert shop.state(made) is State.WAITING
    box.root.with_name("away").rename(box.root)
    shop.run(times=2, minutes=6)
    assert shop.state(made) is State.HANDED_OVER


def test_a_client_that_does_not_run_is_told_in_the_banner(there: tuple[Pharmacy, Box]) -> None:
    shop, box = there
    shop.freeze()
    shop.run()
    for file in (box.root / "OUT").iterdir():
        os.utime(file, (1_700_000_000, 1_700_000_000))
    standing = shop.delivery.run_once()
    assert any("does not seem to run" in one for one in standing.notices)


def test_what_other_programs_leave_is_said(there: tuple[Pharmacy, Box]) -> None:
    shop, box = there
    box.put("x", "<DTSControl>", None)
    os.utime(box.root / "IN" / "x.ctl", (1_700_000_000, 1_700_000_000))
    shop.run(minutes=6)
    assert any("cannot be read" in one for one in shop.delivery.run_once().notices)
    assert Path(box.root / "IN" / "x.ctl").exists()
