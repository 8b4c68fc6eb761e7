"""The parts of a notification's page: events, what was recorded, versions side by side, and the panel to act."""

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QSizeF, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QTextBrowser, QVBoxLayout, QWidget

from digmed_desktop.clinical import dates
from digmed_desktop.clinical.form import Option
from digmed_desktop.data_files.source import OWN
from digmed_desktop.desk.views.general import PreviewRow, PreviewSection
from digmed_desktop.desk.views.sent import (
    Act,
    How,
    IncidentLine,
    Offer,
    RecordedSection,
    VersionView,
    YellowCard,
)
from digmed_desktop.messaging.event_words import words_of_event
from digmed_desktop.messaging.states import State
from digmed_desktop.messaging.story import NotificationRow, StoryEvent
from digmed_desktop.messaging.wording import record_word, words_of
from digmed_desktop.ui import clipboard
from digmed_desktop.ui.pages.page import button
from digmed_desktop.ui.pages.sent_model import RECORD_ICONS
from digmed_desktop.ui.preview.reading_view import ReadingView
from digmed_desktop.ui.theme import Appearance, Theme
from digmed_desktop.ui.tokens import INSET, SPACE
from digmed_desktop.ui.widgets.choices import ChoiceEditor, RadioEditor
from digmed_desktop.ui.widgets.editors import LinesEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.flow import Flow, flow
from digmed_desktop.ui.widgets.icons import Icon
from digmed_desktop.ui.widgets.lists import empty
from digmed_desktop.ui.widgets.timeline import Moment
from digmed_desktop.ui.widgets.words import Words, breakable, heading, quiet, row, title

FOLDS_EM = 60  # letters below which the words stand under the acts


class StoryHead(QFrame):
    """The way back, what was recorded with its facts, and at the right what can be done with any record."""

    def __init__(self, back: QWidget, acts: Sequence[QWidget]) -> None:
        super().__init__()
        self.setObjectName("head")
        self._icon = Icon("sent")
        self.title = title("")
        self.facts = quiet("")
        said = QVBoxLayout()
        said.setSpacing(0)
        line = QHBoxLayout()
        line.setSpacing(SPACE.small)
        line.addWidget(self._icon)
        line.addWidget(self.title, 1)
        said.addLayout(line)
        said.addWidget(self.facts)
        self._acts = Flow(acts, SPACE.small)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(*INSET.bar)
        self._grid.setHorizontalSpacing(SPACE.medium)
        self._grid.setVerticalSpacing(SPACE.tight)
        self._grid.setColumnStretch(1, 1)
        self._said = said
        self._grid.addWidget(back, 0, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._grid.addLayout(said, 0, 1)
        self._grid.addWidget(self._acts, 0, 2)
        self._narrow = False

    def show_record(self, item: NotificationRow) -> None:
        """Say what was recorded: what kind of record, of what, when and by whom."""
        kind = record_word(item)
        self._icon.show_icon(RECORD_ICONS[item.record_kind], "text")
        self.title.setText(breakable(f"{item.what}: {kind.lower()}" if item.what else kind))
        facts = (
            f"batch {item.batch}" if item.batch else "",
            dates.shown_time(item.contact_at) if item.has_time else "",
            item.by,
            item.practice_name,
        )
        self.facts.setText(breakable(" · ".join(part for part in facts if part)))

    def show_acts(self, acts: Sequence[QWidget], last: QWidget) -> None:
        """Show the acts that any record has, those not under its state."""
        self._acts.show_in_order([*acts, last])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold where the words and the acts have no room beside each other."""
        super().resizeEvent(event)
        narrow = self.width() < self.fontMetrics().horizontalAdvance("m") * FOLDS_EM
        if narrow != self._narrow:
            self._narrow = narrow
            self._grid.removeItem(self._said)
            place = (1, 0, 1, 3) if narrow else (0, 1, 1, 1)
            self._grid.addLayout(self._said, *place)
            self.facts.setHidden(narrow)  # the record below has them


def moments(events: Sequence[StoryEvent]) -> tuple[Moment, ...]:
    """Return what happened in words, the newest first; codes stand under the technical details."""
    made: list[Moment] = []
    before: State | None = None
    for event in events:
        words = words_of(event.state)
        by_person = bool(event.by) and event.state is before  # noted or done by hand: the state stays
        made.append(
            Moment(
                "drafts" if by_person else words.icon,
                words_of_event(event.happening),
                dates.shown_time(event.at),
                event.by,
                event.note,
                "plain" if by_person else words.tone.value,
            )
        )
        before = event.state
    return tuple(reversed(made))


def coded(events: Sequence[StoryEvent]) -> tuple[RecordedSection, ...]:
    """Return the events that carry a code of ITK3 or MESH, for support."""
    rows = tuple(
        (dates.shown_time(event.at), (words_of_event(event.happening, event.code),))
        for event in events
        if event.code
    )
    return (RecordedSection("Codes received", rows),) if rows else ()


class IncidentLines(QWidget):
    """The incidents about a record, a line with a link for each; hidden where there is none."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(SPACE.tight)
        self.hide()

    def show_incidents(self, incidents: Sequence[IncidentLine]) -> None:
        """Show these in place of those before."""
        empty(self._lines)
        for one in incidents:
            self._lines.addWidget(self._line(one))
        self.setHidden(not incidents)

    def _line(self, one: IncidentLine) -> QWidget:
        link = button(one.title, "link")
        link.setAccessibleName(f"Open {one.title}. {one.standing}")
        link.clicked.connect(lambda: self.chosen.emit(one.id))
        standing = Words(f"{one.when}. {one.standing}", wrap=False)
        standing.setProperty("ink", "look" if one.is_open else "done")
        return flow(link, standing)


def recorded(sections: Sequence[RecordedSection]) -> tuple[PreviewSection, ...]:
    """Return what was recorded as the reading view shows it."""
    return tuple(
        PreviewSection(one.title, tuple(PreviewRow(label, values) for label, values in one.rows))
        for one in sections
    )


def version_card(view: VersionView, *, current: bool, go: Callable[[int], None]) -> QFrame:
    """Return one version with what it says differently from the one before, as a table that can be read."""
    card = QFrame()
    card.setObjectName("card")
    layout = QVBoxLayout(card)
    layout.setContentsMargins(*INSET.card)
    layout.setSpacing(SPACE.tight)
    item = view.version.row
    head = heading(f"Version {view.number}: {record_word(item)}")
    said = quiet(f"{dates.shown_time(view.version.made_at)} · {words_of(item.state).word}")
    if current:
        layout.addWidget(row(head, Words("This one", role="tag", wrap=False), None))
    else:
        link = button("Open", "link")
        link.setAccessibleName(f"Open version {view.number}")
        link.clicked.connect(lambda: go(item.id))
        layout.addWidget(row(head, link, None))
    layout.addWidget(said)
    if view.number > 1 and not item.withdrawal:
        layout.addWidget(_changes(view) if view.changes else quiet("No change to what the practice reads."))
    if item.withdrawal:
        layout.addWidget(quiet("The whole record was sent again with the words that it was made in error."))
    return card


def _changes(view: VersionView) -> QWidget:
    table = QWidget()
    grid = QGridLayout(table)
    grid.setContentsMargins(0, SPACE.tight, 0, 0)
    grid.setHorizontalSpacing(SPACE.large)
    grid.setVerticalSpacing(SPACE.tight)
    for column, text in enumerate(("What", "Before", "Now")):
        grid.addWidget(Words(text, role="quiet", wrap=False), 0, column)
        grid.setColumnStretch(column, 2)
    for line, change in enumerate(view.changes, 1):
        for column, text in enumerate((change.label, change.before or "–", change.after or "–")):
            words = Words(text, bold=column == 2)
            grid.addWidget(words, line, column, Qt.AlignmentFlag.AlignTop)
    return table


class VersionsView(QWidget):
    """All versions, the newest first."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(SPACE.small)

    def show_versions(self, views: Sequence[VersionView], current: int) -> None:
        """Show them."""
        empty(self._lines)
        for one in reversed(views):
            is_current = one.version.row.id == current
            self._lines.addWidget(version_card(one, current=is_current, go=self.chosen.emit))


class RecordedView(ReadingView):
    """The record as the practice reads it, or other text in lines."""

    def __init__(self, theme: Theme, name: str = "Record") -> None:
        super().__init__(theme)
        self.setAccessibleName(name)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)


class WholeView(RecordedView):
    """A record that is as high as its text: the page scrolls, not the record."""

    def __init__(self, theme: Theme, name: str = "Record") -> None:
        super().__init__(theme, name)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)

    def _fit(self, size: QSizeF) -> None:
        self.setFixedHeight(math.ceil(size.height()) + 2 * self.frameWidth())


class RecordCard(QFrame):
    """The record as the practice reads it, and a button that copies it as text."""

    copied = Signal(str)  # what to say of it

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.setObjectName("card")
        self._sections: tuple[PreviewSection, ...] = ()
        self.view = WholeView(appearance.theme)
        appearance.changed.connect(lambda: self.view.use(appearance.theme))
        self.copy = button("Copy", "link", tip="Copy the record as text", icon_name="copy")
        self.copy.clicked.connect(self._copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*INSET.notice)
        layout.setSpacing(0)
        layout.addWidget(row(heading("Record"), None, self.copy))
        layout.addWidget(self.view)

    def show_record(self, sections: tuple[PreviewSection, ...]) -> None:
        """Show these sections."""
        self._sections = sections
        self.view.show_sections(sections)

    def toPlainText(self) -> str:
        """Return the text that is shown."""
        return self.view.toPlainText()

    def _copy(self) -> None:
        lines: list[str] = []
        for section in self._sections:
            lines += ["", section.title, *(f"{one.label}: {'; '.join(one.values)}" for one in section.rows)]
        clipboard.put_text("\n".join(lines).strip())
        self.copied.emit("Record copied. The lock clears it from the clipboard.")


LISTED = (Act.SEND_AS_NEW, Act.WITHDRAW)
"""The acts with reasons to choose from; any other can be typed."""


def _listed(act: Act) -> list[Option]:
    if act is Act.WITHDRAW:
        rows = OWN.at("counter/reasons.toml", "withdraw") or ()
        return [Option(one["reason"], one["reason"]) for one in rows]
    return [Option(one, one) for one in OWN.at("counter/reasons.toml", "resend") or ()]


class ActPanel(QFrame):
    """One act about to be done: what it does, the words that are asked for, and the button that does it."""

    confirmed = Signal(object, str)  # Act, the words
    closed = Signal()

    def __init__(self, yellow_card: YellowCard) -> None:
        super().__init__()
        self.setObjectName("card")
        self._yellow_card = yellow_card
        self.offer: Offer | None = None
        self.head = heading("")
        self.explain = Words("")
        self.call = Words("", role="quiet")
        self.call.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words = LinesEditor(2)
        self.note = Field("act.note", "Why", self.words)
        self.reason = ChoiceEditor([], own_words=True)
        self.listed = Field("act.reason", "Why", self.reason, hint="Choose a reason (↓), or write one.")
        self.do, self.back = button("Do it", "primary"), button("Cancel")
        self.do.clicked.connect(self._confirm)
        self.back.clicked.connect(self.closed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*INSET.card)
        layout.setSpacing(SPACE.small)
        for widget in (self.head, self.explain, self.call, self.note, self.listed, flow(self.do, self.back)):
            layout.addWidget(widget)
        self.setHidden(True)

    def show_offer(self, offer: Offer, words: str = "") -> None:
        """Ask for the words of an act; ``words`` were typed before and not recorded yet."""
        self.offer = offer
        self.head.setText(offer.label)
        self.explain.setText(offer.explain)
        card = self._yellow_card
        self.call.setText(f"{card.name}: {card.address}, freephone {card.telephone}")
        self.call.setHidden(offer.act is not Act.REACTION)
        self.note.label.setText(offer.ask)
        self.note.label_text = offer.ask
        self.note.say("")
        self.listed.say("")
        self.words.set_answer(words)
        self.reason.set_options(_listed(offer.act))
        self.reason.set_answer(words)
        self.listed.label.setText(offer.ask)
        self.listed.label_text = offer.ask
        chosen = offer.act in LISTED  # from a list, or in words of one's own
        self.note.setHidden(chosen)
        self.listed.setHidden(not chosen)
        self.do.setText("Open the form" if offer.act is Act.CORRECT else offer.label)
        self.do.setAccessibleName(self.do.text())
        self.setHidden(False)
        self._asked.editor.focus()

    @property
    def _asked(self) -> Field:
        """The field that takes the words of this act."""
        return self.listed if self.note.isHidden() else self.note

    @property
    def typed(self) -> str:
        """Return the text typed for the act."""
        return self._asked.editor.answer().strip()

    def refuse(self, sentence: str) -> None:
        """Say why it was not done; the words stay."""
        self._asked.say(sentence)

    def put_away(self) -> None:
        """Put the panel away."""
        self.offer = None
        self.setHidden(True)

    def _confirm(self) -> None:
        asked = self._asked
        words = self.typed
        if self.offer is None:
            return
        if not words:
            asked.say("Write a few words. They stay with your name and the time.")
            asked.editor.focus()
            return
        self.confirmed.emit(self.offer.act, words)


LEAD = (
    "The copy says how it left, who sent it and when. Record it as sent only once it has left the pharmacy."
)
LEAD_UNSIGNED = "The record waits for a signature. Until it is signed, print a copy for the patient only."
LEAD_PATIENT = "The patient does not agree to sharing with the practice. Print a copy for the patient only."


class PaperPanel(QFrame):
    """A paper copy: how it leaves the pharmacy, as PDF or from the printer, and that it has gone."""

    save = Signal(object)  # How
    printing = Signal(object)  # How
    gone = Signal(object, str)  # How, to whom
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.how = RadioEditor([Option(how.value, how.label) for how in How])
        self.how.set_answer(How.POST.value)
        self.to = LinesEditor(1)
        self.to_field = Field("paper.to", "Sent to (name and how)", self.to)
        self.print_button = button("Print …", "primary")
        self.save_button = button("Save as PDF …")
        self.gone_button = button("Record as sent")
        self.back = button("Cancel")
        self.save_button.clicked.connect(lambda: self.save.emit(self.chosen))
        self.print_button.clicked.connect(lambda: self.printing.emit(self.chosen))
        self.gone_button.clicked.connect(self._gone)
        self.back.clicked.connect(self.closed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*INSET.card)
        layout.setSpacing(SPACE.small)
        layout.addWidget(heading("Paper copy"))
        self.lead = Words("")
        layout.addWidget(self.lead)
        layout.addWidget(Field("paper.how", "How you are sending it", self.how))
        layout.addWidget(flow(self.print_button, self.save_button))
        layout.addWidget(self.to_field)
        layout.addWidget(flow(self.gone_button, self.back))
        self.setHidden(True)

    @property
    def chosen(self) -> How:
        """The chosen delivery method."""
        return How(self.how.answer() or How.POST.value)

    def show_panel(self, ways: Sequence[How], *, may_record: bool, signed: bool = True) -> None:
        """Offer to make a copy that leaves by one of these ways, and to record that it has gone where it makes sense."""
        self.lead.setText(LEAD if How.POST in ways else LEAD_PATIENT if signed else LEAD_UNSIGNED)
        self.how.set_options([Option(how.value, how.label) for how in ways])
        if not self.how.answer():
            self.how.set_answer(ways[0].value)
        self.to_field.setHidden(not may_record)
        self.gone_button.setHidden(not may_record)
        self.to_field.say("")
        self.setHidden(False)
        self.print_button.setFocus()

    def _gone(self) -> None:
        to = self.to.answer().strip()
        if not to:
            self.to_field.say("Enter the person or place you sent it to.")
            self.to.focus()
            return
        self.gone.emit(self.chosen, to)
