"""Marking the folder of a mailbox as the one that these records use, and making our own folders in it."""

import secrets
from collections.abc import Iterable
from pathlib import Path

from digmed_desktop.mesh.client import faults, places
from digmed_desktop.mesh.client.patience import Patient
from digmed_desktop.mesh.client.places import Places, usable
from digmed_desktop.mesh.client.traces import Traces

_LIMIT = 30.0  # seconds


def new_owner() -> str:
    """Return a fresh mark for the records of one program."""
    return secrets.token_hex(16)


def claim(root: Path, owner: str, unsure: Iterable[str] = ()) -> None:
    """Make our folders under ``root`` and mark them. ``unsure``: local ids of what may be with the client already.

    Raises OfflineError or AccountError, the latter where other records use the folder.
    """
    here = Places(usable(root))
    patient = Patient(str(root), _LIMIT)

    def make() -> None:
        for folder in (here.out, here.inbox):
            folder.stat()
        here.make_ours()
        if not _belongs_to(here, owner):
            raise faults.anothers()
        traces = Traces(here)
        for local_id in unsure:  # without a trace it would count as never handed over
            if traces.read(local_id) is None:
                traces.begin(local_id)
        places.write_flushed(here.owner, owner.encode("ascii"))

    try:
        with faults.as_ours():
            patient.call(make)
    finally:
        patient.close()


def _belongs_to(here: Places, owner: str) -> bool:
    try:
        found = places.read(here.owner, 200).decode("ascii", "replace").strip()
    except FileNotFoundError:
        return True
    return found in (owner, "")
