"""Records of other systems, taken in as drafts: ``digmed-desktop open RECORD.json``."""

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING

from digmed_desktop.clinical import supply_handed_over
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.record import Professional, VaccinationRecord
from digmed_desktop.clinical.vaccination_handed_over import answers_of
from digmed_desktop.desk.message_views import TakenIn
from digmed_desktop.desk.people import PeopleDesk
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.reference import programmes

if TYPE_CHECKING:
    from digmed_desktop.clinical.programme import Programme
    from digmed_desktop.history.store import Store


class HandOverDesk:
    """Makes drafts of records. Nothing is sent: a person looks at each, as at any other draft."""

    def __init__(self, store: "Store", people: PeopleDesk) -> None:
        self._store, self._people = store, people

    def take_in(self, text: str) -> TakenIn:
        """Keep the record in a JSON text as drafts, one for each vaccine. Raises DigMedError when it is none."""
        from digmed_desktop.clinical import json_record

        try:
            record = json_record.read(text)
        except json_record.RecordFormatError as fault:
            told = "\n".join(f"{where}: {sentence}" for where, sentence in fault.faults)
            raise DigMedError(str(fault), told) from None
        if not isinstance(record, VaccinationRecord):
            draft = uuid.uuid4().hex
            supply = supply_handed_over.answers_of(record, pharmacist=self._person(record.pharmacist))
            self._store.drafts.save(draft, "emergency-supply", FormState(supply), None)
            return TakenIn(((draft, "emergency-supply"),))
        kept = []
        for place in reversed(
            range(max(1, len(record.immunizations)))
        ):  # the first is kept last: it is the newest
            answers = self._vaccination(record, place)
            draft = uuid.uuid4().hex
            self._store.drafts.save(draft, "vaccination", FormState(answers), None)
            kept.append((draft, "vaccination"))
        return TakenIn(tuple(reversed(kept)))

    def _vaccination(self, record: VaccinationRecord, place: int) -> Mapping[str, str]:
        programme: Programme | None = None
        if record.immunizations:
            named = record.immunizations[place].programme
            programme = next((one for one in programmes.programmes() if one.id == named), None)
        return answers_of(record, place, programme=programme, vaccinator=self._person(record.vaccinator))

    def _person(self, who: Professional | None) -> str:
        """Return the id of the person here who has this registration; of that name where there is none."""
        if who is None:
            return ""
        for person in self._people.all():
            here = person.professional
            if who.registration.strip():
                same = (here.regulator, here.registration) == (who.regulator, who.registration.strip())
            else:
                same = (here.name.given, here.name.family) == (who.name.given, who.name.family)
            if same:
                return str(person.id)
        return ""
