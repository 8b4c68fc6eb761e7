"""Rows, problems and findings of a message name attributes of the record, and so the questions of its form."""

import pytest
from lxml import etree

from digmed_desktop.clinical.questions.binding import QuestionSet, value_at
from digmed_desktop.clinical.questions.forms import SETS, of
from digmed_desktop.data_files.source import OWN
from digmed_desktop.fhir.edition import Edition
from digmed_desktop.fhir.editions import all_editions
from digmed_desktop.fhir.items import Record
from digmed_desktop.fhir.message import IncompleteRecordError, hold_to_the_rules
from digmed_desktop.fhir.sections import ITEMS
from tests.fhir.golden_cases import message
from tests.fhir.records import supply, vaccination

FOUND_AT = {
    (resource, element): path
    for resource, elements in OWN.raw("conformance/attributes.toml").items()
    for element, path in elements.items()
}


def is_attribute(questions: QuestionSet, path: str) -> bool:
    first = path.partition(".")[0]
    own = path.replace(first, questions.synonyms.get(first, first), 1)
    try:
        value_at(questions.record(), own)
    except AttributeError:
        return False
    return any(f"{own}.".startswith(f"{known}.") for known in questions.attributes())


@pytest.mark.parametrize("edition", all_editions(), ids=lambda one: one.id)
def test_every_row_of_an_edition_names_an_attribute_of_its_record(edition: Edition) -> None:
    questions = SETS[edition.kind.form]
    paths = {ITEMS[row.item].path for plan in edition.sections for row in plan.rows}
    assert {path for path in paths if path and not is_attribute(questions, path)} == set()


def test_every_element_leads_to_an_attribute() -> None:
    lost = {at for at, path in FOUND_AT.items() if not any(is_attribute(one, path) for one in SETS.values())}
    assert lost == set()


def test_who_acted_is_the_question_of_each_form() -> None:
    assert of(vaccination()).question("clinician.registration") == "session.vaccinator"
    assert of(supply()).question("clinician.registration") == "session.pharmacist"


@pytest.mark.parametrize(
    ("record", "question"), [(vaccination(), "session.vaccinator"), (supply(), "session.pharmacist")]
)
def test_a_finding_at_who_acted_leads_to_that_question(record: Record, question: str) -> None:
    root = etree.fromstring(message(record).payload)
    name = root.find(".//{*}Practitioner/{*}name/{*}family")
    assert name is not None
    name.set("value", "")
    with pytest.raises(IncompleteRecordError) as refused:
        hold_to_the_rules(record, etree.tostring(root))
    assert {problem.field for problem in refused.value.problems} == {question}


def test_a_finding_at_the_second_item_leads_to_its_question() -> None:
    record = supply()
    root = etree.fromstring(message(record).payload)
    days = root.findall(".//{*}MedicationDispense/{*}daysSupply/{*}value")
    days[1].set("value", "many")
    with pytest.raises(IncompleteRecordError) as refused:
        hold_to_the_rules(record, etree.tostring(root))
    assert {problem.field for problem in refused.value.problems} == {"item.2.days"}
