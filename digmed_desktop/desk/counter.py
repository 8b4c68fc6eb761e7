"""What every form goes through at the counter: doubts from earlier doses, closed practices, reasons, who began it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from digmed_desktop.clinical import dates, identity, nhs_number
from digmed_desktop.clinical.earlier_doses import Dose, EarlierRule, NextDose, doubts
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.record import PersonName
from digmed_desktop.desk.patients import PatientDesk
from digmed_desktop.desk.practices import PracticeDesk
from digmed_desktop.desk.stock import StockDesk
from digmed_desktop.desk.views import DoseView, Preview
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.patients import EarlierDose
from digmed_desktop.reference import programmes

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store

NOTES = "after.notes"  # kept here, never sent
PROGRAMME = "session.programme"
TWO_PEOPLE = (
    "This form was begun for another patient. Say at the top of the form whether the earlier entry was wrong, or start "
    "a new form."
)


class CounterDesk:
    """Adds to a form's own problems what this pharmacy knows, and keeps what was decided."""

    def __init__(
        self, store: "Store", patients: PatientDesk, practices: PracticeDesk, stock: StockDesk, clock: Clock
    ) -> None:
        self._store, self._patients, self._practices = store, patients, practices
        self._stock, self._clock = stock, clock

    def with_doubts(self, form: str, state: FormState, preview: Preview) -> Preview:
        """Return a preview with the problems of the counter, each doubt with the key of its reason."""
        more = self.problems(form, state)
        problems = (*more, *(p for p in preview.problems if p not in more))
        return replace(preview, problems=problems, paper_only=preview.paper_only and not _stops(more))

    def problems(self, form: str, state: FormState) -> tuple[Problem, ...]:
        """Return what speaks against a form beyond its own rules."""
        answers = state.answers
        found: list[Problem] = []
        others = identity.contradicted(state.owner, answers, self._today())
        found += [Problem(key, TWO_PEOPLE) for key in others]
        if answers.get("practice.registered", "yes") == "yes" and (
            refusal := self._practices.refusal(answers.get("practice.ods_code", ""))
        ):
            found.append(Problem("practice.ods_code", refusal))
        if form == "vaccination" and answers.get("vaccine.outcome") != "not-given":
            found += self._earlier(state)
            found += self._stock.doubts(answers)
        return tuple(found)

    def earlier(self, answers: Mapping[str, str]) -> tuple[EarlierDose, ...]:
        """Return the doses this pharmacy recorded for the patient of these answers."""
        number = answers.get("patient.nhs_number", "")
        digits = (nhs_number.digits(number) or "") if nhs_number.sentence_about(number) is None else ""
        name = PersonName(answers.get("patient.given", "").strip(), answers.get("patient.family", "").strip())
        return self._patients.doses(digits, name, self._born(answers))

    def dose_views(self, answers: Mapping[str, str]) -> tuple[DoseView, ...]:
        """Return the same doses for a page."""
        return tuple(DoseView(one.on, one.product, one.batch) for one in self.earlier(answers))

    def unanswered(self, state: FormState, preview: Preview) -> tuple[Problem, ...]:
        """Return a problem for each doubt that has no reason yet."""
        return tuple(
            Problem(p.field, f"Say why you go on: {p.sentence}")
            for p in preview.problems
            if p.needs_reason and not state.reason_for(p)
        )

    def told(self, state: FormState, preview: Preview, begun_by: str, finished_by: str) -> FormState:
        """Return the form with what is kept here about how they came: doubts, reasons, and two people."""
        lines = [
            f"Continued although: {p.sentence} Reason: {state.reason_for(p)}"
            for p in preview.problems
            if p.needs_reason and state.reason_for(p)
        ]
        if begun_by and finished_by and begun_by != finished_by:
            lines.append(f"Begun by {begun_by}, finished by {finished_by}.")
        notes = "\n".join(part for part in (state.answers.get(NOTES, "").rstrip(), *lines) if part)
        return state.answered({NOTES: notes})

    def _earlier(self, state: FormState) -> list[Problem]:
        answers = state.answers
        corrected = state.correction.notification if state.correction else None
        chosen = answers.get(PROGRAMME, "")
        offered = programmes.current(self._today())
        programme = next((p for p in offered if p.id == chosen), offered[0])
        given = [
            dose
            for dose in self.earlier(answers)
            if dose.notification != corrected  # it is this dose that is corrected
        ]
        looked_at = {
            rule: [Dose(dose.on, dose.product) for dose in given if is_of(dose.programme, rule, programme)]
            for rule in programme.earlier
        }
        day, born = self._day(answers, "contact.date", past=False), self._born(answers)
        now = NextDose(
            on=day,
            reason=answers.get("vaccine.eligibility", ""),
            years=dates.age(born, day) if born and day and born <= day else None,
            due=self._day(answers, "eligibility.due_date", past=False),
        )
        return list(doubts(programme.earlier, programme.season_start, looked_at, now))

    def _born(self, answers: Mapping[str, str]) -> date | None:
        return self._day(answers, "patient.date_of_birth", past=True)

    def _day(self, answers: Mapping[str, str], field: str, *, past: bool) -> date | None:
        return dates.of_answer(answers.get(field, ""), self._today(), past=past)

    def _today(self) -> date:
        return self._clock.now().astimezone(dates.ENGLAND).date()


def is_of(given: str, rule: EarlierRule, programme: Programme) -> bool:
    """Whether a dose of the programme ``given`` is one that a rule looks at: against the same disease, or named."""
    if rule.of:
        return given in rule.of
    kind = programme.target_disease
    return any(p.id == given and p.target_disease == kind for p in programmes.programmes())


def _stops(problems: tuple[Problem, ...]) -> bool:
    return any(p.severity is Severity.STOP for p in problems)
