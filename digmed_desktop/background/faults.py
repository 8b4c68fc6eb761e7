"""Turn an unexpected error of a thread into a sentence to show, and a line for support."""

import errno
import logging

from digmed_desktop.data_files.fault import REMEDY, DataFileError
from digmed_desktop.messaging.disk import not_stored
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.settings.choices import LockedError

log = logging.getLogger(__name__)


def as_known(error: BaseException) -> DigMedError:
    """Return an error as one that people can read; what is not one of ours is logged with its place."""
    if isinstance(error, DigMedError):
        return error
    if isinstance(error, DataFileError):
        log.error("a data file has a fault: %s", error.faults[0].file)
        return DigMedError(error.faults[0].sentence, REMEDY)
    if isinstance(error, LockedError):
        return DigMedError("This is set by your IT support.", "Ask them to change it.")
    if isinstance(error, OSError) and error.errno is not None:
        log.warning("the disk refused: %s", errno.errorcode.get(error.errno, error.errno))
        return not_stored(error)
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = f"{where.tb_frame.f_code.co_name}:{where.tb_lineno}" if where else "?"
    log.error("unexpected %s at %s", error, place)
    return DigMedError(
        "Something in the program went wrong.",
        f"Nothing typed is lost. Report this: {type(error).__name__} {place}.",
    )
