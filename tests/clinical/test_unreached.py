"""GP care that the electronic messages do not reach: each kind goes its way at the form, at import and at build."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from digmed_desktop.clinical import record_judgement, unreached
from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord
from digmed_desktop.clinical.form import load
from digmed_desktop.clinical.practices import ListedPractice, NotOpen
from digmed_desktop.clinical.problem import Problem, line_of_reason
from digmed_desktop.clinical.reading import Reading
from digmed_desktop.clinical.record import Address, NoPractice, Organisation, VaccinationRecord
from digmed_desktop.clinical.unreached_file import NAME, PlaceRow, PlacesFile
from digmed_desktop.data_files.source import OWN
from digmed_desktop.fhir import editions
from digmed_desktop.fhir.problems import problems_of
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.reference.programmes import programmes
from tests.clinical import examples, supply_examples
from tests.clinical.doors import through

Record = VaccinationRecord | EmergencySupplyRecord
AnyReading = Reading[VaccinationRecord] | Reading[EmergencySupplyRecord]
PLACES = OWN.read(NAME, PlacesFile).place
SOMEWHERE = {"practice.ods_code": "A81001", "practice.name": "Overtown Surgery", "practice.postcode": ""}
FORMS = ("vaccination", "emergency-supply")


def forms(answers: dict[str, str]) -> Iterator[tuple[AnyReading, Kind]]:
    """Both forms with these answers."""
    yield (
        examples.reading(**{key.replace(".", "__"): value for key, value in answers.items()}),
        Kind.VACCINATION,
    )
    yield (
        supply_examples.reading(supply_examples.complete_answers(answers)),
        Kind.EMERGENCY_SUPPLY,
    )


def told(row: PlaceRow) -> Iterator[dict[str, str]]:
    """Answers that each tell the place in another way."""
    for form in row.codes:
        yield {"practice.ods_code": form.replace("#", "7")}
    for name in row.names:
        yield {"practice.name": f"{name} Overtown, Health Centre"}
    for area in row.postcodes:
        yield {"practice.postcode": f"{area}{'' if area[-1].isdigit() else '1'} 4AP"}


WAYS = [(row, answers) for row in PLACES for answers in told(row)]


@pytest.mark.parametrize(("row", "answers"), WAYS, ids=[f"{row.id}: {way}" for row, way in WAYS])
def test_a_place_goes_its_way_at_the_form_at_import_and_at_build(
    row: PlaceRow, answers: dict[str, str]
) -> None:
    (question,) = answers
    for reading, kind in forms(SOMEWHERE | answers):
        said = [one for one in (*reading.problems, *reading.notes) if one.sentence == row.sentence]
        assert [one.field for one in said] == [question]
        assert (said[0] in reading.on_paper) is (row.weight == "paper")
        assert reading.only_on_paper is (row.weight == "paper")
        assert said[0].needs_reason is (row.weight == "warn")
        at_build(reading.record, kind, row, question)
    every = through(examples.complete_answers() | SOMEWHERE | answers, examples.flu())
    assert row.sentence in every.at_import


def at_build(record: Record, kind: Kind, row: PlaceRow, question: str) -> None:
    """Nothing is built for a place that paper alone reaches; another is built once a note says why."""
    edition = editions.default_for(kind)
    refused = [one.sentence for one in problems_of(record, edition)]
    faults = record_judgement.judge(programmes(), record, (), examples.NOW).faults
    asked = [sentence for _where, sentence in faults]
    if row.weight == "paper":
        assert row.sentence in refused
        return
    assert refused == []
    assert row.sentence in asked
    note = line_of_reason(Problem(question, row.sentence, needs_reason=True), "The practice moved to England")
    answered = replace(record, notes_kept_here=note)
    faults = record_judgement.judge(programmes(), answered, (), examples.NOW).faults
    assert row.sentence not in [sentence for _where, sentence in faults]


@pytest.mark.parametrize(
    "practice",
    [
        Organisation("Overtown Surgery", "A81001", Address(postcode="TS18 1HU")),
        Organisation("Old Prison Lane Surgery", "Y02002", Address(postcode="LS1 8TL")),
        Organisation("Barrack Road Medical Centre", "C81001", Address(postcode="S1 4JP")),
        Organisation("Welsh Back Surgery", "L81007", Address(postcode="GL1 1AA")),
        Organisation("Scotland Road Surgery", "N82001", Address(postcode="L3 6AA")),
        Organisation("Hillside", "P81001", Address(postcode="WA1 1AA")),
        Organisation(),
    ],
    ids=lambda practice: practice.name or "nothing entered",
)
def test_a_practice_in_england_raises_nothing(practice: Organisation) -> None:
    assert unreached.of_practice(practice) is None


NEXT_STEPS = {
    NoPractice.NOT_REGISTERED: ("give the patient a paper copy",),
    NoPractice.STAYING: ("where they are registered", "Answer Yes above"),
    NoPractice.OUTSIDE_ENGLAND: ("England only", "take it to their practice"),
    NoPractice.ARMED_FORCES: ("armed forces", "paper copy for their medical centre"),
    NoPractice.PRISON: ("prison", "Send it a paper copy"),
    NoPractice.ABROAD: ("doctor abroad", "ZZ99 3WZ"),
    NoPractice.RESTRICTED: ("Ask only the patient", "do not look in any other system"),
    NoPractice.DECEASED: ("having died", "Check name, date of birth and number", "telephone"),
}
"""The words with the next step for each patient whose GP care gets no electronic message."""
WITH_A_REASON = {NoPractice.STAYING, NoPractice.DECEASED}


@pytest.mark.parametrize("why", NoPractice)
def test_each_patient_without_a_practice_gets_the_next_step(why: NoPractice) -> None:
    for reading, kind in forms({"practice.registered": "no", "practice.why_none": why.value}):
        said = [one for one in (*reading.problems, *reading.notes) if one.field.startswith("practice.")]
        for words in NEXT_STEPS[why]:
            assert any(words in one.sentence for one in said), words
        assert any(one.needs_reason for one in said) is (why in WITH_A_REASON)
        assert reading.only_on_paper
        assert reading.record.no_practice is why
        assert problems_of(reading.record, editions.default_for(kind))


@pytest.mark.parametrize("why", sorted(WITH_A_REASON))
def test_a_reason_is_asked_at_build_and_import_too(why: NoPractice) -> None:
    answers = examples.complete_answers() | {"practice.registered": "no", "practice.why_none": why.value}
    for record in (
        through(answers, examples.flu()).record,
        supply_examples.reading(
            supply_examples.complete_answers({"practice.registered": "no", "practice.why_none": why.value})
        ).record,
    ):
        faults = record_judgement.judge(programmes(), record, (), examples.NOW).faults
        assert any(NEXT_STEPS[why][0] in sentence for _where, sentence in faults)
    assert any(NEXT_STEPS[why][0] in sentence for sentence in through(answers, examples.flu()).at_import)


@pytest.mark.parametrize("form", FORMS)
def test_every_reason_is_offered_by_both_forms(form: str) -> None:
    question = load(form).field("practice.why_none")
    assert [one.id for one in question.options] == [one.value for one in NoPractice]


@pytest.mark.parametrize(
    ("called", "says"),
    [
        ("HMP Overtown", "Send it a paper copy"),
        ("Overtown Walk-in Centre", "does not list this as a GP practice"),
    ],
)
def test_what_the_directory_lists_as_no_practice_leads_to_the_next_step(called: str, says: str) -> None:
    listed = ListedPractice(Organisation(called, "Y04567"), open=False, why_not_open=NotOpen.NO_PRACTICE)
    assert says in (listed.refusal(examples.NOW.date()) or "")
