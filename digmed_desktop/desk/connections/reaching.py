"""Whether a practice can receive a notification by MESH: asked once a day and remembered."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from digmed_desktop.desk.connections import mesh_client
from digmed_desktop.desk.connections.connection import ConnectionDesk
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.connection import Reach
from digmed_desktop.messaging.errors import DigMedError, RefusedError
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.untrusted import a_text

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store
    from digmed_desktop.mesh.account import MeshAccount
    from digmed_desktop.mesh.transport import MeshTransport

GOOD_FOR = timedelta(days=1)
_CAN = "This practice can receive it electronically."
_CANNOT = "This practice has no mailbox for this: send them a paper copy, or give the patient a copy."
_NOT_SET_UP = "No connection to MESH is set up: send the practice a paper copy."
_NOT_KNOWN = "We do not know if this practice can receive it: MESH cannot be reached now."


class ReachDesk:
    """Asks MESH's endpoint look-up, on a thread where waiting harms nobody."""

    def __init__(
        self,
        store: "Store",
        connection: ConnectionDesk,
        clock: Clock,
        open_transport: "Callable[[MeshAccount], MeshTransport] | None" = None,
    ) -> None:
        self._store, self._connection, self._clock = store, connection, clock
        self._open = open_transport or _open
        self._transport: MeshTransport | None = None

    def ask(self, practice_ods: str, kind: Kind) -> Reach:
        """Return whether a practice can receive ``kind``: what is known of today, else what MESH says now."""
        if not self._connection.is_set_up:
            return Reach(None, _NOT_SET_UP)
        if self._connection.by_client:
            return self._by_client(practice_ods)
        known = self.known(practice_ods, kind)
        if known is not None:
            return known
        try:
            if self._transport is None:
                self._transport = self._open(self._connection.account())
            mailbox = self._transport.mailbox_of(practice_ods, kind.value)
        except RefusedError as error:
            return self._remember(practice_ods, kind, can=False, sentence=str(error))
        except DigMedError as error:
            self.close()
            return Reach(None, f"{_NOT_KNOWN} {error.happened}")
        if mailbox is None:
            return self._remember(practice_ods, kind, can=False, sentence=_CANNOT)
        return self._remember(practice_ods, kind, can=True, sentence=_CAN)

    def _by_client(self, practice_ods: str) -> Reach:
        """Return what is known without a look-up, which the MESH client does not have."""
        if self._connection.routes_by_patient:
            return Reach(None, f"{mesh_client.NO_LOOK_UP} {mesh_client.BY_PATIENT}")
        if self._connection.mailbox_entered(practice_ods):
            return Reach(can=True, sentence=mesh_client.ENTERED)
        return Reach(can=False, sentence=mesh_client.NOT_ENTERED)

    def known(self, practice_ods: str, kind: Kind) -> Reach | None:
        """Return what was asked within the last day, or None."""
        kept = self._store.profile.remembered(_key(practice_ods, kind), _answer)
        if kept is None:
            return None
        can, sentence, asked_at = kept
        if not timedelta() <= self._clock.now() - asked_at < GOOD_FOR:
            return None
        return Reach(can, sentence, asked_at)

    def close(self) -> None:
        """Let go of the connection."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def _remember(self, practice_ods: str, kind: Kind, *, can: bool, sentence: str) -> Reach:
        now = self._clock.now()
        self._store.profile.put(_key(practice_ods, kind), json.dumps([can, sentence, now.isoformat()]))
        return Reach(can, sentence, now)


def _answer(found: Any) -> tuple[bool | None, str, datetime]:
    """Return what was answered and when. Raises what a damaged answer raises."""
    can, sentence, at = found
    if can is not None and not isinstance(can, bool):
        raise TypeError("neither yes nor no")
    return can, a_text(sentence), datetime.fromisoformat(at)


def _key(practice_ods: str, kind: Kind) -> str:
    return f"reach.{practice_ods.strip().upper()}.{kind.value}"


def _open(account: "MeshAccount") -> "MeshTransport":
    from digmed_desktop.mesh.transport import MeshTransport

    return MeshTransport(account, timeout=(5.0, 15.0))
