"""Delivery: what a notification goes through on its way, each state as it is seen."""

from datetime import timedelta
from functools import partial

from PySide6.QtCore import Qt

from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.states import State
from digmed_desktop.tour.moves import Moves
from digmed_desktop.tour.player import TourError
from digmed_desktop.ui.context import PracticePatient

A_WHILE = 3600.0
"""Seconds for which MESH is unplugged; it is plugged in again long before."""


class Delivery:
    """Played after the main job, with somebody signed in."""

    def __init__(self, moves: Moves) -> None:
        self.moves, self.player, self.window = moves, moves.player, moves.window

    def reach(self) -> None:
        """Before the patient leaves: whether the practice can receive it."""
        player, page = self.player, self.moves.form()
        for label, words in (
            ("No electronic route", "has no mailbox for this"),
            ("Matched to the patient", "can receive it"),
        ):
            player.key(Qt.Key.Key_F11)
            player.click(player.button(self._patient(label).name))
            player.wait_for("the form", page.isVisible)
            page.form.focus_field("practice.ods_code")
            player.wait_for("a word about the practice", partial(self._says, words))
            player.step(f"chose the practice of a patient: {label.lower()}", words, page.reach.text, "reach")
            self.moves.see_doses()
        player.key(Qt.Key.Key_F9)
        player.wait_for("an empty form", lambda: not page.form.answers()["patient.family"])

    def unknown(self) -> None:
        """The answer of MESH is lost: the message is looked up before anything is sent again."""
        self.moves.do(lambda: self.moves.practice.lose_answer(A_WHILE))
        sent = self.moves.send_for(self._patient("Added, and asks"))
        self._see(sent, State.CHECKING, "MESH takes it, and the line breaks before it says so", "Checking")
        self.moves.do(lambda: self.moves.practice.go_offline(0.0))
        self._see(
            sent,
            State.MATCHED,
            "the line is back: MESH is asked, and has it",
            "Matched to the patient",
            last=True,
        )
        heard = [event.happening for event in self.moves.story(sent).events]
        self.player.step("counted how often it was sent", "1", lambda: str(heard.count("claimed")))

    def on_the_way(self) -> None:
        """Collected, accepted: practices that go no further, seen one by one."""
        for label, state, words in (
            ("Collected, then", State.COLLECTED, "Collected"),
            ("Accepted, then", State.ACCEPTED, "Accepted by the practice"),
        ):
            sent = self.moves.send_for(self._patient(label))
            self._see(sent, state, label.lower(), words, last=state is State.COLLECTED)
        self._in_silence = sent

    def late(self) -> None:
        """The clock of the duty: amber at noon of the next working day, a person when the day is over."""
        self.moves.do(lambda: self.moves.practice.go_offline(A_WHILE))
        sent = self.moves.send_for(self._patient("MESH cannot find"))
        duty, contact = Duty(), self.moves.story(sent).row.contact_at
        self.moves.move_clock(duty.amber_from(contact) + timedelta(minutes=30) - self.moves.practice.now())
        self._see(sent, State.WAITING, "it waits at noon of the next working day", "by the end of today")
        self.moves.move_clock(duty.overdue_from(contact) + timedelta(minutes=30) - self.moves.practice.now())
        self.player.wait_for("the need", lambda: self.moves.story(sent).row.needs_person)
        self._see(sent, State.WAITING, "the day is over and it still waits", "action needed")
        self.moves.do(lambda: self.moves.practice.go_offline(0.0))
        self._see(
            sent,
            State.NOT_DELIVERED,
            "MESH is back, and reports what it could not place",
            "Personal Demographics",
            last=True,
        )

    def no_answer(self) -> None:
        """Accepted and never answered: after five working days a person is asked."""
        self.moves.move_clock(timedelta(days=9))
        self._see(self._in_silence, State.NO_ANSWER, "five working days go by", "No reply in time", last=True)

    def connection(self) -> None:
        """The connection page, and its test."""
        player, window = self.player, self.window
        self.moves.settings_section("Connection")
        player.wait_for("the page", lambda: "Practice mode has its own MESH" in player.visible_text())
        player.click(player.button("Test the connection"))
        player.wait_for("the checks", lambda: "MESH answers" in player.visible_text())
        player.step("tested the connection", "MESH answers", player.visible_text, "connection")
        if not window.isVisible():
            raise TourError("the window has gone")

    # ---- hands

    def _says(self, words: str) -> bool:
        return words in self.moves.form().reach.text()

    def _patient(self, label: str) -> PracticePatient:
        found = next((one for one in self.moves.practice.patients if one.label.startswith(label)), None)
        if found is None:
            raise TourError(f"nobody in practice mode shows {label!r}")
        return found

    def _see(self, sent: int, state: State, did: str, words: str, *, last: bool = False) -> None:
        """Look at a notification in one state; the ``last`` one of it is kept with its messages."""
        self.player.wait_for(f"it to be {state.value}", lambda: self.moves.story(sent).row.state is state)
        self.window.open_story(sent)
        self.moves.see_story(sent)
        self.player.wait_for("the page to say so", lambda: words in self.player.visible_text())
        self.player.step(did, words, self.player.visible_text, f"state-{state.value}")
        if last:
            self.moves.keep(self.moves.story(sent))
