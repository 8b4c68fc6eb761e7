"""Brings what a pharmacist sees of one vaccination into view: form, warnings, correction, check, after Send, paper."""

from collections.abc import Callable, Iterator

from digmed_desktop.desk.views.sent import Act, Begun
from digmed_desktop.messaging.states import State
from digmed_desktop.tour.moves import THE_PACK, THE_SESSION, THIS_VISIT, Moves
from digmed_desktop.tour.player import pause
from digmed_desktop.ui.context import FormStart
from digmed_desktop.ui.pages.form_page import FormPage

SEVERAL_WARNINGS = {
    "screening.reaction": "yes",
    "screening.anaphylaxis": "no",
    "screening.egg": "yes",
    "screening.bleeding": "yes",
    "screening.unwell": "yes",
    "allergies.status": "recorded",
    "allergies.entries": "Phenoxymethylpenicillin\nErythromycin: rash\nTrimethoprim",
}
"""Answers that a pharmacist has to look at before the needle."""
REASON_GIVEN = "Clinical judgement, within the PGD"
WHOM_A_PRACTICE_REJECTS = 8
"""The place among practice mode's patients of one whose practice rejects the first message."""
WHO_HAS_NO_OTHER_FORM = 10
"""The place of one whom no other page shows, so that nothing warns of a form that is half filled."""
LETTERS = 2  # typed of a name until somebody is found
SETTLED_MS = 500
"""Milliseconds after which a preview, and what it warns of, is in view."""


class CounterScenes:
    """The pages of a vaccination in one window. :meth:`prepare` sends what some of them are about."""

    def __init__(self, moves: Moves, come_in: Callable[[], None]) -> None:
        self.moves, self.player, self.window = moves, moves.player, moves.window
        self.come_in = come_in
        self.sent = self.paper = self.rejected = 0

    def pages(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield the name of every page, and how to come there."""
        yield "form-empty", self._empty
        yield "find", self._find
        yield "form", self._form_of_known
        yield "form-end", self._end
        yield "form-with-problems", self._problems
        yield "not-given", self._not_given
        yield "alert", self._alert
        yield "alerts", self._alerts
        yield "check", self._check
        yield "check-alerts", self._check_alerts
        yield "after-send", self._after_send
        yield "correction", self._correction
        yield "correction-check", self._correction_check
        yield "notification", self._story
        yield "send-again", self._send_again
        yield "paper", self._paper
        yield "paper-print", self._paper_print

    def prepare(self) -> None:
        """Send three records: one is matched, one goes on paper, and one is rejected."""
        patients = self.moves.practice.patients
        self.sent = self.send(patients[0].answers)
        self.moves.wait_for_end(self.sent, {State.MATCHED})
        self.paper = self.send({**patients[3].answers, "patient.nhs_number": ""})
        self.moves.wait_for_end(self.paper, {State.TO_PAPER})
        self.rejected = self.send(patients[WHOM_A_PRACTICE_REJECTS].answers)
        self.moves.wait_for_end(self.rejected, {State.REJECTED})
        form = self._form()
        form.fill({"patient.given": "Half", "patient.family": "Typed"})
        form.next_patient()

    def send(self, patient: dict[str, str]) -> int:
        """Record a vaccination of a patient, send it, and return its number."""
        form = self._whole(patient)
        self._check_of(form)
        self._press_send(form)
        return self.moves.newest().id

    def _press_send(self, form: FormPage) -> None:
        """Give a reason for each warning, confirm what was carried over, and send."""
        form.give_reasons(
            {p.reason_key: REASON_GIVEN for p in form.preview.preview.problems if p.needs_reason}
        )
        form.confirm(tuple(form.carried))
        self._check_of(form)
        self.window.check.send_button.click()
        self.player.wait_for("the word that it is saved", self.window.toast.isVisible)

    # ---- the form

    def _form(self) -> FormPage:
        self.come_in()
        self.window.go("vaccinate")
        self.window.toast.hide()
        form = self.moves.form()
        form.begin()
        form.arrive()
        pause(SETTLED_MS)
        return form

    def _empty(self) -> None:
        self._form()

    def _find(self) -> None:
        """Type the beginning of a name: those known here, and what speaks for each."""
        form = self._form()
        form.search.box.search(self.moves.practice.patients[0].answers["patient.family"][:LETTERS])
        self.player.wait_for("who is found", lambda: form.search.box.list.count() > 0)

    def _known(self, place: int = 1) -> FormPage:
        """Find a patient who is known here, with vaccine and session of the clinic."""
        form = self._form()
        self._fill(form, self.moves.practice.patients[place].answers)
        form.form.next_open("patient.telephone_use")
        pause(SETTLED_MS)
        return form

    @staticmethod
    def _fill(form: FormPage, answers: dict[str, str]) -> None:
        """Fill in a patient and the clinic's vaccine, with what the vaccine sets."""
        form.form.set_answers({**answers, **THE_PACK, **THE_SESSION}, keep_rest=True)
        form.touched("vaccine.product")
        form.fold_cards()

    def _form_of_known(self) -> None:
        self._known()

    def _end(self) -> None:
        form = self._known().form
        form.focus_field("vaccine.outcome")
        pause(SETTLED_MS)
        form.verticalScrollBar().setValue(form.verticalScrollBar().maximum())

    def _problems(self) -> None:
        form = self._form()
        form.fill({"patient.nhs_number": "999 012 3021", "patient.date_of_birth": "31/11/1958"})
        pause(SETTLED_MS)
        form.form.tell_all()

    def _not_given(self) -> None:
        form = self._known()
        form.fill({"vaccine.outcome": "not-given"})
        form.touched("vaccine.outcome")
        pause(SETTLED_MS)

    def _alert(self) -> None:
        """Find the patient who was vaccinated today."""
        self._known(0)

    def _alerts(self) -> None:
        self._alert()
        self.moves.form().fill(SEVERAL_WARNINGS)
        pause(SETTLED_MS)

    # ---- check and after it

    def _whole(self, patient: dict[str, str]) -> FormPage:
        form = self._form()
        self._fill(form, {**patient, **THIS_VISIT})
        return form

    def _check_of(self, form: FormPage) -> None:
        self.window.visit(form)
        form.check_now()
        self.player.wait_for("the check page", self.window.check.isVisible)

    def _check(self) -> None:
        self._check_of(self._whole(self.moves.practice.patients[WHO_HAS_NO_OTHER_FORM].answers))

    def _check_alerts(self) -> None:
        form = self._whole(self.moves.practice.patients[0].answers)
        form.form.set_answers({**SEVERAL_WARNINGS, "screening.note": "Tolerates baked egg."}, keep_rest=True)
        self._check_of(form)

    def _after_send(self) -> None:
        form = self._whole(self.moves.practice.patients[1].answers)
        self._check_of(form)
        self._press_send(form)

    # ---- what was sent

    def _correct(self) -> FormPage:
        """Correct the batch of the record that was sent."""
        self.come_in()
        begun: list[Begun] = []
        self.moves.office.ask(
            lambda desk: desk.acts.begin_correction(self.sent, "The batch was misread."), begun.append
        )
        self.player.wait_for("the correction", lambda: bool(begun))
        self.window.begin_form(FormStart(begun[0].form, whole=begun[0].state))
        form = self.moves.form()
        form.fill({"vaccine.batch": "PRAC26A9"})
        pause(SETTLED_MS)
        return form

    def _correction(self) -> None:
        self._correct()

    def _correction_check(self) -> None:
        self._check_of(self._correct())

    def _story(self) -> None:
        self.come_in()
        self.open(self.sent)

    def open(self, notification: int) -> None:
        """Open the page of a notification."""
        story = self.window.story
        self.window.toast.hide()
        self.window.open_story(notification)
        self.player.wait_for(
            "its page", lambda: story.view is not None and story.view.story.row.id == notification
        )

    def _send_again(self) -> None:
        self.come_in()
        self.open(self.rejected)
        story = self.window.story
        self.player.wait_for("the acts on it", lambda: Act.SEND_AS_NEW in story.offers)
        story.buttons[Act.SEND_AS_NEW].click()

    def _paper(self) -> None:
        self.come_in()
        self.open(self.paper)

    def _paper_print(self) -> None:
        self._paper()
        pause(SETTLED_MS)
        self.window.story.paper_button.click()
