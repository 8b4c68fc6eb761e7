"""The model of ``resources/people/permissions.toml``."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from digmed_desktop.data_files.fault import Fault, listed
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.model import BY_VALUE, DataModel, Flag, Text
from digmed_desktop.data_files.source import DataSource
from digmed_desktop.messaging.permissions import Permission, WorkRole

PHARMACISTS = frozenset({Permission.FINISH_SUPPLY, Permission.AMEND_REGISTER, Permission.RECORD_REFUSED})
"""Permissions of a pharmacist alone: regulations 224, 225 and 253 of the Human Medicines Regulations 2012 for the first two;
for what the rules refuse, the pharmacist answers."""
_MAY_BE = {WorkRole.MANAGER, WorkRole.PHARMACIST, WorkRole.LOCUM}
"""Roles that a pharmacist can have here."""

FILE = "people/permissions.toml"


def _different(roles: list[WorkRole]) -> list[WorkRole]:
    if len(set(roles)) != len(roles):
        raise ValueError("names a role twice")
    return roles


class WorkRoleRow(DataModel):
    """A role, and what it means."""

    id: Annotated[WorkRole, BY_VALUE]
    label: Text
    means: Text


class PermissionRow(DataModel):
    """A kind of act, who may do it, and why."""

    id: Annotated[Permission, BY_VALUE]
    label: Text
    roles: Annotated[
        list[Annotated[WorkRole, BY_VALUE]],
        AfterValidator(_different),
        Field(description="a list of different roles"),
    ]
    pharmacist: Flag
    reason: Text
    source: Text


class PermissionsFile(DataModel):
    """All roles and all acts."""

    role: list[WorkRoleRow]
    act: list[PermissionRow]


def cross_check(at: At, file: PermissionsFile, _source: DataSource) -> Iterator[Fault]:
    """Yield what stands twice or is missing, and acts that a manager could not answer for."""
    yield from at.twice("role", "id", [row.id for row in file.role])
    yield from at.twice("act", "id", [row.id for row in file.act])
    yield from at.needed("role", {row.id for row in file.role}, list(WorkRole), "role")
    yield from at.needed("act", {row.id for row in file.act}, list(Permission), "act")
    for number, row in enumerate(file.act):
        if WorkRole.MANAGER not in row.roles:
            yield at.fault(("act", number, "roles"), "the manager is missing", '"manager" among the roles')
        if row.id in PHARMACISTS and not row.pharmacist:
            yield at.fault(("act", number, "pharmacist"), "only a pharmacist may do this", "true")
        if row.id in PHARMACISTS and not set(row.roles) <= _MAY_BE:
            wrong = "a role without a pharmacist may not do this"
            yield at.fault(("act", number, "roles"), wrong, f"of {listed(sorted(_MAY_BE))}")


KIND = FileKind(FILE, PermissionsFile, cross_check, Consequence.PART)
