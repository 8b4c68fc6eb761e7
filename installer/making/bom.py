"""Write the SBOM (CycloneDX) and the NOTICE of a payload: every file, every package, every licence."""

import json
import re
import tomllib
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.model.tool import ToolRepository
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from installer.making import places
from installer.making.manifest import checksums
from installer.making.run import BuildError
from installer.making.wheels import Distribution, distributions

_NAMES = ("licen", "copying", "notice", "authors", "copyright")
_OTHER_LICENCES = {"LicenseRef-Qt-Commercial.txt"}  # offered by a package, and not what it is used under


@dataclass(frozen=True, slots=True)
class Part:
    """Something of somebody that a payload holds: its name, version, licence, and the texts of the licence."""

    name: str
    version: str
    licence: str
    texts: tuple[str, ...]
    purl: str
    files: frozenset[str] = field(default_factory=frozenset)  # paths within the payload
    where: str = ""  # it lies, when it is no package of its own

    @property
    def named(self) -> str:
        """Its name, version and place, as far as there are such."""
        place = f"({self.where})" if self.where else ""
        return " ".join(word for word in (self.name, self.version, place) if word)


def parts_of(payload: Path, site: str, own: str) -> list[Part]:
    """Return every package in the payload's folders ``site`` (dependencies) and ``own`` (the program)."""
    found = []
    for folder in (site, own):
        for one in distributions(payload / folder):
            files = frozenset(f"{folder}/{name}" for name in one.files)
            found.append(_part(one, files))
    return found


def others(payload: Path, system: str) -> list[Part]:
    """Return the parts that no package's metadata speaks of, from licences/more.toml."""
    home = places.HOME / "licences"
    found = []
    for entry in tomllib.loads((home / "more.toml").read_text(encoding="utf-8"))["part"]:
        if system not in entry.get("systems", [system]):
            continue
        holder = entry.get("holder", "")
        if "files" in entry:
            texts = [(home / file).read_text(encoding="utf-8") for file in entry["files"]]
        else:
            matching = sorted(payload.rglob(entry["payload"].removeprefix("*/")))
            if not matching:
                raise BuildError(
                    f"licences/more.toml: {entry['name']}: no file {entry['payload']} in the payload."
                )
            texts = [matching[0].read_text(encoding="utf-8")]
        texts[0] = f"{holder}\n\n{texts[0]}"
        said = tuple(text.strip() for text in texts)
        name, licence, where = entry["name"], entry["licence"], entry["where"]
        found.append(Part(name, "", licence, said, f"part:{name}", where=where))
    return found


def compiled_in(payload: Path, site: str, known: list[Part]) -> list[Part]:
    """Return what is compiled into the packages' libraries, by the SBOMs that the packages bring.

    A component that states no licence there has that of the known part of its name.
    """
    licences = {one.name.casefold(): one.licence for one in known}
    found: dict[str, Part] = {}
    for package in distributions(payload / site):
        for file in sorted((package.info / "sboms").glob("*.json")):
            for one in json.loads(file.read_text(encoding="utf-8")).get("components", []):
                if one.get("scope") == "excluded":
                    continue  # what only the package's own build needed
                name, purl = str(one["name"]), str(one["purl"]).partition("?")[0]
                licence = _stated(one) or licences.get(name.casefold(), "")
                by = re.sub(r"\s*<[^>]*>", "", str(one.get("author", "")))  # without their e-mail
                where = f"inside {package.name}{', by ' * bool(by)}{by}"
                found.setdefault(purl, Part(name, str(one["version"]), licence, (), purl, where=where))
    return list(found.values())


def _stated(entry: dict[str, Any]) -> str:
    """Return the licence of a component of somebody's SBOM; "" when it states none."""
    said = [
        str(one.get("expression") or one["license"].get("id") or one["license"]["name"])
        for one in entry.get("licenses", [])
    ]
    return " AND ".join(said)


def _part(one: Distribution, files: frozenset[str]) -> Part:
    texts = tuple(
        path.read_text(encoding="utf-8", errors="replace").strip()
        for path in sorted(one.info.rglob("*"))
        if path.is_file() and path.name.lower().startswith(_NAMES) and path.name not in _OTHER_LICENCES
    )
    return Part(one.name, one.version, licence_of(one), texts, f"pkg:pypi/{one.name}@{one.version}", files)


def licence_of(one: Distribution) -> str:
    """Return the licence that a package states; "" when it states none."""
    head = one.metadata()
    if expression := head.get("License-Expression"):
        return str(expression)
    classified = [
        line.split("::")[-1].strip()
        for line in head.get_all("Classifier", [])
        if line.startswith("License ::")
    ]
    stated = str(head.get("License") or "").strip()
    if stated and len(stated) < 80 and "\n" not in stated:
        return stated
    return "; ".join(dict.fromkeys(classified))


def write(payload: Path, parts: list[Part], target: Path, epoch: int) -> int:
    """Write the SBOM; every file of the payload stands in it with its checksum. Return the number of files."""
    sums = checksums(payload)
    bom = Bom(
        serial_number=uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(f"{a} {b}" for a, b in sorted(sums.items())))
    )
    bom.metadata.timestamp = datetime.fromtimestamp(epoch, UTC)
    bom.metadata.tools = ToolRepository(
        components=[Component(name="installer/build", type=ComponentType.APPLICATION)]
    )
    root = Component(
        type=ComponentType.APPLICATION,
        name=places.PROGRAM,
        version=places.version(),
        bom_ref=places.DISTRIBUTION,
    )
    bom.metadata.component = root
    owned = {part.purl: sorted(name for name in sums if source_of(name) in part.files) for part in parts}
    for part in parts:
        bom.components.add(
            Component(
                type=ComponentType.LIBRARY,
                name=part.name,
                version=part.version or None,
                bom_ref=part.purl,
                purl=PackageURL.from_string(part.purl) if part.purl.startswith("pkg:") else None,
                licenses=[DisjunctiveLicense(name=part.licence)] if part.licence else [],
                components=[_file(name, sums[name]) for name in owned[part.purl]],
            )
        )
    bom.register_dependency(root, list(bom.components))
    for name in sorted(set(sums) - {name for names in owned.values() for name in names}):
        bom.components.add(_file(name, sums[name]))
    text = JsonV1Dot6(bom).output_as_string(indent=1)
    target.write_text(text + "\n", encoding="utf-8")
    return len(sums)


def source_of(name: str) -> str:
    """Return the module that a file of byte code was compiled from; any other file is its own source."""
    folder, _, file = name.rpartition("/")
    if not folder.endswith("__pycache__"):
        return name
    return f"{folder.removesuffix('__pycache__')}{file.split('.')[0]}.py"


def _file(name: str, digest: str) -> Component:
    return Component(
        type=ComponentType.FILE,
        name=name,
        bom_ref=f"file:{name}",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
    )


def files_in(sbom: Path) -> dict[str, str]:
    """Return the sha256 of each file that an SBOM names."""
    found: dict[str, str] = {}

    def walk(components: list[dict[str, object]]) -> None:
        for one in components:
            if one["type"] == "file":
                found[str(one["name"])] = one["hashes"][0]["content"]  # type: ignore[index]
            walk(one.get("components", []))  # type: ignore[arg-type]

    walk(json.loads(sbom.read_text(encoding="utf-8"))["components"])
    return found


def notice(parts: list[Part]) -> str:
    """Return the NOTICE: who made what is inside, under which licence, and each licence's text once."""
    lines = [f"{places.PROGRAM} {places.version()} and what it is built on", ""]
    lines += [f"{one.named}: {one.licence or 'see the text below'}" for one in parts]
    told: dict[str, list[str]] = {}
    for one in parts:
        for text in one.texts:
            told.setdefault(text, []).append(one.named)
    for text, names in told.items():
        lines += ["", "=" * 79, ", ".join(names), "=" * 79, "", text]
    return "\n".join(lines) + "\n"
