# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups: what may be sent, what is stored, what is shown, also as a membership."""

from __future__ import annotations

from typing import Any

from ..hal import links
from .base import Model, Name, Reference


class GroupBody(Model):
    """What may be sent to create or replace a group."""

    name: Name
    description: str | None = None
    population: Reference | None = None
    user_filter: str | None = None
    external_id: str | None = None
    custom_data: dict[str, Any] | None = None


class Group(GroupBody):
    """A group as it is stored."""

    id: str
    environment: Reference
    created_at: str
    updated_at: str

    def wire(self, api: str) -> dict[str, Any]:
        """As the API shows it: what was sent, without times."""
        environment = f"{api}/environments/{self.environment.id}"
        self_ = f"{environment}/groups/{self.id}"
        return {
            "_links": links(self=self_, environment=environment, roleAssignments=f"{self_}/roleAssignments"),
            **self.model_dump(
                by_alias=True, exclude_unset=True, exclude_none=True, exclude={"created_at", "updated_at"}
            ),
        }

    def membership(self, api: str, user_id: str) -> dict[str, Any]:
        """As the API shows it among the groups of a user."""
        environment = f"{api}/environments/{self.environment.id}"
        user = f"{environment}/users/{user_id}"
        return {
            "_links": links(
                self=f"{user}/memberOfGroups/{self.id}",
                environment=environment,
                user=user,
                group=f"{environment}/groups/{self.id}",
            ),
            "id": self.id,
            "environment": {"id": self.environment.id},
            "name": self.name,
            "type": "DIRECT",
        }
