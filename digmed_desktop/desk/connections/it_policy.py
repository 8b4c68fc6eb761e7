"""The administrators' file, its names looked up in the program's data, and what in it leaves something open."""

from collections.abc import Iterator, Mapping
from typing import Any

from digmed_desktop.clinical import own_product
from digmed_desktop.data_files.source import OWN
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.reference import programmes
from digmed_desktop.settings import policy as policy_room
from digmed_desktop.settings.own_product import OwnProduct
from digmed_desktop.settings.policy import Policy
from digmed_desktop.settings.settings import MeshEnvironment


def read() -> Policy:
    """Return the administrators' choices; a name that the program's data does not know is a fault."""
    policy = policy_room.read(policy_room.place())
    for name, expected in tuple(unknown(policy.values)):
        policy = policy.without(name, expected)
    return policy


def data_folder(own: str) -> str | None:
    """Return the folder of newer data files, ``""`` for none, None while a fault of the file leaves that open.

    ``own`` is that of the account's settings. Reads no data file itself.
    """
    policy = policy_room.read(policy_room.place())
    if policy.locks("data_folder"):
        return str(policy.values["data_folder"])
    return None if policy.faults else own


def unknown(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each value with a name that the data does not know: its name in Settings, what is expected."""
    if (agreed := values.get("agreed_programmes")) and _is_whole():
        known = [one.id for one in programmes.agreements()]
        if not set(agreed) <= set(known):
            yield "agreed_programmes", f"a list of vaccinations that can be agreed: {', '.join(known)}"
    if (chosen := values.get("editions")) and (expected := _about_editions(chosen)):
        yield "editions", expected
    if (own := values.get("own_products")) and _is_whole() and (expected := _about_products(own)):
        yield "own_products", expected


def left_open(policy: Policy) -> Iterator[str]:
    """Yield what the file sets by half or to nothing: no fault, but hardly meant without knowing."""
    environment = policy.values.get("mesh_environment")
    if policy.locks("mailbox") and environment is None:
        yield "It sets the mailbox and no environment: nothing goes out from an account that has not chosen its MESH."
    if environment not in (None, MeshEnvironment.NONE) and not policy.locks("mailbox"):
        yield "It sets the environment and no mailbox: each account enters its own in Settings, Connection."
    if policy.values.get("agreed_programmes") == ():
        yield "It agrees no vaccination: every practice gets vaccinations on paper."


def _is_whole() -> bool:
    """Whether every programme was read. Where a file has a fault of its own, that is told, and no name is doubted."""
    from digmed_desktop.reference import programme_file

    return len(programmes.programmes()) == len(list(programme_file.KIND.names(OWN)))


def _about_editions(chosen: Mapping[str, str]) -> str:
    """Return what is expected in the place of the editions chosen, or ``""``."""
    from digmed_desktop.fhir import editions

    kinds = {kind.value: kind for kind in Kind}
    if not set(chosen) <= set(kinds):
        return f"the notifications {' and '.join(kinds)}, each with the id of an edition"
    for workflow, edition in chosen.items():
        known = [one.id for one in editions.all_editions() if one.kind is kinds[workflow]]
        if edition not in known:
            return f"for {workflow} one of the editions {', '.join(known)}"
    return ""


def _about_products(own: tuple[OwnProduct, ...]) -> str:
    """Return what is expected in the place of the pharmacy's own products, or ``""``."""
    kinds, taken = programmes.by_agreement(), dict[str, OwnProduct]()
    for number, one in enumerate(own, 1):
        if one.id in taken:
            return f"another id for product {number}: it appears twice"
        if problems := own_product.problems(one, kinds, taken):
            return (
                f"products as Settings takes them. Product {number}: {problems[0].sentence.removesuffix('.')}"
            )
        taken[one.id] = one
    return ""
