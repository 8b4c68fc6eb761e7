"""Who may answer: whoever cannot be the practice changes no state, stops nothing, and gets no answer."""

import itertools
import re
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from _pytest.mark import ParameterSet

from digmed_desktop.fhir.response_codes import known_codes, meaning
from digmed_desktop.fhir.response_reader import response_reader
from digmed_desktop.fhir.responses import write_response
from digmed_desktop.messaging.errors import NotAllowedNowError
from digmed_desktop.messaging.replies import Doubt, ReplyAct
from digmed_desktop.messaging.states import Need, State
from digmed_desktop.outbox.applying import Applier
from tests.history.samples import facts, local_id, message, token
from tests.outbox.conftest import Pharmacy, delivery_of
from tests.outbox.doubles import OURS, THEIRS, Fault
from tests.outbox.test_every_answer_from_everywhere import OF_EACH_KIND

ACK = "DIGMED_FLU_VAC_ACK"
STRANGER = "SOMEBODYELSE"
PATIENT = "GPPROVIDER_9991234553_19470329_OFennimore"
WRONG_WORKFLOWS = ("DIGMED_FLU_VAC", "DIGMED_EMG_MED_ACK", "DIGMED_EMG_MED", "SOMETHING_ELSE", "")


def response(code: str, message_id: str, *, reference: str = "", owes: bool = False) -> bytes:
    return write_response(
        response_to=message_id,
        code=code,
        sender_ods="Z99999",
        mailbox="X26OT001",
        now=datetime(2026, 11, 24, tzinfo=UTC),
        new_id=lambda: str(uuid.uuid4()),
        sender_reference=reference,
        ask_answer=owes,
    )


def sent(pharmacy: Pharmacy, address: str = "", **changes: Any) -> int:
    of = message(str(uuid.uuid4()))
    made = pharmacy.store.notifications.freeze(
        None, "{}", replace(facts(), **changes), of, local_id(), pharmacy.ada, token=token(), address=address
    )
    pharmacy.run()
    assert pharmacy.state(made) is State.SENT
    return made


def answer(pharmacy: Pharmacy, made: int, code: str, **about: Any) -> str:
    """Put an answer into the mailbox, and have it taken in."""
    body = response(code, pharmacy.story(made).message_id, owes=True)
    mesh_id = pharmacy.mesh.put(OURS, body, **({"workflow": ACK, "sender": THEIRS} | about))
    pharmacy.run(minutes=6)
    return mesh_id


def sent_elsewhere(pharmacy: Pharmacy, mailbox: str) -> list[Any]:
    pharmacy.run(3, minutes=6)
    return pharmacy.mesh.messages(mailbox)


def codes_to_try(every: Iterable[str]) -> list[str | ParameterSet]:
    """Return codes for a test: one of each kind for the quick run, all others for the slow one."""
    return [code if code in OF_EACH_KIND else pytest.param(code, marks=pytest.mark.slow) for code in every]


@pytest.mark.parametrize("code", codes_to_try(known_codes()))
def test_a_wrong_mailbox_changes_no_state_stops_nothing_and_is_sent_nothing(
    real: Pharmacy, code: str
) -> None:
    made = sent(real)
    mesh_id = answer(real, made, code, sender=STRANGER)
    assert real.state(made) is State.SENT
    assert (real.row(made).need is Need.ANSWERED) == (not meaning(code).positive)
    assert sent_elsewhere(real, STRANGER) == []
    assert real.store.deliveries.stopped() is None
    assert not real.store.replies.stopped_practices()
    (reply,) = real.store.replies.open(9)
    assert (reply.mesh_id, reply.doubt, reply.sender) == (mesh_id, Doubt.SENDER, STRANGER)
    assert reply.about is not None
    assert reply.about.id == made
    assert [m for m in real.mesh.messages(OURS) if not m["collected"]] == [], "it names ours: taken in"
    later = sent(real)
    assert real.state(later) is State.SENT, "sending continues"


@pytest.mark.parametrize("workflow", WRONG_WORKFLOWS)
@pytest.mark.parametrize("code", ["30001", "30002", "20012", "20009"])
def test_a_wrong_workflow_changes_no_state_even_from_the_practice(
    real: Pharmacy, code: str, workflow: str
) -> None:
    made = sent(real)
    answer(real, made, code, workflow=workflow)
    assert real.state(made) is State.SENT
    (reply,) = real.store.replies.open(9)
    assert reply.doubt is Doubt.WORKFLOW
    assert not real.store.replies.stopped_practices()
    assert [m for m in sent_elsewhere(real, THEIRS) if m["workflow"].endswith("_ACK")] == []


@pytest.mark.parametrize("code", ["30001", "30002"])
def test_a_senders_reference_alone_is_a_hint_for_a_person(real: Pharmacy, code: str) -> None:
    made = sent(real)
    with real.store.inbox._database.reading() as connection:
        reference = connection.exec_driver_sql("SELECT sender_reference FROM notification").scalar_one()
    for named in ("", str(uuid.uuid4())):
        body = response(code, named, reference=reference)
        real.mesh.put(OURS, body, workflow=ACK, sender=THEIRS)
    real.run(minutes=6)
    assert real.state(made) is State.SENT
    assert real.row(made).needs_person == (code == "30002")
    replies = real.store.replies.open(9)
    assert {reply.doubt for reply in replies} == {Doubt.UNNAMED, Doubt.UNKNOWN}
    assert {reply.about.id for reply in replies if reply.about} == {made}


@pytest.mark.parametrize("code", ["30001", "30002"])
def test_the_id_of_our_bundle_is_a_hint_for_a_person(real: Pharmacy, code: str) -> None:
    made = sent(real)
    with real.store.inbox._database.reading() as connection:
        bundle = connection.exec_driver_sql("SELECT bundle_id FROM payload").scalar_one()
    real.mesh.put(OURS, response(code, bundle), workflow=ACK, sender=THEIRS)
    real.run(minutes=6)
    assert real.state(made) is State.SENT
    (reply,) = real.store.replies.open(9)
    assert reply.about is not None
    assert reply.about.id == made


@pytest.mark.parametrize("code", ["20013", "20009"])
def test_an_answer_to_our_own_answer_is_not_called_another_programs(real: Pharmacy, code: str) -> None:
    made = sent(real)
    answer(real, made, "30001")
    (ours,) = [m for m in sent_elsewhere(real, THEIRS) if m["workflow"] == ACK]
    header = re.search(r'<MessageHeader>\s*<id value="([^"]+)"', ours["body"])
    assert header is not None
    real.mesh.put(OURS, response(code, header[1]), workflow=ACK, sender=THEIRS)
    real.run(minutes=6)
    assert real.state(made) is State.MATCHED
    (reply,) = real.store.replies.open(9)
    assert (reply.doubt, reply.about and reply.about.id) == (Doubt.UNKNOWN, made)
    assert real.store.replies.count().other_program == 0


@pytest.mark.parametrize("code", codes_to_try(code for code in known_codes() if meaning(code).decides))
def test_the_mailbox_that_the_message_went_to_is_believed(real: Pharmacy, code: str) -> None:
    made = sent(real)
    answer(real, made, code, sender=THEIRS.lower())
    assert real.state(made) is not State.SENT
    assert not real.store.replies.open(9)
    assert "recipient" not in real.transport.calls, "MESH is asked only where there is a doubt"


def test_under_automatic_routing_the_recipient_that_tracking_names_is_believed(real: Pharmacy) -> None:
    made = sent(real, address=PATIENT)
    (stored,) = real.mesh.messages(PATIENT)
    real.mesh.save(stored | {"recipient": "REALBOX"})
    answer(real, made, "20013", sender=STRANGER)
    assert real.state(made) is State.SENT
    answer(real, made, "20013", sender="REALBOX")
    assert real.state(made) is State.ACCEPTED
    calls = real.transport.calls.count("recipient")
    answer(real, made, "30001", sender="REALBOX")
    assert real.state(made) is State.MATCHED
    assert real.transport.calls.count("recipient") == calls, "what tracking said is remembered"
    (owed,) = [m for m in sent_elsewhere(real, "REALBOX") if m["workflow"] == ACK]
    assert owed["sender"] == OURS


def test_under_automatic_routing_the_mailbox_of_a_fresh_look_up_is_believed(real: Pharmacy) -> None:
    made = sent(real, address=PATIENT)
    (stored,) = real.mesh.messages(PATIENT)
    real.mesh.save(stored | {"recipient": ""})
    answer(real, made, "30001", sender=THEIRS)
    assert real.state(made) is State.MATCHED


def test_a_practice_that_moved_to_another_mailbox_is_believed(real: Pharmacy) -> None:
    made = sent(real)
    real.transport.mailboxes["Y99901"] = "NEWBOX"
    answer(real, made, "30001", sender="NEWBOX")
    assert real.state(made) is State.MATCHED


def test_the_practice_that_took_over_is_believed(real: Pharmacy) -> None:
    from digmed_desktop.clinical.practices import ListedPractice
    from tests.history.samples import PRACTICE

    real.store.gp_practices.replace([ListedPractice(PRACTICE, open=False, successor="Y99902")])
    made = sent(real)
    real.transport.practices = ("Y99901", "Y99902")
    real.transport.mailboxes["Y99902"] = "HEIRBOX"
    answer(real, made, "30001", sender="HEIRBOX")
    assert real.state(made) is State.MATCHED


def test_a_mailbox_that_a_person_accepted_before_is_believed(real: Pharmacy) -> None:
    made, other = sent(real), sent(real)
    mesh_id = answer(real, made, "30001", sender="LOCALBOX")
    waiting = answer(real, other, "30001", sender="LOCALBOX")
    real.store.replies.give(mesh_id, made, real.ada)
    real.run()
    assert real.state(made) is State.MATCHED
    assert real.state(other) is State.MATCHED, "what waited from there counts now, too"
    assert not real.store.replies.open(9)
    assert len([m for m in sent_elsewhere(real, "LOCALBOX") if m["workflow"] == ACK]) == 2
    answer(real, sent(real), "30002", sender="LOCALBOX")
    assert not real.store.replies.open(9)
    with pytest.raises(NotAllowedNowError):
        real.store.replies.settle(waiting, ReplyAct.DEALT_WITH, real.ada)


def test_a_mailbox_accepted_for_one_practice_is_a_stranger_to_another(real: Pharmacy) -> None:
    made = sent(real)
    real.store.replies.give(answer(real, made, "30001", sender="LOCALBOX"), made, real.ada)
    real.transport.practices = ("Y99901", "Y99905")
    other = sent(real, practice_ods="Y99905")
    answer(real, other, "30001", sender="LOCALBOX")
    assert real.state(other) is State.SENT


def test_a_doubt_about_a_sender_waits_until_mesh_can_be_asked(real: Pharmacy) -> None:
    made = sent(real)
    real.transport.mailboxes["Y99901"] = "NEWBOX"
    real.mesh.plan("mailbox_of", Fault.OFFLINE)
    answer(real, made, "30002", sender="NEWBOX")
    assert real.state(made) is State.SENT
    assert not real.row(made).needs_person, "nothing is said before MESH was asked"
    real.run(2, minutes=6)
    assert real.state(made) is State.NOT_KNOWN_THERE


def test_a_stranger_costs_few_questions(real: Pharmacy) -> None:
    made = sent(real)
    before = real.transport.calls.count("mailbox_of")
    for _ in range(20):
        body = response("30002", real.story(made).message_id)
        real.mesh.put(OURS, body, workflow=ACK, sender=STRANGER)
    real.run(minutes=6)
    assert real.transport.calls.count("mailbox_of") <= before + 1
    assert real.transport.calls.count("recipient") <= 1
    assert real.happenings(made).count("doubted-answer") == 20


def test_most_of_a_days_answers_doubted_is_one_banner(real: Pharmacy) -> None:
    made = [sent(real) for _ in range(4)]
    answer(real, made[0], "20013")
    for one in made[1:]:
        answer(real, one, "30002", sender=STRANGER)
    (notice,) = real.delivery.standing().notices
    assert "Most replies" in notice
    real.clock.move(days=2)
    answer(real, made[0], "30001")
    assert not any("Most replies" in text for text in real.delivery.standing().notices)


def test_bodies_of_strangers_are_not_read_again(real: Pharmacy) -> None:
    read: list[bytes] = []
    understand = response_reader(lambda: "FZZ99", "PHARMACY", real.clock)

    def counted(body: bytes) -> Any:
        read.append(body)
        return understand(body)

    again = delivery_of(real.store, real.transport, real.clock, [], understand=counted)
    made = sent(real)
    real.mesh.put(OURS, response("30001", str(uuid.uuid4())), workflow=ACK, sender=STRANGER)
    real.mesh.put(OURS, response("30001", real.story(made).message_id), workflow=ACK, sender=STRANGER)
    real.mesh.put(OURS, b"<html>", workflow=ACK, sender=STRANGER)
    for _ in range(5):
        real.clock.move(minutes=6)
        again.run_once()
    assert len(read) == 3
    restarted = delivery_of(real.store, real.transport, real.clock, [], understand=counted)
    real.clock.move(minutes=6)
    restarted.run_once()
    assert len(read) == 3, "nor after a restart"
    assert real.transport.calls.count("fetch") == 3


# ---- reports


def test_a_report_whose_ids_lead_to_different_messages_asks_about_both(real: Pharmacy) -> None:
    first, second = sent(real), sent(real)
    linked, local = real.story(first).mesh_id, real.story(second).local_id
    real.mesh.put(OURS, kind="REPORT", linked_id=linked, local_id=local, status_code="14")
    real.run(minutes=6)
    for one in (first, second):
        assert (real.state(one), real.row(one).need) == (State.SENT, Need.ANSWERED)
    (reply,) = real.store.replies.open(9)
    assert reply.doubt is Doubt.REPORT


def test_where_mesh_gave_one_id_to_two_sendings_the_local_id_decides(real: Pharmacy) -> None:
    first, second = sent(real), sent(real)
    same = real.story(first).mesh_id
    with real.store.inbox._database.writing() as connection:
        connection.exec_driver_sql("UPDATE sending SET mesh_id = ?", (same,))
    real.mesh.put(OURS, kind="REPORT", linked_id=same, local_id=real.story(second).local_id, status_code="14")
    real.run(minutes=6)
    assert (real.state(first), real.state(second)) == (State.SENT, State.NOT_DELIVERED)
    real.mesh.put(OURS, kind="REPORT", linked_id=same, status_code="14")
    real.run(minutes=6)
    assert real.row(first).need is Need.ANSWERED, "without a local id it may be about either"


# ---- what a person does


def applier(pharmacy: Pharmacy) -> Applier:
    return Applier(pharmacy.store.inbox, response_reader(lambda: "FZZ99", "PHARMACY", pharmacy.clock))


@pytest.mark.parametrize("act", [ReplyAct.DEALT_WITH, ReplyAct.OTHER_PROGRAM])
def test_what_a_person_sets_aside_changes_nothing_and_is_told_in_the_story(
    real: Pharmacy, act: ReplyAct
) -> None:
    made = sent(real)
    mesh_id = answer(real, made, "30001", sender=STRANGER)
    real.store.replies.settle(mesh_id, act, real.ada, "telephoned")
    real.run(2, minutes=6)
    assert real.state(made) is State.SENT
    assert not real.store.replies.open(9)
    note = real.story(made).events[-1]
    assert "telephoned" in note.note
    assert note.by


def needs_person(code: str) -> bool:
    return meaning(code).needs_person


@pytest.mark.parametrize("act", [ReplyAct.DEALT_WITH, ReplyAct.OTHER_PROGRAM])
@pytest.mark.parametrize("before", ["", "20013", "30001", "30004", "20009", "30002"])
def test_setting_a_reply_aside_takes_back_the_need_it_raised_and_no_other(
    real: Pharmacy, before: str, act: ReplyAct
) -> None:
    made = sent(real)
    if before:
        answer(real, made, before)
    was = real.row(made)
    first, second = (answer(real, made, code, sender=STRANGER) for code in ("30003", "20009"))
    assert real.row(made).need is Need.ANSWERED
    real.store.replies.settle(first, act, real.ada, asks=needs_person)
    assert real.row(made).need is Need.ANSWERED, "another one waits"
    real.store.replies.settle(second, act, real.ada, asks=needs_person)
    assert (real.row(made).state, real.row(made).need) == (was.state, was.need)


def test_setting_a_reply_aside_leaves_what_was_late_late(real: Pharmacy) -> None:
    made = sent(real)
    real.clock.move(days=9)
    real.run()
    was = real.row(made)
    assert was.need is Need.LATE
    real.store.replies.settle(
        answer(real, made, "30002", sender=STRANGER), ReplyAct.DEALT_WITH, real.ada, asks=needs_person
    )
    assert real.row(made).need is Need.LATE


def test_what_is_dealt_with_leaves_the_mailbox_and_what_is_another_programs_stays(real: Pharmacy) -> None:
    garbled = real.mesh.put(OURS, b"<html>", workflow=ACK, sender=STRANGER)
    others = real.mesh.put(OURS, b"<other>", workflow=ACK, sender=STRANGER)
    real.run(minutes=6)
    real.store.replies.settle(garbled, ReplyAct.DEALT_WITH, real.ada)
    real.store.replies.settle(others, ReplyAct.OTHER_PROGRAM, real.ada)
    real.run(minutes=6)
    assert [m["mesh_id"] for m in real.mesh.messages(OURS) if not m["collected"]] == [others]
    assert real.store.replies.count().other_program == 1


def test_what_a_person_gives_to_a_notification_counts_for_it(real: Pharmacy) -> None:
    made = sent(real)
    mesh_id = real.mesh.put(OURS, response("30002", str(uuid.uuid4())), workflow=ACK, sender=THEIRS)
    real.run(minutes=6)
    real.store.replies.give(mesh_id, made, real.ada)
    real.run()
    assert (real.state(made), real.row(made).need) == (State.NOT_KNOWN_THERE, Need.ANSWERED)


def test_what_cannot_be_read_and_is_given_to_a_notification_asks_a_person(real: Pharmacy) -> None:
    made = sent(real)
    mesh_id = real.mesh.put(OURS, b"<html>", workflow=ACK, sender=THEIRS)
    real.run(minutes=6)
    real.store.replies.give(mesh_id, made, real.ada)
    real.run()
    assert (real.state(made), real.row(made).need) == (State.SENT, Need.ANSWERED)


def test_candidates_are_what_was_sent_to_the_sender_and_what_is_searched_for(real: Pharmacy) -> None:
    made = sent(real)
    other = sent(real, patient_name="BLOGGS, Joe", practice_ods="Y99901")
    mesh_id = real.mesh.put(OURS, b"<html>", workflow=ACK, sender=THEIRS)
    real.run(minutes=6)
    assert [one.id for one in real.store.replies.candidates(mesh_id, "", 9)] == [other, made]
    assert real.store.replies.body(mesh_id) == b"<html>"


# ---- a practice that refuses this pharmacy


def refusing(pharmacy: Pharmacy, practice: str, code: str = "20012") -> int:
    pharmacy.transport.practices = (*pharmacy.transport.practices, practice)
    made = sent(pharmacy, practice_ods=practice)
    answer(pharmacy, made, code)
    return made


@pytest.mark.parametrize("code", ["20003", "20012"])
def test_one_practice_that_refuses_us_stops_what_goes_there_and_nothing_else(
    real: Pharmacy, code: str
) -> None:
    refused = refusing(real, "Y99911", code)
    assert (real.state(refused), real.row(refused).need) == (State.REJECTED, Need.ANSWERED)
    assert real.store.deliveries.stopped() is None
    (stop,) = real.store.replies.stopped_practices()
    assert (stop.ods_code, stop.code, stop.waiting) == ("Y99911", code, 0)
    held, _ = real.freeze(practice_ods="Y99911")
    goes = sent(real)
    real.run(3, minutes=6)
    assert (real.state(held), real.state(goes)) == (State.WAITING, State.SENT)
    assert real.store.replies.stopped_practices()[0].waiting == 1
    again = delivery_of(real.store, real.transport, real.clock, [])
    assert any("Nothing is sent to" in text for text in again.run_once().notices), "after a restart, too"
    assert real.state(held) is State.WAITING
    real.store.replies.let_go_on("Y99911")
    real.run()
    assert real.state(held) is State.SENT


def test_three_practices_within_a_day_stop_the_queue(real: Pharmacy) -> None:
    refusing(real, "Y99911")
    refusing(real, "Y99912")
    assert real.store.deliveries.stopped() is None
    refusing(real, "Y99913")
    assert real.store.deliveries.stopped() is not None
    held, _ = real.freeze()
    real.run()
    assert real.state(held) is State.WAITING
    real.store.replies.let_go_on()
    real.run()
    assert real.state(held) is State.SENT


def test_three_practices_over_many_days_do_not_stop_the_queue(real: Pharmacy) -> None:
    for practice in ("Y99911", "Y99912", "Y99913"):
        refusing(real, practice)
        real.clock.move(days=1, hours=1)
    assert real.store.deliveries.stopped() is None
    assert len(real.store.replies.stopped_practices()) == 3


def test_one_practice_that_says_so_three_times_does_not_stop_the_queue(real: Pharmacy) -> None:
    made = [sent(real) for _ in range(3)]
    for one in made:
        answer(real, one, "20003")
    assert real.store.deliveries.stopped() is None


def test_strangers_that_say_so_stop_nothing(real: Pharmacy) -> None:
    real.transport.practices = ("Y99911", "Y99912", "Y99913", "Y99914")
    made = [sent(real, practice_ods=practice) for practice in real.transport.practices]
    for one, (code, sender) in zip(made, itertools.product(("20003", "20012"), (STRANGER, "X")), strict=True):
        answer(real, one, code, sender=sender)
    assert real.store.deliveries.stopped() is None
    assert not real.store.replies.stopped_practices()
