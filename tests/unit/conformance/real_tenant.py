# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Emulators that are taken for real tenants, since the environment variables lead to them."""

from __future__ import annotations

from typing import Any

import requests

from pingone_conformance import tenants


class RealTenant:
    """An emulator, and the variables under which it is a real tenant."""

    def __init__(self, tenant: tenants.Tenant) -> None:
        self.tenant = tenant
        self.variables = {
            "PINGONE_REGION_CODE": tenant.region,
            "PINGONE_ENVIRONMENT_ID": tenant.environment_id,
            "PINGONE_CLIENT_ID": tenant.client_id,
            "PINGONE_CLIENT_SECRET": tenant.client_secret,
            "PINGONE_API_URL": tenant.api_url,
            "PINGONE_AUTH_URL": tenant.auth_url,
        }

    def look(self, path: str) -> Any:
        """Look inside, at the requests or at the state."""
        return requests.get(f"{self.tenant.auth_url}/_emulator{path}", timeout=20).json()

    def environments(self) -> list[str]:
        """Return the names of the environments that are there."""
        return [str(item["name"]) for item in self.look("/state")["environments"]]
