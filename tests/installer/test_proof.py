"""``installer/check`` runs outside the tests: the words, commands, modules and files that it names are the program's."""

import ast
import importlib
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from digmed_desktop import cli
from digmed_desktop.demo.own_command import PRACTICE_MESH
from digmed_desktop.desk.commands import notification, schedule
from digmed_desktop.messaging.story import QueueStanding
from digmed_desktop.settings import folders
from digmed_desktop.settings import policy as policy_room
from installer.checking import core, on_screen, upgrades, version_1, windows, windows_faults
from installer.checking.wine import Result, Wine, expect
from installer.making import places
from tests.conftest import MemoryKeyring
from tests.history.fresh import fresh_store
from tests.history.samples import KEY, MovedClock

CHECKING = places.HOME / "checking"
README = (places.HOME / "README.md").read_text(encoding="utf-8")
SAID_BY_OTHERS = {
    "passed": "pytest",
    "downgraded": "apt",
    "Permission denied": "Debian's shell",
    "%PDF": "any PDF",
    "trouble:  notifications: ": "the script that makes the backup",
    "Łódź é.xml": "the name of a file that the line writes",
}
FILLED_IN = {"99.0.0 is current": " is current"}
"""Texts in which the program fills something in, and what is left of them."""
_COMMAND = re.compile(
    r"(?:\{program\}|\$\{CONSOLE_EXE\}\"|\$\{WINDOW_EXE\}\"|& \$program|Exec=digmed-desktop|ExeCommand=\"|\.exe&quot;) "
    r"([a-z][a-z-]+)?((?: --[a-z-]+)*)"
)


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _calls(*names: str) -> Iterator[ast.Call]:
    for file in sorted(CHECKING.glob("*.py")):
        for node in ast.walk(_tree(file)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in names:
                yield node


def _texts(nodes: list[ast.expr]) -> list[str]:
    return [one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def _is_said(text: str) -> bool:
    """Whether a string of the program holds the text."""
    for file in (places.ROOT / "digmed_desktop").rglob("*.py"):
        if text in file.read_text(encoding="utf-8"):
            constants = (node.value for node in ast.walk(_tree(file)) if isinstance(node, ast.Constant))
            if any(isinstance(one, str) and text in one for one in constants):
                return True
    return False


def test_every_text_that_a_line_waits_for_is_said_by_the_program() -> None:
    awaited = {text for call in _calls("expect") for text in _texts(call.args[2:])}
    awaited |= {text for call in _calls("_boxed") for text in _texts(call.args[3:])}
    assert len(awaited) > 15
    assert set(SAID_BY_OTHERS) | set(FILLED_IN) <= awaited
    own = sorted(awaited - set(SAID_BY_OTHERS))
    assert [text for text in own if not _is_said(FILLED_IN.get(text, text))] == []


def _commands() -> set[tuple[str, ...]]:
    """Return every command line of the program that checks, packages and starters use."""
    found = {tuple(_texts(call.args)) for call in _calls("console")}
    found |= {
        tuple(_texts(call.args[1:]))
        for call in _calls("start", "run")
        if call.args and "EXE" in ast.unparse(call.args[0])
    }
    files = [
        CHECKING / "debian.py",
        places.HOME / "windows" / "digmed.nsi",
        places.HOME / "windows" / "digmed.wxs.in",
    ]
    files += [*(places.HOME / "linux").glob("*.desktop"), *(places.HOME / "workflow").glob("*.yml")]
    for file in files:
        for command, options in _COMMAND.findall(file.read_text(encoding="utf-8")):
            found.add((*([command] if command else []), *options.split()))
    return found - {()}


def test_every_command_that_a_line_runs_is_understood(capsys: pytest.CaptureFixture[str]) -> None:
    commands = _commands()
    assert {words[0] for words in commands} >= {
        "doctor",
        "sync",
        "schedule",
        "close",
        "open",
        "build",
        "paper",
        "--demo",
    }
    for words in sorted(commands):
        command = "" if words[0].startswith("--") else words[0]
        if command == PRACTICE_MESH:
            continue
        with pytest.raises(SystemExit) as ended:
            cli.main([*([command] if command else []), "--help"])
        help_text = capsys.readouterr().out
        assert (words, ended.value.code) == (words, 0)
        assert help_text.startswith(f"usage: digmed-desktop {command}".rstrip()), words
        wanted = [
            word
            for word in words
            if word.startswith("--") or (word != command and re.fullmatch(r"[a-z-]+", word))
        ]
        assert [word for word in wanted if word not in help_text] == [], words


def test_every_line_that_the_readme_names_is_one() -> None:
    named = {kind: set(re.findall(f'{kind} "([^"]+)"', README)) for kind in ("line", "mutant")}
    assert all(named.values())
    for kind, quoted in named.items():
        lines = [text for call in _calls(kind) for text in _texts(call.args[:1])]
        assert [text for text in sorted(quoted) if not any(text in line for line in lines)] == []


def test_every_module_and_name_that_a_script_of_a_line_imports_is_there() -> None:
    nodes = [node for file in CHECKING.glob("*.py") for node in ast.walk(_tree(file))]
    texts = [str(node.value) for node in nodes if isinstance(node, ast.Constant)]
    scripts = [ast.parse(text) for text in texts if "from digmed_desktop." in text]
    imports = [one for script in scripts for one in ast.walk(script) if isinstance(one, ast.ImportFrom)]
    assert len(scripts) == 3
    for one in imports:
        module = importlib.import_module(str(one.module))
        for alias in one.names:
            if not hasattr(module, alias.name):
                importlib.import_module(f"{one.module}.{alias.name}")


def test_every_file_that_a_line_touches_is_there() -> None:
    assert [name for name in core.TESTS if not (places.ROOT / "tests" / name).exists()] == []
    assert version_1.KEPT.is_file()
    assert (places.ROOT / "digmed_desktop" / "cli.py").is_file()
    assert sorted((places.ROOT / "resources" / "examples").glob("*influenza*given*.json"))
    kept = (places.HOME / "payload.toml").read_text(encoding="utf-8")
    assert f'"{on_screen.LIBRARY.split("site-packages/")[1]}"' in kept


def test_records_and_task_have_the_names_that_lines_look_for(home: Path) -> None:
    assert folders.prepare(practice=False).database == home / version_1.RECORDS
    assert windows.TASK == schedule.TASK
    assert "every 15 minutes" in schedule.description(Path("DigMedDesktop.exe"), 15)


@pytest.mark.parametrize("late", [1, 12])
def test_the_notification_is_the_sentence_that_a_line_waits_for(tmp_path: Path, late: int) -> None:
    clock = MovedClock()
    store = fresh_store(tmp_path / "records.db", KEY, clock)
    said = notification.due(store, QueueStanding(waiting=0, needs_person=late, connected=True), clock.now())
    store.close()
    assert on_screen.SENTENCE.fullmatch(said)
    assert notification.TITLE == on_screen.TITLE


@dataclass(frozen=True, slots=True)
class _Here(Wine):
    """Plays a Windows: runs the program's commands and the scripts of lines in this process."""

    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    def _path(self, word: str) -> str:
        """Return a word as this computer understands it: a path of Windows as one of Linux."""
        if not re.match(r"[A-Z]:[\\/]", word):
            return word
        drives = {"C": self.drive, "Z": Path("/")}
        drive = drives.get(word[0]) or (self.prefix / "dosdevices" / word[:2].lower()).resolve()
        return str(drive / word[3:].replace("\\", "/"))

    def run(
        self,
        *words: str | Path,
        seconds: float = 0,
        extra: dict[str, str] | None = None,
        screen: str = "",
    ) -> Result:
        home = self._path((extra or {}).get("DIGMED_HOME", str(self.home / windows.HOME)))
        self.monkeypatch.setenv("DIGMED_HOME", home)
        program, *rest = (str(word) for word in words)
        given = [self._path(word) for word in rest]
        self.capsys.readouterr()
        try:
            if program.endswith("python.exe"):
                assert given[0] == "-c"
                self.monkeypatch.setattr(sys, "argv", given[1:])
                exec(compile(given[1], "script", "exec"), {})
                status = 0
            else:
                assert program.endswith(places.CONSOLE_EXE)
                status = cli.main(given)
        except SystemExit as ended:
            status = int(str(ended.code))
        out, errors = self.capsys.readouterr()
        return Result(status, out + errors)


@pytest.fixture
def trial(
    tmp_path: Path,
    memory_keyring: MemoryKeyring,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> windows.Trial:
    """A Windows that is played by this process, so that a line can be tried where there is no wine."""
    nothing, here = tmp_path / "nothing", _Here(tmp_path / "prefix", capsys, monkeypatch)
    (here.drive / "users" / "counter").mkdir(parents=True)
    (here.prefix / "dosdevices").mkdir()
    made = windows.Trial(
        here, nothing, nothing, nothing, nothing, places.ROOT / "resources" / "examples", nothing, nothing
    )
    made.folder.mkdir(parents=True)
    read = policy_room.read
    monkeypatch.setattr(policy_room, "place", lambda: made.policy)
    monkeypatch.setattr(policy_room, "read", lambda file: read(file, lambda _file: True))
    return made


@pytest.mark.slow
def test_lines_about_records_of_version_1_pass_on_the_program_as_it_is(trial: windows.Trial) -> None:
    assert version_1.plant(trial.wine, trial.core) == ""
    assert version_1.opened(trial.console("doctor", home=version_1.HOME)) == ""
    assert version_1.copy_kept(trial.wine) == ""
    assert version_1.back_up(trial.wine, trial.core) == ""


LINES: dict[str, Callable[[windows.Trial], str]] = {
    "a message of a record": windows.message,
    "a record that cannot be read": lambda trial: expect(windows.bad_record(trial), 2, "was not opened"),
    "a typo in IT's file": lambda trial: (
        upgrades.begun(trial)
        or windows_faults.under_policy(trial, windows_faults.TYPO, lambda: windows_faults.typo_named(trial))
    ),
    "a long path": windows_faults.long_path,
    "a guide": windows_faults.guide,
    "a data folder that cannot be made": windows_faults.locked,
    "before the first start": windows.unused,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", LINES)
def test_lines_that_need_no_windows_pass_on_the_program_as_it_is(trial: windows.Trial, name: str) -> None:
    assert LINES[name](trial) == ""
