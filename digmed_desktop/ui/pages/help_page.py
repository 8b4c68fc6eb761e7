"""Help for the page one came from: short Markdown from ``resources/help``."""

from datetime import date
from typing import Any

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QImage, QResizeEvent, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QTextBrowser, QVBoxLayout

from digmed_desktop import resources
from digmed_desktop.clinical import rule_tables
from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.data_files.fault import REMEDY, DataFileError
from digmed_desktop.ui import files
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.base import Page
from digmed_desktop.ui.pages.help_contents import HelpContents
from digmed_desktop.ui.pages.page import button
from digmed_desktop.ui.theme import sized
from digmed_desktop.ui.tokens import INSET, SPACE, TYPE
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.words import Notice

LINK, BLANK = "help", "blank"
"""Schemes of links: to another help text, such as ``help:law``, and to a blank form that is saved as PDF."""
CONTENTS_EM, TEXT_EM, BOTH_EM = 19, 84, 68  # letters of the contents, of a line, and of both at the least
GUIDES = "guides"
"""The help text that lists the guides and the blank forms."""
RULES = "rules"
"""The help text that lists the tables of rules."""


HEADINGS = {1: TYPE.title, 2: TYPE.heading}
"""The size of a heading of the text by its level; of any other it is that of the text."""


class _Text(QTextBrowser):
    """Text in the sizes of the window's other pages, whose pictures are no wider than the page."""

    def show_text(self, markdown: str) -> None:
        """Show a text, from its beginning."""
        self.setMarkdown(markdown)
        block = self.document().begin()
        while block.isValid():
            if level := block.blockFormat().headingLevel():
                self._size_heading(QTextCursor(block), HEADINGS.get(level, TYPE.body))
            block = block.next()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _size_heading(self, cursor: QTextCursor, factor: float) -> None:
        cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
        look = QTextCharFormat()
        look.setFont(sized(self.font(), factor, bold=True))
        cursor.setCharFormat(look)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Return a picture in the width that there is, anything else as it is."""
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return super().loadResource(kind, name)
        picture = QImage(str(resources.path(f"pictures/{QUrl(name).fileName()}")))
        room = self.viewport().width() - 2 * SPACE.large
        wide = Qt.TransformationMode.SmoothTransformation
        return picture if picture.width() <= room else picture.scaledToWidth(room, wide)


class HelpPage(Page):
    """Shows one help text."""

    back = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.rail_key = "help"
        self._context = context
        self._topic = ""
        self.text = _Text()
        self.text.setOpenExternalLinks(False)
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(self._follow)
        self.text.setAccessibleName("Help")
        always = Qt.ScrollBarPolicy.ScrollBarAlwaysOn  # one that comes later leaves a wide table under it
        self.text.setVerticalScrollBarPolicy(always)
        self.back_button = button("Back", tip="Back (Esc)")
        self.back_button.clicked.connect(self.back)
        self.guides = button(
            "Guides and blank forms", tip="For IT, the owner and staff; forms to fill in by hand"
        )
        self.guides.clicked.connect(lambda: self.open(GUIDES))
        self.rules = button("Rules and sources", tip="Each rule of the program with its source")
        self.rules.clicked.connect(lambda: self.open(RULES))
        self.save = button("Save as PDF …", tip="Save this text as a PDF for printing")
        self.save.clicked.connect(lambda: self._save(self._topic))
        self.said = Notice("done")
        self.said.setVisible(False)
        self.contents = HelpContents()
        self.contents.chosen.connect(self.open)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*INSET.page)
        layout.addWidget(flow(self.back_button, self.guides, self.rules, self.save))
        layout.addWidget(self.said)
        beside = QHBoxLayout()
        beside.setSpacing(SPACE.large)
        beside.addWidget(self.contents)
        beside.addWidget(self.text, 1)
        beside.addStretch(0)
        layout.addLayout(beside, 1)
        context.appearance.changed.connect(lambda: self.open(self._topic))

    def open(self, topic: str) -> None:
        """Show the help text of a page."""
        self._topic = topic
        self.said.setVisible(False)
        if topic:
            self.contents.mark(topic, self._today())
            try:
                self.text.show_text(rule_tables.text(topic, self._today()))
            except DataFileError as error:
                self.text.show_text(f"# This page cannot be shown\n\n{error.faults[0].sentence} {REMEDY}")

    def _today(self) -> date:
        return self._context.now().astimezone(ENGLAND).date()

    def _follow(self, link: QUrl) -> None:
        if link.scheme() == LINK:
            self.open(link.path())
        elif link.scheme() == BLANK:
            self._save(link.path())

    def _save(self, name: str) -> None:
        path = files.ask_where(self, "Save as PDF", f"digmed-{name}", files.PDF)
        if path is not None:
            self._context.office.errand(
                lambda desk: desk.papers.save_guide(name, path),
                lambda _nothing: self._tell(f"Saved: {path}", "done"),
                lambda error: self._tell(str(error), "stop"),
            )

    def _tell(self, sentence: str, tone: str) -> None:
        self.said.say(sentence, "Saved" if tone == "done" else "Not saved", tone)
        self.said.setVisible(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the contents where there is room for both, and lines no longer than they read well."""
        super().resizeEvent(event)
        em = self.fontMetrics().horizontalAdvance("m")
        self.contents.setVisible(self.width() >= em * BOTH_EM)
        self.contents.setFixedWidth(em * CONTENTS_EM)
        self.text.setMaximumWidth(em * TEXT_EM)

    def arrive(self) -> None:
        """Put the focus in the text."""
        self.text.setFocus()

    def go_back(self) -> bool:
        """Leave the help."""
        self.back.emit()
        return True
