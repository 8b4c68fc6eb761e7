"""What no model can see: names of other entries, ids, dates and ages that do not fit together."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from digmed_desktop.data_files.source import OWN
from tests.data_files.changed import FILES, Place, changed, faults_of, named, tables, value_at

BY_NAME = {name: kind for kind, name in FILES}
PROGRAMMES = [name for name in BY_NAME if name.startswith("programmes/")]
LISTS = ("sites", "routes", "doses", "not_given_reasons", "legal_bases", "consent_givers", "screening",
         "indications", "roles", "of", "reasons", "not_reasons")  # fmt: skip
NOWHERE = "nowhere-at-all"

REFERENCES: list[tuple[str, Place]] = [
    ("codes/vaccination.toml", ("route", 0, "sites")),
    ("codes/roles.toml", ("role", 0, "regulator")),
    ("law/emergency-supply.toml", ("rule", 0, "preparations")),
    ("law/emergency-supply.toml", ("rule", 0, "schedules")),
    ("export/columns.toml", ("column", 0, "key")),
    ("medicines/bundled.toml", ("medicine", 0, "unit")),
    ("practice_mode/patients.toml", ("patient", 0, "practice")),
    ("practice_mode/patients.toml", ("patient", 0, "behaviour")),
    ("practice_mode/people.toml", ("person", 0, "role")),
    ("practice_mode/batches.toml", ("batch", 0, "programme")),
    ("practice_mode/batches.toml", ("batch", 0, "product")),
    ("practice_mode/behaviours.toml", ("matched", "answers", 0, "code")),
    ("practice_mode/behaviours.toml", ("not-found", "report")),
    ("conformance/attributes.toml", ("Patient", "name")),
    ("responses/codes.toml", ("20013", "happening")),
    ("states/states.toml", ("states", "draft", "tone")),
]


def _bad(value: Any) -> Any:
    return [NOWHERE] if isinstance(value, list) else NOWHERE


@pytest.mark.parametrize(("name", "place"), REFERENCES, ids=[f"{n}-{p[-1]}" for n, p in REFERENCES])
def test_a_name_that_leads_nowhere_is_named(name: str, place: Place, tmp_path: Path) -> None:
    raw = OWN.raw(name)
    faults = faults_of(tmp_path, BY_NAME[name], name, changed(raw, place, _bad(value_at(raw, place))))
    assert any(one.file == name and one.key == place[-1] and NOWHERE in one.wrong for one in faults), faults


@pytest.mark.parametrize("name", PROGRAMMES)
def test_every_name_in_a_programme_leads_somewhere(name: str, tmp_path: Path) -> None:
    raw = OWN.raw(name)
    for table in tables(raw):
        for key, value in value_at(raw, table).items():
            if key in LISTS or (key in ("unit", "reason") and isinstance(value, str)):
                wrong = [*value, NOWHERE] if isinstance(value, list) else NOWHERE
                faults = faults_of(tmp_path, BY_NAME[name], name, changed(raw, (*table, key), wrong))
                assert any(one.key == key and NOWHERE in one.wrong for one in faults), (table, key, faults)


@pytest.mark.parametrize("name", [name for name in BY_NAME if "id" in OWN.raw(name)])
def test_an_id_that_is_not_the_name_of_the_file_is_named(name: str, tmp_path: Path) -> None:
    faults = faults_of(tmp_path, BY_NAME[name], name, changed(OWN.raw(name), ("id",), "another-id"))
    assert named(faults, name, "id")


def _form(name: str) -> Callable[[dict[str, Any]], Place]:
    """Return where a form's first question with ``name`` stands."""

    def find(raw: dict[str, Any]) -> Place:
        return next(
            ("group", g, "field", f, name)
            for g, group in enumerate(raw["group"])
            for f, field in enumerate(group["field"])
            if name in field
        )

    return find


@pytest.mark.parametrize("name", [name for name in BY_NAME if name.startswith("forms/")])
@pytest.mark.parametrize(
    ("key", "wrong", "said"),
    [
        ("shown", {"field": "patient.nobody", "answers": ["yes"]}, "field"),
        ("shown", {"field": "practice.registered", "answers": ["perhaps"]}, "answers"),
        ("kind", "essay", "kind"),
        ("default", NOWHERE, "default"),
        ("options_from", "wishes", "options_from"),
    ],
)
def test_a_question_that_does_not_fit_the_form_is_named(
    name: str, key: str, wrong: Any, said: str, tmp_path: Path
) -> None:
    raw = OWN.raw(name)
    if key == "options_from" and name != "forms/vaccination.toml":
        pytest.skip("the form has no list that a programme gives")
    place = _form(key)(raw)
    if key == "shown":  # after the question that it names
        place = next(
            ("group", g, "field", f, "shown")
            for g, group in enumerate(raw["group"])
            for f, field in enumerate(group["field"])
            if field.get("shown", {}).get("field") == "practice.registered"
        )
    if key == "default":
        place = next(
            ("group", g, "field", f, "default")
            for g, group in enumerate(raw["group"])
            for f, field in enumerate(group["field"])
            if "default" in field and field.get("options")
        )
    faults = faults_of(tmp_path, BY_NAME[name], name, changed(raw, place, wrong))
    assert named(faults, name, said), faults


EARLY, LATE = date(2001, 1, 1), date(2048, 1, 1)


@pytest.mark.parametrize("name", PROGRAMMES)
def test_days_and_ages_in_the_wrong_order_are_named(name: str, tmp_path: Path) -> None:
    raw, kind = OWN.raw(name), BY_NAME[name]

    def refused(place: Place, wrong: Any, said: str) -> None:
        faults = faults_of(tmp_path, kind, name, changed(raw, place, wrong))
        assert named(faults, name, said), (place, faults)

    if "season_end" in raw:
        refused(("season_end",), EARLY, "season_end")
        refused(("season_start",), LATE, "season_end")
        refused(("age_by",), EARLY, "age_by")
        refused(("age_by",), LATE, "age_by")
    for table in ("earlier_doses", "warning"):
        for number, _row in enumerate(raw.get(table, ())):
            refused((table, number, "until"), EARLY, "until")
    for number, row in enumerate(raw.get("eligibility", ())):
        if "adult_start" in row:
            refused(("eligibility", number, "adult_start"), LATE, "adult_start")
    for number, _row in enumerate(raw["product"]):
        both = {**raw["product"][number], "min_age": 80, "max_age": 20}
        refused(("product", number), both, "max_age")
        refused(("product", number, "second_line"), [90, 20], "second_line")
    if "pregnancy_weeks" in raw:
        refused(("pregnancy_weeks",), [40, 16], "pregnancy_weeks")


@pytest.mark.parametrize(
    "name", [name for name in BY_NAME if name.startswith("editions/") and "words" not in name]
)
def test_a_row_of_an_item_that_does_not_exist_is_named(name: str, tmp_path: Path) -> None:
    raw = OWN.raw(name)
    for number, section in enumerate(raw["section"]):
        place = ("section", number, "rows", len(section["rows"]) - 1, "item")
        faults = faults_of(tmp_path, BY_NAME[name], name, changed(raw, place, "wish.list"))
        assert named(faults, name, "item")


def test_two_editions_of_a_kind_cannot_both_be_the_default(tmp_path: Path) -> None:
    name = next(n for n in BY_NAME if n.startswith("editions/v") and not OWN.raw(n).get("default"))
    faults = faults_of(tmp_path, BY_NAME[name], name, changed(OWN.raw(name), ("default",), value=True))
    assert named(faults, name, "default")


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("editions/words/narrative.toml", ("consent", "given_by")),
        ("paper/words.toml", ("how", "post")),
        ("paper/words.toml", ("lists", "day_title")),
    ],
)
def test_a_sentence_that_the_program_cannot_fill_in_is_named(name: str, place: Place, tmp_path: Path) -> None:
    faults = faults_of(tmp_path, BY_NAME[name], name, changed(OWN.raw(name), place, "It was {wanted}"))
    assert named(faults, name, str(place[-1]))


def test_a_code_that_is_not_known_is_never_taken_for_success(tmp_path: Path) -> None:
    name = "responses/codes.toml"
    raw = OWN.raw(name)
    for key in raw["unknown"]:
        faults = faults_of(
            tmp_path, BY_NAME[name], name, changed(raw, ("unknown", key, "happening"), "matched")
        )
        assert named(faults, name, "happening")
    for code, row in raw.items():
        if code != "unknown" and row["happening"] == "rejected":
            faults = faults_of(tmp_path, BY_NAME[name], name, changed(raw, (code, "positive"), value=True))
            assert named(faults, name, "positive")


def test_a_column_that_tells_who_the_patient_is_cannot_be_written_unasked(tmp_path: Path) -> None:
    name = "export/columns.toml"
    raw = OWN.raw(name)
    for number, column in enumerate(raw["column"]):
        if column.get("patient"):
            faults = faults_of(
                tmp_path, BY_NAME[name], name, changed(raw, ("column", number, "patient"), value=False)
            )
            assert named(faults, name, "patient")


def test_practice_mode_holds_no_number_that_a_real_patient_could_have(tmp_path: Path) -> None:
    name = "practice_mode/patients.toml"
    faults = faults_of(
        tmp_path, BY_NAME[name], name, changed(OWN.raw(name), ("patient", 0, "nhs_number"), "9434765919")
    )
    assert named(faults, name, "nhs_number")
