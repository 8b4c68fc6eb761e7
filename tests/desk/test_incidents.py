"""Incidents: recorded by whoever was there, every step settled by name, closed only then, sealed, printed, held."""

import json
from dataclasses import replace
from typing import Any

import pytest

from digmed_desktop.clinical import dates, incident, nhs_number
from digmed_desktop.clinical.incident import IncidentAct
from digmed_desktop.clinical.incidents_file import PLACE, IncidentsFile
from digmed_desktop.data_files.source import OWN
from digmed_desktop.desk.gate import NotPermittedError, acting
from digmed_desktop.desk.patients.patient_file_parts import Gathering
from digmed_desktop.desk.records.retention import RetentionDesk
from digmed_desktop.desk.views.incidents import IncidentView
from digmed_desktop.history.retention import OPEN_INCIDENT
from digmed_desktop.messaging.audit_words import line_of
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.paper.document import Listing
from tests.clinical.examples import complete_answers
from tests.desk.conftest import TECHNICIAN, Counter
from tests.desk.test_stock import add

PERSON = "Wren Fictional"


def answers(counter: Counter, kind: str = "faint", **changes: str) -> dict[str, str]:
    now = counter.clock.now()
    given = {
        "kind": kind,
        "date": dates.as_answer(now.astimezone(dates.ENGLAND).date()),
        "person": PERSON,
        "what": "Fainted on the chair.\nCame round within a minute.",
    }
    return {f"logged.{key}": text for key, text in (given | changes).items()}


def record(counter: Counter, kind: str = "faint", **changes: str) -> int:
    number, problems = counter.desk.incidents.record(answers(counter, kind, **changes))
    assert problems == ()
    assert number is not None
    return number


def one(counter: Counter, number: int) -> IncidentView:
    return counter.desk.incidents.view().by_id()[number]


def settle(counter: Counter, number: int) -> None:
    for step in one(counter, number).steps:
        counter.desk.incidents.done(number, step.id, "")


def test_an_incident_shows_every_step_of_its_kind_with_place_source_and_mark(counter: Counter) -> None:
    for row in incident.kinds().kind:
        view = one(counter, record(counter, row.id))
        assert [step.what for step in view.steps] == [step.what for step in row.step]
        assert view.left == len(row.step) > 0
        for step, kept in zip(view.steps, row.step, strict=True):
            assert step.when
            assert kept.source.casefold() in step.standing.casefold()
            assert ("no source read" in step.standing) is (kept.confidence.value == "general")
            assert bool(step.place) is bool(step.how) is (kept.to is not None)
            assert step.settled == ""


def test_the_yellow_card_is_reached_by_the_addresses_that_stand_elsewhere(counter: Counter) -> None:
    view = one(counter, record(counter, "anaphylaxis"))
    (card,) = [step for step in view.steps if step.place.startswith("Yellow Card")]
    assert "yellowcard.mhra.gov.uk" in card.how


WRONG = (
    ({"kind": ""}, "logged.kind"),
    ({"kind": "no-such-kind"}, "logged.kind"),
    ({"date": ""}, "logged.date"),
    ({"date": "31/2/2026"}, "logged.date"),
    ({"date": "1/1/2049"}, "logged.date"),
    ({"time": "25:00"}, "logged.time"),
    ({"time": "23:59"}, "logged.time"),
    ({"person": " "}, "logged.person"),
    ({"nhs_number": "999 000 0019"}, "logged.nhs_number"),
    ({"batches": "AB12, x"}, "logged.batches"),
    ({"what": "??"}, "logged.what"),
    ({"what": "a b " * 1001 + "word"}, "logged.what"),
    ({"notification": "77"}, "logged.notification"),
    ({"notification": "one"}, "logged.notification"),
)


def test_what_is_wrong_is_said_at_its_question_and_nothing_is_recorded(counter: Counter) -> None:
    for changes, field in WRONG:
        number, problems = counter.desk.incidents.record(answers(counter, **changes))
        assert number is None
        assert [one.field for one in problems] == [field], changes
    assert counter.store.incidents.all() == []


def test_nothing_is_stated_that_nobody_said_and_nothing_that_was_is_changed(counter: Counter) -> None:
    what = "  She said: “ää” \n\n then fell  "
    view = one(counter, record(counter, what=what, batches="ab-1, AB/2 ab-1", nhs_number="999 000 0018"))
    happened = view.incident.happened
    assert happened.time == ""
    assert (happened.what, happened.batches) == (what.strip(), ("ab-1", "AB/2"))
    assert happened.nhs_number == "9990000018"
    assert dict(view.facts)["Batch"] == ("ab-1: not in the stock", "AB/2: not in the stock")
    assert "at" not in view.when.split()
    assert one(counter, record(counter, time="9:05")).when.endswith(" at 09:05")
    assert PERSON not in repr(view) + repr(view.incident) + repr(happened)


def test_a_step_carries_who_settled_it_and_when_and_the_last_word_counts(counter: Counter) -> None:
    number = record(counter)
    tom = counter.store.people.add(TECHNICIAN, "slow-hash")
    step = one(counter, number).steps[0]
    with pytest.raises(DigMedError, match="few words"):
        counter.desk.incidents.not_needed(number, step.id, "??")
    with pytest.raises(DigMedError, match="no such step"):
        counter.desk.incidents.done(number, "none", "")
    with acting(tom):
        counter.desk.incidents.not_needed(number, step.id, "They sat already.")
    counter.clock.move(minutes=3)
    (again, *_rest) = counter.desk.incidents.done(number, step.id, "Reference 12").by_id()[number].steps
    assert again.done is not None
    assert (again.done.act, again.done.note) == (IncidentAct.STEP_DONE, "Reference 12")
    assert again.settled.startswith("Done: Reference 12 (")
    by = [done.by for done in counter.store.incidents.all()[0].done]
    assert ["Abernathy" in name for name in by] == [True, False]
    assert one(counter, number).left == len(one(counter, number).steps) - 1


def test_a_record_shows_the_incidents_about_it_on_each_of_its_versions(counter: Counter) -> None:
    made, other = counter.record(), counter.record(patient__nhs_number="999 000 0018")
    linked = record(counter)
    first = record(counter, notification=str(made))
    counter.desk.incidents.link(linked, str(made))
    record(counter, notification=str(other))
    record(counter)
    begun = counter.desk.acts.begin_correction(made, "The batch was misread.").state
    again = replace(begun, answers={**begun.answers, "vaccine.batch": "AB-1299"})
    asked = (p for p in counter.desk.preview("vaccination", again).problems if p.needs_reason)
    again = replace(again, reasons={p.reason_key: "A test." for p in asked})
    corrected = counter.desk.send("vaccination", "again", again, counter.ada).notification
    assert corrected
    for version in (made, corrected):
        lines = counter.desk.listing.story(version).incidents
        assert [line.id for line in lines] == [first, linked]
        assert [line.title for line in lines] == [one(counter, number).title for number in (first, linked)]
    settle(counter, first)
    counter.desk.incidents.close(first, "Nothing came of it.")
    line = counter.desk.listing.story(made).incidents[0]
    assert (line.standing, line.is_open) == ("Closed", False)
    assert PERSON not in repr(line)


def test_an_incident_closes_only_once_every_step_is_settled_and_can_be_opened_again(counter: Counter) -> None:
    number, desk = record(counter), counter.desk.incidents
    with pytest.raises(DigMedError, match="not settled"):
        desk.close(number, "Nothing came of it.")
    settle(counter, number)
    with pytest.raises(DigMedError, match="few words"):
        desk.close(number, "")
    assert desk.close(number, "Nothing came of it.").open == ()
    for act in (
        lambda: desk.note(number, "A note."),
        lambda: desk.done(number, one(counter, number).steps[0].id, ""),
        lambda: desk.close(number, "Once more."),
    ):
        with pytest.raises(DigMedError, match="is closed"):
            act()
    assert [view.id for view in desk.reopen(number, "The GP asked.").open] == [number]
    with pytest.raises(DigMedError, match="is open"):
        desk.reopen(number, "The GP asked.")


def test_whoever_was_there_records_and_only_who_answers_for_the_pharmacy_closes(counter: Counter) -> None:
    tom = counter.store.people.add(TECHNICIAN, "slow-hash")
    with acting(tom):
        number = record(counter)
        settle(counter, number)
        with pytest.raises(NotPermittedError):
            counter.desk.incidents.close(number, "Nothing came of it.")
    assert one(counter, number).incident.is_open


def test_every_act_is_sealed_and_stands_in_the_audit_without_what_was_told(counter: Counter) -> None:
    number = record(counter, nhs_number="999 000 0018")
    counter.desk.incidents.note(number, "Telephoned their sister Zelda.")
    settle(counter, number)
    counter.desk.incidents.close(number, "Nothing came of it.")
    acts = [row for row in counter.store.audit.rows() if row.source == "incident-act"]
    assert len(acts) == 3 + len(one(counter, number).steps)
    said = " ".join(f"{line_of(row).act} {line_of(row).note} {row.by}" for row in acts)
    assert "Recorded an incident" in said
    assert "Faint" in said
    for private in (PERSON, "Zelda", "9990000018", "chair"):
        assert private not in said
    assert counter.store.chain.verify().intact


def test_an_incident_that_somebody_changed_or_took_away_is_found(counter: Counter) -> None:
    record(counter)
    database: Any = counter.store._database
    for statement in ("UPDATE incident_act SET content = '{}'", "DELETE FROM incident_act"):
        with pytest.raises(Exception, match="append-only"), database.writing() as connection:
            connection.exec_driver_sql(statement)
    with database.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER incident_act_refuses_update")
        connection.exec_driver_sql("UPDATE incident_act SET content = replace(content, 'chair', 'floor')")
    assert not counter.store.chain.verify().intact


def test_an_incident_of_a_record_begins_with_what_the_record_says(counter: Counter) -> None:
    made = counter.record()
    begun = counter.desk.incidents.answers_about(made)
    row = counter.store.notifications.row(made)
    assert begun["logged.person"] == row.patient_name
    number, problems = counter.desk.incidents.record(
        {**begun, "logged.kind": "anaphylaxis", "logged.what": "Hives and wheeze."}
    )
    assert (problems, number is not None) == ((), True)
    assert number is not None
    view = one(counter, number)
    assert (view.incident.notification, view.incident.happened.batches) == (made, (row.batch,))
    assert view.candidates == ()


def test_an_incident_recorded_before_its_dose_is_linked_to_it_later(counter: Counter) -> None:
    number = record(counter, nhs_number=complete_answers()["patient.nhs_number"])
    assert one(counter, number).candidates == ()
    made = counter.record()
    (candidate,) = one(counter, number).candidates
    assert candidate.id == str(made)
    for wrong in ("", "999", "x"):
        with pytest.raises(DigMedError, match="Choose the record"):
            counter.desk.incidents.link(number, wrong)
    linked = counter.desk.incidents.link(number, candidate.id).by_id()[number]
    assert (linked.incident.notification, linked.candidates) == (made, ())


def test_a_batch_of_an_incident_says_how_it_stands_in_the_stock(counter: Counter) -> None:
    batch = add(counter, "COLD-1", "30/6/2027")
    number = record(counter, "fridge", batches="cold-1")
    assert dict(one(counter, number).facts)["Batch"] == ("cold-1: can be chosen",)
    counter.desk.stock.hold(batch, "The fridge was at 12 degrees.")
    assert dict(one(counter, number).facts)["Batch"][0].startswith("cold-1: Held since ")


def test_what_is_printed_says_every_step_with_who_took_it_and_where_to_report(counter: Counter) -> None:
    number = record(counter, "fridge", person="", batches="COLD-1")
    first, *rest = one(counter, number).steps
    counter.desk.incidents.done(number, first.id, "Label on.")
    counter.desk.incidents.note(number, "Rang the maker.")
    paper = counter.desk.incidents.paper(number)
    assert PERSON not in paper.title + paper.running
    steps, places, notes = (block for block in paper.blocks if isinstance(block, Listing))
    assert [row[2] == "To be done" for row in steps.rows] == [False] + [True] * len(rest)
    assert "Label on." in steps.rows[0][2]
    assert {row[0] for row in places.rows} == {step.place for step in (first, *rest) if step.place}
    assert "Rang the maker." in notes.rows[0][0]


def test_what_was_done_stays_readable_when_newer_data_drops_the_step_or_the_kind(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = record(counter)
    first = one(counter, number).steps[0]
    counter.desk.incidents.done(number, first.id, "")
    whole = OWN.read(PLACE, IncidentsFile).model_dump(mode="json")
    for kind in whole["kind"]:
        kind["step"] = [step for step in kind["step"] if step["id"] != first.id]
    newer = IncidentsFile.model_validate(
        whole | {key: getattr(OWN.read(PLACE, IncidentsFile), key) for key in ("checked_on", "look_again_by")}
    )
    monkeypatch.setattr(incident, "kinds", lambda: newer)
    assert [step.what for step in one(counter, number).steps if step.done] == [first.what]
    monkeypatch.setattr(incident, "kinds", lambda: newer.model_copy(update={"kind": []}))
    assert [step.what for step in one(counter, number).steps] == [first.what]
    assert one(counter, number).title.endswith("Faint")


def test_a_record_stays_while_an_incident_about_it_is_open_and_for_its_time_after(counter: Counter) -> None:
    made = counter.record()
    counter.post(made)
    counter.answer(made)
    desk = RetentionDesk(counter.store, counter.clock, lambda: "Ada")
    row = counter.store.notifications.row(made)
    by_record = record(counter, notification=str(made))
    by_number = record(counter, nhs_number=nhs_number.shown(row.nhs_number))
    by_batch = record(counter, "fridge", batches=row.batch.lower())

    def why() -> str:
        (group,) = counter.store.retention.groups()
        return group.in_use

    for number in (by_record, by_number, by_batch):
        assert why() == OPEN_INCIDENT
        settle(counter, number)
        counter.desk.incidents.close(number, "Nothing came of it.")
    assert why() != OPEN_INCIDENT
    counter.store.people.add(TECHNICIAN, "slow-hash")  # an act of its own is the last of the audit
    closed = counter.clock.now()
    counter.clock.at = closed.replace(year=closed.year + 19)
    assert desk.preview().due == (), "the period of an incident is longer than that of the record"
    counter.clock.at = closed.replace(year=closed.year + 21)
    over = desk.preview()
    assert [due.ids for due in over.due] == [(made,)]


def test_everything_about_one_patient_has_the_incidents_about_them_and_no_others(counter: Counter) -> None:
    made = counter.record()
    row = counter.store.notifications.row(made)
    record(counter, notification=str(made), what="Fell off the chair.")
    record(counter, nhs_number=nhs_number.shown(row.nhs_number), what="Fainted at the door.")
    record(counter, nhs_number="999 000 0042", what="Someone else's fall.")
    parts = [part for part in Gathering(counter.store).of(made).parts if part.title.startswith("Incident")]
    said = json.dumps([[line.values for line in part.lines] for part in parts])
    assert len(parts) == 2
    assert "Fell off the chair." in said
    assert "Fainted at the door." in said
