"""The link between questions and the record: whole, true, and the same in both directions."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digmed_desktop.clinical import form
from digmed_desktop.clinical.dates import shown, shown_time
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.questions.binding import QuestionSet, value_at
from digmed_desktop.clinical.questions.forms import SETS
from digmed_desktop.clinical.questions.writer import Here
from digmed_desktop.clinical.reading import Reading
from digmed_desktop.clinical.record import Quantity
from digmed_desktop.clinical.record_import import HEADING, NOTES, answers_of
from digmed_desktop.clinical.units import amount
from digmed_desktop.clinical.vaccination import read
from digmed_desktop.reference.programmes import programmes
from tests.clinical import supply_examples
from tests.clinical.examples import NOW, pharmacy, vaccinator
from tests.clinical.random_answers import answers
from tests.fhir.random_records import supplies, vaccinations

every_set = pytest.mark.parametrize("questions", SETS.values(), ids=SETS)


@every_set
def test_every_question_of_a_form_is_bound_to_an_attribute(questions: QuestionSet) -> None:
    asked = {field.id for field in questions.form.fields()}
    bound = {one for binding in questions.bindings for one in (binding.question, *binding.besides)}
    assert bound == asked


@every_set
def test_every_attribute_of_a_record_is_bound_or_named_as_not_asked(questions: QuestionSet) -> None:
    bound, unasked = {one.path for one in questions.bindings}, questions.unasked.keys()
    assert bound | unasked == set(questions.attributes())
    assert not bound & unasked
    for path in questions.attributes():
        value_at(questions.record(), path)


@every_set
def test_no_attribute_is_bound_twice(questions: QuestionSet) -> None:
    paths = [one.path for one in questions.bindings]
    assert len(paths) == len(set(paths))


@every_set
def test_the_question_of_an_attribute_leads_back_to_it(questions: QuestionSet) -> None:
    for binding in questions.bindings:
        assert questions.question(binding.path, 2) == binding.at(2)
    for path in questions.unasked:
        assert questions.question(path) == ""
    assert questions.question("patient") == questions.question("patient.nhs_number")
    assert questions.question("allergies.entries.agent.display") == "allergies.entries"
    assert questions.question("clinician.name.family").startswith("session.")


def reading_in(programme: Programme) -> Any:
    def reading(given_answers: Mapping[str, str]) -> Reading[Any]:
        return read(
            given_answers,
            programme=programme,
            pharmacy=pharmacy(),
            vaccinator=vaccinator() if given_answers.get("session.vaccinator") else None,
            now=NOW,
            agreed=(programme.agreement,),
        )

    return reading


def here_in(programme: Programme | None) -> Here:
    """This pharmacy, of which the two people of the examples are the only ones."""
    return Here(programme, lambda who: "1" if who in (vaccinator(), supply_examples.PHARMACIST) else "")


@settings(max_examples=40)
@given(st.data())
def test_a_vaccination_that_a_form_holds_fills_the_form_with_the_same_record(data: st.DataObject) -> None:
    programme = data.draw(st.sampled_from(programmes()))
    reading = reading_in(programme)
    record = reading(data.draw(answers("vaccination", programme.lists))).record
    filled = answers_of(record, reading, here_in(programme))
    assert reading(filled).record == record
    assert filled == answers_of(reading(filled).record, reading, here_in(programme))


@settings(max_examples=40)
@given(answers("emergency-supply", {}))
def test_a_supply_that_a_form_holds_fills_the_form_with_the_same_record(typed: dict[str, str]) -> None:
    record = supply_examples.reading(typed).record
    filled = answers_of(record, supply_examples.reading, here_in(None))
    assert supply_examples.reading(filled).record == record


def texts_of(value: object) -> Iterator[str]:
    """Every word and number that a record says, as people read it."""
    if isinstance(value, datetime):
        yield shown_time(value)
    elif isinstance(value, date):
        yield shown(value)
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, Quantity):
        yield amount(value)
    elif isinstance(value, str | int):
        yield str(value)
    elif isinstance(value, tuple):
        for one in value:
            yield from texts_of(one)
    elif is_dataclass(value):
        for part in fields(value):
            if part.name != "system":
                yield from texts_of(getattr(value, part.name))


def unsaid(record: Any, filled: Mapping[str, str], again: Any) -> list[str]:
    """What the record says and neither the form, read again, nor its answers and notes say."""
    held = set(texts_of(replace(again, notes_kept_here="")))
    typed = "\n".join(filled.values())
    return [text for text in texts_of(record) if text.strip() and text not in held and text not in typed]


@settings(max_examples=20)
@given(st.data())
def test_nothing_that_another_system_recorded_of_a_vaccination_is_dropped(data: st.DataObject) -> None:
    record = data.draw(vaccinations())
    record = replace(record, contact_at=NOW, immunizations=record.immunizations[:1])
    known = {one.id: one for one in programmes()}
    programme = known.get(record.immunizations[0].programme)
    reading = reading_in(programme or programmes()[0])
    filled = answers_of(record, reading, here_in(programme))
    assert unsaid(record, filled, reading(filled).record) == []


ALWAYS = {
    *("registered", "no_practice", "identity_checked", "supplied", "not_supplied_reason"),
    *(
        "consent.to_sharing",
        "patient.traced",
        "practice.ods_code",
        "pharmacy.ods_code",
        "immunizations.programme",
    ),
}
"""What every random record says alike, because no message could be made of it otherwise."""


@every_set
def test_random_records_say_each_attribute_in_more_than_one_way(questions: QuestionSet) -> None:
    seen: dict[str, set[str]] = {}

    @settings(max_examples=250, derandomize=True, database=None)
    @given(vaccinations() if questions.form_id == "vaccination" else supplies())
    def look(record: Any) -> None:
        for path in questions.attributes():
            seen.setdefault(path, set()).add(str(value_at(record, path)))

    look()
    assert {path for path, values in seen.items() if len(values) < 2} - ALWAYS == set()


@settings(max_examples=20)
@given(supplies())
def test_nothing_that_another_system_recorded_of_a_supply_is_dropped(record: Any) -> None:
    record = replace(record, contact_at=supply_examples.NOW)
    filled = answers_of(record, supply_examples.reading, here_in(None))
    assert unsaid(record, filled, supply_examples.reading(filled).record) == []


@settings(max_examples=20)
@given(supplies())
def test_a_form_filled_from_a_record_answers_only_what_it_asks(record: Any) -> None:
    filled = answers_of(record, supply_examples.reading, here_in(None))
    laid_out = form.load("emergency-supply").laid_out(filled)
    assert set(filled) - {form.count_id("item")} <= laid_out.asked(filled)


def test_more_items_than_a_form_asks_about_are_named() -> None:
    record = supply_examples.reading(supply_examples.complete_answers()).record
    many = replace(record, items=tuple(replace(record.items[0], strength=f"{n}mg") for n in range(12)))
    filled = answers_of(many, supply_examples.reading, here_in(None))
    again = supply_examples.reading(filled).record
    assert len(again.items) < 12
    assert unsaid(many, filled, again) == []
    assert HEADING in value_at(again, NOTES)
