"""One notification: its state in words, what happened, what was recorded and sent, its versions, and what can be done."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QMenu, QPushButton, QScrollArea, QVBoxLayout, QWidget

from digmed_desktop.clinical import dates
from digmed_desktop.desk.views.sent import (
    Act,
    Begun,
    How,
    Offer,
    StoryView,
    next_acts,
    print_words,
    waits_for_signature,
    yellow_card,
)
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.states import UNSIGNED, State
from digmed_desktop.messaging.story import NotificationRow
from digmed_desktop.messaging.wording import Tone, words_of_row
from digmed_desktop.ui.context import Context, FormStart, IncidentStart
from digmed_desktop.ui.pages.base import Page
from digmed_desktop.ui.pages.long_work import LongWork
from digmed_desktop.ui.pages.page import button
from digmed_desktop.ui.pages.story_messages import MessagesView
from digmed_desktop.ui.pages.story_papers import StoryPapers
from digmed_desktop.ui.pages.story_parts import (
    ActPanel,
    IncidentLines,
    PaperPanel,
    RecordCard,
    StoryHead,
    VersionsView,
    moments,
    recorded,
)
from digmed_desktop.ui.patient_banner import BannerView, banner_of_record
from digmed_desktop.ui.tokens import INSET, SPACE
from digmed_desktop.ui.widgets.buttons import IconButton, menu_button
from digmed_desktop.ui.widgets.flow import Flow
from digmed_desktop.ui.widgets.fold import Fold
from digmed_desktop.ui.widgets.reflow import Reflow
from digmed_desktop.ui.widgets.timeline import Timeline
from digmed_desktop.ui.widgets.words import Notice, announce, breakable, heading, quiet, set_property

COLUMN_EM = 26  # letters that the timeline, and the record beside it, need at least
AT_THE_TOP = (Act.CORRECT, Act.WITHDRAW)
"""Acts with a button at the top where they are not the next step."""
MOST_STEPS = 3  # that lead on; the menu has the others
ALWAYS = (Act.NOTE,)
"""Acts with a button under the state; the others are there when they are the next step, else in the menu."""
ICONS = {
    Act.TRY_AGAIN: "sent",
    Act.SEND_AS_NEW: "sent",
    Act.CORRECT: "drafts",
    Act.WITHDRAW: "undo",
    Act.TELEPHONE: "telephone",
    Act.NOTE: "add",
    Act.DEAL_WITH: "tick",
    Act.REOPEN: "undo",
    Act.CANCEL: "cross",
}
SAID_BY_STATE = (Act.PAPER, Act.CANCEL)
"""Acts after which the state at the top of the page says what was done."""


class StoryPage(Page):
    """Everything known of one notification, and the acts that its state allows."""

    patient_changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.rail_key = "sent"
        self._context = context
        self.shown: int | None = None
        self.view: StoryView | None = None
        self.offers: dict[Act, Offer] = {}
        self._typed: dict[tuple[int, Act], str] = {}  # of what was begun and is not recorded yet
        self._under_way: set[tuple[int, Act]] = set()  # pressed, and not answered yet
        self._to_say: dict[int, str] = {}  # of acts that ended while another page was in view
        self._arriving = False  # until the first acts are offered
        self.state = Notice("act", large=True)
        self.work = LongWork(context.office)
        self.papers = StoryPapers(context, self.work, self._in_view)
        self.panel, self.paper = ActPanel(yellow_card()), PaperPanel()
        self.incidents = IncidentLines()
        self.timeline = Timeline()
        self.due = quiet("")
        self.who_may = quiet("")
        self.recorded = RecordCard(context.appearance)
        self.versions = VersionsView()
        self.messages = MessagesView(context.appearance)
        self.earlier = Fold("Versions", self.versions)
        self.details = Fold("Technical details", self.messages)
        self._make_buttons()
        self.head = StoryHead(self.back_button, [*(self.buttons[act] for act in AT_THE_TOP), self.more])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self._make_body(), 1)
        self._connect()

    def _make_buttons(self) -> None:
        self.back_button = button("Sent items", "link", tip="Back to sent items (Esc)", icon_name="back")
        self.back_button.clicked.connect(lambda: self._context.navigate.to_place.emit("sent"))
        self.paper_button = button("Paper copy", icon_name="print")
        self.paper_button.clicked.connect(self._begin_paper)
        self.sign_button = button("Open To sign", icon_name="drafts")
        self.sign_button.clicked.connect(lambda: self._context.navigate.to_place.emit("sign"))
        self.sign_button.setHidden(True)
        self.buttons: dict[Act, IconButton] = {}
        for act in Act:
            if act is Act.PAPER:
                continue
            made = button("", icon_name=ICONS.get(act, ""))
            made.clicked.connect(partial(self._begin, act))
            made.setHidden(True)
            self.buttons[act] = made
        self.more = menu_button("More", QMenu(self))

    def _make_body(self) -> QWidget:
        """Return what scrolls: the state with what to do next, the panel to do it, timeline and record."""
        under_state = [one for act, one in self.buttons.items() if act not in AT_THE_TOP]
        self.steps = Flow([self.sign_button, *under_state, self.paper_button], SPACE.small)
        self.state.add(self.steps)
        left, right = QWidget(), QWidget()
        for holder, parts in (
            (left, (heading("Timeline"), self.due, self.timeline, self.who_may)),
            (right, (self.recorded, self.earlier, self.details)),
        ):
            column = QVBoxLayout(holder)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(SPACE.small)
            for part in parts:
                column.addWidget(part)
            column.addStretch(1)
        inside = QWidget()
        inside.setObjectName("page")
        body = QVBoxLayout(inside)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setAccessibleName("Notification")
        self.area.setWidget(inside)  # while it is empty: a full one would be measured here
        body.setContentsMargins(*INSET.page)
        body.setSpacing(SPACE.medium)
        for widget in (
            self.state,
            self.work,
            self.incidents,
            self.panel,
            self.paper,
            Reflow((left, right), COLUMN_EM, SPACE.wide),
        ):
            body.addWidget(widget)
        body.addStretch(1)
        return self.area

    def _connect(self) -> None:
        self.panel.confirmed.connect(self._do)
        self.panel.closed.connect(self._read)
        self.paper.closed.connect(self._read)
        self.incidents.chosen.connect(self._open_incident)
        self.versions.chosen.connect(self._context.navigate.to_notification.emit)
        self.paper.save.connect(lambda how: self._with_shown(self.papers.save_copy, how))
        self.paper.printing.connect(lambda how: self._with_shown(self.papers.print_copy, how))
        self.paper.gone.connect(self._has_gone)
        self.recorded.copied.connect(lambda said: self._context.navigate.said.emit(said, ""))

    def banner(self) -> BannerView | None:
        """Return whose notification it is, None while that is not known."""
        return None if self.view is None else self._whose(self.view, self.view.story.row)

    def _whose(self, view: StoryView, row: NotificationRow) -> BannerView:
        today = self._context.now().astimezone(dates.ENGLAND).date()
        return banner_of_record(row, view.patient, view.allergies, today, self._context.made)

    # ---- which one

    def open(self, notification: int) -> None:
        """Show one notification."""
        if notification != self.shown:
            self.view = None
            self.state.hide()  # nothing is known of it yet
            self.incidents.show_incidents(())
            self._offer_nothing()  # what could be done with the one before is not what can be done with this
            self._read()
            self.work.say("")
            self._arriving = True
            for fold in (self.earlier, self.details):
                fold.open(opens=False)
        self.area.verticalScrollBar().setValue(0)
        self.shown = notification
        if said := self._to_say.pop(notification, ""):
            self.work.say(said, "look")
        self.refresh()

    def refresh(self) -> None:
        """Ask for the story again."""
        if self.shown is not None:
            wanted = self.shown
            self._context.office.ask(lambda desk: desk.listing.story(wanted), self._show)

    def history_moved(self) -> None:
        """Follow what became of it."""
        self.refresh()

    def go_back(self) -> bool:
        """Put an open panel away, or go back to the sent items."""
        if not self.panel.isHidden() or not self.paper.isHidden():
            self._read()
        else:
            self.back_button.click()
        return True

    def arrive(self) -> None:
        """Put the cursor at what to do next, else on the way back."""
        first = self.steps.first()
        (first if first is not None and first.property("kind") == "primary" else self.back_button).setFocus()
        self.area.ensureWidgetVisible(self.state, 0, 0)

    # ---- showing

    def _show(self, view: StoryView) -> None:
        if view.story.row.id != self.shown:
            return
        item = view.story.row
        self._context.office.ask(
            lambda desk: desk.acts.offered(item.id), lambda offers: self._offer(item.id, offers)
        )
        self._show_head(view)  # what is due follows the clock, whether or not anything happened
        if view == self.view:
            return
        self.view = view
        self.patient_changed.emit()
        self.timeline.show_moments(moments(view.story.events))
        self.recorded.show_record(recorded(view.recorded))
        self.versions.show_versions(view.versions, item.id)
        many = len(view.versions)
        self.earlier.say(f"{many}, the newest first" if many > 1 else "No earlier version")
        self.messages.show_story(view)
        self.details.say(self.messages.note)
        self.incidents.show_incidents(view.incidents)

    def _show_head(self, view: StoryView) -> None:
        item = view.story.row
        words = words_of_row(item, self._context.duty(), self._context.now())
        tone = "act" if words.tone is Tone.PLAIN else words.tone.value
        self.state.show()
        needs = " · action needed" if item.needs_person else ""
        self.state.say(f"{words.happened} {words.do}".strip(), f"{words.word}{needs}", tone, words.icon)
        self.head.show_record(item)
        self.due.setText(self._due(item))
        self.due.setHidden(not self.due.text())

    def _due(self, item: NotificationRow) -> str:
        """Return by when the practice is to know, where that is still so."""
        if item.corrects is not None or item.state is State.NOT_SHARED:
            return ""
        due = self._context.duty().due_day(item.duty_from)
        whom = f" at {item.practice_name}" if item.practice_name else ""
        return breakable(f"Due{whom} by the end of {due:%A} {dates.shown(due)}.")

    def _offer_nothing(self) -> None:
        self.offers = {}
        for made in (self.sign_button, *self.buttons.values()):
            made.setHidden(True)
        self.more.menu().clear()

    def _offer(self, notification: int, offers: tuple[Offer, ...]) -> None:
        if notification != self.shown:
            return
        self.offers = {offer.act: offer for offer in offers if not offer.refused}
        acting = self._context.acting
        not_save, not_print = (
            acting.refusal(one) for one in (Permission.SAVE_RECORD, Permission.PRINT_RECORDS)
        )
        self._lay_steps(may_print=not not_print)
        menu = self.more.menu()
        menu.clear()
        for act, offer in self.offers.items():
            if act is not Act.PAPER and self.buttons[act].isHidden():
                menu.addAction(f"{offer.label} …", partial(self._begin, act))
        if not acting.refusal(Permission.RECORD_INCIDENT):
            menu.addAction("Record an incident …", partial(self._begin_incident, notification))
        if not not_save:
            menu.addAction("Save the record as JSON …", lambda: self.papers.save_record(notification))
        self.more.setHidden(menu.isEmpty())
        refused = dict.fromkeys((*(offer.refused for offer in offers), not_print, not_save))
        self.who_may.setText(" ".join(one for one in refused if one))
        self.who_may.setHidden(not self.who_may.text())
        if self.panel.offer is not None and self.panel.offer.act not in self.offers:
            self.panel.refuse("This is no longer possible: the notification has changed in the meantime.")
        if self._arriving and self.back_button.hasFocus():
            self.arrive()
        self._arriving = False

    def _lay_steps(self, *, may_print: bool) -> None:
        """Show what to do next as the first button under the state, then the other steps that make sense now."""
        item = self.view.story.row if self.view is not None else None
        steps = () if item is None else next_acts(item, self._context.duty(), self._context.now())
        led = [act for act in steps if (may_print if act is Act.PAPER else act in self.offers)][:MOST_STEPS]
        beside = [act for act in (Act.PAPER, *ALWAYS) if act not in led]
        for act, made in self.buttons.items():
            made.setHidden(act not in self.offers or act not in (*led, *beside, *AT_THE_TOP))
            if act in self.offers:
                made.setText(self.offers[act].label)
                made.setAccessibleName(self.offers[act].label)
        self.paper_button.setHidden(not may_print)
        self.paper_button.setText(print_words(item) if Act.PAPER in led else "Paper copy")
        self.paper_button.setAccessibleName(self.paper_button.text())
        signs = item is not None and waits_for_signature(item)
        self.sign_button.setHidden(not signs)
        placed = [*([self.sign_button] if signs else []), *map(self._button_of, (*led, *beside))]
        self.steps.show_in_order(placed)
        self.head.show_acts([self.buttons[act] for act in AT_THE_TOP if act not in led], self.more)
        for one in (self.sign_button, *self.buttons.values(), self.paper_button):
            set_property(one, "kind", "primary" if (led or signs) and one is placed[0] else "")

    def _button_of(self, act: Act) -> QPushButton:
        return self.paper_button if act is Act.PAPER else self.buttons[act]

    # ---- acting

    def _begin(self, act: Act) -> None:
        if act in self.offers and self.shown is not None:
            self._keep_typed()
            self.paper.setHidden(True)
            self.panel.show_offer(self.offers[act], self._typed.get((self.shown, act), ""))
            self._bring_into_view(self.panel)

    def _bring_into_view(self, panel: QWidget) -> None:
        """Scroll to a panel once it has its height."""
        QTimer.singleShot(0, self, lambda: self.area.ensureWidgetVisible(panel, SPACE.large, SPACE.large))

    def _with_shown(self, act: Callable[[int, How], None], how: How) -> None:
        if self.shown is not None:
            act(self.shown, how)

    def _begin_incident(self, notification: int) -> None:
        self._context.navigate.to_incident.emit(IncidentStart(notification=notification))

    def _open_incident(self, incident: int) -> None:
        self._context.navigate.to_incident.emit(IncidentStart(incident=incident))

    def _begin_paper(self) -> None:
        if self.shown is None:
            return
        self._keep_typed()
        self.panel.put_away()
        self.paper.to.set_answer(self._typed.get((self.shown, Act.PAPER), ""))
        signed = self.view is None or self.view.story.row.state not in UNSIGNED
        told = signed and (self.view is None or self.view.may_be_told)
        self.paper.show_panel(
            tuple(How) if told else (How.PATIENT,), may_record=Act.PAPER in self.offers, signed=signed
        )
        self._bring_into_view(self.paper)

    def _keep_typed(self) -> None:
        """Keep what is typed in an open panel with its notification; the act brings it back."""
        if self.shown is None:
            return
        if self.panel.offer is not None:
            self._typed[self.shown, self.panel.offer.act] = self.panel.typed
        if not self.paper.isHidden():
            self._typed[self.shown, Act.PAPER] = self.paper.to.answer().strip()

    def _read(self) -> None:
        """Put the panels away and show what can be read."""
        self._keep_typed()
        self.panel.put_away()
        self.paper.setHidden(True)

    def _in_view(self, notification: int) -> bool:
        """Whether someone looks at a notification now: what ends late acts on no other page."""
        return self.shown == notification and self.isVisible()

    def _do(self, act: Act, words: str) -> None:
        by, shown = self._context.acting.id, self.shown
        if by is None or shown is None or (shown, act) in self._under_way:
            return
        self._under_way.add((shown, act))
        office = self._context.office
        refused = partial(self._refused, shown, act)
        if act is Act.CORRECT:
            office.ask(
                lambda desk: desk.acts.begin_correction(shown, words), partial(self._correct, shown), refused
            )
        elif act in (Act.WITHDRAW, Act.REACTION):
            office.ask(
                lambda desk: (
                    desk.acts.withdraw(shown, by, words)
                    if act is Act.WITHDRAW
                    else desk.acts.reaction(shown, by, words)
                ),
                partial(self._followed_up, shown, act),
                refused,
            )
        else:
            office.ask(
                lambda desk: desk.acts.do(act, shown, by, words),
                lambda _n: self._done(shown, act),
                refused,
            )

    def _refused(self, notification: int, act: Act, error: DigMedError) -> None:
        """Say why it was not done: at its panel, or over the page that is in view by now."""
        self._under_way.discard((notification, act))
        open_now = self.panel.offer.act if self.panel.offer else None
        if self._in_view(notification) and open_now is act:
            self.panel.refuse(str(error))
        else:
            self._context.office.failed.emit(error)

    def _is_recorded(self, notification: int, act: Act) -> bool:
        """Forget the words of an act that was done; return whether its notification is in view."""
        self._under_way.discard((notification, act))
        here = self._in_view(notification)
        asked = self.panel.offer.act if self.panel.offer else None
        if here and (asked is act or (act is Act.PAPER and asked is None)):  # another one stays open
            self._read()
        self._typed.pop((notification, act), None)
        return here

    def _correct(self, notification: int, begun: Begun) -> None:
        self._under_way.discard((notification, Act.CORRECT))
        if self._in_view(notification):  # else nothing was begun yet: the reason stays with its act
            self._is_recorded(notification, Act.CORRECT)
            self._context.navigate.to_form.emit(FormStart(begun.form, whole=begun.state))

    def _followed_up(self, notification: int, act: Act, newer: int) -> None:
        here = self._is_recorded(notification, act)
        self._context.office.deliver_now()
        if act is Act.REACTION:
            card = yellow_card()
            self._to_say[newer] = (
                "The reaction is recorded. Telephone the practice now, then press “Told by telephone”. "
                f"Report it to the {card.name} too: {card.address}, freephone {card.telephone}."
            )
        else:
            self._to_say[newer] = "Withdrawal saved. It will be sent now. Telephone the practice too."
        if here:
            self._context.navigate.to_notification.emit(newer)

    def _done(self, notification: int, act: Act) -> None:
        here = self._is_recorded(notification, act)
        if here:
            said = f"{self.offers[act].label if act in self.offers else 'It'}: recorded."
            announce(self, said)
            self.work.say("" if act in SAID_BY_STATE else said)
            self.refresh()
        if act in (Act.TRY_AGAIN, Act.SEND_AS_NEW):
            self._context.office.deliver_now()

    # ---- paper

    def _has_gone(self, how: How, to: str) -> None:
        by, shown = self._context.acting.id, self.shown
        if by is None or shown is None or (shown, Act.PAPER) in self._under_way:
            return
        self._under_way.add((shown, Act.PAPER))
        self._context.office.ask(
            lambda desk: desk.acts.do(Act.PAPER, shown, by, f"{how.label}: {to}"),
            lambda _n: self._done(shown, Act.PAPER),
            partial(self._paper_refused, shown),
        )

    def _paper_refused(self, notification: int, error: DigMedError) -> None:
        self._under_way.discard((notification, Act.PAPER))
        if self._in_view(notification) and not self.paper.isHidden():
            self.paper.to_field.say(str(error))
        else:
            self._context.office.failed.emit(error)
