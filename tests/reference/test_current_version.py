"""Which version is current: read from a file or address of the administrators', compared as numbers."""

from pathlib import Path

import pytest

from digmed_desktop.desk.upkeep.current_version import check_version
from digmed_desktop.messaging.connection import Health


def health(source: Path | str, own: str) -> tuple[Health, str]:
    (check,) = check_version(str(source), own=own)
    return check.health, check.sentence


@pytest.mark.parametrize(
    ("current", "own", "expected"),
    [
        ("0.2.0\n", "0.1.9", Health.LOOK),
        ("0.10.0", "0.9.0", Health.LOOK),
        ("\ufeffv0.2.0\r\n", "0.2.0", Health.GOOD),
        ("0.2.0", "0.3.0", Health.GOOD),
        ("latest", "0.3.0", Health.LOOK),
        ("0.2.0\n" * 1000, "0.3.0", Health.LOOK),
    ],
)
def test_a_newer_version_is_told_as_numbers_compare(
    tmp_path: Path, current: str, own: str, expected: Health
) -> None:
    file = tmp_path / "current.txt"
    file.write_text(current, encoding="utf-8")
    assert health(file, own)[0] is expected


def test_nothing_is_said_where_no_place_is_named() -> None:
    assert list(check_version("")) == []


@pytest.mark.parametrize("source", ["/nowhere/current.txt", "https://127.0.0.1:1/current", "https://[", "\0"])
def test_a_place_that_cannot_be_reached_is_told_and_stops_nothing(source: str) -> None:
    found, sentence = health(source, "0.1.0")
    assert found is Health.LOOK
    assert "which version is current" in sentence
