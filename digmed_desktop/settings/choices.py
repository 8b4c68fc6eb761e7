"""The settings in use: one object for the whole program, through which every change goes."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from digmed_desktop.settings import policy as policy_room
from digmed_desktop.settings import settings_file
from digmed_desktop.settings.policy import NO_POLICY, Policy
from digmed_desktop.settings.settings import Settings

SAVE_CONNECTION = "Check the connection in Settings, Connection, and save it."
_CONNECTION = ("mesh_environment", "mailbox")
"""Values that a person states when saving the connection."""


class LockedError(ValueError):
    """A setting is the administrators' to choose; ``name`` says which of Settings."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Choices:
    """The choices now, and their file. May be used from several threads."""

    def __init__(
        self,
        settings: Settings | None = None,
        file: Path | None = None,
        policy: Policy = NO_POLICY,
        doubt: str = "",
    ) -> None:
        """Begin with ``settings``; without a ``file`` nothing is kept, as in a test. ``policy`` goes before both.

        ``doubt``: why the file leaves mailbox or environment in doubt.
        """
        self._own, self._file, self.policy, self._doubt = settings or Settings(), file, policy, doubt
        self._settings = policy.over(self._own)
        self._lock = threading.Lock()

    def now(self) -> Settings:
        """Return what is chosen now."""
        return self._settings

    @property
    def doubt(self) -> str:
        """Why nothing may be sent or collected, ``""`` when it may."""
        return self.policy.doubt or self._doubt

    @property
    def remedy(self) -> str:
        """Return the way out of the doubt."""
        return policy_room.REMEDY if self.policy.doubt else SAVE_CONNECTION

    def own(self) -> Settings:
        """Return what this account chose, or used last, where the administrators choose now."""
        return self._own

    def adopt(self, *names: str) -> None:
        """Keep values of the administrators as the ones that were used last. Raises ``OSError``."""
        with self._lock:
            self._keep(replace(self._own, **{name: getattr(self._settings, name) for name in names}))

    def change(self, **values: Any) -> Settings:
        """Change some of the values and keep all of them in the file.

        Raises ``ValueError`` for a value out of its range, ``LockedError`` for another value than the administrators
        chose, and ``OSError`` when the file cannot be written; nothing is changed then.
        """
        with self._lock:
            for name, value in values.items():
                if self.policy.locks(name) and value != getattr(self._settings, name):
                    raise LockedError(name)
            free = {name: value for name, value in values.items() if not self.policy.locks(name)}
            self._keep(replace(self._own, **free))
            if set(_CONNECTION) <= set(values):
                self._doubt = ""
            return self._settings

    def _keep(self, own: Settings) -> None:
        if self._file is not None:
            settings_file.save(self._file, own)
        self._own, self._settings = own, self.policy.over(own)
