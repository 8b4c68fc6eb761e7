"""List the forms that were started and not sent; the person signed in can continue any of them."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton

from digmed_desktop.clinical import dates, identity, nhs_number
from digmed_desktop.clinical.record import PersonName
from digmed_desktop.desk.views.general import DraftView
from digmed_desktop.ui.context import Context, FormStart
from digmed_desktop.ui.pages.page import ColumnPage
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.confirmed import ConfirmedButton
from digmed_desktop.ui.widgets.empty_state import EmptyState
from digmed_desktop.ui.widgets.lists import empty, table
from digmed_desktop.ui.widgets.words import Notice, Words, row

FORM_TITLES = {"vaccination": "Vaccination", "emergency-supply": "Emergency supply"}
MOST = 50
NONE = (
    "A form that you leave before sending stays here until someone finishes or discards it.",
    "No unfinished records",
    "Record a vaccination  F2",
)
STILL_STANDS = (
    "This draft was meant to replace a record of the wrong "
    "patient. Without it that record still counts, and needs action until someone withdraws it."
)
CANNOT_BE_READ = "This draft cannot be read: ask your supplier before you discard it"


class DraftsPage(ColumnPage):
    """One line for each form left unfinished, the one changed last on top."""

    discarded = Signal(str)  # the draft

    def __init__(self, context: Context) -> None:
        super().__init__(
            "Drafts",
            "Forms that someone started and has not sent. A colleague can finish yours; the record then names both.",
        )
        self._context = context
        self.said = Notice("act")
        self.body.addWidget(self.said)
        self.none = EmptyState("drafts", *NONE)
        self.none.wanted.connect(lambda: context.navigate.to_place.emit("vaccinate"))
        self.body.addWidget(self.none)
        self._holder, self._list = table((3, 2, 3, 0, 0))
        self._more = button(f"Show {MOST} more")
        self._more.clicked.connect(self._show_more)
        self._more_row = row(self._more)
        self._card = self.card("", self._holder, self._more_row)
        self._shown = MOST
        self.going_on: list[QPushButton] = []
        for part in (self.said, self.none, self._card):
            part.hide()  # until the drafts are read

    def arrive(self) -> None:
        """Show the drafts as they are kept now."""
        self._shown = MOST
        self._load()

    def _load(self) -> None:
        self._context.office.ask(lambda desk: desk.drafts(), self._show)

    def _show_more(self) -> None:
        self._shown += MOST
        self._load()

    def _show(self, drafts: Sequence[DraftView]) -> None:
        empty(self._list)
        self.going_on = []
        self.said.setVisible(bool(drafts))
        self.none.setVisible(not drafts)
        self._card.setVisible(bool(drafts))
        if drafts:
            more = f" The newest {self._shown} are shown." if len(drafts) > self._shown else ""
            self.said.say(f"Each stays until you send or discard it.{more}", "Unfinished", "act")
            self.said.head.setText(f"{len(drafts)} unfinished")
        self._more_row.setVisible(len(drafts) > self._shown)  # an empty row would leave a gap
        for place, draft in enumerate(drafts[: self._shown]):
            self._add(place, draft)
        if self.going_on:
            self.going_on[min(self._shown - MOST, len(self.going_on) - 1)].setFocus()

    def _add(self, place: int, draft: DraftView) -> None:
        who = self._who(draft)
        people = draft.begun_by or "Nobody signed in"
        if draft.changed_by and draft.changed_by != draft.begun_by:
            people = f"{people}, then {draft.changed_by}"
        self._list.addWidget(Words(who, bold=True), place, 0)
        self._list.addWidget(Words(self._what(draft)), place, 1)
        self._list.addWidget(Words(f"{people}, {dates.shown_time(draft.changed_at)}", role="quiet"), place, 2)
        self._add_discard(place, draft, who)
        if not draft.can_be_read:
            return
        go_on = button("Continue")
        go_on.setAutoDefault(True)
        go_on.setAccessibleName(f"Continue with {who}")
        go_on.clicked.connect(lambda _on=False, wanted=draft.id: self._go_on(wanted))
        self._list.addWidget(row(go_on), place, 3)
        self.going_on.append(go_on)

    def _go_on(self, wanted: str) -> None:
        """Go on with a draft as stored now: since it was listed it may have been typed on, sent or discarded."""
        self._context.office.ask(
            lambda desk: next((one for one in desk.drafts() if one.id == wanted and one.can_be_read), None),
            self._begin,
        )

    def _begin(self, draft: DraftView | None) -> None:
        if not self.isVisible():
            return  # someone went on to another page meanwhile
        if draft is None:
            self.arrive()
            return
        self._context.navigate.to_form.emit(FormStart(draft.form, draft=draft))

    def _who(self, draft: DraftView) -> str:
        """Return whose draft it is, as far as that is known; a draft without a name is known by its number."""
        if not draft.can_be_read:
            return CANNOT_BE_READ
        typed, answers, made = draft.state.patient_name, draft.state.answers, self._context.made
        born = dates.of_answer(answers.get(identity.BORN, ""), self._context.now().date(), past=True)
        number = nhs_number.digits(answers.get(identity.NUMBER, "")) or ""
        if name := PersonName(typed.given, typed.family).as_on_record():
            return made.identified(name, number, born)
        shown_born = f"born {dates.shown(born)}" if born and not made.now.privacy else ""
        parts = (
            "Name not entered" if number or born else "No patient yet",
            f"NHS number {made.number(number)}" if number else "",
            shown_born,
        )
        return "  ·  ".join(part for part in parts if part)

    def _add_discard(self, place: int, draft: DraftView, who: str) -> None:
        discard = ConfirmedButton("Discard", "Discard for good?", enter=True)
        discard.name(f"Discard {who}")
        if draft.state.withdraws:
            discard.clicked.connect(lambda: self.said.say(STILL_STANDS, "The wrong record stays", "look"))
        discard.confirmed.connect(lambda d=draft: self._discard(d))
        self._list.addWidget(row(discard), place, 4)

    def _what(self, draft: DraftView) -> str:
        """Return what a draft is, and how old once that is a day or more."""
        title = FORM_TITLES.get(draft.form, draft.form)
        kind = f"Correction: {title.lower()}" if draft.state.correction else title
        if draft.state.withdraws:
            kind = f"{title}, to replace a record of the wrong patient"
        days = (self._context.now() - draft.changed_at).days
        return kind if days < 1 else f"{kind}, {days} day{'s' if days > 1 else ''} old"

    def _discard(self, draft: DraftView) -> None:
        self._context.office.ask(
            lambda desk: desk.discard_draft(draft.id), lambda _n: self._discarded(draft.id)
        )

    def _discarded(self, draft: str) -> None:
        self.discarded.emit(draft)
        self.arrive()
