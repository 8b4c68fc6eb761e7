"""Lead the answers of any form to its preview and to the store: the steps that all kinds of record share."""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Generic

from digmed_desktop.clinical.form import load
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.questions.forms import of
from digmed_desktop.clinical.reading import Reading, RecordT
from digmed_desktop.clinical.record import Organisation
from digmed_desktop.desk.connections.sender import Sender
from digmed_desktop.desk.forms import correcting
from digmed_desktop.desk.forms.assessment import Assessment
from digmed_desktop.desk.forms.record_kinds import outcome_of
from digmed_desktop.desk.gate import Gate, acting_id
from digmed_desktop.desk.people.people import PeopleDesk
from digmed_desktop.desk.readable_xml import readable
from digmed_desktop.desk.views.general import FormLists, Preview, PreviewRow, PreviewSection, Sent
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.sending import Kind, new_local_id
from digmed_desktop.messaging.story import Facts
from digmed_desktop.messaging.wording import record_word

if TYPE_CHECKING:
    from digmed_desktop.fhir.edition import Edition
    from digmed_desktop.fhir.frame import MessageFrame
    from digmed_desktop.history.notifications import Alongside
    from digmed_desktop.history.store import Store
    from digmed_desktop.messaging.sending import FrozenMessage

KNOWN_THERE = (
    "The practice has this record, or may get it, so you can no longer record it here only. Answer "
    "as before, and telephone the practice about the patient's decision."
)


ONLY_A_PHARMACIST_RECORDS = (
    "Only a pharmacist can record a vaccination or supply that the rules refuse. Ask a pharmacist to sign in."
)


class RecordingDesk(ABC, Generic[RecordT]):
    """Reads, previews and freezes one kind of record. A form's own desk says what is special about it."""

    KIND: ClassVar[Kind]

    def __init__(self, store: "Store", people: PeopleDesk, clock: Clock, sender: Sender) -> None:
        self._store, self._people, self._clock, self._sender = store, people, clock, sender
        self._gate = Gate(store)

    # ---- what a form's own desk says

    @abstractmethod
    def lists(self) -> FormLists:
        """Return what the form offers, and the answers of a fresh one."""

    @abstractmethod
    def reading(self, answers: Mapping[str, str]) -> Reading[RecordT]:
        """Return the record that these answers make, and what is wrong with it."""

    @abstractmethod
    def what(self, record: RecordT) -> tuple[str, str]:
        """Return what a record is about in words, and its batches."""

    @abstractmethod
    def clinician(self, answers: Mapping[str, str]) -> int | None:
        """Return the number of the person here who is named as having acted."""

    def signer(self, assessed: Assessment[RecordT], by: int | None) -> int | None:
        """Return who still has to sign what ``by`` records: the person it names, None where that is ``by``."""
        named = self.clinician(assessed.state.answers)
        return None if by is None or named == by else named

    def finished(self, draft_id: str) -> Sent | None:
        """Return what became of a draft that was finished before, None where it was not."""
        earlier = self._store.notifications.sent_as(draft_id)
        return None if earlier is None else self._stored(earlier)

    def refusal(self, record: RecordT, by: int) -> tuple[Problem, ...]:
        """Return why this person may not finish such a record."""
        if record.incident.done and not self._gate.may(Permission.RECORD_REFUSED, by):
            return (Problem(of(record).question("incident.done"), ONLY_A_PHARMACIST_RECORDS),)
        return ()

    def alongside(self, assessed: Assessment[RecordT], draft_id: str, by: int) -> "Alongside | None":
        """Return what is written in the same transaction as the notification."""
        return None

    def kept(self, record: RecordT) -> None:
        """Follow what has been stored."""

    def store_unshared(self, assessed: Assessment[RecordT], draft_id: str, by: int) -> Sent:
        """Store a record of which the practice is not told, at the patient's wish."""
        return self._store_notification(assessed, draft_id, by, None, not_shared=True)

    # ---- what is alike

    def assess(self, state: FormState) -> Assessment[RecordT]:
        """Return what a form makes and what stands in its way: the one judgement for preview and Send."""
        reading = self.reading(state.answers)
        plan = correcting.plan(self._store, state, reading.record, self._edition(), self._clock.now())
        problems = (*plan.refused, *self._problems_of(reading, plan))
        return Assessment(state, reading, plan, problems)

    def preview(self, assessed: Assessment[RecordT]) -> Preview:
        """Return what a form would send, what is in the way, and what the law says of each item."""
        from digmed_desktop.fhir.message import draft_xml
        from digmed_desktop.fhir.sections import sections

        record, plan, answers = assessed.record, assessed.plan, assessed.state.answers
        form = load(self.KIND.form).laid_out(answers)
        asked = form.asked(answers)
        return Preview(
            sections=tuple(
                PreviewSection(
                    section.title,
                    tuple(
                        PreviewRow(
                            row.label, row.values, form.leading_to(row.field, answers, asked), row.missing
                        )
                        for row in section.rows
                    ),
                )
                for section in sections(record, self._edition(), replaces=plan.replaces)
            ),
            problems=assessed.problems,
            xml=readable(draft_xml(record, self._frame(plan, ""))),
            paper_only=assessed.paper_only,
            not_shared=assessed.not_shared,
            law=assessed.reading.law,
            changes=plan.changes,
            note=plan.note,
            to_sign=self._people.name(self.signer(assessed, acting_id())),
        )

    def freeze(self, assessed: Assessment[RecordT], draft_id: str, by: int) -> Sent:
        """Store the message of a form, to be sent; the draft is gone with it. Twice with one draft is once.

        What can only go on paper is stored without a message, with the reason; what the patient does not want to be
        shared is stored here alone.
        """
        from digmed_desktop.fhir.message import IncompleteRecordError, build_judged

        if (earlier := self.finished(draft_id)) is not None:
            return earlier
        if refused := self.refusal(assessed.record, by):
            return Sent(None, refused)
        if assessed.stops:
            return Sent(None, assessed.stops)
        if assessed.reading.unshared:
            return self.store_unshared(assessed, draft_id, by)
        route = self._sender.route(assessed.record.patient)
        no_route = " ".join(p.sentence for p in assessed.reading.on_paper) or route.closed
        try:
            frame = self._frame(assessed.plan, str(uuid.uuid4()))
            message = None if no_route else build_judged(assessed.record, frame)
        except IncompleteRecordError as error:
            return Sent(None, error.problems)
        return self._store_notification(
            assessed, draft_id, by, message, address=route.address, no_route=no_route
        )

    def _store_notification(
        self,
        assessed: Assessment[RecordT],
        draft_id: str,
        by: int,
        message: "FrozenMessage | None",
        *,
        address: str = "",
        no_route: str = "",
        not_shared: bool = False,
    ) -> Sent:
        from digmed_desktop.clinical import json_record

        record = assessed.record
        practice = record.practice or Organisation()
        if practice.ods_code:
            self._store.practices.remember(practice)
        notification = self._store.notifications.freeze(
            draft_id=draft_id,
            token=draft_id,
            record_json=json_record.dumps(record),
            facts=self._facts(record),
            message=message,
            local_id=new_local_id(record.pharmacy.ods_code),
            by=by,
            correction=assessed.plan.correction,
            state=assessed.state,
            address=address,
            no_route=no_route,
            not_shared=not_shared,
            signer=self.signer(assessed, by),
            alongside=self.alongside(assessed, draft_id, by),
        )
        self.kept(record)
        return self._stored(notification)

    def _stored(self, notification: int) -> Sent:
        """Return the outcome of a Send that was stored."""
        row = self._store.notifications.row(notification)
        return Sent(notification, what=": ".join(filter(None, (record_word(row), row.what))))

    def _frame(self, plan: correcting.Plan, sender_reference: str) -> "MessageFrame":
        return correcting.frame_of(
            plan, self._edition(), self._sender.mailbox, self._clock.now(), sender_reference
        )

    def _facts(self, record: RecordT) -> Facts:
        from digmed_desktop.fhir.items import clinician_of

        practice, who = record.practice or Organisation(), clinician_of(record)
        what, batch = self.what(record)
        return Facts(
            kind=self.KIND,
            patient_name=record.patient.name.as_on_record(),
            nhs_number=record.patient.nhs_number,
            what=what,
            batch=batch,
            practice_name=practice.name,
            practice_ods=practice.ods_code,
            by=who.name.spoken() if who else "",
            contact_at=record.contact_at or self._clock.now(),
            outcome=outcome_of(record),
        )

    def _edition(self) -> "Edition":
        return self._sender.edition(self.KIND)

    def _problems_of(self, reading: Reading[RecordT], plan: correcting.Plan) -> tuple[Problem, ...]:
        """Return the problems of the record and of its message.

        Where only the electronic way is closed, what closes it is told and does not stop. What is kept here closes
        every way: then nothing is told of paper.
        """
        sharing = of(reading.record).question("consent.to_sharing")  # its No means that nobody is told
        if reading.unshared and plan.known_there:
            return (Problem(sharing, KNOWN_THERE), *reading.problems, *reading.notes)
        if reading.only_here or reading.only_on_paper:
            closing = (p for p in reading.problems if not reading.unshared or p.field == sharing)
            return (*(replace(p, severity=Severity.LOOK) for p in closing), *reading.notes)
        named = {p.field for p in reading.problems}
        more: list[Problem] = [p for p in self.message_problems(reading.record, plan) if p.field not in named]
        return (*reading.problems, *more, *reading.notes)

    def message_problems(self, record: RecordT, plan: correcting.Plan) -> list[Problem]:
        """Return what prevents a message of this record."""
        from digmed_desktop.fhir.problems import problems_of

        return problems_of(record, self._edition(), replaces=plan.replaces)
