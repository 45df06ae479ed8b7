# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Memberships: a user in a group, or a group nested in another."""

from __future__ import annotations

from typing import Any, Literal

from ..hal import links
from .base import Model
from .group import Group
from .user import User

Kind = Literal["DIRECT", "INDIRECT"]


class Membership(Model):
    """That a user or group is in a group; it is known by the id of that group."""

    member: User | Group
    group: Group
    type: Kind

    def wire(self, api: str) -> dict[str, Any]:
        """As the API shows it: of a user with more members than of a group (which links there are is inferred)."""
        environment = f"{api}/environments/{self.group.environment.id}"
        kind = "user" if isinstance(self.member, User) else "group"
        member = f"{environment}/{kind}s/{self.member.id}"
        relations = {"self": f"{member}/memberOfGroups/{self.group.id}", "environment": environment}
        if kind == "group":
            return {"_links": links(**relations), "id": self.group.id, "type": self.type}
        relations.update(user=member, group=f"{environment}/groups/{self.group.id}")
        return {
            "_links": links(**relations),
            "id": self.group.id,
            "environment": {"id": self.group.environment.id},
            "name": self.group.name,
            "type": self.type,
        }
