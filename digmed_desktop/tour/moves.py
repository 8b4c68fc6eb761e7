"""Moves and look-ups that chapters of the tour share."""

import time
from collections.abc import Callable
from datetime import timedelta
from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from digmed_desktop.messaging.searching import Search
from digmed_desktop.messaging.states import State
from digmed_desktop.messaging.story import NotificationRow, Story
from digmed_desktop.tour.player import PATIENCE, NotificationTrace, Player, TourError, pause
from digmed_desktop.ui.context import PracticePatient
from digmed_desktop.ui.pages.settings.page import SettingsPage
from digmed_desktop.ui.pages.vaccinate import VaccinatePage
from digmed_desktop.ui.window import Window

THIS_VISIT = {
    "patient.traced": "pds",
    "patient.identity_checked": "yes",
    "previous.finding": "none-seen",
    "screening.unwell": "no",
    "screening.reaction": "no",
    "screening.egg": "no",
    "screening.bleeding": "no",
    "screening.pregnant": "no",
    "screening.already": "no",
    "screening.recent": "no",
    "consent.to_treatment": "yes",
    "consent.given_by": "patient",
    "consent.to_sharing": "yes",
    "vaccine.eligibility": "age",
    "vaccine.outcome": "given",
    "vaccine.site": "left-arm",
    "allergies.status": "none-known",
}
"""Questions that only this patient can answer."""

THE_PACK = {"vaccine.product": "ativ", "vaccine.batch": "PRAC26A1", "vaccine.expiry": "31/05/2027"}
THE_SESSION = {"session.legal_basis": "pgd"}


class Moves:
    """One window, the hands that play at it, and practice mode under it."""

    def __init__(self, window: Window, player: Player) -> None:
        self.window, self.player = window, player
        self.office = window.context.office
        if window.context.practice is None:
            raise TourError("the tour plays in practice mode only")
        self.practice = window.context.practice
        self._told: set[int] = set()

    @staticmethod
    def focus_name() -> str:
        """Return the accessible name of what has the focus."""
        place = QApplication.focusWidget()
        return place.accessibleName() if place else ""

    def form(self) -> VaccinatePage:
        """Return the vaccination form."""
        if self.window.vaccinate is None:
            raise TourError("the form is not there")
        return self.window.vaccinate

    def do(self, work: Callable[[], None]) -> None:
        """Have practice mode do something, and wait until it is done."""
        done: list[int] = []
        self.office.run(work, lambda _n: done.append(1))
        self.player.wait_for("practice mode to do it", lambda: bool(done))

    def move_clock(self, ahead: timedelta) -> None:
        """Move practice mode's clock, as its page does in whole days."""
        hours = ahead / timedelta(hours=1)
        if hours > 0:
            self.do(lambda: self.practice.move_clock(hours))
            self.office.deliver_now()

    def settings_section(self, title: str) -> None:
        """Open the settings and go down the list to a section."""
        player = self.player
        player.key(Qt.Key.Key_F10)
        page = self.window.page("settings")
        if not isinstance(page, SettingsPage):
            raise TourError("there are no settings")
        player.wait_for("the settings", page.isVisible)
        player.key(Qt.Key.Key_Home)
        while (item := page.list.currentItem()) is not None and item.text() != title:
            if page.list.currentRow() == page.list.count() - 1:
                raise TourError(f"there is no section {title!r}")
            player.key(Qt.Key.Key_Down)

    def sign_in(self, pin: str) -> None:
        """Type a PIN and wait for a page behind it."""
        self.window.sign_in.pin.focus()
        self.player.keys(pin)
        self.player.key(Qt.Key.Key_Return)
        self.player.wait_for("a page behind the PIN", self.window.rail.isVisible)
        self.player.wait_for(
            "the first page", lambda: self.window.pages.currentWidget() is not self.window.sign_in
        )
        if self.window.vaccinate is None or not self.window.vaccinate.isVisible():
            self.player.key(Qt.Key.Key_F2)
        self.player.wait_for(
            "the form", lambda: self.window.vaccinate is not None and self.window.vaccinate.isVisible()
        )

    def matched_patients(self) -> list[PracticePatient]:
        """Return the patients whose notification ends well."""
        return [one for one in self.practice.patients if one.label == "Matched to the patient"]

    def check_for(self, patient: PracticePatient, *, shared: bool = True, by: str = "") -> None:
        """Take a fictional patient from practice mode's page, answer what only they can, and check.

        ``by``: the vaccinator, where it is not the person signed in.
        """
        player, window, page = self.player, self.window, self.form()
        player.key(Qt.Key.Key_F11)
        player.click(player.button(patient.name))
        player.wait_for("the form", page.isVisible)
        named = {"session.vaccinator": by} if by else {}
        page.form.set_answers({**THIS_VISIT, **THE_PACK, **THE_SESSION, **named}, keep_rest=True)
        page.touched("vaccine.product")  # dose and route follow, where no earlier record brought them
        page.focus_field("allergies.status")
        player.keys("1")
        if not shared:
            page.focus_field("consent.to_sharing")
            player.keys("2")
        player.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        player.wait_for("the check page", window.check.isVisible)

    def send_for(self, patient: PracticePatient) -> int:
        """Check a vaccination of a fictional patient, and send it."""
        before = [row.id for row in self.rows()]
        self.check_for(patient)
        self.settle_check()
        self.press_send()
        newest = self.newest().id
        if newest in before:
            raise TourError("nothing was sent")
        return newest

    def press_send(self) -> None:
        """Send what is checked, and open it by the one key that is offered."""
        self.player.key(Qt.Key.Key_F12)
        self.player.wait_for("the word that it is saved", self.window.toast.isVisible)
        self.open_sent()

    def open_sent(self) -> None:
        """Open what was just sent."""
        self.player.key(Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
        self.player.wait_for("the notification's page", self.window.story.isVisible)

    def see_doses(self) -> None:
        """Wait until the form shows the doses recorded for its patient: whoever goes on before has not seen them."""
        page = self.form()
        self.player.wait_for("the doses", lambda: page.search.tells_of(page.form.answers()))

    def settle_check(self) -> None:
        """Give a reason for each warning, and confirm what was carried over, with the keyboard."""
        check = self.window.check
        check.arrive()
        for editor in check.open_warnings():
            editor.focus()
            self.player.keys("Clinical judgement")
            self.player.key(Qt.Key.Key_Tab)
        check.arrive()
        while check.to_confirm:
            self.player.key(Qt.Key.Key_Return)

    def see_story(self, notification: int) -> None:
        """Bring the page of one notification up to date."""
        self.player.wait_for("the page to follow", lambda: self.window.story.shown == notification)
        self.window.story.refresh()
        pause(400)

    def rows(self) -> list[NotificationRow]:
        """Return the newest notification, or nothing."""
        got: list[list[NotificationRow]] = []
        self.office.ask(lambda desk: desk.listing.page(Search(), None, 1), got.append)
        self.player.wait_for("sent items", lambda: bool(got))
        return got[0]

    def newest(self) -> NotificationRow:
        """Return the newest notification."""
        return self.rows()[0]

    def story(self, notification: int) -> Story:
        """Return the story of one notification."""
        got: list[Story] = []
        self.office.ask(lambda desk: desk.story(notification), got.append)
        self.player.wait_for("a story", lambda: bool(got))
        return got[0]

    def wait_for_end(self, notification: int, ends: set[State]) -> Story:
        """Wait until a notification stands in one of ``ends``; keep its messages and its trace."""
        until = time.monotonic() + PATIENCE
        story = self.story(notification)
        while story.row.state not in ends:
            if time.monotonic() > until:
                raise TourError(f"notification {notification} is {story.row.state.value}, not {sorted(ends)}")
            pause(150)
            story = self.story(notification)
        self.keep(story)
        return story

    def keep(self, story: Story) -> None:
        """Keep a notification's messages and trace, once."""
        if story.row.id in self._told:
            return
        self._told.add(story.row.id)
        files = []
        for number, message in enumerate(story.messages, 1):
            if not message.body:
                continue  # a MESH report has no body
            way = "sent" if message.outgoing else "received"
            file = self.player.folder / "messages" / f"{story.row.id:02}-{number}-{way}.xml"
            file.write_bytes(message.body)
            files.append(f"messages/{file.name}")
        self.player.transcript.notifications.append(
            NotificationTrace(
                kind=story.row.kind.value,
                about=f"notification {story.row.id}",
                state=[state.value for state, _ in groupby(event.state for event in story.events)],
                final_state=story.row.state.value,
                files=files,
            )
        )
