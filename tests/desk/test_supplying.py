"""An emergency supply at the desk: register and message together, the ways on paper, and who may finish."""

import uuid
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from digmed_desktop.clinical import json_record
from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.particulars import label_texts
from digmed_desktop.clinical.problem import Severity
from digmed_desktop.desk.views.sent import Act, How
from digmed_desktop.fhir.editions import default_for
from digmed_desktop.fhir.problems import problems_of
from digmed_desktop.history.cipher import WRITES, engine
from digmed_desktop.messaging.connection import Check, Health
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.register import EntryKind
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import State
from tests.clinical.supply_examples import complete_answers, tablets
from tests.desk.conftest import Counter
from tests.history.samples import KEY

FORM = "emergency-supply"


def finish(shop: Counter, form: FormState | dict[str, str], by: int | None = None) -> int:
    """Finish a supply, with a reason for whatever is asked."""
    state = form if isinstance(form, FormState) else FormState(form)
    asked = (one for one in shop.desk.preview(FORM, state).problems if one.needs_reason)
    reasons = {**state.reasons, **{one.reason_key: "It is a test" for one in asked}}
    sent = shop.desk.send(FORM, uuid.uuid4().hex, replace(state, reasons=reasons), by or shop.ada)
    assert sent.notification is not None, sent.problems
    return sent.notification


def test_a_supply_stands_in_the_register_and_waits_to_be_sent(shop: Counter) -> None:
    made = finish(shop, complete_answers())
    assert shop.state(made) is State.WAITING
    row = shop.store.notifications.row(made)
    assert row.kind is Kind.EMERGENCY_SUPPLY
    assert "Humulin" in row.what
    story = shop.store.notifications.story(made)
    assert b"ITK010D" in story.messages[0].body
    kept = json_record.read(story.record_json)
    assert isinstance(kept, EmergencySupplyRecord)
    assert kept.items[0].schedule == "none"
    entry = shop.store.register.of_notification(made)
    assert entry is not None
    assert (entry.number, entry.kind, entry.by_name) == (1, EntryKind.SUPPLY, "Amira Khan")
    content = entry.content
    assert content["supplied_on"] == "2026-04-03"
    assert content["patient"] == "SMITH, William"
    assert content["patient_address"] == ["3 Weaver's Yard", "Leeds", "LS1 4AP"]
    assert content["nature"].startswith("Insulin left on the train")
    assert [item["quantity"] for item in content["items"]] == ["2 cartridge", "28 needle"]
    assert "Humulin M3" in content["items"][0]["name"]
    assert shop.desk.register.verify().intact


def test_the_label_has_what_it_must_have(shop: Counter) -> None:
    entry = shop.store.register.of_notification(finish(shop, complete_answers()))
    assert entry is not None
    first, second = label_texts(entry.content)
    lines = first.split("\n")
    assert lines[0] == "Emergency Supply"
    assert "Humulin M3" in lines[1]
    assert "2 cartridge" in lines[1]
    assert "William Smith" in lines
    assert "03 Apr 2026" in lines
    assert "Overtown Pharmacy, 1 High Street, Leeds, LS1 4AP" in lines
    assert "BD Viva" in second


def test_the_same_draft_twice_is_one_supply(shop: Counter) -> None:
    draft = uuid.uuid4().hex
    first = shop.desk.send(FORM, draft, FormState(complete_answers()), shop.ada)
    assert shop.desk.send(FORM, draft, FormState(complete_answers()), shop.ada) == first
    assert len(shop.desk.register.page(None, 10)) == 1


def test_only_a_pharmacist_finishes(shop: Counter) -> None:
    technician = next(p.id for p in shop.store.people.all() if p.professional.name.family == "Abernathy")
    sent = shop.desk.send(FORM, uuid.uuid4().hex, FormState(complete_answers()), technician)
    assert sent.notification is None
    assert [p.field for p in sent.problems] == ["session.pharmacist"]
    assert "signs in" in sent.problems[0].sentence
    chosen = shop.desk.send(
        FORM, uuid.uuid4().hex, FormState(complete_answers({"session.pharmacist": str(technician)})), shop.ada
    )
    assert [p.field for p in chosen.problems] == ["session.pharmacist"]
    assert shop.desk.register.page(None, 10) == []
    assert [o.label for o in shop.desk.all_form_lists()[FORM].lists["people"]] == ["Amira Khan · Pharmacist"]


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        (complete_answers({"item.2.product": "Needles of another make"}), "Known by its name only"),
        (complete_answers({"patient.nhs_number": ""}), "Without an NHS number"),
        (complete_answers({"practice.registered": "no"}), "Without a GP practice"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_registered_and_told_on_paper(
    shop: Counter, answers: dict[str, str], why: str
) -> None:
    preview = shop.desk.preview(FORM, FormState(answers))
    assert preview.paper_only
    assert not [p for p in preview.problems if p.severity is Severity.STOP]
    assert any(why in p.sentence for p in preview.problems)
    made = finish(shop, answers)
    assert shop.state(made) is State.TO_PAPER
    assert not shop.store.notifications.row(made).needs_person  # nothing has failed
    assert [one.id for one in shop.desk.listing.today().figures.to_paper] == [made]
    assert shop.store.register.of_notification(made) is not None
    shop.desk.acts.do(Act.PAPER, made, shop.ada, "Handed over.")
    assert shop.state(made) is State.ON_PAPER


def test_not_supplied_is_recorded_with_its_reason_and_told_by_telephone(shop: Counter) -> None:
    made = finish(
        shop,
        complete_answers(
            {
                "decision.outcome": "not-supplied",
                "decision.asked_for": "Tramadol 50mg capsules",
                "decision.reason": "law",
                "decision.note": "Sent to the out-of-hours service.",
            }
        ),
    )
    assert shop.store.notifications.row(made).what == "Not supplied: Tramadol 50mg capsules"
    entry = shop.store.register.of_notification(made)
    assert entry is not None
    assert entry.kind is EntryKind.NOT_SUPPLIED
    assert "The law does not allow it" in entry.content["not_supplied"]
    assert entry.content["items"] == []
    shop.desk.acts.do(Act.TELEPHONE, made, shop.ada, "Dr Lund, 11:02.")
    assert shop.state(made) is State.BY_TELEPHONE


def test_who_does_not_agree_to_sharing_stands_in_the_register_alone(shop: Counter) -> None:
    draft = uuid.uuid4().hex
    answers = complete_answers({"consent.to_sharing": "no"})
    shop.desk.save_draft(draft, FORM, FormState(answers), shop.ada)
    sent = shop.desk.send(FORM, draft, FormState(answers), shop.ada)
    assert (sent.notification, sent.problems, sent.register) == (None, (), 1)
    assert shop.store.notifications.page() == []
    assert shop.desk.drafts() == ()
    assert shop.desk.send(FORM, draft, FormState(answers), shop.ada).register == 1, "twice is once"
    assert len(shop.desk.register.page(None, 10)) == 1


def test_a_refusal_takes_a_supply_back_that_still_waits(shop: Counter) -> None:
    made = finish(shop, complete_answers())
    begun = shop.desk.acts.begin_correction(made, "The patient does not agree.")
    again = finish(shop, begun.state.answered({"consent.to_sharing": "no"}))
    assert (shop.state(made), shop.state(again)) == (State.REPLACED, State.NOT_SHARED)
    assert shop.store.deliveries.waiting(9) == []
    assert [one.kind for one in shop.desk.register.entry(1).later] == [EntryKind.AMENDMENT]
    assert shop.desk.register.verify().intact
    sent = finish(shop, complete_answers())
    shop.post(sent)
    begun = shop.desk.acts.begin_correction(sent, "The patient does not agree.")
    refused = shop.desk.send(FORM, "late", begun.state.answered({"consent.to_sharing": "no"}), shop.ada)
    assert (refused.notification, refused.register) == (None, 0)
    assert any("can no longer record it here only" in p.sentence for p in refused.problems)


def test_what_the_law_forbids_is_not_finished(shop: Counter) -> None:
    sent = shop.desk.send(FORM, uuid.uuid4().hex, FormState(tablets(days="31", quantity="31")), shop.ada)
    assert sent.notification is None
    assert "item.1.days" in {p.field for p in sent.problems}
    assert shop.desk.register.page(None, 10) == []


def test_the_preview_tells_the_law_as_one_types(shop: Counter) -> None:
    said = shop.desk.preview(FORM, FormState(tablets(days="", quantity=""))).law
    assert "At the patient's request at most 30 days' treatment" in " ".join(one.sentence for one in said)


def test_a_prescription_is_outstanding_for_72_hours_until_its_dates_are_entered(shop: Counter) -> None:
    finish(shop, tablets("prescriber"))
    (one,) = shop.desk.register.outstanding()
    assert one.left(shop.clock.now()) == timedelta(hours=71, minutes=50)
    assert one.entry.content["prescriber"] == "Grace Okafor"
    assert one.entry.content["prescriber_address"] == ["1 Church Lane", "Leeds", "LS1 9ZZ"]
    shop.clock.move(days=1)
    came = shop.desk.register.prescription_came
    wrong = {"prescription.dated": "5/4/2026", "prescription.received": ""}
    assert [p.field for p in came(1, wrong, shop.ada)] == ["prescription.dated", "prescription.received"]
    backwards = {"prescription.dated": "4/4/2026", "prescription.received": "3/4/2026"}
    assert [p.field for p in came(1, backwards, shop.ada)] == ["prescription.dated"]
    assert came(1, {"prescription.dated": "3/4/2026", "prescription.received": "4/4/2026"}, shop.ada) == ()
    assert shop.desk.register.outstanding() == []
    (later,) = shop.desk.register.entry(1).later
    assert later.content == {"dated": "2026-04-03", "received": "2026-04-04"}


def owed(shop: Counter) -> list[str]:
    return [str(one.entry.standing["patient"]) for one in shop.desk.register.outstanding()]


@pytest.mark.parametrize("posted", [True, False], ids=["sent", "waiting"])
def test_no_prescription_is_owed_for_a_supply_that_was_withdrawn(shop: Counter, posted: bool) -> None:
    made = finish(shop, tablets("prescriber"))
    if posted:
        shop.post(made)
        shop.answer(made)
    assert len(owed(shop)) == 1
    shop.desk.acts.take_back(made, shop.ada, "It was another patient.")
    assert owed(shop) == []
    if posted:
        with pytest.raises(DigMedError, match="recorded in error"):
            shop.desk.register.label_paper(1)


def test_what_is_owed_follows_the_route_as_it_was_corrected(shop: Counter) -> None:
    made = finish(shop, tablets("prescriber"))
    shop.post(made)
    shop.answer(made)
    for route, patients in (("patient", []), ("prescriber", ["SMITH, William"])):
        begun = shop.desk.acts.begin_correction(made, "Asked by someone else.").state
        made = finish(shop, replace(begun, answers={**begun.answers, **tablets(route)}))
        assert owed(shop) == patients
        assert label_texts(shop.desk.register.entry(1).standing)
    came = {"prescription.dated": "3/4/2026", "prescription.received": "3/4/2026"}
    assert shop.desk.register.prescription_came(1, came, shop.ada) == ()
    assert owed(shop) == []


def test_an_amendment_needs_words_and_a_pharmacist(shop: Counter) -> None:
    finish(shop, complete_answers())
    assert [p.field for p in shop.desk.register.amend(1, "  ", shop.ada)] == ["amendment.text"]
    assert [p.field for p in shop.desk.register.amend(1, "x" * 2001, shop.ada)] == ["amendment.text"]
    tom = shop.store.people.all()[1].id
    with pytest.raises(DigMedError, match="You are not allowed to add to the register"):
        shop.desk.register.amend(1, "The quantity was 3.", tom)
    assert shop.desk.register.amend(1, "The quantity was 3.", shop.ada) == ()
    assert shop.desk.register.entry(1).later[0].content == {"text": "The quantity was 3."}


def test_a_correction_is_appended_to_the_entry_it_is_about(shop: Counter) -> None:
    made = finish(shop, complete_answers())
    begun = shop.desk.acts.begin_correction(made, "The quantity was wrong.")
    assert begun.form == FORM
    again = finish(shop, begun.state.answered({"item.1.quantity": "3"}))
    assert again != made
    entry = shop.desk.register.entry(1)
    assert [one.kind for one in entry.later] == [EntryKind.AMENDMENT]
    assert entry.later[0].content["items"][0]["quantity"] == "3 cartridge"
    assert entry.content["items"][0]["quantity"] == "2 cartridge"
    assert shop.desk.register.verify().intact


def test_a_withdrawal_is_appended_to_the_entry_it_is_about(shop: Counter) -> None:
    made = finish(shop, complete_answers())
    shop.post(made)
    shop.answer(made)
    again = shop.desk.acts.withdraw(made, shop.ada, "The wrong patient was chosen.")
    assert again != made
    (later,) = shop.desk.register.entry(1).later
    assert later.kind is EntryKind.AMENDMENT
    assert later.content["text"] == (
        "Recorded in error. This tells the practice. Why: The wrong patient was chosen."
    )
    assert shop.desk.register.verify().intact


def test_the_paper_copy_of_what_was_not_supplied_says_so_and_why(shop: Counter) -> None:
    answers = complete_answers(
        {
            "decision.outcome": "not-supplied",
            "decision.asked_for": "Tramadol 50mg capsules",
            "decision.reason": "law",
            "decision.note": "Sent to the out-of-hours service.",
        }
    )
    made = finish(shop, answers)
    copy = shop.desk.papers.copy(made, How.POST, "Amira Khan")
    said = shop.desk.papers.printed(copy, "copy").html
    for words in ("Not supplied", "Tramadol 50mg capsules", "The law does not allow it", "out-of-hours"):
        assert words in said
    form: Any = shop.desk.forms[FORM]
    record = form.reading(answers).record
    assert [p.field for p in problems_of(record, default_for(Kind.EMERGENCY_SUPPLY))] == ["decision.outcome"]


def test_register_and_label_are_laid_out_for_paper(shop: Counter, tmp_path: Path) -> None:
    finish(shop, complete_answers())
    papers, register = shop.desk.papers, shop.desk.register
    for name, document, said in (
        ("list", register.list_paper(), "Register intact: 1 entry"),
        ("entry", register.entry_paper(1), "Insulin left on the train"),
        ("label", register.label_paper(1), "Emergency Supply"),
    ):
        assert said in papers.printed(document, name).html
        papers.save(document, tmp_path / f"{name}.pdf")
        assert (tmp_path / f"{name}.pdf").read_bytes().startswith(b"%PDF")


def test_whoever_checks_the_program_is_told_of_the_register(
    shop: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(shop, complete_answers())
    assert shop.desk.register.check() == Check(
        "Register of emergency supplies",
        Health.GOOD,
        "Register intact: 1 entry, none changed and none missing.",
    )
    made = engine(shop.store.path, KEY, size=1).execution_options(**{WRITES: True})
    with made.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER register_refuses_delete")
        connection.exec_driver_sql("DELETE FROM register")
    made.dispose()
    found = shop.desk.register.check()
    assert found.health is Health.BAD
    assert "Entry 1 is missing from the end" in found.sentence
    monkeypatch.setattr(shop.store.register, "_seal", None)
    assert shop.desk.register.check().health is Health.NOT_ASKED, "without the key nothing is claimed"


def test_what_was_supplied_is_offered_first_next_time(shop: Counter) -> None:
    finish(shop, tablets(product="Paracetamol 500mg made here"))
    assert shop.desk.medicines.find("parace")[0].product.display == "Paracetamol 500mg made here"
