"""XML to read: highlighted, and changed only where it changed, so that typing stays smooth."""

import re

from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QPlainTextEdit

from digmed_desktop.ui.theme import Theme
from digmed_desktop.ui.tokens import TYPE

_TOKENS = re.compile(
    r'(?P<comment><!--.*?-->)|(?P<name></?[\w:.-]+|/?>|<\?[\w]+|\?>)|(?P<attribute>\b[\w:.-]+)(?==")|(?P<value>"[^"]*")'
)


class XmlHighlighter(QSyntaxHighlighter):
    """Colours names, attributes, values and comments, one line at a time."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}
        self.use(theme)

    def use(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        for part in ("name", "attribute", "value", "comment"):
            style = QTextCharFormat()
            style.setForeground(QColor(theme[f"xml_{part}"]))
            self._formats[part] = style
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        for found in _TOKENS.finditer(text):
            kind = found.lastgroup
            if kind:
                self.setFormat(found.start(), found.end() - found.start(), self._formats[kind])


class XmlView(QPlainTextEdit):
    """Shows one message."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.setTabChangesFocus(True)
        self.setAccessibleName("The message as XML")
        self._highlighter = XmlHighlighter(self.document(), theme)
        self._use_fixed_font()

    def use(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._highlighter.use(theme)
        self._use_fixed_font()

    def _use_fixed_font(self) -> None:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setPointSizeF(self.font().pointSizeF() * TYPE.small)
        self.document().setDefaultFont(font)

    def show_xml(self, text: str) -> None:
        """Show ``text``, replacing only the lines between the first and the last that differ."""
        old = self.toPlainText().split("\n")
        new = text.split("\n")
        if old == new:
            return
        head = 0
        while head < min(len(old), len(new)) and old[head] == new[head]:
            head += 1
        tail = 0
        while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
            tail += 1
        document = self.document()
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        if head < len(old):
            cursor.setPosition(document.findBlockByNumber(head).position())
            if tail:
                cursor.setPosition(
                    document.findBlockByNumber(len(old) - tail).position(), QTextCursor.MoveMode.KeepAnchor
                )
            else:
                cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
            middle = "\n".join(new[head : len(new) - tail])
            cursor.insertText(middle + "\n" if tail and new[head : len(new) - tail] else middle)
        else:
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText("\n" + "\n".join(new[head:]))
        cursor.endEditBlock()
        if self.toPlainText() != text:
            self.setPlainText(text)
