"""A medicine or appliance as a list of products knows it: what it is called, its code, and what else is known."""

from dataclasses import dataclass

from digmed_desktop.clinical.emergency_supply import ItemKind
from digmed_desktop.clinical.record import Coded


@dataclass(frozen=True, slots=True)
class Medicine:
    """One product (a dm+d AMP, or a name that was typed before). What is not known is "" or None.

    ``legal_class`` is pom, p or gsl; ``schedule`` none or 1 to 5; ``unit`` the unit it is counted in.
    """

    product: Coded
    kind: ItemKind | None = None
    unit: str = ""
    legal_class: str = ""
    schedule: str = ""
