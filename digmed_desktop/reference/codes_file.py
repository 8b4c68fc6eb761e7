"""The models of ``resources/codes/vaccination.toml`` and ``resources/codes/roles.toml``."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from digmed_desktop.clinical.data_types import ListedOption
from digmed_desktop.clinical.record import Regulator
from digmed_desktop.data_files.fault import Fault, shown
from digmed_desktop.data_files.kinds import At, Consequence, FileKind, Place, no_cross_check
from digmed_desktop.data_files.model import BY_VALUE, DataModel, Flag, Id, Ids, Text, Texts, pattern
from digmed_desktop.data_files.source import DataSource
from digmed_desktop.messaging.permissions import WorkRole
from digmed_desktop.reference import terms_file

_NO_PHARMACISTS = ("technician", "assistant", "pre-reg", "trainee", "student")  # in terms of roles


class RouteRow(ListedOption):
    """A route, and the sites that fit it."""

    sites: Ids


class CodesFile(DataModel):
    """The lists on which every vaccination programme draws."""

    site: list[ListedOption]
    route: list[RouteRow]
    unit: list[ListedOption]
    not_given_reason: list[ListedOption]
    indication: list[ListedOption]
    dose: list[ListedOption]
    legal_basis: list[ListedOption]
    consent_giver: list[ListedOption]
    risk_group: list[ListedOption]

    def ids(self, table: str) -> set[str]:
        """Return the ids of one table."""
        return {row.id for row in getattr(self, table)}


def cross_check_codes(at: At, file: CodesFile, source: DataSource) -> Iterator[Fault]:
    """Yield ids and codes that stand twice, codes without their term, and sites of routes that are not there."""
    for table in CodesFile.model_fields:
        rows = getattr(file, table)
        yield from at.twice(table, "id", [row.id for row in rows])
        yield from code_and_term(at, table, rows)
        codes = [row.code for row in rows]
        for number, code in enumerate(codes):
            if code and code in codes[:number]:
                yield at.fault((table, number, "code"), f"{shown(code)} appears twice", "its own code")
    for number, route in enumerate(file.route):
        yield from at.unknown(("route", number, "sites"), route.sites, file.ids("site"), "a site")
    terms = source.read(terms_file.FILE, terms_file.TermsFile)
    for table in CodesFile.model_fields:
        for number, row in enumerate(getattr(file, table)):
            yield from terms_file.as_published(at, (table, number), row.code, row.display, terms)


def code_and_term(at: At, table: str, rows: list[ListedOption]) -> Iterator[Fault]:
    """Yield rows that have a code without its term."""
    for number, row in enumerate(rows):
        if row.code and not row.display:
            yield at.fault((table, number, "display"), "a code has no term", "the term of the code")


class RegulatorRow(DataModel):
    """A regulator, and the shape of the numbers that it gives out."""

    id: Annotated[Regulator, BY_VALUE]
    name: Text
    pattern: Annotated[str, AfterValidator(pattern), Field(description="a regular expression")]
    shape: Text
    source: Text


class RoleRow(DataModel):
    """A role, its code, and what it may do."""

    id: Id
    label: Text
    code: Annotated[str, Field(pattern=r"^R[0-9]{4}$", description="a role code such as R1290")]
    display: Text
    regulator: Annotated[Regulator, BY_VALUE]
    may_vaccinate: Flag
    may_finish_supply: Flag
    works_as: Annotated[WorkRole, BY_VALUE]
    source: Text


class RolesFile(DataModel):
    """Who works in a pharmacy."""

    system: Text
    regulator: list[RegulatorRow]
    role: list[RoleRow]


def cross_check_roles(at: At, file: RolesFile, _source: DataSource) -> Iterator[Fault]:
    """Yield what stands twice, and roles of a regulator that has no row."""
    yield from at.twice("role", "id", [role.id for role in file.role])
    yield from at.twice("role", "code", [role.code for role in file.role])
    yield from at.twice("regulator", "id", [one.id for one in file.regulator])
    for number, role in enumerate(file.role):
        yield from _of_pharmacist(at, ("role", number), role)
    known = {one.id.value for one in file.regulator}
    for number, role in enumerate(file.role):
        if role.regulator.value:
            yield from at.unknown(("role", number, "regulator"), [role.regulator.value], known, "a regulator")


def _of_pharmacist(at: At, place: Place, role: RoleRow) -> Iterator[Fault]:
    """Yield where someone who is no pharmacist may finish a supply, which the law gives to a pharmacist."""
    words = role.display.casefold()
    named = "pharmac" in words and not any(word in words for word in _NO_PHARMACISTS)
    if role.may_finish_supply and not (named and role.regulator is Regulator.GPHC):
        wrong = "by law only a pharmacist makes an emergency supply"
        yield at.fault((*place, "may_finish_supply"), wrong, "false for every other role")
    if (role.works_as is WorkRole.PHARMACIST) != role.may_finish_supply:
        wrong = "only a role that works as a pharmacist may finish a supply"
        yield at.fault((*place, "works_as"), wrong, "another role, or may_finish_supply = true")


class CountiesFile(DataModel):
    """The names of counties, which are no towns."""

    names: Texts


KINDS = (
    terms_file.KIND,
    FileKind("codes/vaccination.toml", CodesFile, cross_check_codes, Consequence.MESSAGES),
    FileKind("codes/roles.toml", RolesFile, cross_check_roles, Consequence.MESSAGES),
    FileKind("practices/counties.toml", CountiesFile, no_cross_check, Consequence.PART),
)
