"""The window: which page is in view, and the ways from one to another. The pages do the rest."""

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from digmed_desktop.clinical import dates
from digmed_desktop.desk.views.general import FormLists
from digmed_desktop.messaging.searching import Search
from digmed_desktop.ui.context import Context, FormStart, IncidentStart
from digmed_desktop.ui.counter import Counter
from digmed_desktop.ui.find_or_do import FindOrDo
from digmed_desktop.ui.first_window import PRACTICE_PRODUCT, PRODUCT, take_last_size
from digmed_desktop.ui.frame import Banner, practice_band
from digmed_desktop.ui.keys import KeyLaw
from digmed_desktop.ui.notices import Notices
from digmed_desktop.ui.pages.base import Page, Pages
from digmed_desktop.ui.pages.check import CheckPage
from digmed_desktop.ui.pages.contact_clock import of_another_day
from digmed_desktop.ui.pages.drafts import DraftsPage
from digmed_desktop.ui.pages.fault_reports import FaultReportsPage
from digmed_desktop.ui.pages.form_page import FormPage
from digmed_desktop.ui.pages.help_page import HelpPage
from digmed_desktop.ui.pages.incidents import IncidentsPage
from digmed_desktop.ui.pages.people import FirstRunPage
from digmed_desktop.ui.pages.people_list import PeoplePage
from digmed_desktop.ui.pages.practice_mode import PracticePage
from digmed_desktop.ui.pages.registry import FORMS, HOME, PLACES, SET_UP, Place, page_of
from digmed_desktop.ui.pages.sent_items import SentPage
from digmed_desktop.ui.pages.settings.page import SettingsPage
from digmed_desktop.ui.pages.story import StoryPage
from digmed_desktop.ui.pages.vaccinate import VaccinatePage
from digmed_desktop.ui.patient_banner import NOBODY, PatientBanner
from digmed_desktop.ui.rail import Entry, Rail
from digmed_desktop.ui.record_imports import RecordImports
from digmed_desktop.ui.send_flow import SendFlow
from digmed_desktop.ui.sign_in_flow import SignInFlow
from digmed_desktop.ui.strip import Strip
from digmed_desktop.ui.toast import Toast
from digmed_desktop.ui.widgets.focus_ring import FocusRing
from digmed_desktop.ui.working import Working

KEEP_SECONDS = 4.0  # Windows ends a program that takes longer than five to answer
MOST_STEPS_BACK = 9


class Window(QMainWindow):
    """The program's one window."""

    ready = Signal()  # records are open and the first page is shown
    closing = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.setWindowTitle(PRACTICE_PRODUCT if context.practice else PRODUCT)
        self.places: dict[str, Place] = {
            place.key: place
            for place in PLACES
            if context.practice is not None or not place.only_in_practice_mode
        }
        self._made: dict[str, Page] = {}
        self._been: list[str] = []  # the places looked at before, the last one last
        self._before_help: Page | None = None
        self.pages = Pages()
        self.pages.setMinimumHeight(1)  # a page that needs more height than a screen has scrolls by itself
        self.signing_in = SignInFlow(self)
        self.opening, self.sign_in, self.recovery = (
            self.signing_in.opening,
            self.signing_in.sign_in,
            self.signing_in.recovery,
        )
        self.story = StoryPage(context)
        self.check = CheckPage(context)
        self.help = HelpPage(context)
        self.reports = FaultReportsPage(context)
        for page in (self.story, self.check, self.help, self.reports):
            self.pages.addWidget(page)
        self._build()
        self.notices = Notices(self, self.banner, self.rail)
        self._connect()
        self.sending = SendFlow(self)
        self.counter = Counter(self, self)
        self.record_imports = RecordImports(self)
        self.keys = KeyLaw(self, self.pages, self._leave_page)
        context.appearance.dress(self)
        self.find_or_do = FindOrDo(self, self)
        FocusRing(self, context.appearance)
        self.show_page(self.opening)

    # ---- building

    def _build(self) -> None:
        entries = [Entry(place.key, place.title, place.keys, place.group) for place in self.places.values()]
        self.rail = Rail([*entries, Entry("help", "Help", "F1", SET_UP)], self)
        self.strip = Strip()
        self.banner = Banner()
        self.patient = PatientBanner()
        self.who = self.strip.who
        central = QWidget()
        outer = QVBoxLayout(central)
        middle = QHBoxLayout()
        right = QVBoxLayout()
        for layout in (outer, middle, right):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        if self.context.practice is not None:
            outer.addWidget(practice_band())
        outer.addLayout(middle, 1)
        middle.addWidget(self.rail)
        middle.addLayout(right, 1)
        right.addWidget(self.strip)
        right.addWidget(self.banner)
        right.addWidget(self.patient)
        right.addWidget(self.pages, 1)
        self.toast = Toast(self.pages, self.context.acting)
        self.toast.opened.connect(self.open_story)
        self.context.navigate.said.connect(self.toast.say)
        self.working = Working(self.pages)
        self.context.office.slowness.changed.connect(self.working.show_if)
        self.patient.copied.connect(self.toast.say)
        self.setCentralWidget(central)

    def _connect(self) -> None:
        context, office = self.context, self.context.office
        office.who_acts = lambda: context.acting.id
        office.failed.connect(self.notices.failed)
        office.standing.connect(self.notices.show_standing)
        office.history_moved.connect(self._history_moved)
        context.acting.changed.connect(self.strip.show_person)
        context.acting.changed.connect(self.banner.follow)
        context.appearance.changed.connect(self.rail.fit)
        context.navigate.to_place.connect(self.go)
        context.navigate.to_notification.connect(self.open_story)
        context.navigate.to_form.connect(self.begin_form)
        context.navigate.to_search.connect(self.open_list)
        context.navigate.to_incident.connect(self.open_incident)
        context.navigate.to_section.connect(self.open_section)
        self.rail.chosen.connect(self.go)
        self.strip.lock.connect(self.lock)
        self.strip.search.connect(lambda: self.find_or_do.open())
        context.navigate.lists_changed.connect(self.take_lists)
        self.signing_in.ready.connect(self.ready)
        self.help.back.connect(self._leave_help)
        self.reports.done.connect(self._after_reports)
        self.story.patient_changed.connect(self.follow_session)
        context.made.changed.connect(self.follow_session)
        QShortcut(QKeySequence("Ctrl+L"), self, self.lock)
        timer = QTimer(self, interval=10_000)
        timer.timeout.connect(self.show_time)
        timer.start()
        self.show_time()
        self.rail.fit()

    # ---- which page

    def page(self, key: str) -> Page:
        """Return the page of a place; it is made when it is first asked for."""
        if key not in self._made:
            made = page_of(self.places[key], self.context)
            self._made[key] = made
            self.pages.addWidget(made)
            if isinstance(made, FormPage):
                made.check.connect(partial(self.sending.show_check, made))
                made.strip_changed.connect(self.follow_session)
                made.scan_panel.was_typing.connect(self.counter.put_back)
                made.drafts.failed.connect(self.notices.draft_failed)
                made.drafts.mended.connect(self.notices.drafts_mended)
            if isinstance(made, VaccinatePage):
                made.programme_chosen.connect(self.strip.programme.setText)
            if isinstance(made, PeoplePage):
                made.changed.connect(self.signing_in.people_changed)
            if isinstance(made, DraftsPage):
                made.discarded.connect(self._leave_draft)
            if isinstance(made, PracticePage):
                made.clock_moved.connect(self.show_time)
        return self._made[key]

    @property
    def first_run(self) -> FirstRunPage | None:
        """The first run's page, where a pharmacy without people was opened."""
        return self.signing_in.first_run

    @property
    def vaccinate(self) -> VaccinatePage | None:
        """The vaccination form, once it was looked at."""
        page = self._made.get("vaccinate")
        return page if isinstance(page, VaccinatePage) else None

    @property
    def sent(self) -> SentPage:
        """The sent items."""
        page = self.page("sent")
        assert isinstance(page, SentPage)  # noqa: S101 - as the registry says
        return page

    @property
    def people(self) -> PeoplePage | None:
        """The people, once they were looked at."""
        page = self._made.get("people")
        return page if isinstance(page, PeoplePage) else None

    @property
    def practice(self) -> PracticePage | None:
        """Practice mode's page, once it was looked at."""
        page = self._made.get("practice")
        return page if isinstance(page, PracticePage) else None

    def show_page(self, page: Page) -> None:
        """Bring a page into view; rail and strip only once someone is signed in."""
        if (popup := QApplication.activePopupWidget()) is not None:
            popup.close()  # a list of the page before, perhaps of patients, when the idle time locks
        page = self.reports.first(page)
        self.pages.setCurrentWidget(page)
        self.strip.pharmacy.setText(self.context.pharmacy.name)
        self.rail.setVisible(self.is_inside)
        self.strip.setVisible(self.is_inside)
        self.rail.mark(page.rail_key)
        self.follow_session()

    @property
    def is_inside(self) -> bool:
        """Whether someone is signed in and has a page in view."""
        page = self.pages.in_view
        return self.context.acting.person is not None and not self.signing_in.is_outside(page)

    def put_cursor(self) -> None:
        """Put the cursor on the page in view, where nothing has it."""
        if (page := self.pages.in_view) is not None:
            self.keys.arrive(page)

    def follow_session(self) -> None:
        """Show the session and the patient of the page in view."""
        self.counter.follow_page()
        page = self.pages.in_view
        view = page.banner() if page is not None else None
        self.patient.setVisible(view is not None)
        if view is not None:
            self.patient.show_view(view)
            if page is not self.story and view.name != NOBODY:
                self.toast.make_way()

    def visit(self, page: Page) -> None:
        """Go to a page, as far as someone is signed in; drafts are kept first."""
        if self.context.acting.person is None:
            return
        self.save_drafts()
        if (left := self.pages.in_view) is not None and left.rail_key:
            self._been = [*self._been[-MOST_STEPS_BACK:], left.rail_key]
        self.show_page(page)
        self.keys.enter(page)

    def _leave_page(self) -> None:
        """Go back to the place looked at before, at last to Today."""
        if self.context.acting.person is None:
            return
        page = self.pages.in_view
        while self._been and page is not None and self._been[-1] == page.rail_key:
            self._been.pop()
        self.go(self._been.pop() if self._been else HOME)

    def go(self, key: str) -> None:
        """Bring a place into view; ``help`` is the help for the page that is."""
        if self.context.acting.person is None and key != "help":
            return
        if key == "help":
            self.open_help()
        elif key in self.places:
            page = self.page(key)
            if isinstance(page, FormPage) and page.corrects:
                page.next_patient()  # a correction is gone on with from Drafts, never by chance
            self.visit(page)

    def open_help(self) -> None:
        """Show help for the page in view."""
        page = self.pages.in_view
        if page is self.help or page is None:
            return
        place = self.places.get(page.rail_key)
        topic = page.help_topic or (place.help_topic if place else "first-run")
        self._before_help = page
        self.help.open(topic)
        self.visit(self.help)

    def _after_reports(self, page: Page) -> None:
        self.show_page(page)
        self.keys.enter(page)

    def _leave_help(self) -> None:
        self.visit(self._before_help or self.page(HOME))

    def open_story(self, notification: int) -> None:
        """Show the story of one notification."""
        self.story.open(notification)
        self.visit(self.story)

    def open_list(self, search: Search) -> None:
        """Show the sent items that a search finds."""
        self.sent.show_search(search)
        self.go("sent")

    def open_incident(self, start: IncidentStart) -> None:
        """Show an incident, or begin one."""
        page = self.page("incidents")
        if isinstance(page, IncidentsPage):
            page.begin(start)
        self.go("incidents")

    def open_section(self, key: str) -> None:
        """Show a section of the settings."""
        self.go("settings")
        page = self.page("settings")
        if isinstance(page, SettingsPage):
            page.section(key)

    def begin_form(self, start: FormStart) -> None:
        """Begin a form with answers known beforehand, or go on with a draft; what is on the form stays a draft."""
        page = self.page(FORMS[start.form])
        if isinstance(page, FormPage):
            page.save_draft()
            page.begin(start)
        self.toast.hide()  # it names the patient before this one, and lies over this one's form
        self.visit(page)
        if start.draft is not None and (told := of_another_day(start.draft.state, self.context.now())):
            self.banner.say("look", told, "Draft")

    @property
    def form_in_check(self) -> FormPage | None:
        """The form that the check page shows."""
        return self.sending.form

    def forms(self) -> list[FormPage]:
        """Return the forms that were looked at."""
        return [page for page in self._made.values() if isinstance(page, FormPage)]

    def _leave_draft(self, draft: str) -> None:
        """Begin anew the form whose draft was discarded: it would be kept again with the next key."""
        for form in self.forms():
            if form.draft_id == draft:
                form.begin()

    def save_drafts(self) -> None:
        """Have every form stored as a draft."""
        for form in self.forms():
            form.save_draft()

    def keep_typed(self) -> None:
        """Have what is typed written down before this returns: the session may end at any moment."""
        self.save_drafts()
        self.context.office.settle(KEEP_SECONDS)

    # ---- what every page gets

    def lock(self) -> None:
        """Hide everything behind the PIN; the forms stay as they are."""
        self.signing_in.lock()

    def open_record(self, text: str) -> None:
        """Take in a record import, which another system sends; its draft comes into view once someone is signed in."""
        self.record_imports.take(text)

    def take_lists(self, lists: dict[str, FormLists]) -> None:
        """Give every form the lists it offers from now on."""
        self.context.lists.update(lists)
        for form in self.forms():
            form.use_lists(lists[form.FORM])

    def _history_moved(self) -> None:
        if (page := self.pages.in_view) is not None:
            page.history_moved()

    def show_time(self) -> None:
        """Show the time of the program's clock."""
        self.rail.clock.setText(f"{self.context.now().astimezone(dates.ENGLAND):%a %d %b  %H:%M}")

    def take_last_size(self) -> None:
        """Take the size that it had on this computer, as far as the screen has it; at first 1280 by 720."""
        take_last_size(self, self.context.layout)

    def _keep_size(self) -> None:
        layout, normal = self.context.layout, self.normalGeometry().size()
        size = self.size() if normal.isEmpty() else normal
        layout.size, layout.maximized = (size.width(), size.height()), self.isMaximized()
        layout.save()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep the drafts and let the threads end."""
        self.save_drafts()
        self._keep_size()
        self.counter.forget_copied()  # Windows would keep it on the clipboard after the end
        self.closing.emit()
        event.accept()
        super().closeEvent(event)
