"""Today, the page the program opens on: what needs a person, what is due, what came back, and pictures."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from digmed_desktop.clinical import dates
from digmed_desktop.desk.views.sent import (
    BackupState,
    IncidentLine,
    TodayView,
    next_act_words,
    waits_for_signature,
)
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.event_words import words_of_event
from digmed_desktop.messaging.figures import CameBack
from digmed_desktop.messaging.register import Outstanding
from digmed_desktop.messaging.searching import Search
from digmed_desktop.messaging.states import IN_TRANSIT, UNSENT, State
from digmed_desktop.messaging.story import NotificationRow
from digmed_desktop.messaging.wording import record_word, words_of_row
from digmed_desktop.ui.context import Context, IncidentStart
from digmed_desktop.ui.pages.base import ScrolledPage
from digmed_desktop.ui.pages.page import button
from digmed_desktop.ui.pages.today_pictures import (
    PictureCard,
    days_picture,
    doses_picture,
    spans_picture,
    weeks_picture,
)
from digmed_desktop.ui.tokens import INSET, SPACE
from digmed_desktop.ui.widgets.act_line import ActLine
from digmed_desktop.ui.widgets.flow import Flow
from digmed_desktop.ui.widgets.lists import empty
from digmed_desktop.ui.widgets.reflow import Reflow
from digmed_desktop.ui.widgets.words import Notice, Words, heading, quiet, row, set_property, title

LINES = 5
"""Entries of a list that are shown here; the list of sent items has all."""
OLD_BACKUP = timedelta(days=7)
COUNT_EVERY_MS = 30_000


class Tile(QPushButton):
    """A number with its words; pressed, it opens the list behind it."""

    def __init__(self, words: str, one: str = "") -> None:
        """``one`` are the words where the number is one and they differ."""
        super().__init__()
        self.setAutoDefault(True)  # Enter presses it
        self.words, self.one = words, one or words
        self.setProperty("kind", "tile")
        self.show_number(0, tone="")

    def show_number(self, number: int, tone: str) -> None:
        """Show a number; ``tone`` colours what asks for someone."""
        words = self.one if number == 1 else self.words
        self.setText(f"{number:,}  {words}")
        self.setAccessibleName(f"{number:,} {words}")
        set_property(self, "ink", tone if number else "")


class ListCard(QFrame):
    """A short list: each line opens its notification."""

    def __init__(self, heading_text: str, nothing: str) -> None:
        super().__init__()
        self.setObjectName("card")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(*INSET.card)
        self._layout.setSpacing(SPACE.small)
        self.head = heading(heading_text)
        self.nothing = quiet(nothing)
        self.all = button("Show all", "link")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(SPACE.small)
        self._layout.addWidget(self.head)
        self._layout.addWidget(self.nothing)
        self._layout.addLayout(self._lines)
        self._layout.addWidget(row(self.all, None))

    def show_lines(self, lines: Sequence[QWidget], total: int) -> None:
        """Show lines in place of those before."""
        empty(self._lines)
        for line in lines:
            self._lines.addWidget(line)
            line.show()  # with the rest of the card, not at Qt's next turn
        self.nothing.setHidden(bool(lines))
        self.all.setText(f"Show all {total:,}")
        self.all.setAccessibleName(f"{self.head.text()}: show all {total:,}")
        self.all.setHidden(total <= len(lines))


def countdown(due: datetime, now: datetime) -> str:
    """Return how long there is until ``due``, in words."""
    left = due - now
    if left <= timedelta():
        return "the day is over"
    hours, minutes = divmod(int(left.total_seconds()) // 60, 60)
    if hours >= 48:
        return f"in {hours // 24} days"
    if hours:
        return f"in {hours} h {minutes} min"
    return f"in {minutes} min"


class TodayPage(ScrolledPage):
    """The lists that a person should see first."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._view: TodayView | None = None
        self._graphs: Any = None
        self._asked_for_graphs = False
        page = QWidget()
        page.setObjectName("page")
        layout = QVBoxLayout(page)
        self.area.setWidget(page)  # while it is empty: a full one would be measured here
        layout.setContentsMargins(*INSET.page)
        layout.setSpacing(SPACE.medium)
        self.title = title("Today")
        self.session = quiet("")
        self.backup = Notice("look")
        self.backup_button = button("Backup and recovery")
        self.backup_row = _beside(self.backup, self.backup_button)
        self.backup_row.setHidden(True)
        self.lapsing = Notice("look")
        self.lapsing_button = button("PGDs", tip="Open the register of PGDs")
        self.lapsing_row = _beside(self.lapsing, self.lapsing_button)
        self.lapsing_row.setHidden(True)
        self.needing_tile, self.waiting_tile = Tile("need action", "needs action"), Tile("waiting to go out")
        self.due_tile, self.back_tile = (
            Tile("on their way", "on its way"),
            Tile("answers since", "answer since"),
        )
        self.replies_tile = Tile("replies to check", "reply to check")
        self.replies_tile.setHidden(True)
        self.sign_tile = Tile("to sign")
        self.sign_tile.setHidden(True)
        self._tiles = Reflow(
            (
                self.needing_tile,
                self.sign_tile,
                self.replies_tile,
                self.waiting_tile,
                self.due_tile,
                self.back_tile,
            ),
            17,
        )
        self.needing = ListCard("Action needed", "No action needed.")
        self.to_paper = ListCard("To go on paper", "Nothing is to go on paper.")
        self.to_sign = ListCard("Waiting for signature", "Nothing waits for a signature.")
        self.incidents = ListCard("Open incidents", "No incident is open.")
        self.owed = ListCard("Prescriptions owed within 72 hours", "No prescription is owed.")
        self.due = ListCard("Due to reach the practice", "Nothing is on its way.")
        self.back = ListCard("Replies", "Nothing has come back since the last working day.")
        self.pictures = [PictureCard() for _ in range(4)]
        self.lists = QWidget()
        self._grid = QGridLayout(self.lists)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACE.medium)
        self._wide: bool | None = None
        self._left = _column(
            (self.needing, self.to_sign, self.to_paper, self.incidents, self.owed, self.due, self.back)
        )
        self._right = _column(self.pictures)
        self.new_vaccination = button(
            "Record a vaccination", "primary", tip="Record a vaccination (F2)", icon_name="vaccinate"
        )
        layout.addWidget(_beside(self.title, self.new_vaccination))
        layout.addWidget(self.session)
        layout.addWidget(self.backup_row)
        layout.addWidget(self.lapsing_row)
        layout.addWidget(self._tiles)
        layout.addWidget(self.lists)
        for part in (self._tiles, self.lists):
            part.hide()  # until the records are read: it would say that nothing needs anyone
        layout.addStretch(1)
        self._lay_out(wide=True)
        self._connect()

    def _connect(self) -> None:
        needing = Search(only_needing=True)
        on_way = Search(states=frozenset(IN_TRANSIT))
        unsent = Search(states=frozenset(UNSENT))
        for part, search in (
            (self.needing_tile, needing),
            (self.needing.all, needing),
            (self.waiting_tile, unsent),
            (self.to_paper.all, Search(states=frozenset({State.TO_PAPER}))),
            (self.due_tile, on_way),
            (self.due.all, on_way),
            (self.back_tile, Search()),
            (self.back.all, Search()),
        ):
            part.clicked.connect(lambda _on=False, wanted=search: self._open_list(wanted))
        self.replies_tile.clicked.connect(lambda: self._context.navigate.to_place.emit("replies"))
        for part in (self.sign_tile, self.to_sign.all):
            part.clicked.connect(lambda: self._context.navigate.to_place.emit("sign"))
        self.incidents.all.clicked.connect(lambda: self._context.navigate.to_place.emit("incidents"))
        self.owed.all.clicked.connect(lambda: self._context.navigate.to_place.emit("register"))
        self.new_vaccination.clicked.connect(lambda: self._context.navigate.to_place.emit("vaccinate"))
        self.backup_button.clicked.connect(self._open_backup)
        self.lapsing_button.clicked.connect(lambda: self._context.navigate.to_place.emit("pgds"))
        self._context.appearance.changed.connect(self._draw)
        self._context.acting.changed.connect(lambda _who: self._show_session())
        self._context.session.changed.connect(self._show_session)
        self._timer = QTimer(self, interval=COUNT_EVERY_MS)
        self._timer.timeout.connect(self._count_down)
        self._timer.start()

    # ---- what the window tells

    def arrive(self) -> None:
        """Bring everything up to date."""
        self._show_session()
        self.refresh()
        self._context.office.ask(lambda desk: desk.backups.state(), self._show_backup, lambda _e: None)
        if not self._asked_for_graphs:
            self._asked_for_graphs = True
            self._context.office.run(_load_numpy, self._load_graphs, self._no_graphs)
        (self.needing_tile if self._view and self._view.figures.needing else self.new_vaccination).setFocus()

    def history_moved(self) -> None:
        """Follow what became of notifications."""
        self.refresh()

    def refresh(self) -> None:
        """Ask for the figures again."""
        self._context.office.ask(lambda desk: desk.listing.today(), self._show)

    # ---- showing

    def _show_session(self) -> None:
        now = self._context.now().astimezone(dates.ENGLAND)
        self.title.setText(f"Today, {now:%A} {now.day} {now:%B}")
        person = self._context.acting.person
        parts = (
            person.label if person else "",
            *self._context.session.words,
            self._context.pharmacy.name,
            f"{many} people work here" if (many := len(self._context.people)) > 1 else "",
        )
        self.session.setText(" · ".join(part for part in parts if part))

    def _show(self, view: TodayView) -> None:
        if view == self._view:
            return
        self._view = view
        for part in (self._tiles, self.lists):
            part.show()
        self.lapsing.say(" ".join(view.lapsing), "Patient group directions")
        self.lapsing_row.setHidden(not view.lapsing)
        found = view.figures
        self.needing_tile.show_number(found.needing_count, "stop")
        self.replies_tile.show_number(view.replies, "look")
        self._tiles.show_only_if(self.replies_tile, shown=view.replies > 0)
        self.sign_tile.show_number(found.to_sign_count, "look")
        self._tiles.show_only_if(self.sign_tile, shown=found.to_sign_count > 0)
        self.waiting_tile.show_number(found.waiting_count, "look")
        self.due_tile.show_number(found.due_count, "")
        since = view.back_since.astimezone(dates.ENGLAND)
        self.back_tile.words, self.back_tile.one = f"answers since {since:%A}", f"answer since {since:%A}"
        self.back_tile.show_number(found.back_count, "")
        now = self._context.now()
        self.needing.show_lines(
            [self._needing(one, now) for one in found.needing[:LINES]], found.needing_count
        )
        self.back.show_lines([self._came_back(one) for one in found.back[:LINES]], found.back_count)
        self._count_down()
        self._draw()

    def _count_down(self) -> None:
        if self._view is None:
            return
        found, now = self._view.figures, self._context.now()
        self.due.show_lines([self._due(one, now) for one in found.due[:LINES]], found.due_count)
        self.to_paper.show_lines(
            [self._due(one, now) for one in found.to_paper[:LINES]], found.to_paper_count
        )
        self.to_sign.show_lines([self._due(one, now) for one in found.to_sign[:LINES]], found.to_sign_count)
        owed = self._view.owed
        incidents = self._view.incidents
        self.incidents.show_lines([self._incident(one) for one in incidents[:LINES]], len(incidents))
        self.owed.show_lines([self._owed(one, now) for one in owed[:LINES]], len(owed))
        for card, count in (
            (self.to_sign, found.to_sign_count),
            (self.to_paper, found.to_paper_count),
            (self.due, found.due_count),
            (self.incidents, len(incidents)),
            (self.owed, len(owed)),
        ):
            card.setHidden(not count)

    def _needing(self, item: NotificationRow, now: datetime) -> QWidget:
        """Return the line of a record that needs someone: its next step is the button, its page has the words."""
        words = words_of_row(item, self._context.duty(), now)
        about = " · ".join(part for part in (item.what, dates.shown_time(item.contact_at)) if part)
        return self._line(item, words.word, about, words.tone.value, tip=words.do, act="Open")

    def _due(self, item: NotificationRow, now: datetime) -> QWidget:
        duty = self._context.duty()
        words = words_of_row(item, duty, now)
        day, left = duty.due_day(item.duty_from), countdown(duty.over_at(item.duty_from), now)
        amber = now >= duty.amber_from(item.duty_from)
        who = f"{item.by} signs. " if item.state is State.TO_SIGN else ""
        said = f"{who}Due by the end of {day:%A} {day.day} {day:%B}, {left}."
        return self._line(item, words.word, f"{said} {words.do}" if amber else said, "look" if amber else "")

    def _incident(self, one: IncidentLine) -> QWidget:
        link = button(one.title, "link")
        link.setAccessibleName(f"Open {one.title}. {one.standing}")
        link.clicked.connect(lambda: self._context.navigate.to_incident.emit(IncidentStart(incident=one.id)))
        return _said_line(link, one.when, one.standing, "look")

    def _owed(self, one: Outstanding, now: datetime) -> QWidget:
        """Return the line of a supply whose prescription is owed, with the time left."""
        late = one.left(now) <= timedelta()
        patient, number, born = (
            str(one.entry.standing.get(key, "")) for key in ("patient", "nhs_number", "born")
        )
        of_birth = dates.of_answer("/".join(reversed(born.split("-"))), now.date(), past=True)
        name = self._context.made.identified(patient, number, of_birth) if patient else ""
        link = button(name or f"Entry {one.entry.number}", "link")
        link.clicked.connect(lambda: self._context.navigate.to_place.emit("register"))
        left = "Overdue" if late else f"Due {countdown(one.due_at, now)}"
        said = (
            f"Register entry {one.entry.number}, supplied at a prescriber's request. The prescription is due by "
            f"{dates.shown_time(one.due_at)}."
        )
        link.setAccessibleName(f"Open the register: entry {one.entry.number}, {name}. {left}")
        return _said_line(link, left, said, "stop" if late else "")

    def _came_back(self, one: CameBack) -> QWidget:
        said = words_of_event(one.event.happening, one.event.code)
        when = dates.shown_time(one.event.at)
        link, _name = self._link(one.row, f"{when}. {said}.")
        return _said_line(link, f"{record_word(one.row)} · {when}", f"{said}.", "")

    def _line(
        self, item: NotificationRow, head: str, said: str, tone: str, *, tip: str = "", act: str = ""
    ) -> QWidget:
        """Return the line of a record. Its next step is a button, named ``act`` where nothing leads on."""
        link, name = self._link(item, f"{head}. {said} {tip}".strip())
        line = _said_line(link, f"{record_word(item)} · {head}", said, tone)
        step = next_act_words(item, self._context.duty(), self._context.now()) or act
        if not step:
            return line
        made = button(step, tip=tip)
        made.setAccessibleName(f"{step}: {name}")
        made.setAccessibleDescription(link.accessibleDescription())
        if waits_for_signature(item):
            made.clicked.connect(lambda: self._context.navigate.to_place.emit("sign"))
        else:
            made.clicked.connect(link.click)
            link.setFocusPolicy(
                Qt.FocusPolicy.NoFocus
            )  # the button leads there too: one stop for each record
        return ActLine(line, made)

    def _link(self, item: NotificationRow, description: str) -> tuple[QPushButton, str]:
        """Return what opens a record, and whose it is."""
        name = self._context.made.identified(item.patient_name, item.nhs_number, item.born) or "Patient"
        link = button(name, "link")
        link.setAccessibleName(f"Open {name}")
        link.setAccessibleDescription(description)
        link.setToolTip(item.what)
        link.clicked.connect(lambda: self._context.navigate.to_notification.emit(item.id))
        return link, name

    def _show_backup(self, state: BackupState) -> None:
        now = self._context.now()
        if state.phrase_written_down is None:
            said = "Write down your recovery phrase. Without it, records cannot be recovered if this computer fails."
        elif state.trouble:
            said = f"The daily backup failed. {state.trouble}"
        elif state.named_by_it and not state.daily:
            said = "Your IT support has named a place for the daily backup. Give it a passphrase in Settings, Backup."
        elif state.last_at is None:
            said = "No backup has been made yet."
        elif now - state.last_at > OLD_BACKUP:
            said = f"The last backup was made on {dates.shown_time(state.last_at)}."
        else:
            said = ""
        self.backup.say(said, "Backup and recovery")
        self.backup_row.setHidden(not said)

    # ---- pictures

    def _load_graphs(self, _loaded: None) -> None:
        """Load pyqtgraph here: it makes objects of Qt, which a thread beside the window's may crash on."""
        import pyqtgraph

        pyqtgraph.setConfigOptions(antialias=True)
        self._graphs = pyqtgraph
        self._draw()

    def _no_graphs(self, _error: DigMedError) -> None:
        """Say that no pictures can be drawn, which is logged already; their numbers stand there as text."""
        for card in self.pictures:
            card.undrawable.show()

    def _draw(self) -> None:
        if self._view is None:
            return
        found, theme = self._view.figures, self._context.appearance.theme
        today = self._context.now().astimezone(dates.ENGLAND).date()
        made = (
            weeks_picture(found.weeks),
            days_picture(found.days, today),
            spans_picture(found.spans, found.half_within),
            doses_picture(found.doses, self._view.short),
        )
        for card, picture in zip(self.pictures, made, strict=True):
            card.show_picture(picture, theme, self._graphs)

    # ---- going elsewhere, and the look

    def _open_list(self, search: Search) -> None:
        self._context.navigate.to_search.emit(replace(search))

    def _open_backup(self) -> None:
        self._context.navigate.to_section.emit("backup")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put lists and pictures side by side where both fit."""
        super().resizeEvent(event)
        self._lay_out(wide=self.width() >= self.fontMetrics().horizontalAdvance("m") * 62)

    def _lay_out(self, *, wide: bool) -> None:
        if wide == self._wide:
            return
        self._wide = wide
        self._grid.addWidget(self._left, 0, 0)
        self._grid.addWidget(self._right, 0 if wide else 1, 1 if wide else 0)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1 if wide else 0)


def _said_line(link: QPushButton, head: str, said: str, tone: str) -> QWidget:
    line = QWidget()
    column = QVBoxLayout(line)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(SPACE.hair)
    words = Words(head, wrap=False)
    if tone in ("stop", "look"):
        words.setProperty("ink", tone)
    column.addWidget(Flow((link, words), SPACE.small))
    column.addWidget(quiet(said))
    return line


def _column(widgets: Sequence[QWidget]) -> QWidget:
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(SPACE.medium)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    return holder


def _beside(wide: QWidget, narrow: QWidget) -> QWidget:
    """Return two widgets side by side, the first taking all the room that there is."""
    holder = QWidget()
    layout = QHBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(SPACE.medium)
    layout.addWidget(wide, 1)
    layout.addWidget(narrow, 0, Qt.AlignmentFlag.AlignVCenter)
    return holder


def _load_numpy() -> None:
    """Load what takes longest of pyqtgraph and knows no Qt."""
    import numpy  # noqa: F401, ICN001 - loaded for pyqtgraph alone
