"""Compares a programme with the published terms of its codes, and its rows with what their terms say."""

import itertools
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from digmed_desktop.clinical.data_types import CodedTerm
from digmed_desktop.data_files.fault import Fault, listed, shown
from digmed_desktop.data_files.kinds import At, Place
from digmed_desktop.reference.codes_file import RolesFile
from digmed_desktop.reference.programme_rows import ProcedureRow, ProductRow, ProgrammeFile
from digmed_desktop.reference.terms_file import FILE, TermsFile, as_published

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_NOT_GIVEN = ("declined", "contraindicated", "no consent", "not given", "refused")
_BY_PHARMACIST, _BY_OTHER = "by pharmacist", "by other healthcare provider"
_ROUTES = ("intramuscular", "subcutaneous", "intranasal", "oral")
_ROUTES_OF_NAMES = (
    (r"\b(intra)?nasal\b", {"intranasal"}),
    (r"\boral\b", {"oral"}),
    (r"\binjection\b", {"intramuscular", "subcutaneous"}),
)
_COUNTED = ("1", "2", "3", "4")  # doses in capsules and the like
_SEVERAL = 5  # times the usual dose, or a fifth of it
_ML = re.compile(r"(?<![0-9.])([0-9]+(?:\.[0-9]+)?) ?ml\b", re.IGNORECASE)


def of_programme(at: At, file: ProgrammeFile, terms: TermsFile, roles: RolesFile) -> Iterator[Fault]:
    """Yield where a programme says something else than its terms, or than what is known of its vaccine."""
    disease = file.target_disease
    if disease is not None:
        yield from as_published(at, ("target_disease",), disease.code, disease.display, terms)
    for number, also in enumerate(file.target_disease_also):
        yield from _of_other_term(at, number, also, disease, terms)
    known = next((row for row in terms.vaccine if row.name == file.vaccine), None)
    if known is not None:
        if disease is not None and disease.code != known.disease:
            wrong = f"{shown(disease.code)} is not the disease of this vaccine in {FILE}"
            yield at.fault(("target_disease", "code"), wrong, known.disease or "no target disease")
        if file.agreement != known.agreement:
            wrong = f"{shown(file.agreement or 'none')} is not the agreement of this vaccine in {FILE}"
            yield at.fault(("agreement",), wrong, known.agreement or "no agreement")
    agreed = {row.agreement for row in terms.vaccine if row.agreement and row is not known}
    if known is None and file.agreement in agreed:
        wrong = f"{shown(file.agreement)} is the consent code of another vaccine"
        yield at.fault(("agreement",), wrong, f"its own agreement, or a vaccine as in {FILE}")
    for number, row in enumerate(file.procedure):
        yield from _of_procedure(at, ("procedure", number), row, file, terms)
        yield from _of_roles(at, ("procedure", number), row, roles)
    yield from at.twice("procedure", "code", [row.code for row in file.procedure])
    yield from _without_procedure(at, file, roles)
    for number, reason in enumerate(file.eligibility):
        ages = [int(text) for text in re.findall(r"[0-9]+", reason.label)]
        if ages and reason.min_age is not None and reason.min_age not in ages:
            wrong = f"{reason.min_age} is not the age in its label"
            yield at.fault(("eligibility", number, "min_age"), wrong, " or ".join(map(str, ages)))
    for number, product in enumerate(file.product):
        yield from _of_product(at, ("product", number), product, file, terms)


def _of_other_term(
    at: At, number: int, also: CodedTerm, disease: CodedTerm | None, terms: TermsFile
) -> Iterator[Fault]:
    """Yield that another code or term of a disease is known for something else."""
    place = ("target_disease_also", number)
    if disease is None:
        yield at.fault(
            place, "the programme has no target disease", "a target_disease, or no other code of it"
        )
        return
    for row in terms.term:
        if row.code == disease.code:
            continue
        if row.code == also.code:
            yield at.fault(
                (*place, "code"), f"this is the code of {shown(row.display)}", "a code of the disease"
            )
        elif row.display == also.display:
            yield at.fault((*place, "display"), f"this is the term of {row.code}", "a term of the disease")


def _of_procedure(
    at: At, place: Place, row: ProcedureRow, file: ProgrammeFile, terms: TermsFile
) -> Iterator[Fault]:
    """Yield where the code or the words of a procedure say something else than the row."""
    yield from as_published(at, place, row.code, row.display, terms)
    vaccine = {one.code: one.vaccine for one in terms.term}.get(row.code, "")
    is_known = file.vaccine in {one.name for one in terms.vaccine}
    if vaccine != file.vaccine and (is_known or vaccine != ""):
        wrong = f"{shown(row.code)} is not a procedure of this vaccine in {FILE}"
        yield at.fault((*place, "code"), wrong, f"a code that {FILE} has for {shown(file.vaccine)}")
    words = row.display.casefold()
    said = [word for word in _NOT_GIVEN if word in words]
    if row.given and said:
        yield at.fault((*place, "given"), f"its term says {shown(said[0])}", "false")
    if not row.given and not said:
        yield at.fault(
            (*place, "given"), "its term says that it was given", "true, or the term of one not given"
        )
    if row.reason and row.reason.replace("-", " ") not in words:
        yield at.fault(
            (*place, "reason"), f"its term does not say {shown(row.reason)}", "the reason in its term"
        )
    doses = [n for n, word in enumerate(_ORDINALS, 1) if re.search(rf"\b{word}\b", words)]
    if doses and row.dose_number not in doses:
        yield at.fault(
            (*place, "dose_number"), f"its term says {shown(_ORDINALS[doses[0] - 1])}", str(doses[0])
        )
    if not doses and (row.dose_number or 1) > 1:
        yield at.fault((*place, "dose_number"), "its term does not name this dose", "no dose_number, or 1")
    yield from _of_routes(at, place, row, words)


def _without_procedure(at: At, file: ProgrammeFile, roles: RolesFile) -> Iterator[Fault]:
    """Yield roles that may vaccinate and for which no procedure is true of a route and dose of the programme."""
    given = [row for row in file.procedure if row.given]
    if not any(row.roles for row in given):
        return
    doses = sorted({row.dose_number or 1 for row in given})
    for role in (row.code for row in roles.role if row.may_vaccinate):
        for route, dose in itertools.product(file.routes, doses):
            if not any(_is_true_of(row, role, route, dose) for row in given):
                wrong = f"none has role {shown(role)}, route {shown(route)} and dose {dose}"
                yield at.fault(("procedure",), wrong, "a procedure for each role that may vaccinate")
                break


def _is_true_of(row: ProcedureRow, role: str, route: str, dose: int) -> bool:
    return (
        role in (row.roles or [role]) and route in (row.routes or [route]) and row.dose_number in (None, dose)
    )


def _of_routes(at: At, place: Place, row: ProcedureRow, words: str) -> Iterator[Fault]:
    named = [route for route in _ROUTES if re.search(rf"\b{route}\b", words)]
    if named and list(row.routes or named) != named:
        yield at.fault((*place, "routes"), f"its term says {shown(named[0])}", f'["{named[0]}"]')


def _of_roles(at: At, place: Place, row: ProcedureRow, roles: RolesFile) -> Iterator[Fault]:
    """Yield roles that a term which names who gave it does not cover."""
    words, pharmacists = row.display.casefold(), {one.code for one in roles.role if one.may_finish_supply}
    if _BY_PHARMACIST in words and not (row.roles and set(row.roles) <= pharmacists):
        yield at.fault((*place, "roles"), "its term says that a pharmacist gave it", "roles of pharmacists")
    if _BY_OTHER in words and (not row.roles or set(row.roles) & pharmacists):
        yield at.fault(
            (*place, "roles"), "its term says that it was not given by a pharmacist", "other roles"
        )


def _of_product(
    at: At, place: Place, row: ProductRow, file: ProgrammeFile, terms: TermsFile
) -> Iterator[Fault]:
    """Yield where a product says something else than its name, or than the row of that name or code."""
    words = row.display.casefold()
    known = next((one for one in terms.product if one.display == row.display), None)
    coded = next((one for one in terms.product if row.code and one.code == row.code), None)
    if coded is not None and coded.display != row.display:
        yield at.fault((*place, "display"), f"this is not the name of {row.code}", f"“{coded.display}”")
    elif known is not None and known.code and row.code != known.code:
        wrong = f"{shown(row.code or 'none')} is not the code of this product in {FILE}"
        yield at.fault((*place, "code"), wrong, known.code)
    found = coded or known
    if found is not None and found.vaccine != file.vaccine:
        yield at.fault(
            (*place, "display"), f"this product is of {shown(found.vaccine)}", "one of this vaccine"
        )
    elif found is not None and found.live != row.live:
        yield at.fault(
            (*place, "live"), f"{FILE} gives something different for this product", str(found.live).lower()
        )
    elif row.live and "inactivated" in words:
        yield at.fault((*place, "live"), "its name says inactivated", "false")
    elif not row.live and re.search(r"\blive\b", words):
        yield at.fault((*place, "live"), "its name says live", "true")
    for pattern, allowed in _ROUTES_OF_NAMES:
        if re.search(pattern, words) and not set(row.routes) <= allowed:
            yield at.fault((*place, "routes"), "its name says another route", f"of {listed(sorted(allowed))}")
    yield from _of_amount(at, place, row, file)


def _of_amount(at: At, place: Place, row: ProductRow, file: ProgrammeFile) -> Iterator[Fault]:
    """Yield a dose that is not the one in the name, or several times the programme's or a part of it."""
    if row.dose is None:
        return
    if row.unit not in (None, file.unit):
        if row.dose not in _COUNTED:
            wrong = f"{shown(row.dose)} is not a dose in this unit"
            yield at.fault((*place, "dose"), wrong, f"one of {listed(_COUNTED)}")
        return
    dose, named = Decimal(row.dose), [Decimal(text) for text in _ML.findall(row.display)]
    if file.unit == "ml" and named and dose not in named:
        yield at.fault((*place, "dose"), f"{shown(row.dose)} is not the amount in its name", f'"{named[-1]}"')
        return
    usual = [
        Decimal(text) for text in (*file.usual_doses, *([file.default_dose] if file.default_dose else []))
    ]
    if usual and not named and not _is_near(dose, usual):
        wrong = f"{shown(row.dose)} is much more or much less than the usual dose"
        yield at.fault((*place, "dose"), wrong, f"about {file.default_dose or ' or '.join(file.usual_doses)}")


def _is_near(dose: Decimal, usual: Iterable[Decimal]) -> bool:
    return any(one / _SEVERAL < dose < one * _SEVERAL for one in usual)
