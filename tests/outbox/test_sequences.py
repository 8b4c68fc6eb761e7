"""Sequences of what MESH, practices, clocks, strangers and people do: the end is true, or a person is asked."""

import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from digmed_desktop.history.store import Store
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.errors import NotAllowedNowError
from digmed_desktop.messaging.replies import Doubt, ReplyAct
from digmed_desktop.messaging.states import Need, State
from digmed_desktop.outbox.marks import Mark
from tests.history.fresh import fresh_store
from tests.history.samples import KEY, PHARMACIST, facts, local_id, message, token
from tests.outbox.conftest import Pharmacy, delivery_of
from tests.outbox.doubles import OURS, THEIRS, Fault, FolderTransport, practice_answers, response

ACK = "DIGMED_FLU_VAC_ACK"
STRANGER = "EVIL99"


def sent(pharmacy: Pharmacy, **changes: Any) -> int:
    made, _ = pharmacy.freeze(**changes)
    pharmacy.run()
    return made


def says(pharmacy: Pharmacy, made: int, *codes: str, **about: str) -> str:
    """Let an answer to a notification come in."""
    body = response(pharmacy.story(made).message_id, *codes, owes=about.pop("owes", "") == "yes")
    mesh_id = pharmacy.mesh.put(OURS, body, **({"workflow": ACK} | about))
    pharmacy.run(minutes=6)
    return mesh_id


def report(pharmacy: Pharmacy, **about: Any) -> None:
    pharmacy.mesh.put(OURS, kind="REPORT", status_code="14", **about)
    pharmacy.run(minutes=6)


def correct(pharmacy: Pharmacy, of: int, **more: Any) -> int:
    """Freeze a correction, or with ``withdrawal`` a withdrawal, of a notification."""
    id_ = str(uuid.uuid4())
    new = replace(message(id_), message_id=id_)
    plan = pharmacy.store.notifications.correction(of)
    return pharmacy.store.notifications.freeze(
        None, "{}", facts(), new, local_id(), pharmacy.ada, token=token(), correction=plan, **more
    )


def stands(pharmacy: Pharmacy, made: int) -> tuple[State, Need]:
    row = pharmacy.row(made)
    return row.state, row.need


# ---- clocks


def test_a_clock_set_back_a_day_while_one_waits_delays_and_loses_nothing(pharmacy: Pharmacy) -> None:
    made, _ = pharmacy.freeze()
    pharmacy.clock.move(days=-1)
    pharmacy.run(2, minutes=5)
    pharmacy.clock.move(days=1)
    pharmacy.run(2, minutes=5)
    assert (pharmacy.state(made), len(pharmacy.mesh.messages(THEIRS))) == (State.SENT, 1)


def test_what_is_recorded_and_sent_a_year_ahead_is_late_by_the_right_clock_and_its_answers_count(
    pharmacy: Pharmacy,
) -> None:
    pharmacy.clock.move(days=365)
    made = sent(pharmacy, contact_at=pharmacy.clock.now())
    pharmacy.clock.move(days=-365)
    pharmacy.run(3, days=2)
    assert pharmacy.row(made).need is Need.LATE
    says(pharmacy, made, "30001")
    assert stands(pharmacy, made) == (State.MATCHED, Need.NOBODY)


def test_a_mailbox_looked_into_a_year_ahead_is_looked_into_when_the_clock_is_right(
    pharmacy: Pharmacy,
) -> None:
    made = sent(pharmacy)
    pharmacy.run(days=365)
    pharmacy.clock.move(days=-365)
    says(pharmacy, made, "30001")
    assert pharmacy.state(made) is State.MATCHED


@pytest.mark.parametrize(
    ("contact", "late"),
    [
        (datetime(2026, 12, 24, 10, 0, tzinfo=UTC), datetime(2026, 12, 30, 0, 0, tzinfo=UTC)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 27, 0, 0, tzinfo=UTC)),
    ],
    ids=["over Christmas", "in the night that the clocks go back"],
)
def test_offline_over_holidays_it_is_late_when_the_next_working_day_is_over(
    pharmacy: Pharmacy, contact: datetime, late: datetime
) -> None:
    pharmacy.clock.set(contact)
    pharmacy.mesh.plan("handshake", *[Fault.OFFLINE] * 999)
    made, _ = pharmacy.freeze(contact_at=contact)
    assert Duty().overdue_from(contact) == late
    pharmacy.clock.set(late - timedelta(minutes=1))
    pharmacy.run()
    assert pharmacy.row(made).need is Need.NOBODY
    pharmacy.clock.set(late + timedelta(minutes=6))
    pharmacy.run()
    assert stands(pharmacy, made) == (State.WAITING, Need.LATE)


# ---- two programs, restarts, repetitions


def test_two_computers_with_one_mailbox_leave_each_others_answers(pharmacy: Pharmacy, tmp_path: Path) -> None:
    made = sent(pharmacy)
    other = fresh_store(tmp_path / "other" / "digmed.db", KEY, pharmacy.clock)
    other.people.add(PHARMACIST, "hash")
    body = response(pharmacy.story(made).message_id, "30001")
    pharmacy.mesh.put(OURS, body, workflow=ACK)
    delivery_of(other, FolderTransport(pharmacy.mesh), pharmacy.clock, []).run_once()
    assert other.replies.count().other_program == 1
    pharmacy.run(minutes=6)
    assert pharmacy.state(made) is State.MATCHED
    other.close()


def test_the_same_mesh_id_with_other_content_is_taken_once(pharmacy: Pharmacy) -> None:
    made = sent(pharmacy)
    mesh_id = says(pharmacy, made, "20013")
    body = response(pharmacy.story(made).message_id, "20009")
    pharmacy.mesh.put(OURS, body, workflow=ACK, mesh_id=mesh_id)
    pharmacy.run(minutes=6)
    assert pharmacy.state(made) is State.ACCEPTED
    assert pharmacy.happenings(made).count("rejected") == 0


def test_what_was_acknowledged_and_not_applied_before_a_crash_is_applied_afterwards(
    pharmacy: Pharmacy,
) -> None:
    made = sent(pharmacy)

    def crash(mark: Mark) -> None:
        if mark is Mark.ACKNOWLEDGED:
            raise ZeroDivisionError

    dying = delivery_of(pharmacy.store, pharmacy.transport, pharmacy.clock, [])
    dying._receiver._mark = crash
    pharmacy.mesh.put(OURS, response(pharmacy.story(made).message_id, "30001"), workflow=ACK)
    pharmacy.clock.move(minutes=6)
    with pytest.raises(ZeroDivisionError):
        dying.run_once()
    assert [m for m in pharmacy.mesh.messages(OURS) if not m["collected"]] == []
    assert pharmacy.state(made) is State.SENT
    delivery_of(pharmacy.store, pharmacy.transport, pharmacy.clock, []).run_once()
    assert pharmacy.state(made) is State.MATCHED


def test_an_answer_owed_in_records_that_went_back_is_not_given_twice(pharmacy: Pharmacy) -> None:
    made = sent(pharmacy)
    pharmacy.mesh.plan("send", Fault.OFFLINE)
    body = response(pharmacy.story(made).message_id, "30001", owes=True)
    pharmacy.mesh.put(OURS, body, workflow=ACK, sender=THEIRS)
    pharmacy.run(minutes=6)
    pharmacy.delivery.close()
    pharmacy.store.close()
    before = pharmacy.store.path.read_bytes()

    def open_and_run(*, went_back: bool) -> Store:
        store = Store.open(pharmacy.store.path, KEY, pharmacy.clock)
        if went_back:
            store.look_up_first()
        delivery = delivery_of(store, pharmacy.transport, pharmacy.clock, [])
        for _ in range(8):
            pharmacy.clock.move(minutes=20)
            delivery.run_once()
        delivery.close()
        return store

    def given() -> int:
        return len([m for m in pharmacy.mesh.messages(THEIRS) if m["workflow"] == ACK])

    assert given() == 0
    open_and_run(went_back=False).close()
    assert given() == 1
    pharmacy.store.path.write_bytes(before)
    pharmacy.store = open_and_run(went_back=True)
    assert given() == 1
    assert pharmacy.state(made) is State.MATCHED


def test_cancelled_between_claim_and_send_is_not_possible(pharmacy: Pharmacy) -> None:
    made, _ = pharmacy.freeze()
    assert pharmacy.store.deliveries.claim([pharmacy.story(made).local_id])
    with pytest.raises(NotAllowedNowError):
        pharmacy.store.notifications.cancel(made, pharmacy.ada, "too late")


def test_a_message_that_always_fails_the_program_does_not_keep_two_others_from_going_out(
    pharmacy: Pharmacy,
) -> None:
    class Failing(FolderTransport):
        def send(self, sending: Any) -> Any:
            if sending.local_id == bad:
                raise ZeroDivisionError
            return super().send(sending)

    first, *others = [pharmacy.freeze()[0] for _ in range(3)]
    bad = pharmacy.story(first).local_id
    delivery = delivery_of(pharmacy.store, Failing(pharmacy.mesh), pharmacy.clock, [])
    for _ in range(12):
        with suppress(ZeroDivisionError):
            delivery.run_once()
        pharmacy.clock.move(minutes=5)
    assert {pharmacy.state(one) for one in others} == {State.SENT}


# ---- the look-up


def test_the_first_message_ever_whose_answer_was_lost_asks_a_person_and_is_not_sent_twice(
    pharmacy: Pharmacy,
) -> None:
    class Blind(FolderTransport):
        def look_up(self, local_id: str) -> None:
            super().look_up(local_id)

    pharmacy.mesh.plan("send", Fault.CUT_AFTER)
    made, _ = pharmacy.freeze()
    blind = delivery_of(pharmacy.store, Blind(pharmacy.mesh), pharmacy.clock, [])
    for _ in range(20):
        blind.run_once()
        pharmacy.clock.move(minutes=5)
    assert stands(pharmacy, made) == (State.CHECKING, Need.UNSENT)
    assert len(pharmacy.mesh.messages(THEIRS)) == 1
    assert "Ask the practice" in pharmacy.story(made).events[-1].note
    pharmacy.run(minutes=20)  # MESH's look-up works again
    assert stands(pharmacy, made) == (State.SENT, Need.NOBODY)


def test_the_first_message_ever_that_never_left_goes_out_once_another_shows_that_look_up_works(
    pharmacy: Pharmacy,
) -> None:
    pharmacy.mesh.plan("send", Fault.CUT_BEFORE)
    made, _ = pharmacy.freeze()
    pharmacy.run(4, minutes=8)
    assert stands(pharmacy, made) == (State.CHECKING, Need.UNSENT)
    sent(pharmacy)
    pharmacy.run(3, minutes=16)
    assert pharmacy.state(made) is State.SENT
    assert len(pharmacy.mesh.messages(THEIRS)) == 2


def test_a_person_sends_again_what_look_up_cannot_settle_and_the_practice_sees_the_repeat(
    pharmacy: Pharmacy,
) -> None:
    class Blind(FolderTransport):
        def look_up(self, local_id: str) -> None:
            super().look_up(local_id)

    pharmacy.mesh.plan("send", Fault.CUT_AFTER)
    made, _ = pharmacy.freeze()
    blind = delivery_of(pharmacy.store, Blind(pharmacy.mesh), pharmacy.clock, [])
    for _ in range(5):
        blind.run_once()
        pharmacy.clock.move(minutes=8)
    pharmacy.store.notifications.send_again(made, pharmacy.ada, local_id(), note="they have nothing")
    blind.run_once()
    assert pharmacy.state(made) is State.SENT
    first, second = pharmacy.mesh.messages(THEIRS)
    assert first["body"] == second["body"]
    practice_answers(pharmacy.mesh, "20013", "30001")
    pharmacy.run(minutes=6)
    assert stands(pharmacy, made) == (State.MATCHED, Need.NOBODY)


def test_nobody_can_send_again_what_is_still_being_looked_up(pharmacy: Pharmacy) -> None:
    pharmacy.mesh.plan("send", Fault.CUT_AFTER)
    made, _ = pharmacy.freeze()
    pharmacy.mesh.plan("look_up", *[Fault.REFUSED] * 9)
    pharmacy.run()
    assert pharmacy.state(made) is State.CHECKING
    with pytest.raises(NotAllowedNowError):
        pharmacy.store.notifications.send_again(made, pharmacy.ada, local_id())


def test_not_found_is_not_believed_when_the_last_message_was_forgotten_too(pharmacy: Pharmacy) -> None:
    pharmacy.sent_before()
    (old,) = pharmacy.mesh.messages("ELSEWHERE")
    pharmacy.mesh.save(old | {"local_id": "FORGOTTEN"})
    pharmacy.mesh.plan("send", Fault.CUT_BEFORE)
    made, _ = pharmacy.freeze()
    pharmacy.run(4, minutes=8)
    assert stands(pharmacy, made) == (State.CHECKING, Need.UNSENT)


def test_an_answer_that_comes_while_our_own_sending_is_unknown_settles_it(pharmacy: Pharmacy) -> None:
    pharmacy.mesh.plan("send", Fault.CUT_AFTER)
    pharmacy.mesh.plan("look_up", *[Fault.REFUSED] * 20)
    made, _ = pharmacy.freeze()
    pharmacy.run()
    says(pharmacy, made, "20013")
    assert pharmacy.state(made) is State.ACCEPTED
    assert len(pharmacy.mesh.messages(THEIRS)) == 1


# ---- answers in any order


def test_a_replayed_match_does_not_undo_not_known_here(pharmacy: Pharmacy) -> None:
    made = sent(pharmacy)
    for code in ("30001", "30002", "30001"):
        says(pharmacy, made, code)
    assert stands(pharmacy, made) == (State.NOT_KNOWN_THERE, Need.ANSWERED)


def test_a_late_answer_to_the_first_sending_counts_after_it_was_sent_again(pharmacy: Pharmacy) -> None:
    made = sent(pharmacy)
    report(pharmacy, linked_id=pharmacy.story(made).mesh_id)
    pharmacy.store.notifications.send_again(made, pharmacy.ada, local_id())
    pharmacy.run()
    says(pharmacy, made, "30001")
    assert stands(pharmacy, made) == (State.MATCHED, Need.NOBODY)


def test_a_report_with_our_local_id_is_mesh_and_a_message_that_pretends_is_not(pharmacy: Pharmacy) -> None:
    made = sent(pharmacy)
    local = pharmacy.story(made).local_id
    pharmacy.mesh.put(OURS, b"REPORT 14", sender=STRANGER, workflow="DIGMED_FLU_VAC", local_id=local)
    pharmacy.run(minutes=6)
    assert stands(pharmacy, made) == (State.SENT, Need.NOBODY)
    report(pharmacy, local_id=local)
    assert stands(pharmacy, made) == (State.NOT_DELIVERED, Need.UNSENT)


def test_a_report_that_comes_twice_is_told_twice_and_changes_once(pharmacy: Pharmacy) -> None:
    made = sent(pharmacy)
    for _ in range(2):
        report(pharmacy, linked_id=pharmacy.story(made).mesh_id)
    assert stands(pharmacy, made) == (State.NOT_DELIVERED, Need.UNSENT)


def test_a_report_about_nothing_of_ours_waits_and_asks_nobody(pharmacy: Pharmacy) -> None:
    made = sent(pharmacy)
    report(pharmacy, linked_id="M404", local_id="NOT_OURS")
    assert stands(pharmacy, made) == (State.SENT, Need.NOBODY)
    assert not pharmacy.store.replies.open(9)


def test_a_report_about_an_answer_that_we_owed_touches_no_notification(pharmacy: Pharmacy) -> None:
    made = sent(pharmacy)
    says(pharmacy, made, "30001", owes="yes")
    pharmacy.run(2, minutes=6)
    (owed,) = [m for m in pharmacy.mesh.messages(THEIRS) if m["workflow"] == ACK]
    report(pharmacy, linked_id=owed["mesh_id"])
    assert stands(pharmacy, made) == (State.MATCHED, Need.NOBODY)


def test_a_copy_that_is_answered_as_held_before_the_first_was_matched_needs_nobody_in_the_end(
    pharmacy: Pharmacy,
) -> None:
    made = sent(pharmacy)
    says(pharmacy, made, "20007")
    assert stands(pharmacy, made) == (State.ALREADY_HELD, Need.HELD)
    says(pharmacy, made, "20013")
    says(pharmacy, made, "30001")
    assert stands(pharmacy, made) == (State.MATCHED, Need.NOBODY)


def test_an_answer_in_capitals_on_a_workflow_in_capitals_counts(pharmacy: Pharmacy) -> None:
    made = sent(pharmacy)
    says(pharmacy, made, "30001", workflow=ACK.lower(), sender=f" {THEIRS.lower()} ")
    assert pharmacy.state(made) is State.MATCHED


# ---- corrections


def test_a_correction_held_while_its_original_is_checked_goes_out_when_that_is_matched(
    pharmacy: Pharmacy,
) -> None:
    pharmacy.mesh.plan("send", Fault.CUT_AFTER)
    pharmacy.mesh.plan("look_up", Fault.REFUSED)
    made, _ = pharmacy.freeze()
    pharmacy.run()
    newer = correct(pharmacy, made)
    assert pharmacy.row(newer).held
    pharmacy.run(2, minutes=3)
    assert pharmacy.state(made) is State.SENT
    assert pharmacy.state(newer) is State.WAITING
    says(pharmacy, made, "30001")
    pharmacy.run()
    assert pharmacy.state(newer) is State.SENT


def test_a_correction_held_asks_a_person_when_its_original_was_not_delivered(pharmacy: Pharmacy) -> None:
    pharmacy.sent_before()
    pharmacy.mesh.plan("send", Fault.CUT_BEFORE)
    made, _ = pharmacy.freeze()
    pharmacy.run()
    newer = correct(pharmacy, made)
    pharmacy.run(4, minutes=8)
    assert pharmacy.state(made) is State.SENT, "not found, and sent again"
    report(pharmacy, linked_id=pharmacy.story(made).mesh_id)
    assert pharmacy.state(made) is State.NOT_DELIVERED
    assert stands(pharmacy, newer) == (State.WAITING, Need.UNSENT)


def test_a_withdrawal_that_the_practice_rejects_leaves_the_replacement_on_the_record(
    pharmacy: Pharmacy,
) -> None:
    made = sent(pharmacy)
    says(pharmacy, made, "30001")
    newer = correct(pharmacy, made)
    pharmacy.run()
    says(pharmacy, newer, "30001")
    assert (pharmacy.state(made), pharmacy.state(newer)) == (State.REPLACED, State.MATCHED)
    withdrawal = correct(pharmacy, newer, withdrawal=True)
    pharmacy.run()
    says(pharmacy, withdrawal, "20009")
    assert stands(pharmacy, withdrawal) == (State.REJECTED, Need.WITHDRAWAL)
    assert pharmacy.state(newer) is State.MATCHED


def test_a_report_about_the_original_after_its_replacement_was_matched_changes_neither(
    pharmacy: Pharmacy,
) -> None:
    made = sent(pharmacy)
    says(pharmacy, made, "30001")
    newer = correct(pharmacy, made)
    pharmacy.run()
    says(pharmacy, newer, "30001")
    report(pharmacy, linked_id=pharmacy.story(made).mesh_id)
    assert (pharmacy.state(made), pharmacy.state(newer)) == (State.REPLACED, State.MATCHED)


def test_a_correction_that_waits_can_be_withdrawn_before_it_went_out(pharmacy: Pharmacy) -> None:
    made = sent(pharmacy)
    says(pharmacy, made, "30001")
    newer = correct(pharmacy, made)
    with suppress(NotAllowedNowError):
        correct(pharmacy, newer, withdrawal=True)
    pharmacy.run(2, minutes=6)
    assert pharmacy.state(made) is State.MATCHED
    assert len(pharmacy.mesh.messages(THEIRS)) <= 2


# ---- strangers


def test_a_stranger_that_says_matched_on_our_message_is_not_believed(pharmacy: Pharmacy) -> None:
    made = sent(pharmacy)
    says(pharmacy, made, "30001", sender=STRANGER, owes="yes")
    pharmacy.run(3, days=30)
    assert pharmacy.state(made) is not State.MATCHED
    assert pharmacy.mesh.messages(STRANGER) == []


def test_another_workflow_and_the_senders_reference_alone_are_not_believed(pharmacy: Pharmacy) -> None:
    made, of = pharmacy.freeze()
    pharmacy.run()
    says(pharmacy, made, "30001", workflow="DIGMED_EMG_MED_ACK")
    pharmacy.mesh.put(OURS, response("", "30001", reference=of.sender_reference), workflow=ACK)
    pharmacy.run(minutes=6)
    assert pharmacy.state(made) is State.SENT
    assert len(pharmacy.store.replies.open(9)) == 2


def test_a_stranger_that_refuses_the_pharmacy_does_not_stop_sending(pharmacy: Pharmacy) -> None:
    made = sent(pharmacy)
    says(pharmacy, made, "20012", sender=STRANGER)
    assert pharmacy.state(sent(pharmacy)) is State.SENT
    assert stands(pharmacy, made) == (State.SENT, Need.ANSWERED)


def test_a_stranger_first_and_the_practice_afterwards_ends_as_the_practice_says(pharmacy: Pharmacy) -> None:
    made = sent(pharmacy)
    says(pharmacy, made, "30001", sender=STRANGER)
    says(pharmacy, made, "30001")
    assert stands(pharmacy, made) == (State.MATCHED, Need.NOBODY)
    assert [reply.sender for reply in pharmacy.store.replies.open(9)] == [STRANGER]


def test_a_strangers_refusal_keeps_asking_after_the_practice_matched(pharmacy: Pharmacy) -> None:
    made = sent(pharmacy)
    says(pharmacy, made, "30002", sender=STRANGER)
    says(pharmacy, made, "30001")
    assert stands(pharmacy, made) == (State.MATCHED, Need.ANSWERED)
    pharmacy.store.notifications.deal_with(made, pharmacy.ada, "telephoned")
    says(pharmacy, made, "30002", sender=STRANGER)
    assert pharmacy.row(made).need is Need.NOBODY, "the same was heard before"


def test_a_strangers_refusal_that_a_person_accepts_overrides_a_match(pharmacy: Pharmacy) -> None:
    made = sent(pharmacy)
    says(pharmacy, made, "30001")
    mesh_id = says(pharmacy, made, "30002", sender=STRANGER)
    pharmacy.store.replies.give(mesh_id, made, pharmacy.ada)
    pharmacy.run()
    assert stands(pharmacy, made) == (State.NOT_KNOWN_THERE, Need.ANSWERED)


def test_a_strangers_refusal_asks_also_after_the_practice_was_told_on_paper(pharmacy: Pharmacy) -> None:
    made = sent(pharmacy)
    pharmacy.store.notifications.record_paper(made, pharmacy.ada, "posted")
    says(pharmacy, made, "30002", sender=STRANGER)
    assert stands(pharmacy, made) == (State.ON_PAPER, Need.ANSWERED)


def test_what_a_person_set_aside_stays_so_when_its_mailbox_is_accepted_later(pharmacy: Pharmacy) -> None:
    first, second = sent(pharmacy), sent(pharmacy)
    aside = says(pharmacy, first, "30001", sender=STRANGER)
    pharmacy.store.replies.settle(aside, ReplyAct.DEALT_WITH, pharmacy.ada)
    taken = says(pharmacy, second, "30001", sender=STRANGER)
    pharmacy.store.replies.give(taken, second, pharmacy.ada)
    pharmacy.run(2, minutes=6)
    assert (pharmacy.state(first), pharmacy.state(second)) == (State.SENT, State.MATCHED)


def test_a_look_up_that_gives_another_practices_mailbox_sends_there_and_believes_it_alone(
    pharmacy: Pharmacy,
) -> None:
    pharmacy.transport.mailboxes["Y99901"] = "WRONGBOX"
    made = sent(pharmacy)
    says(pharmacy, made, "20009", sender="WRONGBOX")
    assert stands(pharmacy, made) == (State.REJECTED, Need.ANSWERED)


def test_a_strangers_report_of_a_mailbox_does_not_let_it_answer(pharmacy: Pharmacy) -> None:
    made = sent(pharmacy)
    pharmacy.mesh.put(OURS, b"x", sender=STRANGER, workflow=ACK, linked_id=pharmacy.story(made).mesh_id)
    says(pharmacy, made, "30001", sender=STRANGER)
    assert pharmacy.state(made) is State.SENT


# ---- practices that refuse the pharmacy


def test_a_practice_that_refuses_again_after_it_was_let_go_on_is_stopped_again(pharmacy: Pharmacy) -> None:
    says(pharmacy, sent(pharmacy), "20012")
    pharmacy.store.replies.let_go_on("Y99901")
    made = sent(pharmacy)
    assert pharmacy.state(made) is State.SENT
    says(pharmacy, made, "20012")
    assert [one.ods_code for one in pharmacy.store.replies.stopped_practices()] == ["Y99901"]


def test_an_answer_owed_to_a_practice_that_refuses_us_waits_until_it_may_go_on(pharmacy: Pharmacy) -> None:
    first, second = sent(pharmacy), sent(pharmacy)
    says(pharmacy, first, "20012")
    says(pharmacy, second, "30001", owes="yes")
    pharmacy.run(3, minutes=6)
    assert [m for m in pharmacy.mesh.messages(THEIRS) if m["workflow"] == ACK] == []
    pharmacy.store.replies.let_go_on("Y99901")
    pharmacy.run(2, minutes=6)
    assert len([m for m in pharmacy.mesh.messages(THEIRS) if m["workflow"] == ACK]) == 1


def test_what_waits_for_a_practice_that_refuses_us_is_late_like_any_other(pharmacy: Pharmacy) -> None:
    says(pharmacy, sent(pharmacy), "20012")
    held, _ = pharmacy.freeze(contact_at=pharmacy.clock.now())
    pharmacy.run(4, days=2)
    assert stands(pharmacy, held) == (State.WAITING, Need.LATE)


def test_a_practice_let_go_on_counts_no_longer_towards_the_three(pharmacy: Pharmacy) -> None:
    practices = ("Y99911", "Y99912", "Y99913")
    pharmacy.transport.practices = practices
    for practice in practices[:2]:
        says(pharmacy, sent(pharmacy, practice_ods=practice), "20012")
    pharmacy.store.replies.let_go_on("Y99911")
    says(pharmacy, sent(pharmacy, practice_ods="Y99913"), "20012")
    assert pharmacy.store.deliveries.stopped() is None


def test_nothing_is_looked_up_or_sent_while_the_queue_is_stopped(pharmacy: Pharmacy) -> None:
    pharmacy.mesh.plan("send", Fault.CUT_AFTER)
    unsure, _ = pharmacy.freeze()
    pharmacy.mesh.plan("look_up", *[Fault.REFUSED] * 3)
    pharmacy.run()
    pharmacy.transport.practices = practices = ("Y99901", "Y99911", "Y99912", "Y99913")
    for practice in practices[1:]:
        says(pharmacy, sent(pharmacy, practice_ods=practice), "20012")
    assert pharmacy.store.deliveries.stopped() is not None
    before = pharmacy.transport.calls.count("send")
    held, _ = pharmacy.freeze()
    pharmacy.run(5, minutes=6)
    assert pharmacy.transport.calls.count("send") == before
    pharmacy.store.replies.let_go_on()
    pharmacy.run(3, minutes=6)
    assert (pharmacy.state(unsure), pharmacy.state(held)) == (State.SENT, State.SENT)


# ---- what cannot be read


def test_what_cannot_be_read_is_shown_and_keeps_an_unnamed_answer_from_being_guessed(
    pharmacy: Pharmacy,
) -> None:
    made = sent(pharmacy)
    pharmacy.mesh.put(OURS, b"<html>", workflow=ACK)
    pharmacy.run(minutes=6)
    (reply,) = pharmacy.store.replies.open(9)
    assert (reply.doubt, reply.sender) == (Doubt.UNREADABLE, THEIRS)
    assert stands(pharmacy, made) == (State.SENT, Need.NOBODY)


def test_a_reply_can_be_settled_once(pharmacy: Pharmacy) -> None:
    made = sent(pharmacy)
    mesh_id = says(pharmacy, made, "30001", sender=STRANGER)
    pharmacy.store.replies.settle(mesh_id, ReplyAct.DEALT_WITH, pharmacy.ada)
    with pytest.raises(NotAllowedNowError):
        pharmacy.store.replies.give(mesh_id, made, pharmacy.ada)
    with pytest.raises(NotAllowedNowError):
        pharmacy.store.replies.settle(mesh_id, ReplyAct.OTHER_PROGRAM, pharmacy.ada)
