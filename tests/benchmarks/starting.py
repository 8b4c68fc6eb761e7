"""A process that says when it painted its window first, and when its sign-in page took keys: of the program or of Qt alone.

``python tests/benchmarks/starting.py WORD``: ``empty``, an empty window; ``real`` and ``practice``, the program. Prints both
moments on the system's monotonic clock with the processor time taken, and the heavy modules that were loaded before the
first paint.
"""

import importlib
import sys
import time
from collections.abc import Sequence
from typing import Any

HEAVY = ("sqlalchemy", "alembic", "fhir", "mesh_client", "biip", "pyqtgraph", "numpy")


def moment() -> tuple[float, float]:
    """Return now, and the processor time that this process has taken."""
    return time.monotonic(), time.process_time()


def say(painted: tuple[float, float], ready: tuple[float, float], loaded: Sequence[str] = ()) -> None:
    """Print both moments, and what was loaded before the first."""
    print(*painted, *ready, *loaded, flush=True)


def main(word: str) -> int:
    """Show a window until it was seen; return the exit status."""
    return _empty() if word == "empty" else _program(practice=word == "practice")


def _empty() -> int:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Window(QMainWindow):
        def paintEvent(self, event: object) -> None:  # noqa: N802 - Qt's own name
            QTimer.singleShot(0, self, self.seen)

        def seen(self) -> None:
            say(moment(), moment())
            QApplication.exit()

    application = QApplication(sys.argv[:1])
    window = Window()
    window.resize(1280, 720)
    window.show()
    return application.exec()


def _program(*, practice: bool) -> int:
    importlib.import_module("digmed_desktop.cli")  # what the command imports first
    from PySide6.QtCore import Qt, QTimer

    from digmed_desktop import starting
    from digmed_desktop.ui.first_window import FirstWindow

    class Seen(FirstWindow):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self.painted.connect(painted, Qt.ConnectionType.SingleShotConnection)

    def painted() -> None:
        first, loaded = moment(), [name for name in HEAVY if name in sys.modules]
        from digmed_desktop import app  # as it is loaded now

        start = app.start

        def started(*given: Any, **named: Any) -> app.Program:
            program = start(*given, **named)
            window = program.window

            def ready() -> None:
                line = window.sign_in.pin.line
                if window.sign_in.isVisible() and window.focusWidget() is line:
                    say(first, moment(), loaded)
                    QTimer.singleShot(0, window, window.close)
                else:
                    QTimer.singleShot(1, window, ready)

            window.ready.connect(ready)
            return program

        app.start = started

    vars(starting)[FirstWindow.__name__] = Seen
    return starting.run(practice=practice)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
