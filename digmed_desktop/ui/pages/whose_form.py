"""Whose form it is, and what follows when another patient turns up on it: in any way, it becomes a form of its own."""

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from digmed_desktop.clinical import dates, identity
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.patient_answers import NEVER_CARRIED
from digmed_desktop.ui.context import Context, FormStart
from digmed_desktop.ui.forms.correction_band import CorrectionBand
from digmed_desktop.ui.forms.form_view import FormView
from digmed_desktop.ui.forms.one_person import OnePerson
from digmed_desktop.ui.forms.patient_search import PatientSearch


class Page(Protocol):
    """What this needs of the page of a form."""

    FORM: str
    form: FormView
    search: PatientSearch
    person: OnePerson
    band: CorrectionBand
    carried: set[str]

    @property
    def corrects(self) -> bool:
        """Whether the form corrects a record."""

    def state(self) -> FormState: ...
    def fresh_state(self) -> FormState: ...
    def begin(self, start: FormStart | None = None) -> None: ...
    def save_draft(self) -> None: ...
    def changed(self) -> None: ...
    def touched(self, field_id: str) -> None: ...
    def fold_cards(self) -> None: ...
    def refresh(self) -> None: ...
    def arrive(self) -> None: ...


OF_THE_ACT = ("session.", "contact.", "vaccine.", "item.", "request.", "decision.")
"""What was done and when, whoever it was done for."""


class WhoseForm:
    """Keeps one form one patient's."""

    def __init__(self, page: Page, context: Context) -> None:
        self._page, self._context = page, context
        page.search.chosen.connect(self.take)
        page.band.left.connect(lambda: context.navigate.to_place.emit("drafts"))
        page.band.wrong_patient.connect(self._wrong_patient)
        page.person.is_another.connect(self._is_another)
        page.person.is_slip.connect(self._is_slip)

    def take(self, answers: Mapping[str, str]) -> None:
        """Take a patient who was found: onto this form while it is nobody else's, onto a new one otherwise."""
        page, today = self._page, self._today()
        now, found = page.form.answers(), dict(answers)
        if identity.is_somebodys(now):
            if identity.same_person(identity.identity_of(now, today), identity.identity_of(found, today)):
                found = identity.missing(now, found)
            else:
                self._put_aside()
        else:  # whoever was checked before, it was not known who that is
            found |= dict.fromkeys(NEVER_CARRIED & page.form.fields.keys(), "")
        page.form.set_answers(found, keep_rest=True)
        page.person.taken(page.form.answers())
        page.touched("patient.family")
        page.fold_cards()
        page.form.next_open("")

    def lock(self) -> None:
        """Let a correction stay about its patient: nobody else is found, and the NHS number stays."""
        page = self._page
        page.search.setVisible(not page.corrects)
        number = page.form.fields[identity.NUMBER].editor
        number.lock(locked=page.corrects and bool(number.answer()))

    def _put_aside(self, start: FormStart | None = None) -> None:
        """Keep this form as a draft, begin another, and say so."""
        before = self._page.form.answers()
        self._page.save_draft()
        self._page.begin(start)
        self._page.person.say_kept(before)

    def _is_another(self) -> None:
        """Give what was typed since another identity began to a new form; this one stays as it was before."""
        page = self._page
        now = page.form.answers()
        before = {**now, **page.person.agreed, **page.person.owner}
        typed = {key: text for key, text in now.items() if text != before[key]}
        page.form.set_answers(before)
        page.changed()
        self._put_aside(FormStart(page.FORM, answers=typed))
        page.form.next_open("")

    def _is_slip(self) -> None:
        """Take the identity as it is typed now for the one that was meant."""
        self._page.person.taken(self._page.form.answers())
        self._page.changed()
        self._page.refresh()
        self._page.form.next_open("")

    def _wrong_patient(self) -> None:
        """Record what was done for the right patient; the wrong record is taken back once this one is stored."""
        page = self._page
        wrong, answers = page.state().correction, page.form.answers()
        if wrong is None:
            return
        fresh = page.fresh_state()
        done = {key: text for key, text in answers.items() if key.startswith(OF_THE_ACT) and text}
        page.save_draft()
        page.begin(FormStart(page.FORM, whole=FormState({**fresh.answers, **done}, withdraws=wrong)))
        page.carried = {*fresh.carried, *done}  # each is confirmed for the patient who is right
        page.arrive()

    def _today(self) -> date:
        return self._context.now().astimezone(dates.ENGLAND).date()
