"""Each process that opens the records locks their memory and wipes what it frees; tests leave that out to be quick."""

import subprocess
import sys
from pathlib import Path

import pytest

from digmed_desktop.history.cipher import new_file

IS_GUARDED = """
import sys
from pathlib import Path
from digmed_desktop.history import {imports}

with {opens} as connection:
    print(connection.{execute}("PRAGMA cipher_memory_security").fetchone()[0])
"""


@pytest.mark.parametrize(
    ("imports", "opens", "execute"),
    [
        pytest.param(
            "cipher", "cipher.engine(Path(sys.argv[1]), bytes(32)).connect()", "exec_driver_sql", id="records"
        ),
        pytest.param(
            "backup",
            "backup._opened(Path(sys.argv[1]), backup.BackupKey(bytes(32), b''), write=True)",
            "execute",
            id="backup",
        ),
    ],
)
def test_a_process_that_opens_a_file_guards_its_memory(
    imports: str, opens: str, execute: str, tmp_path: Path
) -> None:
    new_file(tmp_path / "file.db")
    asked = IS_GUARDED.format(imports=imports, opens=opens, execute=execute)
    said = subprocess.run(
        [sys.executable, "-c", asked, tmp_path / "file.db"], capture_output=True, text=True, check=False
    )
    assert said.stdout.strip() == "1", said.stderr
