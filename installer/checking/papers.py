"""SBOM and NOTICE of a payload: every file, every package, every licence; and two builds that are the same."""

import json
from pathlib import Path

from installer.checking.table import Table
from installer.making import bom, manifest, places
from installer.making.run import run
from installer.making.wheels import distributions

_SBOM, _NOTICE = "sbom.cdx.json", "NOTICE.txt"


def check(payload: Path, work: Path, table: Table) -> None:
    """Compare a payload with its SBOM and its NOTICE; then break each and see that it is noticed."""
    table.line("every file of the payload is in the SBOM with its checksum", lambda: in_sbom(payload))
    table.line("NOTICE has every part of the SBOM with its licence", lambda: in_notice(payload))
    broken = work / "papers"
    run(["cp", "-al", payload, broken])
    (broken / "unknown.dll").write_bytes(b"MZ")
    table.mutant("a file that the SBOM does not name", lambda: in_sbom(broken))
    notice = broken / _NOTICE
    lines = notice.read_text(encoding="utf-8").splitlines(keepends=True)
    notice.unlink()  # the copy is a hard link: the payload's own must not change
    notice.write_text("".join(line for line in lines if not line.startswith("typst ")), encoding="utf-8")
    table.mutant("a package that NOTICE does not name", lambda: in_notice(broken))
    run(["rm", "-rf", broken])


def in_sbom(payload: Path) -> str:
    """Return "" when the SBOM names every file but itself, each with its checksum."""
    sums = manifest.checksums(payload)
    named = bom.files_in(payload / _SBOM)
    missing = sorted(set(sums) - set(named) - {_SBOM})
    wrong = [name for name in named if sums.get(name) != named[name]]
    return f"not in the SBOM: {missing[:3]}; other than in the SBOM: {wrong[:3]}" if missing or wrong else ""


def in_notice(payload: Path) -> str:
    """Return "" when every package is a part of the SBOM, and every part stands in NOTICE with a licence."""
    raw = json.loads((payload / _SBOM).read_text(encoding="utf-8"))["components"]
    parts = {one["bom-ref"]: one for one in raw if one["type"] != "file"}
    folders = {info.parent for info in payload.rglob("*.dist-info")}
    packages = {f"pkg:pypi/{one.name}@{one.version}" for folder in folders for one in distributions(folder)}
    if unknown := sorted(packages - set(parts)):
        return f"no part of the SBOM: {unknown[:3]}"
    text = (payload / _NOTICE).read_text(encoding="utf-8")
    told = set(text.splitlines())
    for one in parts.values():
        licence = "".join(each["license"]["name"] for each in one.get("licenses", []))
        named = f"{one['name']} {one.get('version', '')}".strip()
        with_licence = [line for line in told if line.startswith(named) and line.endswith(f": {licence}")]
        with_text = f"{named}: see the text below" in told and text.count(named) > 1
        if not (licence and with_licence) and not with_text:
            return f"not in NOTICE: {named}, {licence or 'licence not stated'}"
    return ""


def same(one: Path, other: Path, table: Table) -> None:
    """Compare two builds: each file of each payload, each package byte for byte."""
    for name in ("windows", "linux"):
        table.line(f"the payload for {name}", lambda: different(one / name, other / name))  # noqa: B023 - called at once
    names = sorted({path.name for out in (one, other) for path in out.iterdir() if path.is_file()})
    if not any(name.endswith(".deb") for name in names):
        table.line("packages", lambda: "there are none")
    for name in names:
        table.line(name, lambda: different(one / name, other / name))  # noqa: B023


def different(one: Path, other: Path) -> str:
    """Return "" when two files or folders hold the same, else the first names that differ."""
    if one.is_file() and other.is_file():
        return "" if one.read_bytes() == other.read_bytes() else f"{one.name} differs"
    if not one.is_dir() or not other.is_dir():
        return f"{one.name} is in one build only"
    sums, others = manifest.checksums(one), manifest.checksums(other)
    manifests = [folder.rglob(places.MANIFEST) for folder in (one, other)]
    if [path.read_bytes() for path in manifests[0]] != [path.read_bytes() for path in manifests[1]]:
        return "the manifests differ"
    found = sorted(name for name in {*sums, *others} if sums.get(name) != others.get(name))
    return f"{len(found)} files differ: {found[:3]}" if found else ""
