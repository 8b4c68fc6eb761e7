"""Records of other systems, taken in as drafts: ``digmed-desktop open RECORD.json``."""

import uuid
from typing import TYPE_CHECKING

from digmed_desktop.clinical import nhs_number, record_import, record_rules, terms_as_stated
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.questions.forms import of
from digmed_desktop.clinical.questions.writer import Here
from digmed_desktop.clinical.record import Professional, VaccinationRecord
from digmed_desktop.clinical.supply_answers import too_many_items
from digmed_desktop.desk.forms.counter import REAL_PATIENT
from digmed_desktop.desk.forms.supplying import SupplyDesk
from digmed_desktop.desk.forms.vaccinating import VaccinationDesk
from digmed_desktop.desk.people.people import PeopleDesk
from digmed_desktop.desk.views.messages import TakenIn
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.errors import DigMedError

if TYPE_CHECKING:
    from digmed_desktop.clinical.json_record import Record
    from digmed_desktop.history.store import Store


MOST_VACCINES = 10
"""In one record: no visit has more, and each becomes a draft that somebody has to look at."""


class RecordImportDesk:
    """Makes drafts of records. Nothing is sent: a person looks at each, as at any other draft."""

    def __init__(
        self,
        store: "Store",
        people: PeopleDesk,
        vaccinating: VaccinationDesk,
        supplying: SupplyDesk,
        clock: Clock,
        *,
        fictional_only: bool = False,
    ) -> None:
        self._fictional_only = fictional_only
        self._store, self._people, self._clock = store, people, clock
        self._vaccinating, self._supplying = vaccinating, supplying

    def take_in(self, text: str) -> TakenIn:
        """Keep the record in a JSON text as drafts, one for each vaccine. Raises DigMedError when it is none."""
        from digmed_desktop.clinical import json_record

        try:
            record = json_record.read(text)
        except json_record.RecordFormatError as fault:
            told = "\n".join(f"{where}: {sentence}" for where, sentence in fault.faults)
            raise DigMedError(str(fault), told) from None
        number = record.patient.nhs_number
        if (
            self._fictional_only
            and number
            and not nhs_number.is_fictional(nhs_number.digits(number) or number)
        ):
            raise DigMedError("This record was not imported.", REAL_PATIENT)
        if not isinstance(record, VaccinationRecord):
            if too_many := too_many_items(len(record.items)):
                raise DigMedError("This record has too many items.", too_many)
            here = Here(person_id=self._person)
            answers = record_import.answers_of(record, self._supplying.reading, here)
            said = terms_as_stated.of_supply(record)
            return TakenIn((self._keep(record_import.with_rules_said(answers, said, record), record),))
        if len(record.immunizations) > MOST_VACCINES:
            raise DigMedError(
                f"This record has {len(record.immunizations)} vaccines.",
                f"At most {MOST_VACCINES} can be imported at once: import the others as separate records.",
            )
        kept = []
        for place in reversed(
            range(max(1, len(record.immunizations)))
        ):  # the first is kept last: it is the newest
            named = record.immunizations[place].programme if record.immunizations else ""
            programme = next((one for one in self._vaccinating.known() if one.id == named), None)
            here = Here(programme, self._person)
            answers = record_import.answers_of(record, self._vaccinating.reading, here, place=place)
            kept.append(self._keep(self._with_rules_said(answers, record, place), record))
        return TakenIn(tuple(reversed(kept)))

    def _with_rules_said(
        self, answers: dict[str, str], record: VaccinationRecord, place: int
    ) -> dict[str, str]:
        """Return the answers with what the rules say of the record alone: of who vaccinated, or of its product."""
        if place >= len(record.immunizations):
            return answers
        reading = self._vaccinating.reading(answers)
        known, now = self._vaccinating.known(), self._clock.now()
        said = record_rules.unsaid(known, record, place, reading, now)
        return record_import.with_rules_said(answers, said, record)

    def _keep(self, answers: dict[str, str], record: "Record") -> tuple[str, str]:
        """Keep answers as a draft and return its id and its form. Who acted is confirmed: another system said so."""
        draft, form = uuid.uuid4().hex, of(record).form_id
        acted = of(record).question("clinician")
        named = {question for question, text in answers.items() if text and question == acted}
        self._store.drafts.save(draft, form, FormState(answers, frozenset(named)), None)
        return draft, form

    def _person(self, who: Professional) -> str:
        """Return the id of the one person here who has this registration; of that name where there is none."""
        number, everyone = who.registration.strip(), self._people.all()
        if number:
            same = [
                p
                for p in everyone
                if (p.professional.regulator, p.professional.registration) == (who.regulator, number)
            ]
        else:
            name = (who.name.given, who.name.family)
            same = [p for p in everyone if (p.professional.name.given, p.professional.name.family) == name]
        return str(same[0].id) if len(same) == 1 else ""
