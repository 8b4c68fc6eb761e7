"""An allergy on the form against the product: by name, ingredient and group, at the form and in a record."""

import pytest

from digmed_desktop.clinical.allergy_check import FILE, judge_allergies
from digmed_desktop.clinical.emergency_supply import SuppliedItem
from digmed_desktop.clinical.medicine_files import AllergiesFile
from digmed_desktop.clinical.record import Allergies, Allergy, Coded
from digmed_desktop.data_files.source import OWN
from tests.clinical.supply_examples import asked, reading, tablets

GROUPS = OWN.read(FILE, AllergiesFile).group
CODE = "39113611000001102"


def doubted(product: str, *agents: str) -> list[str]:
    allergies = Allergies(entries=tuple(Allergy(Coded(agent)) for agent in agents))
    return [
        one.sentence for one in judge_allergies(SuppliedItem(product=Coded(product)), allergies) if one.asks
    ]


def test_every_medicine_of_a_group_is_doubted_with_every_word_for_an_allergy_to_it() -> None:
    for group in GROUPS:
        for medicine in group.medicines:
            for word in group.allergy:
                assert doubted(f"{medicine} 10mg (Example Ltd)", word), (medicine, word)
            assert doubted(medicine, group.medicines[0]), medicine


@pytest.mark.parametrize(
    ("product", "agent"),
    [
        ("Ramipril 5mg tablets", "ramiprill"),
        ("Ramipril 5mg tablets", "RAMIPRIL 2.5mg"),
        ("Oramorph 10mg/5ml oral solution", "Morphine"),
        ("Zapain 30mg/500mg tablets", "codeine phosphate"),
        ("Amoxicillin 500mg capsules", "penicilin"),
        ("Example 10mg tablets", "example"),
    ],
)
def test_another_name_of_the_medicine_is_doubted(product: str, agent: str) -> None:
    assert doubted(product, "Plasters", agent)


@pytest.mark.parametrize(
    ("product", "agent"),
    [
        ("Ramipril 5mg tablets", "Penicillin"),
        ("Amoxicillin 500mg capsules", "House dust mite"),
        ("Paracetamol 500mg tablets", "Tablets with lactose"),
        ("Salbutamol 100micrograms/dose inhaler", "Aspirin"),
        ("Humulin M3 100units/ml suspension for injection", "Bee stings: swelling after injection"),
        ("Metformin 500mg tablets", "Methotrexate"),
    ],
)
def test_an_allergy_to_something_else_says_nothing(product: str, agent: str) -> None:
    assert doubted(product, agent) == []


def test_the_form_wants_a_reason_and_says_nothing_of_what_was_typed() -> None:
    answers = tablets(product=f"{CODE}\tAmoxicillin 500mg capsules")
    told = {"allergies.status": "recorded", "allergies.entries": "Penicillin VK, 1988: rash"}
    found = reading(answers | told)
    assert asked(found) == ["item.1.product"]
    assert "1988" not in found.notes[0].sentence
    (key,) = (one.reason_key for one in found.notes)
    worse = reading(answers | told | {"allergies.entries": "Penicillin: anaphylaxis"})
    assert key not in {one.reason_key for one in worse.notes}, "another allergy is asked about anew"
    assert asked(reading(answers | {"allergies.status": "none-known"})) == []
