"""Signed by who did it: a scribe's record with the vaccinator's own PIN, and one sent on behalf of who is away."""

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import Qt

from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.states import State
from digmed_desktop.tour.moves import Moves
from digmed_desktop.tour.player import TourError
from digmed_desktop.ui.pages.signing import SigningPage


class Signing:
    """Played once two people work here; whoever is signed in types what the first person gave."""

    def __init__(self, moves: Moves) -> None:
        self.moves, self.player, self.window = moves, moves.player, moves.window

    def chapters(self) -> tuple[Callable[[], None], ...]:
        """Return them in order."""
        return (self.scribe, self.absent)

    def scribe(self) -> None:
        """A record that names a colleague waits, and is sent with the colleague's own PIN."""
        player = self.player
        made = self._record(0)
        page = self._page()
        player.wait_for("the whole record", lambda: "Clinician name" in page.record.toPlainText())
        player.step("opened To sign", "signs with their own PIN", player.visible_text, "to-sign")
        page.pin.focus()
        player.keys(self.moves.practice.pins[0][1])
        player.key(Qt.Key.Key_Return)
        player.wait_for("the signature", lambda: self.moves.story(made).row.state is not State.TO_SIGN)
        player.wait_for("the page to say so", lambda: "1 record signed by" in player.visible_text())
        player.step("typed the PIN of the colleague", "1 record signed by", player.visible_text, "signed")
        self.moves.wait_for_end(made, {State.MATCHED})

    def absent(self) -> None:
        """At noon of the next working day a pharmacist sends what the colleague has not signed, and both are named."""
        player, window = self.player, self.window
        made = self._record(1)
        contact = self.moves.story(made).row.contact_at
        self.moves.move_clock(
            Duty().on_behalf_from(contact) + timedelta(minutes=5) - self.moves.practice.now()
        )
        window.go("today")
        player.wait_for("the banner", lambda: "must reach the practice" in window.banner.notice.body.text())
        page = self._page()
        player.click(page.stand_in)
        player.keys("Away today.")
        player.step("asked to send it on behalf", "had not signed", player.visible_text, "on-behalf")
        player.click(page.panel.do)
        player.wait_for("the new version", lambda: self.moves.newest().id != made)
        newer = self.moves.newest().id
        self.moves.wait_for_end(newer, {State.MATCHED})
        window.open_story(newer)
        self.moves.see_story(newer)
        player.wait_for("the record", lambda: "on behalf of" in window.story.recorded.toPlainText())
        player.step(
            "looked at what the practice reads",
            "on behalf of",
            window.story.recorded.toPlainText,
            "sent-on-behalf",
        )

    def _record(self, place: int) -> int:
        """Record as whoever is signed in what the first person gave."""
        player, window = self.player, self.window
        first = window.context.people[0]
        if first.id == window.context.acting.id:
            raise TourError("a colleague has to be signed in")
        self.moves.check_for(self.moves.matched_patients()[place], by=str(first.id))
        self.moves.settle_check()
        player.step(
            "checked a record that names a colleague", "Store to be signed", window.check.send_button.text
        )
        player.picture("store-to-be-signed")
        self.moves.press_send()
        made = self.moves.newest().id
        self.moves.see_story(made)
        player.step("stored it", State.TO_SIGN.value, lambda: self.moves.story(made).row.state.value)
        return made

    def _page(self) -> SigningPage:
        """Open To sign."""
        self.player.key(Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        page = self.window.page("sign")
        if not isinstance(page, SigningPage):
            raise TourError("there is no page of records to sign")
        self.player.wait_for("the page", page.isVisible)
        self.player.wait_for("the records", lambda: page.list.count() > 0)
        return page
