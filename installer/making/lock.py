"""Read, judge and renew the lock files: every package of a payload, pinned by version and hashes."""

import hashlib
import json
import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from installer.making import places
from installer.making.run import need, run

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)")
_DIGEST = "# dependencies of pyproject.toml: sha256 "


@dataclass(frozen=True, slots=True)
class Target:
    """A system that a payload is made for."""

    system: str
    file: str
    uv_platform: str
    python: str
    markers: tuple[tuple[str, str], ...]

    @property
    def path(self) -> Path:
        """The lock file."""
        return places.HOME / "lock" / self.file

    def environment(self) -> dict[str, str | AbstractSet[str]]:
        """Return the values that environment markers are judged by."""
        return {
            "python_version": self.python,
            "python_full_version": f"{self.python}.0",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "extra": "",
            **dict(self.markers),
        }


WINDOWS = Target(
    "windows",
    "windows-x86_64.txt",
    "x86_64-pc-windows-msvc",
    "3.13",
    (("sys_platform", "win32"), ("platform_system", "Windows"), ("os_name", "nt")),
)
LINUX = Target(
    "linux",
    "linux-x86_64.txt",
    "x86_64-manylinux_2_34",
    "3.11",  # Debian 12's own Python runs the .deb
    (("sys_platform", "linux"), ("platform_system", "Linux"), ("os_name", "posix")),
)
TARGETS = (WINDOWS, LINUX)


def wanted() -> tuple[str, ...]:
    """Return what pyproject.toml asks for in a payload: the program's and practice mode's dependencies."""
    project = places.project()["project"]
    return (*project["dependencies"], *project["optional-dependencies"]["demo"])


def digest() -> str:
    """Return a digest of those dependencies, which each lock file carries."""
    return hashlib.sha256(json.dumps(sorted(wanted())).encode()).hexdigest()


def pins(text: str) -> dict[str, str]:
    """Return the version of each package that a lock names."""
    found = (_PIN.match(line) for line in text.splitlines())
    return {canonicalize_name(one["name"]): one["version"] for one in found if one}


def disagreements(target: Target, text: str) -> list[str]:
    """Return one sentence for each way in which a lock and pyproject.toml differ."""
    said = []
    if f"{_DIGEST}{digest()}" not in text:
        said.append("The dependencies in pyproject.toml are not those that the lock was made from.")
    locked = pins(text)
    for line in wanted():
        asked = Requirement(line)
        if asked.marker is not None and not asked.marker.evaluate(target.environment()):
            continue
        version = locked.get(canonicalize_name(asked.name))
        if version is None:
            said.append(f"{asked.name} is in pyproject.toml and not in the lock.")
        elif not asked.specifier.contains(version, prereleases=True):
            said.append(f"{asked.name} {version} is locked; pyproject.toml asks for {asked.specifier}.")
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)
    said += [
        f"{_PIN.match(block)['name']} has no hash."  # type: ignore[index]
        for block in blocks
        if _PIN.match(block) and "--hash=sha256:" not in block
    ]
    return [f"{target.file}: {one} Run: installer/build --lock" for one in said]


def renew(target: Target) -> int:
    """Resolve the dependencies anew, write the lock and return how many packages it names."""
    uv = need("uv", "(not in Debian) python3 -m pip install uv")
    text = run(
        [
            uv, "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--generate-hashes", "--extra", "demo",
            "--python-platform", target.uv_platform, "--python-version", target.python, places.ROOT / "pyproject.toml",
        ]
    )  # fmt: skip
    head = (
        f"# Made by installer/build --lock for {target.system}, Python {target.python}. Not edited by hand.\n"
    )
    target.path.write_text(f"{head}{_DIGEST}{digest()}\n{text}", encoding="utf-8")
    return len(pins(text))
