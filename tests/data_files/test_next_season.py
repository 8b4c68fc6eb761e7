"""The next season is a copied file; whatever is wrong in it is found, and all of it at once."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from digmed_desktop.cli import main
from digmed_desktop.data_files.source import OWN

OF_A_SEASON = sorted(name for name in OWN.names("programmes") if "season_start" in OWN.raw(name))
Change = Callable[[str], str]


def next_season(name: str, folder: Path, change: Change = lambda text: text) -> str:
    """Copy a season's file a year on, into a folder; return its new name."""
    root = Path(__file__).parents[2] / "resources"
    text = (root / name).read_text(encoding="utf-8")
    year = OWN.raw(name)["season_start"].year
    old_id = OWN.raw(name)["id"]
    new_id = old_id.replace(str(year), str(year + 1)).replace(f"-{(year + 1) % 100}", f"-{(year + 2) % 100}")
    assert new_id != old_id
    text = text.replace(f'id = "{old_id}"', f'id = "{new_id}"', 1)
    text = re.sub(r"\b(20\d\d)-(\d\d)-(\d\d)\b", lambda m: f"{int(m[1]) + 1}-{m[2]}-{m[3]}", text)
    folder.mkdir(exist_ok=True)
    (folder / f"{new_id}.toml").write_text(change(text), encoding="utf-8")
    return new_id


def replaced(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


def matched(pattern: str, new: str) -> Change:
    def change(text: str) -> str:
        changed, count = re.subn(pattern, new, text, count=1, flags=re.MULTILINE)
        assert count
        return changed

    return change


FAULTS: dict[str, tuple[Change, tuple[str, ...]]] = {
    "a misspelt key of a product": (matched(r"^min_age = ", "minage = "), ("product", "minage", "min_age")),
    "an unknown question in a warning": (
        matched(r'^when = \{ "', 'when = { "vaccine.colour" = ["red"], "'),
        ("warning 1", "vaccine.colour"),
    ),
    "a wrong route of a product": (
        matched(r'^routes = \["intramuscular"\]', 'routes = ["oral"]'),
        ("routes", "oral"),
    ),
    "a wrong check digit": (matched(r'^code = "(\d+)\d"', r'code = "\g<1>X"'), ("code", "check digit")),
    "an id twice": (
        matched(r'^\[\[product\]\]\nid = "[a-z-]+"', '[[product]]\nid = "fluenz"'),
        ("product", "id", "twice"),
    ),
    "an id that is not the file's name": (
        matched(r'^id = ".*"', 'id = "flu"'),
        (": “flu”", "name of the file"),
    ),
    "a date as text": (matched(r"^season_start = (.*)$", r'season_start = "\1"'), ("season_start", "a date")),
    "a dose as a number": (
        matched(r'^dose = "0\.5"', "dose = 0.5"),
        ("product 1", "dose", "an amount as text"),
    ),
    "an unknown site": (replaced('"left-arm"', '"left-amr"'), ("sites", "left-amr")),
    "no unit": (matched(r"^unit = .*\n", ""), ("unit", "missing")),
    "no short name": (matched(r"^short_name = .*\n", ""), ("product 1", "short_name", "missing")),
    "an unknown screening question": (replaced('"bleeding"', '"bleedings"'), ("screening", "bleedings")),
    "a misspelt key of a warning": (
        matched(r"(?s)(\[\[warning\]\].*?)since = ", r"\1sinse = "),
        ("warning 1", "sinse", "since"),
    ),
    "no TOML": (matched(r"^name = ", "name "), ("TOML", "line")),
}


@pytest.mark.parametrize("name", OF_A_SEASON)
def test_a_copied_season_has_no_fault(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    next_season(name, tmp_path / "mine")
    assert main(["check-data", str(tmp_path / "mine")]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("name", OF_A_SEASON)
@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_in_a_copied_season_is_named(
    name: str, fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change, expected = FAULTS[fault]
    new_id = next_season(name, tmp_path / "mine", change)
    assert main(["check-data", str(tmp_path / "mine")]) == 1
    said = capsys.readouterr().out
    (line,) = (one for one in said.splitlines() if all(part in one for part in expected))
    assert line.startswith(f"programmes/{new_id}.toml")


def test_all_faults_of_a_folder_are_named_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    together = [fault for fault in FAULTS if fault not in ("no TOML", "an id twice")]

    def all_of_them(text: str) -> str:
        for fault in together:
            text = FAULTS[fault][0](text)
        return text

    next_season(OF_A_SEASON[0], tmp_path / "mine", all_of_them)
    assert main(["check-data", str(tmp_path / "mine")]) == 1
    said = capsys.readouterr().out.splitlines()
    for fault in together:
        assert any(all(part in line for part in FAULTS[fault][1]) for line in said), fault


def test_a_folder_laid_out_as_the_resources_is_checked_with_the_programs_own_files_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "codes").mkdir()
    own = Path(__file__).parents[2] / "resources"
    codes = (own / "codes/vaccination.toml").read_text(encoding="utf-8")
    (tmp_path / "codes/vaccination.toml").write_text(
        codes.replace("left-arm", "upper-left-arm"), encoding="utf-8"
    )
    next_season(OF_A_SEASON[0], tmp_path / "programmes")
    assert main(["check-data", str(tmp_path)]) == 1
    assert "sites: “left-arm” is not a site" in capsys.readouterr().out


def test_a_folder_or_file_that_nothing_reads_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check-data", str(tmp_path / "none")]) == 1
    assert main(["check-data", str(tmp_path)]) == 1
    next_season(OF_A_SEASON[0], tmp_path / "programme")
    assert main(["check-data", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert "this is not a folder" in said.err
    assert "no data file in it" in said.err
    assert "the program reads no file with this name here" in said.out


def test_the_programs_own_files_have_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-data"]) == 0
    assert "no fault" in capsys.readouterr().out
