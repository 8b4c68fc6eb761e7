"""Counts the keys of a vaccination, pressed where the cursor stands: what a person's hands have to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from digmed_desktop.tour.player import Player, TourError, pause
from digmed_desktop.ui.forms.vaccination_form import OUTCOME, SITE
from digmed_desktop.ui.pages.form_page import FormPage
from digmed_desktop.ui.widgets.choices import ChoiceEditor, RadioEditor
from digmed_desktop.ui.widgets.editors import DateEditor, Editor
from digmed_desktop.ui.widgets.field import Field

FREE = (
    "patient.given",
    "patient.family",
    "patient.address_lines",
    "patient.city",
    "patient.postcode",
    "patient.telephone",
    "vaccine.batch",
    "after.notes",
)
"""Texts whose length is their own: only the key that leads on counts."""
MOST_STEPS = 80


def question_of(widget: QWidget | None) -> Field | None:
    """Return the question that a widget belongs to."""
    while widget is not None and not isinstance(widget, Field):
        widget = widget.parentWidget()
    return widget


@dataclass(repr=False)
class Keys:
    """The keys of one record."""

    all: int = 0
    routine: int = 0  # of them those that say nothing about the patient
    answers: int = 0  # questions answered
    asked: list[str] = field(default_factory=list)


class Counting:
    """Answers a form from the cursor on, each question where it takes the cursor."""

    def __init__(self, player: Player, form: FormPage) -> None:
        self._player, self._form = player, form
        self.keys = Keys()

    def press(
        self,
        key: Qt.Key,
        modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        *,
        routine: bool = False,
    ) -> None:
        """Press one key and count it."""
        self._player.key(key, modifier)
        self.keys.all += 1
        self.keys.routine += routine

    def type(self, text: str, *, counted: bool = True) -> None:
        """Type, and count it unless it is as long as it is."""
        self._player.keys(text)
        self.keys.all += len(text) if counted else 0

    def answer_all(self, answers: Mapping[str, str], practice: str = "") -> None:
        """Answer whatever takes the cursor until the form leads to Check; ``practice`` is typed to find it."""
        for _ in range(MOST_STEPS):
            at = QApplication.focusWidget()
            if at is self._form.footer.check:
                return
            asked = self.at_cursor()
            if asked is None or asked.field_id == "practice.search":
                self._find_practice(practice)
            else:
                self._answer(asked, answers)
            self._player.wait_for(
                f"the cursor to go on from {asked.label_text if asked else at}", partial(self._moved, at)
            )
        raise TourError("the form does not lead to Check")

    @staticmethod
    def at_cursor() -> Field | None:
        """Return the question that has the cursor."""
        return question_of(QApplication.focusWidget())

    def _moved(self, before: QWidget | None) -> bool:
        """Whether the cursor is at another question, or at Check."""
        pause(5)
        now = QApplication.focusWidget()
        if now is None or now is before:
            return False
        return question_of(before) is None or question_of(before) is not question_of(now)

    def _find_practice(self, text: str) -> None:
        if not text:
            raise TourError("a practice is asked for")
        self.type(text, counted=False)
        self.press(Qt.Key.Key_Return)
        self.keys.answers += 1

    def _answer(self, asked: Field, answers: Mapping[str, str]) -> None:
        editor, text = asked.editor, answers.get(SITE if asked.field_id == OUTCOME else asked.field_id, "")
        self.keys.asked.append(asked.field_id)
        self.keys.answers += bool(text)
        if isinstance(editor, RadioEditor):
            if not text:
                raise TourError(f"{asked.label_text} is asked")
            self.type(editor.digit_of(text))
        elif isinstance(editor, DateEditor):
            self._date(editor, text)
        elif isinstance(editor, ChoiceEditor):
            self._choose(editor, text)
        else:
            if text:
                self.type(text.replace("\n", ", "), counted=asked.field_id not in FREE)
            self.press(Qt.Key.Key_Return)

    def _date(self, editor: Editor, text: str) -> None:
        day, month, year = text.split("/")
        self.type(f"{int(day):02}{int(month):02}{year}")

    def _choose(self, editor: ChoiceEditor, text: str) -> None:
        """Open the list and go down to the answer."""
        self.press(Qt.Key.Key_Down)
        completer = editor.combo.completer()
        popup = completer.popup() if completer is not None else None
        if popup is None:
            raise TourError("there is no list")
        self._player.wait_for("the list", popup.isVisible)
        wanted = editor.label_of(text)
        while str(popup.currentIndex().data()) != wanted:
            self._press_in(popup, Qt.Key.Key_Down)
        self._press_in(popup, Qt.Key.Key_Return)

    def _press_in(self, popup: QWidget, key: Qt.Key) -> None:
        QTest.keyClick(popup, key)
        self.keys.all += 1
        pause(1)
