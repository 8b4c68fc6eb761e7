"""A sample of each check that mutates what a reader reads; in full: ``python -m tests.long mutated-...``."""

from pathlib import Path

import pytest

from digmed_desktop.reference.dmd import PARTS, Release, ReleaseError
from tests.long.registry import Size, SlowTests, checks
from tests.reference import synthetic_dmd

MUTATED = {
    name: check
    for name, check in checks().items()
    if name.startswith("mutated-") and not isinstance(check.run, SlowTests)
}


@pytest.mark.parametrize("name", MUTATED)
def test_each_reader_ends_in_its_own_error(name: str, tmp_path: Path) -> None:
    check = MUTATED[name]
    outcome = check.run(Size(60, check.full.seed), tmp_path)
    assert outcome.broken == ()


@pytest.mark.parametrize("part", ["lookup", "vmp", "ampp", "amp"])
def test_what_is_no_record_of_dmd_does_not_pile_up(part: str, tmp_path: Path) -> None:
    release = synthetic_dmd.write(tmp_path / "release", 12, 6)
    file = next(one for one in release.iterdir() if one.name.startswith(f"f_{part}2"))
    whole = file.read_bytes()
    at = whole.index(b">", whole.index(PARTS[part].encode())) + 1
    file.write_bytes(whole[:at] + b"<X/>" * 400_000 + whole[at:])
    with pytest.raises(ReleaseError, match="a record is longer than any"):
        list(Release(release).medicines(lambda _share: None, lambda: False))
