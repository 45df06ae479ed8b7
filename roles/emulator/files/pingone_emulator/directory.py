# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is in which group of an environment: the rules, applied to its state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from .models.base import Reference
from .models.group import Group
from .models.membership import Kind, Membership
from .models.user import User
from .rules.memberships import groups_of
from .tenant import EnvironmentState


def memberships(state: EnvironmentState, member: User | Group) -> list[Membership]:
    """The groups in which a user or group is, directly and otherwise, without the group itself."""
    return [
        Membership(member=member, group=state.groups[id_], type=kind) for id_, kind in _groups_of(state, member).items()
    ]


def show_groups(state: EnvironmentState, api: str) -> Callable[[Group], dict[str, Any]]:
    """Gives groups as the API shows them; their direct members are counted once for all."""
    users = Counter(id_ for user in state.users.values() for id_ in user.member_of)
    groups = Counter(id_ for group in state.groups.values() for id_ in group.member_of)
    return lambda one: one.wire(api, users[one.id], groups[one.id])


def count_users(state: EnvironmentState, group: Group) -> int:
    """How many users are in a group, or in a group that is nested in it."""
    inside = {group.id} | {one.id for one in state.groups.values() if group.id in _groups_of(state, one)}
    return sum(not inside.isdisjoint(user.member_of) for user in state.users.values())


def searched(state: EnvironmentState, member: User | Group, shown: dict[str, Any]) -> dict[str, Any]:
    """What a filter looks at: what is shown, and the groups."""
    groups = [{"id": id_, "type": kind} for id_, kind in _groups_of(state, member).items()]
    return {**shown, "memberOfGroups": groups}


def _groups_of(state: EnvironmentState, member: User | Group) -> dict[str, Kind]:
    found = groups_of(member.member_of, lambda id_: state.groups[id_].member_of)
    found.pop(member.id, None)  # a group that is nested in a circle
    return found


def remove_group(state: EnvironmentState, group: Group) -> None:
    """Delete a group; nobody is in it any more."""
    del state.groups[group.id]
    members: list[User | Group] = [*state.users.values(), *state.groups.values()]
    for member in members:
        leave(member, group.id)


def leave(member: User | Group, group_id: str) -> None:
    """Take a user or group out of a group."""
    member.member_of = [id_ for id_ in member.member_of if id_ != group_id]


def move(state: EnvironmentState, user: User, population_id: str) -> None:
    """Move a user to another population; it leaves the groups of the former one."""
    former = user.population
    user.population = Reference(id=population_id)
    for id_ in list(user.member_of):
        if former is not None and former != user.population and state.groups[id_].population == former:
            leave(user, id_)
