# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Admin roles and where they apply: which assignment covers which, what has to change, and who may do it.

Nothing here talks to the service. This module is private to the collection.

Source of what a scope covers and of the rule for assigning: PingOne's pages on administrator roles and on role
assignments. Which role may have which scope, and which roles its holders assign, the service says itself.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire

ORGANIZATION: t.Final = "ORGANIZATION"
ENVIRONMENT: t.Final = "ENVIRONMENT"
POPULATION: t.Final = "POPULATION"
APPLICATION: t.Final = "APPLICATION"


@dataclass(frozen=True)
class Scope:
    """Where a role applies.

    type, id: as the service has them.
    environment_id: the environment of a population or application, where it is known.
    name: for people; takes no part in comparisons.
    """

    type: str
    id: str
    environment_id: str | None = field(default=None, compare=False)
    name: str | None = field(default=None, compare=False)

    def covers(self, other: Scope) -> bool:
        """Tell whether a role at this scope reaches all that it reaches at the other: the same, or a broader one."""
        if self == other or (self.type == ORGANIZATION and other.type != ORGANIZATION):
            return True
        return self.type == ENVIRONMENT and other.environment_id == self.id

    def body(self) -> Wire:
        """Return the scope as a request has it."""
        return {"id": self.id, "type": self.type}

    def title(self) -> str:
        """Return the scope in words, for sentences and diffs."""
        return f"{self.type.lower()} {self.name or self.id}"


@dataclass(frozen=True)
class Role:
    """A role, as the service describes it.

    applicable_to: the types of scope that it may have; empty when not known.
    can_assign: the ids of the other roles that its holders may assign; None when not known.
    assigned_by: the ids of the roles whose holders may assign it.
    """

    id: str
    name: str
    applicable_to: tuple[str, ...] = field(default=(), compare=False)
    can_assign: tuple[str, ...] | None = field(default=None, compare=False)
    assigned_by: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Grant:
    """A role at a scope; with an id when it is an assignment that exists."""

    role: Role
    scope: Scope
    id: str | None = field(default=None, compare=False)
    read_only: bool = field(default=False, compare=False)

    def covers(self, other: Grant) -> bool:
        """Tell whether this one makes the other superfluous."""
        return self.role.id == other.role.id and self.scope.covers(other.scope)

    def body(self) -> Wire:
        """Return the grant as a request has it."""
        return {"role": {"id": self.role.id}, "scope": self.scope.body()}

    def title(self) -> str:
        """Return the grant in words, for sentences and diffs."""
        return f"{self.role.name} at {self.scope.title()}"


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


Step = Add | Exchange | Remove


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
    def notes(self) -> tuple[str, ...]:
        """What only a dry run has to tell: nothing."""
        return ()

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


def redundant(wanted: t.Sequence[Grant]) -> tuple[Grant, Grant] | None:
    """Return a wanted grant and another that covers it, or None: PingOne would refuse the pair."""
    for index, grant in enumerate(wanted):
        for other_index, other in enumerate(wanted):
            if index != other_index and other.covers(grant):
                return grant, other
    return None


def incompatible(grant: Grant) -> str | None:
    """Return a sentence when a role can't have a scope of that type, by what the role says of itself."""
    if not grant.role.applicable_to or grant.scope.type in grant.role.applicable_to:
        return None
    fitting = ", ".join(kind.lower() for kind in grant.role.applicable_to)
    return f"{grant.role.name} can't be assigned at {grant.scope.type.lower()} scope, but at: {fitting}"


def may_assign(own: t.Sequence[Grant], grant: Grant) -> bool:
    """Tell whether the holder of grants may assign one, as far as the service tells.

    The documented rule: who holds the role, or one that can assign it, at the same or a broader scope.
    """
    return any(held.scope.covers(grant.scope) and _may_give(held.role, grant.role) for held in own)


def _may_give(held: Role, wanted: Role) -> bool:
    if held.can_assign is None or held.id == wanted.id:
        return True
    return wanted.id in held.can_assign or held.id in wanted.assigned_by
