"""Faults are generated from the files and their models; each is refused by file, entry and key."""

import os
import random
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from digmed_desktop import resources
from digmed_desktop.clinical.snomed import is_concept_id
from digmed_desktop.data_files.kinds import FileKind
from digmed_desktop.data_files.source import OWN, DataSource
from digmed_desktop.desk.files import data_check
from tests.data_files.changed import (
    FILES,
    Place,
    changed,
    faults_of,
    named,
    tables,
    value_at,
    without,
    written,
)

NAMES = [name for _kind, name in FILES]
SEED = 20261128


def one_of_each_kind() -> list[tuple[FileKind, str]]:
    """Return one file of each kind, the one with the most in it."""
    largest: dict[str, tuple[FileKind, str]] = {}
    for kind, name in FILES:
        before = largest.get(kind.place)
        if before is None or len(str(OWN.raw(name))) > len(str(OWN.raw(before[1]))):
            largest[kind.place] = (kind, name)
    return list(largest.values())


EACH = one_of_each_kind()
IDS = [name for _kind, name in EACH]


def leaves(raw: dict[str, Any]) -> list[Place]:
    """Return the places of all values that are no tables."""
    found = []
    for table in tables(raw):
        for key, value in value_at(raw, table).items():
            tabular = isinstance(value, dict) or (
                isinstance(value, list) and value and isinstance(value[0], dict)
            )
            if not tabular:
                found.append((*table, key))
    return found


def of_another_type(value: Any) -> Any:
    """Return a value of a type that cannot stand where this one does."""
    return (
        "not so"
        if isinstance(value, bool | int | float | list)
        else 7
        if isinstance(value, str)
        else "2026-09-01"
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_comes_with_the_program_has_no_fault(name: str) -> None:
    kind = next(kind for kind, one in FILES if one == name)
    assert kind.faults(name, OWN) == ()


@pytest.mark.parametrize(("kind", "name"), EACH, ids=IDS)
def test_what_is_written_is_what_is_read(kind: FileKind, name: str, tmp_path: Path) -> None:
    raw = OWN.raw(name)
    table = next(tables(raw))
    for number, content in enumerate((raw, changed(raw, (*table, "zz_unknown"), "x"))):
        source = written(tmp_path / str(number), name, content)
        assert source.raw(name) == content
        assert kind.faults(name, source) == faults_of(tmp_path / f"{number}-parsed", kind, name, content)


@pytest.mark.parametrize(("kind", "name"), EACH, ids=IDS)
def test_an_unknown_key_is_named_in_every_table(kind: FileKind, name: str, tmp_path: Path) -> None:
    raw = OWN.raw(name)
    for table in tables(raw):
        faults = faults_of(tmp_path, kind, name, changed(raw, (*table, "zz_unknown"), "x"))
        # in a table whose keys are names, the unknown one is taken for a name and its value is refused
        assert any(
            one.file == name and "zz_unknown" in (one.key, *one.entry.split(", ")) for one in faults
        ) or (_takes_any_name(kind, name, table)), (table, faults)


def _takes_any_name(kind: FileKind, name: str, table: Place) -> bool:
    """Whether the names of a table are free text: code systems, elements, and the likes."""
    return table[-1:] == ("sources",) or (kind.place == "conformance/code_systems.toml" and bool(table))


@pytest.mark.parametrize(("kind", "name"), EACH, ids=IDS)
def test_a_value_of_another_type_is_named(kind: FileKind, name: str, tmp_path: Path) -> None:
    raw = OWN.raw(name)
    for place in leaves(raw):
        value = value_at(raw, place)
        faults = faults_of(tmp_path, kind, name, changed(raw, place, of_another_type(value)))
        assert named(faults, name, str(place[-1])), (place, faults)


@pytest.mark.parametrize(("kind", "name"), EACH, ids=IDS)
def test_a_key_that_is_needed_is_named_where_it_is_missing(kind: FileKind, name: str, tmp_path: Path) -> None:
    raw, missed = OWN.raw(name), 0
    for place in leaves(raw):
        faults = faults_of(tmp_path, kind, name, without(raw, place))
        if faults:
            missed += 1
            assert all(one.file == name for one in faults)
            missing = [one for one in faults if one.wrong == "this key is missing"]
            assert not missing or named(tuple(missing), name, str(place[-1])) or _depends(place), (
                place,
                missing,
            )
    assert missed or kind.place.startswith("conformance/"), "a kind of file in which nothing is needed"


def _depends(place: Place) -> bool:
    """Whether another key is needed only while this one stands there, or not."""
    return place[-1] in ("code", "display", "season_start", "season_end")


@pytest.mark.parametrize(("kind", "name"), EACH, ids=IDS)
def test_an_empty_text_is_named(kind: FileKind, name: str, tmp_path: Path) -> None:
    raw = OWN.raw(name)
    rand = random.Random(SEED)
    texts = [place for place in leaves(raw) if isinstance(value_at(raw, place), str) and value_at(raw, place)]
    rand.shuffle(texts)
    needed = (place for place in texts if faults_of(tmp_path, kind, name, without(raw, place)))
    for place in islice(needed, 40):
        faults = faults_of(tmp_path, kind, name, changed(raw, place, " "))
        assert named(faults, name, str(place[-1])), (place, faults)


@pytest.mark.parametrize(("kind", "name"), EACH, ids=IDS)
def test_a_row_that_stands_twice_is_named(kind: FileKind, name: str, tmp_path: Path) -> None:
    raw = OWN.raw(name)
    for table in tables(raw):
        for key, rows in value_at(raw, table).items():
            if isinstance(rows, list) and rows and isinstance(rows[0], dict) and _has_a_name(rows[0]):
                faults = faults_of(tmp_path, kind, name, changed(raw, (*table, key), [*rows, rows[0]]))
                assert any(one.file == name and str(key) in f"{one.entry}, {one.key}" for one in faults), (
                    table,
                    key,
                )


def _has_a_name(row: dict[str, Any]) -> bool:
    return bool({"id", "key", "format", "nhs_number", "words", "item", "ods_code"} & set(row)) or set(
        row
    ) >= {
        "code",
        "display",
    }


@pytest.mark.parametrize(("kind", "name"), FILES, ids=NAMES)
def test_a_code_with_a_wrong_check_digit_is_named(kind: FileKind, name: str, tmp_path: Path) -> None:
    raw = OWN.raw(name)
    for table in tables(raw):
        code = value_at(raw, table).get("code")
        if isinstance(code, str) and is_concept_id(code):
            wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
            faults = faults_of(tmp_path, kind, name, changed(raw, (*table, "code"), wrong))
            assert named(faults, name, "code"), (table, faults)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"id = ", "a file in TOML"),
        (b"\xff\xfe", "a text file in UTF-8"),
        (b"a = 1\na = 2\n", "a file in TOML"),
    ],
    ids=["broken", "not UTF-8", "a key twice"],
)
def test_a_file_that_is_not_toml_is_named(name: str, content: bytes, expected: str, tmp_path: Path) -> None:
    kind = next(kind for kind, one in FILES if one == name)
    file = tmp_path / name
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    (fault,) = kind.faults(name, DataSource(tmp_path))
    assert fault.file == name
    assert expected in fault.sentence


@pytest.mark.parametrize(("kind", "name"), EACH, ids=IDS)
def test_a_list_or_table_that_was_emptied_is_named(kind: FileKind, name: str, tmp_path: Path) -> None:
    raw = OWN.raw(name)
    for table in tables(raw):
        for key, rows in value_at(raw, table).items():
            place = (*table, key)
            if not isinstance(rows, list | dict) or key in kind.may_be_empty:
                continue
            faults = faults_of(tmp_path, kind, name, changed(raw, place, type(rows)()))
            assert any(one.file == name and key in f"{one.entry}, {one.key}" for one in faults), place


def test_a_list_that_may_be_left_out_is_named_where_it_is_empty(tmp_path: Path) -> None:
    emptied = 0
    for kind, name in FILES:
        raw = OWN.raw(name)
        for table in tables(raw):
            if "shown" in value_at(raw, table):
                faults = faults_of(tmp_path, kind, name, changed(raw, (*table, "shown", "answers"), []))
                assert any("answers" in one.sentence for one in faults), (name, table)
                emptied += 1
    assert emptied


DAYS = [
    (kind, name)
    for kind, name in EACH
    if any(isinstance(value_at(OWN.raw(name), at), date) for at in leaves(OWN.raw(name)))
]


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1899, 12, 31), date(2066, 1, 1), date(9999, 12, 31)])
@pytest.mark.parametrize(("kind", "name"), DAYS)
def test_a_day_that_cannot_be_meant_is_named(kind: FileKind, name: str, day: date, tmp_path: Path) -> None:
    raw = OWN.raw(name)
    for place in leaves(raw):
        if isinstance(value_at(raw, place), date):
            faults = faults_of(tmp_path, kind, name, changed(raw, place, day))
            assert named(faults, name, str(place[-1])), place


def test_a_season_that_goes_on_for_years_is_named(tmp_path: Path) -> None:
    for kind, name in FILES:
        raw = OWN.raw(name)
        if "season_end" in raw:
            faults = faults_of(tmp_path, kind, name, changed(raw, ("season_end",), date(2049, 1, 1)))
            assert named(faults, name, "season_end")


NEEDED = [("law/emergency-supply.toml", "rule"), ("responses/codes.toml", "")]


@pytest.mark.parametrize(("name", "table"), NEEDED)
def test_a_row_that_the_program_needs_is_named_where_it_was_taken_out(
    name: str, table: str, tmp_path: Path
) -> None:
    raw = OWN.raw(name)
    kind = next(kind for kind, one in FILES if one == name)
    rows = (
        {one["id"]: (table, place) for place, one in enumerate(raw[table])}
        if table
        else {code: (code,) for code in raw if code.isdigit()}
    )
    for id_, place in rows.items():
        faults = faults_of(tmp_path, kind, name, without(raw, place))
        assert any(id_ in one.sentence and "missing" in one.sentence for one in faults), id_


FIRST = next(name for name in NAMES if name.startswith("programmes/"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_in_place_of_a_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / FIRST).parent.mkdir()
    os.mkfifo(tmp_path / FIRST)
    (found,) = data_check.check(data_check.source_in(tmp_path))
    assert (found.fault.file, found.fault.wrong) == (FIRST, "this is not a file")


def test_a_name_in_capitals_does_not_go_unseen(tmp_path: Path) -> None:
    (tmp_path / FIRST).parent.mkdir()
    (tmp_path / FIRST.replace(".toml", ".TOML")).write_text("id = 1", encoding="utf-8")
    for folder in (tmp_path, (tmp_path / FIRST).parent):
        source = data_check.source_in(folder)
        found = [*(one.fault for one in data_check.check(source)), *data_check.of_no_kind(source)]
        assert [one.file.lower() for one in found] == [FIRST]


def test_a_byte_order_mark_before_a_file_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / FIRST).parent.mkdir()
    (tmp_path / FIRST).write_bytes(b"\xef\xbb\xbf" + (resources.root() / FIRST).read_bytes())
    source = DataSource(tmp_path)
    assert data_check.check(source) == ()
    assert source.raw(FIRST) == OWN.raw(FIRST)
