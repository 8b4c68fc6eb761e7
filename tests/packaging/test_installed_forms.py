"""Resources are found alike in a checkout, an editable install and an installed wheel; the wheel holds what
it should.
"""

import json
import os
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    not (CHECKOUT / "README.md").is_file(), reason="the wheel carries the README, which is not there"
)

LOCATE = """
import hashlib, json, site, sys
site.addsitedir(sys.argv[1])
sys.path.insert(0, sys.path.pop()) if sys.argv[2] == "editable" else sys.path.insert(0, sys.argv[1])
from digmed_desktop.data_files.source import OWN
from digmed_desktop import resources
root = resources.root()
files = {}
for file in root.rglob("*"):
    if file.is_file():
        files[file.relative_to(root).as_posix()] = hashlib.sha256(file.read_bytes()).hexdigest()
first = resources.names("forms", ".toml")[0]
found = {"module": resources.__file__, "root": str(root), "files": files, "form": OWN.raw(first)["id"]}
print(json.dumps(found))
"""


def located(folder: Path, how: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-I", "-c", LOCATE, str(folder), how],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--no-deps",
            "--no-build-isolation",
            "--no-index",
            "-q",
            "-w",
            str(folder),
            ".",
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def editable(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("editable")
    script = "import sys; from hatchling.build import build_editable; build_editable(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder)], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder)
    return folder


def test_the_checkout_and_the_wheel_and_the_editable_install_find_the_same(installed, editable) -> None:
    checkout = located(CHECKOUT, "checkout")
    from_wheel = located(installed, "wheel")
    from_editable = located(editable, "editable")
    assert Path(checkout["root"]) == CHECKOUT / "resources"
    assert Path(from_wheel["root"]) == installed.resolve() / "digmed_desktop" / "_resources"
    assert Path(from_editable["module"]).is_relative_to(CHECKOUT)
    assert len(checkout["files"]) > 10
    assert from_wheel["files"] == checkout["files"]
    assert from_editable["files"] == checkout["files"]
    assert checkout["form"] == from_wheel["form"] == from_editable["form"]


def test_the_wheel_holds_the_program_and_nothing_else(wheel) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = (n for n in names if n.endswith(".dist-info/METADATA"))
        about = Parser().parsestr(archive.read(metadata).decode())
        (points,) = (n for n in names if n.endswith("entry_points.txt"))
        assert "digmed-desktop = digmed_desktop.cli:main" in archive.read(points).decode()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"digmed_desktop"}
    sources = {p.relative_to(CHECKOUT).as_posix() for p in (CHECKOUT / "digmed_desktop").rglob("*.py")}
    assert sources <= set(names)
    assert "digmed_desktop/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".db"))]
    assert about["Name"] == "digmed-desktop"
    assert {"demo", "test"} <= set(about.get_all("Provides-Extra") or [])


def test_the_program_runs_from_the_wheel(installed) -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); from digmed_desktop.cli import main; "
        "sys.exit(main(['--help']))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script, str(installed)],
        cwd=installed,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "--demo" in done.stdout
