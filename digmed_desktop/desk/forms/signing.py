"""Signing: what waits for whose signature, signing with a PIN, refusing, and sending on a clinician's behalf."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from digmed_desktop.clinical import dates
from digmed_desktop.clinical.record import OnBehalf, Professional
from digmed_desktop.desk.connections.sender import Route, Sender
from digmed_desktop.desk.forms import correcting
from digmed_desktop.desk.forms.identified import with_births
from digmed_desktop.desk.forms.reasons import reason_of
from digmed_desktop.desk.gate import Gate, acting_id
from digmed_desktop.desk.people.people import PeopleDesk
from digmed_desktop.desk.views.signing import Signer, SigningView, ToSign
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.errors import DigMedError, NotAllowedNowError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.register import EntryKind, NewEntry
from digmed_desktop.messaging.sending import new_local_id
from digmed_desktop.messaging.signing import Unsigned
from digmed_desktop.messaging.states import State
from digmed_desktop.messaging.story import Facts

if TYPE_CHECKING:
    from digmed_desktop.clinical.json_record import Record
    from digmed_desktop.fhir.frame import MessageFrame
    from digmed_desktop.history.store import Store
    from digmed_desktop.messaging.sending import FrozenMessage


class SigningDesk:
    """Shows what waits for a signature, and takes signatures. Nobody signs for another."""

    def __init__(
        self,
        store: "Store",
        people: PeopleDesk,
        clock: Clock,
        sender: Sender,
        duty: Callable[[], Duty],
    ) -> None:
        self._store, self._people, self._clock = store, people, clock
        self._sender, self._duty, self._gate = sender, duty, Gate(store)

    def view(self) -> SigningView:
        """Return everything that waits for a signature, by the person who has to sign; the one acting comes first."""
        self._gate.allow(Permission.SEE_RECORDS)
        found: dict[int, list[ToSign]] = {}
        for one in self._store.signatures.unsigned():
            found.setdefault(one.signer_id, []).append(self._to_sign(one))
        me = acting_id()
        signers = [
            Signer(person, self._people.name(person), self._may_sign(person), tuple(records))
            for person, records in sorted(found.items(), key=lambda each: each[0] != me)
        ]
        return SigningView(tuple(signers), may_stand_in=self._gate.may(Permission.SEND_ON_BEHALF))

    def notices(self) -> tuple[str, ...]:
        """Return what waits for a signature and what of it is due or late, in a sentence; nothing where nothing waits."""
        unsigned = [self._to_sign(one) for one in self._store.signatures.unsigned()]
        if not unsigned:
            return ()
        waiting = [one.unsigned.signer_id for one in unsigned if not one.unsigned.is_refused]
        names = list(dict.fromkeys(self._people.name(one) for one in waiting))
        refused, late = len(unsigned) - len(waiting), sum(one.is_late for one in unsigned)
        due = sum(one.is_due for one in unsigned) - late
        said = (
            f"{_records(len(waiting))} for the signature of {_listed(names)}." if names else "",
            f"{refused} refused: correct who vaccinated or supplied." if refused else "",
            f"{late} should have reached the practice by now." if late else "",
            f"{due} must reach the practice by the end of today." if due else "",
            "See To sign (Ctrl+T).",
        )
        return (" ".join(part for part in said if part),)

    def sign(self, person: int, pin: str, ids: Sequence[int]) -> str:
        """Sign records as the person they name, all or none; return ``""``, or why the PIN was not taken.

        Raises NotAllowedNowError where one of them names someone else or was signed, corrected or cancelled meanwhile.
        """
        self._gate.allow(Permission.SIGN, person)
        found = self._people.check_pin(person, pin)
        if found.person is None:
            return found.sentence
        self._store.signatures.sign(ids, person)
        return ""

    def refuse(self, person: int, pin: str, notification: int, why: str) -> str:
        """Record that the person a record names says that it is not theirs; return as :meth:`sign` does."""
        reason = reason_of(why)
        self._gate.allow(Permission.SIGN, person)
        found = self._people.check_pin(person, pin)
        if found.person is None:
            return found.sentence
        self._store.signatures.refuse(notification, person, reason)
        return ""

    def stand_in(self, ids: Sequence[int], by: int, why: str) -> tuple[int, ...]:
        """Send records on behalf of the person they name, as "recorded by X on behalf of Y"; return the new versions.

        Each becomes a version of its own, so that what waited stays as it was. Raises NotAllowedNowError before noon of
        the next working day, for what was refused, and for what may have been sent before the records were restored.
        """
        sent_by = self._gate.allow(Permission.SEND_ON_BEHALF, by).professional
        reason = reason_of(why)
        wanted = [one for id_ in ids if (one := self._store.signatures.one(id_)) is not None]
        if len(wanted) < len(ids):
            raise NotAllowedNowError(
                "One of these records was signed, corrected or cancelled in the meantime.",
                "Open To sign again.",
            )
        for one in wanted:
            self._may_stand_in(one, by)
        return tuple(self._stand_in(one, by, sent_by, reason) for one in wanted)

    # ---- parts

    def _to_sign(self, unsigned: Unsigned) -> ToSign:
        (row,) = with_births(self._store, [unsigned.row])
        unsigned, duty, now = replace(unsigned, row=row), self._duty(), self._clock.now()
        return ToSign(
            unsigned,
            due_on=duty.due_day(row.duty_from),
            on_behalf_from=duty.on_behalf_from(row.duty_from),
            is_due=now >= duty.amber_from(row.duty_from) or duty.due_day(row.duty_from) <= _day(now),
            is_late=now >= duty.overdue_from(row.duty_from),
            why_not=self._why_not(unsigned),
        )

    def _why_not(self, unsigned: Unsigned) -> str:
        """Return why nobody may send it on the signer's behalf now, ``""`` where a pharmacist may."""
        begins = self._duty().on_behalf_from(unsigned.row.duty_from)
        if unsigned.is_refused:
            return "The person it names says that it is not theirs. Correct it first."
        if self._store.time.now() < begins:
            from_then = (
                f"A pharmacist can send it on behalf of the person it names from {dates.shown_time(begins)}."
            )
            return f"{from_then} {self._store.time.doubt()}".strip()
        if unsigned.restored:
            return (
                "The records were restored from a backup, and it may have been signed and sent since that was made. The "
                "person it names signs it: then the program asks MESH first. Otherwise telephone the practice."
            )
        return ""

    def _may_stand_in(self, unsigned: Unsigned, by: int) -> None:
        if unsigned.signer_id == by:
            raise NotAllowedNowError("This record names you.", "Sign it with your PIN.")
        if why := self._why_not(unsigned):
            raise NotAllowedNowError("This record cannot be sent on behalf of anyone now.", why)

    def _may_sign(self, person_id: int) -> bool:
        """Whether a person still works here, and so can sign."""
        try:
            self._gate.known(person_id)
        except DigMedError:
            return False
        return True

    def _stand_in(self, unsigned: Unsigned, by: int, sent_by: Professional, why: str) -> int:
        from digmed_desktop.clinical import json_record
        from digmed_desktop.fhir import editions

        store, row = self._store, unsigned.row
        recorder = store.people.get(unsigned.recorder_id) if unsigned.recorder_id is not None else None
        if recorder is None:
            raise NotAllowedNowError("Nobody is named as having recorded this.", "Telephone the practice.")
        record = replace(
            store.versions.record_of(row.id),
            on_behalf=OnBehalf(recorder.professional, sent_by),
        )
        named = store.versions.edition(row.id)
        edition = editions.load(named) if named else self._sender.edition(row.kind)
        state = store.versions.state(row.id)
        corrects = state.correction.why if state is not None and state.correction is not None else ""
        plan = correcting.plan_of(store, row.id, record, edition, self._clock.now(), why=corrects)
        message, route = None, Route()
        if unsigned.becomes is State.WAITING:
            route = self._sender.route(record.patient)
            frame = correcting.frame_of(
                plan, edition, self._sender.mailbox, self._clock.now(), str(uuid.uuid4())
            )
            message = None if route.closed else _built(record, frame)
        entry = self._amendment(row.id, by, why, record)
        made = store.notifications.freeze(
            draft_id=None,
            token=f"on behalf of {row.id}",
            record_json=json_record.dumps(record),
            facts=Facts.of(row),
            message=message,
            local_id=new_local_id(record.pharmacy.ods_code),
            by=by,
            address=route.address,
            correction=plan.correction,
            no_route=unsigned.no_route or route.closed,
            not_shared=unsigned.becomes is State.NOT_SHARED,
            state=state,
            alongside=store.signatures.standing_in(
                unsigned, by, why, store.register.entering(entry) if entry else None
            ),
        )
        if entry:
            store.register.entered()
        return made

    def _amendment(self, notification: int, by: int, why: str, record: "Record") -> NewEntry | None:
        """Return what is appended to the register of emergency supplies, None where it has no entry of this one."""
        from digmed_desktop.fhir.items import clinician_of

        about = self._store.register.of_notification(notification)
        if about is None:
            return None
        clinician = clinician_of(record)
        named = clinician.name.spoken() if clinician else "the pharmacist"
        text = {"text": f"Sent on behalf of {named}, who had not signed the record. Why: {why}"}
        return NewEntry(
            EntryKind.AMENDMENT, text, by, self._people.name(by), about=about.about or about.number
        )


def _built(record: "Record", frame: "MessageFrame") -> "FrozenMessage":
    from digmed_desktop.fhir.message import IncompleteRecordError, build

    try:
        return build(record, frame)
    except IncompleteRecordError as error:
        said = " ".join(problem.sentence for problem in error.problems)
        raise DigMedError("The record cannot be sent as it is.", said) from None


def _day(at: datetime) -> date:
    return at.astimezone(dates.ENGLAND).date()


def _records(count: int) -> str:
    return f"{count} record waits" if count == 1 else f"{count} records wait"


def _listed(names: Sequence[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]
