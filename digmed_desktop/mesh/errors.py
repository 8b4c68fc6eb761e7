"""Every way in which a call to MESH can fail, as one of ``messaging.errors`` with sentence and remedy.

What matters is what a failure says about a message that was being sent (``sending``): it never left
(OfflineError), MESH asked to wait (BusyError), the account is at fault (AccountError), MESH refused it
(RefusedError), or nobody knows (OutcomeUnknownError). Wherever bytes may have arrived, nobody knows.
"""

import re
import ssl
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import urllib3

from digmed_desktop import untrusted
from digmed_desktop.mesh.account import MeshAccount
from digmed_desktop.mesh.reports import words_of
from digmed_desktop.messaging.errors import (
    AccountError,
    BusyError,
    DigMedError,
    NotThereError,
    OfflineError,
    OutcomeUnknownError,
    RefusedError,
)
from digmed_desktop.web import TooLongError

TOKEN_LIFE = timedelta(hours=2)
"""How far this computer's clock may be from MESH's before every call is refused (MESH API, Authorization)."""

LONGEST_WAIT = 3600.0
USUAL_WAIT = 60.0

SHAPE_FAULTS = (ValueError, RecursionError, AttributeError, TypeError, KeyError)
"""Errors of mesh-client when an answer is JSON, but not of the shape that it reads without looking."""

MOST_JSON = 5_000_000
"""Bytes, unpacked, of an answer that is no message. A full page of an inbox has 500 ids: about 20 kB."""

FAULTS = (requests.RequestException, urllib3.exceptions.HTTPError, OSError, UnicodeError)
"""Errors of the layers under this room; at times requests lets urllib3's and Python's own through."""

_LOOKS_ITSELF = "The program checks with MESH before it sends anything again."
_TRIES_AGAIN = "Nothing is lost; the program tries again automatically."
_NO_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")
_OF_HANDSHAKE = (
    "CERTIFICATE",
    "UNKNOWN_CA",
    "HANDSHAKE_FAILURE",
    "PROTOCOL_VERSION",
    "UNSUPPORTED_PROTOCOL",
    "NO_PROTOCOLS_AVAILABLE",
)
"""In OpenSSL's names of faults: what is said of a certificate or a version, before any message is read."""
_CONNECTION_PAGE = "Check Settings, Connection."


def of_exception(error: Exception, account: MeshAccount, *, sending: bool) -> DigMedError:
    """Return what an exception of mesh-client, requests, urllib3 or Python says in our words."""
    if isinstance(error, DigMedError):
        return error
    if isinstance(error, requests.HTTPError) and error.response is not None:
        try:
            return of_response(error.response, account, sending=sending, now=datetime.now(UTC))
        except FAULTS as unread:  # the words of the answer broke off, or cannot be unpacked
            return of_exception(unread, account, sending=sending)
    if isinstance(
        error, UnicodeDecodeError | TooLongError
    ):  # of an answer: where it points to cannot be read
        return stranger(OutcomeUnknownError if sending else AccountError)
    if isinstance(error, requests.TooManyRedirects):
        return stranger(AccountError)
    if isinstance(
        error, requests.exceptions.InvalidHeader | requests.exceptions.InvalidURL | UnicodeEncodeError
    ):
        return RefusedError(
            "The address of the message contains a character that MESH does not accept.", "Tell support."
        )
    if isinstance(error, requests.exceptions.ProxyError) and (told := _of_proxy(error)) is not None:
        return told
    if (
        tls := next((e for e in _causes(error) if isinstance(e, ssl.SSLError)), None)
    ) is not None and _at_handshake(tls, sending=sending):
        return _of_tls(tls)
    if isinstance(error, requests.ConnectTimeout) or _has(error, urllib3.exceptions.NewConnectionError):
        return OfflineError(
            "MESH cannot be reached.", f"Check this computer's internet connection. {_TRIES_AGAIN}"
        )
    if sending:
        what = (
            "MESH did not answer in time"
            if isinstance(error, requests.Timeout)
            else "The connection to MESH was cut"
        )
        return OutcomeUnknownError(f"{what} while a message was on its way.", _LOOKS_ITSELF)
    if isinstance(error, requests.Timeout):
        return OfflineError("MESH did not answer in time.", _TRIES_AGAIN)
    hint = " If this continues, MESH may not accept the client certificate." if account.is_tls else ""
    return OfflineError("The connection to MESH was cut.", f"{_TRIES_AGAIN}{hint}")


def of_response(
    response: requests.Response, account: MeshAccount, *, sending: bool, now: datetime
) -> DigMedError:
    """Return what an answer of MESH (or of something in front of it) says that is not the hoped-for one.

    A message whose bytes are out may be stored all the same, whatever refuses it then: only a refusal with a code of
    MESH's own is one. What asks for a name before anything is let through, and what asks to wait, is no refusal.
    """
    fault = _of_answer(response, account, sending=sending, now=now)
    if sending and _may_be_stored(response, fault):
        return OutcomeUnknownError(fault.happened, f"{fault.remedy} {_LOOKS_ITSELF}".strip())
    return fault


def _may_be_stored(response: requests.Response, fault: DigMedError) -> bool:
    """Whether a message that was answered with this fault may be stored at MESH all the same."""
    status = response.status_code
    if status in (401, 403, 408):
        return True
    if status < 400 or status == 407 or _code_and_text(response)[0]:
        return False
    refuses_the_form = status in (400, 413, 422) and not is_foreign(response)
    return isinstance(fault, AccountError | RefusedError) and not refuses_the_form


def _of_answer(
    response: requests.Response, account: MeshAccount, *, sending: bool, now: datetime
) -> DigMedError:
    status = response.status_code
    if status in (408, 425, 429):
        return BusyError("MESH asks to wait.", _TRIES_AGAIN, retry_after=_wait(response, now))
    if status >= 500:
        return _of_server_fault(response, sending=sending, now=now)
    if status == 407:
        return _proxy_password()
    if status < 400:
        if sending and status < 300:
            return stranger(OutcomeUnknownError)
        return stranger(AccountError)
    if is_foreign(response):
        return stranger(AccountError)
    if status in (401, 403):
        return _of_denial(response, sending=sending, now=now)
    return _of_refusal(response, sending=sending)


def is_foreign(response: requests.Response) -> bool:
    """Whether an answer looks like a web page, hence came from something between this computer and MESH."""
    kind = response.headers.get("Content-Type", "").lower()
    return "html" in kind or response.content.lstrip()[:1] == b"<"


def fields_of(response: requests.Response) -> dict[str, Any] | None:
    """Return the JSON object in an answer, or None when it holds none."""
    try:
        return untrusted.read_json_object(response.content, most=MOST_JSON)
    except untrusted.UnreadableError:
        return None


def _of_server_fault(response: requests.Response, *, sending: bool, now: datetime) -> DigMedError:
    if sending:
        return OutcomeUnknownError(
            f"MESH had a fault (HTTP {response.status_code}) while a message was on its way.",
            _LOOKS_ITSELF,
        )
    if response.status_code == 503 and "Retry-After" in response.headers:
        return BusyError("MESH asks to wait.", _TRIES_AGAIN, retry_after=_wait(response, now))
    return OfflineError(f"MESH is not working at the moment (HTTP {response.status_code}).", _TRIES_AGAIN)


def _of_denial(response: requests.Response, *, sending: bool, now: datetime) -> DigMedError:
    _, text = _code_and_text(response)
    if "duplicat" in text.lower():
        # something on the way repeated our request: the first copy may have been obeyed
        if sending:
            return OutcomeUnknownError("A message reached MESH twice, or not at all.", _LOOKS_ITSELF)
        return OfflineError("Something on the way to MESH repeated a request.", _TRIES_AGAIN)
    if "inactive" in text.lower():
        return AccountError("This MESH mailbox is switched off.", "Call the NHS England service desk.")
    if (ahead := skew(response, now)) is not None and abs(ahead) > TOKEN_LIFE - timedelta(minutes=5):
        hours, side = abs(ahead) / timedelta(hours=1), "fast" if ahead > timedelta(0) else "slow"
        return AccountError(
            f"This computer's clock is {hours:.1f} hours {side}, so MESH refuses it.",
            "Set the clock, the date and the time zone right. Then sending continues automatically.",
        )
    return AccountError(
        "MESH does not accept the mailbox id, its password or the shared key.",
        "Enter all three again in Settings, Connection; letter case counts.",
    )


def _of_refusal(response: requests.Response, *, sending: bool) -> DigMedError:
    status = response.status_code
    code, _ = _code_and_text(response)
    if status in (404, 410) and not sending:
        return NotThereError("MESH no longer has this message.", "")
    if status == 404 and not code:
        return AccountError("The address answers, but there is no such MESH mailbox there.", _CONNECTION_PAGE)
    if status == 413:
        return RefusedError(
            "The message is too large for MESH.", "Send the practice a paper copy.", code="413"
        )
    if not code:
        return RefusedError(
            f"MESH did not accept the form of the message (HTTP {status}).",
            "Tell support, and send the practice a paper copy.",
        )
    words = words_of(code)
    if words.account:
        return AccountError(words.meaning, words.remedy)
    if not words.known:
        return RefusedError(
            f"MESH refused the message with code {_short(code)}.", words.remedy, code=_short(code)
        )
    return RefusedError(words.meaning, words.remedy, code=code)


def _code_and_text(response: requests.Response) -> tuple[str, str]:
    """Return code and words of an error of MESH, in either version of its API."""
    body = fields_of(response) or {}
    detail = body.get("detail")
    if isinstance(detail, list) and detail and isinstance(detail[0], dict):
        code, text = detail[0].get("code"), detail[0].get("msg")
    else:
        code, text = body.get("errorCode"), body.get("errorDescription") or detail
    return untrusted.visible(str(code or "")), untrusted.visible(str(text or ""))


def _short(code: str) -> str:
    return "".join(c for c in code if c.isalnum() or c in "-_")[:40]


def _of_proxy(error: Exception) -> DigMedError | None:
    """Return what kept the tunnel through the proxy from being made; None for a fault that may have come later.

    urllib3 calls it a fault of the proxy too when a tunnel that stood is cut with a message under way.
    """
    refused = next((m for e in _causes(error) if (m := _NO_TUNNEL.search(str(e)))), None)
    if refused is not None and refused[1] == "407":
        return _proxy_password()
    if refused is not None:
        return AccountError(
            "The proxy does not let this computer reach MESH.",
            "Ask your IT support to allow the address of MESH.",
        )
    if _has(error, urllib3.exceptions.NewConnectionError) or _has(
        error, urllib3.exceptions.ConnectTimeoutError
    ):
        return OfflineError("The proxy cannot be reached.", f"Check this computer's network. {_TRIES_AGAIN}")
    return None


def _proxy_password() -> DigMedError:
    return AccountError(
        "The proxy asks for a name and a password, or does not accept those in Settings.",
        "Enter them in Settings, Connection, under Proxy.",
    )


def _at_handshake(error: ssl.SSLError, *, sending: bool) -> bool:
    """Whether a TLS fault is one of the handshake; while ``sending`` only where it can be of nothing else.

    An alert, or bytes that are no TLS, may as well come when a message has gone out and its answer is awaited.
    """
    reason = error.reason or ""
    if isinstance(error, ssl.SSLCertVerificationError) or any(word in reason for word in _OF_HANDSHAKE):
        return True
    return not sending and ("ALERT" in reason or reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST"})


def _of_tls(error: ssl.SSLError) -> DigMedError:
    reason = error.reason or ""
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in (9, 10):  # X509_V_ERR_CERT_NOT_YET_VALID, _HAS_EXPIRED
            return AccountError(
                "MESH's certificate is out of date, or this computer's date is wrong.",
                "Check the date of this computer.",
            )
        return AccountError(
            "The answer did not come from MESH: its certificate is not one of the NHS's.",
            "A network filter may be in the way. Ask your IT support to let MESH through untouched.",
        )
    if "ALERT" in reason:
        return AccountError(
            "MESH does not accept the client certificate.",
            "Check that the certificate is the one made for this mailbox and this environment.",
        )
    return AccountError(
        "The server that answered does not speak MESH's kind of encryption.",
        "Ask your IT support whether a network filter is in the way.",
    )


def stranger(kind: type[AccountError] | type[OutcomeUnknownError]) -> DigMedError:
    """Return the error of an answer that cannot be MESH's, such as a sign-in page."""
    remedy = (
        "Sign in to the network if it asks you to, or ask your IT support to let the address of MESH through."
    )
    return kind("Something on the way to MESH answered in its place.", remedy)


def skew(response: requests.Response, now: datetime) -> timedelta | None:
    """Return by how much this computer's clock is ahead of MESH's, or None when the answer does not tell."""
    with suppress(ValueError, TypeError):
        told = parsedate_to_datetime(response.headers.get("Date", ""))
        return now - (told if told.tzinfo else told.replace(tzinfo=UTC))
    return None


def _wait(response: requests.Response, now: datetime) -> float:
    """Return the seconds that Retry-After asks for (a number or a date), within one second and one hour."""
    told = response.headers.get("Retry-After", "").strip()
    seconds = USUAL_WAIT
    if told.isdigit():
        seconds = float(told)
    elif told:
        with suppress(ValueError, TypeError):
            seconds = (parsedate_to_datetime(told) - now).total_seconds()
    return min(max(seconds, 1.0), LONGEST_WAIT)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and everything that led to it, as requests and urllib3 tuck it away."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inside = (one.__cause__, getattr(one, "reason", None), *one.args)
        waiting.extend(e for e in inside if isinstance(e, BaseException))


def _has(error: BaseException, kind: type[BaseException]) -> bool:
    return any(isinstance(e, kind) for e in _causes(error))
