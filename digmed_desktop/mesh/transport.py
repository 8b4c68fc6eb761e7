"""The transport of ``messaging.ports`` over the NHS's mesh-client.

Made in the worker thread that uses it and used by no other. Every call ends within :data:`WHOLE_SECONDS`, whatever
trickles in, and raises nothing but ``messaging.errors``.
"""

import itertools
import logging
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import requests

from digmed_desktop import untrusted
from digmed_desktop.clinical.dates import is_in_calendar
from digmed_desktop.mesh import addressing, errors
from digmed_desktop.mesh.account import MeshAccount
from digmed_desktop.mesh.connection import open_client
from digmed_desktop.mesh.reports import told_of_report
from digmed_desktop.messaging.errors import (
    AccountError,
    NotThereError,
    OutcomeUnknownError,
    RefusedError,
    UnusableError,
)
from digmed_desktop.messaging.sending import InboxItem, ItemKind, Receipt, Sending
from digmed_desktop.web import TooLongError, read_body

OUR_WORKFLOWS = "DIGMED_*"
"""The inbox filter. Reports carry the workflow of the message itself: a filter on ``_ACK`` hides them."""

TIMEOUT = (10.0, 60.0)
"""Seconds to connect, and without a byte."""
WHOLE_SECONDS = 180.0
"""One call from its beginning to the last byte of its answer, attempts and all: 5 MB at a quarter of a Mbit/s."""
LOOK_UP_LIFE = 24 * 3600.0
LARGEST_DOWNLOAD = 20 * 1024 * 1024
"""Bytes of one message, all its chunks together and unpacked. Receivers must take 5 MB; an answer has 20 kB."""
MOST_CHUNKS = 1000
MOST_IDS = 20_000

_NOT_MESH = "The address answers, but does not know this MESH mailbox or this program's question."
_LOOK_AT_CONNECTION = "Check Settings, Connection; if nothing is wrong there, tell support."
_LEFT = "It is left in the mailbox."

_log = logging.getLogger(__name__)


class MeshTransport:
    """MESH, as the outbox uses it. ``stop`` set makes a pause between two attempts end at once."""

    def __init__(
        self,
        account: MeshAccount,
        *,
        stop: threading.Event | None = None,
        timeout: tuple[float, float] = TIMEOUT,
        workflows: str = OUR_WORKFLOWS,
    ) -> None:
        self._account = account
        self._workflows = workflows
        self._mailboxes: dict[tuple[str, str], tuple[str, float]] = {}
        self._check_certificate()
        self._client, self._adapter = open_client(account, stop or threading.Event(), timeout)
        self._timeout = timeout

    def handshake(self) -> None:
        """Show that mailbox, password, key, certificate and clock are right."""
        with self._call_of_no_message():
            self._client.handshake()  # type: ignore[no-untyped-call]

    def mailbox_of(self, practice_ods: str, workflow: str, *, fresh: bool = False) -> str | None:
        """Return the mailbox in which a practice takes ``workflow``, or None when it has none.

        A found mailbox is remembered for a day, and asked for anew when ``fresh``. Raises RefusedError (EPL-150) when
        there are several.
        """
        key = (addressing.checked_ods(practice_ods), addressing.checked_workflow(workflow))
        known = self._mailboxes.get(key)
        if known and known[1] > time.monotonic() and not fresh:
            return known[0]
        try:
            with self._call():
                found: Any = self._client.lookup_endpoint(*key)
        except NotThereError:  # a practice that takes none is told by an empty list
            raise AccountError(_NOT_MESH, _LOOK_AT_CONNECTION) from None
        results = found.get("results") if isinstance(found, dict) else None
        if not isinstance(results, list):
            raise errors.stranger(AccountError)
        mailboxes = {
            str(one["mailbox_id"]) for one in results if isinstance(one, dict) and one.get("mailbox_id")
        }
        if len(mailboxes) > 1:
            raise RefusedError(
                "The practice has more than one mailbox for these messages, so none can be chosen.",
                "Send the practice a paper copy, and report it to the NHS England service desk.",
                code="EPL-150",
            )
        if not mailboxes:
            return None
        mailbox = mailboxes.pop()
        self._mailboxes[key] = (mailbox, time.monotonic() + LOOK_UP_LIFE)
        return mailbox

    @property
    def no_mailbox(self) -> str:
        """The sentence for a practice that takes none of these messages."""
        return "This practice has no MESH mailbox that takes this kind of notification. Send the practice a paper copy."

    def send(self, sending: Sending) -> Receipt:
        """Send once; the address is looked up first where the sending has none."""
        addressing.check_sending(sending)
        recipient = sending.recipient or self.mailbox_of(sending.practice_ods, sending.workflow)
        if recipient is None:
            raise RefusedError(
                "The practice has no mailbox that takes these messages.",
                "Send the practice a paper copy.",
                code="EPL-151",
            )
        headers: dict[str, Any] = (
            {"subject": addressing.subject_header(sending.subject)} if sending.subject else {}
        )
        with self._call(sending=True):
            response = self._client.send_chunk(
                recipient,
                sending.payload,
                1,
                1,
                workflow_id=sending.workflow,
                local_id=sending.local_id,
                filename=f"{sending.local_id[:290]}.xml",
                content_type="application/xml",
                **headers,
            )
            fields = errors.fields_of(response) or {}
            mesh_id = str(fields.get("message_id") or "")
            if response.status_code not in (200, 202) or not addressing.is_message_id(mesh_id):
                fault = errors.of_response(response, self._account, sending=True, now=datetime.now(UTC))
                if isinstance(fault, RefusedError) and not sending.recipient:
                    self._mailboxes.clear()  # the address may be out of date
                raise fault
        return Receipt(mesh_id, recipient)

    def look_up(self, local_id: str) -> Receipt | None:
        """Return what MESH knows of a sending, or None when nothing lies there under its local id (yet).

        Where several do, the receipt's ``mesh_id`` is ``""``: MESH has it, and does not say under which id.
        """
        known = quote(addressing.checked_local_id(local_id), safe="")
        url = f"{self._client.mailbox_url}/outbox/tracking/{known}"
        with self._call():
            response = self._get(url)
        if response.status_code == 300 and not errors.is_foreign(response):
            _log.warning("MESH holds more than one message under the local id %s", local_id)
            return Receipt("", "")
        if response.status_code == 404 and not errors.is_foreign(response):
            return None
        if response.status_code == 410:
            raise AccountError(
                "MESH no longer says whether it has a message.",
                "Tell support. Until then, ask the practice before anything is sent again.",
            )
        fields = errors.fields_of(response)
        mesh_id = str((fields or {}).get("messageId") or (fields or {}).get("message_id") or "")
        if response.status_code != 200 or fields is None or not addressing.is_message_id(mesh_id):
            raise errors.of_response(response, self._account, sending=False, now=datetime.now(UTC))
        return Receipt(mesh_id, str(fields.get("recipient") or ""))

    def follow(self, local_ids: Sequence[str]) -> Mapping[str, Receipt]:
        """Return which sendings MESH has that were handed to another program; normally there are none."""
        found = {local_id: self.look_up(local_id) for local_id in local_ids}
        return {local_id: receipt for local_id, receipt in found.items() if receipt is not None}

    def collected(self, mesh_id: str) -> bool:
        """Whether the recipient's system has collected and acknowledged the message."""
        with self._call():
            status = self._client.track_message(addressing.checked_message_id(mesh_id)).get("status")
        return str(status).lower() == "acknowledged"

    def recipient(self, mesh_id: str) -> str:
        """Return the mailbox that MESH's tracking names for a message, or ``""``."""
        with self._call():
            found = self._client.track_message(addressing.checked_message_id(mesh_id))
        return str(found.get("recipient") or "") if isinstance(found, dict) else ""

    def inbox(self) -> Sequence[str]:
        """Return the MESH ids of what waits for us, oldest first, over all pages."""
        with self._call_of_no_message():
            ids = self._client.iterate_message_ids(workflow_filter=self._workflows)
            found = list(dict.fromkeys(itertools.islice(ids, MOST_IDS)))
            usable = [one for one in found if addressing.is_message_id(one)]
        if len(usable) < len(found):
            _log.warning("MESH listed %d message ids of a shape that is not used", len(found) - len(usable))
        return usable

    def fetch(self, mesh_id: str) -> InboxItem:
        """Download one thing whole, without acknowledging it."""
        with self._call():
            first = self._client.retrieve_message_chunk(addressing.checked_message_id(mesh_id), 1)
            mex = {
                name.lower()[4:]: untrusted.visible(value)
                for name, value in first.headers.items()
                if name.lower().startswith("mex-")
            }
            body = _read(first, LARGEST_DOWNLOAD)
            for number in range(2, _chunks(mex.get("chunk-range", "")) + 1):
                chunk = self._client.retrieve_message_chunk(mesh_id, number)
                body += _read(chunk, LARGEST_DOWNLOAD - len(body))
        if not mex:
            raise errors.stranger(AccountError)
        report = mex.get("messagetype", "").upper() == ItemKind.REPORT
        return InboxItem(
            mesh_id=mesh_id,
            kind=ItemKind.REPORT if report else ItemKind.DATA,
            workflow=mex.get("workflowid", ""),
            sender=mex.get("from", ""),
            body=body,
            local_id=mex.get("localid", ""),
            linked_id=mex.get("linkedmsgid", ""),
            status_code=mex.get("statuscode", ""),
            status_text=told_of_report(mex.get("statuscode", ""), mex.get("statusdescription", ""))
            if report
            else "",
            received_at=_moment(mex.get("statustimestamp", "")),
        )

    def acknowledge(self, mesh_id: str) -> None:
        """Tell MESH that one thing is safely stored. One that is gone already counts as acknowledged."""
        try:
            with self._call():
                self._client.acknowledge_message(addressing.checked_message_id(mesh_id))
        except NotThereError:
            _log.info("MESH no longer held %s when it was acknowledged", mesh_id)

    def clock_ahead(self) -> timedelta | None:
        """Return by how much this computer's clock was ahead of MESH's at its last answer; None when not told."""
        return self._adapter.clock_ahead

    def warning(self) -> str:
        """Return a sentence when the certificate expires within 60 days, else ``""``."""
        certificate = self._account.certificate
        return certificate.warning(datetime.now(UTC)) if certificate is not None else ""

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()  # type: ignore[no-untyped-call]

    def _get(self, url: str) -> requests.Response:
        session = self._client._session  # noqa: SLF001  # mesh-client has no call for tracking by local id
        response: requests.Response = session.get(url, timeout=self._timeout)
        return response

    def _check_certificate(self) -> None:
        certificate = self._account.certificate
        if certificate is not None and (fault := certificate.fault(datetime.now(UTC))) is not None:
            raise fault

    @contextmanager
    def _call(self, *, sending: bool = False) -> Iterator[None]:
        """Turn whatever a call of mesh-client raises into one of our errors."""
        self._check_certificate()
        unread = errors.stranger(OutcomeUnknownError if sending else AccountError)
        try:
            with self._adapter.within(WHOLE_SECONDS):
                yield
        except requests.exceptions.JSONDecodeError:
            raise unread from None
        except errors.FAULTS as error:
            raise errors.of_exception(error, self._account, sending=sending) from None
        except errors.SHAPE_FAULTS:
            raise unread from None

    @contextmanager
    def _call_of_no_message(self) -> Iterator[None]:
        """Call MESH about the mailbox, as :meth:`_call` does about a message: a refusal concerns all that waits."""
        try:
            with self._call():
                yield
        except (NotThereError, RefusedError):
            raise AccountError(_NOT_MESH, _LOOK_AT_CONNECTION) from None


def _read(response: requests.Response, most: int) -> bytes:
    """Return the body of a download of at most ``most`` bytes; a truncated one raises."""
    try:
        return read_body(response, most)
    except TooLongError:
        raise _too_large() from None
    except requests.exceptions.ContentDecodingError:
        raise UnusableError(f"A response cannot be unpacked. {_LEFT}", "Tell support.") from None


def _too_large() -> UnusableError:
    return UnusableError(f"A response is too large to be one. {_LEFT}", "Tell support.")


def _chunks(header: str) -> int:
    total = re.fullmatch(r"[0-9]+:0*([0-9]+)", header.strip())
    if total is None:
        return 1
    if len(total[1]) > len(str(MOST_CHUNKS)) or int(total[1]) > MOST_CHUNKS:
        raise _too_large()
    return int(total[1])


def _moment(header: str) -> datetime | None:
    try:
        at = datetime.strptime(header, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return at if is_in_calendar(at) else None
