"""A process that sets up the records of a pharmacy with one person in the home that it is given, and fills a history."""

import sys

from digmed_desktop.app import PracticePart, open_desk
from digmed_desktop.messaging.clock import Clock, SystemClock
from digmed_desktop.settings import folders as folder_room
from digmed_desktop.settings.choices import Choices
from tests.first_run import FIRST_RUN
from tests.history import large

BODY = 100  # bytes of a message: what a start reads does not depend on them


def main(practice: bool, count: int) -> None:
    """Make the records, empty or with ``count`` notifications."""
    folders = folder_room.prepare(practice=practice)
    part = PracticePart(folders, answer_after=None) if practice else None
    clock: Clock = part.clock if part else SystemClock()
    desk = open_desk(folders, Choices(), clock, part)
    try:
        assert desk.people.first_run(FIRST_RUN) == ()
        large.write(desk._store, count, body=BODY)
    finally:
        desk.close()
        if part is not None:
            part.stop()


if __name__ == "__main__":
    main(sys.argv[1] == "practice", int(sys.argv[2]))
