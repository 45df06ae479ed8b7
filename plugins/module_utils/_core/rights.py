# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the holder of role assignments may do, as far as the service shows it. Nothing here calls the service.

Source of the rule: PingOne's pages on administrator roles; a role allows what its permissions say at its scope and
below. This module is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from functools import cached_property

from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._client.answers import referred_id

YES: t.Final = "yes"
NO: t.Final = "no"
UNKNOWN: t.Final = "unknown"

ORGANIZATION: t.Final = "ORGANIZATION"
_ENVIRONMENT: t.Final = "ENVIRONMENT"
# The type of a role that the vendor did not make.
CUSTOM: t.Final = "CUSTOM"


@dataclass(frozen=True)
class Rights:
    """What somebody holds, and what roles allow.

    assigned: the role assignments, as the service sends them; None when they could not be read.
    roles: the roles of the service, as it sends them. What one that is not among them allows is not known.
    """

    assigned: t.Sequence[Wire] | None
    roles: t.Sequence[Wire]

    def answer(self, permission: str, environment_id: str | None) -> str:
        """Tell whether a permission is held in all of an environment: YES, NO or UNKNOWN.

        permission: an identifier, such as C(applications:create:application).
        environment_id: None asks for the organization as a whole.

        UNKNOWN where a role that may hold it does not show its permissions, or has it at a population, an application
        or another part, because an assignment does not tell in which environment that is.
        """
        if self.assigned is None:
            return UNKNOWN
        answers = {self._of(item, permission, environment_id) for item in self.assigned}
        return next((answer for answer in (YES, UNKNOWN) if answer in answers), NO)

    def holders(self, permission: str) -> list[str]:
        """Return the names of the roles that show a permission, in order."""
        return sorted({title(role) for role in self.roles if permission in (permissions_of(role) or ())})

    def known_permissions(self) -> list[str]:
        """Return the identifiers of all permissions that any role shows."""
        return sorted({permission for role in self.roles for permission in permissions_of(role) or ()})

    def _of(self, assignment: Wire, permission: str, environment_id: str | None) -> str:
        reach = _reach(assignment, environment_id)
        known = self._permissions.get(referred_id(assignment, "role"))
        if reach == NO or (known is not None and permission not in known):
            return NO
        return reach if known is not None else UNKNOWN

    @cached_property
    def _permissions(self) -> dict[str, frozenset[str] | None]:
        assigned = {referred_id(item, "role") for item in self.assigned or ()}
        return {role["id"]: permissions_of(role) for role in self.roles if role["id"] in assigned}


def permissions_of(role: Wire) -> frozenset[str] | None:
    """Return the identifiers of what a role allows; None where it does not show them all, as in the year 2022."""
    permissions = role.get("permissions")
    if not isinstance(permissions, list):
        return None
    found = [item.get("id") if isinstance(item, dict) else None for item in permissions]
    return frozenset(str(identifier) for identifier in found) if all(found) else None


def _reach(assignment: Wire, environment_id: str | None) -> str:
    """Tell whether a role applies to all of an environment; UNKNOWN for a part that may be in it."""
    scope = assignment.get("scope")
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind == ORGANIZATION:
        return YES
    if environment_id is None:
        return NO
    if kind == _ENVIRONMENT:
        return YES if referred_id(assignment, "scope") == environment_id else NO
    return UNKNOWN
