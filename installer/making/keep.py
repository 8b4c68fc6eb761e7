"""Apply payload.toml: keep what has a reason, take away the rest, refuse a rule that matches nothing."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from installer.making import places
from installer.making.run import BuildError
from installer.making.wheels import Distribution, distributions


@dataclass(frozen=True, slots=True)
class KeepList:
    """The parts a payload keeps of packages that bring far more than the program uses."""

    keep: dict[str, tuple[str, ...]]  # distribution -> patterns; only what one matches stays
    without: frozenset[str]  # distributions that no part of the program imports
    never: tuple[str, ...]  # patterns of files that nothing needs while it runs


def read(system: str, text: str | None = None) -> KeepList:
    """Return the keep-list for one system; BuildError names an entry that is not understood."""
    raw = tomllib.loads(
        text if text is not None else (places.HOME / "payload.toml").read_text(encoding="utf-8")
    )
    if unknown := set(raw) - {"keep", "without", "never"}:
        raise BuildError(f"payload.toml: {sorted(unknown)[0]} is not known.")
    keep: dict[str, tuple[str, ...]] = {}
    without, never = set(), []
    for kind, keys in (
        ("keep", {"distribution", "paths"}),
        ("without", {"distribution"}),
        ("never", {"path"}),
    ):
        for number, entry in enumerate(raw.get(kind, []), 1):
            _judge(f"{kind}, entry {number}", entry, keys)
            if system not in entry.get("systems", [system]):
                continue
            if kind == "keep":
                name = canonicalize_name(entry["distribution"])
                keep[name] = (*keep.get(name, ()), *entry["paths"])
            elif kind == "without":
                without.add(canonicalize_name(entry["distribution"]))
            else:
                never.append(entry["path"])
    return KeepList(keep, frozenset(without), tuple(never))


def _judge(where: str, entry: dict[str, object], keys: set[str]) -> None:
    if missing := (keys | {"reason"}) - set(entry):
        raise BuildError(f"payload.toml, {where}: {sorted(missing)[0]} is missing.")
    if unknown := set(entry) - keys - {"reason", "systems"}:
        raise BuildError(f"payload.toml, {where}: {sorted(unknown)[0]} is not known.")


def matches(name: str, pattern: str) -> bool:
    """Whether a path fits a pattern: ``*`` stays within a folder, ``**`` crosses folders."""
    parts = re.split(r"(\*\*|\*)", pattern)
    words = {"**": ".*", "*": "[^/]*"}
    return re.fullmatch("".join(words.get(part) or re.escape(part) for part in parts), name) is not None


def apply(folder: Path, rules: KeepList) -> list[str]:
    """Take away what the keep-list does not keep; return the names of the packages that went as a whole."""
    unused = {name: set(patterns) for name, patterns in rules.keep.items()}
    gone = []
    for one in distributions(folder):
        if one.name in rules.without:
            gone.append(one.name)
            _remove(folder, one, ())
            continue
        patterns = rules.keep.get(one.name)
        if patterns is not None:
            unused[one.name] -= _remove(folder, one, patterns)
    if missing := rules.without - set(gone):
        raise BuildError(
            f"payload.toml leaves out {sorted(missing)[0]}, which is not installed. Take the entry away."
        )
    for name, left in unused.items():
        if left:
            raise BuildError(f"payload.toml keeps {sorted(left)[0]} of {name}; no file matches it.")
    for path in sorted(folder.rglob("*")):
        if path.is_file() and any(matches(path.relative_to(folder).as_posix(), one) for one in rules.never):
            path.unlink()
    _remove_empty(folder)
    return gone


def _remove(folder: Path, one: Distribution, patterns: tuple[str, ...]) -> set[str]:
    """Remove a package's files that no pattern matches; return the patterns that matched a file."""
    used = set()
    for name in one.files:
        if patterns and name.startswith(one.info.name + "/"):
            continue  # metadata stays: entry points and licences lie in it
        matching = [pattern for pattern in patterns if matches(name, pattern)]
        used.update(matching)
        if not matching:
            (folder / name).unlink(missing_ok=True)
    if not patterns:
        for left in one.info.rglob("*"):
            if left.is_file():
                left.unlink()
    return used


def _remove_empty(folder: Path) -> None:
    for path in sorted((one for one in folder.rglob("*") if one.is_dir()), reverse=True):
        if not any(path.iterdir()):
            path.rmdir()
