"""Load the roles of a pharmacy from ``resources/codes/roles.toml``: codes, and what each may do."""

from dataclasses import dataclass
from functools import cache

from digmed_desktop.clinical.record import Coded, Regulator
from digmed_desktop.data_files.fault import DataFileError
from digmed_desktop.data_files.source import OWN
from digmed_desktop.messaging.permissions import WorkRole


@dataclass(frozen=True, slots=True)
class Role:
    """A role. ``regulator`` is the one that usually registers it; ``Regulator.NONE`` for the unregistered."""

    id: str
    label: str
    coded: Coded
    regulator: Regulator
    may_vaccinate: bool
    may_finish_supply: bool
    works_as: WorkRole


@cache
def roles() -> tuple[Role, ...]:
    """Return every role, the commonest first; none where their file has a fault, so that nobody may do anything."""
    from digmed_desktop.reference.codes_file import RolesFile

    try:
        file = OWN.read("codes/roles.toml", RolesFile)
    except DataFileError:
        return ()
    return tuple(
        Role(
            id=row.id,
            label=row.label,
            coded=Coded(row.display, row.code, file.system),
            regulator=row.regulator,
            may_vaccinate=row.may_vaccinate,
            may_finish_supply=row.may_finish_supply,
            works_as=row.works_as,
        )
        for row in file.role
    )


def role(role_id: str) -> Role:
    """Return one role by its id; KeyError when there is none."""
    for one in roles():
        if one.id == role_id:
            return one
    raise KeyError(role_id)


def of(coded: Coded | None) -> Role | None:
    """Return the role of a person, by its code or, where records from before had another, by its words."""
    if coded is None:
        return None
    by_words = (one for one in roles() if one.coded.display.casefold() == coded.display.casefold())
    return of_code(coded.code) or next(by_words, None)


def of_code(code: str) -> Role | None:
    """Return the role with a role code, or None."""
    return next((one for one in roles() if one.coded.code == code), None)
