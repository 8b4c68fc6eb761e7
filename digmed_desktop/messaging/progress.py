"""Pass the progress of long work from one thread to another, and the wish to stop it."""

from digmed_desktop.messaging.whole_file import CancelledError


class Progress:
    """Written by the worker, read and cancelled by the window. Plain assignments: no lock is needed."""

    def __init__(self) -> None:
        self.done, self.total = 0, 0  # total 0: not known
        self._cancelled = False

    def cancel(self) -> None:
        """Ask the worker to stop at its next step; what it wrote so far is taken away."""
        self._cancelled = True

    def step(self, done: int, total: int) -> None:
        """Tell how far it is; raises CancelledError when it is to stop."""
        self.done, self.total = done, total
        if self._cancelled:
            raise CancelledError("Stopped. No file was saved.")
