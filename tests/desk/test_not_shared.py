"""A vaccination of which the patient does not want the practice told: recorded here only, known here, never sent."""

import csv
import io
import uuid
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.problem import Severity
from digmed_desktop.clinical.record import PersonName
from digmed_desktop.desk.files.exporting import ExportDesk
from digmed_desktop.desk.forms.pending_send import PendingSend, PendingSendFile
from digmed_desktop.desk.views.general import Ending
from digmed_desktop.desk.views.sent import Act, How
from digmed_desktop.messaging.errors import NotAllowedNowError
from digmed_desktop.messaging.progress import Progress
from digmed_desktop.messaging.searching import Search
from digmed_desktop.messaging.states import Happening, State
from digmed_desktop.messaging.story import Facts
from tests.clinical.examples import complete_answers
from tests.desk.conftest import Counter
from tests.desk.test_acting import REJECTED, correct

REFUSED = {"consent__to_sharing": "no"}


def kept(counter: Counter, **changes: str) -> int:
    return counter.record(**REFUSED, **changes)


def events(counter: Counter, of: int) -> list[str]:
    return [event.happening for event in counter.store.notifications.story(of).events]


def test_it_is_finished_without_a_message_and_asks_for_nobody(counter: Counter) -> None:
    draft = uuid.uuid4().hex
    answers = complete_answers(**REFUSED)
    counter.desk.save_draft(draft, "vaccination", FormState(answers), counter.ada)
    preview = counter.desk.preview("vaccination", FormState(answers))
    assert preview.ending is Ending.HERE
    said = {p.severity for p in preview.problems if p.field == "consent.to_sharing"}
    assert said == {Severity.LOOK}
    sent = counter.desk.send("vaccination", draft, FormState(answers), counter.ada)
    assert sent.notification is not None
    assert counter.desk.send("vaccination", draft, FormState(answers), counter.ada) == sent, "twice is once"
    assert counter.desk.drafts() == ()
    made = sent.notification
    row = counter.store.notifications.row(made)
    assert (row.state, row.needs_person) == (State.NOT_SHARED, False)
    story = counter.store.notifications.story(made)
    assert (story.messages, story.message_id, story.local_id) == ((), "", "")
    assert events(counter, made) == ["kept-here"]
    assert [event.by for event in story.events] == ["Ms Ada Okonkwo-Bright"]
    assert counter.store.deliveries.waiting(9) == []
    counter.clock.move(days=30)
    assert not counter.store.notifications.standing().waiting
    assert not counter.store.notifications.row(made).needs_person


def test_what_was_finished_as_the_program_died_is_stored_unshared_once(
    counter: Counter, tmp_path: Path
) -> None:
    draft = uuid.uuid4().hex
    counter.desk.save_draft(draft, "vaccination", FormState(complete_answers(**REFUSED)), counter.ada)
    PendingSendFile(tmp_path).write(PendingSend(draft, "vaccination", counter.ada))
    fulfilled = counter.desk.resume_pending_send()
    assert fulfilled is not None
    assert counter.desk.resume_pending_send() is None
    (row,) = counter.store.notifications.page()
    assert (row.id, row.state) == (fulfilled.notification, State.NOT_SHARED)


def test_nothing_is_said_of_paper_where_that_is_closed_too(counter: Counter) -> None:
    answers = complete_answers(
        **REFUSED, patient__nhs_number="", patient__traced="", practice__registered="no"
    )
    preview = counter.desk.preview("vaccination", FormState(answers))
    assert not [p for p in preview.problems if p.severity is Severity.STOP]
    assert not [p for p in preview.problems if "paper" in p.sentence]
    assert "Distribution list" not in {section.title for section in preview.sections}
    made = counter.desk.send("vaccination", "d1", FormState(answers), counter.ada).notification
    assert made is not None
    assert counter.state(made) is State.NOT_SHARED


def test_what_else_is_wrong_still_stops_it(counter: Counter) -> None:
    answers = complete_answers(**REFUSED, vaccine__batch="")
    assert counter.desk.preview("vaccination", FormState(answers)).ending is Ending.HERE
    sent = counter.desk.send("vaccination", "d1", FormState(answers), counter.ada)
    assert sent.notification is None
    assert {p.field for p in sent.problems} >= {"vaccine.batch"}


def test_only_correcting_withdrawing_and_a_note_are_offered(counter: Counter) -> None:
    made = kept(counter)
    assert counter.acts(made) == {"correct", "withdraw", "note"}
    notes = counter.store.notifications
    for refused in (
        lambda: notes.cancel(made, counter.ada, "why"),
        lambda: notes.record_paper(made, counter.ada, "why"),
        lambda: notes.record_telephone(made, counter.ada, "why"),
        lambda: notes.record_reaction(made, counter.ada, "why"),
        lambda: notes.send_again(made, counter.ada, "L1"),
    ):
        with pytest.raises(NotAllowedNowError):
            refused()
    counter.desk.acts.do(Act.NOTE, made, counter.ada, "Asked again.")
    assert counter.state(made) is State.NOT_SHARED


def test_the_patient_alone_gets_a_copy(counter: Counter) -> None:
    made = kept(counter)
    papers = counter.desk.papers
    for how in (How.POST, How.HAND, How.SECURE_EMAIL):
        with pytest.raises(NotAllowedNowError, match="does not agree"):
            papers.copy(made, how, "Ada")
    copy = str(asdict(papers.copy(made, How.PATIENT, "Ada")))
    assert "does not agree to share it with the practice" in copy
    assert "on paper only" not in copy
    assert not counter.desk.listing.story(made).may_be_told


def test_it_counts_as_a_dose_in_lists_figures_and_warnings(counter: Counter, tmp_path: Path) -> None:
    made = kept(counter)
    today = counter.clock.now()
    (dose,) = counter.desk.patients.doses("9990123020", PersonName("Rose", "O'Neill"), date(1971, 3, 12))
    assert (dose.notification, dose.batch) == (made, "AB-1234")
    again = counter.desk.preview("vaccination", FormState(complete_answers()))
    assert any(p.needs_reason for p in again.problems), "a second dose is doubted"
    figures = counter.store.figures.today(today)
    assert [(one.batch, one.count) for one in figures.doses] == [("AB-1234", 1)]
    assert (figures.needing_count, figures.due_count, figures.waiting_count) == (0, 0, 0)
    day = counter.store.figures.day_end(date(2026, 10, 14))
    assert [(state, n) for _, state, n in day.by_state] == [(State.NOT_SHARED, 1)]
    assert day.open == ()
    assert "Recorded here only" in str(asdict(counter.desk.papers.day_end(date(2026, 10, 14))))
    assert "Recorded here only" in str(asdict(counter.desk.papers.day_list(date(2026, 10, 14))))
    assert counter.desk.listing.first(Search(text="o'neill"), 9).rows[0].id == made
    found = Search(states=frozenset({State.NOT_SHARED}))
    assert [row.id for row in counter.desk.listing.first(found, 9).rows] == [made]
    ExportDesk(counter.store, counter.clock).csv(found, tmp_path / "a.csv", Progress(), with_patients=False)
    text = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    (cells,) = csv.DictReader(io.StringIO(text))
    assert (cells["State"], cells["Action needed"]) == ("Recorded here only", "No")


def test_a_patient_who_agrees_later_has_it_sent(counter: Counter) -> None:
    made = kept(counter)
    offered = {offer.act: offer for offer in counter.desk.acts.offered(made)}
    assert "recorded here only" in offered[Act.CORRECT].explain
    again = correct(counter, made, "The patient agrees now.", consent__to_sharing="yes")
    assert (counter.state(made), counter.state(again)) == (State.REPLACED, State.WAITING)
    story = counter.store.notifications.story(again)
    assert b"replaces" not in story.messages[0].body
    (dose,) = counter.desk.patients.doses("9990123020", PersonName("Rose", "O'Neill"), date(1971, 3, 12))
    assert dose.notification == again, "one dose, not two"
    counter.post(again)
    counter.answer(again)
    assert counter.state(again) is State.MATCHED
    assert counter.desk.listing.story(made).may_be_told


def test_an_agreement_taken_back_before_it_went_out_leaves_the_record(counter: Counter) -> None:
    made = kept(counter)
    shared = correct(counter, made, "The patient agrees now.", consent__to_sharing="yes")
    assert "cancel" not in counter.acts(shared)
    with pytest.raises(NotAllowedNowError, match="recorded here only"):
        counter.desk.acts.do(Act.CANCEL, shared, counter.ada, "Changed again.")
    last = correct(counter, shared, "Changed again.", consent__to_sharing="no")
    assert (counter.state(shared), counter.state(last)) == (State.REPLACED, State.NOT_SHARED)
    assert counter.store.deliveries.waiting(9) == []
    (dose,) = counter.desk.patients.doses("9990123020", PersonName("Rose", "O'Neill"), date(1971, 3, 12))
    assert dose.notification == last
    with pytest.raises(NotAllowedNowError):
        counter.desk.papers.copy(shared, How.POST, "Ada")


def test_one_that_waits_is_taken_back_by_a_refusal(counter: Counter) -> None:
    made = counter.record()
    again = correct(counter, made, "The patient does not agree.", consent__to_sharing="no")
    assert (counter.state(made), counter.state(again)) == (State.REPLACED, State.NOT_SHARED)
    assert counter.store.deliveries.waiting(9) == []


@pytest.mark.parametrize("how", ["posted", "matched", "telephoned", "rejected", "rejected before"])
def test_what_the_practice_knows_of_is_not_made_unknown(counter: Counter, how: str) -> None:
    made = counter.record()
    if how == "telephoned":
        counter.desk.acts.do(Act.TELEPHONE, made, counter.ada, "Dr Lund.")
    else:
        counter.post(made)
    if how == "matched":
        counter.answer(made)
    if how.startswith("rejected"):
        counter.answer(made, REJECTED)
    if how == "rejected before":
        made = correct(counter, made, vaccine__batch="AB-1243")
    begun = counter.desk.acts.begin_correction(made, "The patient does not agree.")
    state = begun.state.answered({"consent.to_sharing": "no"})
    preview = counter.desk.preview("vaccination", state)
    assert preview.ending is not Ending.HERE
    sent = counter.desk.send("vaccination", "d9", state, counter.ada)
    assert sent.notification is None
    assert any("can no longer record it here only" in p.sentence for p in sent.problems)
    assert events(counter, made)[0] == Happening.FROZEN.value


def test_the_store_itself_keeps_nothing_here_that_the_practice_has(counter: Counter) -> None:
    made = counter.record()
    counter.post(made)
    notes = counter.store.notifications
    with pytest.raises(ValueError, match="stays here"):
        notes.freeze(
            None, "{}", Facts.of(notes.row(made)), None, "L1", counter.ada,
            token="t", correction=notes.correction(made), not_shared=True,
        )  # fmt: skip
