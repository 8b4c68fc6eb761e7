"""The door of the desk: nobody asks anything who does not work here, and each question passes its row.

What a method asks of the gate itself, with the person it was given, stays there; this holds for every public method,
also for those that are added later. The rooms of the desk call each other behind the door.
"""

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from digmed_desktop.desk.gate import Gate
from digmed_desktop.messaging.permissions import Permission

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")

_ASKED: dict[Permission, tuple[str, ...]] = {
    Permission.SEE_RECORDS: (
        *("story", "drafts", "newest_draft", "patients.search", "patients.doses"),
        *("patients.answers_of", "counter.earlier", "counter.dose_views", "counter.problems"),
        *("register.page", "register.entry", "register.outstanding", "register.entry_paper"),
        *("register.label_paper", "listing.first", "listing.page", "listing.lists", "listing.saved"),
        *("listing.save", "listing.forget", "listing.today", "listing.story", "acts.offered"),
        *("acts.corrected", "replies.view", "replies.candidates", "papers.copy"),
        *("incidents.view", "incidents.answers_about", "incidents.paper", "batch_list.of"),
    ),
    Permission.PRINT_LISTS: ("papers.day_list", "papers.day_end", "register.list_paper", "batch_list.paper"),
    Permission.SAVE_RECORD: ("acts.record_json",),
    Permission.KEEP_DRAFTS: (
        *("preview", "keep_and_preview", "patients.remember", "forms.assess"),
        *("forms.preview", "forms.finished", "forms.freeze"),
    ),
    Permission.CORRECT: ("acts.take_back", "acts.mark_wrong_patient", "patients.recall"),
    Permission.AMEND_REGISTER: ("register.amend", "register.prescription_came"),
    Permission.SETTLE_REPLIES: ("replies.give", "replies.settle"),
    Permission.CHANGE_PEOPLE: ("people.new_pin", "people.answers_about", "people.known_words"),
    Permission.CHANGE_CONNECTION: (
        *("connection.account", "connection.certificate", "connection.client_account"),
        *("connection.open_transport", "connection.take_back"),
    ),
    Permission.MAKE_BACKUP: ("backups.make",),
    Permission.GIVE_PATIENT_FILE: tuple(
        f"patient_file.{name}" for name in ("document", "as_data", "find", "gather", "save_pdf", "save_json")
    ),
    Permission.KEEP_RETENTION: ("retention.holds", "retention.lifted", "retention.preview"),
}
OPEN = {
    "opened": "the page that asks who it is shows the names of the people",
    "people.all": "the same",
    "person_lists": "the roles to choose from at the first run",
    "people.lists": "the same",
    "all_form_lists": "the options of forms: vaccines, people and lists, no patient data",
    "form_lists": "the same",
    "forms.lists": "the same",
    "people.first_run": "there is nobody yet",
    "sign_in": "it asks for the PIN itself",
    "people.sign_in": "the same",
    "people.locked": "notes only that the last person signed in has locked",
    "managing.is_wanted": "asked as someone signs in",
    "managing.become": "it asks for the recovery phrase itself",
    "managing.reset_pin": "the same",
    "backups.phrase_for": "it asks for the PIN itself",
    "backups.phrase_on_paper": "lays out words that were shown",
    "backups.note_phrase_printed": "the same",
    "backups.phrase_written_down": "answers only about words that were shown in this run",
    "backups.daily": "the program makes it automatically",
    "backups.is_due": "the same",
    "record_imports.take_in": "no imported record is lost, also behind the lock; it shows nothing",
    "save_draft": "nothing typed is lost, also behind the lock; it shows nothing",
    "resume_pending_send": "the program sends what someone asked for before it stopped",
    "checks": "doctor asks, and shows no patient data",
    "version_checks": "the same",
    "connection.is_set_up": "sync asks",
    "watched_folders": "the program watches where answers appear; nothing is opened",
    "papers.save_guide": "texts of the help and blank forms",
    "papers.file_name": "a day and a number",
    "register.check": "doctor asks, and shows no patient data",
    "duty": "settings",
    "warm_up": "the program itself",
    "make_delivery": "the program itself",
    "close": "the program itself",
}
"""Methods open without anyone signed in, and why."""
_PERMISSION = {path: permission for permission, paths in _ASKED.items() for path in paths}


class Door:
    """Asks the gate who may go in; whoever works here may, where no row says more."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def let_in(self, path: str) -> None:
        """Let the person signed in ask something. Raises NotPermittedError."""
        if path in OPEN:
            return
        permission = _PERMISSION.get(path)
        if permission is None:
            self._gate.known()
        else:
            self._gate.allow(permission)

    def before(self, name: str, inner: T) -> T:
        """Return an object whose public methods pass this door, under ``name.method``."""
        return cast("T", _Behind(self, name, inner))


class _Behind:
    """Stands before an object and lets its public methods be called through the door."""

    __slots__ = ("_door", "_inner", "_name")

    def __init__(self, door: Door, name: str, inner: object) -> None:
        for slot, value in (("_door", door), ("_name", name), ("_inner", inner)):
            object.__setattr__(self, slot, value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            return getattr(self._inner, name)
        path = f"{self._name}.{name}"
        if not callable(getattr(type(self._inner), name, None)):
            self._door.let_in(path)  # a property
            return getattr(self._inner, name)
        method = getattr(self._inner, name)

        @functools.wraps(method)
        def through(*args: Any, **named: Any) -> Any:
            self._door.let_in(path)
            return method(*args, **named)

        return through

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._inner, name, value)

    def __dir__(self) -> list[str]:
        return dir(self._inner)


def through_door(method: Callable[P, R]) -> Callable[P, R]:
    """Return a method that passes the door of its own object, ``_door``, under its own name."""

    @functools.wraps(method)
    def through(*args: P.args, **named: P.kwargs) -> R:
        door: Door = args[0]._door  # type: ignore[attr-defined]  # noqa: SLF001 - the object whose method it is
        door.let_in(method.__name__)
        return method(*args, **named)

    return through
