"""Load who may do what from ``resources/people/permissions.toml``."""

from dataclasses import dataclass
from functools import cache

from digmed_desktop.data_files.fault import DataFileError
from digmed_desktop.data_files.source import OWN
from digmed_desktop.messaging.permissions import Permission, WorkRole


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of act in words, the roles that may do it, and whether it takes a pharmacist by profession."""

    label: str
    roles: frozenset[WorkRole]
    pharmacist: bool


@cache
def rules() -> dict[Permission, Rule]:
    """Return the table; empty where its file has a fault, so that nobody may do anything."""
    from digmed_desktop.reference.permissions_file import FILE, PermissionsFile

    try:
        file = OWN.read(FILE, PermissionsFile)
    except DataFileError:
        return {}
    return {row.id: Rule(row.label, frozenset(row.roles), row.pharmacist) for row in file.act}


@cache
def labels() -> dict[WorkRole, str]:
    """Return what each role is called."""
    from digmed_desktop.reference.permissions_file import FILE, PermissionsFile

    try:
        file = OWN.read(FILE, PermissionsFile)
    except DataFileError:
        return {}
    return {row.id: row.label for row in file.role}
