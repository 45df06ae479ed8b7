# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Platform roles and custom roles."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from ..hal import links
from .base import Model, Name, Reference, in_order

ScopeType = Literal["ORGANIZATION", "ENVIRONMENT", "POPULATION", "APPLICATION"]


class Permission(Model):
    """What a role allows: ``service:action:resource``."""

    id: str | None = None
    classifier: str
    description: str


class PlatformRole(Model):
    """A role that the platform brings; the same in all environments."""

    id: str
    name: str
    description: str
    applicable_to: list[ScopeType]
    permissions: list[Permission]
    can_assign: list[Reference] | None = None
    type: Literal["PLATFORM"] | None = None

    def wire(self, api: str) -> dict[str, Any]:
        """As the API shows it."""
        return {"_links": links(self=f"{api}/roles/{self.id}"), **self.shown()}


class CustomRoleBody(Model):
    """What may be sent to create or replace a custom role; one that names nobody who assigns it is for nobody."""

    name: Name
    description: str | None = None
    applicable_to: Annotated[list[ScopeType], Field(min_length=1)]
    permissions: Annotated[list[Reference], Field(min_length=1)]
    can_be_assigned_by: list[Reference] = Field(default_factory=list)


class CustomRole(CustomRoleBody):
    """A custom role as it is stored."""

    id: str
    environment: Reference
    created_at: str = Field(exclude=True)
    updated_at: str = Field(exclude=True)

    def wire(self, api: str, can_assign: list[str]) -> dict[str, Any]:
        """As the API shows it; ``can_assign`` is derived from the other roles.

        Where there are none it may be that the service leaves the member out, as it does for roles of the platform.
        """
        environment = f"{api}/environments/{self.environment.id}"
        shown = {
            **self.shown(),
            "type": "CUSTOM",
            "canBeAssignedBy": [one.shown() for one in self.can_be_assigned_by],
            "canAssign": [{"id": role_id} for role_id in can_assign],
        }
        relations = links(self=f"{environment}/roles/{self.id}", environment=environment)
        return {"_links": relations, **in_order(shown, _ORDER)}


# As the members are told; those of a platform role were recorded in the same order.
_ORDER = (
    *("id", "environment", "name", "description", "type", "applicableTo", "permissions", "canBeAssignedBy"),
    "canAssign",
)
