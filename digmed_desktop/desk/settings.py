"""Changing what this pharmacy has chosen for the counter."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from digmed_desktop.clinical.dates import shown
from digmed_desktop.desk.files import brought_data
from digmed_desktop.desk.gate import Gate
from digmed_desktop.messaging.audit import AuditAct
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.settings import shapes
from digmed_desktop.settings.choices import Choices
from digmed_desktop.settings.settings import Settings

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store

_OF_THE_SCANNER = frozenset({"scanner_prefix", "scanner_separator"})


class SettingsDesk:
    """Changes settings for whoever may. How the window looks is everyone's own and not asked here."""

    def __init__(self, store: "Store", choices: Choices, data: Path, *, own_data_only: bool = False) -> None:
        """``data`` is the data folder; ``own_data_only``: no newer data files are ever used, as in practice mode."""
        self._choices, self._gate = choices, Gate(store)
        self._data, self._own_data_only = data, own_data_only

    def change(self, **values: Any) -> Settings:
        """Change some settings; raises as :meth:`Choices.change` does, and NotPermittedError."""
        scanner = values.keys() <= _OF_THE_SCANNER
        self._gate.allow(Permission.CHANGE_SCANNER if scanner else Permission.CHANGE_SETTINGS)
        changed = self._choices.change(**values)
        self._gate.note(AuditAct.SETTINGS_CHANGED, ", ".join(sorted(values)))
        return changed

    def newer_data(self) -> tuple[str, ...]:
        """Return how the newer data files stand that this window uses, in sentences."""
        if self._own_data_only:
            return (_OWN_DATA_ONLY,)
        stands = brought_data.now()
        if stands.notices:
            return stands.notices
        if not stands.names:
            return ("All data files in use come with the program.",)
        return (
            f"Used since {shown(stands.since)}: {', '.join(stands.names)}. All others come with the program.",
        )

    def use_newer_data(self, folder: str) -> Settings:
        """Use the files of a folder from the next start on; ``""`` ends their use.

        Raises DigMedError for a folder that would be refused, and as :meth:`change` does.
        """
        self._gate.allow(Permission.CHANGE_SETTINGS)
        if folder and self._own_data_only:
            raise DigMedError(_OWN_DATA_ONLY, "Set the folder outside practice mode.")
        if folder and not shapes.is_whole_path(folder):
            raise DigMedError(
                "This is not the full name of a folder.",
                "Begin with its drive or share, such as C:\\DigMed data.",
            )
        if folder and (fault := brought_data.fault_of(folder, self._data)):
            raise DigMedError(fault, "Ask the supplier of the files. Nothing was changed.")
        return self.change(data_folder=folder)


_OWN_DATA_ONLY = "Practice mode uses the files that come with the program."
