"""Give each patient a form of their own, however another patient turns up on it."""

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from digmed_desktop.clinical import dates, identity
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.one_patient import Parted, Taken, completing, of_the_act, take
from digmed_desktop.clinical.patient_answers import NEVER_CARRIED
from digmed_desktop.ui.context import Context, FormStart
from digmed_desktop.ui.forms.correction_band import CorrectionBand
from digmed_desktop.ui.forms.form_view import FormView
from digmed_desktop.ui.forms.one_person import OnePerson
from digmed_desktop.ui.forms.patient_search import PatientSearch


class PatientForm(Protocol):
    """The part of a form's page that this uses."""

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
    def forget_answers(self) -> None: ...
    def refresh(self) -> None: ...
    def arrive(self) -> None: ...


class WhoseForm:
    """Keeps one form one patient's."""

    def __init__(self, page: PatientForm, context: Context) -> None:
        self._page, self._context = page, context
        page.search.chosen.connect(self.take)
        page.band.left.connect(lambda: context.navigate.to_place.emit("drafts"))
        page.band.wrong_patient.connect(self._wrong_patient)
        page.person.is_another.connect(self._is_another)
        page.person.is_slip.connect(self._is_slip)
        page.person.settled.connect(page.form.forget_typed)
        page.person.settled.connect(page.forget_answers)

    def take(self, answers: Mapping[str, str]) -> None:
        """Take a patient who was found: onto this form while it is nobody else's, onto a new one otherwise."""
        page, now = self._page, self._page.form.answers()
        page.person.forget_found()  # this one takes the place of what was found or scanned before
        if page.person.one.asks:
            taken = self._part(page.person.one.parted(now), answers)
        else:
            taken = take(now, answers, page.form.fields.keys(), self._today())
        if taken.asks:
            page.person.ask_whose(answers, now)
            return
        if taken.another:
            self._put_aside()
        page.form.set_answers(taken.answers, keep_rest=True)
        page.person.taken(page.form.answers())
        self.ask_identity_again()
        page.touched("patient.family")
        page.fold_cards()
        page.form.next_open("")

    def _part(self, parted: Parted, answers: Mapping[str, str]) -> Taken:
        """Take a patient who was found while another was typed over the first: neither's draft holds the other.

        What was typed is the found patient's where it names that one; else it is a draft of its own.
        """
        page = self._page
        if not page.person.owner:  # nobody's: it stays as it is, in doubt
            return Taken(dict(answers), another=True)
        page.form.set_answers(parted.before)
        page.changed()
        taken = take(parted.typed, answers, page.form.fields.keys(), self._today())
        known = identity.identity_of(parted.typed, self._today()).known() and not parted.mixed
        if known and not (taken.another or taken.asks):
            return Taken({**parted.typed, **taken.answers}, another=True)
        if parted.typed:
            self._put_aside(FormStart(page.FORM, parted=parted))
        return Taken(dict(answers), another=True)

    def settled(self) -> bool:
        """Return whether the form names one patient; where it does not, put the cursor at the question."""
        self.follow()
        person = self._page.person
        if person.asks:
            person.focus()
        return not person.asks

    def follow(self) -> None:
        """Follow an answer about the patient that was left: ask whose form it is, or what was said of another name."""
        self._page.person.follow(self._page.form.answers())
        self.ask_identity_again()

    def ask_identity_again(self) -> None:
        """Take back that the identity was checked where it was said of another number, name or birth."""
        page = self._page
        again = page.person.said_of_another(page.form.answers())
        if not again:
            return
        page.forget_answers()
        page.form.set_answers(dict.fromkeys(again, ""), keep_rest=True)
        for key in again:
            page.touched(key)
        page.person.say_again(again)

    def same_patient(self) -> None:
        """Begin another form for the patient of this one, once it is settled who that is."""
        if self.settled():
            self.same_as(self._page.form.answers())

    def same_as(self, answers: Mapping[str, str]) -> None:
        """Begin for a patient whose answers are known: who they are stays, what was asked is asked again."""
        page = self._page
        kept = {
            key: text
            for key, text in answers.items()
            if key.startswith(("patient.", "practice.")) and key not in NEVER_CARRIED
        }
        self._put_aside(FormStart(page.FORM, answers=kept))
        page.form.next_open("")

    def lock(self) -> None:
        """Let a correction stay about its patient: nobody else is found, and the NHS number stays."""
        page = self._page
        page.search.setVisible(not page.corrects)
        number = page.form.fields[identity.NUMBER]
        number.lock(locked=page.corrects and bool(number.editor.answer()))

    def _put_aside(self, start: FormStart | None = None) -> None:
        """Keep this form as a draft, begin another, and say so where it was someone's."""
        page = self._page
        now = page.form.answers()
        asks = page.person.one.asks
        before = page.person.one.parted(now).before if asks else now
        page.save_draft()
        page.begin(start)
        if asks or identity.is_somebodys(before):
            page.person.say_kept(before)

    def _is_another(self) -> None:
        """Give what was typed since another identity began to a new form; this one stays as it was before."""
        page = self._page
        if found := page.person.found:
            self._put_aside(FormStart(page.FORM, answers=found))
            page.fold_cards()
            page.form.next_open("")
            return
        if not page.person.owner:  # whose of two patients its answers are, nobody knows: they stay together
            self._put_aside()
            page.arrive()
            return
        parted = page.person.one.parted(page.form.answers())
        page.form.set_answers(parted.before)
        page.changed()
        if page.corrects:
            self._record_right_patient(parted)
            return
        self._put_aside(FormStart(page.FORM, parted=parted))
        page.form.next_open("")

    def _wrong_patient(self) -> None:
        """Record the right patient in place of the one corrected; what was typed of another is that one's."""
        self.follow()
        if self._page.person.asks:
            self._is_another()
        else:
            self._record_right_patient(Parted({}, {}))

    def _is_slip(self) -> None:
        """Take the identity as it is typed now for the one that was meant, with what was found for it."""
        page = self._page
        found = page.person.forget_found()
        added = completing(page.form.answers(), found, page.form.fields.keys()) if found else {}
        page.form.set_answers(added, keep_rest=True)
        for key in added:
            page.touched(key)
        page.forget_answers()
        page.person.taken(page.form.answers())
        self.ask_identity_again()
        page.fold_cards()
        page.changed()
        page.refresh()
        page.form.next_open("")

    def _record_right_patient(self, parted: Parted) -> None:
        """Record what was done for the right patient; the wrong record is taken back once this one is stored."""
        page = self._page
        wrong, done = page.state().correction, of_the_act(page.form.answers())
        if wrong is None:
            return
        fresh = page.fresh_state()
        page.save_draft()
        to_confirm = {*fresh.carried, *done} - parted.typed.keys()  # each is confirmed for the right patient
        right = FormState({**fresh.answers, **done}, frozenset(to_confirm), withdraws=wrong)
        page.begin(FormStart(page.FORM, whole=parted.apart(right)))
        page.arrive()

    def _today(self) -> date:
        return self._context.now().astimezone(dates.ENGLAND).date()
