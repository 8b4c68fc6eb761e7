"""Find what speaks against a form here: earlier doses, closed practices, the stock, another patient."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from digmed_desktop.clinical import dates, identity, nhs_number
from digmed_desktop.clinical.answers import was_done
from digmed_desktop.clinical.earlier_doses import (
    OF_OTHER_NUMBER,
    Dose,
    EarlierRule,
    NextDose,
    is_of_this_time,
    warnings,
)
from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.questions import forms
from digmed_desktop.clinical.questions.patient import patient_of
from digmed_desktop.clinical.questions.vaccination import VACCINATION, denials_of_a_dose
from digmed_desktop.clinical.reading import ChosenVaccine
from digmed_desktop.clinical.record import Patient, PersonName, VaccinationRecord
from digmed_desktop.desk.forms.assessment import Assessment
from digmed_desktop.desk.forms.contradictions import about_allergies, about_doses, about_screening, before
from digmed_desktop.desk.forms.earlier_supplies import earlier_supplies
from digmed_desktop.desk.gate import Gate
from digmed_desktop.desk.lists.pgds import PgdDesk
from digmed_desktop.desk.lists.practices import PracticeDesk
from digmed_desktop.desk.lists.stock import StockDesk
from digmed_desktop.desk.patients.known_patients import KnownPatients
from digmed_desktop.desk.patients.patients import PatientDesk
from digmed_desktop.desk.views.general import DoseView
from digmed_desktop.messaging.audit import AuditAct
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.patients import EarlierDose
from digmed_desktop.reference import programmes

if TYPE_CHECKING:
    from digmed_desktop.clinical.json_record import Record
    from digmed_desktop.history.store import Store

TWO_PEOPLE = (
    "This form was started for another patient. Say at the top of the form whether the earlier entry was wrong, or start "
    "a new form."
)

REAL_PATIENT = (
    "Practice mode is for fictional patients only: their NHS numbers begin with 999. Close it, and record a real patient "
    "in the program itself."
)


class CounterDesk:
    """Adds to a form's own problems what this pharmacy knows."""

    def __init__(
        self,
        store: "Store",
        patients: PatientDesk,
        practices: PracticeDesk,
        stock: StockDesk,
        pgds: PgdDesk,
        clock: Clock,
        *,
        fictional_only: bool = False,
    ) -> None:
        self._store, self._patients, self._practices = store, patients, practices
        self._stock, self._pgds, self._clock = stock, pgds, clock
        self._known = KnownPatients(store)
        self._fictional_only = fictional_only

    def problems(self, assessed: Assessment[Any]) -> tuple[Problem, ...]:
        """Return what speaks against a form beyond its own rules."""
        state, record = assessed.state, assessed.record
        strict = state.correction is not None
        others = identity.contradicted(state.owner, state.answers, self._today(), strict=strict)
        if state.agreed and not others:  # what was answered meanwhile may be about the other one
            others = (identity.FAMILY,)
        found = [Problem(key, TWO_PEOPLE) for key in others]
        if (
            self._fictional_only
            and record.patient.nhs_number
            and not nhs_number.is_fictional(record.patient.nhs_number)
        ):
            found.append(Problem(identity.NUMBER, REAL_PATIENT))
        found += self._known.warnings(record.patient, self._corrected(state))
        if record.practice and not strict:
            asked = forms.of(record).question("practice.ods_code")
            found += self._known.still_there(record.patient, record.practice.ods_code, asked, self._today())
        if record.practice and (refusal := self._practices.refusal(record.practice.ods_code)):
            found.append(Problem(forms.of(record).question("practice.ods_code"), refusal))
        if record.practice and (warning := self._practices.other_name(record.practice)):
            asked = forms.of(record).question("practice.name")
            found.append(Problem(asked, warning, Severity.LOOK, needs_reason=True))
        chosen = assessed.reading.vaccine
        if chosen is not None and record.immunizations[0].given is not False:
            found += self._earlier(state, record, chosen)
            found += self._stock.warnings(record.immunizations[0], chosen)
            done = was_done(state.answers)
            found += self._stock.held(record.immunizations[0], chosen, record.contact_at, done=done)
            found += self._pgds.problems(state, record.legal_basis, chosen)
        found += self._contradicted(state, record, chosen)
        if isinstance(record, EmergencySupplyRecord):
            corrected = state.correction.notification if state.correction else None
            found += earlier_supplies(self._store, record, corrected, self._today())
        return tuple(found)

    def earlier(self, patient: Patient) -> tuple[EarlierDose, ...]:
        """Return the doses this pharmacy recorded for a patient."""
        return self._patients.doses(patient.nhs_number, patient.name, patient.date_of_birth)

    def dose_views(self, answers: Mapping[str, str]) -> tuple[DoseView, ...]:
        """Return the doses recorded for the patient of these answers, for a page."""
        patient = patient_of(VACCINATION.form, answers, self._clock.now())
        found = self.earlier(patient)
        if found:
            newest = max(one.notification for one in found)
            Gate(self._store).note(AuditAct.SAW_DOSES, about=newest, again=False)
        return tuple(DoseView(one.on, one.product, one.batch) for one in found)

    def _corrected(self, state: FormState) -> Patient | None:
        """Return the patient of the record that a form corrects, None where it corrects nothing."""
        if state.correction is None:
            return None
        return self._store.versions.record_of(state.correction.notification).patient

    def _earlier(self, state: FormState, record: VaccinationRecord, chosen: ChosenVaccine) -> list[Problem]:
        corrected = state.correction.notification if state.correction else None
        given = [
            dose
            for dose in self.earlier(record.patient)
            if dose.notification != corrected  # it is this dose that is corrected
        ]
        programme = chosen.programme
        told = [(dose.programme, Dose(dose.on, dose.product)) for dose in given]
        told += [
            (dose.programme, Dose(dose.on, "a dose", OF_OTHER_NUMBER))
            for dose in self._under_another_number(state, record.patient)
        ]
        looked_at = {
            rule: [dose for named, dose in told if is_of(named, rule, programme)]
            for rule in programme.earlier
        }
        day, born = chosen.on, record.patient.date_of_birth
        now = NextDose(
            on=day,
            reason=chosen.reason,
            years=dates.age(born, day) if born and day and born <= day else None,
            due=record.pregnancy_due,
            typed=chosen.typed,
        )
        found = list(warnings(programme.earlier, programme.season_start, looked_at, now))
        same = [one for one in given if is_of(one.programme, EarlierRule(date.min, ""), programme)]
        rules, season = programme.earlier, programme.season_start
        same = [one for one in same if is_of_this_time(one.on, rules, season, now)]
        return [*found, *about_doses(record, denials_of_a_dose(state.answers), same, asked=bool(found))]

    def _under_another_number(self, state: FormState, patient: Patient) -> list[EarlierDose]:
        """Return the doses of people who may be this patient under another NHS number."""
        others = self._known.under_another_number(patient, self._corrected(state))
        return [
            dose
            for one in others
            for dose in (
                self._store.doses.of(one.nhs_number, "", None)
                if one.nhs_number
                else self._store.doses.of("", PersonName(one.given, one.family).as_on_record(), one.born)
            )
        ]

    def _contradicted(
        self, state: FormState, record: "Record", chosen: ChosenVaccine | None
    ) -> list[Problem]:
        """Return the answers that earlier records of the patient contradict; the record corrected is none of them."""
        from digmed_desktop.history.doses import Whose

        corrected = state.correction.notification if state.correction else None
        who = record.patient
        whose = Whose(who.nhs_number, who.name.as_on_record(), who.date_of_birth)
        held = self._store.versions.of_patient(whose)
        earlier = before([one for number, one in held if number != corrected])
        found = list(about_allergies(record, earlier))
        if chosen is not None and isinstance(record, VaccinationRecord):
            found += about_screening(record, chosen.programme, earlier)
        return found

    def _today(self) -> date:
        return self._clock.now().astimezone(dates.ENGLAND).date()


def is_of(given: str, rule: EarlierRule, programme: Programme) -> bool:
    """Whether a dose of the programme ``given`` is one that a rule looks at: against the same disease, or named.

    Two programmes whose disease has no code are not of the same disease.
    """
    if rule.of:
        return given in rule.of
    kind = programme.target_disease
    if kind is None:
        return given == programme.id
    return any(p.id == given and p.target_disease == kind for p in programmes.programmes())
