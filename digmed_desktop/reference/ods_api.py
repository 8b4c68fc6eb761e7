"""The Organisation Data Service over its ORD interface: practices by name, postcode or code, with who took over.

Public and read only; no key is needed. Whatever it does, a search ends within a few seconds with an answer or a
sentence, and answers are remembered for an hour.
"""

import json
import re
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from digmed_desktop.clinical import ods, postcode
from digmed_desktop.clinical.practices import ListedPractice
from digmed_desktop.clinical.record import Address, Organisation
from digmed_desktop.messaging.errors import DigMedError, OfflineError
from digmed_desktop.reference.ods_file import titled

LIVE = "https://directory.spineservices.nhs.uk/ORD/2-0-0"
PRESCRIBING_COST_CENTRE = "RO177"  # primary role of every GP practice
CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 3.0, 5.0, 10.0
MOST_BYTES = 2_000_000
KEPT_SECONDS = 3600.0
_KEPT_MOST = 500
_REMEDY = "Search the list kept here, or enter the practice by hand."


class OdsApi:
    """Asks the directory. Usable from one thread at a time."""

    def __init__(self, base: str | Callable[[], str], *, clock: Callable[[], float] = time.monotonic) -> None:
        """Ask the directory at ``base``, the address up to ``/organisations``; ``""`` asks none."""
        self._base = base if callable(base) else lambda: base
        self._clock = clock
        self._kept: dict[str, tuple[float, Any]] = {}

    def search(self, typed: str, limit: int = 20) -> tuple[ListedPractice, ...]:
        """Return open practices whose name holds, or whose postcode or code is, what was typed.

        Raises OfflineError when the directory cannot be reached or is too slow, DigMedError when its answer
        makes no sense; both say what to do.
        """
        text = " ".join(typed.split())
        if len(text) < 3:
            raise DigMedError("Type at least three letters to search the directory.", "")
        if re.fullmatch(r"[A-Za-z][0-9]{5}", text):
            found = self.of_code(ods.shown(text))
            return (found,) if found else ()
        kind = "PostCode" if postcode.sentence_about(text) is None else "Name"
        raw = self._get(
            "/organisations",
            {
                kind: postcode.shown(text) if kind == "PostCode" else text,
                "PrimaryRoleId": PRESCRIBING_COST_CENTRE,
                "Status": "Active",
                "Limit": str(limit),
            },
        )
        try:
            return tuple(
                ListedPractice(
                    Organisation(
                        name=titled(str(one["Name"])),
                        ods_code=ods.shown(str(one["OrgId"])),
                        address=Address(postcode=postcode.shown(str(one.get("PostCode", "")))),
                    )
                )
                for one in raw["Organisations"][:limit]
            )
        except (KeyError, TypeError):
            raise _senseless() from None

    def of_code(self, ods_code: str) -> ListedPractice | None:
        """Return one practice with address and successor, None when the directory does not know the code."""
        raw = self._get(f"/organisations/{ods_code}", {}, missing_is_none=True)
        if raw is None:
            return None
        try:
            return _practice(raw["Organisation"])
        except (KeyError, TypeError, ValueError, AttributeError):
            raise _senseless() from None

    def _get(self, path: str, query: dict[str, str], *, missing_is_none: bool = False) -> Any:
        key = json.dumps([self._base(), path, query])
        now = self._clock()
        if key in self._kept and now - self._kept[key][0] < KEPT_SECONDS:
            return self._kept[key][1]
        answer = self._ask(path, query, missing_is_none=missing_is_none)
        if len(self._kept) >= _KEPT_MOST:
            self._kept.pop(next(iter(self._kept)))
        self._kept[key] = (now, answer)
        return answer

    def _ask(self, path: str, query: dict[str, str], *, missing_is_none: bool) -> Any:
        base = self._base().rstrip("/")
        if not base:
            raise OfflineError("No directory of practices is asked here.", _REMEDY)
        import requests
        from urllib3.exceptions import HTTPError, ReadTimeoutError

        begun = self._clock()
        try:
            with requests.get(
                base + path,
                params=query,
                headers={"Accept": "application/json"},
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                stream=True,
            ) as response:
                if response.status_code == 404 and missing_is_none:
                    return None
                if response.status_code != 200:
                    raise DigMedError(
                        f"The directory of practices answered with an error ({response.status_code}).",
                        _REMEDY,
                    )
                body = bytearray()
                while piece := response.raw.read1(
                    64 * 1024, decode_content=True
                ):  # what is there, without waiting
                    body += piece
                    if len(body) > MOST_BYTES:
                        raise DigMedError(
                            "The directory's answer was far too long, so it was not read.", _REMEDY
                        )
                    if self._clock() - begun > WHOLE_SECONDS:
                        raise requests.exceptions.ReadTimeout
        except (requests.exceptions.Timeout, TimeoutError, ReadTimeoutError):
            raise OfflineError("The directory of practices did not answer in time.", _REMEDY) from None
        except (requests.exceptions.RequestException, HTTPError, OSError):
            raise OfflineError("The directory of practices cannot be reached.", _REMEDY) from None
        try:
            return json.loads(body.decode("utf-8"))
        except ValueError:
            raise _senseless() from None


def _senseless() -> DigMedError:
    return DigMedError("The directory's answer could not be understood.", _REMEDY)


def _each(value: Any) -> list[Any]:
    """The interface writes one of a kind without its list."""
    return [] if value is None else value if isinstance(value, list) else [value]


def _practice(raw: dict[str, Any]) -> ListedPractice:
    place = (raw.get("GeoLoc") or {}).get("Location") or {}
    lines = tuple(titled(str(place[key])) for key in ("AddrLn1", "AddrLn2", "AddrLn3") if place.get(key))
    ended = [
        one["End"] for one in _each(raw.get("Date")) if one.get("Type") == "Operational" and "End" in one
    ]
    heirs = {
        ods.shown(str(one["Target"]["OrgId"]["extension"]))
        for one in _each((raw.get("Succs") or {}).get("Succ"))
        if one.get("Type") == "Successor"
    }
    phones = [
        str(one["value"])
        for one in _each((raw.get("Contacts") or {}).get("Contact"))
        if one.get("type") == "tel"
    ]
    return ListedPractice(
        Organisation(
            name=titled(str(raw["Name"])),
            ods_code=ods.shown(str(raw["OrgId"]["extension"])),
            address=Address(
                lines, titled(str(place.get("Town", ""))), postcode.shown(str(place.get("PostCode", "")))
            ),
            telephone=phones[0] if phones else "",
        ),
        open=raw["Status"] == "Active",
        closed_on=date.fromisoformat(ended[0]) if ended else None,
        successor=heirs.pop() if len(heirs) == 1 else "",  # of several only the patient knows which is theirs
    )
