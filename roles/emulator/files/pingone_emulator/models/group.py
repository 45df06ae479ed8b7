# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups: what may be sent, what is stored, what is shown."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from pydantic import Field

from ..hal import links
from .base import Model, Name, Reference, in_order


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
    member_of: list[str] = Field(default_factory=list)  # the groups in which it is nested
    created_at: str
    updated_at: str

    def wire(self, api: str, users: int, groups: int) -> dict[str, Any]:
        """As the API shows it; ``users`` and ``groups`` are the numbers of its direct members."""
        shown = self.model_dump(by_alias=True, exclude_unset=True, exclude_none=True, exclude={"member_of"})
        shown["directMemberCounts"] = {"users": users, "groups": groups}
        # A string of digits that changes when the group does; of what the service makes it is not known.
        shown["checkSum"] = str(crc32(f"{self.id} {self.updated_at} {users} {groups}".encode()))
        self_ = f"{api}/environments/{self.environment.id}/groups/{self.id}"
        return {"_links": links(self=self_), **in_order(shown, _ORDER)}


# The order of the wire; the members between name and population were not seen (inferred).
_ORDER = (
    *("id", "environment", "name", "description", "externalId", "userFilter", "customData", "population"),
    *("directMemberCounts", "createdAt", "updatedAt", "checkSum"),
)
