"""One line to search in, and what was found under it: arrows choose, Enter takes, Esc closes."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from digmed_desktop.desk.views.general import Fit
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.editors import TextEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.words import Words, set_property

WAIT_MS = 120
MOST_IN_VIEW = 5
READ_MS = 300  # a list is in view for so long before Enter chooses one of several
SIMILAR = "Similar names"
AGAIN = "Press Enter again to select it."
CHOOSE = "Several have this name. Press ↓ to choose one, and then Enter."


@dataclass(frozen=True, slots=True, repr=False)
class Hit:
    """One line of what was found; ``refused`` says why it cannot be taken.

    Enter takes only a sure one unseen. A similar one stands below the others. Neither that nor one of several with one
    name, which are ``alike``, is ever marked by itself.
    """

    label: str
    value: object
    refused: str = ""
    fit: Fit = Fit.SURE
    alike: bool = False


class _Found(QListWidget):
    """Marks nothing because the cursor came."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        marked = self.currentRow()
        super().focusInEvent(event)
        self.setCurrentRow(marked)


class SearchBox(QWidget):
    """A field whose results are asked for while typing; :attr:`wanted` carries the text, :attr:`taken` the value."""

    wanted = Signal(str)
    taken = Signal(object)
    refused = Signal(object)  # somebody wanted to take a value that cannot be taken
    nothing_taken = Signal(str)  # Enter, and nothing was found: the text

    def __init__(
        self, field_id: str, label: str, hint: str, found_name: str, *, offers_without_text: bool = False
    ) -> None:
        """``offers_without_text``: an empty field asks too, and Enter takes what it is offered."""
        super().__init__()
        self._offers_without_text = offers_without_text
        self.editor = TextEditor()
        self.field = Field(field_id, label, self.editor)
        self.editor.line.setPlaceholderText(hint)
        self.editor.line.setAccessibleDescription(hint)
        self.list = _Found()
        self.list.setAccessibleName(found_name)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setWordWrap(True)
        self.list.setVisible(False)
        self.list.itemActivated.connect(self._take_item)
        self.list.itemClicked.connect(self._take_item)
        self.said = Words("", role="quiet")
        self.said.setVisible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE.tight)
        for part in (self.field, self.list, self.said):
            layout.addWidget(part)
        self._hits: Sequence[Hit] = ()
        self._rows: list[Hit | None] = []  # as they are listed, None for a heading
        self._shown_at = 0.0
        self._take_first_of = ""
        self._timer = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._timer.timeout.connect(self._want)
        self.editor.edited.connect(self._typed)
        self.editor.line.installEventFilter(self)
        self.list.installEventFilter(self)

    @property
    def text(self) -> str:
        """Return the typed text."""
        return self.editor.answer().strip()

    def search(self, text: str, *, take_only: bool = False) -> None:
        """Search for a text as if it had been typed; with ``take_only`` the one that fits is taken."""
        self.editor.set_answer(text)
        self._take_first_of = text.strip() if take_only else ""
        self._want()

    def withdraw(self) -> None:
        """Show what comes, and take none of it: the person went on elsewhere."""
        self._take_first_of = ""

    def clear(self) -> None:
        """Forget text and results."""
        self._timer.stop()
        self._take_first_of = ""
        self.editor.set_answer("")
        self.show_hits("", ())
        self.say("")

    def show_hits(self, text: str, hits: Sequence[Hit], none_found: str = "") -> None:
        """Show what was found for ``text``; an answer to an older text is not shown."""
        if text != self.text:
            return
        self._hits, self._shown_at = hits, time.monotonic()
        likely = [hit for hit in hits if hit.fit is not Fit.SIMILAR]
        self._list([*likely, *(hit for hit in hits if hit.fit is Fit.SIMILAR)])
        self.list.setVisible(bool(hits))
        if hits:
            self.list.setCurrentRow(0 if likely and not likely[0].alike else -1)
            self._fit()
        self.say(none_found if text and not likely else "")
        if self._take_first_of and text == self._take_first_of:
            self._take_first_of = ""
            self._take_unseen()

    def _take_unseen(self) -> None:
        """Take what was found where it is surely what was typed, and nothing else is likely; else say what takes it."""
        likely = [hit for hit in self._hits if hit.fit is not Fit.SIMILAR]
        if len(likely) == 1 and likely[0].fit is Fit.SURE:
            self._take(likely[0])
        elif not self._hits:
            self.nothing_taken.emit(self.text)
        elif self.list.currentRow() >= 0:
            self.say(AGAIN)

    def _list(self, hits: Sequence[Hit]) -> None:
        """List what was found, and the similar names below a heading."""
        self.list.clear()
        self._rows = []
        for hit in hits:
            if hit.fit is Fit.SIMILAR and not any(one and one.fit is Fit.SIMILAR for one in self._rows):
                heading = QListWidgetItem(SIMILAR)
                heading.setFlags(Qt.ItemFlag.NoItemFlags)
                self.list.addItem(heading)
                self._rows.append(None)
            self.list.addItem(QListWidgetItem(hit.label + (f"\n{hit.refused}" if hit.refused else "")))
            self._rows.append(hit)

    def _fit(self) -> None:
        """Give the list the height of its lines as they wrap at this width."""
        items = [self.list.item(place) for place in range(min(self.list.count(), MOST_IN_VIEW))]
        rows = [self.list.visualItemRect(one).height() for one in items]
        self.list.setFixedHeight(sum(rows) + 2 * self.list.frameWidth() + SPACE.medium)

    def say(self, sentence: str, ink: str = "") -> None:
        """Say something under the field."""
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))
        set_property(self.said, "ink", ink)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and watched is self.editor.line
            and self.text
        ):
            event.accept()  # Esc goes one step back: here first
            return True
        if watched is self.list:
            if event.type() == QEvent.Type.Resize:
                QTimer.singleShot(0, self, self._fit)
            return False
        if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut:
            if event.reason() not in (
                Qt.FocusReason.PopupFocusReason,
                Qt.FocusReason.ActiveWindowFocusReason,
            ):
                self.withdraw()
            return False
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self._hits:
            self._mark_next(1 if event.key() == Qt.Key.Key_Down else -1)
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier
        ):
            self._enter()
            return True
        if event.key() == Qt.Key.Key_Escape and self.text:
            self.clear()
            return True
        return False

    def _mark_next(self, step: int) -> None:
        choices = [row for row, hit in enumerate(self._rows) if hit is not None]
        now = self.list.currentRow()
        nothing_marked = 0 if step > 0 else -1
        place = choices.index(now) + step if now in choices else nothing_marked
        self.list.setCurrentRow(choices[place % len(choices)])
        self._shown_at = 0.0  # who chooses has read it

    def _typed(self) -> None:
        self._take_first_of = ""
        self._hits = ()
        self._timer.start()

    def _want(self) -> None:
        self._timer.stop()
        if self.text or self._offers_without_text:
            self.wanted.emit(self.text)
        else:
            self.show_hits("", ())

    def _enter(self) -> None:
        if not (self.text or (self._offers_without_text and self._hits)):
            self.nothing_taken.emit("")
        elif self._timer.isActive() or not self._hits:
            self._take_first_of = self.text  # what comes for this text is taken when it is the only one
            self._want()
        elif (time.monotonic() - self._shown_at) * 1000 < READ_MS:
            self._take_unseen()  # this Enter was on its way before the list came into view
        elif (marked := self.list.currentRow()) >= 0:
            self._take_row(marked)
        elif any(hit.fit is not Fit.SIMILAR for hit in self._hits):
            self.say(CHOOSE, "look")
        else:
            self.nothing_taken.emit(self.text)

    def _take_item(self, item: QListWidgetItem) -> None:
        if self._hits:  # else the list still shows what was found for the text before
            self._take_row(self.list.row(item))

    def _take_row(self, row: int) -> None:
        if (hit := self._rows[row]) is not None:
            self._take(hit)

    def _take(self, hit: Hit) -> None:
        if hit.refused:
            self.say(hit.refused, "stop")
            self.refused.emit(hit.value)
            return
        self.taken.emit(hit.value)
