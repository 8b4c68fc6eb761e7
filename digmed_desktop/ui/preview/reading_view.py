"""The document as the GP reads it: sections, each a heading and its rows."""

import re
from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor, QTextTable, QTextTableCell
from PySide6.QtWidgets import QTextBrowser

from digmed_desktop.desk.views.general import PreviewRow, PreviewSection
from digmed_desktop.ui.theme import Theme
from digmed_desktop.ui.tokens import SPACE

NOT_ANSWERED = "Not answered yet"
LINE = "\u2028"  # begins a new line within a paragraph
SPACES = re.compile(r"[ \t\r\f\v]+")  # one space in HTML


def _shape(sections: Sequence[PreviewSection]) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Return what is drawn of sections besides values; Qt leaves less room under a last row with an empty one."""
    return [
        (one.title, [(row.field, row.label, row.missing or any(row.values)) for row in one.rows])
        for one in sections
    ]


def _drawn(sections: Sequence[PreviewSection]) -> list[PreviewSection]:
    """Return the sections that have a table: one without rows has none."""
    return [one for one in sections if one.rows]


class ReadingView(QTextBrowser):
    """Shows sections; a missing value is a link to its question."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sections: Sequence[PreviewSection] = ()
        self._tables: list[QTextTable] = []  # of the sections, as they are drawn
        self._marked = ""  # the question whose row is marked
        self.setOpenLinks(False)
        self.setUndoRedoEnabled(False)  # no value of an earlier patient is kept
        self.setTabChangesFocus(True)
        self.setAccessibleName("The message, as the GP reads it")
        self.anchorClicked.connect(self._follow)
        self.document().setDocumentMargin(SPACE.small)

    def use(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._theme = theme
        self._draw()

    def show_sections(self, sections: Sequence[PreviewSection]) -> None:
        """Show these sections, at the same place of the page: where no row came or went, only what changed is drawn."""
        before, self._sections = self._sections, sections
        if self._tables and _shape(before) == _shape(sections):
            for table, old, new in zip(self._tables, _drawn(before), _drawn(sections), strict=True):
                for place, row in enumerate(new.rows):
                    if row != old.rows[place]:
                        self._write(table.cellAt(place, 1), row)
        else:
            self._draw()

    def mark(self, field_id: str) -> None:
        """Mark the row that a question fills, and bring it into view."""
        if field_id == self._marked:
            return
        before, self._marked = self._marked, field_id
        self._mark_rows(before, field_id)
        if self.isVisible():
            self.scrollToAnchor(field_id)

    def _mark_rows(self, *fields: str) -> None:
        """Give the rows of these questions the ground of the one marked, or take it from them."""
        for table, section in zip(self._tables, _drawn(self._sections), strict=True):
            for place, row in enumerate(section.rows):
                if row.field and row.field in fields:
                    self._ground(table, place, marked=row.field == self._marked)

    def _draw(self) -> None:
        """Draw everything anew."""
        at = self.verticalScrollBar().value()
        self.setHtml(self._html(self._sections))
        self.verticalScrollBar().setValue(at)
        frames = self.document().rootFrame().childFrames()
        self._tables = [frame for frame in frames if isinstance(frame, QTextTable)]
        self._mark_rows(self._marked)

    def _write(self, cell: QTextTableCell, row: PreviewRow) -> None:
        """Put another value into its cell."""
        cursor = cell.firstCursorPosition()
        cursor.setPosition(cell.lastCursorPosition().position(), QTextCursor.MoveMode.KeepAnchor)
        style = QTextCharFormat()
        style.setForeground(QColor(self._theme["quiet" if row.missing else "text"]))
        if row.missing and row.field:
            style.setAnchor(True)
            style.setAnchorHref(f"field:{row.field}")
            style.setFontUnderline(True)
        lines = [NOT_ANSWERED] if row.missing else "\n".join(row.values).split("\n")
        cursor.insertText(LINE.join(SPACES.sub(" ", line).lstrip(" ") for line in lines), style)

    def _ground(self, table: QTextTable, place: int, *, marked: bool) -> None:
        """Give a row the ground of the question that has the cursor, or take it away."""
        for column in (0, 1):
            cell = table.cellAt(place, column)
            style = cell.format()
            if marked:
                style.setBackground(QColor(self._theme["act_soft"]))
            else:
                style.clearBackground()
            cell.setFormat(style)

    def _html(self, sections: Sequence[PreviewSection]) -> str:
        t = self._theme
        parts = [f'<body style="color:{t["text"]}">']
        for section in sections:
            space = f"{SPACE.medium} 0 {SPACE.tight} 0"
            parts.append(f'<h4 style="margin:{space};color:{t["text"]}">{escape(section.title)}</h4>')
            parts.append(f'<table width="100%" cellspacing="0" cellpadding="{SPACE.hair}">')
            parts.extend(self._row(row) for row in section.rows)
            parts.append("</table>")
        parts.append("</body>")
        return "".join(parts)

    def _row(self, row: PreviewRow) -> str:
        t = self._theme
        if row.missing:
            value = f'<span style="color:{t["quiet"]}">{NOT_ANSWERED}</span>'
            if row.field:  # the form asks for it
                value = f'<a href="field:{escape(row.field)}" style="color:{t["quiet"]}">{NOT_ANSWERED}</a>'
        else:
            value = "<br>".join(escape(one).replace("\n", "<br>") for one in row.values)
        label = f'<a name="{escape(row.field)}"></a>{escape(row.label)}'
        quiet = f'width="38%" style="color:{t["quiet"]}"'
        return f"<tr><td {quiet}>{label}</td><td>{value}</td></tr>"

    def _follow(self, url: QUrl) -> None:
        if url.scheme() == "field":
            self.chosen.emit(url.path())
