"""One notification: its state in words, what happened, what was recorded and sent, its versions, and what can be done."""

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QMenu,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from digmed_desktop.clinical import dates
from digmed_desktop.desk.sent_views import Act, Begun, How, Offer, Printed, StoryView, yellow_card
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.states import UNSIGNED, State
from digmed_desktop.messaging.story import NotificationRow
from digmed_desktop.messaging.wording import Tone, record_word, words_of_row
from digmed_desktop.ui import files, printing
from digmed_desktop.ui.context import Context, FormStart, IncidentStart
from digmed_desktop.ui.pages.long_work import LongWork
from digmed_desktop.ui.pages.page import button
from digmed_desktop.ui.pages.story_messages import MessagesView
from digmed_desktop.ui.pages.story_parts import (
    ActPanel,
    Column,
    PaperPanel,
    RecordedView,
    VersionsView,
    event_line,
    recorded,
)
from digmed_desktop.ui.patient_banner import BannerView, banner_of_record
from digmed_desktop.ui.tokens import INSET, SPACE
from digmed_desktop.ui.widgets.buttons import menu_button
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.words import Notice, announce, breakable, heading, quiet, set_property

SPLIT_SHARES = (400, 640)  # of the timeline, and of the record
LEAST_LINES = 7  # of both
BUTTONS = (Act.TRY_AGAIN, Act.CORRECT, Act.WITHDRAW, Act.TELEPHONE, Act.NOTE)
"""Acts with a button of their own; the others are in the menu beside."""
SAID_BY_STATE = (Act.PAPER, Act.CANCEL)
"""Acts after which the state at the top of the page says what was done."""


class _Rest(QSplitter):
    """Takes the height that is left on a page, and asks for no more than its least."""

    def sizeHint(self) -> QSize:
        """Return the width of its parts, and the least height."""
        return QSize(super().sizeHint().width(), self.minimumHeight())


class StoryPage(QWidget):
    """Everything known of one notification, and the acts that its state allows."""

    patient_changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.shown: int | None = None
        self.view: StoryView | None = None
        self.offers: dict[Act, Offer] = {}
        self._typed: dict[tuple[int, Act], str] = {}  # of what was begun and is not recorded yet
        self._under_way: set[tuple[int, Act]] = set()  # pressed, and not answered yet
        self._refused_to = ""  # why whoever is signed in may not do more, and who may
        self._to_say: dict[int, str] = {}  # of acts that ended while another page was in view
        self.state = Notice("act")
        self.work = LongWork(context.office)
        self.panel, self.paper = ActPanel(yellow_card()), PaperPanel()
        self.events = Column("Timeline")
        self.recorded = RecordedView(context.appearance.theme)
        self.versions = VersionsView()
        self.messages = MessagesView(context.appearance)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for named in (self.tabs, self.tabs.tabBar()):
            named.setAccessibleName("Parts of this notification")
        self.tabs.addTab(self.recorded, "Record")
        self.tabs.addTab(self.messages, "Messages")
        self.tabs.addTab(self.versions, "Versions")
        self.splitter = _Rest(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self.events)
        self.right = QStackedWidget()
        self.right.addWidget(self.tabs)
        acting = Column("Next step")
        acting.show_widgets([self.panel, self.paper])
        self.right.addWidget(acting)
        self.splitter.addWidget(self.right)
        self.splitter.setStretchFactor(0, 2)
        self.splitter.setStretchFactor(1, 3)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes(SPLIT_SHARES)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        """Let the whole page scroll where large text leaves too little room: its words are never cut."""
        inside = QWidget()
        inside.setObjectName("page")
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(*INSET.bar)
        layout.setSpacing(SPACE.small)
        layout.addWidget(self._make_bar())
        for widget in (self.state, self.work):
            layout.addWidget(widget)
        layout.addWidget(self.splitter, 1)
        whole = QScrollArea()
        whole.setWidgetResizable(True)
        whole.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole.setFrameShape(QFrame.Shape.NoFrame)
        whole.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(whole)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the height of some lines for the timeline and the record."""
        super().resizeEvent(event)
        self.splitter.setMinimumHeight(self.fontMetrics().height() * LEAST_LINES)

    def _make_bar(self) -> QWidget:
        self.back_button = button("Back to sent items", tip="Back to sent items (Esc)")
        self.back_button.clicked.connect(lambda: self._context.navigate.to_place.emit("sent"))
        self.buttons: dict[Act, QPushButton] = {}
        self.paper_button = button("Paper copy")  # the first act of what goes on paper
        self.paper_button.clicked.connect(self._begin_paper)
        for act in BUTTONS:
            made = button("")
            made.clicked.connect(partial(self._begin, act))
            made.setHidden(True)
            self.buttons[act] = made
        self.more = menu_button("More", QMenu(self))
        return flow(self.back_button, self.paper_button, *self.buttons.values(), self.more)

    def _connect(self) -> None:
        self.panel.confirmed.connect(self._do)
        self.panel.closed.connect(self._read)
        self.paper.closed.connect(self._read)
        self.versions.chosen.connect(self._context.navigate.to_notification.emit)
        self.paper.save.connect(self._save_copy)
        self.paper.printing.connect(self._print_copy)
        self.paper.gone.connect(self._has_gone)
        self._context.appearance.changed.connect(lambda: self.recorded.use(self._context.appearance.theme))

    def banner(self) -> BannerView | None:
        """Return whose notification it is, None while that is not known."""
        return None if self.view is None else self._whose(self.view, self.view.story.row)

    def _whose(self, view: StoryView, row: NotificationRow) -> BannerView:
        today = self._context.now().astimezone(dates.ENGLAND).date()
        return banner_of_record(row, view.patient, view.allergies, today, self._context.made)

    # ---- which one

    def open(self, notification: int) -> None:
        """Show one notification."""
        if notification != self.shown:
            self.view = None
            self.state.hide()  # nothing is known of it yet
            self._offer_nothing()  # what could be done with the one before is not what can be done with this
            self._read()
            self.work.say("")
            self.tabs.setCurrentIndex(0)
        self.shown = notification
        if said := self._to_say.pop(notification, ""):
            self.work.say(said, "look")
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
        self._show_head(view)  # what is due follows the clock, whether or not anything happened
        if view == self.view:
            return
        self.view = view
        self.patient_changed.emit()
        self._show_timeline(view)
        self.recorded.show_sections(recorded(view.recorded))
        self.versions.show_versions(view.versions, item.id)
        self.tabs.setTabText(2, f"Versions ({len(view.versions)})" if len(view.versions) > 1 else "Versions")
        self.messages.show_story(view)

    def _show_timeline(self, view: StoryView) -> None:
        who_may = [quiet(self._refused_to)] if self._refused_to else []
        lines = [event_line(one) for one in view.story.events]
        about = quiet(self._facts(view.story.row))
        self.events.show_widgets([about, *who_may, heading("Timeline"), *lines])

    def _show_head(self, view: StoryView) -> None:
        item = view.story.row
        words = words_of_row(item, self._context.duty(), self._context.now())
        tone = "act" if words.tone is Tone.PLAIN else words.tone.value
        self.state.show()
        self.state.say(f"{words.happened} {words.do}".strip(), tone=tone)
        paper = item.state is State.TO_PAPER
        whose = "practice" if item.practice_name else "patient"
        self.paper_button.setText(f"Print for the {whose}" if paper else "Paper copy")
        self.paper_button.setAccessibleName(self.paper_button.text())
        set_property(self.paper_button, "kind", "primary" if paper else "")
        needs = " · action needed" if item.needs_person else ""
        self.state.head.setText(f"{record_word(item)} · {words.word}{needs}")

    def _facts(self, item: NotificationRow) -> str:
        due = self._context.duty().due_day(item.duty_from)
        facts = (
            item.what,
            f"batch {item.batch}" if item.batch else "",
            dates.shown_time(item.contact_at),
            item.by,
            item.practice_name,
            f"due by the end of {due:%A} {dates.shown(due)}"
            if item.corrects is None and item.state is not State.NOT_SHARED
            else "",
        )
        return breakable(" · ".join(part for part in facts if part))

    def _offer_nothing(self) -> None:
        self.offers = {}
        for made in self.buttons.values():
            made.setHidden(True)
        self.more.menu().clear()

    def _offer(self, notification: int, offers: tuple[Offer, ...]) -> None:
        if notification != self.shown:
            return
        self.offers = {offer.act: offer for offer in offers if not offer.refused}
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
        acting = self._context.acting
        not_save, not_print = (
            acting.refusal(one) for one in (Permission.SAVE_RECORD, Permission.PRINT_RECORDS)
        )
        if not acting.refusal(Permission.RECORD_INCIDENT):
            menu.addAction("Record an incident …", partial(self._begin_incident, notification))
        if not not_save:
            menu.addAction("Save the record as JSON …", self._save_record)
        self.more.setHidden(menu.isEmpty())
        self.paper_button.setHidden(bool(not_print))
        refused = dict.fromkeys((*(offer.refused for offer in offers), not_print, not_save))
        said = " ".join(one for one in refused if one)
        if said != self._refused_to:
            self._refused_to = said
            if self.view is not None:
                self._show_timeline(self.view)
        if self.panel.offer is not None and self.panel.offer.act not in self.offers:
            self.panel.refuse("This is not possible any more: the notification has moved on meanwhile.")

    # ---- acting

    def _begin(self, act: Act) -> None:
        if act in self.offers and self.shown is not None:
            self._keep_typed()
            self.paper.setHidden(True)
            self.right.setCurrentIndex(1)
            self.panel.show_offer(self.offers[act], self._typed.get((self.shown, act), ""))

    def _begin_incident(self, notification: int) -> None:
        self._context.navigate.to_incident.emit(IncidentStart(notification=notification))

    def _begin_paper(self) -> None:
        if self.shown is None:
            return
        self._keep_typed()
        self.panel.put_away()
        self.right.setCurrentIndex(1)
        self.paper.to.set_answer(self._typed.get((self.shown, Act.PAPER), ""))
        signed = self.view is None or self.view.story.row.state not in UNSIGNED
        told = signed and (self.view is None or self.view.may_be_told)
        self.paper.show_panel(
            tuple(How) if told else (How.PATIENT,), may_record=Act.PAPER in self.offers, signed=signed
        )

    def _keep_typed(self) -> None:
        """Keep what is typed in an open panel with its notification; the act brings it back."""
        if self.shown is None:
            return
        if self.panel.offer is not None:
            self._typed[self.shown, self.panel.offer.act] = self.panel.typed
        if not self.paper.isHidden():
            self._typed[self.shown, Act.PAPER] = self.paper.to.answer().strip()

    def _read(self) -> None:
        """Put the panels away and show what can be read."""
        self._keep_typed()
        self.panel.put_away()
        self.paper.setHidden(True)
        self.right.setCurrentIndex(0)

    def _in_view(self, notification: int) -> bool:
        """Whether somebody looks at a notification now: what ends late acts on no other page."""
        return self.shown == notification and self.isVisible()

    def _do(self, act: Act, words: str) -> None:
        by, shown = self._context.acting.id, self.shown
        if by is None or shown is None or (shown, act) in self._under_way:
            return
        self._under_way.add((shown, act))
        office = self._context.office
        refused = partial(self._refused, shown, act)
        if act is Act.CORRECT:
            office.ask(
                lambda desk: desk.acts.begin_correction(shown, words), partial(self._correct, shown), refused
            )
        elif act in (Act.WITHDRAW, Act.REACTION):
            office.ask(
                lambda desk: (
                    desk.acts.withdraw(shown, by, words)
                    if act is Act.WITHDRAW
                    else desk.acts.reaction(shown, by, words)
                ),
                partial(self._followed_up, shown, act),
                refused,
            )
        else:
            office.ask(
                lambda desk: desk.acts.do(act, shown, by, words),
                lambda _n: self._done(shown, act),
                refused,
            )

    def _refused(self, notification: int, act: Act, error: DigMedError) -> None:
        """Say why it was not done: at its panel, or over the page that is in view by now."""
        self._under_way.discard((notification, act))
        open_now = self.panel.offer.act if self.panel.offer else None
        if self._in_view(notification) and open_now is act:
            self.panel.refuse(str(error))
        else:
            self._context.office.failed.emit(error)

    def _is_recorded(self, notification: int, act: Act) -> bool:
        """Forget the words of an act that was done; return whether its notification is in view."""
        self._under_way.discard((notification, act))
        here = self._in_view(notification)
        asked = self.panel.offer.act if self.panel.offer else None
        if here and (asked is act or (act is Act.PAPER and asked is None)):  # another one stays open
            self._read()
        self._typed.pop((notification, act), None)
        return here

    def _correct(self, notification: int, begun: Begun) -> None:
        self._under_way.discard((notification, Act.CORRECT))
        if self._in_view(notification):  # else nothing was begun yet: the reason stays with its act
            self._is_recorded(notification, Act.CORRECT)
            self._context.navigate.to_form.emit(FormStart(begun.form, whole=begun.state))

    def _followed_up(self, notification: int, act: Act, newer: int) -> None:
        here = self._is_recorded(notification, act)
        self._context.office.deliver_now()
        if act is Act.REACTION:
            card = yellow_card()
            self._to_say[newer] = (
                "The reaction is recorded. Telephone the practice now, then press “Told by telephone”. "
                f"Report it to the {card.name} too: {card.address}, freephone {card.telephone}."
            )
        else:
            self._to_say[newer] = "Withdrawal saved. It will be sent now. Telephone the practice too."
        if here:
            self._context.navigate.to_notification.emit(newer)

    def _done(self, notification: int, act: Act) -> None:
        here = self._is_recorded(notification, act)
        if here:
            said = f"{self.offers[act].label if act in self.offers else 'It'}: recorded."
            announce(self, said)
            self.work.say("" if act in SAID_BY_STATE else said)
            self.refresh()
        if act in (Act.TRY_AGAIN, Act.SEND_AS_NEW):
            self._context.office.deliver_now()

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
                lambda _n: f"Saved as {path.name}. When you have sent it, record it as sent.",
            )

    def _print_copy(self, how: How) -> None:
        shown, by, name = self.shown, self._name(), self._file_name("notification")
        if shown is not None:
            self._context.office.ask(
                lambda desk: desk.papers.printed(desk.papers.copy(shown, how, by), name),
                lambda printed: self._print(printed) if self._in_view(shown) else None,
            )

    def _print(self, printed: Printed) -> None:
        said = "Sent to the printer. When you have sent the copy, record it as sent."
        printing.print_on_paper(
            self._context,
            self,
            printed,
            lambda error: self.work.say(str(error), "look"),
            lambda: self.work.say(said),
        )

    def _has_gone(self, how: How, to: str) -> None:
        by, shown = self._context.acting.id, self.shown
        if by is None or shown is None or (shown, Act.PAPER) in self._under_way:
            return
        self._under_way.add((shown, Act.PAPER))
        self._context.office.ask(
            lambda desk: desk.acts.do(Act.PAPER, shown, by, f"{how.label}: {to}"),
            lambda _n: self._done(shown, Act.PAPER),
            partial(self._paper_refused, shown),
        )

    def _paper_refused(self, notification: int, error: DigMedError) -> None:
        self._under_way.discard((notification, Act.PAPER))
        if self._in_view(notification) and not self.paper.isHidden():
            self.paper.to_field.say(str(error))
        else:
            self._context.office.failed.emit(error)

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
