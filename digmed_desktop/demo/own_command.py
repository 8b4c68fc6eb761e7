"""Return the command that starts this program again for practice mode's MESH, however it was installed."""

import sys
from pathlib import Path

PRACTICE_MESH = "practice-mesh"
"""The word of the command line that runs the practice MESH. Nobody types it, so no help names it."""

PRACTICE_CLIENT = "practice-client"
"""The same for practice mode's MESH client."""

_INTERPRETERS = ("python", "pypy")


def own_command(*words: str) -> list[str]:
    """Return the command that runs this program with ``words``.

    Under an interpreter (a checkout, a virtual environment) that is ``-m digmed_desktop``. A launcher or a frozen
    program is its own interpreter: what follows its name are the program's words, never Python's.
    """
    if getattr(sys, "frozen", False) or not _is_interpreter(Path(sys.executable)):
        return [sys.executable, *words]
    return [sys.executable, "-m", "digmed_desktop", *words]


def _is_interpreter(executable: Path) -> bool:
    """Whether a file is Python itself: ``python3.12``, ``pythonw.exe``, macOS' ``Python``."""
    return executable.name.lower().startswith(_INTERPRETERS)
