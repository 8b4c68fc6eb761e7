"""Damaged archives of dm+d: a sample of what ``python -m tests.long dmd-archives`` tries ten thousand times."""

from pathlib import Path

import pytest

from tests.long.checks import dmd_archives
from tests.long.registry import Size


@pytest.mark.parametrize("archives", [24, pytest.param(240, marks=pytest.mark.slow)])
def test_a_damaged_archive_is_refused_in_the_imports_own_words_and_the_list_stays(
    tmp_path: Path, archives: int
) -> None:
    outcome = dmd_archives.run(Size(archives), tmp_path)
    assert outcome.broken == ()
    assert int(outcome.figures["refused"]) > archives / 2
