"""The batches of the stock under the question for the batch number: the arrow leads in, Enter takes one, typing goes on."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from digmed_desktop.clinical import dates
from digmed_desktop.desk.views.general import BatchView
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.editors import TextEditor
from digmed_desktop.ui.widgets.words import Words

MOST_IN_VIEW = 4
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class BatchChoice(QWidget):
    """Offers what can be given; fills in nothing by itself. :attr:`chosen` carries the answers of one batch.

    It is in view while no batch is answered and while the cursor is at the batch number. What is typed there narrows
    the list and stays as typed.
    """

    chosen = Signal(dict)
    opened = Signal()  # it came into view at the cursor: it should be seen

    def __init__(self, context: Context, editor: TextEditor) -> None:
        super().__init__()
        self._context, self._editor = context, editor
        self._batches: Sequence[BatchView] = ()
        self._listed: Sequence[BatchView] = ()
        self._asked: tuple[str, str, str] = ("", "", "")
        self._product_open = True
        self.head = Words("", role="quiet")
        self.list = QListWidget()
        self.list.setAccessibleName("Batches in stock")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setWordWrap(True)
        self.list.itemClicked.connect(lambda item: self._take(self.list.row(item)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE.tight)
        layout.addWidget(self.head)
        layout.addWidget(self.list)
        editor.line.installEventFilter(self)
        editor.line.textChanged.connect(lambda _t: self._show())
        self.list.installEventFilter(self)
        self.setVisible(False)

    def follow(self, programme: str, product: str, day: str, *, anew: bool = False) -> None:
        """Offer the batches of a product on the date of contact; of the whole programme while no product is chosen.

        Without a programme none are offered.
        """
        wanted = (programme, product, day)
        if wanted == self._asked and not anew:
            return
        if wanted != self._asked:  # what is listed are the batches of another product or day
            self._batches = ()
            self._show()
        self._asked = wanted
        self._context.office.ask(
            lambda desk: desk.stock.for_form(programme, product, day),
            lambda batches: self._have(wanted, batches),
        )

    def _have(self, wanted: tuple[str, str, str], batches: Sequence[BatchView]) -> None:
        if wanted != self._asked:
            return
        self._product_open = not wanted[1]
        self._batches = batches
        self._listed = ()
        self._show()

    def _show(self) -> None:
        typed = self._editor.answer().strip().casefold()
        whole = [one for one in self._batches if one.batch.number.casefold() == typed]
        here = self._editor.line.hasFocus() or self.list.hasFocus()
        # a batch that is answered keeps the whole list at hand; a typed part narrows it
        listed = self._batches if whole else [b for b in self._batches if typed in b.batch.number.casefold()]
        if tuple(listed) != tuple(self._listed):
            self._list(listed)
        offered = bool(listed) and (here or not typed)
        self.setVisible(offered)
        if offered and here:
            QTimer.singleShot(0, self, self.opened.emit)

    def _list(self, batches: Sequence[BatchView]) -> None:
        self._listed = tuple(batches)
        self.list.clear()
        for one in batches:
            item = QListWidgetItem(self._line(one))
            self.list.addItem(item)
        self.list.setCurrentRow(-1)
        self.head.setText(
            f"{'1 batch' if len(batches) == 1 else f'{len(batches)} batches'} in stock: "
            "press ↓, then press Enter to select. Check it against the pack."
        )
        self._fit()

    def _fit(self) -> None:
        items = [self.list.item(place) for place in range(min(self.list.count(), MOST_IN_VIEW))]
        rows = [self.list.visualItemRect(one).height() for one in items]  # as they wrap at this width
        self.list.setFixedHeight(sum(rows) + 2 * self.list.frameWidth() + SPACE.medium)

    def _line(self, one: BatchView) -> str:
        batch = one.batch
        parts = [
            batch.number,
            one.product if self._product_open else "",
            f"expires {dates.shown(batch.expiry)}",
        ]
        thawed = f"\nTo be used by {dates.shown(batch.use_before)}, after thawing" if batch.use_before else ""
        return "  ·  ".join(part for part in parts if part) + thawed

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and watched is self.list
        ):
            event.accept()  # Esc goes one step back: here first
            return True
        if event.type() == QEvent.Type.Resize and watched is self.list:
            QTimer.singleShot(0, self, self._fit)  # lines wrap by the width
            return False
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            QTimer.singleShot(0, self, self._show)
            return False
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if watched is self._editor.line:
            return self._in_line(event)
        return watched is self.list and self._in_list(event)

    def _in_line(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Down or self.isHidden() or not self._listed:
            return False
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self.list.setCurrentRow(0)
        return True

    def _in_list(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in _ENTER:
            self._take(self.list.currentRow())
            return True
        if key == Qt.Key.Key_Escape or (key == Qt.Key.Key_Up and self.list.currentRow() <= 0):
            self._editor.focus()
            self.list.setCurrentRow(-1)
            return True
        typed = event.text()
        if typed and typed.isprintable() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._editor.focus()  # typing goes on where it is read
            self.list.setCurrentRow(-1)
            self._editor.line.insert(typed)
            self._editor.edited.emit()
            return True
        return False

    def _take(self, place: int) -> None:
        if not 0 <= place < len(self._listed):
            return
        batch = self._listed[place].batch
        answers = {
            "vaccine.batch": batch.number,
            "vaccine.expiry": dates.as_answer(batch.expiry),
        }
        if self._product_open:
            answers = {"vaccine.product": batch.product, **answers}
        self.chosen.emit(answers)
