"""Editors for choosing: a few answers all in view, any number of ticks, or a list that is searched by typing."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QRadioButton,
    QSizePolicy,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from digmed_desktop.clinical.form import Option
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.editors import Editor, Leaving, alone
from digmed_desktop.ui.widgets.flow import EvenFlowLayout
from digmed_desktop.ui.widgets.options import DotButton, OptionButton
from digmed_desktop.ui.widgets.suggestions import suggestions

DIGITS = tuple("1234567890")


class RadioEditor(Editor):
    """One of a few answers, all in view, each with the digit that chooses it; the arrow keys move. Letters do nothing."""

    def __init__(self, options: Sequence[Option]) -> None:
        super().__init__()
        self.group = QButtonGroup(self)
        self._ids: list[str] = []
        self._labels: list[str] = []
        self._name = ("", "")
        self._layout = self._make_layout()
        self._leaving = Leaving(self)
        self._add(options)
        self.group.idClicked.connect(lambda _id: self.edited.emit())

    def _make_layout(self) -> QLayout:
        layout = EvenFlowLayout(self, SPACE.tight)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        return layout

    def _make_button(self, label: str, key: str) -> QRadioButton:
        return OptionButton(label, key)

    def _add(self, options: Sequence[Option]) -> None:
        for place, option in enumerate(options):
            button = self._make_button(option.label, self.key_of(place, option.id))
            button.setAccessibleName(option.label)
            button.setAccessibleDescription(option.hint)
            button.setToolTip(option.hint)
            button.installEventFilter(self)
            button.installEventFilter(self._leaving)
            self.group.addButton(button, len(self._ids))
            self._ids.append(option.id)
            self._labels.append(option.label)
            self._layout.addWidget(button)

    def key_of(self, place: int, _option_id: str) -> str:
        """Return the digit that chooses the answer at a place, ``""`` beyond the tenth."""
        return str((place + 1) % 10) if place < len(DIGITS) else ""

    def set_options(self, options: Sequence[Option]) -> None:
        """Show other answers; the answer stays if it is still among them."""
        if [option.id for option in options] == self._ids and [o.label for o in options] == self._labels:
            return
        kept = self.answer()
        before = self.group.buttons()[0].previousInFocusChain() if self.group.buttons() else None
        for button in self.group.buttons():
            self.group.removeButton(button)
            self._layout.removeWidget(button)
            button.hide()  # with its parent: a layout may still be about to show it
            button.deleteLater()
        self._ids.clear()
        self._labels.clear()
        self._add(options)
        for button in self.group.buttons():  # Tab comes here where it came before
            if before is not None:
                QWidget.setTabOrder(before, button)
            before = button
        self.name(*self._name)
        self.set_answer(kept)

    def answer(self) -> str:
        place = self.group.checkedId()
        return self._ids[place] if place >= 0 else ""

    def place_of(self, option_id: str) -> int:
        """Return the place of an option, from 0; ValueError when it is not offered."""
        return self._ids.index(option_id)

    def digit_of(self, option_id: str) -> str:
        """Return the digit that chooses an option."""
        return self.key_of(self.place_of(option_id), option_id)

    def set_answer(self, text: str) -> None:
        self.group.setExclusive(False)
        for place, button in enumerate(self.group.buttons()):
            button.setChecked(self._ids[place] == text)
        self.group.setExclusive(True)

    def spoken(self) -> str:
        place = self.group.checkedId()
        return self._labels[place] if place >= 0 else ""

    def parts(self) -> Sequence[QWidget]:
        return self.group.buttons()

    def name(self, label: str, description: str) -> None:
        self._name = (label, description)
        for place, button in enumerate(self.group.buttons()):
            button.setAccessibleName(f"{label}: {self._labels[place]}")
            button.setAccessibleDescription(description)

    def focus(self) -> None:
        (self.group.checkedButton() or self.group.buttons()[0]).setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, place: int) -> None:
        """Answer as if the button at a place had been pressed by its digit, and go on."""
        picked = self.group.buttons()[place]
        picked.setChecked(True)
        picked.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()
        self.entered.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            typed = event.text()
            plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if plain and typed in DIGITS:
                keys = [self.key_of(place, one) for place, one in enumerate(self._ids)]
                if typed in keys:
                    self.choose(keys.index(typed))
                return True
        return False


class RowEditor(RadioEditor):
    """Yes and No as two round buttons of one width, to stand in the columns of a table."""

    def _make_layout(self) -> QLayout:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        return layout

    def _make_button(self, label: str, key: str) -> QRadioButton:
        return DotButton(label, key)


YES_NO = (Option("yes", "Yes"), Option("no", "No"))


class TicksEditor(Editor):
    """Any number of answers."""

    def __init__(self, options: Sequence[Option]) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE.hair)
        self._boxes: dict[str, QCheckBox] = {}
        leaving = Leaving(self)
        for option in options:
            box = QCheckBox(option.label.replace("&", "&&"))
            box.toggled.connect(lambda _on: self.edited.emit())
            box.installEventFilter(leaving)
            layout.addWidget(box)
            self._boxes[option.id] = box

    def answer(self) -> str:
        return ",".join(key for key, box in self._boxes.items() if box.isChecked())

    def set_answer(self, text: str) -> None:
        chosen = set(text.split(","))
        for key, box in self._boxes.items():
            box.blockSignals(True)  # noqa: FBT003
            box.setChecked(key in chosen)
            box.blockSignals(False)  # noqa: FBT003

    def spoken(self) -> str:
        return "; ".join(box.text().replace("&&", "&") for box in self._boxes.values() if box.isChecked())

    def parts(self) -> Sequence[QWidget]:
        return list(self._boxes.values())

    def name(self, label: str, description: str) -> None:
        for box in self._boxes.values():
            text = box.text().replace("&&", "&")
            box.setAccessibleName(text if text == label else f"{label}: {text}")
            box.setAccessibleDescription(description)


class ChoiceEditor(Editor):
    """One answer from a list that is searched by typing any part of it.

    With ``own_words`` what is typed stays as typed: nothing is completed, and only an arrow marks what Enter takes.
    """

    class _Combo(QComboBox):
        def wheelEvent(self, event: QWheelEvent) -> None:
            event.ignore()  # the wheel scrolls the form and never changes an answer

    def __init__(self, options: Sequence[Option], *, own_words: bool = False) -> None:
        super().__init__()
        self._own_words = own_words
        self.combo = self._Combo()
        self.combo.setEditable(True)
        self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(12)
        self.combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.combo.setMaxVisibleItems(14)
        self.combo.setItemDelegate(QStyledItemDelegate(self.combo))  # or its rows are as low as its text
        line = self.line = QLineEdit()
        self.combo.setLineEdit(line)
        line.setPlaceholderText("Type or choose")
        alone(self, self.combo)
        self._ids: list[str] = []
        self._options: list[Option] | None = None
        self.set_options(options)
        self.combo.activated.connect(lambda _i: self.edited.emit())
        self._watched: QAbstractItemView | None = None
        line.textEdited.connect(lambda _t: self._watch_list())
        line.textEdited.connect(lambda _t: self.edited.emit())
        line.editingFinished.connect(self._settle)
        leaving = Leaving(self)
        self.combo.installEventFilter(leaving)
        self.combo.installEventFilter(self)
        line.installEventFilter(leaving)

    def set_options(self, options: Sequence[Option]) -> None:
        """Show another list; the answer stays if it is still in it, and so does what is being typed."""
        if list(options) == self._options:
            return
        self._options = list(options)
        kept, at = self.answer() if self._ids else self.combo.currentText(), self.line.cursorPosition()
        self.combo.blockSignals(True)  # noqa: FBT003
        self.combo.clear()
        self._ids = [option.id for option in options]
        for place, option in enumerate(options):
            self.combo.addItem(option.label)
            self.combo.setItemData(place, option.hint or option.label, Qt.ItemDataRole.ToolTipRole)
        self.combo.setCompleter(suggestions([option.label for option in options], self.line))
        self.combo.setCurrentIndex(-1)
        self.line.clear()
        self.combo.blockSignals(False)  # noqa: FBT003
        if kept:
            self.set_answer(kept)
        if self.combo.hasFocus():
            self.line.setCursorPosition(at)

    def answer(self) -> str:
        place = self._place_of(self.combo.currentText())
        return self._ids[place] if place is not None else self.combo.currentText()

    @property
    def is_no_option(self) -> bool:
        """Whether something stands there that is not in the list."""
        text = self.combo.currentText()
        return bool(text.strip()) and self._place_of(text) is None

    def _place_of(self, text: str) -> int | None:
        if not text.strip():
            return None
        for place in range(self.combo.count()):
            if self.combo.itemText(place).lower() == text.strip().lower():
                return place
        return None

    def focus(self) -> None:
        """Put the cursor here; what is typed then takes the place of the answer, as after Tab."""
        super().focus()
        self.line.selectAll()

    def label_of(self, option_id: str) -> str:
        """Return the label of an option; ValueError when it is not offered."""
        return self.combo.itemText(self._ids.index(option_id))

    def _popup(self) -> QAbstractItemView | None:
        completer = self.combo.completer()
        return completer.popup() if completer is not None else None

    def _watch_list(self) -> None:
        """See the keys of the list that opens while typing, and mark its first line: Enter takes the one marked."""
        popup = self._popup()
        if popup is None:
            return
        if popup is not self._watched:
            self._watched = popup
            popup.installEventFilter(self)
            popup.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        if not self._own_words:
            QTimer.singleShot(0, self, self._mark)

    def _mark(self, row: int = 0) -> None:
        """Mark a line of the open list without taking it."""
        popup = self._popup()
        if popup is None or not popup.isVisible() or popup.currentIndex().isValid():
            return
        lines = popup.selectionModel()
        lines.blockSignals(True)  # noqa: FBT003 - marking is not choosing: the text stays as typed
        popup.setCurrentIndex(popup.model().index(row, 0))
        lines.blockSignals(False)  # noqa: FBT003
        popup.viewport().update()

    def open_list(self) -> None:
        """Open the whole list, the present answer marked."""
        completer = self.combo.completer()
        if completer is None:
            return
        completer.setCompletionPrefix("")
        completer.complete()
        self._watch_list()
        self._mark(max(self._place_of(self.combo.currentText()) or 0, 0))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if watched is self.combo and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.open_list()
            return True
        if watched is self._watched and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take_marked()
            return True
        return super().eventFilter(watched, event)

    def _take_marked(self) -> None:
        """Take the marked line of the open list and go on, if it fits what is typed."""
        popup = self._popup()
        index = popup.currentIndex() if popup is not None else None
        if index is not None and index.isValid():
            self.line.setText(str(index.data()))
        self.edited.emit()
        if self.leads_on:
            self.lead_on()
        else:
            self.settle()

    def settle(self) -> bool:
        self._settle()
        completer = self.combo.completer()
        popup = completer.popup() if completer is not None else None
        if popup is not None and popup.isVisible():
            popup.hide()
            self.window().activateWindow()  # some platforms leave the list that was closed active
            return True
        return False

    def _settle(self) -> None:
        """Complete a typed part that fits exactly one option, in full view; anything else stays as typed."""
        self.line.setCursorPosition(0)
        typed = self.combo.currentText().strip()
        if not typed or self._own_words or self._place_of(typed) is not None:
            return
        fitting = [i for i in range(self.combo.count()) if typed.lower() in self.combo.itemText(i).lower()]
        if len(fitting) == 1:
            self.combo.setCurrentIndex(fitting[0])
            self.edited.emit()

    def set_answer(self, text: str) -> None:
        if text in self._ids:
            self.combo.setCurrentIndex(self._ids.index(text))
        else:
            self.combo.setCurrentIndex(-1)
            self.line.setText(text)
        self.line.setCursorPosition(0)

    def spoken(self) -> str:
        return self.combo.currentText()

    def parts(self) -> Sequence[QWidget]:
        return (self.combo,)

    def name(self, label: str, description: str) -> None:
        super().name(label, description)
        self.line.setAccessibleName(label)
        self.line.setAccessibleDescription(description)
