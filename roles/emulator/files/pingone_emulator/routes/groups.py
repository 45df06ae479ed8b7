# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/groups``."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from ..directory import count_users, remove_group, searched, show_groups
from ..errors import invalid_data, not_found
from ..hal import Envelope
from ..models.group import Group, GroupBody
from ..rules import limits
from ..rules.uniqueness import check_name
from ..seeding import new_group, put_group
from ..tenant import EnvironmentState
from .call import Call
from .dependencies import CurrentCall

router = APIRouter(prefix="/v1/environments/{environment}/groups")

_ENVELOPE = Envelope(self_query="sorted")
_FILTER = {
    "name": ("eq", "sw"),
    "id": ("eq",),
    "population.id": ("eq",),
    "externalId": ("eq", "sw"),
    "memberOfGroups[id]": ("eq",),
    "memberOfGroups[type]": ("eq",),
}


@router.get("")
async def list_groups(call: CurrentCall) -> Response:
    """All groups."""
    state = call.nested_environment()
    groups = call.visible(state.groups.values(), lambda one: one.population.id if one.population else None)
    show = show_groups(state, call.api)
    return call.page(
        "groups",
        groups,
        show,
        filterable=_FILTER,
        searched=lambda one: searched(state, one, show(one)),
        maximum=1000,
        envelope=_ENVELOPE,
    )


@router.post("")
async def create_group(call: CurrentCall) -> Response:
    """A new group."""
    state = call.nested_environment()
    call.allow(*call.named("population"))
    body = call.read(GroupBody)
    if call.tenant.switches.limits:
        limits.check_room("groups of an environment", limits.GROUPS, len(state.groups))
    _check(call, state, body, None)
    group = new_group(call.tenant, state, body)
    return call.created(show_groups(state, call.api)(group), f"{call.path}/{group.id}")


@router.get("/{group}")
async def read_group(call: CurrentCall) -> Response:
    """One group, with the number of all its users where that is asked for."""
    state, group = find_group(call)
    document = show_groups(state, call.api)(group)
    if "totalMemberCounts" in call.included():
        document["totalMemberCounts"] = {"users": count_users(state, group)}
    return call.ok(document)


@router.put("/{group}")
async def replace_group(call: CurrentCall) -> Response:
    """Replace; what is not sent is cleared, but for the population, in which a group stays."""
    state, current = find_group(call)
    body = call.read(GroupBody)
    body.population = current.population
    _check(call, state, body, current.id)
    group = put_group(
        state,
        body,
        id=current.id,
        member_of=current.member_of,
        created_at=current.created_at,
        updated_at=call.tenant.clock.stamp(),
    )
    return call.ok(show_groups(state, call.api)(group))


@router.delete("/{group}")
async def delete_group(call: CurrentCall) -> Response:
    """Delete; its role assignments and memberships go with it."""
    state, group = find_group(call)
    remove_group(state, group)
    call.tenant.forget_actor(group.id)
    return call.no_content()


def find_group(call: Call) -> tuple[EnvironmentState, Group]:
    """The group of the path, with its environment. Raises 403 and 404."""
    state = call.nested_environment()
    group = state.groups.get(call.params["group"])
    call.allow(*([group.population.id] if group is not None and group.population is not None else []))
    if group is None:
        raise not_found()
    return state, group


def _check(call: Call, state: EnvironmentState, body: GroupBody, own_id: str | None) -> None:
    if body.population is not None and body.population.id not in state.populations:
        raise invalid_data("INVALID_VALUE", "The population does not exist.", "population.id")
    if not call.tenant.switches.unique_group_names:
        return
    # A name may be used again in another population, but not there and in the environment itself.
    own, everywhere = body.population, None
    rivals = (one for one in state.groups.values() if own is everywhere or one.population in (everywhere, own))
    check_name(rivals, body.name, own_id)
