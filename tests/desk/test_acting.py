"""What a person can do about a notification: offered as the states allow, done with who and why."""

from dataclasses import replace

import pytest

from digmed_desktop.clinical import form, json_record
from digmed_desktop.clinical.form_state import CorrectionOf
from digmed_desktop.desk.forms.acting import words_of
from digmed_desktop.desk.views.general import Ending
from digmed_desktop.desk.views.sent import Act, yellow_card
from digmed_desktop.fhir.reading import read_notification
from digmed_desktop.messaging.answers import Meaning
from digmed_desktop.messaging.corrections import Way
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.errors import DigMedError, NotAllowedNowError
from digmed_desktop.messaging.sending import InboxItem, ItemKind
from digmed_desktop.messaging.states import Happening, Need, State
from digmed_desktop.messaging.story import Story
from tests.clinical.examples import complete_record
from tests.desk.conftest import Counter

REJECTED = Meaning("20009", Happening.REJECTED, needs_person=True, happened="Not valid.")


def correct(counter: Counter, of: int, why: str = "The batch was misread.", **changes: str) -> int:
    begun = counter.desk.acts.begin_correction(of, why)
    assert begun.form == "vaccination"
    answers = {key.replace("__", "."): text for key, text in changes.items()}
    state = begun.state.answered(answers)
    state = replace(state, owner={**state.owner, **{k: v for k, v in answers.items() if k in state.owner}})
    sent = counter.desk.send(begun.form, f"draft-{of}-{why}", state, counter.ada)
    assert sent.notification is not None, sent.problems
    return sent.notification


def sent_text(story: Story) -> str:
    body = next(one.body for one in story.messages if one.title == "Notification")
    read = read_notification(body)
    return "\n".join(line for section in read.sections for _, lines in section.rows for line in lines)


def test_every_act_has_its_words() -> None:
    for act in Act:
        for way in Way:
            offer = words_of(act, way)
            assert offer.label
            assert offer.ask
            assert offer.explain.endswith((".", ")"))
    assert yellow_card().address == "https://yellowcard.mhra.gov.uk"


def test_what_is_offered_follows_the_state(counter: Counter) -> None:
    made = counter.record()
    always = {"correct", "note", "reaction"}
    assert counter.acts(made) == always | {"cancel", "paper", "telephone"}
    counter.post(made)
    assert counter.acts(made) == always | {"withdraw", "paper", "telephone"}
    counter.answer(made)
    assert counter.acts(made) == always | {"withdraw", "paper", "telephone", "reopen"}
    newer = correct(counter, made, vaccine__batch="AB-1243")
    assert counter.acts(made) == {"note", "paper", "telephone"}
    assert "correct" in counter.acts(newer)
    rejected = counter.record()
    counter.post(rejected)
    counter.answer(rejected, REJECTED)
    assert counter.acts(rejected) == always | {"paper", "telephone", "deal-with", "send-as-new", "withdraw"}


def test_a_matched_one_is_replaced_and_says_what_changed_and_why(counter: Counter) -> None:
    made = counter.record()
    counter.post(made)
    counter.answer(made)
    newer = correct(counter, made, vaccine__batch="AB-1243")
    story = counter.store.notifications.story(newer)
    assert (story.row.state, story.row.held, story.row.corrects) == (State.WAITING, False, made)
    told = sent_text(story)
    assert "What changed: Batch number: AB-1243 (before: AB-1234)" in told
    assert "Why: The batch was misread." in told
    body = next(one.body for one in story.messages if one.title == "Notification")
    first = next(
        one.body for one in counter.store.notifications.story(made).messages if one.title == "Notification"
    )
    assert read_notification(body).replaces == read_notification(first).composition_id
    counter.post(newer)
    counter.answer(newer)
    assert counter.state(made) is State.REPLACED
    versions = counter.store.versions.of(newer)
    assert [one.row.id for one in versions] == [made, newer]
    assert [one.row.id for one in counter.store.versions.of(made)] == [made, newer]
    again = correct(counter, newer, "The arm was wrong.", vaccine__site="right-arm")
    assert [one.row.id for one in counter.store.versions.of(made)] == [made, newer, again]


def test_a_waiting_one_is_swapped_and_nothing_goes_out_for_it(counter: Counter) -> None:
    made = counter.record()
    newer = correct(counter, made, vaccine__batch="AB-1243")
    assert counter.state(made) is State.REPLACED
    sending = next(iter(counter.store.deliveries.waiting(1)), None)
    assert sending is not None
    assert sending.notification == newer
    assert read_notification(sending.payload).replaces == ""


def test_an_unanswered_one_holds_its_correction(counter: Counter) -> None:
    made = counter.record()
    counter.post(made)
    newer = correct(counter, made, vaccine__batch="AB-1243")
    assert counter.store.notifications.row(newer).held
    assert counter.store.deliveries.waiting(1) == []
    counter.answer(made)
    assert not counter.store.notifications.row(newer).held


def test_a_cancelled_correction_leaves_the_dose_known(counter: Counter) -> None:
    """The vaccine was given whatever became of its correction: the next dose must be doubted."""
    made = counter.record()
    counter.post(made)
    newer = correct(counter, made, vaccine__batch="AB-1243")
    doses = counter.desk.counter.earlier(complete_record().patient)
    assert [dose.notification for dose in doses] == [newer]
    counter.desk.acts.do(Act.CANCEL, newer, counter.ada, "The first was right.")
    doses = counter.desk.counter.earlier(complete_record().patient)
    assert [dose.notification for dose in doses] == [made]


def test_a_rejected_one_is_corrected_as_new(counter: Counter) -> None:
    made = counter.record()
    counter.post(made)
    counter.answer(made, REJECTED)
    newer = correct(counter, made, vaccine__batch="AB-1243")
    assert "What changed" not in sent_text(counter.store.notifications.story(newer))
    assert counter.state(made) is State.REPLACED


def test_two_corrections_of_one_are_one(counter: Counter) -> None:
    made = counter.record()
    counter.post(made)
    counter.answer(made)
    correct(counter, made, vaccine__batch="AB-1243")
    with pytest.raises(NotAllowedNowError, match="newer version"):
        counter.desk.acts.begin_correction(made, "again")
    state = counter.store.versions.state(made)
    assert state is not None
    begun = replace(state, correction=CorrectionOf(made, "late"))
    with pytest.raises(NotAllowedNowError, match="newer version"):
        counter.desk.send("vaccination", "late", begun, counter.ada)


OTHER_PATIENT = {
    "patient.nhs_number": "999 000 0018",
    "patient.given": "Nora",
    "patient.family": "Quill",
    "patient.date_of_birth": "4/7/1969",
}


@pytest.mark.parametrize("number", ["999 000 0018", ""])
@pytest.mark.parametrize("answered", [False, True])
def test_a_correction_is_refused_for_another_number(counter: Counter, number: str, answered: bool) -> None:
    made = counter.record()
    if answered:
        counter.post(made)
        counter.answer(made)
    begun = counter.desk.acts.begin_correction(made, "It was someone else.")
    state = begun.state.answered({"patient.nhs_number": number, "vaccine.batch": "AB-1243"})
    seen = counter.desk.preview("vaccination", state)
    assert [p.severity for p in seen.problems if p.field == "patient.nhs_number"][:1] == ["stop"]
    assert seen.ending is Ending.SEND
    refused = counter.desk.send("vaccination", "draft", state, counter.ada)
    assert refused.notification is None
    assert "patient.nhs_number" in [p.field for p in refused.problems]
    assert len(counter.store.notifications.page(before=None, limit=9)) == 1


def test_a_correction_of_a_record_without_a_number_is_refused_for_another_person(counter: Counter) -> None:
    made = counter.record(patient__nhs_number="", patient__traced="")
    begun = counter.desk.acts.begin_correction(made, "The number was found.")
    found = begun.state.answered({"patient.nhs_number": "999 012 3020", "patient.traced": "pds"})
    other = begun.state.answered({**OTHER_PATIENT, "patient.traced": "pds"})
    assert counter.desk.send("vaccination", "other", other, counter.ada).notification is None
    assert counter.desk.send("vaccination", "found", found, counter.ada).notification is not None


def test_a_correction_is_refused_where_all_but_the_number_is_another_persons(counter: Counter) -> None:
    made = counter.record()
    begun = counter.desk.acts.begin_correction(made, "It was someone else.")
    number = begun.state.answers["patient.nhs_number"]
    other = begun.state.answered({**OTHER_PATIENT, "patient.nhs_number": number})
    unowned = replace(other, owner={})
    refused = counter.desk.send("vaccination", "draft", unowned, counter.ada)
    assert refused.notification is None
    assert "patient.family" in [p.field for p in refused.problems]
    for key in ("patient.family", "patient.given", "patient.date_of_birth"):
        one = begun.state.answered({key: OTHER_PATIENT[key]})
        seen = counter.desk.preview("vaccination", replace(one, owner={}))
        assert key not in [p.field for p in seen.problems if p.severity == "stop"]


def test_a_correction_that_changes_nothing_is_refused_and_names_the_way(counter: Counter) -> None:
    made = counter.record()
    counter.post(made)
    counter.answer(made)
    begun = counter.desk.acts.begin_correction(made, "It was rejected.")
    refused = counter.desk.send("vaccination", "draft", begun.state, counter.ada)
    assert refused.notification is None
    assert "Send again as a new message" in refused.problems[0].sentence
    changed = begun.state.answered({"practice.name": "Overtown Health Centre"})
    seen = counter.desk.preview("vaccination", changed)
    assert next((one.before, one.after) for one in seen.changes) == (
        "Overtown Surgery",
        "Overtown Health Centre",
    )
    assert counter.desk.send("vaccination", "draft", changed, counter.ada).notification is not None


def test_a_rejected_one_is_sent_again_as_a_new_message(counter: Counter) -> None:
    made = counter.record()
    counter.post(made)
    counter.answer(made, REJECTED)
    first = counter.store.notifications.story(made)
    counter.desk.acts.do(Act.SEND_AS_NEW, made, counter.ada, "The practice has mended it.")
    newer = counter.store.notifications.page(before=None, limit=1)[0]
    second = counter.store.notifications.story(newer.id)
    body = next(one.body for one in second.messages if one.title == "Notification")
    assert read_notification(body).replaces == ""
    assert second.message_id != first.message_id
    assert (newer.state, counter.state(made)) == (State.WAITING, State.REPLACED)
    with pytest.raises(NotAllowedNowError):
        counter.desk.acts.do(Act.SEND_AS_NEW, made, counter.ada, "Once more.")


@pytest.mark.parametrize("out", [False, True])
def test_the_wrong_record_is_taken_back_once_the_right_one_is_stored(counter: Counter, out: bool) -> None:
    made = counter.record()
    if out:
        counter.post(made)
        counter.answer(made)
    state = counter.store.versions.state(made)
    assert state is not None
    right = replace(
        state.answered({**OTHER_PATIENT, "patient.telephone": ""}),
        owner={},
        withdraws=CorrectionOf(made, "It was another patient."),
    )
    incomplete = right.answered({"patient.sex": ""})
    assert counter.desk.send("vaccination", "draft", incomplete, counter.ada).notification is None
    assert counter.state(made) is (State.MATCHED if out else State.WAITING)
    sent = counter.desk.send("vaccination", "draft", right, counter.ada)
    assert sent.notification is not None, sent.problems
    assert counter.desk.send("vaccination", "draft", right, counter.ada) == sent
    rows = counter.store.notifications.page(before=None, limit=9)
    if out:
        assert [row.withdrawal for row in rows] == [True, False, False]
        assert rows[0].corrects == made
    else:
        assert counter.state(made) is State.CANCELLED
        assert len(rows) == 2


def test_the_name_of_the_same_patient_is_put_right(counter: Counter) -> None:
    made = counter.record()
    correct(counter, made, patient__family="O'Neil-Featherstone")


def test_withdrawing_sends_a_message_that_says_so(counter: Counter) -> None:
    made = counter.record()
    counter.post(made)
    counter.answer(made)
    newer = counter.desk.acts.withdraw(made, counter.ada, "Recorded for the wrong patient.")
    story = counter.store.notifications.story(newer)
    body = next(one.body for one in story.messages if one.title == "Notification")
    read = read_notification(body)
    assert read.status == "entered-in-error"
    assert "RECORDED IN ERROR" in read.title
    assert "Recorded for the wrong patient." in sent_text(story)
    counter.post(newer)
    counter.answer(newer)
    assert counter.state(made) is State.WITHDRAWN
    assert counter.acts(made) == {"note", "telephone"}


def test_a_reaction_corrects_the_record_and_asks_for_a_telephone_call(counter: Counter) -> None:
    made = counter.record()
    counter.post(made)
    counter.answer(made)
    newer = counter.desk.acts.reaction(made, counter.ada, "Fainted after five minutes; recovered.")
    row = counter.store.notifications.row(newer)
    assert (row.need, row.corrects) == (Need.REACTION, made)
    assert "Fainted after five minutes; recovered." in sent_text(counter.store.notifications.story(newer))
    state = counter.store.versions.state(newer)
    assert state is not None
    assert state.answers["after.adverse_note"] == "Fainted after five minutes; recovered."
    offered = {option.id for option in form.load("vaccination").field("after.adverse").options}
    assert state.answers["after.adverse"] in offered, "the next correction begins from what was typed"
    counter.post(newer)
    counter.answer(newer)
    assert counter.store.notifications.row(newer).needs_person
    counter.desk.acts.do(Act.TELEPHONE, newer, counter.ada, "Dr Lund, told at 14:20.")
    assert not counter.store.notifications.row(newer).needs_person
    last = counter.store.notifications.story(newer).events[-1]
    assert (last.happening, last.by, last.note) == (
        "told-by-telephone", "Ms Ada Okonkwo-Bright", "Dr Lund, told at 14:20.",
    )  # fmt: skip


def test_try_again_sends_the_identical_message_under_a_new_local_id(counter: Counter) -> None:
    made = counter.record()
    counter.post(made)
    before = counter.store.notifications.story(made)
    assert "try-again" not in counter.acts(made)
    local = before.local_id
    report = ("R1", ItemKind.REPORT, "DIGMED_FLU_VAC", "BOX0", b"", local, f"M{made}", "14", "Not collected")
    counter.store.inbox.keep(InboxItem(*report))
    counter.store.inbox.place_report("R1")
    counter.store.inbox.apply_report("R1")
    assert counter.state(made) is State.NOT_DELIVERED
    counter.desk.acts.do(Act.TRY_AGAIN, made, counter.ada, "The practice has its mailbox again.")
    sending = next(iter(counter.store.deliveries.waiting(1)), None)
    assert sending is not None
    assert sending.payload == before.messages[0].body
    assert sending.local_id != local
    assert counter.store.notifications.story(made).events[-1].note == "The practice has its mailbox again."


def test_acts_ask_for_words(counter: Counter) -> None:
    made = counter.record()
    with pytest.raises(DigMedError, match="Write a few words"):
        counter.desk.acts.do(Act.NOTE, made, counter.ada, "  ")
    with pytest.raises(DigMedError, match="2,001 characters"):
        counter.desk.acts.do(Act.NOTE, made, counter.ada, "x" * 2001)
    counter.desk.acts.do(Act.CANCEL, made, counter.ada, "Wrong patient chosen.")
    assert counter.state(made) is State.CANCELLED
    with pytest.raises(NotAllowedNowError):
        counter.desk.acts.do(Act.CANCEL, made, counter.ada, "again")


def test_the_record_leaves_as_json_and_comes_back(counter: Counter) -> None:
    text = counter.desk.acts.record_json(counter.record())
    assert json_record.loads(text).immunizations[0].batch == "AB-1234"


def test_a_matched_record_that_the_practice_does_not_have_is_reopened_and_sent_as_new(
    counter: Counter,
) -> None:
    made = counter.record()
    counter.post(made)
    counter.answer(made)
    assert "send-as-new" not in counter.acts(made)
    counter.desk.acts.do(Act.REOPEN, made, counter.ada, "Reception: nothing on the record.")
    row = counter.store.notifications.row(made)
    assert (row.state, row.needs_person) == (State.REOPENED, True)
    assert "send-as-new" in counter.acts(made)
    newer = counter.desk.acts.send_as_new(made, counter.ada, "The practice has no record of it")
    old, new = (counter.store.notifications.story(one) for one in (made, newer))
    assert new.message_id != old.message_id
    assert b"relatesTo" not in new.messages[0].body
    assert counter.state(made) is State.REPLACED


def test_what_is_to_go_on_paper_is_late_when_its_day_is_over(counter: Counter) -> None:
    made = counter.record(patient__traced="not-traced")
    assert counter.state(made) is State.TO_PAPER
    counter.clock.move(days=2)
    counter.store.deliveries.raise_overdue(Duty())
    assert counter.store.notifications.row(made).need is Need.LATE
    counter.desk.acts.do(Act.PAPER, made, counter.ada, "By post.")
    assert not counter.store.notifications.row(made).needs_person
