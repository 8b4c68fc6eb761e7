"""A manager who acts, for tests of what only a manager may do."""

from collections.abc import Iterator
from contextlib import contextmanager

from digmed_desktop.clinical.record import PersonName, Professional, Regulator
from digmed_desktop.desk.gate import acting
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.people import Access, Why
from digmed_desktop.reference import roles


def manager_of(store: Store) -> int:
    """Return the first person of a store, made its manager; one is added where there is nobody."""
    people = store.people.all()
    if people:
        first = people[0].id
        store.people.give(first, Access(manager=True), Why.FIRST_RUN, None)
        return first
    superintendent = Professional(
        PersonName("Olwen", "Pryce"), roles.role("pharmacist").coded, Regulator.GPHC, "9999990"
    )
    return store.people.add(superintendent, "slow-hash", Access(manager=True), Why.FIRST_RUN)


@contextmanager
def as_manager(store: Store) -> Iterator[int]:
    """Let the manager of a store act in this block."""
    manager = manager_of(store)
    with acting(manager):
        yield manager
