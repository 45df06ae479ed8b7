# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/resources``: the APIs that tokens are for.

Two come with every environment, ``openid`` and ``PingOne API``; others are ``CUSTOM``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from ..models.base import Model, Name, Whole
from ..models.plain import Members, PlainObject
from ..problem import Problem
from .collection import PlainCollection, Within

OPENID_CONNECT, PINGONE_API, CUSTOM = "OPENID_CONNECT", "PINGONE_API", "CUSTOM"
_RESERVED = ("pingone", "pingidentity")


class ApplicationPermissionsSettings(Model):
    """Whether tokens tell what the application permissions of users are."""

    claim_enabled: bool | None = None


class ResourceBody(Model):
    """What may be sent."""

    name: Name
    description: str | None = None
    type: Literal["OPENID_CONNECT", "PINGONE_API", "CUSTOM"] | None = None
    audience: Name | None = None
    access_token_validity_seconds: Annotated[Whole, Field(ge=300, le=2592000)] | None = None
    introspect_endpoint_auth_method: Literal["CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST", "NONE"] | None = None
    application_permissions_settings: ApplicationPermissionsSettings | None = None


def _initial(within: Within) -> Iterator[Members]:
    """The resources of the service; the texts and the audience are (inferred)."""
    yield {"name": "openid", "type": OPENID_CONNECT, "description": "OpenID Connect"}
    yield {
        "name": "PingOne API",
        "type": PINGONE_API,
        "description": "The API of PingOne for users",
        "audience": f"https://api.{within.tenant.organization.domain}",
        "accessTokenValiditySeconds": 3600,
    }


def _added(sent: Members, current: PlainObject | None, _within: Within) -> Members:
    if current is not None and current.members["type"] != CUSTOM:
        return {}
    return {
        "type": sent.get("type", CUSTOM),
        "audience": sent.get("audience", sent["name"]),
        "accessTokenValiditySeconds": sent.get("accessTokenValiditySeconds", 3600),
        "introspectEndpointAuthMethod": sent.get("introspectEndpointAuthMethod", "CLIENT_SECRET_BASIC"),
        "applicationPermissionsSettings": {
            "claimEnabled": False,
            **sent.get("applicationPermissionsSettings", {}),
        },
    }


def _check(members: Members, current: PlainObject | None, _within: Within) -> Iterator[Problem]:
    if current is not None and current.members["type"] != CUSTOM:
        if members["name"] != current.members["name"]:  # (inferred)
            yield Problem("CONSTRAINT_VIOLATION", "Resources of the service cannot be renamed.", "name")
        return
    if members["type"] != CUSTOM:
        text = "Only resources of type CUSTOM can be created."
        yield Problem("INVALID_VALUE", text, "type", {"allowedValues": [CUSTOM]})
    if any(word in members["audience"].lower() for word in _RESERVED):
        yield Problem("INVALID_VALUE", f"audience must not contain {' or '.join(_RESERVED)}", "audience")


def _check_removal(resource: PlainObject, _within: Within) -> Iterator[Problem]:
    if resource.members["type"] != CUSTOM:
        yield Problem("CONSTRAINT_VIOLATION", "Resources of the service cannot be deleted.", "type")


def _removed(resource: PlainObject, within: Within) -> None:
    """Grants of the resource go with it (inferred)."""
    for held in within.state.plain.values():
        grants = held.get("grants", {})
        for id_ in [one.id for one in grants.values() if one.members["resource"]["id"] == resource.id]:
            del grants[id_]


RESOURCES = PlainCollection(
    name="resources",
    item="resource",
    body=ResourceBody,
    unique=("name", "audience"),
    fixed=("type",),
    initial=_initial,
    added=_added,
    check=_check,
    check_removal=_check_removal,
    removed=_removed,
)
