# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/groups``."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from ..errors import duplicate, invalid_data, not_found
from ..models.base import Reference
from ..models.group import Group, GroupBody
from ..tenant import EnvironmentState
from .call import Call
from .dependencies import CurrentCall

router = APIRouter(prefix="/v1/environments/{environment}/groups")

_FILTER = {"name": ("eq", "sw"), "id": ("eq",), "population.id": ("eq",)}


@router.get("")
async def list_groups(call: CurrentCall) -> Response:
    """All groups."""
    state = call.nested_environment()
    groups = call.visible(state.groups.values(), lambda one: one.population.id if one.population else None)
    return call.page("groups", groups, lambda one: one.wire(call.api), filterable=_FILTER, maximum=1000)


@router.post("")
async def create_group(call: CurrentCall) -> Response:
    """A new group."""
    state = call.nested_environment()
    call.allow(*call.named("population"))
    body = call.read(GroupBody)
    _check(call, state, body, None)
    now = call.tenant.clock.stamp()
    group = _stored(state, body, call.tenant.ids.object(), now, now)
    return call.created(group.wire(call.api), f"{call.path}/{group.id}")


@router.get("/{group}")
async def read_group(call: CurrentCall) -> Response:
    """One group."""
    return call.ok(_find(call)[1].wire(call.api))


@router.put("/{group}")
async def replace_group(call: CurrentCall) -> Response:
    """Replace; what is not sent is cleared."""
    state, current = _find(call)
    call.allow(*call.named("population"))
    body = call.read(GroupBody)
    _check(call, state, body, current.id)
    group = _stored(state, body, current.id, current.created_at, call.tenant.clock.stamp())
    return call.ok(group.wire(call.api))


@router.delete("/{group}")
async def delete_group(call: CurrentCall) -> Response:
    """Delete; its role assignments and memberships go with it."""
    state, group = _find(call)
    del state.groups[group.id]
    call.tenant.forget_actor(group.id)
    for user in state.users.values():
        if group.id in user.member_of:
            user.member_of.remove(group.id)
    return call.no_content()


def _find(call: Call) -> tuple[EnvironmentState, Group]:
    state = call.nested_environment()
    group = state.groups.get(call.params["group"])
    call.allow(*([group.population.id] if group is not None and group.population is not None else []))
    if group is None:
        raise not_found()
    return state, group


def _stored(state: EnvironmentState, body: GroupBody, id_: str, created_at: str, updated_at: str) -> Group:
    given = {name: value for name, value in body if name in body.model_fields_set and value is not None}
    environment = Reference(id=state.environment.id)
    group = Group.model_construct(
        **given, id=id_, environment=environment, created_at=created_at, updated_at=updated_at
    )
    state.groups[id_] = group
    return group


def _check(call: Call, state: EnvironmentState, body: GroupBody, own_id: str | None) -> None:
    if body.population is not None and body.population.id not in state.populations:
        raise invalid_data("INVALID_VALUE", "The population does not exist.", "population.id")
    if not call.tenant.switches.unique_group_names:
        return
    for one in state.groups.values():  # among those of one population, or of none (inferred)
        if one.name.lower() == body.name.lower() and one.population == body.population and one.id != own_id:
            raise duplicate("name", "A resource with the specified name already exists", one.id)
