"""Unmatched replies: answers that do not count by themselves, and what a person decides about each."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem

from digmed_desktop.clinical import dates
from digmed_desktop.desk.views.general import Candidate
from digmed_desktop.desk.views.sent import MOST_REPLIES, RepliesView
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.replies import NAMES_OURS, Doubt, Reply, ReplyAct
from digmed_desktop.messaging.reply_words import short
from digmed_desktop.ui import files
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import ColumnPage
from digmed_desktop.ui.pages.reply_parts import ReplyCard, StopsCard
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.empty_state import EmptyState
from digmed_desktop.ui.widgets.words import Notice, row

LINES_IN_VIEW = 6
_FLOOD = (
    "Most replies since yesterday come from mailboxes that are not known to belong to the practices. "
    "None of them counts, and no state has changed. Someone may be writing to this mailbox, or "
    "practices have moved: tell the NHS England "
    "service desk before you accept any."
)
_NONE = (
    "The program gives each answer to its notification. One that it cannot be sure of appears here for you to decide.",
    "No replies to check",
    "Open sent items  F5",
)
_LEAD = (
    "The program could not match these replies to a notification with certainty. None of them has "
    "changed a notification. You decide."
)


class RepliesPage(ColumnPage):
    """A list on top, and below it the reply that is chosen, with what can be done."""

    def __init__(self, context: Context) -> None:
        super().__init__("Unmatched replies", _LEAD)
        self._context = context
        self._replies: tuple[Reply, ...] = ()
        self._others = False
        self.said = Notice("act")
        self.body.addWidget(self.said)
        self.none = EmptyState("replies", *_NONE)
        self.none.wanted.connect(lambda: context.navigate.to_place.emit("sent"))
        self.none.hide()  # until it is read that there are none
        self.body.addWidget(self.none)
        self.stops = StopsCard(context.acting)
        self.stops.go_on.connect(self._let_go_on)
        self.body.addWidget(self.stops)
        self.list = QListWidget()
        self.list.setAccessibleName("Unmatched replies")
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(self._choose)
        self.body.addWidget(self.list)
        self.switch = button("", "link")
        self.switch.clicked.connect(self._switch)
        self.body.addWidget(row(self.switch, None))
        self.reply = ReplyCard(context.acting)
        self.reply.acted.connect(self._act)
        self.reply.given.connect(self._give)
        self.reply.wanted.connect(self._search)
        self.reply.opened.connect(context.navigate.to_notification)
        self.reply.to_save.connect(self._save)
        self.body.addWidget(self.reply)

    def arrive(self) -> None:
        """Show what waits now."""
        self._ask(focus=True)

    def history_moved(self) -> None:
        """Follow what became of replies; what a person is typing stays."""
        others = self._others
        self._context.office.ask(lambda desk: desk.replies.view(other_programs=others), self._follow)

    def _follow(self, view: RepliesView) -> None:
        """Show what waits now, unless a person began to type or to confirm meanwhile."""
        if not self.reply.is_busy:
            self._show(view)

    def _ask(self, said: str = "", *, focus: bool = False) -> None:
        others = self._others
        self._context.office.ask(
            lambda desk: desk.replies.view(other_programs=others),
            partial(self._show, said=said, focus=focus),
        )

    def _show(self, view: RepliesView, *, said: str = "", focus: bool = False) -> None:
        chosen = self._chosen
        self._replies = view.replies
        self._say(view, said)
        self.stops.show_stops(view.stop, view.practices)
        blocker = QSignalBlocker(self.list)
        self.list.clear()
        for reply in view.replies:
            self.list.addItem(QListWidgetItem(_line(reply, self._context)))
        place = next((n for n, one in enumerate(view.replies) if chosen and one.mesh_id == chosen.mesh_id), 0)
        self.list.setCurrentRow(place if view.replies else -1)
        blocker.unblock()
        lines = min(max(len(view.replies), 1), LINES_IN_VIEW)
        height = max(self.list.sizeHintForRow(0), self.list.fontMetrics().height() * 2)
        self.list.setFixedHeight(lines * height + 2 * self.list.frameWidth() + SPACE.tight)
        self.list.setVisible(bool(view.replies))
        self.switch.setText(
            f"Show the {view.for_person:,} for a person"
            if self._others
            else f"Show {view.other_program:,} that another program waits for"
        )
        self.switch.setVisible(self._others or view.other_program > 0)
        self._choose(place if view.replies else -1)
        if focus and view.replies:
            self.list.setFocus()

    def _say(self, view: RepliesView, said: str) -> None:
        if said:
            self.said.say(said, tone="done")
        elif view.flood and not self._others:
            self.said.say(_FLOOD, "Most replies do not count", "stop")
            self.said.head.setText("Most replies do not count")
        elif view.replies:
            total = view.other_program if self._others else view.for_person
            more = f" The newest {MOST_REPLIES} are shown." if total > MOST_REPLIES else ""
            what = "They were left in the mailbox for the other program." if self._others else ""
            self.said.say(
                f"Choose one to see what it says and what can be done.{more} {what}".strip(), tone="act"
            )
            self.said.head.setText(f"{total:,} {'reply' if total == 1 else 'replies'}")
        self.said.setVisible(bool(said or view.replies))
        self.none.setVisible(not view.replies)

    @property
    def _chosen(self) -> Reply | None:
        place = self.list.currentRow()
        return self._replies[place] if 0 <= place < len(self._replies) else None

    def _choose(self, place: int) -> None:
        reply = self._replies[place] if 0 <= place < len(self._replies) else None
        self.reply.show_reply(reply, self._context.made.identified)

    def _switch(self) -> None:
        self._others = not self._others
        self._ask(focus=True)

    # ---- what a person decides

    def _act(self, act: ReplyAct, note: str) -> None:
        reply, by = self._chosen, self._context.acting.id
        if reply is None:
            return
        mesh_id = reply.mesh_id
        about = reply.about
        if act is ReplyAct.ACCEPTED and about is not None:
            self._give(about.id, note)
            return
        done = (
            "Left for the other program."
            if act is ReplyAct.OTHER_PROGRAM
            else "Set aside; the program keeps a copy."
        )
        self._context.office.ask(
            lambda desk: desk.replies.settle(mesh_id, act, by, note),
            lambda _n: self._done(done),
            self._failed,
        )

    def _give(self, notification: int, note: str) -> None:
        reply, by = self._chosen, self._context.acting.id
        if reply is None:
            return
        mesh_id = reply.mesh_id
        self._context.office.ask(
            lambda desk: desk.replies.give(mesh_id, notification, by, note),
            lambda _n: self._done("It counts now; the notification's story says so."),
            self._failed,
        )

    def _search(self, typed: str) -> None:
        reply = self._chosen
        if reply is None:
            return
        mesh_id = reply.mesh_id
        self._context.office.ask(
            lambda desk: desk.replies.candidates(mesh_id, typed),
            lambda found: self._found(mesh_id, typed, found),
            self._failed,
        )

    def _found(self, mesh_id: str, typed: str, found: Sequence[Candidate]) -> None:
        """Show candidates, unless another reply was chosen meanwhile."""
        if self._chosen is not None and self._chosen.mesh_id == mesh_id:
            self.reply.show_candidates(typed, found)

    def _save(self) -> None:
        reply = self._chosen
        if reply is None:
            return
        mesh_id = reply.mesh_id
        path = files.ask_where(self, "Save for support", f"reply-{mesh_id}", files.XML)
        if path is None:
            return
        self._context.office.ask(
            lambda desk: desk.replies.save(mesh_id, path),
            lambda written: self.said.say(
                f"Saved as {written.name}. It may contain patients' details: send it only the way support names.",
                tone="done",
            ),
            self._failed,
        )

    def _let_go_on(self, ods_code: str) -> None:
        by = self._context.acting.id
        self._context.office.ask(
            lambda desk: desk.replies.let_go_on(ods_code or None, by),
            lambda _n: self._done("Sending continues."),
            self._failed,
        )

    def _done(self, sentence: str) -> None:
        self._context.office.deliver_now()
        self._ask(sentence, focus=True)

    def _failed(self, error: DigMedError) -> None:
        self.said.say(str(error), tone="look")
        self.said.show()


def _line(reply: Reply, context: Context) -> str:
    """Return a reply in two lines: when and from where; why it is here and what it may be about."""
    sender = reply.sender or ("MESH" if reply.doubt is Doubt.REPORT else "an unknown mailbox")
    codes = ", ".join(one.code for one in reply.said if one.code)
    about = ""
    if reply.about:
        whose = context.made.identified(reply.about.patient_name, reply.about.nhs_number, None)
        about = f"  ·  {whose}, {reply.about.practice_name}"
    names = "" if reply.doubt in NAMES_OURS or not reply.about else " (a hint)"
    return (
        f"{dates.shown_time(reply.came_at)}   from {sender}{f'   says {codes}' if codes else ''}\n"
        f"{short(reply.doubt)}{about}{names}"
    )
