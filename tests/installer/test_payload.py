"""What a payload keeps, and that every file of it is written down."""

import json
from pathlib import Path

import pytest

from digmed_desktop.files import own_place
from installer.checking import core, papers
from installer.making import bom, keep, manifest, places, python
from installer.making.run import BuildError


def _package(folder: Path, name: str, files: dict[str, str], licence: str = "MIT") -> None:
    info = folder / f"{name}-1.0.dist-info"
    (info / "licenses").mkdir(parents=True)
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\nLicense-Expression: {licence}\n",
        encoding="utf-8",
    )
    (info / "licenses" / "LICENSE").write_text(f"The licence of {name}.\n", encoding="utf-8")
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    names = [*files, f"{info.name}/METADATA", f"{info.name}/RECORD", f"{info.name}/licenses/LICENSE"]
    (info / "RECORD").write_text("".join(f"{one},,\n" for one in names), encoding="utf-8")


def _rules(text: str) -> keep.KeepList:
    return keep.read("windows", text)


def test_the_program_looks_for_its_list_where_the_build_lays_it() -> None:
    assert (places.APP, places.MANIFEST) == (own_place.APP, own_place.MANIFEST)
    assert f"..\\{places.APP}" in python.PATHS


def test_a_payload_of_another_commit_is_not_judged_by_the_tests_of_this_one(tmp_path: Path) -> None:
    payload, checkout = tmp_path / "payload", tmp_path / "checkout"
    for root in (payload / places.APP / "digmed_desktop", checkout / "digmed_desktop"):
        (root / "desk").mkdir(parents=True)
        (root / "desk" / "desk.py").write_text("one = 1\n", encoding="utf-8")
    (payload / places.APP / "digmed_desktop" / "_resources").mkdir()
    (checkout / "resources").mkdir()
    byte_code = payload / places.APP / "digmed_desktop" / "__pycache__"
    byte_code.mkdir()
    (byte_code / "desk.pyc").write_bytes(b"compiled")
    assert core.other_source(payload, checkout) == ""
    (checkout / "resources" / "words.toml").write_text("", encoding="utf-8")
    assert "_resources/words.toml" in core.other_source(payload, checkout)
    (checkout / "resources" / "words.toml").unlink()
    (checkout / "digmed_desktop" / "desk" / "desk.py").write_text("two = 2\n", encoding="utf-8")
    assert "desk/desk.py" in core.other_source(payload, checkout)


KEEP = '[[keep]]\ndistribution = "large"\nreason = "used"\npaths = ["large/*.py"]\n'


@pytest.mark.parametrize("system", ["windows", "linux"])
def test_every_entry_of_the_keep_list_has_a_reason_and_is_understood(system: str) -> None:
    rules = keep.read(system)
    assert "pyside6-essentials" in rules.keep
    assert rules.never


def test_only_what_is_listed_stays_and_what_a_new_release_brings_goes(tmp_path: Path) -> None:
    _package(tmp_path, "large", {"large/a.py": "", "large/new.dll": "", "large/inner/b.py": ""})
    _package(tmp_path, "whole", {"whole/c.py": "", "whole/d.dll": ""})
    keep.apply(tmp_path, _rules(KEEP))
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert {"large/a.py", "whole/c.py", "whole/d.dll", "large-1.0.dist-info/METADATA"} <= left
    assert not left & {"large/new.dll", "large/inner/b.py"}
    assert not (tmp_path / "large" / "inner").exists()


def test_a_package_that_is_left_out_leaves_nothing(tmp_path: Path) -> None:
    _package(tmp_path, "large", {"large/a.py": ""})
    gone = keep.apply(tmp_path, _rules('[[without]]\ndistribution = "large"\nreason = "unused"\n'))
    assert gone == ["large"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[keep]]\ndistribution = "large"\nreason = "x"\npaths = ["large/*.dll"]\n', "no file matches"),
        ('[[without]]\ndistribution = "other"\nreason = "x"\n', "not installed"),
    ],
)
def test_a_rule_that_matches_nothing_stops_the_build(tmp_path: Path, text: str, said: str) -> None:
    _package(tmp_path, "large", {"large/a.py": ""})
    with pytest.raises(BuildError, match=said):
        keep.apply(tmp_path, _rules(text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[keep]]\ndistribution = "large"\npaths = []\n', "reason is missing"),
        ('[[keep]]\ndistribution = "large"\nreason = "x"\nfiles = []\n', "paths is missing"),
        ('[[never]]\npath = "*"\nreason = "x"\nwhen = 1\n', "when is not known"),
        ("[drop]\n", "drop is not known"),
    ],
)
def test_a_faulty_entry_is_named(text: str, said: str) -> None:
    with pytest.raises(BuildError, match=said):
        _rules(text)


def test_a_star_stays_in_its_folder_and_two_cross_folders() -> None:
    assert keep.matches("a/b.py", "a/*.py")
    assert not keep.matches("a/b/c.py", "a/*.py")
    assert keep.matches("a/b/c.py", "a/**.py")
    assert not keep.matches("a/b/cxpy", "a/**.py")


def test_every_file_is_in_the_sbom_with_its_checksum_and_every_licence_in_the_notice(tmp_path: Path) -> None:
    _package(tmp_path / "site", "large", {"large/a.py": "x"})
    _package(tmp_path / "app", "own", {"own/b.py": "y"}, "Apache-2.0")
    compiled = tmp_path / "site" / "large" / "__pycache__" / "a.cpython-313.pyc"
    compiled.parent.mkdir()
    compiled.write_bytes(b"z")
    (tmp_path / "start.exe").write_bytes(b"MZ")
    parts = bom.parts_of(tmp_path, "site", "app")
    target = tmp_path.parent / f"{tmp_path.name}.cdx.json"
    bom.write(tmp_path, parts, target, epoch=1_700_000_000)
    assert bom.files_in(target) == manifest.checksums(tmp_path)
    large = next(one for one in json.loads(target.read_text())["components"] if one["name"] == "large")
    assert compiled.relative_to(tmp_path).as_posix() in {one["name"] for one in large["components"]}
    text = bom.notice(parts)
    for word in ("large 1.0: MIT", "own 1.0: Apache-2.0", "The licence of large.", "The licence of own."):
        assert word in text


def test_an_sbom_made_twice_is_the_same(tmp_path: Path) -> None:
    _package(tmp_path / "site", "large", {"large/a.py": "x"})
    targets = [tmp_path.parent / f"{tmp_path.name}-{number}.json" for number in range(2)]
    for target in targets:
        bom.write(tmp_path, bom.parts_of(tmp_path, "site", "none"), target, epoch=1_700_000_000)
    assert targets[0].read_bytes() == targets[1].read_bytes()


def test_what_is_compiled_into_a_library_is_a_part_with_the_licence_that_its_package_states(
    tmp_path: Path,
) -> None:
    _package(tmp_path, "large", {"large/a.pyd": "x"})
    crate = {
        "name": "inner", "version": "2.0", "purl": "pkg:cargo/inner@2.0?download_url=x",
        "author": "A Maker <maker@example.org>", "licenses": [{"expression": "MIT OR Zlib"}],
    }  # fmt: skip
    crates = [
        crate,
        {"name": "openssl", "version": "4.0", "purl": "pkg:generic/openssl@4.0"},
        {**crate, "name": "compiler", "purl": "pkg:cargo/compiler@1", "scope": "excluded"},
        {**crate, "name": "named", "purl": "pkg:cargo/named@1", "licenses": [{"license": {"id": "0BSD"}}]},
    ]
    sboms = tmp_path / "large-1.0.dist-info" / "sboms"
    sboms.mkdir()
    (sboms / "crates.json").write_text(json.dumps({"components": crates}), encoding="utf-8")
    known = bom.Part("OpenSSL", "", "Apache-2.0", (), "part:OpenSSL")
    found = bom.compiled_in(tmp_path, ".", [known])
    assert {(one.name, one.licence, one.purl) for one in found} == {
        ("inner", "MIT OR Zlib", "pkg:cargo/inner@2.0"),
        ("openssl", "Apache-2.0", "pkg:generic/openssl@4.0"),
        ("named", "0BSD", "pkg:cargo/named@1"),
    }
    assert "inner 2.0 (inside large, by A Maker): MIT OR Zlib" in bom.notice(found)


def _complete(folder: Path) -> list[bom.Part]:
    _package(folder, "large", {"large/a.py": "x"})
    _package(folder, "textual", {"textual/a.py": "y"}, licence="")
    parts = bom.parts_of(folder, ".", "none")
    (folder / "NOTICE.txt").write_text(bom.notice(parts), encoding="utf-8")
    bom.write(folder, parts, folder / "sbom.cdx.json", epoch=1_700_000_000)
    return parts


def test_a_notice_without_a_part_of_the_sbom_or_with_another_licence_is_noticed(tmp_path: Path) -> None:
    parts = _complete(tmp_path)
    assert papers.in_sbom(tmp_path) == papers.in_notice(tmp_path) == ""
    notice = tmp_path / "NOTICE.txt"
    whole = notice.read_text(encoding="utf-8")
    for was, now in (
        ("large 1.0: MIT\n", ""),
        ("large 1.0: MIT", "large 1.0: ISC"),
        ("textual 1.0: see", "x"),
    ):
        assert was in whole
        notice.write_text(whole.replace(was, now), encoding="utf-8")
        assert "not in NOTICE" in papers.in_notice(tmp_path)
    bom.write(tmp_path, parts[:1], tmp_path / "sbom.cdx.json", epoch=1_700_000_000)
    assert "no part of the SBOM" in papers.in_notice(tmp_path)


def test_two_builds_that_differ_in_a_file_or_lack_one_are_told_apart(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_text("same", encoding="utf-8")
    assert papers.different(tmp_path / "one", tmp_path / "other") == ""
    (tmp_path / "other" / "a").write_text("else", encoding="utf-8")
    assert "differ" in papers.different(tmp_path / "one", tmp_path / "other")
    (tmp_path / "other" / "a").unlink()
    assert "differ" in papers.different(tmp_path / "one", tmp_path / "other")
    assert "only" in papers.different(tmp_path / "one", tmp_path / "none")


def test_the_manifest_names_every_file_but_itself(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file with space").write_bytes(b"abc")
    assert manifest.write(tmp_path) == 1
    assert manifest.write(tmp_path) == 1
    line = (tmp_path / places.MANIFEST).read_text()
    assert line == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad *deep/file with space\n"
