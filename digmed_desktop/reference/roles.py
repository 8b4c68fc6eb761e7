"""Who can work in a pharmacy, as ``resources/codes/roles.toml`` says: role codes and what each may do."""

from dataclasses import dataclass
from functools import cache

from digmed_desktop import resources
from digmed_desktop.clinical.record import Coded, Regulator


@dataclass(frozen=True, slots=True)
class Role:
    """A role. ``regulator`` is the one that usually registers it; ``Regulator.NONE`` for the unregistered."""

    id: str
    label: str
    coded: Coded
    regulator: Regulator
    may_vaccinate: bool
    may_finish_supply: bool


@cache
def roles() -> tuple[Role, ...]:
    """Return every role, the commonest first."""
    raw = resources.toml("codes/roles.toml")
    return tuple(
        Role(
            id=item["id"],
            label=item["label"],
            coded=Coded(item["display"], item["code"], raw["system"]),
            regulator=Regulator(item["regulator"]),
            may_vaccinate=item["may_vaccinate"],
            may_finish_supply=item["may_finish_supply"],
        )
        for item in raw["role"]
    )


def role(role_id: str) -> Role:
    """Return one role by its id; KeyError when there is none."""
    for one in roles():
        if one.id == role_id:
            return one
    raise KeyError(role_id)


def of_code(code: str) -> Role | None:
    """Return the role with a role code, or None."""
    return next((one for one in roles() if one.coded.code == code), None)
