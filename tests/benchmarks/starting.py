"""A process that says when it painted its window first, and when its sign-in page took keys: of the program or of Qt alone.

``python tests/benchmarks/starting.py WORD``: ``empty``, an empty window; ``real`` and ``practice``, the program. Prints both
moments on the system's monotonic clock with the processor time taken, and the heavy modules that were loaded before the
first paint.
"""

import importlib
import sys
import time
from collections.abc import Sequence

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
    from PySide6.QtCore import QEvent, QObject, QTimer

    from digmed_desktop import app

    moments: list[tuple[float, float]] = []
    loaded: list[str] = []

    class Eye(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - the same
            if event.type() == QEvent.Type.Paint:
                watched.removeEventFilter(self)
                QTimer.singleShot(0, self, self.painted)
            return False

        def painted(self) -> None:
            moments.append(moment())
            loaded.extend(name for name in HEAVY if name in sys.modules)

    make, eye = app.start, Eye()

    def start(*given: object, **named: object) -> app.Program:
        program = make(*given, **named)  # type: ignore[arg-type] # handed on as it came
        window = program.window
        window.installEventFilter(eye)

        def ready() -> None:
            line = window.sign_in.pin.line
            if window.sign_in.isVisible() and window.focusWidget() is line and moments:
                say(moments[0], moment(), loaded)
                QTimer.singleShot(0, window, window.close)
            else:
                QTimer.singleShot(1, window, ready)

        window.ready.connect(ready)
        return program

    app.start = start
    return app.run(practice=practice)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
