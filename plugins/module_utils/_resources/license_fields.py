# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fields of a license, and what it allows.

Source of members: PingOne's data model of licenses. This module is private to the collection.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._core.fields import Field, Table
from ansible_collections.idops.pingone.plugins.module_utils._resources.license import (
    allowed_regions,
    allowed_types,
    remaining_capacity,
)

LICENSE = Table(
    kind="license",
    fields=(
        Field("id", "id", read_only=True),
        Field("organization_id", "organization.id", read_only=True),
        Field("name", "name", read_only=True),
        Field("package", "package", read_only=True),
        Field("status", "status", read_only=True),
        Field("begins_at", "beginsAt", read_only=True),
        Field("expires_at", "expiresAt", read_only=True),
        Field("terminates_at", "terminatesAt", read_only=True),
        Field("replaces_license_id", "replacesLicense.id", read_only=True),
        Field("replaced_by_license_id", "replacedByLicense.id", read_only=True),
        Field("assigned_environments", "assignedEnvironmentsCount", "int", read_only=True),
        Field("max_environments", "environments.max", "int", read_only=True),
    ),
)

# What refers to something else, and so allows nothing.
_REFERENCES: t.Final = ("_links", "organization", "replacesLicense", "replacedByLicense")
_CAPITAL: t.Final = re.compile(r"(?<!^)(?=[A-Z])")


def to_result(item: Wire) -> Wire:
    """Return a license as results show it: with the environments that it takes, and all that it allows."""
    return {
        **(LICENSE.to_result(item) or {}),
        "remaining_environments": remaining_capacity(item),
        "regions": allowed_regions(item),
        "types": allowed_types(item),
        "features": {
            _snake_case(member): _in_snake_case(value)
            for member, value in item.items()
            if isinstance(value, dict) and member not in _REFERENCES
        },
    }


def _in_snake_case(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return {_snake_case(member): _in_snake_case(part) for member, part in value.items()}
    return value


def _snake_case(member: str) -> str:
    return _CAPITAL.sub("_", member).lower()
