# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/roles``, and the custom roles of an environment."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from .. import access
from ..errors import ApiError, invalid_data, not_found, request_failed
from ..hal import Envelope
from ..models.base import Reference
from ..models.role import CustomRole, CustomRoleBody, PlatformRole
from ..tenant import EnvironmentState
from .call import Call
from .dependencies import CurrentCall

router = APIRouter(prefix="/v1")

_ENVELOPE = Envelope(self_query="none", has_limit=False)  # of the roles of the platform
_FILTER = {"type": ("eq",)}


@router.get("/roles")
async def list_platform_roles(call: CurrentCall) -> Response:
    """The roles that the platform brings."""
    _check_right_to_platform_roles(call)
    return call.page("roles", call.tenant.platform_roles.values(), lambda one: one.wire(call.api), envelope=_ENVELOPE)


@router.get("/roles/{role}")
async def read_platform_role(call: CurrentCall) -> Response:
    """One of them."""
    _check_right_to_platform_roles(call)
    role = call.tenant.platform_roles.get(call.params["role"])
    if role is None:
        raise not_found(f"Role not found for id: {call.params['role']} and environmentId: {call.caller.environment.id}")
    return call.ok(role.wire(call.api))


@router.get("/environments/{environment}/roles")
async def list_roles(call: CurrentCall) -> Response:
    """The custom roles of the environment, and those of the platform."""
    state = call.environment()
    roles: list[PlatformRole | CustomRole] = [*state.roles.values(), *call.tenant.platform_roles.values()]
    return call.page("roles", roles, lambda one: _shown(call, state, one), filterable=_FILTER)


@router.post("/environments/{environment}/roles")
async def create_role(call: CurrentCall) -> Response:
    """A new custom role."""
    state = call.environment()
    body = call.read(CustomRoleBody)
    _check(call, state, body)
    now = call.tenant.clock.stamp()
    role = _stored(state, body, call.tenant.ids.object(), now, now)
    state.roles[role.id] = role
    return call.created(_shown(call, state, role), f"{call.path}/{role.id}")


@router.get("/environments/{environment}/roles/{role}")
async def read_role(call: CurrentCall) -> Response:
    """A custom role of the environment, or a role of the platform."""
    state = call.environment()
    role = state.roles.get(call.params["role"]) or call.tenant.platform_roles.get(call.params["role"])
    if role is None:
        raise _unknown(call)
    return call.ok(_shown(call, state, role))


@router.put("/environments/{environment}/roles/{role}")
async def replace_role(call: CurrentCall) -> Response:
    """Replace a custom role."""
    state = call.environment()
    current = _custom(call, state)
    body = call.read(CustomRoleBody)
    _check(call, state, body)
    role = _stored(state, body, current.id, current.created_at, call.tenant.clock.stamp())
    state.roles[role.id] = role
    return call.ok(_shown(call, state, role))


@router.delete("/environments/{environment}/roles/{role}")
async def delete_role(call: CurrentCall) -> Response:
    """Delete a custom role; its assignments go with it (inferred)."""
    state = call.environment()
    role = _custom(call, state)
    held = [one for by_id in call.tenant.assignments.values() for one in by_id.values() if one.role.id == role.id]
    if held and not call.tenant.switches.delete_assigned_role:
        raise request_failed("The role is assigned.")
    for one in held:
        del call.tenant.assignments[one.actor_id][one.id]
    del state.roles[role.id]
    for other in state.roles.values():
        other.can_be_assigned_by = [one for one in other.can_be_assigned_by if one.id != role.id]
    return call.no_content()


def _check_right_to_platform_roles(call: Call) -> None:
    """The permission is needed at the organization (inferred), or, by a switch, wherever."""
    anywhere = call.tenant.switches.platform_roles_anywhere
    if not (anywhere and access.holds_anywhere(call.tenant, call.late, call.caller, call.permission)):
        call.organization()


def _unknown(call: Call) -> ApiError:
    return not_found(
        f"There is no role with id {call.params['role']} in environment with id {call.params['environment']}"
    )


def _custom(call: Call, state: EnvironmentState) -> CustomRole:
    role = state.roles.get(call.params["role"])
    if role is None:
        raise _unknown(call)
    return role


def _stored(
    state: EnvironmentState, body: CustomRoleBody, role_id: str, created_at: str, updated_at: str
) -> CustomRole:
    given = {name: value for name, value in body if name in body.model_fields_set and value is not None}
    return CustomRole.model_construct(
        **given,
        id=role_id,
        environment=Reference(id=state.environment.id),
        created_at=created_at,
        updated_at=updated_at,
    )


def _check(call: Call, state: EnvironmentState, body: CustomRoleBody) -> None:
    for index, permission in enumerate(body.permissions):
        if not access.permission_exists(call.tenant, permission.id):
            raise invalid_data("INVALID_VALUE", f"There is no permission {permission.id}", f"permissions[{index}].id")
    for index, role in enumerate(body.can_be_assigned_by):
        if role.id not in call.tenant.platform_roles and role.id not in state.roles:
            raise invalid_data("INVALID_VALUE", f"There is no role with id {role.id}", f"canBeAssignedBy[{index}].id")


def _shown(call: Call, state: EnvironmentState, role: PlatformRole | CustomRole) -> dict[str, Any]:
    """A role as the environment lists it: with the roles that assign it, and those that it assigns, if any."""
    can_assign = [
        other.id
        for other in state.roles.values()
        if any(one.id == role.id for one in other.can_be_assigned_by)
        and not call.is_late(call.late.assigner, other.updated_at)
    ]
    if isinstance(role, CustomRole):
        return role.wire(call.api, can_assign)
    document = role.wire(call.api)
    if can_assign:
        document["canAssign"] = [*document.get("canAssign", []), *({"id": one} for one in can_assign)]
    # That a role of the platform says who assigns it is (inferred): the vendor's model has the member for both kinds.
    document["canBeAssignedBy"] = [{"id": one} for one in access.assigners_shown(call.tenant, role.id)]
    return document
