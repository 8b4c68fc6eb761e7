"""Keeps half-filled forms on the disk; what the disk does not take stays in memory and is tried again."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from digmed_desktop.background.office import Office
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.messaging.errors import DigMedError

AGAIN_MS = 5_000


@dataclass(frozen=True, slots=True, repr=False)
class _Draft:
    form: str
    state: FormState
    by: int | None


class DraftKeeper(QObject):
    """Stores the newest state of each draft. A form may begin the next patient meanwhile: nothing typed is lost."""

    kept = Signal(str)  # the draft's id
    failed = Signal(object)  # DigMedError; it is tried again by itself
    mended = Signal()  # nothing waits any more

    def __init__(self, office: Office, parent: QObject) -> None:
        super().__init__(parent)
        self._office = office
        self._waiting: dict[str, _Draft] = {}
        self._in_trouble = False
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self._try_all)

    def keep(self, draft_id: str, form: str, state: FormState, by: int | None) -> None:
        """Store a draft, in place of what was to be stored of it before."""
        self._waiting[draft_id] = _Draft(form, state, by)
        self._try(draft_id)

    def _try_all(self) -> None:
        for draft_id in tuple(self._waiting):
            self._try(draft_id)

    def _try(self, draft_id: str) -> None:
        draft = self._waiting[draft_id]
        self._office.ask(
            lambda desk: desk.save_draft(draft_id, draft.form, draft.state, draft.by),
            lambda _n: self._stored(draft_id, draft),
            self._not_stored,
        )

    def _stored(self, draft_id: str, draft: _Draft) -> None:
        if self._waiting.get(draft_id) is draft:
            del self._waiting[draft_id]
        self.kept.emit(draft_id)
        if self._in_trouble and not self._waiting:
            self._in_trouble = False
            self.mended.emit()

    def _not_stored(self, error: DigMedError) -> None:
        self._in_trouble = True
        self._again.start()
        self.failed.emit(error)
