# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what in a tenant: the rules, applied to its state."""

from __future__ import annotations

from collections.abc import Iterator

from .faults import Lateness
from .models.application import Application
from .models.role import CustomRole, PlatformRole
from .models.role_assignment import RoleAssignment, RoleAssignmentBody, Scope
from .rules import catalogue, permissions, propagation, scopes
from .tenant import Tenant
from .times import instant

AnyRole = PlatformRole | CustomRole


def role(tenant: Tenant, role_id: str) -> AnyRole | None:
    """A role of the platform or of any environment."""
    return tenant.platform_roles.get(role_id) or tenant.custom_role(role_id)


def permission_exists(tenant: Tenant, permission_id: str) -> bool:
    """Whether a role of the platform holds the permission, so that a custom role may hold it too."""
    return any(permission_id in role.permission_ids for role in _platform(tenant).values())


def assigners_shown(tenant: Tenant, role_id: str) -> list[str]:
    """The other platform roles that the API says assign a platform role."""
    return [role.id for role in _platform(tenant).values() if role_id in role.can_assign]


def place_of(tenant: Tenant, scope: Scope) -> scopes.Place | None:
    """The chain from the organization down to the scope, or None when there is no such place."""
    organization = tenant.organization.id
    if scope.type == "ORGANIZATION":
        return (organization,) if scope.id == organization else None
    if scope.type == "ENVIRONMENT":
        return (organization, scope.id) if scope.id in tenant.environments else None
    for environment_id, state in tenant.environments.items():
        inside = state.populations if scope.type == "POPULATION" else state.applications
        if scope.id in inside:
            return (organization, environment_id, scope.id)
    return None


def allows(tenant: Tenant, late: Lateness, caller: Application, permission: str, *below: str) -> bool:
    """Whether a role of the caller gives the permission at the organization, or at the place below it."""
    place = (tenant.organization.id, *below)
    return permissions.is_allowed(_held(tenant, late, caller), permission, place)


def holds_anywhere(tenant: Tenant, late: Lateness, caller: Application, permission: str) -> bool:
    """Whether any role of the caller gives the permission, wherever."""
    return permissions.holds_anywhere(_held(tenant, late, caller), permission)


def may_assign(tenant: Tenant, late: Lateness, caller: Application, wanted: AnyRole, place: scopes.Place) -> bool:
    """Whether the caller may give the role at the place."""
    return permissions.may_assign(_held(tenant, late, caller), _assigners(tenant, wanted), place)


def read_only(tenant: Tenant, late: Lateness, caller: Application, assignment: RoleAssignment) -> bool:
    """Whether the caller may not remove the assignment."""
    place = place_of(tenant, assignment.scope) or ()
    held_role = role(tenant, assignment.role.id)
    assigners = _assigners(tenant, held_role) if held_role else frozenset[str]()
    is_self = assignment.actor_id == caller.id
    return permissions.read_only(_held(tenant, late, caller), assigners, place, is_self=is_self)


def includes(tenant: Tenant, late: Lateness, caller: Application, worker: Application) -> bool:
    """Whether the roles of the caller allow all that the roles of a worker allow."""
    others = [
        (_permissions(tenant, one.role.id), place_of(tenant, one.scope) or ())
        for one in tenant.assignments_of(worker.id)
    ]
    return permissions.includes(list(_held(tenant, late, caller)), others)


def covered(tenant: Tenant, actor_id: str, wanted: RoleAssignmentBody, place: scopes.Place) -> bool:
    """Whether the actor holds the role already, at the same or a broader scope."""
    held = ((one.role.id, one.scope.id) for one in tenant.assignments_of(actor_id))
    return scopes.is_duplicate(held, wanted.role.id, place)


def _held(tenant: Tenant, late: Lateness, caller: Application) -> Iterator[permissions.Held]:
    """The roles of the caller that have arrived everywhere."""
    for one in tenant.assignments_of(caller.id):
        if late.role and propagation.is_late(instant(one.created_at), tenant.clock.now(), late.role):
            continue
        yield permissions.Held(one.role.id, _permissions(tenant, one.role.id), one.scope.id)


def _platform(tenant: Tenant) -> dict[str, catalogue.Role]:
    return catalogue.platform_roles(tenant.api_date, tenant.role_switches)


def _assigners(tenant: Tenant, wanted: AnyRole) -> frozenset[str]:
    """The roles whose holders may assign the role."""
    if isinstance(wanted, CustomRole):
        return permissions.assigners_of_custom(wanted.id, (one.id for one in wanted.can_be_assigned_by))
    return _platform(tenant)[wanted.id].assigned_by


def _permissions(tenant: Tenant, role_id: str) -> frozenset[str]:
    platform = _platform(tenant)
    if role_id in platform:
        return platform[role_id].permission_ids
    custom = tenant.custom_role(role_id)
    return frozenset(one.id for one in custom.permissions) if custom else frozenset()
