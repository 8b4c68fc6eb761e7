"""Narrow the list: words, state, kind, vaccine, dates; and searches kept under a name."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from digmed_desktop.clinical import dates
from digmed_desktop.clinical.form import Option
from digmed_desktop.messaging.searching import SavedSearch, Search, SearchLists, fault_of
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import IN_TRANSIT, State
from digmed_desktop.messaging.wording import words_of
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.tokens import SIZE, SPACE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.choices import ChoiceEditor
from digmed_desktop.ui.widgets.editors import DateEditor, TextEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.reflow import Reflow

FILTERS = "Filters"
LEAST_EM = 12
"""Letters of one filter: all stand in one line of the smallest window."""
AFTER_MS = 120  # after the last key, so that a name is not looked for letter by letter
NEEDS, ON_WAY = "needs-person", "on-its-way"
STATES = (
    Option("", "Any state"),
    Option(NEEDS, "Action needed"),
    Option(ON_WAY, "On its way"),
    *(Option(state.value, words_of(state).word) for state in State if state is not State.DRAFT),
)
KINDS = (
    Option("", "Both kinds"),
    Option(Kind.VACCINATION.value, "Vaccination"),
    Option(Kind.EMERGENCY_SUPPLY.value, "Emergency supply"),
)
CHOSEN = "chosen"
PERIODS = (
    Option("", "Any time"),
    Option("today", "Today"),
    Option("yesterday", "Yesterday"),
    Option("week", "Last 7 days"),
    Option("month", "This month"),
    Option("last-month", "Last month"),
    Option(CHOSEN, "Between two dates"),
)


def period(choice: str, today: date) -> tuple[date | None, date | None]:
    """Return the first and last day of a named period."""
    first = today.replace(day=1)
    before = first - timedelta(days=1)
    return {
        "today": (today, today),
        "yesterday": (today - timedelta(days=1),) * 2,
        "week": (today - timedelta(days=6), today),
        "month": (first, today),
        "last-month": (before.replace(day=1), before),
    }.get(choice, (None, None))


class SentFilters(QWidget):
    """The search above the list; :attr:`changed` tells of a search that can be made."""

    changed = Signal(object)  # Search
    _is_made = False  # Qt tells of the font while the filters are made

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._search = Search()
        self._saved: tuple[SavedSearch, ...] = ()
        self.words = TextEditor()
        self.words.line.setPlaceholderText("Name, NHS number, batch, practice or person")
        self.words.line.setClearButtonEnabled(True)
        self.state, self.kind = ChoiceEditor(STATES), ChoiceEditor(KINDS)
        self.what, self.when = ChoiceEditor((Option("", "Any"),)), ChoiceEditor(PERIODS)
        self.first, self.last = DateEditor(context.now), DateEditor(context.now)
        self.kept = ChoiceEditor((Option("", "None"),))
        self.fields = {
            "text": Field("search.text", "Search", self.words),
            "state": Field("search.state", "State", self.state),
            "kind": Field("search.kind", "Kind", self.kind),
            "what": Field("search.what", "Vaccine or medicine", self.what),
            "when": Field("search.when", "When", self.when),
            "saved": Field("search.saved", "Saved search", self.kept),
        }
        self.dates = {
            "first": Field("search.first", "First day", self.first),
            "last": Field("search.last", "Last day", self.last),
        }
        self._dates = Reflow(tuple(self.dates.values()), 22)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE.small)
        self._line = Reflow(tuple(self.fields.values()), LEAST_EM)
        layout.addWidget(self._line)
        layout.addWidget(self._dates)
        self._dates.setHidden(True)
        self.fold = button(FILTERS)
        self.fold.setCheckable(True)
        self.fold.toggled.connect(lambda _on: self._fit())
        self._timer = QTimer(self, singleShot=True, interval=AFTER_MS)
        self._timer.timeout.connect(self.tell)
        for field in (*self.fields.values(), *self.dates.values()):
            field.edited.connect(self._edited)
        QShortcut(QKeySequence("Ctrl+F"), self, self.words.focus)
        self._is_made = True
        self.show_search(Search())

    # ---- the room there is

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the list its room."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self._is_made:
            self._fit()

    def _fit(self) -> None:
        """With large text, show all filters but the search only when asked: they would take the list's place."""
        large = self.fontMetrics().height() >= SIZE.large
        self.fold.setHidden(not large)
        for name, field in self.fields.items():
            self._line.show_only_if(field, shown=name == "text" or not large or self.fold.isChecked())
        self._count()

    def _count(self) -> None:
        """Say how many filters are set beside the search: they may be folded away."""
        answers = (self.state, self.kind, self.what, self.when)
        many = sum(bool(one.answer()) for one in answers)
        self.fold.setText(f"{FILTERS} ({many})" if many else FILTERS)
        self.fold.setAccessibleName(f"{FILTERS}, {many} set" if many else FILTERS)

    # ---- reading and showing

    def search(self) -> Search:
        """Return the search as it is set; dates that cannot be read are said at their field."""
        today = self._context.now().astimezone(dates.ENGLAND).date()
        state = self.state.answer()
        states: frozenset[State] = frozenset()
        if state == ON_WAY:
            states = frozenset(IN_TRANSIT)
        elif state in set(State):
            states = frozenset({State(state)})
        if self.when.answer() == CHOSEN:
            since, until = self._day("first", today), self._day("last", today)
        else:
            since, until = period(self.when.answer(), today)
        kind = self.kind.answer()
        return replace(
            self._search,
            text=self.words.answer(),
            states=states,
            only_needing=state == NEEDS,
            kinds=frozenset({Kind(kind)}) if kind in set(Kind) else frozenset(),
            what=self.what.answer(),
            since=since,
            until=until,
        )

    def show_search(self, search: Search) -> None:
        """Show a search in the fields, without telling of it."""
        self._search = search
        self.words.set_answer(search.text)
        state = NEEDS if search.only_needing else ""
        if search.states:
            state = ON_WAY if search.states == frozenset(IN_TRANSIT) else min(search.states).value
        self.state.set_answer(state)
        self.kind.set_answer(min(search.kinds).value if search.kinds else "")
        self.what.set_answer(search.what)
        self.when.set_answer(CHOSEN if search.since or search.until else "")
        for editor, day in ((self.first, search.since), (self.last, search.until)):
            editor.set_answer(dates.as_answer(day))
        self._dates.setHidden(self.when.answer() != CHOSEN)
        self._count()

    def offer(self, lists: SearchLists) -> None:
        """Offer the vaccines and medicines that occur."""
        typed = self.what.answer()
        self.what.set_options((Option("", "Any"), *(Option(what, what) for what in lists.whats)))
        self.what.set_answer(typed or self._search.what)

    def offer_saved(self, saved: Sequence[SavedSearch]) -> None:
        """Offer the searches kept under a name."""
        self._saved = tuple(saved)
        self.kept.set_options((Option("", "None"), *(Option(one.name, one.name) for one in saved)))

    @property
    def saved_name(self) -> str:
        """The name of the saved search that is chosen, or ``""``."""
        name = self.kept.answer()
        return name if any(one.name == name for one in self._saved) else ""

    def tell(self) -> None:
        """Tell of the search as it is set, or say what is wrong with it."""
        search = self.search()
        wrong_dates = any(field.sentence for field in self.dates.values())
        fault = fault_of(search)
        of_dates = bool(search.since and search.until and search.since > search.until)
        self.fields["text"].say("" if of_dates else fault)
        if of_dates:
            self.dates["last"].say(fault)
        if not fault and not wrong_dates:
            self._search = search
            self.changed.emit(search)

    def sort_by(self, search: Search) -> None:
        """Take over another order."""
        self._search = search

    def _edited(self, field_id: str) -> None:
        if field_id == "search.saved":
            self._take_saved()
            return
        self._dates.setHidden(self.when.answer() != CHOSEN)
        self._count()
        self._timer.start()

    def _take_saved(self) -> None:
        chosen = next((one for one in self._saved if one.name == self.kept.answer()), None)
        if chosen is not None:
            self.show_search(chosen.search)
            self.tell()

    def _day(self, which: str, today: date) -> date | None:
        field = self.dates[which]
        field.say("")
        typed = field.editor.answer()
        if not typed:
            return None
        try:
            return dates.read_date(*typed.split("/", 2), what=field.label_text, today=today, past=False)
        except dates.DateSentenceError as error:
            field.say(str(error))
            return None
