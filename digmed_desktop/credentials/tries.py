"""Wrong PINs in a row, kept where no restart, clock, restore or second window undoes them.

A count lies in the vault beside the count of the records: the greater one holds, so that neither an older database nor an
emptied keyring gives tries back. Waits are measured by how long the computer has run since it was started, which nobody
can set; after a restart of the computer only the time since then counts, so a wait may become longer, never shorter.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from digmed_desktop.clinical.record import Professional
from digmed_desktop.credentials import pins
from digmed_desktop.messaging.clock import running_seconds

if TYPE_CHECKING:
    from digmed_desktop.credentials.vault import Vault

_NAME = "pin-tries-"
_MOST = 10_000  # a count beyond it says no more


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong PINs in a row, and how long the computer had run at the last one, in seconds."""

    count: int = 0
    at: float = 0.0

    def wait(self, running: float) -> timedelta:
        """Return how long nobody may try from now on."""
        gone = running - self.at if running >= self.at else running
        return max(timedelta(0), pins.locked_for(self.count) - timedelta(seconds=gone))


class TryBook:
    """Keeps the tries of each person. Each call may raise VaultError."""

    def __init__(self, vault: "Vault | None", running: Callable[[], float] = running_seconds) -> None:
        """Without a ``vault``, as in a test, they are kept for this process only."""
        self._vault, self._running = vault, running
        self._here: dict[str, str] = {}
        self._seen: dict[str, Tries] = {}  # for lists, which must not ask the keyring each time

    def of(self, who: Professional, counted: int) -> Tries:
        """Return the tries of a person; ``counted`` are those that the records know of."""
        kept = self._read(_key(who))
        if counted <= kept.count:
            return kept
        found = Tries(counted, self._running())  # nobody knows since when: the wait begins now
        self._write(_key(who), found)
        return found

    def wait(self, who: Professional, counted: int) -> timedelta:
        """Return how long nobody may try as this person."""
        return self.of(who, counted).wait(self._running())

    def seems_to_wait(self, who: Professional, counted: int) -> bool:
        """Whether a person waits as far as this process knows; the keyring is asked once for each person."""
        key = _key(who)
        tries = self._seen.get(key) or self._read(key)
        return bool(Tries(max(tries.count, counted), tries.at or self._running()).wait(self._running()))

    def count(self, who: Professional, counted: int) -> None:
        """Count a try before its PIN is looked at, so that no end of the program gives it back."""
        self._write(_key(who), Tries(min(self.of(who, counted).count + 1, _MOST), self._running()))

    def forget(self, who: Professional) -> None:
        """Forget the tries: the PIN was right, or a manager ended the wait."""
        self._here.pop(_key(who), None)
        self._seen[_key(who)] = Tries()
        if self._vault is not None:
            self._vault.remove(_key(who))

    def _read(self, key: str) -> Tries:
        text = self._vault.get(key) if self._vault is not None else self._here.get(key)
        self._seen[key] = Tries()
        if text is None:
            return self._seen[key]
        try:
            raw = json.loads(text)
            self._seen[key] = Tries(min(max(int(raw["count"]), 0), _MOST), float(raw["at"]))
            return self._seen[key]
        except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
            damaged = Tries(pins.FREE_TRIES, self._running())  # no free try is given back
            self._write(key, damaged)
            return damaged

    def _write(self, key: str, tries: Tries) -> None:
        self._seen[key] = tries
        text = json.dumps({"count": tries.count, "at": tries.at})
        if self._vault is None:
            self._here[key] = text
        else:
            self._vault.put(key, text)


def _key(who: Professional) -> str:
    """Return the name of a person's entry: the same after a restore, and where they were added anew."""
    named = json.dumps([who.name.given.casefold(), who.name.family.casefold(), who.registration])
    return _NAME + hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:16]
