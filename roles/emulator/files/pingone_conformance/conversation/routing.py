# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wrong verbs, unknown paths, bodies of the wrong type, and callers that nobody knows."""

from __future__ import annotations

from ..exchange import Exchange, refused
from .common import APPLICATIONS, ENVIRONMENT

_OPEN_405 = "whether a wrong verb on a known path is 405 or the gateway's 403"

EXCHANGES: tuple[Exchange, ...] = (
    refused("PATCH", "verb-patch-environment", ENVIRONMENT, {"description": "x"}, asks=_OPEN_405),
    refused("DELETE", "verb-delete-list", APPLICATIONS, asks=_OPEN_405),
    refused("PUT", "verb-put-list", APPLICATIONS, {}, asks=_OPEN_405),
    refused("POST", "verb-post-roles", "/roles", {}, asks=_OPEN_405),
    refused("GET", "path-below-environment", f"{ENVIRONMENT}/nothings"),
    refused("GET", "path-below-v1", "/nothings"),
    refused("GET", "path-without-v1", "/v1x"),
    refused(
        "GET",
        "path-without-authorization",
        f"{ENVIRONMENT}/nothings",
        caller=None,
        asks="the gateway's answer to an unknown path without Authorization",
    ),
    refused("GET", "caller-none", ENVIRONMENT, caller=None),
    refused("GET", "caller-none-any-type", ENVIRONMENT, caller=None, accept="*/*"),
    refused("GET", "caller-nonsense", ENVIRONMENT, caller="nonsense"),
    refused("POST", "body-malformed", APPLICATIONS, '{"name": '),
    refused("POST", "body-of-another-type", APPLICATIONS, "name=x", content_type="text/plain"),
    refused("POST", "body-empty", APPLICATIONS, {}),
    refused("GET", "error-any-type", "/environments/$absent", accept="*/*"),
)
