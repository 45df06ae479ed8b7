# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a role assignment is made of, and how results show it.

Source of members: PingOne's data model of role assignments. This module is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections import Counter
from dataclasses import dataclass, field

from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire

ORGANIZATION: t.Final = "ORGANIZATION"
ENVIRONMENT: t.Final = "ENVIRONMENT"
POPULATION: t.Final = "POPULATION"
APPLICATION: t.Final = "APPLICATION"

# The option that names roles, as in an argument spec.
ROLES: t.Final[dict[str, t.Any]] = {
    "type": "list",
    "elements": "dict",
    "options": {
        "role": {"type": "str", "required": True},
        "scope": {
            "type": "dict",
            "options": {
                "organization": {"type": "bool"},
                "environment": {"type": "str"},
                "population": {"type": "str"},
                "application": {"type": "str"},
            },
        },
    },
}


@dataclass(frozen=True)
class Scope:
    """Where a role applies.

    type, id: as the service has them.
    environment_id: the environment of a population or application, where it is known.
    name, environment_name: for people; they take no part in comparisons.
    """

    type: str
    id: str
    environment_id: str | None = field(default=None, compare=False)
    name: str | None = field(default=None, compare=False)
    environment_name: str | None = field(default=None, compare=False)

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
        place = f"{self.environment_name}/" if self.environment_name else ""
        return f"{self.type.lower()} {place}{self.name or self.id}"


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

    @classmethod
    def from_api(cls, wire: Wire) -> Role:
        """Return a role as the service sends it."""
        return cls(
            wire["id"],
            str(wire.get("name") or wire["id"]),
            tuple(wire.get("applicableTo") or ()),
            tuple(item["id"] for item in wire.get("canAssign") or ()),
            tuple(item["id"] for item in wire.get("canBeAssignedBy") or ()),
        )


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

    def to_api(self) -> Wire:
        """Return the grant as the service sends it."""
        return {"id": self.id, **self.body(), "readOnly": self.read_only}

    def title(self) -> str:
        """Return the grant in words, for sentences and diffs."""
        return f"{self.role.name} at {self.scope.title()}"


def to_result(grant: Grant) -> Wire:
    """Return a grant as results show it."""
    return {**_named(grant), "id": grant.id, "read_only": grant.read_only}


def covered_to_result(pair: tuple[Grant, Grant]) -> Wire:
    """Return a covered grant and the one that covers it as results show them."""
    return {**_named(pair[0]), "covered_by": to_result(pair[1])}


def sort_grants(grants: t.Iterable[Grant]) -> list[Grant]:
    """Return grants in an order that does not depend on the service's."""
    return sorted(grants, key=grant_order)


def grant_order(grant: Grant) -> tuple[str, str]:
    """Return where a grant stands in that order."""
    return grant.title(), grant.scope.id


def titles(grants: t.Collection[Grant], beside: t.Iterable[Grant] = ()) -> list[str]:
    """Return grants in words, in a fixed order; those that read alike with the ids of their roles and scopes.

    beside: other grants that will be read beside them.
    """
    shared = Counter(grant.title() for grant in {*grants, *beside})
    return [grant.title() + (_ids(grant) if shared[grant.title()] > 1 else "") for grant in sort_grants(grants)]


def _ids(grant: Grant) -> str:
    return f" ({grant.role.id} at {grant.scope.id})"


def scope_to_result(scope: Scope) -> Wire:
    """Return a scope as results show it; a population or an application with its environment, None when not known."""
    shown = {"type": scope.type, "id": scope.id, "name": scope.name}
    if scope.type not in (POPULATION, APPLICATION):
        return shown
    place = {"id": scope.environment_id, "name": scope.environment_name} if scope.environment_id else None
    return {**shown, "environment": place}


def _named(grant: Grant) -> Wire:
    return {"role": {"id": grant.role.id, "name": grant.role.name}, "scope": scope_to_result(grant.scope)}
