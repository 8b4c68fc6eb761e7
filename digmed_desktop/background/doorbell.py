"""Carry requests of other starts of the program to the window, from the door's thread to the window's."""

from queue import Empty, SimpleQueue

from PySide6.QtCore import QObject, Signal

from digmed_desktop.background.office import Office
from digmed_desktop.desk.upkeep.front_door import OPEN
from digmed_desktop.messaging.errors import DigMedError

CLOSE_SECONDS = 10.0  # for a window to say whether it closes


class Doorbell(QObject):
    """Brings the word of another start of the program to the window's thread."""

    rung = Signal()
    record_came = Signal(str)  # the record of another system
    asked_to_close = Signal(object)  # a queue that takes why not, or ""

    def answer(self, word: str, office: Office) -> dict[str, object]:
        """Return what goes back through the front door; on the door's thread. Raises DigMedError."""
        from digmed_desktop.desk.commands.unattended import PATIENCE, told_by_window, told_of_checks

        if word == "show":
            self.rung.emit()
            return {"shown": True}
        if word == "close":
            return self._close()
        if word.startswith(OPEN):
            self.record_came.emit(word.removeprefix(OPEN))
            self.rung.emit()
            return {"shown": True}
        if word == "sync":
            standing = office.round_and_wait(PATIENCE - 10)
            if standing is None:
                raise DigMedError("The open window did not send and collect in time. Check that window.")
            return told_by_window(standing, is_set_up=office.now(lambda desk: desk.connection.is_set_up))
        if word == "doctor":
            return told_of_checks(iter(office.now(lambda desk: desk.checks())))
        raise DigMedError("The open window does not know this command.")

    def _close(self) -> dict[str, object]:
        reply: SimpleQueue[str] = SimpleQueue()
        self.asked_to_close.emit(reply)
        try:
            why_not = reply.get(timeout=CLOSE_SECONDS)
        except Empty:
            raise DigMedError("The open window did not answer in time. Check that window.") from None
        if why_not:
            raise DigMedError(why_not)
        return {"closing": True}
