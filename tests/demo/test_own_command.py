"""Practice mode's MESH starts however the program was installed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from digmed_desktop.demo import own_command

ROOT = Path(__file__).resolve().parents[2]
LAUNCHER = """#!{python}
import sys
sys.executable = {launcher!r}  # as in a launcher: the program is its own interpreter
{frozen}
sys.path.insert(0, {root!r})
if sys.argv[1:] == ["try"]:
    from digmed_desktop.demo.session import PracticeMesh
    with PracticeMesh.start(None) as mesh:
        print("running" if mesh.is_running else "ended")
elif sys.argv[1:2] == ["-m"]:
    sys.exit("these words are Python's, and this is not a Python")
else:
    from digmed_desktop.cli import main
    sys.exit(main())
"""


@pytest.mark.timeout(600)
@pytest.mark.skipif(os.name != "posix", reason="the launcher of this test is a script")
@pytest.mark.parametrize(
    ("name", "frozen"),
    [("DigMedDesktop", ""), ("digmed-desktop", "sys.frozen = True"), ("python3", "sys.frozen = True")],
)
def test_a_launcher_starts_its_own_practice_mesh(tmp_path: Path, name: str, frozen: str) -> None:
    launcher = tmp_path / name
    text = LAUNCHER.format(python=sys.executable, launcher=str(launcher), frozen=frozen, root=str(ROOT))
    launcher.write_text(text, encoding="utf-8")
    launcher.chmod(0o700)
    done = subprocess.run([launcher, "try"], capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stdout) == (0, "running\n"), done.stderr[-2000:]


@pytest.mark.parametrize("name", ["python", "python3.13", "pythonw.exe", "python.exe", "Python", "pypy3"])
def test_an_interpreter_is_asked_for_the_module(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(sys, "executable", f"/somewhere/{name}")
    asked = own_command.own_command(own_command.PRACTICE_MESH, "1.5")
    assert asked == [f"/somewhere/{name}", "-m", "digmed_desktop", own_command.PRACTICE_MESH, "1.5"]


def test_the_word_is_hidden_from_the_help() -> None:
    from digmed_desktop.cli import parser

    assert own_command.PRACTICE_MESH not in parser().format_help()
