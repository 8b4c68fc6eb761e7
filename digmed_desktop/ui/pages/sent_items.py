"""Sent items: every notification with its state, found by word and filter, and taken out of the program as a list."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QModelIndex, QSize, Qt
from PySide6.QtGui import QAction, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QTableView,
    QVBoxLayout,
)

from digmed_desktop.clinical import dates
from digmed_desktop.desk.views.sent import COUNTED_TO, Found, Printed
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.searching import Search, SearchLists
from digmed_desktop.messaging.story import NotificationRow
from digmed_desktop.ui import files, printing
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.base import Page
from digmed_desktop.ui.pages.long_work import LongWork
from digmed_desktop.ui.pages.page import button
from digmed_desktop.ui.pages.sent_filters import SentFilters
from digmed_desktop.ui.pages.sent_model import MOST_ROWS, PAGE, SORTS, STATE, SentModel, bold
from digmed_desktop.ui.tokens import INSET, SIZE, SPACE
from digmed_desktop.ui.widgets.buttons import menu_button
from digmed_desktop.ui.widgets.editors import TextEditor
from digmed_desktop.ui.widgets.empty_state import EmptyState
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.icons import side_for
from digmed_desktop.ui.widgets.words import Words, row, title

LEAST_EM = (10, 8, 7, 9, 9, 14, 11, 7)
SHARES = (0.2, 0.0, 0.0, 0.4, 0.25, 0.0, 0.0, 0.15)
MOST_STATE_EM = 26
NARROWEST_EM = 3  # of a column that a person drew
TABLE = "sent"
LOOKED_AT = 200  # rows whose states decide how wide their column is
GIVEN_UP = (7, 1, 4, 3, 6)
"""Columns left out, in this order, where there is no room for all: the page of a notification has them.

Who, which record and its state stay, and the state is whole.
"""
NOTHING_SENT = (
    "Notifications you send appear here, with the outcome of each.",
    "Nothing sent yet",
    "Record a vaccination  F2",
)
WHO_MAY = "Say who may make the other lists"
NOTHING_FOUND = (
    "Search from the beginning of a name, a number or a batch, or show all.",
    "No notification fits this search",
    "Show all",
)


class SentPage(Page):
    """All notifications, newest first; Enter opens one."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.model = SentModel(context.appearance.theme, context.now, context.duty)
        self.model.shown_name, self.model.shown_number = context.made.private, context.made.number
        self._states_grown = 0
        self._sharing = False  # whether the program sets widths, not a person
        self.table = self._make_table()
        self.filters = SentFilters(context)
        self.empty = EmptyState("sent", *NOTHING_SENT)
        self.empty.wanted.connect(self._fill_it)
        self.empty.hide()  # until it is read that there is nothing
        self.count = Words("", role="quiet", wrap=False)
        self.more = menu_button("Export or print", self._make_menu(), tip="Save, export and print this list")
        self.clear = button("Show all", "link")
        self.clear.clicked.connect(lambda: self.show_search(Search()))
        self.name = TextEditor()
        self.naming = Field("search.name", "Name for this search", self.name)
        self.keep = button("Save search")
        self.keep.clicked.connect(self._save_search)
        self.naming_row = row(self.naming, self.keep, None)
        self.naming_row.setHidden(True)
        self.work = LongWork(context.office)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*INSET.page)
        layout.setSpacing(SPACE.small)
        layout.addWidget(row(title("Sent items"), None, self.count, self.clear, self.filters.fold, self.more))
        layout.addWidget(self.filters)
        layout.addWidget(self.naming_row)
        layout.addWidget(self.work)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self.table, 1)
        layout.addStretch(0)
        self.model.wanted.connect(self._fetch)
        self.filters.changed.connect(self._filtered)
        context.appearance.changed.connect(self._restyle)
        self._restyle()

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setAccessibleName("Sent notifications")
        table.verticalHeader().setVisible(False)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(-1, Qt.SortOrder.DescendingOrder)
        header.sectionClicked.connect(self._sort)
        header.sectionResized.connect(self._keep_width)
        table.activated.connect(self._open)
        return table

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction("Save this search …", self._ask_name)
        menu.addAction("Remove the saved search that is chosen", self._forget)
        menu.addAction("Let the program choose the widths of columns", self._forget_widths)
        menu.addSeparator()
        self._only_for: list[tuple[Permission, QAction]] = [
            (Permission.EXPORT_LIST, self._choice(label, partial(self._export, with_patients=patients)))
            for label, patients in (
                ("Export the list as CSV …", False),
                ("Export with patients' details …", True),
            )
        ]
        menu.addActions([action for _permission, action in self._only_for])
        menu.addSeparator()
        for label, which in (("Today's list", "day-list"), ("End of the day", "day-end")):
            for text, act in (
                (f"{label} as PDF …", self._save_day),
                (f"Print {label.lower()} …", self._print_day),
            ):
                action = self._choice(text, partial(act, which))
                self._only_for.append((Permission.PRINT_LISTS, action))
                menu.addAction(action)
        self._who_may = self._choice(WHO_MAY, self._say_who_may)
        menu.addAction(self._who_may)
        menu.aboutToShow.connect(self._offer_lists)
        return menu

    def _choice(self, text: str, act: Callable[[], None]) -> QAction:
        """Return an entry of the menu that this page owns, so that it can be shown and hidden later.

        An action that the menu makes itself can become unusable from Python while the menu still shows it.
        """
        action = QAction(text, self)
        action.triggered.connect(lambda: act())
        return action

    def _offer_lists(self) -> None:
        """Offer the lists that the person signed in may make, and the names of who may make the others."""
        refused = [bool(self._context.acting.refusal(permission)) for permission, _action in self._only_for]
        for (_permission, action), hides in zip(self._only_for, refused, strict=True):
            action.setVisible(not hides)
        self._who_may.setVisible(any(refused))

    def _say_who_may(self) -> None:
        refused = dict.fromkeys(self._context.acting.refusal(permission) for permission, _ in self._only_for)
        self.work.say(" ".join(one for one in refused if one), "look")

    # ---- searching

    @property
    def search(self) -> Search:
        """The search whose rows are shown."""
        return self.model.search

    def show_search(self, search: Search) -> None:
        """Show the notifications of a search, and the search in the fields."""
        self.filters.show_search(search)
        self._filtered(search)

    def _filtered(self, search: Search) -> None:
        column = SORTS.index(search.sort) if search.sort in SORTS else -1
        order = Qt.SortOrder.DescendingOrder if search.descending else Qt.SortOrder.AscendingOrder
        self.table.horizontalHeader().setSortIndicator(column, order)
        self.clear.setVisible(search.narrows)
        self._states_grown = 0
        self.model.begin(search)

    def _sort(self, column: int) -> None:
        sort, now = SORTS[column], self.model.search
        if sort is None:
            return
        descending = not now.descending if now.sort is sort else sort.value == "contact"
        search = replace(now, sort=sort, descending=descending)
        self.filters.sort_by(search)
        self._filtered(search)

    def _fetch(self, ticket: int, search: Search, after: NotificationRow | None) -> None:
        if after is None:
            limit = max(PAGE, min(len(self.model.rows), 3 * PAGE))
            self._context.office.search(
                lambda desk, is_wanted: desk.listing.first(search, limit, is_wanted),
                lambda found: self._first(ticket, found),
                lambda error: self._refused(ticket, error),
            )
        else:
            self._context.office.search(
                lambda desk, is_wanted: desk.listing.page(search, after, PAGE, is_wanted),
                lambda rows: self._next(ticket, rows),
                lambda error: self._refused(ticket, error),
            )

    def _first(self, ticket: int, found: Found) -> None:
        if ticket != self.model.ticket:
            return
        index = self.table.currentIndex()
        current = self.model.rows[index.row()].id if index.isValid() and self.model.rows else None
        self.model.got(ticket, found.rows, first=True)
        anything = bool(self.model.rows)
        self.empty.say(*(NOTHING_FOUND if self.search.narrows else NOTHING_SENT))
        self.empty.setVisible(not anything)
        self.table.setVisible(anything)
        more = found.count >= COUNTED_TO
        self.count.setText(
            f"{COUNTED_TO:,} or more" if more else f"{found.count:,} notification{'s' * (found.count != 1)}"
        )
        self._share_width()
        place = self.model.place_of(current) if current is not None else 0
        if anything and (place >= 0 or not self.table.currentIndex().isValid()):
            self.table.setCurrentIndex(self.model.index(max(place, 0), 0))

    def _next(self, ticket: int, rows: Sequence[NotificationRow]) -> None:
        self.model.got(ticket, rows, first=False)
        self._share_width()
        if self.model.is_cut:
            self.work.say(
                f"Only the first {MOST_ROWS:,} are shown. Narrow the search, or choose a date.", "look"
            )

    def _refused(self, ticket: int, error: DigMedError) -> None:
        self.model.failed(ticket)
        self.work.say(str(error), "look")

    # ---- what the window tells

    def _fill_it(self) -> None:
        """Do what brings rows: leave the search, or record the first vaccination."""
        if self.search.narrows:
            self.show_search(Search())
        else:
            self._context.navigate.to_place.emit("vaccinate")

    def history_moved(self) -> None:
        """Follow what became of notifications."""
        self.model.again()

    def refresh(self) -> None:
        """Ask for the rows again."""
        self.model.again()

    def arrive(self) -> None:
        """Put the focus in the table, or in the search while there is nothing."""
        office = self._context.office
        office.ask(lambda desk: desk.listing.lists(), self._take_lists)
        office.ask(lambda desk: desk.listing.saved(), self.filters.offer_saved)
        self.clear.setVisible(self.search.narrows)
        self.model.again()
        self.table.setFocus()

    def _take_lists(self, lists: SearchLists) -> None:
        self.filters.offer(lists)
        self.model.short = lists.short
        self.table.viewport().update()

    def _open(self, index: QModelIndex) -> None:
        self._context.recent.note(self.search)
        self._context.navigate.to_notification.emit(self.model.rows[index.row()].id)

    # ---- saved searches

    def _ask_name(self) -> None:
        self.naming_row.setHidden(False)
        self.naming.say("")
        self.name.focus()

    def _save_search(self) -> None:
        name, search = self.name.answer(), self.search
        self._context.office.ask(
            lambda desk: desk.listing.save(name, search),
            lambda saved: self._kept(saved, " ".join(name.split())),
            lambda error: self.naming.say(str(error)),
        )

    def _kept(self, saved: object, name: str) -> None:
        self.filters.offer_saved(saved)  # type: ignore[arg-type]
        self.filters.kept.set_answer(name)
        self.name.set_answer("")
        self.naming_row.setHidden(True)
        self.work.say(f"Saved the search as “{name}”.")

    def _forget(self) -> None:
        name = self.filters.saved_name
        if not name:
            self.work.say("Choose the saved search first, then remove it.", "look")
            return
        self._context.office.ask(lambda desk: desk.listing.forget(name), self.filters.offer_saved)
        self.work.say(f"The saved search “{name}” was removed. No notification was.")

    # ---- lists that leave the program

    def _export(self, *, with_patients: bool) -> None:
        day = self._context.now().astimezone(dates.ENGLAND).date()
        path = files.ask_where(self, "Export the list", f"notifications-{day.isoformat()}", files.CSV)
        if path is None:
            return
        search = self.search
        self.work.run(
            "Writing the list",
            lambda desk, progress: desk.exports.csv(search, path, progress, with_patients=with_patients),
            lambda count: f"{count:,} notification{'s' * (count != 1)} written to {path.name}.",
        )

    def _save_day(self, which: str) -> None:
        day = self._context.now().astimezone(dates.ENGLAND).date()
        path = files.ask_where(self, "Save as PDF", f"{which}-{day.isoformat()}", files.PDF)
        if path is None:
            return

        def write(desk, _progress) -> Path:  # type: ignore[no-untyped-def]
            papers = desk.papers
            papers.save(papers.day_list(day) if which == "day-list" else papers.day_end(day), path)
            return path

        self.work.run("Making the document", write, lambda written: f"Saved as {written.name}.")

    def _print_day(self, which: str) -> None:
        day = self._context.now().astimezone(dates.ENGLAND).date()

        def lay_out(desk) -> Printed:  # type: ignore[no-untyped-def]
            papers = desk.papers
            made = papers.day_list(day) if which == "day-list" else papers.day_end(day)
            printed: Printed = papers.printed(made, f"{which}-{day.isoformat()}")
            return printed

        self._context.office.ask(lay_out, self._print)

    def _print(self, printed: Printed) -> None:
        printing.print_on_paper(
            self._context,
            self,
            printed,
            lambda error: self.work.say(str(error), "look"),
            lambda: self.work.say("Sent to the printer."),
        )

    # ---- the look

    def _restyle(self) -> None:
        self.model.theme = self._context.appearance.theme
        self.model.icon_side = side_for(self.table)
        self.table.setIconSize(QSize(self.model.icon_side, self.model.icon_side))
        metrics = self.table.fontMetrics()
        self.table.verticalHeader().setDefaultSectionSize(max(metrics.height() + 2 * SPACE.small, SIZE.row))
        self._share_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out anew."""
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        """Give each column its part of the width, never less than its text needs; leave out what has no room."""
        em = self.table.fontMetrics().horizontalAdvance("m")
        leasts = [em * least + SPACE.small for least in LEAST_EM]
        leasts[STATE] = self._width_of_states(em)
        chosen = self._context.layout.widths(TABLE, self._context.acting.id)
        for column in (one for one in chosen if one < len(leasts) - 1):
            leasts[column] = max(em * NARROWEST_EM, chosen[column] * em // 10)
        room = self.width() - 2 * SPACE.wide - self.table.verticalScrollBar().sizeHint().width() - SPACE.tight
        shown = set(range(len(LEAST_EM)))
        for column in GIVEN_UP:
            if sum(leasts[one] for one in shown) > room:
                shown.discard(column)
        if STATE not in chosen:
            leasts[STATE] -= max(0, sum(leasts[one] for one in shown) - room)
        spare = max(0, room - sum(leasts[one] for one in shown))
        takes = {one: SHARES[one] for one in shown if one not in chosen}
        shares = sum(takes.values()) or 1
        self._sharing = True
        for column, least in enumerate(leasts):
            self.table.setColumnHidden(column, column not in shown)
            self.table.setColumnWidth(column, least + int(spare * takes.get(column, 0.0) / shares))
        self._sharing = False

    def _keep_width(self, column: int, _before: int, width: int) -> None:
        """Remember a width that a person drew, in letters; the last column fills what is left."""
        last = max(n for n in range(len(LEAST_EM)) if not self.table.isColumnHidden(n))
        if not self._sharing and width and column != last:
            em = self.table.fontMetrics().horizontalAdvance("m")
            self._context.layout.keep_width(TABLE, self._context.acting.id, column, round(10 * width / em))

    def _forget_widths(self) -> None:
        self._context.layout.forget_widths(TABLE, self._context.acting.id)
        self._share_width()

    def _width_of_states(self, em: int) -> int:
        """Return what the states in view need; a column that has grown stays as wide until another search."""
        metrics = QFontMetrics(bold(self.table.font()))
        texts = [self.model.state_text(row) for row in self.model.rows[:LOOKED_AT]]
        needed = max((metrics.horizontalAdvance(text) for text in texts), default=0) + em + SPACE.small
        needed += self.model.icon_side + SPACE.small
        self._states_grown = min(max(self._states_grown, needed, em * LEAST_EM[STATE]), em * MOST_STATE_EM)
        return self._states_grown
