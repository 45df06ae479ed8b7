# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fields of a population.

Source of members and defaults: PingOne's data model of populations. This module is private to the collection.
"""

from __future__ import annotations

from ansible_collections.idops.pingone.plugins.module_utils._core.fields import Field, Table

POPULATION = Table(
    kind="population",
    fields=(
        Field("id", "id", read_only=True),
        Field("environment_id", "environment.id", read_only=True),
        Field("name", "name"),
        Field("description", "description"),
        # A population stops being the default one only when another is made so.
        Field("default", "default", "bool", default=False, resettable=False),
        Field("password_policy", "passwordPolicy.id", no_log=False, result_key="password_policy_id"),
        # Without these two PingOne puts in those of the environment, so what is there does not tell whether they were
        # given.
        Field("theme", "theme.id", resettable=False, result_key="theme_id"),
        Field("preferred_language", "preferredLanguage", resettable=False),
        Field("alternative_identifiers", "alternativeIdentifiers", "list", elements="str"),
        Field("user_count", "userCount", "int", read_only=True, default=0),
        Field("created_at", "createdAt", read_only=True),
        Field("updated_at", "updatedAt", read_only=True),
    ),
    server_owned=("_links", "_embedded", "id", "environment", "userCount", "createdAt", "updatedAt"),
)
