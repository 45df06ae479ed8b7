# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fields of a custom role.

Source of members: PingOne's data model of custom admin roles. This module is private to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._core.fields import Field, Table
from ansible_collections.idops.pingone.plugins.module_utils._core.rights import CUSTOM

CUSTOM_ROLE: t.Final = Table(
    kind="role",
    fields=(
        Field("id", "id", read_only=True),
        Field("environment_id", "environment.id", read_only=True),
        Field("name", "name"),
        Field("description", "description"),
        Field(
            "applicable_to",
            "applicableTo",
            "list",
            elements="str",
            choices=("ORGANIZATION", "ENVIRONMENT", "POPULATION", "APPLICATION"),
            resettable=False,
        ),
        Field("permissions", "permissions", "list", elements="str", ids=True, resettable=False),
        Field(
            "can_be_assigned_by",
            "canBeAssignedBy",
            "list",
            elements="str",
            ids=True,
            keeps_empty=True,
            resettable=False,
        ),
        Field("can_assign", "canAssign", "list", elements="str", ids=True, default=[], read_only=True),
        Field("type", "type", default=CUSTOM, read_only=True),
    ),
    server_owned=("_links", "_embedded", "id", "environment", "createdAt", "updatedAt", "type", "canAssign"),
)


def is_custom(role: Wire) -> bool:
    """Tell whether a role is a custom one; an environment lists those of the platform too."""
    return role.get("type") == CUSTOM


def referred_ids(role: Wire, member: str) -> list[str]:
    """Return the ids that a role names by C(permissions), C(canAssign) or C(canBeAssignedBy).

    Permissions had none in 2022.
    """
    return [str(item["id"]) for item in role.get(member) or () if item.get("id")]
