"""Names of controlled drugs as people, scanners and other systems write them, over the whole list."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from digmed_desktop.clinical.concentration import least_mg_in_1_ml
from digmed_desktop.clinical.controlled_drugs import ControlledName, all_names, named_in
from digmed_desktop.clinical.emergency_supply import SuppliedItem, SupplyRoute
from digmed_desktop.clinical.near_names import nearly_named_in
from digmed_desktop.clinical.phrases import words
from digmed_desktop.clinical.problem import Severity
from digmed_desktop.clinical.questions.writer import Here
from digmed_desktop.clinical.record import Coded
from digmed_desktop.clinical.record_import import answers_of
from digmed_desktop.clinical.supply_law import judge
from digmed_desktop.clinical.supply_record import law_faults
from tests.clinical.supply_examples import reading, tablets
from tests.fhir import records

CODE = "39113611000001102"
CONTROLLED = [one for one in all_names() if one.schedules]
CYRILLIC = str.maketrans("aeocpxyAEOCPXMTHKB", "аеосрхуАЕОСРХМТНКВ")
NO_BREAK_SPACE, SOFT_HYPHEN, NO_WIDTH, TO_THE_RIGHT = "\u00a0", "\u00ad", "\u200b", "\u200e"

WHOLE: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "spaces that do not break": lambda name: f"{name} 10mg tablets".replace(" ", NO_BREAK_SPACE),
    "a hyphen nobody sees": lambda name: f"{name[:3]}{SOFT_HYPHEN}{name[3:]}",
    "a space without width": lambda name: f"{name[:3]}{NO_WIDTH}{name[3:]}",
    "a mark of direction": lambda name: f"{name[:3]}{TO_THE_RIGHT}{name[3:]}",
    "letters that look alike": lambda name: name.translate(CYRILLIC),
    "letters of full width": lambda name: "".join(
        chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name
    ),
    "a strength before": lambda name: f"10mg{name}",
    "a sign of trade": lambda name: f"{name}® 10mg",
    "another medicine before": lambda name: f"Paracetamol/{name}",
    "another medicine behind": lambda name: f"{name} + naloxone",
}


def found(product: str) -> set[str]:
    return {row.substance for row in named_in(product)}


def found_or_near(product: str) -> set[str]:
    near = {row.substance for row in nearly_named_in(product) if isinstance(row, ControlledName)}
    return near | found(product)


@pytest.mark.parametrize("written", WHOLE.values(), ids=WHOLE.keys())
def test_a_name_counts_however_its_signs_are_written(written: Callable[[str], str]) -> None:
    assert [one.name for one in CONTROLLED if one.substance not in found(written(one.name))] == []


@pytest.mark.parametrize("between", [" ", ".", "-"])
def test_a_name_counts_with_its_letters_apart(between: str) -> None:
    lettered = [one for one in CONTROLLED if one.name.isalpha()]
    assert [one.name for one in lettered if one.substance not in found(between.join(one.name))] == []


def test_a_name_with_a_salt_a_form_or_a_release_written_onto_it_is_at_least_asked_about() -> None:
    long_enough = [one for one in CONTROLLED if one.name.isalpha() and len(one.name) > 4]
    for number, one in enumerate(long_enough):
        behind = (
            "XL",
            "PR",
            "LA",
            "CR",
            "ER",
            "Continus",
            "Forte",
            "HCl",
            "mesilate",
            "inj",
            "tbl",
            "CRtabs",
        )
        written = one.name + behind[number % len(behind)]
        assert found_or_near(written), written


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Morphine and kaolin mixture", "kaolin and morphine"),
        ("kaolin/morphine", "kaolin and morphine"),
        ("Morphine with ipecacuanha", "ipecacuanha and morphine"),
        ("Ibuprofen with codeine", "codeine with ibuprofen"),
        ("caffeine, codeine and paracetamol", "codeine, paracetamol and caffeine"),
        ("paracetamol/caffeine/codeine", "codeine, paracetamol and caffeine"),
        ("cyclizine + morphine", "morphine and cyclizine"),
    ],
)
def test_the_parts_of_a_combination_stand_in_any_order(written: str, name: str) -> None:
    assert [row.name for row in named_in(written)] == [name]


def test_no_order_of_a_combination_stops_where_its_usual_one_asks() -> None:
    for one in CONTROLLED:
        first, and_, second = one.name.partition(" and ")
        if and_ and "," not in first and first.islower():
            assert named_in(f"{second}/{first}") == named_in(one.name), one.name


@pytest.mark.parametrize(
    ("written", "substance"),
    [
        ("Percocet 5mg/325mg tablets", "Oxycodone"),
        ("VICODIN ES", "Hydrocodone"),
        ("Norco 10/325", "Hydrocodone"),
        ("Dilaudid 2mg", "Hydromorphone"),
        ("Nucynta ER 50mg", "Tapentadol"),
        ("Ultram 50mg", "Tramadol"),
        ("MS-Contin 30mg", "Morphine"),
        ("MSContin 30mg", "Morphine"),
        ("Restoril 15mg", "Temazepam"),
        ("Stilnox 10mg", "Zolpidem"),
        ("Imovane 7,5mg", "Zopiclone"),
        ("Tylenol #3", "Codeine"),
        ("Tylenol No. 3", "Codeine"),
        ("Rubifen 10mg", "Methylphenidate"),
        ("DHC 60mg tablets", "Dihydrocodeine"),
        ("MPH XL 18mg", "Methylphenidate"),
        ("MSO4 10mg", "Morphine"),
        ("Tram 50mg caps", "Tramadol"),
        ("gaba 300mg", "Gabapentin"),
        ("Cod. phos. 30mg", "Codeine"),
        ("Co-cod 30/500", "Codeine"),
        ("Bup 8mg", "Buprenorphine"),
        ("Fent 25 patch", "Fentanyl"),
        ("Tinct. opii", "Opium, medicinal"),
    ],
)
def test_a_foreign_brand_or_an_abbreviation_is_asked_about_as_not_confirmed(
    written: str, substance: str
) -> None:
    (row,) = named_in(written)
    assert row.substance == substance
    item = SuppliedItem(product=Coded(written, CODE), legal_class="pom", schedule="none")
    for route in SupplyRoute:
        said = [one for one in judge(item, route) if one.field == "schedule"]
        assert [(one.asks, one.forbids) for one in said] == [(True, False)]
        assert "Not confirmed by a pharmacist" in said[0].sentence


@pytest.mark.parametrize(
    ("text", "in_1_ml"),
    [
        ("Oramorph 20mg/ml", "20"),
        ("20 mg/1 mL", "20"),
        ("100mg in 5ml", "20"),
        ("20 milligrams per millilitre", "20"),
        ("1g/50ml", "20"),
        ("2,000 micrograms/ml", "2"),
        ("2,5 mg/ml", "2.5"),
        ("0.2% solution", "2"),
        ("10mg/5ml with alcohol 10%", "2"),
        ("10mg/0ml", None),
        ("30mg/500mg tablets", None),
        ("10mg tablets", None),
    ],
)
def test_the_amount_in_one_millilitre_is_read_in_each_spelling(text: str, in_1_ml: str | None) -> None:
    assert least_mg_in_1_ml(text) == (Decimal(in_1_ml) if in_1_ml else None)


@pytest.mark.parametrize(
    ("strength", "stops"),
    [
        ("2.74mg/ml", False),
        ("2.75mg/ml", False),
        ("2.76mg/ml", True),
        ("20 mg/1 ml", True),
        ("2%", True),
        ("0.2%", False),
    ],
)
def test_a_stronger_solution_of_morphine_is_never_in_schedule_5(strength: str, stops: bool) -> None:
    for name in ("Oramorph", "Morphine sulfate"):
        item = SuppliedItem(
            product=Coded(f"{name} {strength} oral solution", CODE), legal_class="pom", schedule="5"
        )
        assert any(one.forbids for one in judge(item, SupplyRoute.PATIENT)) is stops


def test_a_word_of_an_amount_is_parted_from_a_name_and_not_from_its_plural() -> None:
    assert words("10mgMST") == ("10", "mg", "mst")
    assert words("25microgrampatches") == ("25", "microgram", "patches")
    assert words("10mgs 5mls") == ("10", "mgs", "5", "mls")
    assert words("vitamin B C") == ("vitamin", "b", "c")


@pytest.mark.parametrize(
    ("written", "stops"),
    [
        (f"Mor{SOFT_HYPHEN}phine{NO_BREAK_SPACE}10mg tablets", True),
        ("MORPHINE SULFATE 10MG TABLETS", True),
        ("Мorphine 10mg tablets", True),  # its first letter is Cyrillic
        ("m o r p h i n e 10mg tablets", True),
        ("Oramorph 20 mg/1 ml oral solution", True),
        ("kaolin/morphine mixture 200ml", False),
        ("Percocet 5mg tablets", False),
        ("LyricaPR 82.5mg tablets", False),
    ],
)
def test_each_door_holds_a_name_however_it_is_written(written: str, stops: bool) -> None:
    found = reading(tablets(product=f"{CODE}\t{written}", schedule="none"))
    about = [one for one in (*found.problems, *found.notes) if one.field.startswith("item.1.")]
    assert any(one.severity is Severity.STOP for one in about) is stops, about
    assert stops or any(one.needs_reason for one in about)
    made = records.supply()
    item = replace(
        made.items[0], product=Coded(written, CODE), strength="", schedule="none", legal_class="pom"
    )
    record = replace(made, items=(item,))
    at_build = {where.rpartition(".")[2] for where, _said in law_faults(record)}
    assert ("schedule" in at_build) is stops
    assert stops or "reason" in at_build
    taken = reading(answers_of(record, reading, Here())).problems
    of_name = ("item.1.schedule", "item.1.product")  # a hidden character stops at the product
    assert any(one.severity is Severity.STOP for one in taken if one.field in of_name) is stops
