"""The answers of first run for the fictional pharmacy of practice mode."""

from digmed_desktop.clinical.record import Organisation
from digmed_desktop.demo.world import FictionalPerson


def first_run_answers(pharmacy: Organisation, person: FictionalPerson) -> dict[str, str]:
    """Return the answers of first run for the fictional pharmacy and one of its people."""
    return {
        "pharmacy.name": pharmacy.name,
        "pharmacy.ods_code": pharmacy.ods_code,
        "pharmacy.telephone": pharmacy.telephone,
        "pharmacy.address_lines": "\n".join(pharmacy.address.lines),
        "pharmacy.city": pharmacy.address.city,
        "pharmacy.postcode": pharmacy.address.postcode,
        **person_answers(person),
    }


def person_answers(person: FictionalPerson) -> dict[str, str]:
    """Return the answers about one fictional person."""
    return {
        "person.given": person.name.given,
        "person.family": person.name.family,
        "person.role": person.role,
        "person.regulator": person.regulator.value,
        "person.registration": person.registration,
        "person.pin": person.pin,
        "person.pin_again": person.pin,
    }
