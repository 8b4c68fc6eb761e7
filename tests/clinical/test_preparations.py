"""The kind of preparation against name and dm+d form, and what is checked of a medicine of high risk."""

from dataclasses import replace
from decimal import Decimal

import pytest

from digmed_desktop.clinical import high_risk
from digmed_desktop.clinical.emergency_supply import ItemKind, SuppliedItem, SupplyRoute
from digmed_desktop.clinical.medicine import Medicine
from digmed_desktop.clinical.medicine_files import PreparationsFile
from digmed_desktop.clinical.record import Coded, Quantity
from digmed_desktop.clinical.supply_finding import Finding
from digmed_desktop.clinical.supply_law import judge
from digmed_desktop.data_files.source import OWN
from tests.clinical.supply_examples import asked as asked_for
from tests.clinical.supply_examples import reading, tablets

CODE = "39113611000001102"
FILE = OWN.read("medicines/preparations.toml", PreparationsFile)
ANSWERS = ("other", *(row.id for row in FILE.kind))


def of_preparation(name: str, answered: str, form: str = "", typed_form: str = "") -> list[Finding]:
    product = Coded(name, CODE)
    item = SuppliedItem(
        product=product,
        legal_class="pom",
        schedule="none",
        preparation=answered,
        form=Coded(typed_form) if typed_form else None,
    )
    listed = Medicine(product, ItemKind.MEDICINE, "", "pom", "none", form) if form else None
    return [one for one in judge(item, SupplyRoute.PATIENT, listed) if one.field == "preparation"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Ventolin 100micrograms/dose Evohaler", "asthma-aerosol"),
        ("Ventolin", "asthma-aerosol"),
        ("NovoRapid FlexPen 100units/ml solution for injection 3ml pre-filled pens", "insulin"),
        ("Amoxicillin 250mg/5ml oral suspension", "liquid-antibiotic"),
        ("AMOXICILLIN 125mg/5ml Oral Suspension paediatric", "liquid-antibiotic"),
        ("Microgynon 30 tablets", "oral-contraceptive"),
        ("Dermovate 0.05% ointment", "ointment-cream"),
        ("Fucidin 20mg/g cream", "ointment-cream"),
    ],
)
def test_a_name_of_a_kind_with_a_limit_of_its_own_asks_where_another_kind_was_answered(
    name: str, kind: str
) -> None:
    for answered in ANSWERS:
        asked = [one for one in of_preparation(name, answered) if one.asks]
        assert bool(asked) == (answered != kind), answered
        assert all("Source: " in one.said and "Not confirmed" in one.said for one in asked)


@pytest.mark.parametrize(
    "name",
    [
        "Ventolin 2.5mg/2.5ml Nebules",
        "Ventolin 200micrograms/dose Accuhaler",
        "Salbutamol 2mg/5ml oral solution sugar free",
        "Amoxicillin 500mg capsules",
        "Chloramphenicol 1% eye ointment",
        "Insulin syringe with needle 0.5ml",
        "Ozempic 1mg/0.74ml solution for injection 3ml pre-filled pens",
        "Paracetamol 500mg tablets",
    ],
)
def test_a_name_that_only_looks_like_one_of_these_kinds_asks_nothing(name: str) -> None:
    assert of_preparation(name, "other") == []


def test_the_form_of_dmd_is_believed_before_the_name() -> None:
    for row in FILE.kind:
        for form in row.forms if row.tell_by == "form" else ():
            assert [one.asks for one in of_preparation("Zzyntholam 1%", "other", form)] == [True]
            assert of_preparation("Zzyntholam 1%", row.id, form) == []
    assert of_preparation("Ventolin", "other", "Inhalation powder") == []
    (said,) = of_preparation("Ventolin", "asthma-aerosol", "Inhalation powder")
    assert said.asks
    assert "not an aerosol" in said.sentence


def test_every_name_of_the_data_asks_under_any_other_answer() -> None:
    for row in FILE.kind:
        word = (row.words or [""])[0]
        for name in (*(row.names or ()), *(row.further or ())):
            assert of_preparation(f"{name} {word}", "other"), name
            assert of_preparation(f"{name} {word}", row.id) == [], name


def test_no_preparation_and_no_medicine_of_high_risk_stops() -> None:
    for row in high_risk.rows():
        for name in row.names:
            item = SuppliedItem(product=Coded(f"{name} 10mg", CODE), legal_class="pom", schedule="none")
            found = [one for one in judge(item, SupplyRoute.PATIENT) if row.check in one.sentence]
            assert found, name
            assert [one.asks for one in found] == [row.confidence.may_stop]
            assert not found[0].forbids
            assert found[0].source == row.source
            assert "Not confirmed by a pharmacist" in found[0].sentence


def test_the_check_of_a_medicine_of_high_risk_wants_its_reason_on_the_form() -> None:
    asked = next(row for row in high_risk.rows() if row.confidence.may_stop)
    answers = tablets(product=f"{CODE}\t{asked.names[0]} 200mg tablets")
    found = reading(answers)
    assert found.problems == ()
    assert asked_for(found) == ["item.1.product"]
    assert asked.source in found.notes[0].sentence
    appliance = SuppliedItem(ItemKind.APPLIANCE, Coded(f"{asked.names[0]} box"))
    assert not any(asked.check in one.sentence for one in judge(appliance, SupplyRoute.PATIENT))


def test_a_code_that_dmd_has_under_another_name_asks() -> None:
    listed = Medicine(Coded("Oxycodone 5mg capsules (B)", CODE), ItemKind.MEDICINE, "capsule", "pom", "2")
    item = SuppliedItem(product=Coded("Paracetamol 500mg tablets", CODE), legal_class="pom", schedule="2")
    assert any(
        one.asks and "a different name" in one.sentence for one in judge(item, SupplyRoute.PATIENT, listed)
    )
    same = replace(item, product=Coded("OXYCODONE 5mg capsules", CODE))
    assert not any("a different name" in one.sentence for one in judge(same, SupplyRoute.PATIENT, listed))


def supplied(name: str, answered: str, unit: str, days: int) -> SuppliedItem:
    return SuppliedItem(
        product=Coded(name, CODE),
        legal_class="pom",
        schedule="none",
        preparation=answered,
        amount_is="smallest",
        quantity=Quantity(Decimal(1), Coded(unit)),
        days=days,
    )


WRONG = [
    ("Ramipril 5mg tablets", "tablet"),
    ("Omeprazole 20mg gastro-resistant capsules", "capsule"),
    ("Levothyroxine sodium 50microgram tablets", ""),
    ("Ramipril", "tab"),
    ("Furosemide 20mg/5ml oral solution sugar free", "ml"),
    ("Estradiol 50micrograms/24hours transdermal patches", "patch"),
    ("Semaglutide 1mg/0.74ml solution for injection 3ml pre-filled pens", "pen"),
]


def test_a_wrong_kind_asks_and_gives_no_longer_limit_unseen() -> None:
    for name, unit in WRONG:
        for row in FILE.kind:
            if row.tell_by == "form" and not any(word in name for word in ("tablet", "capsule", "patch")):
                continue  # nothing says the form
            for days, fields in ((30, ["preparation"]), (31, ["days", "preparation"])):
                item = supplied(name, row.id, unit, days)
                found = [one for one in judge(item, SupplyRoute.PATIENT) if one.asks and one.field in fields]
                assert sorted({one.field for one in found}) == fields, (name, row.id, days)
                assert not any(one.forbids for one in found)
                assert all("Source: " in one.said for one in found)
            by_prescriber = judge(supplied(name, row.id, unit, 29), SupplyRoute.PRESCRIBER)
            assert {one.field for one in by_prescriber if one.asks} - {"form", "strength"} == {"preparation"}


@pytest.mark.parametrize(
    ("name", "answered", "unit"),
    [
        ("Ventolin 4mg", "asthma-aerosol", "tablet"),
        ("Dermovate", "ointment-cream", "capsule"),
        ("Microgynon 30", "oral-contraceptive", "patch"),
        ("Amoxicillin 500mg", "liquid-antibiotic", "capsule"),
        ("Lantus", "insulin", "tablet"),
    ],
)
def test_a_unit_in_which_nothing_of_a_kind_is_counted_asks(name: str, answered: str, unit: str) -> None:
    found = judge(supplied(name, answered, unit, 60), SupplyRoute.PATIENT)
    assert {one.field for one in found if one.asks} >= {"preparation", "days"}


@pytest.mark.parametrize(
    ("name", "answered", "unit"),
    [
        ("Lantus 100units/ml solution for injection 3ml cartridges", "insulin", "cartridge"),
        ("NovoRapid FlexPen", "insulin", "pen"),
        ("Insulin 100units/ml of another make", "insulin", "cartridge"),
        ("Ventolin 100micrograms/dose Evohaler", "asthma-aerosol", "dose"),
        ("Zzyntholam 100micrograms/dose inhaler CFC free", "asthma-aerosol", "inhaler"),
        ("Salbutamol", "asthma-aerosol", "inhaler"),
        ("Dermovate", "ointment-cream", "g"),
        ("Hydrocortisone 1% cream", "ointment-cream", "tube"),
        ("Chloramphenicol 1% eye ointment", "ointment-cream", "g"),
        ("Microgynon 30 tablets", "oral-contraceptive", "tablet"),
        ("Desogestrel 75microgram tablets", "oral-contraceptive", "tablet"),
        ("Amoxicillin 250mg/5ml oral suspension", "liquid-antibiotic", "ml"),
        ("Amoxicillin", "liquid-antibiotic", "ml"),
    ],
)
def test_the_right_kind_asks_nothing_however_long_it_lasts(name: str, answered: str, unit: str) -> None:
    found = judge(supplied(name, answered, unit, 84), SupplyRoute.PATIENT)
    assert [
        one.sentence for one in found if (one.asks or one.forbids) and one.field in ("preparation", "days")
    ] == []


def test_an_insulin_an_aerosol_for_asthma_or_a_liquid_antibiotic_said_to_be_sold_asks() -> None:
    for name in ("Lantus", "Ventolin 100micrograms/dose Evohaler", "Amoxicillin 250mg/5ml oral suspension"):
        for legal_class in ("p", "gsl"):
            item = SuppliedItem(product=Coded(name, CODE), legal_class=legal_class)
            (said,) = (
                one for one in judge(item, SupplyRoute.PATIENT) if one.field == "legal_class" and one.asks
            )
            assert "Not confirmed" in said.said
            listed = Medicine(Coded(name, CODE), ItemKind.MEDICINE, "", legal_class, "none")
            assert [
                one
                for one in judge(item, SupplyRoute.PATIENT, listed)
                if one.field == "legal_class" and one.asks
            ] == []
