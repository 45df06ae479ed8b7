# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An environment, its bill of materials, and what is refused of it."""

from __future__ import annotations

from typing import Any

from ..exchange import Exchange, call, create, read, refused
from .common import ENVIRONMENT

_BASE = {"type": "PING_ONE_BASE"}
_MFA = {"type": "PING_ONE_MFA"}


def _environment(**members: Any) -> dict[str, Any]:
    return {
        "name": "$name",
        "description": "Made by the conformance conversation and removed by it",
        "type": "SANDBOX",
        "region": "$region",
        "license": {"id": "$license"},
        "billOfMaterials": {"products": [_BASE, _MFA]},
        **members,
    }


EXCHANGES: tuple[Exchange, ...] = (
    read("roles", "/roles", asks="ids, scopes and permissions of the platform roles"),
    create("environment-create", "/environments", _environment(), label="environment"),
    read("environment-read", ENVIRONMENT),
    read("environment-read-any-type", ENVIRONMENT, accept="*/*"),
    read("environment-bill-of-materials", f"{ENVIRONMENT}/billOfMaterials"),
    call(
        "PUT",
        "environment-bill-of-materials-update",
        f"{ENVIRONMENT}/billOfMaterials",
        {"products": [_BASE]},
        expects=200,
    ),
    read("environment-capabilities", f"{ENVIRONMENT}/capabilities"),
    call("PUT", "environment-update", ENVIRONMENT, _environment(description="Changed"), expects=200),
    refused(
        "POST",
        "environment-duplicate-name",
        "/environments",
        _environment(),
        asks="status and detail of a second environment of the same name",
    ),
    refused("POST", "environment-unknown-region", "/environments", _environment(name="$name-region", region="XX")),
    refused("POST", "environment-without-name", "/environments", _environment(name=None)),
    refused(
        "POST", "environment-unknown-license", "/environments", _environment(name="$name-l", license={"id": "$absent"})
    ),
    refused("GET", "environment-absent", "/environments/$absent"),
    refused("GET", "environment-id-malformed", "/environments/nonsense"),
    read("environments-by-name", '/environments?filter=name sw "$name"'),
    read("environments-by-id", '/environments?filter=id eq "$environment"'),
    refused("GET", "environments-by-description", '/environments?filter=description eq "$name"'),
    refused("GET", "environments-filter-malformed", '/environments?filter=name sw "$name'),
)
