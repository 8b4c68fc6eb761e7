"""Reads which version is current, from a file or an https address that administrators control. Nothing is downloaded."""

import re
from pathlib import Path

from digmed_desktop import untrusted
from digmed_desktop.messaging.errors import DigMedError

MOST_BYTES = 1_000
SECONDS = 10.0
_NUMBER = re.compile(r"\s*v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})\s*")
_REMEDY = "Ask your IT support to look at [version] current in their settings."


def read(source: str, proxy: str = "") -> tuple[int, int, int]:
    """Return the number that a file or address holds, such as 0.2.0. Raises DigMedError when there is none."""
    content = _from_address(source, proxy) if source.startswith("https://") else _from_file(Path(source))
    found = _NUMBER.fullmatch(content.decode("utf-8-sig", "replace"))
    if found is None:
        raise DigMedError(
            "It does not say which version is current: no number such as 0.2.0 is there.", _REMEDY
        )
    return int(found[1]), int(found[2]), int(found[3])


def _from_file(file: Path) -> bytes:
    try:
        return untrusted.read_bytes(file, MOST_BYTES)
    except (OSError, ValueError):
        raise DigMedError("The file that says which version is current cannot be read.", _REMEDY) from None


def _from_address(address: str, proxy: str) -> bytes:
    import requests

    from digmed_desktop.web import BoundedAdapter

    try:
        with requests.Session() as session:
            session.trust_env = False
            session.proxies = {"http": proxy, "https": proxy} if proxy else {}
            adapter = BoundedAdapter(MOST_BYTES)
            session.mount("https://", adapter)
            with adapter.within(SECONDS):
                answer = session.get(address, timeout=(5.0, 5.0), allow_redirects=False)
                if answer.status_code != requests.codes.ok:
                    raise DigMedError(
                        "The address that says which version is current gave no answer.", _REMEDY
                    )
                return answer.content
    except (requests.exceptions.RequestException, OSError):
        raise DigMedError(
            "The address that says which version is current cannot be reached.", _REMEDY
        ) from None
