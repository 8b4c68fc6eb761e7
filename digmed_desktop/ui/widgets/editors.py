"""The ways to answer a question. Each editor holds plain text (see ``clinical.form``) and says when it changed."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from digmed_desktop.clinical import dates, nhs_number
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.suggestions import suggestions

YEAR_DIGITS = 4
BOX_SPARE_EM = 2  # digits of room beside those of a date
LIST_CLOSES_MS = 40
MOST_LINES = 8  # of a text that grows while it is typed; a longer one scrolls
LIST_CLOSES_TRIES = 4


class Editor(QWidget):
    """The acts of every editor. :attr:`edited` tells of a change by the user, :attr:`left` that focus went away."""

    edited = Signal()
    left = Signal()
    entered = Signal()  # answered with a key that leads on: Enter, or the digit of a choice
    leads_on = False  # whether Enter goes on to the next question, as in a form

    def answer(self) -> str:
        """Return the answer as plain text; ``""`` when there is none."""
        raise TypeError("each editor answers for itself")

    def set_answer(self, text: str) -> None:
        """Show an answer."""
        raise TypeError("each editor shows for itself")

    def write(self, text: str) -> None:
        """Show an answer that the program fills in for the same patient: undo brings back what was typed before it."""
        self.set_answer(text)

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

    def lock(self, *, locked: bool) -> None:
        """Let the answer be read and not changed, or changed again."""
        for part in self.findChildren(QLineEdit):
            part.setReadOnly(locked)

    @property
    def locked(self) -> bool:
        """Whether the answer can be read and not changed."""
        return any(part.isReadOnly() for part in self.findChildren(QLineEdit))

    def forget(self) -> None:
        """Forget what was typed here before, so that undo does not bring it back."""
        for line in self.findChildren(QLineEdit):
            place = line.cursorPosition()
            line.setText(line.text())  # empties the history of undo
            line.setCursorPosition(place)
        for box in self.findChildren(QPlainTextEdit):
            box.document().clearUndoRedoStacks()

    def settle(self) -> bool:
        """Complete in full view what was typed, before the cursor goes on; return whether a list was closed."""
        return False

    def lead_on(self) -> None:
        """Settle and say so; a list that was closed may still take the focus back once, and then it is said again."""
        closed = self.settle()
        self.entered.emit()
        if closed:
            QTimer.singleShot(LIST_CLOSES_MS, self, lambda: self._still_on(LIST_CLOSES_TRIES))

    def _still_on(self, tries: int) -> None:
        now = QApplication.focusWidget()
        if now is not None and any(part is now or part.isAncestorOf(now) for part in self.parts()):
            self.entered.emit()
        if tries:
            QTimer.singleShot(LIST_CLOSES_MS, self, lambda: self._still_on(tries - 1))

    def focus(self) -> None:
        """Put the cursor here."""
        parts = self.parts()
        if parts:
            parts[0].setFocus(Qt.FocusReason.OtherFocusReason)


STAYS = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
"""Why a part loses the focus while the editor is not left."""


def write_over(line: QLineEdit, text: str) -> None:
    """Write a text into a line so that undo brings back what stood there; a secret has no undo."""
    if text == line.text():
        return
    if not text or line.echoMode() != QLineEdit.EchoMode.Normal:
        line.setText(text)
        return
    locked = line.isReadOnly()
    with QSignalBlocker(line):  # nobody typed it
        line.setReadOnly(True)  # else a list of suggestions opens
        line.selectAll()
        line.insert(text)
        line.setReadOnly(locked)
    line.textChanged.emit(text)


class Leaving(QObject):
    """Tells an editor when the focus leaves all its parts."""

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._editor = editor

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and self._editor.leads_on
            and event.type() == QEvent.Type.KeyPress
            and self._leads_on(event)
        ):
            self._editor.lead_on()
            return True
        if (
            isinstance(event, QFocusEvent)
            and event.type() == QEvent.Type.FocusOut
            and event.reason() not in STAYS
        ):
            self._editor.left.emit()
        return False

    @staticmethod
    def _leads_on(event: QKeyEvent) -> bool:
        """Whether this is the Enter that goes on to the next question."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        return not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier


def alone(editor: QWidget, part: QWidget) -> None:
    """Make ``part`` the whole of an editor."""
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
        alone(self, self.line)
        self.line.textEdited.connect(lambda _text: self.edited.emit())
        self.line.installEventFilter(Leaving(self))

    def answer(self) -> str:
        return self.line.text()

    def set_answer(self, text: str) -> None:
        if text != self.line.text() or not text:  # emptied for something else: undo brings nothing back
            self.line.setText(text)

    def write(self, text: str) -> None:
        write_over(self.line, text)

    def parts(self) -> Sequence[QWidget]:
        return (self.line,)

    def complete_from(self, choices: Sequence[str]) -> None:
        """Offer ``choices`` while typing; the text stays free."""
        self.line.setCompleter(suggestions(choices, self.line))


class NhsNumberEditor(TextEditor):
    """An NHS number: taken in any shape, shown 3-3-4 when it has ten digits; nothing typed is ever dropped."""

    def __init__(self) -> None:
        super().__init__()
        self.line.setMinimumWidth(
            self.fontMetrics().horizontalAdvance("999 999 9999") + SPACE.wide + SPACE.large
        )
        self._shown = ""  # the number as it was grouped here while it was typed
        self.line.editingFinished.connect(self._show_grouped)
        self.line.textChanged.connect(self._pasted)

    def set_answer(self, text: str) -> None:
        super().set_answer(self._grouped(text))

    def write(self, text: str) -> None:
        super().write(self._grouped(text))

    def settle(self) -> bool:
        self._show_grouped()
        return False

    def _grouped(self, text: str) -> str:
        found = nhs_number.digits(text)
        return nhs_number.shown(found) if found is not None and len(found) == 10 else text

    def _pasted(self, text: str) -> None:
        if self.line.isRedoAvailable():  # someone took the spaces back
            return
        found = nhs_number.digits(text)
        if (
            self._shown and text.startswith(self._shown) and text != self._shown
        ):  # more digits: no such number
            rest, self._shown = text[len(self._shown) :], ""
            self.line.setText(text[: -len(rest)].replace(" ", "") + rest)
            return
        if found is not None and len(found) == 10 and self.line.cursorPosition() == len(text):
            self._show_grouped()

    def _show_grouped(self) -> None:
        grouped = self._grouped(self.line.text())
        if grouped != self.line.text():
            self._shown = grouped
            write_over(self.line, grouped)


class LinesEditor(Editor):
    """Several lines of text; Enter and Tab go on to the next question, Shift+Enter begins a new line."""

    class _Box(QPlainTextEdit):
        def __init__(self, lines: int) -> None:
            super().__init__()
            self._least = lines
            self._lines = lines
            self.setTabChangesFocus(True)
            self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.document().setDocumentMargin(SPACE.hair)
            self.document().blockCountChanged.connect(self._grow)
            self._fit()

        def _grow(self, lines: int) -> None:
            """Be as high as what is typed, within reason."""
            self._lines = min(max(self._least, lines), MOST_LINES)
            self._fit()

        def changeEvent(self, event: QEvent) -> None:
            super().changeEvent(event)
            if event.type() == QEvent.Type.FontChange:
                self._fit()

        def _fit(self) -> None:
            self.setFixedHeight(self.fontMetrics().lineSpacing() * self._lines + SPACE.wide)

    def __init__(self, lines: int = 1) -> None:
        super().__init__()
        self.box = self._Box(lines)
        self.box.setPlaceholderText("Shift+Enter: new line")
        alone(self, self.box)
        self.box.textChanged.connect(self.edited.emit)
        self.box.installEventFilter(Leaving(self))

    def answer(self) -> str:
        return self.box.toPlainText()

    def set_answer(self, text: str) -> None:
        if text != self.box.toPlainText():
            self.box.blockSignals(True)  # noqa: FBT003  (Qt's signature)
            self.box.setPlainText(text)
            self.box.blockSignals(False)  # noqa: FBT003
        elif not text:  # emptied for something else: undo brings nothing back
            self.box.document().clearUndoRedoStacks()

    def write(self, text: str) -> None:
        if not text or text == self.box.toPlainText():
            self.set_answer(text)
            return
        cursor = QTextCursor(self.box.document())
        cursor.select(QTextCursor.SelectionType.Document)
        with QSignalBlocker(self.box):  # nobody typed it
            cursor.insertText(text)

    def parts(self) -> Sequence[QWidget]:
        return (self.box,)


class DateEditor(Editor):
    """A date in three boxes that lead on to each other; also takes 1/10/26, a pasted date, ``t`` and ``today``."""

    NAMES = ("Day", "Month", "Year")

    def __init__(self, now: Callable[[], datetime], *, birth: bool = False) -> None:
        """``now`` is the program's clock; ``birth``: it is a date of birth, so it is in the past."""
        super().__init__()
        self._now, self._birth = now, birth
        self._was_typed = False  # since the answer was set
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE.small)
        self.boxes: list[QLineEdit] = []
        leaving = Leaving(self)
        for name, width in zip(self.NAMES, (2, 2, 4), strict=True):
            box = QLineEdit()
            box.setPlaceholderText({"Day": "dd", "Month": "mm", "Year": "yyyy"}[name])
            box.setProperty("digits", width)
            self._fit(box, width)
            box.setMaxLength(24)  # a whole date may be pasted or typed into any box
            box.textEdited.connect(lambda text, b=box: self._typed(b, text))
            box.installEventFilter(self)
            box.installEventFilter(leaving)
            layout.addWidget(box)
            self.boxes.append(box)
        layout.addStretch(1)
        self.setFocusProxy(self.boxes[0])
        self.left.connect(self._write_year_out)

    def _fit(self, box: QLineEdit, digits: int) -> None:
        box.setFixedWidth(self.fontMetrics().horizontalAdvance("8" * (digits + BOX_SPARE_EM)) + SPACE.wide)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            for box in self.boxes:
                self._fit(box, int(box.property("digits")))

    def answer(self) -> str:
        texts = [box.text() for box in self.boxes]
        return "/".join(texts) if any(text.strip() for text in texts) else ""

    def set_answer(self, text: str) -> None:
        self._was_typed = False
        parts = [*text.split("/", 2), "", "", ""][:3] if text else ["", "", ""]
        for box, part in zip(self.boxes, parts, strict=True):
            if box.text() != part or not part:
                box.setText(part)

    def write(self, text: str) -> None:
        self._was_typed = False
        for box, part in zip(self.boxes, [*text.split("/", 2), "", "", ""][:3], strict=True):
            write_over(box, part)

    def spoken(self) -> str:
        day = self._read()
        return dates.shown(day) if day else " ".join(box.text() for box in self.boxes).strip()

    def settle(self) -> bool:
        self._write_year_out()
        return False

    def _today(self) -> date:
        return self._now().astimezone(dates.ENGLAND).date()

    def _read(self) -> date | None:
        """Return the date as the form's sheet reads it; None where it is none, or the century is open."""
        texts = [box.text() for box in self.boxes]
        today = self._today()
        if self._birth and len(dates.centuries(texts, today)) > 1:
            return None
        try:
            return dates.read_date(*texts, what="Date", today=today, past=self._birth)
        except dates.DateSentenceError:
            return None

    def _write_year_out(self) -> None:
        """Show the year of two digits as it is read, so that a person sees which century is meant."""
        year, day = self.boxes[-1], self._read()
        if self._was_typed and day is not None and year.text().strip() != str(day.year):
            self._was_typed = False
            write_over(year, str(day.year))
            self.edited.emit()

    def parts(self) -> Sequence[QWidget]:
        return self.boxes

    def name(self, label: str, description: str) -> None:
        for box, part in zip(self.boxes, self.NAMES, strict=True):
            box.setAccessibleName(f"{label}: {part.lower()}")
            box.setAccessibleDescription(description)

    def _typed(self, box: QLineEdit, text: str) -> None:
        if box.isRedoAvailable():  # undo: what was typed stays as it was
            self.edited.emit()
            return
        self._was_typed = True
        if text in {"/", "-", ".", " "}:
            box.clear()  # a separator typed after the cursor had moved on by itself
            return
        whole = dates.split_typed(text, self._today())
        single_word = text.strip().lower() in {"t", "today", "y", "yesterday"}
        if whole and (single_word or len(text) > 6):
            for target, part in zip(self.boxes, whole, strict=True):
                write_over(target, part)
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
        if self.leads_on and box is self.boxes[-1] and self._is_whole():
            self.lead_on()  # the last digit of the year: nothing is left to type here

    def _is_whole(self) -> bool:
        """Whether day, month and a year of four digits stand in the boxes and are a date."""
        day, month, year = (one.text() for one in self.boxes)
        if len(year) != YEAR_DIGITS or not (day and month):
            return False
        try:
            return dates.read_date(day, month, year, what="Date", today=self._today(), past=False) is not None
        except dates.DateSentenceError:
            return False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched in self.boxes:
            box = watched
            if isinstance(box, QLineEdit) and event.key() == Qt.Key.Key_Backspace and not box.text():
                place = self.boxes.index(box)
                if place:
                    self.boxes[place - 1].setFocus()
                    self.boxes[place - 1].end(False)  # noqa: FBT003
                    return True
        return False
