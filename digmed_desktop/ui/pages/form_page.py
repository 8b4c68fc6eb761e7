"""The shape of every form: questions, a live preview beside them, a draft kept while typing, and the way to the check."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from digmed_desktop.clinical import dates, identity
from digmed_desktop.clinical.form import FieldKind, load
from digmed_desktop.clinical.form_state import CorrectionOf, FormState
from digmed_desktop.clinical.patient_answers import NEVER_CARRIED
from digmed_desktop.clinical.problem import Severity
from digmed_desktop.clinical.record import Organisation
from digmed_desktop.desk.views import FormLists, PersonView, PracticeView, Preview
from digmed_desktop.messaging.parcel import Kind
from digmed_desktop.ui.context import Context, FormStart
from digmed_desktop.ui.forms.form_view import FormView
from digmed_desktop.ui.forms.one_person import OnePerson
from digmed_desktop.ui.forms.patient_search import PatientSearch
from digmed_desktop.ui.forms.practice_search import PracticeSearch
from digmed_desktop.ui.forms.reach_line import ReachLine
from digmed_desktop.ui.forms.scan_panel import ScanPanel
from digmed_desktop.ui.pages.carried import CarriedRow
from digmed_desktop.ui.pages.draft_keeper import DraftKeeper
from digmed_desktop.ui.pages.form_footer import FormFooter
from digmed_desktop.ui.preview.preview_pane import PreviewPane
from digmed_desktop.ui.strip import Wording
from digmed_desktop.ui.widgets.words import application

PREVIEW_AFTER_MS = 60
DRAFT_AFTER_MS = 400


@dataclass(frozen=True, slots=True)
class SessionValue:
    """One value of the session strip: set once, shown as a chip, confirmed by itself when it was carried over."""

    title: str
    fields: tuple[str, ...]


class FormPage(QWidget):
    """One patient's form, as it is typed. A form of its own is a subclass that names its form."""

    FORM = ""  # the form's id: its questions are resources/forms/<id>.toml
    STRIP: tuple[SessionValue, ...] = ()
    TAKES_PACKS = False  # whether a scanned pack answers questions of it
    help_topic = ""

    strip_changed = Signal()

    check = Signal(object)  # Preview
    draft_saved = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._lists = context.lists[self.FORM]
        self.search = PatientSearch(context)
        self.scan_panel = ScanPanel(context)
        self.person = OnePerson(context)
        self.practice_search = PracticeSearch(context)
        self.form = FormView(
            load(self.FORM),
            self._lists.lists,
            top=(self.search,),
            before={"practice": self.practice_search},
        )
        self.carried: set[str] = set()
        self.reach = ReachLine(context, Kind.of_form(self.FORM))
        self.form.fields["practice.ods_code"].add_below(self.reach)
        self.preview = PreviewPane(context.appearance)
        self.drafts = DraftKeeper(context.office)
        self.draft_id = ""
        self._unasked: dict[str, str] = {}  # answers to questions that the form no longer has
        self._correction: CorrectionOf | None = None
        self._reasons: dict[str, str] = {}
        self._session: dict[str, str] = {}  # the answers of the last form that was no correction
        self._dirty = False
        self._practices: dict[str, PracticeView] = {}
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        column = QWidget()  # what a scan says stays in view, wherever the form is scrolled to
        stacked = QVBoxLayout(column)
        stacked.setContentsMargins(0, 0, 0, 0)
        stacked.setSpacing(0)
        stacked.addWidget(self.scan_panel)
        stacked.addWidget(self.person)
        stacked.addWidget(self.form, 1)
        self.splitter.addWidget(column)
        self.splitter.addWidget(self.preview)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([640, 440])
        self.footer = FormFooter()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self.footer)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.check_now)
        self.footer.next.clicked.connect(self.next_patient)
        self.footer.check.clicked.connect(self.check_now)
        self.form.edited.connect(self._edited)
        self.form.edited.connect(lambda _field: self.scan_panel.pass_by())
        self.form.left.connect(self._left)
        self.preview.chosen.connect(self.form.focus_field)
        self.search.chosen.connect(self._take_patient)
        self.search.passed.connect(lambda: self.form.next_open(""))
        self.person.is_another.connect(self._is_another)
        self.person.is_slip.connect(self._is_slip)
        self.practice_search.chosen.connect(self._practice_chosen)
        self.form.detours["practice.ods_code"] = self.practice_search.focus
        self.practice_search.passed.connect(lambda: self.form.focus_field("practice.ods_code"))
        closed = self.practice_search.closed
        closed.opened.connect(lambda: self.form.ensureWidgetVisible(closed, 20, 24))
        self.scan_panel.settled.connect(self.take_scan)
        self._preview_timer = QTimer(self, singleShot=True, interval=PREVIEW_AFTER_MS)
        self._preview_timer.timeout.connect(self.refresh)
        self._draft_timer = QTimer(self, singleShot=True, interval=DRAFT_AFTER_MS)
        self._draft_timer.timeout.connect(self.save_draft)
        self.drafts.kept.connect(self._draft_kept)
        self.begin()
        self.reload_practices()

    # ---- what a subclass may know better

    def fresh_state(self) -> FormState:
        """Return the form that a new patient begins with: values of the session, nothing about a patient."""
        kept = self._session
        fresh = FormState(dict(self._lists.fresh))
        if not self.draft_id:
            return fresh
        carried = {q.id: kept[q.id] for q in self.form.form.fields() if q.remembered and kept.get(q.id)}
        return replace(fresh.answered(carried), carried=frozenset(carried))

    def make_ready(self, answers: dict[str, str]) -> None:
        """Offer what fits these answers, which are about to be shown."""

    def answered(self, field_id: str) -> None:
        """Follow one changed answer with others that it implies."""

    def take_over(self, person: PersonView) -> None:
        """Follow another person who signed in."""

    def _of_colleague(self, answers: Mapping[str, str]) -> set[str]:
        """Return the questions whose answer is a person other than the one acting."""
        acting = str(self._context.acting.id or "")
        people = (q.id for q in self.form.form.fields() if q.kind is FieldKind.PERSON)
        return {key for key in people if answers.get(key) and answers[key] != acting}

    # ---- beginning

    def begin(self, start: FormStart | None = None) -> None:
        """Begin a new patient, with answers known beforehand, or go on with a draft."""
        if not self.corrects:
            self._session = self.form.answers()
        draft = start.draft if start else None
        state = draft.state if draft else self.fresh_state()
        answers = dict(state.answers)
        self.draft_id = draft.id if draft else uuid.uuid4().hex
        self._dirty = False
        self.carried = set(state.carried)
        if draft is None:  # today, now, and who signed in are not the last patient's
            acting = str(self._context.acting.id or "")
            people = {q.id for q in self.form.form.fields() if q.kind is FieldKind.PERSON}
            self.carried -= {"contact.date", "contact.time"}
            self.carried -= {key for key in people if answers.get(key) == acting}
        if draft is not None:
            person = self._context.acting.person
            mine = person.professional.name.spoken() if person else ""
            if {draft.begun_by, draft.changed_by} - {"", mine}:  # not left as it was, unseen
                self.carried |= self._of_colleague(answers)
        if start is not None:
            self.carried -= set(start.answers)  # known of this patient, so not the last one's
            self.carried -= {key for key, text in start.answers.items() if answers.get(key) != text}
            answers.update(start.answers)
        if start is not None and start.whole is not None:
            state, self.carried = start.whole, set()
            answers = dict(state.answers)
        self._correction, self._reasons = state.correction, dict(state.reasons)
        self.form.start()
        self.make_ready(answers)
        self.form.set_answers(answers)
        shown = self.form.answers()
        self._unasked = {key: text for key, text in answers.items() if key not in shown}
        self.person.begin(state.owner, shown)
        self._lock_identity()
        self.search.clear()
        self.practice_search.clear()
        self.scan_panel.clear()
        self.footer.saved.setText("")
        if start is not None and (start.answers or start.whole):
            self._dirty = True
            self._draft_timer.start()
        self.refresh()

    def answers(self) -> dict[str, str]:
        """Return every answer, those to questions that the form no longer has among them."""
        return {**self._unasked, **self.form.answers()}

    @property
    def corrects(self) -> bool:
        """Whether this form corrects a record that was finished before."""
        return self._correction is not None

    def _lock_identity(self) -> None:
        """Let a correction stay about its patient: nobody else is found, and the NHS number stays."""
        self.search.setVisible(not self.corrects)
        number = self.form.fields[identity.NUMBER].editor
        number.lock(locked=self.corrects and bool(number.answer()))

    def state(self) -> FormState:
        """Return the form as it stands."""
        return FormState(
            self.answers(),
            frozenset(self.carried),
            self._correction,
            dict(self._reasons),
            dict(self.person.owner),
        )

    def give_reasons(self, reasons: Mapping[str, str]) -> None:
        """Keep why a person continues, by :attr:`Problem.reason_key`."""
        self._reasons.update(reasons)
        self._dirty = True
        self._draft_timer.start()

    def session_text(self, value: SessionValue) -> str:
        """Return a value of the session in words, ``""`` where it is not set."""
        texts = (self.form.fields[key].editor.spoken() for key in value.fields if key in self.form.fields)
        return " · ".join(text for text in texts if text)

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
        asked = self.form.form.asked(self.form.answers())
        left = [q.id for q in self.form.form.fields() if q.id in self.carried and q.id in asked]
        rows = []
        for value in self.STRIP:
            mine = tuple(key for key in value.fields if key in left)
            if mine:
                rows.append(CarriedRow(value.title, self.session_text(value), mine))
                left = [key for key in left if key not in mine]
        for key in left:
            field = self.form.fields[key]
            rows.append(CarriedRow(field.label_text, field.editor.spoken(), (key,)))
        return tuple(rows)

    def confirm(self, fields: Sequence[str]) -> None:
        """Take values that were carried over as this patient's."""
        self.carried -= set(fields)
        self._dirty = True
        self._draft_timer.start()
        self.strip_changed.emit()

    def take_scan(self, answers: Mapping[str, str]) -> None:
        """Take what a scan says; what it answers is no longer carried over from anybody."""
        mine = {key: text for key, text in answers.items() if key in self.form.fields}
        self.carried -= set(mine)
        self.form.set_answers(mine, keep_rest=True)
        for key in mine:
            self._edited(key)

    def _take_patient(self, answers: Mapping[str, str]) -> None:
        """Take a patient who was found: onto this form while it is nobody else's, onto a new one otherwise."""
        now, today = self.form.answers(), self._context.now().astimezone(dates.ENGLAND).date()
        found = dict(answers)
        if identity.is_somebodys(now):
            if identity.same_person(identity.identity_of(now, today), identity.identity_of(found, today)):
                found = identity.missing(now, found)
            else:
                self._put_aside()
        else:  # whoever was checked before, it was not known who that is
            found |= dict.fromkeys(NEVER_CARRIED & self.form.fields.keys(), "")
        self.form.set_answers(found, keep_rest=True)
        self.person.taken(self.form.answers())
        self._edited("patient.family")
        self.form.next_open("")

    def _put_aside(self, start: FormStart | None = None) -> None:
        """Keep this form as a draft, begin another, and say so."""
        before = self.form.answers()
        self.save_draft()
        self.begin(start)
        self.person.say_kept(before)

    def _is_another(self) -> None:
        """Give what was typed since another identity began to a new form; this one stays as it was before."""
        now = self.form.answers()
        before = {**now, **self.person.agreed, **self.person.owner}
        typed = {key: text for key, text in now.items() if text != before[key]}
        self.form.set_answers(before)
        self._dirty = True
        self._put_aside(FormStart(self.FORM, answers=typed))
        self.form.next_open("")

    def _is_slip(self) -> None:
        """Take the identity as it is typed now for the one that was meant."""
        self.person.taken(self.form.answers())
        self._dirty = True
        self._draft_timer.start()
        self.refresh()
        self.form.next_open("")

    def same_patient(self) -> None:
        """Begin another vaccine for the same patient: who they are stays, what was asked is asked again."""
        self.same_as(self.form.answers())

    def same_as(self, answers: Mapping[str, str]) -> None:
        """Begin for a patient whose answers are known: those just sent."""
        kept = {
            key: text
            for key, text in answers.items()
            if key.startswith(("patient.", "practice.")) and key not in NEVER_CARRIED
        }
        self.save_draft()
        self.begin(FormStart(self.FORM, answers=kept))
        self.form.next_open("")

    def use_lists(self, lists: FormLists) -> None:
        """Offer other lists from now on (people who came or went)."""
        self._lists = lists
        for name, options in lists.lists.items():
            self.form.set_options(name, options)

    def reload_practices(self) -> None:
        """Offer the practices known now."""
        self._context.office.ask(lambda desk: desk.practices(), self.offer_practices)

    def fill(self, answers: dict[str, str]) -> None:
        """Fill in answers known beforehand (practice mode's fictional patients)."""
        self.form.set_answers(answers, keep_rest=True)
        self._dirty = True
        self._draft_timer.start()
        self.refresh()

    def offer_practices(self, practices: Sequence[PracticeView]) -> None:
        """Offer practices while their name or code is typed."""
        self._practices = {view.label: view for view in practices}
        for field_id in ("practice.name", "practice.ods_code"):
            self.form.complete(field_id, list(self._practices))

    def arrive(self) -> None:
        """Put the cursor at the first question about the patient that is still open."""
        order = [q.id for q in self.form.form.fields() if q.id.startswith("patient.")]
        answers = self.form.answers()
        if not any(answers.get(key) for key in ("patient.nhs_number", "patient.given", "patient.family")):
            self.search.focus()
            return
        if self.person.asks:
            self.person.focus()
            return
        self.form.focus_field(next((key for key in order if not answers.get(key)), order[0]))

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
        self._context.office.preview(
            lambda desk: desk.preview(self.FORM, state),
            lambda preview: self._previewed(preview) if draft_id == self.draft_id else None,
        )
        self.strip_changed.emit()

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

    def _edited(self, field_id: str) -> None:
        if field_id in ("practice.name", "practice.ods_code"):
            self._take_practice(field_id)
        self.answered(field_id)
        self.carried.discard(field_id)
        self.person.typed(self.form.answers())
        self._dirty = True
        self._preview_timer.start()
        self._draft_timer.start()
        self.strip_changed.emit()

    def _take_practice(self, field_id: str) -> None:
        view = self._practices.get(self.form.fields[field_id].editor.answer())
        if view is not None:
            self._fill_practice(view.organisation)

    def _practice_chosen(self, organisation: Organisation) -> None:
        self._fill_practice(organisation)
        self._edited("practice.ods_code")
        self.form.next_open("practice.ods_code")

    def _fill_practice(self, organisation: Organisation) -> None:
        place = organisation.address
        self.form.set_answers(
            {
                "practice.registered": "yes",
                "practice.name": organisation.name,
                "practice.ods_code": organisation.ods_code,
                "practice.address_lines": "\n".join(place.lines),
                "practice.city": place.city,
                "practice.postcode": place.postcode,
            },
            keep_rest=True,
        )

    def _left(self, field_id: str) -> None:
        if field_id in identity.IDENTIFYING:
            self.person.follow(self.form.answers())
        if field_id in ("practice.name", "practice.ods_code"):
            self._take_practice(field_id)
            self._preview_timer.start()

    def _previewed(self, preview: Preview) -> None:
        self.preview.show_preview(preview)
        self.form.set_problems(preview.problems)
        self.form.show_gp(told=not preview.kept_here)
        self.search.follow(self.answers())

    def next_patient(self) -> None:
        """Keep this form as a draft and begin the next patient."""
        self.save_draft()
        self.begin()
        self.arrive()

    def check_now(self) -> None:
        """Make a fresh preview of exactly these answers; go to the check page when nothing stops."""
        self.person.follow(self.form.answers())
        if self.person.asks:
            self.person.focus()
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the preview away where form and preview do not fit side by side."""
        super().resizeEvent(event)
        em = self.fontMetrics().horizontalAdvance("m")
        self.preview.setVisible(self.width() >= em * 62)
        self.footer.fit(roomy=self.width() >= em * 56)
