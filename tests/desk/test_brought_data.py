"""A folder with next season's programme is used; a damaged one is refused whole, and the files used last stay."""

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from digmed_desktop import resources
from digmed_desktop.clinical import data_review
from digmed_desktop.clinical.programme import is_never_sent
from digmed_desktop.data_files.source import OWN
from digmed_desktop.desk.files import brought_data, data_check
from digmed_desktop.reference import programmes
from digmed_desktop.settings import policy
from tests.data_files.test_next_season import FAULTS, OF_A_SEASON, Change, matched, next_season, replaced
from tests.desk.test_data_faults import _forget_what_was_read

TODAY = date(2027, 8, 1)
(*_others, NAME) = OF_A_SEASON
MORE: dict[str, Change] = {
    "no text": lambda _text: "",
    "not UTF-8": lambda _text: "\ud800",
    "cut in the middle": lambda text: text[: len(text) // 2],
    "a code of another vaccine": matched(
        r'^code = "\d+"\ndisplay = "Cell', 'code = "45175511000001104"\ndisplay = "Cell'
    ),
    "no day of the check": matched(r"^checked_on = .*\n", ""),
    "a day of the next check before the check": matched(r"^look_again_by = .*", "look_again_by = 2020-01-01"),
    "a season of two years": matched(r"^season_end = .*", "season_end = 2030-01-01"),
    "a key twice": replaced("unit = ", 'unit = "ml"\nunit = '),
}
DAMAGED = {**{name: change for name, (change, _words) in FAULTS.items()}, **MORE}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data" / brought_data.HOME
    brought_data.adopt("", tmp_path / "data" / brought_data.HOME, TODAY)
    _forget_what_was_read()


def adopted(folder: Path, home: Path, today: date = TODAY) -> brought_data.Brought:
    found = brought_data.adopt(str(folder), home, today)
    _forget_what_was_read()
    return found


def write(text: Callable[[str], str], folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    changed: list[str] = []

    def change(whole: str) -> str:
        changed.append(text(whole))
        return whole

    name = next_season(NAME, folder, change)
    (folder / f"{name}.toml").write_bytes(changed[0].encode("utf-8", "surrogatepass"))


def test_next_seasons_file_is_used_and_each_of_twenty_damaged_ones_leaves_it_in_use(
    tmp_path: Path, home: Path
) -> None:
    folder = tmp_path / "brought"
    new_id = next_season(NAME, folder)
    good = adopted(folder, home)
    assert good.refused == ""
    assert good.notices == ()
    assert new_id in {one.id for one in programmes.programmes()}
    start = programmes.programme(new_id).season_start
    assert start
    assert new_id in {one.id for one in programmes.current(start)}
    assert not is_never_sent(new_id)
    assert data_check.standing().found == ()
    assert data_review.BROUGHT in data_review.text()
    assert len(DAMAGED) >= 20
    for fault, change in DAMAGED.items():
        write(change, folder)
        found = adopted(folder, home, TODAY + timedelta(days=3))
        assert found.refused, fault
        (notice,) = found.notices
        assert "all refused on 04 Aug 2027: those of 01 Aug 2027 are in use" in notice, fault
        assert programmes.programme(new_id).season_start == start, fault
    next_season(NAME, folder)
    again = adopted(folder, home, TODAY + timedelta(days=9))
    assert (again.refused, again.since) == ("", TODAY), "nothing new came"


def test_the_folder_of_the_administrators_file_is_used_by_the_window_and_by_commands(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, data = tmp_path / "policy.toml", home.parent
    monkeypatch.setattr(policy, "place", lambda: file)
    read = policy.read
    monkeypatch.setattr(policy, "read", lambda where: read(where, lambda _file: True))
    new_id = next_season(NAME, tmp_path / "brought")
    for text, is_there in (
        (f"[data]\nfolder = '{tmp_path / 'brought'}'\n", True),
        ("[data]\nfolder = 5\n", True),
        ("", False),
    ):
        file.write_text(text, encoding="utf-8")
        for began in (brought_data.at_start, brought_data.beside_a_window):
            began(data, "")
            _forget_what_was_read()
            assert (new_id in {one.id for one in programmes.programmes()}) is is_there, text


def test_a_folder_that_is_gone_leaves_the_files_and_says_so_and_no_folder_ends_their_use(
    tmp_path: Path, home: Path
) -> None:
    folder = tmp_path / "brought"
    new_id = next_season(NAME, folder)
    adopted(folder, home)
    shutil.rmtree(folder)
    assert "cannot be found" in adopted(folder, home).refused
    assert new_id in {one.id for one in programmes.programmes()}
    brought_data.use_last(str(folder), home, TODAY)
    _forget_what_was_read()
    assert new_id in {one.id for one in programmes.programmes()}
    brought_data.adopt(None, home, TODAY)
    _forget_what_was_read()
    assert new_id in {one.id for one in programmes.programmes()}, (
        "a fault of the administrators' file changes nothing"
    )
    brought_data.adopt("", home, TODAY)
    _forget_what_was_read()
    assert new_id not in {one.id for one in programmes.programmes()}
    assert not home.exists()


def test_a_file_checked_before_the_programs_own_and_one_of_the_version_are_refused(
    tmp_path: Path, home: Path
) -> None:
    folder = tmp_path / "brought"
    (folder / "programmes").mkdir(parents=True)
    text = (resources.root() / NAME).read_text(encoding="utf-8")
    older = re.sub(r"^checked_on = .*", "checked_on = 2026-01-01", text, count=1, flags=re.MULTILINE)
    older = re.sub(r"^look_again_by = .*", "look_again_by = 2026-12-01", older, count=1, flags=re.MULTILINE)
    (folder / NAME).write_text(older, encoding="utf-8")
    said = adopted(folder, home)
    assert "the program's own on" in said.refused
    assert "the program's own are in use" in said.notices[0]
    shutil.rmtree(folder)
    (folder / "people").mkdir(parents=True)
    shutil.copy(resources.root() / "people/permissions.toml", folder / "people")
    assert "comes only with the program" in adopted(folder, home).refused
    assert not OWN.is_brought("people/permissions.toml")


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("missing", "cannot be found"),
        ("a file", "is a file, not a folder"),
        ("empty", "contains no data file"),
    ],
)
def test_a_folder_without_files_refuses_nothing_and_says_what_stays_in_use(
    kind: str, why: str, tmp_path: Path, home: Path
) -> None:
    folder = tmp_path / "brought"
    new_id = next_season(NAME, folder)
    adopted(folder, home)
    shutil.rmtree(folder)
    if kind == "a file":
        folder.write_text("x", encoding="utf-8")
    if kind == "empty":
        (folder / "programmes").mkdir(parents=True)
    later = TODAY + timedelta(days=3)
    found = adopted(folder, home, later)
    (said,) = found.notices
    assert why in said
    assert "those of 01 Aug 2027 are in use" in said
    assert "since 04 Aug 2027" in said
    assert "refused" not in said
    assert new_id in {one.id for one in programmes.programmes()}
    assert adopted(folder, home, later + timedelta(days=1)).refused_since == later
    assert why in brought_data.fault_of(str(folder), home.parent)


def dated(text: str, checked: str) -> str:
    """A file as if it had been checked on another day."""
    text = re.sub(r"^checked_on = .*", f"checked_on = {checked}", text, count=1, flags=re.MULTILINE)
    return re.sub(r"^look_again_by = .*", "look_again_by = 2028-06-30", text, count=1, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("2027-06-01", "2027-06-02", ""),
        ("2027-06-01", "2027-06-01", ""),
        ("2027-06-02", "2027-06-01", "the one in use on 2027-06-02"),
        ("2027-06-01", None, "no longer in the folder"),
    ],
)
def test_an_older_file_never_takes_the_place_of_the_one_in_use(
    before: str, after: str | None, said: str, tmp_path: Path, home: Path
) -> None:
    folder, rules = tmp_path / "brought", "rules/stops.toml"
    own = (resources.root() / rules).read_text(encoding="utf-8")
    (folder / "rules").mkdir(parents=True)
    (folder / rules).write_text(dated(own, before), encoding="utf-8")
    shutil.copy(resources.root() / "rules/both-forms.toml", folder / "rules")
    assert adopted(folder, home).refused == ""
    if after is None:
        (folder / rules).unlink()
    else:
        (folder / rules).write_text(dated(own, after), encoding="utf-8")
    told = brought_data.fault_of(str(folder), home.parent)
    found = adopted(folder, home, TODAY + timedelta(days=1))
    assert (said in found.refused, bool(found.refused)) == (True, bool(said))
    assert told == found.refused
    in_use = OWN.raw(rules)["checked_on"]
    assert str(in_use) == (before if said else after)


def test_the_programme_of_a_season_that_is_over_may_leave_the_folder(tmp_path: Path, home: Path) -> None:
    folder = tmp_path / "brought"
    new_id = next_season(NAME, folder)
    shutil.copytree(resources.root() / "rules", folder.with_name("laid out") / "rules")
    adopted(folder, home)
    end = programmes.programme(new_id).season_end
    assert end
    other = folder.with_name("laid out")
    assert "no longer in the folder" in adopted(other, home, end).refused
    assert adopted(other, home, end + timedelta(days=1)).refused == ""


def test_the_accounts_folder_is_used_unless_the_administrators_named_another(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, data = tmp_path / "policy.toml", home.parent
    monkeypatch.setattr(policy, "place", lambda: file)
    read = policy.read
    monkeypatch.setattr(policy, "read", lambda where: read(where, lambda _file: True))
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    next_season(NAME, mine)
    next_season(NAME, theirs)
    assert brought_data.at_start(data, str(mine)).folder == str(mine)
    file.write_text(f"[data]\nfolder = '{theirs}'\n", encoding="utf-8")
    assert brought_data.at_start(data, str(mine)).folder == str(theirs)
    file.unlink()
    assert brought_data.at_start(data, "").names == ()
