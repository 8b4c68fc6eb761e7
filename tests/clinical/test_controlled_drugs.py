"""The whole list of controlled drugs, with brands and look-alikes, on both routes and at each door."""

import argparse
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from digmed_desktop.clinical.controlled_drugs import (
    ControlledName,
    all_names,
    is_known,
    named_in,
)
from digmed_desktop.clinical.controlled_item import judge_schedule
from digmed_desktop.clinical.emergency_supply import NEVER_SUPPLIED, ItemKind, SuppliedItem, SupplyRoute
from digmed_desktop.clinical.json_record import dumps
from digmed_desktop.clinical.medicine import Medicine
from digmed_desktop.clinical.phrases import words
from digmed_desktop.clinical.record import Coded, Quantity
from digmed_desktop.clinical.supply_finding import Finding
from digmed_desktop.clinical.supply_law import judge
from digmed_desktop.fhir.commands import build_arguments, build_command
from tests.clinical.doors import judged
from tests.clinical.supply_examples import asked, reading, tablets
from tests.fhir import records

CODE = "39113611000001102"
CONTROLLED = [one for one in all_names() if one.schedules]
ALIKE = [one for one in all_names() if not one.schedules]
NEVER = [one for one in CONTROLLED if one.in_form("10mg").is_never_supplied]
ROUTES = list(SupplyRoute)
SCHEDULES = ("none", "1", "2", "3", "4", "5", "unknown")


def item_of(name: str, schedule: str, legal_class: str = "pom") -> SuppliedItem:
    return SuppliedItem(product=Coded(f"{name} 10mg", CODE), legal_class=legal_class, schedule=schedule)


def as_tablets(one: ControlledName) -> ControlledName:
    """Return a name with the schedules that a product of this test can be in."""
    return one.in_form("10mg")


def about_schedule(
    item: SuppliedItem, route: SupplyRoute, listed: Medicine | None = None
) -> tuple[Finding, ...]:
    """Return what stops or asks at the schedule, the legal class or the kind."""
    fields = ("schedule", "legal_class", "kind")
    return tuple(
        one for one in judge(item, route, listed) if one.field in fields and (one.forbids or one.asks)
    )


def test_the_list_is_whole() -> None:
    assert len(all_names()) > 700
    assert {schedule for one in CONTROLLED for schedule in one.schedules} == {"1", "2", "3", "4", "5"}
    assert all(one.source for one in all_names())


@pytest.mark.parametrize("route", ROUTES)
def test_every_name_answered_as_no_controlled_drug_stops_or_asks(route: SupplyRoute) -> None:
    for one in CONTROLLED:
        found = about_schedule(item_of(one.name, "none"), route)
        assert found, one.name
        stopped = any(each.forbids for each in found)
        assert stopped == (as_tablets(one).is_never_supplied and one.confidence.may_stop), one.name
        assert all(one.source in each.said for each in found if each.forbids)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_no_answer_lets_a_name_of_schedules_1_to_3_pass_unseen(route: SupplyRoute, schedule: str) -> None:
    for one in NEVER:
        found = judge(item_of(one.name, schedule), route)
        assert any(each.forbids or each.asks for each in found), (one.name, schedule)
        if one.confidence.may_stop or schedule in NEVER_SUPPLIED:
            assert any(each.forbids for each in found), (one.name, schedule)


@pytest.mark.parametrize("route", ROUTES)
def test_the_legal_class_and_the_kind_of_item_are_no_way_round_it(route: SupplyRoute) -> None:
    for one in NEVER:
        for legal_class in ("p", "gsl"):
            found = about_schedule(item_of(one.name, "", legal_class), route)
            assert any(each.forbids for each in found) == one.confidence.may_stop, one.name
            assert found
        appliance = replace(item_of(one.name, "", ""), kind=ItemKind.APPLIANCE)
        found = about_schedule(appliance, route)
        assert found, one.name
        assert any(each.forbids for each in found) == one.confidence.may_stop, one.name


def test_a_name_said_to_be_sold_asks_at_the_legal_class_and_keeps_its_five_days() -> None:
    for one in map(as_tablets, CONTROLLED):
        if not set(one.schedules) & {"4", "5"}:
            continue
        for number, legal_class in enumerate(("p", "gsl", "")):
            item = replace(item_of(one.name, "", legal_class), days=5)
            if not legal_class:
                item = replace(item, kind=ItemKind.APPLIANCE)
            at = "kind" if number == 2 else "legal_class"
            said = [each for each in judge(item, SupplyRoute.PATIENT) if each.field == at and each.asks]
            assert any(one.source in each.said for each in said), (one.name, legal_class)
            assert not any(each.rule == "patient-schedule-4-5" for each in judge(item, SupplyRoute.PATIENT))
            over = judge(replace(item, days=6), SupplyRoute.PATIENT)
            (limit,) = (each for each in over if each.rule == "patient-schedule-4-5")
            assert (limit.field, limit.asks, limit.forbids) == ("days", True, False)
            assert "225(3)" in limit.said
            counted = replace(
                item, days=5, quantity=Quantity(Decimal(12), Coded("tablet")), directions="One twice a day"
            )
            assert any(
                each.rule == "patient-schedule-4-5" and each.asks
                for each in judge(counted, SupplyRoute.PATIENT)
            )
            by_prescriber = judge(replace(item, days=6), SupplyRoute.PRESCRIBER)
            assert not any(each.rule == "patient-schedule-4-5" for each in by_prescriber)


@pytest.mark.parametrize(
    "name",
    ["Solpadeine 500mg tablets", "Nurofen tablets", "Panadol", "Feminax", "Benylin"],
)
def test_a_range_of_which_some_products_hold_codeine_asks_where_it_is_said_to_be_sold(name: str) -> None:
    for legal_class in ("p", "gsl"):
        item = SuppliedItem(product=Coded(name, CODE), legal_class=legal_class, days=6)
        asks = {one.field for one in judge(item, SupplyRoute.PATIENT) if one.asks}
        assert asks == {"legal_class", "days"}
    pom = SuppliedItem(product=Coded(name, CODE), legal_class="pom", schedule="none", days=6)
    assert about_schedule(pom, SupplyRoute.PATIENT) == ()


def test_a_medicine_that_dmd_lists_as_sold_asks_nothing() -> None:
    product = Coded("Nurofen Plus tablets", CODE)
    item = SuppliedItem(product=product, legal_class="p", days=8)
    listed = Medicine(product, ItemKind.MEDICINE, "tablet", "p", "5")
    for known, wanted in ((None, 2), (listed, 0), (replace(listed, legal_class="pom"), 3)):
        assert sum(one.asks for one in judge(item, SupplyRoute.PATIENT, known)) == wanted


def test_a_name_of_general_knowledge_never_stops() -> None:
    for one in CONTROLLED:
        if not one.confidence.may_stop:
            for route in ROUTES:
                found = about_schedule(item_of(one.name, "none"), route)
                assert not any(each.forbids for each in found), one.name
                assert any("Not confirmed by a pharmacist" in each.sentence for each in found)


def test_where_strength_or_form_decides_the_pharmacist_is_asked_at_each_answer_that_may_be_supplied() -> None:
    for one in map(as_tablets, CONTROLLED):
        if len(one.schedules) > 1:
            for schedule in set(one.schedules) - NEVER_SUPPLIED:
                (found,) = about_schedule(item_of(one.name, schedule), SupplyRoute.PATIENT)
                assert found.asks, one.name
                assert "strength and form" in found.sentence


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    ("product", "answered", "stops"),
    [
        ("Morphine sulfate 10mg tablets", "none", True),
        ("Morphine sulfate 10mg tablets", "4", True),
        ("Morphine sulfate 10mg tablets", "5", True),
        ("Morphine 10mg", "5", True),
        ("Morphine sulfate 10mg/1ml solution for injection ampoules", "5", True),
        ("Morphine sulfate 20mg/ml oral solution", "5", True),
        ("Oramorph 20mg/ml concentrated oral solution", "5", True),
        ("Codeine phosphate 60mg/1ml solution for injection ampoules", "5", True),
        ("Morphine sulfate 10mg/5ml oral solution", "5", False),
        ("Morphine sulfate 10mg/5ml oral solution", "none", False),
        ("Oramorph 10mg/5ml oral solution", "5", False),
        ("Codeine phosphate 30mg tablets", "5", False),
    ],
)
def test_the_form_says_whether_a_name_can_be_in_a_schedule_that_may_be_supplied(
    route: SupplyRoute, product: str, answered: str, stops: bool
) -> None:
    item = SuppliedItem(product=Coded(product, CODE), legal_class="pom", schedule=answered)
    found = about_schedule(item, route)
    assert found
    assert any(one.forbids for one in found) is stops


def test_the_form_counts_where_the_name_does_not_say_it() -> None:
    item = SuppliedItem(product=Coded("Morphine 10mg", CODE), legal_class="pom", schedule="5")
    for changes in ({"form": Coded("Oral solution")}, {"strength": "10mg/5ml"}):
        assert not any(one.forbids for one in about_schedule(replace(item, **changes), SupplyRoute.PATIENT))
    listed = Medicine(Coded("Morphine 10mg", CODE), ItemKind.MEDICINE, "ml", "pom", "2", "Oral solution")
    assert any(one.forbids for one in about_schedule(item, SupplyRoute.PATIENT, listed)), (
        "dm+d says Schedule 2"
    )


def test_the_right_schedule_of_a_name_says_nothing_more() -> None:
    for one in CONTROLLED:
        if len(one.schedules) == 1 and one.schedules[0] not in NEVER_SUPPLIED:
            assert about_schedule(item_of(one.name, one.schedules[0]), SupplyRoute.PATIENT) == ()


@pytest.mark.parametrize("one", ALIKE, ids=lambda one: one.name)
def test_a_look_alike_is_no_controlled_drug(one: ControlledName) -> None:
    assert named_in(f"{one.name} 10mg tablets") == ()
    assert is_known(one.name)
    assert about_schedule(item_of(one.name, "none"), SupplyRoute.PATIENT) == ()


def test_a_longer_name_of_general_knowledge_hides_none_that_stops() -> None:
    stopping = [one for one in NEVER if one.confidence.may_stop]
    for one in CONTROLLED:
        if not one.confidence.may_stop:
            lower = not set(one.schedules) & NEVER_SUPPLIED
            hidden = [
                each
                for each in stopping
                if f" {each.name} ".casefold() in f" {one.name} ".casefold()
                and not (lower and set(one.schedules) <= set(each.schedules))
            ]
            assert hidden == [], one.name


@pytest.mark.parametrize(
    ("product", "names"),
    [
        ("OXYCODONE Hydrochloride 5mg/5ml oral solution sugar free", ["Oxycodone"]),
        ("Oxycodone/Naloxone 10mg/5mg", ["Oxycodone"]),
        ("Metamorphine 5mg", []),
        ("Morphine-sulfate 10mg", ["Morphine"]),
        ("Nurofen 200mg tablets", []),
        ("Nurofen Plus tablets", ["Nurofen Plus"]),
        ("Oxy Norm 5mg capsules", ["OxyNorm"]),
        ("OXY-CONTIN 10mg tablets", ["OxyContin"]),
        ("MST-Continus 10mg tablets", ["MST Continus"]),
        ("MSTContinus 10mg tablets", ["MST Continus"]),
        ("Cocodamol 30mg/500mg tablets", ["co-codamol"]),
        ("Methyl phenidate 5mg tablets", ["Methylphenidate"]),
        ("Tilidine 50mg capsules", ["Tilidine"]),
        ("Zomorph10mg capsules", ["Zomorph"]),
        ("Morphine10mg", ["Morphine"]),
        ("Oramorph10mg/5ml", ["Oramorph"]),
        ("Fentanyl25microgram patches", ["Fentanyl"]),
        ("M.S.T. Continus 30mg", ["MST Continus"]),
        ("Co-codamol30/500", ["co-codamol"]),
    ],
)
def test_names_are_compared_by_whole_words_and_phrases(product: str, names: list[str]) -> None:
    assert [one.name for one in named_in(product)] == names


def test_every_name_is_found_however_its_words_are_joined_or_parted() -> None:
    for one in CONTROLLED:
        for name in (one.name.upper(), one.name.replace(" ", "-"), one.name.replace("-", " ")):
            assert [row.substance for row in named_in(name)][:1] == [one.substance], name
        if len("".join(words(one.name))) >= 6:
            for name in ("".join(words(one.name)), f"{one.name[:3]} {one.name[3:]}"):
                assert named_in(f"{name} 5mg tablets") or not is_known(one.name), name


def test_a_name_that_the_list_does_not_know_is_said_to_be_unknown() -> None:
    told = judge(item_of("Zzyntholam", "none"), SupplyRoute.PATIENT)
    (said,) = (one for one in told if "does not know this name" in one.sentence)
    assert (said.forbids, said.asks) == (False, False)


@pytest.mark.parametrize("route", ROUTES)
def test_with_dmd_an_answer_that_says_something_else_stops_or_asks(route: SupplyRoute) -> None:
    product = Coded("Zzyntholam 10mg tablets", CODE)
    for listed_as in SCHEDULES[:-1]:
        listed = Medicine(product, ItemKind.MEDICINE, "tablet", "pom", listed_as)
        for answered in SCHEDULES[:-1]:
            item = SuppliedItem(product=product, legal_class="pom", schedule=answered)
            found = [one for one in about_schedule(item, route, listed) if "dm+d" in one.sentence]
            assert bool(found) == (answered != listed_as)
            if answered != listed_as and listed_as in NEVER_SUPPLIED and answered not in NEVER_SUPPLIED:
                assert found[0].forbids
        agreed = SuppliedItem(product=product, legal_class="pom", schedule=listed_as)
        assert not any("does not know" in one.sentence for one in judge(agreed, route, listed))


def test_where_dmd_agrees_with_the_answer_a_second_hand_name_asks_and_does_not_stop() -> None:
    one = next(one for one in NEVER if one.confidence == "secondary")
    item = item_of(one.name, "none")
    listed = Medicine(item.product or Coded(""), ItemKind.MEDICINE, "", "pom", "none")
    found = about_schedule(item, SupplyRoute.PATIENT, listed)
    assert found
    assert not any(each.forbids for each in found)


@pytest.mark.parametrize("route", ROUTES)
def test_a_medicine_of_dmd_is_no_appliance(route: SupplyRoute) -> None:
    product = Coded("Zzyntholam 10mg tablets", CODE)
    item = SuppliedItem(ItemKind.APPLIANCE, product)
    for schedule in SCHEDULES[:-1]:
        listed = Medicine(product, ItemKind.MEDICINE, "tablet", "pom", schedule)
        (found,) = about_schedule(item, route, listed)
        assert found.forbids == (schedule in NEVER_SUPPLIED)
        assert found.field == "kind"


@pytest.mark.parametrize("route", ROUTES)
def test_no_other_name_than_phenobarbital_is_supplied_as_for_epilepsy(route: SupplyRoute) -> None:
    for one in NEVER:
        if one.schedules == ("3",):
            item = replace(item_of(one.name, "3"), for_epilepsy=True)
            found = [each for each in judge(item, route) if each.field == "for_epilepsy"]
            stopped = any(each.forbids for each in found)
            phenobarbital = one.substance.startswith("Phenobarbital")
            assert stopped == (one.confidence.may_stop and not phenobarbital), one.name
    for both in ("Pregabalin (instead of phenobarbital)", "Temazepam and phenobarbital"):
        assert any(each.forbids for each in judge(replace(item_of(both, "3"), for_epilepsy=True), route))


def test_an_agreeing_dmd_entry_of_another_product_takes_no_stop_away() -> None:
    one = next(one for one in NEVER if one.confidence.may_stop)
    item = item_of(one.name, "none")
    other = Medicine(Coded("Paracetamol 500mg tablets", CODE), ItemKind.MEDICINE, "tablet", "pom", "none")
    assert any(each.forbids for each in about_schedule(item, SupplyRoute.PATIENT, other))


@pytest.mark.parametrize("route", ["patient", "prescriber"])
def test_the_form_stops_what_the_name_forbids_and_wants_a_reason_for_what_it_warns_of(route: str) -> None:
    stopped = next(one for one in NEVER if one.confidence.may_stop)
    found = reading(tablets(route, schedule="none", product=f"{CODE}\t{stopped.name} 10mg tablets"))
    assert "item.1.schedule" in [p.field for p in found.problems]
    doubted = next(one for one in CONTROLLED if one.schedules == ("4",) and one.confidence.may_stop)
    found = reading(tablets(route, schedule="none", product=f"{CODE}\t{doubted.name} 10mg tablets"))
    assert found.problems == ()
    assert asked(found) == ["item.1.schedule"]


def build(tmp_path: Path, name: str, **changes: Any) -> int:
    """Build the message of a record with one medicine of this name; return the exit status."""
    made = records.supply()
    product = Coded(f"{name} 10mg tablets", CODE)
    usual = {"product": product, "strength": "", "preparation": "other"}
    item = replace(made.items[0], **{**usual, **changes})
    file = tmp_path / "record.json"
    file.write_text(dumps(replace(made, items=(item, *made.items[1:]))), encoding="utf-8")
    grammar = argparse.ArgumentParser()
    build_arguments(grammar)
    return build_command(grammar.parse_args([str(file), "--out", str(tmp_path / "out.xml")]), judged)


def test_build_refuses_what_the_name_forbids_whatever_is_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for one in NEVER[::10]:
        for schedule in ("", "none", "2"):
            assert build(tmp_path, one.name, schedule=schedule) == 2, one.name
            assert "record.items.0." in capsys.readouterr().err
        if one.confidence.may_stop:
            assert build(tmp_path, one.name, schedule="none", reason="I decide.", legal_class="p") == 2
            capsys.readouterr()


def test_build_wants_the_reason_for_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    doubted = next(one for one in CONTROLLED if one.schedules == ("4",))
    assert build(tmp_path, doubted.name, schedule="none", legal_class="pom") == 2
    assert "record.items.0.reason" in capsys.readouterr().err
    assert build(tmp_path, doubted.name, schedule="none", legal_class="pom", reason="Seen on the pack.") == 0
    assert build(tmp_path, "Zzyntholam", schedule="none", legal_class="pom") == 0


def test_build_refuses_what_the_law_refuses_at_an_honest_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for schedule in sorted(NEVER_SUPPLIED):
        assert build(tmp_path, "Zzyntholam", schedule=schedule, legal_class="pom", reason="I decide.") == 2
    over = {"schedule": "4", "legal_class": "pom", "days": 28, "reason": "I decide."}
    assert build(tmp_path, "Zzyntholam", **over) == 2
    assert build(tmp_path, "Zzyntholam", **over | {"days": 5}) == 0
    assert build(tmp_path, "Piracetam", schedule="none", legal_class="pom", reason="I decide.") == 2
    capsys.readouterr()


@pytest.mark.parametrize(
    ("field", "value"),
    [("schedule", "CD2"), ("schedule", "unknown"), ("legal_class", "P/GSL"), ("preparation", "pill")],
)
def test_build_takes_no_answer_that_the_form_does_not_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], field: str, value: str
) -> None:
    assert build(tmp_path, "Zzyntholam", **{"legal_class": "pom", "schedule": "none", field: value}) == 2
    assert f"record.items.0.{field}: Give one of" in capsys.readouterr().err


def test_build_reads_a_legal_class_in_capitals_and_holds_it_against_the_law(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(tmp_path, "Zzyntholam", schedule="none", legal_class="POM") == 0
    assert build(tmp_path, "Zzyntholam", schedule="2", legal_class="POM", reason="I decide.") == 2
    for preparation in ("", "other"):
        over = {"schedule": "none", "legal_class": "POM", "days": 60, "reason": "I decide."}
        assert build(tmp_path, "Zzyntholam", **over, preparation=preparation) == 2
        assert build(tmp_path, "Zzyntholam", **over | {"days": 30}, preparation=preparation) == 0
    capsys.readouterr()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Morphene 10mg", "Morphine"),
        ("Codeina 30mg", "Codeine"),
        ("Metilfenidato 10mg", "Methylphenidate"),
        ("Prégabaline 75mg", "Pregabalin"),
        ("Fentanil 25", "Fentanyl"),
        ("Petidina", "Pethidine"),
        ("Dihydrocodine 30mg", "Dihydrocodeine"),
    ],
)
def test_a_misspelt_or_foreign_name_is_asked_about(written: str, meant: str) -> None:
    product = Coded(written, CODE)
    found = judge(SuppliedItem(product=product, legal_class="pom", schedule="none"), SupplyRoute.PATIENT)
    (asked,) = (one for one in found if "do you mean" in one.sentence)
    assert (asked.asks, asked.forbids) == (True, False)
    assert meant in asked.sentence


def test_a_name_that_is_spelt_right_is_not_asked_about() -> None:
    for one in all_names():
        found = judge(item_of(one.name, "none"), SupplyRoute.PATIENT)
        assert not any("do you mean" in each.sentence for each in found), one.name
    for name in ("Ramipril", "Paracetamol", "Clonidine", "Omeprazole", "Levothyroxine", "Methocarbamol"):
        assert not any(
            "do you mean" in one.sentence for one in judge(item_of(name, "none"), SupplyRoute.PATIENT)
        )


@pytest.mark.parametrize(
    ("name", "schedule"),
    [
        ("Tramdol 50mg tablets", "4"),
        ("Oxycodon 5mg capsules", "5"),
        ("Oxycodon with naloxone 10mg/5mg tablets", "none"),
        ("Naloxone with oxycodon 10mg tablets", "none"),
        ("Codiene 30mg tablets", "none"),
        ("Lyirca 75mg capsules", "none"),
    ],
)
def test_a_slip_in_a_name_asks_beside_a_look_alike_and_whatever_was_answered(
    name: str, schedule: str
) -> None:
    asked = [one for one in judge_schedule(item_of(name, schedule)) if one.field == "product" and one.asks]
    assert len(asked) == 1, name


def test_a_form_that_is_answered_makes_no_liquid_of_a_tablet() -> None:
    for form in ("Oral solution", "100 units/ml"):
        assert [row.schedules for row in named_in("Morphine 10mg tablets", form)] == [("2",)]
    assert [row.schedules for row in named_in("Morphine 10mg/5ml", "Oral solution")] == [("2", "5")]


def test_every_name_of_the_list_is_found_as_a_pack_says_it() -> None:
    """A name with a remark in brackets would never stand on a pack, so nobody would be asked."""
    for one in (name for name in all_names() if name.schedules):
        assert not one.name.endswith(")") or one.name == one.substance, one.name
        found = {row.substance for row in named_in(f"{one.name} 10mg tablets")}
        assert one.substance in found, one.name


def test_old_foreign_and_bare_names_are_asked_about() -> None:
    for name in (
        "Khat",
        "Cannabis oil",
        "Brompton's cocktail",
        "Nepenthe",
        "Adipex",
        "Ultracet",
        "Anadrol 50",
    ):
        found = reading(tablets("patient", schedule="none", product=f"{CODE}\t{name} oral solution 10mg/5ml"))
        assert any("Schedule" in one.sentence and one.needs_reason for one in found.notes), name
        assert not any("schedule" in one.field for one in found.problems), f"{name}: nobody has read a source"
