# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/groups``."""

from __future__ import annotations

from ..errors import duplicate, invalid_data, not_found
from ..models.base import Reference
from ..models.group import Group, GroupBody
from ..tenant import Directory
from .call import Answer, Call, Routes

ROUTES = Routes()

_FILTER = {"name": ("eq", "sw"), "id": ("eq",), "population.id": ("eq",)}


@ROUTES.on("GET", "/environments/{environment}/groups")
def list_groups(call: Call) -> Answer:
    """All groups."""
    groups = call.visible(call.directory().groups.values(), lambda one: one.population.id if one.population else None)
    return call.page("groups", groups, lambda one: one.wire(call.api), filterable=_FILTER, maximum=1000)


@ROUTES.on("POST", "/environments/{environment}/groups")
def create_group(call: Call) -> Answer:
    """A new group."""
    directory = call.directory()
    call.allow(*call.named("population"))
    body = call.read(GroupBody)
    _check(call, directory, body, None)
    now = call.tenant.clock.stamp()
    group = _stored(directory, body, call.tenant.ids.object(), now, now)
    return Answer(201, group.wire(call.api), call.url(f"{call.path}/{group.id}"))


@ROUTES.on("GET", "/environments/{environment}/groups/{group}")
def read_group(call: Call) -> Answer:
    """One group."""
    return Answer(200, _find(call)[1].wire(call.api))


@ROUTES.on("PUT", "/environments/{environment}/groups/{group}")
def replace_group(call: Call) -> Answer:
    """Replace; what is not sent is cleared."""
    directory, current = _find(call)
    call.allow(*call.named("population"))
    body = call.read(GroupBody)
    _check(call, directory, body, current.id)
    group = _stored(directory, body, current.id, current.created_at, call.tenant.clock.stamp())
    return Answer(200, group.wire(call.api))


@ROUTES.on("DELETE", "/environments/{environment}/groups/{group}")
def delete_group(call: Call) -> Answer:
    """Delete; its role assignments and memberships go with it."""
    directory, group = _find(call)
    del directory.groups[group.id]
    call.tenant.forget_actor(group.id)
    for user in directory.users.values():
        if group.id in user.member_of:
            user.member_of.remove(group.id)
    return Answer(204)


def _find(call: Call) -> tuple[Directory, Group]:
    directory = call.directory()
    group = directory.groups.get(call.params["group"])
    call.allow(*([group.population.id] if group is not None and group.population is not None else []))
    if group is None:
        raise not_found()
    return directory, group


def _stored(directory: Directory, body: GroupBody, id_: str, created_at: str, updated_at: str) -> Group:
    given = {name: value for name, value in body if name in body.model_fields_set and value is not None}
    environment = Reference(id=directory.environment.id)
    group = Group.model_construct(
        **given, id=id_, environment=environment, created_at=created_at, updated_at=updated_at
    )
    directory.groups[id_] = group
    return group


def _check(call: Call, directory: Directory, body: GroupBody, own_id: str | None) -> None:
    if body.population is not None and body.population.id not in directory.populations:
        raise invalid_data("INVALID_VALUE", "The population does not exist.", "population.id")
    if not call.tenant.switches.unique_group_names:
        return
    for one in directory.groups.values():  # among those of one population, or of none (inferred)
        if one.name.lower() == body.name.lower() and one.population == body.population and one.id != own_id:
            raise duplicate("name", "A resource with the specified name already exists", one.id)
