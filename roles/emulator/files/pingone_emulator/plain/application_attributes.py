# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/applications/{application}/attributes``: what an application is told of a user."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from ..models.application import PLATFORM_TYPES
from ..models.base import Model, Name
from ..models.plain import Members, PlainObject
from ..problem import Problem
from .collection import PlainCollection, Within
from .grants import GRANTS
from .resources import OPENID_CONNECT, RESOURCES
from .store import objects

# The attribute that applications of a protocol have from the start (that of WS_FED is inferred).
_SUBJECTS = {"OPENID_CONNECT": "sub", "SAML": "saml_subject", "WS_FED": "saml_subject"}
# Names that an attribute of an OpenID Connect application cannot have ("Attribute mapping"; the code is inferred).
_RESERVED = (
    *("acr", "amr", "at_hash", "aud", "auth_time", "azp", "client_id", "exp"),
    *("iat", "iss", "jti", "nbf", "nonce", "org", "scope", "sid", "sub"),
)


class ApplicationAttributeBody(Model):
    """What may be sent."""

    name: Name
    value: Name
    required: bool
    name_format: str | None = None
    id_token: bool | None = None
    user_info: bool | None = None
    oidc_scopes: Annotated[list[str], Field(min_length=1)] | None = None


def _held_by(application: Any) -> bool:
    """Links and applications of the platform have none (inferred from the links that they show)."""
    return application.protocol in _SUBJECTS and application.type not in PLATFORM_TYPES


def _initial(within: Within) -> Iterator[Members]:
    sent = {"name": _SUBJECTS[within.holder.protocol], "value": "${user.id}", "required": True}
    yield {**sent, **_where_shown({}, within), "mappingType": "CORE"}


def _where_shown(sent: Members, within: Within) -> Members:
    if within.holder.protocol != "OPENID_CONNECT":
        return {}
    return {"idToken": sent.get("idToken", True), "userInfo": sent.get("userInfo", True)}


def _added(sent: Members, current: PlainObject | None, within: Within) -> Members:
    return {**_where_shown(sent, within), "mappingType": current.members["mappingType"] if current else "CUSTOM"}


def _check(members: Members, current: PlainObject | None, within: Within) -> Iterator[Problem]:
    is_openid_connect = within.holder.protocol == "OPENID_CONNECT"
    if is_openid_connect and current is None and members["name"] in _RESERVED:
        yield Problem("INVALID_VALUE", f"{members['name']} is a reserved name", "name")
    for name in ("nameFormat",) if is_openid_connect else ("idToken", "userInfo", "oidcScopes"):
        if name in members:
            yield Problem("INVALID_VALUE", f"{name} is not supported for {within.holder.protocol}", name)
    if is_openid_connect and not members["idToken"] and not members["userInfo"]:
        yield Problem("INVALID_VALUE", "idToken and userInfo cannot both be false", "idToken")
    if within.tenant.switches.strict_references:
        granted = _granted_of_openid(within)
        for number, scope in enumerate(members.get("oidcScopes", ())):
            if scope not in granted:
                yield Problem("INVALID_VALUE", "The application does not have the scope", f"oidcScopes[{number}]")


def _granted_of_openid(within: Within) -> set[str]:
    """The ids of the scopes of openid that are granted to the application."""
    resources = objects(RESOURCES, Within(within.tenant, within.state))
    return {
        scope["id"]
        for grant in objects(GRANTS, within).values()
        if resources[grant.members["resource"]["id"]].members["type"] == OPENID_CONNECT
        for scope in grant.members["scopes"]
    }


def _check_removal(attribute: PlainObject, _within: Within) -> Iterator[Problem]:
    if attribute.members["mappingType"] != "CUSTOM":
        text = f"Attributes of the type {attribute.members['mappingType']} cannot be deleted."
        yield Problem("CONSTRAINT_VIOLATION", text, "mappingType")


APPLICATION_ATTRIBUTES = PlainCollection(
    name="attributes",
    item="attribute",
    body=ApplicationAttributeBody,
    holder="applications",
    held_by=_held_by,
    is_late_in=lambda application: application.protocol == "SAML",
    unique=("name",),
    fixed=("name",),
    initial=_initial,
    added=_added,
    check=_check,
    check_removal=_check_removal,
)
