# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nests one group in others, whose members its members are then too. This module is private to the collection."""

from __future__ import annotations

import functools
import typing as t
from dataclasses import dataclass

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import ServiceError
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Outcome, Sides, Write
from ansible_collections.idops.pingone.plugins.module_utils._core.preflight import Outlook
from ansible_collections.idops.pingone.plugins.module_utils._resources.survey import reference_to

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.resource import Resource
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

_DIRECT: t.Final = "DIRECT"
_INDIRECT: t.Final = "INDIRECT"
# A group that is nested in another by way of a third may be nested in it directly as well.
_IDENTITY: t.Final = ("id", "type")


@dataclass(frozen=True)
class Nesting:
    """The groups in which a group is nested, and what has to change.

    before: those in which it is nested now, as the service names groups.
    joined, left: those in which it has to be nested, or is to be no more.
    memberships: what is listed of its nestings, by the ids of those groups.
    """

    before: tuple[Wire, ...]
    joined: tuple[Wire, ...]
    left: tuple[Wire, ...]
    memberships: t.Mapping[str, Wire]

    @property
    def changed(self) -> bool:
        """Whether anything has to be written."""
        return bool(self.joined or self.left)

    @property
    def predicted(self) -> Wires:
        """The groups in which it should be nested afterwards."""
        return [group for group in (*self.before, *self.joined) if group not in self.left]

    @property
    def writes(self) -> tuple[Write, ...]:
        """The requests that carry it out, each kind once."""
        joins = (Write("POST"),) if self.joined else ()
        return (*joins, Write("DELETE", "/*")) if self.left else joins

    @property
    def sides(self) -> tuple[Sides, ...]:
        """The nestings that come and go, for later tasks of a dry run that go on from there."""
        gone = [Sides(self.memberships[group["id"]], None, _IDENTITY) for group in self.left]
        return (*gone, *(Sides(None, {"id": group["id"], "type": _DIRECT}, _IDENTITY) for group in self.joined))


def ensure_nesting(
    task: Task, home: Wire, group: Wire, wanted: t.Sequence[Wire], *, exclusive: bool
) -> Outcome[Nesting, Wires]:
    """Nest a group in others, and return all groups in which it is nested then.

    home: the environment of the group.
    wanted: the groups in which it is to be nested.
    exclusive: whether it is taken out of all other groups.

    Raises the client's errors.
    """
    groups, memberships = task.api.groups(home), task.api.group_memberships(home, group)
    with memberships.locked():
        plan = _planned(groups, memberships, wanted, exclusive)
        after = task.apply(plan, _Nestings(memberships, home, group))
    if plan.changed and not task.check_mode:
        # The groups count their members.
        task.client.session_state.forget(groups.path)
    return Outcome(plan, after)


def outlook_of_nesting(task: Task, home: Wire, group: Wire, wanted: t.Sequence[Wire], *, exclusive: bool) -> Outlook:
    """Return what would be refused of what C(ensure_nesting) does. group: it as it would be by then."""
    memberships = task.api.group_memberships(home, group)
    plan = _planned(task.api.groups(home), memberships, wanted, exclusive)
    return task.outlook(plan, _Nestings(memberships, home, group))


def _planned(groups: Resource, memberships: Resource, wanted: t.Sequence[Wire], exclusive: bool) -> Nesting:
    # What follows from a nesting of a nesting cannot be ended here.
    direct = {item["id"]: item for item in memberships.list() if item.get("type") != _INDIRECT}
    known = {item["id"]: item for item in wanted}
    held = [known.get(identifier) or groups.find(identifier) or {"id": identifier} for identifier in direct]
    return plan_nesting(held, list(known.values()), direct, exclusive=exclusive)


def plan_nesting(
    held: t.Sequence[Wire], wanted: t.Sequence[Wire], memberships: t.Mapping[str, Wire], *, exclusive: bool
) -> Nesting:
    """Return what leads from the groups in which a group is nested to those in which it is to be.

    memberships: what is listed of the nestings, by the ids of the groups.
    """
    wanted_ids = {item["id"] for item in wanted}
    return Nesting(
        before=tuple(held),
        joined=tuple(item for item in wanted if item["id"] not in memberships),
        left=tuple(item for item in held if exclusive and item["id"] not in wanted_ids),
        memberships=memberships,
    )


def to_result(groups: t.Iterable[Wire]) -> Wires:
    """Return groups as results name them, in the order of their names."""
    return sorted(map(reference_to, groups), key=lambda item: (item["name"], item["id"]))


class _Nestings:
    """Writes the memberships of one group in others."""

    def __init__(self, memberships: Resource, home: Wire, group: Wire) -> None:
        self.path = memberships.path
        self._memberships = memberships
        self._place = f" in environment '{title(home)}'"
        self._group = title(group)

    def carry_out(self, plan: Nesting) -> Wires:
        """Write, and return the groups in which the group is nested afterwards."""
        for group in plan.joined:
            operation = f"nesting group '{self._group}' in group '{title(group)}'{self._place}"
            try:
                self._memberships.create({"id": group["id"]}, functools.partial(_is, group), operation)
            except ServiceError as error:
                # Another controller may have nested it there since the nestings were listed.
                if not error.is_duplicate or not any(_is(group, item) for item in self._memberships.refresh()):
                    raise
        for group in plan.left:
            operation = f"taking group '{self._group}' out of group '{title(group)}'{self._place}"
            self._memberships.delete(group["id"], operation)
        return plan.predicted


def _is(group: Wire, membership: Wire) -> bool:
    return bool(membership["id"] == group["id"])
