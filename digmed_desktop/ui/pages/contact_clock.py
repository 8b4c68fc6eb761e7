"""When the contact was: the program's clock fills it in while nobody typed it, up to the moment the outcome is stated."""

from collections.abc import Callable, Mapping
from datetime import datetime

from digmed_desktop.clinical import dates, identity
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.patient_answers import contact_answers
from digmed_desktop.ui.forms.form_view import FormView

CONTACT = frozenset({"contact.date", "contact.time"})
OUTCOMES = frozenset({"vaccine.outcome", "decision.outcome"})


class ContactClock:
    """Sets date and time of the contact to those of the act, not of the moment when the form was opened."""

    def __init__(self, form: FormView, now: Callable[[], datetime]) -> None:
        self._form, self._now = form, now
        self._follows = self._asks = False
        self._filled_in: dict[str, str] = {}
        self._stated = self._somebodys = False

    def begin(self, *, filled_in: bool, resumed: bool) -> None:
        """Begin with the answers that are shown.

        ``filled_in``: the program answered when the contact was; ``resumed``: the form was left and is gone on with.
        """
        answers = self._form.answers()
        self._somebodys = identity.is_somebodys(answers)
        self._stated = self._is_stated(answers)
        self._follows, self._filled_in = filled_in, _contact(answers)
        self._asks = resumed and not self._stated

    def arrive(self) -> None:
        """Show the time now on a form that is nobody's yet."""
        if not self._somebodys:
            self._fill_in()

    def follow(self, field_id: str) -> frozenset[str]:
        """Follow one changed answer; return the questions of the contact that a person has to confirm."""
        answers = self._form.answers()
        if field_id in CONTACT:  # typed: from now on it is a statement
            self._follows = self._asks = False
        if not self._somebodys:
            self._fill_in()
        self._somebodys = identity.is_somebodys(answers)
        stated = self._is_stated(answers)
        just_stated, self._stated = stated and not self._stated, stated
        if not just_stated:
            return frozenset()
        self._fill_in()
        asks, self._asks = self._asks, False
        return CONTACT if asks and not self._is_now(answers) else frozenset()

    def _fill_in(self) -> None:
        """Answer by the clock, as long as nothing else answered since the clock did."""
        answers = self._form.answers()
        self._follows = self._follows and _contact(answers) == self._filled_in
        if self._follows and not self._is_now(answers):
            self._filled_in = contact_answers(self._now())
            self._form.set_answers(self._filled_in, keep_rest=True)

    def _is_now(self, answers: Mapping[str, str]) -> bool:
        return contact_answers(self._now()).items() <= answers.items()

    @staticmethod
    def _is_stated(answers: Mapping[str, str]) -> bool:
        return any(answers.get(key) for key in OUTCOMES)


def of_another_day(state: FormState, now: datetime) -> str:
    """Return a sentence about the day of contact on a draft that is not today; a correction keeps its own day."""
    today = now.astimezone(dates.ENGLAND).date()
    day = dates.of_answer(state.answers.get("contact.date", ""), today, past=True)
    if day in (None, today) or state.correction is not None:
        return ""
    return f"The contact on this form is dated {dates.shown(day)}, not today. Check the date and time."


def left_unfinished(state: FormState, changed_at: datetime, now: datetime) -> str:
    """Return what is said of a draft that is in view again: when it was left, and the day of contact on it."""
    when = dates.shown_time(changed_at)
    return f"The form left unfinished at {when} is open again. {of_another_day(state, now)}".strip()


def _contact(answers: Mapping[str, str]) -> dict[str, str]:
    return {key: answers[key] for key in CONTACT}
