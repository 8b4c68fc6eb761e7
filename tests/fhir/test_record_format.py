"""The JSON record format and the commands ``build`` and ``check``: what is written is read back, the rest is refused."""

import json
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digmed_desktop import resources
from digmed_desktop.clinical import json_record
from digmed_desktop.clinical.json_record import RecordFormatError, dumps, read, schema
from digmed_desktop.clinical.programme import is_never_sent
from digmed_desktop.clinical.record import VaccinationRecord
from digmed_desktop.fhir.checks import check
from digmed_desktop.fhir.commands import build_arguments, build_command, check_arguments, check_command
from digmed_desktop.fhir.items import Record
from digmed_desktop.reference.programmes import agreements, programmes
from tests.clinical.doors import judged
from tests.fhir.golden_cases import message
from tests.fhir.records import supply, vaccination, with_allergies

EXAMPLES = resources.names("examples", ".json")


def build(*arguments: str) -> int:
    parser = ArgumentParser()
    build_arguments(parser)
    return build_command(parser.parse_args(arguments), judged)


def check_files(*arguments: str) -> int:
    parser = ArgumentParser()
    check_arguments(parser)
    return check_command(parser.parse_args(arguments))


@pytest.fixture
def record(tmp_path: Path) -> Path:
    file = tmp_path / "record.json"
    given = next(one for one in EXAMPLES if programmes()[0].id in one and "not-given" not in one)
    file.write_text(resources.text(given), "utf-8")
    return file


@pytest.mark.parametrize("made", [vaccination(), vaccination(allergies=with_allergies()), supply()])
def test_a_record_is_read_back_as_it_was_written(made: Record) -> None:
    assert read(dumps(made)) == made


def test_digits_survive_as_a_number_and_as_text() -> None:
    text = dumps(vaccination())
    assert '"0.50"' in text
    assert read(text.replace('"0.50"', "0.50")) == vaccination()


@pytest.mark.parametrize("name", ["vaccination", "emergency-supply"])
def test_the_schema_in_resources_is_that_of_the_record(name: str) -> None:
    assert resources.json_file(f"schemas/record-{name}-1.schema.json") == schema(name)


def test_there_is_an_example_of_each_programme_and_of_both_notifications() -> None:
    told = " ".join(EXAMPLES)
    shown = {one.vaccine for one in programmes() if one.id in told}  # of one season, whichever it is
    assert shown == {one.vaccine for one in programmes()}
    assert "emergency-supply" in told
    assert "not-given" in told


def goes_on_paper(made: Record) -> bool:
    """Whether a record is one of those for which there is no message: no agreement, or no code for it."""
    return isinstance(made, VaccinationRecord) and any(
        is_never_sent(one.programme) or one.procedure is None for one in made.immunizations
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_builds_a_message_that_passes_the_checks_or_goes_on_paper(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = read(resources.text(name))
    assert read(dumps(made)) == made
    if not goes_on_paper(made):
        assert check(message(made).payload) == []
        return
    out = tmp_path / "message.xml"
    assert build(str(resources.path(name)), "--out", str(out)) == 2
    assert not out.exists()
    lines = capsys.readouterr().err.splitlines()
    assert lines
    assert all("paper" in line for line in lines)


def test_all_that_can_be_agreed_has_an_example_that_is_sent() -> None:
    sent = [one for name in EXAMPLES if not goes_on_paper(one := read(resources.text(name)))]
    told = {one.immunizations[0].programme for one in sent if isinstance(one, VaccinationRecord)}
    assert {one.agreement for one in programmes() if one.id in told} == {one.id for one in agreements()}


def test_unknown_fields_and_wrong_types_are_named_with_their_path() -> None:
    whole = json.loads(dumps(vaccination()))
    whole["record"]["patient"]["shoe_size"] = 42
    whole["record"]["patient"]["sex"] = "none of them"
    whole["record"]["contact_at"] = 5
    whole["record"]["immunizations"][0]["given"] = "yes"
    with pytest.raises(RecordFormatError) as refused:
        read(json.dumps(whole))
    assert {path for path, _ in refused.value.faults} == {
        "record.patient.shoe_size",
        "record.patient.sex",
        "record.contact_at",
        "record.immunizations.0.given",
    }
    assert "none of them" not in str(refused.value.faults)


@pytest.mark.parametrize(
    "kind", ["minor-illness", "medication-review", "appliance-use-review", "new-medicine-service"]
)
def test_a_retired_kind_is_named_and_refused_with_the_reason(kind: str) -> None:
    with pytest.raises(RecordFormatError, match="retired"):
        read(json.dumps({"format": kind, "version": 1, "record": {}}))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        "NaN",
        '{"format": "vaccination", "version": 1, "record": NaN}',
        '{"format": "vaccination", "format": "vaccination", "version": 1, "record": {}}',
        '{"format": "vaccination", "version": 2, "record": {}}',
        '{"format": "vaccination", "version": 1, "record": []}',
        '{"format": ["vaccination"], "version": 1, "record": {}}',
        '{"format": "vaccination", "version": 1, "record": {}, "more": 1}',
        "[" * 100_000,
        " " * 1_000_001,
        '{"format": "vaccination", "version": 1, "record": {"advice": "\\ud800"}}',
    ],
    ids=lambda text: text[:40],
)
def test_what_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(RecordFormatError):
        read(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.sampled_from(["vaccination", "emergency-supply"]), json_values, st.data())
def test_any_json_at_all_is_read_or_refused(name: str, value: object, data: st.DataObject) -> None:
    whole = json.loads(dumps(vaccination() if name == "vaccination" else supply()))
    place = whole
    while isinstance(place, dict) and data.draw(st.booleans()):
        key = data.draw(st.sampled_from(sorted(place)))
        if not isinstance(place[key], dict):
            break
        place = place[key]
    place[data.draw(st.sampled_from(sorted(place)))] = value
    try:
        assert json_record.dumps(read(json.dumps(whole)))
    except RecordFormatError as refused:
        assert refused.faults  # noqa: PT017 - either answer is right


def test_build_writes_a_message_that_check_passes(record: Path, tmp_path: Path) -> None:
    out = tmp_path / "message.xml"
    assert build(str(record), "--out", str(out)) == 0
    assert check_files(str(out)) == 0


def test_build_with_ids_and_time_is_the_same_byte_for_byte(record: Path, tmp_path: Path) -> None:
    ids = tmp_path / "ids.json"
    ids.write_text(json.dumps([str(UUID(int=n, version=4)) for n in range(1, 16)]))
    outs = [tmp_path / "one.xml", tmp_path / "two.xml"]
    for out in outs:
        arguments = ("--ids", str(ids), "--at", "2026-10-14T14:10:00+01:00", "--out", str(out))
        assert build(str(record), *arguments) == 0
    assert outs[0].read_bytes() == outs[1].read_bytes()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--edition", "no-such"], "--edition: There is no such edition."),
        (
            ["--edition", "emergency-supply-1.2.9"],
            "--edition: This edition belongs to the other notification.",
        ),
        (["--at", "yesterday"], "--at: The time must have its offset"),
        (["--at", "2026-10-14T14:10:00"], "--at: The time must have its offset"),
        (["--ids", "EMPTY"], "--ids: The list has fewer ids"),
        (["--ids", "WRONG"], "--ids: The file must be a JSON list"),
    ],
)
def test_build_says_what_is_wrong_with_its_arguments(
    record: Path, tmp_path: Path, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, content in (("EMPTY", "[]"), ("WRONG", '["x"]')):
        (tmp_path / name).write_text(content)
    arguments = [str(tmp_path / one) if one in ("EMPTY", "WRONG") else one for one in arguments]
    out = tmp_path / "message.xml"
    assert build(str(record), *arguments, "--out", str(out)) == 2
    assert told in capsys.readouterr().err
    assert not out.exists()


def test_build_of_an_incomplete_record_names_each_problem_on_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "record.json"
    file.write_text('{"format": "vaccination", "version": 1, "record": {}}')
    assert build(str(file)) == 2
    lines = capsys.readouterr().err.splitlines()
    assert any(line.startswith("patient.nhs_number: ") for line in lines)
    assert all(": " in line for line in lines)


def test_check_tells_findings_from_what_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = message(vaccination()).payload
    faulty, broken, huge = tmp_path / "faulty.xml", tmp_path / "broken.xml", tmp_path / "huge.xml"
    faulty.write_bytes(good.replace(b"<birthDate", b"<birthdate"))
    broken.write_bytes(good[:-30])
    with huge.open("wb") as file:
        file.truncate(200_000_000)
    assert check_files(str(faulty)) == 1
    assert "birthdate: " in capsys.readouterr().out
    assert check_files(str(broken)) == 2
    assert check_files(str(huge)) == 2
    assert check_files(str(tmp_path / "not-there.xml"), str(faulty)) == 2


def test_no_date_or_time_of_a_stranger_leaves_the_calendar() -> None:
    """A year that no time zone can add an hour to is refused with its place; it never reaches a calculation."""
    tried = 0
    for name in EXAMPLES:
        whole = resources.json_file(name)
        for path, value in dated(whole["record"], ()):
            for extreme in ("0001-01-01", "9999-12-31", "1849-12-31", "2201-01-01"):
                changed = json.loads(json.dumps(whole))
                place = changed["record"]
                for step in path[:-1]:
                    place = place[step]
                place[path[-1]] = extreme + (value[10:] if len(value) == 10 else "T00:00:00+14:00")
                with pytest.raises(RecordFormatError) as refused:
                    json_record.read(json.dumps(changed))
                assert [where for where, _ in refused.value.faults] == [".".join(("record", *map(str, path)))]
                tried += 1
    assert tried > 40


def dated(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the place and the text of every date and time in a record."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from dated(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from dated(inner, (*path, number))
    elif isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T.*)?", value):
        yield path, value


def test_a_message_with_times_at_the_ends_of_the_calendar_is_checked() -> None:
    """Each date and time of a message in turn is moved there: findings or none, never a fault of the program."""
    text = message(vaccination()).payload.decode()
    for found in set(re.findall(r'value="([0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[^"]*)?)"', text)):
        for extreme in ("0001-01-01", "9999-12-31"):
            moved = extreme + ("" if len(found) == 10 else "T00:00:00+14:00")
            check(text.replace(f'"{found}"', f'"{moved}"').encode())
