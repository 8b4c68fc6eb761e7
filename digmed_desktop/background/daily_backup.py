"""The daily backup while the program is open: at each beat of a timer it is looked whether it is due."""

from PySide6.QtCore import QObject, QTimer, Signal

from digmed_desktop.background.office import Office

LOOK_MS = 5 * 60_000


class DailyBackup(QObject):
    """Looks every few minutes from the opening of the records on, so that it is made soon after each day has begun."""

    looked = Signal(object)  # desk.sent_views.BackupState: how the backups stand now

    def __init__(self, office: Office, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self.timer = QTimer(self, interval=LOOK_MS)
        self.timer.timeout.connect(self._look)
        office.opened.connect(lambda _found: self.timer.start())

    def _look(self) -> None:
        """Make today's backup if it is due. Today shows what went wrong."""
        self._office.errand(
            lambda desk: desk.backups.daily(), self.looked.emit, lambda _e: None, unasked=True
        )
