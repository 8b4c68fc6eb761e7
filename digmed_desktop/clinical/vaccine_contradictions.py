"""Parts of one vaccine of a record that cannot all be true: terms, programme, procedure, dose, outcome."""

from collections.abc import Iterator
from datetime import date

from digmed_desktop.clinical import known_terms
from digmed_desktop.clinical.dose_contradictions import Found, of_dose
from digmed_desktop.clinical.known_terms import ProcedureUse
from digmed_desktop.clinical.record import Immunization, VaccinationRecord

NAMES_TWO = "The code and the words name two different things. Correct one of them."


def of_vaccine(vaccine: Immunization, record: VaccinationRecord, day: date | None) -> Iterator[Found]:
    """Yield what cannot be true of one vaccine of a record whose contact was on ``day``."""
    for name, kind in (
        ("product", known_terms.PRODUCT),
        ("procedure", known_terms.PROCEDURE),
        ("site", known_terms.SITE),
        ("route", known_terms.ROUTE),
        ("not_given_reason", known_terms.REASON),
        ("indication", known_terms.INDICATION),
        ("target_disease", known_terms.DISEASE),
    ):
        if known_terms.names_two(kind, getattr(vaccine, name)):
            yield name, NAMES_TWO, *(("given",) if name == "procedure" else (name,))
    if vaccine.dose and known_terms.names_two(known_terms.UNIT, vaccine.dose.unit):
        yield "dose", NAMES_TWO, "dose"
    yield from _of_programme(vaccine)
    yield from _of_procedure(vaccine, record)
    yield from of_dose(vaccine)
    yield from _of_outcome(vaccine)
    if vaccine.given and vaccine.expiry and day and vaccine.expiry < day and not record.incident.done:
        yield "expiry", "The batch had expired on the day of the contact. Check the expiry date."
    route, site = vaccine.route, vaccine.site
    sites = known_terms.sites_of_route().get(route.code) if route else None
    if site and sites and known_terms.is_known(known_terms.SITE, site.code) and site.code not in sites:
        yield "site", "This route is not used at this site. Check both."


def _of_programme(vaccine: Immunization) -> Iterator[Found]:
    """Yield a product or disease of another vaccination than the record names."""
    programme = known_terms.known_programmes().get(vaccine.programme)
    if programme is None:
        return
    product, disease = vaccine.product, vaccine.target_disease
    known = product and known_terms.is_known(known_terms.PRODUCT, product.code)
    if product and known and product.code not in programme.products:
        yield "product", "This vaccine does not belong to the programme. Check both."
    if disease and disease.code and programme.diseases and disease.code not in programme.diseases:
        yield "target_disease", "The programme is against another disease. Check both."


def _of_procedure(vaccine: Immunization, record: VaccinationRecord) -> Iterator[Found]:
    """Yield what a known procedure code says against the rest of the record."""
    every = known_terms.uses_of(vaccine.procedure)
    uses = tuple(use for use in every if use.programme == vaccine.programme)
    if vaccine.procedure and not uses and vaccine.programme in known_terms.known_programmes():
        if every:
            yield _OTHER_PROGRAMME
        elif not known_terms.is_about(vaccine.programme, vaccine.procedure.display):
            yield _NO_PROCEDURE
        return
    uses = uses or every
    if vaccine.given is not None and uses and not any(use.given is vaccine.given for use in uses):
        said = "not given" if vaccine.given else "given"
        sentence = f"The procedure code says that the vaccine was {said}. Check the code and the outcome."
        yield "procedure", sentence, "given"
        return
    who, reason = record.vaccinator, vaccine.not_given_reason
    known_reason = reason.code if reason and known_terms.is_known(known_terms.REASON, reason.code) else ""
    stated: tuple[tuple[str, object, Found], ...] = (
        ("roles", who.role.code if who and who.role else "", _OTHER_ROLE),
        ("routes", vaccine.route.code if vaccine.route else "", _OTHER_ROUTE),
        ("dose_number", vaccine.dose_number, _OTHER_DOSE),
        ("reason", known_reason, _OTHER_REASON),
    )
    for part, value, found in stated:
        if _says(uses, part, value):
            yield found


_OTHER_PROGRAMME = (
    "procedure",
    "The procedure code is for a different vaccination from the programme. Check both.",
    "given",
)
_NO_PROCEDURE = (
    "procedure",
    "The programme has no such procedure. Check its code and the programme.",
    "given",
)
_OTHER_ROLE = ("procedure", "The procedure code is for a different profession. Check it and the vaccinator.")
_OTHER_ROUTE = ("procedure", "The procedure code is for another route. Check both.", "route")
_OTHER_DOSE = ("procedure", "The procedure code is for another dose. Check both.", "dose_number")
_OTHER_REASON = ("procedure", "The procedure code gives a different reason. Check both.", "not_given_reason")


def _says(uses: tuple[ProcedureUse, ...], part: str, value: object) -> bool:
    """Whether every use of a procedure code says something else than the record's value."""
    if value in (None, ""):
        return False
    said = [getattr(use, part) for use in uses]
    sets = [one if isinstance(one, frozenset) else frozenset({one} - {None, ""}) for one in said]
    return bool(sets) and all(one and value not in one for one in sets)


def _of_outcome(vaccine: Immunization) -> Iterator[Found]:
    if vaccine.given and vaccine.not_given_reason:
        yield "not_given_reason", "The vaccine was given, and a reason says why it was not. Check both."
    if vaccine.given is not False:
        return
    for name, what in (
        ("batch", "a batch"),
        ("dose", "a dose"),
        ("site", "a site"),
        ("route", "a route"),
        ("adverse_reaction", "an adverse reaction"),
    ):
        if getattr(vaccine, name):
            yield name, f"The vaccine was not given, and the record has {what}. Check both."
