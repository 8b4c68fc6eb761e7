"""The medicines to pick from: those supplied here before, the imported list, and the few that come with the program."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from digmed_desktop.clinical import units
from digmed_desktop.clinical.emergency_supply import ItemKind, SuppliedItem
from digmed_desktop.clinical.medicine import Medicine, agreed, begins_as, same_name
from digmed_desktop.clinical.record import Coded
from digmed_desktop.data_files.source import OWN
from digmed_desktop.desk.gate import Gate
from digmed_desktop.messaging.audit import AuditAct
from digmed_desktop.messaging.permissions import Permission

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store

MOST = 12
"""How many are offered at a time."""


@cache
def bundled() -> tuple[Medicine, ...]:
    """Return the products that come with the program."""
    return tuple(
        Medicine(
            Coded(row["display"], row["code"]),
            ItemKind(row["kind"]),
            row["unit"],
            row.get("legal_class", ""),
            row.get("schedule", ""),
        )
        for row in OWN.raw("medicines/bundled.toml")["medicine"]
    )


class MedicineDesk:
    """Finds medicines as one types, and imports a release of dm+d."""

    def __init__(self, store: "Store") -> None:
        self._store = store
        self._gate = Gate(store)

    def find(self, text: str) -> tuple[Medicine, ...]:
        """Return at most :data:`MOST` products that fit what was typed: used here before first.

        Each has the particulars of the imported dm+d, where it is in there, before those that were answered here.
        """
        words = text.casefold().split()
        if not words:
            return ()
        used = self._store.medicines_used.search(text, MOST)
        found = [
            *(self.listed(one.product) or one for one in used),
            *self._store.medicines.search(text, MOST),
            *(one for one in bundled() if all(word in one.product.display.casefold() for word in words)),
        ]
        once: dict[str, Medicine] = {}
        for one in found:
            once.setdefault(one.product.code or one.product.display, one)
        return tuple(once.values())[:MOST]

    def listed(self, product: Coded) -> Medicine | None:
        """Return a product as the imported dm+d has it, None where it is not in there."""
        if not product.is_coded:
            return None
        return self._store.medicines.of_code(product.code)

    def known(self, product: Coded) -> Medicine | None:
        """Return a product as the imported dm+d has it, by its code, or by its name where it was typed without one.

        Of a name that several products begin with, only the answers are known on which all of them agree.
        """
        if product.is_coded:
            return self.listed(product)
        found = self._store.medicines.search(product.display, MOST)
        exact = [one for one in found if same_name(one.product.display, product.display)]
        named = exact or [one for one in found if begins_as(one.product.display, product.display)]
        if not named or (not exact and len(found) == MOST):
            return None
        return agreed(product, named)

    def remember(self, items: tuple[SuppliedItem, ...]) -> None:
        """Keep what was supplied, to be offered first the next time."""
        for item in items:
            if item.product is not None:
                unit = units.shown(item.quantity.unit) if item.quantity else ""
                form = item.form.display if item.form else ""
                self._store.medicines_used.remember(
                    Medicine(item.product, item.kind, unit, item.legal_class, item.schedule, form)
                )

    def release(self) -> tuple[str, int] | None:
        """Return the name of the imported release and how many products it has, None where there is none."""
        return self._store.medicines.release()

    def import_release(
        self, path: Path, tell: Callable[[float], None], cancelled: Callable[[], bool]
    ) -> tuple[str, int]:
        """Import a release of dm+d in place of the present list; return its name and how many products it has.

        ``tell`` is called with the share that is done, ``cancelled`` is asked now and then. Raises
        :class:`DigMedError`, and then the list is as it was.
        """
        from digmed_desktop.reference.dmd import Release

        self._gate.allow(Permission.IMPORT_LISTS)
        release = Release(path)
        number = self._store.medicines.replace(release.medicines(tell, cancelled), release.name)
        self._gate.note(AuditAct.LIST_IMPORTED, release.name)
        return release.name, number
