"""The chapters of the tour, played one after the other in one window."""

import shutil
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from itertools import groupby
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from digmed_desktop.messaging.states import State
from digmed_desktop.messaging.story import NotificationRow, Story
from digmed_desktop.tour.player import PATIENCE, NotificationTrace, Player, TourError, pause
from digmed_desktop.ui.context import PracticePatient
from digmed_desktop.ui.pages.vaccinate import VaccinatePage
from digmed_desktop.ui.widgets.problem_summary import LinkButton
from digmed_desktop.ui.window import Window

ENDS = {
    State.MATCHED, State.REJECTED, State.NOT_DELIVERED, State.NOT_KNOWN_THERE, State.NO_LONGER_THERE,
    State.ALREADY_HELD, State.NO_ANSWER,
}  # fmt: skip

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
"""What only this patient can answer."""

THE_PACK = {"vaccine.product": "ativ", "vaccine.batch": "PRAC26A1", "vaccine.expiry": "31/05/2027"}
THE_SESSION = {"session.legal_basis": "pgd"}

LOCUM = {
    "person.given": "Sunita",
    "person.family": "Rao",
    "person.role": "clinical-pharmacist",
    "person.regulator": "GPhC",
    "person.registration": "9900303",
    "person.pin": "925741",
    "person.pin_again": "925741",
}


def play(window: Window, folder: Path) -> int:
    """Play every chapter; write pictures, messages and ``tour.json``; return 0 only if all was as expected."""
    _sweep(folder)
    player = Player(window, folder)
    tour = _Tour(window, player)
    began = time.monotonic()
    window.show()
    window.activateWindow()
    status = 0
    try:
        for chapter in tour.chapters():
            print(f"-- {(chapter.__doc__ or chapter.__name__).splitlines()[0]}", flush=True)
            chapter()
    except Exception as error:  # noqa: BLE001  (whatever goes wrong, the transcript is written and says it)
        status = 1
        player.window.grab().save(str(folder / "99-where-it-stopped.png"))
        print(f"the tour stopped: {error}", file=sys.stderr)
        if not isinstance(error, TourError):
            traceback.print_exc()
    player.transcript.write(folder / "tour.json")
    steps = player.transcript.steps
    print(
        f"{len(steps)} steps, {len(player.transcript.notifications)} notifications, "
        f"{'all as expected' if status == 0 else 'NOT as expected'}, {time.monotonic() - began:.0f} s: {folder}"
    )
    return status


def _sweep(folder: Path) -> None:
    """Take away what an earlier tour left."""
    for old in folder.glob("[0-9][0-9]-*.png"):
        old.unlink()
    shutil.rmtree(folder / "messages", ignore_errors=True)
    (folder / "messages").mkdir()
    (folder / "tour.json").unlink(missing_ok=True)


class _Tour:
    """The chapters, with what they share."""

    def __init__(self, window: Window, player: Player) -> None:
        self.window, self.player = window, player
        self.office = window.context.office
        if window.context.practice is None:
            raise TourError("the tour plays in practice mode only")
        self.practice = window.context.practice
        self._told: set[int] = set()

    def chapters(self) -> tuple[Callable[[], None], ...]:
        """Return the chapters in order."""
        return (
            self.first_run,
            self.bad_input,
            self.one_vaccination,
            self.what_came_back,
            self.a_locum,
            self.outcomes,
            self.unplugged,
            self.five_days,
            self.look_and_size,
        )

    # ---- chapters

    def first_run(self) -> None:
        """First run: the pharmacy, the first person, signing in."""
        player, window = self.player, self.window
        player.wait_for(
            "first run", lambda: window.first_run is not None and window.first_run.isVisible()
        )
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
        player.fill(page, self.practice.first_run)
        player.picture("first-run-filled")
        player.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        player.wait_for("the sign-in page", window.sign_in.isVisible)
        player.step(
            "saved the pharmacy and the first person", "Who is using this computer?", player.visible_text
        )
        player.keys("000000")
        player.key(Qt.Key.Key_Return)
        player.wait_for("a word about the PIN", window.sign_in.summary.isVisible)
        player.step("typed a wrong PIN", "not this person's PIN", player.visible_text, "wrong-pin")
        self._sign_in(self.practice.pins[0][1])
        player.step("typed the right PIN", "Amara Lindqvist", window.who.text, "vaccinate-empty")

    def bad_input(self) -> None:
        """Bad input: a sentence at the field and in the list, and nothing typed is lost."""
        player, form = self.player, self._form().form
        bad = {
            "patient.nhs_number": "999 400 0013",
            "patient.date_of_birth": "14/03/2051",
            "patient.given": "Rose <script>",
            "patient.family": "O'Dell & Daughter",
            "vaccine.outcome": "given",
            **THE_PACK,
            "vaccine.expiry": "31/05/2020",
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
        line = next(one for one in form.summary.lines() if "birth" in one.accessibleName())
        player.click(line)
        player.step(
            "chose the line about the date of birth", "Date of birth", self._focus_name, "problem-field"
        )
        pane = self._form().preview
        pane.tabs.setCurrentIndex(1)
        pause(150)
        line = next(one for one in pane.problems.findChildren(LinkButton) if "xpir" in one.accessibleName())
        player.click(line)
        player.step(
            "chose the expiry date in the list beside the form",
            "Expiry date",
            self._focus_name,
            "problems-tab",
        )
        pane.tabs.setCurrentIndex(0)
        kept = form.answers()
        player.step("looked whether anything typed was lost", "Rose <script>", lambda: kept["patient.given"])
        player.key(Qt.Key.Key_F9)
        pause(200)

    def one_vaccination(self) -> None:
        """The main job: a vaccination typed by keyboard, previewed, checked, sent."""
        player, window, page = self.player, self.window, self._form()
        patient = self.practice.patients[0]
        player.wait_for("an empty form", lambda: page.form.answers()["patient.family"] == "")
        page.arrive()
        typed = {**patient.answers, **THIS_VISIT, **THE_PACK, **THE_SESSION}
        now = page.form.answers()
        order = [q.id for q in page.form.form.fields() if typed.get(q.id) and now.get(q.id) != typed[q.id]]
        half = order.index("vaccine.outcome") if "vaccine.outcome" in order else len(order) // 2
        player.fill(page.form, {key: typed[key] for key in order[:half]})
        player.picture("half-typed")
        player.fill(page.form, {key: typed[key] for key in order[half:]})
        player.wait_for("a preview without problems", lambda: not page.preview.preview.problems)
        player.step(
            "typed a whole vaccination by keyboard",
            "Vaccinations",
            lambda: "\n".join(section.title for section in page.preview.preview.sections),
            "typed",
        )
        page.preview.tabs.setCurrentIndex(2)
        player.wait_for("the XML", lambda: "ITK009D" in page.preview.xml.toPlainText())
        player.step("looked at the XML", "ITK009D", page.preview.xml.toPlainText, "xml")
        page.preview.tabs.setCurrentIndex(0)
        player.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        player.wait_for("the check page", window.check.isVisible)
        player.step("pressed Check", "Check before sending", player.visible_text, "check")
        player.key(Qt.Key.Key_F12)
        player.wait_for("the notification's page", window.story.isVisible)
        player.wait_for("its story", lambda: "The message was made" in player.visible_text())
        player.step("pressed Send", "The message was made and stored here", player.visible_text, "sent")

    def what_came_back(self) -> None:
        """What came back: accepted, then matched to the patient."""
        player = self.player
        story = self._wait_for_end(self._newest().id, {State.MATCHED})
        player.wait_for("the page to say so", lambda: "Matched to the patient" in player.visible_text())
        player.step(
            "waited for the practice", "Someone there still has to file it", player.visible_text, "matched"
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
        player.step("pressed Ctrl+L", "kept exactly as you left it", player.visible_text, "locked")
        person = next(p for p in window.context.people if p.professional.name.family == "Rao")
        window.sign_in.choose(person)
        self._sign_in(LOCUM["person.pin"])
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
            patient = next((one for one in self.practice.patients if one.label == label), None)
            if patient is None:
                continue
            sent = self._send_for(patient)
            story = self._wait_for_end(sent, {expected})
            self._see_story(sent)
            seen = story.row.state.value
            player.step(f"{patient.name}: {label.lower()}", expected.value, partial(str, seen), seen)
        player.key(Qt.Key.Key_F5)
        player.wait_for("the list", lambda: len(self.window.sent.model.rows) >= 4)
        player.step("opened sent items", "Sent items", player.visible_text, "sent-items")

    def unplugged(self) -> None:
        """MESH cannot be reached: the notification waits, the window says so, and it goes out by itself."""
        player, window = self.player, self.window
        done: list[int] = []
        self.office.run(lambda: self.practice.go_offline(3600.0), lambda _n: done.append(1))
        player.wait_for("MESH to be unplugged", lambda: bool(done))
        sent = self._send_for(self._matched_patients()[1])
        player.wait_for("the banner", lambda: window.banner.isVisible())
        player.step(
            "sent while MESH is unplugged",
            State.WAITING.value,
            lambda: self._story(sent).row.state.value,
            "unplugged",
        )
        player.step("read the banner", "MESH cannot be reached", player.visible_text)
        self.office.run(lambda: self.practice.go_offline(0.0), lambda _n: done.append(1))
        player.wait_for("MESH to be plugged in again", lambda: len(done) == 2)
        self._wait_for_end(sent, {State.MATCHED})
        player.wait_for("the banner to go", lambda: not window.banner.isVisible())
        player.step("plugged MESH in again", State.MATCHED.value, lambda: self._story(sent).row.state.value)

    def five_days(self) -> None:
        """Nobody collects it: after five days of practice mode's clock MESH reports it."""
        player = self.player
        patient = next(one for one in self.practice.patients if one.label.startswith("Not collected"))
        sent = self._send_for(patient)
        player.wait_for("MESH to have it", lambda: self._story(sent).row.state is State.SENT)
        player.key(Qt.Key.Key_F11)
        player.click(player.button("Move the clock 5 days"))
        self._wait_for_end(sent, {State.NOT_DELIVERED})
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
        self._form().fill(self.practice.patients[2].answers)
        pause(600)
        player.picture("vaccinate-dark")
        look.set("light", 200)
        pause(600)
        player.picture("vaccinate-200-percent")
        player.key(Qt.Key.Key_F10)
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

    # ---- what chapters share

    @staticmethod
    def _focus_name() -> str:
        place = QApplication.focusWidget()
        return place.accessibleName() if place else ""

    def _form(self) -> VaccinatePage:
        if self.window.vaccinate is None:
            raise TourError("the form is not there")
        return self.window.vaccinate

    def _sign_in(self, pin: str) -> None:
        self.window.sign_in.pin.focus()
        self.player.keys(pin)
        self.player.key(Qt.Key.Key_Return)
        self.player.wait_for(
            "the form", lambda: self.window.vaccinate is not None and self.window.vaccinate.isVisible()
        )

    def _matched_patients(self) -> list[PracticePatient]:
        return [one for one in self.practice.patients if one.label == "Added to the record"]

    def _send_for(self, patient: PracticePatient) -> int:
        """Take a fictional patient from practice mode's page, answer what only they can, check and send."""
        player, window, page = self.player, self.window, self._form()
        before = self._newest().id
        player.key(Qt.Key.Key_F11)
        player.click(player.button(patient.name))
        player.wait_for("the form", page.isVisible)
        page.form.set_answers({**THIS_VISIT, **THE_PACK, **THE_SESSION}, keep_rest=True)
        page.focus_field("allergies.status")
        player.keys("1")
        player.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        player.wait_for("the check page", window.check.isVisible)
        player.key(Qt.Key.Key_F12)
        player.wait_for("the notification's page", window.story.isVisible)
        newest = self._newest().id
        if newest == before:
            raise TourError("nothing was sent")
        return newest

    def _see_story(self, notification: int) -> None:
        """Bring the page of one notification up to date."""
        self.player.wait_for("the page to follow", lambda: self.window.story.shown == notification)
        self.window.story.refresh()
        pause(400)

    def _newest(self) -> NotificationRow:
        got: list[list[NotificationRow]] = []
        self.office.ask(lambda desk: desk.sent_items(None, 1), got.append)
        self.player.wait_for("sent items", lambda: bool(got))
        return got[0][0]

    def _story(self, notification: int) -> Story:
        got: list[Story] = []
        self.office.ask(lambda desk: desk.story(notification), got.append)
        self.player.wait_for("a story", lambda: bool(got))
        return got[0]

    def _wait_for_end(self, notification: int, ends: set[State]) -> Story:
        """Wait until a notification stands in one of ``ends``; keep its messages and its trace."""
        until = time.monotonic() + PATIENCE
        story = self._story(notification)
        while story.row.state not in ends:
            if time.monotonic() > until:
                raise TourError(f"notification {notification} is {story.row.state.value}, not {sorted(ends)}")
            pause(150)
            story = self._story(notification)
        self._keep(story)
        return story

    def _keep(self, story: Story) -> None:
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
