"""Freezing, listing and acting on notifications, on a real encrypted store."""

import dataclasses
import threading

import pytest
import sqlalchemy as sa

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.answers import Meaning
from digmed_desktop.messaging.corrections import Correction, Way
from digmed_desktop.messaging.errors import NotAllowedNowError, NotThereError
from digmed_desktop.messaging.sending import (
    COLLECTED_REPORT,
    TAKEN_REPORT,
    FrozenMessage,
    InboxItem,
    ItemKind,
    Receipt,
)
from digmed_desktop.messaging.states import Happening, Need, State
from tests.history.samples import PHARMACIST, START, MovedClock, answered, facts, local_id, message, token

MATCHED = Meaning("30001", Happening.MATCHED, needs_person=False, happened="The patient was found.")


@pytest.fixture
def ada(store: Store) -> int:
    return store.people.add(PHARMACIST, "slow-hash")


def freeze(
    store: Store,
    by: int | None = None,
    sent: FrozenMessage | None = None,
    correction: Correction | None = None,
    *,
    withdrawal: bool = False,
) -> tuple[int, str, FrozenMessage]:
    sent, local = sent or message(), local_id()
    made = store.notifications.freeze(
        None,
        '{"record": 1}',
        facts(),
        sent,
        local,
        by,
        token=token(),
        correction=correction,
        withdrawal=withdrawal,
    )
    return made, local, sent


def send(store: Store, local: str, mesh_id: str) -> None:
    assert store.deliveries.claim([local])
    store.deliveries.record(local, Happening.TAKEN, receipt=Receipt(mesh_id, "BOX1"))


def report(
    store: Store,
    mesh_id: str,
    *,
    linked_id: str = "",
    about: str = "",
    code: str = "14",
    text: str = "Not collected",
) -> bool:
    item = (mesh_id, ItemKind.REPORT, "DIGMED_FLU_VAC", "BOX0", b"", about, linked_id, code, text)
    store.inbox.keep(InboxItem(*item))
    matched = store.inbox.place_report(mesh_id).matched
    store.inbox.apply_report(mesh_id)
    return matched


def answer(
    store: Store, sent: FrozenMessage, *meanings: Meaning, mesh_id: str, owes: bytes | None = None
) -> bool:
    store.inbox.keep(InboxItem(mesh_id, ItemKind.DATA, "DIGMED_FLU_VAC_ACK", "BOX1", b"<Response/>"))
    matched = answered(store, mesh_id, sent.message_id)
    store.inbox.apply_response(mesh_id, meanings, owes)
    return matched


def state(store: Store, of: int) -> State:
    return store.notifications.row(of).state


def test_freezing_keeps_everything_and_removes_the_draft(store: Store, ada: int) -> None:
    store.drafts.save("d1", "influenza", FormState({"patient.family": "O'Fennimore"}), ada)
    sent, local = message(), local_id()
    made = store.notifications.freeze("d1", '{"a": 1}', facts(7), sent, local, ada, token="t1")
    assert store.drafts.get("d1") is None
    row = store.notifications.row(made)
    assert (row.state, row.needs_person, row.batch) == (State.WAITING, False, "B0007")
    story = store.notifications.story(made)
    assert story.record_json == '{"a": 1}'
    assert (story.message_id, story.local_id, story.mesh_id) == (sent.message_id, local, "")
    assert [m.body for m in story.messages] == [sent.payload]
    assert [(e.happening, e.by) for e in story.events] == [("frozen", "Ms Ada Okonkwo-Bright")]


def test_the_same_press_of_send_makes_one_notification(store: Store) -> None:
    first = store.notifications.freeze(None, "{}", facts(), message(), local_id(), None, token="once")
    again = store.notifications.freeze(None, "{}", facts(), message(), local_id(), None, token="once")
    assert first == again
    assert len(store.notifications.page()) == 1


def test_two_threads_that_press_send_together_make_one_notification(store: Store) -> None:
    made: list[int] = []
    gate = threading.Barrier(8)

    def press() -> None:
        gate.wait()
        made.append(
            store.notifications.freeze(None, "{}", facts(), message(), local_id(), None, token="once")
        )

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1


def test_a_freeze_that_fails_leaves_the_draft(store: Store, ada: int) -> None:
    store.drafts.save("d1", "influenza", FormState({"a": "b"}), ada)
    with pytest.raises(KeyError):
        store.notifications.freeze("d1", "{}", facts(), message(), local_id(), 4711, token="t")
    assert store.drafts.get("d1") is not None
    assert store.notifications.page() == []


def test_a_payload_that_is_not_what_was_checked_is_refused(store: Store) -> None:
    broken = dataclasses.replace(message(), payload=b"something else")
    with pytest.raises(ValueError, match="checksum"):
        store.notifications.freeze(None, "{}", facts(), broken, local_id(), None, token="t")


def test_without_an_electronic_route_it_asks_for_paper(store: Store, ada: int) -> None:
    made = store.notifications.freeze(
        None, "{}", facts(), None, "", ada, token="t", no_route="This vaccine goes on paper."
    )
    row = store.notifications.row(made)
    assert (row.state, row.need) == (State.TO_PAPER, Need.NOBODY)  # nothing has failed
    with pytest.raises(NotAllowedNowError):
        store.notifications.send_again(made, ada, local_id())
    assert store.notifications.record_paper(made, ada, "handed over") is State.ON_PAPER
    assert not store.notifications.row(made).needs_person
    assert store.notifications.story(made).events[1].note == "This vaccine goes on paper."


def test_pages_by_key_and_filters(store: Store, ada: int) -> None:
    ids = [freeze(store)[0] for _ in range(25)]
    for one in ids[:5]:
        store.notifications.cancel(one, ada, "typed twice")
    first = store.notifications.page(limit=10)
    second = store.notifications.page(before=first[-1].id, limit=10)
    assert [r.id for r in first + second] == sorted(ids, reverse=True)[:20]
    cancelled = store.notifications.page(states={State.CANCELLED})
    assert [r.id for r in cancelled] == sorted(ids[:5], reverse=True)
    assert store.notifications.page(needs_person=True) == []
    assert store.notifications.standing().waiting == 20


def test_acts_that_the_state_does_not_allow_are_refused(store: Store, ada: int) -> None:
    made, local, _ = freeze(store)
    send(store, local, "M1")
    with pytest.raises(NotAllowedNowError):
        store.notifications.cancel(made, ada, "too late")
    with pytest.raises(NotAllowedNowError):
        store.notifications.send_again(made, ada, local_id())
    with pytest.raises(NotAllowedNowError):
        store.notifications.deal_with(made, ada, "nothing to settle")
    with pytest.raises(NotThereError):
        store.notifications.cancel(999, ada, "")
    assert state(store, made) is State.SENT


def test_a_call_does_not_stop_a_message_on_its_way(store: Store, ada: int) -> None:
    made, _, _ = freeze(store)
    assert store.notifications.record_telephone(made, ada, "spoke to reception") is State.WAITING
    assert store.deliveries.waiting(1) != []


def test_send_again_is_the_identical_message_under_a_new_local_id(store: Store, ada: int) -> None:
    made, local, sent = freeze(store)
    send(store, local, "M1")
    assert report(store, "R1", linked_id="M1")
    assert store.notifications.row(made).need is Need.UNSENT
    store.notifications.send_again(made, ada, second := local_id())
    again = next(iter(store.deliveries.waiting(1)), None)
    assert again is not None
    assert (again.local_id, again.payload) == (second, sent.payload)
    send(store, second, "M2")
    # the report on the first sending comes once more: the second is not touched by it
    assert report(store, "R2", linked_id="M1")
    assert (state(store, made), store.notifications.row(made).needs_person) == (State.SENT, False)
    # a report on the second one is
    assert report(store, "R3", about=second)
    assert (state(store, made), store.notifications.row(made).need) == (State.NOT_DELIVERED, Need.UNSENT)


def test_what_a_look_up_and_reports_say_of_one_sending_happened_once(store: Store, ada: int) -> None:
    """MESH's look-up and its client's report both say that a message was collected, in either order."""
    (one, local_1, _), (other, local_2, _) = freeze(store), freeze(store)
    send(store, local_1, "M1")
    send(store, local_2, "M2")
    store.deliveries.tracked(local_1, collected=True)
    assert report(store, "R1", linked_id="M1", code=COLLECTED_REPORT, text="")
    assert report(store, "R2", linked_id="M2", code=COLLECTED_REPORT, text="")
    store.deliveries.tracked(local_2, collected=True)
    assert report(store, "R3", linked_id="M2", code=TAKEN_REPORT, text="")
    for made in (one, other):
        said = [event.happening for event in store.notifications.story(made).events]
        assert (said.count("picked-up"), said.count("taken")) == (1, 1)
        assert state(store, made) is State.COLLECTED


def test_a_second_sending_is_collected_anew(store: Store, ada: int) -> None:
    made, local, _ = freeze(store)
    send(store, local, "M1")
    store.deliveries.tracked(local, collected=True)
    assert report(store, "R1", linked_id="M1")
    store.notifications.send_again(made, ada, second := local_id())
    send(store, second, "M2")
    assert report(store, "R2", linked_id="M2", code=COLLECTED_REPORT, text="")
    said = [event.happening for event in store.notifications.story(made).events]
    assert said.count("picked-up") == 2
    assert state(store, made) is State.COLLECTED


def test_a_waiting_one_is_swapped_and_nothing_goes_out_for_it(store: Store, ada: int) -> None:
    old, _, _ = freeze(store)
    correction = store.notifications.correction(old)
    assert correction == Correction(old, Way.SWAP)
    new, local, _ = freeze(store, ada, correction=correction)
    assert state(store, old) is State.REPLACED
    sending = next(iter(store.deliveries.waiting(1)), None)
    assert sending is not None
    assert (sending.notification, sending.local_id) == (new, local)
    assert store.notifications.correction(old).way is Way.LATEST_ONLY


def test_a_replacement_is_held_until_its_original_was_matched(store: Store, ada: int) -> None:
    old, local, sent = freeze(store)
    send(store, local, "M1")
    correction = store.notifications.correction(old)
    assert correction == Correction(old, Way.HOLD, old, sent.composition_id)
    new, new_local, new_sent = freeze(store, ada, correction=correction)
    assert store.notifications.row(new).held
    assert store.deliveries.waiting(1) == []
    assert not store.deliveries.claim([new_local])
    assert answer(store, sent, MATCHED, mesh_id="A1")
    assert state(store, old) is State.MATCHED
    sending = next(iter(store.deliveries.waiting(1)), None)
    assert sending is not None
    assert sending.notification == new
    send(store, new_local, "M2")
    assert state(store, old) is State.MATCHED  # not replaced before the practice has the new one
    assert answer(store, new_sent, MATCHED, mesh_id="A2")
    assert (state(store, old), state(store, new)) == (State.REPLACED, State.MATCHED)


def test_a_held_replacement_asks_for_a_person_when_its_original_fails(store: Store, ada: int) -> None:
    old, local, sent = freeze(store)
    send(store, local, "M1")
    new, new_local, _ = freeze(store, ada, correction=store.notifications.correction(old))
    rejected = Meaning("20009", Happening.REJECTED, needs_person=True, happened="Not processed.")
    assert answer(store, sent, rejected, mesh_id="A1")
    assert store.notifications.row(new).needs_person
    assert not store.deliveries.claim([new_local])
    # a fresh message takes the place of the one that was held
    correction = store.notifications.correction(new)
    assert (correction.way, correction.replaces) == (Way.SWAP, None)
    fresh, fresh_local, _ = freeze(store, ada, correction=correction)
    assert state(store, new) is State.REPLACED
    assert store.deliveries.claim([fresh_local])
    assert state(store, fresh) is State.SENDING


def test_a_replacement_that_voids_both_asks_for_a_person_on_both(store: Store, ada: int) -> None:
    old, local, sent = freeze(store)
    send(store, local, "M1")
    assert answer(store, sent, MATCHED, mesh_id="A1")
    correction = store.notifications.correction(old)
    assert correction.way is Way.REPLACE
    new, new_local, new_sent = freeze(store, ada, correction=correction)
    send(store, new_local, "M2")
    void = Meaning("20014", Happening.REJECTED, needs_person=True, happened="Void.", voids_original=True)
    assert answer(store, new_sent, void, mesh_id="A2")
    for one in (old, new):
        row = store.notifications.row(one)
        assert (row.state, row.needs_person) == (State.REJECTED, True)


def test_a_withdrawal_withdraws_once_it_was_matched(store: Store, ada: int) -> None:
    old, local, sent = freeze(store)
    assert not store.notifications.may_withdraw(old)  # it only waits: cancel it
    send(store, local, "M1")
    assert answer(store, sent, MATCHED, mesh_id="A1")
    assert store.notifications.may_withdraw(old)
    new, new_local, new_sent = freeze(
        store, ada, correction=store.notifications.correction(old), withdrawal=True
    )
    send(store, new_local, "M2")
    assert answer(store, new_sent, MATCHED, mesh_id="A2")
    assert state(store, old) is State.WITHDRAWN
    assert store.notifications.row(new).withdrawal


def test_a_rejected_replacement_is_corrected_towards_the_record(store: Store, ada: int) -> None:
    old, local, sent = freeze(store)
    send(store, local, "M1")
    assert answer(store, sent, MATCHED, mesh_id="A1")
    new, new_local, new_sent = freeze(store, ada, correction=store.notifications.correction(old))
    send(store, new_local, "M2")
    rejected = Meaning("20009", Happening.REJECTED, needs_person=True, happened="Not processed.")
    assert answer(store, new_sent, rejected, mesh_id="A2")
    correction = store.notifications.correction(new)
    assert correction == Correction(new, Way.REPLACE, old, sent.composition_id)
    freeze(store, ada, correction=correction)
    assert (state(store, new), state(store, old)) == (State.REPLACED, State.MATCHED)


def test_a_correction_made_for_another_state_is_refused(store: Store, ada: int) -> None:
    old, local, _ = freeze(store)
    correction = store.notifications.correction(old)
    send(store, local, "M1")
    with pytest.raises(NotAllowedNowError):
        freeze(store, ada, correction=correction)
    assert len(store.notifications.page()) == 1


def test_events_and_payloads_cannot_be_changed_or_deleted(store: Store) -> None:
    freeze(store)
    for statement in (
        "UPDATE event SET note = 'x'",
        "DELETE FROM event",
        "UPDATE payload SET record_json = '{}'",
        "DELETE FROM payload",
        "INSERT OR REPLACE INTO payload (notification_id, record_json, made_at) VALUES (1, '', '')",
    ):
        with (
            pytest.raises(sa.exc.IntegrityError, match="append-only"),
            store.deliveries._database.writing() as c,
        ):
            c.exec_driver_sql(statement)


def test_an_answer_owed_goes_out_once_to_where_the_response_came_from(store: Store) -> None:
    _, local, sent = freeze(store)
    send(store, local, "M1")
    assert answer(store, sent, MATCHED, mesh_id="A1", owes=b"<Thanks/>")
    assert answer(store, sent, MATCHED, mesh_id="A1", owes=b"<Thanks/>")
    sending = next(iter(store.deliveries.waiting(1)), None)
    assert sending is not None
    assert (sending.workflow, sending.recipient, sending.payload) == (
        "DIGMED_FLU_VAC_ACK",
        "BOX1",
        b"<Thanks/>",
    )
    assert sending.local_id.startswith("FQF01_")
    assert sending.subject == ""
    send(store, sending.local_id, "M2")
    assert store.deliveries.waiting(1) == []
    titles = [m.title for m in store.notifications.story(sending.notification).messages]
    assert titles == ["Notification", "Response", "Answer to the response"]


def test_a_response_applied_twice_says_nothing_twice(store: Store) -> None:
    made, local, sent = freeze(store)
    send(store, local, "M1")
    for _ in range(3):
        assert answer(store, sent, MATCHED, mesh_id="A1")
    assert [e.happening for e in store.notifications.story(made).events].count("matched") == 1


def test_changes_are_dated_by_the_clock(store: Store, clock: MovedClock) -> None:
    made, local, _ = freeze(store)
    clock.move(hours=1)
    store.deliveries.claim([local])
    row = store.notifications.row(made)
    assert (row.contact_at, row.changed_at) == (START, clock.now())
