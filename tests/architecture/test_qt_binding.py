"""The installed Qt binding keeps its reference counts.

PySide6 6.12.0 on CPython 3.11 lost one reference to ``None`` at each call of a void method and one to
``True`` at each emitted signal, until the process died; short tests never show it.
"""

import subprocess
import sys

SCRIPT = """
from PySide6.QtCore import QObject, QTimer, Signal

class Bell(QObject):
    rung = Signal(int)

heard = []
bell, timer = Bell(), QTimer()
bell.rung.connect(heard.append)
for number in range(50_000):
    timer.setInterval(number)
for number in range(5_000):
    bell.rung.emit(number)
print(timer.interval(), len(heard))
"""


def test_fifty_thousand_void_calls_are_survived() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (0, ["49999", "5000"]), done.stderr
