# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps that lead from the roles that a principal has to those that are wanted, without the service.

This module is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Sides, Write
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import Grant

# The members by which an assignment is recognised once it was created.
_IDENTITY: t.Final = ("role", "scope")


@dataclass(frozen=True)
class Add:
    """Assign a role."""

    grant: Grant


@dataclass(frozen=True)
class Remove:
    """Take a role away."""

    grant: Grant


@dataclass(frozen=True)
class Exchange:
    """Let broad grants give way to narrower ones of the same role, which PingOne refuses beside them.

    broad: the narrowest first. PingOne takes them back in this order only, because it refuses what is covered already.
    """

    broad: tuple[Grant, ...]
    narrow: tuple[Grant, ...]


Step: t.TypeAlias = "Add | Exchange | Remove"


@dataclass(frozen=True)
class RoleSetPlan:
    """What leads from the grants that exist to those that are wanted.

    steps: in the order in which they are carried out: what is added comes before what is removed.
    before: the grants that exist.
    predicted: those that should exist afterwards.
    covered: wanted grants that a broader one makes superfluous, with that one.
    """

    steps: tuple[Step, ...] = ()
    before: tuple[Grant, ...] = ()
    predicted: tuple[Grant, ...] = ()
    covered: tuple[tuple[Grant, Grant], ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything has to be written."""
        return bool(self.steps)

    @property
    def sides(self) -> tuple[Sides, ...]:
        """The assignments that come and go, for later tasks of a dry run that go on from there."""
        gone = [Sides(grant.to_api(), None, _IDENTITY) for grant in self.removed]
        return (*gone, *(Sides(None, grant.to_api(), _IDENTITY) for grant in self.added))

    @property
    def writes(self) -> tuple[Write, ...]:
        """The requests that carry it out, each kind once."""
        gives = any(not isinstance(step, Remove) for step in self.steps)
        takes = any(not isinstance(step, Add) for step in self.steps)
        return ((Write("POST"),) if gives else ()) + ((Write("DELETE", "/*"),) if takes else ())

    @property
    def added(self) -> tuple[Grant, ...]:
        """All grants that will be there anew."""
        return tuple(grant for grant in self.predicted if grant not in self.before)

    @property
    def removed(self) -> tuple[Grant, ...]:
        """All grants that will be gone."""
        return tuple(grant for grant in self.before if grant not in self.predicted)

    @property
    def kept(self) -> tuple[Grant, ...]:
        """All grants that exist and stay."""
        return tuple(grant for grant in self.before if grant in self.predicted)


def plan_present(
    current: t.Sequence[Grant],
    wanted: t.Sequence[Grant],
    exclusive: bool,
    predict: t.Callable[[Grant], Grant] = lambda grant: grant,
) -> RoleSetPlan:
    """Return what makes the wanted grants hold, and with exclusive nothing else.

    wanted: without repetitions, and without one that covers another (redundant tells).
    predict: returns a grant with the id that a dry run gives to its assignment.
    """
    missing = [grant for grant in wanted if grant not in current]
    if exclusive:
        covered: list[tuple[Grant, Grant]] = []
        surplus = [grant for grant in current if grant not in wanted]
    else:
        covered = [(grant, broad) for grant in missing for broad in _covering(current, grant)[-1:]]
        missing = [grant for grant in missing if not _covering(current, grant)]
        surplus = []
    exchanges = _exchanges(surplus, missing)
    exchanged = {grant for exchange in exchanges for grant in exchange.broad + exchange.narrow}
    steps: list[Step] = [Add(grant) for grant in missing if grant not in exchanged]
    steps += exchanges
    steps += [Remove(grant) for grant in surplus if grant not in exchanged]
    kept = [grant for grant in current if grant not in surplus]
    return RoleSetPlan(tuple(steps), tuple(current), (*kept, *map(predict, missing)), tuple(covered))


def _exchanges(surplus: t.Sequence[Grant], missing: t.Sequence[Grant]) -> list[Exchange]:
    """Return an exchange for each role of which a surplus grant covers a missing one."""
    exchanges = []
    for role in {grant.role: None for grant in missing}:
        narrow = [grant for grant in missing if grant.role == role and _covering(surplus, grant)]
        broad = [grant for grant in surplus if any(grant.covers(other) for other in narrow)]
        if narrow:
            exchanges.append(Exchange(tuple(_narrowest_first(broad)), tuple(narrow)))
    return exchanges


def _covering(grants: t.Sequence[Grant], grant: Grant) -> list[Grant]:
    """Return the grants that cover one, the broadest last."""
    return _narrowest_first([other for other in grants if other.covers(grant)])


def _narrowest_first(grants: t.Sequence[Grant]) -> list[Grant]:
    return sorted(grants, key=lambda grant: sum(grant.covers(other) for other in grants))


def plan_absent(current: t.Sequence[Grant], unwanted: t.Sequence[Grant]) -> RoleSetPlan:
    """Return what removes grants; one that only a broader grant covers is told as covered, and stays."""
    left = [grant for grant in current if grant not in unwanted]
    covered = [(grant, broad) for grant in unwanted for broad in left if grant not in current and broad.covers(grant)]
    steps = tuple(Remove(grant) for grant in current if grant in unwanted)
    return RoleSetPlan(steps, tuple(current), tuple(left), tuple(covered))
