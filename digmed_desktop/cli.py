"""The command line. Starting the window is what happens when nothing else is asked for."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from digmed_desktop import __version__

NO_SCREEN = (
    "There is no screen here, so the window cannot be shown. "
    "To play the main job without one: digmed-desktop --demo --tour DIR"
)


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    made = argparse.ArgumentParser(
        prog="digmed-desktop",
        description="Tells the GP practice, over MESH, of vaccinations and emergency supplies made in a pharmacy.",
    )
    made.add_argument("--version", action="version", version=f"DigMed Desktop {__version__}")
    made.add_argument(
        "--demo",
        action="store_true",
        help="practice mode: an embedded MESH, fictional patients; no account is needed and nothing leaves this computer",
    )
    made.add_argument(
        "--tour",
        metavar="DIR",
        type=Path,
        help="with --demo: play the main job through the real windows; write pictures, messages and tour.json to DIR",
    )
    return made


def has_screen() -> bool:
    """Whether a window can be shown."""
    if not sys.platform.startswith("linux"):
        return True
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform:
        return platform not in {"offscreen", "minimal"}
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; return its exit status."""
    asked = parser().parse_args(argv)
    if asked.tour is not None and not asked.demo:
        print("The tour plays in practice mode only: digmed-desktop --demo --tour DIR", file=sys.stderr)
        return 2
    if not has_screen():
        if asked.tour is None:
            print(NO_SCREEN, file=sys.stderr)
            return 2
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        import PySide6.QtWidgets  # noqa: F401  (shows whether Qt's system libraries are there)
    except ImportError as error:
        print(_qt_sentence(error), file=sys.stderr)
        return 2
    from digmed_desktop import app

    if asked.tour is not None:
        return app.play_tour(asked.tour)
    return app.run(practice=asked.demo)


def _qt_sentence(error: ImportError) -> str:
    from digmed_desktop import resources

    packages = " ".join(resources.text("linux/qt-packages.txt").split())
    return (
        f"Qt cannot be loaded: {error.name or error}. On Debian and Ubuntu this puts right what is missing:\n"
        f"  sudo apt-get install -y {packages}"
    )
