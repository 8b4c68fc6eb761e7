"""Changing what this pharmacy has chosen for the counter."""

from typing import TYPE_CHECKING, Any

from digmed_desktop.desk.gate import Gate
from digmed_desktop.messaging.audit import AuditAct
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.settings.choices import Choices
from digmed_desktop.settings.settings import Settings

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store

_OF_THE_SCANNER = frozenset({"scanner_prefix", "scanner_separator"})


class SettingsDesk:
    """Changes settings for whoever may. How the window looks is everybody's own and not asked here."""

    def __init__(self, store: "Store", choices: Choices) -> None:
        self._choices, self._gate = choices, Gate(store)

    def change(self, **values: Any) -> Settings:
        """Change some settings; raises as :meth:`Choices.change` does, and NotPermittedError."""
        scanner = values.keys() <= _OF_THE_SCANNER
        self._gate.allow(Permission.CHANGE_SCANNER if scanner else Permission.CHANGE_SETTINGS)
        changed = self._choices.change(**values)
        self._gate.note(AuditAct.SETTINGS_CHANGED, ", ".join(sorted(values)))
        return changed
