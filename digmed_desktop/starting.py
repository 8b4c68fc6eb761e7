"""Starts the window: something is seen before the program behind it is loaded, which takes three times as long as Qt."""

import gc
import sys
from typing import Any

from digmed_desktop.desk.upkeep.front_door import OPEN, WindowSilentError, knock
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.settings import folders as folder_room
from digmed_desktop.settings import layout_file, settings_file
from digmed_desktop.ui.application import make_appearance, make_application
from digmed_desktop.ui.first_window import FirstWindow

SHOW_SECONDS = 5.0  # for a window that is open already to say so


def run(*, practice: bool, record: str = "") -> int:
    """Show the window until it is closed; return the exit status.

    ``record`` is the JSON text of a record import, which another system sends: it is opened as a draft, in the window
    that is open already where there is one.
    """
    gc.disable()  # until everything is loaded: there is no garbage yet, and each collection would look at all of it
    try:
        folders = folder_room.prepare(practice=practice)
    except folder_room.FolderError as error:
        print(error, file=sys.stderr)
        return 1
    try:
        if (said := knock(folders.data, f"{OPEN}{record}" if record else "show", SHOW_SECONDS)) is not None:
            return _told_by_window(said, record)
    except WindowSilentError as error:  # without a record the new window says that the records are in use
        if record:
            print(error, file=sys.stderr)
            return 1
    except DigMedError as error:
        print(error, file=sys.stderr)
        return 1
    application = make_application()
    chosen = settings_file.load(folders.settings_file).settings
    appearance = make_appearance(application, str(chosen.theme), chosen.text_percent)
    first = FirstWindow(layout_file.load(folders.layout_file), practice=practice)
    first.show_now(maximized=not practice)
    from digmed_desktop import app

    return app.run(application, first, appearance, practice=practice, record=record)


def _told_by_window(said: dict[str, Any], record: str) -> int:
    """Say what the window that is open did, and return the exit status."""
    if trouble := said.get("trouble"):
        print(trouble, file=sys.stderr)
        return 1
    what = "the open window shows the record" if record else "its window was brought to the front"
    print(f"DigMed Desktop is open already; {what}.")
    return 0
