"""A medicine or appliance found by parts of its name; what is typed and not picked stays as text without a code."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QStringListModel, QTimer, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QVBoxLayout, QWidget

from digmed_desktop.clinical.medicine import CODE_END, Medicine, picked, product_answer
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.editors import Editor, Leaving, write_over
from digmed_desktop.ui.widgets.suggestions import Suggestions
from digmed_desktop.ui.widgets.words import Words

SEARCH_AFTER_MS = 80
LEAST = 2  # letters before a search begins


class MedicineEditor(Editor):
    """Its answer is the code and the name of what was picked, or the text that was typed.

    The list answers the text that stands in the line and no other: while a new text is searched it is closed.
    """

    searched = Signal(str)
    picked = Signal(object, bool)  # Medicine, None where a name was typed; whether another product stood here

    def __init__(self) -> None:
        super().__init__()
        self.line = QLineEdit()
        self.line.setPlaceholderText("Type parts of the name")
        self._code = ""
        self._name = ""
        self._before = ""  # the product that the rest of the item is about
        self._offered: list[Medicine] = []
        self._model = QStringListModel(self)
        self.completer = Suggestions(self._model, self)
        self.completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.completer.setMaxVisibleItems(12)
        self.completer.setWidget(self.line)
        activated: Any = self.completer.activated  # one signal of two kinds, by text and by place
        activated[QModelIndex].connect(self._chosen)
        self.standing = Words("", role="quiet")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE.hair)
        layout.addWidget(self.line)
        layout.addWidget(self.standing)
        self.setFocusProxy(self.line)
        self._timer = QTimer(self, singleShot=True, interval=SEARCH_AFTER_MS)
        self._timer.timeout.connect(self._search)
        self.line.textEdited.connect(self._typed)
        self.line.installEventFilter(Leaving(self))
        self.left.connect(self.take_name)
        self._say()

    def answer(self) -> str:
        text = self.line.text()
        return f"{self._code}{CODE_END}{text}" if self._code and text == self._name else text

    def set_answer(self, text: str) -> None:
        self._before = text
        self._show(text, QLineEdit.setText)

    def write(self, text: str) -> None:
        self._before = text
        self._show(text, write_over)

    def _show(self, text: str, put: Callable[[QLineEdit, str], None]) -> None:
        product = picked(text)
        self._code = product.code if product else ""
        self._name = product.display if product else ""
        shown = self._name if self._code else text
        if shown != self.line.text():
            put(self.line, shown)
            self.line.setCursorPosition(0)
        self._say()

    def spoken(self) -> str:
        return self.line.text()

    def parts(self) -> Sequence[QWidget]:
        return (self.line,)

    @property
    def offered(self) -> int:
        """How many products are offered in the list that is down now."""
        popup = self.completer.popup()
        return len(self._offered) if popup is not None and popup.isVisible() else 0

    def offer(self, text: str, medicines: Sequence[Medicine]) -> None:
        """Show what was found for ``text``, if that is still what stands here and the cursor is."""
        if text != self.line.text() or not self.line.hasFocus():
            return
        self._offered = list(medicines)
        self._model.setStringList([one.product.display for one in medicines])
        if medicines:
            self.completer.complete()
        else:
            self._fold()

    def _typed(self, _text: str) -> None:
        self._fold()  # what is offered was found for the text before
        self._say()
        self._timer.start()
        self.edited.emit()

    def _search(self) -> None:
        text = self.line.text()
        if len(text.strip()) >= LEAST and not (self._code and text == self._name):
            self.searched.emit(text)
        else:
            self._fold()

    def _fold(self) -> None:
        self._offered = []
        popup = self.completer.popup()
        if popup is not None:
            popup.hide()

    def _chosen(self, place: QModelIndex) -> None:
        if 0 <= place.row() < len(self._offered):
            medicine, before = self._offered[place.row()], self._before
            self.write(product_answer(medicine.product))
            self.edited.emit()
            self.picked.emit(medicine, before not in ("", self.answer()))

    def take_name(self) -> None:
        """Take a name that was typed for the product: when the cursor leaves, and before the form is checked."""
        before, self._before = self._before, self.answer()
        if before not in ("", self._before):
            self.picked.emit(None, True)  # noqa: FBT003 - a signal takes no names

    def _say(self) -> None:
        coded = bool(self._code) and self.line.text() == self._name
        if coded:
            self.standing.setText(f"dm+d {self._code}")
        else:
            self.standing.setText(
                "No dm+d code: the practice gets a paper copy." if self.line.text().strip() else ""
            )
        self.standing.setVisible(bool(self.standing.text()))
