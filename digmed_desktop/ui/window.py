"""The frame: rail, session strip, pages; it decides which page is in view and nothing else."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from digmed_desktop.clinical import dates
from digmed_desktop.desk.views import FormLists, Opened, PersonView, PracticeView, Preview, Sent
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.story import QueueStanding
from digmed_desktop.ui.context import Context, PracticePatient
from digmed_desktop.ui.pages.check import CheckPage, recorded_groups
from digmed_desktop.ui.pages.help_page import HelpPage
from digmed_desktop.ui.pages.opening import OpeningPage
from digmed_desktop.ui.pages.page import button
from digmed_desktop.ui.pages.people import FirstRunPage, PeoplePage, SignInPage
from digmed_desktop.ui.pages.practice_mode import PracticePage
from digmed_desktop.ui.pages.sent_items import SentPage
from digmed_desktop.ui.pages.settings import SettingsPage
from digmed_desktop.ui.pages.story import StoryPage
from digmed_desktop.ui.pages.vaccinate import VaccinatePage
from digmed_desktop.ui.theme import RAIL_EM
from digmed_desktop.ui.widgets.words import Notice, Words, set_property

PRODUCT = "DigMed Desktop"


class Window(QMainWindow):
    """The program's one window."""

    ready = Signal()  # records are open and the first page is shown
    closing = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.setWindowTitle(f"{PRODUCT} – practice mode" if context.practice else PRODUCT)
        self.pages = QStackedWidget()
        self.opening = OpeningPage()
        self.pages.addWidget(self.opening)
        self.sign_in = SignInPage(context)
        self.sent = SentPage(context)
        self.story = StoryPage(context)
        self.settings = SettingsPage(context)
        self.help = HelpPage(context)
        self.check = CheckPage(context)
        self.first_run: FirstRunPage | None = None
        self.people: PeoplePage | None = None
        self.vaccinate: VaccinatePage | None = None
        self.practice: PracticePage | None = None
        for page in (self.sign_in, self.sent, self.story, self.settings, self.help, self.check):
            self.pages.addWidget(page)
        self._nav: dict[str, QPushButton] = {}
        self._before_help: QWidget | None = None
        self._build()
        self._connect()
        context.appearance.dress(self)
        self.show_page(self.opening)

    # ---- building

    def _build(self) -> None:
        central = QWidget()
        outer = QVBoxLayout(central)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        if self.context.practice is not None:
            outer.addWidget(self._make_band())
        middle = QHBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self._make_rail())
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self._make_strip())
        self.banner = Notice("look")
        self.banner.setVisible(False)
        banner_holder = QWidget()
        holder = QVBoxLayout(banner_holder)
        holder.setContentsMargins(24, 8, 24, 0)
        holder.addWidget(self.banner)
        self._banner_holder = banner_holder
        banner_holder.setVisible(False)
        right.addWidget(banner_holder)
        right.addWidget(self.pages, 1)
        middle.addLayout(right, 1)
        outer.addLayout(middle, 1)
        self.setCentralWidget(central)

    def _make_band(self) -> QFrame:
        band = QFrame()
        band.setObjectName("band")
        line = QHBoxLayout(band)
        line.setContentsMargins(16, 3, 16, 3)
        line.addWidget(
            Words("PRACTICE MODE – fictional patients only. Nothing leaves this computer.", bold=True), 1
        )
        return band

    def _make_rail(self) -> QFrame:
        rail = QFrame()
        rail.setObjectName("rail")
        layout = QVBoxLayout(rail)
        layout.setContentsMargins(0, 12, 0, 12)
        layout.setSpacing(2)
        name = Words("DigMed", 1.45, bold=True)
        name.setContentsMargins(16, 0, 8, 10)
        layout.addWidget(name)
        group = QButtonGroup(self)
        group.setExclusive(True)
        entries: list[tuple[str, str, str, Callable[[], None]]] = [
            ("vaccinate", "Vaccinate", "F2", self.go_vaccinate),
            ("sent", "Sent items", "F5", self.go_sent),
            ("people", "People", "F8", self.go_people),
            ("settings", "Settings", "F10", self.go_settings),
        ]
        if self.context.practice is not None:
            entries.append(("practice", "Practice", "F11", self.go_practice))
        entries.append(("help", "Help", "F1", self.go_help))
        for key, text, keys, go in entries:
            entry = button(f"{text}   {keys}", "nav", tip=f"{text} ({keys})")
            entry.setAccessibleName(text)
            entry.setCheckable(True)
            entry.clicked.connect(lambda _on=False, g=go: g())
            QShortcut(QKeySequence(keys), self, go)
            group.addButton(entry)
            layout.addWidget(entry)
            self._nav[key] = entry
        layout.addStretch(1)
        self.connection = Words("", role="quiet")
        self.connection.setContentsMargins(16, 0, 8, 0)
        layout.addWidget(self.connection)
        self.clock = Words("", role="quiet")
        self.clock.setContentsMargins(16, 0, 8, 0)
        layout.addWidget(self.clock)
        self._rail = rail
        timer = QTimer(self, interval=10_000)
        timer.timeout.connect(self._show_time)
        timer.start()
        self._show_time()
        return rail

    def _make_strip(self) -> QFrame:
        strip = QFrame()
        strip.setObjectName("strip")
        line = QHBoxLayout(strip)
        line.setContentsMargins(24, 6, 24, 6)
        line.setSpacing(8)
        self.who = button("Nobody signed in", "chip")
        menu = QMenu(self.who)
        menu.addAction("Switch person", self.lock)
        menu.addAction("Lock   Ctrl+L", self.lock)
        self.who.setMenu(menu)
        QShortcut(QKeySequence("Ctrl+L"), self, self.lock)
        self.programme_chip = Words("", role="quiet")
        self.pharmacy_chip = Words("", role="quiet")
        for words in (self.programme_chip, self.pharmacy_chip):
            words.setMinimumWidth(40)
        line.addWidget(self.who)
        line.addWidget(self.programme_chip, 1)
        line.addWidget(self.pharmacy_chip, 1)
        self.pharmacy_chip.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._strip = strip
        return strip

    def _connect(self) -> None:
        office = self.context.office
        office.opened.connect(self._opened)
        office.not_opened.connect(self._not_opened)
        office.failed.connect(self._failed)
        office.standing.connect(self._stands)
        office.history_moved.connect(self._history_moved)
        self.context.acting.changed.connect(self._acting_changed)
        self.context.appearance.changed.connect(self._fit)
        self.sign_in.signed_in.connect(self._signed_in)
        self.sent.chosen.connect(self.open_story)
        self.story.back.connect(self.go_sent)
        self.help.back.connect(self._leave_help)
        self.check.back.connect(self._back_to_form)
        self.check.send.connect(self._send)
        self._fit()

    def _fit(self) -> None:
        """Widths of the frame follow the size of the text."""
        self._rail.setFixedWidth(min(self.fontMetrics().horizontalAdvance("m") * RAIL_EM, 320))

    # ---- which page

    def show_page(self, page: QWidget) -> None:
        """Bring a page into view; rail and strip only once someone is signed in."""
        self.pages.setCurrentWidget(page)
        inside = self.context.acting.person is not None and page not in (
            self.opening,
            self.sign_in,
            self.first_run,
        )
        self._rail.setVisible(inside)
        self._strip.setVisible(inside)
        current = self._nav_of(page)
        for key, entry in self._nav.items():
            entry.setChecked(key == current)

    def _nav_of(self, page: QWidget) -> str:
        """Return the key of the rail's entry that a page belongs to."""
        owners: tuple[tuple[str, tuple[QWidget | None, ...]], ...] = (
            ("vaccinate", (self.vaccinate, self.check)),
            ("sent", (self.sent, self.story)),
            ("people", (self.people,)),
            ("settings", (self.settings,)),
            ("practice", (self.practice,)),
            ("help", (self.help,)),
        )
        return next((key for key, pages in owners if page in pages), "")

    def _go(self, page: QWidget | None) -> None:
        if page is None or self.context.acting.person is None:
            return
        if self.vaccinate is not None:
            self.vaccinate.save_draft()
        self.show_page(page)
        arrive = getattr(page, "arrive", None)
        if callable(arrive):
            arrive()

    def go_vaccinate(self) -> None:
        """Show the vaccination form."""
        self._go(self.vaccinate)

    def go_sent(self) -> None:
        """Show sent items."""
        self._go(self.sent)

    def go_people(self) -> None:
        """Show the people."""
        self._reload_people()
        self._go(self.people)

    def go_settings(self) -> None:
        """Show the settings."""
        self._go(self.settings)

    def go_practice(self) -> None:
        """Show practice mode's page."""
        self._go(self.practice)

    def go_help(self) -> None:
        """Show help for the page in view."""
        page = self.pages.currentWidget()
        if page is self.help:
            return
        topics = {"sent": "sent-items", "people": "people"}
        topic = (
            "first-run"
            if page is self.first_run
            else topics.get(self._nav_of(page) if page else "", "vaccinate")
        )
        self._before_help = page
        self.help.open(topic)
        self._go(self.help)

    def _leave_help(self) -> None:
        self._go(self._before_help or self.vaccinate)

    def open_story(self, notification: int) -> None:
        """Show the story of one notification."""
        self.story.open(notification)
        self._go(self.story)

    # ---- opening, people, locking

    def _opened(self, found: Opened) -> None:
        self.context.people = found.people
        if found.pharmacy is not None:
            self.context.pharmacy = found.pharmacy
        self.context.office.ask(
            lambda desk: desk.person_lists(), lambda lists: self._with_lists(found, lists)
        )

    def _with_lists(self, found: Opened, lists: FormLists) -> None:
        roles, regulators = lists.lists["roles"], lists.lists["regulators"]
        self.people = PeoplePage(self.context, roles, regulators)
        self.people.changed.connect(self._reload_people)
        self.pages.addWidget(self.people)
        if self.context.practice is not None:
            self.practice = PracticePage(self.context, self.context.practice, found.kept_in)
            self.practice.chosen.connect(self._practise)
            self.practice.clock_moved.connect(self._show_time)
            self.pages.addWidget(self.practice)
        if found.pharmacy is None or not found.people:
            self.first_run = FirstRunPage(self.context, roles, regulators, found.kept_in)
            self.first_run.done.connect(self._set_up)
            if self.context.practice is not None:
                self.first_run.fill(self.context.practice.first_run)
            self.pages.addWidget(self.first_run)
            self.show_page(self.first_run)
            self.first_run.focus_field("pharmacy.name")
        else:
            self._ask_who(locked=False)
        self.ready.emit()

    def _not_opened(self, error: DigMedError) -> None:
        self.opening.refuse(error)
        self.show_page(self.opening)

    def _set_up(self) -> None:
        self.context.office.ask(lambda desk: desk.opened(), self._after_set_up)

    def _after_set_up(self, found: Opened) -> None:
        self.context.people = found.people
        if found.pharmacy is not None:
            self.context.pharmacy = found.pharmacy
        self._ask_who(locked=False)

    def _ask_who(self, *, locked: bool) -> None:
        self.sign_in.show_people(self.context.people, locked=locked)
        self.show_page(self.sign_in)
        self.sign_in.arrive()

    def lock(self) -> None:
        """Hide everything behind the PIN; the form stays as it is."""
        if self.context.acting.person is None:
            return
        if self.vaccinate is not None:
            self.vaccinate.save_draft()
        self.context.acting.become(None)
        self._ask_who(locked=True)

    def _signed_in(self, person: PersonView) -> None:
        self.context.acting.become(person)
        if self.vaccinate is None:
            self.context.office.ask(lambda desk: desk.form_lists("vaccination"), self._make_form)
        else:
            self.vaccinate.take_over(person)
            self.go_vaccinate()

    def _make_form(self, lists: FormLists) -> None:
        self.vaccinate = VaccinatePage(self.context, lists)
        self.vaccinate.check.connect(self._show_check)
        self.pages.addWidget(self.vaccinate)
        self.programme_chip.setText(lists.programme_name)
        self.pharmacy_chip.setText(self.context.pharmacy.name)
        self.context.office.ask(lambda desk: desk.practices(), self._offer_practices)
        self.context.office.ask(lambda desk: desk.newest_draft("vaccination"), self._resume)

    def _offer_practices(self, practices: tuple[PracticeView, ...]) -> None:
        if self.vaccinate is not None:
            self.vaccinate.offer_practices(practices)

    def _resume(self, draft: object) -> None:
        from digmed_desktop.desk.views import DraftView

        if self.vaccinate is not None and isinstance(draft, DraftView):
            self.vaccinate.begin(draft)
            self._say(
                "act",
                f"The form left unfinished at {dates.shown_time(draft.changed_at)} is here again.",
                "Draft",
            )
        self.go_vaccinate()

    def _reload_people(self) -> None:
        self.context.office.ask(lambda desk: desk.opened(), self._have_people)

    def _have_people(self, found: Opened) -> None:
        self.context.people = found.people
        if self.people is not None:
            self.people.show_people(found.people)
        self.context.office.ask(lambda desk: desk.form_lists("vaccination"), self._have_lists)

    def _have_lists(self, lists: FormLists) -> None:
        if self.vaccinate is not None:
            self.vaccinate.form.set_options("people", lists.lists.get("people", ()))

    def _acting_changed(self, person: PersonView | None) -> None:
        self.who.setText(person.label if person else "Nobody signed in")
        self.who.setAccessibleName(f"Acting: {person.label}" if person else "Nobody signed in")

    # ---- the way of a notification

    def _show_check(self, preview: Preview) -> None:
        if self.vaccinate is None:
            return
        groups = recorded_groups(self.vaccinate.form, self.vaccinate.form.answers())
        self.check.show_recorded(groups, preview, "Check before sending")
        self.show_page(self.check)
        self.check.arrive()

    def _back_to_form(self, field_id: str) -> None:
        self.go_vaccinate()
        if field_id and self.vaccinate is not None:
            self.vaccinate.focus_field(field_id)

    def _send(self) -> None:
        if self.vaccinate is None:
            return
        answers, draft_id, by = self.vaccinate.form.answers(), self.vaccinate.draft_id, self.context.acting.id
        if by is not None:
            self.context.note_send(draft_id, "vaccination", by)
        self.context.office.ask(
            lambda desk: desk.send("vaccination", draft_id, answers, by=by),
            self._was_sent,
            self._was_not_sent,
        )

    def _was_sent(self, sent: Sent) -> None:
        if sent.notification is None:
            if self.vaccinate is not None:
                self.go_vaccinate()
                self.vaccinate.form.set_problems(sent.problems)
                self.vaccinate.form.tell_all()
            return
        self.context.office.deliver_now()
        if self.vaccinate is not None:
            self.vaccinate.begin()
        self.context.office.ask(lambda desk: desk.practices(), self._offer_practices)
        self.open_story(sent.notification)

    def _was_not_sent(self, error: DigMedError) -> None:
        self.check.set_sendable(sendable=True, why_not=str(error))

    def _practise(self, patient: PracticePatient) -> None:
        if self.vaccinate is not None:
            self.vaccinate.save_draft()
            self.vaccinate.begin()
            self.vaccinate.fill(patient.answers)
            self.go_vaccinate()

    # ---- standing

    def _say(self, tone: str, text: str, head: str = "") -> None:
        self.banner.say(text, head, tone)
        if head:
            self.banner.head.setText(head)
        self.banner.setVisible(bool(text))
        self._banner_holder.setVisible(bool(text))

    def _failed(self, error: DigMedError) -> None:
        self._say("stop", str(error), "That did not work")

    def _stands(self, standing: QueueStanding) -> None:
        waiting = f"{standing.waiting} waiting" if standing.waiting else ""
        needs = f"{standing.needs_person} to look at" if standing.needs_person else ""
        if standing.connected is None:
            link = "○ No connection set up"
        else:
            link = "● Connected" if standing.connected else "○ Not connected"
        self.connection.setText("\n".join(part for part in (link, waiting, needs) if part))
        set_property(
            self.connection, "ink", "look" if standing.stopped_because or standing.needs_person else ""
        )
        if standing.stopped_because:
            rest = (
                f"{waiting}: it goes out by itself when MESH can be reached."
                if standing.waiting and not standing.remedy
                else standing.remedy
            )
            self._say(
                "look",
                f"{standing.stopped_because} {rest}".strip(),
                "Not connected" if standing.connected is False else "Delivery",
            )
        elif self._banner_is_delivery():
            self._say("look", "")

    def _banner_is_delivery(self) -> bool:
        return self.banner.head.text() in {"Not connected", "Delivery"}

    def _history_moved(self) -> None:
        page = self.pages.currentWidget()
        if page is self.sent:
            self.sent.refresh()
        elif page is self.story:
            self.story.refresh()

    def _show_time(self) -> None:
        self.clock.setText(f"{self.context.now().astimezone(dates.ENGLAND):%a %d %b  %H:%M}")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep the draft and let the threads end."""
        if self.vaccinate is not None:
            self.vaccinate.save_draft()
        self.closing.emit()
        event.accept()
        super().closeEvent(event)
