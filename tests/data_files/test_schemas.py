"""The JSON Schemas that editors use are those of the models."""

import json
from pathlib import Path

import pytest

from digmed_desktop.cli import main
from digmed_desktop.data_files.source import OWN
from digmed_desktop.desk.files.exporting import KEYS
from tests.data_files.changed import FILES, KINDS

RESOURCES = Path(__file__).parents[2] / "resources"


def test_the_schemas_are_those_of_the_models(tmp_path: Path) -> None:
    assert main(["check-data", "--schemas", str(tmp_path)]) == 0
    made = {one.name: one.read_text(encoding="utf-8") for one in tmp_path.iterdir()}
    kept = {one.name: one.read_text(encoding="utf-8") for one in (RESOURCES / "schemas").glob("data-*")}
    assert made == kept, "write them anew: digmed-desktop check-data --schemas resources/schemas"


@pytest.mark.parametrize(("kind", "name"), FILES, ids=[name for _kind, name in FILES])
def test_a_file_names_its_schema(kind: object, name: str) -> None:
    first = (RESOURCES / name).read_text(encoding="utf-8").partition("\n")[0]
    named = first.removeprefix("#:schema ")
    schema = ((RESOURCES / name).parent / named).resolve()
    wanted = next(one for one in KINDS if one is kind)
    assert json.loads(schema.read_text(encoding="utf-8"))["title"].endswith(wanted.place)


def test_resources_are_described_folder_by_folder() -> None:
    said = (RESOURCES / "README.md").read_text(encoding="utf-8")
    for folder in (one.name for one in RESOURCES.iterdir() if one.is_dir()):
        assert f"`{folder}`" in said, folder


def test_every_column_that_can_be_filled_is_known() -> None:
    assert {row["key"] for row in OWN.raw("export/columns.toml")["column"]} <= KEYS
