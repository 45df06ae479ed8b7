# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a role counts.

A *place* is the chain of ids from the organization down: ``(organization,)``, ``(organization, environment)``,
``(organization, environment, population)`` or ``(organization, environment, application)``. A scope is the id of
one link of such a chain, so a scope covers a place when its id is in the chain. The order of breadth,
ORGANIZATION before ENVIRONMENT before POPULATION and APPLICATION, is PingOne's ("Administrator roles").
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

Place = tuple[str, ...]


def covers(scope_id: str, place: Place) -> bool:
    """Whether what is assigned at the scope counts at the place: the same or a broader one."""
    return scope_id in place


def compatible(applicable_to: Collection[str], scope_type: str) -> bool:
    """Whether a role can be assigned at such a scope; PingOne decides it before the caller's own rights."""
    return scope_type in applicable_to


def is_duplicate(held: Iterable[tuple[str, str]], role_id: str, place: Place) -> bool:
    """Whether an actor has the role at the place already, at the same or a broader scope.

    ``held`` are the pairs of role id and scope id of the actor's assignments. A broader role under another id is no
    duplicate, and neither is the same role at a narrower or a neighbouring scope.
    """
    return any(held_role == role_id and covers(scope_id, place) for held_role, scope_id in held)
