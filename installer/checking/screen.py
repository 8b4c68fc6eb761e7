"""A screen of its own for windows that are tried, and pictures of it."""

import os
import subprocess
import time
from pathlib import Path
from typing import Self

from installer.checking.wine import PATIENCE
from installer.making.run import BuildError, need, run

COLOURS = 50  # an empty screen has one, a window with smooth letters hundreds


class Screen:
    """An Xvfb with a free number."""

    def __init__(self) -> None:
        number, answer = os.pipe()  # Xvfb finds a free number itself: several screens may start at one moment
        words = [
            need("Xvfb", "xvfb"),
            "-displayfd",
            str(answer),
            "-screen",
            "0",
            "1366x768x24",
            "-nolisten",
            "tcp",
        ]
        self._process = subprocess.Popen(
            words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=(answer,)
        )
        os.close(answer)
        with os.fdopen(number, encoding="ascii") as file:
            said = file.readline().strip()
        if not said:
            raise BuildError("Xvfb did not start.")
        self.name = f":{said}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.terminate()
        self._process.wait()

    def picture(self, file: Path) -> None:
        """Write what is on the screen."""
        file.parent.mkdir(parents=True, exist_ok=True)
        run(
            [need("import", "imagemagick"), "-display", self.name, "-window", "root", file],
            env={**os.environ},
        )

    def settled(self, file: Path) -> None:
        """Write what is on the screen once a window has drawn itself there and is at rest: nothing is being opened."""
        end, before = time.monotonic() + PATIENCE, ""
        while time.monotonic() < end:
            self.picture(file)
            seen = (
                run([need("identify", "imagemagick"), "-format", "%#", file])
                if colours(file) > COLOURS
                else ""
            )
            if seen and seen == before:
                return
            before = seen
            time.sleep(3)
        raise BuildError("No window drew itself and came to rest.")


def colours(picture: Path) -> int:
    """Return the number of colours of a picture."""
    return int(run([need("identify", "imagemagick"), "-format", "%k", picture]))
