"""Act on a notification, each act with who and why; the states decide what is offered."""

import contextlib
import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digmed_desktop.clinical import identity
from digmed_desktop.clinical.dates import ENGLAND, shown_time
from digmed_desktop.clinical.form_state import CorrectionOf, FormState
from digmed_desktop.clinical.questions.vaccination import answers_with_reaction
from digmed_desktop.data_files.source import OWN
from digmed_desktop.desk.connections.sender import Sender
from digmed_desktop.desk.forms import correcting
from digmed_desktop.desk.forms.reasons import reason_of
from digmed_desktop.desk.gate import Gate
from digmed_desktop.desk.patients.patients import PatientDesk
from digmed_desktop.desk.views.sent import Act, Begun, Corrected, Offer
from digmed_desktop.messaging.audit import AuditAct
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.corrections import Correction, Way
from digmed_desktop.messaging.errors import DigMedError, NotAllowedNowError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.register import WITHDRAWN, EntryKind, NewEntry
from digmed_desktop.messaging.sending import Kind, new_local_id
from digmed_desktop.messaging.states import Happening, State, may
from digmed_desktop.messaging.story import Facts
from digmed_desktop.messaging.whole_file import whole_file
from digmed_desktop.messaging.wording import words_of as words_of_state

if TYPE_CHECKING:
    from digmed_desktop.clinical.json_record import Record
    from digmed_desktop.fhir.edition import Edition
    from digmed_desktop.history.store import Store

NOT_ITS_PATIENT = (State.NOT_KNOWN_THERE, State.NO_LONGER_THERE)
"""The practice does not look after the patient: a correction names the right one."""
NEVER_ELECTRONIC = "The practice's system never received the withdrawn record, so no message can remove it."


_BY_HAPPENING = {
    Act.PAPER: Happening.TOLD_ON_PAPER,
    Act.TELEPHONE: Happening.TOLD_BY_TELEPHONE,
    Act.DEAL_WITH: Happening.DEALT_WITH,
    Act.REOPEN: Happening.REOPENED,
    Act.NOTE: Happening.NOTED,
}


_PERMISSION = {
    Act.PAPER: Permission.FOLLOW_UP,
    Act.TELEPHONE: Permission.FOLLOW_UP,
    Act.NOTE: Permission.FOLLOW_UP,
    Act.TRY_AGAIN: Permission.FOLLOW_UP,
    Act.DEAL_WITH: Permission.CLOSE,
    Act.REOPEN: Permission.CLOSE,
    Act.CANCEL: Permission.CORRECT,
    Act.CORRECT: Permission.CORRECT,
    Act.WITHDRAW: Permission.CORRECT,
    Act.REACTION: Permission.CORRECT,
    Act.SEND_AS_NEW: Permission.CORRECT,
}


class ActsDesk:
    """Offers acts and carries them out."""

    def __init__(
        self,
        store: "Store",
        clock: Clock,
        sender: Sender,
        patients: PatientDesk,
        take_back: Callable[[str], bool] = lambda _local_id: False,
    ) -> None:
        """``take_back`` takes a sending out of the MESH client's folder, or returns False where it left already."""
        self._store, self._clock, self._sender, self._patients = store, clock, sender, patients
        self._out_of_client = take_back
        self._gate = Gate(store)

    def offered(self, notification: int) -> tuple[Offer, ...]:
        """Return what a person can do about it now."""
        notes = self._store.notifications
        standing = notes.standing_of(notification)
        way = notes.correction(notification).way
        has_message = bool(self._store.versions.edition(notification))
        able = {act: may(standing, happening) for act, happening in _BY_HAPPENING.items()}
        able[Act.CANCEL] = notes.may_cancel(notification) or notes.may_take_back(notification)
        able[Act.TRY_AGAIN] = may(standing, Happening.SENT_AGAIN) and has_message
        able[Act.SEND_AS_NEW] = self._may_send_as_new(notification, way)
        able[Act.CORRECT] = way is not Way.LATEST_ONLY and self._store.versions.can_be_corrected(notification)
        row = notes.row(notification)
        able[Act.WITHDRAW] = (
            way is not Way.LATEST_ONLY and not row.withdrawal and notes.may_withdraw(notification)
        )
        able[Act.REOPEN] &= has_message and way is not Way.LATEST_ONLY
        able[Act.REACTION] = (
            row.kind is Kind.VACCINATION
            and not row.withdrawal
            and way is not Way.LATEST_ONLY
            and may(standing, Happening.REACTION)
            and not self._is_for_here(notification)
        )
        return tuple(
            replace(words_of(act, way), refused=self._gate.refusal(self._permission(act, notification)))
            for act in Act
            if able[act]
        )

    def _permission(self, act: Act, notification: int) -> Permission:
        return self.correcting(notification) if act is Act.CORRECT else _PERMISSION[act]

    def _is_for_here(self, notification: int) -> bool:
        """Whether a record that waits for a signature is to be kept here, so that nobody is told of a reaction."""
        unsigned = self._store.signatures.one(notification)
        return unsigned is not None and unsigned.becomes is State.NOT_SHARED

    def begin_correction(self, notification: int, why: str) -> Begun:
        """Return the form to correct, with what was typed; NotAllowedNowError when that is not possible now."""
        self._gate.allow(self.correcting(notification))
        if self._store.notifications.correction(notification).way is Way.LATEST_ONLY:
            raise NotAllowedNowError(
                "There is a newer version of this notification.",
                "Open the newest version and correct that.",
            )
        state = self._store.versions.state(notification)
        if state is None:
            raise NotAllowedNowError(
                "The answers on this form were not saved.",
                "Record it again, and tell the practice by telephone.",
            )
        row = self._store.notifications.row(notification)
        today = self._clock.now().astimezone(ENGLAND).date()
        owner = identity.described(identity.completed({}, state.answers, today), state.answers)
        corrects = CorrectionOf(notification, reason_of(why))
        return Begun(row.kind.form, replace(state, correction=corrects, owner=owner))

    def correcting(self, notification: int) -> Permission:
        """Return what a person must be allowed to do to correct a notification, signed or not."""
        return Permission.CORRECT_UNSIGNED if self._store.signatures.one(notification) else Permission.CORRECT

    def do(self, act: Act, notification: int, by: int, note: str) -> None:
        """Carry out an act that needs no form. Raises NotAllowedNowError when it has moved on meanwhile."""
        self._gate.allow(_PERMISSION[act], by)
        note = reason_of(note)
        notes = self._store.notifications
        match act:
            case Act.CANCEL:
                self._cancel(notification, by, note)
            case Act.PAPER:
                notes.record_paper(notification, by, note)
            case Act.TELEPHONE:
                notes.record_telephone(notification, by, note)
            case Act.DEAL_WITH:
                notes.deal_with(notification, by, note)
            case Act.REOPEN:
                notes.reopen(notification, by, note)
            case Act.NOTE:
                notes.note(notification, by, note)
            case Act.TRY_AGAIN:
                address = self._sender.route(self._record(notification).patient).address
                notes.send_again(notification, by, self._local_id(), address, note)
            case Act.SEND_AS_NEW:
                self.send_as_new(notification, by, note)
            case Act.WITHDRAW:
                self.withdraw(notification, by, note)
            case Act.REACTION:
                self.reaction(notification, by, note)
            case Act.CORRECT:
                raise ValueError("a correction is typed in its form")

    def corrected(self, notification: int, why: str) -> Corrected:
        """Return what a correction of a notification is about."""
        row = self._store.notifications.row(notification)
        when = f"recorded {shown_time(row.contact_at)}"
        parts = (
            when,
            f"for {row.practice_name}" if row.practice_name else "",
            words_of_state(row.state).word.lower(),
        )
        born = self._store.versions.births([notification]).get(notification)
        said = ", ".join(part for part in parts if part)
        return Corrected(row.patient_name, row.nhs_number, born, said, why)

    def send_as_new(self, notification: int, by: int, why: str) -> int:
        """Send the same record as a new message, with new ids and without naming the old one.

        For what is on no practice's record: rejected, void or never delivered. Return the id of the new version.
        """
        self._gate.allow(Permission.CORRECT, by)
        way = self._store.notifications.correction(notification).way
        if not self._may_send_as_new(notification, way):
            raise NotAllowedNowError(
                "It may be on the patient's record at this practice, or the patient is not one of its own.",
                "Correct it, or telephone the practice.",
            )
        return self._follow_up(
            notification,
            self._record(notification),
            by,
            reason_of(why),
            state=self._store.versions.state(notification),
        )

    def _may_send_as_new(self, notification: int, way: Way) -> bool:
        """Whether the same record can go to the same practice once more."""
        row = self._store.notifications.row(notification)
        return (
            way is Way.AFRESH
            and not row.withdrawal
            and row.state not in NOT_ITS_PATIENT
            and bool(self._store.versions.edition(notification))
        )

    def mark_wrong_patient(self, notification: int, by: int, why: str) -> None:
        """Put a record that somebody says is another patient's on the action list, until it is taken back."""
        self._store.notifications.mark_wrong_patient(notification, by, reason_of(why))

    def take_back(self, notification: int, by: int, why: str) -> int | None:
        """Take a record back that was made for the wrong patient: cancel what waits, withdraw what went out.

        Return the id of the withdrawal, None where nothing goes out or nothing can be taken back.
        """
        notes = self._store.notifications
        if (
            notes.correction(notification).way is Way.LATEST_ONLY
            or notes.row(notification).state is State.CANCELLED
        ):
            return None  # it was taken back before
        if notes.may_cancel(notification) or notes.may_take_back(notification):
            with contextlib.suppress(NotAllowedNowError):  # it has gone meanwhile: then it is withdrawn
                self._cancel(notification, by, reason_of(why))
                return None
        if notes.may_withdraw(notification):
            return self.withdraw(notification, by, why)
        notes.note(notification, by, reason_of(why))
        return None

    def withdraw(self, notification: int, by: int, why: str) -> int:
        """Record that this was recorded in error, and send a message that says so; return the id of the new version.

        No message goes where the practice never had one: it is told by telephone, or nobody is where nobody was.
        """
        self._gate.allow(Permission.CORRECT, by)
        record, why = self._record(notification), reason_of(why)
        correction = self._store.notifications.correction(notification)
        if correction.replaces is None and correction.way in (Way.AFRESH, Way.KEPT):
            made = self._withdraw_here(correction, record, by, why)
        else:
            made = self._follow_up(notification, record, by, why, withdrawn=True)
        self._patients.recall(notification)
        return made

    def _cancel(self, notification: int, by: int, why: str) -> None:
        notes = self._store.notifications
        if notes.may_take_back(notification):
            if not self._out_of_client(self._store.deliveries.local_id_of(notification)):
                raise NotAllowedNowError(
                    "The MESH client has taken it already, so it can no longer be cancelled.",
                    "Wait for the reply, and telephone the practice if it is urgent.",
                )
            notes.taken_back(notification, by, why)
        else:
            notes.cancel(notification, by, why)
        self._patients.recall(notification)

    def _withdraw_here(self, correction: Correction, record: "Record", by: int, why: str) -> int:
        from digmed_desktop.clinical import json_record

        notes, of = self._store.notifications, correction.corrects
        entry = self._amendment(of, by, why, withdrawn=True)
        made = notes.freeze(
            draft_id=None,
            token=uuid.uuid4().hex,
            record_json=json_record.dumps(record),
            facts=Facts.of(notes.row(of)),
            message=None,
            local_id="",
            by=by,
            correction=correction,
            withdrawal=True,
            no_route=NEVER_ELECTRONIC,
            not_shared=correction.way is Way.KEPT,
            state=self._store.versions.state(of),
            alongside=self._store.register.entering(entry) if entry else None,
        )
        if entry:
            self._store.register.entered()
        notes.note(made, by, why)
        return made

    def reaction(self, notification: int, by: int, what: str) -> int:
        """Record an adverse reaction, correct the record with it, and ask for a telephone call.

        The correction goes out, or waits, as any other; return the id of the new version.
        """
        self._gate.allow(Permission.CORRECT, by)
        from digmed_desktop.clinical.record import VaccinationRecord

        record, what = self._record(notification), reason_of(what)
        if not isinstance(record, VaccinationRecord):
            raise NotAllowedNowError("A reaction is recorded after a vaccination only.")
        if self._is_for_here(notification):
            raise NotAllowedNowError(
                "The patient does not agree to share this with the practice.", "Correct the record."
            )
        closed = self._sender.route(record.patient).closed
        if (
            closed or self._edition(notification) is None
        ):  # nothing electronic can be corrected: by telephone only
            self._store.notifications.record_reaction(notification, by, what)
            return notification
        told = tuple(
            replace(one, adverse_reaction="\n".join(part for part in (one.adverse_reaction, what) if part))
            for one in record.immunizations
        )
        state = self._store.versions.state(notification)
        if state is not None:
            state = state.answered(answers_with_reaction(state.answers, what))
        newer = self._follow_up(
            notification,
            replace(record, immunizations=told),
            by,
            "An adverse reaction was reported after the vaccination.",
            state=state,
        )
        self._store.notifications.record_reaction(newer, by, what)
        return newer

    def _follow_up(
        self,
        notification: int,
        record: "Record",
        by: int,
        why: str,
        *,
        withdrawn: bool = False,
        state: FormState | None = None,
    ) -> int:
        from digmed_desktop.clinical import json_record
        from digmed_desktop.fhir.message import IncompleteRecordError, build

        notes, now = self._store.notifications, self._clock.now()
        edition = self._edition(notification)
        if edition is None:
            raise NotAllowedNowError(
                "This notification was never electronic.", "Telephone the practice and send a paper copy."
            )
        plan = correcting.plan_of(
            self._store, notification, record, edition, now, why=why, withdrawn=withdrawn
        )
        frame = correcting.frame_of(plan, edition, self._sender.mailbox, now, str(uuid.uuid4()))
        try:
            message = build(record, frame)
        except IncompleteRecordError as error:
            said = " ".join(problem.sentence for problem in error.problems)
            raise DigMedError("The record cannot be sent as it is.", said) from None
        route = self._sender.route(record.patient)
        if route.closed:
            raise NotAllowedNowError("This cannot be sent electronically now.", route.closed)
        entry = self._amendment(notification, by, why, withdrawn=withdrawn)
        made = notes.freeze(
            draft_id=None,
            token=uuid.uuid4().hex,
            record_json=json_record.dumps(record),
            facts=Facts.of(notes.row(notification)),
            message=message,
            local_id=self._local_id(),
            by=by,
            address=route.address,
            correction=plan.correction,
            withdrawal=withdrawn,
            state=state or self._store.versions.state(notification),
            signer=unsigned.signer_id if (unsigned := self._store.signatures.one(notification)) else None,
            alongside=self._store.register.entering(entry) if entry else None,
        )
        if entry:
            self._store.register.entered()
        return made

    def _amendment(self, notification: int, by: int, why: str, *, withdrawn: bool) -> NewEntry | None:
        """Return what is appended to the register of emergency supplies, None where it has no entry of this one."""
        about = self._store.register.of_notification(notification)
        if about is None:
            return None
        person = self._store.people.get(by)
        done = "Recorded in error. This tells the practice." if withdrawn else "Sent to the practice again."
        name = person.professional.name.spoken() if person else ""
        text: dict[str, Any] = {"text": f"{done} Why: {why}"}
        if withdrawn:
            text[WITHDRAWN] = True
        return NewEntry(EntryKind.AMENDMENT, text, by, name, about=about.about or about.number)

    def _record(self, notification: int) -> "Record":
        return self._store.versions.record_of(notification)

    def _edition(self, notification: int) -> "Edition | None":
        from digmed_desktop.fhir import editions

        named = self._store.versions.edition(notification)
        return editions.load(named) if named else None

    def _local_id(self) -> str:
        pharmacy = self._store.profile.pharmacy()
        return new_local_id(pharmacy.ods_code if pharmacy else "")

    def record_json(self, notification: int) -> str:
        """Return the record of a notification as JSON, laid out for reading; one that is no JSON as it is kept."""
        kept = self._store.versions.record(notification)
        with contextlib.suppress(ValueError, RecursionError):
            return json.dumps(json.loads(kept), ensure_ascii=False, indent=2)
        return kept

    def save_record(self, notification: int, path: Path) -> None:
        """Write the record of a notification as JSON; FileNotWrittenError leaves nothing."""
        self._gate.allow(Permission.SAVE_RECORD)
        text = self.record_json(notification)
        with whole_file(path) as file:
            file.write(text.encode("utf-8"))
        self._gate.note(AuditAct.SAVED_RECORD, about=notification)


def words_of(act: Act, way: Way = Way.AFRESH) -> Offer:
    """Return an act in words; those of a correction say in which way it goes."""
    entry = OWN.at("states/acts.toml", act.value) or {}
    explain = entry.get(f"explain_{way.value}") or entry.get("explain", "")
    return Offer(act, entry.get("label", act.value.capitalize()), explain, entry.get("ask", ""))
