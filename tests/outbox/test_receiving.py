"""Receiving: stored before it is acknowledged, applied once, in any order."""

import itertools

import pytest

from digmed_desktop.messaging.states import Need, State
from digmed_desktop.outbox.marks import Mark
from tests.outbox.conftest import Pharmacy, delivery_of
from tests.outbox.doubles import OURS, PAGE, THEIRS, Fault, practice_answers, response

ACK = "DIGMED_FLU_VAC_ACK"


def sent_one(pharmacy: Pharmacy) -> tuple[int, str]:
    made, sent = pharmacy.freeze()
    pharmacy.run()
    assert pharmacy.state(made) is State.SENT
    return made, sent.message_id


def left(pharmacy: Pharmacy) -> list[str]:
    return [m["mesh_id"] for m in pharmacy.mesh.messages(OURS) if not m["collected"]]


def test_accepted_then_matched(pharmacy: Pharmacy) -> None:
    made, _ = sent_one(pharmacy)
    practice_answers(pharmacy.mesh, "20013")
    pharmacy.run(minutes=6)
    assert pharmacy.state(made) is State.ACCEPTED
    pharmacy.mesh.put(OURS, response(pharmacy.story(made).message_id, "30001"), workflow=ACK)
    pharmacy.run(minutes=6)
    assert (pharmacy.state(made), pharmacy.row(made).needs_person) == (State.MATCHED, False)
    assert left(pharmacy) == []
    assert pharmacy.marks.index(Mark.KEPT) < pharmacy.marks.index(Mark.ACKNOWLEDGED)


@pytest.mark.parametrize(
    ("codes", "state", "need"),
    [
        (("30001",), State.MATCHED, Need.NOBODY),
        (("30004",), State.MATCHED, Need.ANSWERED),
        (("30002",), State.NOT_KNOWN_THERE, Need.ANSWERED),
        (("30003",), State.NO_LONGER_THERE, Need.ANSWERED),
        (("20009",), State.REJECTED, Need.ANSWERED),
        (("20007",), State.ALREADY_HELD, Need.HELD),
        (("29999",), State.SENT, Need.ANSWERED),
        (("20013", "30001", "20007"), State.MATCHED, Need.NOBODY),
        (("20013", "20007"), State.ACCEPTED, Need.NOBODY),
        (("20009", "20007"), State.REJECTED, Need.ANSWERED),
        (("20013", "30002", "30001"), State.NOT_KNOWN_THERE, Need.ANSWERED),
        (("20009", "30001"), State.MATCHED, Need.ANSWERED),
    ],
)
def test_answers_in_any_order_end_the_same(
    pharmacy: Pharmacy, codes: tuple[str, ...], state: State, need: Need
) -> None:
    orders = list(itertools.permutations(codes))
    made = [sent_one(pharmacy) for _ in orders]
    for (_, message_id), order in zip(made, orders, strict=True):
        for code in order:
            pharmacy.mesh.put(OURS, response(message_id, code), workflow=ACK)
            pharmacy.mesh.put(OURS, response(message_id, code), workflow=ACK)
    pharmacy.run(minutes=6)
    for (one, _), order in zip(made, orders, strict=True):
        assert (pharmacy.state(one), pharmacy.row(one).need) == (state, need), order


def test_the_inbox_is_asked_no_more_often_than_allowed_also_after_a_restart(pharmacy: Pharmacy) -> None:
    pharmacy.run(20, seconds=10)
    assert pharmacy.transport.calls.count("inbox") == 1
    again = delivery_of(pharmacy.store, pharmacy.transport, pharmacy.clock, [])
    again.run_once()
    assert pharmacy.transport.calls.count("inbox") == 1
    pharmacy.clock.move(minutes=2)
    again.run_once()
    assert pharmacy.transport.calls.count("inbox") == 2


def test_a_full_page_is_followed_by_the_next(pharmacy: Pharmacy) -> None:
    _, message_id = sent_one(pharmacy)
    for _ in range(PAGE + 3):
        pharmacy.mesh.put(OURS, response(message_id, "20013"), workflow=ACK)
    before = pharmacy.transport.calls.count("inbox")
    pharmacy.run(minutes=6)
    assert pharmacy.transport.calls.count("inbox") == before + 2
    assert left(pharmacy) == []


def test_what_is_none_of_ours_is_kept_left_there_and_shown(pharmacy: Pharmacy) -> None:
    sent_one(pharmacy)
    strange = pharmacy.mesh.put(OURS, response("someone-else", "30001"), workflow=ACK)
    garbled = pharmacy.mesh.put(OURS, b"<html>", workflow=ACK)
    pharmacy.run(4, minutes=6)
    assert set(left(pharmacy)) == {strange, garbled}
    (shown,) = pharmacy.store.replies.open(9)
    assert (shown.mesh_id, shown.trouble) == (garbled, "This is not a response.")
    assert [one.mesh_id for one in pharmacy.store.replies.open(9, other_programs=True)] == [strange]
    assert pharmacy.transport.calls.count("fetch") == 2  # downloaded once each


def test_one_unreadable_thing_does_not_hold_up_the_others(pharmacy: Pharmacy) -> None:
    made, message_id = sent_one(pharmacy)
    pharmacy.mesh.put(OURS, b"{}", workflow=ACK)  # makes the reader fail with an error of its own
    pharmacy.mesh.put(OURS, response(message_id, "30001"), workflow=ACK)
    pharmacy.run(minutes=6)
    assert pharmacy.state(made) is State.MATCHED
    assert len(left(pharmacy)) == 1


def test_a_report_before_we_know_our_own_id_is_applied_afterwards(pharmacy: Pharmacy) -> None:
    pharmacy.mesh.plan("send", Fault.CUT_AFTER)
    made, _ = pharmacy.freeze()
    pharmacy.mesh.plan("look_up", Fault.REFUSED, Fault.REFUSED)
    pharmacy.run()
    (stored,) = pharmacy.mesh.messages(THEIRS)
    pharmacy.mesh.put(OURS, kind="REPORT", linked_id=stored["mesh_id"], status_code="14")
    pharmacy.run(2, minutes=2)
    assert pharmacy.state(made) is State.CHECKING
    assert len(left(pharmacy)) == 1  # stored here, and left there until it is known to be ours
    pharmacy.run(2, minutes=6)
    assert pharmacy.state(made) is State.NOT_DELIVERED
    assert left(pharmacy) == []


def test_a_report_is_matched_by_local_id_when_that_is_all_there_is(pharmacy: Pharmacy) -> None:
    made, _ = sent_one(pharmacy)
    pharmacy.mesh.put(OURS, kind="REPORT", local_id=pharmacy.story(made).local_id, status_code="14")
    pharmacy.run(minutes=6)
    assert pharmacy.state(made) is State.NOT_DELIVERED


@pytest.mark.parametrize("call", ["inbox", "fetch", "acknowledge"])
@pytest.mark.parametrize("fault", [Fault.OFFLINE, Fault.CUT_BEFORE, Fault.CUT_AFTER])
def test_a_broken_connection_while_receiving_loses_nothing(
    pharmacy: Pharmacy, call: str, fault: Fault
) -> None:
    made, message_id = sent_one(pharmacy)
    pharmacy.mesh.put(OURS, response(message_id, "20013"), workflow=ACK)
    pharmacy.mesh.put(OURS, response(message_id, "30001"), workflow=ACK)
    pharmacy.mesh.plan(call, fault, Fault.NONE, fault)
    pharmacy.run(4, minutes=6)
    assert pharmacy.state(made) is State.MATCHED
    assert left(pharmacy) == []
    happenings = pharmacy.happenings(made)
    assert (happenings.count("accepted"), happenings.count("matched")) == (1, 1)


def test_an_answer_owed_is_sent_once_and_to_the_sender(pharmacy: Pharmacy) -> None:
    made, message_id = sent_one(pharmacy)
    pharmacy.mesh.put(OURS, response(message_id, "30001", owes=True), workflow=ACK)
    pharmacy.mesh.plan("send", Fault.CUT_AFTER)
    pharmacy.run(minutes=6)
    pharmacy.run(8, minutes=3)
    answers = [m for m in pharmacy.mesh.messages(THEIRS) if m["workflow"] == ACK]
    assert len(answers) == 1
    assert pharmacy.state(made) is State.MATCHED


def test_collection_is_asked_for_seldom(pharmacy: Pharmacy) -> None:
    made, _ = sent_one(pharmacy)
    pharmacy.run(3, hours=1)
    assert pharmacy.transport.calls.count("collected") == 0
    pharmacy.run(5, hours=2)
    assert pharmacy.transport.calls.count("collected") == 1
    (stored,) = pharmacy.mesh.messages(THEIRS)
    pharmacy.mesh.save(stored | {"collected": True})
    pharmacy.run(hours=12)
    assert pharmacy.state(made) is State.COLLECTED


def test_what_mesh_does_not_let_us_acknowledge_counts_all_the_same(pharmacy: Pharmacy) -> None:
    made, message_id = sent_one(pharmacy)
    pharmacy.mesh.put(OURS, response(message_id, "30001"), workflow=ACK)
    pharmacy.mesh.plan("acknowledge", Fault.REFUSED)
    pharmacy.run(minutes=6)
    assert pharmacy.state(made) is State.MATCHED
    assert len(left(pharmacy)) == 1
    pharmacy.run(minutes=6)
    assert left(pharmacy) == []


def test_what_cannot_be_taken_in_is_shown_and_holds_nothing_up(pharmacy: Pharmacy) -> None:
    made, message_id = sent_one(pharmacy)
    bad = pharmacy.mesh.put(OURS, b"never seen", workflow=ACK)
    pharmacy.mesh.put(OURS, response(message_id, "30001"), workflow=ACK)
    pharmacy.mesh.plan("fetch", Fault.UNUSABLE)
    pharmacy.run(3, minutes=6)
    assert pharmacy.state(made) is State.MATCHED
    assert left(pharmacy) == [bad], "it is not acknowledged"
    (kept,) = pharmacy.store.replies.open(9)
    assert (kept.mesh_id, "too large" in kept.trouble) == (bad, True)
    assert pharmacy.transport.calls.count("fetch") == 2, "it is not asked for again and again"
