# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which roles go together, where each may apply, and who may assign it: all that can be told without the service.

Source of the rule for assigning: PingOne's pages on administrator roles and on role assignments. Which role may have
which scope, and which roles its holders assign, the service says itself. This module is private to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._client.answers import referred_id
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import (
    APPLICATION,
    ENVIRONMENT,
    ORGANIZATION,
    POPULATION,
    Grant,
    Role,
    Scope,
)

_SCOPE_OPTIONS: t.Final = ("organization", "environment", "population", "application")
# The types of scope that lie within one, itself included.
_BELOW: t.Final = {
    ORGANIZATION: (ORGANIZATION, ENVIRONMENT, POPULATION, APPLICATION),
    ENVIRONMENT: (ENVIRONMENT, POPULATION, APPLICATION),
}


def check_scope(scope: t.Mapping[str, t.Any] | None, where: str) -> None:
    """Raise OptionError unless a scope names one place. where: the option's path, for the sentence."""
    if scope is None:
        return
    named = [kind for kind in _SCOPE_OPTIONS if scope.get(kind)]
    if named in (["environment", "population"], ["environment", "application"]):
        return
    if len(named) != 1:
        raise OptionError(
            f"{where}.scope",
            f"{where}.scope must be exactly one of organization: true, environment, population and application "
            f"(the last two with environment, where they are elsewhere), not {' and '.join(named) or 'empty'}.",
        )


def redundant(wanted: t.Sequence[Grant]) -> tuple[Grant, Grant] | None:
    """Return a wanted grant and another that covers it, or None: PingOne would refuse the pair."""
    for index, grant in enumerate(wanted):
        for other_index, other in enumerate(wanted):
            if index != other_index and other.covers(grant):
                return grant, other
    return None


def incompatible(grant: Grant) -> str | None:
    """Return a sentence when a role cannot have a scope of that type, by what the role says of itself."""
    if not grant.role.applicable_to or grant.scope.type in grant.role.applicable_to:
        return None
    fitting = ", ".join(kind.lower() for kind in grant.role.applicable_to)
    return f"{grant.role.name} cannot be assigned at {grant.scope.type.lower()} scope, but at: {fitting}"


def may_assign(own: t.Sequence[Grant], grant: Grant) -> bool:
    """Tell whether the holder of grants may assign one, as far as the service tells.

    The documented rule: who holds the role, or one that can assign it, at the same or a broader scope.
    """
    return any(held.scope.covers(grant.scope) and may_give(held.role, grant.role) for held in own)


def scopes_to_assign(own: t.Sequence[Grant], role: Role) -> list[Scope]:
    """Return the scopes at which, and below which, the holder of grants may assign a role, as far as can be told.

    None of them lies within another one, and the role can be assigned at each or below it.
    """
    scopes = [held.scope for held in own if may_give(held.role, role) and _has_room_for(held.scope, role)]
    distinct = list(dict.fromkeys(scopes))
    return [one for one in distinct if not any(other != one and other.covers(one) for other in distinct)]


def _has_room_for(scope: Scope, role: Role) -> bool:
    """Tell whether a role can be assigned at a scope, or somewhere below it."""
    at_most = _BELOW.get(scope.type, (scope.type,))
    return not role.applicable_to or any(kind in at_most for kind in role.applicable_to)


def may_give(held: Role, wanted: Role) -> bool:
    """Tell whether the holder of a role may assign another, or the same, as far as the service tells."""
    if held.can_assign is None or held.id == wanted.id:
        return True
    return wanted.id in held.can_assign or held.id in wanted.assigned_by


def is_out_of_reach(assigned: t.Iterable[Wire], own: t.Iterable[Wire], given: t.Collection[str]) -> bool:
    """Tell whether a caller will not be able to remove an assignment of a worker, however long it waits.

    An assignment that looks read-only may do so because it is new, or because the caller's own roles are.

    assigned, own: the assignments of the worker, as the caller sees them, and those of the caller.
    given: the ids of those that the caller gave a moment ago, and so may remove.
    """
    held = {referred_id(item, "role") for item in own}
    kept = [item for item in assigned if item.get("readOnly") and item.get("id") not in given]
    return any(referred_id(item, "role") not in held for item in kept)


def allows_more(assigned: t.Iterable[Wire], own: t.Iterable[Wire], roles: t.Iterable[Wire]) -> bool:
    """Tell whether a worker's roles hold a permission that no role of the caller holds, wherever.

    roles: the roles of the service, which name their permissions; where one that the caller has is not among them,
        this cannot be told.
    """
    permissions = {role["id"]: _permission_ids(role) for role in roles}
    held = [permissions.get(referred_id(item, "role")) for item in own]
    if None in held:
        return False
    known = {permission for ids in held for permission in ids or ()}
    return any(not permissions.get(referred_id(item, "role"), frozenset()) <= known for item in assigned)


def _permission_ids(role: Wire) -> frozenset[str]:
    permissions = role.get("permissions")
    found = permissions if isinstance(permissions, list) else []
    return frozenset(str(item.get("id")) for item in found if isinstance(item, dict))
