"""The small files beside the records, mutated: the pending send, the window's door, the practice clock, secrets."""

import json
from pathlib import Path

from digmed_desktop.credentials.register_seal import HEAD, VaultSeal
from digmed_desktop.credentials.vault import FileVault, VaultError
from digmed_desktop.demo.clock import PracticeClock
from digmed_desktop.desk.forms.pending_send import PendingSendFile
from digmed_desktop.desk.upkeep.front_door import knock
from digmed_desktop.settings import folders
from tests.long import mutations
from tests.long.registry import LongCheck, Outcome, Size

FILES = {
    "send-pressed.json": {"draft": "0" * 32, "form": "vaccination", "by": 1},
    "window.json": {"address": "/nowhere/at/all", "key": "00" * 32},
    "clock.json": {"seconds_ahead": 3600.0},
    "practice-secrets.json": {"database-key": "00" * 32, HEAD: json.dumps({"number": 1, "mac": "00"})},
}


def run(size: Size, folder: Path) -> Outcome:
    """Read each file after a mutation of it."""
    data = folder / "practice"
    data.mkdir()
    (data / folders.PRACTICE_MARK).touch()
    names = list(FILES)
    at = [0]

    def read(body: bytes) -> None:
        name = names[at[0] % len(names)]
        (data / name).write_bytes(body)
        match name:
            case "send-pressed.json":
                PendingSendFile(data).read()
            case "window.json":
                assert knock(data, "show", 5) is None
            case "clock.json":
                PracticeClock(data / name).now()
            case _:
                VaultSeal(FileVault(data, practice=True)).head()

    def mutate(chance: object) -> bytes:
        at[0] += 1
        return mutations.changed_json(FILES[names[at[0] % len(names)]], chance)  # type: ignore[arg-type]

    return mutations.run(mutations.Reader(read, (VaultError,), mutate), size)


CHECK = LongCheck("a mutated small file is none, or refused with a sentence", Size(10_000), run)
