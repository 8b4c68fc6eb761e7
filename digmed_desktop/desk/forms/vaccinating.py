"""A vaccination from answers to message: what the form offers, what the record is made of."""

from collections.abc import Mapping
from dataclasses import replace

from digmed_desktop.clinical import dates, own_product, units
from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.questions.vaccination import (
    VACCINATION,
    chosen_programme,
    chosen_vaccinator,
    not_asked,
)
from digmed_desktop.clinical.record import Organisation, VaccinationRecord
from digmed_desktop.clinical.vaccination import (
    Reading,
    answers_of_product,
    read,
    starting_answers,
    usual_answers,
)
from digmed_desktop.desk.forms.recording import RecordingDesk
from digmed_desktop.desk.views.general import FormLists, ProgrammeOffer
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.reference import programmes

NOT_HERE = (
    "The programme that was chosen is not in this version of the program, or its file has a fault. Choose another, "
    "or keep this as a draft."
)


class VaccinationDesk(RecordingDesk[VaccinationRecord]):
    """Reads, previews and freezes vaccinations."""

    KIND = Kind.VACCINATION

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
        whole = programme.with_products([own_product.as_product(p, programme) for p in own])
        return whole.with_confirmed(self._listed_name)

    def _listed_name(self, code: str) -> str:
        """Return the name of a code in the imported dm+d, ``""`` where it is not in there."""
        found = self._store.medicines.of_code(code)
        return found.product.display if found else ""

    def _programme_of(self, answers: Mapping[str, str]) -> Programme:
        """Return the programme that was chosen, also of an earlier season; the first where none was."""
        try:
            return self._with_own(programmes.programme(chosen_programme(answers)))
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
        """Return the record that these answers make, and what is wrong with it.

        A programme that is chosen and not here (its file has a fault) stops: another's rules say nothing of it.
        """
        reading = self._reading(answers)
        chosen = chosen_programme(answers)
        if not chosen or chosen in {one.id for one in programmes.programmes()}:
            return reading
        not_here = Problem(VACCINATION.question("immunizations.programme"), NOT_HERE)
        return replace(reading, problems=(not_here, *reading.problems), vaccine=None)

    def _reading(self, answers: Mapping[str, str]) -> Reading:
        return read(
            answers,
            programme=self._programme_of(answers),
            pharmacy=self._store.profile.pharmacy() or Organisation(),
            vaccinator=self._people.professional(chosen_vaccinator(answers)),
            now=self._clock.now(),
            agreed=self._sender.agreed,
        )

    def clinician(self, answers: Mapping[str, str]) -> int | None:
        """Return who was chosen as vaccinator."""
        return chosen_vaccinator(answers)

    def what(self, record: VaccinationRecord) -> tuple[str, str]:
        """Return the vaccines and their batches."""
        vaccines = [one.product.display for one in record.immunizations if one.product]
        batches = [one.batch for one in record.immunizations if one.batch]
        return ", ".join(vaccines), ", ".join(batches)


def _by_product(programme: Programme) -> dict[str, dict[str, str]]:
    return {key: answers_of_product(programme, key) for key in programme.products}


def _offer(programme: Programme) -> ProgrammeOffer:
    return ProgrammeOffer(
        name=programme.name,
        lists=dict(programme.lists),
        usual=usual_answers(programme),
        by_product=_by_product(programme),
        not_asked={key: not_asked(programme, key) for key in ("", *programme.products)},
        routes_of={key: product.routes for key, product in programme.products.items() if product.routes},
        sites_of=dict(programme.route_sites),
        units_of={
            key: units.shown(unit) for key in ("", *programme.products) if (unit := programme.unit_of(key))
        },
        advice=programme.advice,
    )
