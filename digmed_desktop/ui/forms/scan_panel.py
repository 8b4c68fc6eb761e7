"""Ask a person what a scan leaves open: which product a new barcode means, which batch number is on the pack."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from digmed_desktop.clinical.form import Option
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.forms.code_question import CodeQuestion
from digmed_desktop.ui.tokens import INSET, SPACE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.choices import ChoiceEditor, RadioEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.words import Words, announce, application, row, set_property

if TYPE_CHECKING:
    from digmed_desktop.desk.views.general import ScannedOn, ScannedPack


class ScanPanel(QWidget):
    """Shows the last scan, above the form and always in view. :attr:`settled` carries its answers once nothing is open.

    Where a person is needed the cursor comes here, and goes back to where it was. Esc leaves the scan.
    """

    settled = Signal(dict)
    was_typing = Signal()  # what was taken for a scan is to be typed where the cursor was

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.panel = QFrame()
        self.panel.setProperty("tone", "act")
        self.head = Words("Scanned", bold=True)
        self.said = Words("")
        self.product = ChoiceEditor(())
        self.product_field = Field(
            "scan.product", "Which vaccine is this?", self.product, hint="Asked once for each barcode."
        )
        self.means = CodeQuestion("scan.means")
        self.product.edited.connect(self._follow_product)
        self._batches = QVBoxLayout()
        self._batch: RadioEditor | None = None
        self._batch_field: Field | None = None
        self.use = button("Use this", "primary")
        self.close_button = button("Leave it")
        self.back_button = button(
            "Put it in the field", tip="Not a scan: type it where the cursor was (Alt+Z)"
        )
        self.back_button.clicked.connect(self.was_typing)
        self.use.clicked.connect(self._use)
        self.close_button.clicked.connect(self.leave)
        self.product.leads_on = True
        self.product.entered.connect(self._use)
        holder = QVBoxLayout(self)
        holder.setContentsMargins(*INSET.bar)
        holder.addWidget(self.panel)
        layout = QVBoxLayout(self.panel)
        layout.setContentsMargins(*INSET.notice)
        layout.setSpacing(SPACE.small)
        layout.addWidget(self.head)
        layout.addWidget(self.said)
        layout.addWidget(self.product_field)
        layout.addWidget(self.means)
        layout.addLayout(self._batches)
        self.buttons = row(
            self.use,
            self.close_button,
            Words("Esc", role="quiet", wrap=False),
            self.back_button,
            Words("Alt+Z", role="quiet", wrap=False),
            None,
        )
        layout.addWidget(self.buttons)
        self._pack: ScannedPack | None = None
        self._form: ScannedOn | None = None
        self._before: QWidget | None = None  # where the cursor was
        self.setVisible(False)

    def clear(self) -> None:
        """Forget the scan."""
        self._pack = None
        self._drop_batches()
        self.setVisible(False)

    def leave(self) -> None:
        """Leave the scan and go back to where the cursor was."""
        before, self._before = self._before, None
        self.clear()
        if before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def pass_by(self) -> None:
        """Take away what only told of a scan: someone went on. A refusal and a question stay."""
        if self._pack is None and self.panel.property("tone") == "act":
            self.clear()

    def show_pack(self, pack: "ScannedPack", products: Sequence[Option], form: "ScannedOn") -> None:
        """Show a scan; when nothing about it is open its answers are given at once.

        ``products`` are those it may be where its barcode is new; ``form`` is where it was scanned.
        """
        self.clear()
        self._form = form
        scan = pack.scan
        choose_batch = bool(scan.batches) and not pack.refused
        choose_product = (
            bool(scan.gtin) and not pack.product and not pack.refused and bool(pack.answers or scan.batches)
        )
        refused = pack.refused or (not pack.answers and not choose_batch and not choose_product)
        parts = [pack.sentence, *scan.notes]
        if not refused:
            parts = [pack.product_name, f"batch {scan.batch}" if scan.batch else "", *parts]
        self.say("\n".join(part for part in parts if part), "stop" if refused else "act")
        self.product_field.setVisible(choose_product)
        self.use.setVisible(choose_batch or choose_product)
        self.close_button.setText("Leave it" if choose_batch or choose_product else "Close")
        if choose_product:
            self.product.set_options(products)
            self.product.set_answer("")
        if choose_batch:
            self._batch = RadioEditor([Option(one, one) for one in scan.batches])
            self._batch_field = Field("scan.batch", "Batch number printed on the pack", self._batch)
            self._batches.addWidget(self._batch_field)
            if not choose_product:
                self._batch.entered.connect(self._use)
        if choose_batch or choose_product:
            self._pack = pack
            self._before = application().focusWidget()
            (self.product if choose_product else self._batch or self.product).focus()
        elif pack.answers and not refused:
            self.settled.emit(dict(pack.answers))

    def say(self, sentence: str, tone: str) -> None:
        """Say something about a scan."""
        set_property(self.panel, "tone", tone)
        self.head.setText("Scan not accepted" if tone == "stop" else "Scanned")
        self.said.setText(sentence)
        self.product_field.setVisible(False)
        self.means.follow(("", ""), ("", ""))
        self.use.setVisible(False)
        self.close_button.setText("Close")
        self.setVisible(True)
        self.panel.setAccessibleName(f"{self.head.text()}. {sentence}")
        announce(self, f"{self.head.text()}. {sentence}", urgent=tone == "stop")

    def _use(self) -> None:
        pack = self._pack
        if pack is None:
            return
        batch = self._batch.answer() if self._batch is not None else pack.answers.get("vaccine.batch", "")
        if self._batch is not None and self._batch_field is not None:
            self._batch_field.say("" if batch else "Select the batch number printed on the pack.")
            if not batch:
                return
        if pack.product:
            self._settle(pack, batch)
            return
        self.product.settle()  # a typed part that fits one vaccine is that vaccine, in full view
        choice = self.product.answer()
        known = "|" in choice
        self.product_field.say("" if known else "Select the vaccine from the list.")
        if not known:
            return
        self._follow_product()
        if self.means.insist():
            return
        scan, by, once = pack.scan, self._context.acting.id, self.means.refuses
        form = self._form
        if form is None:
            return
        self._context.office.ask(
            lambda desk: desk.stock.learned(scan, choice, by, form, once=once),
            lambda learned: self._learned(pack, learned, batch),
        )

    def _follow_product(self) -> None:
        """Ask where the code meant another vaccine than the one chosen now."""
        if self._pack is not None:
            _programme, known, product = self.product.answer().partition("|")
            self.means.follow(self._pack.meant, (product if known else "", self.product.spoken()))

    def _learned(self, pack: "ScannedPack", learned: "ScannedPack", batch: str) -> None:
        if pack is not self._pack:
            return  # another was scanned meanwhile
        if learned.refused:
            self.leave()
            self.say(learned.sentence, "stop")
        else:
            self._settle(learned, batch)

    def _settle(self, pack: "ScannedPack", batch: str) -> None:
        self.leave()
        self.settled.emit({**pack.answers, "vaccine.batch": batch} if batch else dict(pack.answers))

    def _drop_batches(self) -> None:
        if self._batch_field is not None:
            self._batches.removeWidget(self._batch_field)
            self._batch_field.hide()
            self._batch_field.deleteLater()
        self._batch = self._batch_field = None
