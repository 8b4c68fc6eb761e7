"""Backups from the counter: by hand, daily, and the recovery phrase."""

import getpass
import json
import platform
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digmed_desktop.clinical import dates
from digmed_desktop.data_files.source import OWN
from digmed_desktop.desk.gate import Gate
from digmed_desktop.desk.people.known_words import known_words
from digmed_desktop.desk.views.sent import BackupState, Printed
from digmed_desktop.messaging.audit import AuditAct
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.errors import DigMedError, NotAllowedNowError, UnreadableRowError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.progress import Progress
from digmed_desktop.untrusted import a_table, a_text

if TYPE_CHECKING:
    from digmed_desktop.credentials.vault import Vault
    from digmed_desktop.desk.views.general import SignIn
    from digmed_desktop.history.store import Store

DATABASE_KEY, BACKUP_KEY = "database-key", "backup-key"  # names in the vault
CARRIED = ("mesh-password", "mesh-shared-key", "mesh-proxy", "register-key", "register-head", "chain-key")
"""Secrets of the vault that belong to the data: they travel with a backup."""
ENDING = ".digmedbackup"
KEEP = 14
_STATE = "backups"
_NOT_IN_VIEW = "The words are not shown.", "Show them first, then type the words requested."
_PHRASE = "recovery-phrase"
_OURS = re.compile(r"digmed-\d{4}-\d{2}-\d{2}" + re.escape(ENDING))


def _state(found: Any) -> dict[str, Any]:
    """Return the state of the backups as it was kept. Raises what a damaged one raises."""
    kept = a_table(found)
    for name in ("folder", "last_at", "last_file", "trouble"):
        a_text(kept.get(name, ""))
    if kept.get("last_at"):
        datetime.fromisoformat(kept["last_at"])
    int(kept.get("last_count", 0))
    return kept


class BackupDesk:
    """Makes backups and shows the recovery phrase."""

    def __init__(
        self, store: "Store", vault: "Vault | None", clock: Clock, named_by_it: Path | None = None
    ) -> None:
        """``named_by_it``: the place that the administrators chose for the daily backups of all computers."""
        self._store, self._vault, self._clock = store, vault, clock
        self._gate = Gate(store)
        self._named_by_it = named_by_it / own_folder() if named_by_it else None
        self._shown_to: int | None = None  # who typed their PIN for the recovery phrase

    def state(self) -> BackupState:
        """Return how the backups stand."""
        kept = self._kept()
        written = self._store.profile.remembered(_PHRASE, date.fromisoformat)
        folder = kept.get("folder", "")
        named = str(self._named_by_it or "")
        return BackupState(
            folder=(named or folder) if folder else "",
            named_by_it=named,
            last_at=datetime.fromisoformat(kept["last_at"]) if kept.get("last_at") else None,
            last_file=kept.get("last_file", ""),
            last_count=kept.get("last_count", 0),
            trouble=kept.get("trouble", ""),
            phrase_written_down=written,
        )

    def _kept(self) -> dict[str, Any]:
        """Return what is kept of the backups; where it cannot be read, that is what a person is told."""
        try:
            return self._store.profile.value(_STATE, _state, "The state of the backups") or {}
        except UnreadableRowError as error:
            return {
                "trouble": f"{error.happened} Make a backup now, and choose the folder of the daily one again."
            }

    def suggested_name(self) -> str:
        """Return the name of a backup of today; no patient and no pharmacy in it."""
        return f"digmed-{self._today().isoformat()}{ENDING}"

    def write(self, target: Path, passphrase: str, again: str, progress: Progress) -> BackupState:
        """Make a backup now, under a passphrase, and try it by restoring it."""
        self._gate.allow(Permission.MAKE_BACKUP)
        state = self.make(target, passphrase, again, progress)
        self._gate.note(AuditAct.BACKED_UP, f"{state.last_count} notifications")
        return state

    def make(self, target: Path, passphrase: str, again: str, progress: Progress) -> BackupState:
        """Make a backup for whoever was let do what it is part of."""
        from digmed_desktop.history.backup import BackupKey, problem_with

        if said := problem_with(passphrase, again, known_words(self._store)):
            raise DigMedError(said)
        held = self._store.backups.write(target, BackupKey.of(passphrase), self._carried(), progress)
        return self._note(last_file=str(target), last_count=held.notifications)

    def begin_daily(self, folder: Path, passphrase: str, again: str) -> BackupState:
        """Make a backup each day from now on; the first one now. The passphrase itself is not kept."""
        from digmed_desktop.history.backup import BackupKey, problem_with

        self._gate.allow(Permission.MAKE_BACKUP)
        if said := problem_with(passphrase, again, known_words(self._store)):
            raise DigMedError(said)
        if self._named_by_it is not None:
            folder = _made(self._named_by_it)
        if not folder.is_dir():
            raise DigMedError("The folder for the daily backup cannot be found.", "Choose another folder.")
        key = BackupKey.of(passphrase)
        held = self._store.backups.write(folder / self.suggested_name(), key, self._carried())
        self._the_vault().put(BACKUP_KEY, key.kept())
        self._gate.note(AuditAct.BACKED_UP, "every day from now on")
        return self._note(
            folder=str(folder), last_file=str(folder / self.suggested_name()), last_count=held.notifications
        )

    def end_daily(self) -> BackupState:
        """Make no daily backup any more; those that were made stay."""
        self._gate.allow(Permission.MAKE_BACKUP)
        self._the_vault().remove(BACKUP_KEY)
        self._gate.note(AuditAct.DAILY_BACKUP_ENDED)
        kept = self._kept()
        self._store.profile.put(_STATE, json.dumps({**kept, "folder": "", "trouble": ""}))
        return self.state()

    def is_due(self) -> bool:
        """Whether the backup of today is still to be made."""
        state = self.state()
        if not state.daily:
            return False
        if state.last_at is None or state.trouble:
            return True
        return state.last_at.astimezone(dates.ENGLAND).date() < self._today()

    def daily(self) -> BackupState:
        """Make the backup of today if it is due; a failure is kept as a sentence and told, not raised."""
        from digmed_desktop.history.backup import BackupKey

        state = self.state()
        if not self.is_due():
            return state
        folder = Path(state.folder)
        try:
            kept = self._the_vault().get(BACKUP_KEY)
            if kept is None:
                raise DigMedError(
                    "The key of the daily backup is not in the keyring.", "Set up the daily backup again."
                )
            if self._named_by_it is not None:
                _made(self._named_by_it)
            target = folder / self.suggested_name()
            held = self._store.backups.write(target, BackupKey.from_kept(kept), self._carried())
        except DigMedError as error:
            return self._trouble(str(error))
        except (OSError, ValueError):
            return self._trouble("The daily backup could not be made. Set it up again, or make one by hand.")
        _thin_out(folder)
        return self._note(last_file=str(target), last_count=held.notifications)

    # ---- the recovery phrase

    def _phrase(self) -> tuple[str, ...]:
        """Return the recovery phrase. Never log it; people ask :meth:`phrase_for`."""
        from digmed_desktop.credentials.phrase import phrase_of

        kept = self._the_vault().get(DATABASE_KEY)
        if kept is None:
            raise DigMedError("The key of the records is not in the keyring of this account.")
        return phrase_of(bytes.fromhex(kept))

    def phrase_for(self, person: int, pin: str, sign_in: "Callable[[int, str], SignIn]") -> tuple[str, ...]:
        """Return the recovery phrase to a person whose PIN is right; DigMedError otherwise."""
        if self._gate.managers():  # without one, the phrase is how a pharmacist becomes it
            self._gate.allow(Permission.SHOW_PHRASE, person)
        outcome = sign_in(person, pin)
        if outcome.person is None:
            raise DigMedError(outcome.sentence)
        self._gate.note(AuditAct.PHRASE_SHOWN, by=person)
        self._shown_to = person
        return self._phrase()

    def phrase_on_paper(self, words: Sequence[str]) -> Printed:
        """Return the words laid out for the printer; there is no file of them, and the queue shows no word."""
        from digmed_desktop.paper import printing
        from digmed_desktop.paper.document import Listing, PaperDocument

        said, half = OWN.raw("paper/words.toml")["recovery"], len(words) // 2
        rows = tuple((str(n + 1), words[n], str(n + 1 + half), words[n + half]) for n in range(half))
        made = said["made"].format(when=dates.shown_time(self._clock.now()))
        listing = Listing(said["order"], (said["number"], said["word"]) * 2, rows)
        document = PaperDocument(said["title"], (listing,), lead=tuple(said["lead"]), made=made)
        return Printed("recovery", printing.html(document), made, landscape=False, title=document.title)

    def note_phrase_printed(self) -> None:
        """Note that the words go to the printer now. Raises NotAllowedNowError where they are not in view."""
        if self._shown_to is None:
            raise NotAllowedNowError(*_NOT_IN_VIEW)
        title = OWN.raw("paper/words.toml")["recovery"]["title"]
        self._gate.note(AuditAct.PRINTED, title, by=self._shown_to)

    def phrase_written_down(self, asked: Sequence[int], typed: Sequence[str]) -> str:
        """Note that the phrase is on paper when the words asked for (1 to 24) are right; else say which is not."""
        if self._shown_to is None:  # each answer would say whether a guess is right
            raise NotAllowedNowError(*_NOT_IN_VIEW)
        words = self._phrase()
        for place, word in zip(asked, typed, strict=True):
            if word.strip().casefold() != words[place - 1]:
                return f"Word {place} is not the word on the screen. Compare it with your paper."
        self._store.profile.put(_PHRASE, json.dumps(self._today().isoformat()))
        return ""

    # ---- parts

    def _carried(self) -> dict[str, str]:
        vault = self._the_vault()
        found = {name: vault.get(name) for name in CARRIED}
        return {name: value for name, value in found.items() if value is not None}

    def _the_vault(self) -> "Vault":
        if self._vault is None:
            raise DigMedError("The keyring is not open.", "Start the program again.")
        return self._vault

    def _today(self) -> date:
        return self._clock.now().astimezone(dates.ENGLAND).date()

    def _note(self, *, last_file: str, last_count: int, folder: str | None = None) -> BackupState:
        kept = self._kept()
        kept |= {
            "last_at": self._clock.now().isoformat(),
            "last_file": last_file,
            "last_count": last_count,
            "trouble": "",
        }
        if folder is not None:
            kept["folder"] = folder
        self._store.profile.put(_STATE, json.dumps(kept))
        return self.state()

    def _trouble(self, sentence: str) -> BackupState:
        kept = self._kept()
        self._store.profile.put(_STATE, json.dumps({**kept, "trouble": sentence}))
        return self.state()


def own_folder() -> str:
    """Return the name of this computer's and account's folder beside those of others, so that none replaces another's."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", f"{platform.node() or 'computer'} {getpass.getuser()}")


def _made(folder: Path) -> Path:
    """Make this computer's folder in the place that the administrators named. Raises DigMedError."""
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        raise DigMedError(
            f"The folder {folder.parent}, which your IT support named for "
            f"the daily backup, cannot be reached or written to.",
            "Ask your IT support. Until then, make a backup by hand on another disk.",
        ) from None
    return folder


def _thin_out(folder: Path) -> None:
    """Remove the oldest daily backups beyond those that are kept; nothing else in the folder is touched."""
    ours = sorted(one for one in folder.iterdir() if _OURS.fullmatch(one.name))
    for old in ours[:-KEEP]:
        old.unlink(missing_ok=True)
