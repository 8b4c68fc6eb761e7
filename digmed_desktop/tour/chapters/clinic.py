"""A clinic: the second patient in few keys, counted; a scan while typing; the lock that keeps the form."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from digmed_desktop.clinical import nhs_number
from digmed_desktop.messaging.states import State
from digmed_desktop.tour.moves import THIS_VISIT, Moves
from digmed_desktop.tour.player import pause
from digmed_desktop.ui.context import FormStart
from digmed_desktop.ui.forms.vaccination_form import OUTCOME, SITE
from digmed_desktop.ui.pages.form_page import FormPage
from digmed_desktop.ui.widgets.choices import ChoiceEditor, RadioEditor
from digmed_desktop.ui.widgets.editors import Editor

MOST_ROUTINE_KEYS = 8
PACK = "0109501101530003172705311012AB77"  # GS1's example product: batch 12AB77, expiry 31 May 2027


class Clinic:
    """Chapters about the counter."""

    def __init__(self, moves: Moves) -> None:
        self.moves, self.player, self.window = moves, moves.player, moves.window
        self._routine = 0

    def chapters(self) -> tuple[Callable[[], None], ...]:
        """Return them in order."""
        return (self.second_patient, self.scan, self.locked)

    def second_patient(self) -> None:
        """The second patient of a clinic: from found to sent in eight routine keys."""
        moves, player, window = self.moves, self.player, self.window
        first, second = moves.matched_patients()[1:3]
        done: list[int] = []
        moves.office.ask(lambda desk: desk.patients.remember(second.answers), lambda _n: done.append(1))
        player.wait_for("the second patient to be known", lambda: bool(done))
        moves.send_for(first)
        form: FormPage = moves.form()
        self._routine = 0
        self._press(Qt.Key.Key_F9)
        player.wait_for("the search", lambda: moves.focus_name() == "Find the patient")
        digits = nhs_number.digits(second.answers["patient.nhs_number"]) or ""
        player.keys(digits)  # identity
        player.wait_for("the patient to be found", lambda: form.search.box.list.count() == 1)
        player.step("typed the NHS number of the second patient", "Patient", player.visible_text, "found")
        self._press(Qt.Key.Key_Return)
        player.wait_for(
            "the patient on the form",
            lambda: form.form.answers()["patient.family"] == second.answers["patient.family"],
        )
        self._answer_what_only_the_patient_can(form)
        self._press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        player.wait_for("the check page", window.check.isVisible)
        player.step(
            "went to the check page: what was carried over waits to be confirmed, value by value",
            "Carried over from the last patient",
            player.visible_text,
            "carried",
        )
        for editor in window.check.open_doubts():  # not routine: a doubt about this patient
            editor.focus()
            player.keys("Clinical judgement")
            player.key(Qt.Key.Key_Tab)
        window.check.arrive()
        while window.check.to_confirm:
            self._press(Qt.Key.Key_Return)
        self._press(Qt.Key.Key_F12)
        player.wait_for("the word that it is saved", window.toast.isVisible)
        player.step(
            "pressed Send: the cursor waits for the next patient",
            "Find the patient",
            moves.focus_name,
            "after-send",
        )
        moves.open_sent()
        window.banner.say(
            "done",
            f"From found to sent: {self._routine} routine keys, at most {MOST_ROUTINE_KEYS}.",
            "Second patient",
        )
        player.step(
            "counted the routine keys of the second patient",
            "within eight",
            lambda: "within eight" if self._routine <= MOST_ROUTINE_KEYS else f"{self._routine} keys",
            "second-patient",
        )
        window.banner.say("done", "")
        moves.wait_for_end(moves.newest().id, {State.MATCHED})

    def scan(self) -> None:
        """A scan while typing: the field stays as it is, the pack is filled in, a new barcode is asked about once."""
        player, form = self.player, self.moves.form()
        player.key(Qt.Key.Key_F9)
        form.focus_field("patient.family")
        player.keys("Half ty")
        player.scan(PACK)
        player.wait_for("the question which vaccine it is", form.scan_panel.product_field.isVisible)
        player.step(
            "scanned a pack in the middle of a name",
            "Half ty",
            lambda: form.form.answers()["patient.family"],
            "scanned",
        )
        form.scan_panel.product.focus()
        player.keys("aTIV, adjuvanted")
        player.key(Qt.Key.Key_Tab)
        player.click(form.scan_panel.use)
        player.wait_for("the batch", lambda: form.form.answers()["vaccine.batch"] == "12AB77")
        player.step(
            "said once which vaccine the barcode is",
            "12AB77",
            lambda: form.form.answers()["vaccine.batch"],
            "scanned-pack",
        )

    def locked(self) -> None:
        """The lock keeps the form, and a draft is in the list."""
        player, window, form = self.player, self.window, self.moves.form()
        typed = form.form.answers()["patient.family"]
        player.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        player.wait_for("the lock", window.sign_in.isVisible)
        window.sign_in.choose(window.context.people[0])
        player.keys(self.moves.practice.pins[0][1])
        player.key(Qt.Key.Key_Return)
        player.wait_for("a page behind the lock", lambda: window.rail.isVisible())
        player.step("locked and came back", typed, lambda: form.form.answers()["patient.family"])
        player.key(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
        player.wait_for("the drafts", lambda: "unfinished" in player.visible_text())
        player.step("looked at the drafts", "unfinished", player.visible_text, "drafts")
        window.begin_form(FormStart("vaccination"))
        pause(100)

    def _press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self._routine += 1
        self.player.key(key, modifier)

    def _answer_what_only_the_patient_can(self, form: FormPage) -> None:
        """Answer each question where the cursor already is: a digit, or some letters and Enter, and it goes on."""
        order = [q.id for q in form.form.order() if q.id in THIS_VISIT and q.id != SITE]
        for field_id in order:
            editor = form.form.fields[field_id].editor
            if form.form.fields[field_id].isHidden():
                continue
            self.player.wait_for(
                f"the cursor at {form.form.fields[field_id].label_text}", partial(self._has_focus, editor)
            )
            text = THIS_VISIT[SITE if field_id == OUTCOME else field_id]
            if isinstance(editor, RadioEditor):
                self.player.keys(editor.digit_of(text))
            elif isinstance(editor, ChoiceEditor):
                self.player.keys(editor.label_of(text))
                self.player.key(Qt.Key.Key_Return)

    @staticmethod
    def _has_focus(editor: Editor) -> bool:
        now = QApplication.focusWidget()
        return now is not None and any(part is now or part.isAncestorOf(now) for part in editor.parts())
