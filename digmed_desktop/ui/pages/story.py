"""One notification: its state in words, what happened, what was recorded and sent, its versions, and what can be done."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QPushButton, QSplitter, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from digmed_desktop.clinical import dates, nhs_number
from digmed_desktop.desk.sent_views import Act, Begun, How, Offer, Printed, StoryView, yellow_card
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.states import Happening, State
from digmed_desktop.messaging.story import NotificationRow
from digmed_desktop.messaging.wording import Tone, record_word, words_of_row
from digmed_desktop.ui import files, printing
from digmed_desktop.ui.context import Context, FormStart
from digmed_desktop.ui.pages.long_work import LongWork
from digmed_desktop.ui.pages.page import button
from digmed_desktop.ui.pages.story_parts import (
    ActPanel,
    Column,
    PaperPanel,
    RecordedView,
    VersionsView,
    event_line,
    recorded,
)
from digmed_desktop.ui.patient_banner import BannerView
from digmed_desktop.ui.preview.xml_view import XmlView
from digmed_desktop.ui.widgets.buttons import menu_button
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.words import Notice, heading, quiet, set_property, title

BUTTONS = (Act.TRY_AGAIN, Act.CORRECT, Act.WITHDRAW, Act.TELEPHONE, Act.NOTE)
"""Acts with a button of their own; the others are in the menu beside."""


class StoryPage(QWidget):
    """Everything known of one notification, and the acts that its state allows."""

    patient_changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.shown: int | None = None
        self.view: StoryView | None = None
        self.offers: dict[Act, Offer] = {}
        self.patient = title("")
        self.state = Notice("act")
        self.work = LongWork(context.office)
        self.panel, self.paper = ActPanel(yellow_card()), PaperPanel()
        self.events = Column("What happened")
        self.recorded = RecordedView(context.appearance.theme)
        self.versions = VersionsView()
        self.messages = QTabWidget()
        self.tabs = QTabWidget()
        for tabs, name in ((self.tabs, "Parts of this notification"), (self.messages, "Messages")):
            tabs.setDocumentMode(True)
            tabs.setAccessibleName(name)
            tabs.tabBar().setAccessibleName(name)
        self.tabs.addTab(self.recorded, "What was recorded")
        self.tabs.addTab(self.messages, "Messages")
        self.tabs.addTab(self.versions, "Versions")
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self.events)
        self.right = QStackedWidget()
        self.right.addWidget(self.tabs)
        acting = Column("What to do")
        acting.show_widgets([self.panel, self.paper])
        self.right.addWidget(acting)
        self.splitter.addWidget(self.right)
        self.splitter.setStretchFactor(0, 2)
        self.splitter.setStretchFactor(1, 3)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([400, 640])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 12, 24, 12)
        layout.setSpacing(8)
        layout.addWidget(self._make_bar())
        for widget in (self.patient, self.state, self.work):
            layout.addWidget(widget)
        layout.addWidget(self.splitter, 1)
        self._connect()

    def _make_bar(self) -> QWidget:
        self.back_button = button("Back to sent items", tip="Back to sent items (Esc)")
        self.back_button.clicked.connect(lambda: self._context.navigate.to_place.emit("sent"))
        self.buttons: dict[Act, QPushButton] = {}
        for act in BUTTONS:
            made = button("")
            made.clicked.connect(partial(self._begin, act))
            made.setHidden(True)
            self.buttons[act] = made
        self.paper_button = button("Paper copy")
        self.paper_button.clicked.connect(self._begin_paper)
        self.more = menu_button("More", QMenu(self))
        return flow(self.back_button, *self.buttons.values(), self.paper_button, self.more)

    def _connect(self) -> None:
        self.panel.confirmed.connect(self._do)
        self.panel.closed.connect(self._read)
        self.paper.closed.connect(self._read)
        self.versions.chosen.connect(self._context.navigate.to_notification.emit)
        self.paper.save.connect(self._save_copy)
        self.paper.printing.connect(self._print_copy)
        self.paper.gone.connect(self._has_gone)
        self._context.appearance.changed.connect(self._restyle)

    def banner(self) -> BannerView | None:
        """Return whose notification it is, None while that is not known."""
        if self.view is None:
            return None
        row, made = self.view.story.row, self._context.made
        family, _, given = row.patient_name.partition(", ")
        number = nhs_number.shown(row.nhs_number)
        if made.now.privacy and number:
            number = f"… {row.nhs_number[-4:]}"
        facts = (("NHS number", number), ("GP practice", row.practice_name))
        name = made.name(given, family) if made.now.privacy else row.patient_name
        return BannerView(name, tuple((label, text) for label, text in facts if text))

    # ---- which one

    def open(self, notification: int) -> None:
        """Show one notification."""
        if notification != self.shown:
            self.view = None
            self._offer_nothing()  # what could be done with the one before is not what can be done with this
            self._read()
            self.work.say("")
            self.tabs.setCurrentIndex(0)
        self.shown = notification
        self.refresh()

    def refresh(self) -> None:
        """Ask for the story again."""
        if self.shown is not None:
            wanted = self.shown
            self._context.office.ask(lambda desk: desk.listing.story(wanted), self._show)

    def history_moved(self) -> None:
        """Follow what became of it."""
        self.refresh()

    def go_back(self) -> bool:
        """Put an open panel away, or go back to the sent items."""
        if not self.panel.isHidden() or not self.paper.isHidden():
            self._read()
        else:
            self.back_button.click()
        return True

    def arrive(self) -> None:
        """Put the focus on the way back."""
        self.back_button.setFocus()

    # ---- showing

    def _show(self, view: StoryView) -> None:
        if view.story.row.id != self.shown:
            return
        item = view.story.row
        self._context.office.ask(
            lambda desk: desk.acts.offered(item.id), lambda offers: self._offer(item.id, offers)
        )
        self._show_head(item)  # what is due follows the clock, whether or not anything happened
        if view == self.view:
            return
        self.view = view
        self.patient_changed.emit()
        lines = [event_line(one) for one in view.story.events]
        self.events.show_widgets([quiet(self._facts(item)), heading("What happened"), *lines])
        self.recorded.show_sections(recorded(view.recorded))
        self.versions.show_versions(view.versions, item.id)
        self.tabs.setTabText(2, f"Versions ({len(view.versions)})" if len(view.versions) > 1 else "Versions")
        self._show_messages(view)

    def _show_head(self, item: NotificationRow) -> None:
        words = words_of_row(item, self._context.duty(), self._context.now())
        number = nhs_number.shown(item.nhs_number)
        self.patient.setText(" · ".join(part for part in (item.patient_name, number) if part))
        tone = "act" if words.tone is Tone.PLAIN else words.tone.value
        self.state.say(f"{words.happened} {words.do}".strip(), tone=tone)
        paper = item.state is State.TO_PAPER
        whose = "practice" if item.practice_name else "patient"
        self.paper_button.setText(f"Print for the {whose}" if paper else "Paper copy")
        self.paper_button.setAccessibleName(self.paper_button.text())
        set_property(self.paper_button, "kind", "primary" if paper else "")
        needs = " · needs a person" if item.needs_person else ""
        self.state.head.setText(f"{record_word(item)} · {words.word}{needs}")

    def _facts(self, item: NotificationRow) -> str:
        due = self._context.duty().due_day(item.contact_at)
        facts = (
            item.what,
            f"batch {item.batch}" if item.batch else "",
            dates.shown_time(item.contact_at),
            item.by,
            item.practice_name,
            f"due by the end of {due:%A} {dates.shown(due)}"
            if item.corrects is None and item.state is not State.KEPT_HERE
            else "",
        )
        return " · ".join(part for part in facts if part)

    def _show_messages(self, view: StoryView) -> None:
        kept = self.messages.currentIndex()
        while self.messages.count():
            widget = self.messages.widget(0)
            self.messages.removeTab(0)
            if widget is not None:
                widget.deleteLater()
        for message in view.story.messages:
            xml = XmlView(self._context.appearance.theme)
            xml.show_xml(message.readable)
            self.messages.addTab(xml, message.title)
        if view.travels is not None:
            outside = RecordedView(self._context.appearance.theme, view.travels.title)
            outside.show_sections(recorded((view.travels,)))
            self.messages.addTab(outside, view.travels.title)
        if not view.story.messages:
            self.messages.addTab(quiet(f"No message was made: {self._instead(view)}."), "None")
        if 0 <= kept < self.messages.count():
            self.messages.setCurrentIndex(kept)

    @staticmethod
    def _instead(view: StoryView) -> str:
        if any(one.happening == Happening.KEPT_HERE.value for one in view.story.events):
            return "the patient did not agree that the practice is told"
        return "this one is told on paper or by telephone"

    def _offer_nothing(self) -> None:
        self.offers = {}
        for made in self.buttons.values():
            made.setHidden(True)
        self.more.menu().clear()

    def _offer(self, notification: int, offers: tuple[Offer, ...]) -> None:
        if notification != self.shown:
            return
        self.offers = {offer.act: offer for offer in offers}
        for act, made in self.buttons.items():
            made.setHidden(act not in self.offers)
            if act in self.offers:
                made.setText(self.offers[act].label)
                made.setAccessibleName(self.offers[act].label)
        menu = self.more.menu()
        menu.clear()
        for act, offer in self.offers.items():
            if act not in BUTTONS and act is not Act.PAPER:
                menu.addAction(f"{offer.label} …", partial(self._begin, act))
        menu.addAction("Save the record as JSON …", self._save_record)
        if self.panel.offer is not None and self.panel.offer.act not in self.offers:
            self.panel.refuse("This is not possible any more: the notification has moved on meanwhile.")

    # ---- acting

    def _begin(self, act: Act) -> None:
        if act in self.offers:
            self.paper.setHidden(True)
            self.right.setCurrentIndex(1)
            self.panel.show_offer(self.offers[act])

    def _begin_paper(self) -> None:
        self.panel.put_away()
        self.right.setCurrentIndex(1)
        told = self.view is None or self.view.may_be_told
        self.paper.show_panel(tuple(How) if told else (How.PATIENT,), may_record=Act.PAPER in self.offers)

    def _read(self) -> None:
        """Put the panels away and show what can be read."""
        self.panel.put_away()
        self.paper.setHidden(True)
        self.right.setCurrentIndex(0)

    def _do(self, act: Act, words: str) -> None:
        by, shown = self._context.acting.id, self.shown
        if by is None or shown is None:
            return
        office = self._context.office
        refused = lambda error: self.panel.refuse(str(error))  # noqa: E731
        if act is Act.CORRECT:
            office.ask(lambda desk: desk.acts.begin_correction(shown, words), self._correct, refused)
        elif act in (Act.WITHDRAW, Act.REACTION):
            office.ask(
                lambda desk: (
                    desk.acts.withdraw(shown, by, words)
                    if act is Act.WITHDRAW
                    else desk.acts.reaction(shown, by, words)
                ),
                partial(self._followed_up, act),
                refused,
            )
        else:
            office.ask(lambda desk: desk.acts.do(act, shown, by, words), lambda _n: self._done(act), refused)

    def _correct(self, begun: Begun) -> None:
        self._read()
        self._context.navigate.to_form.emit(FormStart(begun.form, whole=begun.state))

    def _followed_up(self, act: Act, newer: int) -> None:
        self._read()
        self._context.office.deliver_now()
        self._context.navigate.to_notification.emit(newer)
        if act is Act.REACTION:
            card = yellow_card()
            self.work.say(
                "The reaction is recorded. Telephone the practice now, then press “Told by telephone”. "
                f"Report it to the {card.name} too: {card.address}, freephone {card.telephone}.",
                "look",
            )
        else:
            self.work.say("The withdrawal is kept and goes out. Telephone the practice too.", "look")

    def _done(self, act: Act) -> None:
        label = self.offers[act].label if act in self.offers else "It"
        self._read()
        self.work.say(f"{label}: recorded.")
        if act in (Act.TRY_AGAIN, Act.SEND_AS_NEW):
            self._context.office.deliver_now()
        self.refresh()

    # ---- paper and files

    def _save_copy(self, how: How) -> None:
        shown, by = self.shown, self._name()
        if shown is None:
            return
        path = files.ask_where(self, "Save the paper copy", self._file_name("notification"), files.PDF)
        if path is not None:
            self.work.run(
                "Setting the page",
                lambda desk, _p: desk.papers.save(desk.papers.copy(shown, how, by), path),
                lambda _n: f"Saved as {path.name}. When it has gone, record it.",
            )

    def _print_copy(self, how: How) -> None:
        shown, by, name = self.shown, self._name(), self._file_name("notification")
        if shown is not None:
            self._context.office.ask(
                lambda desk: desk.papers.printed(desk.papers.copy(shown, how, by), name), self._print
            )

    def _print(self, printed: Printed) -> None:
        try:
            if printing.print_on_paper(self, printed):
                self.work.say("Sent to the printer. When it has gone, record it.")
        except DigMedError as error:
            self.work.say(str(error), "look")

    def _has_gone(self, how: How, to: str) -> None:
        by, shown = self._context.acting.id, self.shown
        if by is None or shown is None:
            return
        self._context.office.ask(
            lambda desk: desk.acts.do(Act.PAPER, shown, by, f"{how.label}: {to}"),
            lambda _n: self._paper_recorded(),
            lambda error: self.paper.to_field.say(str(error)),
        )

    def _paper_recorded(self) -> None:
        self.paper.to.set_answer("")
        self._done(Act.PAPER)

    def _save_record(self) -> None:
        shown = self.shown
        if shown is None:
            return
        path = files.ask_where(self, "Save the record as JSON", self._file_name("record"), files.JSON)
        if path is not None:
            self.work.run(
                "Writing the record",
                lambda desk, _p: desk.acts.save_record(shown, path),
                lambda _n: f"Saved as {path.name}.",
            )

    def _file_name(self, subject: str) -> str:
        day = self._context.now().astimezone(dates.ENGLAND).date().isoformat()
        return f"{subject}-{self.shown or 0:06d}-{day}"

    def _name(self) -> str:
        person = self._context.acting.person
        return person.professional.name.spoken() if person else ""

    def _restyle(self) -> None:
        theme = self._context.appearance.theme
        self.recorded.use(theme)
        for place in range(self.messages.count()):
            view = self.messages.widget(place)
            if isinstance(view, XmlView | RecordedView):
                view.use(theme)
