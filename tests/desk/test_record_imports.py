"""Records of other systems, opened as drafts: what the form can hold is on it, the rest is in the notes."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from digmed_desktop import resources
from digmed_desktop.clinical import form, json_record
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.questions.writer import Here
from digmed_desktop.clinical.record import Coded, Quantity, Screening, ScreeningAnswer, VaccinationRecord
from digmed_desktop.clinical.record_import import HEADING, RULED, answers_of, left_open
from digmed_desktop.clinical.vaccination import Reading, read
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.searching import Search
from digmed_desktop.reference import roles
from digmed_desktop.reference.programmes import programme
from tests.clinical import supply_examples
from tests.clinical.examples import AGREED, NOW, complete_answers, complete_record, flu, pharmacy, vaccinator
from tests.desk.conftest import PHARMACIST, Counter
from tests.fhir import records
from tests.fhir.records import supply, vaccination

FIELDS = {one.id for one in form.load("vaccination").fields()}


def given_back(record: VaccinationRecord, place: int = 0) -> dict[str, str]:
    return answers_of(record, read_again, Here(flu(), lambda _who: "1"), place=place)


def read_again(answers: Mapping[str, str]) -> Reading:
    return read(
        answers, programme=flu(), pharmacy=pharmacy(), vaccinator=vaccinator(), now=NOW, agreed=AGREED
    )


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"patient__nhs_number": "", "patient__telephone": ""},
        {"vaccine__outcome": "not-given", "vaccine__not_given_reason": "declined"},
        {
            "vaccine__outcome": "not-given",
            "vaccine__not_given_reason": "other",
            "vaccine__not_given_other": "Fridge failed",
        },
        {"consent__given_by": "parent", "consent__name": "Ada", "consent__parent_present": "yes"},
        {"allergies__status": "recorded", "allergies__entries": "Latex: rash\nElastic plaster"},
        {"session__location": "care-home", "session__location_detail": "Elm House"},
        {"session__location": "elsewhere", "session__location_detail": "Village hall"},
        {"after__referral": "yes", "referral__to": "GP practice", "referral__reason": "Rash"},
        {"after__adverse": "observed", "after__adverse_note": "Fainted\nWell after ten minutes"},
        {"previous__finding": "dose-seen", "previous__note": "Seen on SCR", "vaccine__dose_number": "2"},
        {
            "vaccine__eligibility": "pregnant",
            "eligibility__due_date": "1/2/2027",
            "screening__pregnant": "yes",
        },
        {
            "after__chaperone": "Mr Lee",
            "contact__reason": "Sent by the practice",
            "after__notes": "Kept\nhere",
        },
        {"practice__registered": "no"},
        {"vaccine__product": "fluenz", "vaccine__route": "intranasal", "vaccine__site": "nose"},
    ],
)
def test_the_record_of_a_form_gives_the_same_record_again(changes: dict[str, str]) -> None:
    before = complete_record(**changes)
    answers = given_back(before)
    assert set(answers) <= FIELDS
    again = read_again(answers)
    assert again.record == before
    assert HEADING not in again.record.notes_kept_here


def test_what_the_form_has_no_place_for_is_kept_in_words() -> None:
    record = vaccination()
    one = replace(
        record.immunizations[0],
        product=Coded("A vaccine of tomorrow", "99"),
        manufacturer="Maker Ltd",
        dose=Quantity(record.immunizations[0].dose.value, Coded("drop")),  # it has one
        route=Coded("Into the ear"),
        dose_number=7,
        parent_present=True,
    )
    answers = given_back(
        replace(record, immunizations=(one,), service="Another service", legal_basis="Magic")
    )
    notes = answers["after.notes"]
    assert notes.startswith(HEADING)
    for words in (
        "A vaccine of tomorrow 99",
        "Maker Ltd",
        "0.50 drop",
        "Into the ear",
        "Which dose: 7",
        "Parent present: yes",
        "Another service",
        "Magic",
        "07700 900123",
        "Mrs",
    ):
        assert words in notes
    assert "vaccine.product" not in answers
    assert "vaccine.route" not in answers


@pytest.mark.parametrize("name", [n for n in resources.names("examples", ".json") if "supply" not in n])
def test_every_example_opens_as_a_draft_that_can_be_previewed(name: str, counter: Counter) -> None:
    taken = counter.desk.record_imports.take_in(resources.text(name))
    ((draft, form_id),) = taken.drafts
    answers = next(one for one in counter.desk.drafts() if one.id == draft).state.answers
    assert counter.desk.preview(form_id, FormState(answers)).sections
    assert answers["patient.family"] == "O'Neill"
    assert programme(answers["session.programme"])


def test_the_vaccinator_is_the_person_here_with_that_registration(counter: Counter) -> None:
    record = vaccination(
        vaccinator=replace(vaccination().vaccinator, registration="9999991")  # type: ignore[type-var] # there is one
    )
    counter.desk.record_imports.take_in(json_record.dumps(record))
    assert counter.desk.drafts()[0].state.answers["session.vaccinator"] == str(counter.ada)
    counter.clock.move(seconds=1)
    counter.desk.record_imports.take_in(json_record.dumps(vaccination()))
    answers = counter.desk.drafts()[0].state.answers
    assert "session.vaccinator" not in answers
    assert "Sam Patel GPhC 2099999" in answers["after.notes"]


def test_what_the_rules_say_of_the_record_alone_is_told_when_it_is_opened(counter: Counter) -> None:
    """Who vaccinated is nobody here, so the form cannot say that an assistant may not work under a PGD."""
    one = vaccination()
    assert one.vaccinator is not None
    assistant = replace(one.vaccinator, role=roles.role("assistant").coded)
    record = replace(one, vaccinator=assistant, legal_basis="Patient group direction (PGD)")
    counter.clock.move(seconds=4 * 3600)  # after the contact
    counter.desk.record_imports.take_in(json_record.dumps(record))
    answers = counter.desk.drafts()[0].state.answers
    assert "session.vaccinator" not in answers
    told = [line for line in left_open(answers) if line.startswith("Legal basis: ")]
    assert len(told) == 1
    assert "only registered staff" in told[0]
    assert RULED in answers["after.notes"].split("\n")
    counter.clock.move(seconds=1)
    counter.desk.record_imports.take_in(json_record.dumps(one))
    assert not left_open(counter.desk.drafts()[0].state.answers)


def test_words_that_are_no_name_of_their_code_are_told_when_the_record_is_opened(counter: Counter) -> None:
    one, bought = vaccination(), supply()
    (vaccine,), site = one.immunizations, one.immunizations[0].site
    assert site is not None
    odd = replace(site, display="Wexlo quorbat")
    counter.clock.move(seconds=4 * 3600)  # after the contact
    counter.desk.record_imports.take_in(
        json_record.dumps(replace(one, immunizations=(replace(vaccine, site=odd),)))
    )
    told = left_open(counter.desk.drafts()[0].state.answers)
    assert any("Check the site: its words do not name its code." in line for line in told), told
    assert bought.items[0].route is not None
    route = replace(bought.items[0].route, display="Wexlo quorbat")
    items = (replace(bought.items[0], route=route), *bought.items[1:])
    counter.clock.move(seconds=1)
    counter.desk.record_imports.take_in(json_record.dumps(replace(bought, items=items)))
    told = left_open(counter.desk.drafts()[0].state.answers)
    assert any("Check the route: its words do not name its code." in line for line in told), told


def test_two_vaccines_of_one_record_are_two_drafts_and_the_first_is_gone_on_with(counter: Counter) -> None:
    first = vaccination().immunizations[0]
    taken = counter.desk.record_imports.take_in(
        json_record.dumps(vaccination(immunizations=(first, replace(first, batch="SECOND"))))
    )
    assert len(taken.drafts) == 2
    kept = {one.id: one.state.answers["vaccine.batch"] for one in counter.desk.drafts()}
    assert [kept[draft] for draft, _ in taken.drafts] == ["Y3C491V", "SECOND"]


@pytest.mark.parametrize("text", ["", "{}", '{"format": "minor-illness", "version": 1, "record": {}}'])
def test_what_is_no_record_is_refused_with_the_reason(counter: Counter, text: str) -> None:
    with pytest.raises(DigMedError):
        counter.desk.record_imports.take_in(text)
    assert counter.desk.drafts() == ()


@pytest.mark.parametrize(
    "answers",
    [
        supply_examples.complete_answers(),
        supply_examples.tablets("prescriber"),
        supply_examples.tablets("patient", form="tablet", strength="5mg", indication="Pain"),
        supply_examples.complete_answers(
            {
                "decision.outcome": "not-supplied",
                "decision.asked_for": "Zopiclone",
                "decision.reason": "law",
                "decision.note": "Sent to\nthe practice",
            }
        ),
        supply_examples.complete_answers(
            {"contact.collector": "other", "contact.collected_by": "Ada Bell", "after.notes": "Kept here"}
        ),
    ],
)
def test_the_record_of_a_supply_gives_the_same_record_again(answers: dict[str, str]) -> None:
    before = supply_examples.reading(answers)
    answers = answers_of(before.record, supply_examples.reading, Here(person_id=lambda _who: "1"))
    again = supply_examples.reading(answers)
    assert again.record == before.record
    assert HEADING not in again.record.notes_kept_here


def test_the_example_of_a_supply_opens_as_a_draft_that_can_be_previewed(counter: Counter) -> None:
    taken = counter.desk.record_imports.take_in(
        resources.text("examples/emergency-supply-insulin-and-needles.json")
    )
    ((draft, form_id),) = taken.drafts
    answers = next(one for one in counter.desk.drafts() if one.id == draft).state.answers
    assert form_id == "emergency-supply"
    assert answers["item.count"] == "2"
    assert "Subcutaneous 34206005" in answers["after.notes"]
    assert counter.desk.preview(form_id, FormState(answers)).sections


def test_nothing_is_sent_by_an_import(counter: Counter) -> None:
    counter.desk.record_imports.take_in(json_record.dumps(vaccination()))
    assert counter.desk.listing.page(Search(), None, 10) == []
    assert complete_answers()


def test_a_record_whose_code_and_words_name_two_things_leaves_the_question_open_and_says_why() -> None:
    record = vaccination()
    (one,) = record.immunizations
    live = next(p.coded for p in flu().products.values() if p.live)
    by_words = next(p.coded for p in flu().products.values() if not p.coded.is_coded)
    declined = next(p.coded for p in flu().procedures if not p.given)
    second = next(p.coded for p in flu().procedures if p.given and p.dose_number == 2)
    thigh = next(c for key, c in flu().codes.items() if key == "right-thigh")
    nose = next(c for key, c in flu().codes.items() if key == "intranasal")
    risk = next(c for c in programme("pneumococcal").codes.values() if c.code == "398192003")
    not_given = replace(
        one, given=False, procedure=declined, not_given_reason=Coded("Generally unwell", "266758009"),
        product=None, batch="", expiry=None, dose=None, site=None, route=None, dose_number=None,
    )  # fmt: skip
    for question, changed in {
        "vaccine.product": replace(one, product=Coded(by_words.display, live.code)),
        "vaccine.outcome": replace(one, procedure=declined),
        "vaccine.dose_number": replace(one, procedure=second),
        "vaccine.site": replace(one, site=Coded(thigh.display, one.site.code)),
        "vaccine.route": replace(one, route=Coded(nose.display, one.route.code)),
        "vaccine.eligibility": replace(one, indication=Coded("Occupation", risk.code)),
        "vaccine.not_given_reason": not_given,
    }.items():
        answers = given_back(replace(record, immunizations=(changed,)))
        assert question not in answers, question
        label = form.load("vaccination").field(question).label
        assert any(line.startswith(f"{label}: ") for line in left_open(answers)), question
    assert not left_open(given_back(record))


def test_an_item_whose_code_and_words_name_two_medicines_is_left_open(counter: Counter) -> None:
    record = supply()
    first, second = record.items
    assert first.product is not None
    assert second.product is not None
    two = replace(second, product=Coded(first.product.display, second.product.code))
    text = json_record.dumps(replace(record, items=(first, two)))
    ((draft, _form),) = counter.desk.record_imports.take_in(text).drafts
    answers = next(one for one in counter.desk.drafts() if one.id == draft).state.answers
    assert answers["item.1.product"]
    assert not answers.get("item.2.product")
    assert len(left_open(answers)) == 1


def test_an_own_product_whose_code_stands_beside_other_words_is_not_taken() -> None:
    record, by_words = vaccination(), next(p for p in flu().products.values() if not p.coded.is_coded)
    own = replace(by_words, id="own-1", coded=Coded("Own vaccine", "43207411000001199"))
    here = Here(flu().with_products([own]), lambda _who: "1")
    for words, wanted in {by_words.coded.display: "", "Own vaccine": "own-1", "Unknown": "own-1"}.items():
        one = replace(record.immunizations[0], product=Coded(words, own.coded.code))
        answers = answers_of(replace(record, immunizations=(one,)), read_again, here)
        assert answers.get("vaccine.product", "") == wanted, words


def test_a_record_with_more_items_than_a_form_takes_is_refused_whole_and_in_words(counter: Counter) -> None:
    made = records.supply()
    text = json_record.dumps(replace(made, items=(made.items[0],) * 9))
    with pytest.raises(DigMedError) as refused:
        counter.desk.record_imports.take_in(text)
    assert "9 items" in str(refused.value.remedy)
    assert counter.desk.drafts() == ()


def test_a_yes_to_a_question_that_the_form_has_not_asks_before_the_vaccination() -> None:
    """It is no answer to the first question of the screening, and not only a line at the end of the form."""
    strange = (ScreeningAnswer("Is on warfarin", answer=True), ScreeningAnswer("Is a smoker", answer=False))
    record = replace(complete_record(), screening=Screening(strange, "Asked twice"))
    answers = given_back(record)
    assert answers["screening.note"] == "Asked twice\nThe other system recorded Yes to: Is on warfarin"
    asked = [p for p in read_again(answers).notes if p.field == "screening.note" and p.needs_reason]
    assert len(asked) == 1
    left = [line for line in answers["after.notes"].split("\n") if "warfarin" in line or "smoker" in line]
    assert left == ["Screening: Is on warfarin: yes; Is a smoker: no"]
    assert "screening.unwell" not in answers


def test_a_question_of_the_health_screen_is_known_by_its_words_however_they_are_written() -> None:
    words = flu().screening["unwell"]
    for written in (words, words.upper(), f" {words} "):
        record = replace(vaccination(), screening=Screening((ScreeningAnswer(written, answer=True),)))
        answers = given_back(record)
        assert answers["screening.unwell"] == "yes", written
        assert "screening.note" not in answers


def test_who_another_system_names_is_confirmed_and_two_of_one_name_are_nobody(counter: Counter) -> None:
    named = replace(PHARMACIST, registration="")
    record = json_record.dumps(vaccination(vaccinator=named))
    (draft, _form), *_more = counter.desk.record_imports.take_in(record).drafts
    kept = counter.store.drafts.get(draft)
    assert kept is not None
    assert kept.state.answers["session.vaccinator"] == str(counter.ada)
    assert kept.state.carried == {"session.vaccinator"}
    counter.store.people.add(replace(PHARMACIST, registration="9999992"), "slow-hash")
    (draft, _form), *_more = counter.desk.record_imports.take_in(record).drafts
    again = counter.store.drafts.get(draft)
    assert again is not None
    assert not again.state.answers.get("session.vaccinator")
