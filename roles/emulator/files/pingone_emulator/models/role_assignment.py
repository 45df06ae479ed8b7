# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Assignments of roles to applications, users, groups and gateways."""

from __future__ import annotations

from typing import Any, Literal

from ..hal import links
from .base import Model, Reference
from .role import ScopeType

ActorKind = Literal["applications", "users", "groups", "gateways"]


class Scope(Model):
    """Where a role counts."""

    id: str
    type: ScopeType


class RoleAssignmentBody(Model):
    """What may be sent to assign a role."""

    role: Reference
    scope: Scope


class RoleAssignment(RoleAssignmentBody):
    """An assignment as it is stored."""

    id: str
    environment: Reference
    actor_kind: ActorKind
    actor_id: str
    created_at: str

    def wire(self, api: str, read_only: bool) -> dict[str, Any]:
        """As the API shows it; ``read_only`` depends on who asks."""
        environment = f"{api}/environments/{self.environment.id}"
        actor = f"{environment}/{self.actor_kind}/{self.actor_id}"
        kind = self.actor_kind[:-1]
        return {
            "_links": {
                **links(self=f"{actor}/roleAssignments/{self.id}", environment=environment),
                **links(**{kind: actor}),
            },
            "id": self.id,
            "environment": {"id": self.environment.id},
            kind: {"id": self.actor_id},
            "role": {"id": self.role.id},
            "scope": {"id": self.scope.id, "type": self.scope.type},
            "readOnly": read_only,
        }
