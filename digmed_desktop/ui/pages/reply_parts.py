"""The parts of the page of replies: the one that is chosen with what can be done, and what is stopped."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from digmed_desktop.clinical import dates
from digmed_desktop.desk.views.general import Candidate
from digmed_desktop.messaging.delivery import Stop
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.replies import NAMES_OURS, About, Reply, ReplyAct, StoppedPractice
from digmed_desktop.messaging.reply_words import what_it_says, why, words_of_act
from digmed_desktop.ui.context import Acting
from digmed_desktop.ui.tokens import INSET, SPACE
from digmed_desktop.ui.who_may import WhoMay
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.confirmed import ConfirmedButton
from digmed_desktop.ui.widgets.editors import TextEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.lists import empty
from digmed_desktop.ui.widgets.search_box import Hit, SearchBox
from digmed_desktop.ui.widgets.words import Words, heading, quiet, row

Identified = Callable[[str, str, date | None], str]
"""Says a patient by name, NHS number and date of birth, as far as onlookers can read it."""


def by_name(name: str, _number: str, _born: date | None) -> str:
    """Return the name alone."""
    return name


class StopsCard(QFrame):
    """Practices that refuse this pharmacy, and the queue: each stays stopped until a person lets it go on."""

    go_on = Signal(str)  # the ODS code of a practice, or "" for everything

    def __init__(self, acting: Acting) -> None:
        super().__init__()
        self.setObjectName("card")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*INSET.card)
        layout.setSpacing(SPACE.small)
        layout.addWidget(heading("Sending is stopped"))
        layout.addWidget(
            quiet(
                "Ask your onboarding contact at NHS England first. In "
                "the meantime, send waiting notifications on paper."
            )
        )
        lines = QWidget()
        self._lines = QVBoxLayout(lines)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(SPACE.small)
        layout.addWidget(WhoMay(acting, Permission.RESUME_SENDING, lines))
        layout.addWidget(lines)
        self.buttons: list[ConfirmedButton] = []
        self.setVisible(False)

    def show_stops(self, stop: Stop | None, practices: Sequence[StoppedPractice]) -> None:
        """Show what is stopped in place of what was."""
        empty(self._lines)
        self.buttons = []
        if stop is not None:
            self._add(stop.sentence, "", "everything")
        for practice in practices:
            name = practice.name or practice.ods_code
            waits = f" {practice.waiting:,} waiting." if practice.waiting else ""
            said = f"{name} refused this pharmacy ({practice.code}) on {dates.shown_time(practice.said_at)}.{waits}"
            self._add(said, practice.ods_code, name)
        self.setVisible(bool(self.buttons))

    def _add(self, sentence: str, ods_code: str, name: str) -> None:
        made = ConfirmedButton("Let sending continue", "Send again now?")
        made.setAccessibleName(f"Let sending continue to {name}")
        made.confirmed.connect(partial(self.go_on.emit, ods_code))
        self.buttons.append(made)
        self._lines.addWidget(row(Words(sentence), made))


class ReplyCard(QFrame):
    """One reply: what it says, why it does not count, what it may be about, and what can be done."""

    acted = Signal(object, str)  # ReplyAct, note
    given = Signal(int, str)  # notification, note
    wanted = Signal(str)  # notifications to choose from, that fit what is typed
    opened = Signal(int)
    to_save = Signal()

    def __init__(self, acting: Acting) -> None:
        super().__init__()
        self.setObjectName("card")
        self._shown: Identified = by_name
        self._about: About | None = None
        self._named: tuple[str, About | None] = ("", None)  # by the reply itself
        self._chosen: About | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*INSET.card)
        layout.setSpacing(SPACE.medium)
        self.head = heading("")
        self.why = Words("")
        self.says = Words("")
        self.about = Words("")
        self.open = button("Open the notification", "link")
        self.open.clicked.connect(self._open)
        self.search = SearchBox(
            "reply.about",
            "Which notification does it answer?",
            "Those sent to this mailbox are listed; or type a name or an NHS number.",
            "Notifications that it may answer",
            offers_without_text=True,
        )
        self.search.wanted.connect(self.wanted)
        self.search.taken.connect(self._take)
        self.search.editor.edited.connect(self._search_anew)
        self.note = TextEditor()
        self.note_field = Field(
            "reply.note", "Note", self.note, hint="Optional: who you asked, and what they said."
        )
        self.save = button("Save for support …", tip="Write the reply's bytes to a file, as they came")
        self.save.clicked.connect(self.to_save)
        self.acts = {act: self._act_button(act) for act in ReplyAct}
        for widget in (
            self.head,
            self.why,
            self.says,
            row(self.about, self.open, None),
        ):
            layout.addWidget(widget)
        acts, save = QWidget(), row(self.save, None)
        acts.setLayout(self._laid_out())
        deciding = (self.search, self.note_field, acts)
        for widget in (WhoMay(acting, Permission.SETTLE_REPLIES, *deciding), *deciding):
            layout.addWidget(widget)
        layout.addWidget(WhoMay(acting, Permission.SAVE_RECORD, save))
        layout.addWidget(save)
        self.setVisible(False)

    def _act_button(self, act: ReplyAct) -> ConfirmedButton:
        words = words_of_act(act)
        made = ConfirmedButton(words.label, words.confirm)
        made.confirmed.connect(partial(self._confirmed, act))
        return made

    def _laid_out(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE.large)
        grid.setVerticalSpacing(SPACE.small)
        grid.setColumnStretch(1, 1)
        self._explained: dict[ReplyAct, QWidget] = {}
        for place, (act, made) in enumerate(self.acts.items()):
            self._explained[act] = quiet(words_of_act(act).explain)
            grid.addWidget(made, place, 0)
            grid.addWidget(self._explained[act], place, 1)
        return grid

    @property
    def is_busy(self) -> bool:
        """Whether a person is typing, choosing or confirming."""
        typed = self.note.answer().strip() or self.search.text
        return bool(typed or self._chosen or any(made.asks for made in self.acts.values()))

    def show_reply(self, reply: Reply | None, identified: Identified = by_name) -> None:
        """Show a reply in place of the one before; ``identified`` shortens names where onlookers can read them."""
        self.setVisible(reply is not None)
        for made in self.acts.values():
            made.forget()
        self._chosen = None
        self.search.clear()
        self.note.set_answer("")
        if reply is None:
            return
        sender = reply.sender or "an unknown mailbox"
        self.head.setText(f"From {sender}, {dates.shown_time(reply.came_at)}")
        self.why.setText(why(reply.doubt))
        self.says.setText(what_it_says(reply))
        self._shown = identified
        names_ours = reply.doubt in NAMES_OURS
        self._named = ("It names" if names_ours else "A hint points at", reply.about)
        self._tell(*self._named)
        self.search.setVisible(not names_ours)
        self._offer(ReplyAct.ACCEPTED, offered=names_ours)
        self._offer(ReplyAct.BELONGS, offered=False)
        if not names_ours:
            self.wanted.emit("")

    def show_candidates(self, typed: str, found: Sequence[Candidate]) -> None:
        """Show the notifications to choose from."""
        hits = [Hit(self._line(one.about), one.about, fit=one.fit) for one in found]
        self.search.show_hits(typed, hits, "No notification fits. Type the beginning of the family name.")

    def _tell(self, how: str, about: About | None) -> None:
        """Say which notification it is about, and offer to open it."""
        self._about = about
        self.about.setText(f"{how}: {self._line(about)}" if about else "")
        self.about.setVisible(about is not None)
        self.open.setVisible(about is not None)

    def _line(self, about: About) -> str:
        name = self._shown(about.patient_name, about.nhs_number, None)
        return f"{name}, {about.what}, {dates.shown_time(about.contact_at)}, {about.practice_name}"

    def _open(self) -> None:
        if self._about is not None:
            self.opened.emit(self._about.id)

    def _take(self, about: About) -> None:
        self._chosen = about
        self._tell("Chosen", about)
        self._offer(ReplyAct.BELONGS, offered=True)
        self.acts[ReplyAct.BELONGS].setFocus()

    def _search_anew(self) -> None:
        """Drop what was chosen for the text before."""
        if self._chosen is None:
            return
        self._chosen = None
        self._tell(*self._named)
        self._offer(ReplyAct.BELONGS, offered=False)

    def _offer(self, act: ReplyAct, *, offered: bool) -> None:
        self.acts[act].setVisible(offered)
        self._explained[act].setVisible(offered)

    def _confirmed(self, act: ReplyAct) -> None:
        note = self.note.answer().strip()
        if act is ReplyAct.BELONGS and self._chosen is not None:
            self.given.emit(self._chosen.id, note)
        else:
            self.acted.emit(act, note)
