"""The story of one notification: its state in words, every event, every message, and what a person did about it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QTabWidget, QVBoxLayout, QWidget

from digmed_desktop.clinical import dates, nhs_number
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.event_words import words_of_event
from digmed_desktop.messaging.story import Story
from digmed_desktop.messaging.wording import Tone, words_of_row
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import button
from digmed_desktop.ui.preview.xml_view import XmlView
from digmed_desktop.ui.widgets.editors import TextEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.words import Notice, Words, heading, quiet, row, title


class StoryPage(QWidget):
    """The story of one notification: its state in words, every event, every message."""

    help_topic = "sent-items"

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.shown: int | None = None
        self._story: Story | None = None
        self.patient = title("")
        self.facts = quiet("")
        self.state = Notice("act")
        self._events = QVBoxLayout()
        self._events.setSpacing(6)
        events = QWidget()
        events.setObjectName("page")
        holder = QVBoxLayout(events)
        holder.setContentsMargins(0, 0, 8, 0)
        holder.addWidget(heading("What happened"))
        holder.addLayout(self._events)
        holder.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(events)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.messages = QTabWidget()
        self.messages.setAccessibleName("Messages")
        self.messages.setDocumentMode(True)
        self.messages.tabBar().setAccessibleName("Messages of this notification")
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(scroll)
        splitter.addWidget(self.messages)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 1)
        splitter.setChildrenCollapsible(False)
        splitter.setSizes([500, 500])
        self._note = TextEditor()
        self.note = Field("told.note", "Whom you told, and what they said", self._note)
        self.by_telephone = button("Told by telephone")
        self.on_paper = button("Told on paper")
        self.by_telephone.clicked.connect(lambda: self._record(on_paper=False))
        self.on_paper.clicked.connect(lambda: self._record(on_paper=True))
        self.telling = QFrame()
        self.telling.setObjectName("card")
        told = QVBoxLayout(self.telling)
        told.setContentsMargins(16, 10, 16, 12)
        told.addWidget(self.note)
        told.addWidget(row(self.by_telephone, self.on_paper, None))
        self.telling.setHidden(True)
        self.back_button = button("Back to sent items", shortcut="Esc")
        self.back_button.clicked.connect(lambda: context.navigate.to_place.emit("sent"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 16, 24, 16)
        layout.setSpacing(10)
        layout.addWidget(row(self.back_button, None))
        layout.addWidget(self.patient)
        layout.addWidget(self.facts)
        layout.addWidget(self.state)
        layout.addWidget(self.telling)
        layout.addWidget(splitter, 1)
        context.appearance.changed.connect(self._restyle)

    def open(self, notification: int) -> None:
        """Show one notification."""
        self.shown = notification
        self.refresh()

    def history_moved(self) -> None:
        """Follow what became of it."""
        self.refresh()

    def refresh(self) -> None:
        """Ask for the story again."""
        if self.shown is not None:
            wanted = self.shown
            self._context.office.ask(lambda desk: desk.story(wanted), self._show)

    def _record(self, *, on_paper: bool) -> None:
        """Record that the practice was told, with the note that is asked for."""
        note, by, shown = self._note.answer().strip(), self._context.acting.id, self.shown
        if not note:
            self.note.say("Write whom you told, and what they said.")
            self.note.editor.focus()
            return
        if by is None or shown is None:
            return
        self.note.say("")
        self._context.office.ask(
            lambda desk: desk.told(shown, by, on_paper=on_paper, note=note), lambda _n: self._recorded()
        )

    def _recorded(self) -> None:
        self._note.set_answer("")
        self.refresh()

    def _offer(self, *, may_tell: bool) -> None:
        """Offer to record that the practice was told, where a person is needed."""
        needed = self._story is not None and self._story.row.needs_person
        self.telling.setHidden(not (may_tell and needed))

    def arrive(self) -> None:
        """Put the focus on the way back."""
        self.back_button.setFocus()

    def _show(self, story: Story) -> None:
        if story == self._story or story.row.id != self.shown:
            return
        self._story = story
        item = story.row
        words = words_of_row(item, Duty(), self._context.now())
        number = nhs_number.shown(item.nhs_number)
        self.patient.setText(" · ".join(part for part in (item.patient_name, number) if part))
        self.facts.setText(
            " · ".join(
                (
                    item.what,
                    f"batch {item.batch}" if item.batch else "",
                    dates.shown_time(item.contact_at),
                    item.by,
                    item.practice_name,
                )
            ).replace(" ·  · ", " · ")
        )
        tone = "act" if words.tone is Tone.PLAIN else words.tone.value
        self.state.say(f"{words.happened} {words.do}".strip(), tone=tone)
        self.state.head.setText(words.word + (" · needs a person" if item.needs_person else ""))
        self._show_events(story)
        self._show_messages(story)
        self._context.office.ask(lambda desk: desk.may_tell(item.id), lambda may: self._offer(may_tell=may))

    def _show_events(self, story: Story) -> None:
        while self._events.count():
            item = self._events.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.deleteLater()
        for event in story.events:
            line = QFrame()
            inner = QVBoxLayout(line)
            inner.setContentsMargins(0, 4, 0, 4)
            inner.setSpacing(0)
            by = f" · {event.by}" if event.by else ""
            inner.addWidget(Words(words_of_event(event.happening, event.code), bold=True))
            inner.addWidget(quiet(f"{dates.shown_time(event.at)}{by}"))
            if event.note:
                inner.addWidget(Words(event.note))
            self._events.addWidget(line)

    def _show_messages(self, story: Story) -> None:
        kept = self.messages.currentIndex()
        while self.messages.count():
            widget = self.messages.widget(0)
            self.messages.removeTab(0)
            if widget is not None:
                widget.deleteLater()
        for message in story.messages:
            view = XmlView(self._context.appearance.theme)
            view.show_xml(message.readable)
            self.messages.addTab(view, message.title)
        if 0 <= kept < self.messages.count():
            self.messages.setCurrentIndex(kept)

    def _restyle(self) -> None:
        for place in range(self.messages.count()):
            view = self.messages.widget(place)
            if isinstance(view, XmlView):
                view.use(self._context.appearance.theme)
