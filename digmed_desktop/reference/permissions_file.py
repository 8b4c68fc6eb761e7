"""The model of ``resources/people/permissions.toml``."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from digmed_desktop.data_files.fault import Fault
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.model import BY_VALUE, DataModel, Flag, Text
from digmed_desktop.data_files.source import DataSource
from digmed_desktop.messaging.permissions import Permission, WorkRole

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


KIND = FileKind(FILE, PermissionsFile, cross_check, Consequence.PART)
