"""The messages of one notification, each as its tab, how it travels, and the codes that came: for support."""

from PySide6.QtWidgets import QTabWidget

from digmed_desktop.desk.views.sent import StoryView
from digmed_desktop.messaging.states import Happening
from digmed_desktop.ui.pages.story_parts import RecordedView, coded, recorded
from digmed_desktop.ui.preview.xml_view import XmlView
from digmed_desktop.ui.theme import Appearance
from digmed_desktop.ui.widgets.words import quiet

LINES = 20  # of text that are in view at once


class MessagesView(QTabWidget):
    """Messages sent and received, as XML, its envelope in words, and the codes. ``note`` says in short what is here."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.note = ""
        self._appearance = appearance
        self.setDocumentMode(True)
        for named in (self, self.tabBar()):
            named.setAccessibleName("Messages")
        appearance.changed.connect(self._restyle)

    def show_story(self, view: StoryView) -> None:
        """Show the messages of a notification; the tab in view stays."""
        kept = self.currentIndex()
        while self.count():
            widget = self.widget(0)
            self.removeTab(0)
            if widget is not None:
                widget.deleteLater()
        for message in view.story.messages:
            xml = XmlView(self._appearance.theme)
            xml.show_xml(message.readable)
            self.addTab(xml, message.title)
        if view.travels is not None:
            outside = RecordedView(self._appearance.theme, view.travels.title)
            outside.show_sections(recorded((view.travels,)))
            self.addTab(outside, view.travels.title)
        if not view.story.messages:
            self.addTab(quiet(f"No message was made: {_instead(view)}."), "None")
        if codes := coded(view.story.events):
            listed = RecordedView(self._appearance.theme, "Codes")
            listed.show_sections(recorded(codes))
            self.addTab(listed, "Codes")
        self.note = _note(view)
        self.setFixedHeight(self.fontMetrics().height() * LINES)
        if 0 <= kept < self.count():
            self.setCurrentIndex(kept)

    def _restyle(self) -> None:
        for place in range(self.count()):
            view = self.widget(place)
            if isinstance(view, XmlView | RecordedView):
                view.use(self._appearance.theme)


def _note(view: StoryView) -> str:
    many = len(view.story.messages)
    said = f"{many} message{'s' * (many != 1)}" if many else "No message"
    codes = list(dict.fromkeys(event.code for event in view.story.events if event.code))
    return f"{said}, code{'s' * (len(codes) > 1)} {', '.join(codes)}" if codes else said


def _instead(view: StoryView) -> str:
    if any(event.happening == Happening.NOT_SHARED.value for event in view.story.events):
        return "the patient did not agree to sharing with the practice"
    return "send the practice a paper copy or telephone"
