"""Faults of data files, each as one plain sentence."""

from collections.abc import Iterable
from dataclasses import dataclass

REMEDY = "Install the program again, or correct the file; “digmed-desktop check-data” lists every fault."
MAX_SHOWN = 60  # characters of a wrong value that a sentence shows


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: where it stands, what is wrong there, and what is expected. ``entry`` or ``key`` may be ``""``."""

    file: str
    entry: str
    key: str
    wrong: str
    expected: str

    @property
    def sentence(self) -> str:
        """The whole fault as one sentence."""
        place = ", ".join(part for part in (self.file, self.entry, self.key) if part)
        expected = f"; expected {self.expected}" if self.expected else ""
        return f"{place}: {self.wrong}{expected}."


class DataFileError(Exception):
    """A data file cannot be used; ``faults`` holds at least one."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(fault.sentence for fault in self.faults))


def shown(value: object) -> str:
    """Return a wrong value for a sentence: in quotation marks, shortened, printable."""
    text = "".join(c if c.isprintable() else " " for c in str(value))
    short = text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
    return f"“{short}”"


def listed(values: Iterable[str]) -> str:
    """Return allowed values for a sentence: ``a, b or c``."""
    found = list(values)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} or {found[-1]}" if found else "nothing"
