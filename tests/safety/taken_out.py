"""Controls of the hazard log, each with a way to take it out of the program while its test runs.

As a plugin (``-p tests.safety.taken_out --taken-out``) pytest runs each of these tests without its control.
"""

import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

import pytest

Replaced = Callable[[Any], Any]
"""Makes what stands in the place of a control, of the control itself."""


@dataclass(frozen=True)
class TakenOut:
    """``place`` is a module and a name in it; ``make`` makes what stands there instead."""

    hazard: str
    test: str
    place: str
    make: Replaced

    def apply(self, patch: pytest.MonkeyPatch) -> None:
        """Take the control out until the patch is undone."""
        module, _, path = self.place.partition(":")
        *steps, name = path.split(".")
        owner = reduce(getattr, steps, importlib.import_module(f"digmed_desktop.{module}"))
        patch.setattr(owner, name, self.make(getattr(owner, name)))


def nothing(_control: Any) -> Any:
    """A rule that says nothing."""
    return lambda *_args, **_words: ()


def always(value: Any) -> Replaced:
    """A guard that always answers the same."""
    return lambda _control: lambda *_args, **_words: value


def without(*fields: str) -> Replaced:
    """Rules that say nothing at these questions."""

    def make(control: Any) -> Any:
        def raised(*args: Any) -> Iterator[Any]:
            return (one for one in control(*args) if one.field not in fields)

        return raised

    return make


def silent(*parts: str) -> Replaced:
    """A way to say something at a question that swallows what holds one of these words."""

    def make(control: Any) -> Any:
        def say(sheet: Any, field: str, sentence: str | None, *args: Any, **words: Any) -> None:
            if not any(part in f"{field} {sentence}" for part in parts):
                control(sheet, field, sentence, *args, **words)

        return say

    return make


def allowing(control: Any) -> Any:
    """A law that forbids nothing."""
    return lambda rule, item: (one for one in control(rule, item) if not one.forbids)


def of_any_role(control: Any) -> Any:
    """Whoever vaccinated is taken for a pharmacist."""
    from digmed_desktop.reference import roles

    pharmacist = roles.role("pharmacist").coded.code
    return lambda programme, **words: control(programme, **{**words, "role": pharmacist})


def believed(_control: Any) -> Any:
    """Any sender may answer."""
    from digmed_desktop.messaging.replies import Doubt

    return lambda *_args, **_words: Doubt.NONE


def sent_at_once(_control: Any) -> Any:
    """What became of a sending is guessed: it did not leave."""
    from digmed_desktop.messaging.delivery import Outcome
    from digmed_desktop.messaging.states import Happening

    return lambda _self, sending, note: Outcome(sending.local_id, Happening.NOT_TAKEN, note=note)


def until_week_36(_control: Any) -> Any:
    """The false warning that a control keeps away: after week 36."""
    from digmed_desktop.clinical.problem import Problem, Severity

    def raised(_record: Any, day: Any, _typed: Any, _programme: Any) -> Iterator[Any]:
        if day:
            yield Problem("eligibility.due_date", "Only until week 36.", Severity.LOOK, needs_reason=True)

    return raised


CLINICAL = "tests/clinical/test_"
VACCINATION, WARNINGS = f"{CLINICAL}vaccination.py::test_", f"{CLINICAL}vaccination_warnings.py::test_"
SHARED, LAW = f"{CLINICAL}shared_rules.py::test_", f"{CLINICAL}supply_law.py::test_"
RULES = "clinical.vaccination_warnings:raised"
SAY = "clinical.answers:AnswerSheet"

AT_ONCE = (
    TakenOut(
        "H01",
        f"{CLINICAL}nhs_number.py::test_exactly_one_last_digit_is_right",
        "clinical.nhs_number:is_valid",
        always(value=True),
    ),
    TakenOut(
        "H06",
        f"{WARNINGS}another_dose_asks_for_a_reason_and_a_tenfold_one_stops",
        "clinical.product_warnings:dose_warnings",
        nothing,
    ),
    TakenOut(
        "H07",
        f"{SHARED}a_weakened_immune_system_stops_every_live_vaccine_and_no_other",
        RULES,
        without("screening.immune"),
    ),
    TakenOut(
        "H08",
        f"{WARNINGS}pregnancy_as_the_reason_contradicts_a_no",
        RULES,
        without("screening.pregnant"),
    ),
    TakenOut(
        "H09",
        f"{SHARED}anaphylaxis_to_this_vaccine_stops_and_another_reaction_asks",
        RULES,
        without("screening.anaphylaxis"),
    ),
    TakenOut(
        "H10",
        f"{SHARED}an_egg_allergy_that_needed_intensive_care_stops_the_nasal_spray",
        RULES,
        without("screening.egg_severe"),
    ),
    TakenOut(
        "H13",
        f"{WARNINGS}a_patient_younger_than_the_vaccine_s_least_age",
        "clinical.product_warnings:age_warnings",
        nothing,
    ),
    TakenOut(
        "H14",
        f"{WARNINGS}rsv_in_pregnancy_is_given_from_week_28_until_the_birth",
        "clinical.vaccination_warnings:_pregnancy",
        until_week_36,
    ),
    TakenOut(
        "H15", f"{WARNINGS}a_contact_after_the_season", "clinical.vaccination_warnings:_season", nothing
    ),
    TakenOut(
        "H18",
        f"{CLINICAL}consent.py::test_a_child_who_lacks_a_part_of_competence_does_not_decide_alone",
        RULES,
        without("consent.understands"),
    ),
    TakenOut(
        "H21",
        "tests/messaging/test_duty.py::test_amber_at_noon_and_overdue_at_midnight_by_englands_clock",
        "messaging.duty:is_working_day",
        always(value=True),
    ),
    TakenOut(
        "H27",
        f"{CLINICAL}unreached.py::test_what_the_directory_lists_as_no_practice_leads_to_the_next_step",
        "clinical.unreached:of_practice",
        always(None),
    ),
    TakenOut(
        "H29",
        "tests/messaging/test_states.py::test_a_reaction_asks_until_the_practice_was_told_by_word_of_mouth",
        "messaging.states:_SPOKEN",
        lambda _control: {},
    ),
    TakenOut(
        "H30",
        f"{CLINICAL}allergy_check.py::test_every_medicine_of_a_group_is_doubted_with_every_word_for_an_allergy_to_it",
        "clinical.allergy_check:_groups_of",
        always(set()),
    ),
    TakenOut("H31", f"{LAW}schedules_1_to_3_are_refused_on_both_routes", "clinical.supply_law:_by", allowing),
    TakenOut("H32", f"{LAW}a_limit_of_days", "clinical.supply_law:_by", allowing),
    TakenOut(
        "H33",
        f"{LAW}a_substance_of_schedule_18_is_refused_at_the_patients_request_alone",
        "clinical.law_rule:Rule.holds_on",
        always(value=True),
    ),
    TakenOut(
        "H35",
        f"{CLINICAL}supply_amounts.py::test_more_a_day_than_anybody_takes_asks_at_its_limit_and_not_below",
        "clinical.supply_amounts:_a_day",
        nothing,
    ),
    TakenOut(
        "H36",
        f"{CLINICAL}preparations.py::test_the_check_of_a_medicine_of_high_risk_wants_its_reason_on_the_form",
        "clinical.supply_law:judge_risk",
        nothing,
    ),
    TakenOut(
        "H37",
        f"{CLINICAL}who_asks.py::test_a_prescription_that_is_waiting_wants_a_reason_and_one_not_looked_up_is_said",
        f"{SAY}.look",
        silent("conditions.prescription_waiting"),
    ),
    TakenOut(
        "H41",
        "tests/messaging/test_states.py::test_what_waited_in_a_backup_is_looked_up_before_it_goes_out",
        "messaging.states:TRANSITIONS",
        lambda control: {key: to for key, to in control.items() if key[1].value != "restored"},
    ),
    TakenOut(
        "H42",
        f"{VACCINATION}the_contact_is_a_real_moment_that_is_not_in_the_future",
        f"{SAY}.stop",
        silent("must not be in the future"),
    ),
    TakenOut(
        "H46",
        "tests/diagnostics/test_redaction.py::test_an_nhs_number_in_any_shape",
        "diagnostics.redaction:_PATTERN",
        lambda _control: re.compile("(?P<kept>(?!))"),
    ),
    TakenOut(
        "H49",
        "tests/reference/test_programmes.py::test_given_by_pharmacist_is_said_of_pharmacists_only",
        "clinical.programme:Programme.procedure_for",
        of_any_role,
    ),
    TakenOut(
        "H52",
        "tests/fhir/test_contradictions.py::test_a_success_with_words_of_a_refusal_is_none",
        "fhir.response_reader:speaks_of_refusal",
        always(value=False),
    ),
)
"""Tests of single functions: each is called here, with the control and without it."""

IN_A_RUN = (
    TakenOut(
        "H03",
        "tests/desk/test_stock.py::test_a_typed_batch_that_the_stock_knows_better_is_pointed_out",
        "desk.lists.stock:warnings",
        nothing,
    ),
    TakenOut(
        "H04",
        "tests/desk/test_stock.py::test_a_pack_of_another_programme_is_refused_by_name",
        "desk.lists.stock:StockDesk._refusal",
        always(""),
    ),
    TakenOut(
        "H05",
        "tests/history/test_counter_lists.py::test_after_thawing_a_batch_is_offered_until_its_earlier_day",
        "clinical.stock:StockBatch.last_day",
        lambda _control: property(lambda batch: batch.expiry),
    ),
    TakenOut(
        "H11",
        "tests/desk/test_counter.py::test_a_second_dose_of_the_season_needs_a_reason_that_is_kept",
        "desk.forms.counter:CounterDesk._earlier",
        always([]),
    ),
    TakenOut(
        "H12",
        "tests/desk/test_warnings.py::test_two_live_vaccines_within_four_weeks",
        "clinical.earlier_doses:_holds",
        always(value=False),
    ),
    TakenOut(
        "H16",
        f"{CLINICAL}legal_basis.py::test_a_vaccination_gets_exactly_the_stops_and_questions_of_the_sources",
        "clinical.vaccination:_judge_basis",
        always(None),
    ),
    TakenOut(
        "H19",
        "tests/fhir/test_rules_of_the_guide.py::test_a_patient_who_does_not_agree_to_sharing_is_not_written_about",
        "fhir.problems:_route",
        nothing,
    ),
    TakenOut(
        "H20",
        "tests/outbox/test_sequences.py::test_offline_over_holidays_it_is_late_when_the_next_working_day_is_over",
        "history.deliveries:_overdue",
        always(None),
    ),
    TakenOut(
        "H23",
        "tests/outbox/test_sending.py::test_an_unknown_outcome_is_looked_up_before_anything_is_sent_again",
        "outbox.dispatcher:Dispatcher._unknown",
        sent_at_once,
    ),
    TakenOut(
        "H25",
        "tests/desk/test_corrections.py::test_the_wrong_record_is_withdrawn_only_once_the_right_one_is_stored",
        "messaging.states:_ASKED_FOR",
        lambda _control: {},
    ),
    TakenOut(
        "H26",
        "tests/desk/test_counter.py::test_a_closed_practice_is_refused_with_its_successor",
        "desk.lists.practices:PracticeDesk.refusal",
        always(""),
    ),
    TakenOut(
        "H34",
        "tests/desk/test_earlier_supplies.py::test_the_same_medicine_or_one_of_schedule_4_or_5_wants_a_reason",
        "desk.forms.counter:earlier_supplies",
        nothing,
    ),
    TakenOut(
        "H39",
        "tests/history/test_register.py::test_a_change_by_sql_with_all_plain_hashes_made_anew_is_found_and_told",
        "history.register:_faults",
        nothing,
    ),
    TakenOut(
        "H43",
        "tests/desk/test_unlikely_values.py::test_practice_mode_refuses_a_number_that_may_be_somebodys",
        "clinical.nhs_number:is_fictional",
        always(value=True),
    ),
    TakenOut(
        "H51",
        "tests/outbox/test_who_may_answer.py::test_a_wrong_mailbox_changes_no_state_stops_nothing_and_is_sent_nothing",
        "history.answerers:doubt_of",
        believed,
    ),
    TakenOut(
        "H54",
        "tests/fhir/test_text_against_resource.py::test_a_row_that_says_something_else_is_found",
        "fhir.text_against_resource:_compared",
        nothing,
    ),
    TakenOut(
        "H57",
        "tests/desk/test_incidents.py::test_an_incident_closes_only_once_every_step_is_settled_and_can_be_opened_again",
        "desk.records.incidents:steps_of",
        always(()),
    ),
    TakenOut(
        "H58",
        "tests/desk/test_batch_list.py::test_a_correction_moves_the_patient_to_the_batch_that_is_right",
        "desk.records.batch_list:_why_not",
        always(""),
    ),
    TakenOut(
        "H14",
        f"{CLINICAL}false_warnings.py::test_a_dose_that_is_due_is_called_too_many_or_too_soon_by_the_rules_of_before",
        "clinical.earlier_doses:_is_answered",
        always(value=True),
    ),
    TakenOut(
        "H57",
        "tests/desk/test_incidents.py::test_a_record_shows_the_incidents_about_it_on_each_of_its_versions",
        "desk.records.listing:incidents_about",
        always(()),
    ),
    TakenOut(
        "H59",
        "tests/desk/test_incidents.py::test_a_record_stays_while_an_incident_about_it_is_open_and_for_its_time_after",
        "history.retention:_in_use",
        always(""),
    ),
)
"""Tests that need fixtures: they run in a process of their own."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--taken-out", action="store_true", help="run each test of the table without its control"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Take the control of a test out around it, its fixtures too."""
    name = item.nodeid.partition("[")[0]
    with pytest.MonkeyPatch.context() as patch:
        for one in (*AT_ONCE, *IN_A_RUN):
            if item.config.option.taken_out and one.test == name:
                one.apply(patch)
        return (yield)
