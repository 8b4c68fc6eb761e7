"""Traces: what was handed to the MESH client and what became of it, one small file for each sending.

A trace is written before a pair is moved into ``OUT`` and stays when the pair is gone: without it, a pair that is in no
folder could not be told from one that never left. It names no patient.
"""

import json
import re
from dataclasses import dataclass

from digmed_desktop import untrusted
from digmed_desktop.files.replacing import replace
from digmed_desktop.mesh.client import places
from digmed_desktop.mesh.client.places import Places
from digmed_desktop.messaging.sending import Elsewhere, Receipt, Where

_ENDING, _LARGEST = ".txt", 10_000
_AUTOMATIC = re.compile(r"GPPROVIDER_\S*", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"[0-9][0-9 ]{5,}[0-9]")
_KEPT_DAYS = 60  # longer than MESH keeps what was sent


@dataclass(frozen=True, slots=True)
class Trace:
    """One sending that was about to be handed over. ``outcome`` is None while nothing is known."""

    outcome: Receipt | Elsewhere | None = None
    collected: bool = False


class Traces:
    """Keeps the traces of one mailbox. Raises OSError."""

    def __init__(self, places_: Places) -> None:
        self._folder = places_.traces

    def begin(self, local_id: str) -> None:
        """Note that a pair is about to be moved into ``OUT``."""
        places.write_flushed(self._folder / f"{local_id}{_ENDING}", b"{}")

    def end(self, local_id: str, outcome: Receipt | Elsewhere, *, collected: bool = False) -> None:
        """Note what became of it."""
        if isinstance(outcome, Receipt):
            automatic = _AUTOMATIC.search(outcome.recipient)
            found = {"sent": outcome.mesh_id, "to": "" if automatic else outcome.recipient}
        else:
            found = {
                "where": outcome.where.value,
                "code": outcome.code,
                "sentence": without_patient(outcome.sentence),
            }
        file = self._folder / f"{local_id}{_ENDING}"
        beside = file.with_suffix(".new")
        places.write_flushed(beside, json.dumps({**found, "collected": collected}).encode())
        replace(beside, file, places.PATIENCE)

    def read(self, local_id: str) -> Trace | None:
        """Return a trace, or None where there is none."""
        try:
            body = places.read(self._folder / f"{local_id}{_ENDING}", _LARGEST)
            found = untrusted.read_json_object(body, most=_LARGEST)
        except FileNotFoundError:
            return None
        except untrusted.UnreadableError:  # cut off while it was written: it was about to be handed over
            return Trace()
        return Trace(_outcome(found), collected=found.get("collected") is True)

    def forget(self, local_id: str) -> None:
        """Remove a trace: it is certain that the pair never left."""
        places.remove(self._folder / f"{local_id}{_ENDING}")

    def known(self) -> list[str]:
        """Return the local ids of all traces."""
        return places.names_in(self._folder, _ENDING)

    def prune(self, now: float) -> None:
        """Remove traces that nothing can ask for any more; ``now`` by the folder's clock."""
        for local_id in self.known():
            file = self._folder / f"{local_id}{_ENDING}"
            with places.gone_is_none():
                if now - file.stat().st_mtime > _KEPT_DAYS * 86_400:
                    places.remove(file)


def without_patient(text: str) -> str:
    """Return a sentence of MESH's without what may name a patient: automatic addresses and long numbers."""
    return _LONG_NUMBER.sub("…", _AUTOMATIC.sub("the address", text))


def _outcome(found: dict[str, object]) -> Receipt | Elsewhere | None:
    if "sent" in found:
        return Receipt(str(found["sent"]), str(found.get("to", "")))
    try:
        where = Where(str(found.get("where", "")))
    except ValueError:
        return None
    return Elsewhere(where, str(found.get("sentence", "")), str(found.get("code", "")))
