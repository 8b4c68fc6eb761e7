"""The ways to answer a question. Each editor holds plain text (see ``clinical.form``) and says when it changed."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from digmed_desktop.clinical import dates, nhs_number
from digmed_desktop.clinical.form import Option


class Editor(QWidget):
    """What every editor can do. :attr:`edited` tells of a change by the user, :attr:`left` that focus went away."""

    edited = Signal()
    left = Signal()

    def answer(self) -> str:
        """Return the answer as plain text; ``""`` when there is none."""
        raise TypeError("each editor answers for itself")

    def set_answer(self, text: str) -> None:
        """Show an answer."""
        raise TypeError("each editor shows for itself")

    def spoken(self) -> str:
        """Return the answer as a person reads it."""
        return self.answer()

    def parts(self) -> Sequence[QWidget]:
        """Return the widgets that take the focus, in reading order."""
        raise TypeError("each editor has its own parts")

    def name(self, label: str, description: str) -> None:
        """Give its parts their accessible name and description."""
        for part in self.parts():
            part.setAccessibleName(label)
            part.setAccessibleDescription(description)

    def mark(self, wrong: bool) -> None:
        """Draw the mark of an error, or take it away."""
        from digmed_desktop.ui.widgets.words import set_property

        for part in self.parts():
            if not isinstance(part, QAbstractButton):
                set_property(part, "wrong", "true" if wrong else "false")

    def focus(self) -> None:
        """Put the cursor here."""
        parts = self.parts()
        if parts:
            parts[0].setFocus(Qt.FocusReason.OtherFocusReason)


class _Leaving(QObject):
    """Tells an editor when the focus leaves all its parts."""

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._editor = editor

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        if event.type() == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            if event.reason() not in (
                Qt.FocusReason.PopupFocusReason,
                Qt.FocusReason.ActiveWindowFocusReason,
            ):
                self._editor.left.emit()
        return False


def _alone(editor: QWidget, part: QWidget) -> None:
    layout = QVBoxLayout(editor)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(part)
    editor.setFocusProxy(part)


class TextEditor(Editor):
    """One line of text, exactly as typed."""

    def __init__(self, *, secret: bool = False) -> None:
        super().__init__()
        self.line = QLineEdit()
        if secret:
            self.line.setEchoMode(QLineEdit.EchoMode.Password)
        _alone(self, self.line)
        self.line.textEdited.connect(lambda _text: self.edited.emit())
        self.line.installEventFilter(_Leaving(self))

    def answer(self) -> str:
        return self.line.text()

    def set_answer(self, text: str) -> None:
        if text != self.line.text():
            self.line.setText(text)

    def parts(self) -> Sequence[QWidget]:
        return (self.line,)

    def complete_from(self, choices: Sequence[str]) -> None:
        """Offer ``choices`` while typing; the text stays free."""
        completer = QCompleter(list(choices), self.line)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.line.setCompleter(completer)


class NhsNumberEditor(TextEditor):
    """An NHS number: taken in any shape, shown 3-3-4 when it has ten digits; nothing typed is ever dropped."""

    def __init__(self) -> None:
        super().__init__()
        self.line.setMinimumWidth(self.fontMetrics().horizontalAdvance("999 999 9999") + 40)
        self.line.editingFinished.connect(self._show_grouped)
        self.line.textChanged.connect(self._pasted)

    def set_answer(self, text: str) -> None:
        super().set_answer(self._grouped(text))

    def _grouped(self, text: str) -> str:
        found = nhs_number.digits(text)
        return nhs_number.shown(found) if found is not None and len(found) == 10 else text

    def _pasted(self, text: str) -> None:
        found = nhs_number.digits(text)
        if found is not None and len(found) == 10 and self.line.cursorPosition() == len(text):
            self._show_grouped()

    def _show_grouped(self) -> None:
        grouped = self._grouped(self.line.text())
        if grouped != self.line.text():
            self.line.setText(grouped)


class LinesEditor(Editor):
    """Several lines of text; Tab goes on to the next question."""

    class _Box(QPlainTextEdit):
        def __init__(self, lines: int) -> None:
            super().__init__()
            self._lines = lines
            self.setTabChangesFocus(True)
            self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.document().setDocumentMargin(2)

            self._fit()

        def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
            super().changeEvent(event)
            if event.type() == QEvent.Type.FontChange:
                self._fit()

        def _fit(self) -> None:
            self.setFixedHeight(self.fontMetrics().lineSpacing() * self._lines + 22)

    def __init__(self, lines: int = 3) -> None:
        super().__init__()
        self.box = self._Box(lines)
        _alone(self, self.box)
        self.box.textChanged.connect(self.edited.emit)
        self.box.installEventFilter(_Leaving(self))

    def answer(self) -> str:
        return self.box.toPlainText()

    def set_answer(self, text: str) -> None:
        if text != self.box.toPlainText():
            self.box.blockSignals(True)  # noqa: FBT003  (Qt's signature)
            self.box.setPlainText(text)
            self.box.blockSignals(False)  # noqa: FBT003

    def parts(self) -> Sequence[QWidget]:
        return (self.box,)


class DateEditor(Editor):
    """A date in three boxes that lead on to each other; also takes 1/10/26, a pasted date, ``t`` and ``today``."""

    NAMES = ("Day", "Month", "Year")

    def __init__(self) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self.boxes: list[QLineEdit] = []
        for name, width in zip(self.NAMES, (2, 2, 4), strict=True):
            box = QLineEdit()
            box.setPlaceholderText({"Day": "dd", "Month": "mm", "Year": "yyyy"}[name])
            box.setProperty("digits", width)
            self._fit(box, width)
            box.setMaxLength(24)  # a whole date may be pasted or typed into any box
            box.textEdited.connect(lambda text, b=box: self._typed(b, text))
            box.installEventFilter(self)
            box.installEventFilter(_Leaving(self))
            layout.addWidget(box)
            self.boxes.append(box)
        layout.addStretch(1)
        self.setFocusProxy(self.boxes[0])

    @staticmethod
    def _fit(box: QLineEdit, digits: int) -> None:
        box.setFixedWidth(box.fontMetrics().horizontalAdvance("8" * (digits + 2)) + 26)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            for box in self.boxes:
                self._fit(box, int(box.property("digits")))

    def answer(self) -> str:
        texts = [box.text() for box in self.boxes]
        return "/".join(texts) if any(text.strip() for text in texts) else ""

    def set_answer(self, text: str) -> None:
        parts = (text.split("/", 2) + ["", "", ""])[:3] if text else ["", "", ""]
        for box, part in zip(self.boxes, parts, strict=True):
            if box.text() != part:
                box.setText(part)

    def spoken(self) -> str:
        texts = [box.text() for box in self.boxes]
        try:
            day = dates.read_date(*texts, what="Date", today=date.today(), past=False)  # noqa: DTZ011
        except dates.DateSentenceError:
            return " ".join(texts)
        return dates.shown(day)

    def parts(self) -> Sequence[QWidget]:
        return self.boxes

    def name(self, label: str, description: str) -> None:
        for box, part in zip(self.boxes, self.NAMES, strict=True):
            box.setAccessibleName(f"{label}: {part.lower()}")
            box.setAccessibleDescription(description)

    def _typed(self, box: QLineEdit, text: str) -> None:
        if text in {"/", "-", ".", " "}:
            box.clear()  # a separator typed after the cursor had moved on by itself
            return
        whole = dates.split_typed(text, date.today())  # noqa: DTZ011  (the counter's calendar day)
        single_word = text.strip().lower() in {"t", "today", "y", "yesterday"}
        if whole and (single_word or len(text) > 6):
            for target, part in zip(self.boxes, whole, strict=True):
                target.setText(part)
            self.boxes[-1].setFocus()
            self.boxes[-1].end(False)  # noqa: FBT003
        else:
            place = self.boxes.index(box)
            if place < 2 and (
                (text.isdigit() and len(text) == 2)
                or (text[:-1].isdigit() and text[-1:] in {"/", "-", ".", " "})
            ):
                if not text.isdigit():
                    box.setText(text[:-1])
                self.boxes[place + 1].setFocus()
                self.boxes[place + 1].selectAll()
        self.edited.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and watched in self.boxes:
            box = watched
            if isinstance(box, QLineEdit) and event.key() == Qt.Key.Key_Backspace and not box.text():
                place = self.boxes.index(box)
                if place:
                    self.boxes[place - 1].setFocus()
                    self.boxes[place - 1].end(False)  # noqa: FBT003
                    return True
        return False


class RadioEditor(Editor):
    """One of a few answers, all in view. A digit or the first letter picks one; the arrow keys move."""

    def __init__(self, options: Sequence[Option], *, beside: bool = False) -> None:
        super().__init__()
        self.group = QButtonGroup(self)
        self._ids: list[str] = []
        self._beside = beside
        self._layout = QBoxLayout(
            QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom, self
        )
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(16 if beside else 2)
        for option in options:
            button = QRadioButton(option.label.replace("&", "&&"))
            button.setAccessibleName(option.label)
            button.setAccessibleDescription(option.hint)
            button.setToolTip(option.hint)
            button.installEventFilter(self)
            button.installEventFilter(_Leaving(self))
            self.group.addButton(button, len(self._ids))
            self._ids.append(option.id)
            self._layout.addWidget(button)
        if beside:
            self._layout.addStretch(1)
        self.group.idClicked.connect(lambda _id: self.edited.emit())

    def answer(self) -> str:
        place = self.group.checkedId()
        return self._ids[place] if place >= 0 else ""

    def place_of(self, option_id: str) -> int:
        """Return the place of an option, from 0; ValueError when it is not offered."""
        return self._ids.index(option_id)

    def set_answer(self, text: str) -> None:
        self.group.setExclusive(False)
        for place, button in enumerate(self.group.buttons()):
            button.setChecked(self._ids[place] == text)
        self.group.setExclusive(True)

    def spoken(self) -> str:
        button = self.group.checkedButton()
        return button.text().replace("&&", "&") if button else ""

    def parts(self) -> Sequence[QWidget]:
        return self.group.buttons()

    def name(self, label: str, description: str) -> None:
        for button in self.group.buttons():
            button.setAccessibleName(f"{label}: {button.text().replace('&&', '&')}")
            button.setAccessibleDescription(description)

    def focus(self) -> None:
        (self.group.checkedButton() or self.group.buttons()[0]).setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            typed = event.text().lower()
            if typed and typed.isalnum() and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
                buttons = self.group.buttons()
                picked: QAbstractButton | None = None
                if typed.isdigit() and 1 <= int(typed) <= len(buttons):
                    picked = buttons[int(typed) - 1]
                else:
                    fitting = [b for b in buttons if b.text().lower().startswith(typed)]
                    if fitting:
                        now = self.group.checkedButton()
                        picked = (
                            fitting[(fitting.index(now) + 1) % len(fitting)] if now in fitting else fitting[0]
                        )
                if picked is not None:
                    picked.setChecked(True)
                    picked.setFocus(Qt.FocusReason.OtherFocusReason)
                    self.edited.emit()
                    return True
        return False


YES_NO = (Option("yes", "Yes"), Option("no", "No"))


class TicksEditor(Editor):
    """Any number of answers."""

    def __init__(self, options: Sequence[Option]) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self._boxes: dict[str, QCheckBox] = {}
        for option in options:
            box = QCheckBox(option.label.replace("&", "&&"))
            box.toggled.connect(lambda _on: self.edited.emit())
            box.installEventFilter(_Leaving(self))
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
    """One answer from a list that is searched by typing any part of it."""

    class _Combo(QComboBox):
        def wheelEvent(self, event: QEvent) -> None:  # type: ignore[override]  # noqa: N802
            event.ignore()  # the wheel scrolls the form and never changes an answer

    def __init__(self, options: Sequence[Option]) -> None:
        super().__init__()
        self.combo = self._Combo()
        self.combo.setEditable(True)
        self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(12)
        self.combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.combo.setMaxVisibleItems(14)
        line = self.combo.lineEdit()
        line.setPlaceholderText("Type or choose")
        _alone(self, self.combo)
        self._ids: list[str] = []
        self.set_options(options)
        self.combo.activated.connect(lambda _i: self.edited.emit())
        line.textEdited.connect(lambda _t: self.edited.emit())
        line.editingFinished.connect(self._settle)
        self.combo.installEventFilter(_Leaving(self))
        line.installEventFilter(_Leaving(self))

    def set_options(self, options: Sequence[Option]) -> None:
        """Show another list; the answer stays if it is still in it."""
        kept = self.answer() if self._ids else ""
        self.combo.blockSignals(True)  # noqa: FBT003
        self.combo.clear()
        self._ids = [option.id for option in options]
        for place, option in enumerate(options):
            self.combo.addItem(option.label)
            self.combo.setItemData(place, option.hint or option.label, Qt.ItemDataRole.ToolTipRole)
        completer = QCompleter([option.label for option in options], self.combo)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.combo.setCompleter(completer)
        self.combo.setCurrentIndex(-1)
        self.combo.lineEdit().clear()
        self.combo.blockSignals(False)  # noqa: FBT003
        if kept:
            self.set_answer(kept)

    def answer(self) -> str:
        place = self._place_of(self.combo.currentText())
        return self._ids[place] if place is not None else self.combo.currentText()

    def _place_of(self, text: str) -> int | None:
        if not text.strip():
            return None
        for place in range(self.combo.count()):
            if self.combo.itemText(place).lower() == text.strip().lower():
                return place
        return None

    def label_of(self, option_id: str) -> str:
        """Return the label of an option; ValueError when it is not offered."""
        return self.combo.itemText(self._ids.index(option_id))

    def _settle(self) -> None:
        """Complete a typed part that fits exactly one option, in full view; anything else stays as typed."""
        typed = self.combo.currentText().strip()
        if not typed or self._place_of(typed) is not None:
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
            self.combo.lineEdit().setText(text)

    def spoken(self) -> str:
        return self.combo.currentText()

    def parts(self) -> Sequence[QWidget]:
        return (self.combo,)

    def name(self, label: str, description: str) -> None:
        super().name(label, description)
        self.combo.lineEdit().setAccessibleName(label)
        self.combo.lineEdit().setAccessibleDescription(description)


class Suffixed(TextEditor):
    """A short text with its unit behind it."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)  # noqa: S101  (made in _alone)
        layout.setDirection(QBoxLayout.Direction.LeftToRight)
        layout.addWidget(QLabel(unit))
