"""Knowing what became of everything: the list, a correction, a reaction, a paper copy, and Today."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from digmed_desktop.desk.views.sent import Act
from digmed_desktop.messaging.searching import Search
from digmed_desktop.messaging.states import Need, State
from digmed_desktop.tour.moves import Moves
from digmed_desktop.tour.player import TourError, pause
from digmed_desktop.ui import files
from digmed_desktop.ui.pages.sent_model import STATE
from digmed_desktop.ui.pages.today import TodayPage


class Chapters:
    """Played in this order, after some notifications have their answers."""

    def __init__(self, moves: Moves) -> None:
        self.moves, self.player, self.window = moves, moves.player, moves.window
        self.first = self.newest = 0

    def finding(self) -> None:
        """Finding one among many: by the beginning of a name, and by its state."""
        player, page = self.player, self.window.sent
        newest = self.moves.newest().id
        player.key(Qt.Key.Key_F5)
        player.wait_for(  # rows of an earlier visit stand there until the present ones come
            "the list", lambda: len(page.model.rows) > 1 and page.model.rows[0].id == newest
        )
        everything = len(page.model.rows)
        matched = next(row for row in page.model.rows if row.state is State.MATCHED and not row.needs_person)
        self.first = matched.id
        player.key(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        player.keys(matched.patient_name[:4].casefold())
        player.wait_for("a shorter list", lambda: 0 < len(page.model.rows) < everything)
        player.step("typed the beginning of a name", matched.patient_name, self._patients, "sent-items-found")
        page.show_search(Search(only_needing=True))
        player.wait_for(
            "what action needed",
            lambda: bool(page.model.rows) and all(row.needs_person for row in page.model.rows),
        )
        player.wait_for("the list of them", page.table.isVisible)
        player.step("chose what needs action", "action needed", self._states, "sent-items-need")
        page.show_search(Search())
        player.wait_for("everything again", lambda: len(page.model.rows) == everything)

    def correcting(self) -> None:
        """A correction: the form again, a message that says what changed, and both versions side by side."""
        player, window = self.player, self.window
        self._open(self.first)
        self._begin(Act.CORRECT, "The batch was misread.")
        player.step("began a correction", "goes out at once", player.visible_text, "correct")
        player.click(window.story.panel.do)
        form = self.moves.form()
        player.wait_for("the form with what was recorded", form.isVisible)
        player.wait_for("the batch", lambda: form.answers().get("vaccine.batch") == "PRAC26A1")
        form.fill({"vaccine.batch": "PRAC26A9"})
        player.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        player.wait_for("the check page", window.check.isVisible)
        player.picture("correct-check")
        self.moves.settle_check()
        self.moves.press_send()
        player.wait_for(
            "the new version", lambda: window.story.isVisible() and window.story.shown != self.first
        )
        self.newest = window.story.shown or 0
        self.moves.wait_for_end(self.newest, {State.MATCHED})
        self._open(self.newest)
        window.story.earlier.open()
        player.wait_for("both versions", lambda: "Version 2: Correction" in player.visible_text())
        player.step("looked at the versions", "PRAC26A9", player.visible_text, "versions")
        player.step(
            "looked at the first one", "replaced", lambda: self.moves.story(self.first).row.state.value
        )

    def reaction(self) -> None:
        """An adverse reaction: recorded, told by telephone, and corrected on the record."""
        player, window = self.player, self.window
        self._open(self.newest)
        self._begin(Act.REACTION, "Fainted after five minutes; recovered lying down.")
        player.step("began an adverse reaction", "yellowcard.mhra.gov.uk", player.visible_text, "reaction")
        player.click(window.story.panel.do)
        player.wait_for("the new version", lambda: window.story.shown != self.newest)
        told = window.story.shown or 0
        player.wait_for("the prompt", lambda: "Telephone the practice now" in player.visible_text())
        row = self.moves.story(told).row
        player.step("recorded it", str(int(Need.REACTION)), lambda: str(int(row.need)), "reaction-telephone")
        self._begin(Act.TELEPHONE, "Dr Lund at the surgery, told at once.")
        player.click(window.story.panel.do)
        player.wait_for("the call to be kept", lambda: not self.moves.story(told).row.needs_person)
        self.moves.wait_for_end(told, {State.MATCHED})

    def paper(self) -> None:
        """A paper copy: the same record as a PDF, and recorded once it has gone."""
        player, window = self.player, self.window
        page = window.sent
        player.key(Qt.Key.Key_F5)
        player.wait_for("the list", lambda: bool(page.model.rows))
        failed = next((row for row in page.model.rows if row.state is State.NOT_DELIVERED), None)
        if failed is None:
            raise TourError("nothing failed that could be told on paper")
        self._open(failed.id)
        player.click(window.story.paper_button)
        target = self.player.folder / "paper-copy.pdf"
        target.unlink(missing_ok=True)
        ask, stand_in = files.ask_where, _always(target)
        files.ask_where = stand_in  # type: ignore[assignment] # the system's own dialog is not played
        try:
            player.click(window.story.paper.save_button)
            player.wait_for("the PDF", lambda: "Saved as paper-copy.pdf" in player.visible_text())
        finally:
            files.ask_where = ask
        player.step("saved a paper copy", "%PDF", lambda: target.read_bytes()[:4].decode(), "paper-copy")
        _as_picture(target)
        window.story.paper.to.set_answer("Reception of the surgery")
        player.click(window.story.paper.gone_button)
        player.wait_for("the state", lambda: "Sent on paper" in player.visible_text())
        player.step("recorded that it has gone", "Sent on paper", player.visible_text, "on-paper")

    def not_shared(self) -> None:
        """A patient who does not want the practice told: recorded here only, and known here as a dose."""
        player, window = self.player, self.window
        patient = self.moves.matched_patients()[-1]
        self.moves.check_for(patient, shared=False)
        player.step(
            "answered No to telling the practice, and pressed Check",
            "Record here only",
            player.visible_text,
            "not-shared-check",
        )
        self.moves.settle_check()
        self.moves.press_send()
        player.wait_for("its page", lambda: "Recorded here only" in player.visible_text())
        story = self.moves.wait_for_end(self.moves.newest().id, {State.NOT_SHARED})
        player.step("finished it", "nothing was sent", player.visible_text, "kept-here")
        player.step("looked for a message", "0 messages", lambda: f"{len(story.messages)} messages")
        doses: list[int] = []
        window.context.office.ask(
            lambda desk: len(desk.counter.dose_views(patient.answers)), lambda found: doses.append(found)
        )
        player.wait_for("earlier doses", lambda: bool(doses))
        player.step("looked whether the dose is known here", "1", lambda: str(doses[0]))

    def today(self) -> None:
        """Today: what needs a person, what is due, what came back, and the pictures, in light and dark."""
        player = self.player
        player.key(Qt.Key.Key_F4)
        page = self.window.page("today")
        if not isinstance(page, TodayPage):
            raise TourError("there is no Today")
        player.wait_for("the pictures", lambda: any(card.plot is not None for card in page.pictures))
        pause(300)
        player.step("opened Today", "Action needed", player.visible_text, "today")
        bar = page.area.verticalScrollBar()
        bar.setValue(bar.maximum())
        player.picture("today-pictures")
        look = self.window.context.appearance
        look.set("dark")
        pause(300)
        player.picture("today-pictures-dark")
        bar.setValue(0)
        player.picture("today-dark")
        look.set("light")

    # ---- hands

    def _open(self, notification: int) -> None:
        story = self.window.story
        self.window.open_story(notification)
        self.player.wait_for("its page", lambda: story.isVisible() and story.shown == notification)
        self.player.wait_for(
            "what can be done",
            lambda: story.view is not None and story.view.story.row.id == notification and bool(story.offers),
        )

    def _begin(self, act: Act, words: str) -> None:
        story, player = self.window.story, self.player
        player.wait_for("the offer", lambda: act in story.offers)
        if not story.buttons[act].isHidden():
            player.click(story.buttons[act])
        else:
            entry = next(one for one in story.more.menu().actions() if story.offers[act].label in one.text())
            entry.trigger()
        player.wait_for("the panel", story.panel.isVisible)
        player.keys(words)

    def _patients(self) -> str:
        return "; ".join(row.patient_name for row in self.window.sent.model.rows)

    def _states(self) -> str:
        model = self.window.sent.model
        places = range(model.rowCount())
        return "; ".join(str(model.data(model.index(place, STATE))) for place in places)


def _always(target: Path) -> Callable[[QWidget, str, str, str], Path | None]:
    def where(_parent: QWidget, _title: str, _name: str, _kind: str) -> Path | None:
        return target

    return where


def _as_picture(pdf: Path) -> None:
    """Turn a PDF into pictures beside it, where poppler's tools are installed."""
    if tool := shutil.which("pdftoppm"):
        subprocess.run(  # noqa: S603 - found on this computer, with our own file
            [tool, "-r", "80", "-png", str(pdf), str(pdf.with_suffix(""))], check=True, timeout=60
        )
