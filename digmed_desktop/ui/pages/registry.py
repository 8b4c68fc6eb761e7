"""The places of the rail, in order. A new page is a line here."""

from collections.abc import Callable
from dataclasses import dataclass

from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.base import Page
from digmed_desktop.ui.pages.closed_form import ClosedFormPage
from digmed_desktop.ui.pages.drafts import DraftsPage
from digmed_desktop.ui.pages.incidents import IncidentsPage
from digmed_desktop.ui.pages.people_list import PeoplePage
from digmed_desktop.ui.pages.pgds import PgdPage
from digmed_desktop.ui.pages.practice_mode import PracticePage
from digmed_desktop.ui.pages.register import RegisterPage
from digmed_desktop.ui.pages.replies import RepliesPage
from digmed_desktop.ui.pages.sent_items import SentPage
from digmed_desktop.ui.pages.settings.page import SettingsPage
from digmed_desktop.ui.pages.signing import SigningPage
from digmed_desktop.ui.pages.stock import StockPage
from digmed_desktop.ui.pages.supply import SupplyPage
from digmed_desktop.ui.pages.today import TodayPage
from digmed_desktop.ui.pages.vaccinate import VaccinatePage


@dataclass(frozen=True, slots=True)
class Place:
    """A page that the rail leads to; it is made when it is first visited."""

    key: str
    title: str
    keys: str  # its function key
    make: Callable[[Context], Page]
    help_topic: str
    group: str  # the heading of the rail that it stands under
    only_in_practice_mode: bool = False


HOME = "today"
"""The place shown after signing in."""

WORK, RECORDS, SET_UP = "Work", "Records", "Set-up"

PLACES: tuple[Place, ...] = (
    Place("today", "Today", "F4", TodayPage, "today", WORK),
    Place("vaccinate", "Vaccinate", "F2", VaccinatePage, "vaccinate", WORK),
    Place("supply", "Supply", "F3", SupplyPage, "supply", WORK),
    Place("drafts", "Drafts", "Ctrl+D", DraftsPage, "drafts", WORK),
    Place("sign", "To sign", "Ctrl+T", SigningPage, "to-sign", WORK),
    Place("sent", "Sent items", "F5", SentPage, "sent-items", RECORDS),
    Place("replies", "Replies", "Ctrl+R", RepliesPage, "replies", RECORDS),
    Place("register", "Register", "F6", RegisterPage, "register", RECORDS),
    Place("stock", "Stock", "F7", StockPage, "stock", RECORDS),
    Place("incidents", "Incidents", "Ctrl+I", IncidentsPage, "incidents", RECORDS),
    Place("people", "People", "F8", PeoplePage, "people", SET_UP),
    Place("pgds", "PGDs", "Ctrl+G", PgdPage, "pgds", SET_UP),
    Place("settings", "Settings", "F10", SettingsPage, "settings", SET_UP),
    Place(
        "practice", "Practice mode", "F11", PracticePage, "practice-mode", SET_UP, only_in_practice_mode=True
    ),
)

FORMS = {"vaccination": "vaccinate", "emergency-supply": "supply"}
"""The place of each form."""


def page_of(place: Place, context: Context) -> Page:
    """Make the page of a place; for a form that is closed, the page that says so."""
    form = next((form for form, key in FORMS.items() if key == place.key), "")
    closed = context.lists[form].closed if form in context.lists else ""
    page = ClosedFormPage(place.title, closed) if closed else place.make(context)
    page.rail_key = place.key
    page.setAccessibleName(place.title)
    return page
