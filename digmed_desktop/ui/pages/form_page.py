"""The shape of every form: questions, a live preview beside them, a draft kept while typing, and the way to the check."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QTimer, Signal

from digmed_desktop.clinical import dates, identity, telephone
from digmed_desktop.clinical.form import FieldKind
from digmed_desktop.clinical.form_state import CorrectionOf, FormState
from digmed_desktop.clinical.problem import Severity
from digmed_desktop.clinical.record import Organisation
from digmed_desktop.desk.views.general import Ending, FormLists, PersonView, Preview
from digmed_desktop.ui.context import Context, FormStart
from digmed_desktop.ui.forms.practice_answers import CODE, OTHER_CODE, PracticeAnswers
from digmed_desktop.ui.pages.base import Answered
from digmed_desktop.ui.pages.beginning import begun_with, of_colleague
from digmed_desktop.ui.pages.carried import CarriedRow, SessionValue, carried_rows, value_text
from digmed_desktop.ui.pages.contact_clock import CONTACT, ContactClock
from digmed_desktop.ui.pages.draft_keeper import DraftKeeper
from digmed_desktop.ui.pages.form_parts import FormParts
from digmed_desktop.ui.pages.whose_form import WhoseForm
from digmed_desktop.ui.patient_banner import BannerView, banner_of
from digmed_desktop.ui.strip import Wording
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.words import application

DRAFT_AFTER_MS = 400
WHOSE = "Another patient was typed: say whose form it is"


class FormPage(FormParts):
    """Takes one patient's form as it is typed. A subclass names its form."""

    STRIP: tuple[SessionValue, ...] = ()
    OUTCOME = ""  # the question of what was done
    TAKES_PACKS = False  # whether a scanned pack answers questions of it

    strip_changed = Signal()

    check = Signal(object)  # Preview
    draft_saved = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.contact_clock = ContactClock(self.form, context.now)
        self.carried: set[str] = set()
        self._hands: int | None = context.acting.id  # who acted last
        self._changed_hands = False  # whether that changed with a patient on the form
        self.drafts = DraftKeeper(context.office, self)
        self.draft_id = ""
        self._begun_with: dict[str, str] = {}
        self._unasked: dict[str, str] = {}  # answers to questions that the form no longer has
        self._correction: CorrectionOf | None = None
        self._withdraws: CorrectionOf | None = None
        self._reasons: dict[str, str] = {}
        self._session: dict[str, str] = {}  # the answers of the last form that was no correction
        self._dirty = False
        self.footer.next.clicked.connect(self.next_patient)
        self.footer.check.clicked.connect(self.check_now)
        self.form.edited.connect(self.touched)
        self.form.edited.connect(lambda _field: self.scan_panel.pass_by())
        self.form.edited.connect(lambda _field: self.search.box.withdraw())
        self.form.left.connect(self._left)
        self.form.finished.connect(self.footer.check.setFocus)
        self.form.cursor_at.connect(self.preview.follow)
        self.alerts.reasoned.connect(self._reason_given)
        self.alerts.wanted.connect(self.form.focus_field)
        self.preview.chosen.connect(self.form.focus_field)
        self.search.passed.connect(lambda: self.form.next_open(""))
        self.person.called = lambda key: self.form.fields[key].label_text
        self.alerts.called = lambda key: self.form.fields[key].label_text if key in self.form.fields else ""
        self.preview.name_questions(self.alerts.called)
        self.band.noted.connect(self._noted)
        self.whose = WhoseForm(self, context)
        self.practices = PracticeAnswers(self.form)
        self.practice_search.follow(self.practices.now)
        self.practice_search.chosen.connect(self._practice_chosen)
        self.form.detours["practice.ods_code"] = self.practice_search.focus
        self.practice_search.passed.connect(lambda: self.form.focus_field("practice.ods_code"))
        closed = self.practice_search.closed
        closed.opened.connect(lambda: self.form.ensureWidgetVisible(closed, SPACE.large, SPACE.wide))
        self.scan_panel.settled.connect(self.take_scan)
        self._asked = 0  # previews asked for so far
        self._preview_timer = QTimer(self, singleShot=True, interval=0)  # one for all that a key changes
        self._preview_timer.timeout.connect(self.refresh)
        self._draft_timer = QTimer(self, singleShot=True, interval=DRAFT_AFTER_MS)
        self._draft_timer.timeout.connect(self.save_draft)
        self.drafts.kept.connect(self._draft_kept)
        self.begin()
        self.reload_practices()

    # ---- what a subclass may know better

    def fold_cards(self) -> None:
        """Fold to one line what is wholly answered."""

    def forget_answers(self) -> None:
        """Forget what was set aside and could be put back: it may have been said of another patient."""

    def fresh_state(self) -> FormState:
        """Return the form that a new patient begins with: values of the session, nothing about a patient."""
        kept = self._session
        fresh = FormState(dict(self._lists.fresh))
        if not self.draft_id:
            return fresh
        carried = {q.id: kept[q.id] for q in self.form.form.fields() if q.remembered and kept.get(q.id)}
        usual = {key for key, text in self._lists.fresh.items() if carried.get(key) == text}
        return replace(fresh.answered(carried), carried=frozenset(carried) - usual)

    def make_ready(self, answers: dict[str, str]) -> None:
        """Offer what fits these answers, which are about to be shown."""

    def answered(self, field_id: str) -> None:
        """Follow one changed answer with others that it implies."""

    def may_act(self, person: PersonView) -> bool:
        """Whether a person may be named as having acted."""
        raise TypeError("each form says who may act")

    def take_over(self, person: PersonView) -> None:
        """Make the person who signed in the one who acts, while nothing is said of a patient or of what was done.

        Once anything is, whoever the form names stays, and is confirmed before it is finished.
        """
        other = self._hands not in (None, person.id)
        self._hands = person.id
        if not self._says_anything:
            if self.may_act(person):
                self.form.set_answers(dict.fromkeys(self._people(), str(person.id)), keep_rest=True)
                self.carried -= self._people()
                self.refresh()
        elif other:
            self._changed_hands = True
            self.carried |= self._of_colleague(self.form.answers())
            self.strip_changed.emit()

    @property
    def _says_anything(self) -> bool:
        """Whether the form says who its patient is, or what was done; the session alone says neither."""
        now = self.form.answers()
        typed = any(
            now[key] != self._begun_with.get(key, "")
            for key in now.keys() - CONTACT
            if not key.startswith("session.")
        )
        return (
            typed or identity.is_somebodys(now) or bool(now.get(self.OUTCOME)) or bool(self.search.box.text)
        )

    def _people(self) -> frozenset[str]:
        """Return the questions that a person of the pharmacy answers."""
        return frozenset(q.id for q in self.form.form.fields() if q.kind is FieldKind.PERSON)

    def _of_colleague(self, answers: Mapping[str, str]) -> set[str]:
        """Return the questions whose answer is a person other than the one acting."""
        return of_colleague(answers, self._people(), self._context.acting.person)

    # ---- beginning

    def begin(self, start: FormStart | None = None) -> None:
        """Begin a new patient, with answers known beforehand, or go on with a draft."""
        if not self.corrects:
            self._session = self.form.answers()
        start = start or FormStart(self.FORM)
        state = begun_with(start, self.fresh_state, self._people(), self._context.acting.person)
        answers = dict(state.answers)
        self.draft_id = start.draft.id if start.draft else uuid.uuid4().hex
        self._dirty = False
        self.carried = set(state.carried)
        self._correction, self._reasons = state.correction, dict(state.reasons)
        self._withdraws = state.withdraws
        self.band.show_correction(self._correction or self._withdraws, replaced=self._correction is None)
        self.form.start()
        self.make_ready(answers)
        self.form.set_answers(answers)
        shown = self.form.answers()
        self._unasked = {key: text for key, text in answers.items() if key not in shown}
        self._begun_with = shown
        self.person.begin(state, shown)
        self.contact_clock.begin(
            filled_in=start.draft is None and start.whole is None,
            resumed=start.draft is not None and not self.corrects,
        )
        self.whose.lock()
        self.whose.ask_identity_again()
        self.fold_cards()
        self.search.clear()
        self.practice_search.clear()
        self.practices.begin()
        self.scan_panel.clear()
        self.footer.saved.setText("")
        if start.answers or start.whole or start.parted:
            self.changed()
        self.refresh()

    def answers(self) -> dict[str, str]:
        """Return every answer, those to questions that the form no longer has among them."""
        return {**self._unasked, **self.form.answers()}

    @property
    def corrects(self) -> bool:
        """Whether this form corrects a record that was finished before."""
        return self._correction is not None

    @property
    def in_use(self) -> bool:
        """Whether the form is someone's, or anything was typed on it since it began."""
        now = self.form.answers()
        by_itself = {*CONTACT, *self._people()}
        typed = any(now[key] != self._begun_with.get(key, "") for key in now.keys() - by_itself)
        return typed or identity.is_somebodys(now) or bool(self.search.box.text)

    def state(self) -> FormState:
        """Return the form as it stands."""
        answers = self.answers()
        return FormState(
            answers,
            frozenset(self.carried),
            self._correction,
            dict(self._reasons),
            dict(self.person.kept_owner),
            self._withdraws,
            dict(self.person.in_doubt(answers)),
        )

    def give_reasons(self, reasons: Mapping[str, str]) -> None:
        """Keep why a person continues, by :attr:`Problem.reason_key`."""
        self._reasons.update(reasons)
        self.changed()

    def check_heading(self) -> str:
        """Return what stands above the check page."""
        return "Check the correction" if self.corrects else "Check before sending"

    def sent_words(self) -> str:
        """Return what is said in passing of what was just sent."""
        if who := self.preview.preview.to_sign:
            return f"It waits for the signature of {who}."
        return {
            Ending.SEND: "It goes to the practice automatically.",
            Ending.PAPER: "Send the practice a paper copy.",
            Ending.HERE: "Recorded here only.",
        }[self.preview.preview.ending]

    def banner(self) -> BannerView:
        """Return whose form it is: while that is asked, the patient whom it was begun for."""
        today = self._context.now().astimezone(dates.ENGLAND).date()
        answers, asks = self.form.answers(), self.person.one.asks
        if asks:
            answers = self.person.one.parted(answers).before
        view = banner_of(answers, self.preview.preview.problems, today, self._context.made)
        return replace(view, alert=WHOSE) if asks else view

    def _reason_given(self, reasons: dict[str, str]) -> None:
        self.give_reasons(reasons)
        self.refresh()

    def session_text(self, value: SessionValue) -> str:
        """Return a value of the session in words, ``""`` where it is not set."""
        return value_text(self.form, value)

    def session_words(self, value: SessionValue) -> tuple[Wording, Wording]:
        """Return what the chip of a value says where there is room, and where there is not."""
        text = self.form.fields[value.fields[0]].editor.spoken()
        in_brackets = text.rstrip(")").rpartition("(")[2] if text.endswith(")") else text
        return Wording(text), Wording(in_brackets)  # Patient group direction (PGD): PGD

    @property
    def has_colleague(self) -> bool:
        """Whether a person other than the one acting is named on the form and not confirmed yet."""
        return bool(self.carried & self._of_colleague(self.form.answers()))

    def carried_rows(self) -> tuple[CarriedRow, ...]:
        """Return what was carried over and is still to be confirmed, each value by itself."""
        return carried_rows(self.form, self.STRIP, self.state().unconfirmed(self.form.form))

    def confirm(self, fields: Sequence[str]) -> None:
        """Take values that were carried over as this patient's."""
        self.carried -= set(fields)
        self.changed()
        self.strip_changed.emit()

    def take_scan(self, answers: Mapping[str, str]) -> None:
        """Take what a scan says; what it answers is no longer carried over from anyone."""
        mine = {key: text for key, text in answers.items() if key in self.form.fields}
        self.carried -= set(mine)
        self.form.set_answers(mine, keep_rest=True)
        for key in mine:
            self.touched(key)

    def answer_as_before(self, answers: Mapping[str, str], carried: Collection[str]) -> None:
        """Take back what a scan answered: it was text that came quickly."""
        self.scan_panel.leave()
        self.search.clear()
        for _ in range(2):  # an answer may bring others, such as the dose of a product
            self.form.set_answers(answers, keep_rest=True)
            for key in answers:
                self.touched(key)
        self.carried = set(carried)
        if answers.keys() & set(identity.OF_THE_PATIENT):
            self.person.taken(self.form.answers())

    def use_lists(self, lists: FormLists) -> None:
        """Offer other lists from now on (people who came or went)."""
        self._lists = lists
        for name, options in lists.lists.items():
            self.form.set_options(name, options)

    def reload_practices(self) -> None:
        """Offer the practices known now."""
        self._context.office.ask(lambda desk: desk.practices(), self.practices.offer)

    def fill(self, answers: dict[str, str]) -> None:
        """Fill in answers known beforehand (practice mode's fictional patients)."""
        self.form.set_answers(answers, keep_rest=True)
        self.changed()
        self.refresh()

    def arrive(self) -> None:
        """Put the cursor at the first question about the patient that is still open; the records may say more by now."""
        self.contact_clock.arrive()
        self.refresh()
        order = [q.id for q in self.form.form.fields() if q.id.startswith("patient.")]
        answers = self.form.answers()
        if self.person.asks:
            self.person.focus()
            return
        if not identity.is_somebodys(answers):
            self.search.focus()
            return
        first = next(key for key in order if not self.form.fields[key].editor.locked)
        self.form.focus_field(next((key for key in order if not answers.get(key)), first))

    def question_after(self, fields: Sequence[str]) -> str:
        """Return the question of these that follows the one at the cursor; the first where it is at none of them."""
        now = application().focusWidget()
        asked = [key for key in fields if not self.form.fields[key].isHidden()]
        here = [
            n for n, key in enumerate(asked) if now is not None and self.form.fields[key].isAncestorOf(now)
        ]
        return asked[(here[0] + 1) % len(asked)] if here and self.isVisible() else fields[0]

    def focus_field(self, field_id: str) -> None:
        """Put the cursor at a question."""
        self.form.focus_field(field_id)

    def refresh(self) -> None:
        """Ask for a new preview of the present answers."""
        answers, draft_id = self.answers(), self.draft_id
        self.reach.follow(answers.get("practice.ods_code", ""))
        registered = answers.get("practice.registered", "yes") == "yes"
        self.practice_search.closed.follow(answers.get("practice.ods_code", "") if registered else "")
        state = self.state()
        self._asked += 1
        asked = self._asked
        self._context.office.preview(
            lambda desk: desk.preview(self.FORM, state, draft_id),
            lambda preview: self._previewed(preview, answers) if asked == self._asked else None,
        )
        self.strip_changed.emit()

    def changed(self) -> None:
        """Keep the draft soon: something on the form is another."""
        self._dirty = True
        self._draft_timer.start()

    def save_draft(self) -> None:
        """Keep the form as it is now."""
        self._draft_timer.stop()
        if not self._dirty:
            return
        state, draft_id, by = self.state(), self.draft_id, self._context.acting.id
        self._dirty = False
        self.drafts.keep(draft_id, self.FORM, state, by)

    def _draft_kept(self, draft_id: str) -> None:
        if draft_id == self.draft_id:
            self.footer.saved.setText(f"Draft kept {self._context.now().astimezone(dates.ENGLAND):%H:%M}")
            self.draft_saved.emit(draft_id)

    def touched(self, field_id: str) -> None:
        """Follow one changed answer: what it implies, the preview, the draft."""
        self.practices.follow(field_id)
        if field_id == "patient.telephone":
            self._follow_telephone()
        self.answered(field_id)
        self.carried.discard(field_id)
        self.carried |= self.contact_clock.follow(field_id)
        self.person.typed(self.form.answers())
        self._dirty = True
        self._preview_timer.start()
        self._draft_timer.start()
        self.strip_changed.emit()

    def _practice_chosen(self, organisation: Organisation) -> None:
        self.practices.fill(organisation)
        self.touched("practice.ods_code")
        self.fold_cards()
        self.form.next_open("practice.postcode")

    def _left(self, field_id: str) -> None:
        if field_id in identity.OF_THE_PATIENT:
            self.whose.follow()
        if field_id == CODE:
            self._follow_code()
        if self.practices.follow(field_id):
            self._preview_timer.start()

    def _follow_code(self) -> None:
        """Say that the details of another practice were removed with its code."""
        if self.practices.left():
            self.practice_search.say(OTHER_CODE)
            self.changed()

    def _follow_telephone(self) -> None:
        """Choose the kind of telephone where the number itself says it."""
        answers = self.form.answers()
        use = telephone.use_of(answers["patient.telephone"])
        if use is not None and not answers["patient.telephone_use"]:
            self.form.set_answers({"patient.telephone_use": use.value}, keep_rest=True)

    def _previewed(self, preview: Preview, of: Mapping[str, str] | None = None) -> None:
        self.preview.show_preview(preview)
        self.form.set_problems(preview.problems, of)
        self.footer.to_complete(preview.problems)
        self.alerts.show_warnings(preview.problems, self._reasons)
        self.strip_changed.emit()
        self.form.show_gp(told=not preview.not_shared)
        self.band.offer_note(preview.note)
        self.search.follow(self.answers())
        self.search.say_unfinished(preview.unfinished)

    def _noted(self, notification: int) -> None:
        """Leave a correction of which only the note was kept."""
        if self._correction is None or self._correction.notification != notification:
            return
        finished = self.draft_id
        self._draft_timer.stop()
        self._dirty = False
        self._context.office.ask(lambda desk: desk.discard_draft(finished), lambda _n: None)
        self.begin()
        self._context.navigate.to_notification.emit(notification)

    def main_action(self) -> bool:
        """Check the form."""
        self.check_now()
        return True

    def scan_fields(self) -> Answered:
        """Return the form."""
        return self.form

    def go_back(self) -> bool:
        """Leave the scan that is shown, or the correction; else leave the form, which stays a draft."""
        if not self.scan_panel.isHidden():
            self.scan_panel.leave()
            return True
        if self.corrects:
            self.band.left.emit()
            return True
        return False

    def next_patient(self) -> None:
        """Keep this form as a draft and begin the next patient."""
        self.save_draft()
        self.begin()
        self.arrive()

    def check_now(self) -> None:
        """Make a fresh preview of exactly these answers; go to the check page when nothing stops."""
        self._follow_code()
        if not self.whose.settled():
            return
        state, draft_id, by = self.state(), self.draft_id, self._context.acting.id
        self._draft_timer.stop()
        self._preview_timer.stop()
        self._dirty = False
        self._context.office.ask(
            lambda desk: desk.keep_and_preview(draft_id, self.FORM, state, by),
            lambda preview: self._still_of(draft_id, state, preview),
        )

    def _still_of(self, draft_id: str, state: FormState, preview: Preview) -> None:
        """Take a preview to the check page only while the form still says what the preview was made of."""
        if draft_id != self.draft_id:
            return
        if state != self.state():
            self.check_now()
            return
        self._checked(preview)

    def _checked(self, preview: Preview) -> None:
        self._previewed(preview)
        if self.form.tell_all() and not any(p.severity is Severity.STOP for p in preview.problems):
            self.check.emit(preview)
