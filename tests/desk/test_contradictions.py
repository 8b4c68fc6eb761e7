"""An answer that this pharmacy's own records contradict is a warning, and one fact asks for one reason."""

from dataclasses import replace

from digmed_desktop.clinical import json_record
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.problem import Problem, facts_of, line_of_reason, told_first
from tests.clinical.examples import complete_answers
from tests.desk.conftest import Counter

DENIALS = {"previous.finding": ("none-seen", "dose-seen"), "screening.already": ("no", "yes")}


def warned(counter: Counter, field: str, **changes: str) -> list[Problem]:
    problems = counter.desk.preview("vaccination", FormState(complete_answers(**changes))).problems
    return [p for p in problems if p.field == field and "this pharmacy recorded" in p.sentence]


def test_a_dose_that_is_denied_and_was_recorded_here_is_warned_of_and_asks_one_reason(
    counter: Counter,
) -> None:
    for field, (denies, _fits) in DENIALS.items():
        assert not warned(counter, field, **{field.replace(".", "__"): denies})
    counter.record()
    for field, (denies, fits) in DENIALS.items():
        key = field.replace(".", "__")
        assert [p.needs_reason for p in warned(counter, field, **{key: denies})] == [False]
        assert not warned(counter, field, **{key: fits})
    state = FormState(complete_answers(previous__finding="none-seen", screening__already="no"))
    asked = [p for p in counter.desk.preview("vaccination", state).problems if p.needs_reason]
    assert [p.field for p in asked] == ["previous.finding"], "a known second dose asks once"
    assert "second dose of the season" in asked[0].sentence


def test_a_second_dose_is_one_warning_with_one_reason_however_it_is_answered(counter: Counter) -> None:
    """Every answer about earlier doses, true or not: one warning, each fact once, one reason, kept with each fact."""
    made = counter.record()
    for changes in (
        {"previous__finding": "dose-seen", "screening__already": "yes", "screening__recent": "yes"},
        {"previous__finding": "dose-seen", "screening__already": "yes", "vaccine__dose_number": "2"},
        {"previous__finding": "none-seen", "screening__already": "no", "screening__recent": "no"},
        {"previous__finding": "told-none", "screening__already": "yes", "screening__recent": "yes"},
    ):
        state = FormState(complete_answers(**changes))
        problems = counter.desk.preview("vaccination", state).problems
        told = [p for p in told_first(problems) if p.concern or "dose" in p.sentence]
        assert ["second dose of the season" in p.sentence for p in told] == [True], changes
        facts = facts_of(told[0], problems)
        assert facts
        assert len(facts) == len({(p.field, p.sentence) for p in facts})
        assert sum(p.needs_reason for p in problems) == 1, changes
        reasons = {told[0].reason_key: "The practice asked for it"}
        sent = counter.desk.send("vaccination", str(changes), replace(state, reasons=reasons), counter.ada)
        assert sent.notification is not None, sent.problems
        kept = json_record.read(counter.store.versions.record(sent.notification)).notes_kept_here
        for said in (told[0], *facts):
            line = line_of_reason(said, "The practice asked for it")
            assert (line in kept) is (said is told[0] or said.shares_reason)
        counter.store.notifications.cancel(sent.notification, counter.ada, "entered twice")
    assert made


def test_an_answer_that_says_what_is_known_asks_for_no_new_reason(counter: Counter) -> None:
    counter.record()
    before = FormState(complete_answers(previous__finding="dose-seen", screening__already=""))
    after = FormState(complete_answers(previous__finding="dose-seen", screening__already="yes"))
    keys = [
        {p.reason_key for p in counter.desk.preview("vaccination", state).problems if p.needs_reason}
        for state in (before, after)
    ]
    assert keys[0] == keys[1]
    assert len(keys[0]) == 1
    second = FormState(complete_answers(previous__finding="dose-seen", vaccine__dose_number="2"))
    new = {p.reason_key for p in counter.desk.preview("vaccination", second).problems if p.needs_reason}
    assert len(new) == 1
    assert not new & keys[0], "that a second dose is for some children only is news"


def test_a_dose_number_that_was_recorded_here_is_warned_of(counter: Counter) -> None:
    given = complete_answers()["vaccine.dose_number"]
    counter.record()
    assert bool(warned(counter, "vaccine.dose_number")) is bool(given)


def test_an_allergy_that_is_denied_and_was_recorded_here_asks_until_it_is_taken_back(
    counter: Counter,
) -> None:
    counter.record(allergies__status="recorded", allergies__entries="Penicillin: rash")
    denied = {"allergies__status": "none-known", "allergies__entries": ""}
    assert [p.needs_reason for p in warned(counter, "allergies.status", **denied)] == [True]
    fits = {"allergies__status": "recorded", "allergies__entries": "Penicillin: rash"}
    assert not warned(counter, "allergies.status", **fits)
    assert not warned(counter, "allergies.status", **denied, patient__nhs_number="999 000 0018")
    counter.record(**denied)  # with its reason
    assert not warned(counter, "allergies.status", **denied)


def test_a_reaction_recorded_here_and_denied_in_the_health_screen_asks(counter: Counter) -> None:
    made = counter.record()
    counter.post(made)
    counter.answer(made)
    assert not warned(counter, "screening.reaction", screening__reaction="no")
    counter.desk.acts.reaction(made, counter.ada, "Swollen face ten minutes later.")
    assert [p.needs_reason for p in warned(counter, "screening.reaction", screening__reaction="no")] == [True]
    assert not warned(counter, "screening.reaction", screening__reaction="yes")
