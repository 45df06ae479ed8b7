# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may be in which group, and who is: by being put there, or because groups are nested in each other.

"Groups" and "Nested groups": the members of a nested group are members of the group that it is nested in. Groups may
be nested in a circle; then all of them have the same members. All codes and texts are inferred.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from ..models.group import Group
from ..models.membership import Kind
from ..models.user import User
from ..problem import Problem

Parents = Callable[[str], Sequence[str]]


def groups_of(direct: Iterable[str], parents: Parents) -> dict[str, Kind]:
    """The groups of a member by id, those first in which it was put, then those in which these are nested.

    parents: gives the ids of the groups in which a group was nested.
    """
    found: dict[str, Kind] = dict.fromkeys(direct, "DIRECT")
    waiting = deque(found)
    while waiting:
        for parent in parents(waiting.popleft()):
            if parent not in found:
                found[parent] = "INDIRECT"
                waiting.append(parent)
    return found


def joining_problems(user: User, group: Group, others: Iterable[Group]) -> Iterator[Problem]:
    """What keeps a user from being put into a group; ``others`` are the groups in which the user was put already."""
    if group.population is not None and group.population != user.population:
        yield Problem("INVALID_VALUE", "The group takes users of its own population only.", "id")
    if any(other.name.lower() == group.name.lower() for other in others):
        yield Problem("UNIQUENESS_VIOLATION", "The user is a member of a group of that name already", "id")


def nesting_problems(group: Group, parent: Group) -> Iterator[Problem]:
    """What keeps a group from being nested in another."""
    if group.id == parent.id:
        yield Problem("INVALID_VALUE", "A group cannot be nested in itself.", "id")
    if parent.id in group.member_of:
        yield Problem("UNIQUENESS_VIOLATION", "The group is nested there already", "id")
    if parent.population is not None and parent.population != group.population:
        yield Problem("INVALID_VALUE", "A group of a population takes groups of that population only.", "id")
