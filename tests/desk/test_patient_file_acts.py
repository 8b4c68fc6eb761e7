"""The command for a patient's data: a manager's PIN, the review, and no patient in an argument."""

import json
from pathlib import Path

import pytest

from digmed_desktop.desk.commands import patient_file as patient_file_acts
from digmed_desktop.desk.commands.patient_file import Asked
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.settings.folders import Folders
from tests.conftest import MemoryVault
from tests.desk.test_retention import NUMBER
from tests.desk.test_retention_acts import PIN, clock, folders
from tests.history.samples import MovedClock

__all__ = ["clock", "folders"]


def test_it_is_reviewed_and_written(
    folders: Folders, memory_vault: MemoryVault, clock: MovedClock, tmp_path: Path
) -> None:
    shown: list[str] = []
    target = tmp_path / "f.json"

    def run(pin: str, left_out: str) -> str:
        asked = Asked(
            lambda _names: (0, pin),
            lambda: NUMBER,
            lambda: left_out,
            lambda _line: "about another",
            shown.append,
        )
        return "\n".join(
            patient_file_acts.carry_out(folders, memory_vault, clock, (tmp_path / "f.pdf", target), asked)
        )

    with pytest.raises(DigMedError, match="PIN"):
        run("111222", "")
    with pytest.raises(DigMedError, match="no line 4711"):
        run(PIN, "4711")
    assert not target.exists()
    said = run(PIN, "1")
    assert "Saved as f.pdf." in said
    assert "1 was left out" in said
    assert any("Notification 1" in line for line in shown)
    assert [one["why"] for one in json.loads(target.read_text(encoding="utf-8"))["left_out"]] == [
        "about another"
    ]
