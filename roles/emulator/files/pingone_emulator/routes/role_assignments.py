# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``roleAssignments`` of applications, users, groups and gateways."""

from __future__ import annotations

from typing import Any, get_args

from fastapi import APIRouter
from starlette.responses import Response

from .. import access
from ..directory import memberships
from ..errors import ApiError, duplicate, invalid_data, not_found
from ..models.application import Application, OtherApplication
from ..models.role_assignment import ActorKind, RoleAssignment, RoleAssignmentBody
from ..rules import limits, scopes
from ..seeding import assign
from .call import Call
from .dependencies import CurrentCall

router = APIRouter(prefix="/v1/environments/{environment}")


def _add_routes(kind: ActorKind) -> None:
    path = f"/{kind}/{{{kind[:-1]}}}/roleAssignments"

    @router.get(path)
    async def list_assignments(call: CurrentCall) -> Response:
        """The roles that the actor holds; for a user also those of its groups, which name the group."""
        held = _held(call, kind, _actor(call, kind))
        return call.page("roleAssignments", held, lambda one: _shown(call, kind, one))

    @router.post(path)
    async def create_assignment(call: CurrentCall) -> Response:
        """Assign a role: first the pair of role and scope is checked, then the caller's rights, then duplicates."""
        actor_id = _actor(call, kind)
        body = call.read(RoleAssignmentBody)
        role = access.role(call.tenant, body.role.id)
        place = access.place_of(call.tenant, body.scope)
        if role is None:
            raise invalid_data("INVALID_VALUE", f"There is no role with id {body.role.id}", "role")
        if not scopes.compatible(role.applicable_to, body.scope.type) or place is None:
            raise invalid_data("INVALID_VALUE", "The role cannot be assigned at the scope.", "scope")
        if not access.may_assign(call.tenant, call.late, call.caller, role, place):
            raise invalid_data("INVALID_VALUE", "Must have role at the same or broader scope", "role")
        if access.covered(call.tenant, actor_id, body, place):
            raise duplicate("role", "May not assign duplicate Role")
        if call.tenant.switches.limits:
            held = call.tenant.assignments_of(actor_id)
            limits.check_room("role assignments of an actor", limits.ASSIGNMENTS, len(held))
        assignment = assign(call.tenant, call.params["environment"], kind, actor_id, body.role.id, body.scope)
        return call.created(_shown(call, kind, assignment), f"{call.path}/{assignment.id}")

    @router.get(path + "/{roleAssignment}")
    async def read_assignment(call: CurrentCall) -> Response:
        """One assignment."""
        return call.ok(_shown(call, kind, _find(call, kind)))

    @router.delete(path + "/{roleAssignment}")
    async def delete_assignment(call: CurrentCall) -> Response:
        """Take a role away, unless it is read only to the caller."""
        assignment = _find(call, kind)
        if _read_only(call, kind, assignment):
            message = f"Role assignment {assignment.id} cannot be deleted as it is read only"
            raise ApiError(400, "REQUEST_FAILED", message)
        del call.tenant.assignments[assignment.actor_id][assignment.id]
        return call.no_content()


for _kind in get_args(ActorKind):
    _add_routes(_kind)


def _actor(call: Call, kind: ActorKind) -> str:
    actor_id = call.params[kind[:-1]]
    below = [actor_id] if kind == "applications" else []
    actor = call.environment(*below).actors(kind).get(actor_id)
    if actor is None:
        raise not_found()
    if isinstance(actor, Application | OtherApplication) and actor.protocol not in ("OPENID_CONNECT", "SAML"):
        raise not_found()
    return actor_id


def _find(call: Call, kind: ActorKind) -> RoleAssignment:
    for assignment in _held(call, kind, _actor(call, kind)):
        if assignment.id == call.params["roleAssignment"]:
            return assignment
    raise not_found()


def _held(call: Call, kind: ActorKind, actor_id: str) -> list[RoleAssignment]:
    tenant = call.tenant
    state = tenant.environments[call.params["environment"]]
    groups = memberships(state, state.users[actor_id]) if kind == "users" else []
    return [one for id_ in (actor_id, *(one.group.id for one in groups)) for one in tenant.assignments_of(id_)]


def _read_only(call: Call, kind: ActorKind, assignment: RoleAssignment) -> bool:
    """What the caller may not remove here: of a group, at one of its users; not yet known everywhere; too powerful."""
    return (
        assignment.actor_kind != kind
        or call.is_late(call.late.role, assignment.created_at)
        or access.read_only(call.tenant, call.late, call.caller, assignment)
    )


def _shown(call: Call, kind: ActorKind, assignment: RoleAssignment) -> dict[str, Any]:
    return assignment.wire(call.api, _read_only(call, kind, assignment))
