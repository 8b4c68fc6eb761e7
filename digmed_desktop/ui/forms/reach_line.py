"""One line under the practice: whether it can receive this electronically, told while the patient is still here."""

import re

from digmed_desktop.messaging.connection import Reach
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.widgets.words import Words, set_property

ASKING = "Asking MESH whether this practice can receive it…"
CAN = "✓ can receive it"
_ODS = re.compile(r"[A-Z][A-Z0-9]{4,7}")


class ReachLine(Words):
    """Asks once for each practice; what MESH says is remembered for a day."""

    def __init__(self, context: Context, kind: Kind) -> None:
        super().__init__("", role="quiet")
        self._context, self._kind = context, kind
        self._asked = ""
        self.setVisible(False)

    def brief(self) -> str:
        """Return what is said where there is one line only: in full unless the practice can receive it."""
        return CAN if self.text().startswith("✓") else self.text()

    def follow(self, practice_ods: str) -> None:
        """Follow the practice's code as it is typed; nothing is asked for what is no code."""
        ods = practice_ods.strip().upper()
        if ods == self._asked:
            return
        self._asked = ods
        if not _ODS.fullmatch(ods):
            self._say("", "")
            return
        self._say(ASKING, "")
        kind = self._kind
        self._context.office.enquire(
            lambda desk: desk.reach(ods, kind), lambda reach: self._told(ods, reach), unasked="reach"
        )

    def _told(self, ods: str, reach: Reach) -> None:
        if ods != self._asked:
            return
        if reach.can is None:
            self._asked = ""  # asked again when the form is next touched
            self._say(reach.sentence, "")
        elif reach.can:
            self._say(f"✓ {reach.sentence}", "done")
        else:
            self._say(f"! {reach.sentence}", "look")

    def _say(self, text: str, ink: str) -> None:
        self.setText(text)
        self.setVisible(bool(text))
        set_property(self, "ink", ink)
