"""The settings in use: one object for the whole program, through which every change goes."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from digmed_desktop.settings import settings as settings_room
from digmed_desktop.settings.settings import Settings


class Choices:
    """What is chosen now, and the file it is kept in. May be used from several threads."""

    def __init__(self, settings: Settings | None = None, file: Path | None = None) -> None:
        """Begin with ``settings``; without a ``file`` nothing is kept, as in a test."""
        self._settings, self._file = settings or Settings(), file
        self._lock = threading.Lock()

    def now(self) -> Settings:
        """Return what is chosen now."""
        return self._settings

    def change(self, **values: Any) -> Settings:
        """Change some of the values and keep all of them in the file.

        Raises ``ValueError`` for a value out of its range and ``OSError`` when the file cannot be written;
        nothing is changed then.
        """
        with self._lock:
            changed = replace(self._settings, **values)
            if self._file is not None:
                settings_room.save(self._file, changed)
            self._settings = changed
        return changed
