"""The main job: a vaccination from first run to the practice's answer, and what can become of it."""

from functools import partial

from PySide6.QtCore import Qt

from digmed_desktop.messaging.states import State
from digmed_desktop.tour.moves import THE_PACK, Moves
from digmed_desktop.tour.player import TourError, pause
from digmed_desktop.ui.preview.preview_pane import TO_COMPLETE

LOCUM = {
    "person.given": "Sunita",
    "person.family": "Rao",
    "person.role": "clinical-pharmacist",
    "person.regulator": "GPhC",
    "person.registration": "9900303",
    "person.pin": "925741",
    "person.pin_again": "925741",
}


class Chapters:
    """Played in this order."""

    def __init__(self, moves: Moves) -> None:
        self.moves, self.player, self.window = moves, moves.player, moves.window

    def first_run(self) -> None:
        """First run: the pharmacy, the first person, signing in."""
        player, window = self.player, self.window
        player.wait_for("first run", lambda: window.first_run is not None and window.first_run.isVisible())
        page = window.first_run
        if page is None:
            raise TourError("there is no first run")
        for field in page.fields.values():
            field.editor.set_answer("")
        player.wait_for("the window to be active", window.isActiveWindow)
        page.focus_field("pharmacy.name")
        player.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        player.wait_for("the list of problems", page.summary.isVisible)
        player.step("Ctrl+Enter on the empty page", "There are", player.visible_text, "first-run-empty")
        player.fill(page, self.moves.practice.first_run)
        player.picture("first-run-filled")
        player.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        player.wait_for("the recovery phrase", window.recovery.isVisible)
        player.step(
            "saved the pharmacy and the first person",
            "24 words that open the records",
            player.visible_text,
            "recovery-phrase",
        )
        player.key(Qt.Key.Key_Escape)
        player.wait_for("the sign-in page", window.sign_in.isVisible)
        player.step("put the recovery phrase off", "Who is using this computer?", player.visible_text)
        player.keys("000000")
        player.key(Qt.Key.Key_Return)
        player.wait_for("a word about the PIN", window.sign_in.summary.isVisible)
        player.step("typed a wrong PIN", "not this person's PIN", player.visible_text, "wrong-pin")
        self.moves.sign_in(self.moves.practice.pins[0][1])
        player.step("typed the right PIN", "Amara Lindqvist", window.who.text, "vaccinate-empty")

    def bad_input(self) -> None:
        """Bad input: a sentence at the field and in the list, and nothing typed is lost."""
        player, form = self.player, self.moves.form().form
        bad = {
            "patient.nhs_number": "999 400 0013",
            "patient.date_of_birth": "14/03/2051",
            "patient.given": "Rose <script>",
            "patient.family": "O'Dell & Daughter",
            **THE_PACK,
            "vaccine.expiry": "31/05/2020",
            "vaccine.site": "left-arm",
        }
        player.fill(form, bad)
        player.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        player.wait_for(
            "the list of problems", lambda: form.summary.isVisible() and len(form.summary.lines()) > 5
        )
        player.step(
            "pressed Check on a form with mistakes",
            "last digit does not fit",
            player.visible_text,
            "problems",
        )
        player.click(player.line(form.summary, "birth"))
        player.step(
            "chose the line about the date of birth", "Date of birth", self.moves.focus_name, "problem-field"
        )
        pane = self.moves.form().preview
        pane.tabs.setCurrentWidget(pane.lists[TO_COMPLETE])
        player.click(player.line(pane.lists[TO_COMPLETE], "xpir"))
        player.step(
            "chose the expiry date in the list beside the form",
            "Expiry date",
            self.moves.focus_name,
            "problems-tab",
        )
        pane.tabs.setCurrentIndex(0)
        kept = form.answers()
        player.step("looked whether anything typed was lost", "Rose <script>", lambda: kept["patient.given"])
        player.key(Qt.Key.Key_F9)
        pause(200)

    def what_came_back(self) -> None:
        """A practice's answers: accepted, then matched to the patient."""
        player = self.player
        story = self.moves.wait_for_end(self.moves.newest().id, {State.MATCHED})
        player.wait_for("the page to say so", lambda: "Matched to the patient" in player.visible_text())
        player.step(
            "waited for the practice", "The practice still has to file it", player.visible_text, "matched"
        )
        player.step("read the answers", "30001", lambda: " ".join(event.code for event in story.events))
        player.key(Qt.Key.Key_F5)
        player.wait_for("the list", lambda: bool(self.window.sent.model.rows))
        player.step("opened sent items", "Sent items", player.visible_text, "sent-items-first")

    def a_locum(self) -> None:
        """A locum is added and takes over."""
        player, window = self.player, self.window
        player.key(Qt.Key.Key_F8)
        player.wait_for("the people", lambda: window.people is not None and window.people.isVisible())
        page = window.people
        if page is None:
            raise TourError("there is no page of people")
        page.focus_field("person.given")
        player.fill(page, LOCUM)
        player.click(page.add)
        player.wait_for(
            "the locum in the list", lambda: "Sunita Rao can sign in now" in player.visible_text()
        )
        player.step("added a locum", "Sunita Rao", player.visible_text, "people")
        player.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        player.wait_for("the lock", window.sign_in.isVisible)
        player.step("pressed Ctrl+L", "exactly as you left it", player.visible_text, "locked")
        person = next(p for p in window.context.people if p.professional.name.family == "Rao")
        window.sign_in.choose(person)
        self.moves.sign_in(LOCUM["person.pin"])
        player.step("the locum signed in", "Sunita Rao", window.who.text)

    def outcomes(self) -> None:
        """Other outcomes: each patient of practice mode shows another."""
        player = self.player
        player.key(Qt.Key.Key_F11)
        player.wait_for(
            "practice mode's page", lambda: bool(self.window.practice and self.window.practice.isVisible())
        )
        player.picture("practice-mode")
        for label, expected in (
            ("Not known at the practice", State.NOT_KNOWN_THERE),
            ("No longer at the practice", State.NO_LONGER_THERE),
            ("Recorded as deceased", State.MATCHED),
            ("Rejected the first time", State.REJECTED),
            ("Practice says it has a copy", State.ALREADY_HELD),
            ("No electronic route", State.NOT_DELIVERED),
        ):
            patient = next((one for one in self.moves.practice.patients if one.label == label), None)
            if patient is None:
                continue
            sent = self.moves.send_for(patient)
            story = self.moves.wait_for_end(sent, {expected})
            self.moves.see_story(sent)
            seen = story.row.state.value
            player.step(f"{patient.name}: {label.lower()}", expected.value, partial(str, seen), seen)
        player.key(Qt.Key.Key_F5)
        player.wait_for("the list", lambda: len(self.window.sent.model.rows) >= 4)
        player.step("opened sent items", "Sent items", player.visible_text, "sent-items")

    def unplugged(self) -> None:
        """MESH cannot be reached: the notification waits, the window says so, and it goes out by itself."""
        player, window = self.player, self.window
        done: list[int] = []
        self.moves.office.run(lambda: self.moves.practice.go_offline(3600.0), lambda _n: done.append(1))
        player.wait_for("MESH to be unplugged", lambda: bool(done))
        sent = self.moves.send_for(self.moves.matched_patients()[1])
        player.wait_for("the banner", lambda: window.banner.isVisible())
        player.step(
            "sent while MESH is unplugged",
            State.WAITING.value,
            lambda: self.moves.story(sent).row.state.value,
            "unplugged",
        )
        player.step("read the banner", "MESH cannot be reached", player.visible_text)
        self.moves.office.run(lambda: self.moves.practice.go_offline(0.0), lambda _n: done.append(1))
        player.wait_for("MESH to be plugged in again", lambda: len(done) == 2)
        self.moves.wait_for_end(sent, {State.MATCHED})
        player.wait_for("the banner to go", lambda: not window.banner.isVisible())
        player.step(
            "plugged MESH in again", State.MATCHED.value, lambda: self.moves.story(sent).row.state.value
        )

    def five_days(self) -> None:
        """Let five days pass on practice mode's clock, so that MESH reports a message that nobody collected."""
        player = self.player
        patient = next(one for one in self.moves.practice.patients if one.label.startswith("Not collected"))
        sent = self.moves.send_for(patient)
        player.wait_for("MESH to have it", lambda: self.moves.story(sent).row.state is State.SENT)
        self.moves.see_story(sent)
        player.step("sent what nobody collects", "MESH has taken", player.visible_text, "state-sent")
        player.key(Qt.Key.Key_F11)
        player.click(player.button("Move the clock 5 days"))
        self.moves.wait_for_end(sent, {State.NOT_DELIVERED})
        self.window.open_story(sent)
        player.wait_for("the page to say so", lambda: "Not delivered" in player.visible_text())
        player.step("moved the clock five days", "Not delivered", player.visible_text, "not-delivered")

    def look_and_size(self) -> None:
        """The look: dark, high contrast, and text at twice its size."""
        player, window = self.player, self.window
        look = window.context.appearance
        player.key(Qt.Key.Key_F5)
        pause(300)
        for theme in ("dark", "high-contrast"):
            look.set(theme)
            player.picture(f"sent-items-{theme}")
        look.set("dark")
        player.key(Qt.Key.Key_F2)
        pause(300)
        self.moves.form().fill(self.moves.practice.patients[2].answers)
        self.moves.see_doses()
        pause(600)
        player.picture("vaccinate-dark")
        look.set("light", 200)
        pause(600)
        player.picture("vaccinate-200-percent")
        self.moves.settings_section("Appearance")
        player.step(
            "opened settings at twice the size of text",
            "Size of text",
            player.visible_text,
            "settings-200-percent",
        )
        look.set("light", 100)
        player.key(Qt.Key.Key_F1)
        player.wait_for("help", window.help.isVisible)
        player.picture("help")
        # the form's draft is the last thing on it: nothing is lost by ending here
        player.key(Qt.Key.Key_F2)
