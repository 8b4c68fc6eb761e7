"""To sign: records that another person typed, read and signed all at once with one PIN, refused, or sent on behalf."""

from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem

from digmed_desktop.clinical.form import Option
from digmed_desktop.desk.views.sent import Begun, StoryView
from digmed_desktop.desk.views.signing import Signer, SigningView, ToSign
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.ui.context import Context, FormStart
from digmed_desktop.ui.pages.page import ColumnPage
from digmed_desktop.ui.pages.signing_parts import ReasonPanel, SigningAct, counted, line_of, name_button
from digmed_desktop.ui.pages.story_parts import RecordedView, recorded
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.choices import ChoiceEditor
from digmed_desktop.ui.widgets.editors import TextEditor
from digmed_desktop.ui.widgets.empty_state import EmptyState
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.reflow import Reflow
from digmed_desktop.ui.widgets.words import Notice, quiet

LEAD = (
    "Someone else typed these records. The program sends a record only after the person it names has "
    "signed it. Choose a record to read it."
)
NOTHING = (
    "A record that one person types for another appears here until the person it names has signed it.",
    "Nothing to sign",
    "Record a vaccination  F2",
)
WIDE_EM = 28  # letters that the list, and the record beside it, need at least
SHARE = 0.5  # of the height of the page that the list takes, and the record beside it
LEAST_LINES = 10


class SigningPage(ColumnPage):
    """The records of one signer, the record that is chosen, and what can be done."""

    WIDTH_EM = 120
    COLUMN_EM = 120

    def __init__(self, context: Context) -> None:
        super().__init__("To sign", LEAD)
        self._context = context
        self._view = SigningView((), may_stand_in=False)
        self._opened: set[int] = set()
        self._shown: int | None = None
        self._reasons: dict[tuple[int, SigningAct], str] = {}  # typed, and put away with their record
        self._theme_of(context)
        self.said = Notice("done")
        self.body.insertWidget(0, self.said)
        self.none = EmptyState("sign", *NOTHING)
        self.none.wanted.connect(lambda: context.navigate.to_place.emit("vaccinate"))
        self.none.hide()  # until it is read that there is nothing
        self.body.addWidget(self.none)
        self.who = ChoiceEditor(())
        self.who.edited.connect(self._choose_signer)
        self.who_field = Field("signing.who", "Records for the signature of", self.who)
        self.who_field.hide()  # until it is read for whom records wait: nothing is typed into it before
        self.list = QListWidget()
        self.list.setAccessibleName("Records that wait for a signature")
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setWordWrap(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(lambda _row: self._choose())
        self.records = self.card("Records", self.who_field, Reflow((self.list, self.record), WIDE_EM))
        self.pin = TextEditor(secret=True)
        self.pin_field = Field("signing.pin", "PIN", self.pin)
        self.progress = quiet("")
        self.sign = button("Sign", "primary")
        self.correct, self.refuse = button("Correct …"), button("Refuse …")
        self.stand_in = button("Send on behalf …")
        self.open = button("Open the record", "link")
        self.why_not = quiet("")
        self.panel = ReasonPanel()
        self.signing = self.card(
            "Sign",
            self.progress,
            self.pin_field,
            flow(self.sign, self.correct, self.refuse, self.stand_in, self.open),
            self.why_not,
            self.panel,
        )
        self._connect()

    def _theme_of(self, context: Context) -> None:
        self.record = RecordedView(context.appearance.theme, "The record as the practice reads it")
        context.appearance.changed.connect(lambda: self.record.use(context.appearance.theme))

    def _connect(self) -> None:
        self.pin.line.returnPressed.connect(self._sign)
        self.sign.clicked.connect(self._sign)
        self.correct.clicked.connect(partial(self._begin, SigningAct.CORRECT))
        self.refuse.clicked.connect(self._refuse_or_take)
        self.stand_in.clicked.connect(partial(self._begin, SigningAct.STAND_IN))
        self.open.clicked.connect(self._open)
        self.panel.confirmed.connect(self._confirmed)
        self.panel.closed.connect(self._close_panel)
        self._context.acting.changed.connect(lambda _who: self._forget())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the list and the record half of the page, so that the PIN is in view below them."""
        super().resizeEvent(event)
        least = self.fontMetrics().height() * LEAST_LINES
        for part in (self.list, self.record):
            part.setFixedHeight(max(least, int(self.area.viewport().height() * SHARE)))

    # ---- what the window tells

    def arrive(self) -> None:
        """Show what waits now."""
        self.said.say("")
        self.said.setHidden(True)
        self._ask(focus=True)

    def history_moved(self) -> None:
        """Follow what was signed or recorded; what a person is typing stays."""
        self._ask()

    def go_back(self) -> bool:
        """Put an open panel away, else leave the page."""
        if self.panel.isHidden():
            return False
        self._close_panel()
        return True

    def _forget(self) -> None:
        """Take the PIN and the reason off the page when someone locks or signs in."""
        self.pin.set_answer("")
        self.panel.put_away()
        self._opened.clear()
        self._reasons.clear()
        self._shown = None
        self.record.show_sections(())
        self.pin_field.say("")

    # ---- showing

    def _ask(self, said: str = "", *, focus: bool = False) -> None:
        self._context.office.ask(
            lambda desk: desk.signing.view(), partial(self._show, said=said, focus=focus), self._failed
        )

    def _show(self, view: SigningView, *, said: str = "", focus: bool = False) -> None:
        signer = self.signer
        self._view = view
        self.who.set_options(
            [Option(str(one.id), f"{one.name}: {counted(len(one.records))}") for one in view.signers]
        )
        kept = next((one for one in view.signers if signer is not None and one.id == signer.id), None)
        chosen = kept or next(iter(view.signers), None)
        self.who.set_answer(str(chosen.id) if chosen else "")
        self.who_field.setHidden(len(view.signers) < 2)
        for part in (self.records, self.signing):
            part.setHidden(chosen is None)
        self._fill()
        self.none.setHidden(chosen is not None)
        if said:
            self.say(said)
        if focus:
            (self.list if chosen is not None else self.none.act).setFocus()

    def say(self, sentence: str, tone: str = "done") -> None:
        """Say on top what was done, or why it was not."""
        self.said.say(sentence, tone=tone)
        self.said.setHidden(False)

    @property
    def signer(self) -> Signer | None:
        """Return the person whose records are in view."""
        return next((one for one in self._view.signers if str(one.id) == self.who.answer()), None)

    @property
    def chosen(self) -> ToSign | None:
        """The record that is read."""
        signer, place = self.signer, self.list.currentRow()
        return signer.records[place] if signer is not None and 0 <= place < len(signer.records) else None

    def _choose_signer(self) -> None:
        self.pin.set_answer("")
        self.pin_field.say("")
        self.panel.put_away()
        self._fill()

    def _fill(self) -> None:
        """List the records of the signer; the one that was read stays chosen."""
        signer = self.signer
        records = signer.records if signer is not None else ()
        blocker = QSignalBlocker(self.list)
        self.list.clear()
        for one in records:
            self.list.addItem(QListWidgetItem(line_of(one, self._context.made.identified)))
        place = next((n for n, one in enumerate(records) if one.unsigned.row.id == self._shown), 0)
        self.list.setCurrentRow(place if records else -1)
        blocker.unblock()
        self._choose()

    def _choose(self) -> None:
        """Show the record that is chosen, whole, and what can be done about it."""
        chosen = self.chosen
        self._offer()
        number = chosen.unsigned.row.id if chosen is not None else None
        if number == self._shown and number is not None:
            return
        self._put_reason_away()
        self._shown = number
        if number is None:
            self.record.show_sections(())
            return
        self.record.show_sections(())
        self._context.office.ask(
            lambda desk: desk.listing.story(number), partial(self._read, number), self._failed
        )

    def _read(self, number: int, story: StoryView) -> None:
        if number == self._shown:
            self.record.show_sections(recorded(story.recorded))
            self._opened.add(number)
            self._offer()

    def _offer(self) -> None:
        """Name what can be done: all that is not refused is signed at once, one PIN for all."""
        signer, chosen = self.signer, self.chosen
        if signer is None or chosen is None:
            return
        many, mine = len(signer.to_sign), signer.id == self._context.acting.id
        read = sum(one.unsigned.row.id in self._opened for one in signer.to_sign)
        self.progress.setText(
            f"{signer.name} signs with their own PIN, once for all records listed. {read} of {many} opened here."
            if signer.may_sign
            else f"{signer.name} no longer works here and cannot sign."
        )
        self.pin_field.label.setText(f"PIN of {signer.name}")
        self.pin_field.label_text = f"PIN of {signer.name}"
        self.pin_field.say(self.pin_field.sentence)  # names the box anew for a screen reader
        self.pin_field.setHidden(not signer.may_sign)
        name_button(self.sign, f"Sign all {many}" if many > 1 else "Sign")
        self.sign.setHidden(not signer.may_sign or not many)
        name_button(self.refuse, "Sign this one after all" if chosen.unsigned.is_refused else "Refuse …")
        self.refuse.setHidden(not signer.may_sign)
        waiting = self._on_behalf(signer)
        name_button(
            self.stand_in,
            f"Send all {len(waiting)} on behalf of {signer.name} …"
            if len(waiting) > 1
            else f"Send on behalf of {signer.name} …",
        )
        self.stand_in.setHidden(mine or not waiting or not self._view.may_stand_in)
        why = "" if mine else chosen.why_not
        if not why and not mine and not self._view.may_stand_in:
            why = f"A pharmacist can send this on behalf of {signer.name} now."
        self.why_not.setText(why)
        self.why_not.setHidden(not why)

    @staticmethod
    def _on_behalf(signer: Signer) -> tuple[ToSign, ...]:
        return tuple(one for one in signer.records if not one.why_not)

    # ---- acting

    def _sign(self) -> None:
        signer = self.signer
        if signer is not None and signer.to_sign and not self.sign.isHidden():
            self._sign_these(tuple(one.unsigned.row.id for one in signer.to_sign))

    def _sign_these(self, ids: tuple[int, ...]) -> None:
        signer, pin = self.signer, self.pin.answer()
        if signer is None:
            return
        if not pin:
            self.pin_field.say(f"Type the PIN of {signer.name}.")
            self.pin.focus()
            return
        self._wait()
        self._context.office.ask(
            lambda desk: desk.signing.sign(signer.id, pin, ids),
            lambda refused: self._done(refused, f"{counted(len(ids))} signed by {signer.name}."),
            self._failed,
        )

    def _refuse_or_take(self) -> None:
        chosen = self.chosen
        if chosen is None:
            return
        if chosen.unsigned.is_refused:
            self._sign_these((chosen.unsigned.row.id,))
        else:
            self._begin(SigningAct.REFUSE)

    def _put_reason_away(self) -> None:
        """Put a reason that was asked about one record away with it; the same act on that record brings it back."""
        if not self.panel.isHidden() and self.panel.act is not SigningAct.STAND_IN:
            if self._shown is not None:
                self._reasons[self._shown, self.panel.act] = self.panel.words.answer()
            self.panel.put_away()

    def _begin(self, act: SigningAct) -> None:
        signer = self.signer
        if signer is not None and self.chosen is not None:
            self.panel.ask(act, signer.name, self.chosen.unsigned.recorder)
            self.panel.words.set_answer(self._reasons.pop((self.chosen.unsigned.row.id, act), ""))
            QTimer.singleShot(0, self, lambda: self.reveal(self.panel))  # once it has its height

    def _close_panel(self) -> None:
        self.panel.put_away()
        self.list.setFocus()

    def _confirmed(self, act: SigningAct, why: str) -> None:
        signer, chosen, by = self.signer, self.chosen, self._context.acting.id
        if signer is None or chosen is None or by is None:
            return
        number, office = chosen.unsigned.row.id, self._context.office
        if act is SigningAct.CORRECT:
            office.ask(lambda desk: desk.acts.begin_correction(number, why), self._correct, self._refused)
            return
        if act is SigningAct.STAND_IN:
            ids = tuple(one.unsigned.row.id for one in self._on_behalf(signer))
            self._wait()
            office.ask(
                lambda desk: desk.signing.stand_in(ids, by, why),
                lambda made: self._done("", f"{counted(len(made))} sent on behalf of {signer.name}."),
                self._refused,
            )
            return
        pin = self.pin.answer()
        if not pin:
            self.pin_field.say(f"Type the PIN of {signer.name} first, then say why it is not theirs.")
            self.pin.focus()
            return
        self._wait()
        office.ask(
            lambda desk: desk.signing.refuse(signer.id, pin, number, why),
            lambda refused: self._done(
                refused, f"Refused. {chosen.unsigned.recorder} is asked to correct it."
            ),
            self._refused,
        )

    def _wait(self) -> None:
        """Let nothing be pressed twice."""
        for one in (self.sign, self.refuse, self.stand_in, self.panel.do):
            one.setEnabled(False)

    def _ready(self) -> None:
        for one in (self.sign, self.refuse, self.stand_in, self.panel.do):
            one.setEnabled(True)

    def _done(self, refused: str, said: str) -> None:
        """Say what was done, or at the PIN why it was not taken; the PIN goes off the page in any case."""
        self._ready()
        self.pin.set_answer("")
        self.pin_field.say(refused)
        if refused:
            self.pin.focus()
            return
        self.panel.put_away()
        self._context.office.deliver_now()
        self._ask(said, focus=True)

    def _correct(self, begun: Begun) -> None:
        if not self.isVisible():  # someone went on meanwhile; nothing was begun, and the reason stays
            return
        self.panel.put_away()
        self._context.navigate.to_form.emit(FormStart(begun.form, whole=begun.state))

    def _open(self) -> None:
        if (chosen := self.chosen) is not None:
            self._context.navigate.to_notification.emit(chosen.unsigned.row.id)

    def _refused(self, error: DigMedError) -> None:
        self._ready()
        self.panel.refuse(str(error))

    def _failed(self, error: DigMedError) -> None:
        self._ready()
        self.pin.set_answer("")
        self.say(str(error), "look")
