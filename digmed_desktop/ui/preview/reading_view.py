"""The document as the GP reads it: sections, each a heading and its rows."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QTextBrowser

from digmed_desktop.desk.views.general import PreviewRow, PreviewSection
from digmed_desktop.ui.theme import Theme
from digmed_desktop.ui.tokens import SPACE


class ReadingView(QTextBrowser):
    """Shows sections; a missing value is a link to its question."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sections: Sequence[PreviewSection] = ()
        self._marked = ""  # the question whose row is marked
        self.setOpenLinks(False)
        self.setTabChangesFocus(True)
        self.setAccessibleName("The message, as the GP reads it")
        self.anchorClicked.connect(self._follow)
        self.document().setDocumentMargin(SPACE.small)

    def use(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._theme = theme
        self.show_sections(self._sections)

    def show_sections(self, sections: Sequence[PreviewSection]) -> None:
        """Show these sections, at the same place of the page."""
        self._sections = sections
        at = self.verticalScrollBar().value()
        self.setHtml(self._html(sections))
        self.verticalScrollBar().setValue(at)

    def mark(self, field_id: str) -> None:
        """Mark the row that a question fills, and bring it into view."""
        if field_id == self._marked:
            return
        self._marked = field_id
        if self.isVisible():
            self.show_sections(self._sections)
            self.scrollToAnchor(field_id)

    def _html(self, sections: Sequence[PreviewSection]) -> str:
        t = self._theme
        parts = [f'<body style="color:{t["text"]}">']
        for section in sections:
            space = f"{SPACE.medium} 0 {SPACE.tight} 0"
            parts.append(f'<h3 style="margin:{space};color:{t["act"]}">{escape(section.title)}</h3>')
            parts.append(f'<table width="100%" cellspacing="0" cellpadding="{SPACE.hair}">')
            parts.extend(self._row(row) for row in section.rows)
            parts.append("</table>")
        parts.append("</body>")
        return "".join(parts)

    def _row(self, row: PreviewRow) -> str:
        t = self._theme
        if row.missing:
            value = f'<span style="color:{t["quiet"]}">Not answered yet</span>'
            if row.field:  # the form asks for it
                value = f'<a href="field:{escape(row.field)}" style="color:{t["quiet"]}">Not answered yet</a>'
        else:
            value = "<br>".join(escape(one).replace("\n", "<br>") for one in row.values)
        ground = f' bgcolor="{t["act_soft"]}"' if row.field and row.field == self._marked else ""
        label = f'<a name="{escape(row.field)}"></a>{escape(row.label)}'
        quiet = f'width="38%" style="color:{t["quiet"]}"'
        return f"<tr{ground}><td {quiet}>{label}</td><td>{value}</td></tr>"

    def _follow(self, url: QUrl) -> None:
        if url.scheme() == "field":
            self.chosen.emit(url.path())
