# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what.

Every function takes the roles that an actor holds as ``Held`` values, and a place as ``scopes`` has it. For a call:
``is_allowed(held, catalogue.needed(verb, path), place)``. To assign a platform role, ``assigned_by`` is that of the
catalogue; for a custom role it is ``assigners_of_custom(...)``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from .scopes import Place, covers


@dataclass(frozen=True)
class Held:
    """A role that an actor holds, and the id of the scope at which it holds it."""

    role_id: str
    permissions: frozenset[str]
    scope_id: str


def is_allowed(held: Iterable[Held], permission: str, place: Place) -> bool:
    """Whether one of the roles gives the permission at the place."""
    return any(permission in one.permissions and covers(one.scope_id, place) for one in held)


def holds_anywhere(held: Iterable[Held], permission: str) -> bool:
    """Whether one of the roles gives the permission, wherever: enough to list, of which only the visible is shown."""
    return any(permission in one.permissions for one in held)


def assigners_of_custom(role_id: str, can_be_assigned_by: Iterable[str]) -> frozenset[str]:
    """The roles whose holders may assign a custom role: those that it names, and itself ("Custom roles")."""
    return frozenset({role_id, *can_be_assigned_by})


def may_assign(held: Iterable[Held], assigned_by: Collection[str], place: Place) -> bool:
    """Whether the actor may assign a role at the place: it holds an assigning role there or at a broader scope.

    Otherwise the service answers ``Must have role at the same or broader scope``.
    """
    return any(one.role_id in assigned_by and covers(one.scope_id, place) for one in held)


def read_only(held: Iterable[Held], assigned_by: Collection[str], place: Place, *, is_self: bool) -> bool:
    """The flag ``readOnly`` that a caller sees on an assignment of a role at the place.

    It is true for an assignment of the caller's own, and where the caller has neither the role nor one that may assign
    it, at the same or a broader scope ("Application Role Assignments").
    """
    return is_self or not may_assign(held, assigned_by, place)


def includes(held: Collection[Held], others: Iterable[tuple[frozenset[str], Place]]) -> bool:
    """Whether the roles give all permissions of other roles, each at the place of the other role.

    A worker's secret is for those alone whose roles are a superset of the worker's (the vendor's "Foundations", and
    the guide of its Terraform provider); that permissions are compared, and not the roles themselves, is (inferred).
    """
    return all(
        permissions <= frozenset().union(*(one.permissions for one in held if covers(one.scope_id, place)))
        for permissions, place in others
    )
