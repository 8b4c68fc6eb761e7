"""The first thing seen; and when the records cannot be opened, why, and the two ways to get them back."""

from pathlib import Path

from PySide6.QtCore import QTimer, Signal

from digmed_desktop.messaging.errors import (
    DigMedError,
    NotStartedError,
    RecordsDoubt,
    RecordsInDoubtError,
    RecordsMissingError,
    StoreInUseError,
)
from digmed_desktop.ui import files
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import ColumnPage, button
from digmed_desktop.ui.widgets.editors import LinesEditor, TextEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.words import Notice, Words

_TO_BEGIN = "start with empty records"
SLOW_SECONDS = 8
ONE_MOMENT = ("The program is fetching the key and opening the records.", "One moment")
SLOW = (
    "This takes longer than usual. If the keyring of this computer account asks for its password in "
    "its own window, enter it there. If it does not answer, the program gives up after a minute and "
    "says so."
)


class OpeningPage(ColumnPage):
    """The page before the records are open, or with the reason why they cannot be."""

    CENTRED = True
    recovered = Signal()  # open the records (again)

    def __init__(self, context: Context) -> None:
        super().__init__("Opening the records")
        self._context = context
        self.said = Notice("act", *ONE_MOMENT)
        self.body.addWidget(self.said)
        self.again_button = button("Try again", "primary")
        self.again_button.clicked.connect(self._again)
        self.body.addWidget(flow(self.again_button))
        self._slow = QTimer(self, singleShot=True, interval=SLOW_SECONDS * 1000)
        self._slow.timeout.connect(self._is_slow)
        self.words = LinesEditor(4)
        self.words_field = Field(
            "recovery.words",
            "Recovery phrase",
            self.words,
            hint="The 24 words from the paper, in order.",
        )
        self.open_button = button("Open the records with it", "primary")
        self.open_button.clicked.connect(self._with_phrase)
        self.phrase_card = self.card(
            "The key is lost, and the records are here",
            Words("The words open the records on this computer and put the key back into its keyring."),
            self.words_field,
            flow(self.open_button),
        )
        self.file: Path | None = None
        self._records_open = False
        self.chosen = Words("No file is chosen yet.", role="quiet")
        self.choose_button = button("Choose the backup …")
        self.passphrase = TextEditor(secret=True)
        self.passphrase_field = Field("recovery.passphrase", "Passphrase of the backup", self.passphrase)
        self.restore_button = button("Restore it")
        self.choose_button.clicked.connect(self._choose)
        self.restore_button.clicked.connect(self._restore)
        self.restore_card = self.card(
            "Restore a backup",
            Words(
                "The records on this computer are renamed, not deleted. The program looks up waiting "
                "notifications at MESH before it sends them. Stop using the computer that the backup comes from."
            ),
            self.chosen,
            flow(self.choose_button),
            self.passphrase_field,
            flow(self.restore_button),
        )
        self.typed = TextEditor()
        self.typed_field = Field("recovery.typed", f"To confirm, type: {_TO_BEGIN}", self.typed)
        self.begin_button = button("Start with empty records")
        self.begin_button.clicked.connect(self._begin)
        self.begin_card = self.card(
            "The file is lost, and there is no backup",
            Words(
                "Everything recorded here before is lost: "
                "waiting notifications are not sent, and the register "
                "of emergency supplies begins again at number 1. Tell the superintendent pharmacist. The old key "
                "stays in the keyring, in case the file turns up."
            ),
            self.typed_field,
            flow(self.begin_button),
        )
        self.who = TextEditor()
        self.who_field = Field("recovery.who", "Your name", self.who)
        self.go_on_button = button("Continue with these records")
        self.look_button = button("View only")
        self.go_on_button.clicked.connect(self._go_on)
        self.look_button.clicked.connect(self._look_only)
        self.go_on_card = self.card(
            "Continue with these records",
            Words(
                "The records will say that you continued, with your name. The program looks up each "
                "waiting notification at MESH before sending. One that MESH does not have waits for "
                "you to check it: it may have been cancelled or corrected. Looking at the records "
                "changes nothing and sends nothing."
            ),
            self.who_field,
            flow(self.go_on_button, self.look_button),
        )
        self._doubt: RecordsDoubt | None = None
        self._offer()
        self._wait_for_it()

    def _wait_for_it(self) -> None:
        self.title.setText("Opening the records")
        self.said.say(*ONE_MOMENT, "act")
        self.again_button.setHidden(True)
        self._slow.start()

    def _is_slow(self) -> None:
        if self.isVisible():
            self.said.say(SLOW, ONE_MOMENT[1], "act")

    def _again(self) -> None:
        self._offer()
        self._wait_for_it()
        self.recovered.emit()

    def refuse(self, error: DigMedError) -> None:
        """Say why the program cannot go on, and offer the ways to get the records back."""
        missing = isinstance(error, RecordsMissingError)
        whole = isinstance(error, NotStartedError | StoreInUseError)  # nothing is wrong with the records
        doubted = isinstance(error, RecordsInDoubtError)
        titles = {
            missing: "The records are missing",
            whole: "DigMed Desktop cannot start",
            doubted: "Are these the right records?",
        }
        self.title.setText(titles.get(True, "The records cannot be opened"))
        self._slow.stop()
        self.again_button.setHidden(False)
        self.said.say(str(error), "Next step", "stop")
        self.said.head.setText("Next step")
        able = self._context.recovery is not None and not whole
        self._doubt = error.doubt if isinstance(error, RecordsInDoubtError) else None
        self._offer(
            phrase=able and not missing and not doubted,
            restore=able,
            begin=able and missing,
            go_on=able and doubted,
        )

    def offer_restore(self) -> None:
        """Offer to restore a backup on a computer that has only empty records yet."""
        self._records_open = True
        self._slow.stop()
        self.again_button.setHidden(True)
        self.title.setText("Restore a backup")
        self.said.say("The backup becomes the records of this computer.", "From another computer", "act")
        self._offer(restore=self._context.recovery is not None)

    def _offer(
        self, *, phrase: bool = False, restore: bool = False, begin: bool = False, go_on: bool = False
    ) -> None:
        self.phrase_card.setHidden(not phrase)
        self.restore_card.setHidden(not restore)
        self.begin_card.setHidden(not begin)
        self.go_on_card.setHidden(not go_on)

    def _with_phrase(self) -> None:
        recovery, typed = self._context.recovery, self.words.answer()
        if recovery is None:
            return
        self.words_field.say("")
        self._wait(busy=True)
        self._context.office.run(
            lambda: recovery.with_phrase(typed), lambda _n: self._done(), self._words_refused
        )

    def _words_refused(self, error: DigMedError) -> None:
        self._wait(busy=False)
        self.words_field.say(str(error))
        self.words.focus()

    def _choose(self) -> None:
        chosen = files.ask_which(self, "Choose the backup", files.BACKUP)
        if chosen is not None:
            self.file = chosen
            self.chosen.setText(str(chosen))

    def _restore(self) -> None:
        recovery, file, typed = self._context.recovery, self.file, self.passphrase.answer()
        if recovery is None:
            return
        if file is None:
            self.passphrase_field.say("Choose the file of the backup first.")
            self.choose_button.setFocus()
            return
        self.passphrase_field.say("")
        self._wait(busy=True)
        if self._records_open:
            self._context.office.reopen(lambda: recovery.from_backup(file, typed), self._restore_refused)
        else:
            self._context.office.run(
                lambda: recovery.from_backup(file, typed), lambda _n: self._done(), self._restore_refused
            )

    def _restore_refused(self, error: DigMedError) -> None:
        self._wait(busy=False)
        self.passphrase_field.say(str(error))
        self.passphrase.focus()

    def _begin(self) -> None:
        recovery = self._context.recovery
        if recovery is None:
            return
        if self.typed.answer().strip().casefold() != _TO_BEGIN:
            self.typed_field.say(f"Type {_TO_BEGIN} to start with empty records.")
            self.typed.focus()
            return
        self.typed_field.say("")
        self._wait(busy=True)
        self._context.office.run(
            recovery.begin_with_empty_records, lambda _n: self._done(), self._begin_refused
        )

    def _begin_refused(self, error: DigMedError) -> None:
        self._wait(busy=False)
        self.typed_field.say(str(error))

    def _go_on(self) -> None:
        recovery, doubt, who = self._context.recovery, self._doubt, self.who.answer().strip()
        if recovery is None or doubt is None:
            return
        if not who:
            self.who_field.say("Enter your name: the records will say that you continued.")
            self.who.focus()
            return
        self.who_field.say("")
        self._wait(busy=True)
        self._context.office.run(
            lambda: recovery.go_on(doubt, who), lambda _n: self._done(), self._go_on_refused
        )

    def _go_on_refused(self, error: DigMedError) -> None:
        self._wait(busy=False)
        self.who_field.say(str(error))

    def _look_only(self) -> None:
        if self._context.recovery is not None:
            self._context.recovery.look_only()
            self._done()

    def _wait(self, *, busy: bool) -> None:
        for one in (
            self.open_button,
            self.restore_button,
            self.choose_button,
            self.begin_button,
            self.go_on_button,
            self.look_button,
        ):
            one.setEnabled(not busy)

    def _done(self) -> None:
        self._wait(busy=False)
        self.words.set_answer("")
        self.passphrase.set_answer("")
        self.typed.set_answer("")
        self.who.set_answer("")
        self._offer()
        self.title.setText("Opening the records")
        self.said.say("The program is opening the records.", "One moment", "act")
        self.recovered.emit()
