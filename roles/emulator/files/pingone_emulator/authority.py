# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what in a tenant: the rules, applied to its state."""

from __future__ import annotations

from .faults import Lateness
from .models.application import Application
from .models.role import CustomRole, PlatformRole, RoleAssignment, RoleAssignmentBody, Scope
from .tenant import Tenant


def role(tenant: Tenant, role_id: str) -> PlatformRole | CustomRole | None:
    """A role of the platform or of any environment."""
    return tenant.platform_roles.get(role_id) or tenant.custom_role(role_id)


def place_of(tenant: Tenant, scope: Scope) -> tuple[str, ...] | None:
    """The chain from the organization down to the scope, or None when there is no such place."""
    organization = tenant.organization.id
    if scope.type == "ORGANIZATION":
        return (organization,) if scope.id == organization else None
    for environment_id, directory in tenant.environments.items():
        if scope.type == "ENVIRONMENT" and scope.id == environment_id:
            return (organization, environment_id)
        if scope.type == "POPULATION" and scope.id in directory.populations:
            return (organization, environment_id, scope.id)
        if scope.type == "APPLICATION" and scope.id in directory.applications:
            return (organization, environment_id, scope.id)
    return None


def allows(
    tenant: Tenant,
    late: Lateness,
    caller: Application,
    permission: str,
    environment: str | None,
    population: str | None = None,
    application: str | None = None,
) -> bool:
    """Whether a role of the caller holds the permission at the place."""
    return bool(tenant.assignments.get(caller.id))


def holds_anywhere(tenant: Tenant, late: Lateness, caller: Application, permission: str) -> bool:
    """Whether any role of the caller holds the permission, wherever."""
    return bool(tenant.assignments.get(caller.id))


def may_assign(
    tenant: Tenant, late: Lateness, caller: Application, wanted: PlatformRole | CustomRole, scope: Scope
) -> bool:
    """Whether the caller may give the role at the scope."""
    return True


def read_only(tenant: Tenant, late: Lateness, caller: Application, assignment: RoleAssignment) -> bool:
    """Whether the caller may not remove the assignment."""
    return False


def covered(tenant: Tenant, actor_id: str, wanted: RoleAssignmentBody) -> bool:
    """Whether the actor holds the role already, at the scope or a broader one."""
    place = place_of(tenant, wanted.scope) or ()
    return any(
        held.role.id == wanted.role.id and held.scope.id in place for held in tenant.assignments_of(actor_id)
    )


def platform_roles() -> dict[str, PlatformRole]:
    """The roles of the platform by id."""
    import uuid

    from .models.role import Permission

    known = {
        "Organization Admin": ["ORGANIZATION"],
        "Environment Admin": ["ORGANIZATION", "ENVIRONMENT"],
        "Identity Data Admin": ["ENVIRONMENT", "POPULATION"],
        "Identity Data Read Only": ["ENVIRONMENT", "POPULATION"],
        "Client Application Developer": ["ENVIRONMENT"],
        "Configuration Read Only": ["ORGANIZATION", "ENVIRONMENT"],
        "DaVinci Admin": ["ORGANIZATION", "ENVIRONMENT"],
        "DaVinci Admin Read Only": ["ORGANIZATION", "ENVIRONMENT"],
        "Application Owner": ["ENVIRONMENT", "APPLICATION"],
    }
    ids = {
        "Environment Admin": "29ddce68-cd7f-4b2a-b6fc-f7a19553b496",
        "Identity Data Admin": "0bd9c966-7664-4ac1-b059-0ff9293908e2",
    }
    roles = {}
    for name, scopes in known.items():
        id_ = ids.get(name, str(uuid.uuid5(uuid.NAMESPACE_URL, name)))
        permission = Permission(id="orgmgt:read:environment", classifier="Read", description="Read environments")
        roles[id_] = PlatformRole(id=id_, name=name, description=name, applicable_to=scopes, permissions=[permission])
    return roles
