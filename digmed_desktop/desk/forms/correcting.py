"""A correction: which message it follows, in what way, what changed in words, and why."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from digmed_desktop.clinical.corrections import about_another
from digmed_desktop.clinical.form import Answers
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.patient_answers import NOTES
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.desk.forms.reasons import states_nothing_done
from digmed_desktop.desk.views.sent import Difference
from digmed_desktop.messaging.corrections import Correction, Way
from digmed_desktop.messaging.errors import NotAllowedNowError
from digmed_desktop.messaging.states import ANSWERS, Happening, Need

if TYPE_CHECKING:
    from digmed_desktop.clinical.json_record import Record
    from digmed_desktop.fhir.corrections import Replaces
    from digmed_desktop.fhir.edition import Edition
    from digmed_desktop.fhir.frame import MessageFrame
    from digmed_desktop.fhir.sections import Section
    from digmed_desktop.history.store import Store

UNCHANGED = (
    "Nothing was changed, so there is nothing to correct. Change what was wrong, or leave the correction (Esc). To "
    "send the same record again, open it and choose “Send again as a new message”. "
    "You can also add a note for this pharmacy only there."
)
NOTE_ALONE = (
    "Only the notes for this pharmacy were changed, so there is nothing to send. Press “Keep as a note” to store the "
    "text with this record and end the correction."
)
_TELLS = {
    Happening.TOLD_ON_PAPER,
    Happening.TOLD_BY_TELEPHONE,
    Happening.PICKED_UP,
    Happening.UNEXPECTED,
    *(ANSWERS.keys() - {Happening.UNDELIVERED}),
}
"""Events by which the practice knows of a record: someone told it, or its system had the message."""
_LONGEST_CHANGE = 2000  # characters of the sentence in the message; the whole difference is in the story


@dataclass(frozen=True, slots=True)
class Plan:
    """How a message is built and frozen. The plan of a form that corrects nothing is ``Plan()``.

    ``known_there``: the practice knows of what is corrected, or may come to know of it. ``refused``: why this cannot
    be a correction of it at all. ``changes``: what the practice reads differently. ``note``: what was written, where
    nothing but the notes kept here was changed.
    """

    correction: Correction | None = None
    replaces: "Replaces | None" = None
    version: int = 1
    known_there: bool = False
    refused: tuple[Problem, ...] = ()
    changes: tuple[Difference, ...] = ()
    note: str = field(default="", repr=False)


def plan(store: "Store", state: FormState, record: "Record", edition: "Edition", at: datetime) -> Plan:
    """Return how the message of a form follows the one that the form corrects.

    Raises NotAllowedNowError when that one has a newer version meanwhile.
    """
    correction = state.correction
    if correction is None:
        return Plan()
    of = correction.notification
    corrected = store.versions.record_of(of)
    refused = about_another(corrected.patient, record.patient)
    made = plan_of(store, of, record, edition, at, why=correction.why)
    note = ""
    if refused is None and _said(corrected, record) == _said(record, record):
        before = store.versions.state(of)
        note = _new_note(before.answers if before else {}, state.answers)
        refused = Problem("correction", NOTE_ALONE if note else UNCHANGED)
    return replace(
        made,
        refused=(refused,) if refused else (),
        changes=differences(corrected, record, edition),
        note=note,
    )


def _new_note(before: Answers, now: Answers) -> str:
    """Return the notes kept here where they are others than before, else nothing."""
    was, text = before.get(NOTES, "").strip(), now.get(NOTES, "").strip()
    return text if text != was else ""


def _said(record: "Record", beside: "Record") -> "Record":
    """Return what a record says, practice and all: not when it was written, nor the notes of this pharmacy."""
    return replace(record, recorded_at=beside.recorded_at, notes_kept_here="")


def plan_of(
    store: "Store",
    of: int,
    record: "Record",
    edition: "Edition",
    at: datetime,
    *,
    why: str,
    withdrawn: bool = False,
) -> Plan:
    """Return how a message with this record follows the notification ``of``."""
    from digmed_desktop.fhir.corrections import Replaces

    correction = store.notifications.correction(of)
    if correction.way is Way.LATEST_ONLY:
        raise NotAllowedNowError(
            "There is a newer version of this notification.", "Open the newest version and correct that."
        )
    if correction.replaces is None:
        return Plan(correction, known_there=_known_there(store, of))
    before = store.versions.record_of(correction.replaces)
    changed = "" if withdrawn else sentence(differences(before, record, edition))
    versions = [one for one in store.versions.of(of) if one.row.id <= of]
    return Plan(
        correction,
        Replaces(
            correction.composition_id,
            changed,
            why,
            at,
            withdrawn=withdrawn,
            nothing_done=withdrawn and (states_nothing_done(why) or _of_another_patient(store, of)),
        ),
        version=len(versions) + 1,
        known_there=True,
    )


def _of_another_patient(store: "Store", notification: int) -> bool:
    """Whether a person said that what was recorded was done for another patient."""
    return store.notifications.row(notification).need is Need.WRONG_PATIENT


def frame_of(
    plan: Plan, edition: "Edition", mailbox: str, now: datetime, sender_reference: str
) -> "MessageFrame":
    """Return the frame of a message that is made now."""
    from digmed_desktop.fhir.frame import MessageFrame

    return MessageFrame(
        edition=edition,
        mailbox=mailbox,
        now=now,
        new_id=lambda: str(uuid.uuid4()),
        sender_reference=sender_reference,
        version=plan.version,
        replaces=plan.replaces,
    )


def _known_there(store: "Store", of: int) -> bool:
    """Whether the practice knows of any version of a notification."""
    return any(
        event.happening in _TELLS
        for version in store.versions.of(of)
        for event in store.notifications.story(version.row.id).events
    )


def differences(before: "Record", after: "Record", edition: "Edition") -> tuple[Difference, ...]:
    """Return what two records say differently to the practice, in the order of the document.

    When each was recorded is no difference: a correction is always recorded later.
    """
    from digmed_desktop.fhir.sections import sections

    before = replace(before, recorded_at=after.recorded_at)
    told = [_rows(sections(one, edition)) for one in (before, after)]
    keys = [*told[1], *(key for key in told[0] if key not in told[1])]
    return tuple(
        Difference(section, label, said[0], said[1])
        for section, label, n in keys
        if (said := [one.get((section, label, n), "") for one in told])[0] != said[1]
    )


def sentence(found: tuple[Difference, ...]) -> str:
    """Return differences as text for the practice: ``Batch number: B1234, before B1243``."""
    parts = [
        f"{one.label}: {one.after or 'taken out'}" + (f" (before: {one.before})" if one.before else " (new)")
        for one in found
    ]
    text = ""
    for n, part in enumerate(parts):
        if len(text) + len(part) > _LONGEST_CHANGE:
            return f"{text}; and {len(parts) - n} more"
        text = f"{text}; {part}" if text else part
    return text or "nothing that the practice sees"


def _rows(found: "tuple[Section, ...]") -> dict[tuple[str, str, int], str]:
    rows: dict[tuple[str, str, int], str] = {}
    for section in found:
        for row in section.rows:
            n = 0
            while (section.title, row.label, n) in rows:
                n += 1
            rows[section.title, row.label, n] = "\n".join(row.values)
    return rows
