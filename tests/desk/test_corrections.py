"""Corrections: nothing changed is refused, another person is withdrawn and begun anew, and new means new."""

import uuid
from dataclasses import replace

import pytest

from digmed_desktop.clinical import identity
from digmed_desktop.clinical.form_state import CorrectionOf, FormState
from digmed_desktop.clinical.one_patient import of_the_act
from digmed_desktop.clinical.problem import Severity
from digmed_desktop.data_files.source import OWN
from digmed_desktop.desk.forms.correcting import NOTE_ALONE
from digmed_desktop.desk.views.sent import Act
from digmed_desktop.fhir.reading import read_notification
from digmed_desktop.messaging.answers import Meaning
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.errors import NotAllowedNowError
from digmed_desktop.messaging.searching import Search
from digmed_desktop.messaging.states import Happening, Need, State
from digmed_desktop.messaging.wording import words_of_row
from tests.clinical import supply_examples
from tests.clinical.examples import complete_answers
from tests.desk.conftest import Counter
from tests.desk.test_every_kind_of_row import NOT_GIVEN

REJECTED = Meaning("20009", Happening.REJECTED, needs_person=True, happened="Rejected.")
LEFT = Meaning("30003", Happening.NO_LONGER, needs_person=True, happened="The patient has left.")
RIGHT = {
    "patient.nhs_number": "999 400 0047",
    "patient.family": "Quill",
    "patient.given": "Nora",
    "patient.date_of_birth": "4/7/1969",
}


def begun(counter: Counter, made: int) -> FormState:
    return counter.desk.acts.begin_correction(made, "It was wrong.").state


def send(counter: Counter, state: FormState) -> int | None:
    asked = [p for p in counter.desk.preview("vaccination", state).problems if p.needs_reason]
    state = replace(state, reasons={p.reason_key: "A test." for p in asked})
    return counter.desk.send("vaccination", uuid.uuid4().hex, state, counter.ada).notification


def matched(counter: Counter) -> int:
    made = counter.record()
    counter.post(made)
    counter.answer(made)
    return made


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"patient.date_of_birth": "12/03/1971"},
        {"patient.postcode": "ls1 4ap"},
        {"patient.nhs_number": "9990123020"},
        {"contact.time": "1040"},
        {"vaccine.dose_amount": "0.50"},
        {"patient.family": "O'Neill "},
    ],
)
def test_a_correction_that_says_the_same_is_refused_and_says_what_to_do(
    counter: Counter, changes: dict[str, str]
) -> None:
    state = begun(counter, matched(counter)).answered(changes)
    stops = [p for p in counter.desk.preview("vaccination", state).problems if p.severity is Severity.STOP]
    assert [p.field for p in stops] == ["correction"]
    assert "Send again as a new message" in stops[0].sentence
    assert send(counter, state) is None


def test_notes_alone_are_offered_as_a_note_and_go_out_in_no_message(counter: Counter) -> None:
    made = matched(counter)
    state = begun(counter, made).answered({"after.notes": "A note for ourselves."})
    preview = counter.desk.preview("vaccination", state)
    (refused,) = [p for p in preview.problems if p.severity is Severity.STOP]
    assert refused.sentence == NOTE_ALONE
    assert preview.note == "A note for ourselves."
    assert send(counter, state) is None
    both = counter.desk.preview("vaccination", state.answered({"vaccine.batch": "OTHER1"}))
    assert (both.note, [p for p in both.problems if p.severity is Severity.STOP]) == ("", [])


def test_another_practice_alone_is_a_correction(counter: Counter) -> None:
    state = begun(counter, matched(counter)).answered({"practice.name": "The Other Surgery"})
    assert send(counter, state) is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"patient.family": "Quill", "patient.given": "Nora"},
        {"patient.family": "O'Neall"},
        {"patient.date_of_birth": "13/3/1971"},
        {"patient.sex": "male"},
        {"patient.address_lines": "9 Mill Road"},
        {"patient.nhs_number": "999 400 0047"},
    ],
)
def test_who_the_patient_is_changes_only_once_somebody_said_it_is_the_same_person(
    counter: Counter, changes: dict[str, str]
) -> None:
    state = begun(counter, matched(counter)).answered(changes)
    problems = counter.desk.preview("vaccination", state).problems
    assert set(changes) & {p.field for p in problems if p.severity is Severity.STOP}
    assert send(counter, state) is None


def test_a_name_is_put_right_once_it_is_the_same_person_and_the_number_stays(counter: Counter) -> None:
    made = matched(counter)
    state = begun(counter, made).answered({"patient.family": "O'Neall"})
    agreed = replace(state, owner={**state.owner, "patient.family": "O'Neall"})
    newer = send(counter, agreed)
    assert newer is not None
    assert counter.store.notifications.row(newer).corrects == made
    number = agreed.answered({"patient.nhs_number": "999 400 0047"})
    number = replace(number, owner={**number.owner, identity.NUMBER: "999 400 0047"})
    assert send(counter, replace(number, correction=CorrectionOf(newer, "Wrong."))) is None


def test_the_wrong_record_is_withdrawn_only_once_the_right_one_is_stored(counter: Counter) -> None:
    wrong = matched(counter)
    right = complete_answers() | RIGHT | {"vaccine.batch": ""}
    state = FormState(right, withdraws=CorrectionOf(wrong, "Another patient."))
    assert send(counter, state) is None  # the batch is missing
    assert len(counter.desk.listing.page(Search(), None, 10)) == 1, "withdrawn although nothing was stored"
    made = send(counter, state.answered({"vaccine.batch": "AB-1234"}))
    assert made is not None
    rows = {row.id: row for row in counter.desk.listing.page(Search(), None, 10)}
    withdrawal = next(row for row in rows.values() if row.withdrawal)
    assert withdrawal.corrects == wrong
    assert withdrawal.need is Need.WITHDRAWAL
    assert withdrawal.id > made
    assert rows[made].nhs_number == "9994000047"


@pytest.mark.parametrize("told", ["paper", "kept here"])
def test_a_wrong_record_without_a_message_is_withdrawn_too(counter: Counter, told: str) -> None:
    changes = {"patient__traced": "not-traced"} if told == "paper" else {"consent__to_sharing": "no"}
    wrong = counter.record(**changes)
    if told == "paper":
        counter.desk.acts.do(Act.PAPER, wrong, counter.ada, "By post.")
    made = send(
        counter, FormState(complete_answers() | RIGHT, withdraws=CorrectionOf(wrong, "Another patient."))
    )
    assert made is not None
    (withdrawal,) = (row for row in counter.desk.listing.page(Search(), None, 10) if row.withdrawal)
    assert withdrawal.corrects == wrong
    assert (withdrawal.need is Need.WITHDRAWAL) is (told == "paper")  # nobody is told of what nobody knows


def test_what_was_done_goes_along_and_why_it_was_done_for_the_other_does_not() -> None:
    answers = complete_answers() | supply_examples.complete_answers(
        {"item.1.reason": "x", "contact.reason": "y"}
    )
    answers |= {"vaccine.eligibility": "pregnant", "request.reference": "111-0042"}
    done = of_the_act(answers)
    assert {
        "vaccine.product",
        "vaccine.batch",
        "vaccine.site",
        "item.1.quantity",
        "contact.time",
    } <= done.keys()
    theirs = {"vaccine.eligibility", "contact.reason", "item.1.reason", "request.reference"}
    assert not theirs & done.keys()
    assert not any(key.startswith(("patient.", "screening.", "consent.", "allergies.")) for key in done)


def test_sent_again_as_new_has_new_ids_and_names_no_other_message(counter: Counter) -> None:
    made = counter.record()
    counter.post(made)
    counter.answer(made, REJECTED)
    newer = counter.desk.acts.send_as_new(made, counter.ada, "The practice's system rejected it by mistake")
    old, new = (counter.store.notifications.story(one) for one in (made, newer))
    assert old.message_id != new.message_id
    assert b"relatesTo" not in new.messages[0].body
    assert counter.state(made) is State.REPLACED


def test_nothing_is_sent_again_to_a_practice_that_the_patient_has_left(counter: Counter) -> None:
    made = counter.record()
    counter.post(made)
    counter.answer(made, LEFT)
    assert "send-as-new" not in counter.acts(made)
    with pytest.raises(NotAllowedNowError):
        counter.desk.acts.send_as_new(made, counter.ada, "Again.")
    assert "correct" in counter.acts(made)


def wrong_patient(wrong: int) -> FormState:
    return FormState(complete_answers() | RIGHT, withdraws=CorrectionOf(wrong, "Another patient."))


def test_the_record_of_the_wrong_patient_needs_a_person_until_it_is_taken_back(counter: Counter) -> None:
    """From the first draft of the right record on; discarding that draft changes nothing about it."""
    wrong = matched(counter)
    for _ in range(2):
        counter.desk.save_draft("right", "vaccination", wrong_patient(wrong), counter.ada)
        counter.desk.discard_draft("right")
    row = counter.store.notifications.row(wrong)
    assert row.need is Need.WRONG_PATIENT
    assert "wrong patient" in words_of_row(row, Duty(), counter.clock.now()).happened
    story = counter.store.notifications.story(wrong)
    assert [one.happening for one in story.events].count(Happening.WRONG_PATIENT) == 1
    counter.desk.acts.withdraw(wrong, counter.ada, "Another patient.")
    assert not counter.store.notifications.row(wrong).needs_person


def title_of(counter: Counter, notification: int) -> str:
    story = counter.store.notifications.story(notification)
    return read_notification(next(one.body for one in story.messages if one.title == "Notification")).title


def test_a_withdrawal_denies_a_dose_only_for_a_reason_that_states_it(counter: Counter) -> None:
    listed = {one["reason"]: one["nothing_done"] for one in OWN.at("counter/reasons.toml", "withdraw") or ()}
    assert set(listed.values()) == {True, False}
    for why, denied in ({"The dose was not recorded as it was given.": False} | listed).items():
        title = title_of(counter, counter.desk.acts.withdraw(matched(counter), counter.ada, why))
        assert title.startswith("RECORDED IN ERROR - "), why
        assert ("NOT GIVEN" in title) is denied, why
        assert ("PLEASE DISREGARD" in title) is not denied, why
    wrong = matched(counter)
    counter.desk.acts.mark_wrong_patient(wrong, counter.ada, "It was his brother.")
    withdrawal = counter.desk.acts.take_back(wrong, counter.ada, "It was his brother.")
    assert withdrawal is not None
    assert "NOT GIVEN" in title_of(counter, withdrawal)


def test_a_withdrawn_record_of_not_given_says_nothing_of_a_dose(counter: Counter) -> None:
    made = counter.record(**NOT_GIVEN)
    counter.post(made)
    counter.answer(made)
    for_the_wrong_outcome = counter.desk.acts.withdraw(made, counter.ada, "It was given after all.")
    title = title_of(counter, for_the_wrong_outcome)
    assert title.startswith("RECORDED IN ERROR - PLEASE DISREGARD")
    assert "NOT GIVEN" not in title


def test_stored_is_stored_when_the_wrong_record_cannot_be_taken_back(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection was taken away meanwhile, for one: the right record counts, the wrong one stays on the list."""
    wrong = matched(counter)
    state = wrong_patient(wrong)
    asked = [p for p in counter.desk.preview("vaccination", state).problems if p.needs_reason]
    state = replace(state, reasons={p.reason_key: "A test." for p in asked})

    monkeypatch.setattr(counter.desk.acts._sender, "_mailbox", "")
    for _ in range(2):
        sent = counter.desk.send("vaccination", "right", state, counter.ada)
        assert sent.still_stands == wrong
        assert counter.store.notifications.row(wrong).need is Need.WRONG_PATIENT
    assert sent.notification is not None
    monkeypatch.undo()
    assert counter.desk.send("vaccination", "right", state, counter.ada).still_stands is None
    assert not counter.store.notifications.row(wrong).needs_person


def test_the_time_to_matched_is_that_of_the_first_message(counter: Counter) -> None:
    """A withdrawal days later, matched in its turn, makes no notification late."""
    made = matched(counter)
    counter.clock.move(days=6)
    withdrawal = counter.desk.acts.withdraw(made, counter.ada, "It was another patient.")
    counter.post(withdrawal)
    counter.answer(withdrawal)
    spans = counter.desk.listing.today().figures.spans
    assert sum(one.count for one in spans) == 1
    assert spans[-1].count == 0
