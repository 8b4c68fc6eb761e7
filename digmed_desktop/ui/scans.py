"""Sort quick input: a scan goes to the page in view, text to its field, and one key puts back what was text."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWidget
from shiboken6 import isValid

from digmed_desktop.clinical.form import Option
from digmed_desktop.desk.views.general import ScannedOn, ScannedPack
from digmed_desktop.scanning.burst import Burst
from digmed_desktop.scanning.pack import Found, Scan, is_code, is_sure, read_burst
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.frame import Banner
from digmed_desktop.ui.pages.base import Page, Pages
from digmed_desktop.ui.pages.form_page import FormPage
from digmed_desktop.ui.widgets.editors import DateEditor
from digmed_desktop.ui.widgets.field import Field

PATIENTS_AT = frozenset({"patient.search", "patient.nhs_number", "patient.given", "patient.family"})
"""Questions at which ten digits are a patient's number that was scanned; elsewhere they may be text."""
HEAD = "Scanned"
NOT_HERE = (
    "You can scan on the forms and on the Stock page. Go there and scan again. If it was text, press "
    "Alt+Z to put it in the field."
)
NO_FIELD = (
    "Text came in quickly where nothing can be typed, so it was not accepted. Go to the field it is meant for and press "
    "Alt+Z."
)
NOBODY = "Nobody is signed in, so the scan was not accepted. Sign in and scan again."
NUMBER_AS_TEXT = (
    "An NHS number came in quickly and went into this field as text. To scan a patient, go to Find first."
)


class Frame(Protocol):
    """The part of the window that this uses."""

    context: Context
    pages: Pages
    banner: Banner


class BeforeScan(QObject):
    """The answers of a page as they were before a scan changed them."""

    def __init__(self, page: Page | None) -> None:
        super().__init__()
        self._page = page
        self._since: set[str] = set()  # what a person answered after the scan
        self._before: Mapping[str, str] = {}
        self._draft = page.draft_id if isinstance(page, FormPage) else ""
        self._carried = set(page.carried) if isinstance(page, FormPage) else set()
        self._holder = page.scan_fields() if page is not None else None
        if self._holder is not None:
            self._before = self._holder.answers()
            for field in self._holder.fields.values():
                field.edited.connect(self._edited)

    def _edited(self, field_id: str) -> None:
        self._since.add(field_id)

    @property
    def stands(self) -> bool:
        """Whether it is the last thing that happened on its page, or what is said of it is still in view."""
        if not isinstance(self._page, FormPage):
            return not self._since
        said = not self._page.scan_panel.isHidden()
        return self._page.draft_id == self._draft and (said or not self._since)

    def put_back(self) -> None:
        """Answer as before the scan; what a person answered since then stays."""
        if self._holder is None:
            return
        now = self._holder.answers()
        changed = {
            key: text
            for key, text in self._before.items()
            if key in now and now[key] != text and key not in self._since
        }
        if isinstance(self._page, FormPage):
            self._page.answer_as_before(changed, self._carried)
            return
        for key, text in changed.items():
            self._holder.fields[key].editor.write(text)


class Scans(QObject):
    """Belongs to one window. A form has its own way with a scan."""

    def __init__(self, window: Frame, parent: QWidget) -> None:
        super().__init__(parent)
        self._window, self._context = window, window.context
        self._at: QWidget | None = None  # where the cursor was at the last scan
        self._before: BeforeScan | None = None  # until what was scanned is put back

    def take(self, burst: Burst) -> None:
        """Give a scan to the page in view, and text to the field at the cursor."""
        page, self._at = self._window.pages.in_view, QApplication.focusWidget()
        self._before = BeforeScan(page)
        if self._is_text(burst, page):
            self._give_text(burst, page)
            return
        scan = read_burst(burst, self._context.made.now.scanner_separator)
        if page is not None and page.takes_scans:
            page.take_scanned(burst, scan)
        elif self._context.acting.person is None:
            self._window.banner.say("look", NOBODY, HEAD, for_all=True)
        elif not isinstance(page, FormPage):
            self._window.banner.say("look", NOT_HERE, HEAD)
        elif scan.found is Found.PATIENT:
            page.search.scanned(scan.nhs_number)
        elif scan.found is Found.REFUSED or not page.TAKES_PACKS:
            page.scan_panel.say(scan.sentence or "Packs are scanned on the vaccination form.", "stop")
        else:
            self._pack(page, scan)

    def put_back(self) -> bool:
        """Type what was taken for a scan where the cursor was, once; return whether there was anything."""
        before, self._before = self._before, None
        if before is None or not before.stands:
            return False
        if not self._can_type():
            self._before = before
            self._window.banner.say("look", NO_FIELD, HEAD)
            return True
        before.put_back()
        if self._window.banner.head == HEAD:
            self._window.banner.say("look", "")
        self._type()
        return True

    def forget(self) -> None:
        """Forget the last scan: someone else is at work now."""
        self._before = None

    # ---- text or code

    def _is_text(self, burst: Burst, page: Page | None) -> bool:
        """Whether it is meant for the field at the cursor."""
        if QApplication.activeModalWidget() is not None:  # a dialog takes no scans
            return True
        if page is not None and page.tries_scanner:
            return False
        separator = self._context.made.now.scanner_separator
        if not is_code(burst, separator):
            return True
        if is_sure(burst) or not takes_text(self._at):
            return False
        if not isinstance(page, FormPage):
            number = read_burst(burst, separator).found is Found.PATIENT
            return number or page is None or not page.takes_scans
        if read_burst(burst, separator).found is Found.PATIENT:
            return question_at(self._at) not in PATIENTS_AT and not is_in_date(self._at)
        return not page.TAKES_PACKS and burst.text.strip().isdigit()

    def _give_text(self, burst: Burst, page: Page | None) -> None:
        if not takes_text(self._at):
            self._window.banner.say("look", NO_FIELD, HEAD)
            return
        self._before = None
        self._type()
        number = burst.text.strip().isdigit() and is_code(burst)
        if isinstance(page, FormPage) and number:
            page.scan_panel.say(NUMBER_AS_TEXT, "act")

    def _can_type(self) -> bool:
        return any(takes_text(one) for one in (self._at, QApplication.focusWidget()))

    def _type(self) -> None:
        """Give the keys to the field where the cursor was; where that was none, to the one where it is now."""
        if self._at is not None and takes_text(self._at):
            self._at.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._context.wedge is not None:
            self._context.wedge.give_back()

    # ---- packs

    def _pack(self, page: FormPage, scan: Scan) -> None:
        now, draft = page.form.answers(), page.draft_id
        form = ScannedOn(now.get("session.programme", ""), now.get("contact.date", ""))

        def show(pack: ScannedPack) -> None:
            self._context.office.ask(
                lambda desk: desk.stock.products(),
                lambda products: on_its_form(pack, products),
            )

        def on_its_form(pack: ScannedPack, products: Sequence[Option]) -> None:
            if page.draft_id == draft:  # nobody began the next patient meanwhile
                page.scan_panel.show_pack(pack, products, form)

        self._context.office.ask(lambda desk: desk.stock.scanned(scan, form), show)


def takes_text(widget: QWidget | None) -> bool:
    """Whether keys can be typed into a widget."""
    if widget is None or not isValid(widget) or not widget.isVisible() or not widget.isEnabled():
        return False
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    line = widget.focusProxy() or widget
    return isinstance(line, (QLineEdit, QPlainTextEdit)) and not line.isReadOnly()


def is_in_date(widget: QWidget | None) -> bool:
    """Whether a widget is a box of a date: ten digits are no part of one."""
    while widget is not None and not isinstance(widget, DateEditor):
        widget = widget.parentWidget()
    return widget is not None


def question_at(widget: QWidget | None) -> str:
    """Return the id of the question whose answer a widget takes, ``""`` where it is at none."""
    while widget is not None and not isinstance(widget, Field):
        widget = widget.parentWidget()
    return widget.field_id if isinstance(widget, Field) else ""
