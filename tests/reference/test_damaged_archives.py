"""Damaged archives of dm+d: a sample of what ``python -m tests.long dmd-archives`` tries ten thousand times."""

from pathlib import Path

from tests.long.checks import dmd_archives
from tests.long.registry import Size


def test_a_damaged_archive_is_refused_in_the_imports_own_words_and_the_list_stays(tmp_path: Path) -> None:
    outcome = dmd_archives.run(Size(120), tmp_path)
    assert outcome.broken == ()
    assert int(outcome.figures["refused"]) > 60
