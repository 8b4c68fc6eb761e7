"""The PIN with which a person says who is acting: what it may be, how it is hashed, and how long to wait
after errors.

A PIN is 4 to 12 digits, or a passphrase of 8 to 128 characters. It tells colleagues apart at a shared
computer; what protects the records is their encryption and the computer account. Hashing is slow on purpose:
use a worker thread.
"""

import unicodedata
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from digmed_desktop import strength
from digmed_desktop.messaging.errors import DigMedError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

# RFC 9106, section 4, second recommended option but for one lane: 64 MiB, three passes. Measured at about 0.2
# s on one core of a small virtual machine; 46 MiB and one pass took 0.05 s, 128 MiB was beyond what a counter
# PC has to spare.
TIME_COST, MEMORY_KIB, LANES = 3, 64 * 1024, 1

FREE_TRIES = 5
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))

_EASY_PATTERNS = frozenset({"2580", "0852", "1379", "9731", "147258369", "5683"})
"""Drawn on the keypad, or "love" by the letters of its keys."""
_DATES = {
    4: ("%d%m", "%m%d"),
    6: ("%d%m%y", "%y%m%d", "%m%d%y"),
    8: ("%d%m%Y", "%Y%m%d"),
}
FEWEST_GUESSES = 3e7
"""Of a passphrase: five tries are free, then everybody waits, so that a colleague has some hundred a day."""
FEWEST_GUESSES_PIN = 3e3
"""Of a PIN: what stands among the first of the lists of common PINs is refused."""
_SHORTEST_KNOWN = 4  # digits of a number that others know, as part of a PIN


class PinError(DigMedError):
    """A PIN cannot be used."""


def problem_with(pin: str, *, known: tuple[str, ...] = ()) -> str | None:
    """Return what is wrong with a new PIN and what to do, or None when it may be used.

    ``known`` is what others know: the names of the people and the pharmacy, its address, and every number of theirs.
    """
    pin = _normal(pin)
    if pin.isdecimal():
        if not 4 <= len(pin) <= 12:
            return "Choose a PIN of 4 to 12 digits, or a passphrase of at least 8 characters."
        if _is_easy(pin) or strength.guesses(pin) < FEWEST_GUESSES_PIN:
            return (
                "Choose a PIN that is harder to guess. Avoid repeated or mirrored figures and pairs, "
                "runs such as 1234, years and dates."
            )
        if any(_shares(pin, number) for number in map(_digits, known)):
            return "Choose a PIN that is not part of a number others know, such as your registration number."
        return None
    if not 8 <= len(pin) <= 128:
        return "Choose a passphrase of 8 to 128 characters, or a PIN of 4 to 12 digits."
    if len(set(pin.casefold())) < 5:
        return "Choose a passphrase with more different characters."
    if strength.is_weak(pin, FEWEST_GUESSES, known):
        return "Choose a passphrase that is harder to guess: several unrelated words."
    return None


def hash_pin(pin: str) -> str:
    """Return the Argon2id hash of a PIN, with its salt and parameters, to be stored. Raises
    :class:`PinError`.
    """
    if sentence := problem_with(pin):
        raise PinError("This PIN cannot be used.", sentence)
    return _hasher().hash(_normal(pin))


def verify(hashed: str, pin: str) -> bool:
    """Whether ``pin`` is the one that was hashed. Raises :class:`PinError` on a damaged hash."""
    from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

    try:
        return _hasher().verify(hashed, _normal(pin))
    except VerifyMismatchError:
        return False
    except (InvalidHashError, VerificationError) as error:
        raise PinError("The stored PIN of this person cannot be read.", "Have a new PIN set.") from error


def locked_for(failed_tries: int) -> timedelta:
    """Return how long nobody may try after so many wrong PINs in a row: five are free, then 1, 5, 15 and 60
    minutes.
    """
    if failed_tries < FREE_TRIES:
        return timedelta(0)
    return WAITS[min(failed_tries - FREE_TRIES, len(WAITS) - 1)]


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=LANES)


def _normal(pin: str) -> str:
    """Return the same text for the same keys on any keyboard and system."""
    return unicodedata.normalize("NFKC", pin).strip()


def _is_easy(pin: str) -> bool:
    if len(set(pin)) == 1 or pin in _EASY_PATTERNS or _is_date(pin):
        return True
    half = len(pin) // 2
    if len(pin) % 2 == 0 and (pin[:half] == pin[half:] or pin == pin[:2] * half or pin == pin[::-1]):
        return True
    if len(pin) == 4 and (pin[:2] in {"19", "20"} or (pin[0] == pin[1] and pin[2] == pin[3])):
        return True
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    return len(steps) == 1 and steps <= {1, 2, 8, 9}


def _is_date(pin: str) -> bool:
    """Whether a PIN reads as a day of a year or a date: a birthday is the commonest PIN that is not a run."""
    return any(_reads_as(pin, form) for form in _DATES.get(len(pin), ()))


def _reads_as(pin: str, form: str) -> bool:
    padded, full = (f"{pin}2000", f"{form}%Y") if len(pin) == 4 else (pin, form)
    try:
        datetime.strptime(padded, full)  # noqa: DTZ007 - a day of the calendar, not a moment
    except ValueError:
        return False
    return True


def _digits(text: str) -> str:
    return "".join(sign for sign in _normal(text) if sign.isdecimal())


def _shares(pin: str, number: str) -> bool:
    """Return whether a PIN is part of a number, forwards or backwards, or has it within."""
    if len(number) < _SHORTEST_KNOWN:
        return False
    return any(one in number or number in one for one in (pin, pin[::-1]))
