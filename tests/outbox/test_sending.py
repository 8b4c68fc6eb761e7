"""Sending: every outcome ends in a true state, and nothing goes out twice."""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.sending import InboxItem, ItemKind, Receipt, Sending
from digmed_desktop.messaging.states import Happening, Need, State
from digmed_desktop.outbox.marks import Mark
from digmed_desktop.outbox.no_connection import NoConnection
from tests.history.samples import local_id
from tests.outbox.conftest import Pharmacy, delivery_of
from tests.outbox.doubles import OURS, THEIRS, Fault, FolderTransport, practice_answers, response


def copies(pharmacy: Pharmacy) -> int:
    return len(pharmacy.mesh.messages(THEIRS))


def test_it_goes_out_once_byte_for_byte(pharmacy: Pharmacy) -> None:
    made, sent = pharmacy.freeze()
    pharmacy.run(3)
    assert pharmacy.state(made) is State.SENT
    (stored,) = pharmacy.mesh.messages(THEIRS)
    assert stored["body"].encode() == sent.payload
    assert stored["local_id"] == pharmacy.story(made).local_id
    assert stored["mesh_id"] == pharmacy.story(made).mesh_id
    assert pharmacy.marks.index(Mark.CLAIMED) < pharmacy.marks.index(Mark.POSTED)


@pytest.mark.parametrize("fault", [Fault.CUT_AFTER, Fault.CUT_BEFORE, Fault.LATE])
def test_an_unknown_outcome_is_looked_up_before_anything_is_sent_again(
    pharmacy: Pharmacy, fault: Fault
) -> None:
    pharmacy.sent_before()
    pharmacy.mesh.plan("send", fault)
    made, _ = pharmacy.freeze()
    pharmacy.run()
    assert pharmacy.state(made) is State.CHECKING
    for _ in range(4):  # 12 minutes: within the grace nothing is sent again
        pharmacy.run(minutes=3)
        assert pharmacy.transport.calls.count("send") == 1
    pharmacy.run(2, minutes=5)
    assert pharmacy.state(made) is State.SENT
    assert copies(pharmacy) == 1
    assert pharmacy.transport.calls.count("send") == (2 if fault is Fault.CUT_BEFORE else 1)


@pytest.mark.parametrize("fault", [Fault.OFFLINE, Fault.BUSY])
def test_what_did_not_leave_goes_out_later(pharmacy: Pharmacy, fault: Fault) -> None:
    pharmacy.mesh.plan("send", fault)
    made, _ = pharmacy.freeze()
    pharmacy.run()
    assert pharmacy.state(made) is State.WAITING
    standing = pharmacy.delivery.standing()
    assert standing.connected is False
    assert standing.stopped_because
    pharmacy.run(5, seconds=5)  # resting: MESH is not asked again yet
    assert pharmacy.transport.calls.count("send") == 1
    pharmacy.run(minutes=2)
    assert pharmacy.state(made) is State.SENT
    assert pharmacy.delivery.standing().stopped_because == ""


def test_being_offline_stops_the_queue_and_not_each_message(pharmacy: Pharmacy) -> None:
    pharmacy.mesh.plan("handshake", *[Fault.OFFLINE] * 3)
    made = [pharmacy.freeze()[0] for _ in range(20)]
    pharmacy.run()
    assert pharmacy.transport.calls == ["handshake"]
    assert [pharmacy.happenings(m) for m in made] == [["frozen"]] * 20
    pharmacy.run(3, minutes=16)
    assert {pharmacy.state(m) for m in made} == {State.SENT}
    assert copies(pharmacy) == 20


def test_a_fault_of_the_account_stops_the_queue_with_its_remedy(pharmacy: Pharmacy) -> None:
    pharmacy.mesh.plan("send", Fault.ACCOUNT)
    pharmacy.mesh.plan("handshake", Fault.NONE, Fault.ACCOUNT)
    made = [pharmacy.freeze()[0] for _ in range(3)]
    pharmacy.run()
    assert {pharmacy.state(m) for m in made} == {State.WAITING}
    standing = pharmacy.delivery.standing()
    assert (standing.stopped_because, standing.remedy) == (
        "MESH does not accept this mailbox's password.",
        "Type it again in Settings.",
    )
    pharmacy.run(10, seconds=30)
    assert pharmacy.transport.calls.count("send") == 1
    pharmacy.run(minutes=15)  # the handshake is tried, and fails too
    assert pharmacy.transport.calls.count("send") == 1
    pharmacy.run(minutes=15)
    assert {pharmacy.state(m) for m in made} == {State.SENT}
    assert copies(pharmacy) == 3


def test_a_refusal_is_of_this_message_only(pharmacy: Pharmacy) -> None:
    pharmacy.mesh.plan("send", Fault.REFUSED)
    refused, _ = pharmacy.freeze()
    other, _ = pharmacy.freeze()
    pharmacy.run()
    assert (pharmacy.state(refused), pharmacy.row(refused).need) == (State.NOT_DELIVERED, Need.UNSENT)
    assert pharmacy.story(refused).events[-1].code == "02"
    assert pharmacy.state(other) is State.SENT
    assert pharmacy.delivery.standing().needs_person == 1


def test_a_practice_without_a_mailbox_is_for_paper(pharmacy: Pharmacy) -> None:
    pharmacy.transport.practices = ()
    made, _ = pharmacy.freeze()
    pharmacy.run(2)
    assert (pharmacy.state(made), pharmacy.row(made).need) == (State.NOT_DELIVERED, Need.UNSENT)
    assert "paper copy" in pharmacy.story(made).events[-1].note
    assert pharmacy.transport.calls.count("send") == 0
    pharmacy.transport.practices = ("Y99901",)  # the practice got one
    pharmacy.store.notifications.send_again(made, pharmacy.ada, local_id())
    pharmacy.run()
    assert pharmacy.state(made) is State.SENT


def test_a_fault_of_the_program_in_a_send_is_an_unknown_outcome(pharmacy: Pharmacy) -> None:
    pharmacy.sent_before()
    pharmacy.mesh.plan("send", Fault.CRASH)
    made, _ = pharmacy.freeze()
    with pytest.raises(ZeroDivisionError):
        pharmacy.run()
    assert pharmacy.state(made) is State.CHECKING
    pharmacy.run(9, minutes=2)
    assert pharmacy.state(made) is State.SENT
    assert copies(pharmacy) == 1


def test_what_was_being_sent_when_the_program_ended_is_looked_up(pharmacy: Pharmacy) -> None:
    pharmacy.sent_before()
    made, _ = pharmacy.freeze()
    assert pharmacy.store.deliveries.claim([pharmacy.story(made).local_id])
    again = delivery_of(pharmacy.store, pharmacy.transport, pharmacy.clock, [])
    again.run_once()
    assert pharmacy.state(made) is State.CHECKING
    assert "look_up" in pharmacy.transport.calls
    assert "send" not in pharmacy.transport.calls
    pharmacy.clock.move(minutes=16)
    again.run_once()
    assert pharmacy.state(made) is State.SENT


def test_a_look_up_that_misses_what_is_surely_there_is_not_relied_upon(pharmacy: Pharmacy) -> None:
    class Forgetful(FolderTransport):
        def look_up(self, local_id: str) -> None:
            super().look_up(local_id)

    first, _ = pharmacy.freeze()
    pharmacy.run()
    assert pharmacy.state(first) is State.SENT
    pharmacy.mesh.plan("send", Fault.CUT_AFTER)
    made, _ = pharmacy.freeze()
    forgetful = Forgetful(pharmacy.mesh)
    delivery = delivery_of(pharmacy.store, forgetful, pharmacy.clock, [])
    for _ in range(20):
        delivery.run_once()
        pharmacy.clock.move(minutes=5)
    assert (pharmacy.state(made), pharmacy.row(made).need) == (State.CHECKING, Need.UNSENT)
    assert forgetful.calls.count("send") == 1
    assert pharmacy.happenings(made).count("look-up-doubted") == 1
    pharmacy.run(minutes=20)  # the look-up works again
    assert pharmacy.state(made) is State.SENT
    assert copies(pharmacy) == 2


def test_an_answer_settles_what_is_being_checked_and_it_is_not_sent_again(pharmacy: Pharmacy) -> None:
    pharmacy.mesh.plan("send", Fault.CUT_AFTER)
    made, _ = pharmacy.freeze()
    pharmacy.mesh.plan("look_up", *[Fault.CUT_BEFORE] * 50)  # a broken look-up does not stop the rest
    pharmacy.run()
    practice_answers(pharmacy.mesh, "20013", "30001")
    pharmacy.run(6, minutes=6)
    assert pharmacy.state(made) is State.MATCHED
    pharmacy.run(6, minutes=16)
    other, _ = pharmacy.freeze()
    pharmacy.run(2, minutes=16)
    assert (pharmacy.state(made), pharmacy.state(other), copies(pharmacy)) == (State.MATCHED, State.SENT, 2)


class Slow(FolderTransport):
    """A MESH that takes a minute for each message."""

    def send(self, sending: Sending) -> Receipt:
        self.mesh.clock.move(minutes=1)
        return super().send(sending)


def test_the_time_of_grace_begins_when_the_outcome_became_unknown(pharmacy: Pharmacy) -> None:
    transport = Slow(pharmacy.mesh)
    delivery = delivery_of(pharmacy.store, transport, pharmacy.clock, [])
    made = [pharmacy.freeze()[0] for _ in range(31)]  # they go out 1, 2, 4, 8 and 16 at a time
    pharmacy.mesh.plan("send", *[Fault.NONE] * 30, Fault.LATE)
    delivery.run_once()
    assert pharmacy.state(made[-1]) is State.CHECKING
    pharmacy.clock.move(minutes=3)  # it shows at MESH a minute later: 19 after the last ones were claimed
    delivery.run_once()
    pharmacy.clock.move(minutes=14)
    delivery.run_once()
    assert pharmacy.state(made[-1]) is State.SENT
    assert copies(pharmacy) == len(made)


def test_the_time_of_grace_begins_anew_when_the_program_ended_in_a_sending(pharmacy: Pharmacy) -> None:
    made, _ = pharmacy.freeze()
    local = pharmacy.story(made).local_id
    assert pharmacy.store.deliveries.claim([local])
    pharmacy.clock.move(minutes=16)  # others of the same claim had their turn before it
    visible = (pharmacy.clock.now() + timedelta(minutes=4)).isoformat()
    pharmacy.mesh.put(THEIRS, b"it", workflow="DIGMED_FLU_VAC", sender=OURS, local_id=local, visible=visible)
    again = delivery_of(pharmacy.store, pharmacy.transport, pharmacy.clock, [])
    again.run_once()
    pharmacy.clock.move(minutes=5)
    again.run_once()
    assert pharmacy.state(made) is State.SENT
    assert copies(pharmacy) == 1


def test_a_fault_of_the_program_in_each_round_hides_nothing_that_is_late(pharmacy: Pharmacy) -> None:
    pharmacy.mesh.plan("handshake", *[Fault.CRASH] * 9)
    made, _ = pharmacy.freeze()
    pharmacy.clock.move(days=5)
    with pytest.raises(ZeroDivisionError):
        pharmacy.run()
    assert pharmacy.row(made).need is Need.LATE


def test_a_fault_of_the_program_in_a_look_up_does_not_hold_up_the_others(pharmacy: Pharmacy) -> None:
    pharmacy.mesh.plan("send", Fault.CUT_AFTER)
    unsure, _ = pharmacy.freeze()
    pharmacy.run()
    pharmacy.mesh.plan("look_up", *[Fault.CRASH] * 4)
    other, _ = pharmacy.freeze()
    for _ in range(4):
        with suppress(ZeroDivisionError):
            pharmacy.run(minutes=3)
    assert pharmacy.state(other) is State.SENT
    pharmacy.run(4, minutes=3)
    assert (pharmacy.state(unsure), copies(pharmacy)) == (State.SENT, 2)


def test_a_clock_that_was_set_back_delays_and_loses_nothing(pharmacy: Pharmacy) -> None:
    pharmacy.sent_before()
    pharmacy.mesh.plan("send", Fault.CUT_BEFORE)
    pharmacy.clock.move(days=300)
    made, _ = pharmacy.freeze()
    pharmacy.run()
    assert pharmacy.state(made) is State.CHECKING
    pharmacy.clock.move(days=-300)
    pharmacy.run(12, minutes=2)
    assert (pharmacy.state(made), copies(pharmacy)) == (State.SENT, 1)


def test_a_clock_that_is_put_forward_does_not_shorten_the_time_of_grace(pharmacy: Pharmacy) -> None:
    pharmacy.sent_before()
    seconds = [0.0]
    delivery = delivery_of(pharmacy.store, pharmacy.transport, pharmacy.clock, [], elapsed=lambda: seconds[0])
    pharmacy.mesh.plan("send", Fault.CUT_BEFORE)
    made, _ = pharmacy.freeze()
    delivery.run_once()
    pharmacy.clock.move(hours=1)  # the clock was slow, and is set right
    for _ in range(7):
        seconds[0] += 120
        pharmacy.clock.move(minutes=2)
        delivery.run_once()
        assert (pharmacy.state(made), pharmacy.transport.calls.count("send")) == (State.CHECKING, 1)
    seconds[0] += 120
    pharmacy.clock.move(minutes=2)
    delivery.run_once()
    assert (pharmacy.state(made), copies(pharmacy)) == (State.SENT, 1)


def test_what_was_recorded_while_the_clock_was_ahead_is_not_late_only_when_it_comes_to_that_day(
    pharmacy: Pharmacy,
) -> None:
    pharmacy.clock.move(days=300)
    never_answered, _ = pharmacy.freeze(contact_at=pharmacy.clock.now())
    pharmacy.run()
    accepted, sent = pharmacy.freeze(contact_at=pharmacy.clock.now())
    pharmacy.run()
    pharmacy.mesh.put(OURS, response(sent.message_id, "20013"), workflow="DIGMED_FLU_VAC_ACK")
    pharmacy.run(minutes=6)
    pharmacy.mesh.plan("handshake", *[Fault.OFFLINE] * 99)
    pharmacy.delivery.close()
    waiting, _ = pharmacy.freeze(contact_at=pharmacy.clock.now())
    assert pharmacy.state(accepted) is State.ACCEPTED
    pharmacy.clock.move(days=-300)
    pharmacy.run(3, days=4)
    for made in (never_answered, accepted, waiting):
        assert pharmacy.row(made).need is Need.LATE, pharmacy.state(made)


def test_a_cancelled_one_never_goes_out(pharmacy: Pharmacy) -> None:
    made, _ = pharmacy.freeze()
    pharmacy.store.notifications.cancel(made, pharmacy.ada, "wrong patient")
    pharmacy.run()
    assert (pharmacy.state(made), copies(pharmacy)) == (State.CANCELLED, 0)


def test_a_report_of_non_delivery_then_the_same_message_again(pharmacy: Pharmacy) -> None:
    made, sent = pharmacy.freeze()
    pharmacy.run()
    first = pharmacy.story(made)
    pharmacy.mesh.put(
        OURS, kind="REPORT", linked_id=first.mesh_id, status_code="14", status_text="Not collected"
    )
    pharmacy.run(minutes=6)
    assert (pharmacy.state(made), pharmacy.row(made).need) == (State.NOT_DELIVERED, Need.UNSENT)
    pharmacy.store.notifications.send_again(made, pharmacy.ada, local_id())
    pharmacy.run()
    second = pharmacy.story(made)
    assert second.local_id != first.local_id
    assert [m["body"].encode() for m in pharmacy.mesh.messages(THEIRS)] == [sent.payload] * 2
    # the service desk puts the first copy back: one of the two is answered as a repeat
    practice_answers(pharmacy.mesh, "20013", "30001")
    pharmacy.run(minutes=6)
    assert (pharmacy.state(made), pharmacy.row(made).needs_person) == (State.MATCHED, False)


def test_a_person_is_asked_from_the_hour_that_is_chosen(pharmacy: Pharmacy) -> None:
    chosen = [Duty()]
    watch = NoConnection(pharmacy.store.deliveries, lambda: chosen[0])
    made, _ = pharmacy.freeze()  # on a Friday
    pharmacy.clock.move(days=3, hours=7)  # Monday, 17:30
    watch.run_once()
    assert pharmacy.row(made).need is Need.NOBODY
    chosen[0] = Duty(late_hour=17)
    assert watch.run_once().needs_person == 1
    assert pharmacy.row(made).need is Need.LATE
    assert pharmacy.happenings(made)[-1] == Happening.DUTY_OVERDUE


def test_an_item_of_the_store_is_found_by_its_local_id_only_once(pharmacy: Pharmacy) -> None:
    made, _ = pharmacy.freeze()
    pharmacy.run()
    item = InboxItem("R1", ItemKind.REPORT, "w", "s", b"", local_id=pharmacy.story(made).local_id)
    pharmacy.store.inbox.keep(item)
    pharmacy.store.inbox.keep(item)
    pharmacy.run()
    assert pharmacy.happenings(made).count(Happening.UNDELIVERED) == 1


def test_a_way_that_tells_no_time_says_so(pharmacy: Pharmacy) -> None:
    told: list[datetime | None] = []
    delivery = delivery_of(pharmacy.store, pharmacy.transport, pharmacy.clock, [], on_time=told.append)
    delivery.run_once()
    assert set(told) == {None}
