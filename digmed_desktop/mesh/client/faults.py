"""Faults of the client's folders, in the errors of ``messaging.errors``."""

from collections.abc import Iterator
from contextlib import contextmanager

from digmed_desktop.mesh.client.patience import HangingError
from digmed_desktop.messaging import disk
from digmed_desktop.messaging.errors import AccountError, DigMedError, OfflineError, OutcomeUnknownError

_WAIT = "No action needed if the server or the network is away for a moment; otherwise tell your IT support."
HANGS = "The MESH client's folder does not answer."


@contextmanager
def as_ours(*, moving: bool = False) -> Iterator[None]:
    """Turn a fault of a folder into an error of ours.

    ``moving``: a control file may have reached the client, so what became of it is unknown where it hangs.
    """
    try:
        yield
    except HangingError:
        raise (OutcomeUnknownError if moving else OfflineError)(HANGS, _WAIT) from None
    except OSError as error:
        raise told(error) from error


def told(error: OSError) -> DigMedError:
    """Return why a folder of the client cannot be used."""
    if error.errno in disk.FULL | disk.QUOTA:
        return OfflineError(
            "The disk with the MESH client's folder is full.", "Ask your IT support to make room there."
        )
    if disk.is_busy(error):
        return OfflineError("Another program has a file in the MESH client's folder open.", _WAIT)
    if error.errno in disk.FORBIDDEN:
        return AccountError(
            "This account cannot read and write in the MESH client's folder.",
            "Ask your IT support to let this account read and write in all its folders.",
        )
    return OfflineError("The MESH client's folder cannot be reached.", _WAIT)


def anothers() -> AccountError:
    """Return the error for a folder that other records use."""
    return AccountError(
        "Another installation of this program uses the MESH client's folder.",
        "One mailbox is for one program: ask your IT support for a separate mailbox.",
    )


def emptied() -> AccountError:
    """Return the error for a folder from which our own part was taken."""
    return AccountError(
        "This program's own folder beside OUT and IN was removed, so it is not known what was sent.",
        "Ask your IT support to put it back, or save the connection again in Settings, Connection.",
    )
