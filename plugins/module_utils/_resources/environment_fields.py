# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fields of an environment, and how results show it.

Source of members: PingOne's data model of environments. This module is private to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._core.fields import Field, Table

ENVIRONMENT = Table(
    kind="environment",
    fields=(
        Field("id", "id", read_only=True),
        Field("organization_id", "organization.id", read_only=True),
        Field("name", "name"),
        Field("description", "description"),
        # Both are sent on creation only: the type has an endpoint of its own, the region stays for good.
        Field("type", "type", choices=("PRODUCTION", "SANDBOX"), create_only=True),
        Field("region", "region", create_only=True),
        Field("license_id", "license.id", resettable=False),
        Field("license_package", "license.package", read_only=True),
        Field("icon", "icon"),
        Field("status", "status", read_only=True),
        Field("soft_deleted_at", "softDeletedAt", read_only=True),
        Field("hard_delete_allowed_at", "hardDeleteAllowedAt", read_only=True),
        Field("created_at", "createdAt", read_only=True),
        Field("updated_at", "updatedAt", read_only=True),
    ),
    server_owned=(
        "_links",
        "_embedded",
        "id",
        "organization",
        "status",
        "softDeletedAt",
        "hardDeleteAllowedAt",
        "hardDeletedAllowedAt",
        "environmentCapabilities",
        "pingoneAccountId",
        "createdAt",
        "updatedAt",
        # It has an endpoint of its own.
        "billOfMaterials",
    ),
)


def to_result(environment: Wire | None, services: t.Sequence[str] | None) -> dict[str, t.Any] | None:
    """Return an environment with its services as results show it; None when there is none.

    services: their short names; None when they are not known.
    """
    shown = ENVIRONMENT.to_result(environment)
    if shown is None or environment is None:
        return None
    # One of the vendor's two specifications spells the member so.
    shown["hard_delete_allowed_at"] = shown["hard_delete_allowed_at"] or environment.get("hardDeletedAllowedAt")
    return {**shown, "services": None if services is None else list(services)}
