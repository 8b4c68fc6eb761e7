"""The table of a trial: each line is something that was done and seen, or a mutant that must be caught."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Table:
    """Lines of a trial, printed as they end."""

    title: str
    failed: list[str] = field(default_factory=list)
    lines: int = 0
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        print(f"\n== {self.title}", flush=True)

    def line(self, name: str, work: Callable[[], str]) -> bool:
        """Do something; ``work`` returns "" when it went as expected, else what was seen. Return whether it did."""
        started = time.monotonic()
        try:
            seen = work()
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is a failed line, and the rest is still tried
            seen = f"{type(error).__name__}: {error}"
        self.lines += 1
        if seen:
            self.failed.append(name)
        told = f"  {' '.join(seen.split())[:300]}" if seen else ""
        print(
            f"{'FAILED' if seen else 'passed':7}{time.monotonic() - started:6.1f} s  {name}{told}", flush=True
        )
        return not seen

    def mutant(self, name: str, work: Callable[[], str]) -> bool:
        """Do the same to something broken: here it is right that the line fails."""
        return self.line(f"mutant: {name}", lambda: "" if work() else "not noticed")

    def end(self) -> int:
        """Print the sum; return the number of failed lines."""
        took = time.monotonic() - self.began
        print(f"{self.lines - len(self.failed)} of {self.lines} lines passed, {took:.0f} s", flush=True)
        return len(self.failed)
