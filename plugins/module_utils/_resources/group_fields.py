# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fields of a group.

Source of members: PingOne's data model of groups. This module is private to the collection.
"""

from __future__ import annotations

from ansible_collections.idops.pingone.plugins.module_utils._core.fields import Field, Table

GROUP = Table(
    kind="group",
    fields=(
        Field("id", "id", read_only=True),
        Field("environment_id", "environment.id", read_only=True),
        Field("name", "name"),
        Field("description", "description"),
        # A group stays in the population in which it was created (inferred).
        Field("population", "population.id", create_only=True, result_key="population_id"),
        Field("user_filter", "userFilter"),
        Field("external_id", "externalId"),
        Field("custom_data", "customData", "dict"),
        Field("display_name", "displayName", read_only=True),
        Field("source_id", "sourceId", read_only=True),
        Field("source_type", "sourceType", read_only=True),
        Field("direct_member_counts", "directMemberCounts", "dict", read_only=True),
        Field("created_at", "createdAt", read_only=True),
        Field("updated_at", "updatedAt", read_only=True),
    ),
    server_owned=(
        "_links",
        "_embedded",
        "id",
        "environment",
        "displayName",
        "sourceId",
        "sourceType",
        "directMemberCounts",
        "totalMemberCounts",
        "checkSum",
        "createdAt",
        "updatedAt",
    ),
    identity=("name", "population"),
)
