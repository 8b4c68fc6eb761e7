"""Finding a patient this pharmacy has seen: by NHS number in any shape, by name, by date of birth."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from digmed_desktop.clinical import dates, nhs_number
from digmed_desktop.clinical.patient_answers import NEVER_CARRIED
from digmed_desktop.clinical.questions.patient import patient_of
from digmed_desktop.clinical.questions.vaccination import VACCINATION
from digmed_desktop.clinical.record import PersonName
from digmed_desktop.desk.gate import Gate
from digmed_desktop.desk.lists.fitting import MOST, names_that_fit
from digmed_desktop.desk.views.general import Fit, PatientView
from digmed_desktop.history.written import search_key
from digmed_desktop.messaging.audit import AuditAct
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.patients import EarlierDose, KnownPatient

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store

_SHOWN_FIELDS = ("patient.", "practice.")


class PatientDesk:
    """Questions about patients end here."""

    def __init__(self, store: "Store", clock: Clock) -> None:
        self._store, self._clock, self._gate = store, clock, Gate(store)

    def search(self, typed: str) -> tuple[PatientView, ...]:
        """Return up to :data:`MOST` patients that fit, the likeliest first; those of a similar name come last."""
        text = " ".join(typed.split())
        if not text:
            return ()
        self._gate.note(AuditAct.LOOKED_UP, again=False)
        digits = nhs_number.digits(text)
        if digits and len(digits) >= 3 and not _is_date(text, self._today()):
            found = self._store.patients.of_number(digits, MOST)
            return tuple(_view(one, Fit.SURE if one.nhs_number == digits else Fit.PART) for one in found)
        days, rest = _date_in(text, self._today())
        if days:
            return self._born_on(days, rest)
        fits = names_that_fit(text, self._store.patients.names())
        return tuple(_view(one, fits[one.id]) for one in self._store.patients.of_ids(list(fits)))

    def _born_on(self, days: Sequence[date], name: str) -> tuple[PatientView, ...]:
        """Return the patients born on one of these days, of this name if there is one."""
        born = {
            one.id: one
            for day in days
            for one in self._store.patients.born_on(day, 200 if search_key(name) else MOST)
        }
        surely = Fit.SURE if len(days) == 1 else Fit.PART
        if not search_key(name):
            return tuple(_view(one, surely) for one in born.values())[:MOST]
        fits = names_that_fit(name, [(one.id, _key(one)) for one in born.values()])
        return tuple(_view(born[one], surely if fit is Fit.SURE else fit) for one, fit in fits.items())

    def doses(self, nhs: str, name: PersonName, born: date | None) -> tuple[EarlierDose, ...]:
        """Return the doses this pharmacy recorded for a patient, newest first."""
        return tuple(self._store.doses.of(nhs, name.as_on_record(), born))

    def remember(self, answers: Mapping[str, str]) -> None:
        """Keep who was seen, from the answers of a form; nothing where there is no name."""
        self._remember(answers, self._clock.now())

    def answers_of(self, notification: int) -> Mapping[str, str] | None:
        """Return the answers of a record as it stands now, None where it was taken back or they were not kept."""
        holds = self._store.versions.in_force(notification)
        state = None if holds is None else self._store.versions.state(holds)
        return None if state is None else state.answers

    def recall(self, notification: int) -> None:
        """Know a patient from the records that hold, once one of them was taken back or put right.

        Whom only that record named is forgotten.
        """
        from digmed_desktop.history.doses import Whose

        patient = self._store.versions.record_of(notification).patient
        name, number, born = patient.name, patient.nhs_number, patient.date_of_birth
        self._store.patients.forget(family=name.family, given=name.given, nhs_number=number, born=born)
        for held, _record in self._store.versions.of_patient(Whose(number, name.as_on_record(), born)):
            if (state := self._store.versions.state(held)) is not None:
                self._remember(state.answers, self._store.notifications.row(held).contact_at)

    def _remember(self, answers: Mapping[str, str], seen_at: datetime) -> None:
        patient = patient_of(VACCINATION.form, answers, self._clock.now())
        if not patient.name.family:
            return
        kept = {
            key: text
            for key, text in answers.items()
            if key.startswith(_SHOWN_FIELDS) and key not in NEVER_CARRIED and text
        }
        self._store.patients.remember(
            family=patient.name.family,
            given=patient.name.given,
            nhs_number=patient.nhs_number,
            born=patient.date_of_birth,
            answers=kept,
            seen_at=seen_at,
        )

    def _today(self) -> date:
        return self._clock.now().astimezone(dates.ENGLAND).date()


def _key(one: KnownPatient) -> str:
    return search_key(f"{one.family} {one.given}")


def _is_date(text: str, today: date) -> bool:
    return bool(_date_in(text, today)[0])


def _date_in(text: str, today: date) -> tuple[tuple[date, ...], str]:
    """Return a date of birth among the words, in each century that it can mean, and the other words."""
    words = text.split(" ")
    for count in (3, 1):
        for start in range(len(words) - count + 1):
            part = " ".join(words[start : start + count])
            if part.isdigit() or (count == 3 and len(part) > 12):
                continue  # ten digits are a number; 999 012 3020 is one too
            split = dates.split_typed(part, today) if any(c.isdigit() for c in part) else None
            if split is None:
                continue
            try:
                day = dates.read_date(*split, what="Date of birth", today=today, past=True)
            except dates.DateSentenceError:
                continue
            if day is None:
                continue
            years = dates.centuries(split, today) or (day.year,)
            return tuple(day.replace(year=year) for year in years), " ".join(
                (*words[:start], *words[start + count :])
            )
    return (), text


def _view(one: KnownPatient, fit: Fit) -> PatientView:
    return PatientView(
        id=one.id,
        name=PersonName(one.given, one.family).as_on_record(),
        given=one.given,
        family=one.family,
        nhs_number=one.nhs_number,
        born=one.born,
        answers=one.answers,
        fit=fit,
    )
