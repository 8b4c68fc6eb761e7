"""Telling a scanner from a person: a scanner that acts as a keyboard types faster than anyone can.

The window hands in each sign with the time at which its key went down, before any field sees it. What turns out to
be typing is given back in the same order; what turns out to be a scan never reaches a field. A prefix, or the
AIM identifier that begins with ``]``, makes it sure; without one only the speed tells.
"""

from dataclasses import dataclass
from enum import Enum

FAST_MS = 30.0  # on average between two signs of a scan that is taken without a prefix
HOLD_MS = 50.0  # after which a sign that stood alone is typing
PREFIXED_HOLD_MS = 400.0  # after a prefix there is time
LEAST = 8  # signs of the shortest code, an EAN-8
LEAST_WITHOUT_END = 16  # signs of a scan that no Enter or Tab ended
AIM_FLAG = "]"  # ISO/IEC 15424: begins every AIM symbology identifier
SEPARATOR = "\x1d"  # ASCII 29, GS: ends an element of variable length


@dataclass(frozen=True, slots=True, repr=False)
class Burst:
    """The text of a scanner, without its prefix and its end. ``gap_ms`` is the mean time between two signs."""

    text: str
    gap_ms: float
    prefixed: bool = False

    @property
    def too_slow(self) -> bool:
        """Whether only a prefix could tell it from typing."""
        return not self.prefixed and self.gap_ms > FAST_MS


class Verdict(Enum):
    """The caller's act with the signs so far."""

    HOLD = "hold"  # keep this sign back with those before it
    RELEASE = "release"  # those before it were typing; this one may begin a scan
    TYPING = "typing"  # all of it is typing


class Collector:
    """Gathers signs until it is plain what they are. Times are in milliseconds of any clock that runs evenly."""

    def __init__(self, prefix: str = "") -> None:
        """Gather; with a ``prefix`` only what begins with it, or with an AIM identifier, is a scan."""
        self.prefix = prefix
        self._signs: list[str] = []
        self._times: list[float] = []

    @property
    def holding(self) -> int:
        """How many signs are kept back."""
        return len(self._signs)

    @property
    def wait_ms(self) -> float:
        """How long to wait for the next sign."""
        return PREFIXED_HOLD_MS if self._flagged() else HOLD_MS

    def add(self, sign: str, at_ms: float) -> Verdict:
        """Take one sign."""
        if self._signs and at_ms - self._times[-1] > self.wait_ms:
            self.clear()
            return Verdict.RELEASE if self._may_begin(sign) and self._keep(sign, at_ms) else Verdict.TYPING
        if not self._signs and not self._may_begin(sign):
            return Verdict.TYPING
        self._keep(sign, at_ms)
        if self.prefix and not self._fits_prefix():
            self.clear()
            return Verdict.TYPING
        return Verdict.HOLD

    def end(self, at_ms: float) -> Burst | None:
        """Enter or Tab came: return the scan, or None when it was typing. Either way nothing is held any more."""
        late = bool(self._times) and at_ms - self._times[-1] > self.wait_ms
        burst = self._burst(LEAST)
        self.clear()
        return None if late else burst

    def silence(self) -> Burst | None:
        """No sign came for :attr:`wait_ms`: return a scan that nothing ended, or None when it was typing."""
        burst = self._burst(LEAST_WITHOUT_END)
        self.clear()
        return burst if burst and (burst.prefixed or not burst.too_slow) else None

    def clear(self) -> None:
        """Hold nothing any more."""
        self._signs.clear()
        self._times.clear()

    def _keep(self, sign: str, at_ms: float) -> bool:
        self._signs.append(sign)
        self._times.append(at_ms)
        return True

    def _may_begin(self, sign: str) -> bool:
        if self.prefix:
            return sign in (self.prefix[0], AIM_FLAG)
        return sign == SEPARATOR or (sign.isprintable() and not sign.isspace())

    def _fits_prefix(self) -> bool:
        text = "".join(self._signs)
        return text.startswith((AIM_FLAG, self.prefix[: len(text)]))

    def _flagged(self) -> bool:
        text = "".join(self._signs)
        return text.startswith(AIM_FLAG) or bool(self.prefix and text.startswith(self.prefix))

    def _burst(self, least: int) -> Burst | None:
        text, prefixed = "".join(self._signs), self._flagged()
        if self.prefix and text.startswith(self.prefix):
            text = text[len(self.prefix) :]
        if len(text) < least:
            return None
        gap = (self._times[-1] - self._times[0]) / max(1, len(self._times) - 1)
        return Burst(text, gap, prefixed)
