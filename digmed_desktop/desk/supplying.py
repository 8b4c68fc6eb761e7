"""An emergency supply from answers to register and message: the options, the preview as one types, and Finish."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord
from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.particulars import particulars
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.record import Organisation
from digmed_desktop.clinical.supply_answers import SupplyReading, read, starting_answers
from digmed_desktop.desk import correcting
from digmed_desktop.desk.layout import readable
from digmed_desktop.desk.medicines import MedicineDesk
from digmed_desktop.desk.people import PeopleDesk
from digmed_desktop.desk.sender import Sender
from digmed_desktop.desk.views import FormLists, Preview, PreviewRow, PreviewSection, Sent
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.parcel import Kind, new_local_id
from digmed_desktop.messaging.register import EntryKind, NewEntry
from digmed_desktop.messaging.story import Facts

if TYPE_CHECKING:
    from digmed_desktop.fhir.editions import Edition
    from digmed_desktop.history.store import Store
    from digmed_desktop.messaging.parcel import FrozenMessage

NOT_TOLD = "consent.to_sharing"
"""The question whose No means that nobody is told: the supply stands in the register alone."""


class SupplyDesk:
    """Reads, previews and finishes emergency supplies. Each that is finished stands in the register."""

    def __init__(
        self, store: "Store", people: PeopleDesk, medicines: MedicineDesk, clock: Clock, sender: Sender
    ) -> None:
        self._store, self._people, self._clock, self._sender = store, people, clock, sender
        self._medicines = medicines

    def lists(self) -> FormLists:
        """Return what the form offers."""
        people = tuple(Option(str(p.id), p.label) for p in self._people.all() if p.may_finish_supply)
        return FormLists(
            lists={"people": people},
            programme_id="",
            programme_name="",
            fresh=starting_answers(self._clock.now()),
        )

    def reading(self, answers: Mapping[str, str]) -> SupplyReading:
        """Return the record that these answers make, and what is wrong with it."""
        chosen = answers.get("session.pharmacist", "")
        pharmacist = int(chosen) if chosen.isdigit() else None
        return read(
            answers,
            pharmacy=self._store.profile.pharmacy() or Organisation(),
            pharmacist=self._people.professional(pharmacist),
            may_finish=self._people.may_finish_supply(pharmacist),
            now=self._clock.now(),
        )

    def preview(self, answers: Mapping[str, str]) -> Preview:
        """Return what these answers would send, what is in the way, and what the law says of each item."""
        from digmed_desktop.fhir.message import draft_xml
        from digmed_desktop.fhir.sections import sections

        reading = self.reading(answers)
        edition, now = self._edition(), self._clock.now()
        plan = correcting.plan(self._store, answers, reading.record, edition, now)
        shown = sections(reading.record, edition, replaces=plan.replaces)
        xml = draft_xml(
            reading.record,
            edition=edition,
            mailbox=self._sender.mailbox,
            now=now,
            version=plan.version,
            replaces=plan.replaces,
        )
        return Preview(
            sections=tuple(
                PreviewSection(
                    s.title, tuple(PreviewRow(r.label, r.values, r.field, r.missing) for r in s.rows)
                )
                for s in shown
            ),
            problems=self._all_problems(reading),
            xml=readable(xml),
            paper_only=reading.only_on_paper,
            law=reading.law,
        )

    def freeze(self, draft_id: str, answers: Mapping[str, str], by: int) -> Sent:
        """Write the register and store the message, both or neither; the draft is gone with it. Twice is once."""
        if (earlier := self._store.notifications.sent_as(draft_id)) is not None:
            return Sent(earlier)
        if (entered := self._store.register.of_token(draft_id)) is not None:
            return Sent(None, register=entered.number)
        if not self._people.may_finish_supply(by):
            return Sent(None, (Problem("session.pharmacist", ONLY_A_PHARMACIST),))
        reading = self.reading(answers)
        stops = tuple(p for p in self._all_problems(reading) if p.severity is Severity.STOP)
        if stops:
            return Sent(None, stops)
        record, now = reading.record, self._clock.now()
        plan = correcting.plan(self._store, answers, record, self._edition(), now)
        entry = self._entry(record, draft_id, by, plan)
        if record.consent.to_sharing is False:
            number = self._store.register.append(entry)
            self._store.drafts.discard(draft_id)
            self._medicines.remember(record.items)
            return Sent(None, register=number)
        route = self._sender.route(record.patient)
        no_route = " ".join(p.sentence for p in reading.on_paper) or route.closed
        message = None if no_route else self._message(record, plan, now)
        practice = record.practice or Organisation()
        if practice.ods_code:
            self._store.practices.remember(practice)
        notification = self._store.notifications.freeze(
            draft_id=draft_id,
            token=draft_id,
            record_json=_json(record),
            facts=_facts(record, now),
            message=message,
            local_id=new_local_id(record.pharmacy.ods_code),
            by=by,
            correction=plan.correction,
            answers=answers,
            address=route.address,
            no_route=no_route,
            alongside=self._store.register.entering(entry),
        )
        self._store.register.keep_head()
        self._medicines.remember(record.items)
        return Sent(notification)

    def _message(
        self, record: EmergencySupplyRecord, plan: correcting.Plan, now: datetime
    ) -> "FrozenMessage":
        from digmed_desktop.fhir.message import build

        return build(
            record,
            edition=self._edition(),
            mailbox=self._sender.mailbox,
            now=now,
            new_id=lambda: str(uuid.uuid4()),
            sender_reference=str(uuid.uuid4()),
            version=plan.version,
            replaces=plan.replaces,
        )

    def _entry(self, record: EmergencySupplyRecord, token: str, by: int, plan: correcting.Plan) -> NewEntry:
        """Return the register entry: a new one, or what is appended to the entry that a correction is about."""
        content = {**particulars(record), "token": token}
        kind = EntryKind.NOT_SUPPLIED if record.supplied is False else EntryKind.SUPPLY
        about = None
        if plan.correction is not None:
            corrected = self._store.register.of_notification(plan.correction.corrects)
            if corrected is not None:
                kind, about = EntryKind.AMENDMENT, corrected.about or corrected.number
                content["text"] = "Corrected; the particulars now are those that stand here."
        return NewEntry(kind, content, by, self._people.name(by), about=about)

    def _edition(self) -> "Edition":
        return self._sender.edition(Kind.EMERGENCY_SUPPLY)

    def _all_problems(self, reading: SupplyReading) -> tuple[Problem, ...]:
        """Return the problems of the record and of its message.

        Where only the electronic way is closed, what closes it is told and does not stop.
        """
        from digmed_desktop.fhir.problems import problems_of

        if reading.only_on_paper:
            told = [replace(p, severity=Severity.LOOK) for p in reading.problems]
            return (*told, *reading.notes)
        found = list(reading.problems)
        fields = {p.field for p in found}
        if reading.record.supplied is not False:
            found += [p for p in problems_of(reading.record, self._edition()) if p.field not in fields]
        return (*found, *reading.notes)


ONLY_A_PHARMACIST = "Only a pharmacist can finish an emergency supply: a pharmacist signs in with their PIN."


def _json(record: EmergencySupplyRecord) -> str:
    from digmed_desktop.clinical import json_record

    return json_record.dumps(record)


def _facts(record: EmergencySupplyRecord, now: datetime) -> Facts:
    practice = record.practice or Organisation()
    names = ", ".join(one.product.display for one in record.items if one.product)
    asked_for = record.not_supplied_reason.partition("\n")[0]
    return Facts(
        kind=Kind.EMERGENCY_SUPPLY,
        patient_name=record.patient.name.as_on_record(),
        nhs_number=record.patient.nhs_number,
        what=f"Not supplied: {asked_for}" if record.supplied is False else names,
        batch="",
        practice_name=practice.name,
        practice_ods=practice.ods_code,
        by=record.pharmacist.name.spoken() if record.pharmacist else "",
        contact_at=record.contact_at or now,
    )
