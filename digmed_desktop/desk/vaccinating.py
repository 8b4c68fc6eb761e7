"""A vaccination from answers to message: the options, the preview as one types, and Send."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from digmed_desktop.clinical import dates, own_product
from digmed_desktop.clinical.form import Option, load
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.record import Organisation, VaccinationRecord
from digmed_desktop.clinical.vaccination import (
    Reading,
    answers_of_product,
    read,
    starting_answers,
    usual_answers,
)
from digmed_desktop.desk import correcting
from digmed_desktop.desk.layout import readable
from digmed_desktop.desk.people import PeopleDesk
from digmed_desktop.desk.sender import Sender
from digmed_desktop.desk.views import FormLists, Preview, PreviewRow, PreviewSection, ProgrammeOffer, Sent
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.parcel import Kind, new_local_id
from digmed_desktop.messaging.story import Facts
from digmed_desktop.reference import programmes

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store
    from digmed_desktop.messaging.parcel import FrozenMessage


class VaccinationDesk:
    """Reads, previews and freezes vaccinations."""

    def __init__(self, store: "Store", people: PeopleDesk, clock: Clock, sender: Sender) -> None:
        self._store, self._people, self._clock, self._sender = store, people, clock, sender

    def programmes(self) -> tuple[Programme, ...]:
        """Return what can be recorded today, influenza first, with the pharmacy's own products."""
        today = self._clock.now().astimezone(dates.ENGLAND).date()
        return tuple(self._with_own(one) for one in programmes.current(today))

    def known(self) -> tuple[Programme, ...]:
        """Return every programme, of earlier seasons too, with the pharmacy's own products."""
        return tuple(self._with_own(one) for one in programmes.programmes())

    def _with_own(self, programme: Programme) -> Programme:
        kind = programme.agreement or programme.id
        own = (p for p in self._sender.own_products if p.programme == kind)
        return programme.with_products([own_product.as_product(p, programme) for p in own])

    def _programme_of(self, answers: Mapping[str, str]) -> Programme:
        """Return the programme that was chosen, also of an earlier season; the first where none was."""
        chosen = answers.get("session.programme", "")
        try:
            return self._with_own(programmes.programme(chosen))
        except KeyError:
            return self.programmes()[0]

    def lists(self) -> FormLists:
        """Return what the form offers, for each programme."""
        offered = self.programmes()
        usual, now = offered[0], self._clock.now()
        people = tuple(Option(str(p.id), p.label) for p in self._people.all() if p.may_vaccinate)
        choices = tuple(Option(one.id, one.name) for one in offered)
        return FormLists(
            lists={**dict(usual.lists), "people": people, "programmes": choices},
            programme_id=usual.id,
            programme_name=usual.name,
            fresh=starting_answers(usual, now),
            by_product=_by_product(usual),
            by_programme={one.id: _offer(one) for one in offered},
        )

    def reading(self, answers: Mapping[str, str]) -> Reading:
        """Return the record that these answers make, and what is wrong with it."""
        vaccinator = answers.get("session.vaccinator", "")
        return read(
            answers,
            programme=self._programme_of(answers),
            pharmacy=self._store.profile.pharmacy() or Organisation(),
            vaccinator=self._people.professional(int(vaccinator)) if vaccinator.isdigit() else None,
            now=self._clock.now(),
            agreed=self._sender.agreed,
        )

    def preview(self, answers: Mapping[str, str]) -> Preview:
        """Return what these answers would send, and what is in the way."""
        from digmed_desktop.fhir.message import draft_xml
        from digmed_desktop.fhir.sections import sections

        reading = self.reading(answers)
        edition, now = self._sender.edition(Kind.VACCINATION), self._clock.now()
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
        )

    def freeze(self, draft_id: str, answers: Mapping[str, str], by: int) -> Sent:
        """Store the message of these answers, to be sent; the draft is gone with it. Twice with one draft is once.

        What can only go on paper is stored without a message, with the reason.
        """
        from digmed_desktop.clinical import json_record
        from digmed_desktop.fhir.message import IncompleteRecordError

        if (earlier := self._store.notifications.sent_as(draft_id)) is not None:
            return Sent(earlier)
        reading = self.reading(answers)
        stops = tuple(p for p in self._all_problems(reading) if p.severity is Severity.STOP)
        if stops:
            return Sent(None, stops)
        record = reading.record
        edition, now = self._sender.edition(Kind.VACCINATION), self._clock.now()
        plan = correcting.plan(self._store, answers, record, edition, now)
        route = self._sender.route(record.patient)
        no_route = " ".join(p.sentence for p in reading.on_paper) or route.closed
        try:
            message = None if no_route else self._message(record, plan, now)
        except IncompleteRecordError as error:
            return Sent(None, error.problems)
        practice = record.practice or Organisation()
        if practice.ods_code:
            self._store.practices.remember(practice)
        notification = self._store.notifications.freeze(
            draft_id=draft_id,
            token=draft_id,
            record_json=json_record.dumps(record),
            facts=_facts(record, now),
            message=message,
            local_id=new_local_id(record.pharmacy.ods_code),
            by=by,
            correction=plan.correction,
            answers=answers,
            address=route.address,
            no_route=no_route,
        )
        return Sent(notification)

    def _message(self, record: VaccinationRecord, plan: correcting.Plan, now: datetime) -> "FrozenMessage":
        from digmed_desktop.fhir.message import build

        return build(
            record,
            edition=self._sender.edition(Kind.VACCINATION),
            mailbox=self._sender.mailbox,
            now=now,
            new_id=lambda: str(uuid.uuid4()),
            sender_reference=str(uuid.uuid4()),
            version=plan.version,
            replaces=plan.replaces,
        )

    def _all_problems(self, reading: Reading) -> tuple[Problem, ...]:
        """Return the problems of the record and of its message.

        Where only the electronic way is closed, what closes it is told and does not stop.
        """
        from digmed_desktop.fhir.problems import problems_of

        if reading.only_on_paper:
            told_of_paper = [replace(p, severity=Severity.LOOK) for p in reading.problems]
            return (*told_of_paper, *reading.notes)
        found = list(reading.problems)
        told = {p.field for p in found if p.severity is Severity.STOP}
        edition = self._sender.edition(Kind.VACCINATION)
        found += [p for p in problems_of(reading.record, edition) if p.field not in told]
        return (*found, *reading.notes)


def _by_product(programme: Programme) -> dict[str, dict[str, str]]:
    return {key: answers_of_product(programme, key) for key in programme.products}


def _offer(programme: Programme) -> ProgrammeOffer:
    asked = {f"screening.{one}" for one in programme.screening}
    screening = {q.id for q in load("vaccination").fields() if q.id.startswith("screening.")}
    return ProgrammeOffer(
        name=programme.name,
        lists=dict(programme.lists),
        usual=usual_answers(programme),
        by_product=_by_product(programme),
        not_asked=frozenset(screening - asked - {"screening.note"}),
    )


def _facts(record: VaccinationRecord, now: datetime) -> Facts:
    vaccines = [one.product.display for one in record.immunizations if one.product]
    practice = record.practice or Organisation()
    return Facts(
        kind=Kind.VACCINATION,
        patient_name=record.patient.name.as_on_record(),
        nhs_number=record.patient.nhs_number,
        what=", ".join(vaccines),
        batch=", ".join(one.batch for one in record.immunizations if one.batch),
        practice_name=practice.name,
        practice_ods=practice.ods_code,
        by=record.vaccinator.name.spoken() if record.vaccinator else "",
        contact_at=record.contact_at or now,
    )
