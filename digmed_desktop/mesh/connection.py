"""The HTTP connection under mesh-client: pinned roots, one host only, and retries that never repeat a token.

mesh-client's own retries sit below the place where its one-time token is made, so a repeated request would
carry a token that live MESH has already seen, and be refused as if the password were wrong. They are switched
off; the retries here make a new token each time and are for calls that are safe to repeat.
"""

import ssl
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import mesh_client
import requests
from urllib3.exceptions import NewConnectionError

from digmed_desktop.mesh.account import MeshAccount
from digmed_desktop.mesh.errors import MOST_JSON, skew, stranger
from digmed_desktop.messaging.errors import AccountError
from digmed_desktop.web import BoundedAdapter

APPLICATION = "DigMedDesktop"
ATTEMPTS = 3
FIRST_PAUSE = 0.5
_WORTH_REPEATING = (425, 502, 503, 504)


def tls_context(account: MeshAccount) -> ssl.SSLContext:
    """Return a TLS context that trusts this account's roots and nothing else, TLS 1.2 at least."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # verifies certificate and host name
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False
    if account.ca_file:
        context.load_verify_locations(cafile=account.ca_file)
    elif account.ca_pem:
        try:
            context.load_verify_locations(cadata=account.ca_pem)
        except ssl.SSLError:
            raise AccountError(
                "The root certificate is damaged.", "Choose it again in Settings, Connection."
            ) from None
    if account.certificate is not None:
        account.certificate.load_into(context)
    return context


class MeshAdapter(BoundedAdapter):
    """Sends requests to one host only, over one TLS context, and repeats the safe ones with a fresh token.

    ``stop`` ends a pause between two attempts at once, so that the program can close without waiting.
    """

    def __init__(
        self,
        account: MeshAccount,
        tokens: mesh_client.AuthTokenGenerator,
        stop: threading.Event,
    ) -> None:
        parts = urlsplit(account.url)
        self._origin = (parts.scheme, parts.hostname, parts.port)
        self._context = tls_context(account) if account.is_tls else None
        self._tokens = tokens
        self._stop = stop
        self.clock_ahead: timedelta | None = None  # of MESH's clock, by its last answer
        super().__init__(MOST_JSON)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> Any:
        """Make the pool with the pinned context."""
        return super().init_poolmanager(*args, **self._pinned(kwargs))

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Make the pool behind a proxy with the pinned context."""
        return super().proxy_manager_for(proxy, **self._pinned(kwargs))

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Leave verification to the context: requests would add the public roots to ours."""
        if self._context is not None:
            conn.cert_reqs = "CERT_REQUIRED"
            conn.ca_certs = conn.ca_cert_dir = None

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request; one that changes nothing when repeated is repeated, up to three times in all."""
        parts = urlsplit(request.url or "")
        if (parts.scheme, parts.hostname, parts.port) != self._origin:
            raise AccountError(
                "MESH pointed to another computer.", "Tell support: the program did not follow."
            )
        attempts = ATTEMPTS if _is_safe(request) else 1
        for attempt in range(attempts):
            last = attempt == attempts - 1
            if attempt:
                request.headers["Authorization"] = self._tokens.generate_token()
            try:
                response = super().send(request, *args, **kwargs)
                self.clock_ahead = skew(response, datetime.now(UTC))
                if _is_page(request, response):
                    response.close()
                    raise stranger(AccountError)
            except requests.ConnectionError as error:
                if last or not _is_cut(error):
                    raise
            else:
                if last or response.status_code not in _WORTH_REPEATING or "Retry-After" in response.headers:
                    return response
                response.close()
            self._stop.wait(FIRST_PAUSE * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    def _pinned(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        return kwargs if self._context is None else {**kwargs, "ssl_context": self._context}


def _is_safe(request: requests.PreparedRequest) -> bool:
    return request.method in ("GET", "PUT", "HEAD") or (
        request.method == "POST" and "/outbox" not in request.path_url
    )


def _is_page(request: requests.PreparedRequest, response: requests.Response) -> bool:
    """Whether a web page came as the answer to a call whose answer nobody reads further (MESH speaks JSON).

    A sign-in page may well come with status 200, and would pass for a handshake or an acknowledgement.
    """
    unread = request.method in ("PUT", "POST") and _is_safe(request)
    return (
        unread and response.status_code < 300 and "html" in response.headers.get("Content-Type", "").lower()
    )


def _is_cut(error: requests.ConnectionError) -> bool:
    """Whether an established connection broke: worth another try at once, unlike a host that is not there."""
    if isinstance(error, requests.Timeout | requests.exceptions.SSLError | requests.exceptions.ProxyError):
        return False
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return not isinstance(reason, NewConnectionError)


def open_client(
    account: MeshAccount, stop: threading.Event, timeout: tuple[float, float]
) -> tuple[mesh_client.MeshClient, MeshAdapter]:
    """Return a mesh-client bound to this account, and what it sends through.

    One per worker thread: its token counter is not locked.
    """
    tokens = mesh_client.AuthTokenGenerator(
        account.shared_key.encode("ascii"), account.mailbox, account.password
    )
    adapter = MeshAdapter(account, tokens, stop)
    client = mesh_client.MeshClient(
        account.url,
        account.mailbox,
        account.password,
        shared_key=account.shared_key.encode("ascii"),
        max_retries=0,
        timeout=timeout,  # type: ignore[arg-type]  # passed on to requests, which takes (connect, read)
        application_name=APPLICATION,
        proxies={"http": account.proxy, "https": account.proxy} if account.proxy else None,
    )
    session = client._session  # noqa: SLF001  # mesh-client offers no other way to its session
    session.auth = tokens
    session.trust_env = False
    session.max_redirects = 0
    for old in session.adapters.values():
        old.close()
    session.adapters.clear()
    session.mount(account.url, adapter)
    return client, adapter
