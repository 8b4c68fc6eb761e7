"""Plays at the window as a person does: keys and clicks, waiting only for what can be seen."""

import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from digmed_desktop.ui.forms.form_view import FormView
from digmed_desktop.ui.forms.vaccination_form import GIVEN, OUTCOME, SITE, GivenInEditor
from digmed_desktop.ui.pages.page import ColumnPage
from digmed_desktop.ui.widgets.choices import ChoiceEditor, RadioEditor
from digmed_desktop.ui.widgets.editors import DateEditor, LinesEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.window import Window

_SCANNED_EVERY_MS = 5
PATIENCE = 240.0
"""Seconds to wait for what must come; only a fault takes as long."""


def pause(milliseconds: int) -> None:
    """Let the window live for a while. QTest's own wait would keep the interpreter's lock, and the other threads waiting."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _compose(target: QWidget, sign: str) -> None:
    """Send a letter that is on no key of QTest's: it aborts on one."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(target, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, sign))


class TourError(AssertionError):
    """The window did not do what was expected."""


@dataclass(repr=False)
class Step:
    """One step of the transcript."""

    did: str
    expected: str
    seen: str
    as_expected: bool
    picture: str = ""
    keys: int = 0


@dataclass(repr=False)
class NotificationTrace:
    """The outcome of one notification."""

    kind: str
    about: str
    state: list[str]
    final_state: str
    files: list[str] = field(default_factory=list)


@dataclass(repr=False)
class Transcript:
    """Everything tour.json holds."""

    steps: list[Step] = field(default_factory=list)
    notifications: list[NotificationTrace] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def write(self, file: Path) -> None:
        """Write it, readable."""
        file.write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


class Player:
    """Hands and eyes of the tour."""

    def __init__(self, window: Window, folder: Path) -> None:
        self.window, self.folder = window, folder
        self.transcript = Transcript()
        self._pictures = 0
        self._keys = 0

    # ---- eyes

    def wait_for(self, what: str, seen: Callable[[], bool]) -> None:
        """Wait until something is seen; raises TourError when it is not."""
        until = time.monotonic() + PATIENCE
        while not seen():
            if time.monotonic() > until:
                raise TourError(f"waited {PATIENCE:.0f} s for {what}")
            pause(15)

    def picture(self, name: str) -> str:
        """Keep a picture of the window as it is now."""
        pause(120)
        self._pictures += 1
        file = self.folder / f"{self._pictures:02}-{name}.png"
        if not self.window.grab().save(str(file)):
            raise TourError(f"the picture {file.name} could not be written")
        return file.name

    def step(self, did: str, expected: str, look: Callable[[], str], picture: str = "") -> None:
        """Write down one step: ``look`` returns what is seen, which must be or contain what was expected."""
        seen = look()
        good = expected == seen or (expected != "" and expected in seen)
        shot = self.picture(picture) if picture else ""
        self.transcript.steps.append(Step(did, expected, seen, good, shot, self._keys))
        self._keys = 0
        number = len(self.transcript.steps)
        print(f"{number:3}  {'ok ' if good else 'NOT'}  {did}" + (f"  [{shot}]" if shot else ""), flush=True)
        if not good:
            raise TourError(f"step {number} ({did}): expected {expected!r}, seen {seen!r}")

    def visible_text(self) -> str:
        """Return all words in view."""
        labels = [w.text() for w in self.window.findChildren(QLabel) if w.isVisible()]
        buttons = [w.text() for w in self.window.findChildren(QAbstractButton) if w.isVisible()]
        return "\n".join(text for text in (*labels, *buttons) if text)

    # ---- hands

    def keys(self, text: str) -> None:
        """Type at whatever has the focus."""
        for sign in text:
            target = QApplication.focusWidget()  # it moves on by itself from box to box
            if target is None:
                raise TourError("nothing has the focus")
            with self._at_a_persons_pace():
                if sign.isascii():
                    QTest.keyClicks(target, sign)
                else:
                    _compose(target, sign)
        self._keys += len(text)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press one key."""
        target = QApplication.focusWidget() or self.window
        with self._at_a_persons_pace():
            QTest.keyClick(target, key, modifier)
        self._keys += 1
        pause(1)

    def scan(self, text: str) -> None:
        """Scan: the signs one after the other as a scanner sends them, then Enter."""
        target = QApplication.focusWidget() or self.window
        began = int(time.monotonic() * 1000)
        for place, sign in enumerate(f"{text}\r"):
            key = Qt.Key.Key_Return if sign == "\r" else Qt.Key(ord(sign.upper()))
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, sign)
                event.setTimestamp(began + place * _SCANNED_EVERY_MS)  # however slow this machine is now
                QApplication.sendEvent(target, event)
        pause(20)

    def _at_a_persons_pace(self) -> AbstractContextManager[None]:
        """These keys come faster than any person's: they are no scan all the same."""
        wedge = self.window.context.wedge
        return wedge.paused() if wedge is not None else nullcontext()

    def click(self, widget: QWidget) -> None:
        """Click in the middle of something that is in view."""
        if not widget.isVisible():
            raise TourError(f"{widget.accessibleName() or widget.objectName()} is not in view")
        QTest.mouseClick(
            widget, Qt.MouseButton.LeftButton, pos=QPoint(min(20, widget.width() // 2), widget.height() // 2)
        )
        pause(1)

    def line(self, within: QWidget, words: str) -> QAbstractButton:
        """Wait for the line of a list with these words to be in view, and return it."""

        def there() -> list[QAbstractButton]:
            lines = within.findChildren(QAbstractButton)
            return [one for one in lines if one.isVisible() and words in one.accessibleName()]

        self.wait_for(f"a line with {words!r}", lambda: bool(there()))
        return there()[0]

    def button(self, text: str) -> QAbstractButton:
        """Return the visible button with this name."""
        for found in self.window.findChildren(QAbstractButton):
            if found.isVisible() and (found.accessibleName() == text or found.text() == text):
                return found
        raise TourError(f"there is no button {text!r} in view")

    def fill(self, page: FormView | ColumnPage, answers: dict[str, str]) -> None:
        """Answer questions in their order, by keyboard: Tab from one to the next, or a click where Tab is far."""
        for field_id, text in answers.items():
            if field_id == OUTCOME and text == GIVEN:
                continue  # stated with the site
            asked = page.fields[OUTCOME if field_id == SITE else field_id]
            if not asked.isVisible() or self._is_behind(page, asked):
                page.focus_field(asked.field_id)  # as a click does: a line opens, the cursor goes back
            if isinstance(page, FormView) and asked.isHidden():
                continue  # the question does not apply to this patient
            self.answer(asked, text)

    @staticmethod
    def _is_behind(page: FormView | ColumnPage, asked: Field) -> bool:
        """Whether the cursor has passed a question."""
        now = QApplication.focusWidget()
        order = [q.id for q in page.order()] if isinstance(page, FormView) else list(page.fields)
        at = [n for n, key in enumerate(order) if now is not None and page.fields[key].isAncestorOf(now)]
        return bool(at) and order.index(asked.field_id) < at[0]

    def answer(self, asked: Field, text: str) -> None:
        """Go to one question and type its answer."""
        editor = asked.editor
        self._go_to(asked)
        if isinstance(editor, RadioEditor):
            self.keys(editor.digit_of(text))
        elif isinstance(editor, DateEditor):
            self._clear_each(editor)
            self.keys(text)
        elif isinstance(editor, ChoiceEditor):
            self.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            self.keys(editor.label_of(text))
            self.key(Qt.Key.Key_Tab)
        elif isinstance(editor, LinesEditor):
            self.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            for number, line in enumerate(text.split("\n")):
                if number:
                    self.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
                self.keys(line)
        else:
            self.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            self.keys(text)
        pause(1)
        if not isinstance(editor, (DateEditor, GivenInEditor)) and editor.answer().replace(
            " ", ""
        ) != text.replace(" ", ""):
            raise TourError(f"{asked.label_text}: typed but not taken")

    def _go_to(self, asked: Field) -> None:
        """Press Tab until the question has the focus; it is a fault when Tab never gets there."""
        parts = set(asked.editor.parts())
        for _ in range(200):
            now = QApplication.focusWidget()
            if now is not None and (now in parts or any(part.isAncestorOf(now) for part in parts)):
                return
            with self._at_a_persons_pace():
                QTest.keyClick(now or self.window, Qt.Key.Key_Tab)
            self._keys += 1
        raise TourError(f"Tab does not lead to {asked.label_text!r}")

    def _clear_each(self, editor: DateEditor) -> None:
        if editor.answer():
            editor.set_answer("")
        editor.focus()
