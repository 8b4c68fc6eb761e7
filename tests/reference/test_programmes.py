"""The programmes: what they say, and that every code in them was published."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from digmed_desktop import resources
from digmed_desktop.clinical import snomed
from digmed_desktop.clinical.programme import Programme, is_never_sent
from digmed_desktop.data_files.source import OWN
from digmed_desktop.reference import roles
from digmed_desktop.reference.programmes import agreements, current, programme, programmes
from digmed_desktop.settings.settings import Settings
from tests.clinical.examples import FLU

FILES = [name for folder in ("programmes", "codes", "forms") for name in resources.names(folder, ".toml")]
ROLE_SYSTEM = "CareConnect-SDSJobRoleName-1"


def coded_items(node: Any) -> Iterator[dict[str, Any]]:
    """Every table with a code, however deep."""
    if isinstance(node, dict):
        if node.get("code"):
            yield node
        for value in node.values():
            yield from coded_items(value)
    elif isinstance(node, list):
        for value in node:
            yield from coded_items(value)


@pytest.fixture(scope="module")
def published(shared: Path) -> dict[tuple[str, str], set[str]]:
    """The published codes: system and code to their displays."""
    found: dict[tuple[str, str], set[str]] = {}
    with (shared / "codes" / "codes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault((row["system"], row["code"]), set()).add(row["display"])
    listed = shared / "conformance" / "profiles" / f"CodeSystem-{ROLE_SYSTEM}.xml"
    text = listed.read_text(encoding="utf-8-sig")
    for role in roles.roles():
        if f'<code value="{role.coded.code}"' in text and f'<display value="{role.coded.display}"' in text:
            found.setdefault((role.coded.system, role.coded.code), set()).add(role.coded.display)
    return found


@pytest.mark.parametrize("name", FILES)
def test_every_code_in_the_data_was_published_with_this_term(
    name: str, published: dict[tuple[str, str], set[str]]
) -> None:
    raw = OWN.raw(name)
    for item in coded_items(raw):
        system = raw.get("system", "http://snomed.info/sct")
        assert item["display"] in published.get((system, item["code"]), set()), item


@pytest.mark.parametrize("name", [name for name in FILES if "system" not in OWN.raw(name)])
def test_every_snomed_code_in_the_data_has_its_check_digit_right(name: str) -> None:
    for item in coded_items(OWN.raw(name)):
        assert snomed.is_concept_id(item["code"]), item


SECOND = "codes/terms.toml"
"""Written a second time to compare the others with: the sources stand with each code in those."""


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("forms") and name != SECOND])
def test_every_entry_names_its_source(name: str) -> None:
    for value in OWN.raw(name).values():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            assert [item for item in value if not item.get("source")] == []


def test_what_can_be_agreed_is_sent_once_it_is_and_influenza_is_by_default() -> None:
    agreed = [one.id for one in agreements()]
    assert agreed[0] == "influenza"
    assert set(agreed) == {one.agreement for one in programmes() if one.agreement}
    assert Settings().agreed_programmes == ("influenza",)
    for one in programmes():
        assert bool(one.only_on_paper(Settings().agreed_programmes)) is (one.agreement != "influenza")
        assert bool(one.only_on_paper(agreed)) is (not one.agreement)


@pytest.mark.parametrize("one", programmes(), ids=lambda one: one.id)
def test_every_season_of_a_vaccine_has_one_agreement(one: Programme) -> None:
    assert one.vaccine is not None
    alike = {p.agreement for p in programmes() if p.vaccine == one.vaccine}
    assert len(alike) == 1


def test_why_a_programme_goes_on_paper_is_said() -> None:
    assert "Settings, Messages" in programme("rsv").only_on_paper(("influenza",))
    assert "electronically" in programme("shingles").only_on_paper(("influenza", "rsv"))
    assert is_never_sent("shingles")
    assert not is_never_sent("rsv")
    assert not is_never_sent("")
    assert not is_never_sent("smallpox")


@pytest.mark.parametrize("one", programmes(), ids=lambda one: one.id)
def test_a_programme_hangs_together(one: Programme) -> None:
    ids = [
        option.id
        for kind in ("sites", "routes", "eligibility", "not_given_reasons")
        for option in one.lists[kind]
    ]
    assert len(set(ids)) == len(ids) == len(one.codes)
    assert set(ids) == set(one.codes)
    routes = {option.id for option in one.lists["routes"]}
    assert set(one.route_sites) == routes
    assert all(one.route_sites.values())
    for product in one.products.values():
        assert product.routes
        assert set(product.routes) <= routes
        assert not one.agreement or product.dose is not None or one.usual_doses
        assert product.dose is None or product.dose.value > 0
    for procedure in one.procedures:
        assert procedure.route is None or procedure.route in routes
        assert set(procedure.roles) <= {role.coded.code for role in roles.roles()}
        assert procedure.given is (procedure.reason is None)
    assert one.vaccine is not None
    assert one.lists["doses"]
    assert one.target_disease is not None or not one.agreement
    assert one.advice
    assert one.service == one.lists["services"][0].label
    if one.season_start and one.season_end:
        assert one.season_start < one.season_end


@pytest.mark.parametrize("one", programmes(), ids=lambda one: one.id)
def test_for_every_vaccinator_dose_and_usual_route_a_procedure_is_known(one: Programme) -> None:
    for role in one.vaccinators:
        for product in one.products.values():
            for dose in (1, 2):
                found = one.procedure_for(role=role, dose_number=dose, route=product.routes[0], given=True)
                assert found is not None, (role, product.id, dose)


def test_given_by_pharmacist_is_said_of_pharmacists_only() -> None:
    flu = FLU
    for role in roles.roles():
        for dose in (1, 2):
            for route in flu.route_sites:
                found = flu.procedure_for(role=role.coded.code, dose_number=dose, route=route, given=True)
                pharmacist = role.regulator == "GPhC" and role.may_finish_supply
                assert ("by pharmacist" in (found.display if found else "")) is pharmacist


def test_an_unknown_role_has_no_procedure() -> None:
    flu = FLU
    assert flu.procedure_for(role="", dose_number=1, route="intramuscular", given=True) is None
    assert flu.procedure_for(role="R1290", dose_number=1, route="", given=True) is None


def test_a_programme_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        programme("smallpox")


@pytest.mark.parametrize("day", [date(2026, 5, 1), date(2026, 11, 22), date(2027, 6, 1), date(2031, 1, 1)])
def test_one_season_of_each_is_offered_on_any_day(day: date) -> None:
    offered = current(day)
    assert list(offered) == [one for one in programmes() if one in offered]
    vaccines = [one.vaccine for one in offered]
    assert len(vaccines) == len(set(vaccines))
    assert set(vaccines) == {one.vaccine for one in programmes()}
    for one in offered:
        begun = [
            p.season_start
            for p in programmes()
            if p.vaccine == one.vaccine and p.season_start and p.season_start <= day
        ]
        assert not begun or one.season_start == max(begun)


def test_the_last_season_that_has_begun_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from digmed_desktop.reference import programmes as module

    this = FLU
    assert this.season_start is not None
    year = this.season_start.year
    following = replace(this, id="next", season_start=date(year + 1, 9, 1), season_end=date(year + 2, 3, 31))
    monkeypatch.setattr(module, "programmes", lambda: (this, following))
    assert [one.id for one in module.current(date(year, 8, 31))] == [this.id]
    assert [one.id for one in module.current(date(year + 1, 8, 31))] == [this.id]
    assert [one.id for one in module.current(date(year + 1, 9, 1))] == ["next"]


@pytest.mark.parametrize("one", programmes(), ids=lambda one: one.id)
def test_a_national_protocol_is_offered_for_influenza_and_coronavirus_only(one: Programme) -> None:
    offered = {option.id for option in one.lists["legal_bases"]}
    if "national-protocol" in offered:  # regulation 247A names no other disease
        assert one.agreement in ("influenza", "covid-19")
