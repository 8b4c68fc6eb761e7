"""Say in banner and rail how the program stands: faults, drafts not stored, how delivery stands."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.story import QueueStanding
from digmed_desktop.ui.frame import Banner
from digmed_desktop.ui.pages.fault_reports import at_once
from digmed_desktop.ui.rail import Rail

DELIVERY_HEADS = ("Not connected", "Delivery", "Please note")
NOT_KEPT = "The form is not stored"
STILL_HERE = "Your typing stays in this window, and the program stores it as soon as possible. Do not close the program."


class Notices(QObject):
    """Belongs to one window; what comes in after the window is gone is said to nobody."""

    def __init__(self, window: QWidget, banner: Banner, rail: Rail) -> None:
        super().__init__(window)
        self._banner, self._rail = banner, rail

    def failed(self, error: DigMedError) -> None:
        """Say that an act did not work."""
        self._banner.say("stop", str(error), "That did not work", for_all=True)

    def program_failed(self, reported: bool) -> None:
        """Say that an act of this moment broke off in the program itself, and what is safe."""
        self._banner.say("stop", at_once(reported), "The program made a mistake", for_all=True)

    def draft_failed(self, error: DigMedError) -> None:
        """Say that a form could not be stored."""
        self._banner.say("stop", f"{error} {STILL_HERE}", NOT_KEPT, for_all=True)

    def drafts_mended(self) -> None:
        """Say that forms can be stored again, where it was said that they could not."""
        if self._banner.head == NOT_KEPT:
            self._banner.say("done", "The form is stored now.", "Kept", for_all=True)

    def show_standing(self, standing: QueueStanding) -> None:
        """Show how delivery stands: on the rail always, on the banner where something is in its way."""
        waiting = f"{standing.waiting} waiting" if standing.waiting else ""
        link = "Connected" if standing.connected else "Not connected"
        if standing.connected is None:
            link = "No connection set up"
        self._rail.show_connection(
            link, waiting, connected=bool(standing.connected), look=bool(standing.stopped_because)
        )
        self._rail.show_needs(standing.needs_person)
        if standing.stopped_because:
            rest = (
                f"{waiting}: the program sends it when MESH can be reached."
                if standing.waiting and not standing.remedy
                else standing.remedy
            )
            head = DELIVERY_HEADS[0 if standing.connected is False else 1]
            said = (standing.stopped_because, rest, *standing.notices)
            self._banner.say("look", " ".join(part for part in said if part), head, for_all=True)
        elif standing.notices:
            self._banner.say("look", " ".join(standing.notices), DELIVERY_HEADS[2], for_all=True)
        elif self._banner.head in DELIVERY_HEADS:
            self._banner.say("look", "", for_all=True)
