"""Word the rows about a vaccination: the data items of the vaccination's own sections."""

from collections.abc import Callable, Mapping

from digmed_desktop.clinical.dates import shown
from digmed_desktop.clinical.record import Immunization, VaccinationRecord
from digmed_desktop.clinical.units import amount
from digmed_desktop.fhir.items import Cell, Context, Item, term, text, words


def _of_contact(read: Callable[[VaccinationRecord], str]) -> Callable[[Context], Cell | None]:
    def item(c: Context) -> Cell | None:
        return text(read(c.record)) if isinstance(c.record, VaccinationRecord) else None

    return item


def _due_date(c: Context) -> Cell | None:
    return text(shown(c.record.pregnancy_due)) if isinstance(c.record, VaccinationRecord) else None


def _procedure(c: Context) -> Cell:
    chosen = c.immunization.procedure
    return term(c.edition.in_place_of(chosen) if chosen else None)


def _product(c: Context) -> Cell:
    chosen = term(c.immunization.product)
    if not chosen.lines and c.immunization.given is False:
        return Cell((words("vaccine")["no_product"],))
    return chosen


def _if_given(read: Callable[[Immunization], Cell]) -> Callable[[Context], Cell | None]:
    def item(c: Context) -> Cell | None:
        return None if c.immunization.given is False else read(c.immunization)

    return item


def _of_course(read: Callable[[Immunization], Cell]) -> Callable[[Context], Cell | None]:
    """Return what is told of the course: of a dose that was not given only where the resource tells it too."""

    def item(c: Context) -> Cell | None:
        vaccine = c.immunization
        return None if vaccine.given is False and not vaccine.tells_its_course else read(vaccine)

    return item


def _outcome(c: Context) -> Cell | None:
    return Cell((words("vaccine")["not_given"],)) if c.immunization.given is False else None


def _not_given_reason(c: Context) -> Cell | None:
    return term(c.immunization.not_given_reason) if c.immunization.given is False else None


def _dose_number(vaccine: Immunization) -> Cell:
    return text(str(vaccine.dose_number) if vaccine.dose_number is not None else "")


def _disease(vaccine: Immunization) -> Cell:
    return term(vaccine.target_disease) if vaccine.send_dose_number else Cell()


def _yes_no(answer: bool | None) -> Cell:
    return Cell() if answer is None else text(words("yes_no")["yes" if answer else "no"])


VACCINE: Mapping[str, Item] = {
    "contact.location": Item("location", _of_contact(lambda r: r.location)),
    "contact.chaperone": Item("chaperone", _of_contact(lambda r: r.chaperone)),
    "eligibility.due_date": Item("pregnancy_due", _due_date),
    "eligibility.risk_group": Item("risk_group", _of_contact(lambda r: r.risk_group)),
    "vaccine.outcome": Item("immunizations.given", _outcome),
    "vaccine.product": Item("immunizations.product", _product),
    "vaccine.manufacturer": Item("immunizations.manufacturer", _if_given(lambda v: text(v.manufacturer))),
    "vaccine.batch": Item("immunizations.batch", _if_given(lambda v: text(v.batch))),
    "vaccine.expiry": Item("immunizations.expiry", _if_given(lambda v: text(shown(v.expiry)))),
    "vaccine.procedure": Item("immunizations.given", _procedure),
    "vaccine.not_given_reason": Item("immunizations.not_given_reason", _not_given_reason),
    "vaccine.site": Item("immunizations.site", _if_given(lambda v: term(v.site))),
    "vaccine.route": Item("immunizations.route", _if_given(lambda v: term(v.route))),
    "vaccine.indication": Item("immunizations.indication", lambda c: term(c.immunization.indication)),
    "vaccine.dose": Item(
        "immunizations.dose", _if_given(lambda v: text(amount(v.dose)) if v.dose else Cell())
    ),
    "vaccine.dose_number": Item("immunizations.dose_number", _of_course(_dose_number)),
    "vaccine.disease": Item("immunizations.dose_number", _of_course(_disease)),
    "vaccine.parent_present": Item(
        "immunizations.parent_present", lambda c: _yes_no(c.immunization.parent_present)
    ),
    "vaccine.adverse_reaction": Item(
        "immunizations.adverse_reaction", _if_given(lambda v: text(v.adverse_reaction))
    ),
}
