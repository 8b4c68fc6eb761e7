"""The command that asks for known vulnerabilities never takes silence for good news."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def command() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vulnerabilities", ROOT / ".ci" / "vulnerabilities.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def auditor(folder: Path, found: object, *, status: int = 0, errors: str = "") -> tuple[str, ...]:
    """Return a program that answers as pip-audit does, and notes what it was asked."""
    file = folder / "auditor.py"
    file.write_text(
        f"import json, sys\nopen({str(folder / 'asked')!r}, 'a').write(' '.join(sys.argv) + chr(10))\n"
        f"out = sys.argv[sys.argv.index('--output') + 1]\nfound = {found!r}\n"
        "if found is not None: open(out, 'w').write(json.dumps(found))\n"
        f"print({errors!r}, file=sys.stderr)\nsys.exit({status})\n"
    )
    return (sys.executable, str(file))


def test_every_lock_is_asked_about_and_what_is_known_is_named(command, tmp_path, monkeypatch, capsys) -> None:
    known = {"id": "PYSEC-2026-1", "fix_versions": ["2.0"]}
    found = {
        "dependencies": [
            {"name": "a", "version": "1", "vulns": [known]},
            {"name": "b", "version": "1", "vulns": []},
        ]
    }
    monkeypatch.setattr(command, "AUDIT", auditor(tmp_path, found, status=1))
    assert command.main() == command.SOME
    assert "a 1: PYSEC-2026-1, mended in 2.0" in capsys.readouterr().out
    asked = (tmp_path / "asked").read_text()
    assert len(command.LOCKS) >= 2
    assert all(str(lock) in asked for lock in command.LOCKS)


def test_nothing_known_is_said_with_how_many_were_asked_about(command, tmp_path, monkeypatch, capsys) -> None:
    found = {
        "dependencies": [
            {"name": "a", "version": "1", "vulns": []},
            {"name": "b", "skip_reason": "not on PyPI"},
        ]
    }
    monkeypatch.setattr(command, "AUDIT", auditor(tmp_path, found))
    assert command.main() == command.NONE
    said = capsys.readouterr().out
    assert "1 packages asked about, 0 with" in said
    assert "not asked about: b" in said


@pytest.mark.parametrize(
    ("errors", "words"),
    [
        ("ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed", "Is there a network?"),
        ("/usr/bin/python: No module named pip_audit", "pip install"),
        ("", "nothing"),
    ],
)
def test_no_network_and_no_tool_are_not_taken_for_no_vulnerability(
    command, tmp_path, monkeypatch, capsys, errors: str, words: str
) -> None:
    monkeypatch.setattr(command, "AUDIT", auditor(tmp_path, None, status=1, errors=errors))
    assert command.main() == command.NOT_ASKED
    said = capsys.readouterr()
    assert "nobody could be asked" in said.err
    assert words in said.err
    assert "0 with a known" not in said.out


def test_the_tool_that_is_asked_is_an_extra_with_an_upper_bound() -> None:
    import tomllib

    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    (tool,) = extras["audit"]
    assert tool.startswith("pip-audit>=")
    assert ",<" in tool


def test_whatever_the_program_runs_on_has_an_upper_bound() -> None:
    """A new major could change what is sent, or which day is a bank holiday."""
    import tomllib

    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert len(wanted) > 15
    assert [one for one in wanted if "<" not in one.partition(";")[0]] == []
