"""An emergency supply from answers to register and message: the options, the preview as one types, and Finish."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord
from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.particulars import particulars
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.clinical.questions.emergency_supply import EMERGENCY_SUPPLY, chosen_pharmacist
from digmed_desktop.clinical.record import Organisation
from digmed_desktop.clinical.supply_answers import SupplyReading, read, starting_answers
from digmed_desktop.desk.connections.sender import Sender
from digmed_desktop.desk.forms import correcting
from digmed_desktop.desk.forms.assessment import Assessment
from digmed_desktop.desk.forms.recording import RecordingDesk
from digmed_desktop.desk.lists.medicines import MedicineDesk
from digmed_desktop.desk.people.people import PeopleDesk
from digmed_desktop.desk.views.general import FormLists, Sent
from digmed_desktop.messaging.audit import AuditAct
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.register import EntryKind, NewEntry
from digmed_desktop.messaging.sending import Kind

if TYPE_CHECKING:
    from digmed_desktop.history.notifications import Alongside
    from digmed_desktop.history.store import Store

ONLY_A_PHARMACIST = (
    "Only a pharmacist can finish an emergency supply. It stays a draft until a pharmacist signs in."
)


class SupplyDesk(RecordingDesk[EmergencySupplyRecord]):
    """Reads, previews and finishes emergency supplies. Each that is finished stands in the register."""

    KIND = Kind.EMERGENCY_SUPPLY

    def __init__(
        self, store: "Store", people: PeopleDesk, medicines: MedicineDesk, clock: Clock, sender: Sender
    ) -> None:
        super().__init__(store, people, clock, sender)
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
        pharmacist = chosen_pharmacist(answers)
        return read(
            answers,
            pharmacy=self._store.profile.pharmacy() or Organisation(),
            pharmacist=self._people.professional(pharmacist),
            may_finish=self._people.may_finish_supply(pharmacist),
            now=self._clock.now(),
            listed=self._medicines.known,
        )

    def clinician(self, answers: Mapping[str, str]) -> int | None:
        """Return who was chosen as the supplying pharmacist."""
        return chosen_pharmacist(answers)

    def what(self, record: EmergencySupplyRecord) -> tuple[str, str]:
        """Return the names of what was supplied, or what was asked for and not supplied."""
        if record.supplied is False:
            return f"Not supplied: {record.not_supplied_reason.partition(chr(10))[0]}", ""
        return ", ".join(one.product.display for one in record.items if one.product), ""

    def finished(self, draft_id: str) -> Sent | None:
        """Return what became of a draft: its notification, or the register entry where that is all that was made."""
        entered = self._store.register.of_token(draft_id)
        earlier = super().finished(draft_id)
        return earlier or (None if entered is None else Sent(None, register=entered.number))

    def refusal(self, record: EmergencySupplyRecord, by: int) -> tuple[Problem, ...]:
        """Return why this person may not finish: only a pharmacist may."""
        if self._gate.may(Permission.FINISH_SUPPLY, by):
            return ()
        return (Problem(EMERGENCY_SUPPLY.question("pharmacist"), ONLY_A_PHARMACIST),)

    def alongside(
        self, assessed: Assessment[EmergencySupplyRecord], draft_id: str, by: int
    ) -> "Alongside | None":
        """Return the register entry: it and the notification are written both or neither."""
        return self._store.register.entering(self._entry(assessed, draft_id, by))

    def kept(self, record: EmergencySupplyRecord) -> None:
        """Have the register's head kept, and remember the medicines."""
        self._store.register.entered()
        self._medicines.remember(record.items)

    def store_unshared(self, assessed: Assessment[EmergencySupplyRecord], draft_id: str, by: int) -> Sent:
        """Write the register alone.

        What corrects a notification takes its place, so that it does not go out; what somebody else has to sign waits.
        """
        if assessed.plan.correction is not None or self.signer(assessed, by) is not None:
            return super().store_unshared(assessed, draft_id, by)
        number = self._store.register.append(self._entry(assessed, draft_id, by))
        self._gate.note(AuditAct.REGISTER_ENTERED, f"entry {number}", by=by)
        self._store.drafts.discard(draft_id)
        self._medicines.remember(assessed.record.items)
        return Sent(None, register=number)

    def message_problems(self, record: EmergencySupplyRecord, plan: correcting.Plan) -> list[Problem]:
        """Return what prevents a message; there is none of what was not supplied."""
        return [] if record.supplied is False else super().message_problems(record, plan)

    def _entry(self, assessed: Assessment[EmergencySupplyRecord], token: str, by: int) -> NewEntry:
        """Return the register entry: a new one, or what is appended to the entry that a correction is about."""
        record, correction = assessed.record, assessed.plan.correction
        content = {**particulars(record), "decided": list(assessed.decided()), "token": token}
        kind = EntryKind.NOT_SUPPLIED if record.supplied is False else EntryKind.SUPPLY
        about = None
        if correction is not None:
            corrected = self._store.register.of_notification(correction.corrects)
            if corrected is not None:
                kind, about = EntryKind.AMENDMENT, corrected.about or corrected.number
                content["text"] = "Corrected; these are the current particulars."
        return NewEntry(kind, content, by, self._people.name(by), about=about)
