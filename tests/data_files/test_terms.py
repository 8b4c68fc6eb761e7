"""A code that is right in itself but not here: each is compared with its term, its row and what its vaccine is."""

import copy
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from digmed_desktop.data_files.source import OWN
from digmed_desktop.reference.permissions_file import PHARMACISTS
from tests.data_files.changed import FILES, Place, changed, faults_of, named, value_at

BY_NAME = {name: kind for kind, name in FILES}
PROGRAMMES = [name for name in BY_NAME if name.startswith("programmes/")]
ELSEWHERE = "14189004"  # a disease that no file has


def rows(table: str) -> Iterator[tuple[str, dict[str, Any], int, dict[str, Any]]]:
    """Yield the rows of a table of every programme: file, its content, number and row."""
    for name in PROGRAMMES:
        raw = OWN.raw(name)
        for number, row in enumerate(raw[table]):
            yield name, raw, number, row


def says(folder: Path, name: str, raw: dict[str, Any], *keys: str) -> None:
    faults = faults_of(folder, BY_NAME[name], name, raw)
    assert any(named(faults, name, key) for key in keys), (name, keys, faults)


def exchanged(raw: dict[str, Any], one: Place, other: Place, *keys: str) -> dict[str, Any]:
    """Return a copy in which two rows have exchanged some keys."""
    copied = copy.deepcopy(raw)
    first, second = value_at(copied, one), value_at(copied, other)
    for key in keys:
        first[key], second[key] = second[key], first[key]
    return copied


def test_two_procedures_that_exchange_codes_or_terms_are_named(tmp_path: Path) -> None:
    for name in PROGRAMMES:
        raw = OWN.raw(name)
        for number in range(1, len(raw["procedure"])):
            places = ("procedure", number - 1), ("procedure", number)
            says(tmp_path, name, exchanged(raw, *places, "code"), "display")
            doubled = changed(raw, (*places[0], "code"), raw["procedure"][number]["code"])
            says(tmp_path, name, doubled, "display")
            both = exchanged(raw, *places, "code", "display")
            says(tmp_path, name, both, "dose_number", "given", "reason", "roles", "routes")


def test_a_procedure_that_says_otherwise_than_its_row_is_named(tmp_path: Path) -> None:
    for name, raw, number, row in rows("procedure"):
        place = ("procedure", number)
        if row.get("given", True):
            says(tmp_path, name, changed(raw, (*place, "given"), value=False), "given")
            says(tmp_path, name, changed(raw, (*place, "dose_number"), 9), "dose_number")
        else:
            says(tmp_path, name, changed(raw, (*place, "given"), value=True), "given")
            other = next(one for one in raw["not_given_reasons"] if one != row["reason"])
            says(tmp_path, name, changed(raw, (*place, "reason"), other), "reason")
        foreign = next(one for _n, _raw, _i, one in rows("procedure") if one not in raw["procedure"])
        says(
            tmp_path,
            name,
            changed(raw, place, {**row, **{k: foreign[k] for k in ("code", "display")}}),
            "code",
        )


def test_a_disease_that_is_not_the_vaccines_is_named(tmp_path: Path) -> None:
    every = [OWN.raw(name)["target_disease"] for name in PROGRAMMES if "target_disease" in OWN.raw(name)]
    for name in PROGRAMMES:
        raw = OWN.raw(name)
        for other in every:
            if other != raw.get("target_disease"):
                says(tmp_path, name, changed(raw, ("target_disease",), other), "code")
        if "target_disease" in raw:
            says(tmp_path, name, changed(raw, ("target_disease", "code"), ELSEWHERE), "code")
            says(tmp_path, name, changed(raw, ("target_disease", "display"), "Measles"), "display")


def test_another_code_or_term_of_a_disease_that_is_one_of_something_else_is_named(tmp_path: Path) -> None:
    diseases = [OWN.raw(name)["target_disease"] for name in PROGRAMMES if "target_disease" in OWN.raw(name)]
    for name in PROGRAMMES:
        raw = OWN.raw(name)
        foreign = next(one for one in diseases if one != raw.get("target_disease"))
        for also, key in ((foreign, "code"), ({**foreign, "code": ELSEWHERE}, "display")):
            wrong = {**raw, "target_disease_also": [also]}
            if "target_disease" in raw:
                says(tmp_path, name, wrong, key)
            else:
                assert "target_disease_also" in str(faults_of(tmp_path, BY_NAME[name], name, wrong))


def test_a_dose_far_from_the_usual_one_or_from_the_products_name_is_named(tmp_path: Path) -> None:
    for name, raw, number, row in rows("product"):
        if "dose" in row:
            for wrong in (f"{float(row['dose']) * 10:g}", f"{float(row['dose']) / 10:g}"):
                says(tmp_path, name, changed(raw, ("product", number, "dose"), wrong), "dose")
    for name in PROGRAMMES:
        raw = OWN.raw(name)
        if "default_dose" in raw and any(
            "dose" in row and "ml" not in row["display"] for row in raw["product"]
        ):
            says(tmp_path, name, changed(raw, ("default_dose",), "5"), "dose")


def test_a_product_that_is_live_in_one_file_alone_is_named(tmp_path: Path) -> None:
    for name, raw, number, row in rows("product"):
        wrong = changed(raw, ("product", number, "live"), not row.get("live", False))
        says(tmp_path, name, wrong, "live")


def test_a_product_by_the_wrong_route_code_or_name_is_named(tmp_path: Path) -> None:
    coded = [row for _name, _raw, _number, row in rows("product") if "code" in row]
    for name, raw, number, row in rows("product"):
        place = ("product", number)
        if "code" in row:
            other = next(one for one in coded if one not in raw["product"])
            says(tmp_path, name, changed(raw, (*place, "code"), other["code"]), "display")
        for word, routes in (("nasal", ["intramuscular"]), ("injection", ["intranasal"])):
            if word in row["display"] and set(routes) <= set(raw["routes"]):
                says(tmp_path, name, changed(raw, (*place, "routes"), routes), "routes")


def test_an_agreement_that_is_not_the_vaccines_is_named(tmp_path: Path) -> None:
    for name in PROGRAMMES:
        raw = OWN.raw(name)
        for wrong in (
            "influenca",
            next(OWN.raw(n)["agreement"] for n in PROGRAMMES if OWN.raw(n).get("agreement")),
        ):
            if wrong != raw.get("agreement"):
                says(tmp_path, name, changed(raw, ("agreement",), wrong), "agreement")


def test_an_age_that_is_not_the_one_in_its_label_is_named(tmp_path: Path) -> None:
    found = [
        (name, raw, n) for name, raw, n, row in _cohorts() if any(sign.isdigit() for sign in row["label"])
    ]
    assert found
    for name, raw, number in found:
        says(tmp_path, name, changed(raw, ("eligibility", number, "min_age"), 56), "min_age")


def _cohorts() -> Iterator[tuple[str, dict[str, Any], int, dict[str, Any]]]:
    for name in PROGRAMMES:
        raw = OWN.raw(name)
        for number, row in enumerate(raw.get("eligibility", ())):
            if "min_age" in row:
                yield name, raw, number, row


def test_a_role_that_no_procedure_is_true_of_is_named(tmp_path: Path) -> None:
    for name, raw, number, row in rows("procedure"):
        if len(row.get("roles", ())) > 1 and row.get("given", True):
            wrong = changed(raw, ("procedure", number, "roles"), row["roles"][1:])
            covered = any(
                row["roles"][0] in other["roles"]
                and set(row["routes"]) <= set(other["routes"])
                and "dose_number" not in other
                for other in raw["procedure"]
                if other is not row and "roles" in other
            )
            if not covered:
                says(tmp_path, name, wrong, "procedure")


def test_the_question_about_a_severe_reaction_is_always_asked(tmp_path: Path) -> None:
    for name in PROGRAMMES:
        raw = OWN.raw(name)
        wrong = changed(raw, ("screening",), [one for one in raw["screening"] if one != "reaction"])
        says(tmp_path, name, wrong, "reaction")


def test_sites_routes_and_reasons_that_exchange_codes_are_named(tmp_path: Path) -> None:
    name = "codes/vaccination.toml"
    raw = OWN.raw(name)
    for table in raw:
        coded = [number for number, row in enumerate(raw[table]) if row.get("code")]
        for one, other in itertools.pairwise(coded):
            says(tmp_path, name, exchanged(raw, (table, one), (table, other), "code"), "display")


def test_a_vaccine_without_a_row_keeps_its_own_facts(tmp_path: Path) -> None:
    """A new programme needs no second file: only what is known is compared."""
    name = next(name for name in PROGRAMMES if "agreement" not in OWN.raw(name))
    raw = changed(OWN.raw(name), ("vaccine",), "A vaccine of next year")
    faults = faults_of(tmp_path, BY_NAME[name], name, raw)
    assert {one.key for one in faults} <= {"code", "display"}, faults


def test_what_the_law_gives_to_a_pharmacist_cannot_be_edited_away(tmp_path: Path) -> None:
    name = "people/permissions.toml"
    raw = OWN.raw(name)
    for number, row in enumerate(raw["act"]):
        if row["id"] in PHARMACISTS:
            says(tmp_path, name, changed(raw, ("act", number, "pharmacist"), value=False), "pharmacist")
            for role in ("assistant", "technician", "nurse", "trainee"):
                wider = changed(raw, ("act", number, "roles"), [*row["roles"], role])
                says(tmp_path, name, wider, "roles")
    name = "codes/roles.toml"
    raw = OWN.raw(name)
    for number, row in enumerate(raw["role"]):
        if not row["may_finish_supply"]:
            wrong = changed(raw, ("role", number, "may_finish_supply"), value=True)
            says(tmp_path, name, wrong, "may_finish_supply")
            says(tmp_path, name, changed(raw, ("role", number, "works_as"), "pharmacist"), "works_as")
            everything = {**row, "may_finish_supply": True, "works_as": "pharmacist", "regulator": "GPhC"}
            says(tmp_path, name, changed(raw, ("role", number), everything), "may_finish_supply")
