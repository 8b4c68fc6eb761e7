"""Text on a page: titles, headings, quiet text, notices. All sizes come from here: three on a page."""

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from digmed_desktop.ui.theme import sized
from digmed_desktop.ui.tokens import INSET, SPACE, TYPE
from digmed_desktop.ui.widgets.icons import Icon


def application() -> QApplication:
    """Return the running application."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise RuntimeError("there is no QApplication yet")
    return app


LONG_WORD = 24  # letters: few words of English or medicine are longer


def breakable(text: str, most: int = LONG_WORD) -> str:
    """Return a text for a label whose words of more than ``most`` letters may be broken, so that all of it is seen."""
    return re.sub(rf"\S{{{most}}}(?=\S)", "\\g<0>\u200b", text)


class Words(QLabel):
    """A text that keeps its size in step with the application's font."""

    def __init__(
        self,
        text: str = "",
        factor: float = TYPE.body,
        *,
        bold: bool = False,
        role: str = "",
        wrap: bool = True,
    ) -> None:
        super().__init__(text)
        self._factor, self._bold = factor, bold
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if role:
            self.setProperty("role", role)
        self.follow_font()

    def follow_font(self) -> None:
        """Take the application's present font; called when it changes."""
        self.setFont(sized(QApplication.font(), self._factor, bold=self._bold))


def title(text: str) -> Words:
    """Return a page's one title."""
    return Words(text, TYPE.title, bold=True)


def heading(text: str) -> Words:
    """Return the heading of a group."""
    return Words(text, TYPE.heading, bold=True)


def quiet(text: str) -> Words:
    """Return text of lesser weight."""
    return Words(text, role="quiet")


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet asks for, and draw the widget anew."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def announce(widget: QWidget, sentence: str, *, urgent: bool = False) -> None:
    """Have a screen reader say a sentence, at once where it is ``urgent``; nothing about a page that is not in view.

    Else a late answer would be said aloud over the locked page.
    """
    if not widget.isVisible():
        return
    event = QAccessibleAnnouncementEvent(widget, sentence)
    level = QAccessible.AnnouncementPoliteness
    event.setPoliteness(level.Assertive if urgent else level.Polite)
    QAccessible.updateAccessibility(event)


class Notice(QFrame):
    """A panel that says something about the page: tone stop, look, done or act, always with a word."""

    WORDS = {"stop": "Stop", "look": "Look", "done": "Done", "act": "Note"}

    def __init__(self, tone: str, text: str = "", heading_text: str = "", *, large: bool = False) -> None:
        """``large``: its first words are a heading of the page."""
        super().__init__()
        self.setProperty("tone", tone)
        self.head = Words(heading_text or self.WORDS[tone], TYPE.heading if large else TYPE.body, bold=True)
        self.body = Words(text)
        self._icon = Icon(tone, tone)
        self.head.setProperty("ink", tone)
        line = QHBoxLayout(self)
        line.setContentsMargins(*INSET.notice)
        line.setSpacing(SPACE.small)
        line.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        words = self._words = QVBoxLayout()
        words.setSpacing(SPACE.tight)
        words.addWidget(self.head)
        words.addWidget(self.body)
        line.addLayout(words, 1)
        self.setAccessibleName(f"{self.head.text()}. {text}")

    def add(self, widget: QWidget) -> None:
        """Put a widget under its words, such as the buttons of what can be done."""
        self._words.addWidget(widget)

    def say(self, text: str, heading_text: str = "", tone: str = "", icon: str = "") -> None:
        """Change the text, and if given the heading, the tone and an icon other than that of the tone."""
        if tone:
            set_property(self, "tone", tone)
            set_property(self.head, "ink", tone)
            self._icon.show_icon(icon or tone, tone)
            self.head.setText(self.WORDS[tone])
        if heading_text:
            self.head.setText(heading_text)
        self.body.setText(text)
        self.setAccessibleName(f"{self.head.text()}. {text}")


def row(
    *widgets: QWidget | None, spacing: int = SPACE.small, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QWidget:
    """Return widgets side by side; None is a stretch."""
    holder = QWidget()
    layout = QHBoxLayout(holder)
    layout.setContentsMargins(*margins)
    layout.setSpacing(spacing)
    for widget in widgets:
        if widget is None:
            layout.addStretch(1)
        else:
            layout.addWidget(widget)
    return holder
