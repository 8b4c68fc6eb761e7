"""The Organisation Data Service over its ORD interface: practices by name, postcode or code, with who took over.

Public and read only; no key is needed. Whatever it does, a search ends within a few seconds with an answer or a
sentence, and answers are remembered for an hour. It is asked over https at the address set, and nowhere else; what it
says counts only for the code that was asked, and only for a GP practice.
"""

import json
import re
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from digmed_desktop import untrusted
from digmed_desktop.clinical import ods, postcode
from digmed_desktop.clinical.practices import ListedPractice, NotOpen
from digmed_desktop.clinical.record import Address, Organisation
from digmed_desktop.messaging.errors import DigMedError, OfflineError
from digmed_desktop.reference.ods_file import GP_PRACTICE_ROLE, titled
from digmed_desktop.settings import web_address

if TYPE_CHECKING:
    from requests import Response

LIVE = "https://directory.spineservices.nhs.uk/ORD/2-0-0"
PRESCRIBING_COST_CENTRE = "RO177"  # primary role of every GP practice, and of prisons and walk-in centres
CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 3.0, 5.0, 10.0
MOST_BYTES = 2_000_000
KEPT_SECONDS = 3600.0
_KEPT_MOST = 500
_REMEDY = "Search the list on this computer, or enter the practice by hand."


class OdsApi:
    """Asks the directory. Usable from one thread at a time."""

    def __init__(
        self,
        base: str | Callable[[], str],
        *,
        proxy: Callable[[], str] = lambda: "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Ask the directory at ``base``, the address up to ``/organisations``; ``""`` asks none.

        ``proxy`` is the one that is set in the program; none of the computer's environment is used.
        """
        self._base = base if callable(base) else lambda: base
        self._proxy = proxy
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
                "NonPrimaryRoleId": GP_PRACTICE_ROLE,
                "Status": "Active",
                "Limit": str(limit),
            },
        )
        if raw is None:
            return ()
        try:
            return tuple(_in_list(row) for row in _each(raw["Organisations"])[:limit] if _is_open(row))
        except (KeyError, TypeError, AttributeError):
            raise _senseless() from None

    def of_code(self, ods_code: str) -> ListedPractice | None:
        """Return one practice with address and successor, None when the directory does not know the code.

        Raises as :meth:`search`, and DigMedError when the answer is about another code.
        """
        code = ods.shown(ods_code)
        if ods.sentence_about(code, "the practice"):
            return None
        raw = self._get(f"/organisations/{code}", {})
        if raw is None:
            return None
        try:
            practice = _practice(raw["Organisation"])
        except (KeyError, TypeError, ValueError, AttributeError):
            raise _senseless() from None
        if practice.organisation.ods_code != code:
            raise DigMedError(
                f"The directory was asked about {code} and answered about another organisation.", _REMEDY
            )
        return practice

    def _get(self, path: str, query: dict[str, str]) -> Any:
        key = json.dumps([self._base(), path, query])
        now = self._clock()
        if key in self._kept and now - self._kept[key][0] < KEPT_SECONDS:
            return self._kept[key][1]
        answer = self._ask(path, query)
        if len(self._kept) >= _KEPT_MOST:
            self._kept.pop(next(iter(self._kept)))
        self._kept[key] = (now, answer)
        return answer

    def _ask(self, path: str, query: dict[str, str]) -> Any:
        """Return what the directory answers, None where it knows nothing of the kind."""
        base = self._base().rstrip("/")
        if not base:
            raise OfflineError("No directory of practices is set up here.", _REMEDY)
        if web_address.fault_of(base):
            raise OfflineError(
                "The address of the directory is not allowed.",
                "Enter one that begins with https:// in Settings, Practices.",
            )
        import requests
        from urllib3.exceptions import HTTPError, ReadTimeoutError

        try:
            response = self._response(base + path, query)
        except requests.exceptions.ContentDecodingError:
            raise _senseless() from None
        except (requests.exceptions.Timeout, TimeoutError, ReadTimeoutError):
            raise OfflineError("The directory of practices did not answer in time.", _REMEDY) from None
        except (requests.exceptions.RequestException, HTTPError, OSError) as error:
            raise _unreached(error) from None
        return _content(response)

    def _response(self, url: str, query: dict[str, str]) -> "Response":
        import requests

        from digmed_desktop.web import BoundedAdapter

        here = web_address.is_this_computer(urlsplit(url).hostname or "")
        proxy = "" if here else self._proxy()
        with requests.Session() as session:
            session.trust_env = False
            session.proxies = {"http": proxy, "https": proxy} if proxy else {}
            adapter = BoundedAdapter(MOST_BYTES)
            session.mount("https://", adapter)
            session.mount("http://", adapter)
            with adapter.within(WHOLE_SECONDS):
                return session.get(
                    url,
                    params=query,
                    headers={"Accept": "application/json"},
                    timeout=(CONNECT_SECONDS, READ_SECONDS),
                    allow_redirects=False,
                )


def _unreached(error: Exception) -> DigMedError:
    from digmed_desktop.web import TooLongError

    if isinstance(error, TooLongError):
        return DigMedError("The directory's answer was far too long, so it was not read.", _REMEDY)
    return OfflineError("The directory of practices cannot be reached.", _REMEDY)


def _content(response: "Response") -> Any:
    status = response.status_code
    if status == 404:
        return None
    if 300 <= status < 400:
        raise DigMedError("The directory pointed to another address, which is not asked.", _REMEDY)
    if status != 200:
        raise DigMedError(f"The directory of practices answered with an error ({status}).", _REMEDY)
    try:
        return untrusted.read_json_object(response.content, most=MOST_BYTES)
    except untrusted.UnreadableError:
        raise _senseless() from None


def _senseless() -> DigMedError:
    return DigMedError("The directory's answer could not be understood.", _REMEDY)


def _each(value: Any) -> list[Any]:
    """The interface writes one of a kind without its list."""
    return [] if value is None else value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    """Return text of an answer; TypeError for what is none."""
    if not isinstance(value, str):
        raise TypeError
    return value.strip()


def _is_open(row: dict[str, Any]) -> bool:
    """Whether a row of a search is open and may be a GP practice; a row that says neither was asked for as both."""
    role = row.get("PrimaryRoleId", PRESCRIBING_COST_CENTRE)
    return bool(row.get("Status", "Active") == "Active" and role == PRESCRIBING_COST_CENTRE)


def _in_list(row: dict[str, Any]) -> ListedPractice:
    return ListedPractice(
        Organisation(
            name=titled(_text(row["Name"])),
            ods_code=ods.shown(_text(row["OrgId"])),
            address=Address(postcode=postcode.shown(_text(row.get("PostCode") or ""))),
        )
    )


def _practice(raw: dict[str, Any]) -> ListedPractice:
    place = (raw.get("GeoLoc") or {}).get("Location") or {}
    lines = tuple(titled(_text(place[key])) for key in ("AddrLn1", "AddrLn2", "AddrLn3") if place.get(key))
    heirs = {
        ods.shown(_text(one["Target"]["OrgId"]["extension"]))
        for one in _each((raw.get("Succs") or {}).get("Succ"))
        if one.get("Type") == "Successor"
    }
    phones = [
        _text(one["value"])
        for one in _each((raw.get("Contacts") or {}).get("Contact"))
        if one.get("type") == "tel"
    ]
    closed_on = _ended(_each(raw.get("Date")))
    why_not = _why_not_open(_text(raw["Status"]), _each((raw.get("Roles") or {}).get("Role")))
    return ListedPractice(
        Organisation(
            name=titled(_text(raw["Name"])),
            ods_code=ods.shown(_text(raw["OrgId"]["extension"])),
            address=Address(
                lines,
                titled(_text(place.get("Town") or "")),
                postcode.shown(_text(place.get("PostCode") or "")),
            ),
            telephone=phones[0] if phones else "",
        ),
        open=why_not is None and closed_on is None,
        closed_on=closed_on,
        successor=heirs.pop() if len(heirs) == 1 else "",  # of several only the patient knows which is theirs
        why_not_open=why_not or NotOpen.ENDED,
    )


def _ended(dates: Sequence[dict[str, Any]]) -> date | None:
    ended = [_text(one["End"]) for one in dates if one.get("Type") == "Operational" and "End" in one]
    return date.fromisoformat(ended[0]) if ended else None


def _why_not_open(status: str, roles: Sequence[dict[str, Any]]) -> NotOpen | None:
    """Return why this is no open GP practice, None when it is one: active, and RO76 among its active roles."""
    as_practice = [role for role in roles if role.get("id") == GP_PRACTICE_ROLE]
    if roles and not as_practice:
        return NotOpen.NO_PRACTICE
    if status == "Inactive":
        return NotOpen.CLOSED
    if status != "Active" or not as_practice:
        return NotOpen.UNKNOWN
    active = any(role.get("Status", "Active") == "Active" for role in as_practice)
    return None if active else NotOpen.NO_PRACTICE
