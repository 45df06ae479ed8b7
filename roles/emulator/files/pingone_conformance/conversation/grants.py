# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resources, their scopes, and what is granted of them to applications."""

from __future__ import annotations

from typing import Any

from ..exchange import Exchange, create, read, refused, remove
from .common import APPLICATIONS, ENVIRONMENT

_RESOURCES = f"{ENVIRONMENT}/resources"
_SCOPES = f"{_RESOURCES}/$api/scopes"
_GRANTS = f"{APPLICATIONS}/$web/grants"


def _grant(resource: str, *scopes: str) -> dict[str, Any]:
    return {"resource": {"id": f"${resource}"}, "scopes": [{"id": f"${scope}"} for scope in scopes]}


EXCHANGES: tuple[Exchange, ...] = (
    read("resources", _RESOURCES, keep={"openid": "_embedded.resources.name=openid.id"}),
    read("scopes-of-openid", f"{_RESOURCES}/$openid/scopes", keep={"email_scope": "_embedded.scopes.name=email.id"}),
    create("resource-create", _RESOURCES, {"name": "api"}, label="api"),
    refused(
        "POST",
        "resource-duplicate-name",
        _RESOURCES,
        {"name": "api"},
        keep={"second_api": "id"},
        asks="detail of a duplicate name",
    ),
    remove("resource-duplicate-removed", f"{_RESOURCES}/$second_api"),
    refused("DELETE", "resource-openid-removed", f"{_RESOURCES}/$openid"),
    create("scope-create", _SCOPES, {"name": "read"}, label="read_scope"),
    refused(
        "POST",
        "scope-duplicate-name",
        _SCOPES,
        {"name": "read"},
        keep={"second_scope": "id"},
        asks="detail of a duplicate name",
    ),
    remove("scope-duplicate-removed", f"{_SCOPES}/$second_scope"),
    create("grant-create", _GRANTS, _grant("openid", "email_scope"), label="grant"),
    refused("POST", "grant-duplicate", _GRANTS, _grant("openid", "email_scope"), asks="status of a second grant"),
    create("grant-of-resource", _GRANTS, _grant("api", "read_scope"), label="api_grant"),
    read("grants", _GRANTS),
    refused("POST", "grant-to-worker", f"{APPLICATIONS}/$worker/grants", _grant("api", "read_scope")),
    remove("grant-removed", f"{_GRANTS}/$api_grant"),
    remove("resource-removed", f"{_RESOURCES}/$api"),
)
