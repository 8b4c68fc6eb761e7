"""Hears of changes in folders, where the system tells them; a look at intervals stays beside it.

The watcher lives in a thread of its own: on a share that hangs, only that thread waits.
"""

from collections.abc import Sequence

from PySide6.QtCore import QFileSystemWatcher, QObject, QThread, QTimer, Signal, Slot

_TOGETHER = 200  # milliseconds in which several changes count as one
_AGAIN = 60_000  # milliseconds until a folder is tried again that could not be watched
_left_behind: list[QThread] = []
"""Threads that a share holds: they end with the program, and must not be destroyed before."""


class _Watcher(QObject):
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._wanted: list[str] = []

    @Slot()
    def begin(self) -> None:
        """Make what belongs to the thread, in it."""
        self._watcher = QFileSystemWatcher(self)
        self._together = QTimer(self, singleShot=True, interval=_TOGETHER)
        self._together.timeout.connect(self.changed)
        self._watcher.directoryChanged.connect(lambda _folder: self._together.start())
        self._again = QTimer(self, interval=_AGAIN)
        self._again.timeout.connect(self._try_again)
        self._again.start()

    @Slot(list)
    def watch(self, folders: list[str]) -> None:
        """Watch these folders and no others."""
        if watched := self._watcher.directories():
            self._watcher.removePaths(watched)
        self._wanted = folders
        self._try_again()

    def _try_again(self) -> None:
        missing = sorted(set(self._wanted) - set(self._watcher.directories()))
        if missing:
            self._watcher.addPaths(missing)


class FolderWatch(QObject):
    """Says that something changed in one of the folders that are watched."""

    changed = Signal()
    _asked = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self._thread = QThread()
        self._watcher = _Watcher()
        self._watcher.moveToThread(self._thread)
        self._thread.started.connect(self._watcher.begin)
        self._thread.finished.connect(self._watcher.deleteLater)
        self._asked.connect(self._watcher.watch)
        self._watcher.changed.connect(self.changed)
        self._thread.start()

    def watch(self, folders: Sequence[str]) -> None:
        """Watch these folders and no others."""
        self._asked.emit(list(folders))

    def close(self, wait: float) -> None:
        """Stop; a share that hangs is waited for no longer than ``wait`` seconds."""
        self._thread.quit()
        if not self._thread.wait(int(wait * 1000)):
            _left_behind.append(self._thread)
