"""Settings: backups by hand and daily, and the recovery phrase."""

from pathlib import Path

from PySide6.QtGui import QHideEvent

from digmed_desktop.clinical import dates
from digmed_desktop.desk.views.sent import BackupState
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.wording import counted
from digmed_desktop.ui import files
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.long_work import LongWork
from digmed_desktop.ui.pages.page import ColumnPage, button
from digmed_desktop.ui.pages.recovery_phrase import ONLY_YOU, WHAT_IT_IS, RecoveryPhrase
from digmed_desktop.ui.widgets.editors import TextEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.words import Words, quiet


class BackupSection(ColumnPage):
    """An encrypted copy under a passphrase, tried by restoring it; and the words that open the records."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            "Backup and recovery",
            "Backups are encrypted and tested by restoring them. Keep it on another disk.",
        )
        self._context = context
        self._named_by_it = ""
        self.work = LongWork(context.office)
        self.state = Words("")
        self.passphrase, self.again = TextEditor(secret=True), TextEditor(secret=True)
        self.first = Field(
            "backup.passphrase",
            "Passphrase",
            self.passphrase,
            hint="At least 12 characters; four unrelated words are easy to remember.",
        )
        self.second = Field("backup.again", "Repeat the passphrase", self.again)
        self.now = button("Make a backup now …", "primary")
        self.daily = button("Make one every day …")
        self.end = button("End the daily backup")
        self.now.clicked.connect(self._make)
        self.daily.clicked.connect(self._begin_daily)
        self.end.clicked.connect(self._end_daily)
        backups = self.card(
            "Backup",
            self.state,
            self.first,
            self.second,
            quiet(
                "We do not store the passphrase. Write it down and keep it safe. The daily backup keeps a key made from it."
            ),
            flow(self.now, self.daily, self.end),
            self.work,
        )
        self.only_for(context.acting, Permission.MAKE_BACKUP, backups)
        self._build_phrase()

    def _build_phrase(self) -> None:
        self.written = Words("")
        self.pin = TextEditor(secret=True)
        self.pin_field = Field("recovery.pin", "Your PIN", self.pin, hint=ONLY_YOU)
        self.phrase = RecoveryPhrase(
            self._context, lambda: (self._context.acting.id, self.pin.answer()), self
        )
        self.phrase.shown.connect(lambda: self.pin.set_answer(""))
        self.phrase.refused.connect(self._not_shown)
        self.phrase.noted.connect(self._noted)
        phrase = self.card(
            "Recovery phrase", Words(WHAT_IT_IS), self.written, self.pin_field, *self.phrase.parts
        )
        self.only_for(self._context.acting, Permission.SHOW_PHRASE, phrase)

    def arrive(self) -> None:
        """Show how the backups stand; the phrase is hidden again."""
        self.phrase.hide_words()
        self._context.office.ask(lambda desk: desk.backups.state(), self._show)

    # ---- backups

    def _show(self, state: BackupState) -> None:
        lines = []
        if state.last_at is None:
            lines.append("No backup has been made yet.")
        else:
            lines.append(
                f"The last one was made on {dates.shown_time(state.last_at)}, with "
                f"{counted(state.last_count, 'notification', 'notifications')}: {state.last_file}"
            )
        lines.append(f"Every day in {state.folder}." if state.daily else "No daily backup is made.")
        if state.named_by_it:
            lines.append(
                "The folder of the daily backup is set by your IT support."
                if state.daily
                else f"Your IT support has named a place for it: {state.named_by_it}. Enter a passphrase and start it."
            )
        self._named_by_it = state.named_by_it
        self.daily.setText("Make one every day" if state.named_by_it else "Make one every day …")
        if state.trouble:
            lines.append(f"The last daily backup failed: {state.trouble}")
        self.state.setText("\n".join(lines))
        self.end.setHidden(not state.daily or bool(state.named_by_it))
        day = state.phrase_written_down
        self.written.setText(
            f"Written down on {dates.shown(day)}." if day else "Not written down yet: do it now, once."
        )

    def _make(self) -> None:
        path = files.ask_where(self, "Make a backup", f"digmed-{self._today()}", files.BACKUP)
        if path is None:
            return
        typed, again = self.passphrase.answer(), self.again.answer()
        self.first.say("")
        self.work.run(
            "Making and testing the backup",
            lambda desk, progress: desk.backups.write(path, typed, again, progress),
            self._made,
            self._refused,
        )

    def _made(self, state: BackupState) -> str:
        self._forget_passphrase()
        self._show(state)
        return f"Backup made and tested: it contains {counted(state.last_count, 'notification', 'notifications')}."

    def _begin_daily(self) -> None:
        folder = self._named_by_it or files.ask_folder(self, "Folder for the daily backup")
        if folder is None:
            return
        typed, again = self.passphrase.answer(), self.again.answer()
        chosen = Path(folder)
        self.first.say("")
        self.work.run(
            "Making and testing the first daily backup",
            lambda desk, _progress: desk.backups.begin_daily(chosen, typed, again),
            self._made,
            self._refused,
        )

    def _end_daily(self) -> None:
        self._context.office.ask(lambda desk: desk.backups.end_daily(), self._show)

    def _refused(self, error: DigMedError) -> None:
        self.work.say("", "look")
        self.first.say(str(error))
        self.first.editor.focus()

    def _forget_passphrase(self) -> None:
        self.passphrase.set_answer("")
        self.again.set_answer("")

    def _today(self) -> str:
        return self._context.now().astimezone(dates.ENGLAND).date().isoformat()

    # ---- the recovery phrase

    def _not_shown(self, why: str) -> None:
        self.pin_field.say(why)
        self.pin.focus()

    def _noted(self) -> None:
        self._context.office.ask(lambda desk: desk.backups.state(), self._show)

    def hideEvent(self, event: QHideEvent) -> None:
        """Never leave the words on a page that is out of view."""
        self.phrase.hide_words()
        super().hideEvent(event)
