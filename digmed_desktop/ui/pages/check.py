"""The last look before sending: what was recorded, each with Change; beside it the whole document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.problem import Problem, Severity, facts_of, told_first
from digmed_desktop.desk.views.general import Ending, Preview
from digmed_desktop.desk.views.sent import Difference
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.forms.alerts import fact_in_words, reason_field
from digmed_desktop.ui.forms.correction_band import CorrectionBand
from digmed_desktop.ui.forms.form_view import FormView
from digmed_desktop.ui.pages.base import Page
from digmed_desktop.ui.pages.carried import CarriedPanel, CarriedRow
from digmed_desktop.ui.pages.page import button
from digmed_desktop.ui.patient_banner import BannerView
from digmed_desktop.ui.preview.preview_pane import PreviewPane
from digmed_desktop.ui.tokens import INSET, SIZE, SPACE, TYPE
from digmed_desktop.ui.widgets.choices import ChoiceEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.words import (
    Notice,
    Words,
    application,
    breakable,
    heading,
    set_property,
    title,
)

SPLIT_SHARES = (640, 440)  # of the record, and of what the practice reads
FINISH_HEADING = "Check before you finish"
FINISHES = {
    Ending.SEND: ("Send", "Send to the GP practice (F12)"),
    Ending.PAPER: ("Finish", "Record it, then send the practice a paper copy or telephone (F12)"),
    Ending.HERE: ("Record here only", "Record it here only and send nothing to the practice (F12)"),
}
"""Words and act of the last step's button, by where the record goes."""
TO_SIGN = ("Store to be signed", "Store it; nothing is sent before {who} signs (F12)")
WHO_SIGNS = "{who} signs this record with their own PIN under To sign (Ctrl+T). Nothing is sent before that."
SEND_UNCHANGED = ("Send the same text again", "Replace the record at the practice by the same text (F12)")
NOTHING_READ = "No change to what the practice reads. Sending replaces its record by the same text. The change stays here."


@dataclass(frozen=True, slots=True, repr=False)
class RecordedRow:
    """One answer in words."""

    field: str
    label: str
    text: str
    to_gp: bool


@dataclass(frozen=True, slots=True, repr=False)
class RecordedGroup:
    """The answers of one group."""

    title: str
    rows: tuple[RecordedRow, ...]


class CheckPage(Page):
    """Shows what was recorded and what will be sent; Send is here and nowhere else."""

    back = Signal(str)  # the field to change, or ""
    send = Signal()
    confirmed = Signal(tuple)  # the fields of a value that was carried over
    reasoned = Signal(dict)  # why one goes on, by the warning's key

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.confirming: CarriedPanel | None = None
        self.checked: Page | None = None  # whose record is checked
        self._warnings: dict[ChoiceEditor, Problem] = {}
        self.band = CorrectionBand(context, acts=False)
        self.preview = PreviewPane(context.appearance, with_problems=False)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self._scroll)
        self.splitter.addWidget(self.preview)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes(SPLIT_SHARES)
        footer = QFrame()
        footer.setObjectName("footer")
        line = QHBoxLayout(footer)
        line.setContentsMargins(*INSET.bar)
        self.why_not = Words("", role="quiet")
        self.back_button = button("Back", tip="Back to the form (Esc)")
        self.send_button = button("Send", "go", tip="Send to the GP practice (F12)")
        self.back_button.clicked.connect(lambda: self.back.emit(""))
        self.send_button.clicked.connect(self._press_send)
        line.addWidget(self.why_not, 1)
        line.addWidget(self.back_button)
        line.addWidget(Words("Esc", role="quiet", wrap=False))
        line.addWidget(self.send_button)
        line.addWidget(Words("F12", role="quiet", wrap=False))
        application().focusChanged.connect(self._follow_focus)
        QShortcut(QKeySequence("F12"), self, self._press_send).setAutoRepeat(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.band)
        layout.addWidget(self.splitter, 1)
        self.trouble = Notice("stop")
        self.trouble.setVisible(False)
        layout.addWidget(self.trouble)
        layout.addWidget(footer)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the document away where both do not fit side by side; the form's preview showed it."""
        super().resizeEvent(event)
        self.preview.setVisible(self.width() >= self.fontMetrics().horizontalAdvance("m") * 62)

    def show_recorded(
        self,
        groups: tuple[RecordedGroup, ...],
        preview: Preview,
        heading_text: str,
        carried: Sequence[CarriedRow] = (),
        state: FormState | None = None,
        *,
        colleague: bool = False,
    ) -> None:
        """Show the answers and the document; ``carried`` is confirmed row by row, warnings take a reason."""
        self.preview.show_preview(preview)
        self.trouble.setVisible(False)
        page = QWidget()
        page.setObjectName("page")
        body = QVBoxLayout(page)
        body.setContentsMargins(*INSET.page)
        body.setSpacing(SPACE.medium)
        sends = preview.ending is Ending.SEND and not preview.to_sign
        body.addWidget(title(heading_text if sends else FINISH_HEADING))
        if preview.changes or (state and state.correction):
            body.addWidget(changes_panel(preview.changes))
        text, tip = FINISHES[preview.ending]
        if state and state.correction and not preview.changes and preview.ending is Ending.SEND:
            text, tip = SEND_UNCHANGED
        if preview.to_sign:
            text, tip = TO_SIGN[0], TO_SIGN[1].format(who=preview.to_sign)
            body.addWidget(Notice("act", WHO_SIGNS.format(who=preview.to_sign), "Waits for a signature"))
        self.send_button.setText(text)
        self.send_button.setAccessibleName(text)
        self.send_button.setToolTip(tip)
        kept = state or FormState()
        self.band.show_correction(kept.correction or kept.withdraws, replaced=kept.correction is None)
        looks = [p for p in told_first(preview.problems) if p.severity is Severity.LOOK]
        self._warnings = {}
        labels = {row.field: row.label for group in groups for row in group.rows}
        for problem in looks:
            if problem.needs_reason:
                facts = facts_of(problem, preview.problems)
                said = [fact_in_words(fact, lambda key: labels.get(key, "")) for fact in facts]
                self._add_warning(body, problem, kept.reason_for(problem), said)
            else:
                about = labels.get(problem.field, "")
                body.addWidget(Notice("look", problem.sentence, f"Warning: {about}" if about else "Warning"))
        self.confirming = CarriedPanel(carried, colleague=colleague)
        self.confirming.confirmed.connect(self.confirmed)
        self.confirming.confirmed.connect(self._progress)
        self.confirming.change.connect(self.back)
        body.addWidget(self.confirming)
        for group in groups:
            body.addWidget(heading(group.title))
            grid = QGridLayout()
            grid.setColumnStretch(0, 2)
            grid.setColumnStretch(1, 3)
            grid.setHorizontalSpacing(SPACE.large)
            grid.setVerticalSpacing(SPACE.tight)
            for place, recorded in enumerate(group.rows):
                label = Words(recorded.label, role="quiet")
                value = Words(breakable(recorded.text))
                for words in (label, value):  # the first line in line with the link beside it
                    above = max(0, SIZE.target - words.fontMetrics().height()) // 2
                    words.setContentsMargins(0, above, 0, 0)
                change = button("Change", "link")
                change.setAccessibleName(f"Change {recorded.label}")
                change.clicked.connect(lambda _on=False, f=recorded.field: self.back.emit(f))
                grid.addWidget(label, place, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(value, place, 1, Qt.AlignmentFlag.AlignTop)
                if not recorded.to_gp and preview.ending is not Ending.HERE:  # there all of it is kept here
                    grid.addWidget(
                        Words("Not shared", TYPE.small, role="tag", wrap=False),
                        place,
                        2,
                        Qt.AlignmentFlag.AlignTop,
                    )
                grid.addWidget(change, place, 3, Qt.AlignmentFlag.AlignTop)
            body.addLayout(grid)
        body.addStretch(1)
        self._scroll.setWidget(page)
        self._progress()

    def not_sent(self, error: DigMedError) -> None:
        """Say that nothing was stored or sent, and why; Send can be pressed again."""
        self.trouble.say(f"Nothing was recorded or sent. {error}", "Not sent", "stop")
        self.trouble.setVisible(True)
        self.set_sendable(sendable=True, why_not="")
        self.send_button.setFocus()

    def _add_warning(self, body: QVBoxLayout, problem: Problem, reason: str, facts: Sequence[str]) -> None:
        panel = QFrame()
        panel.setProperty("tone", "stop" if problem.needs_adviser else "look")
        inner = QVBoxLayout(panel)
        inner.setContentsMargins(*INSET.notice)
        word = "Stop" if problem.needs_adviser else "Warning"
        inner.addWidget(Words(f"{word}: {problem.sentence}", bold=True))
        field, editor = reason_field(problem)
        editor.set_answer(reason)
        editor.entered.connect(self.arrive)  # to the next reason, then to what is to be confirmed
        said = [Words(fact) for fact in facts]
        # with large text the sentence and its reason have no room in view with all the facts between them
        large = self.fontMetrics().height() >= SIZE.large
        for part in (field, *said) if large else (*said, field):
            inner.addWidget(part)
        editor.edited.connect(lambda: self._reason_given(problem, editor))
        body.addWidget(panel)
        self._warnings[editor] = problem

    def _reason_given(self, problem: Problem, editor: ChoiceEditor) -> None:
        self.reasoned.emit({problem.reason_key: editor.answer().strip()})
        self._progress()

    def _progress(self) -> None:
        """Allow Send once nothing is left to confirm and every warning has its reason."""
        reasons, left = len(self.open_warnings()), self.to_confirm
        why = still_to_do(reasons, left)
        self.set_sendable(sendable=not why, why_not=why)
        if (
            not why
            and self.isVisible()
            and self.confirming
            and self.confirming.isAncestorOf(QApplication.focusWidget() or self)
        ):
            self.send_button.setFocus()

    def set_sendable(self, *, sendable: bool, why_not: str) -> None:
        """Allow Send, or say why not."""
        self.send_button.setEnabled(sendable)
        self.why_not.setText(why_not)
        set_property(self.why_not, "ink", "look" if why_not else "")

    @property
    def to_confirm(self) -> int:
        """How many values are still to be confirmed."""
        return self.confirming.left if self.confirming is not None else 0

    def open_warnings(self) -> list[ChoiceEditor]:
        """Return where a reason is still to be given."""
        return [editor for editor, problem in self._warnings.items() if not problem.takes(editor.answer())]

    def banner(self) -> BannerView | None:
        """Return the patient of the form that is checked."""
        return self.checked.banner() if self.checked is not None else None

    def arrive(self) -> None:
        """Put the focus on the first thing to decide, or on Send."""
        if warnings := self.open_warnings():
            warnings[0].focus()
        elif self.confirming is not None and self.confirming.left:
            self.confirming.focus()
        else:
            (self.send_button if self.send_button.isEnabled() else self.back_button).setFocus()

    def _follow_focus(self, _old: QWidget | None, now: QWidget | None) -> None:
        page = self._scroll.widget()
        if now is not None and page is not None and self.isVisible() and page.isAncestorOf(now):
            owner: QWidget | None = now
            while owner is not None and not isinstance(owner, Field):
                owner = owner.parentWidget()
            self._scroll.ensureWidgetVisible(owner or now, SPACE.large, SIZE.ahead)
            if owner is not None and any(now is editor.combo for editor in self._warnings):
                self._show_above(owner)

    def _show_above(self, field: QWidget) -> None:
        """Scroll back to the first words of a warning, as far as its reason stays in view."""
        panel, page, bar = field.parentWidget(), self._scroll.widget(), self._scroll.verticalScrollBar()
        if panel is None or page is None:
            return
        top, end = panel.y() - SPACE.small, panel.y() + field.geometry().bottom() + SPACE.small
        bar.setValue(min(bar.value(), max(top, end - self._scroll.viewport().height())))

    def go_back(self) -> bool:
        """Go back to the form."""
        self.back.emit("")
        return True

    def _press_send(self) -> None:
        if not self.isVisible():
            return
        if self.send_button.isEnabled():
            self.send_button.setEnabled(False)
            self.trouble.setVisible(False)
            self.send.emit()
        else:
            self.arrive()


def still_to_do(reasons: int, carried: int) -> str:
    """Return what is to be done before Send, "" where nothing is."""
    parts = (
        f"give {reasons} reason{'s' if reasons > 1 else ''}" if reasons else "",
        f"confirm {carried} carried-over detail{'s' if carried > 1 else ''}" if carried else "",
    )
    words = " and ".join(part for part in parts if part)
    return words[:1].upper() + words[1:]


def changes_panel(changes: Sequence[Difference]) -> QFrame:
    """Return what a correction changes for the practice, before and after; the band above says why."""
    panel = QFrame()
    panel.setProperty("tone", "look")
    inner = QVBoxLayout(panel)
    inner.setContentsMargins(*INSET.notice)
    inner.addWidget(heading("Changes"))
    for one in changes:
        inner.addWidget(Words(breakable(f"{one.label}: {one.after or 'taken out'}"), bold=True))
        inner.addWidget(
            Words(breakable(f"Was: {one.before}") if one.before else "Was not there before", role="quiet")
        )
    if not changes:
        inner.addWidget(Words(NOTHING_READ))
    return panel


def recorded_groups(form_view: FormView, answers: Mapping[str, str]) -> tuple[RecordedGroup, ...]:
    """Return in words what is asked and answered, without what does not apply to this patient and vaccine."""
    asked = form_view.asked_of(answers)
    groups = []
    for group in form_view.form.groups:
        rows = tuple(
            RecordedRow(q.id, q.label, form_view.fields[q.id].editor.spoken(), q.to_gp)
            for q in group.fields
            if q.id in asked and answers.get(q.id)
        )
        if rows:
            groups.append(RecordedGroup(group.title, rows))
    return tuple(groups)
