"""The keys of a vaccination, counted through the real window: first of a pharmacy, new, known, and declined."""

from PySide6.QtCore import Qt

from digmed_desktop.clinical import nhs_number
from digmed_desktop.messaging.states import State
from digmed_desktop.tour.counting import Counting
from digmed_desktop.tour.moves import THE_PACK, THE_SESSION, THIS_VISIT, Moves
from digmed_desktop.ui.context import PracticePatient
from digmed_desktop.ui.forms.vaccination_form import NOT_GIVEN, OUTCOME

LIMITS = {
    "first_patient_keys": 60,
    "new_clinic_patient_keys": 48,
    "known_patient_keys": 32,
    "routine_keys": 8,
    "declined_answers": 5,
}
"""How many keys, or answers, a record may need; the test of the tour holds them."""

CONTROL = Qt.KeyboardModifier.ControlModifier


class Counts:
    """Chapters that count. Each sends its record."""

    def __init__(self, moves: Moves) -> None:
        self.moves, self.player, self.window = moves, moves.player, moves.window

    def first_patient(self) -> None:
        """The main job: the first vaccination of a pharmacy, typed by keyboard, previewed, checked, sent."""
        moves, player, page = self.moves, self.player, self.moves.form()
        patient = moves.practice.patients[0]
        player.wait_for("an empty form", lambda: page.form.answers()["patient.family"] == "")
        page.arrive()
        counting = self._begun(patient)
        counting.answer_all(self._answers(patient), patient.answers["practice.ods_code"])
        player.wait_for("a preview without problems", lambda: not page.preview.preview.problems)
        player.step(
            "typed a whole vaccination by keyboard",
            "Vaccinations",
            lambda: "\n".join(section.title for section in page.preview.preview.sections),
            "typed",
        )
        page.preview.tabs.setCurrentWidget(page.preview.xml)
        player.wait_for("the XML", lambda: "ITK009D" in page.preview.xml.toPlainText())
        player.step("looked at the XML", "ITK009D", page.preview.xml.toPlainText, "xml")
        page.preview.tabs.setCurrentIndex(0)
        self._check(counting)
        player.step("pressed Check", "Check before sending", player.visible_text, "check")
        self._send(counting)
        moves.open_sent()
        player.wait_for("its story", lambda: "Record saved" in player.visible_text())
        player.step("pressed Send", "Record saved", player.visible_text, "sent")
        self._told("first_patient_keys", counting.keys.all)

    def new_patient(self) -> None:
        """The second patient of a clinic, never seen here before."""
        patient = self.moves.practice.patients[1]
        counting = self._begun(patient, next_patient=True)
        counting.answer_all(self._answers(patient), patient.answers["practice.ods_code"])
        self.player.picture("new-patient")
        self._check(counting)
        self._send(counting)
        self._told("new_clinic_patient_keys", counting.keys.all)
        self.moves.wait_for_end(self.moves.newest().id, {State.MATCHED})

    def known_patient(self) -> None:
        """A patient who is known here: from found to sent in few keys, eight of them routine."""
        moves, player = self.moves, self.player
        patient = moves.matched_patients()[1]
        self._remember(patient)
        counting = self._begun(patient, next_patient=True, picture="found")
        counting.answer_all(self._answers(patient))
        self._check(counting)
        player.step(
            "went to the check page: what was carried over waits to be confirmed, value by value",
            "Carried over from the last patient",
            player.visible_text,
            "carried",
        )
        self._send(counting)
        player.step(
            "pressed Send: the cursor waits for the next patient",
            "Find the patient",
            moves.focus_name,
            "after-send",
        )
        self._told("known_patient_keys", counting.keys.all)
        self._told("routine_keys", counting.keys.routine)
        moves.wait_for_end(moves.newest().id, {State.MATCHED})

    def declined(self) -> None:
        """A known patient who declines: said by one key, and only what matters of it is asked."""
        player, page = self.player, self.moves.form()
        patient = self.moves.matched_patients()[2]
        self._remember(patient)
        counting = self._begun(patient, next_patient=True)
        counting.press(Qt.Key.Key_0, Qt.KeyboardModifier.AltModifier)
        counting.keys.answers += 1
        player.wait_for("the form to fold", lambda: not page.form.fields["screening.unwell"].isVisible())
        counting.answer_all(
            self._answers(patient) | {OUTCOME: NOT_GIVEN, "vaccine.not_given_reason": "declined"}
        )
        player.picture("declined")
        self._check(counting)
        self._send(counting)
        self._told("declined_answers", counting.keys.answers)
        self.moves.wait_for_end(self.moves.newest().id, {State.MATCHED})

    # ---- moves

    def _begun(self, patient: PracticePatient, *, next_patient: bool = False, picture: str = "") -> Counting:
        """Find a patient by the NHS number; return what counts on."""
        player, page = self.player, self.moves.form()
        counting = Counting(player, page)
        if next_patient:
            if not page.isVisible():
                player.key(Qt.Key.Key_F2)
            counting.press(Qt.Key.Key_F9, routine=True)
        player.wait_for("the search", lambda: self.moves.focus_name() == "Find the patient")
        counting.type(nhs_number.digits(patient.answers["patient.nhs_number"]) or "")
        if picture:
            player.wait_for("the patient to be found", lambda: page.search.box.list.count() == 1)
            player.step("typed the NHS number of a known patient", "Patient", player.visible_text, picture)
        counting.press(Qt.Key.Key_Return, routine=True)
        player.wait_for("the number on the form", lambda: bool(page.form.answers()["patient.nhs_number"]))
        return counting

    @staticmethod
    def _answers(patient: PracticePatient) -> dict[str, str]:
        return {**patient.answers, **THIS_VISIT, **THE_PACK, **THE_SESSION}

    def _remember(self, patient: PracticePatient) -> None:
        """Let the pharmacy know a patient, as after an earlier visit."""
        done: list[int] = []
        self.moves.office.ask(lambda desk: desk.patients.remember(patient.answers), lambda _n: done.append(1))
        self.player.wait_for("the patient to be known", lambda: bool(done))

    def _check(self, counting: Counting) -> None:
        counting.press(Qt.Key.Key_Return, CONTROL, routine=True)
        self.player.wait_for("the check page", self.window.check.isVisible)

    def _send(self, counting: Counting) -> None:
        """Confirm what was carried over, value by value, and send."""
        while self.window.check.to_confirm:
            counting.press(Qt.Key.Key_Return, routine=True)
        counting.press(Qt.Key.Key_F12, routine=True)
        self.player.wait_for("the word that it is saved", self.window.toast.isVisible)

    def _told(self, what: str, number: int) -> None:
        """Write down a count; one beyond its limit is a fault."""
        self.player.transcript.counts[what] = number
        most = LIMITS[what]
        self.player.step(
            f"counted {what.replace('_', ' ')}: {number}, at most {most}",
            "within",
            lambda: "within" if number <= most else f"{number} of {most}",
        )
