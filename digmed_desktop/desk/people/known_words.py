"""Gather what everybody at the counter knows, so that no PIN and no passphrase is made of it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from digmed_desktop.clinical.record import Organisation, Professional

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store


def known_words(store: "Store") -> tuple[str, ...]:
    """Return the names and numbers of the pharmacy and of everybody who works or worked here."""
    pharmacy = store.profile.pharmacy()
    found = list(of_pharmacy(pharmacy)) if pharmacy is not None else []
    for person in store.people.all():
        found += of_person(person.professional)
    return tuple(filter(None, found))


def of_pharmacy(pharmacy: Organisation) -> Iterator[str]:
    """Yield what is known of a pharmacy."""
    address = pharmacy.address
    yield from (pharmacy.name, pharmacy.ods_code, pharmacy.telephone)
    yield from (*address.lines, address.city, address.postcode)


def of_person(who: Professional) -> Iterator[str]:
    """Yield what is known of a person."""
    yield from (who.name.given, who.name.family, f"{who.name.given} {who.name.family}", who.registration)
