# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists as they come, by page, and with filters that are served and that are not."""

from __future__ import annotations

from ..exchange import Exchange, read, refused
from .common import APPLICATIONS, ENVIRONMENT

EXCHANGES: tuple[Exchange, ...] = (
    read("applications", APPLICATIONS),
    read("applications-any-type", APPLICATIONS, accept="*/*"),
    read("applications-limit", f"{APPLICATIONS}?limit=2"),
    refused("GET", "applications-filter", f'{APPLICATIONS}?filter=name eq "worker"'),
    read("environment-roles", f"{ENVIRONMENT}/roles"),
    read("environment-roles-custom", f'{ENVIRONMENT}/roles?filter=type eq "CUSTOM"'),
    read("environment-roles-platform", f'{ENVIRONMENT}/roles?filter=type eq "PLATFORM"'),
    read("populations-all", f"{ENVIRONMENT}/populations"),
    read("populations-limit", f"{ENVIRONMENT}/populations?limit=1"),
    read("populations-by-name", f'{ENVIRONMENT}/populations?filter=name eq "people"'),
    read("populations-by-name-other-case", f'{ENVIRONMENT}/populations?filter=name eq "PEOPLE"'),
    read("populations-by-name-start", f'{ENVIRONMENT}/populations?filter=name sw "peo"'),
    read("populations-by-id", f'{ENVIRONMENT}/populations?filter=id eq "$people"'),
    refused("GET", "populations-by-description", f'{ENVIRONMENT}/populations?filter=description eq "Nobody"'),
    refused("GET", "populations-filter-malformed", f'{ENVIRONMENT}/populations?filter=name eq "people'),
    read("groups", f"{ENVIRONMENT}/groups"),
    read("groups-limit", f"{ENVIRONMENT}/groups?limit=1"),
    refused("GET", "groups-limit-zero", f"{ENVIRONMENT}/groups?limit=0"),
    refused("GET", "groups-limit-nonsense", f"{ENVIRONMENT}/groups?limit=x"),
    refused("GET", "groups-cursor-nonsense", f"{ENVIRONMENT}/groups?limit=1&cursor=nonsense"),
    read("groups-by-name", f'{ENVIRONMENT}/groups?filter=name eq "operators"'),
    read("groups-none", f'{ENVIRONMENT}/groups?filter=name eq "nobody"'),
    refused("GET", "groups-unknown-operator", f'{ENVIRONMENT}/groups?filter=name xx "operators"'),
    read("users", f"{ENVIRONMENT}/users"),
    read("users-any-type", f"{ENVIRONMENT}/users", accept="*/*"),
    read("users-by-name", f'{ENVIRONMENT}/users?filter=username eq "conformance@example.com"'),
    read("users-by-population", f'{ENVIRONMENT}/users?filter=population.id eq "$population"'),
    read("users-by-group", f'{ENVIRONMENT}/users?filter=memberOfGroups[id eq "$group"]'),
    read("users-none", f'{ENVIRONMENT}/users?filter=username eq "nobody"'),
    refused("GET", "users-unknown-attribute", f'{ENVIRONMENT}/users?filter=nonsense eq "x"'),
    read("gateways", f"{ENVIRONMENT}/gateways"),
)
