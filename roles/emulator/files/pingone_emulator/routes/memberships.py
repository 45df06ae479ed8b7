# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/memberOfGroups`` of users and of groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from ..directory import leave, memberships, show_groups
from ..errors import invalid_data, not_found
from ..models.base import Reference
from ..models.group import Group
from ..models.membership import Membership
from ..models.user import User
from ..problem import Problem, Refused
from ..rules import limits
from ..rules.memberships import joining_problems, nesting_problems
from ..tenant import EnvironmentState
from .call import Call
from .dependencies import CurrentCall
from .groups import find_group
from .users import find_user

router = APIRouter(prefix="/v1/environments/{environment}")

_FILTER = {"id": ("eq",), "type": ("eq",)}


@router.get("/users/{user}/memberOfGroups")
async def list_groups_of_user(call: CurrentCall) -> Response:
    """The groups of the user."""
    return _listed(call, *find_user(call))


@router.post("/users/{user}/memberOfGroups")
async def join_group(call: CurrentCall) -> Response:
    """Put the user into a group."""
    state, user = find_user(call)
    group = _named(call, state)
    if call.tenant.switches.limits:
        limits.check_room("groups of a user", limits.MEMBERSHIPS, len(user.member_of))
    others = (state.groups[id_] for id_ in user.member_of)
    return _added(call, user, group, joining_problems(user, group, others))


@router.get("/users/{user}/memberOfGroups/{group}")
async def read_group_of_user(call: CurrentCall) -> Response:
    """One group of the user."""
    state, user = find_user(call)
    return call.ok(_shown(call, state, _find(call, state, user, call.params["group"])))


@router.delete("/users/{user}/memberOfGroups/{group}")
async def leave_group(call: CurrentCall) -> Response:
    """Take the user out of a group."""
    return _left(call, find_user(call)[1], call.params["group"])


@router.get("/groups/{group}/memberOfGroups")
async def list_groups_of_group(call: CurrentCall) -> Response:
    """The groups in which the group is nested."""
    return _listed(call, *find_group(call))


@router.post("/groups/{group}/memberOfGroups")
async def nest_group(call: CurrentCall) -> Response:
    """Nest the group in another."""
    state, group = find_group(call)
    parent = _named(call, state)
    if call.tenant.switches.limits:
        nested = sum(parent.id in one.member_of for one in state.groups.values())
        limits.check_room("groups in a group", limits.NESTED_GROUPS, nested)
    return _added(call, group, parent, nesting_problems(group, parent))


@router.get("/groups/{group}/memberOfGroups/{parent}")
async def read_group_of_group(call: CurrentCall) -> Response:
    """One group in which the group is nested."""
    state, group = find_group(call)
    return call.ok(_shown(call, state, _find(call, state, group, call.params["parent"])))


@router.delete("/groups/{group}/memberOfGroups/{parent}")
async def release_group(call: CurrentCall) -> Response:
    """Nest the group no more in another."""
    return _left(call, find_group(call)[1], call.params["parent"])


def _listed(call: Call, state: EnvironmentState, member: User | Group) -> Response:
    return call.page(
        "groupMemberships",
        memberships(state, member),
        lambda one: _shown(call, state, one),
        filterable=_FILTER,
    )


def _named(call: Call, state: EnvironmentState) -> Group:
    group = state.groups.get(call.read(Reference).id)
    if group is None:
        raise invalid_data("INVALID_VALUE", "The group does not exist.", "id")
    return group


def _added(call: Call, member: User | Group, group: Group, problems: Iterator[Problem]) -> Response:
    found = list(problems)
    if found:
        raise Refused(found)
    member.member_of = [*member.member_of, group.id]
    membership = Membership(member=member, group=group, type="DIRECT")
    return call.created(membership.wire(call.api), f"{call.path}/{group.id}")


def _find(call: Call, state: EnvironmentState, member: User | Group, group_id: str) -> Membership:
    for one in memberships(state, member):
        if one.group.id == group_id:
            return one
    raise not_found()


def _left(call: Call, member: User | Group, group_id: str) -> Response:
    """What follows from nesting cannot be ended here (that it is not found is inferred)."""
    if group_id not in member.member_of:
        raise not_found()
    leave(member, group_id)
    return call.no_content()


def _shown(call: Call, state: EnvironmentState, membership: Membership) -> dict[str, Any]:
    document = membership.wire(call.api)
    if "group" in call.expanded():
        document["_embedded"] = {"group": show_groups(state, call.api)(membership.group)}
    return document
