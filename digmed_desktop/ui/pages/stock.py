"""The stock: vaccines and batches, until when each can be used, added by hand or by scanning the box."""

from collections.abc import Sequence

from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from digmed_desktop.clinical import dates
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.clinical.stock import CODE_MEANS
from digmed_desktop.desk.views.general import BatchView, StockView
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.scanning.burst import Burst
from digmed_desktop.scanning.pack import Found, Scan
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.forms.code_question import CodeQuestion
from digmed_desktop.ui.pages.batch_list import BatchCard
from digmed_desktop.ui.pages.page import ColumnPage
from digmed_desktop.ui.pages.stock_hold import HoldCard
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.choices import ChoiceEditor
from digmed_desktop.ui.widgets.editors import DateEditor, TextEditor
from digmed_desktop.ui.widgets.empty_state import EmptyState
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.lists import empty, table
from digmed_desktop.ui.widgets.pair import Pair
from digmed_desktop.ui.widgets.words import Notice, Words, row

NO_STOCK = (
    "Scan a pack to add its vaccine, batch and expiry date. You can also record without stock.",
    "No vaccines in stock",
    "Add a batch",
)


class StockPage(ColumnPage):
    """Expired and finished batches stay in the list and leave every choice."""

    COLUMN_EM = 36

    def __init__(self, context: Context) -> None:
        super().__init__("Stock", "The vaccines here. Scan a box to add it, or type what is on it.")
        self._context = context
        self.product = ChoiceEditor(())
        self.number, self.expiry, self.use_before = (
            TextEditor(),
            DateEditor(context.now),
            DateEditor(context.now),
        )
        self.means = CodeQuestion(CODE_MEANS)
        self.said = Notice("done")
        self.said.setVisible(False)
        self.body.addWidget(self.said)
        batch = self.card(
            "Add a batch",
            Field("stock.product", "Vaccine", self.product),
            self.means,
            Pair(
                Field(
                    "stock.number", "Batch number", self.number, hint="As on the pack, at most 20 characters."
                ),
                Field("stock.expiry", "Expiry date", self.expiry, hint="Day 00: the end of the month."),
            ),
            Field(
                "stock.use_before",
                "Use by after thawing (optional)",
                self.use_before,
                hint="Only for a vaccine that came frozen: the last day after it was thawed.",
            ),
        )
        self.add = button("Add to the stock", "primary")
        self.add.clicked.connect(self._add)
        adding = row(self.add, None)
        self.body.addWidget(adding)
        self.only_for(context.acting, Permission.KEEP_STOCK, batch, adding)
        self.wanted = TextEditor()
        self.list_batch = button("List who had it")
        self.list_batch.clicked.connect(self._list_typed)
        self._holder, self._list = table((1,), between_rows=SPACE.medium)
        self.hold = HoldCard()
        self.hold.decided.connect(self._decide_hold)
        self.body.addWidget(self.hold)
        self.only_for(context.acting, Permission.HOLD_BATCH, self.hold)
        self.batch = BatchCard(context)
        self.body.addWidget(self.batch)
        self.card(
            "Who was given a batch",
            Field(
                "batch.number",
                "Batch number to look for",
                self.wanted,
                hint="Any batch on record, in the stock or not.",
            ),
            row(self.list_batch, None),
        )
        self.card("In stock", self._holder)
        self._forget_code()
        self.product.edited.connect(self._follow_code)
        self.number.edited.connect(self._follow_code)

    def hideEvent(self, event: QHideEvent) -> None:
        """Forget the code of the last box: what is typed when someone comes back may be another one's."""
        super().hideEvent(event)
        self._forget_code()

    def _forget_code(self) -> None:
        self._gtin, self._number = "", ""  # the code of the box scanned last, and the batch read with it
        self._meant = ("", "")  # what the code has meant so far
        self.means.follow(self._meant, ("", ""))

    def _follow_code(self) -> None:
        """Let the code count for the box it was read from alone: ask where it meant another vaccine."""
        if self.number.answer() != self._number:
            self._forget_code()
        _programme, _, product = self.product.answer().partition("|")
        self.means.follow(self._meant, (product, self.product.spoken()))

    def arrive(self) -> None:
        """Show the stock as stored now."""
        self._context.office.ask(lambda desk: desk.stock.view(), self._show)
        self.product.focus()

    @property
    def takes_scans(self) -> bool:
        """Always."""
        return True

    def take_scanned(self, _burst: Burst, scan: Scan) -> None:
        """Fill in what a scanned box says; a person adds it."""
        if scan.found in (Found.REFUSED, Found.PATIENT):
            self._tell(scan.sentence or "This is the code of a patient. Scan the vaccine's box.", "stop")
            return
        self._forget_code()
        self._gtin = scan.gtin
        self.number.write(scan.batch or (scan.batches[0] if len(scan.batches) == 1 else ""))
        self._number = self.number.answer()
        self.product.set_answer("")
        self.expiry.write(dates.as_answer(scan.expiry))
        self.use_before.set_answer("")
        sentences = (scan.sentence, *scan.notes, *(f"Read: {one}" for one in scan.batches))
        self._tell(
            " ".join(part for part in sentences if part) or "Check it against the box, then add it.",
            "look" if scan.sentence else "act",
        )
        self._context.office.ask(lambda desk: desk.stock.scanned(scan), self._know)

    def _know(self, pack: object) -> None:
        from digmed_desktop.desk.views.general import ScannedPack

        if isinstance(pack, ScannedPack) and pack.scan.gtin == self._gtin:  # no other was scanned meanwhile
            self._meant = pack.meant
            if not self.product.answer():  # nobody chose one meanwhile
                self.product.set_answer(f"{pack.programme}|{pack.product}" if pack.product else "")
            self._follow_code()
            if pack.sentence and not pack.answers:
                self._tell(pack.sentence, "stop")

    def _tell(self, sentence: str, tone: str) -> None:
        heads = {"stop": "Scan not accepted", "look": "Scanned", "act": "Scanned", "done": "Done"}
        self.said.say(sentence, heads[tone], tone)
        self.said.head.setText(heads[tone])
        self.said.setVisible(True)

    def _add(self) -> None:
        self._follow_code()
        if self.means.insist():
            return
        answers = {**self.answers(), "stock.gtin": "" if self.means.refuses else self._gtin}
        by = self._context.acting.id
        self.expect_kept()
        self.add.setEnabled(False)
        self._context.office.ask(lambda desk: desk.stock.add(answers, by), self._added, self._failed)

    def _added(self, outcome: tuple[BatchView | None, Sequence[Problem], bool]) -> None:
        batch, problems, new = outcome
        self.add.setEnabled(True)
        if not self.tell(problems) or batch is None:
            self.said.setVisible(False)
            return
        if self.number.answer() == batch.batch.number:  # no other box was scanned meanwhile
            self._forget_code()
        self.show_kept(dict.fromkeys(self.fields, ""))
        self._tell(
            f"{batch.label} can be chosen now." if new else f"{batch.label} is already in your list.", "done"
        )
        self._context.office.ask(lambda desk: desk.stock.view(), self._show)
        self.product.focus()

    def _failed(self, error: DigMedError) -> None:
        self.add.setEnabled(True)
        self.tell([Problem("", str(error))])

    def _show(self, stock: StockView) -> None:
        self.product.set_options(stock.products)
        empty(self._list)
        if not stock.batches:
            none = EmptyState("stock", *NO_STOCK, in_card=True)
            none.wanted.connect(self.product.focus)
            self._list.addWidget(none, 0, 0)
        for place, one in enumerate(stock.batches):
            batch = one.batch
            until = f"until {dates.shown(batch.last_day)}"
            standing = Words(f"● {one.why_not}" if one.why_not else f"✓ Can be chosen, {until}")
            standing.setProperty("ink", "look" if one.why_not else "done")
            named = row(Words(batch.number, bold=True, wrap=False), Words(f"{one.product} – {one.programme}"))
            change = button("Undo" if batch.finished else "Mark as used up")
            change.setAccessibleName(f"{change.text()}: {one.product} {batch.number}")
            change.clicked.connect(lambda _on=False, b=batch: self._finish(b.id, finished=not b.finished))
            hold = button("Lift hold …" if batch.held else "Hold …")
            hold.setAccessibleName(f"{hold.text()}: {one.product} {batch.number}")
            hold.clicked.connect(lambda _on=False, view=one: self._ask_hold(view))
            had = button("Who had it", tip="List everyone who was given this batch")
            had.setAccessibleName(f"Who had it: {one.product} {batch.number}")
            had.clicked.connect(lambda _on=False, number=batch.number: self._who_had(number))
            acts = {Permission.KEEP_STOCK: change, Permission.HOLD_BATCH: hold, Permission.SEE_RECORDS: had}
            may_do = [made for may, made in acts.items() if not self._context.acting.refusal(may)]
            self._list.addWidget(_batch(named, standing, flow(*may_do)), place, 0)

    def _ask_hold(self, view: BatchView) -> None:
        self.hold.open_for(view)
        self.reveal(self.hold)

    def _who_had(self, number: str) -> None:
        self.batch.show_batch(number)
        self.reveal(self.batch)

    def _list_typed(self) -> None:
        number = self.wanted.answer().strip()
        self.fields["batch.number"].say("" if number else "Enter the batch number.")
        if number:
            self._who_had(number)

    def _decide_hold(self, batch_id: int, held: bool, why: str) -> None:
        self._context.office.ask(
            lambda desk: desk.stock.hold(batch_id, why) if held else desk.stock.release(batch_id, why),
            lambda stock: self._held(stock, batch_id),
            lambda error: self.hold.field.say(str(error)),
        )

    def _held(self, stock: StockView, batch_id: int) -> None:
        self.hold.close_card()
        self._show(stock)
        hold = next((one.batch.held for one in stock.batches if one.batch.id == batch_id), None)
        self._tell(
            f"The batch is held from {dates.shown_time(hold.since)}." if hold else "The hold is lifted.",
            "done",
        )

    def _finish(self, batch_id: int, *, finished: bool) -> None:
        self._context.office.ask(lambda desk: desk.stock.finish(batch_id, finished=finished), self._show)


def _batch(named: QWidget, standing: QWidget, acts: QWidget) -> QWidget:
    """Return a batch of the list: what it is and how it stands, and what can be done with it."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(SPACE.hair)
    for part in (named, standing, acts):
        column.addWidget(part)
    return holder
