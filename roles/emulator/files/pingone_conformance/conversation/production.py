# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only an environment of the type PRODUCTION can show. The service keeps one for weeks after its end."""

from __future__ import annotations

from dataclasses import replace

from ..exchange import Exchange, call, create, read, refused

_PRODUCTION = "/environments/$production"

EXCHANGES: tuple[Exchange, ...] = tuple(
    replace(exchange, production=True)
    for exchange in (
        create(
            "production-create",
            "/environments",
            {"name": "$name-production", "type": "SANDBOX", "region": "$region", "license": {"id": "$license"}},
            label="production",
        ),
        call("PUT", "production-promote", f"{_PRODUCTION}/type", {"type": "PRODUCTION"}, expects=200),
        refused("PUT", "production-demote", f"{_PRODUCTION}/type", {"type": "SANDBOX"}, asks="PUT /type downwards"),
        refused("DELETE", "production-delete-active", _PRODUCTION, asks="DELETE of an active PRODUCTION environment"),
        refused("PUT", "production-unknown-status", f"{_PRODUCTION}/status", {"status": "NONSENSE"}),
        call("PUT", "production-retire", f"{_PRODUCTION}/status", {"status": "DELETE_PENDING"}, expects=200),
        read("production-read-retired", _PRODUCTION),
        refused("GET", "production-list-retired", f"{_PRODUCTION}/applications"),
        refused("DELETE", "production-delete-pending", _PRODUCTION),
    )
)
