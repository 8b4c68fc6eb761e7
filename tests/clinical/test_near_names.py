"""Misspelt names of controlled drugs and of Schedule 18 are asked about at each door; those of other medicines are not."""

from dataclasses import replace

import pytest

from digmed_desktop.clinical import law
from digmed_desktop.clinical.controlled_drugs import ControlledName, all_names, named_in
from digmed_desktop.clinical.emergency_supply import SuppliedItem, SupplyRoute
from digmed_desktop.clinical.near_names import nearly_named_in
from digmed_desktop.clinical.phrases import words
from digmed_desktop.clinical.record import Coded
from digmed_desktop.clinical.supply_law import judge
from digmed_desktop.clinical.supply_record import law_faults
from tests.clinical import ordinary_medicines
from tests.clinical.supply_examples import asked, reading, tablets
from tests.fhir import records

CODE = "39113611000001102"
LONG = [one for one in all_names() if one.schedules and len("".join(words(one.name))) >= 6]
SINGLE = [one for one in LONG if one.name.isalpha()]


def meant(product: str) -> set[str]:
    """Return the substances that a name is asked about or that it names outright."""
    near = {row.substance for row in nearly_named_in(product) if isinstance(row, ControlledName)}
    return near | {row.substance for row in named_in(product)}


def asks_of(name: str, route: SupplyRoute, legal_class: str = "pom") -> list[str]:
    item = SuppliedItem(
        product=Coded(name, CODE), legal_class=legal_class, schedule="none", preparation="other"
    )
    return [one.sentence for one in judge(item, route) if one.asks and one.field == "product"]


@pytest.mark.parametrize(
    ("written", "substance"),
    [
        ("M0rphine 10mg tablets", "Morphine"),
        ("0xycodone 5mg capsules", "Oxycodone"),
        ("5evredol 10mg tablets", "Morphine"),
        ("Fentany1 25 patches", "Fentanyl"),
        ("1orazepam 1mg tablets", "Lorazepam"),
        ("D1azepam 5mg", "Diazepam"),
        ("C0-c0dam0l 30/500", "Codeine"),
        ("Kodein 30mg", "Codeine"),
        ("Lyrka 75mg capsules", "Pregabalin"),
        ("Lyrca", "Pregabalin"),
        ("Xanex 1mg", "Alprazolam"),
        ("Gabpentn 300mg", "Gabapentin"),
        ("Temazeparn 10mg", "Temazepam"),
        ("Oxycod 10mg", "Oxycodone"),
        ("Pregab 75mg", "Pregabalin"),
        ("tabletsmorphine", "Morphine"),
        ("MSTtablets 10mg", "Morphine"),
        ("Oksykodon 10mg", "Oxycodone"),
        ("Tramad0l50", "Tramadol"),
        ("Morfina 10mg", "Morphine"),
        ("Genericoxycodone 5mg", "Oxycodone"),
    ],
)
def test_a_slip_of_the_pen_is_asked_about_and_stops_nothing(written: str, substance: str) -> None:
    for route in SupplyRoute:
        said = asks_of(written, route)
        assert [substance in one for one in said][:1] == [True], (written, said)


@pytest.mark.parametrize(
    ("written", "substance"),
    [
        ("MorphineSulfate10mg", "Morphine"),
        ("Morphinesulphate 10mg tablets", "Morphine"),
        ("Fentanylpatch", "Fentanyl"),
        ("Oxycodonehydrochloride5mg", "Oxycodone"),
        ("TRAMADOLCAPSULES 50mg", "Tramadol"),
        ("Tramadolsr 100mg", "Tramadol"),
        ("Codeinephosphatetablets", "Codeine"),
    ],
)
def test_a_name_with_its_salt_or_form_written_onto_it_counts_as_the_name(
    written: str, substance: str
) -> None:
    assert [row.substance for row in named_in(written)] == [substance]


def test_digits_for_letters_hide_no_name_of_the_list() -> None:
    for one in LONG:
        for letters in (
            str.maketrans("oO", "00"),
            str.maketrans("lL", "11"),
            str.maketrans("iI", "11"),
            str.maketrans("oOlL", "0011"),
        ):
            written = one.name.translate(letters)
            if written != one.name and one.name[:1].isalpha():
                assert one.substance in meant(f"{written} 10mg tablets"), written


def test_a_letter_left_out_doubled_or_changed_hides_no_name_of_one_word() -> None:
    for number, one in enumerate(SINGLE):
        place = 1 + number % (len(one.name) - 2)
        before, letter, after = one.name[:place], one.name[place], one.name[place + 1 :]
        for written in (f"{before}{letter}{letter}{after}", f"{before}q{after}", before + after):
            assert meant(f"{written} 10mg"), written


def test_no_name_of_another_medicine_is_asked_about() -> None:
    asked_about = {
        name: [row.name for row in nearly_named_in(f"{name} 10mg tablets")]
        for name in (*ordinary_medicines.names(), *(one.name for one in all_names() if not one.schedules))
    }
    assert {name: near for name, near in asked_about.items() if near} == {}
    assert len(asked_about) > 700


@pytest.mark.parametrize(
    ("written", "substance"),
    [
        ("Piracetem 800mg tablets", "piracetam"),
        ("Pirazetam 800mg tablets", "piracetam"),
        ("Pirac3tam", "piracetam"),
        ("Nootropyl 800mg", "piracetam"),
        ("Potasium bromide 200mg", "potassium bromide"),
        ("Pemolin 20mg", "pemoline"),
        ("Thiopentane sodium 500mg", "thiopentone"),
        ("Piracetamtablets", "piracetam"),
    ],
)
def test_a_misspelt_name_of_schedule_18_is_asked_about_at_the_patients_request_alone(
    written: str, substance: str
) -> None:
    said = [one for one in asks_of(written, SupplyRoute.PATIENT) if "Schedule 18" in one]
    stopped = [one for one in law.named_in(written) if one.confidence.may_stop]
    assert [substance in one for one in said] == [True] or [one.name for one in stopped] == [substance], said
    for other_class in ("p", "gsl"):
        if not stopped:
            assert [one for one in asks_of(written, SupplyRoute.PATIENT, other_class) if "Schedule 18" in one]
    assert not any("Schedule 18" in one for one in asks_of(written, SupplyRoute.PRESCRIBER))


def test_the_nearest_name_of_both_lists_is_the_one_that_is_asked_about() -> None:
    assert [row.name for row in nearly_named_in("Pirazetam 800mg")] == ["piracetam"]
    assert [row.name for row in nearly_named_in("Pinazepan 5mg")] == ["Pinazepam"]


def test_each_of_two_misspelt_names_is_asked_about() -> None:
    said = asks_of("Oxycodon with piracetem", SupplyRoute.PATIENT)
    assert sorted("Schedule 18" in one for one in said) == [False, True]


def test_every_single_name_of_schedule_18_is_near_with_one_slip() -> None:
    for one in law.substances():
        if one.name.isalpha() and len(one.name) >= 7:
            written = f"{one.name[:-3]}q{one.name[-2:]}"
            assert nearly_named_in(written), written


def test_the_form_and_a_record_of_another_system_ask_about_a_misspelt_name() -> None:
    made = records.supply()
    for written in ("M0rphine 10mg tablets", "Piracetem 800mg tablets", "Nootropyl 800mg tablets"):
        found = reading(tablets(product=f"{CODE}\t{written}", schedule="none"))
        assert "item.1.product" in asked(found), written
        item = replace(
            made.items[0], product=Coded(written, CODE), strength="", schedule="none", preparation="other"
        )
        faults = list(law_faults(replace(made, items=(item,))))
        assert any("do you mean" in sentence for _, sentence in faults), written
